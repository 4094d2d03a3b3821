"""What is read in the person's own frontal plane, wherever the camera stands in front of them or behind them.

Of somebody who is turned the picture mixes what goes aside with what goes forward. Legs and trunk in three dimensions tell the
two apart. The more the person is turned, the more of the camera's depth is in the result, and the less sure it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from movescreen.kinematics.body import BodyFrame
from movescreen.kinematics.geometry import compute_length
from movescreen.model import FloatArray

#: Cosine of the turn below which the frontal plane is seen too much from its edge: about 42 degrees.
_SEEN = 0.743
#: Ankles closer together than this share of the leg's length are no width to measure in.
_LEAST_WIDTH = 0.08
#: A trunk that is lower than this share of its length tells no sideways lean.
_UPRIGHT = 0.45


def is_seen(body: BodyFrame) -> bool:
    """Return whether the frontal plane is seen well enough to be read: within about 42 degrees of the front or the back."""
    return bool(abs(np.cos(np.radians(body.view.yaw_deg))) >= _SEEN)


def read_knee_separation(body: BodyFrame) -> FloatArray:
    """Return the distance between the knees over that between the ankles, to the person's side, ``(n,)``."""
    inward = {side: body.legs[side].shank @ _left(body) for side in ("left", "right")}
    return _where_seen(body, 1.0 + (inward["left"] - inward["right"]) / ankle_width(body))


def read_lateral_shift(body: BodyFrame) -> FloatArray:
    """Return how far the hips are to the left of the ankles' middle, % of the distance between the ankles, ``(n,)``.

    Not from behind, where how far the hips are from the camera is too unsure.
    """
    shift = picture_shift(body) - reach_across(body)
    return _where_seen(body, shift) if np.cos(np.radians(body.view.yaw_deg)) > 0 else np.full(len(body.poses), np.nan)


def read_medial_offset(body: BodyFrame, side: str) -> FloatArray:
    """Return how far the knee is inward of the ankle, % of leg length, ``(n,)``."""
    return _where_seen(body, 100.0 * _inward(side) * (body.legs[side].shank @ _left(body)))


def read_fppa(body: BodyFrame, side: str) -> FloatArray:
    """Return the frontal-plane projection angle, degrees, ``(n,)``: positive for a knee towards the midline."""
    leg, inward = body.legs[side], _inward(side) * _left(body)
    shank, thigh = (np.degrees(np.arctan2(part @ inward, -part[:, 1])) for part in (leg.shank, leg.thigh))
    return _where_seen(body, shank - thigh)


def read_lateral_lean(body: BodyFrame) -> FloatArray:
    """Return the sideways tilt of the trunk, degrees, ``(n,)``: positive to the person's left.

    The trunk's length in standing says how far it reaches out of the picture's plane; of the two ways it goes forward.
    """
    hip, shoulder = body.xy("mid_hip"), body.xy("mid_shoulder")
    length = body.standing_median(compute_length(hip, shoulder))
    across, height = (shoulder - hip)[:, 0] / length, (hip - shoulder)[:, 1] / length
    depth = np.sqrt(np.maximum(1.0 - height**2 - across**2, 0.0))
    left, forward = body.person_axes()
    ways = [
        (across * left[0] + sign * depth * left[2], across * forward[0] + sign * depth * forward[2])
        for sign in (-1.0, 1.0)
    ]
    aside = np.where(ways[0][1] >= ways[1][1], ways[0][0], ways[1][0])
    return _where_seen(body, np.where(height > _UPRIGHT, np.degrees(np.arctan2(aside, height)), np.nan))


def read_pelvic_obliquity(body: BodyFrame) -> FloatArray:
    """Return the tilt of the pelvis, degrees, ``(n,)``: positive with the left hip higher."""
    between = body.xy("left_hip") - body.xy("right_hip")
    width = body.standing_median(np.abs(between[:, 0])) / abs(np.cos(np.radians(body.view.yaw_deg)))
    return _where_seen(body, np.degrees(np.arctan2(-between[:, 1], width)))


def hips_from_ankles(body: BodyFrame) -> FloatArray:
    """Return ``(n, 3)`` from the ankles to the hips in the camera's axes, leg lengths, mean of both legs."""
    legs: Mapping[str, FloatArray] = {side: body.legs[side].shank + body.legs[side].thigh for side in ("left", "right")}
    return np.asarray((legs["left"] + legs["right"]) / 2)


def picture_shift(body: BodyFrame) -> FloatArray:
    """Return how far the hips are beside the ankles' middle across the picture, % of the distance between the ankles, ``(n,)``."""
    ankles, off = (
        (body.xy("left_ankle") - body.xy("right_ankle"))[:, 0],
        (body.xy("mid_hip") - body.xy("mid_ankle"))[:, 0],
    )
    return 100.0 * off / np.where(ankles > _LEAST_WIDTH * body.leg_length_px, ankles, np.nan)


def reach_across(body: BodyFrame) -> FloatArray:
    """Return what hips behind or ahead of the ankles show across the picture of somebody who is turned, % as above, ``(n,)``."""
    return picture_shift(body) - 100.0 * (hips_from_ankles(body) @ _left(body)) / ankle_width(body)


def ankle_width(body: BodyFrame) -> FloatArray:
    """Return the distance between the ankles to the person's side, leg lengths, ``(n,)``; NaN where they are too close together."""
    across = (body.xy("left_ankle") - body.xy("right_ankle"))[:, 0] / body.leg_length_px
    width = across / np.cos(np.radians(body.view.yaw_deg))
    return np.where(width > _LEAST_WIDTH, width, np.nan)


def _left(body: BodyFrame) -> FloatArray:
    return body.person_axes()[0]


def _inward(side: str) -> float:
    return -1.0 if side == "left" else 1.0


def _where_seen(body: BodyFrame, values: FloatArray) -> FloatArray:
    return np.asarray(values) if is_seen(body) else np.full(len(body.poses), np.nan)
