"""The clock of a clip, held against free fall: whoever is in the air falls with gravity, whatever the camera."""

from __future__ import annotations

import numpy as np

from movescreen.measures.recording import MeasureContext
from movescreen.model import Notice, Repetition

#: Assumed height of the hips over the ankles, m.
_LEG_M = 0.9
#: What falls with gravity reads about this with such legs, m/s2: the hips of most adults are 0.75 to 0.85 m over the ankles.
_USUAL_FALL = 10.9
#: A median fall outside of this convicts the clock, m/s2: legs from 0.63 to 0.98 m stay inside.
_LEAST_FALL, _MOST_FALL = 9.0, 14.0
#: Middle part of the flight that is looked at, and the fewest frames that show a fall.
_MIDDLE_SHARE, _FEWEST = 0.8, 5


def read_fall(recording: MeasureContext, rep: Repetition, flight_s: float) -> float:
    """Return how fast the hips fall in the middle of a flight, m/s2 for legs of 0.9 m; NaN when too little of it was seen."""
    time_s, height = recording.time_s, recording.poses.xy("mid_hip")[:, 1]
    inside = (np.abs(time_s - rep.turn_s) <= _MIDDLE_SHARE / 2 * flight_s) & np.isfinite(height)
    if inside.sum() < _FEWEST:
        return float("nan")
    bend = np.polyfit(time_s[inside] - rep.turn_s, height[inside] / recording.standing_leg_px, 2)[0]
    return float(2.0 * bend * _LEG_M)


def doubt_clock(falls: list[float]) -> Notice | None:
    """Return what is told of a clock that free fall convicts; None while it may be right.

    Parameters
    ----------
    falls
        One fall for each flight, m/s2, NaN where it could not be read.
    """
    seen = [fall for fall in falls if np.isfinite(fall)]
    if not seen or _LEAST_FALL <= (fall := float(np.median(seen))) <= _MOST_FALL:
        return None
    factor = float(np.sqrt(_USUAL_FALL / fall)) if fall > 0 else float("inf")
    how = f"about {factor:.1f} times too slow" if factor > 1 else f"about {1 / factor:.1f} times too fast"
    if not np.isfinite(factor) or factor > 10:
        how = "at a wrong speed"
    text = (
        f"The clip's clock cannot be right: in the air the body falls with {fall:.1f} m/s2 instead of about {_USUAL_FALL:.0f} "
        f"(for legs of {_LEG_M:.1f} m), so the clip seems to play {how}. Heights and times are not given. Use the file as the camera "
        "wrote it, or name its slow motion with --slowmo."
    )
    return Notice("clock_wrong", text, ("all",))
