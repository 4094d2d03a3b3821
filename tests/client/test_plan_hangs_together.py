"""A plan says one thing: its days, doses, bars and words fit each other and the person."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.foreign_words import drop_foreign
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import LighterWeek, Plan
from movescreen.client.plan.pain_gate import open_pain_gate
from movescreen.client.plan.review_day import find_review
from movescreen.client.plan.safety import may_have_periods
from movescreen.client.rules.conditions import check_any
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.report.pages.plan import render_plan
from movescreen.report.sections.person import PersonHead
from tests.support.clients import CARE, DAY, QUESTIONS, SEEN, by_hand, make_intake, make_person, make_visit
from tests.support.plans import make_plan

NORMS = load_norms()


def plan_of(*visits: Visit, born: int = 1991, **told: Any) -> Plan:
    return make_plan(make_person(birth_year=born, **told), visits or (make_visit(),), CARE, NORMS)


def hip(week: int, now: int = 2) -> dict[str, Any]:
    return {"pains": (Pain(place="hip", side="right", now=now, week=week),), "goals": ("less_pain",), **SEEN}


def worn_hip(week: int, now: int = 2, *, bend: float = 120, turn: float = 35) -> tuple[dict[str, Any], Visit]:
    hips = (*by_hand("hip_flexion", 120, bend), *by_hand("hip_internal_rotation", 35, turn))
    return hip(week, now), make_visit(measurements=(*hips, HandMeasurement(test="walk_minutes", value=35)))


# --- pain bars ------------------------------------------------------------------------------


def bars_of(told: dict[str, Any], visit: Visit, born: int = 1963) -> dict[str, str]:
    return find_bars(make_person(birth_year=born, **told), (visit,), CARE, NORMS)


def test_a_worn_hip_keeps_its_care_up_to_the_pain_that_its_own_rule_allows() -> None:
    within, above = (bars_of(*worn_hip(week)) for week in (5, 6))
    assert "hip_abduction_side_lying" not in within
    assert "hip_abduction_side_lying" in above
    # what no step of the complaint brings keeps its own bar
    assert "hip_hike" in within


def test_the_rule_of_one_part_loosens_nothing_for_another() -> None:
    told, visit = worn_hip(5)
    sore_groin = {**told, "pains": (*told["pains"], Pain(place="groin", side="right", now=1, week=3))}
    assert "step_up" in bars_of(sore_groin, visit)
    # and a young hip has no such rule
    assert "hip_abduction_side_lying" in bars_of(told, visit, born=1999)


@pytest.mark.parametrize(("bend", "turn", "barred"), [(120, 35, False), (96, 35, True), (120, 12, True)])
def test_a_sore_hip_that_lost_its_range_is_not_bent_deep_under_load(bend: float, turn: float, barred: bool) -> None:
    assert ("goblet_squat" in bars_of(*worn_hip(4, bend=bend, turn=turn))) is barred


def test_more_pain_of_a_worn_hip_never_opens_an_exercise() -> None:
    open_ = [set(CARE.exercises) - set(bars_of(*worn_hip(week, now=min(week, 3)))) for week in range(3, 9)]
    assert all(more <= less for less, more in pairwise(open_))


# --- doses ----------------------------------------------------------------------------------


def dose_of(plan: Plan, name: str) -> Any:
    return next((each for each in plan.exercises if each.exercise == name), None)


@pytest.mark.parametrize(("left", "right", "reps"), [(23, 25, 14), (15, 30, 9), (9, 12, 5)])
def test_heel_raises_begin_with_about_two_thirds_of_what_the_weaker_side_can(left: int, right: int, reps: int) -> None:
    sprain = Injury(kind="ankle_sprain", place="ankle", side="left", when="2025-12-20")
    hands = (*by_hand("single_leg_heel_raise", left, right), *by_hand("knee_to_wall", 11, 11))
    plan = plan_of(make_visit(measurements=(*hands, *by_hand("single_leg_stance", 45, 45))), injuries=(sprain,))
    found = dose_of(plan, "single_leg_heel_raise")
    assert found is not None
    assert found.reps == reps


@pytest.mark.parametrize(("minutes", "seconds"), [(40, 2400), (55, 3300), (25, 1500)])
def test_walking_begins_with_what_is_walked_already(minutes: float, seconds: int) -> None:
    back = {"pains": (Pain(place="low_back", side="", now=2, week=3),), "goals": ("less_pain",)}
    plan = plan_of(make_visit(measurements=(HandMeasurement(test="walk_minutes", value=minutes),)), **back)
    found = dose_of(plan, "walk_plan")
    assert found is not None
    assert found.duration_s == seconds


# --- the week -------------------------------------------------------------------------------


@pytest.mark.parametrize(("pain", "due"), [(5, False), (6, True)])
def test_pain_within_the_rule_of_the_tendon_asks_for_no_lighter_week(pain: int, due: bool) -> None:
    told = {"pains": (Pain(place="achilles", side="left", spot="middle", now=1, week=4),), "goals": ("run",)}
    first = make_plan(make_person(**told), (make_visit(),), CARE, NORMS)
    later = [DAY.replace(day=day) for day in (4, 7)]
    notes = [make_visit(day, notes=(SessionNote(pain_during=pain, pain_next_day=1),)) for day in later]
    plan = make_plan(make_person(DAY.replace(day=9), **told), (make_visit(), *notes), CARE, NORMS, first)
    begins = plan.lighter is not None and plan.lighter.begins == plan.day
    assert begins is due or any(each.change == "back" for each in plan.exercises)
    assert not (begins and any(each.change == "up" for each in plan.exercises))


# --- the day to look again ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 27), date(2026, 12, 23)),  # four weeks later is Christmas
        (date(2026, 12, 4), date(2026, 12, 30)),  # and New Year, a Friday
        (date(2026, 11, 24), date(2026, 12, 22)),
    ],
)
def test_nobody_is_asked_to_come_on_a_holiday(today: date, due: date) -> None:
    person = make_person(today, day=today)
    gate = open_pain_gate(person, (), (), CARE)
    assert find_review(person, gate, CARE, complaint=True, flared=False).day == due


def test_what_is_not_known_is_looked_at_in_a_week() -> None:
    person = make_person()
    gate = open_pain_gate(person, (), (), CARE)
    found = [
        find_review(person, gate, CARE, complaint=True, flared=False, unknown=unknown) for unknown in (True, False)
    ]
    assert [(each.day - DAY).days for each in found] == [7, 28]


# --- words that are not for everybody -------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "stays"),
    [
        ({}, False), ({"weeks_postpartum": 30}, True), ({"pregnant": True, "pregnancy_week": 12}, True),
        ({"symptoms": QUESTIONS | {"pelvic_floor": True}}, True), ({"symptoms": {}}, True),
    ],
)  # fmt: skip
def test_signs_of_the_pelvic_floor_are_for_whom_they_may_concern(told: dict[str, Any], stays: bool) -> None:
    text = drop_foreign("Back pain; heaviness below; the belly domes.", make_person(**told), CARE)
    assert text == ("Back pain; heaviness below; the belly domes." if stays else "Back pain.")


def test_crutches_are_for_after_an_operation() -> None:
    text = "Walk as far as is comfortable; crutches stay as long as you were told."
    knee = Operation(what="meniscus", place="knee", side="left", when="2026-02")
    assert drop_foreign(text, make_person(operations=(knee,)), CARE) == text
    assert drop_foreign(text, make_person(), CARE) == "Walk as far as is comfortable."


@pytest.mark.parametrize(
    ("born", "sex", "told", "said"),
    [
        (1991, "female", {}, True), (1963, "female", {}, False), (1991, "male", {}, False),
        (1991, "female", {"weeks_postpartum": 20}, False), (1991, "female", {"pregnant": True, "pregnancy_week": 9}, False),
    ],
)  # fmt: skip
def test_periods_are_a_word_for_some(born: int, sex: Any, told: dict[str, Any], said: bool) -> None:
    assert may_have_periods(Person(DAY, born, sex, make_intake(**told))) is said
    plan = make_plan(
        Person(DAY, born, sex, make_intake(sports=("running",), goals=("run",), **told)), (make_visit(),), CARE, NORMS
    )
    assert any("periods" in line for line in plan.advice) is said


@pytest.mark.parametrize(("when", "told"), [("2026-01-10", True), ("2023-05", False)])
def test_signs_of_a_fresh_sprain_are_for_a_fresh_sprain(when: str, told: bool) -> None:
    plan = plan_of(injuries=(Injury(kind="ankle_sprain", place="ankle", side="left", when=when),))
    signs = [sign for each in plan.urgent for sign in each.signs]
    assert any("four steps" in sign for sign in signs) is told


@pytest.mark.parametrize(("born", "held"), [(1991, True), (1950, False)])
def test_a_desk_is_for_who_works_at_it(born: int, held: bool) -> None:
    desk = CARE.profiles["desk_worker"].when
    assert bool(check_any(desk, make_person(birth_year=born, sitting_hours=8)).holds) is held


def test_nothing_speaks_against_an_injury_that_is_known() -> None:
    sprain = Injury(kind="ankle_sprain", place="ankle", side="left", when="2025-12-20")
    even = (*by_hand("knee_to_wall", 11, 11), *by_hand("single_leg_stance", 45, 45))
    chain = plan_of(make_visit(measurements=even), injuries=(sprain,)).pathways[0]
    assert not chain.against
    told, visit = worn_hip(4)
    worn = plan_of(visit, born=1963, **told).pathways[0]
    assert "makes it less likely" in worn.against


# --- one permission --------------------------------------------------------------------------


def test_not_yet_says_what_comes_first_whatever_was_allowed() -> None:
    sprain = Injury(kind="ankle_sprain", place="ankle", side="left", when="2025-12-20")
    waits = [each for each in plan_of(injuries=(sprain,), sports=("running",)).activities if "running" in each.wait]
    assert waits
    assert "knee-to-wall test" in waits[0].until[0]


@pytest.mark.parametrize(("week", "barred"), [(2, False), (3, True)])
def test_where_weight_waits_no_weight_lies_on_the_knees(week: int, barred: bool) -> None:
    calf = {"pains": (Pain(place="calf", side="right", now=0, week=week),)}
    bars = find_bars(make_person(**calf), (make_visit(),), CARE, NORMS)
    assert ("soleus_raise_seated" in bars) is barred


def test_the_first_day_of_a_lighter_week_prints_half_of_the_sets() -> None:
    plan = plan_of(pains=(), sports=("strength",), goals=("lift",))
    tired = LighterWeek(begins=plan.day, why="the last two sessions were hard", how="Half of the sets.")
    strong = next(each for each in plan.exercises if each.sets == 3 and each.reps)
    sides = " each side" * strong.per_side
    words = f"2 sets of {strong.reps}{sides} this week, then 3 sets of {strong.reps}{sides}"
    head = PersonHead(label="A")
    assert words in render_plan(plan.model_copy(update={"lighter": tired}), head)
    assert words not in render_plan(plan, head)


@pytest.mark.parametrize("words", ["Socks and the dog", "to put on my socks"])
def test_socks_ask_for_a_hip_that_turns(words: str) -> None:
    told, visit = worn_hip(5)
    forms = plan_of(visit, born=1963, **{**told, "goal_words": words}).goal_forms
    assert "hip_rotation_sitting" in {each.exercise for each in forms}


def test_who_lifts_squats_with_a_weight_although_the_split_squat_waits() -> None:
    legs = (*by_hand("single_leg_heel_raise", 21, 22), HandMeasurement(test="chair_stand_30s", value=24))
    lifter = {"weeks_postpartum": 16, "sports": ("strength",), "goals": ("lift",), "pains": ()}
    plan = plan_of(make_visit(measurements=legs, notes=(SessionNote(pain_now=0, pain_week=0),)), **lifter)
    held = {each.exercise for each in plan.exercises}
    assert "goblet_squat" in held
    assert "split_squat_hold" not in held
