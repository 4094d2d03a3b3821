"""``movescreen catalog``: what movescreen knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from movescreen.catalog import load_catalog
from movescreen.catalog.loader import find_unproven_checks
from movescreen.catalog.new_check import write_new_check
from movescreen.catalog.own_catalog import list_changes, load_whole
from movescreen.catalog.schema import CheckBase
from movescreen.cli.options import Catalogs, read_settings
from movescreen.errors import CatalogError, InputError
from movescreen.measures import MEASURES
from movescreen.pipeline import known_signals
from movescreen.settings import load_settings


def list_movements(catalog: Catalogs = None) -> None:
    """List the movements."""
    table = Table("name", "movement", "checks", "views", box=None)
    for spec in load_catalog(read_settings(catalog=catalog).catalog).movements.values():
        table.add_row(spec.name, spec.title, str(len(spec.checks)), ", ".join(spec.recording))
    Console().print(table)


def show(name: Annotated[str, typer.Argument(help="Name of a movement.")], catalog: Catalogs = None) -> None:
    """Show a movement: how to record it, what is checked, against which limit, and where that comes from."""
    spec = load_catalog(read_settings(catalog=catalog).catalog).movement(name)
    console = Console(highlight=False, markup=False)
    console.print(f"{spec.title}: {spec.description}\n")
    for view, text in spec.recording.items():
        console.print(f"  {view}: {text}")
    for measure in spec.measures:
        console.print(f"\n{measure.name}: {measure.title} ({measure.unit}) [{', '.join(measure.views)}]")
        console.print(f"  {measure.definition}")
    for item in spec.checks:
        console.print(f"\n{item.id}: {item.title} [{', '.join(item.views)}]")
        console.print(f"  {_describe(item)}")
        console.print(f"  source ({item.source.verified.replace('_', ' ')}): {item.source.citation}")
        if item.source.note:
            console.print(f"  note: {item.source.note}")


def _describe(item: CheckBase) -> str:
    fields = item.model_dump()
    what = fields.get("signal") or fields.get("measure") or "duration of the repetitions"
    side = fields.get("direction", "above")
    return f"{fields['kind']} of {what}: flagged {side} {fields['flag']:g}, noted {side} {fields['note']:g}"


def check(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="[DIR]...", help="Catalogs of your own, beside those of --catalog.")
    ] = None,
    catalog: Catalogs = None,
) -> None:
    """Check every catalog file, with catalogs of your own laid over the packaged one, and report all mistakes at once."""
    own = load_settings(catalog=[*(catalog or ()), *(folders or ())] or None).catalog
    known, norms, care = load_whole(own, known_signals(), MEASURES)
    _tell_unproven(find_unproven_checks(known), find_unproven_checks(load_catalog()))
    counts = [
        f"{len(known.movements)} movements", f"{sum(len(m.checks) for m in known.movements.values())} checks",
        f"{len(known.protocols)} guided sessions", f"{len(list(norms))} norms", f"{len(care.red_flags)} red flags",
        f"{len(care.hand_tests)} manual tests", f"{len(care.exercises)} exercises",
        f"{len(care.pathways)} pathways", f"{len(care.gates)} gates",
    ]  # fmt: skip
    typer.echo(f"the catalog is sound: {', '.join(counts)}, sha256 {known.sha256[:12]}")


def _tell_unproven(unproven: list[str], packaged: list[str]) -> None:
    """Say which checks nothing proves: a mistake in the packaged catalog, a warning in one's own."""
    if packaged:
        raise CatalogError(
            f"{len(packaged)} mistake(s) in the catalog: " + "; ".join(packaged), "add [[checks.figures]]"
        )
    for line in unproven:
        typer.echo(f"warning: {line}", err=True)


def diff(catalog: Catalogs = None) -> None:
    """Print what catalogs of your own change against the packaged one, and what they add."""
    settings = read_settings(catalog=catalog)
    if not settings.catalog:
        raise InputError("there is no catalog of your own", "name its folder with --catalog, or in movescreen.toml")
    changes = list_changes(settings.catalog)
    for change in changes:
        what = f"{change.kind} {change.entry}"
        if change.key:
            typer.echo(f"{what}: {change.key}: {_say(change.before)} -> {_say(change.own)} ({change.catalog})")
        else:
            typer.echo(f"{what}: added ({change.catalog})")
    if not changes:
        typer.echo("nothing is changed or added")


def _say(value: object) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def new_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the check: small letters, digits and _.")],
    movement: Annotated[str, typer.Option(help="Name of the movement that it is made in.")],
    signal: Annotated[str, typer.Option(help="Signal that it reads, without its side, such as knee_flexion.")],
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Folder of your catalog; the last one in force, or 'catalog', when left out."),
    ] = None,
) -> None:
    """Begin a check of your own: writes a file with everything but the limit and its source, which are yours to fill in."""
    settings = load_settings()
    where = folder or Path(settings.catalog[-1] if settings.catalog else "catalog")
    # a catalog of one's own may be half filled in: it is asked for its own movements only
    known = load_catalog() if movement in load_catalog().movements else load_catalog(settings.catalog)
    path = write_new_check(where, check_id, known.movement(movement), signal, known_signals())
    typer.echo(f"{path} begins the check {check_id}: fill in its limit and source, then")
    typer.echo(f"  movescreen catalog check {where}")
    typer.echo(f"  movescreen analyze VIDEO --catalog {where}")


GROUP = {"list": list_movements, "show": show, "check": check, "diff": diff, "new-check": new_check}
