"""PersonFollower: stays with one person whatever the network does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.pose import DetectedPose, PersonFollower
from movescreen.pose.follower import RELEASE_S
from tests.support.crowd import FPS, SIZE_PX, TORSO_PX, Actor, squatter, stander


def follow(seen: Sequence[Sequence[DetectedPose]], fps: float = FPS) -> list[DetectedPose | None]:
    follower = PersonFollower(SIZE_PX)
    return [follower.update(row / fps, people) for row, people in enumerate(seen)]


@pytest.mark.parametrize("stride", [1, 2, 3, 6], ids=["30 fps", "15 fps", "10 fps", "5 fps"])
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_a_fast_squat_is_followed_at_every_frame_rate(stride: int, yaw: float) -> None:
    actor = squatter(2, yaw, down_s=0.5, hold_s=0.0, up_s=0.5, top_s=0.3)
    rows = range(0, len(actor), stride)
    poses = [actor.at(row) for row in rows]
    assert follow([[pose] for pose in poses], FPS / stride) == poses


def test_a_hop_to_somebody_beside_is_not_followed_and_the_way_back_is() -> None:
    here, beside = stander(40), stander(40).moved(x_px=1.0 * TORSO_PX)
    seen = [[here.at(i)] if i < 10 or i >= 25 else [beside.at(i)] for i in range(40)]
    assert follow(seen) == [people[0] if i < 10 or i >= 25 else None for i, people in enumerate(seen)]


@pytest.mark.parametrize(("step", "followed"), [(0.4, True), (0.6, False), (1.0, False)])
def test_the_edge_of_a_plausible_step_at_30_fps(step: float, followed: bool) -> None:
    actor = stander(6)
    found = follow([[actor.at(i)] for i in range(5)] + [[actor.moved(x_px=step * TORSO_PX).at(5)]])
    assert (found[-1] is not None) is followed


@pytest.mark.parametrize("scale", [0.7, 1.4])
def test_a_sudden_change_of_size_is_somebody_else(scale: float) -> None:
    actor = stander(8)
    # the middle of the torso stays where it was: only the size differs
    other = actor.moved(scale=scale)
    off = actor.at(0).image_xy_px[[11, 12, 23, 24]].mean(0) - other.at(0).image_xy_px[[11, 12, 23, 24]].mean(0)
    other = other.moved(x_px=float(off[0]), y_px=float(off[1]))
    assert follow([[actor.at(i)] for i in range(5)] + [[other.at(5)]])[-1] is None


def test_walking_towards_the_camera_is_followed() -> None:
    steps = np.linspace(0.6, 1.6, 90)
    walking = [stander(1).moved(scale=float(scale)).at(0) for scale in steps]
    assert follow([[pose] for pose in walking]) == walking


def test_somebody_else_is_taken_only_after_the_stated_time_and_announced_as_new() -> None:
    here, beside = stander(1), stander(1).moved(x_px=1.5 * TORSO_PX)
    follower = PersonFollower(SIZE_PX)
    assert follower.update(0.0, [here.at(0)]) is not None
    assert follower.is_new
    taken_s = None
    for row in range(1, 200):
        pose = follower.update(row / FPS, [beside.at(0)])
        if pose is not None and taken_s is None:
            taken_s = row / FPS
            assert follower.is_new
        elif pose is not None:
            assert not follower.is_new
    assert taken_s == pytest.approx(RELEASE_S, abs=1.5 / FPS)


def test_the_first_to_be_followed_is_large_and_central() -> None:
    small, edge, central = stander(1).moved(-150, scale=0.5), stander(1).moved(330), stander(1).moved(30)
    people = [small.at(0), edge.at(0), central.at(0)]
    assert follow([people]) == [people[2]]


def test_the_order_of_the_detections_does_not_matter() -> None:
    edge, central = stander(1).moved(-250).at(0), stander(1).moved(60).at(0)
    assert follow([[edge, central] if row % 2 else [central, edge] for row in range(30)]) == [central] * 30


@given(
    st.lists(st.sets(st.sampled_from(["here", "beside"])), min_size=1, max_size=80),
    st.floats(0.8, 3.0),
    st.sampled_from([10.0, 30.0, 60.0]),
)
def test_never_two_people_within_the_release_time(present: list[set[str]], apart: float, fps: float) -> None:
    cast: dict[str, Actor] = {"here": stander(1), "beside": stander(1).moved(x_px=max(apart, 1.05) * TORSO_PX)}
    poses = {name: actor.at(0) for name, actor in cast.items()}
    follower = PersonFollower(SIZE_PX, release_s=1e9)
    found = [follower.update(row / fps, [poses[name] for name in sorted(names)]) for row, names in enumerate(present)]
    assert len({id(pose) for pose in found if pose is not None}) <= 1


def test_an_hour_of_live_use_keeps_a_handful_of_sightings() -> None:
    follower, actor = PersonFollower(SIZE_PX), stander(1)
    pose, other = actor.at(0), actor.moved(x_px=250).at(0)
    for row in range(2000):
        follower.update(row * 0.5, [pose, other] if row % 7 == 0 else [pose])
    tracks = follower._board.tracks
    assert len(tracks) <= 3
    assert sum(len(track.sightings) for track in tracks) <= 9
