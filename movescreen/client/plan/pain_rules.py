"""How much pain training may bring: one rule for a plan, said once.

Catalog texts say ``{pain}`` where it belongs, and ``{pain:knee,hip}`` where it is about parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from movescreen.catalog.client_schema import USUAL_PAIN_LIMIT
from movescreen.catalog.safety_schema import PainRuleSpec
from movescreen.client.person import Said
from movescreen.client.plan.model import PlanPainRule
from movescreen.client.plan.parts import Parts
from movescreen.words.sentences import join_words, sentence

#: The rule of pain in a catalog text, with what may go along with it.
_SLOT = re.compile(r"(?:, or )?\{pain(?::[a-z_,]+)?\}(?:, then or the next morning)?")
#: How strict "not more than usual" is, on the scale of the limits: looser than 2, stricter than 4 (a choice).
_USUAL_AS = 3
#: Places whose everyday name is not the one of the body map.
_NAMES = {"low_back": "back", "achilles": "Achilles tendon", "hand": "wrist"}
#: What only the rule of a tendon's own allows.
_MAY_HURT = re.compile(r"; (?:the|a sore) tendon may hurt, up to (\d+) of 10")


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


def tell_stop(text: str) -> str:
    """Return when to stop an exercise beside the one rule of pain, which a page says once: without its slots; empty when nothing is left."""
    return "; ".join(filter(None, (_SLOT.sub("", part).strip(" ,;") for part in text.split("; "))))


def tell_feel(text: str, parts: Parts, rules: Sequence[PlanPainRule]) -> str:
    """Return what an exercise feels like; that a tendon may hurt stays only where a rule of what it loads allows as much."""
    allowed = max((r.limit or 0 for r in rules if r.place and (parts is None or r.place in parts)), default=0)
    return _MAY_HURT.sub(lambda match: match[0] if int(match[1]) <= allowed else "", text)


def tell_stricter(rules: Sequence[PlanPainRule], said: tuple[int, Said] | None) -> str:
    """Return which of two numbers holds, where a clinician's limit of pain is higher than one of the page; else nothing."""
    limits = [_base(rules) if rule.limit is None else rule.limit for rule in rules] or [_base(rules)]
    if said is None or said[0] <= max(limits):
        return ""
    return f" This holds for training by this page, also where your {said[1].by} allows {said[0]} of 10."


def tell_pain_rule(rules: Sequence[PlanPainRule], sore: Mapping[str, int] = MappingProxyType({})) -> str:
    """Return the one rule of pain of a plan, which nothing else on its page contradicts.

    Parameters
    ----------
    sore
        Place that hurts -> how much it hurts today before training, 0 to 10.
    """
    base = _base(rules)
    if base == 0:
        return (
            "No pain at all, neither during an exercise nor the day after. Leave out what hurts, and tell your trainer."
        )
    own = {rule.place: rule.limit for rule in rules if rule.place}
    over = {p: now for p, now in sore.items() if (limit := own.get(p, base)) and now > limit}
    told = [
        _tell_part(limit, [p for p in own if own[p] == limit and p not in over])
        for limit in dict.fromkeys(own.values())
    ]
    if over:
        listed = join_words(f"{name_place(place)}, {now} of 10 today" for place, now in over.items())
        told.insert(
            0, f"What hurts before you begin ({listed}) may not hurt more during an exercise, nor the next morning."
        )
    told = [each for each in told if each]
    if not told:
        return f"Pain up to {base} of 10 during an exercise is fine when it is gone the next day; above that, take the easier form."
    return " ".join([*told, "More than that, or new pain elsewhere: take the easier form, and tell your trainer."])


def _tell_part(limit: int | None, places: Sequence[str]) -> str:
    if not places:
        return ""
    part = sentence(join_words(map(name_place, places))).rstrip(".")
    if limit is None:
        return f"{part}: not more pain than usual during an exercise, and usual again by the next day."
    if limit <= USUAL_PAIN_LIMIT:
        return f"{part}: {'no pain at all' if limit == 0 else f'pain up to {limit} of 10'} during an exercise."
    return (
        f"{part}: pain up to {limit} of 10 during and after is fine when it is back to its usual by the next morning "
        "and does not grow from week to week."
    )


def _base(rules: Sequence[PlanPainRule]) -> int:
    return next((rule.limit for rule in rules if not rule.place and rule.limit is not None), USUAL_PAIN_LIMIT)


def name_place(place: str) -> str:
    """Return the everyday name of a place."""
    return _NAMES.get(place, place.replace("_", " "))
