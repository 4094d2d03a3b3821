"""Depth for poses of engines that know none: the person is taken to stand square to the camera.

What comes from the picture stays as it is. A side view needs to know which side is nearer, and where the person faces: that is read from
the face and the feet, and the two sides are put apart by the widths of an ordinary body. Obliquely nothing can be told, and nothing is.
"""

from __future__ import annotations

import numpy as np

from movescreen.model import FloatArray, Notice, PoseSequence

#: Thigh and shank of an ordinary adult, m.
_LEG_M = 0.85
#: Half of the distance between the two sides, m: shoulders and hips of adults, legs as they stand; ears.
_HALF_M = {
    "shoulder": 0.17,
    "elbow": 0.2,
    "wrist": 0.2,
    "hip": 0.09,
    "knee": 0.1,
    "ankle": 0.1,
    "heel": 0.1,
    "foot_index": 0.12,
    "ear": 0.07,
}
#: Shoulders as wide as this share of the trunk's length are seen from the front, and so narrow from the side.
_FRONT, _SIDE = 0.55, 0.3


def give_depth(poses: PoseSequence, view: str) -> tuple[PoseSequence, tuple[Notice, ...]]:
    """Return poses with world landmarks, and what to tell of them; as they are when the engine gave some.

    Parameters
    ----------
    poses
        Poses of an engine.
    view
        ``front`` or ``side``, as the user named it, or ``auto``: then found out from how wide the shoulders look.
    """
    if np.isfinite(poses.world_xyz_m).any() or not poses.detected.any():
        return poses, ()
    seen = _view_of(poses) if view == "auto" else view
    if not seen:
        text = "This pose engine tells no depth, and the person stands neither square to the camera nor aside of it: nothing is measured. Name the view, or record square to the camera."
        return poses, (Notice("no_depth", text, ("all",)),)
    text = (
        f"This pose engine tells no depth: the person was taken to stand square to the camera ({seen} view). The errors that are given were "
        "measured with another engine."
    )
    return poses.with_points(None, _stand_up(poses, seen)), (Notice("no_depth", text, ("all",)),)


def _view_of(poses: PoseSequence) -> str:
    across = np.abs(poses.xy("left_shoulder") - poses.xy("right_shoulder"))[:, 0]
    trunk = np.linalg.norm(poses.xy("mid_shoulder") - poses.xy("mid_hip"), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of a person without a height nothing can be told
        width = float(np.nanmedian(across) / np.nanpercentile(trunk, 90))
    return "front" if width > _FRONT else "side" if width < _SIDE else ""


def _stand_up(poses: PoseSequence, view: str) -> FloatArray:
    """Return ``(n, k, 3)`` world landmarks of a person square to the camera, m."""
    legs = [
        np.linalg.norm(poses.xy(f"{side}_{a}") - poses.xy(f"{side}_{b}"), axis=1)
        for side in ("left", "right")
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    leg_px = (
        float(
            np.nanpercentile(np.array(legs[:2]).sum(axis=0), 90) + np.nanpercentile(np.array(legs[2:]).sum(axis=0), 90)
        )
        / 2
    )
    flat = (poses.image_xy_px - poses.xy("mid_hip")[:, None]) * (_LEG_M / leg_px)
    depth = np.zeros(poses.image_xy_px.shape[:2])
    if view == "side":
        # who faces the right side of the picture has the left side away from the camera
        left_away = 1.0 if _faces_right(poses) else -1.0
        for name, place in poses.skeleton.index.items():
            side, _, part = name.partition("_")
            depth[:, place] = {"left": 1.0, "right": -1.0}.get(side, 0.0) * left_away * _HALF_M.get(part, 0.0)
    depth[~np.isfinite(flat[..., 0])] = np.nan
    return np.concatenate([flat, depth[..., None]], axis=2)


def _faces_right(poses: PoseSequence) -> bool:
    """Return whether face and feet point to the right side of the picture."""
    signs = []
    for front, back in (
        ("nose", "mid_ear"),
        ("left_foot_index", "left_heel"),
        ("right_foot_index", "right_heel"),
        ("nose", "mid_shoulder"),
    ):
        ahead = (poses.xy(front) - poses.xy(back))[:, 0]
        if np.isfinite(ahead).any():
            signs.append(np.sign(np.nanmedian(ahead)))
    return sum(signs) >= 0
