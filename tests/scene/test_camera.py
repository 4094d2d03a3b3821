"""The background tells what the camera does; feet that stay in one place in the picture know better."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from movescreen.model import CameraPath, Frame, PoseSequence
from movescreen.scene.camera import CameraWatch
from tests.support import figure as p

_NOISE = np.random.default_rng(0).integers(0, 255, (1600, 1600, 3), dtype=np.uint8)
TEXTURE = cv2.GaussianBlur(_NOISE, (0, 0), 2).astype(np.uint8)


def _watch(poses: PoseSequence, bar_px: np.ndarray | None, room_px: np.ndarray | None) -> tuple[CameraPath, list[str]]:
    """Return what is said of the camera with a wide bar at these heights or none, before a bare wall or a room that moves by so much."""
    width, height = poses.image_size_px
    watch = CameraWatch()
    for i, time_s in enumerate(poses.time_s):
        wall = np.full((height, width, 3), 150, np.uint8)
        image = wall if room_px is None else TEXTURE[60 + round(room_px[i]) :, 60:][:height, :width].copy()
        if bar_px is not None:
            image[round(bar_px[i]) :][:120] = TEXTURE[:120, :width]
        watch.update(Frame(image, float(time_s), i), poses.image_xy_px[i])
    path = watch.path(poses)
    return path, [n.code for n in watch.notices(1.0, float(poses.time_s[-1]), float(poses.time_s[-1]))]


def _bar_on_the_shoulders(poses: PoseSequence) -> np.ndarray:
    return np.asarray(poses.xy("mid_shoulder")[:, 1] - 60)


def test_a_bar_before_a_bare_wall_is_no_camera_that_moves() -> None:
    poses = p.squat(1).poses
    path, told = _watch(poses, _bar_on_the_shoulders(poses), None)
    assert path.is_still
    assert not told


def test_a_bare_wall_tells_nothing_but_the_feet_do() -> None:
    poses = p.squat(1).poses
    path, told = _watch(poses, None, None)
    assert path.is_still
    assert not told


@pytest.mark.parametrize("sway_px", [12.0, 40.0])
def test_a_camera_that_moves_takes_the_feet_along(sway_px: float) -> None:
    poses = p.squat(1).poses
    sway = sway_px * np.sin(1.7 * poses.time_s)
    moved = poses.with_points(poses.image_xy_px - np.stack([0 * sway, sway], axis=1)[:, None], poses.world_xyz_m)
    path, told = _watch(moved, _bar_on_the_shoulders(moved), sway)
    np.testing.assert_allclose(path.down_px, sway[0] - sway, atol=0.1 * sway_px + 1)
    assert len(told) == 1
