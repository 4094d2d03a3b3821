"""A file that chromium takes for a camera: clips as they are, with a while of standing still before each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from movescreen.video.reader import VideoReader

SIZE_PX = (640, 480)
#: Rate at which chromium plays the pictures.
FPS = 30
#: Arguments that make chromium use the file and ask nobody.
ARGUMENTS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def write_camera(path: Path, scenes: Sequence[tuple[Path, float]]) -> Path:
    """Write Motion JPEG, which chromium plays again and again.

    Parameters
    ----------
    path
        File to write.
    scenes
        A clip, and for how long its first picture is held, s.
    """
    width, height = SIZE_PX
    with path.open("wb") as file:
        for clip, hold_s in scenes:
            with VideoReader(clip) as reader:
                for frame in reader.frames(height, FPS):
                    canvas = np.full((height, width, 3), 128, np.uint8)
                    high, wide = frame.image.shape[:2]
                    left, top = (width - wide) // 2, (height - high) // 2
                    canvas[top : top + high, left : left + wide] = frame.image[..., ::-1]
                    made, jpeg = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, 88])
                    if not made:
                        raise RuntimeError("a picture could not be encoded as JPEG")
                    for _ in range(round(hold_s * FPS) if frame.index == 0 else 1):
                        file.write(jpeg.tobytes())
    return path
