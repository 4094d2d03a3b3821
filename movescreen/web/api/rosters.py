"""A roster on its way in: read at once, kept only when somebody has looked at it."""

from __future__ import annotations

from fastapi import APIRouter, Request, status
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from movescreen.app.teams.roster_file import MOST_BYTES, parse_roster
from movescreen.web.clip_files import shown_name
from movescreen.web.rosters import RosterDraft, read_bytes
from movescreen.web.services import ServicesDep

router = APIRouter(prefix="/api/uploads/rosters", tags=["teams"])


class OpenRoster(BaseModel):
    """A roster that can be looked at."""

    page: str


@router.put(
    "/{name}",
    status_code=status.HTTP_201_CREATED,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def send_roster(name: str, request: Request, services: ServicesDep) -> OpenRoster:
    """Send a CSV or XLSX file, its bytes as the body; nothing is kept yet."""
    data = await read_bytes(request, MOST_BYTES, "roster", "take out pictures and other sheets")
    table = await run_in_threadpool(parse_roster, data, shown_name(name))
    return OpenRoster(page=f"/teams/import/{services.rosters.open(RosterDraft(shown_name(name), table))}")
