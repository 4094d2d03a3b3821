"""Tiny clips with known content: every picture carries its number, and odd containers are made byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

SIZE = (96, 64)
_BITS = 10
_QUIET = {"libx265": {"x265-params": "log-level=none"}, "libsvtav1": {"svtav1-params": "preset=12"}}


def numbered_picture(number: int, size: tuple[int, int] = SIZE) -> Image:
    """Return a ``(h, w, 3)`` picture with a red top-left corner, a green top-right one, and its number as a row of bits."""
    width, height = size
    image = np.full((height, width, 3), 90, np.uint8)
    image[: height // 3, : width // 3] = (220, 30, 30)
    image[: height // 3, -(width // 3) :] = (30, 200, 30)
    for bit in range(_BITS):
        left, right = (round(width * (bit + k) / _BITS) for k in (0, 1))
        image[2 * height // 3 :, left:right] = 235 if number >> bit & 1 else 20
    return image


def read_number(image: Image) -> int:
    """Return the number that an upright `numbered_picture` of any size carries."""
    height, width = image.shape[:2]
    row = image[round(height * 5 / 6)].mean(axis=1)
    return sum(1 << bit for bit in range(_BITS) if row[round(width * (bit + 0.5) / _BITS)] > 128)


def corner_colors(image: Image) -> dict[str, str]:
    """Return what is in the four corners: ``red``, ``green`` or ``other``."""

    def name(pixel: Image) -> str:
        r, g, b = (int(v) for v in pixel)
        return "red" if r > 150 and g < 100 else "green" if g > 130 and r < 110 and b < 110 else "other"

    y, x = (max(1, side // 12) for side in image.shape[:2])
    places = {
        "top_left": (y, x),
        "top_right": (y, -x - 1),
        "bottom_left": (-y - 1, x),
        "bottom_right": (-y - 1, -x - 1),
    }
    return {place: name(image[at]) for place, at in places.items()}


def make_clip(
    path: Path,
    times_s: Sequence[float],
    *,
    size: tuple[int, int] = SIZE,
    codec: str = "libx264",
    picture: Callable[[int], Image] | None = None,
    tags: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    faststart: bool = False,
    pixel_ratio: Fraction | None = None,
    time_base: Fraction = Fraction(1, 90_000),
    fps: int = 30,
) -> Path:
    """Write a clip whose pictures have exactly these times; returns the path."""
    flags = "+faststart" * faststart + "+use_metadata_tags" * bool(tags)
    draw = picture or (lambda i: numbered_picture(i, size))
    with av.open(str(path), "w", options={"movflags": flags} if flags else {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=fps, options={**_QUIET.get(codec, {}), **(options or {})})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = time_base
        if pixel_ratio:
            stream.codec_context.sample_aspect_ratio = pixel_ratio
        for i, time_s in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(draw(i), format="rgb24")
            frame.pts, frame.time_base = round(time_s / time_base), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def make_sound_only(path: Path) -> Path:
    """Write a file with a second of silence and no pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100)
        for i in range(40):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44_100, i * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def even_times(count: int, fps: float) -> list[float]:
    """Return ``count`` times, s, at an even rate."""
    return [i / fps for i in range(count)]


# ---- changes to the bytes of an MP4 -----------------------------------------------------------------------------------

_CONTAINERS = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"}


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        yield kind, data[offset + 8 : offset + size]
        offset += size


def _rewrite(data: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    parts = []
    for kind, body in _boxes(data):
        inner = _rewrite(body, change) if kind in _CONTAINERS else change(kind, body)
        parts.append(struct.pack(">I4s", len(inner) + 8, kind) + inner)
    return b"".join(parts)


def change_boxes(path: Path, change: Callable[[bytes, bytes], bytes]) -> Path:
    """Replace the bodies of boxes in place; the index must be at the end of the file (no ``faststart``)."""
    path.write_bytes(_rewrite(path.read_bytes(), change))
    return path


def set_display(path: Path, clockwise_deg: int = 0, *, mirrored: bool = False) -> Path:
    """Write the display matrix that phones write: mirror first (when asked for), then turn clockwise."""
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[clockwise_deg]
    flip = -1 if mirrored else 1
    matrix = struct.pack(">9i", flip * cos * 65536, flip * sin * 65536, 0, -sin * 65536, cos * 65536, 0, 0, 0, 1 << 30)

    def change(kind: bytes, body: bytes) -> bytes:
        return body[:40] + matrix + body[76:] if kind == b"tkhd" else body

    return change_boxes(path, change)


def set_edit_list(path: Path, entries: Sequence[tuple[float, float, float]], media_scale: int = 90_000) -> Path:
    """Write an edit list of ``(duration_s on the screen, start_s in the media, rate)``."""
    body = struct.pack(">II", 0, len(entries))
    for duration_s, start_s, rate in entries:
        body += struct.pack(">IiI", round(duration_s * 1000), round(start_s * media_scale), round(rate * 65536))
    return change_boxes(path, lambda kind, old: body if kind == b"elst" else old)


def cut(path: Path, share: float) -> Path:
    """Keep only the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def damage(path: Path, start: float, stop: float) -> Path:
    """Overwrite a stretch in the middle of a file with zeros."""
    data = bytearray(path.read_bytes())
    first, last = int(len(data) * start), int(len(data) * stop)
    data[first:last] = bytes(last - first)
    path.write_bytes(data)
    return path
