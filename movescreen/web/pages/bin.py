"""The bin: what was deleted in the last thirty days, to bring back or to delete for good."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.errors import InputError
from movescreen.records.bin import KEPT_FOR, bring_back, erase, list_bin
from movescreen.report.sections.person import day_words
from movescreen.web.forms.fields import FormDep
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render
from movescreen.words.numbers_and_units import date_words

router = APIRouter(prefix="/bin")


@router.get("")
def show_bin(request: Request, services: ServicesDep) -> HTMLResponse:
    """List what lies in the bin, and until when."""
    data = {"rows": _rows(services), "days": KEPT_FOR.days}
    return render(request, "bin.html.jinja", data)


def _rows(services: Services) -> list[dict[str, Any]]:
    kept = list_bin(services.records.store) if services.records.exist else ()
    rows = [
        {
            "kind": "record", "name": each.code, "day": each.day.isoformat() if each.day else "", "until": day_words(each.until),
            "what": f"{each.code}, {each.what} of {day_words(each.day)}" if each.day else f"{each.code} with all visits and plans",
        }
        for each in kept
    ]  # fmt: skip
    rows += [
        {
            "kind": "result", "name": each.name, "day": "", "until": day_words(each.until),
            "what": f"Result of {each.client or 'nobody'}, {date_words(each.recorded) or each.name}",
        }
        for each in services.store.list_bin()
    ]  # fmt: skip
    return rows


@router.post("/back")
def take_back(services: ServicesDep, form: FormDep) -> Response:
    """Bring something back; a client comes with the results that were deleted with them."""
    name, day = form.text("name"), _day(form.text("day"))
    if form.text("kind") == "result":
        services.store.bring_back(name)
    else:
        bring_back(services.records.store, name, day)
        for result in _results_of(services, name, day):
            services.store.bring_back(result)
    return RedirectResponse("/bin", 303)


@router.post("/erase")
def erase_now(services: ServicesDep, form: FormDep) -> Response:
    """Delete something for good at once."""
    name, day = form.text("name"), _day(form.text("day"))
    if form.text("kind") == "result":
        services.store.erase(name)
        return RedirectResponse("/bin", 303)
    if not any((each.code, each.day) == (name, day) for each in list_bin(services.records.store)):
        raise InputError(f"{name} does not lie in the bin", "load the page again")
    erase(services.records.store, name, day)
    for result in _results_of(services, name, day):
        services.store.erase(result)
    return RedirectResponse("/bin", 303)


def _results_of(services: Services, code: str, day: date | None) -> list[str]:
    """Return the results in the bin that go with a whole client; none with a visit."""
    return [each.name for each in services.store.list_bin() if day is None and each.client == code]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text[:20]!r} is not a day", "load the page again") from None
