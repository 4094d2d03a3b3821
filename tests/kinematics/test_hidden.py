"""Limbs that were drawn without being seen: a foot at knee height, feet that leave the floor together, hands above the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.kinematics import prepare_poses
from movescreen.kinematics.hidden import exclude_hidden_arms, replace_hidden_legs
from movescreen.model import BoolArray, ClipResult, PoseSequence, Status
from movescreen.pipeline import analyze_poses
from tests.support import figure as p
from tests.support.figure import Camera, Clip

FEET = ("ankle", "heel", "foot_index")
SIDE_ON = Camera(90.0)


def _points(poses: PoseSequence, sides: str, parts: tuple[str, ...]) -> list[int]:
    return poses.skeleton.indices(f"{s}_{part}" for s in sides.split() for part in parts)


def _foot_at_the_knee(poses: PoseSequence, side: str, where: BoolArray) -> PoseSequence:
    """Return the poses with a foot where its knee is, as the network draws what a plate hides."""
    image, world, seen = poses.image_xy_px.copy(), poses.world_xyz_m.copy(), poses.visibility.copy()
    knee = poses.skeleton.index[f"{side}_knee"]
    for point in _points(poses, side, FEET):
        image[where, point], world[where, point] = image[where, knee], world[where, knee]
        seen[where, point] = 0.3
    return replace(poses.with_points(image, world), visibility=seen)


def _bent(poses: PoseSequence, share: float = 0.85) -> BoolArray:
    height = poses.xy("mid_ankle")[:, 1] - poses.xy("mid_hip")[:, 1]
    return np.asarray(height < share * np.nanpercentile(height, 95))


def _analyze(clip: Clip, poses: PoseSequence) -> ClipResult:
    return analyze_poses(poses, clip.video)


@pytest.mark.parametrize(("yaw", "far"), [(90.0, "left"), (-90.0, "right"), (75.0, "left")])
def test_a_far_foot_drawn_at_the_knee_costs_no_repetition(yaw: float, far: str) -> None:
    clip = p.squat(3, Camera(yaw))
    guessed = _foot_at_the_knee(clip.poses, far, _bent(clip.poses))
    true, found = _analyze(clip, clip.poses), _analyze(clip, guessed)
    assert (found.movement.name, len(found.reps)) == ("squat", 3)
    for right, rep in zip(true.reps, found.reps, strict=True):
        assert rep.turn_s == pytest.approx(right.turn_s, abs=0.1)
    assert "legs_hidden" in {n.code for n in found.notices}
    assert "legs_hidden" not in {n.code for n in true.notices}


def test_feet_that_are_drawn_up_with_the_trunk_down_are_no_jump() -> None:
    clip = p.bend(3, SIDE_ON)
    poses = clip.poses
    trunk = poses.xy("mid_hip")[:, 1] - poses.xy("mid_shoulder")[:, 1]
    down = trunk < 0.5 * np.nanpercentile(trunk, 95)
    for side in ("left", "right"):
        poses = _foot_at_the_knee(poses, side, down)
    found = _analyze(clip, poses)
    assert found.movement.name != "countermovement_jump"
    assert not any(measure.known for measure in found.measures)
    assert not prepare_poses(poses).locomotion.any()
    feet = prepare_poses(poses).repaired.xy("left_ankle")
    assert np.isnan(feet[down]).all()


@pytest.mark.parametrize(
    "clip",
    [
        p.squat(2, SIDE_ON), p.bend(2, SIDE_ON), p.lunge(2, SIDE_ON), p.jump(2, SIDE_ON), p.single_leg_squat(2, SIDE_ON),
        p.one_leg_stance(1, SIDE_ON), p.chair_stands(2, SIDE_ON), p.walking(4.0, SIDE_ON), p.squat(2, Camera(0.0)), p.lunge(2, Camera(0.0)), p.squat(2, Camera(180.0)),
    ],
)  # fmt: skip
def test_legs_that_are_seen_are_left_alone(clip: Clip) -> None:
    poses, notice = replace_hidden_legs(clip.poses)
    assert poses is clip.poses
    assert notice is None


def test_a_true_jump_from_the_side_is_still_one() -> None:
    clip = p.jump(3, SIDE_ON)
    found = _analyze(clip, clip.poses)
    assert found.movement.name == "countermovement_jump"
    assert sum(rep.complete for rep in found.reps) == 3


def test_hands_that_the_network_doubts_are_not_measured() -> None:
    clip = p.overhead_squat(3, SIDE_ON)
    seen = clip.poses.visibility.copy()
    seen[:, _points(clip.poses, "left right", ("elbow", "wrist"))] = 0.1
    found = _analyze(clip, replace(clip.poses, visibility=seen))
    assert found.movement.name != "overhead_squat"
    arms = [f for f in found.findings if "shoulder_flexion" in f.signal or "arm_fall" in f.signal]
    assert all(f.status is Status.NOT_ASSESSED for f in arms)
    assert _analyze(clip, clip.poses).movement.name == "overhead_squat"
    # without any word about what was seen nothing is taken out
    unknown = replace(clip.poses, visibility=np.full_like(seen, np.nan))
    assert exclude_hidden_arms(unknown) is unknown


def test_hands_beyond_the_border_weaken_what_is_read_from_hands_only() -> None:
    clip = p.overhead_squat(2, Camera(0.0))
    hands = clip.poses.skeleton.indices(["left_wrist", "right_wrist"])
    image = clip.poses.image_xy_px.copy()
    image[:, hands, 1] -= clip.poses.image_size_px[1]
    (notice,) = [n for n in prepare_poses(clip.poses.with_points(image)).notices if n.code == "cut_off"]
    assert "arm_elevation" in notice.affects
    assert not {"all", "lateral_shift", "knee_ankle_separation_ratio", "heel_rise_left"} & set(notice.affects)
