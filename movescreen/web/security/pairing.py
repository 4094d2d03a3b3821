"""Phones that film for a session: a code that is shown for some minutes, and what it is exchanged for.

A paired device may open one session's page and its socket, and nothing else: no client, no result, no other session.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Collection

from movescreen.web.errors import NotThere, TooManyTries
from movescreen.web.security.logins import digest
from movescreen.web.security.throttling import BucketsByKey

COOKIE = "movescreen_device"
#: A code is good for so long and for one device; a device for so long, s.
CODE_S, DEVICE_S = 600.0, 6 * 3600.0
#: Codes tried by one address: at once, and then a second.
_TRIES = (10, 1 / 20)
#: Codes and devices that are remembered.
_MOST = 100


class Pairings:
    """The codes and devices of a running server; they end with it.

    Parameters
    ----------
    clock
        Seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: Digest -> session, and until when.
        self._codes: dict[str, tuple[str, float]] = {}
        self._devices: dict[str, tuple[str, float]] = {}
        self._tries = BucketsByKey(*_TRIES, clock=clock)

    def offer(self, session_id: str) -> str:
        """Return a new code for a session; those that were offered for it before end."""
        code = secrets.token_urlsafe(12)
        with self._lock:
            self._codes = {k: v for k, v in self._codes.items() if v[0] != session_id}
            _keep(self._codes, code, session_id, self._clock() + CODE_S)
        return code

    def redeem(self, code: str, address: str) -> tuple[str, str]:
        """Exchange a code, once, for a device's token; returns the session and the token.

        Raises
        ------
        NotThere
            When there is no such code, or not any more.
        TooManyTries
            When this address tried too many.
        """
        bucket = self._tries.of(address)
        if not bucket.take():
            raise TooManyTries("too many codes were tried", f"wait {bucket.wait_s() + 1:.0f} seconds")
        token = secrets.token_urlsafe(32)
        with self._lock:
            session_id, until_s = self._codes.pop(digest(code), ("", 0.0))
            if self._clock() >= until_s:
                raise NotThere(
                    "this code is not good any more", "show a new one on the laptop: More, then Film with a phone"
                )
            _keep(self._devices, token, session_id, self._clock() + DEVICE_S)
        return session_id, token

    def follow(self, before: Collection[str], session_id: str) -> None:
        """Let the devices of earlier sessions film for a new one: the next person before the same phone."""
        with self._lock:
            self._devices = {
                key: (session_id if of in before else of, until_s) for key, (of, until_s) in self._devices.items()
            }

    def session_of(self, token: str | None) -> str:
        """Return the session that a device may open; empty for none."""
        session_id, until_s = self._devices.get(digest(token or ""), ("", 0.0))
        return session_id if self._clock() < until_s else ""


def _keep(kept: dict[str, tuple[str, float]], secret: str, session_id: str, until_s: float) -> None:
    kept[digest(secret)] = (session_id, until_s)
    while len(kept) > _MOST:
        del kept[next(iter(kept))]
