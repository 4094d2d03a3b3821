"""What a correction may know beside the reading."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.kinematics import decide_clip_view, prepare_poses
from movescreen.kinematics.body import build_body_frame
from movescreen.kinematics.context import CorrectionInputs
from movescreen.kinematics.signals import compute_trunk_drop
from tests.support import figure as p
from tests.support.figure import Camera


def _inputs(side: str = "right", stretch: float = 1.0) -> tuple[CorrectionInputs, np.ndarray]:
    clip = p.squat(1, Camera(90.0))
    xy = clip.poses.image_xy_px.copy()
    late = clip.poses.time_s > clip.poses.time_s[-1] / 2
    index = clip.poses.skeleton.index
    hip, knee = index["right_hip"], index["right_knee"]
    xy[late, hip] = xy[late, knee] + stretch * (xy[late, hip] - xy[late, knee])
    prepared = prepare_poses(clip.poses.with_points(xy))
    body = build_body_frame(prepared.smooth, decide_clip_view(prepared), prepared.locomotion)
    plain = {"hip_flexion_left": np.zeros(1), "hip_flexion_right": np.ones(1), "trunk_inclination": np.full(1, 2.0)}
    return CorrectionInputs(body, side, plain), late


def test_rigid_segments_do_not_stretch() -> None:
    inputs, _ = _inputs()
    for name in ("thigh_stretch", "shank_stretch", "trunk_stretch"):
        assert np.abs(inputs[name]).max() < 0.02


def test_a_hip_placed_too_far_along_the_thigh_shows_as_stretch() -> None:
    inputs, late = _inputs(stretch=1.1)
    assert (
        np.nanmedian(np.abs(inputs["thigh_stretch"][late])) == pytest.approx(0.1, abs=0.03)
        or np.ptp(inputs["thigh_stretch"]) > 0.08
    )
    assert np.abs(inputs["shank_stretch"]).max() < 0.02


def test_readings_are_those_of_the_same_side_or_the_near_one() -> None:
    assert _inputs("left")[0]["hip_flexion"][0] == 0.0
    assert _inputs("right")[0]["hip_flexion"][0] == 1.0
    assert _inputs("")[0]["hip_flexion"][0] == 1.0
    assert _inputs("left")[0]["trunk_inclination"][0] == 2.0


def test_a_person_square_to_the_camera_is_not_turned_however_deep() -> None:
    for yaw in (0.0, 15.0):
        clip = p.squat(1, Camera(yaw))
        prepared = prepare_poses(clip.poses)
        body = build_body_frame(prepared.smooth, decide_clip_view(prepared), prepared.locomotion)
        inputs = CorrectionInputs(body, "", {})
        np.testing.assert_allclose(inputs["turned_lean"], compute_trunk_drop(body) * yaw, atol=0.3)


def _front(yaw: float, **changes: float) -> CorrectionInputs:
    clip = p.squat(1, Camera(yaw), **changes)
    prepared = prepare_poses(clip.poses)
    return CorrectionInputs(build_body_frame(prepared.smooth, decide_clip_view(prepared), prepared.locomotion), "", {})


def test_hips_that_go_back_show_across_the_picture_of_a_turned_person_by_the_sine_of_the_turn() -> None:
    stance, posture = 0.12, {"knee": 100.0, "shank": 20.0}
    back_m = p.THIGH_M * np.sin(np.radians(80)) - p.SHANK_M * np.sin(np.radians(20))
    square, left, right = (_front(yaw, **posture)["turned_reach"] for yaw in (0.0, 15.0, -15.0))
    assert np.nanmax(np.abs(square)) < 1.0
    np.testing.assert_allclose(left, -right, atol=1.0)
    # the width between the ankles is drawn narrower by the cosine; how far hips are back is read from how short legs look, which is rough
    shown = 100.0 * np.tan(np.radians(15.0)) * back_m / (2 * stance)
    assert np.nanmax(np.abs(left)) == pytest.approx(shown, rel=0.4)


def test_a_reach_counts_by_the_sine_of_the_turn_over_the_width_between_the_ankles() -> None:
    shown = {yaw: np.nanmedian(_front(yaw)["turned_leg"]) for yaw in (0.0, 15.0, 30.0)}
    legs = 2 * 0.12 / (p.THIGH_M + p.SHANK_M)
    for yaw, value in shown.items():
        assert value == pytest.approx(100.0 * np.tan(np.radians(yaw)) / legs, rel=0.15, abs=5.0)
