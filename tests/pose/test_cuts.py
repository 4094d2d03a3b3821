"""Cuts: found in the pictures, and people are told apart within a take, never across."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.model import Frame
from movescreen.pose.person.surroundings import CutFinder
from movescreen.pose.person.tracking import collect_poses
from movescreen.pose.person.tracks import Follower
from tests.support.crowd import FPS, Stage, script, squatter, stander

ROOMS = [
    np.kron(np.random.default_rng(seed).uniform(40, 220, (12, 9)), np.ones((80, 80))).astype(np.uint8) for seed in (1, 2)
]  # fmt: skip


def _frame(room: int, row: int, *, light: float = 1.0, shift_px: int = 0, bar_px: int = 300) -> Frame:
    image = np.roll(ROOMS[room], shift_px, axis=1).astype(float)
    image[300:800, bar_px : bar_px + 120] = 60
    image = np.clip(light * image + np.random.default_rng(row).normal(0, 3, image.shape), 0, 255).astype(np.uint8)
    return Frame(np.repeat(image[:, :, None], 3, axis=2), row / FPS, row)


def _cuts(frames: list[Frame]) -> list[float]:
    finder = CutFinder()
    return [frame.time_s for frame in frames if finder.push(frame)]


def test_another_room_is_a_cut_and_found_where_it_is() -> None:
    assert _cuts([_frame(int(row >= 20), row) for row in range(40)]) == [pytest.approx(20 / FPS)]


@pytest.mark.parametrize(
    "frames",
    [
        [_frame(0, row) for row in range(20)],
        [_frame(0, row, light=1.0 if row < 10 else 0.6) for row in range(20)],
        [_frame(0, row, bar_px=200 + 12 * row) for row in range(20)],
        [_frame(0, row, shift_px=round(0.5 * row * min(row, 8))) for row in range(20)],
    ],
    ids=["still", "a lamp goes out", "somebody walks", "the camera begins to pan"],
)
def test_what_is_no_cut(frames: list[Frame]) -> None:
    assert _cuts(frames) == []


def test_the_same_person_after_a_cut_is_seen_in_both_takes() -> None:
    before, after = squatter(1), squatter(1).moved(180)
    n = len(before)
    poses = [before.at(row) if row < n else after.at(row - n) for row in range(2 * n)]
    see = script(2 * n, lambda row: [poses[row]])
    stage = Stage(np.arange(2 * n) / FPS, [see, see], see)
    found = collect_poses(stage.open_frames, stage.make_estimator)
    assert found.poses.detected.all()
    assert found.people_max == 1
    assert stage.opened == 1
    np.testing.assert_array_equal(found.poses.extras["take"], np.repeat([0.0, 1.0], n))


def test_a_named_person_is_followed_although_the_other_one_moves() -> None:
    squats, stands = squatter(1).moved(-180), stander(len(squatter(1))).moved(180)
    both = script(len(squats), lambda row: [squats.at(row), stands.at(row)])
    single, alone = (script(len(squats), lambda row, who=who: [who.at(row)]) for who in (squats, stands))
    stage = Stage.of(squats, single, both, alone)
    found = collect_poses(stage.open_frames, stage.make_estimator, person="right")
    np.testing.assert_allclose(found.poses.xy("mid_hip")[:, 0], stands.poses.xy("mid_hip")[:, 0])
    (told,) = [n.message for n in found.notices if n.code == "other_people"]
    assert "one to the left, as large. The right one was followed, as was asked." in told


# --- live -----------------------------------------------------------------------------------------------------------


def test_live_nobody_takes_the_place_of_the_person() -> None:
    person, other = squatter(1), stander(1).moved(260)
    follower = Follower()
    for row in range(30):
        assert follower.follow(row / FPS, [person.at(row)]) is not None
    assert follower.follow(31 / FPS, [other.at(0)]) is None
    back = person.at(30)
    assert follower.follow(32 / FPS, [other.at(0), back]) is back
    assert follower.follow(60.0, [other.at(0)]) is None
    follower.release()
    assert follower.follow(61.0, [other.at(0)]) is not None


def test_live_keeps_to_somebody_who_moves() -> None:
    person, follower = squatter(2), Follower()
    assert all(follower.follow(row / FPS, [person.at(row)]) is not None for row in range(len(person)))
