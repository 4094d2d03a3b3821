"""``movescreen plan``: from findings, history and goal to exercises."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from movescreen.app.client_pages import head_of, make_next_plan, plan_as_of, save_changed_plan
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.client_schema import STAGES
from movescreen.cli.typed import Code, Day
from movescreen.client.dates import read_day
from movescreen.client.intake.model import parse_told
from movescreen.client.plan.answers import tell_waiting
from movescreen.client.plan.changes import group_left_out
from movescreen.client.plan.editing import add_exercise, annotate_plan, change_exercise, remove_exercise, swap_exercise
from movescreen.client.plan.model import CHANGE_WORDS, Plan
from movescreen.client.plan.pathways import tell_chain
from movescreen.client.plan.sheet import near_lighter
from movescreen.client.plan.week import group_days, read_days
from movescreen.doors import Door
from movescreen.errors import EditConflict, InputError, UnknownNameError
from movescreen.records import open_store
from movescreen.report.pages.plan import write_plan
from movescreen.settings import load_settings

if TYPE_CHECKING:
    from movescreen.records import RecordStore, SavedPlan

_Out = Annotated[Path | None, typer.Option(help="Also write page, table and JSON into this folder.")]


def make(
    code: Code,
    day: Day = "",
    days: Annotated[
        str, typer.Option(help="Days of the week for training, such as mon,wed,fri; as before when left out.")
    ] = "",
    out: _Out = None,
) -> None:
    """Make a plan from the last one, what was told since, the latest visits and the intake, and keep it as the next one."""
    today, wanted = read_day(day), read_days(days)
    with open_store() as store:
        latest = store.latest_plan(code)
        _finish(store, code, make_next_plan(store, code, today, latest.number if latest else None, wanted), out)


def show(code: Code, out: _Out = None) -> None:
    """Show the plan in force; it waits while a red flag stops it, or danger words are not read."""
    with open_store() as store:
        _finish(store, code, plan_as_of(store, code, _ensure_plan(store, code), date.today()), out)


def edit(
    code: Code,
    add: Annotated[list[str] | None, typer.Option(help="Exercise to add; may be given several times.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Exercise to take out.")] = None,
    swap: Annotated[list[str] | None, typer.Option(help="OLD=NEW: another exercise in its place.")] = None,
    dose: Annotated[list[str] | None, typer.Option(help="EXERCISE:sets=2,reps=10,per_week=4.")] = None,
    why: Annotated[str, typer.Option(help="Why, for the exercises that are added.")] = "",
    note: Annotated[str, typer.Option(help="Note on the whole plan.")] = "",
    out: _Out = None,
) -> None:
    """Change the plan in force; the one before is kept."""
    if not (add or remove or swap or dose or note):
        raise InputError("nothing to change", "give --add, --remove, --swap, --dose or --note")
    with open_store() as store:
        catalog = load_client_catalog(store.catalog)
        latest = _ensure_plan(store, code)
        plan = latest.plan
        for name in remove or []:
            plan = remove_exercise(plan, name)
        for text in swap or []:
            old, new = _read_swap(text)
            plan = swap_exercise(plan, old, new, catalog)
        for name in add or []:
            plan = add_exercise(plan, name, catalog, why)
        for text in dose or []:
            name, changes = _read_dose(text)
            plan = change_exercise(plan, name, **changes)
        plan = annotate_plan(plan, note) if note else plan
        _finish(store, code, save_changed_plan(store, code, latest, plan, date.today()), out)


def save(
    code: Code,
    file: Annotated[Path, typer.Argument(help="A plan.json that was written by 'movescreen plan show' and edited.")],
    out: _Out = None,
) -> None:
    """Keep a plan that was edited as a file, on top of the plan that it was made from."""
    door = Door("plan", "edit the plan.json of 'movescreen plan show --out'")
    with door.taking(file):
        data = door.read_json(file)
        number = data.pop("number")
        data.pop("kind")
    plan = parse_told(
        Plan, json.dumps({**data, "edited": True}), "plan", "see the plan.json of 'movescreen plan show --out'"
    )
    with open_store() as store:
        latest = _ensure_plan(store, code)
        if latest.number != number:
            raise EditConflict(
                f"{code} has plan {latest.number} by now, and the file was made from {number}; nothing was overwritten",
                f"look at it with 'movescreen plan show {code}', and repeat",
            )
        _finish(store, code, save_changed_plan(store, code, latest, plan, date.today()), out)


def exercises(
    serves: Annotated[str, typer.Option(help="Only those that serve this need, such as ankle_range.")] = "",
) -> None:
    """List the exercises that a plan may hold, and the needs that they serve."""
    catalog = load_client_catalog(load_settings().catalog)
    if serves and serves not in catalog.needs:
        raise UnknownNameError("need", serves, catalog.needs)
    table = Table(Column("exercise", no_wrap=True), Column("stage", no_wrap=True), "what", "serves", box=None)
    for spec in sorted(catalog.exercises.values(), key=lambda e: STAGES.index(e.stage)):
        if not serves or serves in spec.serves:
            table.add_row(spec.id, spec.stage.replace("_", "-"), spec.title, ", ".join(spec.serves))
    Console(markup=False, highlight=False).print(table)


def _read_swap(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals:
        raise InputError(f"{text!r} is not OLD=NEW", "name the exercise in the plan, and the one for its place")
    return old, new


def _read_dose(text: str) -> tuple[str, dict[str, str]]:
    name, colon, rest = text.partition(":")
    parts = [part.partition("=") for part in rest.split(",")]
    if not colon or not all(equals and key in _DOSE for key, equals, _ in parts):
        raise InputError(f"{text!r} is not a dose", f"write EXERCISE:sets=2,reps=10; known: {', '.join(_DOSE)}")
    return name, {key: value for key, _, value in parts}


_DOSE = ("sets", "reps", "hold_s", "duration_s", "per_week")


def _ensure_plan(store: RecordStore, code: str) -> SavedPlan:
    latest = store.latest_plan(code)
    if latest is None:
        raise InputError(f"{code} has no plan yet", f"make one with 'movescreen plan make {code}'")
    return latest


def _finish(store: RecordStore, code: str, saved: SavedPlan, out: Path | None) -> None:
    client, plan = store.client(code), saved.plan
    typer.echo(f"plan {saved.number} of {client.label}, {plan.day}: {plan.headline}")
    for chain in plan.pathways:
        typer.echo(f"  {chain.title}: {chain.refused or tell_chain(chain)}")
    _list_exercises(plan)
    for days, done in group_days(plan):
        typer.echo(f"  {days}: {', '.join(e.exercise for e in done)}")
    if lighter := near_lighter(plan):
        typer.echo(f"lighter week from {lighter.begins}: {lighter.why}")
    for test in plan.tests:
        typer.echo(f"test: {test.test}, {test.minutes} min, for {test.settles}")
    if waiting := tell_waiting([each.asked for each in plan.waiting]):
        typer.echo(f"{waiting} ('movescreen intake words {client.code}')")
    typer.echo(f"look again on {plan.retest_on}{f', because {plan.retest_why}' if plan.retest_why else ''}")
    if out is not None:
        for path in write_plan(plan, saved.number, head_of(client, plan.day), out):
            typer.echo(path)


def _list_exercises(plan: Plan) -> None:
    for exercise in plan.exercises:
        typer.echo(
            f"  {exercise.stage.replace('_', '-')}: {exercise.title} [{exercise.exercise}], {exercise.dose_words}"
        )
        if exercise.until:
            typer.echo(f"    start here until this is tested: {exercise.until}")
        if exercise.change:
            typer.echo(f"    {CHANGE_WORDS[exercise.change]}: {exercise.because}")
    for gone in plan.gone:
        typer.echo(f"  gone since {plan.started_from}: {gone.title} ({gone.reason})")
    for titles, reason in group_left_out(plan.left_out):
        typer.echo(f"  left out: {titles} ({reason})")


GROUP = {"make": make, "show": show, "edit": edit, "save": save, "exercises": exercises}
