"""Clients: list, add, one client's page, change, export, delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from movescreen.app.client_pages import export_everything
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.intake.words import ALLOWED_WORDS
from movescreen.client.plan.answers import find_waiting
from movescreen.client.plan.changes import list_changes
from movescreen.client.plan.model import Plan
from movescreen.client.rules.danger_words import describe_words
from movescreen.client.rules.red_flags import RedFlagReview, review_red_flags
from movescreen.client.visits.visit import Visit
from movescreen.errors import EditConflict, InputError
from movescreen.model import Status
from movescreen.records import Client, RecordStore
from movescreen.records.bin import bin_client, in_the_bin
from movescreen.report.sections.person import day_words, intake_summary
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.forms.intake import FIRST_STEP
from movescreen.web.result_store import ResultStore
from movescreen.web.services import Services, ServicesDep, StoreDep
from movescreen.web.templating import render
from movescreen.web.zips import answer_zip
from movescreen.words.numbers_and_units import plural, spell_days
from movescreen.words.sentences import sentence

router = APIRouter(prefix="/clients")

_FIELDS = ("name", "birth_year", "sex", "note", "team", "group", "jersey")
SEXES = (("", "not stated"), ("female", "female"), ("male", "male"))


@router.get("")
def show_clients(
    request: Request, services: ServicesDep, q: str = "", team: str = "", group: str = "", gone: str = ""
) -> HTMLResponse:
    """List the clients whose code or name holds what is searched for, of a team or group alone when one is chosen."""
    everybody = services.records.list_clients()
    q = q.strip()[:80]
    wanted = [
        c for c in everybody
        if q.casefold() in f"{c.code} {c.name}".casefold() and (not team or c.team == team) and (not group or c.group == group)
    ]  # fmt: skip
    deleted = "" if services.records.knows(gone) else gone[:80]
    data = {
        "rows": _list(services, wanted, bool(team)), "q": q, "total": len(everybody), "gone": deleted,
        "binned": bool(deleted) and in_the_bin(services.records.store, deleted),
        "team": team, "teams": sorted({c.team for c in everybody if c.team}), "sample": services.sample,
        "group": group, "groups": sorted({c.group for c in everybody if c.group and c.team == team}) if team else [],
    }  # fmt: skip
    return render(request, "clients.html.jinja", data)


@router.post("/sample")
def add_sample(services: ServicesDep) -> RedirectResponse:
    """Begin to make the sample client."""
    services.sample.start()
    return RedirectResponse("/clients", 303)


@router.get("/new")
def show_new(request: Request) -> HTMLResponse:
    """Ask who is to be added."""
    return _edit_page(request, Form(), None)


@router.post("/new")
def add_client(request: Request, store: StoreDep, form: FormDep) -> Response:
    """Add a client, or say beside the question what is wrong."""
    given = _given(form)
    if not form.mistakes:
        try:
            client = store.add_client(form.text("code"), **given)
            return RedirectResponse(path_of(client.code), 303)
        except InputError as error:
            form.complain("code" if "code" in error.message or "already" in error.message else "", error.message)
    return _edit_page(request, form, None)


@router.get("/{code}")
def show_client(request: Request, code: str, services: ServicesDep, store: StoreDep) -> HTMLResponse:
    """Show one client: what was told, what is open, visits, plan, and what can be done."""
    data = _describe(store, code)
    under_way = services.intakes.newest(lambda draft: draft.code == code)
    data["go_on"] = path_of(code, "intake", under_way, FIRST_STEP) if under_way else ""
    return render(request, "client.html.jinja", data)


@router.get("/{code}/change")
def show_change(request: Request, code: str, store: StoreDep) -> HTMLResponse:
    """Ask what is to be changed about a client."""
    client = store.client(code)
    return _edit_page(request, _filled(client), client)


@router.post("/{code}/change")
def change_client(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Change a client; what somebody else changed in the meantime is shown and not overwritten."""
    client = store.client(code)
    given = _given(form)
    if not form.mistakes:
        seen = Client(**{**vars(client), "version": form.whole("version") or 0})
        try:
            store.change_client(seen, **given)
            return RedirectResponse(path_of(code), 303)
        except EditConflict:
            form.complain("", _conflict_words(client))
            form.values["version"] = [str(client.version)]
            return _edit_page(request, form, client)
        except InputError as error:
            form.complain("", error.message)
    return _edit_page(request, form, client)


