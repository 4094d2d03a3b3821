"""Small and dark pictures are told; how sharp the person is travels with the poses."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.model import Frame
from movescreen.video.picture_quality import PictureQuality
from tests.support import figure as p

POINTS = np.array([[20.0, 20.0], [70.0, 140.0]])


def _look(image: np.ndarray, count: int = 12) -> PictureQuality:
    quality = PictureQuality()
    for i in range(count):
        quality.update(Frame(image, i / 30, i), POINTS)
    return quality


def _gray(level: float) -> np.ndarray:
    return np.full((160, 90, 3), level, np.uint8)


@pytest.mark.parametrize(
    ("size", "told"), [((225, 399), True), ((400, 225), False), ((540, 960), False), ((180, 320), True)]
)
def test_a_small_picture_is_told(size: tuple[int, int], told: bool) -> None:
    assert ("picture_small" in [n.code for n in _look(_gray(120)).notices(size)]) == told


def test_a_dark_picture_is_told_and_a_dark_person_before_a_bright_wall_or_the_reverse_is_not() -> None:
    person, wall = _gray(150), _gray(20)
    person[30:140, 15:75] = 20
    wall[30:140, 15:75] = 150
    codes = [[n.code for n in _look(image).notices((540, 960))] for image in (_gray(30), _gray(60), person, wall)]
    assert codes == [["picture_dark"], [], [], []]


def test_blur_across_the_rows_lowers_the_sharpness() -> None:
    rows = np.where(np.arange(160) // 8 % 2, 200.0, 40.0)
    sharp = np.repeat(np.repeat(rows[:, None, None], 90, axis=1), 3, axis=2)
    blurred = np.mean([np.roll(sharp, k, axis=0) for k in range(4)], axis=0)
    poses = p.standing(0.3).poses
    values = [float(np.nanmedian(_look(image.astype(np.uint8)).record(poses))) for image in (sharp, blurred)]
    assert values[1] < 0.4 * values[0]
    assert np.isnan(_look(_gray(90), 3).record(poses)[5:]).all()
