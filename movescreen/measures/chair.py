"""Chair stands: how long five of them take, and a single rise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from movescreen.measures.recording import MEASURES, AttemptReader, Read, Recording, SetReader, crossing
from movescreen.model import FloatArray, Repetition

#: Share of the way up at which the seat is left and met, and short of the top at which somebody stands.
_SEAT, _STOOD = 0.03, 0.02
#: The trunk has begun to move when the shoulders are this far from where they rested, share of leg length.
_FIRST_MOVE = 0.03
#: How long before the seat is left the trunk may have begun to move, s.
_LEAN_S = 1.5
FIVE = 5


@MEASURES.register("chair_rise_time", wrap=AttemptReader)
def read_rise_time(recording: Recording, rep: Repetition) -> Read:
    """Return the time from leaving the seat to standing, s."""
    left, stood, _ = _moments(recording, rep)
    return Read(stood - left)


@MEASURES.register("chair_stand_5x_time", wrap=partial(SetReader, fewest=FIVE))
def read_five_stands(recording: Recording, reps: Sequence[Repetition]) -> Read:
    """Return the time from the first movement to sitting again after the fifth stand, s; NaN for fewer than five."""
    if len(reps) < FIVE:
        return Read(float("nan"))
    return Read(_moments(recording, reps[FIVE - 1])[2] - _first_move(recording, reps[0]))


@MEASURES.register("chair_rise_5x_time", wrap=partial(SetReader, fewest=FIVE))
def read_five_rises(recording: Recording, reps: Sequence[Repetition]) -> Read:
    """Return the time from the first movement to standing for the fifth time, s; NaN for fewer than five."""
    if len(reps) < FIVE:
        return Read(float("nan"))
    return Read(_moments(recording, reps[FIVE - 1])[1] - _first_move(recording, reps[0]))


def _moments(recording: Recording, rep: Repetition) -> tuple[float, float, float]:
    """Return when the seat is left, when the person stands, and when the seat is met again, s."""
    rise, time_s = recording.series.values["body_rise"], recording.time_s
    around = (time_s >= rep.start_s - 0.5) & (time_s <= rep.end_s + 0.5)
    top = _top(rise, (time_s >= rep.turn_start_s) & (time_s <= rep.turn_end_s))
    before = rise[around & (time_s < rep.turn_s) & np.isfinite(rise)]
    after = rise[around & (time_s > rep.turn_s) & np.isfinite(rise)]
    if top < 0 or not before.size or not after.size:
        return (float("nan"),) * 3
    height = float(rise[top])
    low, end = float(np.percentile(before, 5)), float(np.percentile(after, 5))
    left = crossing(time_s, rise, top, -1, low + _SEAT * (height - low))
    met = crossing(time_s, rise, top, 1, end + _SEAT * (height - end))
    stood = np.flatnonzero((time_s >= left) & (rise >= height - _STOOD * (height - low)))
    return left, float(time_s[stood[0]]) if stood.size else float("nan"), met


def _top(rise: FloatArray, use: np.ndarray) -> int:
    chosen = np.flatnonzero(use & np.isfinite(rise))
    return int(chosen[np.argmax(rise[chosen])]) if chosen.size else -1


def _first_move(recording: Recording, rep: Repetition) -> float:
    """Return when the trunk began to lean for a stand, s; when the seat was left where the lean is not seen."""
    left, time_s = _moments(recording, rep)[0], recording.time_s
    if not np.isfinite(left):
        return float("nan")
    shoulders = recording.smooth.xy("mid_shoulder") / recording.leg_length_px
    resting = (time_s < left - 0.3) & (time_s >= left - _LEAN_S) & np.isfinite(shoulders).all(axis=1)
    if not resting.any():
        return left
    rest = np.median(shoulders[resting][: max(3, resting.sum() // 3)], axis=0)
    away = np.linalg.norm(shoulders - rest, axis=1)
    at = int(np.argmin(np.abs(time_s - left)))
    if not away[at] > _FIRST_MOVE:
        return left
    moved = crossing(time_s, away, at, -1, _FIRST_MOVE)
    return moved if np.isfinite(moved) and left - moved <= _LEAN_S else left
