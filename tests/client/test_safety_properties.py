"""What holds for everybody: invented people, and the rules that no combination of facts may break."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.norms_schema import Verified
from movescreen.client.intake.model import Consent, Injury, Intake, Operation, Pain
from movescreen.client.person import Person, standing_flags
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.profiles import find_impact_ban, offer_tests
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.client.visits.hand_tests import judge_visit
from movescreen.client.visits.visit import HandMeasurement, MovementPain, SessionNote, Visit
from movescreen.errors import NeedsReferral
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_intake, make_record, make_visit, ready_visits
from tests.support.plans import assess_readiness, make_plan

pytestmark = pytest.mark.slow
NORMS = load_norms()
PLACES = (
    "knee", "hip", "groin", "low_back", "achilles", "shin", "foot", "shoulder", "ankle", "calf", "hamstring", "thigh", "pelvis", "neck",
    "upper_back", "hand", "elbow",
)  # fmt: skip
MIDDLE = ("low_back", "neck", "upper_back", "pelvis")
OTHER = {"left": "right", "right": "left", "": "", "both": "both"}
MENTIONS = [spec.id for spec in CARE.red_flags.values() if spec.asked and spec.urgency == "mention"]
STOPPING = [spec.id for spec in CARE.red_flags.values() if spec.asked and spec.urgency != "mention"]
CHECKS = ("heel_rise", "knee_valgus", "weight_shift", "shallow_depth", "excessive_trunk_lean")
often = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

sides = st.sampled_from(["left", "right"])
pains = st.builds(
    lambda place, side, now, more: Pain(place=place, side="" if place in MIDDLE else side, now=now, week=min(10, now + more)),
    st.sampled_from(PLACES), sides, st.integers(0, 7), st.integers(0, 4),
)  # fmt: skip
injuries = st.builds(
    lambda kind, place, side, year: Injury(kind=kind, place=place, side=side, when=str(year)),
    st.sampled_from(["ankle_sprain", "knee_ligament", "tendon_pain", "bone_stress", "muscle_strain", "dislocation", "fracture"]),
    st.sampled_from(["ankle", "knee", "achilles", "shin", "hamstring", "groin", "calf", "shoulder"]), sides, st.integers(2015, 2026),
)  # fmt: skip
operations = st.builds(
    lambda what, side, weeks, stage, phase: Operation(
        what=what, place="knee", side=side, when=(DAY - timedelta(weeks=weeks)).isoformat(), cleared=True, cleared_by="surgeon",
        cleared_on=(DAY - timedelta(days=1)).isoformat(), allowed=stage, phase=phase,
    ),
    st.sampled_from(["ACL reconstruction", "meniscus"]), sides, st.integers(1, 90), st.sampled_from(STAGES),
    st.sampled_from(["", "phase 3"]),
)  # fmt: skip


@st.composite
def intakes(draw: st.DrawFn) -> Intake:
    pregnant = draw(st.booleans()) and draw(st.booleans())
    unasked = draw(st.sets(st.sampled_from(sorted(QUESTIONS)), max_size=2)) if draw(st.booleans()) else set()
    yes = draw(st.sets(st.sampled_from(MENTIONS), max_size=2)) if draw(st.booleans()) else set()
    told: dict[str, Any] = {
        "pains": draw(st.none() | st.lists(pains, max_size=2).map(tuple)), "injuries": draw(st.lists(injuries, max_size=2).map(tuple)),
        "operations": draw(st.lists(operations, max_size=1).map(tuple)), "pregnant": pregnant,
        "pregnancy_week": draw(st.none() | st.integers(4, 40)) if pregnant else None,
        "weeks_postpartum": None if pregnant else draw(st.none() | st.integers(0, 60)),
        "sports": (draw(st.sampled_from(["running", "strength", "walking", "jumping_and_turning"])),),
        "goals": tuple(draw(st.sets(st.sampled_from(["run", "lift", "jump_and_turn", "balance", "daily_life"]), min_size=1, max_size=2))),
        "symptoms": {flag: flag in yes for flag in QUESTIONS if flag not in unasked},
        "consent": Consent(records=True, pictures=False, on=DAY, guardian="mother"),
    }  # fmt: skip
    return make_intake(**told)


people = st.builds(
    lambda born, sex, intake: Person(DAY, born, sex, intake, standing_flags([intake], DAY)),
    st.none() | st.integers(1940, 2015), st.sampled_from(["female", "male", ""]), intakes(),
)  # fmt: skip


@st.composite
def visit_lists(draw: st.DrawFn) -> tuple[Visit, ...]:
    found = tuple(
        make_record(
            check, side=draw(sides) if check in ("heel_rise", "knee_valgus") else "", severity=draw(st.integers(2, 3))
        )
        for check in draw(st.sets(st.sampled_from(CHECKS), max_size=3))
    )
    (ready,) = ready_visits()
    strong = draw(st.booleans())
    visits = [make_visit(findings=found, measurements=ready.measurements if strong else by_hand("knee_to_wall", 11, 7))]
    if strong:
        visits.append(make_visit(notes=ready.notes))
    if draw(st.booleans()):
        hurt = MovementPain(movement=draw(st.sampled_from(["squat", "lunge", "bend", "single_leg_stance"])), score=5)
        visits.append(make_visit(notes=(SessionNote(movement_pain=(hurt,)),)))
    return tuple(visits)


def plan_or_none(person: Person, visits: tuple[Visit, ...]) -> Plan | None:
    try:
        return make_plan(person, visits, CARE, NORMS)
    except NeedsReferral:
        return None


def reach(plan: Plan | None) -> int:
    """Return how far a plan goes: -1 for none at all."""
    return -1 if plan is None else max((STAGES.index(e.stage) for e in plan.exercises), default=0)


def load_of(plan: Plan | None) -> int:
    return 0 if plan is None else sum(e.sets for e in plan.exercises if e.stage in ("load", "speed"))


@often
@given(people, visit_lists(), st.integers(0, 10), st.integers(0, 10))
def test_more_pain_never_goes_further_nor_loads_more(
    person: Person, visits: tuple[Visit, ...], one: int, two: int
) -> None:
    less, more = sorted((one, two))
    days = [make_visit(notes=(SessionNote(pain_during=score, pain_next_day=score),)) for score in (less, more)]
    mild, sore = (plan_or_none(person, (*visits, day)) for day in days)
    assert reach(sore) <= reach(mild)
    assert load_of(sore) <= load_of(mild)


@often
@given(people, visit_lists(), st.integers(0, 1), st.integers(0, 3))
def test_more_pain_in_the_conversation_never_opens_an_exercise(
    person: Person, visits: tuple[Visit, ...], which: int, more: int
) -> None:
    intake = person.intake
    assert intake is not None
    assume(intake.pains is not None and len(intake.pains) > which)
    assert intake.pains is not None
    louder = [
        pain.model_copy(update={"now": min(10, pain.now + more), "week": min(10, pain.week + more)})
        if i == which
        else pain
        for i, pain in enumerate(intake.pains)
    ]
    sorer = replace(person, intake=intake.model_copy(update={"pains": tuple(louder)}))
    assert set(find_bars(person, visits, CARE, NORMS)) <= set(find_bars(sorer, visits, CARE, NORMS))


@often
@given(people, visit_lists(), st.sampled_from(STOPPING), intakes(), st.integers(1, 200))
def test_nothing_told_later_unlocks_what_an_open_red_flag_holds(
    person: Person, visits: tuple[Visit, ...], flag: str, later: Intake, days: int
) -> None:
    intake = person.intake
    assert intake is not None
    told = intake.model_copy(update={"symptoms": {**intake.symptoms, flag: True}})
    today = DAY + timedelta(days=days)
    after = later.model_copy(update={"day": today, "symptoms": {**later.symptoms, flag: False}, "clearances": ()})
    seen = replace(person, today=today, intake=after, standing=standing_flags([told, after], today))
    assert any(raised.spec.id == flag for raised in review_red_flags(seen, CARE).stopping)
    assert plan_or_none(seen, visits) is None


@often
@given(people, visit_lists(), st.sampled_from(MENTIONS))
def test_one_more_yes_never_opens_an_exercise(person: Person, visits: tuple[Visit, ...], flag: str) -> None:
    intake = person.intake
    assert intake is not None
    assume(intake.symptoms.get(flag) is False)
    yes = intake.model_copy(update={"symptoms": {**intake.symptoms, flag: True}})
    worse = replace(person, intake=yes, standing=standing_flags([yes], DAY))
    assert set(find_bars(person, visits, CARE, NORMS)) <= set(find_bars(worse, visits, CARE, NORMS))


def mirrored(person: Person, visits: tuple[Visit, ...]) -> tuple[Person, tuple[Visit, ...]]:
    def turn(thing: Any) -> Any:
        return thing.model_copy(update={"side": OTHER[thing.side]})

    intake = person.intake
    assert intake is not None
    sides = {
        key: tuple(map(turn, told))
        for key in ("pains", "injuries", "operations")
        if (told := getattr(intake, key)) is not None
    }
    turned = tuple(
        visit.model_copy(
            update={
                "measurements": tuple(map(turn, visit.measurements)),
                "screenings": tuple(
                    each.model_copy(update={"findings": tuple(map(turn_finding, each.findings))})
                    for each in visit.screenings
                ),
            }
        )
        for visit in visits
    )
    return replace(person, intake=intake.model_copy(update=sides)), turned


def turn_finding(finding: Any) -> Any:
    value = -finding.value if finding.two_sided else finding.value
    return replace(finding, side=OTHER[finding.side], value=value)


def turned_words(text: str) -> str:
    return re.sub(r"\b(left|right)\b", lambda found: OTHER[found[0]], text)


@often
@given(people, visit_lists())
def test_left_and_right_are_mirror_images(person: Person, visits: tuple[Visit, ...]) -> None:
    plan, other = plan_or_none(person, visits), plan_or_none(*mirrored(person, visits))
    assert (plan is None) == (other is None)
    if plan is None or other is None:
        return
    assert [(e.exercise, e.sets, OTHER[e.side]) for e in plan.exercises] == [
        (e.exercise, e.sets, e.side) for e in other.exercises
    ]
    assert [turned_words(e.how) for e in plan.exercises] == [e.how for e in other.exercises]
    assert {left.exercise for left in plan.left_out} == {left.exercise for left in other.left_out}


@often
@given(people, visit_lists())
def test_every_exercise_shown_passes_every_ban(person: Person, visits: tuple[Visit, ...]) -> None:
    plan = plan_or_none(person, visits)
    if plan is None:
        return
    shown = {each.exercise for each in plan.exercises}
    for name in shown:
        said = check_any(CARE.exercise(name).not_with, person)
        assert not said.holds, f"{name}: {said.events}"
        assert said.holds is False or not CARE.exercise(name).impact, f"{name}: nobody asked"
    assert not shown & set(find_bars(person, visits, CARE, NORMS))
    if find_impact_ban(person, CARE):
        assert not any(CARE.exercise(name).impact for name in shown)
        assert not any(test.impact for test in offer_tests(person, CARE))
        for each in assess_readiness(person, visits, CARE, NORMS):
            assert not any(step.gates for step in each.steps if step.spec.impact)
            assert not any(gate.impact for gate in each.gates)
    jumps = {spec.title.lower() for spec in CARE.exercises.values() if spec.impact}
    barred = find_bars(person, visits, CARE, NORMS)
    onwards = " ".join(f"{each.harder} {each.easier}" for each in plan.exercises).lower()
    assert not [
        title
        for title in jumps
        if f"then: {title}." in onwards and any(CARE.exercise(b).title.lower() == title for b in barred)
    ]


def test_nothing_that_nobody_verified_is_printed_as_a_norm() -> None:
    compared, rows = set(), {row.id: row for row in NORMS}
    told = [row for row in rows.values() if row.verified is not Verified.UNVERIFIED and row.ours != "other"]
    for spec in CARE.hand_tests.values():
        for age in range(18, 95, 4):
            for sex in ("female", "male"):
                person = Person(DAY, DAY.year - age, sex, make_intake())
                values = [
                    (side, spec.low + (spec.high - spec.low) * part)
                    for side in (("left", "right") if spec.sided else ("",))
                    for part in (0.1, 0.5)
                ]
                taken = tuple(HandMeasurement(test=spec.id, side=side, value=value) for side, value in values)
                for reading in judge_visit(make_visit(measurements=taken), person, CARE, NORMS):
                    if reading.comparison is not None:
                        assert reading.comparison.source.verified != "unverified"
                        row = rows[reading.comparison.norm_id]
                        assert row.ours in ("same", "near"), "another measurement judges nobody"
                        assert reading.comparison.text.endswith(row.match_words)
                        compared.add(spec.id)
                    elif " years is " in reading.reason:
                        assert any(row.citation in reading.reason for row in told), "every figure has its row"
    assert compared, "some test has a norm that somebody has read"


@often
@given(people, visit_lists())
def test_no_gate_passes_for_a_norm_and_no_headline_for_a_clearance(person: Person, visits: tuple[Visit, ...]) -> None:
    for each in assess_readiness(person, visits, CARE, NORMS):
        for gate in each.gates:
            assert "norm" not in gate.text
            if gate.spec.floor is not None:
                assert gate.spec.floor.source.verified == "own_tolerance"
                assert "movescreen's proposal" in gate.spec.floor.source.citation
        assert "full effort" not in each.headline


@often
@given(people, visit_lists(), st.data())
def test_taking_away_the_results_of_a_test_never_moves_anybody_forward(
    person: Person, visits: tuple[Visit, ...], data: st.DataObject
) -> None:
    tested = sorted({taken.test for visit in visits for taken in visit.measurements})
    gone = data.draw(st.sampled_from(tested))
    less = [
        visit.model_copy(update={"measurements": tuple(m for m in visit.measurements if m.test != gone)})
        for visit in visits
    ]
    before = {each.spec.id: each for each in assess_readiness(person, visits, CARE, NORMS)}
    for each in assess_readiness(person, less, CARE, NORMS):
        assert each.position <= before[each.spec.id].position
        assert each.met <= before[each.spec.id].met


@often
@given(people, visit_lists())
def test_nobody_stands_past_a_gate_that_is_not_met(person: Person, visits: tuple[Visit, ...]) -> None:
    for each in assess_readiness(person, visits, CARE, NORMS):
        for step in each.steps[: each.position]:
            assert all(gate.state is GateState.MET for gate in step.gates)
        if each.refused or not each.open:
            assert each.position == 0
            assert each.training is None


@often
@given(people, visit_lists())
def test_the_same_person_gets_the_same_plan(person: Person, visits: tuple[Visit, ...]) -> None:
    assert plan_or_none(person, visits) == plan_or_none(person, visits)
