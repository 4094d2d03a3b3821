"""Records to look at again: by the newest entry or by a day that somebody set; nothing goes by itself."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from movescreen.client.visits.visit import SessionNote
from movescreen.errors import InputError
from movescreen.records import RecordStore
from movescreen.records.acting import Acting, Reach, acting_as
from movescreen.records.backup import restore_backup, write_backup
from movescreen.records.retention import add_months, keep_until, list_keeping
from movescreen.records.trail import read_trail
from movescreen.words.numbers_and_units import date_words
from tests.support.clients import DAY
from tests.web.conftest import client, config, post

__all__ = ["client", "config"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)), (date(2026, 3, 2), 36, date(2029, 3, 2)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)  # fmt: skip
def test_months_later(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_the_newest_entry_counts_until_somebody_sets_a_later_day(store: RecordStore) -> None:
    for code in ("P", "Q", "NEW"):
        store.add_client(code)
    store.add_note("P", DAY, SessionNote(text="x"))
    store.add_note("P", DAY - timedelta(days=400), SessionNote(text="x"))
    store.add_note("Q", DAY - timedelta(days=1), SessionNote(text="x"))

    def listed() -> list[tuple[str, date]]:
        return [(each.client.code, each.look_on) for each in list_keeping(store, 12)]

    day_before = DAY - timedelta(days=1)
    assert listed()[:2] == [("Q", add_months(day_before, 12)), ("P", add_months(DAY, 12))]
    keep_until(store, "Q", date(2031, 1, 1), DAY)
    assert ("Q", date(2031, 1, 1)) in listed()
    with pytest.raises(InputError, match="does not lie ahead"):
        keep_until(store, "P", DAY, DAY)
    store.add_note("Q", date(2030, 6, 1), SessionNote(text="came back"))
    assert ("Q", date(2031, 6, 1)) in listed()
    with acting_as(Acting("x", "web", reach=Reach(teams=frozenset({"A"})))):
        assert listed() == []


def test_the_page_lists_whom_to_look_at_and_deletes_nobody(client: TestClient) -> None:
    store: Any = client.app.state.services.records.store  # type: ignore[attr-defined]
    assert "None are due" in client.get("/review").text
    for code, day in (("OLD", date(2019, 5, 1)), ("NOW", date.today())):
        store.add_client(code)
        store.add_note(code, day, SessionNote(text="x"))
    page = client.get("/review").text
    assert "due since 1 May 2022" in page
    assert "Next: NOW" in page
    assert post(client, "/review", code="OLD", until="2020-01-01").status_code == 400
    assert post(client, "/review", code="OLD", until="soon").status_code == 400
    assert post(client, "/review", code="OLD", until=(date.today() + timedelta(days=9)).isoformat()).status_code == 303
    assert "None are due" in client.get("/review").text
    assert [c.code for c in store.list_clients()] == ["NOW", "OLD"]
    assert ("changed", "clients (look_again_on)") in {(row.action, row.what) for row in read_trail(store, client="OLD")}


def test_the_page_says_when_a_backup_brought_back_who_was_deleted_since(client: TestClient, tmp_path: Path) -> None:
    store: Any = client.app.state.services.records.store  # type: ignore[attr-defined]
    store.add_client("P")
    made = write_backup(store, tmp_path / "b.zip")
    store.delete_client("P")
    said = "Whoever was deleted or took back consent after the backup was made"
    assert said not in client.get("/review").text
    restore_backup(store, tmp_path / "b.zip")
    assert [c.code for c in store.list_clients()] == ["P"]
    page = client.get("/review").text
    assert said in page
    assert f"a backup of {date_words(made.made[:10])} was put back" in page
