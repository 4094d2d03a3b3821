"""Plans: made, shown, changed by the trainer; every change is a plan of its own."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
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
from movescreen.client.plan.week import WEEKDAYS
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.errors import EditConflict, InputError, NeedsReferral, QuestionsOpen
from movescreen.records import RecordStore, SavedPlan
from movescreen.report.pages.plan import STAGE_TITLES, render_plan
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.forms.plan import apply_form, choices_of, dose_fields, fill_form, merge_forms
from movescreen.web.pages.clients import describe_review, list_unread, path_of
from movescreen.web.pages.reports import ReportResponse
from movescreen.web.pages.ways import Ways, ways_of_client
from movescreen.web.services import Services, ServicesDep, StoreDep
from movescreen.web.templating import render
from movescreen.words.sentences import sentence

router = APIRouter(prefix="/clients/{code}")


@router.get("/plan")
def show_plan(request: Request, code: str, services: ServicesDep, store: StoreDep) -> Response:
    """Show the plan in force, or offer to make one."""
    latest = store.latest_plan(code)
    if latest is None or _waits(store, code):  # the page says why
        return _make_page(request, store, code, latest)
    shown = plan_as_of(store, code, latest, date.today())
    links = [
        *([(path_of(code, "words"), "Answer what was asked")] if shown.plan.waiting else []),
        (path_of(code, "handout"), "For the client"),
        (path_of(code, "session"), "Log a session"),
        (path_of(code, "plan", "edit"), "Change"),
        (path_of(code, "plan", "make"), "Make it anew"),
    ]
    return _show(services, code, shown, latest.number, links)


@router.get("/plans/{number}")
def show_old_plan(code: str, number: int, services: ServicesDep, store: StoreDep) -> Response:
    """Show a plan by its number."""
    found = _require(store, code, number)
    latest = store.latest_plan(code)
    if latest is not None and latest.number == number and _waits(store, code):
        return RedirectResponse(path_of(code, "plan"), 303)
    return _show(services, code, found, number, [(path_of(code, "plan"), "The plan in force")])


@router.get("/plan/make")
def ask_make(request: Request, code: str, store: StoreDep) -> Response:
    """Ask before a plan is made from the latest visits."""
    return _make_page(request, store, code, store.latest_plan(code))


@router.post("/plan/make")
def make(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Make a plan from the latest visits and the conversation."""
    try:
        days = [int(day) for day in form.all("days") if day in {str(n) for n in range(7)}]
        make_next_plan(store, code, date.today(), form.whole("based_on"), days)
    except NeedsReferral as stop:  # a red flag and unread words have their own places on the page
        to_ask = stop.message if isinstance(stop, QuestionsOpen) else ""
        return _make_page(request, store, code, store.latest_plan(code), to_ask=to_ask)
    except EditConflict:
        return _make_page(request, store, code, store.latest_plan(code), overtaken=True)
    return RedirectResponse(path_of(code, "plan"), 303)


@router.get("/plan/edit")
def show_edit(request: Request, code: str, store: StoreDep) -> Response:
    """Show the plan in force as a form."""
    latest = store.latest_plan(code)
    if latest is None or _waits(store, code):
        return RedirectResponse(path_of(code, "plan"), 303)
    return _edit_page(request, store, code, latest, fill_form(latest.plan))


@router.post("/plan/edit")
def edit(request: Request, code: str, services: ServicesDep, store: StoreDep, form: FormDep) -> Response:
    """Save a change as the next plan; when somebody else was faster, show both and overwrite nothing."""
    base = _require(store, code, form.whole("based_on") or 0)
    if _waits(store, code):
        return RedirectResponse(path_of(code, "plan"), 303)
    changed = apply_form(base.plan, form, services.care)
    if form.mistakes:
        return _edit_page(request, store, code, base, form)
    if changed == base.plan:
        return RedirectResponse(path_of(code, "plan"), 303)
    try:
        save_changed_plan(store, code, base, changed, date.today())
    except EditConflict:
        latest = store.latest_plan(code)
        assert latest is not None
        merged, lost = merge_forms(base.plan, form, latest.plan)
        return _edit_page(request, store, code, latest, merged, overtaken=True, lost=lost)
    except InputError as error:
        form.complain("", error.message)
        return _edit_page(request, store, code, base, form)
    return RedirectResponse(path_of(code, "plan"), 303)


def _waits(store: RecordStore, code: str) -> bool:
    """Tell whether something that was told since keeps the plan back."""
    try:
        ensure_plan_goes_on(store, code, date.today())
    except NeedsReferral:
        return True
    return False


def _show(services: Services, code: str, saved: SavedPlan, number: int, links: Ways) -> HTMLResponse:
    head = head_of(services.records.store.client(code), saved.plan.day)
    before = [(path_of(code, "plans", str(number - 1)), f"Plan {number - 1}")] if number > 1 else []
    links = [*ways_of_client(services, code, "Plan"), *links, *before]
    return ReportResponse(render_plan(saved.plan, head, links))


def _require(store: RecordStore, code: str, number: int) -> SavedPlan:
    for saved in store.plans(code):
        if saved.number == number:
            return saved
    raise NotThere(f"{code} has no plan {number}", "open the plan on the client's page")


def _make_page(
    request: Request,
    store: RecordStore,
    code: str,
    latest: SavedPlan | None,
    *,
    overtaken: bool = False,
    to_ask: str = "",
) -> HTMLResponse:
    review = review_red_flags(store.person(code, date.today()), load_client_catalog(store.catalog))
    data = {
        "review": describe_review(review), "waits": _waits(store, code), "words": list_unread(store, code, date.today()), "today": date.today().isoformat(),
        "label": store.client(code).label, "path": path_of(code), "latest": latest, "overtaken": overtaken, "to_ask": sentence(to_ask),
        "asked": store.latest_intake(code) is not None, "visits": len(store.visits(code)), "days": [str(day) for day in (latest.plan.days if latest else ())],
        "weekdays": [(str(i), name) for i, name in enumerate(WEEKDAYS)],
    }  # fmt: skip
    return render(request, "plan_make.html.jinja", data)


def _edit_page(
    request: Request,
    store: RecordStore,
    code: str,
    saved: SavedPlan,
    form: Form,
    *,
    overtaken: bool = False,
    lost: list[str] | None = None,
) -> HTMLResponse:
    today = date.today()
    barred, lasting = bars_of(store, code, today), bars_of(store, code, today, lasting=True)
    data = {
        "label": store.client(code).label, "path": path_of(code), "saved": saved, "form": form, "overtaken": overtaken, "lost": lost or [],
        "doses": {e.exercise: dose_fields(e) for e in saved.plan.exercises}, "stages": STAGE_TITLES,
        "choices": choices_of(saved.plan, load_client_catalog(store.catalog), barred),
        "barred": {e.exercise: lasting[e.exercise] for e in saved.plan.exercises if e.exercise in lasting},
    }  # fmt: skip
    return render(request, "plan_edit.html.jinja", data)
