"""Every route is tried by every role with somebody else's client: the routes are those that the app has, so a new one must say who may use it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from movescreen.client.team.board import TeamDay
from movescreen.client.visits.visit import SessionNote
from movescreen.records import RecordStore
from movescreen.records.accounts import keep_account, remove_account
from movescreen.records.acting import Acting, Reach, Role, acting_as
from movescreen.records.bin import bin_client, list_bin
from movescreen.records.export import describe_client
from movescreen.records.trail import read_trail
from movescreen.web.config import WebConfig
from movescreen.web.live_session import SessionChoices
from movescreen.web.security.permissions import ALLOWED, OPEN, Found, code_of
from movescreen.web.security.tracing import QUIET
from tests.support.clients import make_intake
from tests.web.conftest import attend, client_of, post

PASSWORD, OTHER = "four words nobody guesses", "four others nobody guesses"
LIMITED = [role for role in Role if role is not Role.OWNER]
#: Stands in pages about the client whom nobody but the owner may see.
SECRET = "Verborgen"
#: Addresses with a part that stands for nobody: a code of pairing, a roster under way, a name of a file.
OF_NOBODY = {"/phone/{code}", "/teams/import/{draft_id}", "/api/uploads/rosters/{name}"}
#: The description of the API and the files of the pages.
BESIDE = {("GET", "/api/openapi.json"), ("HEAD", "/api/openapi.json"), ("SOCKET", "/static")}


def routes_of(client: TestClient) -> list[tuple[str, str]]:
    """Return method and address of whatever the app answers to, wherever it was added."""
    added = [
        each
        for route in client.app.routes  # type: ignore[attr-defined]
        for each in (route.original_router.routes if hasattr(route, "original_router") else [route])
    ]
    return [(method, route.path) for route in added for method in sorted(getattr(route, "methods", None) or {"SOCKET"})]


def is_about_somebody(client: TestClient, template: str, there: dict[str, str]) -> bool:
    """Tell whether the server takes an address for one that is about a client."""
    return code_of(client.app.state.services, Found(template, params=there)) is not None  # type: ignore[attr-defined]


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> bool:
    client.cookies.clear()
    answer = post(client, "/login", name=name, password=password)
    return answer.status_code == 303


@pytest.fixture(scope="module")
def practice(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[TestClient, RecordStore, dict[str, str], dict[Role, str]]]:
    """Yield an app with accounts, one client everybody may see and one whom only the owner may, who has a bit of everything."""
    from movescreen.settings import RecordSettings
    from movescreen.web.security.passwords import hash_password

    folder, hashed, today = tmp_path_factory.mktemp("practice"), hash_password(PASSWORD), date.today()
    config = WebConfig(results=folder / "results", records=RecordSettings(folder=folder / "records"))
    with client_of(config) as client:
        services: Any = client.app.state.services  # type: ignore[attr-defined]
        store: RecordStore = services.records.store
        for code, name, team in (("M", "Mine", "A"), ("H", f"Heike {SECRET}", "B"), ("G", f"Gone {SECRET}", "B")):
            store.add_client(code, name=name, team=team)
            store.add_intake(code, make_intake(day=today))
            store.add_note(code, today, SessionNote(text=f"note on {name}"))
        bin_client(store, "G")
        store.keep_team_day("B", today, TeamDay(protocol="standard"))
        for code in ("M", "H"):
            write_result(config.results / f"2026-01-02_030405_{code}", code)
        write_result(config.results / ".bin" / f"{today:%Y%m%d}T000000_2026-01-02_030405_G", "G")
        session = services.hub.open(SessionChoices("H", "standard", None, False, "lite"))
        there = {
            "code": "H", "day": today.isoformat(), "number": "1", "name": "2026-01-02_030405_H", "session_id": session.id,
            "upload_id": services.uploads.open("H", "").id, "reader": "doctor", "draft_id": "x", "key": "pains",
        }  # fmt: skip
        tokens: dict[Role, str] = {}
        for role in Role:
            mine = () if role is Role.OWNER else ("M",)
            keep_account(store, role.value, role, password_hash=hashed, clients=mine)
            assert log_in(client, role.value)
            tokens[role] = f"movescreen_login={client.cookies['movescreen_login']}"
        client.cookies.clear()
        yield client, store, there, tokens


def write_result(folder: Path, code: str) -> None:
    folder.mkdir(parents=True)
    told = {
        "kind": "screening",
        "client": code,
        "summary": {"headline": f"about {code} {SECRET if code != 'M' else ''}"},
        "findings": [],
        "clips": [],
    }
    (folder / "result.json").write_text(json.dumps(told))
    (folder / "report.html").write_text(f"<html><head></head><body>{told['summary']}</body></html>")


def test_every_route_says_who_may_use_it_and_whom_it_is_about(practice: Any) -> None:
    client, _, there, _ = practice
    routes = routes_of(client)
    stated = ALLOWED[Role.OWNER] | OPEN | ALLOWED[Role.DEVICE]
    assert set(routes) ^ stated == BESIDE, "state these in web/security/permissions.py, or take them out there"
    named = {template for _, template in routes if "{" in template}
    assert {each for each in named if not is_about_somebody(client, each, there)} == OF_NOBODY, "see code_of there"


@pytest.mark.parametrize("role", LIMITED)
def test_somebody_else_s_client_is_not_there(practice: Any, role: Role) -> None:
    client, store, there, tokens = practice
    results = client.app.state.services.store.root

    def kept() -> Any:
        return describe_client(store, "H"), list_bin(store), sorted(path.name for path in results.rglob("*"))

    before, wrong = kept(), []
    for method, template in routes_of(client):
        if (method, template) not in OPEN and template != "/static":
            said = try_route(client, method, template, there, {"cookie": tokens[role], "accept": "text/html"})
            allowed = (method, template) in ALLOWED[role]
            if method == "SOCKET":
                right = said == (4404 if allowed else 4403)
            elif not allowed:
                right = said.status_code == 403 or (template, said.status_code) in (
                    ("/", 303),
                    ("/api/openapi.json", 404),
                )
            elif is_about_somebody(client, template, there):
                right = said.status_code == 404
            else:
                right = said.status_code < 500 and not said.headers.get("location", "").startswith(
                    ("/live/", "/clients/H")
                )
            if not right or (method != "SOCKET" and SECRET in said.text) or kept() != before:
                wrong.append((method, template, said))
    assert not wrong


def try_route(client: TestClient, method: str, template: str, there: dict[str, str], headers: dict[str, str]) -> Any:
    """Ask for somebody else's client in every way that a route has; return the answer, or the code with which a socket was closed."""
    path = template.replace("{path:path}", "result.json").format(**there)
    if method == "SOCKET":
        with pytest.raises(WebSocketDisconnect) as closed, attend(client, path, headers):
            pass
        return closed.value.code
    asked = {"code": "H", "client": "H", "to": "H", "name": "H", "kind": "record", "q": "H", "gone": "H", "team": "B", "by": "x", "reason": "x"}  # fmt: skip
    sent: dict[str, Any] = {"json": {"client": "H"}} if template.startswith("/api/") else {"data": asked}
    query = {name: asked[name] for name in ("client", "team", "gone", "q")}
    return client.request(method, path, params=query, headers=headers, **(sent if method in ("POST", "PUT") else {}))


