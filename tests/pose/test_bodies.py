"""What is measured of a body to tell people apart: the same in every posture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.pose.person.bodies import measure_bodies
from tests.support.crowd import PX_PER_M, TORSO_PX, squatter, stander
from tests.support.figure import Camera, bend


@pytest.mark.parametrize("yaw", [0.0, 45.0, 90.0, 180.0])
def test_the_scale_is_that_of_the_camera_in_every_posture(yaw: float) -> None:
    actor = squatter(1, yaw)
    scales = [measure_bodies([actor.at(row)])[0].scale_px_per_m for row in range(0, len(actor), 5)]
    assert scales == pytest.approx([PX_PER_M] * len(scales), rel=1e-6)


def test_a_bend_towards_the_camera_does_not_make_the_person_smaller() -> None:
    poses = bend(1, Camera(0.0, PX_PER_M)).poses
    torso_px = np.linalg.norm(
        (poses.xy("left_shoulder") + poses.xy("right_shoulder") - poses.xy("left_hip") - poses.xy("right_hip")) / 2,
        axis=1,
    )
    assert torso_px.min() < 0.2 * torso_px.max()  # the torso as drawn nearly vanishes
    for row in range(0, len(poses), 10):
        pose = replace(stander(1).at(0), image_xy_px=poses.image_xy_px[row], world_xyz_m=poses.world_xyz_m[row])
        assert measure_bodies([pose])[0].torso_px == pytest.approx(TORSO_PX, rel=1e-6)


def test_without_world_landmarks_the_limbs_give_the_scale() -> None:
    pose = stander(1).at(0)
    body = measure_bodies([replace(pose, world_xyz_m=np.full_like(pose.world_xyz_m, np.nan))])[0]
    assert body.scale_px_per_m == pytest.approx(PX_PER_M, rel=0.1)


def test_the_rise_falls_by_what_the_torso_is_lowered() -> None:
    actor = squatter(1)
    rise = np.array([measure_bodies([actor.at(row)])[0].rise_m for row in range(len(actor))])
    torso_y = actor.poses.world_xyz_m[:, [11, 12, 23, 24], 1].mean(1) - actor.poses.world_xyz_m[:, [27, 28], 1].mean(1)
    np.testing.assert_allclose(rise, -torso_y, atol=1e-9)
    assert rise.max() - rise.min() > 0.3


def test_one_person_seen_twice_is_one_body_the_first() -> None:
    pose = stander(1).at(0)
    again = replace(pose, image_xy_px=pose.image_xy_px + 0.3 * TORSO_PX)
    assert [body.pose for body in measure_bodies([pose, again])] == [pose]


def test_two_people_side_by_side_are_two_bodies() -> None:
    actor = stander(1)
    pair = [actor.at(0), actor.moved(x_px=0.8 * TORSO_PX).at(0)]
    assert [body.pose for body in measure_bodies(pair)] == pair


def test_somebody_of_a_few_pixels_is_no_body() -> None:
    assert measure_bodies([stander(1).moved(scale=0.05).at(0)]) == []


def test_somebody_close_behind_is_a_body_of_their_own() -> None:
    low = squatter(1)
    deepest = int(np.argmax(low.poses.image_xy_px[:, 23, 1]))
    person = low.at(deepest)
    # a spotter whose torso is drawn over that of the person who squats
    behind = stander(1)
    shift = person.image_xy_px[[11, 12, 23, 24]].mean(0) - behind.at(0).image_xy_px[[11, 12, 23, 24]].mean(0)
    spotter = behind.moved(float(shift[0]), float(shift[1])).at(0)
    assert [body.pose for body in measure_bodies([person, spotter])] == [person, spotter]
