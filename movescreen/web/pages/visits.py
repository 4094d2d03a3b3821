"""Visits: what was measured and noted on a day, as a page; values by hand; how it went."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.client_pages import gather_visit
from movescreen.app.rebuilding import redo_visit
from movescreen.app.visit_keeping import note_movement_pain
from movescreen.catalog import load_catalog
from movescreen.catalog.care_schema import HandTestSpec
from movescreen.catalog.client_loader import ClientCatalog, load_client_catalog
from movescreen.catalog.client_schema import Place
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.words import place_words
from movescreen.client.plan.pathways import find_missing_tests
from movescreen.client.rules.history import suggest_tests
from movescreen.client.rules.profiles import find_impact_ban, offer_tests
from movescreen.client.rules.readiness import assess_readiness
from movescreen.client.visits.activities import MOST, last_activities, rate_activities
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.observation import RESULTS, WHATS, Observation
from movescreen.client.visits.visit import HandMeasurement, MovementPain, SessionNote, check_measurement
from movescreen.display import unit_words
from movescreen.errors import InputError, UnknownNameError
from movescreen.records import RecordStore
from movescreen.records.bin import bin_visit
from movescreen.report.pages.visit import VisitReport, norms_element, render_visit
from movescreen.report.sections.observations import observations_element
from movescreen.report.sections.person import day_words
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import Form, read_form
from movescreen.web.pages.clients import list_unread, path_of
from movescreen.web.pages.reports import answer_report
from movescreen.web.pages.ways import ways_of_visit
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render
from movescreen.words.sentences import title_of

router = APIRouter(prefix="/clients/{code}")

_SCORES = ("pain_now", "pain_week", "pain_during", "pain_next_day", "confidence")
_COUNTS = ("sessions_done", "sessions_planned")


@router.get("/visits/{day}")
async def show_visit(code: str, day: str, services: ServicesDep) -> HTMLResponse:
    """Show a visit: findings in the light of the history, tests against norms, what is worth adding."""
    when = _day(day)

    def make() -> str:
        report = _ensure_visit(services.records.store, code, when)
        here = path_of(code, "visits", day)
        measure = f"{path_of(code, 'measure')}?day={day}"
        links = [
            *ways_of_visit(services, code, when, "Visit"),
            (measure, "Measure by hand"),
            (f"{path_of(code, 'observe')}?day={day}", "Seen and felt"),
        ]
        links += [(f"{path_of(code, 'letters')}?day={day}", "Notes and letters")]
        links += [(path_of(code, "handout"), "For the client"), (f"{here}/download", "Download")]
        links += [(f"{here}/redo", "Analyze again")] if report.visit.clips else []
        links += [(f"{here}/move", "Not this client?"), (f"{here}/delete", "Delete this visit")]
        return render_visit(report, links, f"{here}/judge")

    return answer_report(await run_in_threadpool(make))


@router.get("/visits/{day}/delete")
async def ask_delete(request: Request, code: str, day: str, services: ServicesDep) -> HTMLResponse:
    """Ask before a visit is deleted."""
    return await _ask(request, services.records.store, code, day, "visit_delete.html.jinja")


@router.post("/visits/{day}/delete")
async def delete_visit(request: Request, code: str, day: str, services: ServicesDep) -> Response:
    """Put what was measured and noted on a day into the bin, or delete it for good."""
    form, store = await read_form(request), services.records.store
    if form.text("now") == "yes":
        await run_in_threadpool(store.delete_visit, code, _day(day))
    else:
        await run_in_threadpool(bin_visit, store, code, _day(day))
    return RedirectResponse(path_of(code), 303)


@router.get("/visits/{day}/redo")
async def ask_redo(request: Request, code: str, day: str, services: ServicesDep) -> HTMLResponse:
    """Ask before a visit is analyzed again."""
    return await _ask(request, services.records.store, code, day, "visit_redo.html.jinja")


@router.post("/visits/{day}/redo")
async def redo(code: str, day: str, services: ServicesDep) -> Response:
    """Analyze a visit again from the landmarks that were kept."""
    await run_in_threadpool(redo_visit, services.records, code, _day(day))
    return RedirectResponse(path_of(code, "visits", day), 303)


@router.get("/measure")
async def show_measure(request: Request, code: str, services: ServicesDep, day: str = "") -> HTMLResponse:
    """Take values by hand; show those of the day against norms, and side against side."""
    form = Form({"day": [day or date.today().isoformat()]})
    return render(
        request, "measure.html.jinja", await run_in_threadpool(_measure_page, services.records.store, code, form)
    )


@router.post("/measure")
async def measure(request: Request, code: str, services: ServicesDep) -> Response:
    """Keep values taken by hand, all or none; a mistake stands beside its value."""
    form, store = await read_form(request), services.records.store
    day = form.day("day", date.today())
    taken = _read_measurements(form, services.care)
    if not taken and not form.mistakes:
        form.complain("", "there is no value yet; type at least one")
    if form.mistakes or day is None:
        return render(request, "measure.html.jinja", await run_in_threadpool(_measure_page, store, code, form))
    await run_in_threadpool(store.add_measurements, code, day, taken)
    return RedirectResponse(f"{path_of(code, 'measure')}?day={day}#measured", 303)


@router.get("/note")
async def show_note(request: Request, code: str, services: ServicesDep) -> HTMLResponse:
    """Ask how it went."""
    return await _note_page(request, services.records.store, code, Form({"day": [date.today().isoformat()]}))


@router.post("/note")
async def note(request: Request, code: str, services: ServicesDep) -> Response:
    """Keep pain, training and confidence, or say beside the question what is wrong."""
    form, store = await read_form(request), services.records.store
    day = form.day("day", date.today())
    told: dict[str, Any] = {name: form.whole(name) for name in (*_SCORES, *_COUNTS)}
    try:
        made = SessionNote(**told, text=form.text("text"))
    except ValidationError as error:
        form.blame(error)
    else:
        if made == SessionNote():
            form.complain("", "there is nothing to note yet")
        done, planned = made.sessions_done, made.sessions_planned
        if done is None and planned is not None:
            form.complain("sessions_done", "how many of them took place?")
        if not form.mistakes and day is not None:
            await run_in_threadpool(store.add_note, code, day, made)
            return RedirectResponse(path_of(code), 303)
    return await _note_page(request, store, code, form)


@router.get("/hurt")
async def show_hurt(request: Request, code: str, services: ServicesDep) -> HTMLResponse:
    """Ask what hurt in a screening, or whether it still does."""
    form = Form({"day": [date.today().isoformat()]})
    return await _hurt_page(request, services.records.store, code, form)


@router.post("/hurt")
async def hurt(request: Request, code: str, services: ServicesDep) -> Response:
    """Keep that a movement hurt, that it does not any more, or who cleared it."""
    form, store = await read_form(request), services.records.store
    day = form.day("day", date.today())
    told = {name: form.text(name) for name in ("movement", "side", "cleared_by")}
    try:
        made = MovementPain.model_validate({**told, "score": form.whole("score"), "place": form.text("place") or None})
    except ValidationError as error:
        form.blame(error)
    else:
        if not form.mistakes and day is not None:
            try:
                await run_in_threadpool(note_movement_pain, store, code, day, [made])
                return RedirectResponse(path_of(code), 303)
            except UnknownNameError:
                form.complain("movement", "choose from the list")
    return await _hurt_page(request, store, code, form)


@router.get("/observe")
async def show_observe(request: Request, code: str, services: ServicesDep, day: str = "") -> HTMLResponse:
    """Ask what the trainer saw and felt."""
    form = Form({"day": [day or date.today().isoformat()], "what": [WHATS[0]]})
    return await _observe_page(request, services.records.store, code, form)


@router.post("/observe")
async def observe(request: Request, code: str, services: ServicesDep) -> Response:
    """Keep what the trainer saw and felt; the page comes back for the next entry."""
    form, store = await read_form(request), services.records.store
    day = form.day("day", date.today())
    told = {name: form.text(name) for name in ("what", "name", "side", "note")}
    try:
        result = form.text("words") or form.text("result")
        made = Observation.model_validate({**told, "result": result, "painful": form.whole("painful")})
    except ValidationError as error:
        form.blame(error, {"": "result"})
    else:
        if not form.mistakes and day is not None:
            await run_in_threadpool(store.add_note, code, day, SessionNote(observations=(made,)))
            return RedirectResponse(f"{path_of(code, 'observe')}?day={day}#noted", 303)
    return await _observe_page(request, store, code, form)


async def _observe_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    def gather() -> dict[str, Any]:
        try:
            day = date.fromisoformat(form.text("day"))
        except ValueError:
            day = date.today()
        visit = next((v for v in store.visits(code) if v.day == day), None)
        checks = [check.title for spec in load_catalog(store.catalog).movements.values() for check in spec.checks]
        return {
            "label": store.client(code).label, "path": path_of(code), "form": form, "today": date.today().isoformat(),
            "whats": [(what, title_of(what)) for what in WHATS], "results": [(each, title_of(each)) for each in RESULTS],
            "sides": [("left", "Left"), ("right", "Right"), ("both", "Both"), ("", "No side")],
            "noted": observations_element(visit) if visit else None, "day": day_words(day), "iso": day.isoformat(),
            "checks": list(dict.fromkeys(checks)), "words": list_unread(store, code, date.today()),
        }  # fmt: skip

    return render(request, "observe.html.jinja", await run_in_threadpool(gather))


async def _hurt_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    def gather() -> dict[str, Any]:
        titles = {name: spec.title for name, spec in load_catalog(store.catalog).movements.items()}
        return {
            "label": store.client(code).label, "path": path_of(code), "form": form, "today": date.today().isoformat(),
            "standing": [f"{each.words}: not loaded now" for each in find_standing_pain(store.visits(code)).values()],
            "movements": [("", "choose"), *titles.items()],
            "places": [("", "not known"), *((name, place_words(name)) for name in get_args(Place))],
            "sides": [("", "in the middle, or not known"), ("left", "left"), ("right", "right"), ("both", "both")],
        }  # fmt: skip

    return render(request, "hurt.html.jinja", await run_in_threadpool(gather))


async def _note_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    client = await run_in_threadpool(store.client, code)
    data = {"label": client.label, "path": path_of(code), "form": form, "today": date.today().isoformat()}
    return render(request, "note.html.jinja", data)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotThere(f"there is no visit of {text[:40]!r}") from None


async def _ask(request: Request, store: RecordStore, code: str, day: str, template: str) -> HTMLResponse:
    """Return the page that asks before something is done with a visit."""
    report = await run_in_threadpool(_ensure_visit, store, code, _day(day))
    data = {"label": report.head.label, "path": path_of(code), "day": day_words(report.visit.day), "visit": path_of(code, "visits", day)}  # fmt: skip
    return render(request, template, data)


def _ensure_visit(store: RecordStore, code: str, day: date) -> VisitReport:
    try:
        return gather_visit(store, code, day)
    except UnknownNameError:
        raise
    except InputError as error:
        raise NotThere(error.message, "the visits are on the client's page") from error


def _sides(spec: HandTestSpec) -> tuple[str, ...]:
    return ("left", "right") if spec.sided else ("",)


def _read_measurements(form: Form, catalog: ClientCatalog) -> list[HandMeasurement]:
    taken: list[HandMeasurement] = []
    for spec in catalog.hand_tests.values():
        if spec.activities:
            taken += _read_activities(form, spec)
            continue
        for side in _sides(spec):
            name = f"{spec.id}.{side}"
            value = form.number(name, spec.unit)
            if value is None:
                continue
            try:
                made = HandMeasurement.model_validate({"test": spec.id, "side": side, "value": value})
                taken.append(check_measurement(made, catalog))
            except InputError as error:
                form.complain(name, error.hint)
            except ValidationError:
                form.complain(name, "give a number")
    return taken


def _read_activities(form: Form, spec: HandTestSpec) -> list[HandMeasurement]:
    """Return the score of the client's own activities as typed; nothing where no line was filled in."""
    rated = []
    for line in range(1, MOST + 1):
        words, score = form.text(f"{spec.id}.activity{line}"), form.number(f"{spec.id}.score{line}")
        if words and score is not None:
            rated.append((words, score))
        elif score is not None:
            form.complain(f"{spec.id}.activity{line}", "which activity is it?")
    try:
        return [rate_activities(spec, rated)] if rated else []
    except InputError as error:
        form.complain(f"{spec.id}.activity1", error.message)
        return []


