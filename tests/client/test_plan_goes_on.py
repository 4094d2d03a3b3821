"""What is within its error holds back what is fast and no more, and what was too easy goes to its harder form in one step.

Each expectation was written before the rule.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Injury, Pain
from movescreen.client.plan.making import find_bars
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.visit import ExerciseNote, HandMeasurement, SessionNote, Visit
from tests.support.clients import CARE, DAY, SEEN, by_hand, make_person, make_visit
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
SPRAIN = Injury(kind="ankle_sprain", place="ankle", side="right", when="2026-01-15")
CALM = SessionNote(pain_now=0, pain_week=1, pain_during=0, pain_next_day=0)


def standing(*visits: Visit, **told: Any) -> Readiness:
    told = {"injuries": (SPRAIN,), "sports": ("jumping_and_turning",), "goals": ("return_to_sport",), **SEEN} | told
    return next(r for r in assess_readiness(make_person(**told), visits, CARE, NORMS) if r.spec.id == "ankle_sprain")


def wall(left: float, right: float, days_ago: int = 0, **more: tuple[float, float]) -> Visit:
    taken = tuple(m for test, sides in ({"knee_to_wall": (left, right)} | more).items() for m in by_hand(test, *sides))
    return make_visit(DAY - timedelta(days=days_ago), measurements=taken, notes=(CALM,))


def test_a_value_that_reaches_the_bar_within_its_error_lets_strength_begin() -> None:
    found = standing(wall(11, 9))
    assert found.position == 1
    gate = next(gate for gate in found.missing if gate.spec.test == "knee_to_wall")
    assert gate.near
    assert "measure again, or go on with what is neither fast nor a jump" in gate.text


def test_short_of_the_bar_once_it_is_measured_again_and_twice_it_goes_on() -> None:
    assert standing(wall(11, 8.7)).position == 0
    assert standing(wall(11, 8.6, 28), wall(11, 8.7)).position == 1


def test_far_from_the_bar_it_waits() -> None:
    assert standing(wall(11, 6, 28), wall(11, 6)).position == 0


FIT = {"single_leg_stance": (45.0, 45.0), "single_leg_heel_raise": (30.0, 30.0), "single_leg_hop": (170.0, 170.0)}


def test_nothing_fast_begins_while_anything_is_within_its_error() -> None:
    mornings = tuple(make_visit(DAY - timedelta(days=ago), notes=(CALM,)) for ago in (5, 3))
    found = standing(*mornings, wall(11, 9, **FIT))
    assert all(step.passed for step in found.steps[1:2]), "the step before running is passed"
    assert found.position == 1, "and running waits for the ankle to be measured again"
    assert any(gate.spec.test == "knee_to_wall" and gate.state is GateState.NOT_KNOWN for gate in found.missing)
    assert standing(*mornings, wall(11, 11, **FIT)).position == 2


def test_a_torn_muscle_and_a_bone_are_not_hurried() -> None:
    strain = Injury(kind="muscle_strain", place="hamstring", side="left", when="2026-01-20")
    taken = by_hand("active_knee_extension", 38, 20)
    visits = [make_visit(DAY - timedelta(days=ago), measurements=taken, notes=(CALM,)) for ago in (28, 0)]
    who = make_person(injuries=(strain,), **SEEN)
    found = next(r for r in assess_readiness(who, visits, CARE, NORMS) if r.spec.id == "hamstring_strain")
    near = [gate for gate in found.missing if gate.near]
    assert not near or found.position == 0


# --- too easy ---------------------------------------------------------------------------------


def after_easy_weeks(effort: int, done: int = 12, pain: int = 0, *, week: int = 0, **told: Any) -> dict[str, str]:
    """Return exercise -> the one it took the place of, or what its dose says, in the plan after four weeks."""
    told = {"sports": ("strength",), "goals": ("lift",), "equipment": ("gym", "weights")} | told
    who = make_person(**told)
    first = make_plan(who, (), CARE, NORMS)
    rows = tuple(ExerciseNote(exercise=e.exercise, done=True, effort=effort) for e in first.exercises)
    note = SessionNote(
        pain_now=0, pain_week=max(pain, week), pain_during=pain, pain_next_day=pain, effort=effort, confidence=9, sessions_done=done, sessions_planned=12,
        exercises=rows,
    )  # fmt: skip
    later = replace(who, today=DAY + timedelta(weeks=4))
    visits = (make_visit(DAY + timedelta(weeks=4, days=-1), notes=(note,)),)
    plan = make_plan(later, visits, CARE, NORMS, last=first)
    return {e.exercise: e.instead_of or e.extra for e in plan.exercises if e.change == "up"}


def test_what_was_too_easy_goes_to_the_harder_form_or_more_weight_in_one_step() -> None:
    went_up = after_easy_weeks(3)
    assert went_up
    assert all(instead for instead in went_up.values()), f"no repetition more, but a harder form or weight: {went_up}"


@pytest.mark.parametrize(("effort", "done", "pain"), [(6, 12, 0), (3, 10, 0), (3, 12, 1)])
def test_what_was_hard_enough_missed_or_sore_grows_by_its_steps(effort: int, done: int, pain: int) -> None:
    went_up = after_easy_weeks(effort, done, pain)
    assert any(not instead for instead in went_up.values())


def test_too_easy_opens_nothing_that_is_barred() -> None:
    sore = Pain(place="knee", side="left", now=1, week=4)
    went_up = after_easy_weeks(3, week=4, pains=(sore,), sports=("walking",), goals=("daily_life",), **SEEN)
    assert not {"goblet_squat", "slow_squat_heavy"} & set(went_up)


def test_of_pain_one_value_that_is_just_low_enough_is_measured_again() -> None:
    sore = Pain(place="groin", side="right", now=1, week=3)
    told = {"pains": (sore,), "sports": ("jumping_and_turning",), "goals": ("return_to_sport",), **SEEN}
    squeeze = [
        make_visit(DAY - timedelta(days=ago), measurements=(HandMeasurement(test="adductor_squeeze_pain", value=5),))
        for ago in (20, 0)
    ]
    once, twice = (
        next(r for r in assess_readiness(make_person(**told), visits, CARE, NORMS) if r.spec.id == "groin_pain")
        for visits in (squeeze[1:], squeeze)
    )
    assert once.position == 0
    assert twice.position == 1


def test_a_walk_grows_to_what_a_test_of_it_shows() -> None:
    back = (Pain(place="low_back", now=1, week=2),)
    who = make_person(pains=back, sports=("walking",), goals=("daily_life",), **SEEN)

    def walk(day: int, minutes: float) -> Visit:
        taken = (HandMeasurement(test="walk_minutes", value=minutes),)
        return make_visit(DAY + timedelta(days=day), measurements=taken, notes=(CALM,))

    first = make_plan(who, (walk(0, 25),), CARE, NORMS)
    if "walk_plan" not in {e.exercise for e in first.exercises}:
        pytest.fail("who walks 25 minutes walks by plan")
    rows = tuple(ExerciseNote(exercise=e.exercise, done=True, effort=5) for e in first.exercises)
    note = SessionNote(
        pain_now=0, pain_week=1, pain_during=0, pain_next_day=0, effort=5, confidence=9, sessions_done=12, sessions_planned=12, exercises=rows,
    )  # fmt: skip
    visits = (walk(0, 25), make_visit(DAY + timedelta(days=26), notes=(note,)), walk(27, 55))
    plan = make_plan(replace(who, today=DAY + timedelta(days=28)), visits, CARE, NORMS, last=first)
    (planned,) = [e for e in plan.exercises if e.exercise in ("walk_plan", "brisk_intervals")]
    assert planned.exercise == "brisk_intervals" or (planned.duration_s or 0) >= 30 * 60


@pytest.mark.parametrize(
    ("weeks", "tender", "minutes", "open_"), [(8, 0, 60, True), (8, 2, 60, False), (8, 0, 15, False), (4, 0, 60, False)]
)  # fmt: skip
def test_a_bone_that_walks_without_pain_stands_on_both_forefeet_and_does_nothing_more(
    weeks: int, tender: float, minutes: float, open_: bool
) -> None:
    bone = Injury(kind="bone_stress", place="foot", side="left", when=(DAY - timedelta(weeks=weeks)).isoformat())
    who = make_person(
        injuries=(bone,),
        pains=(Pain(place="foot", side="left", now=0, week=2),),
        sports=("running",),
        goals=("run",),
        **SEEN,
    )
    taken = (HandMeasurement(test="bone_tenderness", value=tender), HandMeasurement(test="walk_minutes", value=minutes))
    bars = find_bars(who, (make_visit(measurements=taken, notes=(CALM,)),), CARE, NORMS)
    assert ("double_heel_raise" not in bars) is open_
    assert {"single_leg_heel_raise", "pogo_hops", "run_walk", "split_squat"} <= set(bars)
