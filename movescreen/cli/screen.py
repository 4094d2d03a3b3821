"""``movescreen screen``: several clips of one person, merged into one screening."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from movescreen.app.clip import merge_and_write
from movescreen.batch import BatchItem, name_folders
from movescreen.catalog import load_catalog
from movescreen.cli.analyze import run_clip
from movescreen.cli.days import read_past_day
from movescreen.cli.keeping import open_visit
from movescreen.cli.options import (
    MODELS,
    SEXES,
    Catalogs,
    Model,
    OpenSim,
    Pdf,
    Raw,
    SlowMo,
    check_choice,
    print_result,
    read_settings,
)
from movescreen.errors import AssetError, MovescreenError
from movescreen.model import ClipResult, Person, ScreeningResult, ViewKind
from movescreen.pipeline import Request, missing_answer
from movescreen.report.formats.pdf import demand_pdf
from movescreen.report.pages.screening import pair_file
from movescreen.report.sections.ranking import telling_rep
from movescreen.words.wording import plural, sentence


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(screen)


def screen(
    clips: Annotated[list[Path], typer.Argument(help="Video files of one person: front and side, several movements.")],
    client: Annotated[
        str,
        typer.Option(help="Name of the person, printed on the reports, or code of a client: then the visit is kept."),
    ] = "",
    date: Annotated[str, typer.Option(help="Day of the recording, such as 2026-03-12.")] = "",
    age: Annotated[
        float | None, typer.Option(min=0, max=120, help="Age in years, to compare with people alike.")
    ] = None,
    sex: Annotated[str, typer.Option(help="female or male, as published norms part people.")] = "",
    pain: Annotated[
        list[str] | None, typer.Option(help="A movement that hurt, such as squat; may be given several times.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results/screening"),
    model: Model = None,
    slowmo: SlowMo = None,
    raw: Raw = False,
    catalog: Catalogs = None,
    overlay: Annotated[
        bool,
        typer.Option(
            "--overlay", help="Also write each clip with skeleton and angles drawn on it, and front beside side."
        ),
    ] = False,
    opensim: OpenSim = False,
    pdf: Pdf = False,
) -> None:
    """Screen one person from several clips: each check is answered by the clip that can see it."""
    check_choice("model", model, MODELS)
    check_choice("sex", sex or None, SEXES)
    settings = read_settings(model=model, slowmo=slowmo, raw=raw or None, catalog=catalog or None)
    for name in pain or ():
        load_catalog(settings.catalog).movement(name)
    if date:
        date = read_past_day(date).isoformat()
    if pdf:
        demand_pdf()
    request = Request(settings=settings)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    visit = open_visit(client, date, console, settings.catalog)
    items = name_folders(BatchItem(str(clip), str(clip.expanduser().absolute())) for clip in clips)
    results: dict[str, ClipResult] = {}
    failed: dict[str, MovescreenError] = {}
    for item in items:
        try:
            results[item.folder] = run_clip(
                Path(item.location),
                request,
                out / item.folder,
                client=client,
                recorded=date,
                overlay=overlay,
                opensim=opensim,
            )
            print_result(console, results[item.folder])
        except AssetError:
            raise
        except MovescreenError as error:
            failed[item.file] = error
            console.print(f"{item.file}: {error.message}")
        console.print()
    if not results:
        raise next(iter(failed.values()))
    if overlay:
        _write_pairs(results, {item.folder: Path(item.location) for item in items}, out)
    merged = merge_and_write(
        results,
        failed,
        out,
        client=client,
        recorded=date,
        pain=pain or (),
        person=Person(age, sex),
        pdf=pdf,
    )
    _print_screening(console, merged)
    console.print(f"report: {out / 'report.html'}")
    console.print(f"for the client: {out / 'client.html'}")
    if visit is not None:
        visit.keep(merged, out, list(results))
    answers = [missing_answer(result) for result in results.values()]
    if None not in answers:
        raise next(error for error in answers if error is not None)


def _write_pairs(results: dict[str, ClipResult], videos: dict[str, Path], out: Path) -> None:
    """Write front beside side for every movement that was recorded from both, with the same legs."""
    from movescreen.render.overlay import SideBySide, write_side_by_side

    by_view: dict[tuple[str, tuple[str, ...]], dict[ViewKind, str]] = {}
    for folder, result in results.items():
        legs = tuple(rep.side for rep in result.reps if rep.complete)
        if legs:
            by_view.setdefault((result.movement.name, tuple(dict.fromkeys(legs))), {}).setdefault(
                result.view.kind, folder
            )
    for (movement, legs), views in by_view.items():
        if not {ViewKind.FRONT, ViewKind.SIDE} <= set(views):
            continue
        front, side = (
            SideBySide(videos[views[kind]], results[views[kind]]) for kind in (ViewKind.FRONT, ViewKind.SIDE)
        )
        name = pair_file(movement, legs)
        write_side_by_side(front, side, out / name, replay=_telling_position(front.result))


def _telling_position(result: ClipResult) -> int | None:
    shown = telling_rep(result)
    whole = [rep for rep in result.reps if rep.complete]
    return whole.index(shown) if shown in whole else None


def _print_screening(console: Console, merged: ScreeningResult) -> None:
    console.print(f"{plural(len(merged.clips), 'clip')} merged into {plural(len(merged.findings), 'finding')}")
    for text in merged.missing:
        console.print(f"still to record: {sentence(text)}")
