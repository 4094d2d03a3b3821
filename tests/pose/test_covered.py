"""A box in front of the body: around what it covers no pixel changes, however far the joint is said to go."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from movescreen.kinematics import prepare_poses
from movescreen.model import Frame, PoseSequence, Status
from movescreen.pipeline import analyze_poses, missing_answer
from movescreen.pose.covered import CoverWatch
from tests.support import figure as p
from tests.support import something_else
from tests.support.figure import Camera

_LINES = [("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle")]


def _draw(poses: PoseSequence, row: int, box: tuple[float, float] | None, light: float, noise: np.random.Generator) -> np.ndarray:  # fmt: skip
    """Return a picture of thick limbs before a wall; ``box`` covers the rows between two heights, px."""
    width, height = poses.image_size_px
    image = np.full((height, width, 3), 170, np.uint8)
    for side in ("left", "right"):
        for a, b in _LINES:
            # striped, as skin, cloth and shadows are not of one color either
            start, end = (poses.xy(f"{side}_{name}")[row] for name in (a, b))
            knots = [tuple(int(v) for v in start + share * (end - start)) for share in np.linspace(0, 1, 9)]
            for i, (upper, lower) in enumerate(pairwise(knots)):
                cv2.line(image, upper, lower, (40 + 12 * i, 60 + 40 * (i % 2), 90), 60)
    if box is not None:
        image[int(box[0]) : int(box[1])] = (96, 84, 72)
    noisy = light * image + noise.normal(0.0, 2.0, image.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _watch(poses: PoseSequence, box: tuple[float, float] | None = None, light: float = 1.0) -> dict[str, np.ndarray]:
    watch, noise = CoverWatch(), np.random.default_rng(1)
    for row in range(0, len(poses), 3):
        frame = Frame(_draw(poses, row, box, light, noise), float(poses.time_s[row]), row)
        watch.push(frame, poses.image_xy_px[row])
    return watch.covered(poses)


def _thighs(poses: PoseSequence) -> tuple[float, float]:
    """Return the heights between which hips and knees are in all frames, px."""
    y = poses.image_xy_px[
        :, poses.skeleton.indices(f"{s}_{part}" for s in ("left", "right") for part in ("hip", "knee")), 1
    ]
    return float(y.min() - 60), float(y.max() + 60)


@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_a_box_over_the_thighs_is_seen_and_what_it_covers_is_not_measured(yaw: float) -> None:
    clip = p.squat(2, Camera(yaw))
    covered = _watch(clip.poses, _thighs(clip.poses))
    assert {"covered_left_hip", "covered_right_hip"} <= set(covered)
    low = clip.poses.xy("mid_hip")[:, 1] > np.percentile(clip.poses.xy("mid_hip")[:, 1], 80)
    assert covered["covered_left_hip"][low].mean() > 0.9
    poses = p.with_extras(clip.poses, **covered)
    result = analyze_poses(poses, clip.video)
    assert (result.movement.name, len(result.reps)) == ("squat", 2)
    needing = [
        f for f in result.findings if f.status is not Status.NOT_ASSESSED and "hip" in " ".join(_landmarks(f.signal))
    ]
    assert needing == []
    assert "joints_covered" in {n.code for n in result.notices}


def test_a_covered_movement_that_cannot_be_told_is_not_called_something_else() -> None:
    clip = something_else.draw("side lunge", Camera(0.0))
    hidden = {
        f"covered_{side}_{joint}": np.ones(len(clip.poses)) for side in ("left", "right") for joint in ("hip", "knee")
    }
    result = analyze_poses(p.with_extras(clip.poses, **hidden), clip.video)
    codes = {n.code for n in result.notices}
    assert (result.movement.name, "joints_covered" in codes, "something_else" in codes) == ("none", True, False)
    assert "Something stands in front of the hips and knees" in str(missing_answer(result))


def _landmarks(signal: str) -> tuple[str, ...]:
    from movescreen.kinematics import SIGNALS

    found = SIGNALS.get(signal) or SIGNALS.get(f"{signal}_left")
    return found.spec.landmarks if found else ()


@pytest.mark.parametrize("yaw", [0.0, 45.0, 90.0])
def test_without_a_box_nothing_is_covered(yaw: float) -> None:
    for clip in (
        p.squat(1, Camera(yaw)),
        p.lunge(1, Camera(yaw)),
        p.bend(1, Camera(yaw)),
        p.standing(3.0, Camera(yaw)),
    ):
        assert _watch(clip.poses) == {}


def test_a_box_beside_the_joints_covers_none() -> None:
    clip = p.squat(1, Camera(0.0))
    feet = float(clip.poses.xy("mid_ankle")[0, 1])
    assert _watch(clip.poses, (feet - 20, feet + 60)) == {}


def test_in_the_dark_nothing_is_said() -> None:
    clip = p.squat(1, Camera(0.0))
    assert _watch(clip.poses, _thighs(clip.poses), light=0.15) == {}


def test_poses_without_pictures_are_not_covered() -> None:
    assert not [n for n in prepare_poses(p.squat(1).poses).notices if n.code == "joints_covered"]
