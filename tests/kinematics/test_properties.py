"""What must hold for any figure: a picture moved, scaled, mirrored or sampled otherwise says the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movescreen.kinematics import SIGNALS, SmoothingSettings, compute_series, decide_clip_view, prepare_poses
from movescreen.model import KinematicSeries, Plane, PoseSequence, View
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import Camera, Clip, Rep

RAW = AnalysisRequest(settings=Settings(raw=True))
yaws = st.sampled_from([0.0, 90.0, -90.0, 45.0, 180.0])
shapes = st.fixed_dictionaries(
    {
        "knee": st.floats(40, 125),
        "shank": st.floats(0, 38),
        "trunk": st.floats(0, 70),
        "lean": st.floats(-15, 15),
        "obliquity": st.floats(-10, 10),
        "shift": st.floats(-0.05, 0.05),
        "knee_in_left": st.floats(-0.04, 0.06),
        "knee_in_right": st.floats(-0.04, 0.06),
        "heel_left": st.floats(0, 0.3),
        "heel_right": st.floats(0, 0.3),
        "arm": st.floats(10, 45),
    }
)
#: Standing with the arms a little off the trunk: at exactly 180 degrees from overhead, ``arm_fall`` changes its sign.
ARMS_OFF = p.Posture(arm=10.0)
_ROUGH = (
    "knee_bend",
    "least_knee_bend",
    "stance_split",
    "shoulders_behind_feet",
)  # in three dimensions from every view
few = settings(max_examples=8)


def _clip(shape: dict[str, float], yaw: float) -> Clip:
    rep = Rep(p.Posture(**{"arm": 10.0, **shape}), top_s=0.6, down_s=0.9, up_s=0.9)  # type: ignore[arg-type]
    return p.film_reps([rep], Camera(yaw), ARMS_OFF, tail_s=0.6)


def _series(
    poses: PoseSequence, view: View | None = None, smoothing: SmoothingSettings | None = None
) -> KinematicSeries:
    prepared = prepare_poses(poses, smoothing)
    return compute_series(prepared, view or decide_clip_view(prepared))


def _deep(yaw: float | None) -> set[Plane]:
    """Return the planes that are read in three dimensions of somebody who is turned so."""
    if yaw is None:
        return set()
    return {plane for plane, seen in ((Plane.SAGITTAL, abs(yaw) == 90.0), (Plane.FRONTAL, yaw == 0.0)) if not seen}


def _agree(a: KinematicSeries, b: KinematicSeries, atol: float = 1e-5, *, yaw: float | None = None) -> None:
    assert set(a.values) == set(b.values)
    for name, values in a.values.items():
        if name in _ROUGH or a.specs[name].plane in _deep(yaw):
            continue  # in three dimensions, by lines of sight through the whole picture
        scale = 1 + np.nanmax(np.abs(values), initial=0.0)
        np.testing.assert_allclose(b.values[name], values, atol=atol * scale, err_msg=name)


@pytest.mark.slow
@few
@given(shape=shapes, yaw=yaws, dx=st.floats(0, 2000), dy=st.floats(0, 2000))
def test_moving_the_picture_changes_nothing(shape: dict[str, float], yaw: float, dx: float, dy: float) -> None:
    poses = replace(_clip(shape, yaw).poses, image_size_px=(3000, 3000))
    _agree(_series(poses), _series(poses.with_points(poses.image_xy_px + np.array([dx, dy]))), yaw=yaw)


@pytest.mark.slow
@few
@given(shape=shapes, yaw=yaws, factor=st.floats(0.4, 4.0))
def test_scaling_the_picture_changes_nothing(shape: dict[str, float], yaw: float, factor: float) -> None:
    poses = _clip(shape, yaw).poses
    # the floor below which nothing is an outlier is in pixels: leave outliers aside
    smoothing = SmoothingSettings(outlier_window_s=0.0)
    width, height = poses.image_size_px
    scaled = replace(
        poses.with_points(poses.image_xy_px * factor), image_size_px=(round(width * factor), round(height * factor))
    )
    # a picture has whole pixels, so that a lens is not scaled quite as much
    _agree(_series(poses, smoothing=smoothing), _series(scaled, smoothing=smoothing), yaw=yaw)


@pytest.mark.slow
@few
@given(shape=shapes, yaw=st.sampled_from([0.0, 90.0, -90.0, 45.0]))
def test_mirroring_swaps_sides_and_turns_signs(shape: dict[str, float], yaw: float) -> None:
    poses = _clip(shape, yaw).poses
    there, back = _series(poses), _series(p.mirror(poses))
    for name, item in SIGNALS.items():
        side = item.spec.side
        other = name.removesuffix(side) + ("right" if side == "left" else "left") if side else name
        assert (name in there.values) == (other in back.values)
        if name not in there.values:
            continue
        turned = not side and "left" in item.spec.positive
        expected = -there.values[name] if turned else there.values[name]
        np.testing.assert_allclose(
            back.values[other], expected, atol=1e-5 * (1 + np.nanmax(np.abs(expected), initial=0)), err_msg=name
        )


@pytest.mark.slow
@few
@given(shape=shapes, yaw=yaws, later=st.floats(-50, 5000))
def test_a_later_start_shifts_times_only(shape: dict[str, float], yaw: float, later: float) -> None:
    clip = _clip(shape, yaw)
    moved = replace(clip.poses, time_s=clip.poses.time_s + later)
    _agree(_series(clip.poses), _series(moved), atol=5e-3)
    there, back = analyze_poses(clip.poses, clip.video, RAW), analyze_poses(moved, clip.video, RAW)
    assert there.movement == back.movement
    for a, b in zip(there.reps, back.reps, strict=True):
        times = np.array([b.start_s - a.start_s, b.turn_s - a.turn_s, b.end_s - a.end_s])
        np.testing.assert_allclose(times, later, atol=1e-6)


@pytest.mark.parametrize(("fps", "jitter"), [(24.0, 0.0), (60.0, 0.0), (120.0, 0.0), (30.0, 0.6), (20.0, 0.3)])
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_another_frame_rate_says_the_same(fps: float, jitter: float, yaw: float) -> None:
    posture = p.Posture(
        knee=105, shank=28, trunk=38, knee_in_left=0.04, knee_in_right=0.02, shift=0.02, lean=5, obliquity=4, arm=10
    )
    reps = [Rep(posture)] * 2
    usual, other = (p.film_reps(reps, Camera(yaw), ARMS_OFF, fps=f, jitter=j) for f, j in ((30.0, 0.0), (fps, jitter)))
    a, b = (analyze_poses(c.poses, c.video, RAW) for c in (usual, other))
    assert [r.complete for r in b.reps] == [True, True]
    for x, y in zip(a.reps, b.reps, strict=True):
        assert (y.start_s, y.turn_s, y.end_s) == pytest.approx((x.start_s, x.turn_s, x.end_s), abs=0.06)
    assert [(f.check_id, f.status) for f in a.findings] == [(f.check_id, f.status) for f in b.findings]
    inside = (a.series.time_s > 0.3) & (a.series.time_s < a.series.time_s[-1] - 0.3)
    for name, values in a.series.values.items():
        if name == "bend_dominance" or not a.series.has(name):
            continue
        read = np.interp(a.series.time_s, b.series.time_s, b.series.values[name])
        both = inside & np.isfinite(values) & np.isfinite(read)
        scale = {"deg": 1.2, "pct": 1.2, "ratio": 0.015}[a.series.specs[name].unit]
        if name in _ROUGH or (not yaw and a.series.specs[name].plane is Plane.SAGITTAL):
            scale = 2.5  # in three dimensions a nearly straight leg shows every hundredth of its length
        assert np.abs(read - values)[both].max() < scale, name


@pytest.mark.slow
@few
@given(
    yaw=st.sampled_from([0.0, 90.0]),
    gaps=st.lists(st.tuples(st.floats(0, 3.0), st.floats(0.05, 1.5)), min_size=1, max_size=3),
)
def test_missing_never_becomes_a_number(yaw: float, gaps: list[tuple[float, float]]) -> None:
    poses = _clip({"knee": 100.0, "shank": 25.0, "trunk": 35.0}, yaw).poses
    for start, length in gaps:
        poses = p.with_gap(poses, start, start + length)
    if poses.detected.sum() < 15:
        return
    series = _series(poses)
    t, seen = poses.time_s, poses.detected
    for i in np.flatnonzero(~seen):
        before, after = t[seen & (t < t[i])], t[seen & (t > t[i])]
        bridged = before.size and after.size and after[0] - before[-1] <= 0.2 + 1e-9
        for name in series.values:
            if not bridged:
                assert np.isnan(series.values[name][i]), name
    for name, values in series.values.items():
        np.testing.assert_array_equal(series.valid[name], np.isfinite(values), err_msg=name)


@pytest.mark.parametrize("landmark", ["left_ankle", "right_knee", "left_shoulder", "right_hip"])
def test_a_signal_is_empty_exactly_while_one_of_its_landmarks_is(landmark: str) -> None:
    clip = p.squat(1, Camera(0.0))
    image, world = clip.poses.image_xy_px.copy(), clip.poses.world_xyz_m.copy()
    k = clip.poses.skeleton.index[landmark]
    image[60:75, k], world[60:75, k] = np.nan, np.nan
    clean, spoilt = _series(clip.poses), _series(clip.poses.with_points(image, world))
    for name, values in spoilt.values.items():
        needs = landmark in spoilt.specs[name].landmarks
        if needs:
            assert np.isnan(values[60:75]).all(), name
        else:
            np.testing.assert_array_equal(np.isfinite(values), clean.valid[name], err_msg=name)


UNSEEN = {
    "hands": ("wrist", "pinky", "index", "thumb"),
    "head": ("nose", "eye", "ear", "mouth"),
    "toes": ("foot_index",),
}


@pytest.mark.parametrize("part", UNSEEN)
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_what_does_not_need_an_unseen_part_is_measured_as_ever(part: str, yaw: float) -> None:
    clip = p.squat(1, Camera(yaw), heel_right=0.2)
    gone = [
        i
        for i, n in enumerate(clip.poses.skeleton.landmarks)
        if any(word in n.split("_") or n.endswith(word) for word in UNSEEN[part])
    ]
    image, world = clip.poses.image_xy_px.copy(), clip.poses.world_xyz_m.copy()
    image[:, gone], world[:, gone] = np.nan, np.nan
    whole, partly = _series(clip.poses), _series(clip.poses.with_points(image, world))
    lost = {clip.poses.skeleton.landmarks[i] for i in gone}
    for name, values in whole.values.items():
        if lost & set(whole.specs[name].landmarks):
            assert not partly.has(name), name
        else:
            np.testing.assert_allclose(partly.values[name], values, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_ordinary_landmark_noise_moves_a_median_little(yaw: float) -> None:
    clip = p.hold(p.Posture(knee=70, shank=20, trunk=30, knee_in_left=0.03, arm=10), Camera(yaw), ARMS_OFF)
    clean, noisy = _series(clip.poses), _series(p.with_noise(clip.poses, 2.0, seed=5))
    held = clip.poses.time_s > 3.4
    for name in clean.values:
        if clean.has(name) and name != "bend_dominance" and np.isfinite(clean.values[name][held]).all():
            apart = abs(np.nanmedian(noisy.values[name][held]) - np.nanmedian(clean.values[name][held]))
            assert apart < {"deg": 1.5, "pct": 2.0, "ratio": 0.03}[clean.specs[name].unit], name
