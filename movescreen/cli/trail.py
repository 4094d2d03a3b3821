"""``movescreen records``: who saw, changed and handed out what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from movescreen.app.trail import trail_csv
from movescreen.client.dates import read_day
from movescreen.errors import RecordsError
from movescreen.files import write_text
from movescreen.records import open_store
from movescreen.words.numbers_and_units import plural


def trail(
    client: Annotated[str, typer.Option(help="Only what is about a client, by code.")] = "",
    who: Annotated[str, typer.Option(help="Only what somebody did, by name.")] = "",
    day: Annotated[str, typer.Option("--date", help="Only a day (UTC), such as 2026-03-12.")] = "",
    most: Annotated[int, typer.Option(min=1, max=1_000_000, help="So many rows at most, the newest first.")] = 100,
    csv: Annotated[Path | None, typer.Option(help="Write all of them into a CSV file instead.")] = None,
    holds: Annotated[str, typer.Option(help="A hash that was told earlier: it has to be there still.")] = "",
) -> None:
    """Print the trail, and check that no row was changed, taken out, put in or moved. Keep the hash that is told: with it the end cannot be cut off unseen."""
    from movescreen.records.trail import check_trail, read_trail

    when = read_day(day) if day else None
    with open_store() as store:
        checked = check_trail(store, holds)
        rows = read_trail(store, client=client, who=who, day=when, most=None if csv else most)
    if csv is not None:
        write_text(csv, trail_csv(rows))
        typer.echo(csv)
    for row in () if csv else rows:
        about = f" of {', '.join(row.clients)}" if row.clients else ""
        typer.echo(f"{row.number:>6}  {row.at_utc[:19]}  {row.who} ({row.how}) {row.action} {row.what}{about}")
    if checked.wrong:
        raise RecordsError(checked.wrong, checked.hint)
    typer.echo(f"{plural(checked.rows, 'row')}, whole; the newest hash is {checked.newest}")
