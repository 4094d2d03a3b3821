"""Limbs that the camera did not see: the network goes on drawing them, and they must not be measured.

Behind a plate, a box or the other leg the network draws a foot at knee height, and hands that are out of the picture above the
head. Seen from the side a leg that bends keeps its drawn length, so one that shrinks was guessed; an arm gives itself away by the
network's own doubt.
"""

from __future__ import annotations

import numpy as np

from movescreen.kinematics.facing import compute_yaw
from movescreen.kinematics.geometry import compute_circular_median, compute_length
from movescreen.model import BoolArray, FloatArray, Notice, PoseSequence

SIDES = ("left", "right")
_BELOW_HIP = ("knee", "ankle", "heel", "foot_index")
#: A leg drawn shorter than this share of its own usual length (95th percentile) was guessed. In clips that show both legs it keeps
#: 0.80 and more from the side.
_SHRUNK = 0.70
#: Turns between which a leg that bends keeps its drawn length, degrees.
_SIDEWAYS_DEG = (60.0, 115.0)
#: Arms that the network doubts more than this were not seen; of arms that are it doubts 0.4 at most.
_ARM_SEEN = 0.2
_PARTS = ("shoulder", "hip", "knee")
#: From this share of the frames on it is told.
_TOLD_FROM = 0.1


def exclude_hidden_arms(poses: PoseSequence) -> PoseSequence:
    """Take out elbows and hands that the network itself hardly believes to have seen."""
    arms = poses.skeleton.indices(f"{s}_{part}" for s in SIDES for part in ("elbow", "wrist"))
    guessed = np.zeros(poses.visibility.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        guessed[:, arms] = poses.visibility[:, arms] < _ARM_SEEN
    return _without(poses, guessed) if guessed.any() else poses


def replace_hidden_legs(poses: PoseSequence) -> tuple[PoseSequence, Notice | None]:
    """Take out legs that were drawn too short to have been seen; the far one is taken to be beside the near one.

    Only from the side, where bending does not shorten a leg. What tells movements apart (feet on the ground, lifted, walking,
    jumping) then follows from the near leg; the far one counts as hidden, as wherever it is behind the near one.

    Returns
    -------
    tuple of PoseSequence and Notice
        The poses, and what to tell the reader, or None.
    """
    turn = compute_circular_median(compute_yaw(poses))
    if not _SIDEWAYS_DEG[0] <= abs(turn) <= _SIDEWAYS_DEG[1]:
        return poses, None
    near = "right" if turn > 0 else "left"
    far = "left" if near == "right" else "right"
    hidden = {side: _shrunk(poses, side) for side in SIDES}
    if not (hidden[near].any() or hidden[far].any()):
        return poses, None
    points = {side: np.array(poses.skeleton.indices(f"{side}_{part}" for part in _BELOW_HIP)) for side in SIDES}
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    seen = ~hidden[near] & ~hidden[far]
    for values in (image, world):
        beside = _usual_offset(values[:, points[far]] - values[:, points[near]], seen)
        values[np.ix_(hidden[far], points[far])] = values[np.ix_(hidden[far], points[near])] + beside
        values[np.ix_(hidden[near], points[near])] = np.nan
        values[np.ix_(hidden[near] & hidden[far], points[far])] = np.nan
    return poses.with_points(image, world), _tell(far, near, hidden[far] & ~hidden[near], hidden[near])


def find_covered(poses: PoseSequence) -> BoolArray:
    """Return ``(n, k)`` which joints something in front of the body covers, as was read from the pictures."""
    covered = np.zeros(poses.visibility.shape, dtype=bool)
    for joint, index in poses.skeleton.index.items():
        if (seen := poses.extras.get(f"covered_{joint}")) is not None:
            covered[:, index] = seen > 0
    return covered


def tell_covered(poses: PoseSequence) -> Notice | None:
    """Return which joints were covered for long, or None."""
    covered = find_covered(poses)
    parts = [
        part for part in _PARTS if covered[:, poses.skeleton.indices(f"{s}_{part}" for s in SIDES)].any(axis=1).mean() > _TOLD_FROM
    ]  # fmt: skip
    if not parts:
        return None
    named = " and ".join(f"{part}s" for part in parts)
    text = f"Something stands in front of the {named}: what cannot be seen is not measured. Take it away, or film from another place."
    return Notice("joints_covered", text)


def _shrunk(poses: PoseSequence, side: str) -> BoolArray:
    hip, knee, ankle = (poses.xy(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
    length = compute_length(hip, knee) + compute_length(knee, ankle)
    known = length[np.isfinite(length)]
    if not known.size:
        return np.zeros(len(poses), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(length < _SHRUNK * np.percentile(known, 95))


def _usual_offset(apart: FloatArray, seen: BoolArray) -> FloatArray:
    """Return ``(points, 2 or 3)`` how far the far leg usually is from the near one; nothing where both were never seen."""
    chosen = apart[seen & np.isfinite(apart).all(axis=(1, 2))]
    return np.asarray(np.median(chosen, axis=0) if len(chosen) else np.zeros(apart.shape[1:]))


def _without(poses: PoseSequence, guessed: BoolArray) -> PoseSequence:
    gone = guessed[:, :, None]
    return poses.with_points(np.where(gone, np.nan, poses.image_xy_px), np.where(gone, np.nan, poses.world_xyz_m))


def _tell(far: str, near: str, only_far: BoolArray, near_too: BoolArray) -> Notice | None:
    if near_too.mean() > _TOLD_FROM:
        text = f"Something hides the legs in {near_too.mean():.0%} of the frames: what cannot be seen is not measured there. Film from where nothing stands in front of them."
        return Notice("legs_hidden", text)
    if only_far.mean() > _TOLD_FROM:
        text = f"The {far} leg is hidden in {only_far.mean():.0%} of the frames: whether the feet stay on the ground is read from the {near} one there."
        return Notice("legs_hidden", text)
    return None
