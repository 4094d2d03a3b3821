"""The trainer's word on a finding: what follows obeys it, and nothing that stops somebody is lifted by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from movescreen.catalog import load_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.person import Person
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.making import make_plan as make_unread
from movescreen.client.plan.needs import Grounds, weigh_need
from movescreen.client.plan.since import look
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.rules.progress import compare_visits
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.client.visits.corrections import Correction, join_corrections, judgements_of
from movescreen.client.visits.visit import MovementPain, Reading, SessionNote, Visit
from movescreen.errors import NeedsReferral, WordsUnread
from movescreen.model import Finding, Status, judge
from tests.support.clients import CARE, DAY, QUESTIONS, make_person, make_record, make_visit, read_all
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
HURT = SessionNote(movement_pain=(MovementPain(movement="squat", place="knee", side="left", score=6),))
CHECKS = ("knee_valgus", "weight_shift", "heel_rise")
FLAGGED, CLEAR, UNSEEN = Status.FLAGGED, Status.CLEAR, Status.NOT_ASSESSED


def word(check: str, verdict: str | None, **more: Any) -> Correction:
    told = {
        "kind": "judgement",
        "movement": "squat",
        "check_id": check,
        "verdict": verdict,
        "reason": "hem of the trousers",
        "by": "MK",
    }
    return Correction.model_validate(told | more)


def corrected(visit: Visit, *words: Correction) -> Visit:
    (screening,) = visit.screenings
    return visit.model_copy(update={"screenings": (screening.model_copy(update={"corrections": words}),)})


def judged(visit: Visit, *words: Correction) -> Finding:
    return next(f for f in corrected(visit, *words).findings if f.check_id == "knee_valgus")


def squat(*, flagged: tuple[str, ...] = CHECKS, notes: tuple[SessionNote, ...] = (), later: int = 0) -> Visit:
    findings = tuple(make_record(name, FLAGGED if name in flagged else CLEAR) for name in CHECKS)
    return make_visit(DAY + timedelta(days=later), findings=findings, notes=notes)


ALL_GONE = tuple(word(name, "not_there") for name in CHECKS)


# --- nothing that stops is lifted --------------------------------------------------------------------------------------


def test_a_red_flag_stops_the_plan_whatever_is_overruled() -> None:
    person = make_person(symptoms=QUESTIONS | {"calf_swelling": True})
    visit = corrected(squat(), *ALL_GONE)
    assert review_red_flags(person, CARE).stopping
    with pytest.raises(NeedsReferral):
        make_plan(person, [visit], CARE, NORMS)


def test_a_movement_that_hurt_stays_barred_when_its_findings_are_overruled() -> None:
    person = make_person()
    hurt = squat(notes=(HURT,))
    overruled = corrected(hurt, *ALL_GONE)
    assert find_bars(read_all(person, overruled), [overruled], CARE, NORMS) == find_bars(person, [hurt], CARE, NORMS)
    barred = find_bars(person, [corrected(hurt, *ALL_GONE)], CARE, NORMS)
    assert {e.id for e in CARE.exercises.values() if "squat" in e.movements} <= set(barred)


def test_a_ban_on_jumping_stays_when_everything_is_overruled() -> None:
    person = make_person(pregnant=True, pregnancy_week=30)
    assert find_impact_ban(person, CARE)
    plan = make_plan(person, [corrected(squat(), *ALL_GONE)], CARE, NORMS)
    assert not [e.exercise for e in plan.exercises if CARE.exercises[e.exercise].impact]


def gate(person: Person, visit: Visit) -> GateState:
    found = [g for each in assess_readiness(person, [visit], CARE, NORMS) for g in each.gates]
    return next(g.state for g in found if g.spec.id == "squat_control")


def test_overruling_closes_a_gate_and_never_opens_one() -> None:
    person = make_person(goals=("run",), sports=("running",))
    clear = squat(flagged=())
    assert gate(person, clear) is GateState.MET
    assert gate(person, squat()) is GateState.NOT_MET
    assert gate(person, corrected(squat(), *ALL_GONE)) is GateState.NOT_KNOWN
    assert gate(person, corrected(clear, word("knee_valgus", "there"))) is GateState.NOT_MET
    assert gate(person, corrected(clear, word("knee_valgus", "not_there"))) is GateState.MET


def test_a_reason_that_nobody_read_holds_the_plan() -> None:
    person, visit = (
        make_person(),
        corrected(squat(), word("knee_valgus", "not_there", reason="there was a loud pop in the knee")),
    )
    assert find_unread_words(person, [visit], CARE)
    with pytest.raises(WordsUnread):
        make_unread(person, [visit], CARE, NORMS)


def test_numbers_that_the_trainer_does_not_believe_let_no_exercise_go_up() -> None:
    before = make_visit(findings=(make_record("heel_rise", value=34.0, measurement_error=2.0),))
    after = make_visit(
        DAY + timedelta(days=28), findings=(make_record("heel_rise", CLEAR, value=2.0, measurement_error=2.0),)
    )
    better = look(before, after, CARE, NORMS)
    assert any(seen.better for found in better.values() for seen in found)
    doubted = look(corrected(before, word("heel_rise", "not_there")), after, CARE, NORMS)
    assert not [seen for found in doubted.values() for seen in found if seen.better]
    # a change for the worse holds back all the same
    worse = look(corrected(after, word("heel_rise", "there")).model_copy(update={"day": DAY}), before, CARE, NORMS)
    assert [seen for found in worse.values() for seen in found if not seen.better]


# --- what follows obeys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "verdict", "expected"),
    [
        (FLAGGED, "not_there", CLEAR), (FLAGGED, "confirmed", FLAGGED), (FLAGGED, "comment", FLAGGED), (FLAGGED, "there", FLAGGED),
        (CLEAR, "there", FLAGGED), (CLEAR, "not_there", CLEAR), (UNSEEN, "there", FLAGGED), (UNSEEN, "not_there", CLEAR),
        (UNSEEN, "comment", UNSEEN), (Status.BORDERLINE, "confirmed", Status.BORDERLINE), (Status.BORDERLINE, "there", FLAGGED),
    ],
)  # fmt: skip
def test_what_counts_after_a_word(status: Status, verdict: str, expected: Status) -> None:
    visit = make_visit(findings=(make_record("knee_valgus", status),))
    found = judged(visit, word("knee_valgus", verdict))
    assert found.status is expected
    assert found.value == 15.0, "the camera's number stays beside it"
    assert visit.screenings[0].findings[0].status is status, "what is kept of the camera stays"


def test_the_last_word_counts_and_may_be_taken_back() -> None:
    visit, there = squat(flagged=()), word("knee_valgus", "there")
    assert judged(visit, word("knee_valgus", "not_there"), there).status is FLAGGED
    assert judged(visit, there, word("knee_valgus", None, taken_back=True)) == visit.screenings[0].findings[0]
    # a word about one side says nothing of the other
    assert judged(visit, word("knee_valgus", "there", side="left")).status is CLEAR


def test_a_need_goes_with_the_finding_and_comes_with_it() -> None:
    spec, person = CARE.needs["knee_control"], make_person()

    def weight(visit: Visit) -> int:
        return weigh_need(spec, Grounds(person, visit.findings)).weight

    seen, unseen = squat(flagged=("knee_valgus",)), squat(flagged=())
    assert (weight(seen), weight(corrected(seen, word("knee_valgus", "not_there")))) == (3, 0)
    assert (weight(unseen), weight(corrected(unseen, word("knee_valgus", "there")))) == (0, 3)


def test_progress_keeps_the_cameras_numbers() -> None:
    reading = Reading(signal="heel_rise", side="right", value=20.0, unit="pct", error=2.0, reps=(20.0, 20.0, 20.0))
    visits = [
        make_visit(DAY + timedelta(days=d), findings=(make_record("heel_rise"),), readings=(reading,)) for d in (0, 28)
    ]
    plain = compare_visits(visits, load_catalog())
    overruled = compare_visits([corrected(v, word("heel_rise", "not_there")) for v in visits], load_catalog())
    assert plain == overruled
    assert plain[0].points[-1].value == 20.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "not_there", "reason": ""}, {"verdict": "there", "reason": "  "}, {"verdict": None}, {"verdict": "comment", "reason": ""},
        {"kind": "left_out", "reason": ""}, {"kind": "named", "movement": "", "verdict": None},
    ],
)  # fmt: skip
def test_overruling_without_a_reason_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        word("knee_valgus", **({"verdict": None} | wrong))
    assert word("knee_valgus", "confirmed", reason="").reason == ""


def test_entries_of_two_places_are_joined_each_once() -> None:
    first = word("knee_valgus", "there")
    second = word("knee_valgus", "not_there", at=first.at + timedelta(seconds=5))
    assert join_corrections([second, first], [first]) == (first, second)
    (held,) = judgements_of(join_corrections([second], [first]))
    assert held.verdict == "not_there"
    assert [f.status for f in judge([make_record("knee_valgus")], [held])] == [CLEAR]
