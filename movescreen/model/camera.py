"""CameraPath: what the camera itself did in a clip, and the landmarks with it taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movescreen.model.equality import ValueEquality
from movescreen.model.pose import FloatArray, PoseSequence

_MOTION = ("camera_scale", "camera_turn_deg", "camera_right_px", "camera_down_px")
_ROLL = ("camera_roll_deg", "camera_roll_error_deg")


@dataclass(frozen=True, eq=False)
class CameraPath(ValueEquality):
    """How the background lies in every frame, against the first picture, and how crooked the camera stands.

    Attributes
    ----------
    scale, turn_deg, right_px, down_px
        ``(n,)`` similarity about the picture's middle that takes the first picture to this one: factor of size, clockwise turn, shift to the
        right and down. NaN where it could not be judged.
    roll_deg, roll_error_deg
        How far the first picture's content is turned clockwise against upright, and the standard deviation of its error.
    """

    scale: FloatArray
    turn_deg: FloatArray
    right_px: FloatArray
    down_px: FloatArray
    roll_deg: float = 0.0
    roll_error_deg: float = 0.0

    @classmethod
    def still(cls, n: int, roll_deg: float = 0.0, roll_error_deg: float = 0.0) -> CameraPath:
        """Return the path of a camera that stands still for ``n`` frames."""
        return cls(np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n), roll_deg, roll_error_deg)

    @classmethod
    def of(cls, poses: PoseSequence) -> CameraPath:
        """Return what was read of the camera beside these poses; that of a level camera that stands still when nobody looked."""
        n, extras = len(poses), poses.extras
        scale, turn, right, down = (
            extras.get(k, np.full(n, v)) for k, v in zip(_MOTION, (1.0, 0.0, 0.0, 0.0), strict=True)
        )
        roll, error = (float(extras[k][0]) if n and k in extras else 0.0 for k in _ROLL)
        return cls(scale, turn, right, down, roll, error)

    @property
    def known(self) -> NDArray[np.bool_]:
        """``(n,)`` frames in which it was judged how the background lies."""
        return np.isfinite(self.right_px)

    @property
    def readings(self) -> dict[str, FloatArray]:
        """The same as further readings from the pictures, ``(n,)`` each, as :attr:`PoseSequence.extras` holds them."""
        n = len(self.scale)
        values = (self.scale, self.turn_deg, self.right_px, self.down_px)
        roll = (np.full(n, self.roll_deg), np.full(n, self.roll_error_deg))
        return dict(zip((*_MOTION, *_ROLL), (*values, *roll), strict=True))

    def steady(self, poses: PoseSequence) -> PoseSequence:
        """Return the poses as a camera sees them that stands still and level, without the readings of the camera.

        Where the background could not be judged, its place is taken to go evenly from what was known before to what is known after.
        """
        others = {name: values for name, values in poses.extras.items() if name not in self.readings}
        poses = replace(poses, extras=others)
        if self == CameraPath.still(len(poses), 0.0, self.roll_error_deg):
            return poses
        scale, turn, right, down = self._bridged()
        middle = np.array(poses.image_size_px, dtype=np.float64) / 2
        points = poses.image_xy_px - middle - np.stack([right, down], axis=1)[:, None]
        turned = turn_clockwise(points / scale[:, None, None], -turn - self.roll_deg) + middle
        return poses.with_points(turned, turn_clockwise(poses.world_xyz_m, -turn - self.roll_deg))

    @property
    def is_still(self) -> bool:
        """True when the camera was seen not to move in any frame."""
        moved = np.ptp(np.stack([self.scale, self.turn_deg, self.right_px, self.down_px]), axis=1)
        return bool(self.known.all() and not moved.any())

    def rise_of_floor(self, since: NDArray[np.int64], at_px: FloatArray, size_px: tuple[int, int]) -> FloatArray:
        """Return how far the background went up in the picture, where something lay on it.

        Parameters
        ----------
        since
            ``(n,)`` frames, counted in this path, from which on it went up; -1 where nothing is asked.
        at_px
            ``(n, 2)`` where it lay then, px.
        size_px
            Width and height of the picture.

        Returns
        -------
        ndarray
            ``(n,)`` px, up positive; NaN where it is not known.
        """
        middle = np.array(size_px, dtype=np.float64) / 2
        shift = np.stack([self.right_px, self.down_px], axis=1)
        then = turn_clockwise((at_px - middle - shift[since])[:, None], -self.turn_deg[since])
        now = turn_clockwise(then, self.turn_deg)[:, 0] * (self.scale / self.scale[since])[:, None] + middle + shift
        return np.asarray(np.where(since >= 0, at_px[:, 1] - now[:, 1], np.nan))

    def _bridged(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        known, n = self.known, len(self.scale)
        if known.all():
            return self.scale, self.turn_deg, self.right_px, self.down_px
        if not known.any():
            return np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n)
        frames = np.arange(n)
        scale, turn, right, down = (
            np.interp(frames, frames[known], v[known]) for v in (self.scale, self.turn_deg, self.right_px, self.down_px)
        )
        return scale, turn, right, down


def turn_clockwise(points: FloatArray, angle_deg: FloatArray | float) -> FloatArray:
    """Return points turned about the origin in the plane of the picture, clockwise as it is seen.

    Parameters
    ----------
    points
        ``(n, k, 2)`` or ``(n, k, 3)``: x right, y down; a third coordinate stays.
    angle_deg
        One angle, or ``(n,)``, degrees.
    """
    angle = np.radians(np.broadcast_to(np.asarray(angle_deg, dtype=np.float64), (len(points),)))[:, None]
    turned = points.copy()
    turned[..., 0] = np.cos(angle) * points[..., 0] - np.sin(angle) * points[..., 1]
    turned[..., 1] = np.sin(angle) * points[..., 0] + np.cos(angle) * points[..., 1]
    return turned
