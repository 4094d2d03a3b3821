"""Joints that something in front of the body covers, read from the picture itself.

The pose network guesses hips and knees behind a box, a bench or a post as surely as those it sees. The picture tells them apart:
where a joint goes, the picture changes. When it stays the same all around a joint that is said to have moved, something that
stands still is in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movescreen.model import BLAZEPOSE, FloatArray, Frame, PoseSequence
from movescreen.thumbnail import make_thumbnail

#: Joints that are looked at: those that move while the feet stay.
JOINTS = tuple(f"{side}_{part}" for part in ("shoulder", "hip", "knee") for side in ("left", "right"))
#: Pictures looked at a second, and the height of the small picture, px.
_SAMPLE_HZ, _HEIGHT_PX = 5.0, 240
#: A joint must have moved this far since the upright picture, share of the leg's length, and is looked at as far around.
_MOVED, _AROUND = 0.08, 0.12
#: A pixel has changed when it differs by more than noise makes it, 0..255; with fewer of them than this share nothing has moved there.
_CHANGED, _UNCHANGED_FRAC = 12, 0.03
#: In a darker picture than this, mean 0..255, a change cannot be told from noise.
_TOO_DARK = 40.0
#: A verdict holds for the pictures this near, s.
_HOLDS_S = 0.15

_POINTS = BLAZEPOSE.indices(JOINTS)
_SHOULDERS = BLAZEPOSE.indices(["left_shoulder", "right_shoulder"])
_LEGS = [BLAZEPOSE.indices([f"{s}_hip", f"{s}_knee", f"{s}_ankle"]) for s in ("left", "right")]


@dataclass
class _Upright:
    """The picture with the shoulders highest so far: small and gray, joints in its pixels, length of the leg."""

    gray: NDArray[np.int16]
    joints: FloatArray
    leg_px: float
    shoulder_px: float


class CoverWatch:
    """Feed frames with the person's landmarks in time order; tells which joints were covered when."""

    def __init__(self) -> None:
        self._upright: _Upright | None = None
        self._due_s = -np.inf
        self._seen: list[tuple[float, FloatArray]] = []

    def push(self, frame: Frame, points_px: FloatArray | None) -> None:
        """Take a frame, when it is time for one.

        Parameters
        ----------
        frame
            The picture that the landmarks belong to.
        points_px
            ``(33, 2)`` landmarks in its pixels, or None when the person was not found.
        """
        if points_px is None or frame.time_s < self._due_s:
            return
        self._due_s = frame.time_s + 0.9 / _SAMPLE_HZ
        scale = _HEIGHT_PX / frame.image.shape[0]
        gray = _shrink(frame.image)
        points = points_px * scale
        shoulder = float(points[_SHOULDERS, 1].mean())
        if self._upright is None or self._upright.gray.shape != gray.shape or shoulder < self._upright.shoulder_px:
            self._upright = _Upright(gray, points[_POINTS], _leg_px(points), shoulder)
        elif gray.mean() >= _TOO_DARK:
            self._seen.append((frame.time_s, _is_covered(self._upright, gray, points[_POINTS])))

    def on_cut(self) -> None:
        """Take note that the next frame is of another take: what stood where before is not known any more."""
        self._upright, self._due_s = None, -np.inf

    def covered(self, poses: PoseSequence) -> dict[str, FloatArray]:
        """Return ``covered_<joint>`` -> ``(n,)``, 1 in the frames in which it was covered; only of joints that ever were."""
        if not self._seen:
            return {}
        times = np.array([time_s for time_s, _ in self._seen])
        verdicts = np.array([verdict for _, verdict in self._seen])
        nearest = np.abs(poses.time_s[:, None] - times[None, :])
        at = nearest.argmin(axis=1)
        near = nearest.min(axis=1) <= _HOLDS_S
        return {
            f"covered_{name}": np.where(near, verdicts[at, i], 0.0)
            for i, name in enumerate(JOINTS)
            if verdicts[:, i].any()
        }


def _is_covered(upright: _Upright, gray: NDArray[np.int16], joints: FloatArray) -> FloatArray:
    """Return ``(joints,)`` 1 where nothing changed around a joint that moved."""
    covered = np.zeros(len(joints))
    reach = max(_AROUND * upright.leg_px, 3.0)
    moved = np.linalg.norm(joints - upright.joints, axis=1) >= _MOVED * upright.leg_px
    for i in np.flatnonzero(moved):
        (left, top), (right, bottom) = np.maximum(joints[i] - reach, 0).astype(int), (joints[i] + reach).astype(int)
        before, now = upright.gray[top:bottom, left:right], gray[top:bottom, left:right]
        if now.size and (np.abs(now - before) > _CHANGED).mean() < _UNCHANGED_FRAC:
            covered[i] = 1.0
    return covered


def _leg_px(points: FloatArray) -> float:
    lengths = [np.linalg.norm(np.diff(points[leg], axis=0), axis=1).sum() for leg in _LEGS]
    return float(np.nan_to_num(np.max(lengths)))


def _shrink(image: NDArray[np.uint8]) -> NDArray[np.int16]:
    height, width = image.shape[:2]
    return make_thumbnail(image, (max(round(width * _HEIGHT_PX / height), 1), _HEIGHT_PX)).astype(np.int16)
