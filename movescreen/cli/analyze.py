"""``movescreen analyze``: one clip."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from movescreen.app import ClipTask, Records, Screening
from movescreen.catalog import load_catalog
from movescreen.cli import options
from movescreen.files import read_regular
from movescreen.model import ClipResult
from movescreen.pipeline import AnalysisRequest, missing_answer
from movescreen.pipeline.recorded import is_recording
from movescreen.video.probe import probe_clip


def analyze(
    video: Annotated[Path, typer.Argument(help="Video file, or recorded poses: poses.npz, or a TRC file.")],
    movement: options.Movement = "auto",
    view: options.View = "auto",
    person: options.Person = "",
    out: options.OutDir = None,
    model: options.Model = None,
    slowmo: options.SlowMo = None,
    raw: options.Raw = False,
    catalog: options.Catalogs = None,
    client: options.Client = "",
    formats: options.Format = None,
    overlay: options.Overlay = False,
    opensim: options.OpenSim = False,
    pdf: options.Pdf = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json on stdout and nothing else.")] = False,
) -> None:
    """Analyze one clip: angles, repetitions, findings and a report, in results/<name of the clip>."""
    options.check_choice("view", view, options.VIEWS)
    options.check_person(person)
    settings = options.read_settings(model=model, slowmo=slowmo, raw=raw, catalog=catalog)
    if movement != "auto":
        load_catalog(settings.catalog).movement(movement)
    wanted = options.choose_formats(formats, overlay=overlay, opensim=opensim, pdf=pdf)
    folder = out or Path("results") / video.stem
    console = Console(highlight=False, soft_wrap=True, markup=False, quiet=as_json)
    with Records(catalog=settings.catalog) as records:
        screening = Screening.open(records, client)
        options.print_subject(console, screening.subject, records)
        result = run_clip(
            screening.clip_task(video, AnalysisRequest(movement, view, settings, person=person), folder, wanted),
            quiet=as_json,
        )
        options.print_result(console, result)
        console.print(f"report: {folder / 'report.html'}")
        finished = screening.finish_clip(result, folder)
        if as_json:
            typer.echo(read_regular(folder / "result.json").decode(), nl=False)
        options.print_kept(console, finished, screening, records)
    ensure_answer([result])


def run_clip(task: ClipTask, *, quiet: bool = False) -> ClipResult:
    """Analyze a clip and write its files, with a progress bar on a terminal."""
    settings, frames = task.request.settings, 0
    if not is_recording(task.video):
        info = probe_clip(task.video, slowmo=settings.slowmo).info  # without the hash, which the analysis makes
        frames = round(info.duration_s * min(info.fps, settings.max_fps))
    with options.progress_bar(task.video.name, frames, quiet=quiet) as on_progress:
        return task.run(on_progress)


def ensure_answer(results: Sequence[ClipResult]) -> None:
    """Raise :class:`NoRepetitions` when no clip holds any; the files are written by then."""
    answers = [missing_answer(result) for result in results]
    if None not in answers:
        raise next(error for error in answers if error is not None)
