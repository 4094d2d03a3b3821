"""Who may use the app: host names, origins, bodies, logins, and what every answer carries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from movescreen.errors import InputError, SettingsError
from movescreen.web.config import WebConfig
from movescreen.web.errors import TooManyTries
from movescreen.web.security.guesses import source_of
from movescreen.web.security.logins import COOKIE, IDLE_S, LONGEST_S, Logins
from movescreen.web.security.passwords import hash_password, load_password, save_password, verify_password
from movescreen.web.security.throttling import BucketsByKey, TokenBucket
from tests.web.conftest import attend, client_of

PASSWORD = "four words nobody guesses"
HASH = hash_password(PASSWORD)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000", "127.8.9.1"])
def test_the_machine_s_own_names_are_let_in(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.5", "", "[", "a@localhost.evil"])
def test_a_name_that_somebody_else_points_here_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"


def test_beyond_this_machine_addresses_and_given_names_are_let_in() -> None:
    config = WebConfig(host="0.0.0.0", names=("clinic.example",))
    assert config.allows_host("192.168.1.5")
    assert config.allows_host("Clinic.Example.")
    assert not config.allows_host("evil.example")
    assert not WebConfig().allows_host("192.168.1.5")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_other_pages_cannot_change_anything(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/live", json={}, headers=headers).status_code == 403
    assert client.put("/api/uploads/x/clips/y", content=b"", headers=headers).status_code == 403
    assert client.delete("/api/results/x", headers=headers).status_code == 403


def test_programs_without_an_origin_may_use_the_api(client: TestClient) -> None:
    del client.headers["origin"]
    assert client.post("/api/uploads", json={}).status_code == 201


def test_large_bodies_are_refused_stated_or_not(client: TestClient) -> None:
    assert client.post("/api/live", content=b"x" * 70_000).status_code == 413
    answer = client.post("/api/live", content=iter([b"x" * 40_000, b"x" * 40_000]))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_every_answer_keeps_to_itself(client: TestClient) -> None:
    for path in ("/", "/clips", "/results", "/privacy", "/static/app.css", "/api/results", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src" in policy
        assert "unsafe-inline" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in policy


def test_errors_have_one_shape(client: TestClient) -> None:
    for answer in (
        client.get("/api/nothing"), client.get("/api/results/gone"), client.get("/api/live/gone"),
        client.post("/api/live", json={"repetitions": 99}), client.post("/api/live", json={"protocol": "none"}),
        client.post("/api/live", content=b"{"), client.post("/api/uploads", json={"recorded": "yesterday"}),
        client.patch("/api/live"),
    ):  # fmt: skip
        assert answer.status_code >= 400
        assert set(answer.json()) == {"error"}
        assert set(answer.json()["error"]) == {"code", "message", "hint"}


def test_a_person_gets_a_page_instead(client: TestClient) -> None:
    answer = client.get("/results/gone", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_the_api_describes_itself(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    assert {"/api/live", "/api/uploads/{upload_id}/clips/{name}", "/api/results/{name}"} <= set(told["paths"])
    assert "ErrorBody" in told["components"]["schemas"]
    assert "binary" in str(told["paths"]["/api/uploads/{upload_id}/clips/{name}"]["put"]["requestBody"])


# --- login ----------------------------------------------------------------------------------------------------------


def test_without_a_login_only_the_login_page_is_there(config: WebConfig) -> None:
    with client_of(replace(config, host="0.0.0.0", password_hash=HASH), "10.0.0.9") as client:
        assert client.get("/").headers["location"] == "/login"
        assert client.get("/api/results").status_code == 401
        assert client.get("/api/openapi.json").status_code == 401
        assert client.post("/api/live", json={}).status_code == 401
        assert client.get("/login").status_code == 200
        assert client.get("/static/app.css").status_code == 200
        with attend(client, "/api/live/x/socket") as socket, pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
        assert closed.value.code == 4401


def test_log_in_and_out(config: WebConfig) -> None:
    with client_of(replace(config, host="0.0.0.0", password_hash=HASH, secure=True)) as client:
        wrong = client.post("/login", data={"password": "wrong"})
        assert (wrong.status_code, "not the password" in wrong.text) == (401, True)
        right = client.post("/login", data={"password": PASSWORD})
        cookie = right.headers["set-cookie"]
        assert right.status_code == 303
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Secure"))
        token = {"cookie": cookie.partition(";")[0]}
        assert "Log out" in client.get("/", headers=token).text
        client.post("/logout", headers=token)
        assert client.get("/", headers=token).status_code == 303
        assert client.get("/", headers={"cookie": f"{COOKIE}=guess"}).status_code == 303


def test_guessing_is_slowed_down(config: WebConfig) -> None:
    with client_of(replace(config, host="0.0.0.0", password_hash=HASH)) as client:
        codes = [client.post("/login", data={"password": f"guess {i}"}).status_code for i in range(7)]
        assert codes == [401] * 5 + [429] * 2
        answer = client.post("/login", data={"password": PASSWORD})
        assert answer.status_code == 429, "the right one has to wait as well"
        assert int(answer.headers["retry-after"]) > 1


@pytest.mark.slow
def test_one_address_does_not_lock_out_another_and_waiting_helps() -> None:
    async def guess() -> None:
        clock = Clock()
        logins = Logins(HASH, clock)
        device = logins.make_device()
        for _ in range(5):
            assert await logins.log_in("wrong", "10.0.0.1") is None
        with pytest.raises(TooManyTries):
            await logins.log_in(PASSWORD, "10.0.0.1")
        assert await logins.log_in(PASSWORD, "10.0.0.1", device), "a device that was logged in before"
        for forged in (f"{device}x", f"x{device}", ".", device.partition(".")[0]):
            with pytest.raises(TooManyTries):
                await logins.log_in(PASSWORD, "10.0.0.1", forged)
        assert await logins.log_in(PASSWORD, "10.0.0.2")
        clock.now += 60
        assert await logins.log_in(PASSWORD, "10.0.0.1")

    asyncio.run(guess())


@pytest.mark.slow
def test_a_device_may_guess_no_more_than_an_address_may() -> None:
    async def guess() -> None:
        logins = Logins(HASH, Clock())
        device = logins.make_device()
        for _ in range(5):
            assert await logins.log_in("wrong", "10.0.0.1", device) is None
        with pytest.raises(TooManyTries):
            await logins.log_in("wrong", "10.0.0.9", device)

    asyncio.run(guess())


def test_a_login_ends_when_it_is_not_used_and_in_any_case_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movescreen.web.security.logins.verify_password", lambda password, stored: True)
    clock = Clock()
    logins = Logins(HASH, clock, idle_s=600.0)
    token = asyncio.run(logins.log_in(PASSWORD, "10.0.0.1"))
    clock.now += 599
    assert logins.knows(token)
    clock.now += 601
    assert not logins.knows(token)
    assert Logins(HASH)._idle_s == IDLE_S
    token = asyncio.run(logins.log_in(PASSWORD, "10.0.0.2"))
    begun = clock.now
    while clock.now + 500 <= begun + LONGEST_S:
        clock.now += 500
        assert logins.knows(token)
    clock.now += 500
    assert not logins.knows(token)


def test_who_tried_least_goes_first_and_nobody_waits_behind_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def verify(password: str, stored: str) -> bool:
        looked_at.append(password)
        return password == PASSWORD

    monkeypatch.setattr("movescreen.web.security.logins.verify_password", verify)
    monkeypatch.setattr("movescreen.web.security.guesses.REST_S", 0.05)

    async def guess() -> None:
        logins = Logins(HASH)
        crowd = [f"10.1.0.{i % 40}" for i in range(160)]
        guesses = [asyncio.create_task(logins.log_in("wrong", address)) for address in crowd]
        while sum(task.done() for task in guesses) < 60:  # as many as find no place to wait
            await asyncio.sleep(0.01)
        before = len(looked_at)
        assert await logins.log_in(PASSWORD, "10.2.0.1")
        assert looked_at.index(PASSWORD) <= before + 2, "at most the guess under way and one that had its turn"
        for task in guesses:
            task.cancel()
        told = await asyncio.gather(*guesses, return_exceptions=True)
        assert {type(each) for each in told} <= {type(None), TooManyTries, asyncio.CancelledError}
        # the crowd gone, the next one is served
        assert await logins.log_in(PASSWORD, "10.2.0.2")

    asyncio.run(guess())


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:db8:1:2:9::1", "2001:db8:1:2::/64"), ("::ffff:10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1"), ("fe80::1%eth0", "fe80::/64"), ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_a_network_counts_as_one(address: str, source: str) -> None:
    assert source_of(address) == source


def test_browsers_are_told_to_come_by_https_only_where_there_is_https(config: WebConfig) -> None:
    for secure in (False, True):
        with client_of(replace(config, secure=secure)) as client:
            assert ("strict-transport-security" in client.get("/").headers) is secure


def test_passwords_are_kept_as_a_hash_that_only_their_owner_reads(tmp_path: Path) -> None:
    path = save_password(PASSWORD, tmp_path / "c/web-password")
    assert path.stat().st_mode & 0o077 == 0
    stored = load_password(path)
    assert PASSWORD not in stored
    assert verify_password(PASSWORD, stored)
    assert not verify_password(PASSWORD + "x", stored)
    assert not verify_password(PASSWORD, "scrypt$x")
    assert load_password(tmp_path / "none") == ""
    (tmp_path / "odd").write_text("hello")
    with pytest.raises(SettingsError):
        load_password(tmp_path / "odd")
    with pytest.raises(InputError, match="at least 10"):
        hash_password("short")


def test_buckets() -> None:
    clock = Clock()
    bucket = TokenBucket(2, 1.0, clock)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.wait_s() == pytest.approx(1.0)
    clock.now += 1.0
    assert bucket.take()
    many = BucketsByKey(1, 1.0, most=3, clock=clock)
    assert all(many.of(str(i)).take() for i in range(10))
    assert len(many._buckets) == 3
