"""Is there enough picture to measure on: its size, its light, and how sharp the person is in every frame."""

from __future__ import annotations

import cv2
import numpy as np

from movescreen.model import FloatArray, Frame, Notice, PoseSequence

#: Pictures whose long side is shorter than this, px, have bent knees read several degrees too straight and heels too high.
_LEAST_SIDE_PX = 400
#: A picture is dark when neither its middle nor the whole of it is brighter than this in the median frame, 0..255.
_DARK = 45.0
#: Light is looked at in every so many frames, on every so many pixels.
_LIGHT_EVERY, _THINNED = 10, 8
#: Sharp edges: this percentile of the steps from row to row in the person's box.
_EDGE_PERCENTILE = 95.0

#: Name of the reading in :attr:`movescreen.model.PoseSequence.extras`: how steep edges across the vertical are on the person, gray levels.
SHARPNESS = "sharpness"


class PictureQuality:
    """Looks at each frame of a clip and the points of the person in it."""

    def __init__(self) -> None:
        self._sharp: dict[int, float] = {}
        self._light: list[float] = []
        self._count = 0

    def update(self, frame: Frame, points_xy_px: FloatArray | None) -> None:
        """Look at the next frame."""
        if self._count % _LIGHT_EVERY == 0:
            self._light.append(_measure_light(frame))
        self._count += 1
        if points_xy_px is not None:
            self._sharp[frame.index] = _measure_sharpness(frame, points_xy_px)

    def record(self, poses: PoseSequence) -> FloatArray:
        """Return the sharpness of the person in each frame of the poses, ``(n,)`` gray levels, NaN where unknown."""
        return np.array([self._sharp.get(int(index), np.nan) for index in poses.frame_index])

    def notices(self, size_px: tuple[int, int]) -> tuple[Notice, ...]:
        """Return what the reader of a result must know; ``size_px`` is the picture's width and height in the file."""
        found = []
        if max(size_px) < _LEAST_SIDE_PX:
            text = f"The picture is small ({size_px[0]} x {size_px[1]} pixels): joints are placed less exactly. Use the original, not a copy from a messenger."
            found.append(Notice("picture_small", text, ("all",)))
        if self._light and float(np.median(self._light)) < _DARK:
            text = "The picture is dark: joints are placed less exactly. Switch on a light, or turn the camera away from a bright window."
            found.append(Notice("picture_dark", text, ("all",)))
        return tuple(found)


def _measure_light(frame: Frame) -> float:
    # green stands for gray
    small = frame.image[::_THINNED, ::_THINNED, 1]
    height, width = small.shape
    middle = small[height // 4 : max(1, 3 * height // 4), width // 4 : max(1, 3 * width // 4)]
    return float(max(np.median(small), np.median(middle)))


def _measure_sharpness(frame: Frame, points_xy_px: FloatArray) -> float:
    points = points_xy_px[np.isfinite(points_xy_px).all(axis=1)]
    if not len(points):
        return float("nan")
    (left, top), (right, bottom) = np.clip(points.min(axis=0), 0, None).astype(int), points.max(axis=0).astype(int)
    box = np.ascontiguousarray(frame.image[top : bottom + 1, left : right + 1 : 2, 1])
    if len(box) < 2 or not box.shape[1]:
        return float("nan")
    steps = cv2.absdiff(box[1:], box[:-1])
    below = np.cumsum(cv2.calcHist([steps], [0], None, [256], [0, 256]))
    # what numpy.percentile says, from counts instead of from sorting
    place = _EDGE_PERCENTILE / 100 * (steps.size - 1)
    low, high = (
        int(np.searchsorted(below, rank, side="right")) for rank in (int(place), min(int(place) + 1, steps.size - 1))
    )
    return low + (high - low) * (place - int(place))
