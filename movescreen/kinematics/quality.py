"""Is the pose fit to be measured: left/right swaps, implausible frames, locomotion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from movescreen.kinematics.facing import compute_yaw
from movescreen.kinematics.filtering import SmoothingSettings, smooth_track
from movescreen.kinematics.geometry import compute_inclination, compute_length, wrap_degrees
from movescreen.model import BoolArray, FloatArray, Notice, PoseSequence

_LEG = ("hip", "knee", "ankle", "heel", "foot_index")
SIDES = ("left", "right")
_SWAP_PARTS = ("knee", "ankle", "heel", "foot_index")
#: Cost, in body lengths, of changing the left/right labeling between two frames.
_SWAP_COST = 0.12
#: Cost a second of disagreeing with the model's own labels. Small enough for a stretch of ten seconds to be put right, large
#: enough to settle what a frame with both legs in one place leaves open.
_DISAGREE_COST_PER_S = 0.02
#: Above this share of swapped frames nobody can tell which labeling is right.
_SWAP_AMBIGUOUS = 0.4


def compute_leg_length_px(poses: PoseSequence) -> float:
    """Return the leg length in the picture: a high percentile of thigh + shank, px; NaN when nobody is there."""
    lengths = []
    for side in ("left", "right"):
        hip, knee, ankle = (poses.xy(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        lengths.append(compute_length(hip, knee) + compute_length(knee, ankle))
    mean = np.mean(lengths, axis=0)
    length = float(np.percentile(mean[np.isfinite(mean)], 90)) if np.isfinite(mean).any() else float("nan")
    return length if length >= 1.0 else float("nan")  # a leg of less than a pixel is nobody's


@dataclass(frozen=True)
class SwapRepair:
    """Outcome of the left/right check.

    Attributes
    ----------
    poses
        Poses with consistent sides; leg landmarks are NaN where the side is not known.
    swapped
        ``(n,)`` frames whose legs were exchanged.
    excluded
        ``(n,)`` frames whose legs were taken out.
    notice
        What to tell the reader, or None.
    """

    poses: PoseSequence
    swapped: BoolArray
    excluded: BoolArray
    notice: Notice | None


def repair_side_swaps(poses: PoseSequence) -> SwapRepair:
    """Undo frames in which the pose model exchanged the left and the right leg.

    The labeling of every frame (as stated, or exchanged) is chosen so that the legs move as little as possible from
    frame to frame (Viterbi over two states). When the labeling seems exchanged in so many frames that neither
    can be called the right one, the smaller group is taken out instead of repaired.
    """
    n = len(poses)
    scale = compute_leg_length_px(poses)
    nothing = np.zeros(n, dtype=bool)
    legs_known = np.isfinite(
        poses.image_xy_px[:, poses.skeleton.indices(f"{s}_{p}" for s in SIDES for p in _SWAP_PARTS)]
    )
    seen = np.flatnonzero(legs_known.all(axis=(1, 2)))
    if len(seen) < 3 or not scale > 0:
        return SwapRepair(poses, nothing, nothing, None)
    states = _label_sides(poses, seen, scale)
    if not states.any():
        return SwapRepair(poses, nothing, nothing, None)
    swapped = nothing.copy()
    swapped[seen] = states
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    share = float(states.mean())
    order = poses.skeleton.mirror_order()
    legs = np.array(poses.skeleton.indices(f"{s}_{p}" for s in SIDES for p in _LEG))
    if share > _SWAP_AMBIGUOUS:
        image[np.ix_(swapped, legs)] = np.nan
        world[np.ix_(swapped, legs)] = np.nan
        notice = Notice(
            "sides_unclear",
            f"Left and right leg could not be told apart in {share:.0%} of the frames; those frames are not measured.",
            ("all",),
        )
        return SwapRepair(poses.with_points(image, world), nothing, swapped, notice)
    mirrored = np.array(order)[legs]
    image[np.ix_(swapped, legs)] = poses.image_xy_px[np.ix_(swapped, mirrored)]
    world[np.ix_(swapped, legs)] = poses.world_xyz_m[np.ix_(swapped, mirrored)]
    notice = Notice("sides_repaired", f"Left and right leg were exchanged in {share:.0%} of the frames and put right.")
    return SwapRepair(poses.with_points(image, world), swapped, nothing, notice)


def _label_sides(poses: PoseSequence, seen: np.ndarray, scale: float) -> BoolArray:
    left = poses.image_xy_px[seen][:, poses.skeleton.indices(f"left_{p}" for p in _SWAP_PARTS)] / scale
    right = poses.image_xy_px[seen][:, poses.skeleton.indices(f"right_{p}" for p in _SWAP_PARTS)] / scale
    # moving from one labeling to the same one, and to the other one, costs alike whichever it is
    stay = _mean_step(np.concatenate([left, right], 1), np.concatenate([left, right], 1))
    change = _mean_step(np.concatenate([left, right], 1), np.concatenate([right, left], 1)) + _SWAP_COST
    m = len(seen)
    seconds = np.diff(poses.time_s[seen])
    disagree = np.stack([np.zeros(m - 1), _DISAGREE_COST_PER_S * seconds], axis=1)
    cost = np.zeros(2)
    back = np.zeros((m, 2), dtype=np.int8)
    for i in range(1, m):
        for state in (0, 1):
            kept, changed = cost[state] + stay[i - 1], cost[1 - state] + change[i - 1]
            back[i, state] = state if kept <= changed else 1 - state
        cost = np.minimum(cost + stay[i - 1], cost[::-1] + change[i - 1]) + disagree[i - 1]
    states = np.zeros(m, dtype=bool)
    state = int(cost.argmin())
    for i in range(m - 1, -1, -1):
        states[i] = bool(state)
        state = int(back[i, state])
    return states


def _mean_step(before: FloatArray, after: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(after[1:] - before[:-1], axis=2).mean(axis=1))


#: A landmark further outside the picture than this share of its size was not seen but made up by the network.
_OUTSIDE_SHARE = 0.02
#: Body parts whose absence is told, and the share of frames from which on.
_TOLD_PARTS = {
    "feet": ("ankle", "heel", "foot_index"),
    "knees": ("knee",),
    "shoulders": ("shoulder",),
    "hands": ("wrist",),
}
_TOLD_FROM = 0.1


def exclude_points_outside(poses: PoseSequence) -> tuple[PoseSequence, Notice | None]:
    """Take out landmarks that lie outside the picture: the network goes on guessing where it cannot see.

    Returns the poses and a notice that names the parts that were cut off for long, or None; it affects those landmarks.
    """
    size = np.array(poses.image_size_px, dtype=float)
    margin = _OUTSIDE_SHARE * size
    with np.errstate(invalid="ignore"):
        beyond = (poses.image_xy_px < -margin) | (poses.image_xy_px > size + margin)
    outside: BoolArray = np.asarray(beyond.any(axis=2))
    if not outside.any():
        return poses, None
    image = np.where(outside[:, :, None], np.nan, poses.image_xy_px)
    world = np.where(outside[:, :, None], np.nan, poses.world_xyz_m)
    cut = {}
    for name, parts in _TOLD_PARTS.items():
        points = poses.skeleton.indices(f"{s}_{p}" for s in SIDES for p in parts)
        share = float(outside[:, points].any(axis=1).mean())
        if share > _TOLD_FROM:
            cut[name] = share
    if not cut:
        return poses.with_points(image, world), None
    told = ", ".join(f"{name} in {share:.0%}" for name, share in cut.items())
    text = f"Not the whole body is in the picture ({told} of the frames); what is cut off is not measured. Step back or turn the camera."
    affected = tuple(f"{s}_{part}" for name in cut for s in SIDES for part in _TOLD_PARTS[name])
    return poses.with_points(image, world), Notice("cut_off", text, affected)


def compute_body_tilt(poses: PoseSequence) -> float:
    """Return how far the line from the feet to the shoulders is from upright, median over the clip, degrees 0..180."""
    tilt = compute_inclination(poses.xy("mid_ankle"), poses.xy("mid_shoulder"), 1.0)
    seen = np.abs(tilt[np.isfinite(tilt)])
    return float(np.median(seen)) if seen.size else float("nan")


def exclude_implausible_frames(poses: PoseSequence) -> tuple[PoseSequence, BoolArray]:
    """Take out frames whose whole body size leaps: a segment many times its usual length is not a person.

    Returns the poses and the ``(n,)`` mask of frames taken out.
    """
    torso = compute_length(poses.xy("mid_shoulder"), poses.xy("mid_hip"))
    leg = np.zeros(len(poses))
    for side in ("left", "right"):
        leg = leg + compute_length(poses.xy(f"{side}_hip"), poses.xy(f"{side}_ankle"))
    size = torso + leg / 2
    usual = np.nanmedian(size) if np.isfinite(size).any() else np.nan
    with np.errstate(invalid="ignore"):
        bad = (size > 2.2 * usual) | (size < 0.2 * usual)
    if not bad.any():
        return poses, bad
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    image[bad], world[bad] = np.nan, np.nan
    return poses.with_points(image, world), bad


def smooth_poses(poses: PoseSequence, settings: SmoothingSettings) -> PoseSequence:
    """Return the poses with every coordinate smoothed by :func:`smooth_track`."""
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    # world coordinates are meters: the outlier floor is given in px, so scale it by the person's size in the picture
    leg = compute_leg_length_px(poses)
    world_settings = SmoothingSettings(
        **{**settings.__dict__, "outlier_floor_px": settings.outlier_floor_px / leg if leg > 0 else 0.01}
    )
    for k in range(image.shape[1]):
        for c in range(2):
            image[:, k, c] = smooth_track(poses.time_s, image[:, k, c], settings)
        for c in range(3):
            world[:, k, c] = smooth_track(poses.time_s, world[:, k, c], world_settings)
    return poses.with_points(image, world)


#: Both feet must leave their place by this much (leg lengths, in the picture) within the window for a step to count.
_STEP_SHARE = 0.25
_SHUFFLE_SHARE = 0.10
#: Both feet rising or falling by this much (leg lengths) within half the window: a jump.
_JUMP_SHARE = 0.12


def detect_locomotion(poses: PoseSequence, window_s: float = 1.0) -> BoolArray:
    """Return ``(n,)`` True where the feet are not planted: walking in or out, turning round on the spot, jumping.

    Jumping counts as well. Traveling means that within ``window_s`` both feet leave their place (a lunge moves one) while mid-hip moves across by a
    quarter of the leg length or the body grows or shrinks by 8 % or more; turning, that both feet shift while the trunk
    turns by more than 50 degrees; jumping, that both feet rise or fall together.
    """
    n = len(poses)
    leg = compute_leg_length_px(poses)
    moving = np.zeros(n, dtype=bool)
    if n < 3 or not leg > 0:
        return moving
    t = poses.time_s
    ahead = np.minimum(np.searchsorted(t, t + window_s), n - 1)
    feet = [(poses.xy(f"{s}_ankle") + poses.xy(f"{s}_heel")) / (2 * leg) for s in SIDES]
    step = np.min([np.linalg.norm(f[ahead] - f, axis=1) for f in feet], axis=0)
    hip = poses.xy("mid_hip")[:, 0] / leg
    scale = compute_image_scale(poses)
    yaw = compute_yaw(poses)
    with np.errstate(invalid="ignore", divide="ignore"):
        travel = np.abs(hip[ahead] - hip)
        growth = np.abs(np.log(scale[ahead] / scale))
        turn = np.abs(wrap_degrees(yaw[ahead] - yaw))
        begins = (step > _STEP_SHARE) & ((travel > 0.25) | (growth > np.log(1.08)))
        begins |= (step > _SHUFFLE_SHARE) & (turn > 50.0)
        begins |= _feet_leave_the_ground(feet, t, window_s / 2)
    for i in np.flatnonzero(begins):
        moving[i : ahead[i] + 1] = True
    return moving


def _feet_leave_the_ground(feet: list[FloatArray], time_s: FloatArray, window_s: float) -> BoolArray:
    ahead = np.minimum(np.searchsorted(time_s, time_s + window_s), len(time_s) - 1)
    rise = [f[:, 1] - f[ahead, 1] for f in feet]
    together = np.sign(rise[0]) == np.sign(rise[1])
    return np.asarray(together & (np.minimum(np.abs(rise[0]), np.abs(rise[1])) > _JUMP_SHARE))


def compute_image_scale(poses: PoseSequence) -> FloatArray:
    """Return pixels per meter in every frame, ``(n,)``: how large the head and trunk appear against their world size."""
    parts = [f"{s}_{p}" for s in SIDES for p in ("ear", "shoulder", "hip")]
    idx = poses.skeleton.indices(parts)
    image, world = poses.image_xy_px[:, idx], poses.world_xyz_m[:, idx, :2]
    image = image - image.mean(axis=1, keepdims=True)
    world = world - world.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt((image**2).sum(axis=(1, 2)) / (world**2).sum(axis=(1, 2))))
