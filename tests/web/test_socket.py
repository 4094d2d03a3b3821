"""The socket of a session: a whole session over it, and clients that misbehave harm nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import movescreen.web.api.live as api
from movescreen.web.config import Limits, WebConfig
from movescreen.web.frames import HEADER, CameraFrame
from movescreen.web.live_session import LiveSession, SessionChoices
from movescreen.web.security.throttling import TokenBucket
from tests.support.waiting import Clock, until
from tests.web.conftest import FigureEstimator, attend, client_of
from tests.web.test_frames import jpeg

PICTURE = jpeg(640, 480)


def open_session(client: TestClient, /, **choices: Any) -> str:
    answer = client.post("/api/live", json={"protocol": "squat", "repetitions": 3, **choices})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["socket"])


def picture(time_s: float, number: int = 1) -> bytes:
    return HEADER.pack(time_s, number) + PICTURE


def messages(socket: Any) -> Iterator[dict[str, Any]]:
    while True:
        yield json.loads(socket.receive_text())


def closed_with(socket: Any) -> int:
    try:
        for _ in range(500):
            socket.receive_text()
    except WebSocketDisconnect as closed:
        return closed.code
    raise AssertionError("the socket stays open")


def wait_for_answer(socket: Any, number: int) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for told in messages(socket):
        state = told.get("state", state)
        if told.get("number") == number:
            return state
    raise AssertionError


def test_pictures_in_poses_and_states_out(client: TestClient) -> None:
    address = open_session(client)
    with attend(client, address) as socket:
        first = next(messages(socket))
        assert first["state"]["stage"] == "setup"
        for number in range(1, 12):
            socket.send_bytes(picture(number / 15, number))
            wait_for_answer(socket, number)
        told = client.get(address.removesuffix("/socket")).json()
        assert {i["name"]: i["ok"] for i in told["setup"]}["body"] is True


def test_commands_are_obeyed_and_the_result_is_saved(client: TestClient, config: WebConfig) -> None:
    address = open_session(client, client="Client 17")
    with attend(client, address) as socket:
        socket.send_text(json.dumps({"command": "skip"}))
        state = next(m["state"] for m in messages(socket) if m.get("state", {}).get("part") == 2)
        assert state["title"] == "Squat, from the side"
        socket.send_text(json.dumps({"command": "pain"}))
        next(m for m in messages(socket) if m.get("state", {}).get("pain"))
        socket.send_text(json.dumps({"command": "stop"}))
        done = next(m["state"] for m in messages(socket) if m.get("state", {}).get("error"))
        assert "nothing was recorded" in done["error"]["message"]
    (result,) = client.get("/api/results").json()
    assert (result["client"], result["refer"], result["has_report"]) == ("Client 17", True, False)
    page = client.get(f"/results/{result['name']}").text
    assert "Pain was reported" in page
    assert [p.name for p in config.results.iterdir()] == [result["name"]]


@pytest.mark.parametrize(
    "bad", ["{", "[]", json.dumps({"command": 3}), b"", b"x" * 50, HEADER.pack(float("nan"), 1) + PICTURE]
)
def test_malformed_messages_end_the_socket_and_not_the_session(client: TestClient, bad: str | bytes) -> None:
    address = open_session(client)
    with attend(client, address) as socket:
        next(messages(socket))
        for _ in range(12):
            socket.send_bytes(bad) if isinstance(bad, bytes) else socket.send_text(bad)
        if bad == json.dumps({"command": 3}):  # an object that says nothing
            socket.send_text(json.dumps({"command": "pause"}))
            next(m for m in messages(socket) if m.get("state", {}).get("paused"))
            return
        assert closed_with(socket) == api.MALFORMED
    with attend(client, address) as socket:
        assert next(messages(socket))["state"]["stage"] == "setup"


def test_unknown_commands_change_nothing(client: TestClient) -> None:
    with attend(client, open_session(client)) as socket:
        before = next(messages(socket))["state"]
        for name in ("explode", "next", "enough", "__class__"):
            socket.send_text(json.dumps({"command": name}))
        socket.send_text(json.dumps({"command": "pause"}))
        after = next(m["state"] for m in messages(socket) if m.get("state", {}).get("paused"))
        assert (after["stage"], after["part"]) == (before["stage"], before["part"])


def test_a_flood_ends_the_socket(config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TokenBucket", partial(TokenBucket, clock=Clock()))
    slow = replace(config, limits=Limits(frames_per_s=5.0))
    with client_of(slow) as client:
        address = open_session(client)
        with attend(client, address) as socket:
            for _ in range(80):
                socket.send_text("{}")
            assert closed_with(socket) == api.FLOODING


def test_a_silent_client_is_let_go(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_SILENCE_S", 0.3)
    with attend(client, open_session(client)) as socket:
        assert closed_with(socket) == api.SILENT


def test_another_window_takes_over(client: TestClient) -> None:
    address = open_session(client)
    with attend(client, address) as first:
        next(messages(first))
        with attend(client, address) as second:
            next(messages(second))
            assert closed_with(first) == api.REPLACED
            second.send_bytes(picture(1.0, 5))
            wait_for_answer(second, 5)


def test_a_session_goes_on_after_the_connection_was_lost(client: TestClient) -> None:
    address = open_session(client)
    with attend(client, address) as socket:
        next(messages(socket))
        socket.send_text(json.dumps({"command": "skip"}))
        next(m for m in messages(socket) if m.get("state", {}).get("part") == 2)
    with attend(client, address) as socket:
        assert next(messages(socket))["state"]["part"] == 2
        # the page was loaded anew: its clock begins at zero again
        for number, time_s in enumerate((0.01, 0.05, 0.09), start=1):
            socket.send_bytes(picture(time_s, number))
            wait_for_answer(socket, number)


def test_two_sessions_do_not_know_of_each_other(client: TestClient) -> None:
    with attend(client, open_session(client)) as a, attend(client, open_session(client)) as b:
        next(messages(a)), next(messages(b))
        a.send_text(json.dumps({"command": "skip"}))
        next(m for m in messages(a) if m.get("state", {}).get("part") == 2)
        for _ in range(11):
            a.send_text("{")
        assert closed_with(a) == api.MALFORMED
        b.send_bytes(picture(0.0, 1))
        assert wait_for_answer(b, 1).get("part", 1) == 1


def test_more_sessions_than_the_machine_bears_are_refused(config: WebConfig) -> None:
    with client_of(replace(config, limits=Limits(sessions=1))) as client:
        address = open_session(client)
        answer = client.post("/api/live", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        with attend(client, address) as socket:
            socket.send_text(json.dumps({"command": "stop"}))
            next(m for m in messages(socket) if m.get("state", {}).get("error"))
        assert client.post("/api/live", json={}).status_code == 201


def test_a_page_that_was_closed_makes_room_for_a_new_session(
    config: WebConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("movescreen.web.hub._LEFT_S", -1.0)
    with client_of(replace(config, limits=Limits(sessions=1))) as client:
        with attend(client, open_session(client)) as socket:
            next(messages(socket))
            assert client.post("/api/live", json={}).status_code == 503, "somebody is there"
        until(lambda: client.post("/api/live", json={}).status_code == 201)


def test_a_session_that_is_gone_says_so(client: TestClient) -> None:
    with attend(client, "/api/live/none/socket") as socket:
        assert closed_with(socket) == api.GONE
    assert client.get("/live/none", headers={"accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("origin", ["http://evil.example", ""])
def test_sockets_are_for_the_app_s_own_pages(client: TestClient, origin: str) -> None:
    address = open_session(client)
    headers = {"origin": origin} if origin else {}
    if not origin:
        del client.headers["origin"]
    with pytest.raises(WebSocketDisconnect), attend(client, address, headers=headers):
        pass


def test_sessions_left_alone_are_ended_and_forgotten(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = open_session(client)
    hub = client.app.state.services.hub  # type: ignore[attr-defined]
    session = hub.find(address.split("/")[3])
    monkeypatch.setattr("movescreen.web.hub._UNATTENDED_S", -1.0)
    hub.tidy()
    until(lambda: session.over)
    monkeypatch.setattr("movescreen.web.hub._FORGOTTEN_S", -1.0)
    hub.tidy()
    assert client.get(f"/api/live/{session.id}").status_code == 404


def test_a_slow_machine_is_offered_the_faster_network(config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movescreen.web.live_session._TIMED", 5)
    monkeypatch.setattr("movescreen.web.live_session._SLOW_S", 0.0)
    with client_of(config) as client, attend(client, open_session(client)) as socket:
        state: dict[str, Any] = {}
        for number in range(1, 8):
            socket.send_bytes(picture(number / 30, number))
            state = wait_for_answer(socket, number) or state
        assert state["slow"]
        socket.send_text(json.dumps({"command": "lite"}))
        next(m for m in messages(socket) if "state" in m and not m["state"]["slow"])


def test_pictures_are_dropped_and_never_queued(config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, took = FigureEstimator.detect, LiveSession.show
    all_came = threading.Event()

    def slowly(self: FigureEstimator, frame: Any) -> Any:
        assert all_came.wait(60)
        return looked(self, frame)

    def take(self: LiveSession, frame: CameraFrame) -> None:
        took(self, frame)
        if frame.number == 40:
            all_came.set()

    monkeypatch.setattr(FigureEstimator, "detect", slowly)
    monkeypatch.setattr(LiveSession, "show", take)
    monkeypatch.setattr(api, "TokenBucket", partial(TokenBucket, clock=Clock()))
    with client_of(config) as client, attend(client, open_session(client)) as socket:
        next(messages(socket))
        for number in range(1, 41):
            socket.send_bytes(picture(number / 100, number))
        answered = []
        for told in messages(socket):
            if "number" in told:
                answered.append(told["number"])
                if told["number"] == 40:
                    break
        assert len(answered) <= 2, "the newest one counts"


@pytest.mark.slow
def test_what_is_recorded_survives_a_bug(config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = FigureEstimator.detect

    def breaking(self: FigureEstimator, frame: Any) -> Any:
        if frame.index == 480:  # in the middle of the third squat
            raise RuntimeError("the network broke")
        return looked(self, replace(frame, time_s=frame.index / 30))

    clock, news = Clock(), threading.Event()
    monkeypatch.setattr(FigureEstimator, "detect", breaking)
    monkeypatch.setattr("movescreen.live.engine.LiveEngine._people", lambda *_: 1)
    monkeypatch.setattr("movescreen.web.live_session.time", clock)
    with client_of(config) as client:
        session = client.app.state.services.hub.open(  # type: ignore[attr-defined]
            SessionChoices("Client 17", "squat", 3, False, "full")
        )
        session.attach(news.set)
        for number in range(1, 482):
            clock.now_s = number / 30
            session.show(CameraFrame(number / 30, number, PICTURE))
            while number <= 480 and (session.latest()[0] or {}).get("number") != number:
                assert news.wait(60)
                news.clear()
        until(lambda: session.over)
        assert session.error is None
        told = client.get(f"/api/results/{session.result}").json()
        assert told["session"]["parts"][0]["reps"] == 2
