"""The page that takes clips."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from movescreen.app.gate import describe_gate
from movescreen.report import formats_on_request
from movescreen.web.services import Needs
from movescreen.web.templating import render

router = APIRouter()


@router.get("/clips")
async def show_clips(request: Request, services: Needs, client: str = "") -> HTMLResponse:
    """Take clips in, show how far they are."""
    limits = services.config.limits
    known = await run_in_threadpool(services.records.list_clients)
    notice = await run_in_threadpool(describe_gate, services.records, client)
    data = {
        "most": limits.clips, "megabytes": limits.upload_bytes // 1_000_000, "minutes": round(limits.upload_s / 60),
        "clients": known, "client": client[:80], "notice": notice, "formats": formats_on_request(),
    }  # fmt: skip
    return render(request, "clips.html.jinja", data)
