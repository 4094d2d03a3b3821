"""The tables of a result as pandas frames: full precision, missing = NaN, text as it is.

:mod:`movescreen.report.formats.csv` turns them into files; notebooks and batch runs use them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, Finding, JudgedFinding, Repetition, Status, camera_of
from movescreen.pipeline import missing_answer
from movescreen.report.formats.columns import (
    CONTRACT_SIGNALS,
    FINDINGS_COLUMNS,
    FINDINGS_EXTRA,
    REPS_COLUMNS,
    SUMMARY_COLUMNS,
    signal_columns,
)
from movescreen.words.findings import source_text

NAN = float("nan")


def angles_table(result: ClipResult) -> pd.DataFrame:
    """Return one row a frame: ``frame, time_s, valid`` and a column a signal.

    Parameters
    ----------
    result
        Result of a clip with ``n`` frames.

    Returns
    -------
    pandas.DataFrame
        ``n`` rows. ``valid`` is 1 where at least one signal was measured. Signals in their unit, NaN where missing.
    """
    series = result.series
    n = len(series.time_s)
    any_valid = np.zeros(n, dtype=bool)
    for mask in series.valid.values():
        any_valid |= mask
    data: dict[str, Any] = {"frame": series.frame_index, "time_s": series.time_s, "valid": any_valid.astype(np.int64)}
    for name, column in signal_columns(result).items():
        data[column] = series.values.get(name, np.full(n, np.nan))
    return pd.DataFrame(data)


def reps_table(result: ClipResult) -> pd.DataFrame:
    """Return one row a repetition, with every signal at the turn and at its extreme.

    Parameters
    ----------
    result
        Result of a clip.

    Returns
    -------
    pandas.DataFrame
        Columns of the contract, then ``<signal column>_turn`` and ``<signal column>_extreme``. No repetition, no row. Where the trainer
        moved a joint, ``<signal column>_turn_camera`` holds what the camera says without it.
    """
    columns = signal_columns(result)
    names = [*REPS_COLUMNS, *(f"{c}_{what}" for c in columns.values() for what in ("turn", "extreme"))]
    moved = [n for n in columns if any(n in rep.camera_at_turn for rep in result.reps)]
    names += [f"{columns[n]}_turn_camera" for n in moved]
    return pd.DataFrame([_rep_row(rep, columns) for rep in result.reps], columns=names)


def _rep_row(rep: Repetition, columns: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "rep": rep.number,
        "side": rep.side,
        "start_s": rep.start_s,
        "turn_s": rep.turn_s,
        "end_s": rep.end_s,
        "complete": rep.complete,
        "descent_s": rep.descent_s,
        "ascent_s": rep.ascent_s,
    }
    for name, column in columns.items():
        row[f"{column}_turn"] = rep.at_turn.get(name, NAN)
        row[f"{column}_extreme"] = rep.extreme.get(name, NAN)
        if name in rep.camera_at_turn:
            row[f"{column}_turn_camera"] = rep.camera_at_turn[name]
    return row


def findings_table(result: ClipResult) -> pd.DataFrame:
    """Return one row for every check (and side) of the movement.

    Parameters
    ----------
    result
        Result of a clip.

    Returns
    -------
    pandas.DataFrame
        Columns of the contract, then ``reps_affected_list`` (numbers with a space between), ``title``, ``why``,
        ``cue``, ``source_verified`` and ``source_note``; then ``judged_status``, the status that counts, which is the camera's unless the
        trainer overruled it, with ``judgement``, ``judgement_reason``, ``judged_by`` and ``judged_utc``.
    """
    return findings_rows(result.findings)


def findings_rows(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings from anywhere as the table of :func:`findings_table`."""
    return pd.DataFrame([_finding_row(f) for f in findings], columns=[*FINDINGS_COLUMNS, *FINDINGS_EXTRA])


def _finding_row(counted: Finding) -> dict[str, Any]:
    finding = camera_of(counted)
    word = counted.judgement if isinstance(counted, JudgedFinding) else None
    return {
        "movement": finding.movement,
        "check_id": finding.check_id,
        "side": finding.side,
        "status": finding.status.value,
        "severity": finding.severity,
        "value": finding.value,
        "unit": finding.unit,
        "limit": finding.limit,
        "direction": finding.direction,
        "reps_seen": finding.reps_seen,
        "reps_affected": len(finding.reps_affected),
        "measurement_error": finding.measurement_error,
        "reason": finding.reason,
        "message": finding.message,
        "source": source_text(finding.source),
        "reps_affected_list": " ".join(str(number) for number in finding.reps_affected),
        "title": finding.title,
        "why": finding.why,
        "cue": finding.cue,
        "source_verified": finding.source.verified,
        "source_note": finding.source.note,
        "judged_status": counted.status.value,
        "judgement": word.verdict if word else "",
        "judgement_reason": word.reason if word else "",
        "judged_by": word.by if word else "",
        "judged_utc": word.at if word else "",
    }


def summary_row(result: ClipResult, client: str = "", file: str | None = None) -> dict[str, Any]:
    """Return the one row that sums up a clip.

    Parameters
    ----------
    result
        Result of a clip.
    client
        Name or id of the person.
    file
        How to name the clip; None = the file's own name.

    Returns
    -------
    dict of str to value
        Columns of the contract, then ``<signal column>_peak`` for every signal (:func:`peak_values`), then
        ``clear``, ``reps_incomplete`` and ``flagged_judged``, what stands out after the trainer's word; all other counts are the camera's.
        ``reps`` counts complete repetitions only. ``status`` is ``ok``, or ``no_answer`` when the clip was read but holds no complete
        repetition.
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
    """Return the summary row of a clip that gave no result.

    Parameters
    ----------
    file
        How to name the clip.
    error
        What went wrong. Anything but a :class:`~movescreen.errors.MovescreenError` gets the code ``bug``.
    client
        Name or id of the person.

    Returns
    -------
    dict of str to value
        The columns of :func:`summary_row`; everything unknown is empty, NaN or, for counts, missing.
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
    """Return summary rows as a table; counts stay whole numbers also beside rows that have none.

    Parameters
    ----------
    rows
        Rows of :func:`summary_row` and :func:`error_row`.

    Returns
    -------
    pandas.DataFrame
        One row a clip.
    """
    order = dict.fromkeys([*SUMMARY_COLUMNS, *(name for row in rows for name in row)])
    table = pd.DataFrame(rows, columns=list(order))
    counts = ("frames", "reps", "flagged", "borderline", "not_assessed", "clear", "reps_incomplete", "flagged_judged")
    return table.astype({name: "Int64" for name in counts if name in table})


def peak_values(result: ClipResult) -> dict[str, float]:
    """Return each signal's peak: the median, over the repetitions, of its extreme within the repetition.

    Complete repetitions only, unless there is none. The median keeps one odd repetition out of the clip's number.

    Parameters
    ----------
    result
        Result of a clip.

    Returns
    -------
    dict of str to float
        Signal name -> value in the signal's unit; only signals that have one.
    """
    reps = [rep for rep in result.reps if rep.complete] or list(result.reps)
    values: dict[str, list[float]] = {}
    for rep in reps:
        for name, value in rep.extreme.items():
            if np.isfinite(value):
                values.setdefault(name, []).append(value)
    return {name: float(np.median(found)) for name, found in values.items()}
