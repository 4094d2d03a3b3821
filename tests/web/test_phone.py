"""A phone films and a laptop shows it: codes, what a paired phone may open, who films and who watches, the made certificate."""

from __future__ import annotations

import json
import re
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import movescreen.web.api.live as api
from movescreen.errors import MovescreenError, NeedsReferral
from movescreen.records import RecordStore
from movescreen.web.config import WebConfig
from movescreen.web.errors import NotThere, TooManyTries
from movescreen.web.live_session import SessionChoices
from movescreen.web.security.certificates import find_addresses, make_certificate
from movescreen.web.security.guard import PHONES_ONLY
from movescreen.web.security.pairing import CODE_S, COOKIE, DEVICE_S, Opens, Pairings
from movescreen.web.security.passwords import hash_password
from movescreen.web.server import Pem, listen, listen_for_phones, make_phones_server, make_server, run_both
from tests.app.test_team_day import add
from tests.support.cameras import write_camera
from tests.support.waiting import Clock, until
from tests.web.conftest import DROP_THE_NETWORK, HOST, attend, client_of, post
from tests.web.test_intake_form import NEXT, tell
from tests.web.test_socket import PICTURE, closed_with, messages, open_session, picture, wait_for_answer

URL = "https://192.168.1.20:8443"
ONE = Opens("/live/one")


# --- the code -------------------------------------------------------------------------------------------------------


def test_a_code_is_good_once_for_some_minutes_and_for_one_session() -> None:
    clock = Clock()
    pairings = Pairings(clock)
    code = pairings.offer(ONE)
    assert pairings.opened_by_code(code) == ONE
    token = pairings.let_in(pairings.redeem(code, "a"))
    assert [pairings.opened_by(each).page for each in (token, "x", None)] == ["/live/one", "", ""]
    with pytest.raises(NotThere):
        pairings.redeem(code, "a")
    late = pairings.offer(ONE)
    clock.now_s += CODE_S
    with pytest.raises(NotThere):
        pairings.redeem(late, "a")
    first, second = pairings.offer(ONE), pairings.offer(ONE)
    with pytest.raises(NotThere):
        pairings.redeem(first, "b")
    assert pairings.redeem(second, "b") == ONE
    clock.now_s += DEVICE_S
    assert pairings.opened_by(token).page == ""


def test_codes_cannot_be_guessed_at_leisure_and_nobody_else_is_held_up() -> None:
    pairings = Pairings(Clock())
    code = pairings.offer(ONE)
    for _ in range(10):
        with pytest.raises(NotThere):
            pairings.redeem("wrong", "guesser")
    with pytest.raises(TooManyTries):
        pairings.redeem(code, "guesser")
    assert pairings.redeem(code, "phone") == ONE


def test_the_phone_of_a_team_films_the_next_athlete_too() -> None:
    pairings = Pairings(Clock())
    tokens = [pairings.let_in(Opens(page)) for page in ("/live/one", "/live/elsewhere")]
    pairings.follow({"/live/one"}, "/live/two")
    assert [pairings.opened_by(token).page for token in tokens] == ["/live/two", "/live/elsewhere"]


# --- what a phone may open ------------------------------------------------------------------------------------------


@contextmanager
def phones_alone(client: TestClient) -> Iterator[TestClient]:
    """Yield a client of the same app as a phone in the network is one."""
    app: Any = client.app

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, PHONES_ONLY: True}, receive, send)

    yield TestClient(wrapped, base_url=HOST, headers={"origin": HOST}, follow_redirects=False)


@pytest.fixture
def shared(config: WebConfig) -> Iterator[TestClient]:
    with client_of(replace(config, phones=(URL,))) as client:
        yield client


def pair(client: TestClient, phone: TestClient, address: str) -> None:
    told = client.post(f"{address.removesuffix('/socket')}/phone").json()
    path = told["url"].removeprefix(URL)
    assert re.fullmatch(r"/phone/[\w-]{16}", path)
    assert told["picture"].startswith("<svg")
    assert "Use this phone" in phone.get(path).text
    answer = phone.post(path)
    assert answer.status_code == 303
    assert all(word in answer.headers["set-cookie"] for word in (COOKIE, "HttpOnly", "SameSite=strict"))


