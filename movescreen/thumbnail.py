"""Small gray copies of pictures, for whatever only compares or follows what they show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def make_thumbnail(image: NDArray[np.uint8], size_px: tuple[int, int], *, every: int = 1) -> NDArray[np.uint8]:
    """Return a small gray copy of a picture.

    Parameters
    ----------
    image
        ``(H, W, 3)`` uint8, RGB. Green stands for gray, as wherever only differences count.
    size_px
        Width and height of the copy, px.
    every
        Of rows and columns only every n-th is looked at: for averaging a few of each are enough, and that is faster.

    Returns
    -------
    numpy.ndarray
        ``(height, width)`` uint8.
    """
    import cv2  # late: whoever only asks what is installed must not load it

    gray = np.ascontiguousarray(image[::every, ::every, 1])
    return np.asarray(cv2.resize(gray, size_px, interpolation=cv2.INTER_AREA), dtype=np.uint8)
