"""A picture with its time, and the facts of the file it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movescreen.model.equality import ValueEquality


@dataclass(frozen=True)
class Frame:
    """One upright picture.

    Attributes
    ----------
    image
        ``(H, W, 3)`` uint8, RGB, C-contiguous, already turned upright.
    time_s
        Presentation time in real (world) seconds from the first frame; slow motion is already undone.
    index
        Number of the frame in the file, counted from 0, also when frames between were skipped.
    """

    image: NDArray[np.uint8]
    time_s: float
    index: int

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"frame must be (H, W, 3) uint8, got {self.image.shape} {self.image.dtype}")
        if not np.isfinite(self.time_s):
            raise ValueError("frame time must be finite")


@dataclass(frozen=True, eq=False)
class VideoInfo(ValueEquality):
    """What is known about a clip before and after reading it.

    Attributes
    ----------
    name
        File name without folder.
    width_px, height_px
        Size of the upright picture, before any scaling.
    fps
        Mean frame rate in real time (slow motion undone), Hz.
    duration_s
        Real duration, seconds.
    rotation_deg
        Clockwise turn that was applied to make the picture upright: 0, 90, 180 or 270.
    codec
        Name of the video codec.
    slow_motion_factor
        How many times slower than life the file plays (1 = normal).
    variable_frame_rate
        True when frame intervals differ by more than a tenth of their median.
    frames
        Number of frames in the file that were decoded.
    sha256
        Hash of the file's bytes; empty for a camera.
    """

    name: str
    width_px: int
    height_px: int
    fps: float
    duration_s: float
    rotation_deg: int = 0
    codec: str = ""
    slow_motion_factor: float = 1.0
    variable_frame_rate: bool = False
    frames: int = 0
    sha256: str = ""
