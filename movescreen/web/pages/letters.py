"""The case for those who look after the client: SOAP note, letter, note for the coach; and the client's own page."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response

from movescreen.app.client_pages import gather_case
from movescreen.app.handout import gather_handout, write_visit_files
from movescreen.errors import InputError
from movescreen.records import RecordStore
from movescreen.report.formats.sheet import render_sheet, sheet_text
from movescreen.report.pages.client import render_handout
from movescreen.report.pages.handover import READERS, Reader, Writing, make_sheet
from movescreen.report.sections.person import day_words
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import DayDep, Form, FormDep
from movescreen.web.pages.clients import path_of
from movescreen.web.pages.reports import ReportResponse, breadcrumbs
from movescreen.web.services import StoreDep
from movescreen.web.templating import render
from movescreen.web.zips import answer_zip

router = APIRouter(prefix="/clients/{code}")

#: Reader -> what the sheet is called, and what it is.
SHEETS: dict[Reader, tuple[str, str]] = {
    "soap": ("SOAP note", "told, measured, what goes together, plan"),
    "doctor": ("Letter to a doctor or therapist", "why now, what was seen, what is not known, what is asked; with a slip for the reply"),
    "coach": ("Note for the coach", "can do, not yet, watch for; nothing about health unless the client agreed"),
}  # fmt: skip


@router.get("/letters")
def show_letters(request: Request, code: str, store: StoreDep, day: str = "") -> HTMLResponse:
    """Offer the sheets, with what the trainer may add; of a day when one is given."""
    when = _day(day)
    case = gather_case(store, code, when)
    data = {
        "day": day, "when": day_words(when),
        "label": case.head.label, "path": path_of(code), "sheets": SHEETS, "form": Form(),
        "stopping": bool(case.review.stopping), "waits": case.plan_waits, "consent": case.intake.consent if case.intake else None, "own": bool(case.plan or case.visit),
    }  # fmt: skip
    return render(request, "letters.html.jinja", data)


@router.post("/letters/agreed")
def set_agreed(code: str, store: StoreDep, form: FormDep) -> Response:
    """Note whether a coach may learn where it hurts."""
    agreed = form.text("coach")
    if agreed not in ("yes", "no"):
        raise InputError("yes or no is missing", "choose one of them")
    store.set_consent(code, coach=agreed == "yes")
    return RedirectResponse(path_of(code, "letters"), 303)


@router.get("/handout")
def show_handout(code: str, store: StoreDep) -> HTMLResponse:
    """Show the page that the client keeps."""
    ways = [*breadcrumbs(code), (path_of(code, "plan"), "Plan")]
    return ReportResponse(render_handout(gather_handout(store, code, date.today()), ways))


@router.get("/visits/{day}/download")
def download_visit(code: str, day: DayDep, store: StoreDep) -> FileResponse:
    """Hand out a visit as a zip file: its page, the client's page, tables as CSV and XLSX, and the files kept of it."""
    return answer_zip(lambda folder: write_visit_files(store, code, day, folder), f"visit_{code}_{day}")


@router.get("/letters/{reader}")
def show_letter(code: str, reader: str, store: StoreDep) -> Response:
    """Show a sheet as it follows from the records."""
    return _answer(store, code, reader, Writing(), date.today())


@router.post("/letters/{reader}")
def write_letter(code: str, reader: str, store: StoreDep, form: FormDep) -> Response:
    """Show a sheet with what the trainer added, or hand it out as text."""
    when = _day(form.text("day"))
    writing = Writing(**{name: form.text(name)[:2000] for name in ("by", "to", "ask")})
    return _answer(store, code, reader, writing, when, text=form.text("form") == "text")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise NotThere(f"{text[:40]!r} is not a day", "open the letters on the client's page") from None


def _answer(store: RecordStore, code: str, reader: str, writing: Writing, day: date, *, text: bool = False) -> Response:
    if reader not in READERS:
        raise NotThere(f"there is no sheet for {reader[:40]!r}", "choose one on the client's page")
    sheet = make_sheet(gather_case(store, code, day), reader, writing)
    if text:
        headers = {"Content-Disposition": f'attachment; filename="{sheet.stem}.txt"'}
        return PlainTextResponse(sheet_text(sheet), headers=headers)
    return ReportResponse(render_sheet(sheet, [*breadcrumbs(code), (path_of(code, "letters"), "Notes and letters")]))
