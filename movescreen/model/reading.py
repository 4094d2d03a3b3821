"""Reading one number out of a signal within a repetition. The one place where this is defined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from movescreen.model.pose import FloatArray
from movescreen.model.repetition import Repetition
from movescreen.model.series import KinematicSeries

#: How far before and after a repetition ``around_max`` looks, s.
_AROUND_S = 1.0
#: Percentiles that stand for the largest and the smallest value, so that a single frame does not decide.
_EXTREME_PERCENTILES = {"max": 97.0, "min": 3.0}


def read_statistic(statistic: str, rep: Repetition, time_s: FloatArray, values: FloatArray) -> float:
    """Read a signal in a repetition.

    ``turn`` is the median near the turn, ``abs_turn`` its size, ``median`` and ``abs_median`` the same over the whole
    repetition, ``start`` the median of the first tenth of the
    repetition, ``excursion`` the turn minus the start, ``max`` / ``min`` the extreme between start and end, ``around_max`` the largest
    from a second before to a second after, ``abs_max`` the largest size there, ``range`` the way between the extremes, and ``held``
    how long it stays near the turn, s.

    Parameters
    ----------
    time_s, values
        ``(n,)`` times and signal; NaN where not measured.

    Returns
    -------
    float
        In the signal's unit; NaN when it was not measured there.
    """
    if statistic in _EXTREME_PERCENTILES:
        inside = values[(time_s >= rep.start_s) & (time_s < rep.end_s)]
        inside = inside[np.isfinite(inside)]
        return float(np.percentile(inside, _EXTREME_PERCENTILES[statistic])) if inside.size else float("nan")
    if statistic == "range":
        return read_statistic("max", rep, time_s, values) - read_statistic("min", rep, time_s, values)
    if statistic == "held":
        return rep.turn_end_s - rep.turn_start_s
    if statistic == "abs_max":
        return read_statistic("around_max", rep, time_s, np.abs(values))
    if statistic == "around_max":
        wider = replace(rep, start_s=rep.start_s - _AROUND_S, end_s=rep.end_s + _AROUND_S)
        return read_statistic("max", wider, time_s, values)
    if statistic in ("median", "abs_median"):
        middle = _median(values[(time_s >= rep.start_s) & (time_s < rep.end_s)])
        return abs(middle) if statistic == "abs_median" else middle
    turn = _median(values[(time_s >= rep.turn_start_s - 1e-9) & (time_s <= rep.turn_end_s + 1e-9)])
    if statistic == "turn":
        return turn
    if statistic == "abs_turn":
        return abs(turn)
    first = rep.start_s + max(0.1 * (rep.end_s - rep.start_s), 0.1)
    start = _median(values[(time_s >= rep.start_s - 0.2) & (time_s <= first)])
    return start if statistic == "start" else turn - start


def read_error(series: KinematicSeries, signal: str, reps: Iterable[Repetition], value: float) -> float:
    """Return the standard deviation of the error of a value that was read in some repetitions, in the signal's unit.

    That of the frames in which the signal comes nearest to the value, one in each repetition; the median of them.

    Returns
    -------
    float
        NaN when the error is not known.
    """
    errors, values = series.errors.get(signal), series.values.get(signal)
    if errors is None or values is None or not np.isfinite(value):
        return float("nan")
    found = []
    for rep in reps:
        inside = (series.time_s >= rep.start_s) & (series.time_s < rep.end_s) & np.isfinite(values)
        if inside.any():
            found.append(float(errors[inside][np.argmin(np.abs(values[inside] - value))]))
    return float(np.median(found)) if found else float("nan")


def resample(time_s: FloatArray, values: FloatArray, moments_s: FloatArray) -> FloatArray:
    """Read a signal at other moments, straight between its samples and never across a gap.

    Parameters
    ----------
    time_s, values
        ``(n,)`` rising times, s, and samples; NaN where not measured.
    moments_s
        ``(m,)`` moments to read it at, s.

    Returns
    -------
    ndarray
        ``(m,)``; NaN next to a sample that was not measured, and where samples are more than two and a half usual steps apart.
    """
    if len(time_s) < 2:
        return np.where(np.isclose(moments_s, time_s[0]), values[0], np.nan) if len(time_s) else moments_s * np.nan
    steps = np.diff(time_s)
    before = np.clip(np.searchsorted(time_s, moments_s, side="right") - 1, 0, len(time_s) - 2)
    share = (moments_s - time_s[before]) / steps[before]
    # a moment that is a sample's own needs no neighbor
    share = np.where(np.isclose(share, 0.0, atol=1e-6), 0.0, np.where(np.isclose(share, 1.0, atol=1e-6), 1.0, share))
    between = (1.0 - share) * values[before] + share * values[before + 1]
    read = np.where(share == 0.0, values[before], np.where(share == 1.0, values[before + 1], between))
    apart = (steps[before] > 2.5 * np.median(steps)) & (share != 0.0) & (share != 1.0)
    return np.where(apart | (share < 0.0) | (share > 1.0), np.nan, read)


def moments_of(rep: Repetition, count: int = 101, *, align_turn: bool = False) -> FloatArray:
    """Return moments spread evenly over a repetition, from its start to its end.

    Parameters
    ----------
    count
        How many, odd.
    align_turn
        Put the turn in the middle: one half of the moments lies before it, one after.

    Returns
    -------
    ndarray
        ``(count,)`` rising moments, s.
    """
    if not align_turn:
        return np.linspace(rep.start_s, rep.end_s, count)
    half = count // 2 + 1
    return np.concatenate([np.linspace(rep.start_s, rep.turn_s, half), np.linspace(rep.turn_s, rep.end_s, half)[1:]])


def _median(values: FloatArray) -> float:
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else float("nan")
