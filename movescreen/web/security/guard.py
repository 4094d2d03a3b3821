"""The gate before all routes: host names, origins, login, small bodies, headers that keep pages to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from movescreen.errors import MovescreenError, RecordsError
from movescreen.records.accounts import list_accounts
from movescreen.records.acting import Acting, Reach, Role, acting_as
from movescreen.web.errors import Forbidden, LoginNeeded, TooLarge, answer_error, body_of, status_of
from movescreen.web.security import logins, pairing
from movescreen.web.security.permissions import ROUTE, Somebody, code_of, ensure_may, find_route, hide_links, home_of
from movescreen.web.templating import HIDE, WHO

if TYPE_CHECKING:
    from movescreen.web.services import Services

#: Largest body of a request, but for clips, bytes.
_BODY_BYTES = 64_000
#: Paths below which bodies are clips, with a limit of their own.
_LARGE = "/api/uploads/"
#: Open to everybody.
_OPEN = ("/login", "/static/", "/phone/", "/trust")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What a page may load: its own files; pictures may also be inside the page.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
#: Key of a request's scope: it came in where paired phones alone are let in.
PHONES_ONLY = "movescreen.phones_only"
#: Close codes of sockets: forbidden, not logged in.
_CLOSE = {403: 4403, 401: 4401, 404: 4404}


class SecurityMiddleware:
    """ASGI middleware; see the module.

    Parameters
    ----------
    app
        What it protects.
    services
        Names under which the app may be opened, who is logged in, which phones film.
    routes
        All routes of the app.
    """

    def __init__(self, app: ASGIApp, services: Services, routes: Sequence[BaseRoute]) -> None:
        self._app, self._services, self._routes = app, services, routes
        secure = services.config.secure
        self._headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check(scope, headers)
            if not scope["path"].startswith(_OPEN):
                await run_in_threadpool(self._admit, scope, headers)
        except MovescreenError as error:
            await self._refuse(error, scope, receive, send)
            return
        if scope["path"] == "/" and WHO in scope and (home := home_of(scope[WHO])):
            await RedirectResponse(home, 303)(scope, receive, self._with_headers(send))
            return
        await self._app(scope, _limited(scope, receive), self._with_headers(send))

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._services.config.allows_host(_name_of(host)):
            raise Forbidden(
                f"this server is not called {_name_of(host) or 'that'}",
                "open it under the address that movescreen serve printed, or add the name with --name",
            )
        socket = scope["type"] == "websocket"
        if (socket or scope["method"] not in _SAFE_METHODS) and not _same_origin(headers, host, required=socket):
            raise Forbidden("the request comes from another page", "use the pages of this server")
        length = headers.get("content-length", "0")
        if not socket and not scope["path"].startswith(_LARGE) and length.isdigit() and int(length) > _BODY_BYTES:
            raise TooLarge(f"the request holds {int(length)} bytes; {_BODY_BYTES} are allowed")

    def _admit(self, scope: Scope, headers: Headers) -> None:
        """Find out who asks, and whether they may; both stand in the scope from here on."""
        who = None if scope.get(PHONES_ONLY) else self._find(cookie_of(headers, logins.COOKIE))
        if who is None:
            opens = self._services.pairings.opened_by(cookie_of(headers, pairing.COOKIE))
            if not opens.holds(scope["path"]):
                raise LoginNeeded("please log in", "open /login")
            reach = Reach(frozenset({opens.uid} if opens.uid else ()))
            who = Somebody("paired phone", Role.DEVICE, reach, paired=True)
        found = find_route(self._routes, scope)
        scope[WHO], scope[ROUTE] = who, replace(found, about=code_of(self._services, found))
        scope[HIDE] = partial(hide_links, who=who, routes=self._routes)
        if not (scope["path"] == "/" and home_of(who)):
            ensure_may(self._services, who, scope.get("method", "SOCKET"), scope[ROUTE], scope.get("query_string", b""))

    def _find(self, token: str | None) -> Somebody | None:
        told = list_accounts(self._services.records.store) if self._services.records.exist else ()
        accounts = {account.name: account for account in told}
        name = self._services.logins.who(token, {account.name: account.password_hash for account in told})
        if name is None or not accounts:
            return None if name is None else Somebody(name, Role.OWNER)
        account = accounts[name]
        home = ""
        if account.role is Role.DEVICE:
            with acting_as(Acting(name, "web", reach=account.reach)):
                home = next(
                    (f"/clients/{quote(c.code, safe='')}/handout" for c in self._services.records.list_clients()), ""
                )
        return Somebody(account.name, account.role, account.reach, home=home, account=True)

    async def _refuse(self, error: MovescreenError, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            if isinstance(error, LoginNeeded):  # a browser learns the reason only from an open socket
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": _CLOSE.get(status_of(error), 4400), "reason": error.message})
            return
        answer: Response = JSONResponse(body_of(error), status_of(error))
        if WHO in scope or isinstance(error, RecordsError):
            answer = answer_error(Request(scope), status_of(error), error)
        page = scope["method"] == "GET" and not scope["path"].startswith("/api/")
        if isinstance(error, LoginNeeded) and page:
            answer = RedirectResponse("/login", 303)
        await answer(scope, receive, self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return send_with_headers


def cookie_of(headers: Headers, name: str) -> str | None:
    """Return what a request's cookie of a name holds; None without it."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _name_of(host: str) -> str:
    """Return the name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _same_origin(headers: Headers, host: str, *, required: bool) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:  # no browser: nobody else's cookie is used
        return not required
    return urlsplit(origin).netloc.lower() == host.lower()


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Count the bytes of a body that does not state its length."""
    if scope["type"] != "http" or scope["path"].startswith(_LARGE):
        return receive
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > _BODY_BYTES:
            # the framework passes on its own errors only, while it reads a body
            raise HTTPException(413, f"the request holds more than {_BODY_BYTES} bytes")
        return message

    return counted
