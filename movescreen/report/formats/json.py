"""``result.json``: the whole result but for the time series, versioned, and how it is read back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from movescreen.codec import from_plain, to_plain
from movescreen.doors import Door
from movescreen.errors import InputError
from movescreen.files import write_text
from movescreen.model import SCHEMA_VERSION, ClipResult, Finding, KinematicSeries, PoseSequence, Repetition, Status
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.columns import signal_columns
from movescreen.report.formats.poses import POSES_FILE
from movescreen.report.formats.signals import SIGNALS_FILE, hash_series
from movescreen.report.formats.tables import peak_values
from movescreen.words.findings import headline

#: Field of a clip's result -> key that holds it, in the order of the file.
_KEYS = {
    "video": "video", "movement": "movement", "movement_info": "movement_info", "view": "view", "notices": "notices",
    "reps": "repetitions", "findings": "findings", "measures": "measures", "frames_valid_frac": "frames_valid_frac",
    "provenance": "provenance",
}  # fmt: skip
#: Key of the hashes of the files with the time series.
CONTENTS = "contents"
#: What a ``result.json`` may be about.
KINDS = ("clip", "screening")
#: Where one comes back.
RESULT = Door("result", "point at a folder that `movescreen analyze` or `movescreen screen` made")


def to_json_dict(
    result: ClipResult, client: str = "", recorded: str = "", files: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the result as plain values, in a fixed order of keys: what ``result.json`` holds.

    Angles over time are not in it: they are in ``angles.csv`` and ``signals.npz``, whose content, as that of ``poses.npz``, it knows by a hash.
    ``files`` are those beside it, name -> description.
    """
    kept = {key: to_plain(getattr(result, field)) for field, key in _KEYS.items()}
    kept["repetitions"] = [_repetition(rep) for rep in result.reps]
    kept["findings"] = [finding_dict(finding) for finding in result.findings]
    kept["provenance"]["settings"] = dict(sorted(kept["provenance"]["settings"].items()))
    provenance = kept.pop("provenance")
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "clip",
        "client": client,
        "recorded": recorded,
        "summary": _summary(result),
        **kept,
        "signals": _signals(result),
        "signals_absent": to_plain(dict(sorted(result.series.absent.items()))),
        "filter": to_plain(result.series.filter),
        "files": [{"name": name, "about": about} for name, about in (files or {}).items()],
        CONTENTS: hash_contents(result),
        "provenance": provenance,
    }


def from_json_dict(data: Mapping[str, Any], poses: PoseSequence, series: KinematicSeries) -> ClipResult:
    """Return the result that :func:`to_json_dict` was given, with the poses and the series that were kept beside it.

    Raises
    ------
    ValueError
        When something is missing or does not fit; says where.
    """
    kinds = get_type_hints(ClipResult)
    if missing := [key for key in _KEYS.values() if key not in data]:
        raise ValueError(f"{', '.join(missing)} is missing")
    kept = {field: from_plain(kinds[field], data[key], key, whole=True) for field, key in _KEYS.items()}
    return ClipResult(**kept, poses=poses, series=series)


def hash_contents(result: ClipResult) -> dict[str, str]:
    """Return name of a file with time series -> hash of what it holds: they belong to this result and to no other."""
    from movescreen.pose.recorded import hash_poses

    return {POSES_FILE: hash_poses(result.poses), SIGNALS_FILE: hash_series(result.series)}


def read_result_json(path: Path | str) -> dict[str, Any]:
    """Read a ``result.json`` of whatever kind, or that of a folder.

    Raises
    ------
    InputError
        When there is no such file, it is not a result, or its schema version is one that this version cannot read.
    """
    file = Path(path)
    file = file / "result.json" if file.is_dir() else file
    data = RESULT.read_json(file)
    if data.get("kind") not in KINDS or not isinstance(data.get("schema_version"), str):
        raise InputError(f"{file} is not the result of a clip or a screening", RESULT.hint)
    version = data["schema_version"]
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(
            f"{file} has schema version {version[:20]}; this version of movescreen reads {SCHEMA_VERSION}",
            "analyze the clip again, or use the version of movescreen that wrote it",
        )
    return data


def load_result_json(path: Path | str) -> dict[str, Any]:
    """Read the ``result.json`` of a clip, or of the folder that holds it; errors as :func:`read_result_json`."""
    data = read_result_json(path)
    if data["kind"] != "clip":
        raise InputError(f"{path} is not the result of a clip", "point at a folder that `movescreen analyze` made")
    return data


@register_writer("json", files={"result.json": "everything but the angles over time, for programs"})
def write_json(job: ReportJob, folder: Path) -> None:
    """Write ``result.json`` into a folder."""
    data = to_json_dict(job.result, job.client, job.recorded, job.files)
    write_json_file(folder / "result.json", data)


def write_json_file(path: Path, data: dict[str, Any]) -> Path:
    """Write plain values as strict JSON (no NaN), whole or not at all; raises InputError when the file cannot be written."""
    return write_text(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _summary(result: ClipResult) -> dict[str, Any]:
    return {
        "headline": headline(result),
        "reps": sum(rep.complete for rep in result.reps),
        "reps_incomplete": sum(not rep.complete for rep in result.reps),
        "frames_valid_frac": to_plain(result.frames_valid_frac),
        **{status.value: result.count(status) for status in Status},
    }


def _repetition(rep: Repetition) -> dict[str, Any]:
    return {**to_plain(rep), "descent_s": rep.descent_s, "ascent_s": rep.ascent_s}


def finding_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values: identity and verdict first, evidence last, as a person reads."""
    data: dict[str, Any] = to_plain(finding)
    first = ("check_id", "movement", "side", "status", "severity", "title", "message")
    last = ("source", "evidence")
    middle = [key for key in data if key not in (*first, *last)]
    return {key: data[key] for key in (*first, *middle, *last)}


def _signals(result: ClipResult) -> dict[str, Any]:
    columns, peaks, signals = signal_columns(result), peak_values(result), {}
    for name, values in result.series.values.items():
        spec = result.series.specs[name]
        seen = values[result.series.valid[name]]
        stats = (seen.min(), np.median(seen), seen.max()) if len(seen) else (math.nan,) * 3
        turns = [rep.at_turn[name] for rep in result.reps if math.isfinite(rep.at_turn.get(name, math.nan))]
        signals[name] = {
            "column": columns[name],
            "unit": spec.unit,
            "side": spec.side,
            "plane": spec.plane.value,
            "positive": spec.positive,
            "zero": spec.zero,
            "definition": spec.definition,
            "valid_frac": len(seen) / len(values) if len(values) else 0.0,
            **dict(zip(("min", "median", "max"), map(to_plain, stats), strict=True)),
            "peak": to_plain(peaks.get(name)),
            "turn": to_plain(float(np.median(turns)) if turns else math.nan),
        }
    return signals
