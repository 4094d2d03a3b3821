"""``result.json``: the whole result but for the time series, versioned."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from movescreen.errors import InputError
from movescreen.files import write_text
from movescreen.model import SCHEMA_VERSION, ClipResult, Finding, Repetition, Status
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.columns import signal_columns
from movescreen.report.formats.tables import peak_values
from movescreen.words.wording import headline


def plain(value: Any) -> Any:
    """Return a value as JSON knows it.

    Parameters
    ----------
    value
        Numbers, text, paths, enums, dataclasses, mappings, sequences and arrays, nested at will.

    Returns
    -------
    None, bool, int, float, str, list or dict
        Numbers with six decimals; NaN and infinity become None, enums their value, sets sorted lists, anything unknown
        its text.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return round(float(value), 6) if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    return str(value)


def to_json_dict(
    result: ClipResult, client: str = "", recorded: str = "", files: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the result as plain values, in a fixed order of keys.

    Parameters
    ----------
    result
        Result of a clip.
    client
        Name or id of the person.
    recorded
        Day of the recording.
    files
        Name -> description of the files beside it.

    Returns
    -------
    dict
        What ``result.json`` holds. Angles over time are not in it: they are in ``angles.csv`` and ``poses.npz``.
    """
    provenance = plain(result.provenance)
    provenance["settings"] = dict(sorted(provenance["settings"].items()))
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "clip",
        "client": client,
        "recorded": recorded,
        "summary": _summary(result),
        "video": plain(result.video.to_dict()),
        "movement": plain(result.movement),
        "view": plain(result.view),
        "notices": plain(result.notices),
        "repetitions": [_repetition(rep) for rep in result.reps],
        "findings": [finding_dict(finding) for finding in result.findings],
        "measures": plain(result.measures),
        "signals": _signals(result),
        "signals_absent": plain(dict(sorted(result.series.absent.items()))),
        "filter": plain(result.series.filter),
        "files": [{"name": name, "about": about} for name, about in (files or {}).items()],
        "provenance": provenance,
    }


def load_result_json(path: Path | str) -> dict[str, Any]:
    """Read a ``result.json``.

    Parameters
    ----------
    path
        The file, or the folder that holds it.

    Returns
    -------
    dict
        The plain values, as :func:`to_json_dict` made them.

    Raises
    ------
    InputError
        When there is no such file, it is not a result, or its schema version is one that this version cannot read.
    """
    file = Path(path)
    file = file / "result.json" if file.is_dir() else file
    hint = "point at a folder that `movescreen analyze` made"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as exc:
        raise InputError(f"cannot read {file}: {exc.strerror or exc}", hint) from exc
    except ValueError as exc:
        raise InputError(f"{file} is not a JSON file: {exc}", hint) from exc
    if not isinstance(data, dict) or data.get("kind") != "clip" or not isinstance(data.get("schema_version"), str):
        raise InputError(f"{file} is not the result of a clip", hint)
    version = data["schema_version"]
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(
            f"{file} has schema version {version}; this version of movescreen reads {SCHEMA_VERSION}",
            "analyse the clip again, or use the version of movescreen that wrote it",
        )
    return data


@register_writer("json", files={"result.json": "everything but the angles over time, for programs"})
def write_json(job: ReportJob, folder: Path) -> None:
    """Write ``result.json`` into a folder.

    Parameters
    ----------
    job
        What to write.
    folder
        Where to write it.
    """
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
        "frames_valid_frac": plain(result.frames_valid_frac),
        **{status.value: result.count(status) for status in Status},
    }


def _repetition(rep: Repetition) -> dict[str, Any]:
    return {**plain(rep), "descent_s": plain(rep.descent_s), "ascent_s": plain(rep.ascent_s)}


def finding_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values: identity and verdict first, evidence last, as a person reads."""
    data: dict[str, Any] = plain(finding)
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
            **dict(zip(("min", "median", "max"), map(plain, map(float, stats)), strict=True)),
            "peak": plain(peaks.get(name)),
            "turn": plain(float(np.median(turns)) if turns else math.nan),
        }
    return signals
