"""What the trainer saw and felt, in the web app: a form, the visit, and the words that hold the plan."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from movescreen.records import RecordStore
from tests.support.clients import DAY
from tests.web.conftest import post

ENTRY: dict[str, Any] = {"day": DAY.isoformat(), "what": "special_test", "name": "Squeeze test", "side": "right", "result": "negative", "words": "", "painful": "2", "note": "firm"}  # fmt: skip


def test_an_entry_is_kept_and_stands_on_the_visit(client: TestClient, store: RecordStore, runner: str) -> None:
    answer = post(client, f"/clients/{runner}/observe", **ENTRY)
    assert answer.status_code == 303
    seen = store.visits(runner)[0].observations[0]
    assert (seen.what, seen.name, seen.side, seen.result, seen.painful, seen.note) == ("special_test", "Squeeze test", "right", "negative", 2, "firm")  # fmt: skip
    page = client.get(f"/clients/{runner}/visits/{DAY}").text
    assert "Squeeze test, right" in page
    assert "special test by the trainer" in page
    assert "negative, pain 2 of 10" in page
    assert "Squeeze test, right" in client.get(f"/clients/{runner}/observe?day={DAY}").text


def test_words_go_before_the_buttons(client: TestClient, store: RecordStore, runner: str) -> None:
    post(client, f"/clients/{runner}/observe", **(ENTRY | {"words": "end-feel hard"}))
    assert store.visits(runner)[0].observations[0].result == "end-feel hard"


def test_a_test_without_a_result_is_not_kept(client: TestClient, store: RecordStore, runner: str) -> None:
    answer = post(client, f"/clients/{runner}/observe", **(ENTRY | {"result": ""}))
    assert answer.status_code == 200
    assert "needs its result" in answer.text
    assert "Squeeze test" in answer.text  # nothing that was typed is lost
    assert store.visits(runner) == ()


def test_a_danger_word_asks_to_be_read_at_once(client: TestClient, runner: str) -> None:
    post(client, f"/clients/{runner}/observe", **(ENTRY | {"note": "he felt a pop in the calf"}))
    assert "Read this before you go on" in client.get(f"/clients/{runner}/observe").text
    assert "Read this before you go on" in client.get(f"/clients/{runner}").text


def test_the_client_and_the_visit_lead_to_the_form(client: TestClient, runner: str) -> None:
    post(client, f"/clients/{runner}/observe", **ENTRY)
    for page in (f"/clients/{runner}", f"/clients/{runner}/visits/{DAY}"):
        assert f"/clients/{runner}/observe" in client.get(page).text
