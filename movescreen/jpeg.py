"""What a JPEG or PNG says about itself, read before it is unpacked: a small one could unpack to gigabytes, or take minutes."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: How a PNG begins.
PNG = b"\x89PNG\r\n\x1a\n"
#: Markers without a length, and those that hold the size.
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Baseline and extended sequential.
_ONE_SCAN = frozenset({0xC0, 0xC1})
#: Start of a scan, and how many there may be: one, or one a color. Each goes over the whole picture.
_SCAN, _MOST_SCANS = b"\xff\xda", 4
#: As many as cameras and editors write into a progressive one, and a thumbnail in it: ten or so.
_PROGRESSIVE_SCANS = 25
#: Most that scans may have to go over in all, px: a few seconds.
_MOST_WORK = 400_000_000


def read_picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that a JPEG or PNG states, without unpacking it; None when it is neither."""
    if data.startswith(PNG):
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return read_jpeg_size(data)


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


def decode_bounded(data: bytes, most_px: int, *, alpha: bool = False) -> NDArray[Any] | None:
    """Return a JPEG or PNG that was handed in or kept; None when it is none, is damaged, or would cost more than pictures do.

    Parameters
    ----------
    most_px
        Most that width times height may be.
    alpha
        Keep gray and transparency as they are: ``(h, w)`` or ``(h, w, 4)``.

    Returns
    -------
    numpy.ndarray or None
        ``(h, w, 3)`` uint8, BGR.
    """
    import cv2  # late: whoever only asks for a size must not load it

    size = read_picture_size(data)
    scans = max(1, data.count(_SCAN))
    if (
        size is None
        or not 0 < math.prod(size) <= most_px
        or scans > _PROGRESSIVE_SCANS
        or math.prod(size) * scans > _MOST_WORK
    ):
        return None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED if alpha else cv2.IMREAD_COLOR)
    return None if image is None or image.dtype != np.uint8 else image


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
