"""Corrected readings that have a side turn their sign, and nothing else, when the picture is mirrored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.model import ClipResult, PoseSequence
from movescreen.pipeline import AnalysisRequest, analyze_poses
from tests.support import figure as p
from tests.support.figure import Camera

SIDED = ("lateral_shift", "pelvic_obliquity", "trunk_lateral_lean")


def _mirror(poses: PoseSequence) -> PoseSequence:
    order = poses.skeleton.mirror_order()
    image, world = poses.image_xy_px[:, order].copy(), poses.world_xyz_m[:, order].copy()
    image[..., 0] = poses.image_size_px[0] - image[..., 0]
    world[..., 0] *= -1.0
    return replace(poses, image_xy_px=image, world_xyz_m=world, visibility=poses.visibility[:, order])


@pytest.mark.parametrize("yaw", [0.0, 12.0, 20.0])
def test_readings_with_a_side_turn_their_sign(yaw: float) -> None:
    clip = p.squat(2, Camera(yaw), knee_in_left=0.05)

    def analyze(poses: PoseSequence) -> ClipResult:
        return analyze_poses(poses, clip.video, AnalysisRequest("squat"))

    seen, mirrored = analyze(clip.poses), analyze(_mirror(clip.poses))
    assert len(seen.reps) == len(mirrored.reps) == 2
    for name in SIDED:
        for rep, other in zip(seen.reps, mirrored.reps, strict=True):
            assert np.isfinite(rep.at_turn[name])
            assert other.at_turn[name] == pytest.approx(-rep.at_turn[name], abs=0.05)
