"""Jumps: the time in the air, and the height that it stands for."""

from __future__ import annotations

import numpy as np

from movescreen.model import Repetition
from movescreen.performance.recording import Read, Recording, crossing

#: Standard gravity, m/s2.
GRAVITY_M_S2 = 9.80665
#: Height of the toes, share of leg length, at which the foot is taken to leave and to meet the ground: the toe landmark follows a
#: fast foot with a delay, and at this height its two delays cancel (rendered jumps with known times).
_TOE_OFF = 0.035


def read_flight_time(recording: Recording, rep: Repetition) -> Read:
    """Return the time from the toes' leaving the ground to their meeting it again, s."""
    toes = np.mean([recording.rise(f"{side}_foot_index", smooth=False) for side in ("left", "right")], axis=0)
    inside = np.flatnonzero((recording.time_s >= rep.turn_start_s) & (recording.time_s <= rep.turn_end_s))
    inside = inside[np.isfinite(toes[inside])]
    if not inside.size:
        return Read(float("nan"))
    top = int(inside[np.argmax(toes[inside])])
    if toes[top] <= _TOE_OFF:
        return Read(float("nan"))
    off = crossing(recording.time_s, toes, top, -1, _TOE_OFF)
    on = crossing(recording.time_s, toes, top, 1, _TOE_OFF)
    return Read(on - off)


def read_jump_height(recording: Recording, rep: Repetition) -> Read:
    """Return how high the body's centre rises after take-off when it lands as it took off: g times the flight time squared over 8, cm."""
    flight = read_flight_time(recording, rep).value
    return Read(100.0 * GRAVITY_M_S2 * flight**2 / 8.0, 100.0 * GRAVITY_M_S2 * flight / 4.0)