def test_a_paired_phone_opens_its_session_and_nothing_else(shared: TestClient) -> None:
    mine, other = open_session(shared), open_session(shared)
    page = mine.removeprefix("/api").removesuffix("/socket")
    closed = [
        "/",
        "/clients",
        "/results",
        "/api/results",
        "/api/live/x",
        other.removeprefix("/api").removesuffix("/socket"),
    ]
    with phones_alone(shared) as phone:
        for path in [page, *closed]:  # without a code nothing, although this computer asks for no password
            assert phone.get(path).status_code in (303, 401), path
        assert phone.post("/api/live", json={"protocol": "squat"}).status_code == 401
        pair(shared, phone, mine)
        shown = phone.get(page)
        assert shown.status_code == 200
        assert '"phone": true' in shown.text
        for path in closed:
            assert phone.get(path).status_code in (303, 401), path
        assert phone.post(f"{mine.removesuffix('/socket')}/phone").status_code == 401
        assert phone.get("/phone/").headers["location"] == page  # back to its session, after whatever happened
        with phone.websocket_connect(f"ws://127.0.0.1:8000{mine}", headers={"origin": HOST}) as socket:
            assert json.loads(socket.receive_text())["state"]["stage"] == "setup"
        with (
            phone.websocket_connect(f"ws://127.0.0.1:8000{other}", headers={"origin": HOST}) as socket,
            pytest.raises(WebSocketDisconnect) as refused,
        ):
            socket.receive_text()
        assert refused.value.code == 4401


def test_with_a_password_a_paired_phone_needs_none_and_gets_no_further(config: WebConfig) -> None:
    locked = replace(config, host="0.0.0.0", password_hash=hash_password("a long password"), phones=(URL,))
    with client_of(locked) as client:
        client.post("/login", data={"password": "a long password"})
        address = open_session(client)
        phone = TestClient(client.app, base_url=HOST, headers={"origin": HOST}, follow_redirects=False)
        pair(client, phone, address)
        assert phone.get(address.removeprefix("/api").removesuffix("/socket")).status_code == 200
        assert phone.get("/clients").headers["location"] == "/login"


def test_without_phones_the_page_says_how_to_let_them_in(client: TestClient) -> None:
    answer = client.post(f"{open_session(client).removesuffix('/socket')}/phone")
    assert answer.status_code == 400
    assert "serve --phones" in answer.json()["error"]["hint"]


# --- health questions on one's own phone ------------------------------------------------------------------------------

ASK = "/teams/questions?team=Team"


def athletes(client: TestClient, **more: Any) -> None:
    store: RecordStore = client.app.state.services.records.store  # type: ignore[attr-defined]
    for number in (1, 2):
        store.change_client(store.client(add(store, number, asked=False)), **more)


def codes_of(client: TestClient) -> list[str]:
    return re.findall(rf"{URL}(/phone/[\w-]{{16}})<", client.post(ASK).text)


def begin_alone(phone: TestClient, code: str) -> str:
    assert phone.post(code).headers["location"] == "/phone/"
    return str(phone.get("/phone/").headers["location"]).rpartition("/")[0]


