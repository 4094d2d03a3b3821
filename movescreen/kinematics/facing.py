"""Which way the person faces, from two witnesses, and the name of the view that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from movescreen.kinematics.geometry import compute_circular_median, wrap_degrees
from movescreen.model import BoolArray, FloatArray, PoseSequence, View, ViewKind

#: Largest turn away from the camera that still counts as a front view, degrees.
FRONT_LIMIT_DEG = 28.0
#: Smallest turn that counts as a side view, degrees.
SIDE_LIMIT_DEG = 67.0
#: Expected error of the yaw estimate, degrees; sets how confidence falls near the borders.
_YAW_ERROR_DEG = 8.0

#: Segments that witness the turn, each while it reaches this share of its length towards where the person faces.
_WITNESSES = {("mid_hip", "mid_knee"): 0.45, ("mid_hip", "mid_shoulder"): 0.45, ("mid_ankle", "mid_knee"): 0.6}
#: Ankles further apart in height than this share of the leg are not both on the floor, or one is far ahead.
_ONE_HEIGHT = 0.15
#: The reach read from a shortened segment is too long by this much: joints are placed with errors, and errors shorten.
_REACH_TOO_LONG = 1.0 / 0.85
#: Mean square of the reach at which the motion is believed in full, and how far then, against the trunk's turn.
_ENOUGH_REACH, _MOTION_WEIGHT = 0.25, 0.7


def compute_yaw(poses: PoseSequence) -> FloatArray:
    """Return the turn of the trunk about the vertical in every frame.

    From the line through shoulders and hips in the world landmarks: 0 faces the camera, +90 faces image right.

    Returns
    -------
    ndarray
        ``(n,)`` degrees in (-180, 180].
    """
    across = (
        poses.world("left_shoulder")
        - poses.world("right_shoulder")
        + poses.world("left_hip")
        - poses.world("right_hip")
    )
    return np.asarray(np.degrees(np.arctan2(across[:, 2], across[:, 0])))


@dataclass(frozen=True)
class Motion:
    """What the motion of trunk and thighs says of the turn.

    Attributes
    ----------
    sine
        Sine of the turn; NaN when nothing moved far enough.
    weight
        0..1, how far it is to be believed.
    """

    sine: float = float("nan")
    weight: float = 0.0


def read_motion(poses: PoseSequence, use: BoolArray, standing: BoolArray) -> Motion:
    """Read the turn from where thighs, trunk and shins reach to when they are bent.

    A thigh of known length that looks short reaches so far forward; what of that is seen across the picture is the sine of the
    turn. Hips that go aside take the knees along, so that a shifted weight hardly shows in the line from one to the other.

    Parameters
    ----------
    poses
        Smoothed poses.
    use
        ``(n,)`` frames to judge by.
    standing
        ``(n,)`` frames of standing, in which the lengths are taken.
    """
    across, reach = 0.0, 0.0
    use = use & _on_both_feet(poses, standing)
    for (start, end), least in _WITNESSES.items():
        segment = poses.xy(end) - poses.xy(start)
        drawn = np.linalg.norm(segment, axis=1)[standing]
        length = float(np.nanmedian(drawn)) if np.isfinite(drawn).any() else float("nan")
        x, y = (segment / length).T
        forward = np.sqrt(np.maximum(1.0 - y**2, 0.0))
        chosen = use & np.isfinite(forward) & (forward > least)
        if chosen.any():
            count = int((use & np.isfinite(forward)).sum())
            # segments count by how far they reach: the ratio of the sums is the line of least squares
            share = float((forward[chosen] ** 2).sum() / count)
            across += share * float((x[chosen] * forward[chosen]).sum() / (forward[chosen] ** 2).sum())
            reach += share
    if not reach > 0:
        return Motion()
    return Motion(float(np.clip(_REACH_TOO_LONG * across / reach, -1.0, 1.0)), min(1.0, reach / _ENOUGH_REACH))


def _on_both_feet(poses: PoseSequence, standing: BoolArray) -> BoolArray:
    """Return ``(n,)`` frames with both feet at about one height: a leg that is lifted takes the knee to any side."""
    leg = poses.xy("mid_ankle") - poses.xy("mid_hip")
    length = np.linalg.norm(leg, axis=1)[standing]
    apart = (poses.xy("left_ankle") - poses.xy("right_ankle"))[:, 1]
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(apart) < _ONE_HEIGHT * (np.nanmedian(length) if np.isfinite(length).any() else np.nan))


def _turn_by_motion(trunk_deg: float, motion: Motion) -> float:
    """Return the turn of the trunk corrected by the motion; which of front and back it is, the trunk alone says."""
    trunk = np.radians(trunk_deg)
    # across the picture the motion says little: there the sine hardly changes
    weight = _MOTION_WEIGHT * motion.weight * abs(np.cos(trunk))
    if not weight > 0:
        return trunk_deg
    sine = np.sin(trunk) + weight * (motion.sine - np.sin(trunk))
    turn = float(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))
    return turn if abs(trunk_deg) <= 90.0 else float(wrap_degrees(180.0 - turn))


def decide_view(poses: PoseSequence, use: BoolArray, forced: str = "auto", standing: BoolArray | None = None) -> View:
    """Decide once for the clip where the camera stands.

    Parameters
    ----------
    poses
        Smoothed poses.
    use
        ``(n,)`` frames to judge by: those within repetitions, or all that are not walking.
    forced
        ``auto``, or ``front`` / ``side`` as the user states; the facing direction is still read from the poses.
    standing
        ``(n,)`` frames of standing; the motion is no witness when None.
    """
    yaw = compute_yaw(poses)
    good = use & np.isfinite(yaw)
    if not good.any():
        kind = ViewKind(forced) if forced != "auto" else ViewKind.UNKNOWN
        return View(kind=kind, confidence=0.0, forced=forced != "auto")
    trunk = compute_circular_median(yaw[good])
    rest = np.abs(wrap_degrees(yaw[good] - trunk))
    spread = float(np.percentile(rest, 50))
    center = trunk if standing is None else _turn_by_motion(trunk, read_motion(poses, use, standing))
    turn = abs(center)
    kind, margin = _classify_turn(turn)
    confidence = float(np.clip(0.5 + 0.5 * margin / _YAW_ERROR_DEG, 0.05, 0.99) * (1.0 if spread < 15 else 15 / spread))
    if forced != "auto":
        kind, confidence = ViewKind(forced), 1.0
    sided = kind in (ViewKind.SIDE, ViewKind.OBLIQUE)
    facing = ("right" if center > 0 else "left") if sided else ""
    near = ("right" if center > 0 else "left") if sided else ""
    return View(
        kind=kind,
        facing=facing,
        near_side=near,
        yaw_deg=float(center),
        trunk_yaw_deg=float(trunk),
        yaw_spread_deg=spread,
        confidence=confidence,
        forced=forced != "auto",
    )


def _classify_turn(turn_deg: float) -> tuple[ViewKind, float]:
    """Return the view kind for an absolute yaw and the distance to the nearest border, degrees."""
    borders = (FRONT_LIMIT_DEG, SIDE_LIMIT_DEG, 180.0 - SIDE_LIMIT_DEG, 180.0 - FRONT_LIMIT_DEG)
    margin = min(abs(turn_deg - b) for b in borders)
    if turn_deg < borders[0]:
        return ViewKind.FRONT, margin
    if turn_deg > borders[3]:
        return ViewKind.BACK, margin
    if borders[1] <= turn_deg <= borders[2]:
        return ViewKind.SIDE, margin
    return ViewKind.OBLIQUE, margin
