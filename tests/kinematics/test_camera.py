"""What a camera that moves or stands crooked does to the signals: nothing, where it is known; a larger error or no reading, where not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.kinematics import compute_series, decide_clip_view, prepare_poses
from movescreen.model import CameraPath, FloatArray, KinematicSeries, PoseSequence, is_same, turn_clockwise
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.pose.recorded import load_poses, save_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import Camera, Clip

RAW = AnalysisRequest(settings=Settings(raw=True))
UNSTEADY = "whether the camera itself moved could not be judged"


def _no_error(_name: str, _view: object, values: FloatArray, _inputs: object) -> FloatArray:
    return np.zeros_like(values)


def _series(poses: PoseSequence) -> KinematicSeries:
    prepared = prepare_poses(poses)
    return compute_series(prepared, decide_clip_view(prepared), error_model=_no_error)


def _filmed(poses: PoseSequence, path: CameraPath) -> PoseSequence:
    """Return the poses as a camera sees them that does this, with what is read of it."""
    middle = np.array(poses.image_size_px) / 2
    turned = turn_clockwise(poses.image_xy_px - middle, path.turn_deg + path.roll_deg) * path.scale[:, None, None]
    image = turned + middle + np.stack([path.right_px, path.down_px], axis=1)[:, None]
    world = turn_clockwise(poses.world_xyz_m, path.turn_deg + path.roll_deg)
    return replace(poses.with_points(image, world), extras=path.readings)


def _handheld(clip: Clip, roll_deg: float = 0.0) -> CameraPath:
    t = clip.poses.time_s
    return CameraPath(
        1 + 0.02 * np.sin(t), np.sin(1.3 * t), 12 * np.sin(2 * t), 25 * np.sin(1.7 * t), roll_deg, 0.5
    )  # fmt: skip


def test_a_clip_from_the_hand_reads_as_one_from_a_stand() -> None:
    clip = p.squat(3, Camera(90.0))
    moved = _filmed(clip.poses, _handheld(clip, roll_deg=8.0))
    still, steadied = (analyze_poses(q, clip.video, RAW) for q in (clip.poses, moved))
    assert (steadied.movement.name, steadied.view.kind) == ("squat", still.view.kind)
    assert [r.turn_s for r in steadied.reps] == pytest.approx([r.turn_s for r in still.reps])
    for name, values in still.series.values.items():
        np.testing.assert_allclose(steadied.series.values[name], values, atol=1e-4)
    # the same clip without the readings: what had been read before
    lost = analyze_poses(replace(moved, extras={}), clip.video, RAW)
    assert lost.reps[0].at_turn["trunk_inclination"] != pytest.approx(still.reps[0].at_turn["trunk_inclination"], abs=5)


def test_the_result_keeps_the_points_of_the_picture(tmp_path) -> None:  # type: ignore[no-untyped-def]
    clip = p.squat(2, Camera(90.0))
    moved = _filmed(clip.poses, _handheld(clip, roll_deg=5.0))
    result = analyze_poses(moved, clip.video, RAW)
    assert result.poses == moved
    save_poses(tmp_path / "poses.npz", result.poses)
    again = analyze_poses(load_poses(tmp_path / "poses.npz"), clip.video, RAW)
    assert (again.series, again.reps, again.findings) == (result.series, result.reps, result.findings)


def test_an_unsure_roll_is_an_error_of_what_hangs_on_the_vertical() -> None:
    clip = p.squat(2, Camera(90.0))
    path = CameraPath.still(len(clip.poses), 0.0, 2.0)
    errors = _series(replace(clip.poses, extras=path.readings)).errors
    for name in ("trunk_inclination", "shank_inclination_right", "thigh_elevation_right"):
        assert np.nanmedian(errors[name]) == pytest.approx(2.0, abs=0.01), name
    for name in ("knee_flexion_right", "hip_flexion_right", "trunk_shank_difference_right"):
        assert np.nanmax(errors[name]) < 1e-4, f"{name} is an angle between two segments"
    front = p.squat(2, Camera(0.0))
    errors = _series(replace(front.poses, extras=CameraPath.still(len(front.poses), 0.0, 2.0).readings)).errors
    for name in ("pelvic_obliquity", "trunk_lateral_lean"):
        assert np.nanmedian(errors[name]) == pytest.approx(2.0, abs=0.05), name
    height = front.poses.xy("mid_ankle")[0, 1] - front.poses.xy("mid_hip")[0, 1]
    width = front.poses.xy("left_ankle")[0, 0] - front.poses.xy("right_ankle")[0, 0]
    expected = 100 * np.sin(np.radians(2.0)) * height / width
    assert errors["lateral_shift"][0] == pytest.approx(expected, rel=0.1)


def test_a_roll_that_is_surely_known_adds_nothing() -> None:
    clip = p.squat(2, Camera(90.0))
    surely = _series(replace(clip.poses, extras=CameraPath.still(len(clip.poses)).readings))
    assert is_same(surely.errors, _series(clip.poses).errors)


@pytest.mark.parametrize(("unknown_share", "read"), [(0.2, True), (0.7, False)])
def test_where_the_camera_may_have_moved_nothing_is_held_against_the_room(unknown_share: float, read: bool) -> None:
    clip = p.squat(3, Camera(90.0))
    n = len(clip.poses)
    path = CameraPath.still(n)
    unknown = np.arange(n) < unknown_share * n
    holed = CameraPath(
        *(np.where(unknown, np.nan, v) for v in (path.scale, path.turn_deg, path.right_px, path.down_px))
    )
    series = _series(replace(clip.poses, extras=holed.readings))
    for name in ("heel_rise_right", "body_rise", "foot_clearance"):
        assert np.isfinite(series.values[name][~unknown]).all() is np.bool_(read), name
        assert np.isnan(series.values[name][unknown]).all(), name
        assert (UNSTEADY in series.absent.get(name, "")) is not read
    assert np.isfinite(series.values["knee_flexion_right"]).all(), "an angle needs no room"
