"""What the client takes home: the page, as PDF, and in an e-mail draft."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response

from movescreen.app.handout import gather_handout, write_visit_files
from movescreen.report.pages.client import Handout, render_handout
from movescreen.web.errors import NotThere
from movescreen.web.pages.clients import path_of
from movescreen.web.pages.reports import answer_printable, breadcrumbs, print_ways
from movescreen.web.services import ServicesDep
from movescreen.web.zips import answer_zip

router = APIRouter(prefix="/clients/{code}")


@router.get("/handout")
async def show_handout(request: Request, code: str, services: ServicesDep) -> Response:
    """Show the page that the client keeps, or hand it out as PDF."""
    store = services.records.store

    def make() -> str:
        handout = gather_handout(store, code, date.today())
        ways = [
            (path_of(code, "plan"), "Plan"),
            *print_ways(path_of(code, "handout")),
            (_mail_draft(handout), "E-mail draft"),
        ]
        return render_handout(handout, [*breadcrumbs(code), *ways])

    return await answer_printable(request, await run_in_threadpool(make), f"home_program_{code}")


@router.get("/letters/client")
async def show_own_page(code: str) -> RedirectResponse:
    """Lead to the client's page from its old address."""
    return RedirectResponse(path_of(code, "handout"), 303)


@router.get("/visits/{day}/download")
async def download_visit(code: str, day: str, services: ServicesDep) -> FileResponse:
    """Hand out a visit as a zip file: its page, the client's page, tables as CSV and XLSX, and the files kept of it."""
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise NotThere(f"{day[:40]!r} is not a day", "open the visit on the client's page") from None
    store = services.records.store
    return await answer_zip(lambda folder: write_visit_files(store, code, when, folder), f"visit_{code}_{when}")


def _mail_draft(handout: Handout) -> str:
    """Return the address of an e-mail draft; nothing about health is in it: whoever sends it attaches the page."""
    words = f"Hello {handout.name},\n\nyour page is attached. Please ask when something is not clear.\n\n{handout.practice.name}"
    return f"mailto:?subject={quote('Your page to keep')}&body={quote(words.rstrip())}"
