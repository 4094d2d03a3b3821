"""The rise of a heel while the camera moves: the floor beside the foot tells what is the camera's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from movescreen.model import BLAZEPOSE, CameraPath, Frame
from movescreen.pose.heel_tracking import HeelRise, HeelTracker, rise_over_floor

SIZE = (360, 640)
HEEL = np.array([150.0, 520.0])


def _texture(size: tuple[int, int], seed: int, tones: tuple[int, int] = (40, 215)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    fine = rng.integers(*tones, (size[1] // 3, size[0] // 3), dtype=np.uint8)
    large = cv2.resize(fine, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2RGB))


def _scene(down_px: float, lift_px: float, *, bare: bool) -> np.ndarray:
    """Return a shoe on the floor, both shifted down by the camera, the shoe raised besides."""
    floor = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8) if bare else _texture(SIZE, 1, (165, 190))
    shift = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, down_px]])
    image = cv2.warpAffine(floor, shift, SIZE, borderMode=cv2.BORDER_REFLECT)
    shoe, mask = np.zeros_like(floor), np.zeros(floor.shape[:2], np.uint8)
    shoe[500:522, 144:212], mask[500:522, 144:212] = _texture((68, 22), 2, (20, 110)), 255
    shift[1, 2] = down_px - lift_px
    return np.where(
        cv2.warpAffine(mask, shift, SIZE)[..., None] > 127, cv2.warpAffine(shoe, shift, SIZE), image
    ).astype(np.uint8)


def _landmarks(down_px: float, bent: bool) -> np.ndarray:
    points = np.tile(HEEL, (33, 1))
    knee = (190.0, 380.0) if bent else (162.0, 380.0)
    for side in ("left", "right"):
        for name, at in {
            "hip": (160.0, 240.0),
            "knee": knee,
            "ankle": (162.0, 500.0),
            "heel": HEEL,
            "foot_index": (212.0, 520.0),
        }.items():
            points[BLAZEPOSE.index[f"{side}_{name}"]] = at
    return points + np.array([0.0, down_px])


@pytest.mark.parametrize("lift_px", [0.0, 6.0])
@pytest.mark.parametrize("bare", [False, True])
def test_a_camera_that_goes_up_and_down_lifts_no_heel(lift_px: float, bare: bool) -> None:
    standing, n = 12, 36
    down = np.concatenate([np.zeros(standing), 8.0 * np.sin(np.linspace(0, 3, n - standing))])
    lift = lift_px * np.concatenate([np.zeros(standing), np.linspace(0, 1, n - standing)])
    tracker = HeelTracker()
    read = [
        tracker.push(Frame(_scene(down[i], lift[i], bare=bare), i / 30, i), _landmarks(down[i], bent=i >= standing))[0]
        for i in range(n)
    ]
    # the wall behind is further away and moves less than the floor, unless there is nothing on the floor to compare
    seen = down if bare else 0.7 * down
    path = CameraPath(np.ones(n), np.zeros(n), np.zeros(n), seen)
    rise = rise_over_floor(read, {i: i for i in range(n)}, path, SIZE)
    # points on a shoe show part of a heel's rise; here all of it is shown, and so it is read as more
    shown = 0.55 / 0.43 * lift
    assert rise[-6:] == pytest.approx(shown[-6:], abs=2.0)
    raw = rise_over_floor(read, {i: i for i in range(n)}, CameraPath.still(n), SIZE)
    assert np.abs(raw[20:30] + down[20:30] - shown[20:30]).max() < 2.6, "a camera that stands takes nothing away"


def test_where_neither_floor_nor_background_tell_the_rise_is_not_known() -> None:
    read = [HeelRise(float(i), float("nan"), 0, (150.0, 520.0)) for i in range(5)]
    unknown = CameraPath(*(np.array([1.0, 1.0, np.nan, np.nan, 1.0]) for _ in range(4)))
    rise = rise_over_floor(read, {i: i for i in range(5)}, unknown, SIZE)
    assert np.isnan(rise).tolist() == [False, False, True, True, False]
