"""Is the pose fit to be measured: what lies outside the picture, implausible frames, locomotion."""

from __future__ import annotations

import numpy as np

from movescreen.kinematics.facing import compute_yaw
from movescreen.kinematics.filtering import SmoothingSettings, smooth_track, split_runs
from movescreen.kinematics.geometry import compute_inclination, compute_length, wrap_degrees
from movescreen.model import BoolArray, FloatArray, Notice, PoseSequence

SIDES = ("left", "right")


def compute_leg_length_px(poses: PoseSequence) -> float:
    """Return the leg length in the picture: a high percentile of thigh + shank, px; NaN when nobody is there."""
    lengths = []
    for side in ("left", "right"):
        hip, knee, ankle = (poses.xy(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        lengths.append(compute_length(hip, knee) + compute_length(knee, ankle))
    mean = np.mean(lengths, axis=0)
    length = float(np.percentile(mean[np.isfinite(mean)], 90)) if np.isfinite(mean).any() else float("nan")
    return length if length >= 1.0 else float("nan")  # a leg of less than a pixel is nobody's


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


#: Hips that are so far above their place in standing, and shoulders that are not above theirs, are no person's, leg lengths; for longer
#: than this (s) somebody stands further away.
_HIPS_ABOVE, _SHOULDERS_ABOVE, _FOR_A_MOMENT_S = 0.15, 0.05, 0.8
_BELOW_TRUNK = ("hip", "knee", "ankle", "heel", "foot_index")


def bridge_leaping_hips(poses: PoseSequence) -> tuple[PoseSequence, BoolArray]:
    """Draw hips and legs straight from before to after where they leap up though the shoulders do not.

    Of somebody who comes up from a bend fast the network draws hips and feet far too high for a moment.
    Returns the poses and the ``(n,)`` mask of frames that were bridged.
    """
    leap = _hips_above_standing(poses)
    if not leap.any():
        return poses, leap
    points = poses.skeleton.indices(f"{side}_{part}" for side in SIDES for part in _BELOW_TRUNK)
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    for values in (image, world):
        for k in points:
            for c in range(values.shape[2]):
                known = ~leap & np.isfinite(values[:, k, c])
                if known.any():
                    values[leap, k, c] = np.interp(poses.time_s[leap], poses.time_s[known], values[known, k, c])
    return poses.with_points(image, world), leap


def _hips_above_standing(poses: PoseSequence) -> BoolArray:
    """Return ``(n,)`` frames with the hips, for a moment, higher in the picture than in standing though the shoulders are not."""
    upright, leg = find_upright(poses), compute_leg_length_px(poses)
    if not (upright.any() and leg > 0):
        return np.zeros(len(poses), dtype=bool)
    hips, shoulders = (
        (np.nanmedian(poses.xy(name)[upright, 1]) - poses.xy(name)[:, 1]) / leg for name in ("mid_hip", "mid_shoulder")
    )
    above = (hips > _HIPS_ABOVE) & (shoulders < _SHOULDERS_ABOVE)
    for run in split_runs(above):
        if np.ptp(poses.time_s[run]) > _FOR_A_MOMENT_S:
            above[run] = False
    return np.asarray(above)


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


#: The shoulders are this high over the feet, against their highest, while somebody stands upright.
_UPRIGHT = 0.88


def find_upright(poses: PoseSequence, scale: FloatArray | float = 1.0, share: float = _UPRIGHT) -> BoolArray:
    """Return ``(n,)`` frames in which the shoulders are about as high over the feet as they come, in pixels or over a scale."""
    height = (poses.xy("mid_ankle")[:, 1] - poses.xy("mid_shoulder")[:, 1]) / scale
    known = height[np.isfinite(height)]
    if not known.size:
        return np.zeros(len(poses), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(height > share * np.percentile(known, 95))


#: Both feet must leave their place by this much (leg lengths, in the picture) within the window for a step to count.
_STEP_SHARE = 0.25
_SHUFFLE_SHARE = 0.10
#: Both feet rising or falling by this much (leg lengths) within half the window: a jump.
_JUMP_SHARE = 0.12
#: Nobody who jumps has the shoulders lower than this before or after, against their highest.
_NOT_FOLDED = 0.78


def detect_locomotion(poses: PoseSequence, window_s: float = 1.0) -> BoolArray:
    """Return ``(n,)`` True where the feet are not planted: walking in or out, turning round on the spot, jumping.

    Jumping counts as well. Traveling means that within ``window_s`` both feet leave their place (a lunge moves one) while mid-hip
    moves across by a quarter of the leg length or the upright body grows or shrinks by 8 % or more; turning, that both feet shift
    while the upright trunk turns by more than 50 degrees; jumping, that both feet rise or fall together. Of
    somebody who is bent over little is believed: the network takes a bent back for a chest, and loses the feet.
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
        upright = find_upright(poses, scale)
        stands = upright & upright[ahead]
        begins = (step > _STEP_SHARE) & ((travel > 0.25) | ((growth > np.log(1.08)) & stands))
        begins |= (step > _SHUFFLE_SHARE) & (turn > 50.0) & stands
        begins |= _feet_leave_the_ground(feet, t, window_s / 2, find_upright(poses, scale, _NOT_FOLDED))
    for i in np.flatnonzero(begins):
        moving[i : ahead[i] + 1] = True
    return moving


def _feet_leave_the_ground(
    feet: list[FloatArray], time_s: FloatArray, window_s: float, unfolded: BoolArray
) -> BoolArray:
    ahead = np.minimum(np.searchsorted(time_s, time_s + window_s), len(time_s) - 1)
    rise = [f[:, 1] - f[ahead, 1] for f in feet]
    together = np.sign(rise[0]) == np.sign(rise[1])
    far = np.minimum(np.abs(rise[0]), np.abs(rise[1])) > _JUMP_SHARE
    return np.asarray(together & far & unfolded & unfolded[ahead])


def compute_image_scale(poses: PoseSequence) -> FloatArray:
    """Return pixels per meter in every frame, ``(n,)``: how large the head and trunk appear against their world size."""
    parts = [f"{s}_{p}" for s in SIDES for p in ("ear", "shoulder", "hip")]
    idx = poses.skeleton.indices(parts)
    image, world = poses.image_xy_px[:, idx], poses.world_xyz_m[:, idx, :2]
    image = image - image.mean(axis=1, keepdims=True)
    world = world - world.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt((image**2).sum(axis=(1, 2)) / (world**2).sum(axis=(1, 2))))
