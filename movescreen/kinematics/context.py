"""What a correction may know beside a plain reading: the other readings, and how long the segments look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from movescreen.kinematics.body import BodyFrame
from movescreen.kinematics.geometry import compute_length
from movescreen.model import FloatArray

_SEGMENTS = {
    "thigh": ("{side}_hip", "{side}_knee"),
    "shank": ("{side}_knee", "{side}_ankle"),
    "trunk": ("mid_hip", "mid_shoulder"),
}


#: When the pelvis shifts to the side over planted feet, the knees go with it by about this share.
_KNEES_FOLLOW = 0.7
#: Ankles closer together than this share of the leg's length are no width to measure in.
_LEAST_WIDTH = 0.08


class CorrectionInputs(Mapping[str, FloatArray]):
    """Inputs of the correction of one signal, computed when they are asked for.

    Parameters
    ----------
    body
        Smoothed poses and standing frames.
    side
        The signal's side; empty for a signal without one, for which the side next to the camera stands in.
    plain
        Plain readings of all signals so far, ``(n,)`` each.
    """

    def __init__(self, body: BodyFrame, side: str, plain: Mapping[str, FloatArray]) -> None:
        self._body, self._plain = body, plain
        self._side = side or body.view.near_side or "left"

    def __getitem__(self, key: str) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._find(key)

    def _find(self, key: str) -> FloatArray:
        segment = key.removesuffix("_stretch")
        if segment in _SEGMENTS:
            return self._stretch(segment)
        if key == "turned_lean":
            return self._body.view.yaw_deg * self._plain["trunk_drop"]
        if key in ("depth", "turned_depth"):
            return self._depth() * (self._body.view.yaw_deg if key == "turned_depth" else 1.0)
        if key == "knees_against_hips":
            return self._knees_against_hips()
        return self._plain[key] if key in self._plain else self._plain[f"{key}_{self._side}"]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def _stretch(self, segment: str) -> FloatArray:
        start, end = (self._body.xy(p.format(side=self._side)) for p in _SEGMENTS[segment])
        length = compute_length(start, end)
        return np.asarray(length / self._body.standing_median(length) - 1.0)

    def _depth(self) -> FloatArray:
        """Return how far the hips are behind the ankles in the world landmarks, in widths between the ankles."""
        _, forward = self._body.person_axes()
        behind = (self._body.world("mid_ankle") - self._body.world("mid_hip")) @ forward / self._body.leg_length_m
        widths = self._ankle_width() / self._body.leg_length_px
        width = float(np.median(widths[np.isfinite(widths)])) if np.isfinite(widths).any() else np.nan
        return np.asarray(behind / max(width, _LEAST_WIDTH))

    def _knees_against_hips(self) -> FloatArray:
        """Return how far the knees are aside beyond what a shift of the pelvis takes along, % of the width between the ankles.

        When the person is turned, what is behind the ankles goes one way across the picture, and what is in front the other.
        """
        knees, hips, ankles = (self._body.xy(f"mid_{part}")[:, 0] for part in ("knee", "hip", "ankle"))
        off = (knees - ankles) - _KNEES_FOLLOW * (hips - ankles)
        return np.asarray(100.0 * off / np.maximum(self._ankle_width(), _LEAST_WIDTH * self._body.leg_length_px))

    def _ankle_width(self) -> FloatArray:
        return np.asarray(self._body.xy("left_ankle")[:, 0] - self._body.xy("right_ankle")[:, 0])
