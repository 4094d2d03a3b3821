"""A roster on its way in: read at once, kept only when somebody has looked at it."""

from __future__ import annotations

from fastapi import APIRouter, status
from pydantic import BaseModel

from movescreen.app.teams.roster_file import MOST_BYTES, parse_roster
from movescreen.web.clip_files import shown_name
from movescreen.web.drafts import FILE_AS_BODY, RosterDraft, body_up_to
from movescreen.web.services import ServicesDep

router = APIRouter(prefix="/api/uploads/rosters", tags=["teams"])


class OpenRoster(BaseModel):
    """A roster that can be looked at."""

    page: str


@router.put("/{name}", status_code=status.HTTP_201_CREATED, openapi_extra=FILE_AS_BODY)
def send_roster(
    name: str,
    services: ServicesDep,
    data: bytes = body_up_to(MOST_BYTES, "roster", "take out pictures and other sheets"),
) -> OpenRoster:
    """Send a CSV or XLSX file, its bytes as the body; nothing is kept yet."""
    table = parse_roster(data, shown_name(name))
    return OpenRoster(page=f"/teams/import/{services.rosters.open(RosterDraft(shown_name(name), table))}")
