"""A small film of a clip in memory, to be shown under the skeleton where somebody looks at it frame by frame."""

from __future__ import annotations

import io
import math
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, FloatArray, Frame
from movescreen.pose import DetectedPose
from movescreen.render.writer import VideoWriter

#: Longest side, px, most pictures a second, and longest time that is kept, s.
SIDE_PX, MAX_FPS, LONGEST_S = 640, 30.0, 120.0
#: Shown before the first repetition and after the last one, s; room around the person, share of their size.
_AROUND_S, _ROOM = 2.0, 0.18
#: What may be needed of the picture before it is known what somebody does: to both sides and up from the feet, shares of their size.
_REACH = (0.8, 1.6)
#: Pictures are made smaller when less than this share of their size is left.
_WORTH_SHRINKING = 0.9
#: Pictures that may wait to be encoded.
_WAITING = 8
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
    """Takes the pictures of a film one after the other; they are scaled and encoded in a thread of its own.

    Parameters
    ----------
    box
        What of each picture is kept, as in :class:`Film`.
    side_px
        Longest side of the film, px; pictures are never enlarged.
    """

    def __init__(self, box: tuple[float, float, float, float] = WHOLE, side_px: int = SIDE_PX) -> None:
        self.box, self._side_px, self._memory = box, side_px, io.BytesIO()
        self._writer = VideoWriter(self._memory, MAX_FPS, small=True)
        self._canvas: NDArray[np.uint8] | None = None
        self._start_s = self._last_s = -np.inf
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="film")
        self._waiting: deque[Future[None]] = deque()

    def push(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Append a picture, ``(h, w, 3)`` uint8 RGB, with its time, s; those that come too early or too late are left out."""
        if time_s < self._last_s + 0.9 / MAX_FPS or time_s > max(self._start_s, 0.0) + LONGEST_S:
            return
        if not np.isfinite(self._start_s):
            self._start_s = time_s
        self._last_s = time_s
        self._waiting.append(self._worker.submit(self._write, image, time_s))
        if len(self._waiting) > _WAITING:
            wait([self._waiting.popleft()])

    def _write(self, image: NDArray[np.uint8], time_s: float) -> None:
        height, width = image.shape[:2]
        left, top, right, bottom = (round(v * n) for v, n in zip(self.box, (width, height) * 2, strict=True))
        cut = image[top : max(bottom, top + 2), left : max(right, left + 2)]
        if self._canvas is None:
            scale = min(1.0, self._side_px / max(cut.shape[:2]))
            self._canvas = np.empty((*(max(2, round(n * scale)) for n in cut.shape[:2]), 3), np.uint8)
        far = max(cut.shape) > 2 * max(self._canvas.shape)
        cv2.resize(
            cut, self._canvas.shape[1::-1], dst=self._canvas, interpolation=cv2.INTER_AREA if far else cv2.INTER_LINEAR
        )
        self._writer.write(self._canvas, time_s)

    def finish(self, from_s: float = -math.inf, to_s: float = math.inf) -> Film | None:
        """Return the film, from the key picture before ``from_s`` to the one after ``to_s``; None when there is none to be had."""
        self._worker.shutdown()
        try:
            for each in self._waiting:
                each.result()
            start_s = self._writer.close(from_s, to_s)
        except MovescreenError:  # no encoder: whatever else is made of the clip does not wait for it
            self._writer.discard()
            return None
        return Film(self._memory.getvalue(), start_s, self.box)

    def drop(self) -> None:
        """Throw the film away."""
        self._worker.shutdown(cancel_futures=True)
        self._writer.discard()


class FilmWatch:
    """Films a clip while it is analyzed, so that it need not be decoded again; see :class:`movescreen.pose.Observer`.

    What is kept of the pictures is guessed from where the person is first seen, with room for arms, steps and bends.
    """

    def __init__(self) -> None:
        self._tape: FilmTape | None = None
        self._times: dict[int, float] = {}

    def on_frame(self, frame: Frame, person: DetectedPose | None) -> None:
        """Take a frame; the film begins with the first in which somebody is seen."""
        if self._tape is None and person is not None:
            self._tape = _tape_around(person.image_xy_px, np.array(frame.image.shape[1::-1], dtype=np.float64))
        if self._tape is not None:
            self._times[frame.index] = frame.time_s
            self._tape.push(frame.image, frame.time_s)

    def on_cut(self) -> None:
        """Film on."""

    def restart(self) -> None:
        """Begin anew."""
        if self._tape is not None:
            self._tape.drop()
        self._tape, self._times = None, {}

    def finish(self, result: ClipResult) -> Film | None:
        """Return the film of a result's repetitions; None when it misses some of the person or of the time, or its clock is another one."""
        tape, self._tape = self._tape, None
        if tape is None:
            return None
        (left, top, right, bottom), poses, (start_s, end_s) = _box_of(result, 0.0), result.poses, _span_of(result)
        inside = left >= tape.box[0] and top >= tape.box[1] and right <= tape.box[2] and bottom <= tape.box[3]
        begun_s = next(iter(self._times.values()))
        since = poses.time_s[poses.detected & (poses.time_s >= start_s)]
        covered = end_s <= begun_s + LONGEST_S and since.size and begun_s <= since[0]
        same_clock = all(self._times.get(int(i), t) == t for i, t in zip(poses.frame_index, poses.time_s, strict=True))
        if inside and covered and same_clock:
            return tape.finish(start_s, end_s)
        tape.drop()
        return None


def _tape_around(points_px: FloatArray, size_px: FloatArray) -> FilmTape:
    """Return a tape of the surroundings of somebody, ``(k, 2)`` px, who may be bent or have the arms up already."""
    low, high = np.nanmin(points_px, axis=0), np.nanmax(points_px, axis=0)
    tall = float(np.max(high - low))
    middle = float(low[0] + high[0]) / 2
    reach, up = (share * tall for share in _REACH)
    box = _shares(np.array([middle - reach, high[1] - up]), np.array([middle + reach, high[1] + _ROOM * tall]), size_px)
    # as large as the person would be in a film cut to them; little would be gained by making pictures a little smaller
    share = SIDE_PX / ((1 + 2 * _ROOM) * tall)
    cut_px = max((box[2] - box[0]) * size_px[0], (box[3] - box[1]) * size_px[1])
    return FilmTape(box, math.ceil(cut_px * (share if share < _WORTH_SHRINKING else 1.0)))


def make_film(result: ClipResult, video: Path) -> Film | None:
    """Return a film of the repetitions of a clip, cut to the person; None when the clip cannot be read or encoded.

    Its times are those of the poses, also where the clip's own clock was put right.
    """
    from movescreen.video.reader import VideoReader

    poses, box, (start_s, end_s) = result.poses, _box_of(result, _ROOM), _span_of(result)
    tape, (width, height) = FilmTape(box), poses.image_size_px
    share = max((box[2] - box[0]) * width, (box[3] - box[1]) * height) / max(width, height)
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
        tape.drop()
        return None
    return tape.finish()


def _span_of(result: ClipResult) -> tuple[float, float]:
    """Return from when to when a film of a result goes, s."""
    last_s = result.reps[-1].end_s if result.reps else float(result.poses.time_s[-1])
    return (result.reps[0].start_s if result.reps else 0.0) - _AROUND_S, last_s + _AROUND_S


def _box_of(result: ClipResult, around: float) -> tuple[float, float, float, float]:
    size_px = np.array(result.poses.image_size_px, dtype=np.float64)
    points = result.shown_poses.image_xy_px[result.poses.detected]
    if not np.isfinite(points).any():
        return WHOLE
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    room = around * float(np.max(high - low))
    left, top, right, bottom = _shares(low - room, high + room, size_px)
    if right - left < 0.05 or bottom - top < 0.05:  # nobody who is in the picture
        return WHOLE
    return left, top, right, bottom


def _shares(low_px: FloatArray, high_px: FloatArray, size_px: FloatArray) -> tuple[float, float, float, float]:
    left, top, right, bottom = np.clip(np.concatenate([low_px / size_px, high_px / size_px]), 0.0, 1.0).tolist()
    return left, top, right, bottom
