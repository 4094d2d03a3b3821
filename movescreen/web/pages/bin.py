"""The bin: what was deleted in the last thirty days, to bring back or to delete for good."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.errors import InputError
from movescreen.records.bin import KEPT_FOR, bring_back, erase, list_bin
from movescreen.report.sections.person import day_words
from movescreen.web.forms.fields import read_form
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render
from movescreen.words.numbers_and_units import date_words

router = APIRouter(prefix="/bin")


@router.get("")
async def show_bin(request: Request, services: ServicesDep) -> HTMLResponse:
    """List what lies in the bin, and until when."""
    data = {"rows": await run_in_threadpool(_rows, services), "days": KEPT_FOR.days}
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
async def take_back(request: Request, services: ServicesDep) -> Response:
    """Bring something back; a client comes with the results that were deleted with them."""
    form = await read_form(request)

    def go() -> None:
        name = form.text("name")
        if form.text("kind") == "result":
            services.store.bring_back(name)
            return
        day = _day(form.text("day"))
        bring_back(services.records.store, name, day)
        for each in services.store.list_bin() if day is None else ():
            if each.client == name:
                services.store.bring_back(each.name)

    await run_in_threadpool(go)
    return RedirectResponse("/bin", 303)


@router.post("/erase")
async def erase_now(request: Request, services: ServicesDep) -> Response:
    """Delete something for good at once."""
    form = await read_form(request)

    def go() -> None:
        name = form.text("name")
        if form.text("kind") == "result":
            services.store.erase(name)
            return
        day = _day(form.text("day"))
        if not any((each.code, each.day) == (name, day) for each in list_bin(services.records.store)):
            raise InputError(f"{name} does not lie in the bin", "load the page again")
        erase(services.records.store, name, day)
        for each in services.store.list_bin() if day is None else ():
            if each.client == name:
                services.store.erase(each.name)

    await run_in_threadpool(go)
    return RedirectResponse("/bin", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text[:20]!r} is not a day", "load the page again") from None
