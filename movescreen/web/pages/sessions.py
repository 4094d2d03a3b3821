"""A session of the plan, told in a few taps: pain during, the next morning, confidence, and what was done."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from movescreen.catalog.exercise_figures import load_exercise_figures
from movescreen.client.plan.model import Plan
from movescreen.client.visits.visit import ExerciseNote, SessionNote
from movescreen.records import RecordStore
from movescreen.report.figures.exercise_figure import draw_exercise
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.pages.clients import path_of
from movescreen.web.services import StoreDep
from movescreen.web.templating import render
from movescreen.words.sentences import sentence

router = APIRouter(prefix="/clients/{code}")

_SCORES = ("pain_during", "pain_next_day", "effort", "confidence")
_OWN = ("pain_during", "pain_next_day")


@router.get("/session")
def show_session(request: Request, code: str, store: StoreDep) -> Response:
    """Ask how a session went; without a plan there is only a note to write."""
    latest = store.latest_plan(code)
    if latest is None:
        return RedirectResponse(path_of(code, "note"), 303)
    return _page(request, store, code, latest.plan, Form({"day": [date.today().isoformat()]}))


@router.post("/session")
def log_session(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Keep how a session went as a note, or say beside the question what is wrong."""
    latest = store.latest_plan(code)
    if latest is None:
        return RedirectResponse(path_of(code, "note"), 303)
    day = form.day("day", date.today())
    note = _read(form, latest.plan)
    if note is None or day is None or form.mistakes:
        return _page(request, store, code, latest.plan, form)
    store.add_note(code, day, note)
    return RedirectResponse(path_of(code), 303)


def _read(form: Form, plan: Plan) -> SessionNote | None:
    """Return what was told; None when nothing was, or a mistake stands beside a question."""
    ticked = set(form.all("done"))
    exercises = [each for e in plan.exercises if (each := _read_exercise(form, e.exercise, ticked)) is not None]
    scores: dict[str, Any] = {name: form.whole(name) for name in _SCORES}
    try:
        note = SessionNote(**scores, exercises=tuple(exercises), text=form.text("text"))
    except ValidationError as error:
        form.blame(error)
        return None
    if note == SessionNote():
        form.complain("", "there is nothing to keep yet: tap a number, or tick what was done")
        return None
    return note


def _read_exercise(form: Form, name: str, ticked: set[str]) -> ExerciseNote | None:
    """Return what was told about an exercise; where some are ticked, the others were left out."""
    scores: dict[str, Any] = {key: form.whole(f"{name}.{key}") for key in _OWN}
    done = name in ticked if ticked else None
    try:
        note = ExerciseNote(exercise=name, done=done, **scores)
    except ValidationError as error:
        form.blame(error, {key: f"{name}.{key}" for key in _OWN})
        return None
    return note if done is not None or any(score is not None for score in scores.values()) else None


def _describe(plan: Plan, form: Form) -> list[dict[str, Any]]:
    """Return the exercises with their figures, and which of them the day of the session has; all where no week was planned."""
    figures, day = load_exercise_figures(), form.day("day", date.today()) or date.today()
    planned = {name for each in plan.week if each.weekday == day.weekday() for name in each.exercises}
    return [
        {
            "id": e.exercise, "title": e.title, "dose": e.amount_words + (" on each side" if e.per_side else ""), "how": e.how,
            "pace": sentence(e.pace), "effort": e.effort, "stop": sentence(e.stop), "today": not plan.week or e.exercise in planned,
            "figure": draw_exercise(e.exercise, e.title, figures),
        }
        for e in plan.exercises
    ]  # fmt: skip


def _page(request: Request, store: RecordStore, code: str, plan: Plan, form: Form) -> Response:
    client = store.client(code)
    own = [f"{e.exercise}.{key}" for e in plan.exercises for key in _OWN]
    data = {
        "label": client.label, "path": path_of(code), "form": form, "today": date.today().isoformat(),
        "exercises": (listed := _describe(plan, form)), "stops": sentence("; ".join(plan.stops)),
        "others": any(e["id"] in form.all("done") for e in listed if not e["today"]),
        "more": any(form.text(name) or name in form.mistakes for name in ("effort", "text", *own)) or "day" in form.mistakes
        or form.text("day") != date.today().isoformat(),
    }  # fmt: skip
    return render(request, "session.html.jinja", data)
