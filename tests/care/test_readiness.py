"""Gates: met, not met or not known, with the number; what is near its error or old is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.care.intake import Pain
from movescreen.care.person import Person
from movescreen.care.readiness import GateResult, GateState, assess_readiness
from movescreen.care.visit import HandMeasurement, SessionNote, Visit
from movescreen.catalog.norms_library import load_norms
from movescreen.model import Status
from tests.care.people import CARE, DAY, QUESTIONS, make_person, make_record, make_visit

NORMS = load_norms()
MET, NOT_MET, NOT_KNOWN = GateState.MET, GateState.NOT_MET, GateState.NOT_KNOWN


def hand(test: str, left: float | None, right: float | None = None) -> tuple[HandMeasurement, ...]:
    sides = {"left": left, "right": right}
    return tuple(HandMeasurement(test=test, side=s, value=v) for s, v in sides.items() if v is not None)  # type: ignore[arg-type]


def gates(person: Person, *visits: Visit) -> dict[str, GateResult]:
    return {g.spec.id: g for each in assess_readiness(person, visits, CARE, NORMS) for g in each.gates}


def checks(movement: str, *names: str, status: Status = Status.CLEAR) -> tuple[Any, ...]:
    return tuple(make_record(name, status, movement=movement) for name in names)


SQUAT = checks("squat", "knee_valgus", "weight_shift", "heel_rise")
ONE_LEG = checks("single_leg_squat", "knee_valgus", "pelvic_drop", "lateral_trunk_lean")
NEXT_DAY = (SessionNote(pain_next_day=1), SessionNote(pain_next_day=2))


def with_findings(*findings: Any) -> Visit:
    return make_visit(findings=findings)


#: Gate -> person, visits and what is expected.
CASES: list[tuple[str, dict[str, Any], tuple[Visit, ...], GateState]] = [
    ("no_red_flag", {}, (), MET),
    ("no_red_flag", {"symptoms": QUESTIONS | {"numbness": True}}, (), NOT_MET),
    ("no_red_flag", {"symptoms": QUESTIONS | {"high_blood_pressure": True}}, (), NOT_MET),
    ("no_red_flag", {"symptoms": {}}, (), NOT_KNOWN),
    ("pain_now", {}, (), MET),
    ("pain_now", {"pains": (Pain(place="knee", side="left", now=3, week=3),)}, (), NOT_MET),
    ("pain_now", {"pains": None}, (), NOT_KNOWN),
    ("pain_now", {"pains": (Pain(place="knee", side="left", now=5, week=5),)}, (make_visit(notes=(SessionNote(pain_now=1),)),), MET),
    ("pain_next_day", {}, (), NOT_KNOWN),
    ("pain_next_day", {}, (make_visit(notes=NEXT_DAY[:1]),), NOT_KNOWN),
    ("pain_next_day", {}, (make_visit(notes=NEXT_DAY),), MET),
    ("pain_next_day", {}, (make_visit(notes=(*NEXT_DAY, SessionNote(pain_next_day=4))),), NOT_MET),
    ("ankle_range_even", {}, (make_visit(measurements=hand("knee_to_wall", 10, 9)),), MET),
    ("ankle_range_even", {}, (make_visit(measurements=hand("knee_to_wall", 11, 7)),), NOT_MET),
    ("ankle_range_even", {}, (make_visit(measurements=hand("knee_to_wall", 11, 8.8)),), NOT_KNOWN),
    ("ankle_range_even", {}, (make_visit(measurements=hand("knee_to_wall", 11)),), NOT_KNOWN),
    ("ankle_range_even", {}, (), NOT_KNOWN),
    ("ankle_range", {}, (make_visit(measurements=hand("knee_to_wall_angle", 40, 38)),), MET),
    ("ankle_range", {}, (make_visit(measurements=hand("knee_to_wall_angle", 40, 30)),), NOT_MET),
    ("ankle_range", {}, (make_visit(measurements=hand("knee_to_wall_angle", 40, 34)),), NOT_KNOWN),
    ("squat_control", {}, (with_findings(*SQUAT),), MET),
    ("squat_control", {}, (with_findings(*SQUAT[:2], make_record("heel_rise", Status.FLAGGED)),), NOT_MET),
    ("squat_control", {}, (with_findings(*SQUAT[:2], make_record("heel_rise", Status.BORDERLINE)),), NOT_KNOWN),
    ("squat_control", {}, (with_findings(*SQUAT[:2], make_record("heel_rise", Status.NOT_ASSESSED)),), NOT_KNOWN),
    ("squat_control", {}, (with_findings(*SQUAT[:2]),), NOT_KNOWN),
    ("squat_control", {}, (with_findings(*checks("lunge", "knee_valgus", "weight_shift", "heel_rise")),), NOT_KNOWN),
    ("one_leg_control", {}, (with_findings(*ONE_LEG),), MET),
    ("one_leg_control", {}, (with_findings(*checks("single_leg_squat", "knee_valgus", "pelvic_drop", status=Status.FLAGGED)),), NOT_MET),
    ("one_leg_control", {}, (with_findings(*SQUAT),), NOT_KNOWN),
    ("balance", {}, (make_visit(measurements=hand("single_leg_stance", 45, 44)),), MET),
    ("balance", {}, (make_visit(measurements=hand("single_leg_stance", 45, 30)),), NOT_MET),
    ("balance", {}, (make_visit(measurements=hand("single_leg_stance", 0, 30)),), NOT_KNOWN),
    ("calf_strength", {}, (make_visit(measurements=hand("single_leg_heel_raise", 25, 23)),), MET),
    ("calf_strength", {}, (make_visit(measurements=hand("single_leg_heel_raise", 25, 20)),), NOT_MET),
    ("calf_strength", {}, (), NOT_KNOWN),
    ("leg_strength", {}, (make_visit(measurements=hand("single_leg_squat_count", 10, 10)),), MET),
    ("leg_strength", {}, (make_visit(measurements=hand("single_leg_squat_count", 10, 5)),), NOT_MET),
    ("leg_strength", {}, (), NOT_KNOWN),
    ("hop", {}, (make_visit(measurements=hand("single_leg_hop", 120, 115)),), MET),
    ("hop", {}, (make_visit(measurements=hand("single_leg_hop", 120, 90)),), NOT_MET),
    ("hop", {}, (), NOT_KNOWN),
    ("confidence", {"confidence": 9}, (), MET),
    ("confidence", {"confidence": 5}, (), NOT_MET),
    ("confidence", {"confidence": None}, (), NOT_KNOWN),
    ("confidence", {"confidence": 5}, (make_visit(notes=(SessionNote(confidence=9),)),), MET),
    ("no_red_flag_birth", {"weeks_postpartum": 20}, (), MET),
    ("no_red_flag_birth", {"weeks_postpartum": 20, "symptoms": QUESTIONS | {"pelvic_floor": True}}, (), NOT_MET),
    ("no_red_flag_birth", {"weeks_postpartum": 20, "symptoms": QUESTIONS | {"chronic_condition": True}}, (), NOT_MET),
    ("no_red_flag_birth", {"weeks_postpartum": 20, "symptoms": {}}, (), NOT_KNOWN),
    ("weeks_after_birth", {"weeks_postpartum": 12}, (), MET),
    ("weeks_after_birth", {"weeks_postpartum": 11}, (), NOT_MET),
    ("pain_week_birth", {"weeks_postpartum": 20}, (), MET),
    ("pain_week_birth", {"weeks_postpartum": 20, "pains": (Pain(place="knee", side="left", now=1, week=4),)}, (), NOT_MET),
    ("pain_week_birth", {"weeks_postpartum": 20, "pains": None}, (), NOT_KNOWN),
    ("calf_strength_birth", {"weeks_postpartum": 20}, (make_visit(measurements=hand("single_leg_heel_raise", 25, 25)),), MET),
    ("calf_strength_birth", {"weeks_postpartum": 20}, (make_visit(measurements=hand("single_leg_heel_raise", 25, 15)),), NOT_MET),
    ("calf_strength_birth", {"weeks_postpartum": 20}, (), NOT_KNOWN),
    ("one_leg_control_birth", {"weeks_postpartum": 20}, (with_findings(*ONE_LEG),), MET),
    ("one_leg_control_birth", {"weeks_postpartum": 20}, (with_findings(*checks("single_leg_squat", "pelvic_drop", "lateral_trunk_lean", status=Status.FLAGGED)),), NOT_MET),
    ("one_leg_control_birth", {"weeks_postpartum": 20}, (), NOT_KNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "told", "visits", "state"), CASES)
def test_gates(gate: str, told: dict[str, Any], visits: tuple[Visit, ...], state: GateState) -> None:
    result = gates(make_person(**told), *visits)[gate]
    assert result.state is state, result.text
    assert result.text
    assert result.spec.to_measure
    assert result.spec.source.citation


def test_every_gate_is_tested_in_every_state() -> None:
    tested = {(gate, state) for gate, _, _, state in CASES}
    for each in CARE.readiness.values():
        for gate in each.gates:
            for state in GateState:
                # who is not known to have given birth is not asked these questions
                if (gate.id, state) != ("weeks_after_birth", NOT_KNOWN):
                    assert (gate.id, state) in tested


def test_numbers_and_days_are_told() -> None:
    result = gates(make_person(), make_visit(measurements=hand("single_leg_heel_raise", 25, 20)))["calf_strength"]
    assert (result.value, result.unit) == (80.0, "percent")
    assert result.text == "left 25, right 20 reps on 2026-03-02, 80 percent"
    near = gates(make_person(), make_visit(measurements=hand("knee_to_wall", 11, 8.8)))["ankle_range_even"]
    assert "within the error (0.54 cm) of the limit" in near.text


def test_what_is_old_is_not_known() -> None:
    later = DAY + timedelta(weeks=9)
    visit = make_visit(
        findings=SQUAT,
        measurements=(*hand("single_leg_heel_raise", 25, 25), *hand("knee_to_wall_angle", 40, 40)),
        notes=NEXT_DAY,
    )
    found = gates(make_person(today=later), visit)
    for gate in (
        "calf_strength",
        "ankle_range",
        "squat_control",
        "pain_next_day",
        "pain_now",
        "confidence",
        "no_red_flag",
    ):
        assert found[gate].state is NOT_KNOWN, gate
    assert "more than eight weeks ago" in found["calf_strength"].text


def test_the_headline_never_just_clears() -> None:
    person = make_person(confidence=9)
    (open_,) = assess_readiness(person, (), CARE, NORMS)
    assert "not known: nothing speaks against the next step so far" in open_.headline
    assert "single-leg heel raises to the end on both sides" in open_.to_measure
    everything = make_visit(
        findings=(*SQUAT, *ONE_LEG),
        measurements=tuple(
            m
            for test, v in (("knee_to_wall", 10.0), ("knee_to_wall_angle", 40.0), ("single_leg_stance", 45.0), ("single_leg_heel_raise", 25.0), ("single_leg_squat_count", 12.0), ("single_leg_hop", 120.0))
            for m in hand(test, v, v)
        ),
        notes=NEXT_DAY,
    )  # fmt: skip
    (full,) = assess_readiness(person, (everything,), CARE, NORMS)
    assert full.count(MET) == len(full.gates)
    assert full.to_measure == ()
    assert "can be talked about. Gates do not predict injuries." in full.headline
    failing = everything.model_copy(update={"measurements": hand("single_leg_hop", 120, 60)})
    (not_yet,) = assess_readiness(person, (everything, failing), CARE, NORMS)
    assert not_yet.headline.endswith("the gates that are not met come first.")
    for each in (open_, full, not_yet):
        assert "cleared" not in each.headline.lower()


def test_sets_are_for_those_they_are_for() -> None:
    assert [r.spec.id for r in assess_readiness(make_person(), (), CARE, NORMS)] == ["lower_limb"]
    after_birth = assess_readiness(make_person(weeks_postpartum=20), (), CARE, NORMS)
    assert [r.spec.id for r in after_birth] == ["lower_limb", "running_after_birth"]
