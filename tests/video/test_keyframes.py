"""Which pictures are kept while a clip is read."""

from __future__ import annotations

import numpy as np

from movescreen.model import Frame
from movescreen.video.keyframes import MAX_KEPT, KeyFrames


def feed(heights_px: np.ndarray) -> list[int]:
    keeper = KeyFrames()
    picture = np.zeros((960, 540, 3), np.uint8)
    for i, height in enumerate(heights_px):
        keeper.update(Frame(picture, i / 30, i), float(height))
    return list(keeper.kept)


def squats(count: int, deep_px: float = 150.0) -> np.ndarray:
    return 300 + deep_px * (1 - np.cos(np.arange(60 * count) * 2 * np.pi / 60)) / 2


def test_the_deepest_picture_of_every_repetition_is_kept() -> None:
    assert feed(squats(3)) == [30, 90, 150]


def test_sway_and_a_slow_drift_keep_nothing() -> None:
    assert feed(squats(3, deep_px=20)) == []
    assert feed(np.linspace(300, 500, 90)) == []


def test_frames_without_anybody_are_passed_over() -> None:
    heights = squats(2)
    heights[25:29] = np.nan
    assert feed(heights) == [30, 90]


def test_a_small_bounce_at_the_bottom_is_the_same_descent() -> None:
    heights = np.concatenate(
        [np.linspace(300, 440, 20), np.linspace(440, 420, 5), np.linspace(420, 450, 5), np.linspace(450, 300, 20)]
    )
    (kept,) = feed(heights)
    assert heights[kept] == 450


def test_memory_is_bounded() -> None:
    assert len(feed(squats(MAX_KEPT + 5))) == MAX_KEPT
