"""Live pictures: a webcam, a network camera, or a file that plays as if it were one."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.errors import VideoError
from movescreen.model import Frame
from movescreen.video.decode import fit_size
from movescreen.video.reader import VideoReader

#: A camera that gives no picture for this long is taken to be gone, s.
SILENCE_S = 5.0
_CAMERA_NUMBER = re.compile(r"(?:/dev/video)?(\d+)")
_HINT_CAMERA = "check that it is plugged in, that no other program uses it, and that this program may use the camera"


class Camera(Protocol):
    """A source of live pictures.

    Frames that nobody takes in time are dropped, never queued. ``Frame.time_s`` counts from the first picture; ``Frame.index``
    counts the pictures of the camera, dropped ones included.
    """

    #: What is shown to the user: "camera 0" or the name of a file.
    name: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Let go of the camera; safe to call again."""


def open_camera(source: int | str | Path, *, max_side_px: int | None = None, realtime: bool = True) -> Camera:
    """Open a webcam, a network camera, or a file that plays as a camera.

    Parameters
    ----------
    source
        Number of the camera (0 is the first), an address such as ``rtsp://…``, or a video file.
    max_side_px
        Longest side of the frames; None keeps the size of the source.
    realtime
        Files only: play at the pace at which it was recorded, and drop what comes too late. False gives every frame as fast
        as it is taken.

    Raises
    ------
    VideoError
        When there is no such camera or file.
    """
    text = str(source)
    if number := _CAMERA_NUMBER.fullmatch(text):
        return LiveCamera(int(number[1]), f"camera {number[1]}", max_side_px)
    if "://" in text:
        return LiveCamera(text, f"camera {text}", max_side_px)
    return FileCamera(text, max_side_px=max_side_px, realtime=realtime)


class LiveCamera:
    """A camera read through OpenCV; a thread keeps only the newest picture.

    Parameters
    ----------
    source
        Number or address for ``cv2.VideoCapture``.
    name
        What is shown to the user.
    max_side_px
        Longest side of the frames; None keeps the size of the camera.

    Raises
    ------
    VideoError
        When it cannot be opened. While iterating: when it stops giving pictures.
    """

    def __init__(self, source: int | str, name: str, max_side_px: int | None = None) -> None:
        self.name = name
        self._max_side_px = max_side_px
        self._capture = _open_capture(source)
        if not self._capture.isOpened():
            self._capture.release()
            raise VideoError(f"there is no {name}, or it cannot be opened", _HINT_CAMERA)
        self._newest: tuple[NDArray[np.uint8], float, int] | None = None
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._grab, name="movescreen-camera", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the thread and let go of the camera; safe to call again."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def __iter__(self) -> Iterator[Frame]:
        first_s: float | None = None
        while (taken := self._take()) is not None:
            bgr, clock_s, index = taken
            first_s = clock_s if first_s is None else first_s
            yield Frame(_to_rgb(bgr, self._max_side_px), clock_s - first_s, index)

    def _take(self) -> tuple[NDArray[np.uint8], float, int] | None:
        """Wait for a picture that was not taken yet; None when the camera was closed."""
        with self._changed:
            came = self._changed.wait_for(lambda: self._stopped or self._newest is not None, timeout=SILENCE_S)
            if self._newest is not None:
                taken, self._newest = self._newest, None
                return taken
            if came:
                return None
        raise VideoError(f"{self.name} has given no picture for {SILENCE_S:g} s", _HINT_CAMERA)

    def _grab(self) -> None:
        index = 0
        try:
            while not self._stopped:
                try:
                    good, bgr = self._capture.read()
                except cv2.error:
                    good, bgr = False, None
                clock_s = time.monotonic()
                if not good or bgr is None:
                    # a short drop-out: the consumer gives up after SILENCE_S
                    time.sleep(0.01)
                    continue
                with self._changed:
                    self._newest = (bgr, clock_s, index)
                    self._changed.notify_all()
                index += 1
        finally:
            self._capture.release()


class FileCamera:
    """A video file that plays as if it were a camera.

    Parameters
    ----------
    path
        Video file.
    max_side_px
        Longest side of the frames; None keeps the original size.
    realtime
        Play at its own pace and drop what comes too late; False gives every frame at once.

    Raises
    ------
    VideoError
        When the file cannot be read as a video.
    """

    def __init__(self, path: str | Path, *, max_side_px: int | None = None, realtime: bool = True) -> None:
        self._reader = VideoReader(path)
        self._max_side_px = max_side_px
        self._realtime = realtime
        self.name = self._reader.path.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop decoding; safe to call again."""
        self._reader.close()

    def __iter__(self) -> Iterator[Frame]:
        frames = self._reader.frames(max_side_px=self._max_side_px)
        return _paced(frames) if self._realtime else frames


def _paced(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Give each frame when its time has come, and skip it when the next one is already due."""
    start_s: float | None = None
    waiting: Frame | None = None
    for frame in frames:
        if start_s is None:
            start_s = time.monotonic()
        elif waiting is not None and time.monotonic() - start_s < frame.time_s:
            yield from _when_due(waiting, start_s)
        waiting = frame
    if waiting is not None and start_s is not None:
        yield from _when_due(waiting, start_s)


def _when_due(frame: Frame, start_s: float) -> Iterator[Frame]:
    time.sleep(max(0.0, start_s + frame.time_s - time.monotonic()))
    yield frame


def _open_capture(source: int | str) -> Any:
    """Open the capture without OpenCV's own messages on stderr: the caller raises an error that says more."""
    log = getattr(getattr(cv2, "utils", None), "logging", None)
    before = log.getLogLevel() if log else None
    if log:
        log.setLogLevel(log.LOG_LEVEL_SILENT)
    try:
        return cv2.VideoCapture(source)
    finally:
        if log:
            log.setLogLevel(before)


def _to_rgb(bgr: NDArray[np.uint8], max_side_px: int | None) -> NDArray[np.uint8]:
    height, width = bgr.shape[:2]
    size = fit_size(width, height, max_side_px)
    if size != (width, height):
        bgr = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.ascontiguousarray(bgr[..., ::-1])
