"""Pain closes what loads the part that hurts, by its kind, its day and the part's own rule, and nothing else.

Each expectation was written before the rule. An exercise of the leg, one of the arm, and one of the calf tell the parts apart.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Pain
from movescreen.client.person import Person
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.plan.pain_gate import PainGate, open_pain_gate
from movescreen.client.plan.since import listen
from movescreen.client.visits.visit import ExerciseNote, SessionNote, Visit
from tests.support.clients import CARE, DAY, QUESTIONS, make_person, make_visit
from tests.support.plans import make_plan

NORMS = load_norms()
KNEE, CALF, ARM = "split_squat", "single_leg_heel_raise", "push_up"
PAIN_WORDS = ("pain of", "nobody asked about pain")


def person(*pains: Pain, today: date = DAY, **told: Any) -> Person:
    return make_person(today, pains=pains, sports=("strength",), goals=("lift",), **told)


def sore(place: Any, week: int, now: int = 0, **more: Any) -> Pain:
    return Pain(place=place, side="" if place in ("low_back", "head") else "left", now=now, week=week, **more)


def held(who: Person, *visits: Visit) -> set[str]:
    """Return which of the three the gate of pain closes; what an exercise says of itself is no matter of the gate."""
    bars = find_bars(who, visits, CARE, NORMS)
    return {name for name in (KNEE, CALF, ARM) if any(words in bars.get(name, "") for words in PAIN_WORDS)}


def note(days_ago: int, today: date = DAY, **told: Any) -> Visit:
    return make_visit(today - timedelta(days=days_ago), notes=(SessionNote(**told),))


@pytest.mark.parametrize(
    ("pains", "closed"),
    [
        ((), set()),
        ((sore("knee", 2),), set()),
        ((sore("knee", 3),), {KNEE}),
        ((sore("ankle", 4),), {KNEE, CALF}),
        ((sore("shoulder", 4),), {ARM}),
        ((sore("low_back", 4),), {KNEE, ARM}),
        ((sore("knee", 4), sore("shoulder", 4)), {KNEE, ARM}),
        # of the head, nobody can tell what loads it; and a flare closes all weights
        ((sore("head", 3),), {KNEE, CALF, ARM}),
        ((sore("knee", 7),), {KNEE, CALF, ARM}),
    ],
)
def test_only_what_loads_the_sore_part_is_closed(pains: tuple[Pain, ...], closed: set[str]) -> None:
    assert held(person(*pains)) == closed


@pytest.mark.parametrize(
    ("pains", "told", "closed"),
    [
        # of whom nothing hurts, the pain may be anywhere
        ((), {"pain_during": 3}, {KNEE, CALF, ARM}),
        ((sore("knee", 1),), {"pain_during": 3}, {KNEE}),
        ((sore("knee", 1), sore("shoulder", 1)), {"pain_next_day": 3}, {KNEE, ARM}),
        ((sore("knee", 1),), {"pain_during": 7}, {KNEE, CALF, ARM}),
    ],
)
def test_pain_after_training_is_of_the_part_that_is_known(
    pains: tuple[Pain, ...], told: dict[str, int], closed: set[str]
) -> None:
    assert held(person(*pains), note(1, **told)) == closed


def test_pain_with_an_exercise_is_of_what_it_loads() -> None:
    row = ExerciseNote(exercise=ARM, pain_during=4)
    closed = held(person(sore("knee", 1)), note(1, exercises=(row,)))
    assert closed == {ARM, KNEE}, "it may be the back, which both hold; it is not the calf"
    squat = ExerciseNote(exercise=KNEE, pain_during=4)
    assert held(person(sore("knee", 1)), note(1, exercises=(squat,))) == {KNEE}


TENDON = {"spot": "middle"}


@pytest.mark.parametrize(
    ("pain", "told", "closed"),
    [
        (sore("achilles", 5, 2, **TENDON), {}, False),
        (sore("achilles", 5, 3, **TENDON), {"pain_during": 5, "pain_next_day": 3}, False),
        # more than the rule allows: in the week, at rest, the next morning
        (sore("achilles", 6, 2, **TENDON), {}, True),
        (sore("achilles", 5, 4, **TENDON), {}, True),
        (sore("achilles", 5, 2, **TENDON), {"pain_next_day": 4}, True),
        (sore("achilles", 5, 2, **TENDON), {"pain_during": 6}, True),
        # a sprained ankle has no such rule
        (sore("ankle", 3, 0), {}, True),
    ],
)
def test_a_sore_tendon_goes_by_its_own_rule(pain: Pain, told: dict[str, int], closed: bool) -> None:
    visits = (note(1, **told),) if told else ()
    bars = find_bars(person(pain), visits, CARE, NORMS)
    assert any(words in bars.get("heavy_heel_raise", "") for words in PAIN_WORDS) is closed
    # the rule of the tendon allows nothing fast
    assert "pogo_hops" in bars


def test_the_rule_of_a_tendon_is_not_that_of_a_child_nor_of_an_open_red_flag() -> None:
    calf = "heavy_heel_raise"
    pain = sore("achilles", 4, 1, **TENDON)
    assert calf not in find_bars(person(pain), (), CARE, NORMS)
    child = make_person(birth_year=DAY.year - 12, pains=(pain,), sports=("strength",), goals=("lift",))
    assert calf in find_bars(child, (), CARE, NORMS)
    snapped = person(pain, symptoms=QUESTIONS | {"tendon_rupture": True})
    assert calf in find_bars(snapped, (), CARE, NORMS)


@pytest.mark.parametrize(
    ("pains", "arm", "leg"),
    [
        ((sore("knee", 7),), True, False), ((sore("knee", 9, 8),), True, False), ((sore("shoulder", 7),), False, True), ((sore("head", 7),), False, False),
        ((sore("knee", 6),), True, False), ((), True, True),
    ],
)  # fmt: skip
def test_a_flare_leaves_body_weight_where_nothing_hurts(pains: tuple[Pain, ...], arm: bool, leg: bool) -> None:
    bars = find_bars(person(*pains), (), CARE, NORMS)
    open_ = {
        name: not any(words in bars.get(name, "") for words in PAIN_WORDS) for name in ("incline_push_up", "box_squat")
    }
    assert open_ == {"incline_push_up": arm, "box_squat": leg}


def test_pain_does_not_outlive_two_quiet_sessions_but_a_flare_does() -> None:
    flared = note(9, pain_during=6, pain_next_day=4)
    quiet = [note(days, pain_during=1, pain_next_day=0) for days in (5, 2)]
    knee = sore("knee", 1)
    assert held(person(knee), flared, quiet[1]) == {KNEE}, "one quiet session is no proof"
    assert held(person(knee), flared, *quiet) == set()
    assert held(person(knee), note(9, pain_during=7), *quiet) == {KNEE, CALF, ARM}, (
        "a flare counts for its fourteen days"
    )
    half = [note(days, pain_during=1) for days in (5, 2)]
    assert held(person(knee), flared, *half) == {KNEE}, "nobody told about the mornings"


def test_the_worst_of_a_week_takes_the_place_of_the_weeks_before() -> None:
    later = DAY + timedelta(days=10)
    told = person(sore("knee", 5), today=later)
    assert held(told, note(0, later, pain_now=0, pain_week=2)) == set()
    assert held(told, note(4, later, pain_now=0, pain_week=2)) == {KNEE}, "the weeks overlap"
    assert held(told, note(0, later, pain_now=0)) == {KNEE}, "now is not the week"


def test_painkillers_hide_what_pain_would_say() -> None:
    hidden = QUESTIONS | {"painkillers": True}
    assert held(person(sore("knee", 1))) == set()
    assert held(person(sore("knee", 1), symptoms=hidden)) == {KNEE}
    bars = find_bars(person(sore("achilles", 4, 1, **TENDON), symptoms=hidden), (), CARE, NORMS)
    assert "heavy_heel_raise" in bars


def plan_for(who: Person, *visits: Visit) -> Plan:
    return make_plan(who, visits, CARE, NORMS)


def test_sets_are_taken_only_from_what_loads_the_sore_part() -> None:
    plan = plan_for(person(sore("shoulder", 4)))
    sets = {e.exercise: e.fewer for e in plan.exercises if CARE.exercise(e.exercise).dose.sets > 1}
    legs = [name for name in sets if "leg_strength" in CARE.exercise(name).serves]
    assert legs
    assert not any(sets[name] for name in legs)


def test_what_an_exercise_says_of_pain_goes_by_the_last_word() -> None:
    later = DAY + timedelta(days=20)
    told, press = person(sore("knee", 5, 2), today=later), "slow_leg_press"
    assert press in find_bars(told, (note(0, later, pain_now=1),), CARE, NORMS), "now is not the week"
    assert press not in find_bars(told, (note(0, later, pain_now=1, pain_week=2, pain_during=2),), CARE, NORMS)
    assert press in find_bars(told, (note(0, later, pain_now=1, pain_week=2, pain_during=6),), CARE, NORMS)
    soon = DAY + timedelta(days=3)
    same_week = find_bars(person(sore("knee", 5, 2), today=soon), (note(0, soon, pain_week=2),), CARE, NORMS)
    assert press in same_week


def test_a_flare_of_the_heel_takes_no_plank_back() -> None:
    start = DAY + timedelta(days=-14)
    told = note(1, pain_during=5, pain_next_day=6, sessions_done=6, sessions_planned=6)
    who = person(sore("achilles", 4, 1, **TENDON))
    calf, plank = (
        listen(name, 3, who, (told,), start, loads_sore=gate_of(who, told).loads_sore(name)).next_day
        for name in ("slow_heel_raise", "plank_floor")
    )
    assert (calf, plank) == (6, 0)
    own = note(1, exercises=(ExerciseNote(exercise="plank_floor", pain_next_day=6),))
    assert listen("plank_floor", 3, who, (own,), start, loads_sore=False).next_day == 6, "told of it itself"


def gate_of(who: Person, *visits: Visit) -> PainGate:
    return open_pain_gate(who, visits, (), CARE)
