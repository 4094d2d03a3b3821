"""BodyFrame: the person's own sizes, directions and standing references that signals are measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from movescreen.kinematics.geometry import compute_length
from movescreen.kinematics.lifting import LiftedLeg, lift_legs
from movescreen.kinematics.quality import compute_leg_length_px
from movescreen.model import BoolArray, FloatArray, PoseSequence, View, ViewKind

#: A far leg is measured only while its ankle is at least this far (in leg lengths) beside the near one.
FAR_LEG_CLEARANCE = 0.28
#: A projected segment shorter than this share of its full length points at the camera: its direction is undefined.
MIN_PROJECTED_SHARE = 0.3


@dataclass(frozen=True)
class BodyFrame:
    """Smoothed poses with everything a signal needs beside them.

    Attributes
    ----------
    poses
        Smoothed poses of one person.
    view
        The clip's view decision.
    standing
        ``(n,)`` frames in which the person stands still and upright; references are read there.
    leg_length_px, leg_length_m
        Thigh plus shank in the picture and in world landmarks.
    """

    poses: PoseSequence
    view: View
    standing: BoolArray
    leg_length_px: float
    leg_length_m: float

    @property
    def forward_sign(self) -> float:
        """+1 when the person faces image right, -1 when image left (side and oblique views)."""
        return -1.0 if self.view.facing == "left" else 1.0

    @cached_property
    def legs(self) -> Mapping[str, LiftedLeg]:
        """Both legs in three dimensions, by side."""
        return lift_legs(self.poses, self.standing, self.view.yaw_deg, self.leg_length_px, self.leg_length_m)

    def forward(self, vectors: FloatArray) -> FloatArray:
        """Return how far vectors in the camera's axes reach to where the person faces, ``(n,)``."""
        return np.asarray(vectors @ self.person_axes()[1])

    def xy(self, name: str) -> FloatArray:
        """Return ``(n, 2)`` px of a landmark, or of the middle of a pair (``mid_hip``)."""
        return self.poses.xy(name)

    def world(self, name: str) -> FloatArray:
        """Return ``(n, 3)`` m of a landmark, or of the middle of a pair."""
        return self.poses.world(name)

    def person_axes(self) -> tuple[FloatArray, FloatArray]:
        """Return the person's left and forward directions in camera axes (x right, y down, z away), from the view's yaw."""
        yaw = np.radians(self.view.yaw_deg if np.isfinite(self.view.yaw_deg) else 0.0)
        return np.array([np.cos(yaw), 0.0, np.sin(yaw)]), np.array([np.sin(yaw), 0.0, -np.cos(yaw)])

    def leg_is_seen(self, side: str) -> BoolArray:
        """Return ``(n,)`` whether this leg can be measured from the side.

        The near leg always can. The far leg is hidden behind the near one unless it is clearly in front of it or behind
        it: the model's visibility stays high for hidden joints, so geometry decides.
        """
        if self.view.kind is not ViewKind.SIDE or side == self.view.near_side:
            return np.ones(len(self.poses), dtype=bool)
        apart = np.abs(self.xy("left_ankle")[:, 0] - self.xy("right_ankle")[:, 0]) / self.leg_length_px
        with np.errstate(invalid="ignore"):
            return np.asarray(apart > FAR_LEG_CLEARANCE)

    def standing_median(self, values: FloatArray) -> float:
        """Return the median of a signal over the standing frames; NaN when there are none."""
        chosen = values[self.standing & np.isfinite(values)]
        return float(np.median(chosen)) if chosen.size else float("nan")


def build_body_frame(poses: PoseSequence, view: View, locomotion: BoolArray) -> BodyFrame:
    """Measure the person's sizes and find the standing frames.

    Parameters
    ----------
    poses
        Smoothed poses.
    view
        View decision.
    locomotion
        ``(n,)`` frames in which the person is traveling; nothing is measured against them.
    """
    planted = poses.detected & ~locomotion
    leg_px = compute_leg_length_px(_only(poses, planted))
    leg_m = _leg_length_m(poses, planted)
    return BodyFrame(poses, view, find_standing(poses, planted, leg_px), leg_px, leg_m)


def find_standing(poses: PoseSequence, planted: BoolArray, leg_length_px: float) -> BoolArray:
    """Return ``(n,)`` frames of standing: mid-shoulder near its highest, mid-hip where it mostly is then.

    Height counts above the ankles, so that steps of the camera or a slope do not matter. At least one frame is found
    whenever anybody is.
    """
    index = poses.skeleton.index
    y = poses.image_xy_px[:, :, 1]
    ankle = (y[:, index["left_ankle"]] + y[:, index["right_ankle"]]) / 2
    hip = (ankle - (y[:, index["left_hip"]] + y[:, index["right_hip"]]) / 2) / leg_length_px
    shoulder = (ankle - (y[:, index["left_shoulder"]] + y[:, index["right_shoulder"]]) / 2) / leg_length_px
    good = planted & np.isfinite(hip) & np.isfinite(shoulder)
    if not good.any():
        return good
    with np.errstate(invalid="ignore"):
        upright = good & (shoulder > np.percentile(shoulder[good], 95) - 0.08)
        # of somebody who comes up from a bend the hips are drawn too high for a moment
        standing = upright & (np.abs(hip - np.median(hip[upright])) < 0.06)
    if not standing.any():
        standing = good & (hip >= np.percentile(hip[good], 90))
    return np.asarray(standing)


def _only(poses: PoseSequence, use: BoolArray) -> PoseSequence:
    if not use.any():
        return poses
    image = np.where(use[:, None, None], poses.image_xy_px, np.nan)
    return poses.with_points(image)


def _leg_length_m(poses: PoseSequence, use: BoolArray) -> float:
    total = np.zeros(len(poses))
    for side in ("left", "right"):
        hip, knee, ankle = (poses.world(f"{side}_{p}") for p in ("hip", "knee", "ankle"))
        total += (compute_length(hip, knee) + compute_length(knee, ankle)) / 2
    chosen = total[use & np.isfinite(total)]
    return float(np.median(chosen)) if chosen.size else float("nan")