@router.get("/{code}/export")
def export(code: str, store: StoreDep) -> FileResponse:
    """Hand out everything that is kept about a client, as a zip file."""
    return answer_zip(lambda folder: export_everything(store, code, folder), code)


@router.get("/{code}/delete")
def ask_delete(request: Request, code: str, services: ServicesDep) -> HTMLResponse:
    """Ask for the code before a client is deleted."""
    return _delete_page(request, code, services, Form())


@router.post("/{code}/delete")
def delete_client(request: Request, code: str, services: ServicesDep, store: StoreDep, form: FormDep) -> Response:
    """Put a client into the bin with the screenings among the results, or delete everything for good."""
    client = store.client(code)
    if form.text("code") != client.code:
        form.complain("code", f"nothing was deleted: type {client.code} to continue")
        return _delete_page(request, code, services, form)

    names = results_of(services.store, code)
    now = form.text("now") == "yes"
    if now:
        store.delete_client(code)
    else:
        bin_client(store, code)
    services.intakes.forget_all(lambda draft: draft.code == code)
    for name in names:
        services.store.delete(name)
    for each in services.store.list_bin() if now else ():
        if each.client == code:
            services.store.erase(each.name)
    return RedirectResponse(f"/clients?gone={quote(code)}", 303)


def path_of(code: str, *parts: str) -> str:
    """Return the address of a client's page, or of one below it."""
    return "/".join(("/clients", *(quote(part, safe="") for part in (code, *parts))))


def visit_path(code: str, day: date, *parts: str) -> str:
    """Return the address of a visit's page, or of one below it."""
    return path_of(code, "visits", day.isoformat(), *parts)


def results_of(results: ResultStore, code: str) -> list[str]:
    """Return the names of the results that were recorded for a client."""
    return [found.name for found in results.list() if found.client == code]


def _list(services: Services, clients: Sequence[Client], flagged: bool) -> list[dict[str, Any]]:
    """Return the clients, each with the last visit and, where asked for, what stood out last."""
    store = services.records.store if clients else None
    days = store.visit_days() if store else {}
    rows = []
    for client in clients:
        visits = days.get(client.code, ())
        filmed = [v for v in store.visits(client.code) if v.clips] if store and visits and flagged else []
        rows.append(
            {
                "client": client, "path": path_of(client.code), "visits": len(visits),
                "last": day_words(visits[-1]) if visits else "", "flagged": _flagged(filmed[-1]) if filmed else "",
                "place": " · ".join(part for part in (client.team, client.group) if part),
            }
        )  # fmt: skip
    return rows


def _flagged(visit: Visit) -> str:
    return ", ".join(dict.fromkeys(f.title for f in visit.findings if f.status is Status.FLAGGED))


def _describe(store: RecordStore, code: str) -> dict[str, Any]:
    client, today = store.client(code), date.today()
    person, visits, plan = store.person(code, today), store.visits(code), store.latest_plan(code)
    review = review_red_flags(person, load_client_catalog(store.catalog))
    intake = person.intake
    return {
        "client": client, "path": path_of(code), "age": person.age, "intake": intake, "plan": plan,
        "told": [sentence(line) for line in intake_summary(intake)] if intake else [],
        "told_on": day_words(intake.day) if intake else "", "pictures": bool(intake and intake.consent and intake.consent.pictures), "films": bool(intake and intake.consent and intake.consent.films),
        "review": describe_review(review), "words": list_unread(store, code, today), "asked": len(find_waiting(person, visits)), "visits": [_visit_row(code, visit) for visit in reversed(visits)],
        "retest": day_words(plan.plan.retest_on) if plan else "", "retest_due": bool(plan and plan.plan.retest_on <= today),
        "today": today.isoformat(), "since": _since(plan.plan) if plan else None,
    }  # fmt: skip


