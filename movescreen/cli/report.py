"""``movescreen report``: make the files of a result again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from movescreen.app.clients import demand_name_may_screen
from movescreen.cli.options import Catalogs, Pdf, read_settings
from movescreen.errors import InputError, VideoError
from movescreen.model import Person
from movescreen.pipeline import catalog_of
from movescreen.report import wanted_formats, write_result
from movescreen.report.documents.reload import ReloadedClip, reload_clip
from movescreen.report.documents.screening import write_screening
from movescreen.report.formats.key_pictures import kept_pictures
from movescreen.report.formats.pdf import demand_pdf
from movescreen.screening import merge_clips


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    folder: Annotated[Path, typer.Argument(help="Folder of a result, of a clip or of a screening.")],
    video: Annotated[Path | None, typer.Option(help="The clip, for the pictures in its report.")] = None,
    pdf: Pdf = False,
    catalog: Catalogs = None,
) -> None:
    """Make the files of a result again from its recorded poses, with the catalogue as it is now."""
    own = read_settings(catalog=catalog or None).catalog
    if pdf:
        demand_pdf()
    kept = _read_kept(folder)
    demand_name_may_screen(str(kept.get("client", "")), catalog=own)
    written = (
        _remake_screening(folder, kept, pdf, own)
        if kept.get("kind") == "screening"
        else _remake_clip(folder, reload_clip(folder, own), video, pdf)
    )
    for path in written:
        typer.echo(path)


def _read_kept(folder: Path) -> dict[str, Any]:
    """Return what ``result.json`` says; nothing when it cannot be read, which those who read clips complain of."""
    try:
        data = json.loads((folder / "result.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _remake_clip(folder: Path, clip: ReloadedClip, video: Path | None, pdf: bool = False) -> list[Path]:
    pictures = None if video else kept_pictures(folder, clip.result)
    formats = wanted_formats(pdf=pdf)
    return write_result(
        clip.result, folder, formats, video_path=video, client=clip.client, recorded=clip.recorded, pictures=pictures
    )


def _remake_screening(folder: Path, old: dict[str, Any], pdf: bool, own: tuple[str, ...]) -> list[Path]:
    try:
        folders = [str(clip["folder"]) for clip in old["clips"]]
        person = Person(**old.get("person", {}))
        failed = {str(f["file"]): VideoError(str(f["error"])) for f in old.get("failed", ())}
        pain, client, recorded = old.get("pain", ()), str(old["client"]), str(old.get("recorded", ""))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{folder / 'result.json'} is not the result of a screening: {error}", "run 'movescreen screen' again"
        ) from error
    clips = {name: reload_clip(folder / name, own) for name in folders}
    results = [clip.result for clip in clips.values()]
    merged = merge_clips(results, catalog_of(results), client, failed, pain, person)
    written = [path for name, clip in clips.items() for path in _remake_clip(folder / name, clip, None)]
    return written + write_screening(merged, folder, folders, recorded=recorded, pdf=pdf)
