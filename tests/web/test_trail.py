"""Looking at pages leaves traces."""

from __future__ import annotations

from starlette.testclient import TestClient

from movescreen.records import RecordStore
from movescreen.records.trail import check_trail, read_trail
from tests.web.conftest import post


def told(store: RecordStore) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(row.action, row.what, row.clients) for row in reversed(read_trail(store)) if row.how == "web"]


def test_pages_leave_traces_of_who_looked_changed_and_took_away(client: TestClient, store: RecordStore) -> None:
    post(client, "/clients/new", code="P", name="A name")
    client.get("/clients/P")
    client.get("/clients/P/visits/2026-03-02")  # there is none
    post(client, "/clients/P/note", day="2026-03-02", pain_now="2")
    client.get("/clients/P/visits/2026-03-02")
    client.get("/clients/P/export")
    client.get("/api/clients/P")
    post(client, "/clients/P/letters/soap", form="text")
    post(client, "/clients/P/letters/soap")
    client.get("/clients")
    client.get("/privacy")
    post(client, "/clients/P/delete", code="P", now="yes")
    uid = read_trail(store)[-1].clients[0]
    assert told(store) == [
        ("added", "clients", (uid,)),
        ("saw", "client", (uid,)),
        ("added", "notes 2026-03-02", (uid,)),
        ("saw", "visit 2026-03-02", (uid,)),
        ("exported", "export", (uid,)),
        ("exported", "client", (uid,)),
        ("exported", "write letter soap", (uid,)),
        ("did", "write letter soap", (uid,)),
        ("saw", "clients", (uid,)),
        ("deleted", "notes, clients", (uid,)),
    ]
    assert check_trail(store).wrong == ""


def test_the_page_shows_the_trail_and_what_was_done_to_it(client: TestClient, runner: str, store: RecordStore) -> None:
    client.get(f"/clients/{runner}")
    page = client.get("/trail", params={"client": runner}).text
    assert "whole" in page
    assert f'saw client: <a href="/clients/{runner}">' in page
    assert "show everything" in client.get("/trail", params={"who": "nobody"}).text
    assert "show everything" in client.get("/trail", params={"day": "x"}).text
    mistyped = client.get("/trail", params={"holds": "x"}).text
    assert "is no hash of a trail. One has 64 digits" in mistyped
    assert "tampered" not in mistyped
    assert f"added,clients,{runner}" in client.get("/trail.csv").text
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE trail SET who = 'x' WHERE id = 1")
    assert "tampered with: row 1" in client.get("/trail").text


def test_looking_makes_no_records(client: TestClient) -> None:
    for path in ("/", "/clients", "/results", "/trail", "/trail.csv"):
        assert client.get(path).status_code == 200
    assert not client.app.state.services.records.exist  # type: ignore[attr-defined]
