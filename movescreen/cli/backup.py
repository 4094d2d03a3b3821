"""``movescreen backup`` and ``movescreen restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from movescreen.errors import InputError
from movescreen.records import describe_encryption, open_store
from movescreen.settings import load_record_settings
from movescreen.words.numbers_and_units import plural


def backup(
    file: Annotated[
        Path,
        typer.Argument(help="New zip file; encrypted when the records are, so keep a plain one where records may be."),
    ],
) -> None:
    """Write all clients, visits, plans and files into one file."""
    from movescreen.records.backup import write_backup

    with open_store() as store:
        made, key = write_backup(store, file), store.place.key
    how = "not encrypted" if key is None else "encrypted; the passphrase of now opens it"
    typer.echo(f"{file}: {plural(made.clients, 'client')}, {plural(made.files, 'file')}, {how}")
    typer.echo(f"the trail ends in {made.trail}")


def restore(file: Annotated[Path, typer.Argument(help="File that 'movescreen backup' wrote.")]) -> None:
    """Put a backup back into empty records; checks it first, overwrites nothing."""
    if not file.is_file():
        raise InputError(f"there is no file {file}", "check the name")
    from movescreen.records.encrypting import restore_records

    before = describe_encryption()
    done = restore_records(load_record_settings(), file)
    typer.echo(f"restored {plural(done.clients, 'client')} and {plural(done.files, 'file')}, as of {done.made} UTC")
    typer.echo(f"whoever was deleted or took back consent after {done.made[:10]} is in them again: note it again")
    how = describe_encryption()
    typer.echo(f"the records are {how}{'' if how == before else ', with the passphrase of the backup'}")
