"""The page of a guided session."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from movescreen.model import BLAZEPOSE
from movescreen.settings import VoiceSettings, load_table
from movescreen.web.security.guard import cookie_of
from movescreen.web.security.pairing import COOKIE
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render

router = APIRouter()


@router.get("/live/{session_id}")
def show_live(request: Request, session_id: str, services: ServicesDep) -> HTMLResponse:
    """Show the camera, and what to do."""
    session = services.hub.find(session_id)
    index = BLAZEPOSE.index
    is_phone = services.pairings.opened_by(cookie_of(request.headers, COOKIE)).page == f"/live/{session_id}"
    setup = {
        "page": f"/api/live/{session.id}",
        "socket": f"/api/live/{session.id}/socket",
        "bones": [[index[a], index[b], side] for a, b, side in BLAZEPOSE.bones()],
        "joints": [
            [index[f"{side}_{part}"], side]
            for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
            for side in ("left", "right")
        ],
        "state": session.latest()[1],
        "phone": is_phone,
        "voice": session.choices.voice,
        "speaks": load_table(VoiceSettings).model_dump(),
        "team": "" if is_phone else session.choices.team,
    }
    # < cannot end the script element from inside
    data = Markup(json.dumps(setup, ensure_ascii=True).replace("<", "\\u003c"))
    # a phone shows what is to be done, and not who it is
    client, team = ("", "") if is_phone else (session.choices.client, session.choices.team)
    known = services.records.store.client(client) if team else None
    who = " ".join(filter(None, (known.jersey, known.name or client))) if known else ""
    shown = {"setup": data, "client": client, "team": team, "who": who, "phone": is_phone}
    return render(request, "live.html.jinja", shown)
