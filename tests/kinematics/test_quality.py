"""The camera's view, left/right swaps, impossible frames, and walking."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from movescreen.kinematics import compute_series, decide_clip_view, prepare_poses
from movescreen.kinematics.body import find_standing
from movescreen.kinematics.facing import compute_yaw
from movescreen.kinematics.quality import (
    bridge_leaping_hips,
    compute_image_scale,
    compute_leg_length_px,
    detect_locomotion,
    exclude_implausible_frames,
    find_upright,
)
from movescreen.kinematics.sides import part_drawn_together, repair_facing, repair_side_swaps
from movescreen.model import KinematicSeries, PoseSequence, View, ViewKind
from tests.support import figure as p
from tests.support.figure import LEG_M, Camera, Clip

VIEW_CASES = [
    (0, ViewKind.FRONT, ""), (20, ViewKind.FRONT, ""), (-20, ViewKind.FRONT, ""),
    (36, ViewKind.OBLIQUE, "right"), (-45, ViewKind.OBLIQUE, "left"), (60, ViewKind.OBLIQUE, "right"),
    (75, ViewKind.SIDE, "right"), (90, ViewKind.SIDE, "right"), (105, ViewKind.SIDE, "right"),
    (-75, ViewKind.SIDE, "left"), (-90, ViewKind.SIDE, "left"), (-105, ViewKind.SIDE, "left"),
    (135, ViewKind.OBLIQUE, "right"), (-135, ViewKind.OBLIQUE, "left"), (180, ViewKind.BACK, ""), (-165, ViewKind.BACK, ""),
]  # fmt: skip


def _view(poses: PoseSequence, forced: str = "auto") -> View:
    return decide_clip_view(prepare_poses(poses), forced=forced)


@pytest.mark.parametrize(("yaw", "kind", "facing"), VIEW_CASES)
@pytest.mark.parametrize("distance_m", [None, 3.5])
def test_the_view_is_told_from_the_poses(yaw: float, kind: ViewKind, facing: str, distance_m: float | None) -> None:
    view = _view(p.squat(1, Camera(yaw, distance_m=distance_m)).poses)
    assert (view.kind, view.facing, view.near_side) == (kind, facing, facing)
    # the motion's reach is read as for landmarks with errors, which shorten: of a flawless drawing it is a little long
    assert (view.trunk_yaw_deg - yaw + 180) % 360 - 180 == pytest.approx(0, abs=0.5)
    assert (view.yaw_deg - yaw + 180) % 360 - 180 == pytest.approx(0, abs=6)
    assert not view.forced


def test_confidence_falls_towards_the_borders() -> None:
    # borders at 28 and 67 degrees
    square, near, at = (_view(p.squat(1, Camera(yaw)).poses).confidence for yaw in (0, 21, 25.5))
    assert square > 0.95
    assert square > near > at
    assert at < 0.6
    assert _view(p.squat(1, Camera(90.0)).poses).confidence > 0.95


@pytest.mark.parametrize(
    ("yaw", "forced", "facing"), [(60, "side", "right"), (-60, "side", "left"), (40, "front", ""), (90, "front", "")]
)
def test_a_forced_view_is_kept_and_the_facing_direction_still_read(yaw: float, forced: str, facing: str) -> None:
    view = _view(p.squat(1, Camera(yaw)).poses, forced)
    assert (view.kind.value, view.facing, view.near_side, view.forced, view.confidence) == (
        forced,
        facing,
        facing,
        True,
        1.0,
    )


def test_noise_does_not_move_the_view() -> None:
    for yaw in (0.0, 90.0, -90.0):
        clip = p.squat(1, Camera(yaw))
        assert _view(p.with_noise(clip.poses, 6.0)).kind is _view(clip.poses).kind


def test_a_restless_estimate_lowers_the_confidence() -> None:
    t = p.sample_times(4.0)
    shaking = p.Posture(turn=38 * np.sin(2 * np.pi * 0.2 * t))
    calm, restless = _view(p.film(p.Posture(), t, Camera(90.0))), _view(p.film(shaking, t, Camera(90.0)))
    assert restless.confidence < 0.7 < calm.confidence
    assert restless.yaw_spread_deg > 15


def test_nobody_gives_no_view_unless_one_is_named() -> None:
    clip = p.squat(1)
    empty = p.with_gap(clip.poses, -1, 99)
    assert _view(empty).kind is ViewKind.UNKNOWN
    assert _view(empty, "side").kind is ViewKind.SIDE


def test_yaw_and_sizes() -> None:
    poses = p.film(p.Posture(stance=p.HIP_HALF_M), p.sample_times(1.0), Camera(-60.0, px_per_m=250.0))
    np.testing.assert_allclose(compute_yaw(poses), -60.0, atol=1e-6)
    np.testing.assert_allclose(compute_image_scale(poses), 250.0, rtol=1e-9)
    assert compute_leg_length_px(poses) == pytest.approx(250.0 * LEG_M)


# --- left and right exchanged ---------------------------------------------------------------------------------------

LOPSIDED = {"knee_in_left": 0.05, "knee_in_right": 0.01, "shift": 0.02, "obliquity": 4.0}
LEG_SIGNALS = {
    "front": ("fppa_left", "fppa_right", "knee_medial_offset_left", "knee_medial_offset_right", "lateral_shift",
              "knee_ankle_separation_ratio", "pelvic_obliquity", "stance_split"),
    "side": ("knee_flexion_left", "knee_flexion_right", "shank_inclination_left", "shank_inclination_right", "stance_split",
             "heel_rise_right"),
}  # fmt: skip


@cache
def _clip(view: str, count: int = 2) -> Clip:
    if view == "front":
        return p.squat(count, Camera(0.0), **LOPSIDED)
    return p.lunge(count, Camera(90.0), lead="right")


def _series(poses: PoseSequence) -> KinematicSeries:
    prepared = prepare_poses(poses)
    return compute_series(prepared, decide_clip_view(prepared))


def _frames(n: int, pattern: str) -> np.ndarray:
    frames = np.zeros(n, dtype=bool)
    if pattern == "single":
        frames[[7, 40, 41, 90, 120]] = True
    elif pattern == "stretch":
        frames[50:95] = True
    elif pattern == "start":
        frames[:30] = True
    elif pattern == "end":
        frames[-30:] = True
    else:
        frames[np.random.default_rng(3).random(n) < 0.15] = True
    return frames


@pytest.mark.parametrize("legs_only", [True, False])
@pytest.mark.parametrize("pattern", ["single", "stretch", "start", "end", "random"])
@pytest.mark.parametrize("view", ["front", "side"])
def test_swapped_frames_are_put_right(view: str, pattern: str, legs_only: bool) -> None:
    clip = _clip(view)
    frames = _frames(len(clip.poses), pattern)
    spoilt = p.with_swaps(clip.poses, frames, legs_only=legs_only)
    repair = repair_side_swaps(spoilt)
    np.testing.assert_array_equal(repair.swapped, frames)
    assert repair.notice is not None
    assert repair.notice.code == "sides_repaired"
    clean, mended = _series(clip.poses), _series(spoilt)
    for name in LEG_SIGNALS[view]:
        # the depths stay with their side, and the split of the feet reads knees in space
        tolerance = 0.05 if name == "stance_split" else 1e-6
        np.testing.assert_allclose(mended.values[name], clean.values[name], atol=tolerance, err_msg=name)


@pytest.mark.parametrize("view", ["front", "side"])
def test_clean_poses_are_left_alone(view: str) -> None:
    poses = p.with_noise(_clip(view).poses, 2.0)
    repair = repair_side_swaps(poses)
    assert repair.poses is poses
    assert repair.notice is None
    assert not repair.swapped.any()


def test_walking_past_is_not_taken_for_swapped_legs() -> None:
    assert repair_side_swaps(p.walking().poses).notice is None


def test_when_sides_cannot_be_told_the_frames_are_taken_out_with_a_notice() -> None:
    clip = _clip("front")
    n = len(clip.poses)
    frames = np.zeros(n, dtype=bool)
    frames[40 : 40 + int(0.45 * n)] = True
    repair = repair_side_swaps(p.with_swaps(clip.poses, frames))
    np.testing.assert_array_equal(repair.excluded, frames)
    assert repair.notice is not None
    assert repair.notice.code == "sides_unclear"
    assert "45%" in repair.notice.message
    series = _series(p.with_swaps(clip.poses, frames))
    for name in ("fppa_left", "lateral_shift", "knee_ankle_separation_ratio"):
        assert not series.valid[name][frames].any()
        assert series.valid[name][:40].all()


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_a_long_swapped_stretch_is_put_right_too(fps: float) -> None:
    reps = [p.Rep(p.Posture(knee=80, shank=25, trunk=35, **LOPSIDED)) for _ in range(10)]
    clip = p.film_reps(reps, Camera(0.0), fps=fps)
    frames = (clip.poses.time_s >= 6.0) & (clip.poses.time_s < 17.0)  # 31 % of the clip
    np.testing.assert_array_equal(repair_side_swaps(p.with_swaps(clip.poses, frames)).swapped, frames)


def _bent(clip: Clip) -> NDArray[np.bool_]:
    """Return the frames in the lower half of every repetition."""
    height = (clip.poses.xy("mid_ankle") - clip.poses.xy("mid_shoulder"))[:, 1]
    return np.asarray(height < (height.min() + height.max()) / 2)


@pytest.mark.parametrize("yaw", [180.0, 150.0, -160.0])
def test_a_back_taken_for_a_chest_is_put_right(yaw: float) -> None:
    clip = p.film_reps([p.Rep(p.Posture(knee=100, shank=28, trunk=45))] * 2, Camera(yaw))
    frames = _bent(clip)
    turned = p.with_swaps(clip.poses, frames, legs_only=False)
    world = turned.world_xyz_m.copy()
    world[frames, :, 2] *= -1.0  # the other way round, near is far
    spoilt = turned.with_points(turned.image_xy_px, world)
    mended, notice = repair_facing(spoilt)
    assert notice is not None
    assert notice.code == "facing_repaired"
    np.testing.assert_array_equal(mended.image_xy_px, clip.poses.image_xy_px)
    np.testing.assert_allclose(mended.world_xyz_m, clip.poses.world_xyz_m)
    assert not prepare_poses(spoilt).locomotion.any()


def test_who_really_turns_round_is_left_as_seen() -> None:
    front, back = (p.squat(2, Camera(yaw)) for yaw in (0.0, 180.0))
    n = len(front.poses)
    both = replace(
        front.poses,
        image_xy_px=np.concatenate([front.poses.image_xy_px, back.poses.image_xy_px]),
        world_xyz_m=np.concatenate([front.poses.world_xyz_m, back.poses.world_xyz_m]),
        visibility=np.concatenate([front.poses.visibility, back.poses.visibility]),
        time_s=np.concatenate([front.poses.time_s, back.poses.time_s + front.poses.time_s[-1] + 0.03]),
        frame_index=np.arange(2 * n),
    )
    mended, notice = repair_facing(both)
    assert notice is None
    assert mended is both


def test_legs_exchanged_in_half_of_a_lunge_are_put_right_by_where_the_feet_stand() -> None:
    clip = p.lunge(3, Camera(80.0), lead="left")
    frames = _bent(clip)
    assert frames.mean() > 0.35  # as many as stand, nearly
    spoilt = p.with_swaps(clip.poses, frames)
    repair = repair_side_swaps(spoilt)
    np.testing.assert_array_equal(repair.swapped, frames)
    assert repair.notice is not None
    assert repair.notice.code == "sides_repaired"


def _drawn_together(poses: PoseSequence, frames: NDArray[np.bool_], share: float) -> PoseSequence:
    """Return poses of which the legs are drawn on their way through each other: ``share`` of their distance is left."""
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    for part in ("knee", "ankle", "heel", "foot_index"):
        left, right = poses.skeleton.indices([f"left_{part}", f"right_{part}"])
        for values in (image, world):
            middle = (values[frames, left] + values[frames, right]) / 2
            half = share * (values[frames, left] - values[frames, right]) / 2
            values[frames, left], values[frames, right] = middle + half, middle - half
    return poses.with_points(image, world)


@pytest.mark.parametrize("share", [0.75, -0.75])
def test_legs_drawn_through_each_other_in_a_lunge_are_parted(share: float) -> None:
    clip = p.lunge(2, Camera(120.0), lead="left")
    frames = ~find_upright(clip.poses)
    spoilt = _drawn_together(clip.poses, frames, share)
    repair = repair_side_swaps(spoilt)
    assert repair.notice is not None
    assert repair.notice.code == "sides_repaired"
    assert repair.swapped[frames].all()
    for part in ("left_knee", "right_knee", "left_ankle", "right_ankle"):
        np.testing.assert_allclose(repair.poses.xy(part), clip.poses.xy(part), atol=6.0)
    assert not prepare_poses(spoilt).locomotion.any()


def test_of_legs_drawn_into_one_the_knees_are_not_guessed_but_the_feet_stay() -> None:
    clip = p.lunge(2, Camera(120.0), lead="left")
    frames = ~find_upright(clip.poses)
    repair = repair_side_swaps(_drawn_together(clip.poses, frames, 0.1))
    np.testing.assert_allclose(repair.poses.xy("left_ankle"), clip.poses.xy("left_ankle"), atol=6.0)
    assert np.isnan(repair.poses.xy("left_knee")[frames]).all()
    assert np.isfinite(repair.poses.xy("left_knee")[~frames]).all()


@pytest.mark.parametrize("yaw", [0.0, 40.0, 90.0, 140.0, 180.0])
@pytest.mark.parametrize("make", [p.squat, p.lunge, p.bend, p.single_leg_squat])
def test_legs_that_are_drawn_apart_are_left_as_they_are(make: object, yaw: float) -> None:
    poses = make(2, Camera(yaw)).poses  # type: ignore[operator]
    assert part_drawn_together(poses)[0] is poses


def test_lunges_with_one_leg_and_then_the_other_are_left_alone() -> None:
    one, other = (p.lunge(2, Camera(80.0), lead=lead).poses for lead in ("left", "right"))
    n = len(one)
    both = replace(
        one,
        image_xy_px=np.concatenate([one.image_xy_px, other.image_xy_px]),
        world_xyz_m=np.concatenate([one.world_xyz_m, other.world_xyz_m]),
        visibility=np.concatenate([one.visibility, other.visibility]),
        time_s=np.concatenate([one.time_s, other.time_s + one.time_s[-1] + 1.0]),
        frame_index=np.arange(2 * n),
    )
    repair = repair_side_swaps(both)
    assert not repair.swapped.any()
    assert not repair.excluded.any()


# --- what is outside the picture ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("margin_px", "cut"), [(60, "feet"), (-20, "")])
def test_feet_below_the_picture_are_not_measured(margin_px: int, cut: str) -> None:
    clip = p.squat(1, Camera(90.0))
    floor = int(clip.poses.xy("right_foot_index")[:, 1].max())
    poses = replace(clip.poses, image_size_px=(clip.poses.image_size_px[0], floor - margin_px))
    prepared = prepare_poses(poses)
    assert [n.code for n in prepared.notices] == (["cut_off"] if cut else [])
    series = _series(poses)
    assert series.has("knee_flexion_right") == (not cut)
    assert series.has("trunk_inclination")
    if cut:
        assert cut in prepared.notices[0].message
        assert "knees" not in prepared.notices[0].message
        assert series.absent["knee_flexion_right"]


# --- frames that cannot be, and walking -----------------------------------------------------------------------------


def test_a_frame_with_an_impossible_body_is_taken_out() -> None:
    clip = _clip("front")
    image = clip.poses.image_xy_px.copy()
    image[60] = 360 + 6.0 * (image[60] - 360)
    image[80] = 360 + 0.05 * (image[80] - 360)
    kept, bad = exclude_implausible_frames(clip.poses.with_points(image))
    assert list(np.flatnonzero(bad)) == [60, 80]
    assert not kept.detected[[60, 80]].any()
    prepared = prepare_poses(clip.poses.with_points(image))
    assert [n.code for n in prepared.notices] == ["implausible_frames"]
    clean, mended = _series(clip.poses), _series(clip.poses.with_points(image))
    # two single frames are bridged: the signals hardly notice
    np.testing.assert_allclose(mended.values["fppa_left"], clean.values["fppa_left"], atol=0.5)


def _leapt(clip: Clip, frames: NDArray[np.bool_], up_px: float) -> PoseSequence:
    """Return the poses with hips and legs drawn higher in some frames."""
    image = clip.poses.image_xy_px.copy()
    parts = ("hip", "knee", "ankle", "heel", "foot_index")
    below = clip.poses.skeleton.indices(f"{side}_{part}" for side in ("left", "right") for part in parts)
    image[np.ix_(frames, below, [1])] -= up_px
    return clip.poses.with_points(image)


def test_hips_that_leap_up_under_the_trunk_are_drawn_from_before_to_after() -> None:
    clip = p.bend(2, Camera(30.0))
    frames = np.zeros(len(clip.poses), dtype=bool)
    coming_up = int(np.flatnonzero(_bent(clip))[-1])
    frames[coming_up - 4 : coming_up + 4] = True
    spoilt = _leapt(clip, frames, 90.0)
    mended, leap = bridge_leaping_hips(spoilt)
    assert leap[frames].any()
    assert not leap[~frames].any()
    np.testing.assert_allclose(mended.xy("mid_hip")[leap], clip.poses.xy("mid_hip")[leap], atol=25.0)
    assert "legs_leapt" in [n.code for n in prepare_poses(spoilt).notices]


@pytest.mark.parametrize("make", [p.squat, p.bend, p.lunge])
@pytest.mark.parametrize("yaw", [0.0, 90.0, 150.0])
def test_hips_of_real_movements_do_not_leap(make: object, yaw: float) -> None:
    assert not bridge_leaping_hips(make(2, Camera(yaw, distance_m=2.5)).poses)[1].any()  # type: ignore[operator]


def test_who_stands_further_away_for_longer_does_not_leap() -> None:
    clip = p.standing(6.0)
    frames = clip.poses.time_s > 3.0
    assert not bridge_leaping_hips(_leapt(clip, frames, 90.0))[1].any()


@pytest.mark.parametrize("make", [p.squat, p.overhead_squat, p.bend, p.lunge, p.single_leg_squat])
@pytest.mark.parametrize("yaw", [0.0, 90.0, -90.0, 45.0])
@pytest.mark.parametrize("distance_m", [None, 3.0])
def test_no_movement_on_the_spot_is_walking(make: object, yaw: float, distance_m: float | None) -> None:
    clip = make(1, Camera(yaw, distance_m=distance_m))  # type: ignore[operator]
    assert not detect_locomotion(clip.poses).any()


@pytest.mark.parametrize("yaw", [90.0, -90.0, 60.0])
def test_walking_past_is_walking(yaw: float) -> None:
    clip = p.walking(4.0, Camera(yaw, 200.0, (1600, 960)))
    assert detect_locomotion(clip.poses)[:-15].all()


def test_walking_up_to_the_camera_is_walking() -> None:
    clip = p.walking(3.0, Camera(0.0, 200.0, (1600, 960), distance_m=5.0))
    # far away the feet move little in the picture: the last steps are the ones that must not be missed
    assert detect_locomotion(clip.poses)[-30:].all()


@pytest.mark.parametrize("bent", [True, False])
def test_feet_that_seem_to_leave_the_ground_are_believed_of_who_is_upright(bent: bool) -> None:
    clip = p.bend(2, Camera(30.0))
    bottom = int(np.argmax(clip.poses.xy("mid_shoulder")[:, 1]))
    at = bottom - 4 if bent else 2
    image = clip.poses.image_xy_px.copy()
    feet = clip.poses.skeleton.indices(
        f"{s}_{part}" for s in ("left", "right") for part in ("ankle", "heel", "foot_index")
    )
    image[at : at + 8, feet, 1] -= 0.2 * compute_leg_length_px(clip.poses)
    assert detect_locomotion(clip.poses.with_points(image)).any() != bent


def test_hips_that_are_drawn_too_high_for_a_moment_are_no_standing() -> None:
    clip = p.bend(2, Camera(-35.0))
    planted = np.ones(len(clip.poses), dtype=bool)
    leg = compute_leg_length_px(clip.poses)
    right = find_standing(clip.poses, planted, leg)
    last = np.flatnonzero(right)[-6:]
    image = clip.poses.image_xy_px.copy()
    image[(*np.ix_(last, clip.poses.skeleton.indices(("left_hip", "right_hip"))), 1)] -= 0.14 * leg
    found = find_standing(clip.poses.with_points(image), planted, leg)
    assert not found[last].any()
    assert found.sum() == right.sum() - len(last)


def test_turning_round_on_the_spot_counts_as_walking() -> None:
    t = p.sample_times(5.0)
    turn = p.ease(t, [0, 2, 3, 5], [0, 0, 90, 90])
    moving = detect_locomotion(p.film(p.Posture(turn=turn, stance=0.2), t, Camera(0.0)))
    assert moving[(t > 2.2) & (t < 2.9)].all()
    assert not moving[t < 1.0].any()
    assert not moving[t > 4.5].any()
