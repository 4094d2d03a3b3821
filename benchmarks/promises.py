"""What movescreen promises about safety, measured: prints measured beside promised.

    python benchmarks/promises.py [--seconds 20] [--spoiled 200] [--kills 40] [--requests 5000] [--minutes 0] [--only siege|memory|files]

The siege: 1000 slow and silent connections, 20 guesses a second from 50 addresses, and pictures made to keep a decoder busy, all at once,
while somebody logged in opens pages, a guided session runs, and the owner logs in from a new address and from a known browser; once with
the one password, once with accounts, of which a trainer screens and every guesser knows a name. All on this machine: what the attackers
cost in processor time, the server lacks.

Memory: requests, and a guided session beside them of so many ``--minutes`` at ``--pictures`` a second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import multiprocessing
import os
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from live_latency import free_port
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PASSWORD = "four words nobody guesses"
#: Who has an account, where there are some.
OWNER, TRAINER = "olga", "tim"
Row = tuple[str, str, bool]
#: The server makes a certificate of its own, which nothing here knows.
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE


class Browser:
    """Somebody at an address, with the cookies that were given."""

    def __init__(self, port: int, address: str = "127.0.0.1", cookies: str = "", name: str = OWNER) -> None:
        self.session, self.name = "", name
        self.port, self.address, self.cookies = port, address, cookies

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "application/json") -> tuple[int, bytes]:
        """Return status and body of an answer."""
        call = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(self.address, 0), context=TLS
        )
        try:
            call.request(method, path, body, {"Cookie": self.cookies, "Content-Type": kind, "Accept": "text/html"})
            answer = call.getresponse()
            given = [each.partition(";")[0] for each in answer.headers.get_all("set-cookie") or ()]
            self.cookies = "; ".join(filter(None, [self.cookies, *given]))
            return answer.status, answer.read()
        finally:
            call.close()

    def log_in(self) -> float:
        """Return how long it takes until the owner is in, s; tries again as the page says."""
        begun = time.monotonic()
        form = urllib.parse.urlencode({"name": self.name, "password": PASSWORD})
        while self.ask("POST", "/login", form, "application/x-www-form-urlencoded")[0] != 303:
            if time.monotonic() - begun > 60:
                return float("inf")
            time.sleep(0.5)
        return time.monotonic() - begun

    def open_session(self, address: str = "") -> Any:
        """Return the socket of a guided session, a new one or one that was begun."""
        told = (
            {"socket": address}
            if address
            else json.loads(
                self.ask("POST", "/api/live", json.dumps({"protocol": "squat", "model": "lite", "repetitions": 20}))[1]
            )
        )
        self.session = told["socket"]
        return connect(
            f"wss://127.0.0.1:{self.port}{told['socket']}", ssl=TLS,
            additional_headers={"Cookie": self.cookies}, origin=f"https://127.0.0.1:{self.port}",  # type: ignore[arg-type]
        )  # fmt: skip


class LiveSession:
    """A session to which so many pictures of a clip are sent a second; counts what was answered."""

    def __init__(self, browser: Browser, per_s: float = 30.0) -> None:
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(browser.open_session())
        self.answers, self.over, self._per_s = 0, False, per_s
        self._pictures = pictures()
        self._sent = self._latest = 0
        for work in (self._send, self._receive):
            threading.Thread(target=work, daemon=True).start()

    def rate(self, seconds: float) -> float:
        """Return answers a second over the next seconds."""
        before = self.answers
        time.sleep(seconds)
        return (self.answers - before) / seconds

    def close(self) -> None:
        """End it."""
        self.over = True
        self._open.close()

    def _send(self) -> None:
        from movescreen.web.frames import HEADER

        with contextlib.suppress(ConnectionClosed, OSError):
            while not self.over:
                # as the page does: no more pictures on their way than the server has room for
                if self._sent - self._latest < 3:
                    self._sent += 1
                    self._socket.send(
                        HEADER.pack(time.monotonic(), self._sent) + self._pictures[self._sent % len(self._pictures)]
                    )
                time.sleep(1 / self._per_s)

    def _receive(self) -> None:
        with contextlib.suppress(ConnectionClosed, OSError):
            for message in self._socket:
                number = json.loads(message).get("number")
                if number is not None:
                    self.answers, self._latest = self.answers + 1, number


def pictures() -> list[bytes]:
    """Return pictures of somebody who stands there and has not begun: the session goes on as long as it is looked at."""
    clip, found = cv2.VideoCapture(str(ROOT / "sample_videos" / "squat_front.mp4")), []
    while len(found) < 10:
        there, image = clip.read()
        if not there:
            break
        found.append(cv2.imencode(".jpg", cv2.resize(image, (360, 640)))[1].tobytes())
    return found


def scan_bombs() -> list[bytes]:
    """Return small pictures of thousands of scans, progressive and one scan a color."""
    plain = np.full((1280, 1280, 3), 128, np.uint8)
    made = []
    for progressive in (1, 0):
        data = cv2.imencode(".jpg", plain, [cv2.IMWRITE_JPEG_PROGRESSIVE, progressive, cv2.IMWRITE_JPEG_QUALITY, 1])[
            1
        ].tobytes()
        at = data.rindex(b"\xff\xda")
        scan = data[at:-2]
        made.append(data[:-2] + scan * (300_000 // len(scan)) + b"\xff\xd9")
    return made


# --- attackers, each in a process of its own ------------------------------------------------------------------------


def hold_connections(tally: Any, port: int, count: int) -> None:
    """Keep slow connections open, and silent ones that do not even begin HTTPS, from 50 addresses; whoever is closed comes again.

    ``tally`` is how many are held.
    """

    async def hold(number: int) -> None:
        source = (f"127.0.0.{2 + number % 50}", 0)
        await asyncio.sleep(number / count * 2)
        while True:
            with contextlib.suppress(OSError):
                secure = TLS if number % 2 else None
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source, ssl=secure)
                tally.value += 1
                with contextlib.suppress(OSError, asyncio.TimeoutError):
                    if number % 2:
                        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                    while not reader.at_eof():
                        with contextlib.suppress(asyncio.TimeoutError):
                            await asyncio.wait_for(reader.read(100), 5)
                        if number % 2:
                            writer.write(b"X: y\r\n")
                writer.close()
                tally.value -= 1
            await asyncio.sleep(1.0)

    async def hold_all() -> None:
        await asyncio.gather(*(hold(number) for number in range(count)))

    os.nice(10)
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    asyncio.run(hold_all())


def guess(tally: Any, port: int, per_s: float) -> None:
    """Guess the password from 50 addresses; ``tally`` is how many were answered."""

    async def once(number: int) -> None:
        body = f"name={(OWNER, TRAINER)[number % 2]}&password=guess+{number}+of+many"
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(f"127.0.0.{2 + number % 50}", 0), ssl=TLS
            )
            writer.write((head + body).encode())
            with contextlib.suppress(asyncio.TimeoutError):
                answer = await asyncio.wait_for(reader.read(), 30)
                tally.value += answer.startswith(b"HTTP/1.1")
            writer.close()

    async def go_on() -> None:
        number, running = 0, set()
        while True:
            task = asyncio.create_task(once(number))
            running.add(task)
            task.add_done_callback(running.discard)
            number += 1
            await asyncio.sleep(1 / per_s)

    os.nice(10)
    asyncio.run(go_on())


def send_bombs(tally: Any, port: int, cookies: str) -> None:
    """Send pictures of thousands of scans to a session, again and again; ``tally`` is how many."""
    from movescreen.web.frames import HEADER

    os.nice(10)
    bombs, browser, number = scan_bombs(), Browser(port, "127.0.0.60", cookies), 0
    while True:
        with contextlib.suppress(ConnectionClosed, OSError, KeyError), browser.open_session(browser.session) as socket:
            while True:
                number += 1
                socket.send(HEADER.pack(number / 5, number) + bombs[number % 2])
                tally.value += 1
                time.sleep(0.2)
        time.sleep(1.0)


# --- measuring ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(folder: Path, *, accounts: bool = False) -> Iterator[tuple[int, int]]:
    """Run a server for others, with a password or with accounts; yield its port and process."""
    from movescreen.records import RecordStore
    from movescreen.records.accounts import keep_account
    from movescreen.records.acting import Role
    from movescreen.web.security.passwords import hash_password, save_password

    save_password(PASSWORD, folder / "config" / "movescreen" / "web-password")
    if accounts:
        with RecordStore(None, folder / "records") as store:
            for name, role in ((OWNER, Role.OWNER), (TRAINER, Role.TRAINER)):
                keep_account(store, name, role, password_hash=hash_password(PASSWORD))
    port = free_port()
    words = ["serve", "--host", "0.0.0.0", "--port", str(port), "--out", str(folder / "results")]
    script = f"import sys; from movescreen.cli import main; main({words!r})"
    environment = os.environ | {
        "XDG_CONFIG_HOME": str(folder / "config"), "MOVESCREEN_RECORDS_FOLDER": str(folder / "records"), "PYTHONPATH": str(ROOT)
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-c", script], env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                Browser(port).ask("GET", "/login")
                break
            time.sleep(0.2)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)


def siege(port: int, seconds: float, how: str) -> list[Row]:
    owner, trainer = Browser(port), Browser(port, name=TRAINER)
    for each in (owner, trainer):
        each.log_in()
    known = Browser(port, "127.0.0.5", owner.cookies)
    live = LiveSession(trainer)
    live.rate(8)
    quiet_rate, quiet_page = live.rate(seconds), statistics.median(page_times(trainer, 5))
    attackers: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
        (hold_connections, (port, 1000)), (guess, (port, 20.0)), (send_bombs, (port, owner.cookies))
    ]  # fmt: skip
    tallies = [multiprocessing.Value("i") for _ in attackers]
    running = [
        multiprocessing.Process(target=work, args=(tally, *given), daemon=True)
        for (work, given), tally in zip(attackers, tallies, strict=True)
    ]
    for process in running:
        process.start()
    try:
        time.sleep(10)
        held, guesses, bombs = (tally.value for tally in tallies)
        pages: list[float] = []
        watch = threading.Thread(target=lambda: pages.extend(page_times(trainer, seconds)))
        watch.start()
        rate = live.rate(seconds)
        watch.join()
        held, guesses, bombs = min(held, tallies[0].value), tallies[1].value - guesses, tallies[2].value - bombs
        new_s, known_s = Browser(port, "127.0.1.1").log_in(), known.log_in()
    finally:
        for process in running:
            process.kill()
        live.close()
    came = f"{held} connections held, {guesses / seconds:.0f} guesses and {bombs / seconds:.1f} pictures a second"
    return [
        (f"{how}: the siege is one: half of 1000 connections at any time, 10 guesses and 2 pictures a second", came, held >= 500 and guesses >= 10 * seconds and bombs >= 2 * seconds),
        (f"{how}: a logged-in page within 1 s under siege", f"longest {max(pages):.2f} s, middle {statistics.median(pages):.2f} s of {len(pages)} (quiet {quiet_page:.2f})", max(pages) <= 1.0),
        (f"{how}: a guided session keeps 80 % of its rate", f"{rate / quiet_rate:.0%} ({rate:.1f} of {quiet_rate:.1f} a second)", rate >= 0.8 * quiet_rate),
        (f"{how}: the owner is in within 5 s, from an address nobody knows", f"{new_s:.1f} s", new_s <= 5.0),
        (f"{how}: the owner is in within 5 s, from a browser that was logged in, at an address that guesses", f"{known_s:.1f} s", known_s <= 5.0),
    ]  # fmt: skip


def page_times(browser: Browser, seconds: float) -> list[float]:
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        status = browser.ask("GET", "/results")[0]
        times.append(time.monotonic() - begun if status == 200 else float("inf"))
        time.sleep(0.3)
    return times


def memory(port: int, process: int, requests: int, minutes: float, per_s: float) -> Row:
    """Look at the server's memory before and after requests, which are spread over a guided session of some minutes, or come at once."""
    owner = Browser(port)
    owner.log_in()
    live, opened = LiveSession(owner, per_s) if minutes else None, time.monotonic()
    paths = ("/", "/results", "/clips", "/clients", "/privacy", "/login", "/api/results", "/static/app.css")
    for number in range(500):
        owner.ask("GET", paths[number % len(paths)])
    rate = live.rate(60) if live else 0.0  # what is loaded once is there by now
    before, begun = resident_mib(process), time.monotonic()
    for number in range(requests):
        time.sleep(max(0.0, begun + minutes * 60 * number / requests - time.monotonic()))
        owner.ask("GET", paths[number % len(paths)])
        if number % max(1, requests // 30) == 0:
            answered = f", {live.answers} pictures answered" if live else ""
            print(f"{(time.monotonic() - begun) / 60:.1f} min: {resident_mib(process):.1f} MiB{answered}", flush=True)
    if live:
        rate = live.answers / (time.monotonic() - opened)
        live.close()
    after = resident_mib(process)
    session = f"{minutes:g} minutes of a guided session and " if minutes else ""
    told = f", {rate:.1f} of {per_s:g} pictures a second throughout" if minutes else ""
    return (
        f"{session}{requests} requests leave memory within 5 %",
        f"{before:.0f} to {after:.0f} MiB ({after / before - 1:+.1%}){told}",
        after <= 1.05 * before and (not minutes or rate > 0.5 * per_s),
    )


def resident_mib(process: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1024  # type: ignore[index]


def frames() -> Row:
    from movescreen.errors import InputError
    from movescreen.web.frames import HEADER, parse_frame

    longest, refused = 0.0, 0
    for bomb in scan_bombs():
        begun = time.process_time()
        try:
            parse_frame(HEADER.pack(1.0, 1) + bomb)
        except InputError:
            refused += 1
        longest = max(longest, time.process_time() - begun)
    return (
        "a picture costs at most 0.2 s",
        f"{longest * 1000:.1f} ms, {refused} of 2 refused",
        longest < 0.2 and refused == 2,
    )


def others(script: str, count: int) -> list[Row]:
    """Return the rows that another benchmark prints."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / script), "--count", str(count)],
        text=True,
        capture_output=True,
        check=False,
    )
    found = re.findall(r"^\| (?!promised)([^|]+) \| ([^|]+) \|$", done.stdout, re.M)
    return [(promised, measured, done.returncode == 0) for promised, measured in found] or [
        (script, done.stderr[-200:], False)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--spoiled", type=int, default=200)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--pictures", type=float, default=30.0)
    parser.add_argument("--only", choices=["siege", "memory", "files"])
    asked = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        if asked.only in (None, "memory"):
            with serving(Path(place) / "quiet") as (port, process):
                rows.append(memory(port, process, asked.requests, asked.minutes, asked.pictures))
        if asked.only in (None, "siege"):
            rows.append(frames())
            for how in ("one password", "accounts"):
                with serving(Path(place) / how, accounts=how == "accounts") as (port, _):
                    rows += siege(port, asked.seconds, how)
    if asked.only in (None, "files"):
        rows += others("fuzz.py", asked.spoiled) + others("kills.py", asked.kills)
    print("| promised | measured | kept |\n|---|---|---|")
    for promised, measured, kept in rows:
        print(f"| {promised} | {measured} | {'yes' if kept else 'NO'} |")
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} when it ended")
    sys.exit(not all(kept for *_, kept in rows))


if __name__ == "__main__":
    main()
