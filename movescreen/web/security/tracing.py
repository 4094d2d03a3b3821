"""Who looked at, handed out or changed what: every request that is let in leaves its row in the trail, here and nowhere else.

Changes of the records are written by the records themselves, with the change. What was only looked at is written when the answer is
out, so no page waits for it; what is handed out, before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from movescreen.errors import MovescreenError, RecordsError
from movescreen.records.acting import Acting, acting_as
from movescreen.web.services import Services

log = logging.getLogger("movescreen.web")

#: Key of a request's scope: the name under which somebody is logged in.
WHO = "movescreen.who"
#: Without accounts everybody is.
OWNER = "owner"
#: What is asked for again and again while something is under way, and shows nobody's data.
_QUIET = ("/api/uploads", "/api/live")
#: Routes that hand files out.
_EXPORTS = frozenset(
    {
        "/clients/{code}/export", "/clients/{code}/visits/{day}/download", "/api/clients/{code}", "/teams/team.csv", "/teams/team.xlsx",
        "/api/results/{name}/download", "/trail.csv",
    }
)  # fmt: skip
#: Parts of addresses that tell nothing about a person.
_TOLD = ("day", "number", "reader")


@dataclass(frozen=True)
class Found:
    """The route of a request: its address as it is declared, what is done there in words, and the parts of the address."""

    template: str = ""
    words: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def find_route(routes: Iterable[BaseRoute], scope: Scope) -> Found:
    """Return the route that a request goes to; empty when it is none of these."""
    for route in routes:
        match, more = route.matches(scope)
        if match is Match.FULL:
            name = str(getattr(route, "name", "")).removeprefix("show_").replace("_", " ")
            return Found(str(getattr(route, "path", "")), name, more["path_params"])
    return Found()


def code_of(services: Services, found: Found) -> str:
    """Return the code or name of whom a request is about; empty for nobody."""
    told = found.params
    try:
        if "code" in told and found.template.startswith(("/clients/", "/api/clients/")):
            return str(told["code"])
        if "session_id" in told:
            return services.hub.find(told["session_id"]).choices.client
        if "upload_id" in told:
            return services.uploads.find(told["upload_id"]).screening.subject.code
        if "name" in told and found.template.startswith(("/results/", "/api/results/")):
            return services.store.find(told["name"]).client
    except MovescreenError:  # gone, or never there
        pass
    return ""


class TrailMiddleware:
    """ASGI middleware; see the module.

    Parameters
    ----------
    app
        What is traced.
    services
        Records, results, sessions.
    routes
        All routes of the app.
    """

    def __init__(self, app: ASGIApp, services: Services, routes: Sequence[BaseRoute]) -> None:
        self._app, self._services, self._routes = app, services, routes
        self._waiting: list[tuple[Acting, str, str, Iterable[str]]] = []
        self._writing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and write down who asked."""
        found = find_route(self._routes, scope) if scope["type"] in ("http", "websocket") else Found()
        if not found.template:
            await self._app(scope, receive, send)
            return
        now, method = Acting(scope.get(WHO, OWNER), "web"), scope.get("method", "SOCKET")
        about = await run_in_threadpool(self._uid, found)
        exported = method == "GET" and found.template in _EXPORTS
        if exported and about:
            await run_in_threadpool(self._write, [(now, "exported", _words(found), [about])])
        status = 200

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with acting_as(now):
            await self._app(scope, receive, watch)
        if status >= 400 or (exported and about) or now.wrote:
            return
        clients = dict.fromkeys([*([about] if about else []), *now.seen])
        if method not in ("GET", "SOCKET"):
            await self._note(now, "did", found, clients)
        elif (
            exported
            or method == "SOCKET"
            or (clients and not found.template.startswith(_QUIET))
            or "/results" in found.template
        ):
            await self._note(now, "exported" if exported else "saw", found, clients)

    def _uid(self, found: Found) -> str:
        code = code_of(self._services, found)
        return self._services.records.store.uid_of(code) if code and self._services.records.exist else ""

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
