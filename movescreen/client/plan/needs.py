"""What a plan is for: needs, weighed by what speaks for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from movescreen.catalog.care_schema import ProfileSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.exercise_schema import NeedSpec
from movescreen.client.dates import days_since
from movescreen.client.person import Person
from movescreen.client.rules.conditions import Event, check_any, check_condition
from movescreen.client.rules.history import HistoryLink
from movescreen.client.visits.hand_tests import HandReading, SideDifference
from movescreen.client.visits.observation import Observation
from movescreen.client.words import holds_any
from movescreen.model import Finding, Status

#: What speaks for a need, and how loudly.
CLEAR_FINDING, FINDING, NEAR_FINDING, HINT, LINKED = 4, 3, 1, 1, 1
LIMITED_TEST, UNEVEN_TEST, PROFILE, INJURY, FACT = 3, 2, 2, 2, 1
#: A side that does less than this share of the other one is a clear gap, in percent (a choice).
CLEAR_GAP_BELOW, CLEAR_GAP = 70, 4
#: Days after an injury in which it is what the plan is about.
_FRESH_DAYS = 84
#: What is felt now: more than any care profile, as much as a clear finding.
SYMPTOM = 4

#: Results that say that all is as it should be.
_AS_IT_SHOULD_BE = ("normal", "free", "full", "alike", "equal", "fine", "good", "no difference", "without")
#: Something that speaks for a need: how loudly, in words, on which side, and the facts about the person that it rests on.
_Said = tuple[int, str, str, frozenset[Event]]


@dataclass(frozen=True, kw_only=True)
class WeighedNeed:
    """A need that something speaks for.

    Attributes
    ----------
    weight, loudest
        Sum over what speaks for it, and the greatest part of it.
    reasons
        In words, the weightiest first.
    side
        The side to begin with: the one that speaks louder, for a shift of weight the one that it leaves out; empty when none does.
    tests
        Tests by hand that speak for it.
    seen
        Whether a finding of a screening speaks for it, beyond a hint.
    habit, beside
        Whether nothing but how somebody spends the day speaks for it, or a film alone, about something else than what hurts.
    """

    spec: NeedSpec
    weight: int
    loudest: int
    reasons: tuple[str, ...]
    side: str
    tests: frozenset[str] = frozenset()
    seen: bool = False
    habit: bool = False
    beside: bool = False

    @classmethod
    def of_pathway(cls, spec: NeedSpec) -> WeighedNeed:
        """Return a need that nothing else speaks for than the step of a pathway."""
        return cls(spec=spec, weight=0, loudest=0, reasons=(), side="")


@dataclass(frozen=True)
class Grounds:
    """Everything that may speak for a need."""

    person: Person
    findings: Sequence[Finding] = ()
    links: Sequence[HistoryLink] = ()
    readings: Sequence[HandReading] = ()
    differences: Sequence[SideDifference] = ()
    profiles: Sequence[ProfileSpec] = ()
    observations: Sequence[Observation] = ()


def weigh_needs(grounds: Grounds, catalog: ClientCatalog) -> tuple[WeighedNeed, ...]:
    """Return the needs that something speaks for, the weightiest first.

    A finding counts 4 when it stood out clearly, 3 when it stood out and 1 when it came close or is no more than a hint; one more when
    the history goes with it; it is no more than a hint, too, when the hands measured the same and found nothing. A manual test counts 3 when it is limited, 2 when the sides differ beyond the error, and 4 when one side does less
    than 70 percent of the other; a symptom or pain that is felt now 4; a care profile 2; an injury or operation 2, because the history says more about a person than any angle; any other fact 1. A fact counts
    once, where it speaks loudest: who runs is a runner by sport, goal and care profile, and counts 2.
    """
    dropped = {name for profile in grounds.profiles for name in profile.drops_needs}
    weighed = [weigh_need(spec, grounds) for spec in catalog.needs.values() if spec.id not in dropped]
    # of equals, what was seen goes before what is only likely
    return tuple(sorted((n for n in weighed if n.weight > 0), key=lambda n: (-n.weight, -n.loudest, n.spec.order)))


def weigh_need(spec: NeedSpec, grounds: Grounds) -> WeighedNeed:
    """Return one need with its weight, which may be 0."""
    said: list[_Said] = []
    nothing: frozenset[Event] = frozenset()
    judged = {r.spec.id for r in grounds.readings if r.limited and r.comparison is not None}
    tests = (judged | {d.spec.id for d in grounds.differences if is_uneven(d)}) & set(spec.tests)
    # what the hands measured and found alike is no more than a hint, whatever a film shows, and several hints are one
    most = HINT if {each.spec.id for each in grounds.readings} & set(spec.tests) and not tests else CLEAR_FINDING
    for finding in grounds.findings:
        weight = min(_weight_of(spec, finding), 0 if said and most == HINT else most)
        if weight:
            side = _side_to_train(spec, finding)
            said.append((weight, finding.message, side, nothing))
            links = [link for link in grounds.links if link.finding == finding] if weight > HINT else []
            events = frozenset(link.event for link in links)
            # several events that go with one finding are told, and count once
            said += [(LINKED if i == 0 else 0, link.text, side, events) for i, link in enumerate(links)]
    filmed = len(said)
    for reading in grounds.readings:
        if reading.limited and reading.spec.id in spec.tests and reading.comparison is not None:
            where = f"{reading.spec.title}{', ' + reading.side if reading.side else ''}"
            said.append((LIMITED_TEST, f"{where}: {reading.comparison.text}", reading.side, nothing))
    for difference in grounds.differences:
        if difference.spec.id in spec.tests and is_uneven(difference):
            text = f"{difference.spec.title}: {difference.worse} {abs(difference.difference):.3g} {difference.spec.unit} behind."
            gap = CLEAR_GAP if difference.lsi_pct < CLEAR_GAP_BELOW else UNEVEN_TEST
            said.append((gap, text, difference.worse, nothing))
    observed = find_observed(spec, grounds.observations)
    said += [
        (
            FINDING,
            f"Seen by the trainer: {each.texts[0]}.",
            each.side if each.side in ("left", "right") else "",
            nothing,
        )
        for each in observed
    ]
    for condition in spec.facts:
        weight = _WEIGHT_OF_FACT.get(condition.kind, FACT)
        for event in check_condition(condition, grounds.person).events[:1]:
            said.append((weight, f"{event.words[:1].upper()}{event.words[1:]}.", event.side, frozenset({event})))
    for profile in grounds.profiles:
        if spec.id in profile.needs:
            held = check_any(profile.when, grounds.person).events
            words = held[0].words if held else profile.title
            text = f"{words[:1].upper()}{words[1:]}, and what often goes with it."
            said.append((PROFILE, text, "", frozenset(held)))
    beside = 0 < filmed == len(said) and _is_apart(spec, grounds.person)
    said.sort(key=lambda item: -item[0])
    counted = _count_once(said)
    reasons = tuple(dict.fromkeys(text for weight, text, _ in counted if weight)) or tuple(
        text for _, text, _ in counted
    )
    weights = [weight for weight, _, _ in counted]
    loudest, side = max(weights, default=0), _louder_side(counted)
    seen = any(min(_weight_of(spec, finding), most) > HINT for finding in grounds.findings)
    habit = bool(said) and not tests and not seen and not observed and _is_habit(spec, grounds)
    return WeighedNeed(
        spec=spec, weight=sum(weights), loudest=loudest, reasons=reasons, side=side, tests=frozenset(tests), seen=seen,
        habit=habit, beside=beside,
    )  # fmt: skip


def _is_apart(spec: NeedSpec, person: Person) -> bool:
    """Whether something hurts, or heals, and a need is about none of it."""
    told = person.intake
    sore = {pain.place for pain in (told.pains if told else None) or () if pain.now or pain.week}
    injuries = (told.injuries if told else None) or ()
    sore |= {each.place for each in injuries if days_since(each.when, person.today) < _FRESH_DAYS}
    return bool(sore) and bool(spec.parts) and not sore & set(spec.parts)


def find_observed(spec: NeedSpec, observations: Sequence[Observation]) -> list[Observation]:
    """Return what the trainer saw or tested that speaks for a need: never what was negative, or as it should be."""
    return [
        each
        for each in observations
        if each.verdict != "negative"
        and holds_any(each.texts[0], spec.observed)
        and not holds_any(each.result, _AS_IT_SHOULD_BE)
    ]


def _is_habit(spec: NeedSpec, grounds: Grounds) -> bool:
    """Whether of the facts only sitting speaks for a need."""
    conditions = [*spec.facts, *(c for profile in grounds.profiles if spec.id in profile.needs for c in profile.when)]
    held = [c for c in conditions if check_condition(c, grounds.person).holds]
    # a hint, which has several possible grounds, makes no more of it
    near = any(_weight_of(spec, finding) and not _is_hint(spec, finding) for finding in grounds.findings)
    return not near and bool(held) and all(c.kind == "sitting" for c in held)


_WEIGHT_OF_FACT = {"injury": INJURY, "operation": INJURY, "symptom": SYMPTOM, "pain": SYMPTOM}


def _count_once(said: Sequence[_Said]) -> list[tuple[int, str, str]]:
    """Return what was said, the loudest first, without the weight of what rests on facts that have counted already."""
    known: set[Event] = set()
    counted = []
    for weight, text, side, facts in said:
        counted.append((0 if facts and facts <= known else weight, text, side))
        known |= facts
    return counted


def _weight_of(spec: NeedSpec, finding: Finding) -> int:
    """Return how loudly a finding speaks for a need; 0 when it does not."""
    names = {finding.check_id, f"{finding.movement}:{finding.check_id}"}
    flagged = finding.status is Status.FLAGGED
    if names & set(spec.checks):
        loud = CLEAR_FINDING if finding.severity >= 3 else FINDING
        return loud if flagged else NEAR_FINDING if finding.status is Status.BORDERLINE else 0
    return HINT if flagged and names & set(spec.hints) else 0


def _is_hint(spec: NeedSpec, finding: Finding) -> bool:
    return not {finding.check_id, f"{finding.movement}:{finding.check_id}"} & set(spec.checks)


def is_uneven(difference: SideDifference) -> bool:
    """Beyond the error; where no error is known, 15 percent, which is the usual conservative bar."""
    if not difference.worse:
        return False
    return difference.beyond_error if math.isfinite(difference.detectable) else difference.lsi_pct < 85


def _side_to_train(spec: NeedSpec, finding: Finding) -> str:
    """Return the side that a finding asks to train first."""
    if spec.relation == "away":
        return {"left": "right", "right": "left"}.get(finding.seen_side, "")
    return finding.seen_side


def _louder_side(said: Sequence[tuple[int, str, str]]) -> str:
    weights = {side: sum(w for w, _, s in said if s == side) for side in ("left", "right")}
    if weights["left"] == weights["right"]:
        return ""
    return max(weights, key=lambda name: weights[name])
