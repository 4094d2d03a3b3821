"""A trainer's changes to a plan. Each returns a new plan that says it was edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES
from movescreen.client.intake.model import describe_mistakes
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.cards import plan_exercise
from movescreen.client.plan.model import LeftOut, Plan, PlannedExercise
from movescreen.errors import InputError, UnknownNameError


def add_exercise(plan: Plan, name: str, catalog: ClientCatalog, why: str = "") -> Plan:
    """Add an exercise of the catalog at the end of its stage.

    Raises
    ------
    UnknownNameError
        When there is no such exercise.
    InputError
        When the plan has it already.
    """
    spec = catalog.exercise(name)
    if any(e.exercise == name for e in plan.exercises):
        raise InputError(f"{name} is in the plan already", "change its dose instead")
    added = plan_exercise(spec, catalog, why=why or "Added by the trainer.", by_trainer=True, pain=plan.pain_rules)
    later = [i for i, e in enumerate(plan.exercises) if STAGES.index(e.stage) > STAGES.index(spec.stage)]
    at = later[0] if later else len(plan.exercises)
    back = tuple(each for each in plan.taken_out if each != name)
    return _edited(plan, (*plan.exercises[:at], added, *plan.exercises[at:]), back)


def remove_exercise(plan: Plan, name: str) -> Plan:
    """Take an exercise out, also of plans that start from this one; UnknownNameError when the plan does not have it."""
    _require(plan, name)
    return _edited(plan, tuple(e for e in plan.exercises if e.exercise != name), (*plan.taken_out, name))


def swap_exercise(plan: Plan, name: str, other: str, catalog: ClientCatalog) -> Plan:
    """Put another exercise in the place of one, with its reason; errors as in the functions above."""
    old = _require(plan, name)
    if any(e.exercise == other for e in plan.exercises):
        raise InputError(f"{other} is in the plan already", "remove the first one instead")
    new = plan_exercise(catalog.exercise(other), catalog, why=old.why, by_trainer=True, pain=plan.pain_rules)
    out = (*(each for each in plan.taken_out if each != other), name)
    return _edited(plan, tuple(new if e.exercise == name else e for e in plan.exercises), out)


def change_exercise(plan: Plan, name: str, **changes: Any) -> Plan:
    """Change dose or words of an exercise: sets, reps, hold_s, duration_s, per_week, pace, how, side, ...

    Raises
    ------
    InputError
        When a value cannot be.
    """
    old = _require(plan, name)
    try:
        free = {"chosen_by": "trainer", "step": None, "fewer": False}
        new = PlannedExercise.model_validate({**old.model_dump(), **changes, **free})
    except ValidationError as error:
        raise InputError(
            f"{name} cannot be changed so: {describe_mistakes(error)}", "see 'movescreen plan show'"
        ) from error
    return _edited(plan, tuple(new if e.exercise == name else e for e in plan.exercises))


def annotate_plan(plan: Plan, note: str) -> Plan:
    """Set the trainer's note on the whole plan."""
    return plan.model_copy(update={"note": note, "edited": True})


def set_retest(plan: Plan, day: date) -> Plan:
    """Set the day to look again.

    Raises
    ------
    InputError
        When it does not lie after the day of the plan.
    """
    if day <= plan.day:
        raise InputError(
            f"the day to look again ({day}) has to lie after that of the plan ({plan.day})", "choose a later one"
        )
    return plan.model_copy(update={"retest_on": day, "edited": True})


def ensure_allowed(
    plan: Plan, base: Plan, barred: Mapping[str, str], lasting: Mapping[str, str], catalog: ClientCatalog
) -> None:
    """Refuse a changed plan that holds what a ban keeps from the person, or what nobody knows.

    Parameters
    ----------
    base
        The plan that it was made from.
    barred, lasting
        What :func:`movescreen.client.plan.making.find_bars` says of new exercises, and of those that are in the plan already.

    Raises
    ------
    InputError
        Names each exercise with the reason; what the reason is may change, by a note, a measurement or a clinician's word.
    """
    kept = {e.exercise for e in base.exercises}
    reasons = []
    for e in plan.exercises:
        why = (lasting if e.exercise in kept else barred).get(e.exercise, "")
        if not why and e.exercise not in kept | set(catalog.exercises):
            why = f"no such exercise: {e.exercise}"
        reasons += [f"{e.title} ({why})"] if why else []
    if reasons:
        raise InputError(
            f"not in a plan of this person now: {'; '.join(reasons)}", "take it out, or note what has changed"
        )


def withhold(plan: Plan, barred: Mapping[str, str]) -> Plan:
    """Return a plan as it may be shown: exercises that something keeps from the person by now stand among those left out."""
    gone = tuple(e for e in plan.exercises if e.exercise in barred)
    if not gone:
        return plan
    left = tuple(
        LeftOut(exercise=e.exercise, title=e.title, reason=f"not any more: {barred[e.exercise]}") for e in gone
    )
    kept = tuple(e for e in plan.exercises if e.exercise not in barred)
    names = ", ".join(decapitalize(e.title) for e in gone)
    return plan.model_copy(
        update={
            "exercises": kept, "left_out": (*left, *plan.left_out),
            "cautions": (f"Taken out since the plan was made: {names}. Make it anew.", *plan.cautions),
        }
    )  # fmt: skip


def _require(plan: Plan, name: str) -> PlannedExercise:
    for exercise in plan.exercises:
        if exercise.exercise == name:
            return exercise
    raise UnknownNameError("exercise in the plan", name, [e.exercise for e in plan.exercises])


def _edited(plan: Plan, exercises: tuple[PlannedExercise, ...], taken_out: tuple[str, ...] | None = None) -> Plan:
    out = plan.taken_out if taken_out is None else taken_out
    return plan.model_copy(update={"exercises": exercises, "taken_out": out, "edited": True})
