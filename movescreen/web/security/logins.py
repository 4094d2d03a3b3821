"""Who is logged in: random tokens in a cookie, kept in memory; devices that were logged in before; and a limit on guesses."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from movescreen.web.security.guesses import Turns, source_of, too_many
from movescreen.web.security.passwords import verify_password
from movescreen.web.security.throttling import BucketsByKey

COOKIE = "movescreen_login"
#: Marks a browser that has been logged in: it guesses on a budget of its own. It lets nobody in.
DEVICE_COOKIE, DEVICE_S = "movescreen_device", 180 * 86400
#: A login ends after this long without use, and after this long in any case, s.
IDLE_S, LONGEST_S = 8 * 3600.0, 24 * 3600.0
#: Guesses of one address or device: at once, and then a second.
_GUESSES = (5, 1 / 30)
_MOST = 200


class Logins:
    """The logins of a running server; they end with it.

    Parameters
    ----------
    password_hash
        Empty = everybody is let in (a server for this machine alone).
    clock
        Seconds that only rise.
    idle_s
        A login ends after this long without use, s.
    """

    def __init__(self, password_hash: str, clock: Callable[[], float] = time.monotonic, idle_s: float = IDLE_S) -> None:
        self._hash, self._clock, self._idle_s = password_hash, clock, idle_s
        self._used: dict[str, tuple[float, float]] = {}
        self._by_source = BucketsByKey(*_GUESSES, clock=clock)
        self._turns, self._device_turn = Turns(clock), asyncio.Lock()

    @property
    def needed(self) -> bool:
        """True when a password is asked for."""
        return bool(self._hash)

    async def log_in(self, password: str, address: str, device: str = "") -> str | None:
        """Return a new token, or None when the password is wrong.

        Parameters
        ----------
        password
            What was typed.
        address
            Of the other end.
        device
            Its device cookie, if it has one: who has been logged in before waits for nobody else.

        Raises
        ------
        TooManyTries
            When this address or device guessed too often, or too many others guess at the same time.
        """
        known = self._knows_device(device)
        bucket = self._by_source.of(f"device {device}" if known else source_of(address))
        if not bucket.take():
            raise too_many(bucket.wait_s())
        async with self._device_turn if known else self._turns.take(address):
            right = await asyncio.to_thread(verify_password, password, self._hash)
            if not right:
                self._turns.note_wrong()
        return self._begin() if right else None

    def make_device(self) -> str:
        """Return a device cookie; it holds until the password is changed."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._sign(name)}"

    def knows(self, token: str | None) -> bool:
        """Tell whether a token is that of somebody logged in."""
        if not self.needed:
            return True
        key, now_s = digest(token or ""), self._clock()
        begun_s, used_s = self._used.get(key, (-LONGEST_S, -self._idle_s))
        if key not in self._used or now_s - used_s > self._idle_s or now_s - begun_s > LONGEST_S:
            self._used.pop(key, None)
            return False
        self._used[key] = (begun_s, now_s)
        return True

    def log_out(self, token: str | None) -> None:
        """End a login."""
        self._used.pop(digest(token or ""), None)

    def _begin(self) -> str:
        token, now_s = secrets.token_urlsafe(32), self._clock()
        self._used[digest(token)] = (now_s, now_s)
        while len(self._used) > _MOST:
            del self._used[min(self._used, key=lambda key: self._used[key][1])]
        return token

    def _knows_device(self, cookie: str) -> bool:
        name, _, signed = cookie.partition(".")
        return bool(name) and hmac.compare_digest(self._sign(name).encode(), signed.encode("utf-8", "replace"))

    def _sign(self, name: str) -> str:
        # the kept hash is known to this machine only, and changes with the password
        return hmac.new(self._hash.encode(), name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def digest(token: str) -> str:
    """Return the hash under which a secret is looked up: that takes the same time whatever was guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
