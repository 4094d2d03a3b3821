"""What a plan holds first: the complaint, the gap that was measured, the goal; from what is done today, in the time that there is.

Each expectation was written before the rule.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Injury, Pain
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from movescreen.client.plan.week import find_minutes, minutes_of
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.errors import QuestionsOpen
from tests.support.clients import CARE, DAY, HEEL, QUESTIONS, SEEN, by_hand, make_person, make_visit
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
QUIET = SessionNote(pain_now=0, pain_week=0)


def plan_for(person: Person, *visits: Visit, **more: Any) -> Plan:
    return make_plan(person, visits, CARE, NORMS, **more)


def names(plan: Plan) -> set[str]:
    return {each.exercise for each in plan.exercises}


def sore(place: Any, now: int = 1, week: int = 2, side: Any = "left") -> Pain:
    return Pain(place=place, side=side, now=now, week=week)


def value(test: str, number: float) -> HandMeasurement:
    return HandMeasurement(test=test, value=number)


@pytest.mark.parametrize(("left", "right"), [(8, 22), (22, 8)])
def test_the_largest_gap_that_was_measured_is_trained_within_what_it_shows(left: float, right: float) -> None:
    person = make_person(sports=("walking", "running"), goals=("run",))
    visit = make_visit(measurements=by_hand("single_leg_heel_raise", left, right), notes=(QUIET,))
    plan = plan_for(person, visit)
    raises = next(e for e in plan.exercises if e.exercise == "single_leg_heel_raise")
    assert (raises.reps or 0) <= 8
    assert plan.needs[0].need == "calf_capacity"
    even = make_visit(measurements=by_hand("single_leg_heel_raise", 22, 22), notes=(QUIET,))
    assert all(
        each.need != "calf_capacity" or each.weight < plan.needs[0].weight for each in plan_for(person, even).needs
    )


def test_a_sore_neck_comes_before_what_a_film_shows_of_the_ankle() -> None:
    visit = make_visit(findings=(HEEL,), notes=(SessionNote(pain_now=1, pain_week=2),))
    neck = plan_for(make_person(pains=(sore("neck"),), goals=("less_pain",), **SEEN), visit)
    assert neck.needs[0].need == "neck_ease"
    assert {"neck_nod", "thoracic_rotation_side"} <= names(neck)
    assert "knee_to_wall_drill" not in names(neck)
    ankle = plan_for(make_person(pains=(sore("ankle"),), goals=("less_pain",), **SEEN), visit)
    assert "ankle_range" in {each.need for each in ankle.needs}, "what hurts itself is no other part"
    assert "knee_to_wall_drill" in names(plan_for(make_person(), make_visit(findings=(HEEL,), notes=(QUIET,))))


def test_what_hands_measured_goes_before_what_a_film_guesses() -> None:
    room, short = (by_hand("knee_to_wall", n, n) for n in (12.0, 5.0))
    found = [
        next(
            need
            for need in plan_for(make_person(), make_visit(findings=(HEEL,), measurements=taken, notes=(QUIET,))).needs
            if need.need == "ankle_range"
        )
        for taken in (short, (), room)
    ]
    assert [need.weight for need in found] == sorted((need.weight for need in found), reverse=True)
    assert found[-1].weight == 1, "no more than a hint"


def test_each_goal_has_its_own_piece_at_the_level_of_today() -> None:
    told = {"sports": ("strength",), "goals": ("lift",), "equipment": ("band",)}
    person = make_person(goal_words="a pistol squat on each leg and ten push-ups", **told)
    shown = make_visit(measurements=by_hand("single_leg_squat_count", 7, 9), notes=(QUIET,))
    found = names(plan_for(person, shown))
    assert "single_leg_box_squat" in found
    assert {"push_up", "incline_push_up"} & found
    assert not {"box_squat", "sit_to_stand"} & found, "both legs ask for less than one that does seven"
    weak = names(plan_for(person, make_visit(measurements=by_hand("single_leg_squat_count", 1, 2), notes=(QUIET,))))
    assert "single_leg_box_squat" not in weak


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("Twenty minutes, three times. A band.", 20),
        ("Two screens. Ten minutes at lunch, nothing to train with.", 10),
        ("I only have 15 minutes", 15),
        ("It hurts after ten minutes", None),
        ("Ten minutes into a run it aches", None),
        ("Twenty minutes of walking and it swells", None),
    ],
)
def test_the_minutes_that_were_told_are_kept(words: str, minutes: int | None) -> None:
    assert find_minutes([words]) == minutes
    many = make_visit(findings=(HEEL,), measurements=by_hand("single_leg_squat_count", 3, 9), notes=(QUIET,))
    plan = plan_for(make_person(note=words, goals=("lift", "daily_life")), many)
    assert minutes_of(plan.exercises, plan.week) <= (minutes or 40)
    gone = [each.reason for each in plan.left_out if "minutes at most" in each.reason]
    assert bool(minutes and minutes <= 15) <= bool(gone), "what there was no time for is told"


WALKS = {"walk_plan", "short_walks", "brisk_intervals"}


@pytest.mark.parametrize(
    ("told", "walks"),
    [
        ({"sports": ("none",)}, True),
        ({"sports": ("none",), "note": "Walk the dog half an hour twice a day."}, False),
        ({"sports": ("none",), "note": "I used to walk the dog for an hour."}, True),
        ({"sports": ("strength",)}, False),
    ],
)
def test_nobody_is_sent_on_a_walk_below_what_they_do_anyway(told: dict[str, Any], walks: bool) -> None:
    person = make_person(pains=(sore("low_back", 0, 1),), goals=("less_pain",), **told)
    found = names(plan_for(person, make_visit(notes=(SessionNote(pain_now=0, pain_week=1),))))
    assert bool(WALKS & found) is walks
    hurts = make_person(pains=(sore("low_back", 4, 6),), goals=("less_pain",), sports=("strength",))
    much = names(plan_for(hurts, make_visit(notes=(SessionNote(pain_now=4, pain_week=6),))))
    assert "short_walks" in much, "a sore back walks, whatever it lifts otherwise"


LYING = {"glute_bridge", "side_plank_knees", "bird_dog", "dead_bug", "cat_camel", "hip_abduction_side_lying"}


@pytest.mark.parametrize(("stands", "reps"), [(3, 2), (12, 7)])
def test_who_hardly_rises_trains_nothing_on_the_floor_and_walks_in_bouts(stands: int, reps: int) -> None:
    told = {"symptoms": QUESTIONS | {"falls": True, "unsteady": True}, "goals": ("balance", "daily_life")}
    person = make_person(birth_year=1942, pains=(sore("hip", 1, 2),), sports=("none",), **told)
    visit = make_visit(measurements=(value("chair_stand_30s", stands), value("four_stage_balance", 1)), notes=(QUIET,))
    plan = plan_for(person, visit)
    rising = next(e for e in plan.exercises if e.exercise == "sit_to_stand")
    assert rising.reps == reps
    frail = stands < 8
    assert ("walk_bouts" in names(plan)) is frail
    assert not frail or not (LYING | {"walk_plan", "easy_walk"}) & names(plan)


def test_old_answers_hold_the_plan_of_a_complaint_until_they_are_asked_again() -> None:
    later = DAY + timedelta(weeks=9)

    def seen(*scores: tuple[int, int], of: Any = "low_back", **more: Any) -> Person:
        return make_person(today=later, pains=(sore(of),), goals=("lift",), **more)

    sore_still = make_visit(later, notes=(SessionNote(pain_now=1, pain_week=3),))
    with pytest.raises(QuestionsOpen, match="asked again"):
        plan_for(seen(), sore_still)
    over = plan_for(seen(), make_visit(later, notes=(QUIET,)))
    assert not over.pathways
    assert over.exercises
    flare = plan_for(seen(), make_visit(later, notes=(SessionNote(pain_now=3, pain_week=7),)))
    assert flare.headline.startswith("Talk first")
    assert plan_for(make_person(today=DAY + timedelta(weeks=7), pains=(sore("low_back"),)), sore_still.model_copy(update={"day": DAY + timedelta(weeks=7)})).pathways  # fmt: skip


ADDUCTORS = {"adductor_squeeze", "side_lying_adduction", "copenhagen_short", "band_adduction_standing"}


@pytest.mark.parametrize("note", ["", "MRI: extra bone at the neck of the hip, frayed lip"])
def test_a_joint_that_was_named_is_not_trained_as_the_muscle_beside_it(note: str) -> None:
    person = make_person(pains=(sore("groin", 1, 4),), sports=("jumping_and_turning",), goals=("less_pain",), note=note)
    plan = plan_for(person, make_visit(notes=(SessionNote(pain_now=1, pain_week=4),)))
    assert bool(ADDUCTORS & names(plan)) is not bool(note)
    (groin,) = (each for each in plan.pathways if each.pathway == "groin_pain")
    assert ("inner thigh" in groin.plain) is not bool(note)
    assert ("joint pinches" in groin.plain) is bool(note)


@pytest.mark.parametrize(("side", "note", "expected"), [
    ("left", "", "patellar_tendon"),
    ("right", "", "patellofemoral_pain"),
    ("right", "sore at the lower tip of the kneecap", "patellar_tendon"),
])  # fmt: skip
def test_tendon_pain_that_comes_back_on_its_side_is_the_tendon_again(side: Any, note: str, expected: str) -> None:
    old = Injury(kind="tendon_pain", place="knee", side=side, when="2024-03")
    person = make_person(birth_year=2004, pains=(sore("knee"),), injuries=(old,), note=note)
    assert [each.spec.id for each in assess_readiness(person, (), CARE, NORMS) if each.spec.hypothesis] == [expected]


@pytest.mark.parametrize("well", [("easy_runs",), ()])
def test_who_runs_easily_is_not_asked_to_walk_first(well: Any) -> None:
    person = make_person(
        birth_year=1968, pains=(sore("knee", 1, 3),), sports=("running",), goals=("run",), goes_well=well, **SEEN
    )
    (worn,) = (each for each in assess_readiness(person, (), CARE, NORMS) if each.spec.id == "knee_or_hip_arthritis")
    assert worn.position == bool(well)


@pytest.mark.parametrize(("effort", "weeks"), [(6, 3), (8, 1)])
def test_a_lighter_week_comes_after_weeks_that_tired(effort: int, weeks: int) -> None:
    person = make_person(goals=("lift",), sports=("strength",))
    first = plan_for(person, make_visit(notes=(QUIET,)))
    later = DAY + timedelta(weeks=2)
    notes = [
        make_visit(day, notes=(SessionNote(effort=each, pain_during=0, pain_next_day=0, **sessions),))
        for day, each, sessions in (
            (later - timedelta(days=9), effort, {}),
            (later - timedelta(days=2), min(effort, 6), {"sessions_done": 12, "sessions_planned": 12}),
        )
    ]
    again = make_person(today=later, goals=("lift",), sports=("strength",))
    following = plan_for(again, make_visit(notes=(QUIET,)), *notes, last=first)
    assert following.lighter is not None
    assert following.lighter.begins == later + timedelta(weeks=weeks)
