"""The first page: whom to screen, and with which protocol."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from movescreen.web.services import Needs
from movescreen.web.templating import render

router = APIRouter()


@router.get("/")
async def show_start(request: Request, services: Needs) -> HTMLResponse:
    """Choose client and protocol; ``/?client=ID`` fills the client in."""
    client = request.query_params.get("client", "")[:80]
    protocols = list(services.catalog.protocols.values())
    return render(request, "start.html.jinja", {"protocols": protocols, "client": client})
