"""``movescreen client import``: a roster from a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from movescreen.app.teams.roster import RosterPlan, keep_roster, plan_roster
from movescreen.app.teams.roster_file import read_roster
from movescreen.cli.typed import Yes
from movescreen.client.team.roster import FIELDS, LEFT_OUT, RosterTable, column_letter, match_columns
from movescreen.errors import InputError, UnknownNameError
from movescreen.records import open_store
from movescreen.words.numbers_and_units import plural

_SHOWN = ("name", "jersey", "sex", "birth_year", "team", "group")


def import_roster(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with one row an athlete and one row of headings.")],
    team: Annotated[str, typer.Option(help="Team of everybody whose row names none.")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            help=f"What a column holds, when its heading does not say: HEADING=FIELD, with one of {', '.join(FIELDS)}; or HEADING= to leave it out. Its letter will do, too."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    yes: Yes = False,
) -> None:
    """Add or update the athletes of a roster: all of them, or none when a row is wrong."""
    table = read_roster(file)
    columns = choose_columns(table, column or [])
    console = Console(highlight=False, soft_wrap=True, markup=False)
    with open_store() as store:
        plan = plan_roster(store, table, columns, " ".join(team.split()))
        _show(console, table, columns, plan)
        if plan.mistakes:
            raise InputError(
                f"{plural(len(plan.mistakes), 'mistake')} in {file.name}; nothing was imported",
                "correct the rows above in the spreadsheet, or say with --column what a column holds",
            )
        if dry_run:
            return
        if not yes and not _agreed():
            raise InputError("nothing was imported", "say yes, or use --yes")
        keep_roster(store, plan)
    console.print(f"imported: {plan.words}")


def _agreed() -> bool:
    """Return whether somebody said yes; nobody does where there is no terminal."""
    try:
        return typer.confirm("Import them?")
    except typer.Abort:
        return False


def choose_columns(table: RosterTable, said: list[str]) -> list[str | None]:
    """Return what each column holds: by its heading, or as it was said (``HEADING=FIELD``)."""
    columns = match_columns(table.heads)
    names = {head.casefold(): number for number, head in enumerate(table.heads) if head}
    names |= {column_letter(n).casefold(): n for n in range(len(columns)) if column_letter(n).casefold() not in names}
    for each in said:
        head, equals, field = each.rpartition("=")
        if not equals:
            raise InputError(f"--column {each!r} says nothing about a column", "write it like --column Player=name")
        if head.strip().casefold() not in names:
            raise UnknownNameError("column of the roster", head, [h for h in table.heads if h])
        if field.strip() not in (LEFT_OUT, *FIELDS):
            raise UnknownNameError("field of a roster", field, FIELDS)
        columns[names[head.strip().casefold()]] = field.strip()
    return columns


def _show(console: Console, table: RosterTable, columns: list[str | None], plan: RosterPlan) -> None:
    if table.where:
        console.print(f"read from {table.where}")
    taken = [f"{head} → {FIELDS[field].lower()}" for head, field in zip(table.heads, columns, strict=True) if field]
    left = [head for head, field in zip(table.heads, columns, strict=True) if field == LEFT_OUT]
    console.print(
        "; ".join([f"columns: {', '.join(taken) or 'none'}", *([f"left out: {', '.join(left)}"] if left else [])])
    )
    if plan.mistakes:
        for mistake in plan.mistakes:
            console.print(f"row {mistake.row}: {mistake.text}" if mistake.row else mistake.text)
        return
    shown = Table("", "code", "name", "no.", "sex", "born", "team", "group", box=None)
    for step in plan.steps:
        shown.add_row(step.does, step.code, *(step.shown(key) for key in _SHOWN))
    console.print(shown)
    for step in plan.steps:
        for change in step.changes:
            console.print(f"{step.code}: {change}")
    console.print(plan.words)