def test_every_look_at_a_client_is_in_the_trail(practice: Any) -> None:
    client, store, there, tokens = practice
    mine = {**there, "code": "M", "name": "2026-01-02_030405_M"}
    looked, missing = Counter[Role](), []
    for role in Role:
        place = there if role is Role.OWNER else mine
        for method, template in routes_of(client):
            may = (method, template) in ALLOWED[role] and is_about_somebody(client, template, place)
            if method != "GET" or not may or template.startswith(QUIET):
                continue
            before = read_trail(store, most=1)[0].number
            path = template.replace("{path:path}", "result.json").format(**place)
            answer = client.get(path, headers={"cookie": tokens[role], "accept": "text/html"})
            if answer.status_code < 400:
                looked[role] += 1
                traces = read_trail(store, client=place["code"], who=role.value, most=1)
                if not traces or traces[0].number <= before:
                    missing.append((role, template, answer.status_code))
    assert missing == []
    assert set(looked) == {*Role}
    assert min(looked[role] for role in (Role.OWNER, Role.TRAINER, Role.VIEWER)) > 8


@pytest.mark.parametrize("kind", ["record", "result"])
@pytest.mark.parametrize("what", ["back", "erase"])
def test_what_somebody_else_has_in_the_bin_stays_there(practice: Any, what: str, kind: str) -> None:
    client, store, _, tokens = practice
    name = "G" if kind == "record" else next(client.app.state.services.store.root.glob(".bin/*")).name
    answer = client.post(f"/bin/{what}", data={"kind": kind, "name": name}, headers={"cookie": tokens[Role.TRAINER]})
    assert answer.status_code in (400, 404)
    assert "G with all" not in client.get("/bin", headers={"cookie": tokens[Role.TRAINER]}).text
    assert "G with all" in client.get("/bin", headers={"cookie": tokens[Role.OWNER]}).text
    assert [each.code for each in list_bin(store)] == ["G"]
    assert len(client.app.state.services.store.list_bin()) == 1


