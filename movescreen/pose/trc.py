"""Poses from a marker file (TRC), as Sports2D, Pose2Sim and movescreen itself write them.

The layout is OpenSim's: five lines of head, then a row a frame with three numbers a marker. Whether heights grow upward is read from
the person, who stands on the feet; a file whose third number never changes has no depth.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from movescreen.doors import Door
from movescreen.model import BLAZEPOSE, FloatArray, PoseSequence

#: Where one comes in.
TRC = Door(
    "marker file", "give a TRC file with the markers of one person, as Sports2D and Pose2Sim write them", 200_000_000
)
#: Height of the person in the picture that stands in for the one nobody has, px, and what is left around.
_HEIGHT_PX, _MARGIN_PX = 800.0, 100.0
_PARTS = {
    "eye": "Eye", "ear": "Ear", "shoulder": "Shoulder", "elbow": "Elbow", "wrist": "Wrist", "hip": "Hip", "knee": "Knee", "ankle": "Ankle",
    "heel": "Heel", "foot_index": "BigToe",
}  # fmt: skip
#: Marker as others name it -> landmark.
_NAMES = {
    f"{side[0].upper()}{theirs}": f"{side}_{ours}" for side in ("left", "right") for ours, theirs in _PARTS.items()
} | {"Nose": "nose"}
_NEEDED = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip", "knee", "ankle"))


def load_trc(path: Path | str) -> PoseSequence:
    """Read a marker file.

    Parameters
    ----------
    path
        Markers named as in this package, or as in HALPE and COCO (``LHip``, ``RBigToe``); others are left out.

    Returns
    -------
    PoseSequence
        As a camera in front of the plane of x and y would see it, in pixels of a made-up picture. World landmarks only where the
        file has a depth.

    Raises
    ------
    InputError
        When there is no such file, or it is none with the markers of a person.
    """
    path = Path(path)
    with TRC.taking(path):
        return _parse(TRC.read_text(path))


def _parse(text: str) -> PoseSequence:
    lines = text.splitlines()
    if not lines or not lines[0].startswith("PathFileType"):
        raise ValueError("it does not begin as a marker file")
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    rows = np.array([_numbers(line, 2 + 3 * len(names)) for line in lines[5:] if line.strip()])
    if not len(rows):
        raise ValueError("it has no rows")
    given = {_NAMES.get(name.strip(), name.strip()): place for place, name in enumerate(names)}
    if missing := [name for name in _NEEDED if name not in given]:
        raise ValueError(f"it has no marker for {', '.join(missing)}")
    time_s, order = np.unique(rows[:, 1], return_index=True)
    points = np.full((len(time_s), len(BLAZEPOSE.landmarks), 3), np.nan)
    for name, place in BLAZEPOSE.index.items():
        if name in given:
            points[:, place] = rows[order, 2 + 3 * given[name] : 5 + 3 * given[name]]
    return _as_seen(time_s, rows[order, 0].astype(np.int64), points)


def _numbers(line: str, count: int) -> list[float]:
    cells = (line.split("\t") + [""] * count)[:count]
    return [float(cell) if cell.strip() else np.nan for cell in cells]


def _as_seen(time_s: FloatArray, frames: NDArray[np.int64], points: FloatArray) -> PoseSequence:
    points[~np.isfinite(points).all(axis=2)] = np.nan
    index = BLAZEPOSE.index
    feet, top = (
        points[:, BLAZEPOSE.indices(f"{side}_{part}" for side in ("left", "right"))] for part in ("ankle", "shoulder")
    )
    if np.nanmedian(top[..., 1]) > np.nanmedian(feet[..., 1]):
        points = points * np.array([1.0, -1.0, -1.0])  # y up and z towards the camera, as in the files of OpenSim
    low, high = np.nanmin(points[..., :2], axis=(0, 1)), np.nanmax(points[..., :2], axis=(0, 1))
    scale = _HEIGHT_PX / max(float(high[1] - low[1]), 1e-9)
    image = (points[..., :2] - low) * scale + _MARGIN_PX
    width, height = ((high - low) * scale + 2 * _MARGIN_PX).astype(int)
    deep = np.nanmax(points[..., 2]) - np.nanmin(points[..., 2]) > 1e-6
    hips = (points[:, index["left_hip"]] + points[:, index["right_hip"]]) / 2
    world = points - hips[:, None] if deep else np.full_like(points, np.nan)
    return PoseSequence(
        time_s=time_s,
        image_xy_px=image,
        world_xyz_m=world,
        visibility=np.where(np.isfinite(image[..., 0]), 1.0, np.nan),
        frame_index=frames,
        image_size_px=(int(width), int(height)),
    )
