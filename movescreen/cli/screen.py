"""``movescreen screen``: several clips of one person, merged into one screening."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from movescreen.app import Records, Screening
from movescreen.batch import BatchItem, name_folders
from movescreen.catalog import load_catalog
from movescreen.cli import options
from movescreen.cli.analyze import ensure_answer, run_clip
from movescreen.errors import AssetError, MovescreenError
from movescreen.files import staged_folder
from movescreen.model import ClipResult, Demographics, ScreeningResult
from movescreen.pipeline import AnalysisRequest
from movescreen.report import formats_of_clips, usual_formats
from movescreen.report.documents.registry import LAST_FILE
from movescreen.report.documents.screening import older_files
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
    of_clips = usual_formats(*formats_of_clips(wanted))
    request = AnalysisRequest(settings=settings, person=person)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    with Records(catalog=settings.catalog) as records:
        screening = Screening.open(records, client, date, person=Demographics(age, sex))
        options.print_subject(console, screening.subject, records)
        items = name_folders(BatchItem(str(clip), str(clip.expanduser().absolute())) for clip in clips)
        results: dict[Path, ClipResult] = {}
        failed: dict[str, MovescreenError] = {}
        # the clips and what is made of them belong together: they take the place of an older screening at once
        with staged_folder(out, last=LAST_FILE, drop=older_files(out)) as stage:
            for item in items:
                try:
                    task = screening.clip_task(Path(item.location), request, stage / item.folder, of_clips)
                    result = results[Path(item.folder)] = run_clip(task)
                    options.print_result(console, result)
                except AssetError:
                    raise
                except MovescreenError as error:
                    failed[item.file] = error
                    console.print(f"{item.file}: {error.message}")
                console.print()
            if not results:
                screening.note_pain(pain or ())
                raise next(iter(failed.values()))
            merged = screening.write(
                results, failed, stage, pain=pain or (), formats=wanted,
                videos={Path(item.folder): Path(item.location) for item in items},
            )  # fmt: skip
        finished = screening.keep(merged, out, [out / folder for folder in results])
        _print_screening(console, finished.result)
        console.print(f"report: {out / 'report.html'}")
        console.print(f"for the client: {out / 'client.html'}")
        options.print_kept(console, finished, screening, records)
    ensure_answer(list(results.values()))


def _print_screening(console: Console, merged: ScreeningResult) -> None:
    console.print(f"{plural(len(merged.clips), 'clip')} merged into {plural(len(merged.findings), 'finding')}")
    for text in merged.missing:
        console.print(f"still to record: {sentence(text)}")
