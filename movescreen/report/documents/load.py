"""A result as it was written, read back from its folder; nothing is analyzed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from movescreen.codec import from_plain
from movescreen.doors import Door
from movescreen.errors import InputError
from movescreen.model import (
    SCHEMA_VERSION,
    ClipResult,
    Demographics,
    Finding,
    MovementInfo,
    ReferenceReading,
    ScreeningResult,
    SideComparison,
)
from movescreen.report.documents.reanalyze import ensure_own
from movescreen.report.formats.json import CONTENTS, from_json_dict, hash_contents, read_result_json
from movescreen.report.formats.poses import POSES_FILE
from movescreen.report.formats.signals import SIGNALS_FILE, hash_series, load_series


def load(folder: Path | str) -> ClipResult | ScreeningResult:
    """Read the result of a clip or of a screening, equal to the one that was written.

    Parameters
    ----------
    folder
        Folder that ``movescreen analyze`` or ``movescreen screen`` wrote.

    Returns
    -------
    ClipResult or ScreeningResult
        With the words, limits and numbers that it was made with, whatever the catalog says today.

    Raises
    ------
    InputError
        When there is no result, it is damaged, an older version wrote it, or the poses or signals beside it are not its own.
    """
    home = Path(folder)
    data = read_result_json(home / "result.json")
    if _minor(data["schema_version"]) < _minor(SCHEMA_VERSION):
        raise InputError(
            f"{home} was written by an older version of movescreen, which kept less of a result "
            f"(schema {data['schema_version'][:20]}; loading needs {SCHEMA_VERSION})",
            f"run 'movescreen report {home}' to make it again from its poses",
        )
    with Door("result", f"run 'movescreen report {home}' to make it again from its poses").taking(home / "result.json"):
        return _load_clip(home, data) if data["kind"] == "clip" else _load_screening(home, data)


def _minor(version: str) -> int:
    minor = version.partition(".")[2]
    return int(minor) if minor.isdecimal() else 0


def _load_clip(home: Path, data: Mapping[str, Any]) -> ClipResult:
    # the pose file's module knows engines; what only loads needs none of them
    from movescreen.pose.recorded import hash_poses, load_poses

    if CONTENTS not in data:
        raise ValueError(f"{CONTENTS} is missing")
    poses, series = load_poses(home / POSES_FILE), load_series(home / SIGNALS_FILE)
    ensure_own(home / POSES_FILE, data, hash_poses(poses))
    ensure_own(home / SIGNALS_FILE, data, hash_series(series))
    return from_json_dict(data, poses, series)


@dataclass(frozen=True)
class _Failed:
    """A clip without a result."""

    file: str
    error: str


@dataclass(frozen=True)
class _Clip:
    """Where a clip's files are, and what is in them."""

    folder: str
    contents: Mapping[str, str]


@dataclass(frozen=True)
class _Answer:
    """Which clip a finding was made from."""

    clip: int


@dataclass(frozen=True)
class _Screening:
    """What a screening's file holds."""

    client: str
    person: Demographics
    pain: tuple[str, ...]
    missing: tuple[str, ...]
    failed: tuple[_Failed, ...]
    clips: tuple[_Clip, ...]
    movements: Mapping[str, MovementInfo]
    sides: tuple[SideComparison, ...]
    references: tuple[ReferenceReading, ...]


def _load_screening(home: Path, data: Mapping[str, Any]) -> ScreeningResult:
    kept = from_plain(_Screening, data, "result", whole=True)
    findings = from_plain(tuple[Finding, ...], data.get("findings"), "findings", whole=True)
    answered_by = tuple(answer.clip for answer in from_plain(tuple[_Answer, ...], data["findings"], "findings"))
    screening = ScreeningResult(
        client=kept.client,
        clips=tuple(_load_part(home, clip) for clip in kept.clips),
        findings=findings,
        missing=kept.missing,
        failed=tuple((failed.file, failed.error) for failed in kept.failed),
        answered_by=answered_by,
        pain=kept.pain,
        person=kept.person,
        movements=kept.movements,
        sides=kept.sides,
        references=kept.references,
    )
    for finding in screening.findings:
        if finding not in screening.clip_of(finding).findings:
            _refuse(home, screening.clip_of(finding).video.name)
    return screening


def _load_part(home: Path, kept: _Clip) -> ClipResult:
    clip = load(home / kept.folder)
    if not isinstance(clip, ClipResult) or hash_contents(clip) != kept.contents:
        _refuse(home, kept.folder)
    return clip


def _refuse(home: Path, clip: str) -> NoReturn:
    raise InputError(
        f"the clip {clip} is not the one that the screening {home} was made from, or was made again since",
        f"run 'movescreen report {home}' to make the screening again",
    )
