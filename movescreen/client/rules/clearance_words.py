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
)
_DEGREES = re.compile(r"(\d{1,3})\s*(?:°|deg\b|degrees?\b)", re.IGNORECASE)
#: What tells that degrees are those of a knee, and that they are those of another joint.
_KNEE, _OTHER = (
    re.compile(r"knee|bend|bent|flex|squat", re.IGNORECASE),
    re.compile(r"shoulder|arm|elbow|hip\b", re.IGNORECASE),
)
#: A weight with its unit.
WEIGHT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kg|kilos?|kilograms?|lbs?|pounds?)\b", re.IGNORECASE)
_PART = re.compile(r"[;,.](?!\d)")


def is_conditional(said: Said) -> bool:
    """Return whether words name a condition, denied or not."""
    return bool(find_phrases(said.words, CONDITION_WORDS, NO_CONDITION))


def find_bend(said: Said) -> int | None:
    """Return the smallest bend of the knee, degrees, that words name; None when they name none, or are about another joint."""
    if said.place not in ("", "knee") and not re.search("knee", said.words, re.IGNORECASE):
        return None
    parts = [part for part in _PART.split(said.words) if _KNEE.search(part) or not _OTHER.search(part)]
    knee = bool(_KNEE.search(said.words))
    return min((int(found) for part in parts for found in _DEGREES.findall(part) if knee), default=None)


def find_weight(said: Iterable[Said]) -> tuple[str, Said] | None:
    """Return the lightest weight that words name, as written, and the words; None when they name none."""
    found = [(_kilograms(*each), " ".join(each), word) for word in said for each in WEIGHT.findall(word.words)]
    return min(found, key=lambda each: each[0])[1:] if found else None


def _kilograms(number: str, unit: str) -> float:
    return float(number.replace(",", ".")) * (0.4536 if unit.lower().startswith(("lb", "pound")) else 1.0)
