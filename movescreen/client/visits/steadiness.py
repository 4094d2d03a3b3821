"""How steady a movement is: turns of direction and stops on the way that do not belong to it."""

from __future__ import annotations

import numpy as np

from movescreen.model import ClipResult, FloatArray, Repetition

#: A knee that goes in and out again by less counts as still, percent of the leg's length (about 1 cm). In 15 repetitions of five
#: rendered clips without any wobble, each knee turned just once: in on the way down, out on the way up.
KNEE_TURN_PCT = 1.2
#: Share of the greatest speed by which the speed must fall and rise again to count as a hesitation. In 58 repetitions of 19
#: rendered clips without any, it was counted once.
HESITATION_SHARE = 0.35
_FEWEST_FRAMES = 6


def count_knee_wobbles(clip: ClipResult, rep: Repetition, side: str) -> float:
    """Return how often a knee changes between inward and outward beyond the one time that belongs to a repetition.

    NaN where the view does not show it (it needs the front), or too little was measured.
    """
    values = _within(clip, f"knee_medial_offset_{side}", rep.start_s, rep.end_s)[1]
    return float(max(0, count_turns(values, KNEE_TURN_PCT) - 1)) if len(values) >= _FEWEST_FRAMES else float("nan")


def count_hesitations(clip: ClipResult, rep: Repetition, driver: str) -> float:
    """Return how often the movement slows down and speeds up again on the way down and on the way up.

    Parameters
    ----------
    driver
        Signal that the repetitions were found by.

    Returns
    -------
    float
        NaN where too little was measured.
    """
    down = _within(clip, driver, rep.start_s, rep.turn_s)
    up = _within(clip, driver, rep.turn_s, rep.end_s)
    if min(len(down[0]), len(up[0])) < _FEWEST_FRAMES:
        return float("nan")
    return float(_dips(*down) + _dips(*up))


def count_turns(values: FloatArray, smallest: float) -> int:
    """Return how often a curve changes its direction by more than a size.

    Parameters
    ----------
    values
        ``(n,)``, all finite.
    smallest
        Changes back and forth up to it are ignored, in the unit of the values.
    """
    if not len(values):
        return 0
    turns, direction, low, high = 0, 0, values[0], values[0]
    for value in values:
        low, high = min(low, value), max(high, value)
        if direction >= 0 and high - value > smallest:
            turns += direction > 0
            direction, low = -1, value
        elif direction <= 0 and value - low > smallest:
            turns += direction < 0
            direction, high = 1, value
    return int(turns)


def _dips(time_s: FloatArray, values: FloatArray) -> int:
    """Return the dips of the speed on one way; a way without any has one bump of speed, which is one turn."""
    speed = np.gradient(values, time_s) * np.sign(values[-1] - values[0])
    if speed.max() <= 0:
        return 0
    turns = count_turns(np.concatenate([[0.0], speed, [0.0]]), HESITATION_SHARE * float(speed.max()))
    return max(0, turns - 1) // 2


def _within(clip: ClipResult, signal: str, start_s: float, end_s: float) -> tuple[FloatArray, FloatArray]:
    """Return times and values of a signal between two times, where it was measured."""
    series = clip.series
    if signal not in series.values:
        return np.array([]), np.array([])
    values = series.values[signal]
    inside = (series.time_s >= start_s) & (series.time_s <= end_s) & np.isfinite(values)
    return series.time_s[inside], values[inside]
