"""Who may use which route: the one place. What is not stated here is the owner's only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from movescreen.errors import MovescreenError
from movescreen.records.acting import Acting, Reach, Role, acting_as
from movescreen.web.errors import Forbidden, NotThere

if TYPE_CHECKING:
    from movescreen.web.services import Services

#: Key of a request's scope: the route that was found.
ROUTE = "movescreen.route"

# Lines hold methods, the beginning of addresses, and after the colon how they go on ("." = as they are).
#: Open before anybody has logged in.
_OPEN = """
GET POST /login: .
POST /logout: .
GET /phone/: . {code}
POST /phone/: {code}
GET /trust: . /movescreen.crt
"""
#: A client's own device, and a phone that was paired with one session or one conversation.
_DEVICE = """
GET /clients/{code}: /handout /plan
GET POST /clients/{code}: /intake/{draft_id}/{key}
GET /live/{session_id}: .
SOCKET /api/live/{session_id}: /socket
GET POST /password: .
"""
_VIEWER = """
GET /clients: . /{code}
GET /clients/{code}: /visits/{day} /visits/{day}/judge /plan /plans/{number} /progress /compare /readiness /intake /handout
GET /teams: . /day /results
GET /results: . /{name} /{name}/judge /{name}/files/{path:path}
GET /privacy: .
GET POST /password: .
GET /api/clients: .
GET /api/results: . /{name} /{name}/files/{path:path}
"""
#: Beside what a viewer may.
_TRAINER = """
GET /: . live/{session_id} bin clips
POST /bin: /back /erase
GET POST /review: .
GET POST /clients: /new
GET POST /clients/{code}: /change /delete /words /measure /note /hurt /observe /session /plan/make /plan/edit
GET POST /clients/{code}/visits/{day}: /move /delete /redo
GET /clients/{code}: /export /visits/{day}/download /visits/{day}/joint /letters
GET POST /clients/{code}: /letters/{reader} /intake/{draft_id}/{key}
POST /clients/{code}: /visits/{day}/judge /intake /intake/drop /clearance /pictures /letters/agreed
GET /results/{name}: /joint
POST /results/{name}: /judge /give /delete
GET /teams: /import /team.csv /team.xlsx
GET POST /teams: /import/{draft_id}
POST /teams: /day /next /absent /questions
POST /api/live: . /{session_id}/phone
GET /api/live: /{session_id}
SOCKET /api/live: /{session_id}/socket
POST /api/uploads: . /{upload_id}/finish
PUT /api/uploads: /pictures /rosters/{name} /{upload_id}/clips/{name}
GET DELETE /api/uploads: /{upload_id}
DELETE /api/results: /{name}
GET /api/results: /{name}/download
GET /api/clients: /{code}
"""
#: Stated, so that it is no oversight.
_OWNER = """
POST /clients: /sample
GET /trail: . .csv
GET POST /accounts: .
POST /accounts: /remove
GET POST /settings: .
PUT /api/uploads: /logo
"""


def _read(listed: str) -> frozenset[tuple[str, str]]:
    found = set()
    for line in filter(None, listed.split("\n")):
        head, _, ends = line.partition(": ")
        *methods, begin = head.split()
        found |= {(method, begin if end == "." else begin + end) for method in methods for end in ends.split()}
    return frozenset(found)


#: Addresses at which something is handed out.
_EXPORTS = frozenset(
    {
        "/clients/{code}/export", "/clients/{code}/visits/{day}/download", "/api/clients/{code}", "/teams/team.csv", "/teams/team.xlsx",
        "/api/results/{name}/download", "/trail.csv",
    }
)  # fmt: skip
#: Files of a result that are looked at; all others are taken away.
_PAGES = (".html", ".mp4")

OPEN = _read(_OPEN)
ALLOWED = {Role.DEVICE: _read(_DEVICE), Role.VIEWER: _read(_VIEWER), Role.TRAINER: _read(_VIEWER + _TRAINER)}
ALLOWED[Role.OWNER] = ALLOWED[Role.TRAINER] | _read(_OWNER)
#: Where somebody goes who may not see the first page.
_HOMES = {Role.VIEWER: "/clients", Role.DEVICE: "/password"}
_LINK = re.compile(r'<(?P<tag>a|form)\b(?P<rest>[^>]*?\b(?:href|action)="(?P<path>/[^"?#]*)[^>]*)>')


@dataclass(frozen=True)
class Somebody:
    """Who is logged in.

    Attributes
    ----------
    reach
        Whom they may see; None = everybody.
    paired
        True for a phone that was paired; the gate before has looked that the address is the one that its code opened.
    home
        Where they begin.
    account
        True when they logged in by an account.
    """

    name: str
    role: Role
    reach: Reach | None = None
    paired: bool = False
    home: str = ""
    account: bool = False


@dataclass(frozen=True)
class Found:
    """The route of a request: its address as it is declared, what is done there in words, the parts of the address, and whom it is about.

    ``about`` is as :func:`code_of` returns it.
    """

    template: str = ""
    words: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    about: str | None = None


def find_route(routes: Iterable[BaseRoute], scope: Scope) -> Found:
    """Return the route that a request goes to; empty when it is none of these."""
    for route in routes:
        match, more = route.matches(scope)
        if match is Match.FULL:
            name = str(getattr(route, "name", "")).removeprefix("show_").replace("_", " ")
            return Found(str(getattr(route, "path", "")), name, more["path_params"])
    return Found()


def code_of(services: Services, found: Found) -> str | None:
    """Return the code or name of whom a request is about; empty for nobody known, None where it is about nobody."""
    told, template = found.params, found.template
    try:
        if template.startswith(("/clients/{code}", "/api/clients/{code}")):
            return str(told["code"])
        if template.startswith(("/live/{session_id}", "/api/live/{session_id}")):
            return services.hub.find(told["session_id"]).choices.client
        if template.startswith("/api/uploads/{upload_id}"):
            return services.uploads.find(told["upload_id"]).screening.subject.code
        if template.startswith(("/results/{name}", "/api/results/{name}")):
            return services.store.find(told["name"]).client
    except MovescreenError:  # gone, or never there
        return ""
    return None


def hands_out(method: str, found: Found, query: bytes) -> bool:
    """Tell whether a request takes something away: a download, a PDF, or tables, numbers and poses of a result."""
    table = found.template.endswith("/files/{path:path}") and not str(found.params["path"]).endswith(_PAGES)
    return method == "GET" and (table or found.template in _EXPORTS or b"form=pdf" in query)


def ensure_may(services: Services, who: Somebody, method: str, found: Found, query: bytes = b"") -> None:
    """Let a request pass.

    Raises
    ------
    Forbidden
        When the role may not.
    NotThere
        When it is about a client whom they may not see, whether there is one or not.
    """
    if who.role is Role.OWNER:
        return
    if not found.template:
        raise NotThere("there is nothing here", "begin at the clients")
    refused = Forbidden(
        f"a {who.role.value} may not do this here", "ask the owner, who can change what your account may do"
    )
    if not _may(who, method, found):
        raise refused
    if who.paired:
        return
    if who.reach is not None and found.about is not None:
        with acting_as(Acting(who.name, "web", reach=who.reach)):
            if not (found.about and services.records.exist and services.records.store.uid_of(found.about)):
                raise NotThere("there is nothing here that you may see", "begin at the clients")
    if who.role is Role.VIEWER and hands_out(method, found, query):
        raise refused


def _may(who: Somebody, method: str, found: Found) -> bool:
    return (method, found.template) in ALLOWED[who.role] | OPEN


def home_of(who: Somebody) -> str:
    """Return where somebody begins who may not see the first page; empty for whoever may."""
    return "" if ("GET", "/") in ALLOWED[who.role] else who.home or _HOMES[who.role]


def hide_links(page: str, who: Somebody, routes: Sequence[BaseRoute]) -> str:
    """Return a page without the links and forms that lead where somebody may not go."""

    @cache
    def may(method: str, path: str) -> bool:
        scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        found = find_route(routes, scope)
        return not found.template or path == "/" or _may(who, method, found)

    def judge(match: re.Match[str]) -> str:
        method = "POST" if match["tag"] == "form" and 'method="post"' in match["rest"] else "GET"
        return match[0] if may(method, match["path"]) else f"<{match['tag']} hidden{match['rest']}>"

    return page if who.role is Role.OWNER else _LINK.sub(judge, page)
