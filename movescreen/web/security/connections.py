"""Connections: how long one may take to say what it wants, and who makes room when there are too many.

Whoever says nothing, or says it byte by byte, costs a place. A head has so long to arrive, a body a pace to keep, an answer has to be
taken. When all places are taken the next one is still let in: the connection that has been silent longest, of the address that holds
most, goes. So somebody who asks for a page gets it, however many others are silent.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: A request's head has so long to arrive, and its body so long before it has to keep a pace; an answer that is not taken for so long
#: ends the connection, s.
HEAD_S, BODY_S, TAKE_S = 10.0, 15.0, 30.0
#: Slowest pace of a body, bytes a second, and how often it is looked at, s.
PACE, LOOK_S = 8_000.0, 3.0
#: Connections of all, and of one address before it makes room for itself.
MOST, MOST_OF_ADDRESS = 2000, 128


class Shares:
    """Everybody's connections to a server.

    Parameters
    ----------
    most, of_address
        Places of all, and of one address.
    """

    def __init__(self, most: int = MOST, of_address: int = MOST_OF_ADDRESS) -> None:
        self._most, self._of_address = most, of_address
        self._open: dict[GuardedProtocol, None] = {}
        self._held: Counter[str] = Counter()

    def admit(self, new: GuardedProtocol) -> None:
        """Let a connection in; somebody who waits makes room when there is none."""
        self._open[new] = None
        self._held[new.address] += 1
        if not self._full(new.address):
            return
        for each in [each for each in self._open if each.transport.is_closing()]:
            self.leave(each)  # what became a socket is not told here when it ends
        if self._full(new.address):
            crowded = self._held[new.address] > self._of_address
            waiting = [each for each in self._open if each.rank and (not crowded or each.address == new.address)]
            if waiting:
                goes = max(waiting, key=lambda each: (each.rank, self._held[each.address], -each.since_s))
                self.leave(goes)
                goes.transport.abort()

    def leave(self, old: GuardedProtocol) -> None:
        """Forget a connection that has ended."""
        if old in self._open:
            del self._open[old]
            self._held[old.address] -= 1
            if not self._held[old.address]:
                del self._held[old.address]

    def _full(self, address: str) -> bool:
        return self._held[address] > self._of_address or len(self._open) > self._most


class GuardedProtocol(H11Protocol):
    """HTTP/1.1 with limits of time; see the module.

    Attributes
    ----------
    address
        Of the other end.
    since_s
        When it began to wait for what comes next.
    """

    shares: ClassVar[Shares]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = ""
        self.since_s = time.monotonic()
        self._limit: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        self._body = self._socket = False
        self._owed = 0.0

    @property
    def rank(self) -> int:
        """How readily it makes room: 3 for a head that is on its way, 2 between requests, 1 for a body, 0 while it is answered or is a socket."""
        if self._socket:
            return 0
        if self.conn.their_state is h11.IDLE:
            return 2 if self._limit is None else 3
        return int(self.conn.their_state is h11.SEND_BODY)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, and give it its time."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._limit = self.loop.call_later(HEAD_S, transport.abort)
        self.shares.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let it go."""
        self._unlimit()
        self.resume_writing()
        self.shares.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what is still missing."""
        self._owed -= len(data)
        super().data_received(data)
        self._watch(more=True)

    def on_response_complete(self) -> None:
        """Go on to what comes next on the same connection."""
        super().on_response_complete()
        self._watch(more=False)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave it to the socket, which has limits of its own."""
        self._unlimit()
        self._socket = True
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Begin to count how long the other end takes nothing."""
        super().pause_writing()
        self._taking = self._taking or self.loop.call_later(TAKE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """End it."""
        super().resume_writing()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _watch(self, *, more: bool) -> None:
        state = self.conn.their_state
        if self._socket:
            return
        if state is h11.SEND_BODY:
            if not self._body:
                self._unlimit()
                self._body, self._owed, self.since_s = True, -PACE * BODY_S, time.monotonic()
                self._limit = self.loop.call_later(LOOK_S, self._look)
        elif state is not h11.IDLE:
            self._unlimit()
        elif more and (self._limit is None or self._body):  # the first bytes of a head, not all
            self._unlimit()
            self.since_s = time.monotonic()
            self._limit = self.loop.call_later(HEAD_S, self.transport.abort)
        elif not more:
            self._unlimit()
            self.since_s = time.monotonic()

    def _look(self) -> None:
        if not self.flow.read_paused:  # otherwise it is the server that does not take it
            self._owed += PACE * LOOK_S
        if self._owed > 0:
            self.transport.abort()
        else:
            self._limit = self.loop.call_later(LOOK_S, self._look)

    def _unlimit(self) -> None:
        self._body = False
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


def make_protocol(files: int = 4096) -> type[GuardedProtocol]:
    """Return the protocol of one server, with places of its own: at most half of the files that this process may have open."""
    return type("Guarded", (GuardedProtocol,), {"shares": Shares(min(MOST, files // 2))})
