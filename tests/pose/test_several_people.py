"""The whole of it on real pictures: the person who squats comes out as if nobody else were there, or not at all."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from movescreen.model import BLAZEPOSE, FloatArray, Frame
from movescreen.pose import PoseEstimator, TrackedPoses, collect_poses, create_estimator
from tests.support.composites import compose, cut_out

pytestmark = pytest.mark.network

COUNT = 75  # 5 s: down, up, and down again
CORE = BLAZEPOSE.indices(
    [f"{side}_{joint}" for joint in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")]
)
#: Length of a torso in these clips, px.
TORSO_PX = 150.0
TRAINER_BOX, SIDE_BOX, WALKER_BOX = (120, 200, 300, 600), (190, 205, 115, 555), (125, 215, 320, 510)


def collect(frames: list[Frame], readings: list[int] | None = None) -> TrackedPoses:
    def open_frames() -> list[Frame]:
        if readings is not None:
            readings.append(1)
        return frames

    def make(people: int) -> PoseEstimator:
        return create_estimator("mediapipe", model="full", num_poses=people)

    return collect_poses(open_frames, make)


@cache
def alone(stem: str) -> FloatArray:
    """Poses of the same person with nobody else in the picture."""
    result = collect(compose(stem, COUNT))
    assert result.poses.detected.all()
    assert (result.people_max, result.notices) == (1, ())
    return result.poses.image_xy_px[:, CORE]


def error_torsos(result: TrackedPoses, stem: str) -> FloatArray:
    """``(n,)`` mean distance of the joints from where they are without the other person; NaN where missing."""
    return np.linalg.norm(result.poses.image_xy_px[:, CORE] - alone(stem), axis=2).mean(axis=1) / TORSO_PX


def test_a_larger_person_who_stands_at_the_side_is_noticed_and_ignored() -> None:
    bystander = cut_out("squat_side", SIDE_BOX, 1.25, mirrored=True)
    result = collect(compose("squat_front", COUNT, bystander, lambda i: (665, 150)))
    assert result.poses.detected.all()
    assert error_torsos(result, "squat_front").max() < 0.1
    assert result.people_max == 2
    assert result.other_people_frac > 0.9
    assert [notice.code for notice in result.notices] == ["other_people"]


def test_a_trainer_who_faces_the_camera_is_not_mistaken_for_the_person_seen_from_the_side() -> None:
    trainer = cut_out("squat_front", TRAINER_BOX, 1.1)
    readings: list[int] = []
    result = collect(compose("squat_side", COUNT, trainer, lambda i: (535, 200)), readings)
    error = error_torsos(result, "squat_side")
    assert result.poses.detected.mean() > 0.95
    assert np.nanmax(error) < 0.3
    assert np.nanmedian(error) < 0.05
    assert result.people_max == 2
    assert len(readings) <= 2


@pytest.mark.parametrize("px_per_frame", [18, 10])
def test_somebody_who_walks_past_in_front_is_never_followed(px_per_frame: int) -> None:
    walker = cut_out("lunge_side", WALKER_BOX, 1.1)
    result = collect(compose("squat_front", COUNT, walker, lambda i: (-330 + px_per_frame * (i - 5), 210)))
    error = error_torsos(result, "squat_front")
    assert np.nanmax(error) < 0.5  # a hop would be a whole torso and more
    assert (error < 0.15).sum() > 0.5 * COUNT
    assert result.people_max == 2
    assert {notice.code for notice in result.notices} == {"other_people", "person_lost"}
