"""``movescreen report``: make the report of a result again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from movescreen.errors import InputError
from movescreen.model import VideoInfo
from movescreen.pipeline import Request, analyze_poses
from movescreen.pose import EngineInfo, load_poses
from movescreen.report import write_result
from movescreen.report.json import load_result_json
from movescreen.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    folder: Annotated[Path, typer.Argument(help="Folder of a result: holds result.json and poses.npz.")],
    video: Annotated[Path | None, typer.Option(help="The clip, for the pictures in the report.")] = None,
) -> None:
    """Make the files of a result again from its recorded poses, with the catalogue as it is now."""
    source, poses_path = folder / "result.json", folder / "poses.npz"
    for path in (source, poses_path):
        if not path.is_file():
            raise InputError(
                f"{folder} is not the folder of a result: {path.name} is missing",
                "give the folder that 'movescreen analyze' wrote",
            )
    old = load_result_json(source)
    made = dict(old["provenance"])
    asked = dict(made["settings"])
    movement, view = asked.pop("movement", "auto"), asked.pop("view", "auto")
    engine = EngineInfo(made["pose_engine"], made["model_name"], made["model_sha256"])
    result = analyze_poses(
        load_poses(poses_path), VideoInfo(**old["video"]), Request(movement, view, Settings(**asked)), engine=engine
    )
    for path in write_result(result, folder, video_path=video):
        typer.echo(path)
