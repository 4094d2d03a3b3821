"""``movescreen screen``: several clips of one person, merged into one screening."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from movescreen.app import ClipTask, Records, Screening
from movescreen.app.clips import ClipsToScreen, screen_clips
from movescreen.batch import BatchItem, name_folders
from movescreen.catalog import load_catalog
from movescreen.cli import options
from movescreen.cli.analyze import ensure_answer, run_clip
from movescreen.model import ClipResult, Demographics, ScreeningResult
from movescreen.pipeline import AnalysisRequest
from movescreen.words.numbers_and_units import plural
from movescreen.words.sentences import sentence


def screen(
    clips: Annotated[list[Path], typer.Argument(help="Video files of one person: front and side, several movements.")],
    client: options.Client = "",
    date: Annotated[str, typer.Option(help="Day of the recording, such as 2026-03-12.")] = "",
    age: Annotated[
        float | None, typer.Option(min=0, max=120, help="Age in years, to compare with people alike.")
    ] = None,
    sex: Annotated[str, typer.Option(help="female or male, as published norms part people.")] = "",
    pain: Annotated[
        list[str] | None, typer.Option(help="A movement that hurt, such as squat; may be given several times.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results/screening"),
    person: options.Person = "",
    model: options.Model = None,
    slowmo: options.SlowMo = None,
    raw: options.Raw = False,
    catalog: options.Catalogs = None,
    formats: options.Format = None,
    overlay: Annotated[
        bool,
        typer.Option(
            "--overlay", help="Also write each clip with skeleton and angles drawn on it, and front beside side."
        ),
    ] = False,
    opensim: options.OpenSim = False,
    pdf: options.Pdf = False,
) -> None:
    """Screen one person from several clips: each check is answered by the clip that can see it."""
    options.check_person(person)
    options.check_choice("sex", sex or None, options.SEXES)
    settings = options.read_settings(model=model, slowmo=slowmo, raw=raw, catalog=catalog)
    for name in pain or ():
        load_catalog(settings.catalog).movement(name)
    wanted = options.choose_formats(formats, overlay=overlay, opensim=opensim, pdf=pdf)
    request = AnalysisRequest(settings=settings, person=person)
    console = Console(highlight=False, soft_wrap=True, markup=False)

    def run(task: ClipTask) -> ClipResult:
        result = run_clip(task)
        options.print_result(console, result)
        console.print()
        return result

    with Records(catalog=settings.catalog) as records:
        screening = Screening.open(records, client, date, person=Demographics(age, sex))
        options.print_subject(console, screening.subject, records)
        items = name_folders(BatchItem(str(clip), str(clip.expanduser().absolute())) for clip in clips)
        asked = ClipsToScreen(
            clips={item.folder: Path(item.file).expanduser() for item in items},
            request=request,
            pain=pain or (),
            formats=wanted,
        )
        finished = screen_clips(
            screening, asked, out, run=run, on_failed=lambda clip, error: console.print(f"{clip}: {error.message}\n")
        )
        _print_screening(console, finished.result)
        console.print(f"report: {out / 'report.html'}")
        console.print(f"for the client: {out / 'client.html'}")
        options.print_kept(console, finished, screening, records)
    ensure_answer(finished.result.clips)


def _print_screening(console: Console, merged: ScreeningResult) -> None:
    console.print(f"{plural(len(merged.clips), 'clip')} merged into {plural(len(merged.findings), 'finding')}")
    for text in merged.missing:
        console.print(f"still to record: {sentence(text)}")
