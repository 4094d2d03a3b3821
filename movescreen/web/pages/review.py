"""Records to look at again: of each client somebody decides whether they are still needed."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.errors import InputError
from movescreen.records.retention import add_months, keep_until, list_keeping
from movescreen.records.trail import read_trail
from movescreen.report.sections.person import day_words
from movescreen.settings import load_practice_settings
from movescreen.web.forms.fields import FormDep
from movescreen.web.pages.clients import path_of
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render
from movescreen.words.numbers_and_units import date_words

router = APIRouter(prefix="/review")


@router.get("")
def show_review(request: Request, services: ServicesDep) -> HTMLResponse:
    """List whose records are to be looked at, and who is next."""
    today, months = date.today(), load_practice_settings().keep_months
    found = list_keeping(services.records.store, months) if services.records.exist else ()
    restored = read_trail(services.records.store, action="restored", most=1) if services.records.exist else ()
    rows = [
        {"label": each.client.label, "code": each.client.code, "path": path_of(each.client.code), "last": day_words(each.last), "since": day_words(each.look_on)}
        for each in found
        if each.look_on <= today
    ]  # fmt: skip
    after = next((each for each in found if each.look_on > today), None)
    data = {
        "rows": rows, "months": months, "until": add_months(today, 12).isoformat(), "today": today.isoformat(),
        "restored": [(date_words(each.at_utc[:10]), date_words(each.what.partition(" of ")[2])) for each in restored],
        "after": f"{after.client.label} on {day_words(after.look_on)}" if after else "",
    }  # fmt: skip
    return render(request, "review.html.jinja", data)


@router.post("")
def keep(services: ServicesDep, form: FormDep) -> Response:
    """Keep a client's records until a day."""
    try:
        day = date.fromisoformat(form.text("until"))
    except ValueError:
        raise InputError("the day is missing", "choose until when the records are kept") from None
    keep_until(services.records.store, form.text("code"), day, date.today())
    return RedirectResponse("/review", 303)
