"""Joints that the trainer moved at the turn of a repetition: the landmarks with them, beside those that the camera found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from movescreen.model.equality import ValueEquality
from movescreen.model.pose import FloatArray, PoseSequence

#: What may be moved: the joints that angles are measured between.
MOVABLE = tuple(
    f"{side}_{part}" for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for side in ("left", "right")
)


@dataclass(frozen=True, eq=False)
class MovedJoint(ValueEquality):
    """A joint that the trainer moved.

    Attributes
    ----------
    joint
        Its name, such as ``left_knee``.
    by_px
        To the right and down, pixels of the analyzed picture, from where the camera saw it.
    span_s
        Start of the repetition, the stretch at its turn, and its end; seconds.
    reason
        Why, in the trainer's words.
    """

    joint: str
    by_px: tuple[float, float]
    span_s: tuple[float, float, float, float]
    reason: str = ""

    def weight(self, time_s: FloatArray) -> FloatArray:
        """Return ``(n,)`` how much of the move holds: all of it at the turn, less and less towards both ends, nothing outside."""
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.interp(time_s, self.span_s, (0.0, 1.0, 1.0, 0.0))))


def move_joints(poses: PoseSequence, moved: Iterable[MovedJoint]) -> PoseSequence:
    """Return poses with joints where the trainer put them, in the picture and, as far aside and down, in the world.

    How far away a joint is cannot be told from a picture: it stays as the network has it.
    """
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    for each in moved:
        way = each.weight(poses.time_s)[:, None] * np.array(each.by_px)
        landmark = poses.skeleton.index[each.joint]
        image[:, landmark] += way
        world[:, landmark, :2] += way * _meters_per_px(poses)
    return poses.with_points(image, world)


def _meters_per_px(poses: PoseSequence) -> float:
    """Return the size of a pixel at the person, m: how far the landmarks reach in the world, over how far in the picture."""

    def reach(points: FloatArray) -> FloatArray:
        spread = points - np.nanmean(points, axis=1, keepdims=True)
        return np.asarray(np.sqrt(np.nansum(spread**2, axis=(1, 2))))

    seen = poses.detected & np.isfinite(poses.world_xyz_m).all(axis=(1, 2))
    if not seen.any():
        return 0.0
    return float(np.median(reach(poses.world_xyz_m[seen, :, :2]) / reach(poses.image_xy_px[seen])))
