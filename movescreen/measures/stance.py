"""Standing on one leg: how long, and how much the body sways from side to side."""

from __future__ import annotations

from functools import partial

import numpy as np

from movescreen.measures.recording import MEASURES, AttemptReader, Read, Recording, crossing
from movescreen.model import FloatArray, Repetition

#: Height of the free foot above its place in standing, share of leg length, at which it leaves and meets the ground.
_FOOT_OFF = 0.03
#: Lifting the foot and putting it down takes no longer, s.
_GOING_S = 0.4
#: Getting into the posture and out of it is no sway: left out at the beginning and at the end, s.
_SETTLE_S, _LEAVE_S = 1.0, 0.5
#: Shorter than this nothing is said about sway, s.
_SHORTEST_S = 6.0
#: People sway mostly below this frequency: the spread of a slow motion is known the less the shorter it was seen, Hz.
_SWAY_HZ = 0.3


@MEASURES.register("stance_time", wrap=partial(AttemptReader, bounded=True))
def read_stance_time(recording: Recording, rep: Repetition) -> Read:
    """Return how long the free foot was off the ground, s."""
    lift, time_s = _free_foot_lift(recording, rep), recording.time_s

    def follow(from_s: float, step: int) -> float:
        # outward from where it is surely up: in between a landmark may have slipped for a moment
        begin = int(np.argmin(np.abs(time_s - from_s)))
        when = crossing(time_s, lift, begin, step, _FOOT_OFF) if lift[begin] > _FOOT_OFF else float("nan")
        return when if np.isfinite(when) else from_s

    return Read(follow(rep.end_s, 1) - follow(rep.start_s, -1))


def _free_foot_lift(recording: Recording, rep: Repetition) -> FloatArray:
    """Return how far the free foot is above the other one, against both on the ground before and after, share of leg length."""
    free = "left" if rep.side == "right" else "right"
    over = recording.smooth.xy(f"{rep.side}_ankle")[:, 1] - recording.smooth.xy(f"{free}_ankle")[:, 1]
    on_two = np.isfinite(over)
    for hold in recording.reps:
        on_two &= (recording.time_s < hold.start_s - _GOING_S) | (recording.time_s > hold.end_s + _GOING_S)
    level = float(np.median(over[on_two])) if on_two.any() else 0.0
    return np.asarray((over - level) / recording.leg_length_px)


@MEASURES.register("stance_sway", wrap=partial(AttemptReader, bounded=True))
def read_sway(recording: Recording, rep: Repetition) -> Read:
    """Return the standard deviation of mid-hip's sideways place over the standing foot, % of leg length."""
    time_s = recording.time_s
    across = recording.smooth.xy("mid_hip")[:, 0] - recording.smooth.xy(f"{rep.side}_ankle")[:, 0]
    inside = (time_s >= rep.start_s + _SETTLE_S) & (time_s <= rep.end_s - _LEAVE_S) & np.isfinite(across)
    if not inside.any() or time_s[inside][-1] - time_s[inside][0] < _SHORTEST_S - _SETTLE_S - _LEAVE_S:
        return Read(float("nan"), reason=f"sway takes a stance of at least {_SHORTEST_S:.0f} s")
    sway = float(100.0 * across[inside].std() / recording.leg_length_px)
    # of a noise of bandwidth B, seen for T, the standard deviation is known to one part in the root of 4 B T
    seen_s = float(time_s[inside][-1] - time_s[inside][0])
    return Read(sway, 0.0, sway / float(np.sqrt(4.0 * _SWAY_HZ * seen_s)))
