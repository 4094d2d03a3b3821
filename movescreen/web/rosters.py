"""What was uploaded and is kept in memory until somebody has said what becomes of it: rosters, pictures."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import Request

from movescreen.client.team.roster import RosterTable
from movescreen.web.errors import NotThere, TooLarge

_T = TypeVar("_T")
#: So many at a time; the oldest one makes room. And forgotten after so long, s.
_MOST = 20
_KEPT_S = 3600.0


async def read_bytes(request: Request, most: int, what: str, hint: str) -> bytes:
    """Return a file that was sent as a body, or raise TooLarge as soon as it is."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise TooLarge(f"the {what} is larger than {most // 1_000_000} MB", hint)
    return bytes(data)


@dataclass(frozen=True)
class RosterDraft:
    """A roster under way: what the file is called, and what is in it."""

    name: str
    table: RosterTable


class UploadDrafts(Generic[_T]):
    """Finds what is under way by an unguessable id.

    Parameters
    ----------
    what
        What it is, for messages.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._drafts: dict[str, tuple[_T, float]] = {}

    def open(self, draft: _T) -> str:
        """Keep something for a while and return its id."""
        draft_id = secrets.token_urlsafe(12)
        with self._lock:
            self._drafts[draft_id] = (draft, time.monotonic())
            for old in list(self._drafts)[:-_MOST]:
                del self._drafts[old]
        return draft_id

    def find(self, draft_id: str) -> _T:
        """Return it; NotThere when it is not under way (any more)."""
        with self._lock:
            draft, came_s = self._drafts.get(draft_id, (None, 0.0))
        if draft is None or time.monotonic() - came_s > _KEPT_S:
            raise NotThere(f"this {self._what} is not open any more; nothing of it was kept", "choose the file again")
        return draft

    def forget(self, draft_id: str) -> None:
        """Forget it."""
        with self._lock:
            self._drafts.pop(draft_id, None)
