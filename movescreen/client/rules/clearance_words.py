"""What can be read in a clinician's own words: that they name a condition, and the limits they set on bending and on weight."""

from __future__ import annotations

import re
from collections.abc import Iterable

from movescreen.client.person import Said
from movescreen.client.words import find_phrases

#: Words of a condition. The list of danger words that holds a plan for them is the same.
CONDITION_WORDS = (
    "if", "when", "as long as", "as soon as", "until", "till", "unless", "provided", "providing", "once", "only with", "only after",
    "subject to", "depend*", "before", "after ... check*", "after ... test*",
    "after ... scan*", "after ... mri", "after ... visit*", "after ... review*", "after ... passed", "pending",
)  # fmt: skip
#: Harmless phrases with such a word in them.
NO_CONDITION = (
    "once a week",
    "once a day",
    "once daily",
    "once or twice",
    "before the operation",
    "before the injury",
    "as before",
    "than before",
    "before matches",
    "before games",
    "before sport",
    "before training",
    "sick note until",
    "sick leave until",
    "signed off until",
    "off work until",
    "note until",
)
_DEGREES = re.compile(r"(\d{1,3})\s*(?:°|deg\b|degrees?\b)", re.IGNORECASE)
#: What tells that degrees are those of a knee, and that they are those of another joint.
_KNEE, _OTHER = (
    re.compile(r"knee|bend|bent|flex|squat", re.IGNORECASE),
    re.compile(r"shoulder|arm|elbow|hip\b", re.IGNORECASE),
)
#: Words by which a bend is what the knee has to reach, or by which nothing limits it.
_TARGET = re.compile(
    r"\b(?:must|has to|have to|should|goal|target|aim|reach|get to|wants?|not (?:yet )?at|at least|by the (?:middle|end)|by \w+day)\b",
    re.IGNORECASE,
)
_NO_LIMIT = re.compile(
    r"\b(?:no limit|without (?:a )?limit|unlimited|no restriction|as far as it (?:goes|will))", re.IGNORECASE
)
#: A weight with its unit.
WEIGHT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kg|kilos?|kilograms?|lbs?|pounds?)\b", re.IGNORECASE)
_PART = re.compile(r"[;,.](?!\d)")


#: A limit of pain, of 10, that whoever trains can judge: "as long as it stays at 3", "below 4 of 10".
_PAIN_LIMIT = re.compile(
    r"\b(?P<below>below|under|less than)?(?:up to|at most|(?:no|not) (?:more than|above|over)|stays? (?:at|within)|keeps? (?:at|to))?\s*(?P<number>\d{1,2})"
    r"(?P<of_ten>\s*(?:of|/|out of)\s*10)?(?!\s*(?:kg|kilo|lb|min|hour|day|week|month|deg|°|km|m\b|percent|%|step|time|rep|set|of\b|\d|[.,/:]\d))",
    re.IGNORECASE,
)
_STAYS = re.compile(r"\b(?:it|that|this) (?:stays?|keeps?)\b", re.IGNORECASE)
_DAILY = re.compile(
    r"\b(?:as long as|as far as|if|while|provided)\b[^;,.]*\b(?:next (?:day|morning)|pain|calm|quiet|comfortable|hurts?|symptoms?)\b",
    re.IGNORECASE,
)
_CLINICIAN_JUDGES = re.compile(
    r"\b(?:tests?|passed|x-?ray|scan|mri|ct|picture|check|visit|appointment|heal\w*|strength|swell\w*|give\w* way|clear\w*|until|after|before|when|once|only)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"not above|not over|no more|below|under|less than|up to|at most|more than|stay|keep", re.IGNORECASE
)


def is_conditional(said: Said) -> bool:
    """Return whether words name a condition, denied or not; a limit of pain is none: whoever trains judges it, and the plan carries it out."""
    left = "; ".join(
        part for part in _PART.split(said.words) if find_limit_of_pain(part) is None and not _is_for_client(part)
    )
    return bool(find_phrases(left, CONDITION_WORDS, NO_CONDITION))


def _is_for_client(part: str) -> bool:
    """Whether a condition is one of the next day or of pain, which whoever trains judges on each day, and no clinician."""
    return bool(_DAILY.search(part)) and not _CLINICIAN_JUDGES.search(part)


def find_pain_limit(said: Iterable[Said]) -> tuple[int, Said] | None:
    """Return the lowest limit of pain, of 10, that words set, and the words; None when they set none."""
    found = [
        (limit, word)
        for word in said
        for part in _PART.split(word.words)
        if (limit := find_limit_of_pain(part)) is not None
    ]
    return min(found, key=lambda each: each[0], default=None)


def find_limit_of_pain(part: str) -> int | None:
    """Return the limit of pain, of 10, that a clause sets; None when it sets none."""
    about_pain = re.search("pain|hurt", part, re.IGNORECASE) or _STAYS.search(part)
    for match in _PAIN_LIMIT.finditer(part):
        number = int(match["number"])
        if number <= 10 and _LIMITS.search(part[: match.end()]) and (about_pain or match["of_ten"]):
            return max(0, number - 1) if match["below"] else number
    return None


def find_bend(said: Said) -> int | None:
    """Return the smallest bend of the knee, degrees, that words name; None when they name none, or are about another joint."""
    if said.place not in ("", "knee") and not re.search("knee", said.words, re.IGNORECASE):
        return None
    # how far it shall bend is no limit: who keeps to it as to one stays stiff
    if _NO_LIMIT.search(said.words):
        return None
    parts = [part for part in _PART.split(said.words) if _KNEE.search(part) or not _OTHER.search(part)]
    parts = [part for part in parts if not _TARGET.search(part)]
    knee = bool(_KNEE.search(said.words))
    return min((int(found) for part in parts for found in _DEGREES.findall(part) if knee), default=None)


def find_weight(said: Iterable[Said]) -> tuple[str, Said] | None:
    """Return the lightest weight that words name, as written, and the words; None when they name none."""
    found = [(to_kilograms(*each), " ".join(each), word) for word in said for each in WEIGHT.findall(word.words)]
    return min(found, key=lambda each: each[0])[1:] if found else None


def to_kilograms(number: str, unit: str) -> float:
    """Return a weight as written in kilograms."""
    return float(number.replace(",", ".")) * (0.4536 if unit.lower().startswith(("lb", "pound")) else 1.0)