def test_own_things_do_not_go_to_somebody_else(practice: Any) -> None:
    client, store, there, tokens = practice
    headers = {"cookie": tokens[Role.TRAINER]}
    move = {"to": "H", "by": "x", "reason": "x"}
    assert client.post(f"/clients/M/visits/{there['day']}/move", data=move, headers=headers).status_code == 422
    assert client.post("/results/2026-01-02_030405_M/give", data=move, headers=headers).status_code >= 400
    for path, body in (
        ("/api/live", {"client": "H"}),
        ("/api/uploads", {"client": "H"}),
        ("/api/uploads", {"client": ""}),
        ("/api/live", {"client": f"Heike {SECRET}"}),
    ):
        assert client.post(path, json=body, headers=headers).status_code == 404
    assert [len(store.visits(code)) for code in ("M", "H")] == [1, 1]


def test_nobody_learns_whether_there_is_somebody(practice: Any) -> None:
    client, _, there, tokens = practice
    for path in ("/clients/{}", "/api/clients/{}", "/clients/{}/visits/" + there["day"]):
        hidden, absent = (
            client.get(path.format(code), headers={"cookie": tokens[Role.TRAINER]}) for code in ("H", "X")
        )
        assert (hidden.status_code, hidden.text.replace("H", "X")) == (
            absent.status_code,
            absent.text.replace("H", "X"),
        )


def test_each_role_sees_and_does_what_is_theirs(practice: Any) -> None:
    client, store, there, tokens = practice

    def status(role: Role, method: str, path: str, **data: str) -> int:
        return int(client.request(method, path, headers={"cookie": tokens[role]}, data=data or None).status_code)

    for role in (Role.OWNER, Role.TRAINER, Role.VIEWER):
        for path in (
            "/clients",
            "/clients/M",
            f"/clients/M/visits/{there['day']}",
            "/clients/M/plan",
            "/results/2026-01-02_030405_M",
            "/teams/results?team=A",
        ):
            assert status(role, "GET", path) == 200, (role, path)
        assert "Mine" in client.get("/clients", headers={"cookie": tokens[role]}).text
    assert status(Role.OWNER, "GET", "/clients/H") == 200
    assert status(Role.DEVICE, "GET", "/clients/M/plan") == 200
    assert client.get("/", headers={"cookie": tokens[Role.DEVICE]}).headers["location"] == "/clients/M/handout"
    assert client.get("/", headers={"cookie": tokens[Role.VIEWER]}).headers["location"] == "/clients"
    assert status(Role.TRAINER, "POST", "/clients/M/note", pain_now="1") == 303
    assert status(Role.VIEWER, "POST", "/clients/M/note", pain_now="1") == 403
    result = "/results/2026-01-02_030405_M/files"
    for path in (
        "/clients/M/progress?form=pdf",
        f"{result}/result.json",
        f"{result}/squat/poses.npz",
        f"/api{result}/result.json",
    ):
        assert status(Role.VIEWER, "GET", path) == 403, path
        assert status(Role.TRAINER, "GET", path) != 403, path
    assert status(Role.VIEWER, "GET", f"{result}/report.html") != 403
    assert "form=pdf" not in client.get("/clients/M/progress", headers={"cookie": tokens[Role.VIEWER]}).text
    assert "form=pdf" in client.get("/clients/M/progress", headers={"cookie": tokens[Role.TRAINER]}).text
    page = client.get("/clients/M", headers={"cookie": tokens[Role.VIEWER]}).text
    links = dict(reversed(found) for found in re.findall(r'<a( hidden)? [^>]*?href="(/clients/M[^"]*)"', page))
    assert links["/clients/M/change"] == " hidden"
    assert links[f"/clients/M/visits/{there['day']}"] == ""
    assert status(Role.TRAINER, "POST", "/clients/new", code="N", name="New") == 303
    assert status(Role.TRAINER, "GET", "/clients/N") == 200, "whoever adds a client sees them"
    assert status(Role.VIEWER, "GET", "/clients/N") == 404
    traces = [(row.who, row.action, row.what) for row in read_trail(store, client="N")]
    assert traces[0] == ("trainer", "saw", "client")
    assert ("trainer", "added", "clients") in traces


