"""What is under way and kept in memory until somebody has said what becomes of it: conversations, rosters, pictures. Never on a disk."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Depends, Request

from movescreen.client.team.roster import RosterTable
from movescreen.web.errors import NotThere, TooLarge

_T = TypeVar("_T")
#: What the description of the API says of a route that takes a file.
FILE_AS_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@dataclass(frozen=True)
class RosterDraft:
    """A roster under way: what the file is called, and what is in it."""

    name: str
    table: RosterTable


class Drafts(Generic[_T]):
    """Finds what is under way by an unguessable id.

    Parameters
    ----------
    what
        What it is, for messages.
    hint
        What to do when it is not there any more.
    most
        So many at a time; the one not touched for longest makes room.
    idle_s
        Forgotten after so long without use, s.
    clock
        Seconds that only rise.
    """

    def __init__(
        self,
        what: str,
        hint: str = "choose the file again",
        most: int = 20,
        idle_s: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what, self._hint, self._most, self._idle_s = what, hint, most, idle_s
        self._clock, self._lock = clock, threading.Lock()
        self._drafts: dict[str, tuple[_T, float]] = {}  # the one touched last is the last one

    def open(self, draft: _T) -> str:
        """Keep something and return its id."""
        draft_id = secrets.token_urlsafe(12)
        with self._lock:
            self._tidy()
            self._drafts[draft_id] = (draft, self._clock())
            for old in list(self._drafts)[: -self._most]:
                del self._drafts[old]
        return draft_id

    def find(self, draft_id: str, wanted: Callable[[_T], bool] = lambda _: True) -> _T:
        """Return what is under way.

        Raises
        ------
        NotThere
            When it is not (any more), or not what is wanted.
        """
        with self._lock:
            self._tidy()
            if draft_id not in self._drafts or not wanted(self._drafts[draft_id][0]):
                raise NotThere(f"this {self._what} is not open any more; nothing of it was kept", self._hint)
            draft, _ = self._drafts.pop(draft_id)
            self._drafts[draft_id] = (draft, self._clock())
        return draft

    def newest(self, wanted: Callable[[_T], bool]) -> str:
        """Return the id of what is wanted and was touched last; empty when nothing is under way."""
        with self._lock:
            self._tidy()
            return next((key for key, (draft, _) in reversed(self._drafts.items()) if wanted(draft)), "")

    def forget(self, draft_id: str) -> None:
        """Forget it."""
        with self._lock:
            self._drafts.pop(draft_id, None)

    def forget_all(self, meant: Callable[[_T], bool]) -> None:
        """Forget all that are meant."""
        with self._lock:
            self._drafts = {key: kept for key, kept in self._drafts.items() if not meant(kept[0])}

    def _tidy(self) -> None:
        now_s = self._clock()
        self._drafts = {key: kept for key, kept in self._drafts.items() if now_s - kept[1] <= self._idle_s}


def body_up_to(most: int, what: str, hint: str) -> Any:
    """Return the default of a route's parameter that takes a file sent as a body; TooLarge as soon as it is larger, bytes."""

    async def read(request: Request) -> bytes:
        data = bytearray()
        async for part in request.stream():
            data += part
            if len(data) > most:
                raise TooLarge(f"the {what} is larger than {most // 1_000_000} MB", hint)
        return bytes(data)

    return Depends(read)
