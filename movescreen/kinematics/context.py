"""What a correction may know beside a plain reading: the other readings, and how long the segments look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from movescreen.kinematics.body import BodyFrame
from movescreen.kinematics.frontal import ankle_width, reach_across
from movescreen.kinematics.geometry import compute_flexion, compute_length
from movescreen.kinematics.signals import (
    SIGNALS,
    compute_foot_ahead,
    compute_pelvis_drop,
    compute_stance_split,
    compute_trunk_drop,
)
from movescreen.model import FloatArray

_SEGMENTS = {
    "thigh": ("{side}_hip", "{side}_knee"),
    "shank": ("{side}_knee", "{side}_ankle"),
    "trunk": ("mid_hip", "mid_shoulder"),
}


#: Rough angles: three landmarks each, in the picture or in the network's world.
_KNEE, _HIP = ("{side}_hip", "{side}_knee", "{side}_ankle"), ("{side}_shoulder", "{side}_hip", "{side}_knee")
_OF_THE_SIDE = {
    "world_knee": _KNEE,
    "picture_knee": _KNEE,
    "world_hip": _HIP,
    "picture_hip": _HIP,
    "closed_knee": _KNEE,
}
#: Facts of a clip that hint at how steeply the camera looks.
_OF_THE_CLIP = ("trunk_share", "world_lean")
#: The turn to the camera, for what depends on it.
_OF_THE_TURN = ("constant", "turn_cos", "turn_cos2", "turn_near")
#: Segments by how far they reach across the picture.
_ACROSS = {
    "thigh_across": ("{side}_hip", "{side}_knee"),
    "shank_across": ("{side}_ankle", "{side}_knee"),
    "trunk_across": ("mid_hip", "mid_shoulder"),
}

#: What stands before a signal's name for its reading in three dimensions.
_LIFTED = "lifted_"
#: A leg counts as ahead of the other one up to this, leg lengths.
_FAR_AHEAD = 0.8

#: Knees are ahead of the ankles by about this share of what the leg has lost in height, as the side of a triangle.
_KNEES_AHEAD = 0.3
#: Ankles closer together than this share of the leg's length are no width to measure in.
_LEAST_WIDTH = 0.08


class CorrectionInputs(Mapping[str, FloatArray]):
    """Inputs of the corrections of a side's signals, each computed once, when it is asked for.

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
        near = body.view.side_next_to_camera
        self._side, self._sided = side or near, bool(side)
        self._known: dict[str, FloatArray] = {}
        self._next_to_camera = 1.0 if self._side == near else -1.0

    def __getitem__(self, key: str) -> FloatArray:
        if key not in self._known:
            with np.errstate(invalid="ignore", divide="ignore"):
                self._known[key] = self._find(key)
        return self._known[key]

    def _find(self, key: str) -> FloatArray:
        if key.startswith(_LIFTED):
            return self._lift(key.removeprefix(_LIFTED))
        segment = key.removesuffix("_stretch")
        if segment in _SEGMENTS:
            return self._stretch(segment)
        if key in _OF_THE_SIDE:
            return self._compute_angle(key)
        if key in _OF_THE_CLIP:
            return np.full(len(self._body.poses), self._compute_constant(key))
        if key in _OF_THE_TURN:
            return np.full(len(self._body.poses), self._compute_turn(key))
        if key in _ACROSS:
            return self._across(*_ACROSS[key])
        if (own := getattr(self, f"_find_{key}", None)) is not None:
            return np.asarray(own())
        return self._plain[key] if key in self._plain else self._plain[f"{key}_{self._side}"]

    def _lift(self, signal: str) -> FloatArray:
        read = (SIGNALS.get(signal) or SIGNALS.find(f"{signal}_{self._side}")).in_space
        if read is None:
            raise KeyError(f"{signal} is not read in three dimensions")
        return np.asarray(read(self._body))

    @property
    def _turn_deg(self) -> float:
        """The turn of the trunk alone, with which these corrections were fitted."""
        view = self._body.view
        return view.trunk_yaw_deg if np.isfinite(view.trunk_yaw_deg) else view.yaw_deg

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def _stretch(self, segment: str) -> FloatArray:
        start, end = (self._body.xy(p.format(side=self._side)) for p in _SEGMENTS[segment])
        length = compute_length(start, end)
        return np.asarray(length / self._body.standing_median(length) - 1.0)

    def _compute_angle(self, key: str) -> FloatArray:
        """Return a rough angle of the side in the world landmarks or in the picture, or the bend that the drawn leg's height asks for."""
        if key == "closed_knee":
            legs = [self._body.xy(f"{self._side}_{part}") for part in ("hip", "knee", "ankle")]
            full = sum(self._body.standing_median(compute_length(a, b)) for a, b in pairwise(legs))
            share = np.clip((legs[2] - legs[0])[:, 1] / full, 0.0, 1.0)
            return np.asarray(180.0 - 2 * np.degrees(np.arcsin(share)))
        points = self._body.world if key.startswith("world") else self._body.xy
        return compute_flexion(*(points(p.format(side=self._side)) for p in _OF_THE_SIDE[key]))

    def _compute_constant(self, key: str) -> float:
        body = self._body
        if key == "trunk_share":
            return (
                body.standing_median(compute_length(body.xy("mid_shoulder"), body.xy("mid_hip"))) / body.leg_length_px
            )
        # a camera that looks down on somebody who stands upright sees the head nearer than the feet
        line = body.world("mid_shoulder") - body.world("mid_ankle")
        return body.standing_median(-line[:, 2] / line[:, 1])

    def _compute_turn(self, key: str) -> float:
        turn = np.radians(abs(self._body.view.yaw_deg))
        if key == "turn_near":
            return float(self._next_to_camera * np.sin(turn))
        return {"constant": 1.0, "turn_cos": float(np.cos(turn)), "turn_cos2": float(np.cos(2 * turn))}[key]

    def _across(self, start: str, end: str) -> FloatArray:
        """Return how far a segment reaches across the picture, to where the person faces, over its length in standing."""
        start_xy, end_xy = (self._body.xy(p.format(side=self._side)) for p in (start, end))
        way = np.sign(self._body.view.yaw_deg) or 1.0
        length = self._body.standing_median(compute_length(start_xy, end_xy))
        return np.asarray(way * (end_xy - start_xy)[:, 0] / length)

    def _reach_of_knees(self) -> FloatArray:
        """Return about how far bent knees are ahead of the ankles, % of the leg's length."""
        height = self._body.xy("mid_ankle")[:, 1] - self._body.xy("mid_hip")[:, 1]
        share = np.clip(height / self._body.leg_length_px, 0.0, 1.0)
        return np.asarray(100.0 * _KNEES_AHEAD * np.sqrt(1.0 - share**2))

    def _find_picture_separation(self) -> FloatArray:
        """Return the distance between the knees over that between the ankles, across the picture."""
        knees, ankles = ((self._body.xy(f"left_{p}") - self._body.xy(f"right_{p}"))[:, 0] for p in ("knee", "ankle"))
        least = _LEAST_WIDTH * self._body.leg_length_px
        return np.clip(knees / np.where(np.abs(ankles) > least, ankles, np.nan), 0.0, 3.0)

    def _find_ahead(self) -> FloatArray:
        """Return how far the side's leg is ahead of the other one, leg lengths; of either leg for a signal without a side."""
        return np.clip(self._find_lead(), 0.0, _FAR_AHEAD)

    def _find_behind(self) -> FloatArray:
        """Return how far the side's leg is behind the other one, leg lengths."""
        return np.clip(-self._find_lead(), 0.0, _FAR_AHEAD)

    def _find_lead(self) -> FloatArray:
        split = compute_stance_split(self._body)
        return np.abs(split) if not self._sided else split if self._side == "left" else -split

    def _find_turned_lean(self) -> FloatArray:
        return self._turn_deg * compute_trunk_drop(self._body)

    def _find_turned_knees(self) -> FloatArray:
        return self._reach_of_knees() * abs(float(np.sin(np.radians(self._body.view.yaw_deg))))

    def _find_foot_ahead(self) -> FloatArray:
        return compute_foot_ahead(self._body)

    # what of somebody who is turned goes across the picture though it goes forward: sine of the turn times how far

    def _find_turned_reach(self) -> FloatArray:
        """Return how far the hips are ahead of the ankles, % of the distance between these, as it shows across the picture."""
        return reach_across(self._body)

    def _find_turned_leg(self) -> FloatArray:
        """Return what a reach of a leg's length forward would show across the picture, % of the distance between the ankles."""
        return self._across_by_turn(100.0 / (ankle_width(self._body) * np.cos(np.radians(self._body.view.yaw_deg))))

    def _find_turned_drop(self) -> FloatArray:
        return self._across_by_turn(compute_trunk_drop(self._body))

    def _find_turned_sink(self) -> FloatArray:
        return self._across_by_turn(compute_pelvis_drop(self._body))

    def _across_by_turn(self, ahead: FloatArray) -> FloatArray:
        return np.asarray(np.sin(np.radians(self._body.view.yaw_deg)) * ahead)
