"""Who is logged in: random tokens in a cookie, kept in memory; devices that were logged in before; and a limit on guesses."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping

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
#: Who is let in while there are no accounts.
OWNER = "owner"
#: Compared with where there is no account of a name: that takes the same time.
_NOBODY = "scrypt$AAAA$AAAA"


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
    accounts
        Returns name -> password hash of everybody who may log in; none = ``password_hash`` lets the owner in.
    """

    def __init__(
        self,
        password_hash: str,
        clock: Callable[[], float] = time.monotonic,
        idle_s: float = IDLE_S,
        accounts: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._hash, self._clock, self._idle_s, self._accounts = password_hash, clock, idle_s, accounts
        #: Digest of a token -> begun, used last, by whom, with which password.
        self._used: dict[str, tuple[float, float, str, str]] = {}
        self._lock = threading.Lock()
        self._by_source = BucketsByKey(*_GUESSES, clock=clock)
        self._turns, self._device_turn = Turns(clock), asyncio.Lock()

    @property
    def needed(self) -> bool:
        """True when a password is asked for."""
        return bool(self._hash or self._accounts())

    @property
    def by_name(self) -> bool:
        """True when a name is asked for, too."""
        return bool(self._accounts())

    async def log_in(self, password: str, address: str, device: str = "", name: str = "") -> str | None:
        """Return a new token, or None when the password is wrong.

        Parameters
        ----------
        password
            What was typed.
        address
            Of the other end.
        device
            Its device cookie, if it has one: who has been logged in before waits for nobody else.
        name
            Of the account, where there are accounts.

        Raises
        ------
        TooManyTries
            When this address or device guessed too often, or too many others guess at the same time.
        """
        who, wanted = await asyncio.to_thread(self._wanted, name)
        known = _knows_device(device, wanted)
        bucket = self._by_source.of(f"device {device}" if known else source_of(address))
        if not bucket.take():
            raise too_many(bucket.wait_s())
        async with self._device_turn if known else self._turns.take(address):
            right = await asyncio.to_thread(verify_password, password, wanted)
            if not right:
                self._turns.note_wrong()
        return self._begin(who, wanted) if right else None

    def make_device(self, name: str = "") -> str:
        """Return a device cookie of an account; it holds until the password is changed."""
        made = secrets.token_urlsafe(16)
        return f"{made}.{_sign(made, self._wanted(name)[1])}"

    def knows(self, token: str | None) -> bool:
        """Tell whether a token is that of somebody logged in."""
        return self.who(token) is not None

    def who(self, token: str | None, accounts: Mapping[str, str] | None = None) -> str | None:
        """Return who is logged in with a token; None for nobody, or when account or password have changed since.

        Parameters
        ----------
        accounts
            Name -> password hash, from whoever has just read them; read here when None.
        """
        accounts = self._accounts() if accounts is None else accounts
        if not self._hash and not accounts:
            return OWNER
        key, now_s = digest(token or ""), self._clock()
        with self._lock:
            begun_s, used_s, name, password = self._used.pop(key, (now_s - LONGEST_S, now_s - self._idle_s, "", ""))
            late = now_s - used_s > self._idle_s or now_s - begun_s > LONGEST_S
            holds = (name, password) in accounts.items() if accounts else (name, password) == (OWNER, self._hash)
            if late or not holds:
                return None
            self._used[key] = (begun_s, now_s, name, password)
        return name

    def log_out(self, token: str | None) -> None:
        """End a login."""
        with self._lock:
            self._used.pop(digest(token or ""), None)

    def _wanted(self, name: str) -> tuple[str, str]:
        """Return whom a name lets in, and the hash of the password that is asked for."""
        accounts = self._accounts()
        return (name, accounts.get(name, _NOBODY)) if accounts else (OWNER, self._hash)

    def _begin(self, name: str, password: str) -> str:
        token, now_s = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._used[digest(token)] = (now_s, now_s, name, password)
            while len(self._used) > _MOST:
                del self._used[min(self._used, key=lambda key: self._used[key][1])]
        return token


def _knows_device(cookie: str, password: str) -> bool:
    name, _, signed = cookie.partition(".")
    return bool(name) and hmac.compare_digest(_sign(name, password).encode(), signed.encode("utf-8", "replace"))


def _sign(name: str, password: str) -> str:
    # the kept hash is known to this machine only, and changes with the password
    return hmac.new(password.encode(), name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def digest(token: str) -> str:
    """Return the hash under which a secret is looked up: that takes the same time whatever was guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
