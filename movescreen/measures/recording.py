"""What a measure may look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.catalog.schema import MovementSpec
from movescreen.model import BoolArray, FloatArray, KinematicSeries, PoseSequence, Repetition, View
from movescreen.registry import Registry


@dataclass(frozen=True, kw_only=True)
class MeasureContext:
    """One clip of a test, ready to be measured.

    Attributes
    ----------
    spec
        The movement.
    poses
        Repaired, but not smoothed: a foot leaves the ground faster than a low-pass lets it.
    smooth
        The same, smoothed.
    standing
        ``(n,)`` frames of quiet standing.
    leg_length_px
        Leg length in the picture.
    series
        Signals of the clip.
    reps
        All repetitions, also those that are not complete.
    view
        View decision.
    at_rest
        ``(n,)`` frames in which a place in the picture is known to be a place in the room.
    why_unsteady
        Why it is not known in the others.
    """

    spec: MovementSpec
    poses: PoseSequence
    smooth: PoseSequence
    standing: BoolArray
    leg_length_px: float
    series: KinematicSeries
    reps: tuple[Repetition, ...]
    view: View
    at_rest: BoolArray
    why_unsteady: str

    @property
    def time_s(self) -> FloatArray:
        """Times of the frames, s."""
        return self.poses.time_s

    @property
    def frame_s(self) -> float:
        """The usual time from one picture to the next that differs, s: a doubled picture shows nothing new."""
        step = float(np.median(np.diff(self.time_s)))
        different = self.poses.extras.get("different_pictures", np.array([]))
        seen = different[np.isfinite(different)]
        return step / max(float(np.median(seen)), 0.1) if seen.size else step

    @property
    def standing_leg_px(self) -> float:
        """Height of the hips over the ankles in standing, px; NaN when nobody stands."""
        height = self.poses.xy("mid_ankle")[:, 1] - self.poses.xy("mid_hip")[:, 1]
        still = height[self.standing & np.isfinite(height)]
        return float(np.median(still)) if still.size else float("nan")

    def rise(self, name: str) -> FloatArray:
        """Return how far a landmark is above its place in standing, without smoothing, share of leg length, ``(n,)``; NaN where the camera may move."""
        height = self.poses.xy(name)[:, 1]
        still = height[self.standing & np.isfinite(height)]
        level = float(np.median(still)) if still.size else np.nan
        return np.where(self.at_rest, (level - height) / self.leg_length_px, np.nan)


@dataclass(frozen=True)
class AttemptReading:
    """One attempt as read.

    Attributes
    ----------
    value
        In the measure's unit; NaN when it could not be read.
    per_second
        How much the value grows with a second of the time that it is made of, in its unit.
    reason
        Why it could not be read, where that is more than not being seen.
    short
        Standard deviation, in the unit, that this recording adds: something slow was looked at for a short time only, or fast
        motion was blurred.
    """

    value: float
    per_second: float = 1.0
    short: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class AttemptReader:
    """Reads each attempt by itself; ``bounded`` for what lasts longer than a clip that ends too early."""

    read: Callable[[MeasureContext, Repetition], AttemptReading]
    bounded: bool = False


@dataclass(frozen=True)
class SetReader:
    """Reads all attempts together, of which there must be at least so many."""

    read: Callable[[MeasureContext, Sequence[Repetition]], AttemptReading]
    fewest: int


#: Name of a measure -> how it is read.
MEASURES: Registry[AttemptReader | SetReader] = Registry("measure")


def crossing(time_s: FloatArray, values: FloatArray, start: int, step: int, level: float) -> float:
    """Return when a signal, followed from a frame on or back, first falls to a level, s.

    Parameters
    ----------
    time_s, values
        ``(n,)``.
    start
        Frame to begin at; the signal is above the level there.
    step
        1 follows it on, -1 back.

    Returns
    -------
    float
        Straight between the two frames; NaN when it never falls there, or was not measured on the way.
    """
    i = start
    while 0 <= i + step < len(values) and np.isfinite(values[i + step]):
        a, b = float(values[i]), float(values[i + step])
        if b <= level:
            share = (a - level) / (a - b) if a > b else 0.0
            return float(time_s[i] + np.clip(share, 0.0, 1.0) * (time_s[i + step] - time_s[i]))
        i += step
    return float("nan")
