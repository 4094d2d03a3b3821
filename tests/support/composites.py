"""Clips with several people, pasted together from the sample clips."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.model import Frame
from tests.conftest import SAMPLES

Image = NDArray[np.uint8]
#: What is added to either side of a sample clip (540 px wide), px.
ROOM = 140
STRIDE = 2


@cache
def decode(stem: str, count: int) -> list[tuple[float, Image]]:
    """Return times and pictures of a sample clip, every second frame, with more room on both sides."""
    with av.open(str(SAMPLES / f"{stem}.mp4")) as container:
        return [
            (float(picture.time), _widen(picture.to_ndarray(format="rgb24")))
            for number, picture in zip(range(count * STRIDE), container.decode(video=0), strict=False)
            if number % STRIDE == 0
        ]


def _widen(image: Image) -> Image:
    return cv2.copyMakeBorder(np.ascontiguousarray(image), 0, 0, ROOM, ROOM, cv2.BORDER_REPLICATE)


@cache
def cut_out(stem: str, box: tuple[int, int, int, int], scale: float = 1.0, *, mirrored: bool = False) -> Image:
    """Return ``(h, w, 4)`` the person in the first frame of a sample clip, alone; ``box`` is x, y, width, height."""
    image = decode(stem, 1)[0][1]
    x, y, width, height = box
    x += ROOM
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.setRNGSeed(1)
    cv2.grabCut(image, mask, (x, y, width, height), np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_RECT)
    opaque = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    person = np.dstack([image, opaque])[y : y + height, x : x + width]
    person = cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(person[:, ::-1] if mirrored else person)


def compose(
    stem: str, count: int, person: Image | None = None, at: Callable[[int], tuple[int, int]] | None = None
) -> list[Frame]:
    """Return frames of a sample clip with somebody pasted in front; ``at`` gives their top left corner by frame."""
    frames = []
    for index, (time_s, image) in enumerate(decode(stem, count)):
        picture = image.copy()
        if person is not None and at is not None:
            _paste(picture, person, *at(index))
        frames.append(Frame(picture, time_s, index))
    return frames


def _paste(picture: Image, person: Image, x: int, y: int) -> None:
    height, width = picture.shape[:2]
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + person.shape[1], width), min(y + person.shape[0], height)
    if left >= right or top >= bottom:
        return
    piece = person[top - y : bottom - y, left - x : right - x]
    opaque = piece[..., 3] > 127
    picture[top:bottom, left:right][opaque] = piece[..., :3][opaque]
