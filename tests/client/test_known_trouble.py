"""A fact counts once: a joint that hurts and was told about has its own pathway; another one, or one nobody named, still holds the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Intake, Operation, Pain
from movescreen.client.person import Person, standing_flags
from movescreen.client.plan.making import find_bars
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.rules.red_flags import is_asked, review_red_flags
from tests.support.clients import CARE, DAY, QUESTIONS, make_intake, make_person, ready_visits
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
KNEE = Pain(place="knee", side="left", now=0, week=1)
YES = QUESTIONS | {"joint_problem": True}
UNASKED = {name: answer for name, answer in YES.items() if name != "other_joint_problem"}


def held(**told: Any) -> bool:
    """Return whether the yes holds a plan back, which every rule has to tell alike."""
    person = make_person(sports=("strength",), goals=("lift", "run"), **told)
    said = {
        bool(find_impact_ban(person, CARE)),
        "split_squat" in find_bars(person, ready_visits(), CARE, NORMS),
        any(flag.spec.id == "joint_problem" and flag.clearance is None for flag in review_red_flags(person, CARE).raised),
        not any(g.spec.id == "no_red_flag" and g.state is GateState.MET for r in assess_readiness(person, ready_visits(), CARE, NORMS) for g in r.gates),
    }  # fmt: skip
    assert len(said) == 1
    return said.pop()


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({"pains": (KNEE,), "symptoms": QUESTIONS}, False),
        # it is the knee that was named
        ({"pains": (KNEE,), "symptoms": YES}, False),
        # another one; and none that was named
        ({"pains": (KNEE,), "symptoms": YES | {"other_joint_problem": True}}, True),
        ({"pains": (), "symptoms": YES}, True),
    ],
)
def test_a_joint_problem_that_is_named_already_counts_once(told: dict[str, Any], counts: bool) -> None:
    assert held(**told) is counts


def test_a_follow_up_that_nobody_asked_is_no_no() -> None:
    person = make_person(pains=(KNEE,), symptoms=UNASKED)
    assert find_impact_ban(person, CARE)
    assert [spec.id for spec in review_red_flags(person, CARE).open_questions] == ["other_joint_problem"]


def test_a_later_no_does_not_take_back_that_it_was_another_one() -> None:
    first: Intake = make_intake(pains=(KNEE,), symptoms=YES | {"other_joint_problem": True})
    later = make_intake(day=DAY + timedelta(days=7), pains=(KNEE,), symptoms=YES)
    today = DAY + timedelta(days=7)
    person = Person(today, 1991, "female", later, standing_flags([first, later], today))
    assert find_impact_ban(person, CARE)


def test_a_clinicians_word_goes_on_being_told() -> None:
    seen = Clearance(flag="joint_problem", by="physiotherapist", on=DAY)
    person = make_person(pains=(), symptoms=YES, clearances=(seen,))
    assert [flag.clearance for flag in review_red_flags(person, CARE).raised] == [seen]


# --- questions that matter to few ------------------------------------------------------------


def bars_after(graft: str | None, weeks: int) -> set[str]:
    told = Operation(
        what="cruciate ligament", place="knee", side="left", when=(DAY - timedelta(weeks=weeks)).isoformat(), cleared=True,
        cleared_by="surgeon", cleared_on=DAY.isoformat(), allowed="speed", phase="phase 3", graft=graft,  # type: ignore[arg-type]
    )  # fmt: skip
    bars = find_bars(make_person(operations=(told,)), (), CARE, NORMS)
    return {
        name for name in ("long_lever_bridge", "hip_flexor_half_kneeling") if "a new ligament" in bars.get(name, "")
    }


@pytest.mark.parametrize(
    ("graft", "weeks", "left_out"),
    [
        ("hamstring", 9, {"long_lever_bridge"}),
        ("hamstring", 14, set()),
        ("patellar", 9, {"hip_flexor_half_kneeling"}),
        ("patellar", 20, {"hip_flexor_half_kneeling"}),
        ("patellar", 30, set()),
        ("donor", 9, set()),
        # nobody asked: it may be either
        (None, 9, {"long_lever_bridge", "hip_flexor_half_kneeling"}),
    ],
)
def test_a_graft_spares_the_place_that_it_is_from(graft: str | None, weeks: int, left_out: set[str]) -> None:
    assert bars_after(graft, weeks) == left_out


@pytest.mark.parametrize(("high", "held"), [(True, True), (False, False)])
def test_a_doctors_older_word_does_not_outweigh_a_high_reading(high: bool, held: bool) -> None:
    seen = Clearance(flag="high_blood_pressure", by="physician", on=DAY, allows="load")
    answers = QUESTIONS | {"high_blood_pressure": True, "blood_pressure_high_now": high}
    person = make_person(symptoms=answers, clearances=(seen,), goals=("lift",), sports=("strength",))
    assert ("split_squat" in find_bars(person, ready_visits(), CARE, NORMS)) is held


@pytest.mark.parametrize(
    ("flag", "told", "asked"),
    [
        ("blood_pressure_high_now", {}, False),
        ("blood_pressure_high_now", {"symptoms": {"high_blood_pressure": True}}, True),
        ("painkillers", {}, False),
        ("painkillers", {"pains": (KNEE,)}, True),
        ("other_joint_problem", {"pains": (KNEE,), "symptoms": {"joint_problem": False}}, False),
        ("other_joint_problem", {"pains": (KNEE,), "symptoms": {"joint_problem": True}}, True),
    ],
)
def test_these_questions_are_asked_only_where_they_matter(flag: str, told: dict[str, Any], asked: bool) -> None:
    assert is_asked(CARE.red_flags[flag], make_person(**({"symptoms": {}} | told))) is asked


@pytest.mark.parametrize(
    ("kind", "place", "weeks", "banned"),
    [
        ("muscle_strain", "calf", 3, True),
        ("muscle_strain", "calf", 6, False),
        ("fracture", "shin", 9, True),
        ("muscle_strain", "shoulder", 1, False),
    ],
)
def test_nobody_runs_on_a_fresh_injury_of_the_leg_because_it_hardly_hurts(
    kind: Any, place: Any, weeks: int, banned: bool
) -> None:
    hurt = Injury(kind=kind, place=place, side="left", when=(DAY - timedelta(weeks=weeks)).isoformat())
    person = make_person(injuries=(hurt,), sports=("running",), goals=("run",))
    assert bool(find_impact_ban(person, CARE)) is banned
    told = make_plan(person, (), CARE, NORMS)
    assert ("easy running" in " ".join(told.cautions)) is not banned
