"""``movescreen team``: a team's day out of the records."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from movescreen.app.teams.day import gather_team, list_teams
from movescreen.catalog import load_catalog
from movescreen.client.dates import read_day
from movescreen.model import Status
from movescreen.records import open_store
from movescreen.report.pages.team import TeamReport, need_words, team_headline, write_team
from movescreen.words.numbers_and_units import plural

Name = Annotated[str, typer.Argument(help="Name of the team, from 'movescreen team list'.")]
Day = Annotated[str, typer.Option(help="Day such as 2026-03-12; the newest day of the team when left out.")]


def list_all() -> None:
    """List the teams, and the days on which they were screened."""
    with open_store() as store:
        teams = list_teams(store)
    for team in teams:
        days = ", ".join(f"{day} ({count})" for day, count in list(team.days.items())[:5])
        typer.echo(
            f"{team.team}: {plural(team.athletes, 'athlete')}; {f'screened on {days}' if days else 'not screened yet'}"
        )
    if not teams:
        typer.echo("no teams yet; import a roster with 'movescreen client import'")


def show(team: Name, day: Day = "") -> None:
    """Show a team's day, one row an athlete, who needs attention first on top."""
    found = _gather(team, day)
    typer.echo(f"{found.team}, {found.day}. {team_headline(found)}")
    for place, row in enumerate(found.rows, 1):
        who = " ".join(part for part in (row.jersey, row.name) if part)
        where = ", ".join(part for part in (row.code, row.group) if part)
        told = [*row.titles(Status.FLAGGED), *(f"missing: {part}" for part in row.missing if row.visit is not None)]
        words = need_words(row) + (f": {'; '.join(told)}" if told else "")
        typer.echo(f"{place:>2}  {f'{who} ({where})' if who else where}  {words}")


def report(team: Name, out: Annotated[Path, typer.Option(help="Folder to write into.")], day: Day = "") -> None:
    """Write a team's day: report.html to read and print, team.csv and team.xlsx with one row an athlete."""
    for path in write_team(_gather(team, day), out):
        typer.echo(path)


def _gather(team: str, day: str) -> TeamReport:
    wanted: date | None = read_day(day) if day else None
    with open_store() as store:
        return gather_team(store, load_catalog(store.catalog), team, wanted)


GROUP = {"list": list_all, "show": show, "report": report}