def test_athletes_answer_alone_on_their_own_phones_and_open_nothing_else(shared: TestClient) -> None:
    athletes(shared)
    store, (code, other) = shared.app.state.services.records.store, codes_of(shared)  # type: ignore[attr-defined]
    with phones_alone(shared) as phone, phones_alone(shared) as second:
        assert "Health questions for Athlete 1" in phone.get(code).text
        where = begin_alone(phone, code)
        assert re.fullmatch(r"/clients/J1/intake/[\w-]{16}", where)
        assert second.post(code).status_code == 404, "a code is good once"
        assert phone.get(code).headers["location"] == "/phone/", "scanned again, it goes on where it was"
        theirs = begin_alone(second, other)
        for path in (
            f"{theirs}/pains",
            "/clients/J1",
            "/clients/J1/intake",
            "/clients/J1/plan",
            "/clients/J2",
            "/teams",
            "/",
        ):
            assert phone.get(path).headers["location"] == "/login", path
        assert 'hidden class="leave"' in phone.get(f"{where}/pains").text
        left_out = phone.post(f"{where}/health", data={"takes_medicine": "no", **NEXT})
        assert left_out.headers["location"].endswith("/health?check=1"), "what is not answered is not asked"
        done = tell(phone, where)
        assert "Thank you" in done.text
        assert "Your trainer has your answers" in done.text
        told = store.latest_intake("J1")
        assert (told.day, any(told.symptoms.values()), store.latest_intake("J2")) == (date.today(), False, None)
        assert phone.get(f"{where}/pains").status_code == 404, "nobody reads there what was said"
    post(shared, "/teams/day?team=Team", protocol="squat", repetitions="3", model="lite")
    board = shared.get("/teams/day?team=Team").text
    assert "Next athlete: 1 Athlete 1" in board
    (again,) = codes_of(shared)
    with phones_alone(shared) as phone:
        assert "Athlete 2" in phone.get(again).text, "who has answered is not asked again"


def test_what_is_told_on_a_phone_stops_as_it_does_at_the_desk(shared: TestClient) -> None:
    athletes(shared)
    services = shared.app.state.services  # type: ignore[attr-defined]
    first, second = codes_of(shared)
    with phones_alone(shared) as phone:
        done = tell(phone, begin_alone(phone, first), health={"takes_medicine": "no", "symptoms": "chest_pain"})
        assert "See an emergency department now, by ambulance, when it is there" in done.text
        assert "Do not train yet" in done.text
        refused = tell(phone, begin_alone(phone, second), consent={"records": "no", "pictures": "no"})
        assert "nothing of this was stored" in refused.text
    with pytest.raises(NeedsReferral, match="Chest pain"):
        services.hub.open(SessionChoices("J1", "squat", 3, False, "lite"))
    assert services.records.store.latest_intake("J2") is None


def test_a_minor_s_phone_asks_no_parent_and_a_parent_s_word_to_the_trainer_opens(shared: TestClient) -> None:
    athletes(shared, birth_year=date.today().year - 15)
    code = codes_of(shared)[0]
    with phones_alone(shared) as phone:
        where = begin_alone(phone, code)
        assert "guardian" not in phone.get(f"{where}/consent").text
        done = tell(phone, where, consent={"records": "yes", "pictures": "no", "guardian": "Mom"})
        assert "See a parent or guardian, who agrees before training" in done.text
    post(shared, "/teams/day?team=Team", protocol="squat", repetitions="3", model="lite")
    assert "Next athlete" not in shared.get("/teams/day?team=Team").text
    page = shared.get("/clients/J1").text
    assert "<details open><summary>Note that a parent or guardian agrees" in page
    post(shared, "/clients/J1/clearance", flag="no_guardian", by="Kim Lee, mother", on=date.today().isoformat())
    assert "Next athlete: 1 Athlete 1" in shared.get("/teams/day?team=Team").text


# --- who films and who watches --------------------------------------------------------------------------------------


def test_who_watches_sees_the_pictures_that_were_looked_at_and_may_command(client: TestClient) -> None:
    address = open_session(client)
    with attend(client, address) as camera, attend(client, f"{address}?watch=true") as laptop:
        assert next(messages(laptop))["state"]["camera"] is True
        camera.send_bytes(picture(1.0, 7))
        wait_for_answer(camera, 7)
        seen = until_bytes(laptop)
        assert seen == PICTURE
        laptop.send_bytes(picture(2.0, 8))  # who watches films nothing
        laptop.send_text(json.dumps({"command": "pause"}))
        state = next(m["state"] for m in messages(camera) if m.get("state", {}).get("paused"))
        assert state["paused"]
    assert client.get(address.removesuffix("/socket")).json()["camera"] is False


