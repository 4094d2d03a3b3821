"""The tables of a result as pandas frames: full precision, missing = NaN, text as it is.

:mod:`movescreen.report.formats.csv` turns them into files; notebooks and batch runs use them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, Finding, Status, camera_of
from movescreen.pipeline import missing_answer
from movescreen.report.formats.columns import (
    CONTRACT_SIGNALS,
    FINDINGS,
    FINDINGS_MORE,
    JUDGED,
    MEASURES,
    REPS,
    SUMMARY_COLUMNS,
    make_table,
    signal_columns,
)
from movescreen.report.sections.measures import ShownMeasure

NAN = float("nan")


def angles_table(result: ClipResult) -> pd.DataFrame:
    """Return one row a frame: ``frame, time_s, valid`` and a column a signal, in its unit, NaN where missing.

    ``valid`` is 1 where at least one signal was measured.
    """
    series = result.series
    n = len(series.time_s)
    any_valid = np.any([np.zeros(n, dtype=bool), *series.valid.values()], axis=0)
    data: dict[str, Any] = {"frame": series.frame_index, "time_s": series.time_s, "valid": any_valid.astype(np.int64)}
    for name, column in signal_columns(result).items():
        data[column] = series.values.get(name, np.full(n, np.nan))
    return pd.DataFrame(data)


def reps_table(result: ClipResult) -> pd.DataFrame:
    """Return one row a repetition: the contract's columns, then ``<signal column>_turn`` and ``<signal column>_extreme``.

    Where the trainer moved a joint, ``<signal column>_turn_camera`` holds what the camera says without it.
    """
    read: dict[str, Any] = dict(REPS)
    columns = signal_columns(result)
    for name, column in columns.items():
        read[f"{column}_turn"] = lambda rep, name=name: rep.at_turn.get(name, NAN)
        read[f"{column}_extreme"] = lambda rep, name=name: rep.extreme.get(name, NAN)
    for name in (name for name in columns if any(name in rep.camera_at_turn for rep in result.reps)):
        read[f"{columns[name]}_turn_camera"] = lambda rep, name=name: rep.camera_at_turn.get(name, NAN)
    return make_table(result.reps, read)


def findings_table(result: ClipResult) -> pd.DataFrame:
    """Return one row for every check (and side) of the movement, as :func:`findings_rows`."""
    return findings_rows(result.findings)


def findings_rows(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings from anywhere as a table: the contract's columns, then further ones.

    ``reps_affected_list`` holds numbers with a space between. ``judged_status`` is the status that counts, which is the camera's unless
    the trainer overruled it.
    """
    measured = make_table(map(camera_of, findings), {**FINDINGS, **FINDINGS_MORE})
    return pd.concat([measured, make_table(findings, JUDGED)], axis=1)


def measures_table(clips: Iterable[ClipResult]) -> pd.DataFrame:
    """Return one row for every measure (and side) of every clip, measured or not; ``attempts`` are values with a space between."""
    return make_table([ShownMeasure(clip, m) for clip in clips for m in clip.measures], MEASURES)


def summary_row(result: ClipResult, client: str = "", file: str | None = None) -> dict[str, Any]:
    """Return the one row that sums up a clip; ``file`` is another name for it.

    Columns of the contract, then ``<signal column>_peak`` for every signal (:func:`peak_values`), then ``clear``, ``reps_incomplete`` and
    ``flagged_judged``, what stands out after the trainer's word; all other counts are the camera's. ``reps`` counts complete repetitions
    only. ``status`` is ``ok``, or ``no_answer`` when the clip was read but holds no complete repetition.
    """
    judged, result = result, replace(result, findings=tuple(map(camera_of, result.findings)))
    missing = missing_answer(result)
    row: dict[str, Any] = {
        "file": result.video.name if file is None else file,
        "status": "ok" if missing is None else "no_answer",
        "error_code": "" if missing is None else missing.code,
        "error": "" if missing is None else missing.message,
        "client": client,
        "movement": result.movement.name,
        "movement_confidence": result.movement.confidence,
        "view": result.view.kind.value,
        "view_confidence": result.view.confidence,
        "fps": result.video.fps,
        "duration_s": result.video.duration_s,
        "frames": result.video.frames or len(result.series.time_s),
        "frames_valid_frac": result.frames_valid_frac,
        "reps": sum(rep.complete for rep in result.reps),
        "flagged": result.count(Status.FLAGGED),
        "borderline": result.count(Status.BORDERLINE),
        "not_assessed": result.count(Status.NOT_ASSESSED),
    }
    peaks = peak_values(result)
    row |= {f"{column}_peak": peaks.get(name, NAN) for name, column in signal_columns(result).items()}
    row["clear"] = result.count(Status.CLEAR)
    row["reps_incomplete"] = sum(not rep.complete for rep in result.reps)
    row["flagged_judged"] = judged.count(Status.FLAGGED)
    return row


def error_row(file: str, error: Exception, client: str = "") -> dict[str, Any]:
    """Return the summary row of a clip that gave no result: everything unknown is empty, NaN or, for counts, missing.

    Anything but a :class:`~movescreen.errors.MovescreenError` gets the code ``bug``.
    """
    row: dict[str, Any] = dict.fromkeys(SUMMARY_COLUMNS, NAN)
    if isinstance(error, MovescreenError):
        code, message = error.code, error.message
    else:
        code, message = "bug", f"{type(error).__name__}: {error}"
    row |= {"file": file, "status": "error", "error_code": code, "error": message, "client": client}
    row |= {"movement": "", "view": ""}
    row |= {f"{column}_peak": NAN for column in CONTRACT_SIGNALS.values()}
    return row | {"clear": NAN, "reps_incomplete": NAN, "flagged_judged": NAN}


def summary_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows of :func:`summary_row` and :func:`error_row` as a table; counts stay whole numbers also beside rows that have none."""
    order = dict.fromkeys([*SUMMARY_COLUMNS, *(name for row in rows for name in row)])
    table = pd.DataFrame(rows, columns=list(order))
    counts = ("frames", "reps", "flagged", "borderline", "not_assessed", "clear", "reps_incomplete", "flagged_judged")
    return table.astype({name: "Int64" for name in counts if name in table})


def clip_tables(result: ClipResult, judged: ClipResult, client: str = "") -> dict[str, pd.DataFrame]:
    """Return all tables of a clip by name; findings and summary with the trainer's word (``judged``)."""
    return {
        "angles": angles_table(result), "reps": reps_table(result), "findings": findings_table(judged),
        "measures": measures_table([result]), "summary": summary_table([summary_row(judged, client)]),
    }  # fmt: skip


def peak_values(result: ClipResult) -> dict[str, float]:
    """Return each signal's peak: the median, over the repetitions, of its extreme within the repetition.

    Complete repetitions only, unless there is none. The median keeps one odd repetition out of the clip's number. Only signals that have
    a value are in it.
    """
    reps = [rep for rep in result.reps if rep.complete] or list(result.reps)
    values: dict[str, list[float]] = {}
    for rep in reps:
        for name, value in rep.extreme.items():
            if np.isfinite(value):
                values.setdefault(name, []).append(value)
    return {name: float(np.median(found)) for name, found in values.items()}
