"""``movescreen bin``: what was deleted, and how to get it back."""

from __future__ import annotations

from typing import Annotated

import typer

from movescreen.cli.typed import Yes
from movescreen.client.dates import read_day
from movescreen.errors import InputError
from movescreen.records import open_store

Code = Annotated[str, typer.Argument(help="Code of the client, from 'movescreen bin list'.")]
BinDay = Annotated[str, typer.Option("--date", help="Day of a visit in the bin; the client as a whole when left out.")]


def list_binned() -> None:
    """List what lies in the bin, and until when."""
    from movescreen.records.bin import list_bin

    with open_store() as store:
        found = list_bin(store)
    for each in found:
        what = f"{each.what} of {each.day}" if each.day else "client with everything"
        typer.echo(f"{each.code}: {what}, kept until {each.until}")
    if not found:
        typer.echo("the bin is empty")


def restore(code: Code, day: BinDay = "") -> None:
    """Bring a client, or a visit, back."""
    from movescreen.records.bin import bring_back

    with open_store() as store:
        bring_back(store, code, read_day(day) if day else None)
    typer.echo(f"{code}{f', visit of {day}' if day else ''} is back")


def erase_now(code: Code, day: BinDay = "", yes: Yes = False) -> None:
    """Delete for good at once, without waiting for the 30 days."""
    from movescreen.records.bin import erase, list_bin

    when = read_day(day) if day else None
    with open_store() as store:
        if not any((each.code, each.day) == (code, when) for each in list_bin(store)):
            raise InputError(f"{code} does not lie in the bin", "see 'movescreen bin list'")
        if not yes and not typer.confirm("Delete it for good? It cannot be undone"):
            raise InputError("nothing was deleted", "say y, or use --yes")
        erase(store, code, when)
    typer.echo("deleted for good. Backups and exports that you made still hold it.")


GROUP = {"list": list_binned, "restore": restore, "erase": erase_now}
