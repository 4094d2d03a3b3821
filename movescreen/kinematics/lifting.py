"""The legs and the trunk in three dimensions, from one picture of a person whose own lengths are known.

A rigid segment of known length that looks short points towards the camera or away from it: its drawn length gives how far, not
which way. Every leg has four such readings. They are weighed by what a person can do: knees bend forward, both legs hang on one
pelvis, and the network's rough depths say which way. What comes out is the mean of the readings by their weight, so that it
changes smoothly where they meet. Nothing here depends on the name of the view.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from movescreen.kinematics.geometry import compute_flexion, compute_length
from movescreen.model import BoolArray, FloatArray, PoseSequence

#: Focal length of a phone's or a laptop's camera over the longer side of its picture; real ones are about 0.7 to 1.1, and the
#: angles change by less than a degree between these.
FOCAL_SHARE = 0.93
#: Lengths are taken in standing, where nobody is quite straight or quite square: a little longer than the truth.
_STANDING_SHARE = 0.99
#: A leg that looks this much shorter than the other one in standing is not stretched: the other one's length stands in.
_BENT_SHARE, _OTHER_LEG = 0.9, 0.97
#: How far off, in leg lengths, a reading may be: depths of the network, of the pelvis' two ends, of the hips over the feet; how
#: far a knee may bend backward, and a shin lean backward.
_DEPTH_SD, _PELVIS_SD, _BALANCE_SD, _HYPEREXTENSION_SD, _SHIN_BACK_SD = 0.25, 0.2, 0.25, 0.05, 0.1
_SHIN_BACK = 0.05
_TOWARDS_AND_AWAY = (-1.0, 1.0)
_SIDES = ("left", "right")


@dataclass(frozen=True)
class LiftedLeg:
    """One leg in the camera's axes (x right, y down, z away), in leg lengths, from its ankle.

    Attributes
    ----------
    shank, thigh
        ``(n, 3)`` ankle to knee, and knee to hip.
    flexion_deg
        ``(n,)`` bend of the knee.
    """

    shank: FloatArray
    thigh: FloatArray
    flexion_deg: FloatArray


def lift_legs(
    poses: PoseSequence, standing: BoolArray, yaw_deg: float, leg_length_px: float, leg_length_m: float
) -> dict[str, LiftedLeg]:
    """Return both legs in three dimensions, by side.

    Parameters
    ----------
    poses
        Smoothed poses.
    standing
        ``(n,)`` frames of standing, in which the lengths are taken.
    yaw_deg
        Which way the person faces, see :class:`movescreen.model.View`.
    leg_length_px, leg_length_m
        Thigh plus shank in the picture and in world landmarks.
    """
    yaw = np.radians(yaw_deg if np.isfinite(yaw_deg) else 0.0)
    scene = _Scene(poses, leg_length_px, leg_length_m, np.array([np.sin(yaw), 0.0, -np.cos(yaw)]))
    lengths = _lengths(scene, standing)
    legs = {side: _read_leg(scene, side, *lengths[side]) for side in _SIDES}
    weights = _weigh(scene, legs["left"], legs["right"])
    return {side: legs[side].mean(weight) for side, weight in zip(_SIDES, weights, strict=True)}


@dataclass(frozen=True)
class _Scene:
    """Poses, sizes, and the person's forward direction in the camera's axes."""

    poses: PoseSequence
    leg_length_px: float
    leg_length_m: float
    forward: FloatArray

    def rays(self, name: str) -> FloatArray:
        """Return ``(n, 3)`` lines of sight, one unit deep."""
        size = np.asarray(self.poses.image_size_px, dtype=np.float64)
        off = (self.poses.xy(name) - size / 2) / self.focal_px
        return np.concatenate([off, np.ones((len(off), 1))], axis=1)

    @property
    def focal_px(self) -> float:
        return FOCAL_SHARE * float(max(self.poses.image_size_px))

    @property
    def distance(self) -> float:
        """Distance of the person from the camera, leg lengths."""
        return self.focal_px / self.leg_length_px

    def depth(self, start: str, end: str) -> FloatArray:
        """Return how much further away one landmark is than another one says the network, leg lengths."""
        return np.asarray((self.poses.world(end) - self.poses.world(start))[:, 2] / self.leg_length_m)


@dataclass(frozen=True)
class _Readings:
    """The four readings of one leg: knee and hip from the ankle ``(4, n, 3)``, and how unlikely each is ``(4, n)``."""

    knee: FloatArray
    hip: FloatArray
    cost: FloatArray

    def mean(self, weight: FloatArray) -> LiftedLeg:
        flexion = compute_flexion(self.hip, self.knee, np.zeros_like(self.knee))
        knee, hip = ((points * weight[..., None]).sum(axis=0) for points in (self.knee, self.hip))
        return LiftedLeg(shank=knee, thigh=hip - knee, flexion_deg=(flexion * weight).sum(axis=0))


def _lengths(scene: _Scene, standing: BoolArray) -> dict[str, tuple[float, float]]:
    """Return thigh and shank by side, leg lengths: as drawn in standing."""
    drawn = {}
    for side in _SIDES:
        hip, knee, ankle = (scene.poses.xy(f"{side}_{part}") / scene.leg_length_px for part in ("hip", "knee", "ankle"))
        drawn[side] = np.array([_median(compute_length(*ends), standing) for ends in ((hip, knee), (knee, ankle))])
    out = {}
    for side, other in zip(_SIDES, reversed(_SIDES), strict=True):
        short = drawn[side] < _BENT_SHARE * drawn[other]
        thigh, shank = _STANDING_SHARE * np.where(short, _OTHER_LEG * drawn[other], drawn[side])
        out[side] = (float(thigh), float(shank))
    return out


def _median(values: FloatArray, use: BoolArray) -> float:
    chosen = values[use & np.isfinite(values)]
    return float(np.median(chosen)) if chosen.size else float("nan")


def _read_leg(scene: _Scene, side: str, thigh: float, shank: float) -> _Readings:
    knee_ray, hip_ray = scene.rays(f"{side}_knee"), scene.rays(f"{side}_hip")
    ankle = scene.rays(f"{side}_ankle") * scene.distance
    depths = scene.depth(f"{side}_ankle", f"{side}_knee"), scene.depth(f"{side}_knee", f"{side}_hip")
    knees, hips, costs = [], [], []
    for which_shank, which_thigh in product(_TOWARDS_AND_AWAY, _TOWARDS_AND_AWAY):
        knee = _reach(ankle, knee_ray, shank, which_shank)
        hip = _reach(knee, hip_ray, thigh, which_thigh)
        knees.append(knee - ankle)
        hips.append(hip - ankle)
        costs.append(_cost(knees[-1], hips[-1], depths, scene.forward))
    return _Readings(np.stack(knees), np.stack(hips), np.stack(costs))


def _reach(start: FloatArray, ray: FloatArray, length: float, which: float) -> FloatArray:
    """Return the point of a line of sight that is so far from ``start``, the nearer or the further one; the nearest to it if none is."""
    along, square = np.sum(start * ray, axis=1), np.sum(ray * ray, axis=1)
    rest = along**2 - square * (np.sum(start * start, axis=1) - length**2)
    depth = (along + which * np.sqrt(np.maximum(rest, 0.0))) / square
    return np.asarray(depth[:, None] * ray)


def _cost(knee: FloatArray, hip: FloatArray, depths: tuple[FloatArray, FloatArray], forward: FloatArray) -> FloatArray:
    """Return how unlikely one reading of a leg is, ``(n,)``: squares of errors over their expected size."""
    line = hip / np.maximum(np.linalg.norm(hip, axis=1, keepdims=True), 1e-9)
    off_line = knee - np.sum(knee * line, axis=1, keepdims=True) * line
    bent_back = np.minimum(off_line @ forward, 0.0) / _HYPEREXTENSION_SD
    leans_back = np.minimum(knee @ forward + _SHIN_BACK, 0.0) / _SHIN_BACK_SD
    shank, thigh = ((z - depth) / _DEPTH_SD for z, depth in zip((knee[:, 2], (hip - knee)[:, 2]), depths, strict=True))
    return np.asarray(bent_back**2 + leans_back**2 + shank**2 + thigh**2)


def _weigh(scene: _Scene, left: _Readings, right: _Readings) -> tuple[FloatArray, FloatArray]:
    """Return the weight of each reading of the left and of the right leg, ``(4, n)``; they add up to 1."""
    left_z, right_z = left.hip[:, None, :, 2], right.hip[None, :, :, 2]
    across = (left_z - right_z - scene.depth("right_hip", "left_hip")) / _PELVIS_SD
    over_feet = ((left_z + right_z) / 2 - scene.depth("mid_ankle", "mid_hip")) / _BALANCE_SD
    # what is missing of one leg says nothing of the other
    cost = sum(np.nan_to_num(part) for part in (left.cost[:, None], right.cost[None], across**2, over_feet**2))
    weight = np.exp(-0.5 * (cost - np.min(cost, axis=(0, 1))))
    weight = weight / weight.sum(axis=(0, 1))
    return weight.sum(axis=1), weight.sum(axis=0)
