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


#: What moves forward or back as a movement gets deeper, and so across the picture when the person is not square to the camera.
_TURNED = {"turned_depth": "pelvis_drop", "turned_lean": "trunk_drop"}


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
        segment = key.removesuffix("_stretch")
        if segment in _SEGMENTS:
            return self._stretch(segment)
        if key in _TURNED:
            return self._body.view.yaw_deg * self._plain[_TURNED[key]]
        return self._plain[key] if key in self._plain else self._plain[f"{key}_{self._side}"]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def _stretch(self, segment: str) -> FloatArray:
        start, end = (self._body.xy(p.format(side=self._side)) for p in _SEGMENTS[segment])
        length = compute_length(start, end)
        return np.asarray(length / self._body.standing_median(length) - 1.0)
