"""The first page: whom to screen, and with which protocol."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from movescreen.app.gate import describe_gate, describe_impact_ban
from movescreen.catalog import Catalog
from movescreen.catalog.protocol_schema import ProtocolSpec
from movescreen.client.intake.words import decapitalise
from movescreen.client.rules.profiles import offer_protocol
from movescreen.errors import InputError
from movescreen.web.services import Needs
from movescreen.web.templating import render

router = APIRouter()


@router.get("/")
async def show_start(request: Request, services: Needs, client: str = "") -> HTMLResponse:
    """Choose client and protocol."""
    known = await run_in_threadpool(services.records.list_clients)
    notice = await run_in_threadpool(describe_gate, services.records, client)
    ban = await run_in_threadpool(describe_impact_ban, services.records, client)
    protocols, left_out = _offer(services.catalog, ban)
    data = {
        "protocols": protocols,
        "left_out": left_out,
        "clients": known,
        "client": client[:80],
        "notice": notice,
    }
    return render(request, "start.html.jinja", data)


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
            said += [f"{protocol.title}: {decapitalise(left_out)}"] if left_out else []
    return offered, said