def until_bytes(socket: Any) -> bytes:
    for _ in range(50):
        message = socket.receive()
        if message.get("bytes"):
            return bytes(message["bytes"])
    raise AssertionError("no picture came")


def test_only_so_many_watch(client: TestClient) -> None:
    address = f"{open_session(client)}?watch=true"
    with attend(client, address), attend(client, address), attend(client, address), attend(client, address) as last:
        next(messages(last))
        with attend(client, address) as one_more:
            assert closed_with(one_more) == api.CROWDED


def test_a_phone_takes_over_and_what_lost_its_connection_meanwhile_does_not_take_it_back(client: TestClient) -> None:
    address = open_session(client)
    with attend(client, f"{address}?page=laptop") as laptop:
        next(messages(laptop))
        with attend(client, f"{address}?page=phone") as phone:
            next(messages(phone))
            assert closed_with(laptop) == api.REPLACED
            with attend(client, f"{address}?page=laptop&again=true") as back:
                assert closed_with(back) == api.REPLACED
            with attend(client, f"{address}?page=phone&again=true") as again:  # its own old socket still hangs
                next(messages(again))
                again.send_bytes(picture(1.0, 5))
                wait_for_answer(again, 5)


# --- the certificate ------------------------------------------------------------------------------------------------


def test_the_authority_stays_and_may_speak_for_private_networks_alone(tmp_path: Path) -> None:
    certificate, key, authority = make_certificate(["192.168.1.20"], tmp_path / "https")
    before = authority.read_bytes()
    again = make_certificate(["10.0.0.7"], tmp_path / "https")
    assert again[2].read_bytes() == before
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "https").iterdir()} == {0o600}
    assert (tmp_path / "https").stat().st_mode & 0o777 == 0o700
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    named = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(a) for a in named.get_values_for_type(x509.IPAddress)] == ["10.0.0.7", "127.0.0.1"]
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days <= 825
    limits = x509.load_pem_x509_certificate(before).extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert not any(n.value.is_global for n in limits.value.permitted_subtrees or () if isinstance(n, x509.IPAddress))
    assert "localhost" in [n.value for n in limits.value.permitted_subtrees or () if isinstance(n, x509.DNSName)]
    authority.write_text("no certificate")
    with pytest.raises(MovescreenError, match="cannot be read"):
        make_certificate(["10.0.0.7"], tmp_path / "https")
    assert key.is_file()


