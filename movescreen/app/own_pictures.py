"""A picture that the trainer took: decoded, made smaller and written anew, so that nothing else of the file comes along."""

from __future__ import annotations

from pathlib import Path

import cv2

from movescreen.errors import InputError
from movescreen.files import open_regular
from movescreen.jpeg import decode_bounded
from movescreen.report.figures.pictures import jpeg_address

#: Largest file, most pixels that it may unpack to, and longest side of what is kept, px.
MOST_BYTES = 20_000_000
_MOST_PX, _SIDE_PX = 60_000_000, 900
_QUALITY = 80


def clean_picture(data: bytes, name: str = "the picture") -> str:
    """Return a picture as a JPEG data address, upright as the camera says.

    Raises
    ------
    InputError
        When it is no JPEG or PNG picture, or too large.
    """
    image = decode_bounded(data, _MOST_PX) if len(data) <= MOST_BYTES else None
    if image is None:
        raise InputError(f"{name} is no JPEG or PNG picture that can be used", "save it as JPEG, smaller")
    if (scale := _SIDE_PX / max(image.shape[:2])) < 1:
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise InputError(f"{name} cannot be written anew", "save it as JPEG")
    return jpeg_address(jpeg.tobytes())


def read_picture(path: Path) -> str:
    """Return a picture file as :func:`clean_picture` does."""
    try:
        with open_regular(path) as file:
            return clean_picture(file.read(MOST_BYTES + 1), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}", "name another file") from error