def _measure_page(store: RecordStore, code: str, form: Form) -> dict[str, Any]:
    care, norms, client = load_client_catalog(store.catalog), load_norms(store.catalog), store.client(code)
    try:
        day = date.fromisoformat(form.text("day"))
    except ValueError:
        day = date.today()
    person = store.person(code, day)
    visit = next((v for v in store.visits(code) if v.day == day), None)
    element = (
        norms_element(judge_visit(visit, person, care, norms), compare_all_sides(visit, care, norms)) if visit else None
    )
    before = [each for each in store.visits(code) if each.day <= day]
    wanted = find_missing_tests(assess_readiness(person, before, care, norms))
    wanted |= {name: added.spec.why for added in suggest_tests(person, care) for name in added.spec.tests}
    typed = {n.partition(".")[0] for n, v in form.values.items() if "." in n and v != [""]}
    tests: list[dict[str, Any]] = [
        {
            "spec": s, "sides": _sides(s), "why": wanted.get(s.id, ""),
            "before": [*last_activities(store.visits(code), s.id), *[""] * MOST][:MOST] if s.activities else [],
        }
        for s in offer_tests(person, care)
    ]  # fmt: skip
    return {
        "label": client.label, "path": path_of(code), "form": form, "today": date.today().isoformat(),
        "measured": element.data if element else None, "day": day_words(day), "iso": day.isoformat(),
        "first": [t for t in tests if t["why"]], "others": [t for t in tests if not t["why"]],
        "open": not wanted or any(t["spec"].id in typed for t in tests if not t["why"]),
        "known": person.age is not None, "unit_words": unit_words, "ban": find_impact_ban(person, care),
    }  # fmt: skip
