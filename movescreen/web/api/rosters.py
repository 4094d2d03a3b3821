"""A roster on its way in: read at once, kept only when somebody has looked at it."""

from __future__ import annotations

from fastapi import APIRouter, Request, status
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from movescreen.app.teams.roster_file import MOST_BYTES, parse_roster
from movescreen.web.clip_files import shown_name
from movescreen.web.errors import TooLarge
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
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise TooLarge(
                f"the roster is larger than {MOST_BYTES // 1_000_000} MB", "take out pictures and other sheets"
            )
    table = await run_in_threadpool(parse_roster, bytes(data), shown_name(name))
    return OpenRoster(page=f"/teams/import/{services.rosters.open(shown_name(name), table)}")
