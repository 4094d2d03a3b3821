"""Teams in the web app: a roster is looked at before it is kept, and a day's queue obeys the gate and survives the server."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from movescreen.client.visits.visit import ScreeningRecord
from movescreen.records import RecordStore
from movescreen.web.config import WebConfig
from tests.app.test_team_day import FRONT, add, clip, screen
from tests.support.clients import QUESTIONS
from tests.web.conftest import client_of, post

DAY, NEXT, ABSENT = "/teams/day?team=Team", "/teams/next?team=Team", "/teams/absent?team=Team"


def upload(client: TestClient, text: str, name: str = "roster.csv") -> str:
    answer = client.put(f"/api/uploads/rosters/{name}", content=text.encode())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["page"])


def test_a_roster_is_kept_only_when_somebody_says_so(client: TestClient, store: RecordStore) -> None:
    page = upload(client, "No.,Spieler,Sex\n7,Ana Lee,F\n10,Bo Kim,M\n")
    assert "No column says who it is" in client.get(page).text
    chosen = {"column-0": "jersey", "column-1": "name", "column-2": "sex", "team": "U16/17 <b>&"}
    assert "Import 2 athletes" in post(client, page, **chosen, do="look").text
    assert store.list_clients() == ()
    kept = post(client, page, **chosen, do="keep")
    assert kept.headers["location"] == f"/teams/day?team={quote('U16/17 <b>&', safe='')}"
    assert [(c.code, c.name, c.team) for c in store.list_clients()] == [
        ("J7", "Ana Lee", "U16/17 <b>&"), ("J10", "Bo Kim", "U16/17 <b>&"),
    ]  # fmt: skip
    assert client.get(page).status_code == 404, "it cannot be sent twice"
    board = client.get(kept.headers["location"]).text
    assert "U16/17 &lt;b&gt;&amp;" in board
    listed = client.get("/clients", params={"team": "U16/17 <b>&"}).text
    assert listed.index("Ana Lee") < listed.index("Bo Kim"), "7 before 10"


def test_a_mistake_keeps_the_whole_roster_out_also_when_keeping_is_asked_for(
    client: TestClient, store: RecordStore
) -> None:
    page = upload(client, "Name,Sex,Team\nAna Lee,F,Team\nBo Kim,femail,Team\n")
    columns = {"column-0": "name", "column-1": "sex", "column-2": "team"}
    assert "Row 3:</b> Sex: &#39;femail&#39; is not known" in post(client, page, **columns, do="keep").text
    assert store.list_clients() == ()
    for content, status in ((b"PK\x03\x04 damaged", 400), (b"x" * 5_000_001, 413)):
        assert client.put("/api/uploads/rosters/r.xlsx", content=content).status_code == status


def test_foreign_pages_neither_send_a_roster_nor_begin_a_session(client: TestClient, store: RecordStore) -> None:
    add(store, 1)
    for method, path in (("PUT", "/api/uploads/rosters/r.csv"), ("POST", DAY), ("POST", NEXT), ("POST", ABSENT)):
        assert client.request(method, path, headers={"origin": "http://elsewhere"}).status_code == 403


def test_the_queue_goes_on_by_itself_around_nobody_and_survives_the_server(
    client: TestClient, store: RecordStore, config: WebConfig
) -> None:
    add(store, 1, symptoms=QUESTIONS | {"chest_pain": True})
    add(store, 2, asked=False)
    for number in (3, 4, 10):
        add(store, number)
    screen(store, "J3", clips=(clip(FRONT),))
    assert post(client, NEXT).headers["location"] == DAY, "no session was chosen yet"
    assert post(client, DAY, protocol="squat", repetitions="3", model="lite", voice="yes").status_code == 303
    page = client.get(DAY).text
    assert "Next athlete: 4 Athlete 4" in page
    assert "Missing: Squat, from the side" in page
    for code in ("J1", "J2"):
        assert post(client, NEXT, code=code).status_code == 422
    assert client.app.state.services.hub.under_way() == []  # type: ignore[attr-defined]

    begun = post(client, NEXT).headers["location"]
    hub = client.app.state.services.hub  # type: ignore[attr-defined]
    session = hub.find(begun.rpartition("/")[2])
    assert (session.choices.client, session.choices.repetitions, session.choices.model) == ("J4", 3, "lite")
    assert "Next athlete" in client.get(begun).text
    assert post(client, NEXT, code="J4").headers["location"] == begun, "the same session, not a second one"
    missing = hub.find(post(client, NEXT, code="J3").headers["location"].rpartition("/")[2])
    assert missing.latest()[1]["parts"] == 1
    assert missing.latest()[1]["title"] == "Squat, from the side"

    post(client, ABSENT, code="J10")
    assert post(client, NEXT).headers["location"] == DAY, "nobody is left"
    with client_of(config) as again:
        later = again.get(DAY).text
        assert "Not here today" in later
        assert "Next athlete: 4 Athlete 4" in later, "the session ended with the server"
        post(again, ABSENT, code="J10")
        screen(store, "J4")
        assert "Next athlete: 10" in again.get(DAY).text


@pytest.mark.parametrize(
    "path", [DAY, "/teams/results?team=Team", "/teams/team.csv?team=Team", "/teams/team.xlsx?team=Team"]
)
def test_a_team_that_nobody_is_in_is_no_page(client: TestClient, store: RecordStore, path: str) -> None:
    assert client.get(path).status_code == 404
    add(store, 1)
    store.add_screening("J1", date.today(), ScreeningRecord(clips=(clip(),), findings=()))
    assert client.get(path).status_code == 200


def test_the_results_lead_to_visits_files_and_earlier_days(client: TestClient, store: RecordStore) -> None:
    add(store, 1)
    screen(store, "J1", day=date(2026, 3, 2))
    screen(store, "J1")
    page = client.get("/teams/results?team=Team").text
    for address in (f"/clients/J1/visits/{date.today()}", f"/teams/team.csv?team=Team&amp;day={date.today()}", "/teams/results?team=Team&amp;day=2026-03-02"):  # fmt: skip
        assert f'href="{address}"' in page
    assert client.get("/teams/team.csv?team=Team").headers["content-disposition"] == 'attachment; filename="team.csv"'
    assert client.get("/teams/results?team=Team&day=2.3.2026").status_code == 400


def test_a_name_that_may_be_a_clients_is_asked_about(client: TestClient, store: RecordStore) -> None:
    store.add_client("J7", name="Ana Lee")
    for typed in ("ana", "Lee", "Anna Lee", "j7"):
        for path, fields in (("/api/live", {"protocol": "squat"}), ("/api/uploads", {})):
            told = client.post(path, json={"client": typed, **fields})
            assert told.json()["error"]["candidates"] == [["J7", "J7 (Ana Lee)"]], typed
    assert client.app.state.services.hub.under_way() == []  # type: ignore[attr-defined]
    assert client.post("/api/uploads", json={"client": "Ana Schmidt"}).status_code == 201
    assert client.post("/api/uploads", json={"client": "Bo"}).status_code == 201
