"""Progress over the visits, and readiness."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from movescreen.app.client_pages import compare_visits, gather_progress, head_of, visits_until
from movescreen.client.rules.readiness import assess_readiness
from movescreen.errors import InputError, UnknownNameError
from movescreen.report.formats.html import add_links
from movescreen.report.pages.progress import render_progress, render_readiness
from movescreen.web.api.results import policy_of_player
from movescreen.web.errors import NotThere
from movescreen.web.pages.clients import path_of
from movescreen.web.pages.reports import ReportResponse
from movescreen.web.pages.ways import ways_of_client
from movescreen.web.services import ServicesDep, StoreDep

router = APIRouter(prefix="/clients/{code}")


@router.get("/progress")
def show_progress(code: str, services: ServicesDep, store: StoreDep) -> HTMLResponse:
    """Show what changed over the visits beyond the error, what did not, and what cannot be compared."""
    try:
        report = gather_progress(store, code, date.today())
    except UnknownNameError:
        raise
    except InputError as error:
        raise NotThere(error.message, "begin a guided session, or add clips, on the client's page") from error
    links = [*ways_of_client(services, code, "Progress"), (path_of(code, "readiness"), "Readiness")]
    links += [(path_of(code, "compare"), "Look and compare")]
    return ReportResponse(render_progress(report, lambda name: store.picture(code, name), links))


@router.get("/compare")
def show_compare(code: str, services: ServicesDep, store: StoreDep) -> HTMLResponse:
    """Show the clips of the visits frame by frame, two in step at the turn."""
    page = add_links(compare_visits(store, code), ways_of_client(services, code))
    return HTMLResponse(page, headers={"Content-Security-Policy": policy_of_player(page)})


@router.get("/readiness")
def show_readiness(code: str, services: ServicesDep, store: StoreDep) -> HTMLResponse:
    """Show which gates are met, not met or not known, and what is still to be measured."""
    today = date.today()
    person = store.person(code, today)
    sets = assess_readiness(person, visits_until(store, code, today), services.care, services.norms)
    links = [
        *ways_of_client(services, code),
        (path_of(code, "measure"), "Measure by hand"),
        (path_of(code, "note"), "Note how it went"),
    ]
    return ReportResponse(render_readiness(head_of(store.client(code), today), today, sets, links))
