"""What hurt in a screening is not loaded: until it was asked again, or cleared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.plan.model import Plan
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.visit import MovementPain, SessionNote, Visit
from tests.support.clients import CARE, DAY, SPRAIN, make_person, make_record, make_setup, make_visit, ready_visits
from tests.support.plans import make_plan

NORMS = load_norms()
LATER = DAY + timedelta(days=7)
OLD = SessionNote(text="Hurt in the screening, so refer before loading it: Squat, Lunge / split squat")
SQUAT_HURT = SessionNote(movement_pain=(MovementPain(movement="squat", place="knee", side="left", score=6),))
NOTHING_HURTS = SessionNote(pain_now=0, pain_week=0, pain_during=0, pain_next_day=0)
FINDINGS = (make_record("heel_rise", severity=3), make_record("knee_valgus"), make_record("shallow_depth"))
SQUATS = {
    "wall_sit_hold",
    "deep_squat_hold", "side_steps", "squat_mirror", "step_down", "split_squat", "single_leg_box_squat",
    "wedge_squat", "box_squat", "sit_to_stand", "goblet_squat", "jump_squat",
    "spanish_squat_hold", "step_up", "split_squat_hold", "reverse_lunge", "lateral_lunge", "step_down_high", "rear_foot_raised_split_squat",
    "slow_squat_heavy", "slow_leg_press", "deadlift_from_blocks", "breath_sit_to_stand", "floor_get_up", "drop_landing",
    "snap_down", "quarter_drop", "half_kneel_lift", "half_kneel_rise", "kneel_on_pad", "stair_carry",
}  # fmt: skip


def screened(movement: str, *notes: SessionNote, days: int = 0) -> Visit:
    findings = tuple(replace(f, movement=movement) for f in FINDINGS)
    return make_visit(DAY + timedelta(days=days), findings=findings, notes=notes, setup=make_setup(movement=movement))


def told(movement: str, days: int = 0, **more: object) -> Visit:
    pain = MovementPain.model_validate({"movement": movement, **more})
    return make_visit(DAY + timedelta(days=days), notes=(SessionNote(movement_pain=(pain,)),))


def plan_for(*visits: Visit) -> Plan:
    person = make_person(today=max(visit.day for visit in visits), goals=("lift", "run"), sports=("running",))
    return make_plan(person, visits, CARE, NORMS)


def names(plan: Plan) -> set[str]:
    return {e.exercise for e in plan.exercises}


def of_movements(*movements: str) -> set[str]:
    return {spec.id for spec in CARE.exercises.values() if set(spec.movements) & set(movements)}


def test_what_hurt_is_left_out_with_the_reason() -> None:
    free = plan_for(screened("squat", NOTHING_HURTS))
    assert names(free) & SQUATS, "without pain a plan for these findings squats"
    plan = plan_for(screened("squat", SQUAT_HURT, NOTHING_HURTS))
    assert not names(plan) & SQUATS
    reasons = {left.exercise: left.reason for left in plan.left_out}
    served = {need.need for need in plan.needs}
    wanted = {name for name in SQUATS if served & set(CARE.exercise(name).serves)}
    assert wanted <= set(reasons)
    for name in wanted:
        assert reasons[name].startswith("squat hurt on 2026-03-02 (6 of 10, left knee): not before a later screening")
    assert "squat hurt on 2026-03-02 (6 of 10, left knee): refer before it is loaded" in plan.cautions
    assert not any("hurt on" in line for line in (*free.cautions, *(left.reason for left in free.left_out)))


def test_a_barred_exercise_is_not_named_as_the_next_step() -> None:
    runner = make_person(goals=("run",), sports=("running",), injuries=(SPRAIN,))

    def onwards(*more: Visit) -> list[str]:
        plan = make_plan(runner, [*ready_visits(), *more], CARE, NORMS)
        return [e.harder for e in plan.exercises if e.exercise == "star_reach"]

    assert onwards()
    assert all("hop and hold" in text for text in onwards())
    hurt = onwards(told("countermovement_jump", 1, score=5))
    assert hurt
    assert not any("hop and hold" in text for text in hurt)


@pytest.mark.parametrize("movement", load_catalog().movements)
def test_every_movement_bars_its_own_exercises_and_leaves_the_others(movement: str) -> None:
    barred = of_movements(movement)
    assert barred
    plan = plan_for(make_visit(findings=FINDINGS, notes=(NOTHING_HURTS,)), told(movement, 1))
    assert not names(plan) & barred
    assert names(plan)


@pytest.mark.parametrize(
    ("movement", "exercise", "bars"),
    [
        ("squat", "goblet_squat", True),
        ("squat", "romanian_deadlift", False),
        ("squat", "double_heel_raise", False),
        ("bend", "romanian_deadlift", True),
        ("bend", "dowel_hinge", True),
        ("bend", "goblet_squat", False),
        ("lunge", "split_squat", True),
        ("lunge", "box_squat", False),
        ("single_leg_squat", "step_down", True),
        ("single_leg_squat", "box_squat", False),
        ("countermovement_jump", "run_walk", True),
        ("countermovement_jump", "box_squat", False),
        ("single_leg_stance", "stance_support", True),
        ("single_leg_stance", "glute_bridge", False),
        ("overhead_squat", "wall_slide", True),
        ("squat", "breath_pelvic_floor", False),
    ],
)
def test_patterns_of_exercises(movement: str, exercise: str, bars: bool) -> None:
    assert (exercise in of_movements(movement)) is bars


def test_every_squat_of_the_catalog_is_one() -> None:
    assert of_movements("squat") == SQUATS


def standing(visits: Iterable[Visit]) -> set[str]:
    return set(find_standing_pain(list(visits)))


@pytest.mark.parametrize(
    ("visits", "stands"),
    [
        ((told("squat"),), {"squat"}),
        ((told("squat"), screened("squat", days=1)), set()),
        ((told("squat"), screened("squat", SQUAT_HURT, days=1)), {"squat"}),
        ((screened("squat", SQUAT_HURT),), {"squat"}),
        ((told("squat"), screened("overhead_squat", days=1)), {"squat"}),
        ((told("squat"), make_visit(LATER, notes=(NOTHING_HURTS,))), {"squat"}),
        ((told("squat", 0), make_visit(DAY + timedelta(days=400))), {"squat"}),
        ((told("squat", score=4), told("squat", 3, score=0)), set()),
        ((told("squat"), told("lunge", 3, score=0)), {"squat"}),
        ((told("squat"), told("squat", 3, cleared_by="physician")), set()),
        ((told("squat", cleared_by="physician"), told("squat", 3, score=2)), {"squat"}),
        ((make_visit(notes=(OLD,)),), {"squat", "lunge"}),
        ((make_visit(notes=(OLD,)), screened("squat", days=2)), {"lunge"}),
        ((make_visit(notes=(SessionNote(text="squat hurt a little"),)),), set()),
        ((), set()),
    ],
)
def test_pain_stands_until_asked_again_or_cleared(visits: tuple[Visit, ...], stands: set[str]) -> None:
    assert standing(visits) == stands


def test_notes_of_before_bar_exercises_too() -> None:
    plan = plan_for(screened("squat", OLD, NOTHING_HURTS))
    assert not names(plan) & (SQUATS | {"split_squat"})


def test_every_movement_of_the_catalog_is_read_from_old_notes() -> None:
    for spec in load_catalog().movements.values():
        note = SessionNote(text=f"Hurt in the screening, so refer before loading it: {spec.title}")
        assert [pain.movement for pain in note.told_movements] == [spec.name]
    assert SessionNote.model_validate_json('{"pain_now": 2, "text": "ran"}').told_movements == ()
