"""``movescreen backup`` and ``movescreen restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from movescreen.errors import InputError
from movescreen.records import open_store
from movescreen.words.numbers_and_units import plural


def backup(
    file: Annotated[Path, typer.Argument(help="New zip file; not encrypted, so keep it where records may be.")],
) -> None:
    """Write all clients, visits, plans and files into one file."""
    from movescreen.records.backup import write_backup

    with open_store() as store:
        made = write_backup(store, file)
    typer.echo(f"{file}: {plural(made.clients, 'client')}, {plural(made.files, 'file')}")
    typer.echo(f"the trail ends in {made.trail}")


def restore(file: Annotated[Path, typer.Argument(help="File that 'movescreen backup' wrote.")]) -> None:
    """Put a backup back into empty records; checks it first, overwrites nothing."""
    if not file.is_file():
        raise InputError(f"there is no file {file}", "check the name")
    from movescreen.records.backup import restore_backup

    with open_store() as store:
        done = restore_backup(store, file)
    typer.echo(f"restored {plural(done.clients, 'client')} and {plural(done.files, 'file')}, as of {done.made} UTC")