def test_the_records_themselves_hide_whom_somebody_may_not_see(store: RecordStore) -> None:
    for code, team in (("P", "A"), ("Q", "B"), ("R", "B")):
        store.add_client(code, team=team)
    uid = store.client("P").uid
    for reach, seen in (
        (Reach(frozenset({uid})), ["P"]),
        (Reach(teams=frozenset({"B"})), ["Q", "R"]),
        (Reach(), []),
        (None, ["P", "Q", "R"]),
    ):
        with acting_as(Acting("x", "web", reach=reach)):
            assert [c.code for c in store.list_clients()] == list(store.visit_days()) == seen
            assert [code for code in "PQR" if store.knows(code)] == seen
    with acting_as(Acting("x", "web", reach=Reach(frozenset({uid})))):
        store.files.mark(store.uid_of("P"))
        store.delete_client("P")
    assert [c.code for c in store.list_clients()] == ["Q", "R"]


def test_logins_go_by_name_and_end_with_the_account(config: WebConfig) -> None:
    with client_of(config) as client:
        assert client.get("/clients").status_code == 200, "without accounts as before"
        refused = post(client, "/accounts", name="anna", role="trainer", password=PASSWORD)
        assert (refused.status_code, "no owner" in refused.text) == (422, True)
        assert post(client, "/accounts", name="anna", role="owner", password=PASSWORD).status_code == 303
        assert client.get("/clients").headers["location"] == "/login"
        assert not log_in(client, "anna", OTHER)
        assert not log_in(client, "nobody")
        assert log_in(client, "anna")
        assert post(client, "/accounts/remove", name="nobody").status_code == 404
        assert post(client, "/accounts", name="ben", role="viewer", password=OTHER).status_code == 303
        assert post(client, "/accounts/remove", name="anna").status_code == 400, "others need an owner"
        assert log_in(client, "ben", OTHER)
        assert client.get("/clients").status_code == 200
        assert client.get("/accounts").status_code == client.get("/trail").status_code == 403
        assert "Log out" in client.get("/clients").text
        assert post(client, "/logout").headers["location"] == "/login"
        assert client.get("/clients").headers["location"] == "/login"


def test_a_login_ends_with_the_password_and_with_the_account(client: TestClient, store: RecordStore) -> None:
    from movescreen.web.security.passwords import hash_password

    keep_account(store, "anna", Role.OWNER, password_hash=hash_password(PASSWORD))
    assert log_in(client, "anna")
    assert post(client, "/password", old=OTHER, new=OTHER).status_code == 422
    assert post(client, "/password", old=PASSWORD, new="short").status_code == 422
    assert post(client, "/password", old=PASSWORD, new=OTHER).status_code == 303
    assert client.get("/clients").headers["location"] == "/login"
    assert log_in(client, "anna", OTHER)
    assert client.get("/clients").status_code == 200
    remove_account(store, "anna")
    keep_account(store, "ben", Role.OWNER, password_hash=hash_password(PASSWORD))
    assert client.get("/clients").status_code == 303
    remove_account(store, "ben")
    assert client.get("/clients").status_code == 200, "without accounts as before"
