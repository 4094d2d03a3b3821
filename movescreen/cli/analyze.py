"""``movescreen analyze``: one clip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from movescreen.app.clients import demand_name_may_screen
from movescreen.app.clip import analyze_clip
from movescreen.catalog import load_catalog
from movescreen.cli.options import (
    MODELS,
    VIEWS,
    Catalogs,
    Model,
    Movement,
    OpenSim,
    OutDir,
    Pdf,
    Raw,
    SlowMo,
    View,
    check_choice,
    print_result,
    progress_bar,
    read_settings,
)
from movescreen.model import ClipResult
from movescreen.pipeline import Request, missing_answer
from movescreen.report import wanted_formats
from movescreen.report.formats.pdf import demand_pdf
from movescreen.report.sections.ranking import telling_rep
from movescreen.video.probe import probe_clip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(analyze)


def analyze(
    video: Annotated[Path, typer.Argument(help="Video file.")],
    movement: Movement = "auto",
    view: View = "auto",
    out: OutDir = None,
    model: Model = None,
    slowmo: SlowMo = None,
    raw: Raw = False,
    catalog: Catalogs = None,
    client: Annotated[str, typer.Option(help="Name or id of the person, printed on the report.")] = "",
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Also write the clip with skeleton and angles drawn on it.")
    ] = False,
    opensim: OpenSim = False,
    pdf: Pdf = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json on stdout and nothing else.")] = False,
) -> None:
    """Analyse one clip: angles, repetitions, findings and a report, in results/<name of the clip>."""
    check_choice("view", view, VIEWS)
    check_choice("model", model, MODELS)
    settings = read_settings(model=model, slowmo=slowmo, raw=raw or None, catalog=catalog or None)
    if movement != "auto":
        load_catalog(settings.catalog).movement(movement)
    demand_name_may_screen(client, catalog=settings.catalog)
    folder = out or Path("results") / video.stem
    request = Request(movement, view, settings)
    result = run_clip(video, request, folder, client=client, overlay=overlay, opensim=opensim, pdf=pdf, quiet=as_json)
    if as_json:
        typer.echo((folder / "result.json").read_text("utf-8"), nl=False)
    else:
        console = Console(highlight=False, soft_wrap=True, markup=False)
        print_result(console, result)
        console.print(f"report: {folder / 'report.html'}")
    demand_answer(result)


def run_clip(
    video: Path,
    request: Request,
    folder: Path,
    *,
    client: str = "",
    recorded: str = "",
    overlay: bool = False,
    opensim: bool = False,
    pdf: bool = False,
    quiet: bool = False,
) -> ClipResult:
    """Analyse a clip and write its files, with a progress bar on a terminal."""
    if pdf:
        demand_pdf()
    info = probe_clip(video, slowmo=request.settings.slowmo).info  # without the hash, which the analysis makes
    frames = round(info.duration_s * min(info.fps, request.settings.max_fps))
    with progress_bar(video.name, frames, quiet=quiet) as on_progress:
        result = analyze_clip(
            video, request, folder, wanted_formats(opensim=opensim, pdf=pdf),
            client=client, recorded=recorded, on_progress=on_progress,
        )  # fmt: skip
    if overlay:
        from movescreen.render.overlay import OVERLAY_FILE, write_overlay_video

        write_overlay_video(video, result, folder / OVERLAY_FILE, replay=telling_rep(result))
    return result


def demand_answer(result: ClipResult) -> None:
    """Raise :class:`NoRepetitions` when the clip holds none; its files are written by then."""
    if (missing := missing_answer(result)) is not None:
        raise missing
