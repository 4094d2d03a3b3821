"""``movescreen catalog``: what movescreen knows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from movescreen.catalog import load_catalog
from movescreen.catalog.care_loader import holds_care_files, load_care_catalog
from movescreen.catalog.loader import find_unproven_checks
from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.schema import CheckBase
from movescreen.errors import CatalogError
from movescreen.measures import MEASURES
from movescreen.pipeline import known_signals


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="What movescreen knows: movements, checks and their sources.", no_args_is_help=True)
    group.command("list")(list_movements)
    group.command("show")(show)
    group.command("check")(check)
    app.add_typer(group, name="catalog")


def list_movements() -> None:
    """List the movements."""
    table = Table("name", "movement", "checks", "views", box=None)
    for spec in load_catalog().movements.values():
        table.add_row(spec.name, spec.title, str(len(spec.checks)), ", ".join(spec.recording))
    Console().print(table)


def show(name: Annotated[str, typer.Argument(help="Name of a movement.")]) -> None:
    """Show a movement: how to record it, what is checked, against which limit, and where that comes from."""
    spec = load_catalog().movement(name)
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
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder with movements/, measurement/ and protocols/, and what else is to be checked; the packaged catalogue when left out."
        ),
    ] = None,
) -> None:
    """Check every catalogue file and report all mistakes at once."""
    catalog = load_catalog(folder, known_signals(), MEASURES)
    _tell_unproven(find_unproven_checks(catalog), packaged=folder is None)
    counts = [f"{len(catalog.movements)} movements", f"{sum(len(m.checks) for m in catalog.movements.values())} checks"]
    counts.append(f"{len(catalog.protocols)} guided sessions")
    if folder is None or (folder / "norms").is_dir():
        counts.append(f"{len(list(load_norms(folder / 'norms' if folder else None)))} norms")
    if folder is None or holds_care_files(folder):
        care = load_care_catalog(folder)
        counts += [f"{len(care.red_flags)} red flags", f"{len(care.hand_tests)} tests by hand"]
        counts += [f"{len(care.exercises)} exercises", f"{sum(len(s.gates) for s in care.readiness.values())} gates"]
    typer.echo(f"the catalogue is sound: {', '.join(counts)}, sha256 {catalog.sha256[:12]}")


def _tell_unproven(unproven: list[str], *, packaged: bool) -> None:
    """Say which checks nothing proves: a mistake in the packaged catalogue, a warning in one's own."""
    if unproven and packaged:
        raise CatalogError(
            f"{len(unproven)} mistake(s) in the catalogue: " + "; ".join(unproven), "add [[checks.figures]]"
        )
    for line in unproven:
        typer.echo(f"warning: {line}", err=True)
