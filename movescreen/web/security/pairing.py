"""Phones that film for a session, or on which somebody answers about their own health: a code, and what it is exchanged for.

A paired device may open one session's page and its socket, or one conversation, and nothing else: no result, nobody else.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from movescreen.web.errors import NotThere, TooManyTries
from movescreen.web.security.logins import digest
from movescreen.web.security.throttling import BucketsByKey

COOKIE = "movescreen_device"
#: A code is good for so long and for one device, one for health questions longer; a device for so long, s.
CODE_S, QUESTIONS_S, DEVICE_S = 600.0, 12 * 3600.0, 6 * 3600.0
#: Codes tried by one address: at once, and then a second.
_TRIES = (10, 1 / 20)
#: Codes and devices that are remembered.
_MOST = 300


@dataclass(frozen=True)
class Opens:
    """What a code or a device opens.

    Attributes
    ----------
    page
        Address of the page; pages below it are open, too.
    uid
        Number of the client whom it is about; empty where no client may be seen.
    """

    page: str
    uid: str = ""

    def holds(self, path: str) -> bool:
        """Tell whether an address is open."""
        return bool(self.page) and (path in (self.page, f"/api{self.page}/socket") or path.startswith(f"{self.page}/"))


_NOTHING = Opens("")


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
        #: Digest -> what it opens, and until when.
        self._codes: dict[str, tuple[Opens, float]] = {}
        self._devices: dict[str, tuple[Opens, float]] = {}
        self._tries = BucketsByKey(*_TRIES, clock=clock)

    def offer(self, opens: Opens, good_s: float = CODE_S) -> str:
        """Return a new code, good for ``good_s`` seconds; those that were offered for the same page before end."""
        code = secrets.token_urlsafe(12)
        with self._lock:
            self._codes = {k: v for k, v in self._codes.items() if v[0] != opens}
            _keep(self._codes, code, opens, self._clock() + good_s)
        return code

    def opened_by_code(self, code: str) -> Opens:
        """Return what a code opens, without using it up."""
        return self._find(self._codes, code)

    def redeem(self, code: str, address: str) -> Opens:
        """Use a code up and return what it opens.

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
        with self._lock:
            opens = self._find(self._codes, code)
            self._codes.pop(digest(code), None)
        if not opens.page:
            raise NotThere("this code is not good any more", "have a new one shown on the laptop")
        return opens

    def let_in(self, opens: Opens) -> str:
        """Return the token of a device that may open something from now on."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            _keep(self._devices, token, opens, self._clock() + DEVICE_S)
        return token

    def follow(self, before: Collection[str], page: str) -> None:
        """Let the devices of earlier pages open another one: the next person before the same phone."""
        with self._lock:
            self._devices = {
                key: (replace(opens, page=page) if opens.page in before else opens, until_s)
                for key, (opens, until_s) in self._devices.items()
            }

    def opened_by(self, token: str | None) -> Opens:
        """Return what a device may open."""
        return self._find(self._devices, token or "")

    def _find(self, kept: dict[str, tuple[Opens, float]], secret: str) -> Opens:
        opens, until_s = kept.get(digest(secret), (_NOTHING, 0.0))
        return opens if self._clock() < until_s else _NOTHING


def _keep(kept: dict[str, tuple[Opens, float]], secret: str, opens: Opens, until_s: float) -> None:
    kept[digest(secret)] = (opens, until_s)
    while len(kept) > _MOST:
        del kept[next(iter(kept))]
