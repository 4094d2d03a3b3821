"""What is read in the person's own sagittal plane, wherever the camera stands: from legs and trunk in three dimensions."""

from __future__ import annotations

import numpy as np

from movescreen.kinematics.body import BodyFrame
from movescreen.kinematics.frontal import hips_from_ankles
from movescreen.kinematics.geometry import compute_length
from movescreen.model import FloatArray


def read_knee_flexion(body: BodyFrame, side: str) -> FloatArray:
    """Return knee flexion, degrees, ``(n,)``."""
    return body.legs[side].flexion_deg


def read_hip_flexion(body: BodyFrame, side: str) -> FloatArray:
    """Return the trunk-thigh angle, degrees, ``(n,)``."""
    thigh = body.legs[side].thigh
    trunk = _tilt_of_height(body, f"{side}_hip", f"{side}_shoulder")
    return np.asarray(trunk + np.degrees(np.arctan2(-body.forward(thigh), -thigh[:, 1])))


def read_shank_inclination(body: BodyFrame, side: str) -> FloatArray:
    """Return the tilt of the shank, degrees, ``(n,)``: positive with the knee ahead."""
    shank = body.legs[side].shank
    return np.asarray(np.degrees(np.arctan2(body.forward(shank), -shank[:, 1])))


def read_trunk_inclination(body: BodyFrame) -> FloatArray:
    """Return the forward tilt of the trunk, degrees, ``(n,)``: from its height over its length in standing."""
    return _tilt_of_height(body, "mid_hip", "mid_shoulder")


def read_thigh_elevation(body: BodyFrame, side: str) -> FloatArray:
    """Return how far the thigh is above level, degrees, ``(n,)``."""
    thigh = body.legs[side].thigh
    return np.asarray(np.degrees(np.arctan2(-thigh[:, 1], np.hypot(thigh[:, 0], thigh[:, 2]))))


def reach_of_shoulders(body: BodyFrame) -> FloatArray:
    """Return how far the shoulders are ahead of the ankles, leg lengths, ``(n,)``: the legs' reach and that of a trunk that leans forward."""
    length = body.standing_median(compute_length(body.xy("mid_hip"), body.xy("mid_shoulder"))) / body.leg_length_px
    lean = np.radians(_tilt_of_height(body, "mid_hip", "mid_shoulder"))
    return np.asarray(body.forward(hips_from_ankles(body)) + length * np.sin(lean))


def _tilt_of_height(body: BodyFrame, lower: str, upper: str) -> FloatArray:
    """Return the tilt of a segment from the vertical, whichever way, from its height over its length in standing, degrees."""
    start, end = body.xy(lower), body.xy(upper)
    share = (start[:, 1] - end[:, 1]) / body.standing_median(compute_length(start, end))
    return np.asarray(np.degrees(np.arccos(np.clip(share, -1.0, 1.0))))
