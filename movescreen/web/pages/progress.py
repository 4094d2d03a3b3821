"""Progress over the visits, and readiness."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from movescreen.app.client_pages import compare_visits, gather_progress, head_of, visits_until
from movescreen.client.rules.readiness import assess_readiness
from movescreen.errors import InputError, UnknownNameError
from movescreen.report.pages.progress import render_progress, render_readiness
from movescreen.web.api.results import policy_of_player
from movescreen.web.errors import NotThere
from movescreen.web.pages.clients import path_of
from movescreen.web.pages.reports import answer_report
from movescreen.web.pages.ways import ways_of_client, with_ways
from movescreen.web.services import ServicesDep

router = APIRouter(prefix="/clients/{code}")


@router.get("/progress")
async def show_progress(code: str, services: ServicesDep) -> HTMLResponse:
    """Show what changed over the visits beyond the error, what did not, and what cannot be compared."""
    store = services.records.store

    def make() -> str:
        try:
            report = gather_progress(store, code, date.today())
        except UnknownNameError:
            raise
        except InputError as error:
            raise NotThere(error.message, "begin a guided session, or add clips, on the client's page") from error
        links = [*ways_of_client(services, code, "Progress"), (path_of(code, "readiness"), "Readiness")]
        links += [(path_of(code, "compare"), "Look and compare")]
        return render_progress(report, lambda name: store.picture(code, name), links)

    return answer_report(await run_in_threadpool(make))


@router.get("/compare")
async def show_compare(code: str, services: ServicesDep) -> HTMLResponse:
    """Show the clips of the visits frame by frame, two in step at the turn."""

    def make() -> str:
        return with_ways(compare_visits(services.records.store, code), ways_of_client(services, code))

    page = await run_in_threadpool(make)
    return HTMLResponse(page, headers={"Content-Security-Policy": policy_of_player(page)})


@router.get("/readiness")
async def show_readiness(code: str, services: ServicesDep) -> HTMLResponse:
    """Show which gates are met, not met or not known, and what is still to be measured."""
    store, today = services.records.store, date.today()

    def make() -> str:
        person = store.person(code, today)
        sets = assess_readiness(person, visits_until(store, code, today), services.care, services.norms)
        links = [
            *ways_of_client(services, code),
            (path_of(code, "measure"), "Measure by hand"),
            (path_of(code, "note"), "Note how it went"),
        ]
        return render_readiness(head_of(store.client(code), today), today, sets, links)

    return answer_report(await run_in_threadpool(make))
