"""What a browser's camera sends: a small header and a JPEG picture, checked before it is decoded."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.errors import InputError
from movescreen.jpeg import is_progressive, read_jpeg_size

#: Little-endian: time of the picture on the browser's clock, s (float64); its number (uint32).
HEADER = struct.Struct("<dI")
#: Largest side of a picture, px: a small file could unpack into gigabytes.
MAX_SIDE_PX = 1280


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


def decode_picture(jpeg: bytes) -> NDArray[np.uint8] | None:
    """Return ``(h, w, 3)`` uint8 RGB; None when the file is damaged."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        return None
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
