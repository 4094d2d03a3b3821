"""What weighs how much: a fact once, a symptom more than a profile; and notes that keep to what is forbidden."""

from __future__ import annotations

from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Pain
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from movescreen.client.plan.needs import Grounds, WeighedNeed, weigh_need, weigh_needs
from movescreen.client.rules.history import link_findings
from movescreen.client.rules.profiles import find_profiles
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.model import Finding
from tests.support.clients import CARE, QUESTIONS, SPRAIN, make_person, make_record, make_visit
from tests.support.plans import make_plan

NORMS = load_norms()
LEAKS = QUESTIONS | {"pelvic_floor": True}
RUNS: dict[str, Any] = {"sports": ("running",), "goals": ("run",)}
EASY_RUNNING = "Keep easy running that stays at 2 of 10 or less"


def grounds_of(person: Person, *findings: Finding) -> Grounds:
    return Grounds(person, findings, link_findings(findings, person, CARE), profiles=find_profiles(person, CARE))


def weigh(need: str, person: Person, *findings: Finding) -> WeighedNeed:
    return weigh_need(CARE.needs[need], grounds_of(person, *findings))


def plan_for(person: Person, *visits: Visit) -> Plan:
    return make_plan(person, visits, CARE, NORMS)


@pytest.mark.parametrize(
    ("need", "told", "weight"),
    [
        ("calf_capacity", RUNS, 2),
        ("calf_capacity", {"sports": ("running",)}, 2),
        ("calf_capacity", {"goals": ("run",)}, 2),
        ("calf_capacity", {"injuries": (SPRAIN,)}, 2),
        ("calf_capacity", RUNS | {"injuries": (SPRAIN,)}, 2 + 2),
        ("hip_control", RUNS, 2),
        ("ankle_range", {"injuries": (SPRAIN,)}, 2),
        ("hip_range", {"sitting_hours": 9}, 2),
        ("leg_strength", {"birth_year": 1950, "goals": ("lift",)}, 2 + 1),
        ("leg_strength", {"goals": ("lift",)}, 1),
        ("trunk_control", {"weeks_postpartum": 20}, 2),
        ("trunk_control", {"weeks_postpartum": 20, "symptoms": LEAKS}, 4 + 2),
        ("trunk_control", {}, 0),
    ],
)
def test_a_fact_counts_once_and_two_facts_count_twice(need: str, told: dict[str, Any], weight: int) -> None:
    assert weigh(need, make_person(**told)).weight == weight


def test_what_counts_once_is_told_once() -> None:
    reasons = weigh("calf_capacity", make_person(**RUNS)).reasons
    assert reasons == ("Running as a sport, and what often goes with it.",)
    assert weigh("calf_capacity", make_person(injuries=(SPRAIN,))).side == "right"


def test_an_injury_that_goes_with_a_finding_counts_once() -> None:
    heel = make_record("heel_rise", side="right")
    sprained = weigh("ankle_range", make_person(injuries=(SPRAIN,)), heel)
    assert any("goes with" in reason or "sprain" in reason for reason in sprained.reasons)
    assert sprained.weight == 3 + 2
    assert weigh("ankle_range", make_person(), heel).weight == 3


def test_a_symptom_goes_before_profiles_and_sports() -> None:
    told: dict[str, Any] = {"weeks_postpartum": 10, "injuries": (SPRAIN,), "sitting_hours": 9, **RUNS}
    leaking = [n.spec.id for n in weigh_needs(grounds_of(make_person(symptoms=LEAKS, **told)), CARE)]
    assert leaking[0] == "trunk_control"
    dry = [n.spec.id for n in weigh_needs(grounds_of(make_person(**told)), CARE)]
    assert dry[0] != "trunk_control"
    assert "trunk_control" in dry


@pytest.mark.parametrize(
    ("told", "may_run"),
    [
        ({}, True),
        # after a birth running goes by tasks that were done, and none was done here
        ({"weeks_postpartum": 30}, False),
        ({"weeks_postpartum": 10}, False),
        ({"weeks_postpartum": 30, "symptoms": LEAKS}, False),
        ({"weeks_postpartum": 30, "symptoms": {k: no for k, no in QUESTIONS.items() if k != "pelvic_floor"}}, False),
        ({"pregnant": True}, False),
        ({"pains": (Pain(place="foot", side="left", now=2, week=7),)}, False),
        ({"pains": (Pain(place="foot", side="left", now=2, week=4),)}, True),
    ],
)
def test_no_note_speaks_of_running_where_running_is_forbidden(told: dict[str, Any], may_run: bool) -> None:
    plan = plan_for(make_person(**RUNS | told))
    assert "Runner" in plan.profiles
    assert any(EASY_RUNNING in caution for caution in plan.cautions) is may_run
    assert any("fast running days" in caution for caution in plan.cautions) is may_run


@pytest.mark.parametrize("told", [{"weeks_postpartum": 10, "symptoms": LEAKS}, {"pregnant": True}])
def test_pelvic_floor_training_is_never_cut(told: dict[str, Any]) -> None:
    heel = make_record("heel_rise", side="right", severity=3)
    asked = SessionNote(pain_now=0, pain_week=4)
    plan = plan_for(make_person(**RUNS | told), make_visit(findings=(heel,), notes=(asked,)))
    sets = {e.exercise: e.sets for e in plan.exercises}
    assert sets["breath_pelvic_floor"] == CARE.exercise("breath_pelvic_floor").dose.sets
    others = {name: s for name, s in sets.items() if not CARE.exercise(name).never_fewer}
    assert all(s == max(1, CARE.exercise(name).dose.sets - 1) for name, s in others.items())
    assert any(s < CARE.exercise(name).dose.sets for name, s in others.items())
    assert any("but not of: Pelvic floor with the breath, long lifts" in caution for caution in plan.cautions)


@pytest.mark.parametrize(
    ("name", "result", "need"),
    [
        ("heel to buttock, face down", "14 cm, left 9 cm", "thigh_length"),
        ("quadriceps lag", "sinks 5 degrees", "knee_load"),
        ("Trendelenburg", "positive", "hip_control"),
        ("landing from the box", "stiff, knee comes in", "knee_control"),
    ],
)
def test_what_the_trainer_saw_speaks_for_a_need(name: str, result: str, need: str) -> None:
    seen = Observation(name=name, side="right", result=result)
    (found,) = [
        each for each in weigh_needs(Grounds(make_person(goals=()), observations=(seen,)), CARE) if each.spec.id == need
    ]
    assert found.side == "right"
    assert name in found.reasons[0]


@pytest.mark.parametrize("result", ["negative", "normal", "alike on both sides"])
def test_what_was_as_it_should_be_speaks_for_nothing(result: str) -> None:
    seen = Observation(what="special_test", name="heel to buttock", side="right", result=result)
    assert not weigh_needs(Grounds(make_person(goals=()), observations=(seen,)), CARE)
