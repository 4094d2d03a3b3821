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
    index, points = poses.skeleton.index, np.nan_to_num(poses.image_xy_px[frame], nan=-1.0)
    seen = np.isfinite(poses.image_xy_px[frame]).all(axis=1)
    low, high = (
        points.min(axis=0, where=seen[:, None], initial=np.inf),
        points.max(axis=0, where=seen[:, None], initial=0.0),
    )
    low = np.minimum(low, high)
    room = _ROOM * float((high - low).max())
    low, high = np.maximum(low - room, 0.0), np.minimum(high + room, poses.image_size_px)
    joints = [
        (name, name.replace("_", " "), points[index[name]].tolist(), (points[index[name]] - joint_at(clip, name, rep.turn_s)).round(1).tolist())
        for name in MOVABLE if seen[index[name]]
    ]  # fmt: skip
    bones = [(a, b, side, points[[index[a], index[b]]].ravel().tolist()) for a, b, side in poses.skeleton.bones() if seen[[index[a], index[b]]].all()]  # fmt: skip
    box = (*low.tolist(), *(high - low).tolist())
    return {"joints": joints, "bones": bones, "box": box, "size": poses.image_size_px, "at": float(clip.poses.time_s[frame])}  # fmt: skip
