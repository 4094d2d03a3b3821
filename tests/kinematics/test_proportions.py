"""A squeezed or stretched picture is doubted, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.kinematics.proportions import measure_lying_thigh, tell_squeezed
from movescreen.model import PoseSequence, Status
from movescreen.pipeline import analyze_poses
from tests.support import figure as p
from tests.support.figure import Camera


def _squeezed(poses: PoseSequence, share: float) -> PoseSequence:
    """The picture's width made another, the network's idea of the body as before."""
    return poses.with_points(poses.image_xy_px * np.array([share, 1.0]), poses.world_xyz_m)


@pytest.mark.parametrize("yaw", [90.0, -90.0, 80.0, 100.0])
@pytest.mark.parametrize("share", [0.6, 1.0, 1.3])
def test_the_lying_thigh_tells_how_wide_the_picture_is(yaw: float, share: float) -> None:
    poses = _squeezed(p.squat(2, Camera(yaw), knee=110.0).poses, share)
    assert measure_lying_thigh(poses) == pytest.approx(share * abs(np.sin(np.radians(yaw))), abs=0.06)
    notice = tell_squeezed(poses)
    assert (notice is None) == (share == 1.0)
    if notice is not None:
        assert ("narrower" if share < 1.0 else "wider") in notice.message


@pytest.mark.parametrize("yaw", [0.0, 45.0, 180.0])
def test_nothing_is_said_where_the_thigh_points_at_the_camera(yaw: float) -> None:
    assert measure_lying_thigh(_squeezed(p.squat(2, Camera(yaw), knee=110.0).poses, 0.6)) is None


def test_nothing_is_said_without_an_upright_and_a_lying_thigh() -> None:
    assert measure_lying_thigh(p.squat(2, Camera(90.0), knee=40.0).poses) is None
    clip = p.squat(1, Camera(90.0), knee=110.0)
    bent = clip.depth > 0.9
    assert measure_lying_thigh(clip.poses.slice(int(bent.argmax()), int(bent.argmax() + bent.sum()))) is None


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_nothing_is_flagged_in_a_squeezed_picture(share: float) -> None:
    clip = p.squat(3, Camera(90.0), knee=110.0, trunk=60.0, shank=15.0)
    result = analyze_poses(_squeezed(clip.poses, share), clip.video)
    flagged = [f.check_id for f in result.findings if f.status is Status.FLAGGED]
    told = [n.code for n in result.notices]
    assert ("picture_squeezed" in told, bool(flagged)) == (share != 1.0, share == 1.0)
