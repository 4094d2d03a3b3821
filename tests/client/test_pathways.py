"""Pathways: where somebody stands, what is missing, what to test next, what to train first, what is banned.

Each expectation was written before the pathway was looked at: early, in the middle and late on every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Operation, Pain
from movescreen.client.person import Person, standing_flags
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.pathways import find_missing_tests, tell_chain
from movescreen.client.rules.gates import GateState, Inputs, judge_gate
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.errors import NeedsReferral
from movescreen.model import Status
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_intake, make_record, make_visit
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
COMPLAINTS = [each.id for each in CARE.pathways.values() if each.hypothesis]
OTHER = {"left": "right", "right": "left"}


def ago(days: int) -> str:
    return (DAY - timedelta(days=days)).isoformat()


def pain(place: Any, now: int, week: int, side: Any = "right", **more: Any) -> dict[str, Any]:
    return {"pains": (Pain(place=place, side=side, now=now, week=week, **more),)}


def injured(kind: Any, place: Any, days: int, **more: Any) -> dict[str, Any]:
    return {"injuries": (Injury(kind=kind, place=place, side="right", when=ago(days), **more),)}


def ligament(days: int, stage: str, phase: str = "") -> dict[str, Any]:
    word = {"cleared": True, "cleared_by": "surgeon", "cleared_on": ago(1), "allowed": stage, "phase": phase}
    what = {"what": "ACL reconstruction", "place": "knee", "side": "right", "when": ago(days)}
    return {"operations": (Operation.model_validate(what | word),)}


#: Strong enough to begin to run and jump, and alike.
STRONG: dict[str, Any] = {
    "single_leg_stance": (45, 44), "single_leg_heel_raise": (27, 26), "single_leg_squat_count": (16, 16),
    "single_leg_hop": (120, 118), "leg_length": 90, "knee_to_wall": (11, 10.5),
}  # fmt: skip
#: Far enough and alike for what comes after a ligament.
FAR: dict[str, Any] = {
    "single_leg_hop": (160, 160), "triple_hop": (500, 500), "crossover_hop": (450, 450), "quadriceps_strength": (3.6, 3.6),
    "less_score": 3, "acl_rsi": 75, "knee_effusion": 0, "knee_extension_deficit": 0,
}  # fmt: skip
QUIET: dict[str, Any] = {"knee_effusion": 0, "knee_extension_deficit": 0}
LOOKS = (
    *(make_record(c, Status.CLEAR, movement="single_leg_squat") for c in ("knee_valgus", "pelvic_drop")),
    *(make_record(c, Status.CLEAR) for c in ("knee_valgus", "weight_shift", "heel_rise")),
    make_record("spine_dominant_bend", Status.CLEAR, movement="bend"),
)
NEXT_DAY = (SessionNote(pain_next_day=1), SessionNote(pain_next_day=1))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Somebody on a pathway, and what has to come of it.

    Attributes
    ----------
    told, before, tested, looks, notes, weeks
        The conversation; one of two months ago, when it was another one; values by test; findings; notes of the day; weeks of training that notes tell of.
    step, missing, test
        Where they stand, what the step still takes, and the one test that comes next (empty: none, only time or training).
    first, has, never
        The pathway's first exercise in the plan, others that are in it, and what may not be.
    """

    pathway: str
    step: str
    missing: set[str]
    test: str
    first: str
    told: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    tested: dict[str, Any] = field(default_factory=dict)
    looks: bool = False
    notes: bool = False
    weeks: int = 0
    born: int = 1991
    has: set[str] = field(default_factory=set)
    never: set[str] = field(default_factory=set)