def _since(plan: Plan) -> dict[str, Any] | None:
    """Return what changed since the plan before, as the page shows it; None for a first one."""
    if plan.started_from is None:
        return None
    changed, same = list_changes(plan)
    groups = [
        {"word": each.word.capitalize(), "reason": spell_days(each.reason), "exercises": each.exercises}
        for each in changed or same
    ]
    what = "What" if changed else "Nothing"
    return {"words": f"{what} changed since the plan of {day_words(plan.started_from)}", "groups": groups}


def describe_review(review: RedFlagReview) -> dict[str, Any]:
    """Return red flags and open questions as the pages show them."""

    def told(flag: Any) -> dict[str, Any]:
        facts = ", ".join(event.words for event in flag.events)
        since = f"Reported on {day_words(flag.told_on)}; no clinician has cleared it since." if flag.told_on else ""
        seen = flag.clearance
        return {
            "says_how_far": flag.spec.says_how_far, "plan_goes_on": flag.spec.plan_goes_on, "allowed": tuple(ALLOWED_WORDS.items()), "id": flag.spec.id, "reason": flag.spec.reason, "facts": facts, "since": since, "refer_to": flag.spec.refer_to, "short": flag.spec.short,
            "seen": f"Seen by {seen.by} on {day_words(seen.on)}: training is allowed." if seen else "",
        }  # fmt: skip

    return {
        "stopping": [told(flag) for flag in review.stopping],
        "mind": [told(flag) for flag in review.raised if not flag.stops],
        "open": [sentence(spec.question) for spec in review.open_questions],
    }


def list_unread(store: RecordStore, code: str, today: date) -> list[str]:
    """Return what was typed and waits for the trainer, as the pages show it."""
    return describe_words(store.unread_words(code, today), load_client_catalog(store.catalog))


def _visit_row(code: str, visit: Visit) -> dict[str, Any]:
    parts = [plural(len(visit.clips), "clip")] if visit.clips else []
    parts += [f"{plural(len(visit.measurements), 'value')} by hand"] if visit.measurements else []
    parts += [plural(len(visit.notes), "note")] if visit.notes else []
    return {
        "day": day_words(visit.day), "path": visit_path(code, visit.day), "iso": visit.day.isoformat(),
        "parts": ", ".join(parts), "flagged": _flagged(visit),
    }  # fmt: skip


def _given(form: Form) -> dict[str, Any]:
    year = form.whole("birth_year")
    sex = form.text("sex")
    if sex not in ("", "female", "male"):
        form.complain("sex", "choose from the list")
    if year is not None and not 1900 <= year <= date.today().year:
        form.complain("birth_year", "give the year with four digits")
    for name, most in (("name", 200), ("note", 2000), ("team", 64), ("group", 64), ("jersey", 16)):
        if len(form.text(name)) > most:
            form.complain(name, f"{most} letters at most")
    return {name: form.text(name) for name in _FIELDS} | {"birth_year": year}


def _filled(client: Client) -> Form:
    values = {name: [str(getattr(client, name) or "")] for name in _FIELDS}
    return Form({**values, "version": [str(client.version)]})


def _conflict_words(client: Client) -> str:
    there = "; ".join(f"{name.replace('_', ' ')}: {getattr(client, name) or 'empty'}" for name in _FIELDS)
    return f"somebody else changed this client in the meantime, and nothing was overwritten. There is now: {there}. What you typed is below; save again to put it in place"


def _edit_page(request: Request, form: Form, client: Client | None) -> HTMLResponse:
    data = {"form": form, "client": client, "sexes": SEXES, "path": path_of(client.code) if client else ""}
    return render(request, "client_edit.html.jinja", data)


def _delete_page(request: Request, code: str, services: Services, form: Form) -> HTMLResponse:
    store = services.records.store
    client = store.client(code)
    data = {
        "client": client, "path": path_of(code), "form": form, "visits": len(store.visits(code)),
        "files": store.files.count(client.uid), "results": len(results_of(services.store, code)),
    }  # fmt: skip
    return render(request, "client_delete.html.jinja", data)
