"""A plan says what holds on its day: whole weeks, no advice that was followed, no test that was just done, no list of one reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Operation, Pain
from movescreen.client.plan.changes import group_left_out
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import LeftOut, Plan
from movescreen.client.plan.pathways import tell_test
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_person, make_visit, ready_visits
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def knee_operated(days: int, stage: str = "integration", phase: str = "phase 2") -> dict[str, Any]:
    word = {"cleared": True, "cleared_by": "surgeon", "cleared_on": ago(1), "allowed": stage, "phase": phase}
    what = {"what": "ACL reconstruction", "place": "knee", "side": "right", "when": ago(days)}
    return {"operations": (Operation.model_validate(what | word),)}


def plan_of(told: dict[str, Any], *visits: Visit, born: int = 1991) -> Plan:
    return make_plan(make_person(birth_year=born, **told), visits or (make_visit(),), CARE, NORMS)


def stand(name: str, told: dict[str, Any], *visits: Visit, born: int = 1991) -> Readiness:
    found = assess_readiness(make_person(birth_year=born, **told), visits or (make_visit(),), CARE, NORMS)
    return next(each for each in found if each.spec.id == name)


# --- weeks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "days", "state", "words"),
    [
        ("acl_week_6", 41, GateState.NOT_MET, "5 weeks"), ("acl_week_6", 42, GateState.MET, "6 weeks"),
        ("acl_week_12", 83, GateState.NOT_MET, "11 weeks"), ("acl_week_12", 84, GateState.MET, "12 weeks"),
    ],
)  # fmt: skip
def test_weeks_since_an_operation_are_whole_weeks(gate: str, days: int, state: GateState, words: str) -> None:
    gates = {each.spec.id: each for each in stand("knee_ligament", knee_operated(days)).gates}
    assert gates[gate].state is state
    assert gates[gate].text == f"{words} at least"


@pytest.mark.parametrize(
    ("days", "state", "words"), [(20, GateState.NOT_MET, "2 weeks"), (21, GateState.MET, "3 weeks")]
)
def test_weeks_since_an_injury_are_whole_weeks_and_never_rounded_up(days: int, state: GateState, words: str) -> None:
    told = {"injuries": (Injury(kind="ankle_sprain", place="ankle", side="right", when=ago(days)),)}
    gates = {each.spec.id: each for each in stand("ankle_sprain", told).gates}
    assert (gates["sprain_week_3"].state, gates["sprain_week_3"].text) == (state, f"{words} at least")


def test_months_stay_months_where_the_rule_says_months() -> None:
    gates = {each.spec.id: each for each in stand("knee_ligament", knee_operated(240, "speed")).gates}
    assert gates["knee_ligament_months"].text == "7.9 months at least"


# --- for the trainer -----------------------------------------------------------------------

PHASE = "in which phase of their protocol"


@pytest.mark.parametrize(("phase", "asks"), [("phase 2", False), ("", True)])
def test_the_phase_is_asked_for_only_while_it_is_missing(phase: str, asks: bool) -> None:
    plan = plan_of(knee_operated(45, phase=phase))
    assert any(PHASE in line for line in plan.cautions) is asks


@pytest.mark.parametrize("flag", ["joint_problem", "high_blood_pressure", "chronic_condition", "chronic_medicine"])
def test_what_holds_until_a_clinician_speaks_is_not_said_afterwards(flag: str) -> None:
    asked = {"symptoms": QUESTIONS | {flag: True}}
    word = {"clearances": (Clearance(flag=flag, by="surgeon", on=DAY, allows="load"),)}
    (before,) = [line for line in plan_of(asked).cautions if "Refer to" in line]
    assert "until then the plan keeps to light stages" in before
    (after,) = [line for line in plan_of(asked | word).cautions if "Seen by surgeon" in line]
    assert after.startswith("Answered with yes: ")
    assert "until then" not in after
    assert "Refer to" not in after


# --- the next test -------------------------------------------------------------------------


def test_no_test_whose_result_counts_is_asked_for_without_a_reason() -> None:
    told = knee_operated(150, "speed", "")
    legs = [*by_hand("quadriceps_strength", 1.55, 1.5), *by_hand("single_leg_squat_count", 9, 8)]
    still = [HandMeasurement(test=test, value=0) for test in ("knee_effusion", "knee_extension_deficit")]
    mind = HandMeasurement(test="acl_rsi", value=52)
    found = stand("knee_ligament", told, make_visit(measurements=(*legs, *still, mind)))
    assert found.next_test is not None
    assert found.next_test.spec.test == "single_leg_squat_count"
    assert "again in 4 weeks: the last result does not yet reach" in tell_test(found.next_test)
    unasked = stand("knee_ligament", told, make_visit(measurements=(*legs, *still)))
    assert unasked.next_test is not None
    assert unasked.next_test.spec.test == "acl_rsi"
    assert "again" not in tell_test(unasked.next_test)


@pytest.mark.parametrize(("days", "words"), [(0, "again in 4 weeks"), (15, "again in 2 weeks"), (30, "again now")])
def test_what_was_not_enough_is_taken_again_after_a_plan(days: int, words: str) -> None:
    told = {"injuries": (Injury(kind="ankle_sprain", place="ankle", side="right", when=ago(60)),)}
    before = make_visit(DAY - timedelta(days=days), measurements=by_hand("knee_to_wall", 12, 5))
    found = stand(
        "ankle_sprain",
        told,
        before,
        make_visit(measurements=(*by_hand("single_leg_stance", 45, 45), *by_hand("single_leg_heel_raise", 30, 30))),
    )
    assert found.next_test is not None
    assert found.next_test.spec.test == "knee_to_wall"
    assert words in tell_test(found.next_test)


def test_what_is_within_its_error_is_measured_again_and_says_so() -> None:
    told = knee_operated(60)
    tested = (HandMeasurement(test="knee_effusion", value=0), HandMeasurement(test="knee_extension_deficit", value=4))
    found = stand("knee_ligament", told, make_visit(measurements=(*tested, HandMeasurement(test="acl_rsi", value=80))))
    assert found.next_test is not None
    assert found.next_test.spec.test == "knee_extension_deficit"
    assert "within its error" in tell_test(found.next_test)


def test_the_pain_that_was_just_told_is_no_test() -> None:
    told = {"pains": (Pain(place="low_back", side="", now=4, week=6),)}
    tested = [HandMeasurement(test=test, value=value) for test, value in (("walk_minutes", 10.0), ("rmdq", 13.0))]
    found = stand("low_back_pain", told, make_visit(measurements=tuple(tested)))
    assert found.next_test is not None
    assert found.next_test.spec.test == "walk_minutes"


# --- a worn joint --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "week", "born", "opens"), [(0, 2, 1953, False), (0, 3, 1953, True), (3, 3, 1953, True), (2, 5, 1991, False)]
)
def test_a_worn_joint_needs_pain_of_some_size_after_45(now: int, week: int, born: int, opens: bool) -> None:
    person = make_person(birth_year=born, pains=(Pain(place="knee", side="right", now=now, week=week),))
    found = {each.spec.id for each in assess_readiness(person, (make_visit(),), CARE, NORMS)}
    assert ("knee_or_hip_arthritis" in found) is opens


# --- left out ------------------------------------------------------------------------------


def test_left_out_is_one_line_for_each_reason() -> None:
    left = [
        LeftOut(exercise=name, title=name.title(), reason=why) for name, why in (("a", "x"), ("b", "y"), ("c", "x"))
    ]
    assert group_left_out(left) == [("A and c", "x"), ("B", "y")]


# --- walking with a sore back --------------------------------------------------------------


def back(week: int, **more: Any) -> dict[str, Any]:
    pains = (Pain(place="low_back", side="", now=min(week, 4), week=week), *more.pop("also", ()))
    return {"pains": pains} | more


@pytest.mark.parametrize("week", [2, 4, 6])
def test_a_sore_back_walks_in_short_bouts(week: int) -> None:
    plan = plan_of(back(week))
    (walk,) = [each for each in plan.exercises if each.exercise == "short_walks"]
    assert (walk.stage, walk.duration_s, walk.per_week) == ("activation", 300, 7)
    assert week < 6 or not {each.stage for each in plan.exercises} & {"integration", "load", "speed"}


SORE_LEG = [
    Pain(place=place, side="right", now=3, week=6) for place in ("knee", "hip", "foot", "shin", "calf", "ankle")
]


@pytest.mark.parametrize("leg", SORE_LEG, ids=lambda leg: leg.place)
def test_but_not_on_a_sore_leg_nor_before_talking(leg: Pain) -> None:
    walks = [
        [e.exercise for e in plan_of(told).exercises] for told in ({"pains": (leg,)}, back(6, also=(leg,)), back(7))
    ]
    assert all("short_walks" not in names for names in walks)


# --- after a birth -------------------------------------------------------------------------


def born_weeks_ago(weeks: int, *, leaks: bool) -> dict[str, Any]:
    return {"weeks_postpartum": weeks, "goals": ("return_to_sport",), "symptoms": QUESTIONS | {"pelvic_floor": leaks}}


def test_after_a_birth_the_page_speaks_of_impact_and_not_of_running_alone() -> None:
    spec = CARE.pathways["after_birth"]
    assert "running" not in spec.title.lower()
    assert "jump" in spec.plain
    assert "jumps" in spec.hypothesis


def test_nobody_who_may_not_jump_has_a_plan_for_landings() -> None:
    leaking = plan_of(born_weeks_ago(10, leaks=True))
    assert not {need.need for need in leaking.needs} & {"landing", "turning"}
    assert "landings" not in leaking.headline
    well = plan_of({"goals": ("return_to_sport",)})
    assert {need.need for need in well.needs} & {"landing", "turning"}


# --- weakness is trained -------------------------------------------------------------------


def test_a_weak_thigh_is_loaded_as_far_as_the_surgeon_allows() -> None:
    told = knee_operated(300, "speed", "")
    tested = [*by_hand("quadriceps_strength", 2.75, 2.55), *by_hand("single_leg_squat_count", 25, 24)]
    still = [HandMeasurement(test=test, value=0) for test in ("knee_effusion", "knee_extension_deficit")]
    visit = make_visit(measurements=(*tested, *still))
    names = {each.exercise for each in plan_of(told, visit).exercises}
    assert {"slow_leg_press", "split_squat"} <= names
    assert "terminal_knee_extension_band" not in names
    assert not names & {"run_walk", "pogo_hops", "jump_squat", "hop_and_hold"}
    held = {each.exercise for each in plan_of(knee_operated(100, "integration", ""), visit).exercises}
    assert not held & {"slow_leg_press", "split_squat"}
    assert held & {"box_squat", "squat_mirror", "step_up"}


def test_no_step_that_waits_for_strength_trains_without_resistance() -> None:
    for pathway in CARE.pathways.values():
        for step in pathway.steps[1:] if pathway.hypothesis else ():
            gates = [CARE.gates[name] for name in step.gates if CARE.gates[name].domain == "strength"]
            # how long the trunk holds is trained by holding it
            waits = any(CARE.hand_tests[gate.test].unit != "s" for gate in gates)
            stages = {CARE.exercises[n].stage for n in (*step.exercises, *step.later) if n in CARE.exercises}
            assert not waits or "load" in stages, (pathway.id, step.id)


# --- what would open more ------------------------------------------------------------------


def test_who_is_well_reads_which_tests_open_jumps() -> None:
    told = {"goals": ("run", "jump_and_turn"), "sports": ("running",)}
    listed = [each.test for each in plan_of(told).tests]
    assert CARE.gates["calf_strength"].to_measure in listed
    assert CARE.gates["hop"].to_measure not in listed, "a jump comes when nothing else is open"
    (springs,) = [e for e in plan_of(told).exercises if e.until]
    assert "hop" in springs.until
    known = make_plan(make_person(**told), ready_visits(), CARE, NORMS)
    assert not [e for e in known.exercises if e.until]


def test_who_may_not_jump_reads_no_way_to_it() -> None:
    plan = plan_of(born_weeks_ago(10, leaks=True))
    assert not [each for each in plan.tests if "hop" in each.test or "jump" in each.test]
    assert not [e for e in plan.exercises if e.until]


@pytest.mark.parametrize("flag", ["falls", "unsteady"])
def test_who_fell_is_loaded_only_after_a_clinicians_word(flag: str) -> None:
    told: dict[str, Any] = {"symptoms": QUESTIONS | {flag: True}, "pains": ()}
    word = {"clearances": (Clearance(flag=flag, by="physician", on=DAY),)}
    tested = make_visit(
        measurements=(HandMeasurement(test="tandem_stance", value=25),),
        notes=(SessionNote(pain_now=0, pain_next_day=0),),
    )
    barred = [
        "slow_leg_press" in find_bars(make_person(birth_year=1953, **said), (tested,), CARE, NORMS)
        for said in (told, told | word)
    ]
    assert barred == [True, False]
