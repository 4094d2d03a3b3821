"""``movescreen screen``: several clips of one person, merged into one screening."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from movescreen.batch import BatchItem, name_folders
from movescreen.cli.analyze import run_clip
from movescreen.cli.options import MODELS, Model, Raw, SlowMo, check_choice, print_result
from movescreen.clip import merge_and_write
from movescreen.errors import AssetError, MovescreenError
from movescreen.model import ClipResult, ScreeningResult
from movescreen.pipeline import Request, missing_answer
from movescreen.report.wording import plural, sentence
from movescreen.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(screen)


def screen(
    clips: Annotated[list[Path], typer.Argument(help="Video files of one person: front and side, several movements.")],
    client: Annotated[str, typer.Option(help="Name or id of the person, printed on the reports.")] = "",
    date: Annotated[str, typer.Option(help="Day of the recording, such as 2026-03-12.")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results/screening"),
    model: Model = None,
    slowmo: SlowMo = None,
    raw: Raw = False,
) -> None:
    """Screen one person from several clips: each check is answered by the clip that can see it."""
    check_choice("model", model, MODELS)
    request = Request(settings=load_settings(model=model, slowmo=slowmo, raw=raw or None))
    console = Console(highlight=False, soft_wrap=True, markup=False)
    items = name_folders(BatchItem(str(clip), str(clip.expanduser().absolute())) for clip in clips)
    results: dict[str, ClipResult] = {}
    failed: dict[str, MovescreenError] = {}
    for item in items:
        try:
            results[item.folder] = run_clip(
                Path(item.location), request, out / item.folder, client=client, recorded=date
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
    merged = merge_and_write(results, failed, out, client=client, recorded=date)
    _print_screening(console, merged)
    console.print(f"report: {out / 'report.html'}")
    answers = [missing_answer(result) for result in results.values()]
    if None not in answers:
        raise next(error for error in answers if error is not None)


def _print_screening(console: Console, merged: ScreeningResult) -> None:
    console.print(f"{plural(len(merged.clips), 'clip')} merged into {plural(len(merged.findings), 'finding')}")
    for text in merged.missing:
        console.print(f"still to record: {sentence(text)}")
