"""Pain decides how far a plan goes: the worst of the last 14 days, whoever told it; older is "not asked"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Pain
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from movescreen.client.rules.gates import GateState
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, recent_pain
from movescreen.client.visits.visit import SessionNote, Visit
from tests.support.clients import CARE, DAY, make_person, make_record, make_visit
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
INTAKE, NOTED, PLANNED = date(2025, 3, 1), date(2025, 11, 25), date(2025, 11, 27)
BEND = make_record("spine_dominant_bend", movement="bend")


def lifter(today: date = PLANNED, told: date = INTAKE, *pains: Pain) -> Person:
    """Return somebody who wants to lift, and told once, without pain unless given."""
    return make_person(today=today, day=told, goals=("lift",), sports=("strength",), pains=pains)


def noted(note: SessionNote, day: date = NOTED) -> Visit:
    return make_visit(day, findings=(BEND,), notes=(note,))


def plan_for(person: Person, *visits: Visit) -> Plan:
    return make_plan(person, visits, CARE, NORMS)


def last_stage(plan: Plan) -> str:
    return max((e.stage for e in plan.exercises), key=STAGES.index)


def page(plan: Plan) -> str:
    return " ".join([plan.headline, *plan.cautions, *(left.reason for left in plan.left_out)])


def test_no_deadlift_two_days_after_it_hurt() -> None:
    hurt = SessionNote(pain_during=8, pain_next_day=7, text="back hurt under the bar")
    plan = plan_for(lifter(), noted(hurt))
    assert "romanian_deadlift" not in [e.exercise for e in plan.exercises]
    assert last_stage(plan) == "activation"
    assert plan.headline.startswith("Talk first: pain of 8 of 10 during training, reported on 2025-11-25.")
    fine = plan_for(lifter(), noted(SessionNote(pain_during=1, pain_next_day=0)))
    assert last_stage(fine) == "load"
    assert "Talk first" not in fine.headline


@pytest.mark.parametrize(
    ("note", "stage", "says"),
    [
        (SessionNote(pain_during=2, pain_next_day=2), "load", ""),
        (SessionNote(pain_during=3), "integration", "weight comes at 2 or less"),
        (SessionNote(pain_now=4), "integration", "weight comes at 2 or less"),
        (SessionNote(pain_week=5), "integration", "weight comes at 2 or less"),
        (SessionNote(pain_next_day=4), "integration", "weight comes at 2 or less"),
        (SessionNote(pain_next_day=5), "activation", "one step back, and ask again"),
        (SessionNote(pain_during=5), "integration", "weight comes at 2 or less"),
        (SessionNote(pain_during=6), "activation", "quiet it first"),
        (SessionNote(pain_during=7), "activation", "no load, talk first"),
        (SessionNote(pain_next_day=7), "activation", "no load, talk first"),
        (SessionNote(pain_now=0, pain_week=0, pain_during=8), "activation", "no load, talk first"),
    ],
)
def test_every_question_about_pain_is_heard(note: SessionNote, stage: str, says: str) -> None:
    plan = plan_for(lifter(), noted(note))
    assert last_stage(plan) == stage
    assert says in " ".join(plan.cautions)
    if not says:
        assert not any("pain of" in caution for caution in plan.cautions)


def test_the_worst_of_two_weeks_decides_and_not_the_last_word() -> None:
    later = noted(SessionNote(pain_during=0, pain_next_day=0), PLANNED)
    assert last_stage(plan_for(lifter(), noted(SessionNote(pain_during=6)), later)) == "activation"
    bad = Pain(place="low_back", now=1, week=6)
    sore = plan_for(lifter(PLANNED, NOTED, bad), later)
    assert "quiet it first" in " ".join(sore.cautions)
    assert not [
        e.exercise
        for e in sore.exercises
        if e.stage in ("load", "speed")
        or ("hip_hinge" in CARE.exercise(e.exercise).serves and e.stage == "integration")
    ]
    assert last_stage(plan_for(lifter(PLANNED, NOTED), later)) == "load"


@pytest.mark.parametrize(("days", "asked"), [(0, True), (14, True), (15, False), (90, False)])
def test_pain_counts_for_two_weeks(days: int, asked: bool) -> None:
    told = PLANNED - timedelta(days=days)
    person, visit = lifter(told=INTAKE), noted(SessionNote(pain_during=0, pain_next_day=0), told)
    assert bool(recent_pain(person, [visit])) is asked
    plan = plan_for(person, visit, make_visit(PLANNED, findings=(BEND,)))
    assert (last_stage(plan) == "load") is asked
    assert ("nobody asked about pain in the last 14 days" in page(plan)) is not asked
    assert any("One set fewer" in caution for caution in plan.cautions) is not asked


def test_old_pain_is_not_told_as_if_it_were_new() -> None:
    old = Pain(place="low_back", now=2, week=3)
    plan = plan_for(lifter(PLANNED, date(2025, 10, 10), old), make_visit(PLANNED, findings=(BEND,)))
    said = plan.model_dump_json()
    assert "nobody asked about pain in the last 14 days; the last word is of 2025-10-10" in page(plan)
    for words in ("this week", "weight comes at", "2 of 10 now"):
        assert words not in said
    assert "2 of 10 on 2025-10-10" in said, "told with its day"
    assert last_stage(plan) == "integration"
    new = plan_for(lifter(PLANNED, NOTED, old), make_visit(PLANNED, findings=(BEND,)))
    assert "2 of 10 on 2025-11-25, 3 at worst in the week before" in new.model_dump_json(), "two days are not now"
    today = plan_for(lifter(PLANNED, PLANNED, old), make_visit(PLANNED, findings=(BEND,)))
    assert "2 of 10 now, 3 at worst this week" in today.model_dump_json()
    assert "nobody asked" not in page(new)


SORE = Pain(place="low_back", now=1, week=3)
FORTNIGHT = PLANNED - PAIN_COUNTS_FOR


def test_the_worst_of_two_weeks_says_that_less_was_told_since() -> None:
    later = noted(SessionNote(pain_now=2), PLANNED)
    said = page(plan_for(lifter(PLANNED, FORTNIGHT, SORE), later))
    assert (
        "pain of 3 of 10 in the week before, reported on 2025-11-13, the worst of the last 14 days (2 told on 2025-11-27)"
        in said
    )
    gone = page(plan_for(lifter(PLANNED, FORTNIGHT - timedelta(days=1), SORE), later))
    assert "pain of 3 of 10" not in gone, "older than that, it decides nothing"
    over = page(plan_for(lifter(PLANNED, FORTNIGHT, SORE), noted(SessionNote(pain_now=0, pain_week=2), PLANNED)))
    assert "pain of 3 of 10" not in over, "a later week takes its place"
    same = page(plan_for(lifter(PLANNED, FORTNIGHT, SORE), noted(SessionNote(pain_now=0, pain_week=3), PLANNED)))
    assert "pain of 3 of 10 in the week before, reported on 2025-11-27:" in same, "of equals the newest"
    assert "the worst of the last" not in same


def test_a_complaint_is_told_with_the_newest_word_on_pain() -> None:
    asked, told = FORTNIGHT, noted(SessionNote(pain_now=0, pain_week=2), PLANNED)
    (chain,) = plan_for(lifter(PLANNED, asked, SORE), told).pathways
    assert "(1 of 10 on 2025-11-13, 3 at worst in the week before)" in chain.complaint
    assert chain.complaint.endswith("; pain told last: 0 of 10 on 2025-11-27, 2 at worst in the week before")
    (fresh,) = plan_for(lifter(PLANNED, PLANNED, SORE), noted(SessionNote(pain_now=5), FORTNIGHT)).pathways
    assert "told last" not in fresh.complaint, "the conversation is newer"


def test_nobody_asked_ever_is_said_without_a_day() -> None:
    person = make_person(pains=None, goals=("lift",))
    plan = plan_for(person, make_visit(findings=(BEND,)))
    assert "nobody asked about pain in the last 14 days" in plan.cautions
    assert last_stage(plan) == "integration"


def test_pain_gates_are_not_known_after_two_weeks() -> None:
    for days, state in ((14, GateState.MET), (15, GateState.NOT_KNOWN)):
        notes = tuple(SessionNote(pain_now=0, pain_next_day=1) for _ in range(2))
        (ready,) = assess_readiness(make_person(DAY + timedelta(days=days)), [make_visit(notes=notes)], CARE, NORMS)
        found = {gate.spec.id: gate for gate in ready.gates}
        assert found["pain_now"].state is state
        assert found["pain_next_day"].state is state
        assert found["confidence"].state is GateState.MET, "how sure somebody is lasts eight weeks"
    assert timedelta(days=14) == PAIN_COUNTS_FOR
