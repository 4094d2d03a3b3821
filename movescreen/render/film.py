"""A small film of a clip in memory, to be shown under the skeleton where somebody looks at it frame by frame."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult
from movescreen.render.writer import VideoWriter

#: Longest side, px, most pictures a second, and longest time that is kept, s.
SIDE_PX, MAX_FPS, LONGEST_S = 640, 30.0, 120.0
#: Shown before the first repetition and after the last one, s; room around the person, share of their size.
_AROUND_S, _ROOM = 2.0, 0.18
#: All of the picture: left, top, right and bottom, shares of it.
WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Film:
    """A film of a clip, or of a part of it.

    Attributes
    ----------
    data
        An MP4 file, H.264, without sound.
    start_s
        When in the clip its first picture was taken, s.
    box
        What of the clip's picture it shows: left, top, right and bottom, shares of the picture.
    """

    data: bytes
    start_s: float
    box: tuple[float, float, float, float] = WHOLE


class FilmTape:
    """Takes the pictures of a film one after the other.

    Parameters
    ----------
    box
        What of each picture is kept, as in :class:`Film`.
    """

    def __init__(self, box: tuple[float, float, float, float] = WHOLE) -> None:
        self._box, self._memory = box, io.BytesIO()
        self._writer = VideoWriter(self._memory, MAX_FPS, small=True)
        self._size_px: tuple[int, int] | None = None
        self._start_s = self._last_s = -np.inf
        self._failed = False

    def push(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Append a picture, ``(h, w, 3)`` uint8 RGB, with its time, s; those that come too early or too late are left out."""
        if self._failed or time_s < self._last_s + 0.9 / MAX_FPS or time_s > max(self._start_s, 0.0) + LONGEST_S:
            return
        height, width = image.shape[:2]
        left, top, right, bottom = (round(v * n) for v, n in zip(self._box, (width, height) * 2, strict=True))
        cut = image[top : max(bottom, top + 2), left : max(right, left + 2)]
        if self._size_px is None:
            scale = min(1.0, SIDE_PX / max(cut.shape[:2]))
            self._size_px = max(2, round(cut.shape[1] * scale)), max(2, round(cut.shape[0] * scale))
            self._start_s = time_s
        self._last_s = time_s
        small = (
            cv2.resize(cut, self._size_px, interpolation=cv2.INTER_AREA) if cut.shape[1::-1] != self._size_px else cut
        )
        try:
            self._writer.write(np.asarray(small, np.uint8), time_s)
        except MovescreenError:  # no encoder: whatever else is made of the clip does not wait for it
            self._failed = True

    def finish(self) -> Film | None:
        """Return the film; None when there is none to be had."""
        if self._failed or self._size_px is None:
            return None
        try:
            self._writer.close()
        except MovescreenError:
            return None
        return Film(self._memory.getvalue(), self._start_s, self._box)


def make_film(result: ClipResult, video: Path) -> Film | None:
    """Return a film of the repetitions of a clip, cut to the person; None when the clip cannot be read or encoded.

    Its times are those of the poses, also where the clip's own clock was put right.
    """
    from movescreen.video.reader import VideoReader

    poses, box = result.poses, _box_of(result)
    tape, (width, height) = FilmTape(box), poses.image_size_px
    share = max((box[2] - box[0]) * width, (box[3] - box[1]) * height) / max(width, height)
    start_s = (result.reps[0].start_s if result.reps else 0.0) - _AROUND_S
    end_s = (result.reps[-1].end_s if result.reps else float(poses.time_s[-1])) + _AROUND_S
    first, last = poses.frame_index[0], poses.frame_index[-1]
    try:
        with VideoReader(video, slowmo=result.video.slow_motion_factor) as reader:
            for frame in reader.frames(round(SIDE_PX / share), MAX_FPS):
                time_s = float(np.interp(frame.index, poses.frame_index, poses.time_s))
                if frame.index > last or time_s > end_s:
                    break  # nothing of the rest is shown
                if frame.index >= first and time_s >= start_s:
                    tape.push(frame.image, time_s)
    except MovescreenError:
        return None
    return tape.finish()


def _box_of(result: ClipResult) -> tuple[float, float, float, float]:
    size_px = np.array(result.poses.image_size_px, dtype=np.float64)
    points = result.shown_poses.image_xy_px[result.poses.detected]
    if not np.isfinite(points).any():
        return WHOLE
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    room = _ROOM * float(np.max(high - low))
    (left, top), (right, bottom) = np.clip([(low - room) / size_px, (high + room) / size_px], 0.0, 1.0)
    if right - left < 0.05 or bottom - top < 0.05:  # nobody who is in the picture
        return WHOLE
    return float(left), float(top), float(right), float(bottom)
