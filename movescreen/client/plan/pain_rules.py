"""How much pain training may bring, said the same everywhere: in the rules of a plan and on the card of each exercise.

Catalog texts say ``{pain}`` where the rule of the whole body belongs, and ``{pain:knee,hip}`` where that of parts does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from movescreen.catalog.client_schema import USUAL_PAIN_LIMIT
from movescreen.catalog.safety_schema import PainRuleSpec
from movescreen.client.plan.model import PlanPainRule
from movescreen.client.plan.parts import Parts
from movescreen.words.sentences import join_words, sentence

_SLOT = re.compile(r"\{pain(?::([a-z_,]+))?\}")
#: How strict "not more than usual" is, on the scale of the limits: looser than 2, stricter than 4 (a choice).
_USUAL_AS = 3
#: In the place of a limit: not more than before the exercise.
_AS_BEFORE = -1
#: Places whose everyday name is not the one of the body map.
_NAMES = {"low_back": "back", "achilles": "Achilles tendon", "hand": "wrist"}
#: What only the rule of a tendon's own allows.
_MAY_HURT = re.compile(r"; (?:the|a sore) tendon may hurt, up to (\d+) of 10")
_NEXT_MORNING = "more pain than usual the next morning"


def find_pain_rules(specs: Iterable[PainRuleSpec], *, loosened: bool) -> tuple[PlanPainRule, ...]:
    """Return the rule of each part, the strictest of those that hold for it.

    A rule of the whole body that asks for less pain decides everywhere.

    Parameters
    ----------
    loosened
        Whether more pain than is fine elsewhere may be allowed now.
    """
    rules = [spec for spec in specs if loosened or not spec.loosens]
    whole = min((spec for spec in rules if not spec.places), key=_strictness, default=None)
    if whole is not None and _strictness(whole) < USUAL_PAIN_LIMIT:
        return (PlanPainRule(limit=whole.limit),)
    parts: dict[str, PainRuleSpec] = {}
    for spec in rules:
        for place in spec.places:
            if place not in parts or _strictness(spec) < _strictness(parts[place]):
                parts[place] = spec
    return tuple(
        PlanPainRule(place=place, limit=spec.limit, next_morning=spec.next_morning, at_rest=spec.at_rest)
        for place, spec in parts.items()
        if spec.limit != USUAL_PAIN_LIMIT
    )


def _strictness(spec: PainRuleSpec) -> int:
    return _USUAL_AS if spec.limit is None else spec.limit


def tell_stop(text: str, rules: Sequence[PlanPainRule], sore: Mapping[str, int] = MappingProxyType({})) -> str:
    """Return when to stop an exercise, with the client's rules of pain in the place of the slots; what hurts already is always named.

    Parameters
    ----------
    sore
        Place that hurts -> how much it hurts today before training, 0 to 10.
    """
    allowed_more = False
    slots = [match[1] for match in _SLOT.finditer(text)]
    named = {place for slot in slots if slot for place in slot.split(",")}
    unnamed = [place for place in sore if place not in named]
    # where pain anywhere counts, only what hurts more than that already is named beside it
    own = {rule.place: rule.limit for rule in rules if rule.place}
    if None in slots:
        unnamed = [p for p in unnamed if (limit := own.get(p, _base(rules))) is not None and sore[p] > limit > 0]
    if unnamed:
        text = f"{text}; {{pain:{','.join(unnamed)}}}"

    def fill(match: re.Match[str]) -> str:
        nonlocal allowed_more
        places = match[1].split(",") if match[1] else []
        allowed_more |= any(_loosens(rule) and (not places or rule.place in places) for rule in rules)
        return _pain_of(places, rules, sore) if places else _pain_anywhere(rules)

    told = _SLOT.sub(fill, text)
    return f"{told}; {_NEXT_MORNING}" if allowed_more else told


def tell_feel(text: str, parts: Parts, rules: Sequence[PlanPainRule]) -> str:
    """Return what an exercise feels like; that a tendon may hurt stays only where a rule of what it loads allows as much."""
    allowed = max((r.limit or 0 for r in rules if r.place and (parts is None or r.place in parts)), default=0)
    return _MAY_HURT.sub(lambda match: match[0] if int(match[1]) <= allowed else "", text)


def tell_pain_rules(rules: Sequence[PlanPainRule]) -> tuple[str, ...]:
    """Return the rules of pain of a plan, the special ones first, and when to move on to the harder form."""
    base = _base(rules)
    if base == 0:
        return (
            "No pain at all, neither during an exercise nor the day after. Leave out what hurts, and tell your trainer.",
            "Move on to the harder form when two sessions in a row felt right, without any pain then or the day after.",
        )
    general = f"Pain up to {base} of 10 during an exercise is fine when it is gone the next day; above that, take the easier form."
    special = [_tell_part(limit, [r.place for r in rules if r.place and r.limit == limit]) for limit in _limits(rules)]
    if not special:
        on = f"without pain above {base} of 10 then or the day after"
        return (general, f"Move on to the harder form when two sessions in a row felt right, {on}.")
    return (
        *special, f"For everything else: {general[:1].lower()}{general[1:]}",
        "Move on to the harder form when two sessions in a row felt right and pain kept to these rules then and the day after.",
    )  # fmt: skip


def tell_sore(sore: Mapping[str, int], rules: Sequence[PlanPainRule]) -> tuple[str, ...]:
    """Return the rule for what hurts more before training than training may; none where nothing does, or no pain at all is allowed.

    Parameters
    ----------
    sore
        Place that hurts -> how much it hurts today before training, 0 to 10.
    """
    own = {rule.place: rule.limit for rule in rules if rule.place}
    over = {p: now for p, now in sore.items() if (limit := own.get(p, _base(rules))) and now > limit}
    if not over:
        return ()
    listed = join_words(f"{name_place(place)}, {now} of 10 today" for place, now in over.items())
    return (
        f"What hurts more than that before you begin ({listed}) may not hurt more during an exercise or the day after.",
    )


def _limits(rules: Sequence[PlanPainRule]) -> list[int | None]:
    return list(dict.fromkeys(rule.limit for rule in rules if rule.place))


def _tell_part(limit: int | None, places: Sequence[str]) -> str:
    part = sentence(join_words(map(name_place, places))).rstrip(".")
    if limit is None:
        return f"{part}: not more pain than usual during an exercise, and usual again by the next day; more than that, take the easier form."
    if limit <= USUAL_PAIN_LIMIT:
        return f"{part}: {'no pain at all' if limit == 0 else f'pain up to {limit} of 10'} during an exercise; above that, leave it out."
    return (
        f"{part}: pain up to {limit} of 10 during and after is allowed when it is back to its usual by the next morning "
        "and does not grow from week to week; above that take fewer repetitions, not none."
    )


def _base(rules: Sequence[PlanPainRule]) -> int:
    return next((rule.limit for rule in rules if not rule.place and rule.limit is not None), USUAL_PAIN_LIMIT)


def _loosens(rule: PlanPainRule) -> bool:
    return rule.limit is None or rule.limit > USUAL_PAIN_LIMIT


def name_place(place: str) -> str:
    """Return the everyday name of a place."""
    return _NAMES.get(place, place.replace("_", " "))


def _pain_anywhere(rules: Sequence[PlanPainRule]) -> str:
    base = _base(rules)
    if base == 0:
        return "any pain"
    groups = [
        f"{join_words(name_place(r.place) for r in rules if r.place and r.limit == limit)}: {_above(limit)}"
        for limit in _limits(rules)
    ]
    return f"pain above {base} of 10" + (f" ({'; '.join(groups)})" if groups else "")


def _above(limit: int | None) -> str:
    return "more than usual" if limit is None else "any" if limit == 0 else f"above {limit}"


def _pain_of(places: Sequence[str], rules: Sequence[PlanPainRule], sore: Mapping[str, int]) -> str:
    """Return the pain of parts that is too much, those with one rule together; what hurts more than that today may not hurt more still."""
    own = {rule.place: rule.limit for rule in rules if rule.place}
    base = _base(rules)
    limits = {place: own.get(place, base) for place in places}
    # no pain at all stays no pain at all
    limits |= {p: _AS_BEFORE for p, limit in limits.items() if limit and sore.get(p, 0) > limit}
    return " or ".join(
        _too_much([place for place in places if limits[place] == limit], limit)
        for limit in dict.fromkeys(limits.values())
    )


def _too_much(places: Sequence[str], limit: int | None) -> str:
    names = join_words((name_place(place) for place in places if place != "hamstring"), "or")
    where = [f"{names} pain"] if names else []
    where += ["pain behind the thigh"] if "hamstring" in places else []
    pain = join_words(where, "or")
    if limit == _AS_BEFORE:
        return f"more {pain} than before you began"
    return (
        f"more {pain} than usual" if limit is None else f"any {pain}" if limit == 0 else f"{pain} above {limit} of 10"
    )