RUNS = {"run_walk", "pogo_hops", "jump_squat", "hop_and_hold"}
CASES: list[Case] = [
    Case(pathway="ankle_sprain", told=injured("ankle_sprain", "ankle", 5) | pain("ankle", 2, 4),
         step="calm_and_move", missing={"sprain_week_1", "ankle_range_even"}, test="ankle_range_even",
         first="knee_to_wall_drill", never=RUNS | {"calf_stretch_eccentric"}),
    Case(pathway="ankle_sprain", told=injured("ankle_sprain", "ankle", 28) | pain("ankle", 1, 2),
         tested={"knee_to_wall": (11, 10.5), "single_leg_stance": (3, 3)},
         step="strength_and_balance", missing={"pain_next_day", "balance", "calf_strength"}, test="pain_next_day",
         first="star_reach", never=RUNS),
    Case(pathway="ankle_sprain", told=injured("ankle_sprain", "ankle", 90), tested=STRONG, looks=True, notes=True,
         step="turn_and_land", missing={"hop_sport", "ankle_feels_stable"}, test="ankle_feels_stable", first="hop_and_hold"),
    Case(pathway="achilles_middle", told=pain("achilles", 2, 5, spot="middle"),
         step="holds", missing={"calf_start"}, test="calf_start", first="heel_raise_hold",
         never=RUNS | {"calf_stretch_eccentric", "single_leg_heel_raise"}),
    Case(pathway="achilles_middle", told=pain("achilles", 1, 3, spot="middle"), tested={"single_leg_heel_raise": (18, 12)}, notes=True,
         weeks=3, step="slow_and_heavy", missing={"training_weeks_6", "calf_strength"}, test="visa_a_recovered",
         first="slow_heel_raise", has={"single_leg_heel_raise"}, never=RUNS),  # by the tendon's own rule
    Case(pathway="achilles_middle", told=pain("achilles", 0, 1, spot="middle"), tested=STRONG | {"visa_a": 80}, notes=True, weeks=13,
         step="running", missing={"visa_a_recovered"}, test="visa_a_recovered", first="single_leg_heel_raise", has={"run_walk"}),
    Case(pathway="plantar_heel", told=pain("foot", 2, 5, with_movement="first steps in the morning"),
         step="slow_load", missing={"heel_keeps_to_its_rule", "calf_start"}, test="calf_start", first="slow_heel_raise", never=RUNS),
    Case(pathway="plantar_heel", told=pain("foot", 0, 3, with_movement="first steps in the morning"),
         tested={"single_leg_heel_raise": (22, 16)}, notes=True, weeks=3, step="heavy", missing={"training_weeks_6", "calf_strength"},
         test="calf_strength", first="soleus_raise_seated", has={"single_leg_heel_raise"}, never=RUNS),
    Case(pathway="plantar_heel", told=pain("foot", 0, 1, with_movement="plantar fasciitis, first steps"), tested=STRONG, notes=True, weeks=13,
         step="running", missing={"own_activities"}, test="own_activities", first="single_leg_heel_raise", has={"run_walk"}),
    Case(pathway="sore_shoulder", told=pain("shoulder", 2, 6, since=ago(90)),
         step="holds", missing={"shoulder_keeps_to_its_rule"}, test="own_activities", first="shoulder_turn_out_hold",
         never={"half_kneeling_press", "push_up", "carry_overhead"}),
    Case(pathway="sore_shoulder", told=pain("shoulder", 1, 4, since=ago(90)), notes=True, weeks=3,
         step="strength", missing={"training_weeks_6"}, test="own_activities", first="band_turn_out", never={"carry_overhead"}),
    Case(pathway="sore_shoulder", told=pain("shoulder", 0, 1, since=ago(90)), notes=True, weeks=13,
         step="overhead", missing={"own_activities"}, test="own_activities", first="half_kneeling_press", has={"bench_row"}),
    Case(pathway="achilles_insertion", told=pain("achilles", 2, 4, spot="insertion"),
         step="holds", missing={"calf_start"}, test="calf_start", first="heel_raise_hold",
         never=RUNS | {"calf_stretch_eccentric", "deep_squat_hold", "knee_to_wall_drill"}),
    Case(pathway="achilles_insertion", told=pain("achilles", 1, 2, spot="insertion"), tested={"single_leg_heel_raise": (12, 12)},
         notes=True, weeks=8, step="slow_and_heavy", missing={"calf_strength"}, test="visa_a_recovered", first="slow_heel_raise",
         never=RUNS | {"calf_stretch_eccentric"}),
    Case(pathway="achilles_insertion", told=pain("achilles", 0, 1, spot="insertion"), tested=STRONG | {"visa_a": 96}, notes=True, weeks=7,
         step="springs", missing={"training_weeks_12"}, test="", first="single_leg_heel_raise", has={"pogo_hops"},
         never={"calf_stretch_eccentric"}),
    Case(pathway="patellar_tendon", told=injured("tendon_pain", "knee", 90) | pain("knee", 2, 5),
         step="holds", missing={"leg_start"}, test="leg_start", first="wall_sit_hold", never=RUNS | {"split_squat"}),
    Case(pathway="patellar_tendon", told=injured("tendon_pain", "knee", 90) | pain("knee", 1, 2), tested={"single_leg_squat_count": (14, 9)},
         weeks=4, step="slow_and_heavy", missing={"training_weeks_6", "pain_next_day", "leg_strength"}, test="pain_next_day",
         first="slow_leg_press", never=RUNS),
    Case(pathway="patellar_tendon", told=injured("tendon_pain", "knee", 200), tested=STRONG, looks=True, notes=True, weeks=13,
         step="sport", missing={"hop_sport", "visa_p_recovered"}, test="visa_p_recovered", first="hop_and_hold"),
    Case(pathway="patellofemoral_pain", told=pain("knee", 1, 4),
         step="load_that_fits", missing={"leg_start"}, test="leg_start", first="glute_bridge", never=RUNS | {"split_squat"}),
    Case(pathway="patellofemoral_pain", told=pain("knee", 1, 2), tested={"step_down_30s": (16, 10), "single_leg_squat_count": (9, 7)}, looks=True, weeks=3,
         step="hip_and_thigh", missing={"training_weeks_6", "pain_next_day", "step_down_even", "leg_strength"},
         test="pain_next_day", first="side_plank_knees", never=RUNS),
    Case(pathway="patellofemoral_pain", told=pain("knee", 0, 1), tested=STRONG | {"step_down_30s": (18, 18)}, looks=True, notes=True,
         weeks=8, step="everything", missing={"own_activities"}, test="own_activities", first="hop_and_hold", has={"run_walk"}),
    Case(pathway="knee_ligament", told=ligament(21, "activation", "phase 1") | pain("knee", 2, 3),
         step="quiet_knee", missing={"acl_week_6", "knee_ligament_trace", "knee_ligament_extension"},
         test="knee_ligament_trace", first="heel_prop", has={"thigh_squeeze"}, never=RUNS | {"split_squat", "box_squat"}),
    Case(pathway="knee_ligament", told=ligament(140, "load"), tested=QUIET | {"quadriceps_strength": (2.2, 2.2)},
         step="strength", missing={"leg_strength", "knee_ligament_quadriceps"}, test="leg_strength", first="slow_leg_press", never=RUNS),
    Case(pathway="knee_ligament", told=ligament(240, "speed"), tested=STRONG | FAR, looks=True, notes=True,
         step="turn", missing={"knee_ligament_months"}, test="", first="hop_and_hold"),
    Case(pathway="hamstring_strain", told=injured("muscle_strain", "hamstring", 4) | pain("hamstring", 2, 3),
         step="calm_and_move", missing={"strain_week_1", "knee_extension_room"}, test="knee_extension_room",
         first="hamstring_slider", never=RUNS | {"leg_swings", "romanian_deadlift"}),
    Case(pathway="hamstring_strain", told=injured("muscle_strain", "hamstring", 28) | pain("hamstring", 1, 2),
         tested={"active_knee_extension": (20, 30), "hamstring_bridge_count": (25, 12)},
         step="strong_and_long", missing={"pain_next_day", "hamstring_bridge"}, test="pain_next_day", first="staggered_hinge",
         never=RUNS),
    Case(pathway="hamstring_strain", told=injured("muscle_strain", "hamstring", 70),
         tested=STRONG | {"active_knee_extension": (20, 22), "hamstring_bridge_count": (30, 29), "hamstring_strength": (1.6, 1.55)},
         notes=True, step="sprint", missing={"full_speed"}, test="full_speed", first="run_walk"),
    Case(pathway="groin_pain", told=pain("groin", 2, 3),
         step="calm_and_hold", missing={"squeeze_calm"}, test="squeeze_calm", first="adductor_squeeze",
         never=RUNS | {"single_leg_heel_raise"}),
    Case(pathway="groin_pain", told=pain("groin", 1, 2), tested={"adductor_squeeze_pain": 1},
         step="strength", missing={"training_weeks_4", "pain_next_day", "side_bridge"}, test="pain_next_day",
         first="copenhagen_short", has={"band_adduction_standing"}, never=RUNS),
    Case(pathway="groin_pain", told=pain("groin", 0, 1), tested=STRONG | {"adductor_squeeze_pain": 0, "side_bridge_hold": (60, 58)},
         looks=True, notes=True, weeks=6, step="turn_and_kick", missing={"hop_sport", "groin_in_sport"}, test="groin_in_sport",
         first="hop_and_hold"),
    Case(pathway="bone_stress", told=injured("bone_stress", "shin", 14) | pain("shin", 0, 1),
         step="unload", missing={"bone_week_6", "pain_week_0", "bone_not_tender", "walk_30"}, test="bone_not_tender",
         first="glute_bridge", never=RUNS | {"double_heel_raise", "single_leg_heel_raise", "step_down"}),
    Case(pathway="bone_stress", told=injured("bone_stress", "shin", 70), tested={"bone_tenderness": 0, "walk_minutes": 40},
         step="strength", missing={"pain_next_day", "calf_strength", "leg_strength", "balance"}, test="pain_next_day",
         first="double_heel_raise", never=RUNS),
    Case(pathway="bone_stress", told=injured("bone_stress", "shin", 150), tested=STRONG | {"bone_tenderness": 0, "walk_minutes": 60},
         looks=True, notes=True, weeks=8, step="run", missing={"training_weeks_12", "own_activities"}, test="own_activities",
         first="single_leg_heel_raise", has={"run_walk"}),
    Case(pathway="low_back_pain", told=pain("low_back", 2, 4, ""),
         step="settle_and_walk", missing={"walk_20"}, test="walk_20", first="cat_camel", never={"romanian_deadlift", "goblet_squat"}),
    Case(pathway="low_back_pain", told=pain("low_back", 1, 2, ""), tested={"walk_minutes": 40},
         step="bend", missing={"pain_next_day", "hinge_control", "side_bridge"}, test="pain_next_day", first="bird_dog",
         has={"dowel_hinge"}),
    Case(pathway="low_back_pain", told=pain("low_back", 0, 1, ""), looks=True, notes=True, weeks=8,
         tested={"walk_minutes": 60, "side_bridge_hold": (60, 58), "rmdq": 2},
         step="everything", missing={"own_activities"}, test="own_activities", first="romanian_deadlift"),
    Case(pathway="after_birth", told={"weeks_postpartum": 4},
         step="from_inside", missing={"week_6_after_birth"}, test="", first="breath_pelvic_floor", never=RUNS),
    Case(pathway="after_birth", told={"weeks_postpartum": 16}, tested={"single_leg_heel_raise": (5, 5)},
         step="strength", missing={"calf_strength", "strength_tasks_birth"}, test="strength_tasks_birth",
         first="breath_pelvic_floor", never=RUNS),
    Case(pathway="after_birth", told={"weeks_postpartum": 30}, tested=STRONG | {"strength_tasks_birth": 4, "impact_tasks_birth": 7},
         notes=True, step="run", missing={"one_leg_control_birth"}, test="one_leg_control_birth", first="breath_pelvic_floor",
         has={"run_walk"}),
    Case(pathway="falls", born=1950, told={"symptoms": QUESTIONS | {"falls": True}},
         step="hand_on_something", missing={"tandem"}, test="tandem", first="sit_to_stand", has={"feet_together_stance"},
         never=RUNS | {"tandem_stance", "star_reach", "split_squat", "stance_support"}),
    Case(pathway="falls", born=1950, told={"symptoms": QUESTIONS | {"falls": True}}, tested={"tandem_stance": 20},
         step="stronger_and_steps", missing={"no_red_flag_falls", "chair_stands_30s", "up_and_go"}, test="chair_stands_30s",
         first="tandem_stance", has={"counter_side_steps"}, never=RUNS | {"star_reach", "split_squat"}),
    Case(pathway="falls", born=1950, weeks=13,
         told={"symptoms": QUESTIONS | {"falls": True}, "clearances": (Clearance(flag="falls", by="physician", on=DAY),)},
         tested={"tandem_stance": 25, "chair_stand_30s": 14, "timed_up_and_go": 9},
         step="daily_life", missing={"little_fear_of_falling"}, test="little_fear_of_falling", first="tandem_stance",
         never=RUNS | {"star_reach"}),
    Case(pathway="knee_or_hip_arthritis", born=1965, told=pain("knee", 2, 4),
         step="start_where_it_fits", missing={"walk_20"}, test="walk_20", first="glute_bridge", has={"sit_to_stand"},
         never=RUNS | {"goblet_squat", "split_squat"}),
    Case(pathway="knee_or_hip_arthritis", born=1965, told=pain("hip", 1, 3), tested={"walk_minutes": 45, "chair_stand_30s": 8},
         step="stronger", missing={"training_weeks_6", "pain_next_day", "chair_stands_30s"}, test="pain_next_day",
         first="hip_abduction_side_lying", has={"step_up", "slow_leg_press"}, never=RUNS),  # by the joint's own rule
    Case(pathway="knee_or_hip_arthritis", born=1965, told=pain("knee", 0, 1), before=pain("knee", 2, 4), notes=True, weeks=9,
         tested={"walk_minutes": 45, "chair_stand_30s": 16, "timed_up_and_go": 8},
         step="daily_life", missing={"own_activities"}, test="own_activities", first="split_squat", has={"carry"}),
]  # fmt: skip
IDS = [f"{case.pathway}-{case.step}" for case in CASES]


