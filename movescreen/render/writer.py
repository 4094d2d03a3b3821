"""VideoWriter: H.264 in MP4 that phones and browsers play, with the real time of every picture; whole or not at all."""

from __future__ import annotations

import contextlib
import io
import math
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from movescreen.errors import AssetError, VideoError
from movescreen.files import make_folder, make_private, marked_folder, write_bytes

#: Encoders tried in this order, and the options that give good quality at a moderate size.
ENCODERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"crf": "21", "preset": "veryfast"}),
    ("libopenh264", {"b": "6M"}),
    ("h264_videotoolbox", {"b": "6M"}),
    ("h264_mf", {"b": "6M"}),
)
#: Of the first one, for a small film that is made beside an analysis: a third of its time, for nearly as few bytes.
SMALL = {
    "crf": "27",
    "preset": "ultrafast",
    "x264-params": "cabac=1:deblock=0,0:weightp=1:aq-mode=1:mbtree=1:rc-lookahead=5",
}
#: Clock of the pictures: fine enough for every camera, and the one that video tools expect.
TIME_BASE = Fraction(1, 90_000)
#: Seconds between pictures from which a player can start, so that scrubbing is quick.
KEY_PICTURE_S = 1.0


class VideoWriter:
    """Writes RGB pictures with their times; use it as a context manager.

    The file appears under its name only when the context ends without an error. Pictures of odd width or height lose their last
    column or row: the format knows even sizes only.

    Parameters
    ----------
    path
        File to write; an existing one is replaced at the end. Or memory to write it to.
    fps
        Usual rate of the pictures, Hz: a hint for players. The real times are those given with the pictures.
    small
        Fewer bytes rather than every detail.

    Raises
    ------
    VideoError
        When the folder cannot be written to, or no picture came.
    AssetError
        When this installation of libav has no H.264 encoder.

    Examples
    --------
    >>> with VideoWriter("out.mp4", fps=30) as writer:                 # doctest: +SKIP
    ...     for frame in frames:
    ...         writer.write(frame.image, frame.time_s)
    """

    def __init__(self, path: str | Path | io.BytesIO, fps: float = 30.0, *, small: bool = False) -> None:
        self._memory = path if isinstance(path, io.BytesIO) else None
        self._keeps, self._small = self._memory is None, small
        self.path = Path("film.mp4") if isinstance(path, io.BytesIO) else Path(path)
        self._part = self.path.with_name(f".{self.path.name}.part")
        self._fps = fps if fps >= 1 else 30.0
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._held: list[av.Packet[VideoStream]] = []
        self._planes: NDArray[np.uint8] | None = None
        self._last_tick = -1
        self._last_time_s: float | None = None
        self._start_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Append a picture.

        Parameters
        ----------
        image
            ``(h, w, 3)`` uint8 RGB; the size of the first one is that of the video.
        time_s
            Its time, s; the first one becomes 0 in the file, and times must rise.

        Raises
        ------
        VideoError
            When the file cannot be written.
        ValueError
            When the time does not rise or the size changes.
        """
        if self._last_time_s is not None and not time_s > self._last_time_s:
            raise ValueError(f"times must rise: {time_s} after {self._last_time_s}")
        height, width = (side // 2 * 2 for side in image.shape[:2])
        if self._stream is None:
            self._open(width, height)
            self._start_s = time_s
        stream = self._stream
        assert stream is not None
        if (width, height) != (stream.width, stream.height):
            raise ValueError(f"picture is {width}x{height}, the video {stream.width}x{stream.height}")
        self._last_time_s = time_s
        self._last_tick = max(self._last_tick + 1, round((time_s - self._start_s) / TIME_BASE))
        self._encode(np.ascontiguousarray(image[:height, :width]))

    def close(self, from_s: float = -math.inf, to_s: float = math.inf) -> float:
        """Finish the file and put it in its place.

        Parameters
        ----------
        from_s, to_s
            What of a small film is kept, on the clock of :meth:`write`: from the key picture before to the one after.

        Returns
        -------
        float
            Time of the first picture in the file, s.

        Raises
        ------
        VideoError
            When nothing was written, or the disk is full.
        """
        if self._container is None or self._stream is None:
            raise VideoError(f"no frames to write to {self.path.name}", "the clip holds no frames")
        try:
            self._put(self._stream.encode())
            first_s = self._start_s + self._mux_held(from_s - self._start_s, to_s - self._start_s)
            self._container.close()
            self._container = None
            if self._memory is None:
                make_private(self._part)
                os.replace(self._part, self.path)
            elif self._keeps:
                write_bytes(self.path, self._memory.getvalue())
            return first_s
        except (OSError, av.FFmpegError) as error:
            self.discard()
            raise self._cannot_write(error) from None

    def _mux_held(self, from_s: float, to_s: float) -> float:
        """Write the packets that were held back, those between two key pictures, and return when the first of these is shown, s."""
        assert self._container is not None
        keys = [(number, int(p.pts or 0)) for number, p in enumerate(self._held) if p.is_keyframe]
        if not keys:
            return 0.0
        first, shift = max((key for key in keys if key[1] * TIME_BASE <= from_s), default=keys[0])
        after = min((number for number, tick in keys if tick * TIME_BASE > to_s and number > first), default=None)
        for packet in self._held[first:after]:
            packet.pts, packet.dts = int(packet.pts or 0) - shift, int(packet.dts or 0) - shift
            self._container.mux(packet)
        self._held.clear()
        return float(shift * TIME_BASE)

    def discard(self) -> None:
        """Throw away what was written so far; safe to call again."""
        if self._container is not None:
            container, self._container = self._container, None
            # the file is thrown away: whatever else is wrong with it does not matter
            with contextlib.suppress(OSError, av.FFmpegError):
                container.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _open(self, width: int, height: int) -> None:
        name, options = _find_encoder()
        options = options | (SMALL if self._small and "crf" in options else {})
        if self._keeps and self.path.is_dir():
            raise VideoError(f"{self.path} is a folder", "name a file that ends in .mp4")
        try:
            if self._keeps:
                make_folder(self.path.parent)
                if marked_folder(self.path) is not None:  # nothing of it may come to lie on the disk in the clear
                    self._memory = io.BytesIO()
            if self._memory is None:
                faststart = {"movflags": "+faststart"}
                self._container = av.open(str(self._part.absolute()), "w", format="mp4", options=faststart)
            else:
                self._container = av.open(self._memory, "w", format="mp4")
            stream = self._container.add_stream(name, rate=Fraction(self._fps).limit_denominator(1001), options=options)
        except (OSError, av.FFmpegError) as error:
            self.discard()
            raise self._cannot_write(error) from None
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p"
        stream.time_base = TIME_BASE
        context = stream.codec_context
        context.time_base = TIME_BASE
        context.gop_size = max(1, round(self._fps * KEY_PICTURE_S))
        # players take small unmarked pictures for television colors and large ones for HD: say which
        context.colorspace, context.color_primaries, context.color_trc = (
            Colorspace.ITU601,
            ColorPrimaries.BT709,
            ColorTrc.BT709,
        )
        context.color_range = ColorRange.MPEG
        if self._small:  # made beside the analysis, which needs the processors more
            context.thread_count = 1
        self._stream = stream

    def _encode(self, image: NDArray[np.uint8]) -> None:
        assert self._stream is not None
        assert self._container is not None
        self._planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420, dst=self._planes), dtype=np.uint8)
        picture = av.VideoFrame.from_ndarray(self._planes, format="yuv420p")
        picture.pts = self._last_tick
        picture.time_base = TIME_BASE
        try:
            self._put(self._stream.encode(picture))
        except (OSError, av.FFmpegError) as error:
            self.discard()
            raise self._cannot_write(error) from None

    def _put(self, packets: Sequence[av.Packet[VideoStream]]) -> None:
        assert self._container is not None
        if self._small:
            self._held.extend(packets)
        else:
            self._container.mux(packets)

    def _cannot_write(self, error: Exception) -> VideoError:
        reason = getattr(error, "strerror", None) or str(error)
        return VideoError(
            f"{self.path} cannot be written: {reason}", "check that the folder exists, may be written to, and has room"
        )


def _find_encoder() -> tuple[str, dict[str, str]]:
    for name, options in ENCODERS:
        if name in av.codecs_available:
            return name, options
    raise AssetError(
        "no H.264 encoder in this installation of PyAV", "install PyAV from its wheel: pip install --force-reinstall av"
    )
