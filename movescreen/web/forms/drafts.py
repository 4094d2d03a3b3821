"""Conversations under way, in memory: they survive a page that is loaded again, and are never on a disk."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from movescreen.web.errors import NotThere
from movescreen.web.forms.intake import Draft

#: So many at a time; the one not touched for longest makes room. And forgotten after so long without use, s.
_MOST = 60
_IDLE_S = 4 * 3600.0


class DraftStore:
    """Finds conversations under way by an unguessable id.

    Parameters
    ----------
    clock
        Seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._drafts: dict[str, tuple[Draft, float]] = {}

    def open(self, draft: Draft) -> str:
        """Begin a conversation and return its id."""
        draft_id = secrets.token_urlsafe(12)
        with self._lock:
            self._drafts[draft_id] = (draft, self._clock())
            now_s = self._clock()
            self._drafts = {k: v for k, v in self._drafts.items() if now_s - v[1] <= _IDLE_S}
            while len(self._drafts) > _MOST:
                del self._drafts[min(self._drafts, key=lambda k: self._drafts[k][1])]
        return draft_id

    def find(self, code: str, draft_id: str) -> Draft:
        """Return a conversation with a client.

        Raises
        ------
        NotThere
            When it is not under way (any more).
        """
        with self._lock:
            draft, used_s = self._drafts.get(draft_id, (None, 0.0))
            if draft is None or draft.code != code or self._clock() - used_s > _IDLE_S:
                raise NotThere("this intake is not open any more", "begin it again on the client's page")
            self._drafts[draft_id] = (draft, self._clock())
        return draft

    def newest(self, code: str) -> str:
        """Return the id of the conversation with a client that was touched last; empty when none is under way."""
        with self._lock:
            mine = {k: v[1] for k, v in self._drafts.items() if v[0].code == code and self._clock() - v[1] <= _IDLE_S}
        return max(mine, key=lambda k: mine[k], default="")

    def forget(self, draft_id: str) -> None:
        """Forget a conversation."""
        with self._lock:
            self._drafts.pop(draft_id, None)

    def forget_client(self, code: str) -> None:
        """Forget all conversations with a client."""
        with self._lock:
            self._drafts = {k: v for k, v in self._drafts.items() if v[0].code != code}
