"""VideoReader: upright frames with their real times, from any file that libav decodes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from movescreen.ahead import make_ahead
from movescreen.errors import SettingsError, VideoError
from movescreen.model import Frame, Notice, VideoInfo
from movescreen.video.container import hash_file
from movescreen.video.decode import Converter, DecodePass, fit_size, iter_frames
from movescreen.video.probe import ClipProbe, probe_clip
from movescreen.video.timing import FramePicker

#: Frames decoded ahead of the consumer.
PREFETCH_FRAMES = 6


class VideoReader:
    """A video file as a stream of upright frames with real times.

    Each call of `frames` starts over. Decoding runs in a thread of its own, a few frames ahead. Use it as a context manager, or
    call `close`, to stop passes that were not read to their end.

    Parameters
    ----------
    path
        Video file.
    slowmo
        How many times slower than life it plays; None reads it from the file.

    Raises
    ------
    VideoError
        When the file cannot be read, is no video, or holds no picture.
    SettingsError
        When ``slowmo`` is not a positive number.

    Examples
    --------
    >>> with VideoReader("squat.mp4") as reader:                      # doctest: +SKIP
    ...     for frame in reader.frames(max_side_px=960, max_fps=30):
    ...         print(frame.index, frame.time_s, frame.image.shape)
    ...     print(reader.info.fps, reader.notices)
    """

    def __init__(self, path: str | Path, *, slowmo: float | None = None) -> None:
        self._clip: ClipProbe = probe_clip(path, slowmo=slowmo)
        self._done: DecodePass | None = None
        self._running: set[Generator[Frame]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop all passes; safe to call again."""
        for running in list(self._running):
            running.close()

    @property
    def path(self) -> Path:
        """The file."""
        return self._clip.path

    @property
    def info(self) -> VideoInfo:
        """Facts of the clip; count and rate of the frames are final once one pass has been read to its end."""
        if self._done is None:
            return replace(self._clip.info, sha256=self._sha256)
        return self._done.info(self._sha256)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the reader of a result must know about the recording; complete after a full pass."""
        later = self._done.notices() if self._done is not None else []
        return (*self._clip.notices, *later)

    @cached_property
    def _sha256(self) -> str:
        return hash_file(self._clip.path)

    def frame_size_px(self, max_side_px: int | None = None) -> tuple[int, int]:
        """Return ``(width, height)`` of the frames that `frames` gives for the same ``max_side_px``."""
        _check_side(max_side_px)
        return self._clip.orientation.upright_size(*fit_size(*self._clip.display_size_px, max_side_px))

    def frames(self, max_side_px: int | None = None, max_fps: float | None = None) -> Iterator[Frame]:
        """Read the clip from its start.

        Parameters
        ----------
        max_side_px
            Scale down, while decoding, so that the long side is at most this; None keeps the original size.
        max_fps
            Skip frames, evenly in time, so that about this many a second (of real time) remain; None keeps all.

        Yields
        ------
        Frame
            Times rise strictly; ``index`` is the number in the file, also when frames between were skipped.

        Raises
        ------
        VideoError
            When the file cannot be opened any more or nothing can be decoded.
        SettingsError
            When a limit is not positive.
        """
        _check_side(max_side_px)
        picker = FramePicker(self._clip.info.fps, max_fps)
        return self._read(max_side_px, picker.wants)

    def _read(self, max_side_px: int | None, wants: Callable[[float], bool]) -> Iterator[Frame]:
        decode = DecodePass(self._clip)
        converter = Converter(self._clip, max_side_px)
        ahead = make_ahead(iter_frames(decode, converter, wants), PREFETCH_FRAMES, "decoder")
        self._running.add(ahead)
        try:
            yield from ahead
            if decode.finished:
                self._done = decode
        finally:
            ahead.close()
            self._running.discard(ahead)


def read_frames_at(path: str | Path, indices: Sequence[int]) -> list[Frame]:
    """Read single frames in their original size, in one pass that ends at the last one wanted.

    Parameters
    ----------
    path
        Video file.
    indices
        Numbers in the file, as in `Frame.index`.

    Returns
    -------
    list of Frame
        One for each entry, in the order given (a frame asked for twice is there twice).

    Raises
    ------
    VideoError
        When the file cannot be read or a frame number does not exist.
    """
    clip = probe_clip(path)
    converter, wanted = Converter(clip, None), set(indices)
    found: dict[int, Frame] = {}
    if wanted:
        for raw in DecodePass(clip).run():
            if raw.index in wanted:
                found[raw.index] = converter.convert(raw)
            if raw.index >= max(wanted):
                break
    if missing := sorted(wanted - set(found)):
        raise VideoError(
            f"{clip.path.name} has no frame {missing[0]}", f"it holds about {clip.info.frames} frames, counted from 0"
        )
    return [found[i] for i in indices]


def _check_side(max_side_px: int | None) -> None:
    if max_side_px is not None and max_side_px < 1:
        raise SettingsError(
            f"picture size limit {max_side_px} is not a positive number of pixels", "give 960, or leave it out"
        )
