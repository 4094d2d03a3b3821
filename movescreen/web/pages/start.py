"""The first page: whom to screen, and with which protocol."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from movescreen.app import Records
from movescreen.app.red_flag_gate import agreed_to_pictures, describe_gate, describe_impact_ban
from movescreen.catalog import Catalog
from movescreen.catalog.protocol_schema import ProtocolSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.rules.profiles import offer_protocol
from movescreen.errors import InputError
from movescreen.settings import PresetSettings, VoiceSettings, load_table
from movescreen.web.live_session import LiveSession
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render
from movescreen.words.numbers_and_units import plural

router = APIRouter()

#: From where a session is recorded, as a choice.
VIEW_WORDS = {"both": "front and side", "front": "the front only", "side": "the side only"}


@router.get("/")
def show_start(request: Request, services: ServicesDep, client: str = "") -> HTMLResponse:
    """Choose client and protocol."""
    known = services.records.list_clients()
    notice = describe_gate(services.records, client)
    ban = describe_impact_ban(services.records, client)
    protocols, left_out = _offer(services.catalog, ban)
    presets = load_table(PresetSettings)
    names = [protocol.name for protocol in protocols]
    data = {
        "protocols": protocols,
        "presets": presets,
        "preset": presets.session if presets.session in names else next(iter(names), ""),
        "views": list(VIEW_WORDS.items()),
        "voice": load_table(VoiceSettings).on,
        "left_out": left_out,
        "clients": known,
        "client": client[:80],
        "notice": notice,
        "pictures": agreed(services.records, client),
        "agreed": [c.code for c in known if agreed(services.records, c.code)],
        "under_way": [
            _tell_session(each) for each in services.hub.under_way() if services.records.may_see(each.choices.client)
        ],
    }
    return render(request, "start.html.jinja", data)


def agreed(records: Records, code: str) -> bool:
    """Return whether a client agreed to pictures; of somebody who is none, nobody knows."""
    return records.knows(code) and agreed_to_pictures(records.store, code)


def _tell_session(session: LiveSession) -> dict[str, str]:
    minutes = int(time.monotonic() - session.started_s) // 60
    return {
        "path": f"/live/{session.id}", "who": session.choices.client or "nobody named",
        "since": "just begun" if not minutes else f"begun {plural(minutes, 'minute')} ago",
        "now": "" if session.attended else "its window is closed",
    }  # fmt: skip


def _offer(catalog: Catalog, ban: str) -> tuple[list[ProtocolSpec], list[str]]:
    """Return the sessions that are left under a ban on jumping, and what is said of the others."""
    offered, said = [], []
    for protocol in catalog.protocols.values():
        try:
            kept, left_out = offer_protocol(protocol, ban, catalog)
        except InputError as error:
            said.append(f"{error.message}.")
        else:
            offered.append(kept)
            said += [f"{protocol.title}: {decapitalize(left_out)}"] if left_out else []
    return offered, said
