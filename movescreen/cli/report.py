"""``movescreen report``: make the report of a result again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from movescreen.errors import InputError
from movescreen.model import ClipResult, Notice, VideoInfo
from movescreen.pipeline import ANALYSIS_NOTICES, Request, analyze_poses
from movescreen.pose import EngineInfo, load_poses
from movescreen.report import write_result
from movescreen.report.json import load_result_json
from movescreen.settings import Settings

#: What a request says beside its settings, with what it says when it says nothing.
_ASKED = {"movement": "auto", "view": "auto", "side": ""}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    folder: Annotated[Path, typer.Argument(help="Folder of a result: holds result.json and poses.npz.")],
    video: Annotated[Path | None, typer.Option(help="The clip, for the pictures in the report.")] = None,
) -> None:
    """Make the files of a result again from its recorded poses, with the catalogue as it is now."""
    result, old = analyse_again(folder)
    written = write_result(
        result, folder, video_path=video, client=old.get("client", ""), recorded=old.get("recorded", "")
    )
    for path in written:
        typer.echo(path)


def analyse_again(folder: Path) -> tuple[ClipResult, dict[str, Any]]:
    """Return the result of a folder's recorded poses with the catalogue as it is now, and what its ``result.json`` said.

    Raises
    ------
    InputError
        When the folder is not that of a result.
    """
    source, poses_path = folder / "result.json", folder / "poses.npz"
    for path in (source, poses_path):
        if not path.is_file():
            raise InputError(
                f"{folder} is not the folder of a result: {path.name} is missing",
                "give the folder that 'movescreen analyze' wrote",
            )
    old = load_result_json(source)
    result = analyze_poses(
        load_poses(poses_path),
        VideoInfo(**old["video"]),
        _request(old),
        notices=_reading_notices(old),
        engine=_engine(old),
    )
    return result, old


def _request(old: dict[str, Any]) -> Request:
    asked = dict(old["provenance"]["settings"])
    movement, view, side = (asked.pop(name, default) for name, default in _ASKED.items())
    return Request(movement, view, Settings(**asked), side)


def _engine(old: dict[str, Any]) -> EngineInfo:
    made = old["provenance"]
    return EngineInfo(made["pose_engine"], made["model_name"], made["model_sha256"])


def _reading_notices(old: dict[str, Any]) -> tuple[Notice, ...]:
    """Return what reading the clip had found out; what analysing it finds out is found out again."""
    known = [n for n in old["notices"] if n["code"] not in ANALYSIS_NOTICES]
    return tuple(Notice(n["code"], n["message"], tuple(n["affects"])) for n in known)
