"""Jumps: the time in the air, and the height that it stands for."""

from __future__ import annotations

import numpy as np

from movescreen.measures.free_fall import doubt_clock, read_fall
from movescreen.measures.motion_blur import blur_error_s, doubt_sharpness, read_blur_ratio
from movescreen.measures.recording import MEASURES, AttemptReader, AttemptReading, MeasureContext, crossing
from movescreen.model import FloatArray, Notice, Repetition

#: Standard gravity, m/s2.
GRAVITY_M_S2 = 9.80665
#: The toes' way up and down is followed between these heights, share of leg length (the upper one at most so much of the highest),
#: and drawn on as a straight line to the ground: near the ground the landmark, which follows a fast foot with a delay, is least
#: to be trusted. Of the ways tried on 18 rendered jumps this one had the smallest spread.
_LOW, _HIGH, _HIGH_SHARE = 0.06, 0.20, 0.6
#: Nobody jumps higher from standing, cm.
_HIGHEST_CM = 90.0


@MEASURES.register("flight_time", wrap=AttemptReader)
def read_flight_time(recording: MeasureContext, rep: Repetition) -> AttemptReading:
    """Return the time from the toes' leaving the ground to their meeting it again, s; not where free fall convicts the clock."""
    if find_wrong_clock(recording) is not None:
        return AttemptReading(
            float("nan"), reason="the clip's clock cannot be right: the body falls too fast or too slowly"
        )
    inside = (recording.time_s >= rep.turn_start_s) & (recording.time_s <= rep.turn_end_s)
    if not recording.at_rest[inside].all():
        return AttemptReading(float("nan"), reason=recording.why_unsteady)
    flight = _read_flight(recording, rep)
    if (height := _height_cm(flight)) > _HIGHEST_CM:
        text = f"a jump of {height:.0f} cm is higher than anybody's: the feet were not seen well, or the clip plays too slow"
        return AttemptReading(float("nan"), reason=text)
    return AttemptReading(flight, short=blur_error_s(read_blur_ratio(recording)))


def doubt_recording(recording: MeasureContext) -> tuple[Notice, ...]:
    """Return what is told of a clip of jumps whose clock is wrong or whose pictures are blurred."""
    found = (find_wrong_clock(recording), doubt_sharpness(read_blur_ratio(recording)))
    return tuple(notice for notice in found if notice is not None)


def find_wrong_clock(recording: MeasureContext) -> Notice | None:
    """Return what is told of a clip of jumps whose clock free fall convicts, or None."""
    whole = [rep for rep in recording.reps if rep.complete]
    return doubt_clock([read_fall(recording, rep, _read_flight(recording, rep)) for rep in whole])


def _read_flight(recording: MeasureContext, rep: Repetition) -> float:
    toes = np.mean([recording.rise(f"{side}_foot_index") for side in ("left", "right")], axis=0)
    inside = np.flatnonzero((recording.time_s >= rep.turn_start_s) & (recording.time_s <= rep.turn_end_s))
    inside = inside[np.isfinite(toes[inside])]
    if not inside.size:
        return float("nan")
    top = int(inside[np.argmax(toes[inside])])
    high = min(_HIGH, _HIGH_SHARE * float(toes[top]))
    if high <= _LOW:
        return float("nan")
    return _ground(recording, toes, top, 1, high) - _ground(recording, toes, top, -1, high)


def _ground(recording: MeasureContext, toes: FloatArray, top: int, step: int, high: float) -> float:
    """Return when the toes, followed from their highest place on or back, are at the ground, s."""
    at_high, at_low = (crossing(recording.time_s, toes, top, step, level) for level in (high, _LOW))
    return at_low + (at_low - at_high) * _LOW / (high - _LOW)


@MEASURES.register("jump_height", wrap=AttemptReader)
def read_jump_height(recording: MeasureContext, rep: Repetition) -> AttemptReading:
    """Return how high the body's center rises after take-off when it lands as it took off: g times the flight time squared over 8, cm."""
    flight = read_flight_time(recording, rep)
    if flight.reason:
        return flight
    per_second = 100.0 * GRAVITY_M_S2 * flight.value / 4.0
    return AttemptReading(_height_cm(flight.value), per_second, short=per_second * flight.short)


def _height_cm(flight_s: float) -> float:
    return 100.0 * GRAVITY_M_S2 * flight_s**2 / 8.0
