"""Guesses at the password: one at a time, the least tried address first, so that nobody who knows the password is shut out.

A hash costs a processor a tenth of a second and more. While many are wrong, one guess every :data:`REST_S` is looked at; whoever has
tried least goes first, so that an address that comes new passes all that have been guessing.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import math
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from movescreen.web.errors import TooManyTries

#: Between two guesses while many are wrong, s; as many wrong ones lately; what "lately" is, s.
REST_S, MANY, LATELY_S = 1.5, 10, 600.0
#: Guesses that may wait, and how long, s.
WAITING, WAIT_S = 100, 10.0
#: Addresses remembered.
_ADDRESSES = 4096


@dataclass(eq=False)
class _Waiting:
    source: str
    turn: asyncio.Future[None]


class Fading:
    """Counts that fade: of what is long ago nothing is left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def of(self, key: str) -> float:
        """Return how much there is left of a count."""
        count, at_s = self._counts.get(key, (0.0, 0.0))
        return count * math.exp((at_s - self._clock()) / LATELY_S)

    def add(self, key: str) -> None:
        """Count one more."""
        self._counts[key] = (self.of(key) + 1.0, self._clock())
        self._counts.move_to_end(key)
        while len(self._counts) > _ADDRESSES:
            self._counts.popitem(last=False)


class Turns:
    """Who may guess next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries, self._wrong = Fading(clock), Fading(clock)
        self._waiting: list[_Waiting] = []
        self._taken = False

    @contextlib.asynccontextmanager
    async def take(self, address: str) -> AsyncIterator[None]:
        """Wait for the turn of an address, and hold it.

        Raises
        ------
        TooManyTries
            When others, who tried less, take all turns.
        """
        source = source_of(address)
        self._tries.add(source)
        if self._taken:
            await self._wait(_Waiting(source, asyncio.get_running_loop().create_future()))
        self._taken = True
        try:
            yield
        finally:
            rest_s = REST_S if self._wrong.of("") > MANY else 0.0
            asyncio.get_running_loop().call_later(rest_s, self._next)

    def note_wrong(self) -> None:
        """Count a wrong guess."""
        self._wrong.add("")

    async def _wait(self, new: _Waiting) -> None:
        self._waiting.append(new)
        if len(self._waiting) > WAITING:
            last = max(self._waiting, key=self._tried)
            self._waiting.remove(last)
            last.turn.set_exception(too_many(WAIT_S))
        try:
            await asyncio.wait_for(asyncio.shield(new.turn), WAIT_S)
        except TimeoutError:
            raise too_many(WAIT_S) from None
        finally:
            if new in self._waiting:
                self._waiting.remove(new)
            elif sys.exc_info()[0] is not None and new.turn.done() and new.turn.exception() is None:
                self._next()  # it was given its turn while it gave up

    def _tried(self, waiting: _Waiting) -> float:
        return self._tries.of(waiting.source)

    def _next(self) -> None:
        waiting = [each for each in self._waiting if not each.turn.done()]
        if not waiting:
            self._taken = False
            return
        first = min(waiting, key=self._tried)
        self._waiting.remove(first)
        first.turn.set_result(None)


def too_many(wait_s: float) -> TooManyTries:
    """Return the error that says how long to wait."""
    error = TooManyTries("too many tries to log in", f"wait {wait_s + 1:.0f} seconds")
    error.retry_after_s = wait_s + 1  # type: ignore[attr-defined]
    return error


def source_of(address: str) -> str:
    """Return what stands for an address: of IPv6 the network, as one machine has as many addresses there as it likes."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)
