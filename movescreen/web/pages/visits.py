"""Visits: what was measured and noted on a day, as a page; values by hand; how it went."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from fastapi import APIRouter, Request
from pydantic import ValidationError
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
from movescreen.web.forms.fields import DayDep, Form, FormDep
from movescreen.web.pages.clients import list_unread, path_of, visit_path
from movescreen.web.pages.reports import ReportResponse
from movescreen.web.pages.ways import ways_of_visit
from movescreen.web.services import ServicesDep, StoreDep
from movescreen.web.templating import render
from movescreen.words.sentences import title_of

router = APIRouter(prefix="/clients/{code}")

_SCORES = ("pain_now", "pain_week", "pain_during", "pain_next_day", "confidence")
_COUNTS = ("sessions_done", "sessions_planned")


@router.get("/visits/{day}")
def show_visit(code: str, day: DayDep, services: ServicesDep, store: StoreDep) -> HTMLResponse:
    """Show a visit: findings in the light of the history, tests against norms, what is worth adding."""
    report, here = _ensure_visit(store, code, day), visit_path(code, day)
    of_day = (("measure", "Measure by hand"), ("observe", "Seen and felt"), ("letters", "Notes and letters"))
    links = [
        *ways_of_visit(services, code, day, "Visit"),
        *((f"{path_of(code, page)}?day={day}", words) for page, words in of_day),
    ]
    links += [(path_of(code, "handout"), "For the client"), (f"{here}/download", "Download")]
    links += [(f"{here}/redo", "Analyze again")] if report.visit.clips else []
    links += [(f"{here}/move", "Not this client?"), (f"{here}/delete", "Delete this visit")]
    return ReportResponse(render_visit(report, links, f"{here}/judge"))


@router.get("/visits/{day}/delete")
def ask_delete(request: Request, code: str, day: DayDep, store: StoreDep) -> HTMLResponse:
    """Ask before a visit is deleted."""
    return _ask(request, store, code, day, "visit_delete.html.jinja")


@router.post("/visits/{day}/delete")
def delete_visit(code: str, day: DayDep, store: StoreDep, form: FormDep) -> Response:
    """Put what was measured and noted on a day into the bin, or delete it for good."""
    if form.text("now") == "yes":
        store.delete_visit(code, day)
    else:
        bin_visit(store, code, day)
    return RedirectResponse(path_of(code), 303)


@router.get("/visits/{day}/redo")
def ask_redo(request: Request, code: str, day: DayDep, store: StoreDep) -> HTMLResponse:
    """Ask before a visit is analyzed again."""
    return _ask(request, store, code, day, "visit_redo.html.jinja")


@router.post("/visits/{day}/redo")
def redo(code: str, day: DayDep, services: ServicesDep) -> Response:
    """Analyze a visit again from the landmarks that were kept."""
    redo_visit(services.records, code, day)
    return RedirectResponse(visit_path(code, day), 303)


@router.get("/measure")
def show_measure(request: Request, code: str, store: StoreDep, day: str = "") -> HTMLResponse:
    """Take values by hand; show those of the day against norms, and side against side."""
    return _measure_page(request, store, code, _form_of(day))


@router.post("/measure")
def measure(request: Request, code: str, services: ServicesDep, store: StoreDep, form: FormDep) -> Response:
    """Keep values taken by hand, all or none; a mistake stands beside its value."""
    day = form.day("day", date.today())
    taken = _read_measurements(form, services.care)
    if not taken and not form.mistakes:
        form.complain("", "there is no value yet; type at least one")
    if form.mistakes or day is None:
        return _measure_page(request, store, code, form)
    store.add_measurements(code, day, taken)
    return RedirectResponse(f"{path_of(code, 'measure')}?day={day}#measured", 303)


@router.get("/note")
def show_note(request: Request, code: str, store: StoreDep) -> HTMLResponse:
    """Ask how it went."""
    return _note_page(request, store, code, _form_of())


@router.post("/note")
def note(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Keep pain, training and confidence, or say beside the question what is wrong."""
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
            store.add_note(code, day, made)
            return RedirectResponse(path_of(code), 303)
    return _note_page(request, store, code, form)


@router.get("/hurt")
def show_hurt(request: Request, code: str, store: StoreDep) -> HTMLResponse:
    """Ask what hurt in a screening, or whether it still does."""
    return _hurt_page(request, store, code, _form_of())


