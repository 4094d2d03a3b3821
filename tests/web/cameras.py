"""Files that a browser takes for a camera: sample clips as they are, with a while of standing still before each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from movescreen.video.reader import VideoReader
from tests.conftest import SAMPLES

SIZE_PX = (640, 480)
FPS = 30


def write_camera(path: Path, scenes: Sequence[tuple[str, float]]) -> Path:
    """Write Motion JPEG, which chromium plays again and again.

    Parameters
    ----------
    path
        File to write.
    scenes
        Stem of a sample clip, and for how long its first picture is held, s.
    """
    width, height = SIZE_PX
    with path.open("wb") as file:
        for stem, hold_s in scenes:
            with VideoReader(SAMPLES / f"{stem}.mp4") as reader:
                for frame in reader.frames(480, FPS):
                    canvas = np.full((height, width, 3), 128, np.uint8)
                    high, wide = frame.image.shape[:2]
                    left = (width - wide) // 2
                    canvas[:high, left : left + wide] = frame.image[..., ::-1]
                    made, jpeg = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, 88])
                    assert made
                    for _ in range(round(hold_s * FPS) if frame.index == 0 else 1):
                        file.write(jpeg.tobytes())
    return path
