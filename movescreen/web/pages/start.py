"""The first page: whom to screen, and with which protocol."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from movescreen.web.services import Needs
from movescreen.web.templating import render

router = APIRouter()


@router.get("/")
async def show_start(request: Request, services: Needs, client: str = "") -> HTMLResponse:
    """Choose client and protocol."""
    known = await run_in_threadpool(services.records.list_clients)
    notice = await run_in_threadpool(services.records.notice, client)
    data = {
        "protocols": list(services.catalog.protocols.values()),
        "clients": known,
        "client": client[:80],
        "notice": notice,
    }
    return render(request, "start.html.jinja", data)
