"""Who is logged in: random tokens in a cookie, kept in memory, and a limit on guesses."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from movescreen.web.errors import TooManyTries
from movescreen.web.security.passwords import verify_password
from movescreen.web.security.throttling import BucketsByKey, TokenBucket

COOKIE = "movescreen_login"
#: A login ends after this long without use, s.
IDLE_S = 8 * 3600.0
#: Guesses of one address and of all: at once, and then a second.
_GUESSES = (5, 1 / 30)
_GUESSES_OF_ALL = (30, 1 / 5)
_MOST = 200


class Logins:
    """The logins of a running server; they end with it.

    Parameters
    ----------
    password_hash
        Empty = everybody is let in (a server for this machine alone).
    clock
        Seconds that only rise.
    """

    def __init__(self, password_hash: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._hash = password_hash
        self._clock = clock
        self._last_use_s: dict[str, float] = {}
        self._by_address = BucketsByKey(*_GUESSES, clock=clock)
        self._all = TokenBucket(*_GUESSES_OF_ALL, clock=clock)

    @property
    def needed(self) -> bool:
        """True when a password is asked for."""
        return bool(self._hash)

    def log_in(self, password: str, address: str) -> str | None:
        """Return a new token, or None when the password is wrong.

        Raises
        ------
        TooManyTries
            When this address, or all together, guessed too often.
        """
        for bucket in (self._by_address.of(address), self._all):
            if not bucket.take():
                error = TooManyTries("too many tries to log in", f"wait {bucket.wait_s() + 1:.0f} seconds")
                error.retry_after_s = bucket.wait_s() + 1  # type: ignore[attr-defined]
                raise error
        if not verify_password(password, self._hash):
            return None
        token = secrets.token_urlsafe(32)
        self._last_use_s[digest(token)] = self._clock()
        while len(self._last_use_s) > _MOST:
            del self._last_use_s[min(self._last_use_s, key=self._last_use_s.__getitem__)]
        return token

    def knows(self, token: str | None) -> bool:
        """Tell whether a token is that of somebody logged in."""
        if not self.needed:
            return True
        key = digest(token or "")
        last_s = self._last_use_s.get(key)
        if last_s is None or self._clock() - last_s > IDLE_S:
            self._last_use_s.pop(key, None)
            return False
        self._last_use_s[key] = self._clock()
        return True

    def log_out(self, token: str | None) -> None:
        """End a login."""
        self._last_use_s.pop(digest(token or ""), None)


def digest(token: str) -> str:
    """Return the hash under which a secret is looked up: that takes the same time whatever was guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
