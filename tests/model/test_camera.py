"""The camera's own motion is taken out of the landmarks exactly, and what is not known of it stays unknown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.model import CameraPath, PoseSequence, turn_clockwise
from tests.support import figure as p


def _path(n: int, roll_deg: float = 0.0) -> CameraPath:
    t = np.linspace(0, 6, n)
    return CameraPath(1 + 0.05 * np.sin(t), 2 * np.sin(2 * t), 9 * np.sin(t), 30 * np.cos(3 * t), roll_deg, 0.5)


def _seen_by(poses: PoseSequence, path: CameraPath) -> PoseSequence:
    """Return the poses as the moving camera sees them."""
    middle = np.array(poses.image_size_px) / 2
    image = turn_clockwise(poses.image_xy_px - middle, path.turn_deg + path.roll_deg) * path.scale[:, None, None]
    image = image + middle + np.stack([path.right_px, path.down_px], axis=1)[:, None]
    world = turn_clockwise(poses.world_xyz_m, path.turn_deg + path.roll_deg)
    return replace(poses.with_points(image, world), extras=path.readings)


def test_what_the_camera_does_is_undone() -> None:
    poses = p.squat(1).poses
    moved = _seen_by(poses, _path(len(poses), roll_deg=7.0))
    steady = CameraPath.of(moved).steady(moved)
    np.testing.assert_allclose(steady.image_xy_px, poses.image_xy_px, atol=1e-9)
    np.testing.assert_allclose(steady.world_xyz_m, poses.world_xyz_m, atol=1e-9)
    assert not steady.extras, "it must not be undone twice"


def test_the_readings_say_it_all() -> None:
    poses = p.squat(1).poses
    path = _path(len(poses), roll_deg=-3.0)
    assert CameraPath.of(replace(poses, extras=path.readings)) == path


def test_a_camera_that_stands_changes_nothing() -> None:
    poses = p.squat(1).poses
    assert CameraPath.of(poses) == CameraPath.still(len(poses))
    assert CameraPath.still(len(poses)).steady(poses) == poses
    assert CameraPath.still(5).is_still
    assert not _path(5).is_still
    half = replace(CameraPath.still(5), right_px=np.array([0.0, 0.0, np.nan, 0.0, 0.0]))
    assert not half.is_still
    assert half.known.tolist() == [True, True, False, True, True]


def test_between_known_places_the_background_goes_evenly() -> None:
    poses = p.squat(1).poses
    n = len(poses)
    whole = CameraPath(np.ones(n), np.zeros(n), np.linspace(0, 40, n), np.zeros(n))
    gap = np.zeros(n, dtype=bool)
    gap[20:30] = True
    holed = CameraPath(
        *(np.where(gap, np.nan, v) for v in (whole.scale, whole.turn_deg, whole.right_px, whole.down_px))
    )
    moved = _seen_by(poses, whole)
    np.testing.assert_allclose(holed.steady(moved).image_xy_px, poses.image_xy_px, atol=1e-9)


def test_how_far_the_floor_went_up() -> None:
    n = 4
    path = CameraPath(np.ones(n), np.zeros(n), np.zeros(n), np.array([0.0, 5.0, 12.0, np.nan]))
    at = np.tile([100.0, 400.0], (n, 1))
    rise = path.rise_of_floor(np.array([-1, 0, 1, 1]), at, (540, 960))
    assert np.isnan(rise[[0, 3]]).all()
    assert rise[1:3] == pytest.approx([-5.0, -7.0])
    # a picture turned clockwise about its middle raises what is on its left
    turning = CameraPath(np.ones(2), np.array([0.0, 1.0]), np.zeros(2), np.zeros(2))
    assert turning.rise_of_floor(np.array([0, 0]), at[:2], (540, 960))[1] == pytest.approx(
        170 * np.sin(np.radians(1)), abs=0.1
    )
