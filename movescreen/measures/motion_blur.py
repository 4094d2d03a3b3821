"""How far fast motion smears the picture: the moments of a jump are then read late and early."""

from __future__ import annotations

import numpy as np

from movescreen.measures.recording import MeasureContext
from movescreen.model import Notice

#: Sharpness in the fastest frames over that at rest, of clips that are not blurred at all.
_SHARP_RATIO = 0.77
#: Below this ratio the error grows, by so many seconds for each unit that it lacks: pictures averaged over two and four frames
#: made a jump 3 and 7 cm too low at ratios of 0.62 and 0.46.
_GROWS_BELOW, _SECONDS = 0.7, 0.17
#: Below this ratio blur is told.
_TOLD_BELOW = 0.6
#: A person at rest with edges flatter than this, gray levels, does not tell.
_LEAST_EDGE = 6.0
#: The fastest frames and those at rest, by percentiles of the hips' speed.
_FAST, _REST = 93.0, 40.0


def read_blur_ratio(recording: MeasureContext) -> float:
    """Return how sharp the person is while fast against at rest; NaN when the pictures were not looked at or show no edges."""
    sharp = recording.poses.extras.get("sharpness")
    height = recording.poses.xy("mid_hip")[:, 1]
    if sharp is None or len(height) < 10:
        return float("nan")
    speed = np.abs(np.gradient(height, recording.time_s))
    seen = np.isfinite(speed) & np.isfinite(sharp)
    if seen.sum() < 10:
        return float("nan")
    fast, rest = np.percentile(speed[seen], [_FAST, _REST])
    still = float(np.median(sharp[seen & (speed <= rest)]))
    return float(np.median(sharp[seen & (speed >= fast)])) / still if still >= _LEAST_EDGE else float("nan")


def blur_error_s(ratio: float) -> float:
    """Return the standard deviation that blur adds to a flight time, s; 0 when it is not known."""
    return _SECONDS * (_SHARP_RATIO - ratio) if ratio < _GROWS_BELOW else 0.0


def doubt_sharpness(ratio: float) -> Notice | None:
    """Return what is told of pictures that fast motion smears; None while they are sharp, or nobody looked."""
    if not ratio < _TOLD_BELOW:
        return None
    text = "Fast motion is blurred: take-off and landing are read less exactly, and heights come out too low. Record in bright light."
    return Notice("motion_blur", text, ("all",))
