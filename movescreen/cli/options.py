"""Options that several commands share, and how a result is printed on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from movescreen.app import FinishedScreening, Records, Screening
from movescreen.app.red_flag_gate import Subject
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.rules.history import link_findings
from movescreen.errors import InputError, UnknownNameError
from movescreen.model import ClipResult, Finding, Status, ViewKind
from movescreen.pipeline import OnProgress, catalog_in_force
from movescreen.pose.person.choice import PLACES, check_asked_person
from movescreen.settings import ModelName, Settings, load_settings
from movescreen.words.findings import finding_words

VIEWS = ("auto", "front", "side")
MODELS: tuple[str, ...] = get_args(ModelName)
SEXES = ("female", "male")

Client = Annotated[
    str, typer.Option(help="Name of the person, printed on the report, or code of a client: then the visit is kept.")
]
Movement = Annotated[str, typer.Option(help="auto, or a name from 'movescreen catalog list'.")]
View = Annotated[str, typer.Option(help="auto, front or side.")]
Model = Annotated[str | None, typer.Option(help="lite, full or heavy.")]
SlowMo = Annotated[
    float | None, typer.Option(help="How many times slower than life the clip plays, when the file does not say.")
]
Person = Annotated[
    str,
    typer.Option(
        help="Who is followed when there are several: left, middle, right, a number from the left of the picture, or a point of the first picture as 0.4,0.5."
    ),
]
Raw = Annotated[bool, typer.Option("--raw", help="Plain readings, without taking out the pose model's known bias.")]
Format = Annotated[
    list[str] | None,
    typer.Option(
        "--format", help="Also write this: overlay, pdf, opensim, c3d, xlsx or parquet; may be given several times."
    ),
]
Overlay = Annotated[bool, typer.Option("--overlay", help="Also write the clip with skeleton and angles drawn on it.")]
Catalogs = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog",
        metavar="DIR",
        help="A catalog of your own, laid over the packaged one; may be given several times.",
    ),
]
OpenSim = Annotated[bool, typer.Option("--opensim", help="Also write angles.mot and landmarks.trc, for OpenSim.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Also write the report as PDF.")]
OutDir = Annotated[Path | None, typer.Option(help="Folder for the results.")]

_MARKS = {Status.FLAGGED: "!!", Status.BORDERLINE: "! ", Status.CLEAR: "ok", Status.NOT_ASSESSED: "--"}


def read_settings(model: str | None = None, **flags: object) -> Settings:
    """Return the settings in force, with catalogs of one's own that are sound.

    Raises
    ------
    UnknownNameError
        When there is no such model.
    SettingsError
        When a setting is wrong.
    CatalogError
        When a catalog of one's own is.
    """
    check_choice("model", model, MODELS)
    settings = load_settings(
        model=model, **{name: None if value is False or value == [] else value for name, value in flags.items()}
    )
    catalog_in_force(settings)
    return settings


def choose_formats(named: list[str] | None, **short: bool) -> tuple[str, ...]:
    """Return the formats to write beside the usual ones: those named with ``--format``, and those of the short options.

    Raises
    ------
    UnknownNameError
        When there is no such format.
    AssetError
        When PDFs are wanted and this machine cannot make them.
    """
    from movescreen.report import check_formats  # brings pandas

    return check_formats([*(named or ()), *(name for name, asked in short.items() if asked)])


def print_subject(console: Console, subject: Subject, records: Records) -> None:
    """Print what whoever screens should know, and that somebody who is no client is not kept."""
    for remark in subject.remarks:
        console.print(remark)
    if subject.name and not subject.code and records.exist:
        console.print(f"{subject.name} is no client's code: the visit is not kept")


def print_kept(console: Console, finished: FinishedScreening, screening: Screening, records: Records) -> None:
    """Print that the visit is kept, with the findings that go with the client's history; raise why it is not."""
    if finished.not_kept is not None:
        raise finished.not_kept
    if finished.kept is None:
        return
    code = screening.subject.code
    person = records.store.person(code, screening.day)
    for link in link_findings(finished.kept.findings, person, load_client_catalog(records.catalog)):
        console.print(f"history: {link.finding.message} {link.text}")
    console.print(f"kept as the visit of {screening.day} of {code}")


def check_person(person: str) -> None:
    """Raise :class:`InputError` when nobody can be meant by it."""
    if not check_asked_person(person):
        raise InputError(
            f"--person {person} names nobody",
            f"give {', '.join(PLACES)}, a number from the left such as 2, or a point of the first picture such as 0.4,0.5",
        )


def check_choice(kind: str, value: str | None, known: tuple[str, ...]) -> None:
    """Raise :class:`UnknownNameError` when a value is not one of the known ones."""
    if value is not None and value not in known:
        raise UnknownNameError(kind, value, known)


@contextmanager
def progress_bar(title: str, frames: int, *, quiet: bool = False) -> Iterator[OnProgress | None]:
    """Show a bar on stderr while a clip is read; nothing when stderr is not a terminal."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=frames or None)
        yield lambda done, _time_s: bar.update(task, completed=done)


def print_result(console: Console, result: ClipResult) -> None:
    """Print movement, view, repetitions, what stood out and what could not be seen."""
    from movescreen.report.sections.measures import measured_words  # brings pandas

    complete = sum(r.complete for r in result.reps)
    view = result.view.kind.value
    if result.view.kind is ViewKind.SIDE:
        view += f", {result.view.near_side} side to the camera"
    console.print(
        f"{result.video.name}: {result.movement.name} ({_how_sure(result)}), {view}, "
        f"{complete} repetition{'' if complete == 1 else 's'}"
    )
    for measure in result.measures:
        console.print(
            f"{measure.label}: {measured_words(measure) if measure.known else f'not measured, {measure.reason}'}"
        )
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for finding in sorted(result.findings, key=lambda f: -f.severity):
        if finding.status in (Status.FLAGGED, Status.BORDERLINE):
            table.add_row(_MARKS[finding.status], finding.title, finding_words(finding))
    if table.row_count:
        console.print(table)
    elif result.count(Status.CLEAR):
        console.print("nothing stood out in what could be seen")
    elif result.findings or not any(measure.known for measure in result.measures):
        console.print("nothing could be judged" if complete else "no complete repetition to judge")
    hidden = _names(f for f in result.findings if f.status is Status.NOT_ASSESSED)
    if hidden:
        console.print(f"not assessed: {', '.join(hidden)}")
    for notice in result.notices:
        console.print(f"note: {notice.message}")


def _how_sure(result: ClipResult) -> str:
    return "as you said" if result.movement.forced else f"confidence {result.movement.confidence:.2f}"


def _names(findings: Iterator[Finding]) -> list[str]:
    """Return the checks by their titles, the sides of one together."""
    sides: dict[str, list[str]] = {}
    for finding in findings:
        sides.setdefault(finding.title, []).extend([finding.side] if finding.side else [])
    return [f"{title} ({', '.join(which)})" if which else title for title, which in sides.items()]
