"""What a clip is, found out from its index, its packets' times and its first picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from movescreen.errors import VideoError
from movescreen.model import Notice, VideoInfo
from movescreen.video.container import check_readable, open_container, select_video_stream
from movescreen.video.mp4 import has_speed_edits
from movescreen.video.orientation import Orientation, read_orientation
from movescreen.video.timing import FALLBACK_FPS, SlowMotion, detect_slow_motion, measure_rate

#: Formats of a coded stream without any container: pictures have no times.
_BARE_FORMATS = frozenset({"h264", "hevc"})


@dataclass(frozen=True)
class ClipProbe:
    """Everything a pass over the pictures needs to know beforehand.

    Attributes
    ----------
    path
        The file.
    info
        Facts of the clip; ``frames`` is the number of packets until a pass has counted the pictures.
    orientation
        Turn that makes the stored picture upright.
    display_size_px
        ``(width, height)`` of the stored picture with square pixels, before the turn.
    file_fps
        Rate of the stamps in the file, slow motion not undone, Hz.
    stated_end_s
        End that the container's index promises, on the clock of the stamps, s; 0 when it promises none.
    even_stamps
        True for AVI, which knows no presentation times: pictures are evenly spaced, in the order in which they come out.
    ignore_edit_list
        True when the edit list slows stretches down, so that the recorded samples are read as they are.
    notices
        What is already known to be remarkable.
    """

    path: Path
    info: VideoInfo
    orientation: Orientation
    display_size_px: tuple[int, int]
    file_fps: float
    stated_end_s: float
    even_stamps: bool
    ignore_edit_list: bool
    notices: tuple[Notice, ...]


def probe_clip(path: str | Path, *, slowmo: float | None = None) -> ClipProbe:
    """Read all that a pass over the pictures needs without decoding more than the first one; ``info`` is still without the file's hash.

    Parameters
    ----------
    path
        Video file.
    slowmo
        How many times slower than life it plays; None reads it from the file.

    Returns
    -------
    ClipProbe
        The frames of its ``info`` count the packets; a full pass over the pictures may find fewer.

    Raises
    ------
    VideoError
        When the file cannot be read, is no video, or holds no picture.
    SettingsError
        When ``slowmo`` is not a positive number.
    """
    path = check_readable(path)
    raw_times = has_speed_edits(path)
    with open_container(path, ignore_edit_list=raw_times) as container:
        stream = select_video_stream(container, path.name)
        codec = stream.codec_context.name
        tags = {**container.metadata, **stream.metadata}
        nominal_fps = _nominal_fps(stream, bare=container.format.name in _BARE_FORMATS)
        stated_end_s = _stated_end_s(container, stream)
        even_stamps = container.format.name == "avi"
        pixel_ratio = float(stream.sample_aspect_ratio or 1)
        times = _packet_times(container, stream)
    with open_container(path, ignore_edit_list=raw_times) as container:
        first = _first_frame(container, select_video_stream(container, path.name), path.name)
    rate = measure_rate(times, nominal_fps)
    slow = detect_slow_motion(tags, rate.fps, slowmo)
    orientation = read_orientation(first)
    # pixels that are not square are made so by widening
    size = (max(1, round(first.width * pixel_ratio)), first.height)
    width, height = orientation.upright_size(*size)
    return ClipProbe(
        path=path,
        info=VideoInfo(
            name=path.name,
            width_px=width,
            height_px=height,
            fps=rate.fps * slow.factor,
            duration_s=rate.duration_s / slow.factor,
            rotation_deg=orientation.clockwise_deg,
            codec=codec,
            slow_motion_factor=slow.factor,
            variable_frame_rate=rate.variable,
            frames=len(times),
        ),
        orientation=orientation,
        display_size_px=size,
        file_fps=rate.fps or FALLBACK_FPS,
        stated_end_s=stated_end_s,
        even_stamps=even_stamps,
        ignore_edit_list=raw_times,
        notices=_collect_notices(slow, orientation, raw_times),
    )


def _collect_notices(slow: SlowMotion, orientation: Orientation, raw_times: bool) -> tuple[Notice, ...]:
    found = [slow.notice] if slow.notice else []
    if raw_times:
        message = (
            "The file plays parts of the recording at another speed; the times at which it was recorded were used."
        )
        found.append(Notice("slow_motion", message))
    if orientation.mirrored:
        message = "The file asks to be shown as in a mirror; left and right may be exchanged."
        found.append(Notice("mirrored", message, ("all",)))
    return tuple(found)


def _packet_times(container: InputContainer, stream: VideoStream) -> list[float]:
    """Return the rising presentation times of all whole packets, s of file time, without decoding."""
    ticks: set[int] = set()
    try:
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and not packet.is_corrupt and not packet.is_discard:
                ticks.add(packet.pts)
    except av.FFmpegError:
        pass  # a break in the file: the pass over the pictures reports it
    base = stream.time_base or Fraction(1)
    return [float(tick * base) for tick in sorted(ticks)]


def _first_frame(container: InputContainer, stream: VideoStream, name: str) -> av.VideoFrame:
    failed = False
    try:
        for packet in container.demux(stream):
            try:
                for frame in packet.decode():
                    return frame
            except av.FFmpegError:
                failed = True
    except av.FFmpegError:
        failed = True
    if failed:
        raise VideoError(
            f"no frame of {name} could be decoded (codec {stream.codec_context.name})",
            "the file is damaged or in an unknown format; record again, or save it as H.264 (.mp4)",
        )
    raise VideoError(f"{name} holds no frames", "the recording was stopped at once, or not saved; record it again")


def _nominal_fps(stream: VideoStream, *, bare: bool) -> float:
    # of a bare stream the average is libav's own assumption; what the encoder wrote is the guessed rate
    rate = (stream.guessed_rate if bare else None) or stream.average_rate or stream.guessed_rate or stream.base_rate
    return float(rate) if rate else 0.0


def _stated_end_s(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    if container.duration and len(container.streams) == 1:
        return ((container.start_time or 0) + container.duration) / av.time_base
    return 0.0
