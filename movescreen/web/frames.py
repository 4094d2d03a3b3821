"""What a browser's camera sends: a small header and a JPEG picture, checked before it is decoded."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.errors import InputError

#: Little-endian: time of the picture on the browser's clock, s (float64); its number (uint32).
HEADER = struct.Struct("<dI")
#: Largest side of a picture, px: a small file could unpack into gigabytes.
MAX_SIDE_PX = 1280
#: Markers without a length, and those that hold the size.
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Baseline and extended sequential.
_ONE_SCAN = frozenset({0xC0, 0xC1})
#: Start of a scan, and how many there may be: one, or one a color. Each goes over the whole picture.
_SCAN, _MOST_SCANS = b"\xff\xda", 4


@dataclass(frozen=True)
class CameraFrame:
    """A picture as it came in.

    Attributes
    ----------
    capture_s
        When it was taken, on the browser's clock.
    number
        Counted by the browser.
    jpeg
        The picture.
    """

    capture_s: float
    number: int
    jpeg: bytes


def parse_frame(message: bytes) -> CameraFrame:
    """Take a message apart.

    Raises
    ------
    InputError
        When it is no picture with a header, or one of a size that no camera session needs.
    """
    if len(message) <= HEADER.size:
        raise InputError("a picture is too short", "send the header and a JPEG")
    capture_s, number = HEADER.unpack_from(message)
    jpeg = message[HEADER.size :]
    if not math.isfinite(capture_s) or abs(capture_s) > 1e9:
        raise InputError("a picture has no time", "send seconds as the header's first field")
    if is_progressive(jpeg):
        # a hundred kilobytes of scans keep the decoder busy for minutes, and no camera sends them
        raise InputError("a picture is a progressive JPEG", "send baseline JPEGs, as browsers make them")
    size = read_jpeg_size(jpeg)
    if size is None:
        raise InputError("a picture is no JPEG", "send the header and a JPEG")
    if not 64 <= min(size) <= max(size) <= MAX_SIDE_PX:
        raise InputError(f"a picture is {size[0]} x {size[1]} px", f"its sides must be 64 to {MAX_SIDE_PX} px")
    return CameraFrame(capture_s, number, jpeg)


def read_jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that a JPEG states, without unpacking it; None when it is none."""
    found = _find_frame_header(data)
    if found is None:
        return None
    height, width = struct.unpack_from(">HH", data, found[1] + 5)
    return width, height


def is_progressive(data: bytes) -> bool:
    """Return whether a JPEG comes in many scans, each of which goes over the whole picture again."""
    found = _find_frame_header(data)
    return found is not None and (found[0] not in _ONE_SCAN or data.count(_SCAN) > _MOST_SCANS)


def _find_frame_header(data: bytes) -> tuple[int, int] | None:
    """Return the marker of the header that holds the size, and where it is; None when there is none."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _SIZED:
            return marker, at
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None


def decode_picture(jpeg: bytes) -> NDArray[np.uint8] | None:
    """Return ``(h, w, 3)`` uint8 RGB; None when the file is damaged."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        return None
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
