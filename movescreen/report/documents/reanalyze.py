"""Results made again from their files: everything after pose estimation, with the catalog as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from movescreen.client.visits.corrections import ClipCorrections
from movescreen.codec import from_plain
from movescreen.errors import InputError
from movescreen.model import ClipResult, Notice, Provenance, VideoInfo
from movescreen.model.moved import MovedJoint
from movescreen.pipeline import ANALYSIS_NOTICES, AnalysisRequest, analyze_poses
from movescreen.pose import EngineInfo, hash_poses, load_poses
from movescreen.pose.recorded import POSES
from movescreen.report.formats.json import CONTENTS, RESULT, load_result_json
from movescreen.report.formats.poses import POSES_FILE
from movescreen.settings import Settings

#: Files of a clip's folder that its result can be made from.
NEEDED_FILES = ("result.json", POSES_FILE)
#: What a request says beside its settings, with what it says when it says nothing.
_ASKED = {"movement": "auto", "view": "auto", "side": "", "person": ""}


@dataclass(frozen=True)
class ReloadedClip:
    """A clip's result, with who it is about and when it was recorded, as its files say."""

    result: ClipResult
    client: str
    recorded: str


def reload_clip(
    folder: Path, catalog: tuple[str, ...] = (), corrections: ClipCorrections | None = None
) -> ReloadedClip:
    """Analyze a clip's recorded poses again, as it was asked the first time.

    Parameters
    ----------
    catalog
        Catalogs of one's own; those that the result was made with when there are none.

    Raises
    ------
    InputError
        When it is not the folder of a result, or one that this version cannot read.
    """
    for name in NEEDED_FILES:
        if not (folder / name).is_file():
            raise InputError(
                f"{folder} is not the folder of a result: {name} is missing",
                "give the folder that 'movescreen analyze' wrote",
            )
    old = load_result_json(folder / "result.json")
    with RESULT.taking(folder / "result.json"):
        video, request, engine = (
            from_plain(VideoInfo, old["video"], "video"),
            _correct(_request(old, catalog), corrections),
            _engine(old),
        )
        notices = _reading_notices(old)
    poses = load_poses(folder / POSES_FILE)
    if CONTENTS in old:
        ensure_own(folder / POSES_FILE, old, hash_poses(poses))
    with POSES.taking(folder / POSES_FILE):
        result = analyze_poses(poses, video, request, notices=notices, engine=engine)
    return ReloadedClip(result, str(old.get("client", "")), str(old.get("recorded", "")))


def ensure_own(file: Path, result: Mapping[str, Any], found: str) -> None:
    """Raise InputError unless a file with time series holds what the result beside it was written with."""
    known = result[CONTENTS].get(file.name) if isinstance(result[CONTENTS], dict) else None
    if known != found:
        raise InputError(
            f"{file} does not belong to the result.json beside it: it is of another clip, or was changed",
            "put back the file that was written with the result, or analyze the clip again",
        )


def _request(old: dict[str, Any], catalog: tuple[str, ...]) -> AnalysisRequest:
    kept = from_plain(dict[str, Any], old["provenance"]["settings"], "settings")
    asked = kept | ({"catalog": catalog} if catalog else {})
    left_out = from_plain(tuple[tuple[float, str], ...], asked.pop("left_out", []), "left_out")
    moved = from_plain(tuple[MovedJoint, ...], asked.pop("moved", []), "moved")
    movement, view, side, person = (from_plain(str, asked.pop(name, default), name) for name, default in _ASKED.items())
    return AnalysisRequest(movement, view, Settings(**asked), side, person, left_out, moved)


def _correct(request: AnalysisRequest, corrections: ClipCorrections | None) -> AnalysisRequest:
    if corrections is None:
        return request
    named = corrections.named
    return replace(
        request,
        movement=named.get("movement", request.movement),
        view=named.get("view", request.view),
        side=named.get("side", request.side),
        left_out=tuple(corrections.left_out.items()),
        moved=corrections.moved,
    )


def _engine(old: dict[str, Any]) -> EngineInfo:
    made = from_plain(Provenance, old["provenance"], "provenance")
    return EngineInfo(made.pose_engine, made.model_name, made.model_sha256)


def _reading_notices(old: dict[str, Any]) -> tuple[Notice, ...]:
    """Return what reading the clip had found out; what analyzing it finds out is found out again."""
    known = from_plain(tuple[Notice, ...], old["notices"], "notices")
    return tuple(notice for notice in known if notice.code not in ANALYSIS_NOTICES)
