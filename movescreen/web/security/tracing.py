"""Who looked at, handed out or changed what: every request that is let in leaves its row in the trail, here and nowhere else.

Changes of the records are written by the records themselves, with the change. What was only looked at is written when the answer is
out, so no page waits for it; what is handed out, and a socket to a session, before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from movescreen.errors import RecordsError
from movescreen.records.acting import Acting, acting_as
from movescreen.web.security.permissions import ROUTE, Found, hands_out
from movescreen.web.services import Services
from movescreen.web.templating import WHO

log = logging.getLogger("movescreen.web")

#: What is asked for again and again while something is under way, and shows nobody's data.
QUIET = ("/api/uploads", "/api/live")
#: Parts of addresses that tell nothing about a person.
_TOLD = ("day", "number", "reader")


class TrailMiddleware:
    """ASGI middleware; see the module. It comes after the one that finds out who asks and for which route."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app, self._services = app, services
        self._waiting: list[tuple[Acting, str, str, Iterable[str]]] = []
        self._writing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and write down who asked."""
        found: Found = scope.get(ROUTE) or Found()
        if not found.template:
            await self._app(scope, receive, send)
            return
        now, method = Acting(scope[WHO].name, "web", reach=scope[WHO].reach), scope.get("method", "SOCKET")
        about = await run_in_threadpool(self._uid, found)
        exported = hands_out(method, found, scope["query_string"])
        action, early = "exported" if exported else "saw", about and (exported or method == "SOCKET")
        if early:
            await run_in_threadpool(self._write, [(now, action, _words(found), [about])])
        status = 200

        async def watch(message: Message) -> None:
            nonlocal status, early
            status = message.get("status", status)
            if not early and method == "POST" and b"content-disposition" in dict(message.get("headers", ())):
                early = True  # a form whose answer is a file
                await run_in_threadpool(
                    self._write, [(now, "exported", _words(found), filter(None, [about, *now.seen]))]
                )
            await send(message)

        with acting_as(now):
            await self._app(scope, receive, watch)
        clients = dict.fromkeys(filter(None, [about, *now.seen]))
        if status >= 400 or early:
            return
        if method not in ("GET", "SOCKET"):
            if not now.wrote:
                await self._note(now, "did", found, clients)
        elif exported or "/results" in found.template or (clients and not found.template.startswith(QUIET)):
            await self._note(now, action, found, clients)

    def _uid(self, found: Found) -> str:
        about, records = found.about, self._services.records
        return records.store.uid_of(about) if about and records.exist else ""

    async def _note(self, now: Acting, action: str, found: Found, clients: Iterable[str]) -> None:
        """Write a row, with those of other requests that came to an end meanwhile."""
        self._waiting.append((now, action, _words(found), clients))
        if self._writing:
            return
        self._writing = True
        try:
            while self._waiting:
                rows, self._waiting = self._waiting, []
                await run_in_threadpool(self._write, rows)
        except RecordsError as error:
            log.error("the trail could not be written: %s", error.message)
        finally:
            self._writing = False

    def _write(self, rows: Sequence[tuple[Acting, str, str, Iterable[str]]]) -> None:
        if self._services.records.exist:
            self._services.records.store.note(*rows)


def _words(found: Found) -> str:
    told = [str(found.params[name])[:40] for name in _TOLD if name in found.params]
    if "/results/" in found.template and "name" in found.params:  # day and time; the rest of the name may be somebody's
        told.append(str(found.params["name"])[:17])
    return " ".join((found.words, *told))
