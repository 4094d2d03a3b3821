"""Rosters that were uploaded and are looked at before they are kept, in memory."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

from movescreen.client.team.roster import RosterTable
from movescreen.web.errors import NotThere

#: So many at a time; the oldest one makes room. And forgotten after so long, s.
_MOST = 20
_KEPT_S = 3600.0


@dataclass(frozen=True)
class RosterDraft:
    """A roster under way: what the file is called, what is in it, and when it came."""

    name: str
    table: RosterTable
    came_s: float


class RosterDrafts:
    """Finds rosters under way by an unguessable id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drafts: dict[str, RosterDraft] = {}

    def open(self, name: str, table: RosterTable) -> str:
        """Keep a roster for a while and return its id."""
        draft_id = secrets.token_urlsafe(12)
        with self._lock:
            self._drafts[draft_id] = RosterDraft(name, table, time.monotonic())
            for old in list(self._drafts)[:-_MOST]:
                del self._drafts[old]
        return draft_id

    def find(self, draft_id: str) -> RosterDraft:
        """Return a roster; NotThere when it is not under way (any more)."""
        with self._lock:
            draft = self._drafts.get(draft_id)
        if draft is None or time.monotonic() - draft.came_s > _KEPT_S:
            raise NotThere("this roster is not open any more; nothing of it was kept", "choose the file again")
        return draft

    def forget(self, draft_id: str) -> None:
        """Forget a roster."""
        with self._lock:
            self._drafts.pop(draft_id, None)