def person_of(case: Case, **told: Any) -> Person:
    intake = make_intake(**(case.told | told))
    before = [make_intake(**(case.before | {"day": DAY - timedelta(days=60)}))] if case.before else []
    conversations = (*before, intake)
    return Person(DAY, case.born, "female", intake, standing_flags(conversations, DAY), conversations if before else ())


def values(tested: dict[str, Any]) -> tuple[HandMeasurement, ...]:
    taken: list[HandMeasurement] = []
    for test, value in tested.items():
        taken += by_hand(test, *value) if isinstance(value, tuple) else [HandMeasurement(test=test, value=value)]
    return tuple(taken)


def visits_of(case: Case, tested: dict[str, Any] | None = None) -> tuple[Visit, ...]:
    days = [DAY - timedelta(weeks=case.weeks), DAY - timedelta(weeks=case.weeks // 2), DAY] if case.weeks else []
    trained = [make_visit(day, notes=(SessionNote(sessions_done=6),)) for day in days]
    today = make_visit(
        measurements=values(case.tested if tested is None else tested),
        findings=LOOKS if case.looks else (),
        notes=NEXT_DAY if case.notes else (),
    )
    return (*trained[:-1], *trained[-1:], today)


def stand(case: Case, person: Person | None = None, visits: tuple[Visit, ...] | None = None) -> Readiness:
    found = assess_readiness(person or person_of(case), visits_of(case) if visits is None else visits, CARE, NORMS)
    return next(each for each in found if each.spec.id == case.pathway)


def test_every_complaint_is_looked_at_early_in_the_middle_and_late() -> None:
    assert len(COMPLAINTS) == 15
    for name in COMPLAINTS:
        assert len([case for case in CASES if case.pathway == name]) == 3
    assert len(CASES) == 45


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_case(case: Case) -> None:
    found = stand(case)
    assert found.here is not None, found.headline
    assert found.here.spec.id == case.step, [
        (g.spec.id, g.state, g.text) for g in found.gates if g.state is not GateState.MET
    ]
    assert {gate.spec.id for gate in found.missing} == case.missing, [(g.spec.id, g.text) for g in found.missing]
    assert (found.next_test.spec.id if found.next_test else "") == case.test


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_the_plan_begins_with_and_what_it_never_holds(case: Case) -> None:
    plan = make_plan(person_of(case), visits_of(case), CARE, NORMS)
    wanted = stand(case).training
    assert wanted is not None
    shown = [each.exercise for each in plan.exercises]
    of_step = [name for name in shown if name in wanted.spec.exercises]
    assert of_step[0] == case.first, shown

    assert case.has <= set(shown), shown
    assert not case.never & set(shown), case.never & set(shown)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_reasons_are_a_chain_and_no_label(case: Case) -> None:
    plan = make_plan(person_of(case), visits_of(case), CARE, NORMS)
    (chain,) = (each for each in plan.pathways if each.pathway == case.pathway)
    first = next(each for each in plan.exercises if each.exercise == case.first)
    for part in (
        chain.complaint,
        chain.found,
        chain.plain.rstrip("."),
        *([chain.next_test] if chain.next_test else []),
    ):
        assert part in tell_chain(chain)
        assert part not in first.why, "told once, with the pathway"
    assert first.why.startswith(f"{chain.title}, the present step: ")
    assert chain.complaint
    assert chain.hypothesis != chain.plain
    assert chain.expected
    assert all("chance" in line for line in chain.expected)
    assert "Care profile" not in plan.model_dump_json()
    assert [step.state for step in chain.steps].count("here") + [step.state for step in chain.steps].count("waits") >= 1


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_the_step_waits_for_is_asked_first(case: Case) -> None:
    wanted = find_missing_tests(assess_readiness(person_of(case), visits_of(case), CARE, NORMS))
    assert {CARE.gates[name].test for name in case.missing} - {""} <= set(wanted)


# --- red flags -----------------------------------------------------------------------------

DOORS = [
    (c, flag)
    for c in CASES
    for flag in CARE.gates[CARE.pathways[c.pathway].door].flags
    if CARE.red_flags[flag].question
]
BY_FACT: dict[str, dict[str, Any]] = {
    "recent_operation": {
        "operations": (Operation(what="ACL reconstruction", place="knee", side="right", when=ago(60)),)
    },
    "too_soon_after_birth": {"weeks_postpartum": 2},
    "severe_pain": pain("knee", 8, 9),
}


@pytest.mark.parametrize(("case", "flag"), DOORS, ids=[f"{c.pathway}-{c.step}-{f}" for c, f in DOORS])
def test_nobody_goes_in_past_its_own_red_flags(case: Case, flag: str) -> None:
    symptoms = case.told.get("symptoms", QUESTIONS) | {flag: True}
    refuse(case, person_of(case, symptoms=symptoms))


@pytest.mark.parametrize("flag", BY_FACT)
def test_nor_past_those_that_follow_from_facts(flag: str) -> None:
    cases = [c for c in CASES if flag in CARE.gates[CARE.pathways[c.pathway].door].flags]
    assert cases
    for case in cases:
        refuse(case, person_of(case, **BY_FACT[flag]))


def refuse(case: Case, person: Person) -> None:
    found = stand(case, person)
    assert found.refused
    assert not found.open
    assert (found.here, found.training, found.next_test, found.position) == (None, None, None, 0)
    assert not any(step.gates for step in found.steps)
    assert found.headline.startswith("not open: ")
    try:
        plan = make_plan(person, visits_of(case), CARE, NORMS)
    except NeedsReferral:
        return
    (chain,) = (each for each in plan.pathways if each.pathway == case.pathway)
    assert chain.refused
    assert not chain.exercises


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_was_not_asked_opens_nothing(case: Case) -> None:
    symptoms = {flag: yes for flag, yes in case.told.get("symptoms", QUESTIONS).items() if yes}
    found = stand(case, person_of(case, symptoms=symptoms))
    assert not found.open
    assert found.position == 0
    assert found.next_test is found.door
    assert found.headline.startswith("not open: ")
    assert [gate.spec.id for gate in found.gates] == [found.door.spec.id], "nothing that reads like progress"  # type: ignore[union-attr]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_nothing_told_later_opens_what_a_red_flag_holds(case: Case) -> None:
    flags = CARE.gates[CARE.pathways[case.pathway].door].flags
    flag = next(name for name in flags if CARE.red_flags[name].question)
    first = make_intake(**case.told | {"symptoms": QUESTIONS | {flag: True}})
    later = first.model_copy(update={"day": DAY + timedelta(days=20), "symptoms": case.told.get("symptoms", QUESTIONS)})
    told = (first, later)
    person = Person(later.day, case.born, "female", later, standing_flags(told, later.day), told)
    found = [each for each in assess_readiness(person, visits_of(case), CARE, NORMS) if each.spec.id == case.pathway]
    assert all(each.refused for each in found)


# --- what holds for every step --------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_taking_away_the_results_of_a_test_never_moves_anybody_forward(case: Case) -> None:
    whole = stand(case)
    for test in case.tested:
        less = {name: value for name, value in case.tested.items() if name != test}
        found = stand(case, visits=visits_of(case, less))
        assert found.position <= whole.position, test
        assert found.met <= whole.met


WEAK: dict[str, Any] = {
    "single_leg_stance": (3, 3), "single_leg_heel_raise": (3, 3), "single_leg_squat_count": (1, 1), "single_leg_hop": (40, 40),
    "knee_to_wall": (2, 2), "step_down_30s": (4, 4), "hamstring_bridge_count": (4, 4), "hamstring_strength": (0.4, 0.4),
    "side_bridge_hold": (5, 5), "quadriceps_strength": (1, 1), "triple_hop": (120, 120), "crossover_hop": (100, 100), "leg_length": 90,
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_two_equally_weak_legs_pass_nothing(case: Case) -> None:
    found = stand(case, visits=visits_of(case, case.tested | WEAK))
    read = {gate.spec.id: gate for gate in found.gates if gate.spec.test in WEAK}
    assert not {name for name in read if read[name].state is GateState.MET}
    for step in found.steps[: found.position]:
        assert not {gate.spec.test for gate in step.gates} & set(WEAK)


def _mirror_told(conversation: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, value in conversation.items():
        sided = key in ("pains", "injuries", "operations")
        told[key] = tuple(e.model_copy(update={"side": OTHER.get(e.side, e.side)}) for e in value) if sided else value
    return told


def mirrored(case: Case) -> tuple[Person, tuple[Visit, ...]]:
    told, before = _mirror_told(case.told), _mirror_told(case.before)
    tested = {test: value[::-1] if isinstance(value, tuple) else value for test, value in case.tested.items()}
    return person_of(replace(case, told=told, before=before)), visits_of(case, tested)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_left_and_right_mirror_each_other(case: Case) -> None:
    person, visits = mirrored(case)
    one, two = stand(case), stand(case, person, visits)
    assert (one.position, [g.spec.id for g in one.missing]) == (two.position, [g.spec.id for g in two.missing])
    plans = make_plan(person_of(case), visits_of(case), CARE, NORMS), make_plan(person, visits, CARE, NORMS)
    sides = [[(each.exercise, each.side) for each in plan.exercises] for plan in plans]
    assert [(name, OTHER.get(side, side)) for name, side in sides[0]] == sides[1]


def test_what_is_not_known_never_reads_as_met() -> None:
    for case in CASES:
        found = stand(case, visits=())
        told = {"medical", "pain", "time", "confidence"}
        assert {CARE.gates[name].domain for name in found.met} <= told


def test_who_got_better_stays_on_the_pathway_to_its_end() -> None:
    first = make_intake(**pain("achilles", 3, 4, spot="middle"))
    later = make_intake(day=DAY + timedelta(weeks=10))
    person = Person(later.day, 1991, "female", later, told=(first, later))
    names = [each.spec.id for each in assess_readiness(person, (), CARE, NORMS)]
    assert "achilles_middle" in names
    person = replace(person, today=DAY + timedelta(weeks=40))
    assert "achilles_middle" not in [each.spec.id for each in assess_readiness(person, (), CARE, NORMS)]


def test_nobody_asked_where_on_the_tendon_the_careful_way_goes_first() -> None:
    for told, expected in (
        (pain("achilles", 1, 2), "achilles_insertion"),
        (pain("achilles", 1, 2, spot="insertion"), "achilles_insertion"),
        (pain("achilles", 1, 2, spot="middle"), "achilles_middle"),
        (injured("tendon_pain", "achilles", 60), "achilles_insertion"),
    ):
        person = Person(DAY, 1991, "female", make_intake(**told))
        found = [each.spec.id for each in assess_readiness(person, (), CARE, NORMS) if "achilles" in each.spec.id]
        assert found == [expected]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("achilles", pain("achilles", 0, 2, spot="middle")),
        ("achilles", pain("achilles", 0, 2)),
        ("knee", injured("tendon_pain", "knee", 80) | pain("knee", 0, 2)),
    ],
)
@pytest.mark.parametrize(("weeks", "sore"), [(11, False), (51, False), (60, True), (None, True)])
def test_a_tendon_that_was_sewn_is_no_sore_one(place: Any, told: dict[str, Any], weeks: int | None, sore: bool) -> None:
    when = ago(7 * (weeks or 0))
    sewn = Operation(
        what="suture of a torn tendon", place=place, side="right", when=when, cleared=True, cleared_by="surgeon", cleared_on=ago(0), allowed="activation"
    )  # fmt: skip
    plan = make_plan(
        Person(DAY, 1991, "female", make_intake(**told, operations=(sewn,) if weeks else ())), (), CARE, NORMS
    )
    assert (
        bool({"achilles_middle", "achilles_insertion", "patellar_tendon"} & {e.pathway for e in plan.pathways}) is sore
    )
    assert any(rule.limit == 5 for rule in plan.pain_rules) is sore
    assert any("Load is the treatment" in note for note in plan.cautions) is sore
    assert sore or not any("heel raise" in each.test for each in plan.tests)


@pytest.mark.parametrize(("stage", "hard"), [("activation", False), ("load", True)])
def test_whom_small_exercises_are_allowed_alone_is_not_tested_to_the_end(stage: str, hard: bool) -> None:
    person = Person(DAY, 1991, "female", make_intake(**pain("achilles", 1, 3, spot="middle") | ligament(250, stage)))
    asked = [each.test for each in make_plan(person, (), CARE, NORMS).tests]
    assert "the VISA-A" in asked, "questions cost no strength"
    assert ("single-leg heel raises to the end on both sides" in asked) is hard


@pytest.mark.parametrize(
    ("when", "met", "asks"),
    [("2026-02", False, True), ("2026-02-10", True, False), ("2026-01", True, False), ("2026-02-27", False, False)],
)
def test_of_a_month_alone_the_day_is_asked_where_it_decides(when: str, met: bool, asks: bool) -> None:
    strain = Injury(kind="muscle_strain", place="hamstring", side="left", when=when)
    person = Person(DAY, 1991, "female", make_intake(injuries=(strain,)))
    gate = judge_gate(CARE.gates["strain_week_1"], Inputs(person, (), CARE, NORMS))
    assert (gate.state is GateState.MET) is met
    assert ("the day of it would tell more" in gate.text) is asks


def test_who_is_well_has_no_complaint() -> None:
    person = Person(DAY, 1991, "female", make_intake())
    assert not [each for each in assess_readiness(person, (), CARE, NORMS) if each.spec.hypothesis]
    assert make_plan(person, (), CARE, NORMS).pathways == ()


@pytest.mark.parametrize(
    ("days", "state"),
    [((0,), GateState.NOT_MET), ((42, 0), GateState.MET), ((41, 0), GateState.NOT_MET), ((100, 0), GateState.NOT_MET), ((100, 50, 0), GateState.MET), ((100, 60), GateState.NOT_KNOWN), ((), GateState.NOT_KNOWN)],
)  # fmt: skip
def test_weeks_of_training_are_counted_without_gaps(days: tuple[int, ...], state: GateState) -> None:
    person = Person(DAY, 1991, "female", make_intake(**pain("knee", 1, 2)))
    visits = [make_visit(DAY - timedelta(days=n), notes=(SessionNote(sessions_done=5),)) for n in days]
    found = next(
        each for each in assess_readiness(person, visits, CARE, NORMS) if each.spec.id == "patellofemoral_pain"
    )
    assert next(gate.state for gate in found.gates if gate.spec.id == "training_weeks_6") is state


def test_a_day_that_is_not_a_training_day_counts_nothing() -> None:
    person = Person(DAY, 1991, "female", make_intake(**pain("knee", 1, 2)))
    visits = [
        make_visit(date(2025, 12, 1), notes=(SessionNote(sessions_done=0),)),
        make_visit(notes=(SessionNote(pain_now=1),)),
    ]
    found = next(
        each for each in assess_readiness(person, visits, CARE, NORMS) if each.spec.id == "patellofemoral_pain"
    )
    assert next(gate.state for gate in found.gates if gate.spec.id == "training_weeks_6") is GateState.NOT_KNOWN


@pytest.mark.parametrize(
    "case", [c for c in CASES if CARE.pathways[c.pathway].keeps_to_step], ids=lambda c: f"{c.pathway}-{c.step}"
)
def test_what_belongs_to_a_later_step_is_not_chosen(case: Case) -> None:
    found = stand(case)
    steps, at = found.spec.steps, found.position
    come_to = {name for step in steps[: at + 1] for name in (*step.exercises, *step.later)}
    ahead = {name for step in steps[at + 1 :] for name in (*step.exercises, *step.later)} - come_to
    assert ahead or at == len(steps) - 1
    plan = make_plan(person_of(case), visits_of(case), CARE, NORMS)
    assert not ahead & {each.exercise for each in plan.exercises}
    limit = STAGES.index(steps[at].latest_stage)
    assert all(STAGES.index(each.stage) <= limit for each in plan.exercises)
    assert set(steps[at].not_yet) <= set(find_bars(person_of(case), visits_of(case), CARE, NORMS))
