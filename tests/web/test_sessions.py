"""A session told in the web app: a few taps, kept as a note, heard by the next plan, read for danger words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from movescreen.app.client_pages import make_next_plan
from movescreen.client.intake.model import Consent
from movescreen.client.visits.visit import SessionNote
from movescreen.records import RecordStore
from tests.support.clients import DAY, make_intake
from tests.web.conftest import post

TODAY = date.today()
YES = Consent(records=True, pictures=True, on=DAY)


@pytest.fixture
def trained(store: RecordStore, runner: str) -> list[str]:
    """Return the exercises of a plan that the runner has had for four weeks."""
    store.add_intake(runner, make_intake(day=TODAY - timedelta(weeks=4), consent=YES, goals=("lift",)))
    plan = make_next_plan(store, runner, TODAY - timedelta(weeks=4), None).plan
    return [e.exercise for e in plan.exercises]


def told(store: RecordStore, code: str) -> list[SessionNote]:
    return [note for visit in store.visits(code) for note in visit.notes]


def test_without_a_plan_there_is_a_note_to_write(client: TestClient, runner: str) -> None:
    assert client.get(f"/clients/{runner}/session").headers["location"] == f"/clients/{runner}/note"


def test_three_taps_and_a_tick(client: TestClient, store: RecordStore, runner: str, trained: list[str]) -> None:
    page = client.get(f"/clients/{runner}/session").text
    assert all(f'value="{name}"' in page for name in trained)
    sent = post(
        client, f"/clients/{runner}/session", pain_during="1", pain_next_day="0", confidence="7", done=trained[0]
    )
    assert sent.headers["location"] == f"/clients/{runner}"
    (note,) = told(store, runner)
    assert (note.pain_during, note.pain_next_day, note.confidence) == (1, 0, 7)
    assert [(each.exercise, each.done) for each in note.exercises] == [(name, name == trained[0]) for name in trained]


def test_the_next_morning_alone_says_nothing_about_what_was_done(
    client: TestClient, store: RecordStore, runner: str, trained: list[str]
) -> None:
    post(client, f"/clients/{runner}/session", pain_next_day="3", **{f"{trained[1]}.pain_next_day": "3"})
    (note,) = told(store, runner)
    assert [(each.exercise, each.done, each.pain_next_day) for each in note.exercises] == [(trained[1], None, 3)]


@pytest.mark.parametrize("field", ["pain_during", "effort", "own"])
def test_a_mistake_stands_beside_its_question(
    client: TestClient, store: RecordStore, runner: str, trained: list[str], field: str
) -> None:
    name = f"{trained[0]}.pain_during" if field == "own" else field
    page = post(client, f"/clients/{runner}/session", **{name: "11"})
    assert page.status_code == 200
    assert f'id="wrong-{name}"' in page.text
    assert not told(store, runner)
    assert "nothing to keep yet" in post(client, f"/clients/{runner}/session").text


def test_its_words_hold_the_plan(client: TestClient, store: RecordStore, runner: str, trained: list[str]) -> None:
    post(client, f"/clients/{runner}/session", pain_during="1", text="it went numb")
    assert "Read this before you go on" in client.get(f"/clients/{runner}").text
    assert 'id="exercises"' not in client.get(f"/clients/{runner}/plan").text


def test_the_next_plan_knows_and_says_first_what_changed(
    client: TestClient, store: RecordStore, runner: str, trained: list[str]
) -> None:
    went_well = SessionNote(pain_during=0, pain_next_day=1, sessions_done=11, sessions_planned=12)
    store.add_note(runner, TODAY - timedelta(days=1), went_well)
    assert post(client, f"/clients/{runner}/plan/make", based_on="1", days="2").status_code == 303
    saved = store.latest_plan(runner)
    assert saved is not None
    assert saved.plan.days == (2,)
    text = client.get(f"/clients/{runner}/plan").text
    assert (
        text.index("The exercises")
        < text.index("What to do, and what to mind")
        < text.index("What changed since the plan of")
    )
    assert "is marked" in client.get(f"/clients/{runner}/handout").text
    assert "Pain 1 of 10 the next morning, 11 of 12 sessions" in text
    assert "What changed since the plan of" in client.get(f"/clients/{runner}").text


def test_nothing_changed_is_folded(client: TestClient, store: RecordStore, runner: str, trained: list[str]) -> None:
    store.add_note(
        runner,
        TODAY - timedelta(days=1),
        SessionNote(pain_during=0, pain_next_day=0, sessions_done=2, sessions_planned=12),
    )
    post(client, f"/clients/{runner}/plan/make", based_on="1")
    saved = store.latest_plan(runner)
    assert saved is not None
    assert {e.change for e in saved.plan.exercises} == {"hold"}
    text = client.get(f"/clients/{runner}/plan").text
    assert "No exercise changed since the plan of" in text
    assert "2 of 12 sessions: the same again." in text