@router.post("/hurt")
def hurt(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Keep that a movement hurt, that it does not any more, or who cleared it."""
    day = form.day("day", date.today())
    told = {name: form.text(name) for name in ("movement", "side", "cleared_by")}
    try:
        made = MovementPain.model_validate({**told, "score": form.whole("score"), "place": form.text("place") or None})
    except ValidationError as error:
        form.blame(error)
    else:
        if not form.mistakes and day is not None:
            try:
                note_movement_pain(store, code, day, [made])
                return RedirectResponse(path_of(code), 303)
            except UnknownNameError:
                form.complain("movement", "choose from the list")
    return _hurt_page(request, store, code, form)


@router.get("/observe")
def show_observe(request: Request, code: str, store: StoreDep, day: str = "") -> HTMLResponse:
    """Ask what the trainer saw and felt."""
    return _observe_page(request, store, code, _form_of(day, what=WHATS[0]))


@router.post("/observe")
def observe(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Keep what the trainer saw and felt; the page comes back for the next entry."""
    day = form.day("day", date.today())
    told = {name: form.text(name) for name in ("what", "name", "side", "note")}
    try:
        result = form.text("words") or form.text("result")
        made = Observation.model_validate({**told, "result": result, "painful": form.whole("painful")})
    except ValidationError as error:
        form.blame(error, {"": "result"})
    else:
        if not form.mistakes and day is not None:
            store.add_note(code, day, SessionNote(observations=(made,)))
            return RedirectResponse(f"{path_of(code, 'observe')}?day={day}#noted", 303)
    return _observe_page(request, store, code, form)


def _form_of(day: str = "", **filled: str) -> Form:
    """Return a form about a day, of today when none is given."""
    return Form({name: [text] for name, text in {"day": day or date.today().isoformat(), **filled}.items()})


def _shown_day(form: Form) -> date:
    try:
        return date.fromisoformat(form.text("day"))
    except ValueError:
        return date.today()


def _about(store: RecordStore, code: str, form: Form) -> dict[str, Any]:
    """Return what all forms about a client name."""
    return {"label": store.client(code).label, "path": path_of(code), "form": form, "today": date.today().isoformat()}


def _observe_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    day = _shown_day(form)
    visit = next((v for v in store.visits(code) if v.day == day), None)
    checks = [check.title for spec in load_catalog(store.catalog).movements.values() for check in spec.checks]
    data = {
        **_about(store, code, form),
        "whats": [(what, title_of(what)) for what in WHATS], "results": [(each, title_of(each)) for each in RESULTS],
        "sides": [("left", "Left"), ("right", "Right"), ("both", "Both"), ("", "No side")],
        "noted": observations_element(visit) if visit else None, "day": day_words(day), "iso": day.isoformat(),
        "checks": list(dict.fromkeys(checks)), "words": list_unread(store, code, date.today()),
    }  # fmt: skip
    return render(request, "observe.html.jinja", data)


def _hurt_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    titles = {name: spec.title for name, spec in load_catalog(store.catalog).movements.items()}
    data = {
        **_about(store, code, form),
        "standing": [f"{each.words}: not loaded now" for each in find_standing_pain(store.visits(code)).values()],
        "movements": [("", "choose"), *titles.items()],
        "places": [("", "not known"), *((name, place_words(name)) for name in get_args(Place))],
        "sides": [("", "in the middle, or not known"), ("left", "left"), ("right", "right"), ("both", "both")],
    }  # fmt: skip
    return render(request, "hurt.html.jinja", data)


def _note_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    return render(request, "note.html.jinja", _about(store, code, form))


def _ask(request: Request, store: RecordStore, code: str, day: DayDep, template: str) -> HTMLResponse:
    """Return the page that asks before something is done with a visit."""
    report = _ensure_visit(store, code, day)
    data = {"label": report.head.label, "path": path_of(code), "day": day_words(report.visit.day), "visit": visit_path(code, day)}  # fmt: skip
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


def _measure_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    care, norms, day = load_client_catalog(store.catalog), load_norms(store.catalog), _shown_day(form)
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
    data = {
        **_about(store, code, form),
        "measured": element.data if element else None, "day": day_words(day), "iso": day.isoformat(),
        "first": [t for t in tests if t["why"]], "others": [t for t in tests if not t["why"]],
        "open": not wanted or any(t["spec"].id in typed for t in tests if not t["why"]),
        "known": person.age is not None, "unit_words": unit_words, "ban": find_impact_ban(person, care),
    }  # fmt: skip
    return render(request, "measure.html.jinja", data)
