"""How a stored picture must be turned to stand upright: the container's display matrix, read once a clip."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from numpy.typing import NDArray

_MATRIX_BYTES = 9 * 4


@dataclass(frozen=True)
class Orientation:
    """Turn (and mirroring) that makes a stored picture upright.

    Attributes
    ----------
    quarter_turns
        Counter-clockwise quarter turns, 0..3, as in ``numpy.rot90``; applied after the mirroring.
    mirrored
        True when the file asks to be shown as in a mirror.
    """

    quarter_turns: int = 0
    mirrored: bool = False

    @property
    def clockwise_deg(self) -> int:
        """The turn as clockwise degrees: 0, 90, 180 or 270."""
        return -90 * self.quarter_turns % 360

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the upright picture, C-contiguous.

        Parameters
        ----------
        image
            ``(h, w, 3)`` stored picture.
        """
        if self.mirrored:
            image = image[:, ::-1]
        return np.ascontiguousarray(np.rot90(image, self.quarter_turns))

    def upright_size(self, width: int, height: int) -> tuple[int, int]:
        """Return ``(width, height)`` after the turn."""
        return (height, width) if self.quarter_turns % 2 else (width, height)


def read_orientation(frame: av.VideoFrame) -> Orientation:
    """Read the display matrix that libav attaches to a decoded frame.

    The matrix maps stored pixels ``(x, y)`` to ``(a x + c y, b x + d y)``. A negative determinant means mirroring, which
    a bare rotation angle cannot express: a picture that is only mirrored would be turned upside down.
    Angles are rounded to quarter turns.
    """
    matrix = _display_matrix(frame)
    if matrix is None:
        return Orientation()
    a, b, c, d = (float(matrix[i]) for i in (0, 1, 3, 4))
    if a * d - b * c == 0:
        return Orientation()
    mirrored = a * d - b * c < 0
    if mirrored:
        # undo the mirroring of the stored x axis; what is left is a rotation
        a, b = -a, -b
    clockwise = math.degrees(math.atan2(b, a))
    return Orientation(quarter_turns=round(-clockwise / 90) % 4, mirrored=mirrored)


def _display_matrix(frame: av.VideoFrame) -> NDArray[np.int32] | None:
    attached: Any = frame.side_data
    for i in range(len(attached)):
        entry = attached[i]
        if entry.type == SideDataType.DISPLAYMATRIX and entry.buffer_size >= _MATRIX_BYTES:
            return np.frombuffer(entry, dtype=np.int32, count=9)
    return None
