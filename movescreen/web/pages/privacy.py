"""What is stored, and where."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from movescreen.settings import load_practice_settings
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render

router = APIRouter()


@router.get("/privacy")
async def show_privacy(request: Request, services: ServicesDep) -> HTMLResponse:
    """Say what is stored, and where."""
    return render(
        request,
        "privacy.html.jinja",
        {
            "folder": str(services.store.root),
            "months": load_practice_settings().keep_months,
            "loopback": services.config.loopback,
            "records": str(services.records.store.folder) if services.records.exist else "",
        },
    )
