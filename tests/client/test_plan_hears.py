"""The plan hears what is done today, says what to do in the first days, answers the client's own question, and says what each exercise needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from movescreen.client.intake.model import Injury, Intake, Pain, parse_intake
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan, PlanActivity
from movescreen.client.visits.visit import HandMeasurement, SessionNote
from tests.client.test_goals import NORMS
from tests.client.test_pathways import injured, ligament, pain
from tests.support.clients import CARE, SEEN, by_hand, make_intake, make_person, make_visit
from tests.support.plans import make_plan

TEAM: dict[str, Any] = {"sports": ("jumping_and_turning",), "goals": ("return_to_sport",)}
(MASKS,) = (spec.id for spec in CARE.red_flags.values() if spec.masks_pain)
RUNS: dict[str, Any] = {"sports": ("running",), "goals": ("run",)}


def plan_for(*tests: HandMeasurement, score: int = 1, **told: Any) -> Plan:
    note = SessionNote(pain_now=score, pain_week=score, pain_during=score, pain_next_day=score)
    return make_plan(make_person(**told), (make_visit(measurements=tests, notes=(note,)),), CARE, NORMS)


def line(plan: Plan, about: str) -> PlanActivity:
    (found,) = [each for each in plan.activities if about in each.about.lower()]
    return found


def names(plan: Plan) -> set[str]:
    return {each.exercise for each in plan.exercises}


# --- what is done today --------------------------------------------------------------------


def sprained(days: int, now: int = 1, **more: Any) -> dict[str, Any]:
    return injured("ankle_sprain", "ankle", days, **more) | pain("ankle", now, now) | SEEN


#: What the ankle would let go on the hamstring holds: one page says one thing.
TWO_INJURIES = sprained(40) | {
    "injuries": (*sprained(40)["injuries"], *injured("muscle_strain", "hamstring", 40)["injuries"])
}


LEG_FROM_BACK = sprained(40) | {
    "pains": (
        *sprained(40)["pains"],
        Pain(place="low_back", now=1, week=1),
        Pain(place="thigh", side="right", now=1, week=1),
    )
}
PAINKILLERS = sprained(40, now=0) | {"symptoms": {**SEEN["symptoms"], MASKS: True}}


def test_runs_and_light_training_that_go_well_today_are_not_forbidden() -> None:
    told = line(plan_for(**sprained(40), **TEAM, goes_well=("easy_runs", "team_training")), "ankle sprain")
    assert told.goes_on == "easy runs on the flat and light team training", "the coach is told the same"
    assert "go on with easy runs on the flat and light team training, as much as you do now" in told.may
    assert "swelling" in told.may, "and what ends it"
    assert "running more, faster or longer than now" in told.wait
    assert "more PE and team training than now" in told.wait
    assert "done already" not in told.wait
    assert "jumping" in told.wait, "what was not told waits as before"


@pytest.mark.parametrize(
    ("told", "score", "why"),
    [
        (sprained(5), 1, "too soon after the injury"),
        (sprained(40, now=4), 4, "it hurts more than it may"),
        (sprained(40, gives_way=True), 1, "the joint gives way"),
        (injured("muscle_strain", "hamstring", 40) | pain("hamstring", 1, 1), 1, "tests come before it"),
        (
            ligament(100, "load", "phase 2"),
            1,
            "go well: these wait all the same, because running and jumping are banned",
        ),
        (sprained(40) | {"weeks_postpartum": 8}, 1, "running and jumping"),
        (LEG_FROM_BACK, 1, "health comes first"),
        (PAINKILLERS, 0, "painkillers hide pain"),
        (TWO_INJURIES, 1, "tests come before it"),
    ],
)
def test_what_goes_well_waits_all_the_same_where_it_is_not_safe_and_the_page_says_why(
    told: dict[str, Any], score: int, why: str
) -> None:
    plan = plan_for(score=score, **told, **RUNS, goes_well=("easy_runs",))
    text = " ".join(f"{each.may} {each.wait} {each.note}" for each in plan.activities)
    assert "go on with easy runs" not in text
    assert why in text


def test_an_answer_of_three_weeks_ago_and_an_answer_of_before_allow_nothing() -> None:
    told = make_intake(**sprained(40), **RUNS, goes_well=("easy_runs",))
    person = Person(told.day, 1991, "female", told)
    later = replace(person, today=told.day.replace(day=27))
    visit = make_visit(later.today, notes=(SessionNote(pain_now=0, pain_week=0),))
    assert "go on with easy runs" not in str(make_plan(later, (visit,), CARE, NORMS).activities)
    old = Intake.model_validate_json(told.model_dump_json(exclude={"goes_well"}))
    assert parse_intake(old.model_dump_json()).goes_well is None
    unasked = line(make_plan(replace(person, intake=old), (make_visit(),), CARE, NORMS), "ankle sprain")
    assert "stop it until you have talked with your trainer" in unasked.note, "who does more already while it heals"
    nothing = line(plan_for(**sprained(40), **RUNS, goes_well=()), "ankle sprain")
    assert "your trainer" not in nothing.note
    assert "running" in nothing.wait


# --- the first days ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "about", "words"),
    [
        (injured("ankle_sprain", "ankle", 5) | pain("ankle", 2, 4), "ankle sprain", ("up, down and in circles", "times a day", "weight on")),
        (injured("muscle_strain", "hamstring", 4) | pain("hamstring", 2, 5), "hamstring", ("bend and straighten the knee", "times a day", "press the heel")),
        (injured("muscle_strain", "groin", 4) | pain("groin", 2, 4), "groin", ("times a day", "squeeze")),
    ],
)  # fmt: skip
def test_the_first_days_say_what_to_do_now(told: dict[str, Any], about: str, words: tuple[str, ...]) -> None:
    now = line(plan_for(score=2, **told), about).now
    assert "rest" in now
    for each in words:
        assert each in now, each


def test_after_the_first_days_and_behind_a_closed_door_nothing_is_said_of_them() -> None:
    late = plan_for(**injured("ankle_sprain", "ankle", 40), **SEEN)
    assert all(not each.now for each in late.activities)
    talk = plan_for(score=7, **injured("ankle_sprain", "ankle", 4) | pain("ankle", 4, 7))
    assert all(not each.now for each in talk.activities)


# --- one leg after a ligament --------------------------------------------------------------


def operated(effusion: float) -> Plan:
    measured = (
        HandMeasurement(test="knee_effusion", value=effusion),
        HandMeasurement(test="knee_extension_deficit", value=0),
    )
    return plan_for(*measured, *by_hand("quadriceps_strength", 1.5, 1.9), score=0, **ligament(70, "load", "phase 2"))


def test_a_trace_of_swelling_lets_one_leg_get_strong_and_more_of_it_does_not() -> None:
    one_leg = {"split_squat", "single_leg_heel_raise", "slow_leg_press", "step_up", "hamstring_slider_curl"}
    for effusion in (0, 1):
        assert len(names(operated(effusion)) & one_leg) >= 2, effusion
    assert not names(operated(2)) & (one_leg - {"single_leg_heel_raise"})


def test_a_trace_still_keeps_the_knee_from_running() -> None:
    gates = {step.id: step.gates for step in CARE.pathways["knee_ligament"].steps}
    assert "knee_ligament_trace" in gates["quiet_knee"]
    assert "knee_ligament_effusion" in gates["strength"], "what it takes to begin to run"
    assert CARE.gates["knee_ligament_effusion"].at_most == 0


# --- what there is to train with -----------------------------------------------------------


def test_where_nobody_asked_each_exercise_says_what_it_needs_and_how_it_goes_without() -> None:
    told = injured("ankle_sprain", "ankle", 5) | pain("ankle", 2, 4)
    (band,) = [e for e in plan_for(score=2, **told).exercises if e.exercise == "banded_ankle_outward"]
    assert (
        band.equipment == "a band; without one: press the foot outward against a table leg and hold, 5 times 10 seconds"
    )
    (known,) = [
        e for e in plan_for(score=2, **told, equipment=("band",)).exercises if e.exercise == "banded_ankle_outward"
    ]
    assert known.equipment == "a band"


def test_every_exercise_that_needs_gear_has_a_way_without_it_or_another_exercise() -> None:
    for spec in CARE.exercises.values():
        assert bool(spec.gear) >= bool(spec.without), spec.id
        assert not spec.gear or spec.without, spec.id


def asking(text: str, week: int = 2, goal: str = "") -> Plan:
    note = SessionNote(pain_now=1, pain_week=week, text=text)
    person = make_person(pains=(Pain(place="knee", side="left", now=1, week=week),), goal_words=goal)
    return make_plan(person, (make_visit(notes=(note,)),), CARE, NORMS)


SPRAINED: dict[str, Any] = {
    "injuries": (Injury(kind="ankle_sprain", place="ankle", side="left", when="2026-02-20"),), "sports": ("jumping_and_turning",), "goals": ("run",),
}  # fmt: skip
ACHILLES: dict[str, Any] = {
    "pains": (Pain(place="achilles", side="left", spot="middle", now=1, week=3),),
    "sports": ("running",),
    "goals": ("run",),
}


def test_who_may_run_today_is_not_led_back_to_marching_and_walking_breaks() -> None:
    well = make_plan(
        make_person(sports=("running",), goals=("run",), goes_well=("easy_runs",), goal_words="Run a half marathon"),
        (make_visit(),),
        CARE,
        NORMS,
    )
    assert not {"march_drill", "run_walk"} & {each.exercise for each in well.goal_forms}