@contextmanager
def serving_phones(config: WebConfig, folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield the address for this machine, the one for phones, and the authority."""
    address = (*find_addresses(), "127.0.0.1")[0]
    certificate, key, authority = make_certificate([address], folder)
    with listen(replace(config, port=0)) as own, listen_for_phones() as shared:
        url = f"https://{address}:{shared.getsockname()[1]}"
        config = replace(config, phones=(url,), authority=authority)
        server = make_server(config)
        second = make_phones_server(server, config, Pem(certificate, key))
        thread = threading.Thread(target=run_both, args=(server, [own], second, [shared]), daemon=True)
        thread.start()
        until(lambda: server.started and second.started)
        yield f"http://127.0.0.1:{own.getsockname()[1]}", url, authority
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def test_a_phone_that_trusts_the_authority_reaches_the_pages_for_phones(config: WebConfig, tmp_path: Path) -> None:
    with serving_phones(config, tmp_path / "https") as (_, url, authority):
        trusting = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(f"{url}/trust", context=trusting, timeout=20) as answer:
            page = answer.read().decode()
        assert "Certificate Trust Settings" in page
        with urllib.request.urlopen(f"{url}/trust/movescreen.crt", context=trusting, timeout=20) as answer:
            assert answer.read() == authority.read_bytes()
            assert answer.headers["content-type"] == "application/x-x509-ca-cert"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}/clients", context=trusting, timeout=20)
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{url}/trust", context=ssl.create_default_context(), timeout=20)


# --- both, in browsers ----------------------------------------------------------------------------------------------


@pytest.mark.alone
@pytest.mark.network
def test_a_phone_films_a_session_that_the_laptop_shows_and_stops(
    config: WebConfig, tmp_path: Path, playing: Callable[..., Any]
) -> None:
    squats = write_camera(tmp_path / "squats.mjpeg", [("squat_valgus_front", 8.5)])
    with serving_phones(config, tmp_path / "https") as (home, _url, _authority):
        laptop = playing().new_context(viewport={"width": 1366, "height": 768}).new_page()
        phone_browser = playing(squats)
        phone = phone_browser.new_context(
            viewport={"width": 390, "height": 844}, ignore_https_errors=True, permissions=["camera"]
        ).new_page()
        said: list[str] = []
        for page in (laptop, phone):
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        laptop.goto(home)
        laptop.get_by_role("radio", name="Squat").first.check()
        laptop.get_by_role("button", name="Start").click()
        laptop.wait_for_url("**/live/*")
        laptop.get_by_text("More").click()
        laptop.get_by_role("button", name="Film with a phone").click()
        code = laptop.locator("#code-url")
        code.get_by_text("/phone/").wait_for()
        phone.goto(code.inner_text())
        phone.get_by_role("button", name="Use this phone's camera").click()
        phone.wait_for_url("**/live/*")
        laptop.locator("#code").wait_for(state="hidden", timeout=90_000)
        until(lambda: shows_the_phone(laptop))
        until(lambda: both_count(laptop, phone) >= 1)

        phone.evaluate(DROP_THE_NETWORK)  # the phone is lost in the middle of the recording
        laptop.get_by_text("No camera films now").wait_for(timeout=30_000)
        before = count_on(laptop)
        phone.evaluate("() => { window.WebSocket = window.RealWebSocket; }")
        until(lambda: shown(laptop)["camera"])
        until(lambda: both_count(laptop, phone) > before >= 1)  # found again, and it goes on counting

        third = phone_browser.new_context(ignore_https_errors=True).new_page()
        third.goto(phone.url)
        third.get_by_text("Scan the code on the laptop").wait_for()
        assert "Guided session" not in third.content()
        assert third.locator("canvas, video, #big").count() == 0

        laptop.keyboard.press("Space")
        until(lambda: shown(phone)["paused"])
        until(lambda: both_count(laptop, phone) > before)
        counted = count_on(laptop)
        laptop.get_by_text("More").click()
        laptop.locator("#more").get_by_role("button", name="Stop the session").click()
        laptop.locator("#ask").get_by_role("button", name="Stop").click()
        phone.get_by_text("The result is on the laptop.").wait_for(timeout=60_000)
        phone.get_by_text("Ready for the next one").wait_for()
        (told,) = config.results.glob("*/session.json")
        assert json.loads(told.read_text("utf-8"))["parts"][0]["reps_live"] == counted
        assert not [line for line in said if "401" not in line and "/nowhere" not in line]
        for page in (laptop, phone, third):
            page.context.close()


def count_on(page: Any) -> int:
    """Return the repetitions that a screen shows; -1 where it shows none."""
    count = re.fullmatch(r"(\d+) of 5 repetitions", page.locator("#big").get_attribute("aria-label") or "")
    return int(count[1]) if count else -1


def both_count(laptop: Any, phone: Any) -> int:
    """Return the repetitions that both screens show; -1 while they do not show the same."""
    count = count_on(laptop)
    return count if count == count_on(phone) else -1


def shown(page: Any) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate("() => window.movescreen.state")
    return state


def shows_the_phone(page: Any) -> bool:
    """Return whether the picture is the phone's, which has gray bars at its sides; a laptop without a file has a green one."""
    red, green, blue = page.evaluate(
        """() => {
            const c = document.getElementById("picture");
            return [...c.getContext("2d").getImageData(c.width * 0.02, c.height / 2, 1, 1).data].slice(0, 3);
        }"""
    )
    return bool(red > 60 and max(red, green, blue) - min(red, green, blue) < 25)
