"""Body: the few facts about a detected pose by which people are told apart from frame to frame.

Lengths are compared in torso lengths of the person, which follow from the apparent scale (pixels a meter) and not from
the torso as drawn: that one shrinks when somebody bends towards the camera, the scale does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from movescreen.model import BLAZEPOSE, FloatArray
from movescreen.pose.estimator import DetectedPose

#: Length of a torso in MediaPipe's world landmarks, m (mid-shoulder to mid-hip).
TORSO_M = 0.5
#: Hip, knee and ankle in a chain with the torso: what stands for a scale where there are no world landmarks, m.
_CHAIN_M = 1.3
#: Two detections whose torsos lie this close are one person seen twice when their joints do, too (median, torso lengths): somebody
#: close behind has the torso in the same place, but not shoulders, knees and ankles.
_SAME_PERSON_TORSOS, _SAME_JOINTS_TORSOS = 0.5, 0.45
#: Nobody can be measured below this scale, px/m (a person of about 40 px).
_MIN_SCALE = 25.0

_TORSO = BLAZEPOSE.indices(["left_shoulder", "right_shoulder", "left_hip", "right_hip"])
_LEGS = BLAZEPOSE.indices(["left_knee", "right_knee", "left_ankle", "right_ankle"])
_ANKLES = _LEGS[2:]
_CORE = _TORSO + _LEGS


@dataclass(frozen=True, eq=False)
class PersonBox:
    """One detected person in one frame.

    Attributes
    ----------
    pose
        The detection.
    center_px
        ``(2,)`` middle of shoulders and hips, px.
    scale_px_per_m
        Apparent scale: pixels that a meter of this person takes; says how near the camera they are, in any posture.
    rise_m
        Height of the torso's middle above the ankles, m; changes when somebody squats, lunges or bends.
    joints_px
        ``(8, 2)`` shoulders, hips, knees and ankles, px.
    """

    pose: DetectedPose
    center_px: FloatArray
    scale_px_per_m: float
    rise_m: float
    joints_px: FloatArray

    @property
    def torso_px(self) -> float:
        """Length of this person's torso when it is seen in full, px."""
        return TORSO_M * self.scale_px_per_m


def measure_bodies(poses: Iterable[DetectedPose]) -> list[PersonBox]:
    """Measure detected people and drop those that were seen twice.

    Parameters
    ----------
    poses
        Detections of one frame; of two that show the same person the first is kept.

    Returns
    -------
    list of Body
        In the order of ``poses``; without people too small to measure.
    """
    bodies: list[PersonBox] = []
    for pose in poses:
        body = _measure(pose)
        if body.scale_px_per_m >= _MIN_SCALE and not any(_is_same_person(body, other) for other in bodies):
            bodies.append(body)
    return bodies


def _measure(pose: DetectedPose) -> PersonBox:
    joints = pose.image_xy_px[_CORE]
    center = joints[: len(_TORSO)].mean(axis=0)
    scale = _scale(joints, pose.world_xyz_m[_CORE, :2])
    rise = float(pose.image_xy_px[_ANKLES, 1].mean() - center[1]) / scale if scale > 0 else float("nan")
    return PersonBox(pose, center, scale, rise, joints)


def _scale(joints_px: FloatArray, joints_m: FloatArray) -> float:
    """Pixels a meter: spread of the joints in the picture over their spread in world landmarks."""
    spread_px = np.linalg.norm(joints_px - joints_px.mean(axis=0))
    spread_m = np.linalg.norm(joints_m - joints_m.mean(axis=0))
    if np.isfinite(spread_m) and spread_m > 0:
        return float(spread_px / spread_m)
    shoulders, hips, knees, ankles = joints_px.reshape(4, 2, 2).mean(axis=1)
    chain = [np.linalg.norm(a - b) for a, b in ((shoulders, hips), (hips, knees), (knees, ankles))]
    return float(sum(chain)) / _CHAIN_M


def _is_same_person(a: PersonBox, b: PersonBox) -> bool:
    apart = float(np.linalg.norm(a.center_px - b.center_px))
    torso = max(a.torso_px, b.torso_px)
    joints = float(np.median(np.linalg.norm(a.joints_px - b.joints_px, axis=1)))
    return apart < _SAME_PERSON_TORSOS * torso and joints < _SAME_JOINTS_TORSOS * torso
