"""A phone that films, or on which somebody answers: let in by a code, and the page on which it trusts this computer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from movescreen.web.errors import NotThere
from movescreen.web.forms.intake import FIRST_STEP, Draft
from movescreen.web.security.guard import cookie_of
from movescreen.web.security.pairing import COOKIE, DEVICE_S, Opens
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render

router = APIRouter()


@router.get("/phone/")
async def go_on(request: Request, services: ServicesDep) -> Response:
    """Lead a paired phone to its page; while the next person gets ready there is no session, and the page looks again."""
    opens = services.pairings.opened_by(cookie_of(request.headers, COOKIE))
    if opens.uid:
        return RedirectResponse(f"{opens.page}/{FIRST_STEP}", 303)
    if any(opens.page == f"/live/{session.id}" for session in services.hub.under_way()):
        return RedirectResponse(opens.page, 303)
    return render(request, "phone.html.jinja", {"code": "", "who": "", "waits": bool(opens.page)})


@router.get("/phone/{code}")
def ask_phone(request: Request, code: str, services: ServicesDep) -> Response:
    """Ask before anything happens: programs that only look at an address must not use the code up."""
    opens = services.pairings.opened_by_code(code)
    if not opens.page and services.pairings.opened_by(cookie_of(request.headers, COOKIE)).page:
        return RedirectResponse("/phone/", 303)  # scanned again by the phone that it has let in
    client = services.records.store.client(_code_in(opens)) if opens.uid else None
    return render(
        request, "phone.html.jinja", {"code": code, "who": client.name or client.code if client else "", "waits": False}
    )


@router.post("/phone/{code}")
def let_phone_in(request: Request, code: str, services: ServicesDep) -> Response:
    """Exchange the code for a cookie that opens one session's page, or one conversation."""
    opens = services.pairings.redeem(code, request.client.host if request.client else "")
    if opens.uid:
        client = services.records.store.client(_code_in(opens))
        draft_id = services.intakes.open(Draft(client.code, date.today(), client.birth_year, client.sex, alone=True))
        opens = replace(opens, page=f"{opens.page}/{draft_id}")
    token = services.pairings.let_in(opens)
    answer = RedirectResponse("/phone/" if opens.uid else opens.page, 303)
    answer.set_cookie(
        COOKIE, token, max_age=int(DEVICE_S), httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


def _code_in(opens: Opens) -> str:
    """Return the code of the client whose questions are opened."""
    return opens.page.split("/")[2]


@router.get("/trust")
async def show_trust(request: Request, services: ServicesDep) -> Response:
    """Say how a phone comes to trust this computer."""
    return render(request, "trust.html.jinja", {"made_here": services.config.authority is not None})


@router.get("/trust/movescreen.crt")
async def give_authority(services: ServicesDep) -> Response:
    """Return the certificate of the authority, in the form that phones install."""
    if services.config.authority is None:
        raise NotThere("this computer's certificate was not made by movescreen", "ask whoever made it")
    return FileResponse(services.config.authority, media_type="application/x-x509-ca-cert", filename="movescreen.crt")
