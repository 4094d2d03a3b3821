"""Plans: made, shown, changed by the trainer; every change is a plan of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.client_pages import (
    bars_of,
    ensure_plan_goes_on,
    head_of,
    make_next_plan,
    plan_as_of,
    save_changed_plan,
)
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.exercise_figures import load_exercise_figures
from movescreen.client.plan.week import WEEKDAYS
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.errors import EditConflict, InputError, NeedsReferral
from movescreen.records import RecordStore, SavedPlan
from movescreen.report.pages.plan import STAGE_TITLES, render_plan
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import Form, read_form
from movescreen.web.forms.plan import apply_form, choices_of, dose_fields, fill_form, merge_forms
from movescreen.web.pages.clients import describe_review, list_unread, path_of
from movescreen.web.pages.reports import answer_report
from movescreen.web.pages.ways import ways_of_client
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render

router = APIRouter(prefix="/clients/{code}")


@router.get("/plan")
async def show_plan(request: Request, code: str, services: ServicesDep) -> Response:
    """Show the plan in force, or offer to make one."""
    store = services.records.store
    latest = await run_in_threadpool(store.latest_plan, code)
    if latest is None:
        return await _make_page(request, store, code, None)
    if await _waits(store, code):  # the page says why
        return await _make_page(request, store, code, latest)
    links = [
        (path_of(code, "handout"), "For the client"),
        (path_of(code, "session"), "Log a session"),
        (path_of(code, "plan", "edit"), "Change"),
        (path_of(code, "plan", "make"), "Make it anew"),
    ]
    links += (
        [(path_of(code, "plans", str(latest.number - 1)), f"Plan {latest.number - 1}")] if latest.number > 1 else []
    )
    shown = await run_in_threadpool(plan_as_of, store, code, latest, date.today())
    return await _show(services, code, shown, links)


@router.get("/plans/{number}")
async def show_old_plan(code: str, number: int, services: ServicesDep) -> Response:
    """Show a plan by its number."""
    store = services.records.store
    found = await _require(store, code, number)
    latest = await run_in_threadpool(store.latest_plan, code)
    if latest is not None and latest.number == number and await _waits(store, code):
        return RedirectResponse(path_of(code, "plan"), 303)
    links = [(path_of(code, "plan"), "The plan in force")]
    links += [(path_of(code, "plans", str(number - 1)), f"Plan {number - 1}")] if number > 1 else []
    return await _show(services, code, found, links)


@router.get("/plan/make")
async def ask_make(request: Request, code: str, services: ServicesDep) -> Response:
    """Ask before a plan is made from the latest visits."""
    store = services.records.store
    return await _make_page(request, store, code, await run_in_threadpool(store.latest_plan, code))


@router.post("/plan/make")
async def make(request: Request, code: str, services: ServicesDep) -> Response:
    """Make a plan from the latest visits and the conversation."""
    form, store = await read_form(request), services.records.store
    try:
        days = [int(day) for day in form.all("days") if day in {str(n) for n in range(7)}]
        await run_in_threadpool(make_next_plan, store, code, date.today(), form.whole("based_on"), days)
    except NeedsReferral:  # the page says why
        return await _make_page(request, store, code, await run_in_threadpool(store.latest_plan, code))
    except EditConflict:
        latest = await run_in_threadpool(store.latest_plan, code)
        return await _make_page(request, store, code, latest, overtaken=True)
    return RedirectResponse(path_of(code, "plan"), 303)


@router.get("/plan/edit")
async def show_edit(request: Request, code: str, services: ServicesDep) -> Response:
    """Show the plan in force as a form."""
    store = services.records.store
    latest = await run_in_threadpool(store.latest_plan, code)
    if latest is None or await _waits(store, code):
        return RedirectResponse(path_of(code, "plan"), 303)
    return await _edit_page(request, store, code, latest, fill_form(latest.plan))


@router.post("/plan/edit")
async def edit(request: Request, code: str, services: ServicesDep) -> Response:
    """Save a change as the next plan; when somebody else was faster, show both and overwrite nothing."""
    form, store, catalog = await read_form(request), services.records.store, services.care
    base = await _require(store, code, form.whole("based_on") or 0)
    if await _waits(store, code):
        return RedirectResponse(path_of(code, "plan"), 303)
    changed = apply_form(base.plan, form, catalog)
    if form.mistakes:
        return await _edit_page(request, store, code, base, form)
    if changed == base.plan:
        return RedirectResponse(path_of(code, "plan"), 303)
    try:
        await run_in_threadpool(save_changed_plan, store, code, base, changed, date.today())
    except EditConflict:
        latest = await run_in_threadpool(store.latest_plan, code)
        assert latest is not None
        merged, lost = merge_forms(base.plan, form, latest.plan)
        return await _edit_page(request, store, code, latest, merged, overtaken=True, lost=lost)
    except InputError as error:
        form.complain("", error.message)
        return await _edit_page(request, store, code, base, form)
    return RedirectResponse(path_of(code, "plan"), 303)


async def _waits(store: RecordStore, code: str) -> bool:
    """Tell whether something that was told since keeps the plan back."""
    try:
        await run_in_threadpool(ensure_plan_goes_on, store, code, date.today())
    except NeedsReferral:
        return True
    return False


async def _show(services: Services, code: str, saved: SavedPlan, links: list[tuple[str, str]]) -> HTMLResponse:
    def make() -> str:
        head = head_of(services.records.store.client(code), saved.plan.day)
        return render_plan(saved.plan, head, [*ways_of_client(services, code, "Plan"), *links], load_exercise_figures())

    return answer_report(await run_in_threadpool(make))


async def _require(store: RecordStore, code: str, number: int) -> SavedPlan:
    plans = await run_in_threadpool(store.plans, code)
    for saved in plans:
        if saved.number == number:
            return saved
    raise NotThere(f"{code} has no plan {number}", "open the plan on the client's page")


async def _make_page(
    request: Request, store: RecordStore, code: str, latest: SavedPlan | None, *, overtaken: bool = False
) -> HTMLResponse:
    def gather() -> dict[str, Any]:
        visits, waits = store.visits(code), False
        try:
            ensure_plan_goes_on(store, code, date.today())
        except NeedsReferral:
            waits = True
        review = review_red_flags(store.person(code, date.today()), load_client_catalog(store.catalog))
        return {
            "review": describe_review(review), "waits": waits, "words": list_unread(store, code, date.today()), "today": date.today().isoformat(),
            "label": store.client(code).label, "path": path_of(code), "latest": latest, "overtaken": overtaken,
            "asked": store.latest_intake(code) is not None, "visits": len(visits), "days": [str(day) for day in (latest.plan.days if latest else ())],
            "weekdays": [(str(i), name) for i, name in enumerate(WEEKDAYS)],
        }  # fmt: skip

    return render(request, "plan_make.html.jinja", await run_in_threadpool(gather))


async def _edit_page(
    request: Request,
    store: RecordStore,
    code: str,
    saved: SavedPlan,
    form: Form,
    *,
    overtaken: bool = False,
    lost: list[str] | None = None,
) -> HTMLResponse:
    client = await run_in_threadpool(store.client, code)
    today = date.today()
    barred = await run_in_threadpool(bars_of, store, code, today)
    lasting = await run_in_threadpool(lambda: bars_of(store, code, today, lasting=True))
    data = {
        "label": client.label, "path": path_of(code), "saved": saved, "form": form, "overtaken": overtaken, "lost": lost or [],
        "doses": {e.exercise: dose_fields(e) for e in saved.plan.exercises}, "stages": STAGE_TITLES,
        "choices": choices_of(saved.plan, load_client_catalog(store.catalog), barred),
        "barred": {e.exercise: lasting[e.exercise] for e in saved.plan.exercises if e.exercise in lasting},
    }  # fmt: skip
    return render(request, "plan_edit.html.jinja", data)
