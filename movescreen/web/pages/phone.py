"""A phone that films for a session: let in by a code, and the page on which it trusts this computer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from movescreen.web.errors import NotThere
from movescreen.web.security.guard import cookie_of
from movescreen.web.security.pairing import COOKIE, DEVICE_S
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render

router = APIRouter()


@router.get("/phone/")
async def go_on(request: Request, services: ServicesDep) -> Response:
    """Lead a paired phone to its session; while the next person gets ready there is none, and the page looks again."""
    session_id = services.pairings.session_of(cookie_of(request.headers, COOKIE))
    if any(session.id == session_id for session in services.hub.under_way()):
        return RedirectResponse(f"/live/{session_id}", 303)
    return render(request, "phone.html.jinja", {"code": "", "waits": bool(session_id)})


@router.get("/phone/{code}")
async def ask_phone(request: Request, code: str) -> Response:
    """Ask before anything happens: programs that only look at an address must not use the code up."""
    return render(request, "phone.html.jinja", {"code": code, "waits": False})


@router.post("/phone/{code}")
async def let_phone_in(request: Request, code: str, services: ServicesDep) -> Response:
    """Exchange the code for a cookie that opens one session's page."""
    address = request.client.host if request.client else ""
    session_id, token = services.pairings.redeem(code, address)
    answer = RedirectResponse(f"/live/{session_id}", 303)
    answer.set_cookie(
        COOKIE, token, max_age=int(DEVICE_S), httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


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
