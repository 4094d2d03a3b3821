"""Slow and silent connections: each has its time, and none keeps out who asks for a page."""

from __future__ import annotations

import json
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.request import Request, urlopen

import pytest
from websockets.sync.client import connect

import movescreen.web.security.connections as connections
from movescreen.web.config import WebConfig
from movescreen.web.services import Services
from tests.support.waiting import until
from tests.web.conftest import FigureEstimator, serving

pytestmark = pytest.mark.processes
HEAD = b"GET /privacy HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n"


@pytest.fixture
def port(config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose times are short."""
    for name, value in {"HEAD_S": 0.6, "BODY_S": 0.5, "LOOK_S": 0.3, "TAKE_S": 0.6}.items():
        monkeypatch.setattr(connections, name, value)
    monkeypatch.setattr(connections, "MOST", 12)
    monkeypatch.setattr(connections.Shares.__init__, "__defaults__", (12, 6))

    def see_a_figure(services: Services) -> None:
        services.hub._make = FigureEstimator

    with serving(config, see_a_figure) as address:
        yield int(address.rpartition(":")[2])


def call(port: int, source: str = "127.0.0.1", sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(source, 0))
    made.sendall(sent)
    return made


def ended(made: socket.socket) -> bool:
    """Tell whether the server has closed a connection."""
    made.setblocking(False)
    try:
        return made.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize(
    "sent", [b"", HEAD, POST, POST + b"x" * 50], ids=["nothing", "half a head", "no body", "half a body"]
)
def test_who_does_not_go_on_is_let_go(port: int, sent: bytes) -> None:
    with call(port, sent=sent) as made:
        until(lambda: ended(made))


def test_who_sends_a_byte_now_and_then_is_let_go_as_well(port: int) -> None:
    for begun in (HEAD, POST):
        with call(port, sent=begun) as made:

            def go_on(made: socket.socket = made) -> bool:
                try:
                    made.send(b"X")
                except OSError:
                    return True
                return ended(made)

            until(go_on)


def test_a_second_head_on_the_same_connection_has_its_time_too(port: int) -> None:
    with call(port, sent=HEAD + b"\r\n") as made:
        assert made.recv(15).startswith(b"HTTP/1.1 200")
        until(lambda: bool(made.recv(65536)))
        made.sendall(HEAD)
        until(lambda: ended(made))


def test_who_asks_in_time_is_answered_and_may_ask_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 2.0)  # a busy machine may be slow to send one
    with call(port) as made:
        for _ in range(2):
            made.sendall(HEAD + b"Connection: keep-alive\r\n\r\n")
            assert made.recv(15).startswith(b"HTTP/1.1 200")
            # longer than a head may take: between two requests there is more time
            time.sleep(2.2)
            assert made.recv(1 << 20)


def test_a_guided_session_stays_open_while_others_come_and_go(port: int) -> None:
    asked = Request(f"http://127.0.0.1:{port}/api/live", b"{}", {"Content-Type": "application/json"})
    address = json.load(urlopen(asked, timeout=10))["socket"]
    with connect(f"ws://127.0.0.1:{port}{address}", origin=f"http://127.0.0.1:{port}") as session, ExitStack() as stack:  # type: ignore[arg-type]
        begun_s = time.monotonic()
        while time.monotonic() - begun_s < 2.5:  # longer than a head or a body may take
            stack.enter_context(call(port, sent=HEAD))
            session.send("{}")
            time.sleep(0.1)
        assert session.ping().wait(5)


@pytest.mark.parametrize("addresses", [1, 10], ids=["one address", "ten addresses"])
def test_silent_connections_make_room_for_who_asks(port: int, addresses: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 600.0)  # none is let go because its time is up
    with ExitStack() as stack:
        held = [stack.enter_context(call(port, f"127.0.0.{2 + i % addresses}", HEAD)) for i in range(60)]
        assert urlopen(f"http://127.0.0.1:{port}/login", timeout=60).status == 200
        until(lambda: sum(not ended(each) for each in held) <= 12)


#: Threads that all hold some pictures for a moment, twice; between a password is hashed. Prints how much memory is left of it, MiB.
HOLDING = """
import hashlib, re, sys, threading
from movescreen.memory import give_memory_back

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def hold():
    held, kept[threading.get_ident()] = [bytearray(5_000_000) for _ in range(4)], bytearray(200_000)
    everybody.wait()

if sys.argv[1] == "bounded":
    give_memory_back()
kept, everybody, begun = {}, threading.Barrier(8), resident()
for _ in range(2):
    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    hashlib.scrypt(b"x", salt=b"y", n=2**15, r=8, p=1, maxmem=2**26)
print(resident() - begun)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries have no such stores")
def test_memory_that_threads_no_longer_need_is_given_back() -> None:
    left = {
        how: float(
            subprocess.run([sys.executable, "-c", HOLDING, how], text=True, capture_output=True, check=True).stdout
        )
        for how in ("bounded", "not bounded")
    }
    assert left["bounded"] < 30 < 60 < left["not bounded"], left
