"""The person at the turn of a repetition as a drawing with joints that can be taken hold of."""

from __future__ import annotations

from typing import Any

import numpy as np

from movescreen.app.correcting import joint_at
from movescreen.model import ClipResult, Repetition
from movescreen.model.moved import MOVABLE

#: Room around the person, share of their size.
_ROOM = 0.15


def turn_drawing(clip: ClipResult, rep: Repetition) -> dict[str, Any]:
    """Return bones, joints and size of the drawing, pixels of the analyzed picture.

    A joint has its name, where it is drawn, and how far that is from where the camera saw it.
    """
    poses, frame = clip.shown_poses, int(np.argmin(np.abs(clip.poses.time_s - rep.turn_s)))
    points = poses.image_xy_px[frame]
    if not np.isfinite(points).any():
        return {
            "joints": [],
            "bones": [],
            "box": (0, 0, *poses.image_size_px),
            "size": poses.image_size_px,
            "at": rep.turn_s,
        }
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    room = _ROOM * float((high - low).max())
    left, top = np.maximum(low - room, 0.0)
    right, bottom = np.minimum(high + room, poses.image_size_px)
    joints = []
    for name in MOVABLE:
        place = points[poses.skeleton.index[name]]
        if np.isfinite(place).all():
            moved = place - joint_at(clip, name, rep.turn_s)
            joints.append(
                {
                    "name": name,
                    "words": name.replace("_", " "),
                    "place": place.tolist(),
                    "moved": np.round(moved, 1).tolist(),
                }
            )
    bones = [
        {
            "a": a,
            "b": b,
            "side": side,
            "ends": points[[poses.skeleton.index[a], poses.skeleton.index[b]]].ravel().tolist(),
        }
        for a, b, side in poses.skeleton.bones()
    ]
    return {
        "joints": joints, "bones": [bone for bone in bones if np.isfinite(bone["ends"]).all()],
        "box": (float(left), float(top), float(right - left), float(bottom - top)), "size": poses.image_size_px,
        "at": float(clip.poses.time_s[frame]),
    }  # fmt: skip
