"""What a session gets to see: one moment of the camera, already turned into a pose and a few facts of the picture."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from movescreen.model import BLAZEPOSE, FloatArray, PoseSequence
from movescreen.pose import DetectedPose
from movescreen.scene.roll import Roll

#: Landmarks further outside the picture than this share of its size are guesses of the network.
_OUTSIDE_SHARE = 0.02
_K = len(BLAZEPOSE.landmarks)


@dataclass(frozen=True)
class Light:
    """How bright the picture is where the person is, and elsewhere: medians, 0..255."""

    person: float
    around: float


@dataclass(frozen=True, eq=False)
class Observation:
    """One moment.

    Attributes
    ----------
    time_s
        Seconds since the session began; rises.
    image_size_px
        ``(width, height)`` of the picture.
    index
        Number of the picture, as the camera counts.
    people
        How many are in the picture, as far as somebody looked lately.
    light
        Brightness; None when it was not measured this time.
    lines
        How crooked the lines of the room say the camera stands; None when nobody looked this time, or they do not agree.
    lifts
        Further readings from the picture, see :attr:`PoseSequence.extras`.
    """

    time_s: float
    image_size_px: tuple[int, int]
    pose: DetectedPose | None
    index: int = 0
    people: int = 1
    light: Light | None = None
    lines: Roll | None = None
    lifts: Mapping[str, float] = field(default_factory=dict)

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Return ``(k, 2)`` px and ``(k, 3)`` m of the pose, NaN where nobody is or a point lies outside the picture."""
        if self.pose is None:
            return np.full((_K, 2), np.nan), np.full((_K, 3), np.nan)
        size = np.array(self.image_size_px, dtype=float)
        outside = self.outside(_OUTSIDE_SHARE * size)[:, None]
        return np.where(outside, np.nan, self.pose.image_xy_px), np.where(outside, np.nan, self.pose.world_xyz_m)

    def outside(self, margin_px: FloatArray) -> FloatArray:
        """Return ``(k,)`` which landmarks lie beyond the picture by more than a margin; a negative one lies inside."""
        assert self.pose is not None
        points = self.pose.image_xy_px
        return np.asarray(((points < -margin_px) | (points > np.array(self.image_size_px) + margin_px)).any(axis=1))


class PoseBuffer:
    """Sights in a row, as poses.

    Parameters
    ----------
    seconds
        Only so much of the end is kept; everything when None.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._sights: deque[Observation] = deque()

    def __len__(self) -> int:
        return len(self._sights)

    def push(self, sight: Observation) -> None:
        """Append a sight; one that is not later than the last is left out, one of another picture size starts over."""
        if self._sights and sight.image_size_px != self._sights[-1].image_size_px:
            self._sights.clear()
        if self._sights and sight.time_s <= self._sights[-1].time_s:
            return
        self._sights.append(sight)
        while self._seconds is not None and sight.time_s - self._sights[0].time_s > self._seconds:
            self._sights.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._sights.clear()

    @property
    def duration_s(self) -> float:
        """Time from the first to the last sight, s."""
        return self._sights[-1].time_s - self._sights[0].time_s if self._sights else 0.0

    def to_poses(self, *, plain: bool = False) -> PoseSequence:
        """Return the poses, with times from the first one on.

        Parameters
        ----------
        plain
            Landmarks outside the picture as the network gave them, as in a pose file; NaN otherwise.
        """
        sights = list(self._sights)
        missing = np.full((_K, 2), np.nan), np.full((_K, 3), np.nan)
        both = [
            ((s.pose.image_xy_px, s.pose.world_xyz_m) if s.pose else missing) if plain else s.points() for s in sights
        ]
        seen = [s.pose.visibility if s.pose else np.full(_K, np.nan) for s in sights]
        n = len(sights)
        names = dict.fromkeys(name for s in sights for name in s.lifts)
        return PoseSequence(
            np.array([s.time_s - sights[0].time_s for s in sights], dtype=float),
            np.array([b[0] for b in both], dtype=float).reshape(n, _K, 2),
            np.array([b[1] for b in both], dtype=float).reshape(n, _K, 3),
            np.array(seen, dtype=float).reshape(n, _K),
            np.array([s.index for s in sights], dtype=np.int64),
            sights[-1].image_size_px if sights else (0, 0),
            extras={name: np.array([s.lifts.get(name, np.nan) for s in sights], dtype=float) for name in names},
        )
