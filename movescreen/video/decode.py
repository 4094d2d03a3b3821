"""One pass over a clip's pictures: decode, time, pick, scale and turn, and keep the books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from movescreen.errors import VideoError
from movescreen.model import Frame, Notice, VideoInfo
from movescreen.video.container import open_container, select_video_stream
from movescreen.video.probe import ClipProbe
from movescreen.video.timing import FALLBACK_FPS, StampRepair, measure_rate
from movescreen.video.tone_mapping import is_high_range, map_tones

#: A clip ends too early when it falls short of the promised length by more than this, s and frame intervals.
SHORTFALL_S, SHORTFALL_FRAMES = 0.2, 2.5


@dataclass(frozen=True)
class RawFrame:
    """A decoded picture that has not been converted yet.

    Attributes
    ----------
    picture
        libav's frame.
    time_s
        Real seconds from the first picture.
    index
        Number in the file.
    """

    picture: av.VideoFrame
    time_s: float
    index: int


@dataclass
class DecodePass:
    """One pass over all pictures of a clip.

    Parameters
    ----------
    clip
        The probed clip.

    Attributes
    ----------
    decoded
        Pictures decoded so far, also those that were not given out.
    errors
        Packets that could not be decoded.
    broken_off
        True when the file ended in the middle of a packet or of its index.
    finished
        True when the pass came to the end of the file.
    end_s
        End of the last packet on the clock of the file, s.
    sizes
        Picture sizes met.
    stamps
        Times of the pictures.
    """

    clip: ClipProbe
    decoded: int = 0
    errors: int = 0
    broken_off: bool = False
    finished: bool = False
    end_s: float = 0.0
    sizes: set[tuple[int, int]] = field(default_factory=set)
    stamps: StampRepair = field(init=False)

    def __post_init__(self) -> None:
        interval_s = 1.0 / (self.clip.file_fps or FALLBACK_FPS)
        self.stamps = StampRepair(self.clip.info.slow_motion_factor, interval_s)

    def run(self) -> Iterator[RawFrame]:
        """Decode every picture in order.

        Pictures without a rising time are counted but not given out. Damaged stretches are left out and remembered.

        Raises
        ------
        VideoError
            When the file cannot be opened or none of its pictures can be decoded.
        """
        clip = self.clip
        with open_container(clip.path, ignore_edit_list=clip.ignore_edit_list) as container:
            stream = select_video_stream(container, clip.path.name)
            for picture in self._decode(container, stream):
                index = self.decoded
                self.decoded += 1
                self.sizes.add((picture.width, picture.height))
                time_s = self.stamps.accept(self._stamp_s(picture), even=clip.even_stamps)
                if time_s is not None:
                    yield RawFrame(picture, time_s, index)
        if not self.decoded:
            raise VideoError(f"no frame of {clip.path.name} could be decoded", "the file is damaged; record it again")
        self.finished = True

    def _stamp_s(self, picture: av.VideoFrame) -> float | None:
        tick = picture.dts if self.clip.even_stamps else picture.pts
        return None if tick is None or picture.time_base is None else float(tick * picture.time_base)

    def _decode(self, container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError:
                self.broken_off = True
                packet = None
            if packet is not None and packet.is_corrupt and packet.size:
                self.broken_off = True
                continue
            if packet is not None and packet.pts is not None and packet.time_base:
                self.end_s = max(self.end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            try:
                pictures = packet.decode() if packet is not None else stream.decode(None)
            except av.FFmpegError:
                self.errors += 1
                continue
            yield from (p for p in pictures if isinstance(p, av.VideoFrame) and not p.is_corrupt)
            if packet is None:
                return

    def info(self, sha256: str) -> VideoInfo:
        """Return the facts as this (finished) pass has found them."""
        factor = self.clip.info.slow_motion_factor
        rate = measure_rate(self.stamps.times_s, self.clip.file_fps * factor)
        return replace(
            self.clip.info,
            fps=rate.fps,
            duration_s=rate.duration_s,
            variable_frame_rate=rate.variable,
            frames=self.decoded,
            sha256=sha256,
        )

    def notices(self) -> list[Notice]:
        """Return what the reader of a result must know about this (finished) pass."""
        found = []
        shortfall_s = (self.clip.stated_end_s - self.end_s) if self.end_s else 0.0
        if self.broken_off or shortfall_s > max(SHORTFALL_S, SHORTFALL_FRAMES * self.stamps.interval_s):
            lost_s = max(0.0, shortfall_s) / self.stamps.factor
            lost = f"the last {lost_s:.1f} s are missing" if lost_s >= SHORTFALL_S else "its end is missing"
            message = f"The file breaks off: {lost}. The recording was cut off or not copied completely."
            found.append(Notice("truncated", message))
        if self.errors:
            message = f"Damaged data in {self.errors} places of the file; the frames there were left out."
            found.append(Notice("damaged_frames", message))
        if len(self.sizes) > 1:
            message = "The frame size changes within the clip; all frames were scaled to the first one's size."
            found.append(Notice("size_changed", message))
        return found + self.stamps.notices()


def fit_size(width: int, height: int, max_side_px: int | None) -> tuple[int, int]:
    """Return ``(width, height)`` with the long side at most ``max_side_px``; never larger than given."""
    longest = max(width, height)
    if max_side_px is None or longest <= max_side_px:
        return width, height
    scale = max_side_px / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


class Converter:
    """Turns libav pictures into upright RGB frames of one fixed size.

    Parameters
    ----------
    clip
        The probed clip.
    max_side_px
        Longest side wanted; None keeps the original size.
    """

    def __init__(self, clip: ClipProbe, max_side_px: int | None) -> None:
        self._orientation = clip.orientation
        self._size = fit_size(*clip.display_size_px, max_side_px)
        self._shrinks = self._size != clip.display_size_px
        # reformatters for the whole pass: they keep libswscale's tables between frames. Shrinking the planes first and
        # coloring the small picture after costs a quarter less than doing both at once
        self._shrinker, self._colorer = VideoReformatter(), VideoReformatter()

    def convert(self, raw: RawFrame) -> Frame:
        """Return the picture as a `Frame`."""
        width, height = self._size
        picture = raw.picture
        if self._shrinks:
            picture = self._shrinker.reformat(
                picture, width=width, height=height, interpolation=Interpolation.AREA, threads=1
            )
        picture = self._colorer.reformat(
            picture, width=width, height=height, format="rgb24", interpolation=Interpolation.BILINEAR, threads=1
        )
        image = np.asarray(picture.to_ndarray(), dtype=np.uint8)
        transfer = int(raw.picture.color_trc)
        if is_high_range(transfer):
            image = map_tones(image, transfer)
        return Frame(self._orientation.apply(image), raw.time_s, raw.index)


Select = Callable[[float], bool]


def iter_frames(decode: DecodePass, converter: Converter, wants: Select) -> Iterator[Frame]:
    """Decode all, convert and give out only the frames whose time ``wants`` accepts."""
    for raw in decode.run():
        if wants(raw.time_s):
            yield converter.convert(raw)
