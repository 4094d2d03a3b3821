"""Standing on one leg: how long, and how much the body sways from side to side."""

from __future__ import annotations

import numpy as np

from movescreen.model import Repetition
from movescreen.performance.recording import Read, Recording, crossing

#: Height of the free foot above its place in standing, share of leg length, at which it leaves and meets the ground.
_FOOT_OFF = 0.03
#: Getting into the posture and out of it is no sway: left out at the beginning and at the end, s.
_SETTLE_S, _LEAVE_S = 1.0, 0.5
#: Shorter than this nothing is said about sway, s.
_SHORTEST_S = 3.0


def read_stance_time(recording: Recording, rep: Repetition) -> Read:
    """Return how long the free foot was off the ground, s."""
    free = "left" if rep.side == "right" else "right"
    rise, time_s = recording.rise(f"{free}_ankle"), recording.time_s
    middle = int(np.argmin(np.abs(time_s - rep.turn_s)))
    if not rise[middle] > _FOOT_OFF:
        return Read(rep.end_s - rep.start_s)
    off = crossing(time_s, rise, middle, -1, _FOOT_OFF)
    on = crossing(time_s, rise, middle, 1, _FOOT_OFF)
    seen = time_s[np.isfinite(rise)]
    return Read((on if np.isfinite(on) else float(seen[-1])) - (off if np.isfinite(off) else float(seen[0])))


def read_sway(recording: Recording, rep: Repetition) -> Read:
    """Return the standard deviation of mid-hip's sideways place over the standing foot, % of leg length."""
    time_s = recording.time_s
    across = recording.xy("mid_hip")[:, 0] - recording.xy(f"{rep.side}_ankle")[:, 0]
    inside = (time_s >= rep.start_s + _SETTLE_S) & (time_s <= rep.end_s - _LEAVE_S) & np.isfinite(across)
    if not inside.any() or time_s[inside][-1] - time_s[inside][0] < _SHORTEST_S - _SETTLE_S - _LEAVE_S:
        return Read(float("nan"))
    return Read(float(100.0 * across[inside].std() / recording.leg_length_px), 0.0)
