"""A plan as a form: its dose, what is taken out, replaced or added, and a change that meets somebody else's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.plan.editing import (
    add_exercise,
    annotate_plan,
    change_exercise,
    remove_exercise,
    set_retest,
    swap_exercise,
)
from movescreen.client.plan.model import Plan, PlannedExercise
from movescreen.errors import InputError
from movescreen.web.forms.fields import Form

#: Fields of a dose, in the order in which they are shown, with their words.
DOSE = (("sets", "Sets"), ("reps", "Repetitions"), ("hold_s", "Held, s"), ("duration_s", "Lasting, s"), ("per_week", "Times a week"))  # fmt: skip
_KEEP, _REMOVE = "keep", "remove"


def fill_form(plan: Plan) -> Form:
    """Return the form of a plan as it is."""
    values = {"note": [plan.note], "retest_on": [plan.retest_on.isoformat()], "add": [""], "why": [""]}
    for exercise in plan.exercises:
        values[f"{exercise.exercise}.do"] = [_KEEP]
        for key, _ in dose_fields(exercise):
            values[f"{exercise.exercise}.{key}"] = [str(getattr(exercise, key) or "")]
    return Form(values)


def dose_fields(exercise: PlannedExercise) -> list[tuple[str, str]]:
    """Return the fields of a dose that an exercise has; how long it is held may be added to repetitions."""
    has = {key for key, _ in DOSE if getattr(exercise, key) is not None}
    return [(key, words) for key, words in DOSE if key in has]


def apply_form(plan: Plan, form: Form, catalog: ClientCatalog) -> Plan:
    """Return the plan as changed in the form; mistakes stand beside their fields."""
    changed = plan
    for exercise in plan.exercises:
        name, do = exercise.exercise, form.text(f"{exercise.exercise}.do") or _KEEP
        if do == _REMOVE:
            changed = remove_exercise(changed, name)
        elif do != _KEEP:
            changed = _try(form, f"{name}.do", lambda p, n=name, o=do: swap_exercise(p, n, o, catalog), changed)
        elif doses := _read_dose(exercise, form):
            changed = _try(form, f"{name}.sets", lambda p, n=name, d=doses: change_exercise(p, n, **d), changed)
    if added := form.text("add"):
        why = form.text("why")
        changed = _try(form, "add", lambda p: add_exercise(p, added, catalog, why), changed)
    if form.text("note") != plan.note:
        changed = annotate_plan(changed, form.text("note")[:2000])
    if form.text("retest_on") and form.text("retest_on") != plan.retest_on.isoformat():
        changed = _try(form, "retest_on", lambda p: set_retest(p, date.fromisoformat(form.text("retest_on"))), changed)
    return changed


def merge_forms(base: Plan, mine: Form, theirs: Plan) -> tuple[Form, list[str]]:
    """Return the form of somebody else's newer plan with one's own changes put in, and the changes that do not fit any more.

    Parameters
    ----------
    base
        The plan that one's own changes were made from.
    mine
        The form as sent.
    theirs
        The plan that is in force by now.
    """
    before, merged = fill_form(base).values, fill_form(theirs)
    titles = {exercise.exercise: exercise.title for exercise in base.exercises}
    lost: dict[str, None] = {}
    for name, values in mine.values.items():
        if name in ("based_on",) or values == before.get(name, values if name not in before and "." in name else [""]):
            continue
        if name in merged.values:
            merged.values[name] = values
        elif (exercise := name.partition(".")[0]) in titles:
            lost[titles[exercise]] = None
    return merged, list(lost)


def _read_dose(exercise: PlannedExercise, form: Form) -> dict[str, Any]:
    doses: dict[str, Any] = {}
    for key, _ in dose_fields(exercise):
        name = f"{exercise.exercise}.{key}"
        if name not in form.values or form.text(name) == str(getattr(exercise, key) or ""):
            continue
        value = form.whole(name)
        if value is None and name not in form.mistakes:
            form.complain(name, "give a whole number")
        try:
            PlannedExercise.model_validate({**exercise.model_dump(), key: value})
        except ValidationError as error:
            form.blame(error, {key: name})
            continue
        doses[key] = value
    return doses


def _try(form: Form, name: str, change: Any, plan: Plan) -> Plan:
    try:
        changed: Plan = change(plan)
    except InputError as error:
        form.complain(name, error.message)
        return plan
    except ValueError:
        form.complain(name, "write the day like 2026-03-12")
        return plan
    return changed


def choices_of(plan: Plan, catalog: ClientCatalog, barred: Collection[str]) -> Mapping[str, list[tuple[str, str]]]:
    """Return the exercises of the catalog that are not in a plan and may be, by stage: (id, title)."""
    inside = {exercise.exercise for exercise in plan.exercises}
    by_stage: dict[str, list[tuple[str, str]]] = {}
    for spec in catalog.exercises.values():
        if spec.id not in inside and spec.id not in barred:
            by_stage.setdefault(spec.stage, []).append((spec.id, spec.title))
    return by_stage
