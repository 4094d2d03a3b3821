"""The page that takes clips."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from movescreen.app.red_flag_gate import describe_gate
from movescreen.report import formats_on_request
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render

router = APIRouter()


@router.get("/clips")
def show_clips(request: Request, services: ServicesDep, client: str = "") -> HTMLResponse:
    """Take clips in, show how far they are."""
    limits = services.config.limits
    known = services.records.list_clients()
    notice = describe_gate(services.records, client)
    data = {
        "most": limits.clips, "megabytes": limits.upload_bytes // 1_000_000, "minutes": round(limits.upload_s / 60),
        "clients": known, "client": client[:80], "notice": notice, "formats": formats_on_request(),
    }  # fmt: skip
    return render(request, "clips.html.jinja", data)
