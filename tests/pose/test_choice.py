"""Who is screened: the one who is large, central, there all the time, moves up and down and stays in place."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.pose.person.bodies import measure_bodies
from movescreen.pose.person.choice import (
    check_asked_person,
    choose_person,
    count_present,
    describe_others,
    describe_place,
    follow_path,
    may_be_mirror_image,
    others_that_matter,
)
from movescreen.pose.person.tracks import Track
from tests.support.crowd import FPS, PX_PER_M, SIZE_PX, Actor, squatter, stander, walker

N = len(squatter(2))


def track(actor: Actor, first: int = 0, last: int = 10**6, stride: int = 1) -> Track:
    made = Track()
    for row in range(first, min(last, len(actor)), stride):
        made.add(row / FPS, measure_bodies([actor.at(row)])[0])
    return made


RIVALS = {
    "nearer but still": stander(N).moved(-250, scale=1.3),
    "in the middle but still": stander(N, 90.0),
    "walking across": walker(N, -400, 5.0, scale=1.1),
    "coming nearer": Actor(
        stander(N).poses.with_points(
            image_xy_px=np.stack(
                [stander(1).moved(200, scale=float(s)).at(0).image_xy_px for s in np.linspace(0.5, 1.3, N)]
            )
        )
    ),
    "squatting far behind": squatter(2).moved(150, scale=0.5),
    "squatting at the edge": squatter(2).moved(320),
}


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("stride", [1, 5], ids=["seen in every frame", "seen in surveys only"])
def test_the_squatter_wins_against(rival: str, stride: int) -> None:
    person, other = track(squatter(2).moved(90), stride=stride), track(RIVALS[rival])
    assert choose_person([other, person], N / FPS, SIZE_PX) is person


def test_somebody_there_for_a_moment_loses() -> None:
    person, other = track(squatter(2).moved(100)), track(squatter(2), 0, 30)
    assert choose_person([other, person], N / FPS, SIZE_PX) is person


def test_nobody_is_chosen_out_of_none() -> None:
    assert choose_person([], 1.0, SIZE_PX) is None


def test_others_matter_by_size_and_number_of_sightings() -> None:
    person, near, far = (track(stander(10).moved(scale=scale)) for scale in (1.0, 0.45, 0.35))
    slip = track(stander(10), 0, 2)
    assert others_that_matter(person, [person, near, far, slip]) == [near]


def test_people_are_counted_between_their_sightings_but_not_across_long_gaps() -> None:
    time_s = np.arange(0.0, 10.0, 0.5)
    body = measure_bodies([stander(1).at(0)])[0]
    made = Track()
    for seen_s in (1.0, 2.0, 3.0, 6.0, 7.0):
        made.add(seen_s, body)
    counts = count_present([made, made], time_s)
    expected = 2 * (((time_s >= 1) & (time_s <= 3)) | ((time_s >= 6) & (time_s <= 7)))
    np.testing.assert_array_equal(counts, expected)


def test_a_path_runs_straight_between_sightings_and_is_held_at_its_ends() -> None:
    path = follow_path(track(walker(31, 0.0, 2.0), stride=30), np.array([-1.0, 0.0, 0.25, 1.0, 9.0]))
    np.testing.assert_allclose(path[:, 0] - path[0, 0], [0, 0, 15, 60, 60])
    np.testing.assert_allclose(path[:, 2], PX_PER_M)


THREE = [track(stander(60).moved(x)) for x in (-220, 10, 240)]


@pytest.mark.parametrize(
    ("asked", "number"), [("left", 0), ("middle", 1), ("right", 2), ("1", 0), ("2", 1), ("3", 2), ("0.2,0.5", 0), ("0.83,0.7", 2)]
)  # fmt: skip
def test_who_is_named_by_position_is_followed(asked: str, number: int) -> None:
    shuffled = [THREE[2], THREE[0], THREE[1]]
    assert choose_person(shuffled, 2.0, SIZE_PX, asked) is THREE[number]


def test_nobody_is_followed_where_nobody_is() -> None:
    assert choose_person(THREE, 2.0, SIZE_PX, "4") is None
    assert choose_person([THREE[0]], 2.0, SIZE_PX, "0.95,0.05") is None
    # a slip of the network, and somebody far away, are not counted
    far = track(stander(60).moved(-320, scale=0.3))
    assert choose_person([*THREE, far], 2.0, SIZE_PX, "left") is THREE[0]


@pytest.mark.parametrize(
    ("asked", "known"),
    [("", True), ("left", True), ("2", True), ("0.5,1", True), ("0", False), ("up", False), ("1.2,0.4", False), ("1,2,3", False), ("nan,0", False)],
)  # fmt: skip
def test_only_what_can_mean_somebody_is_taken(asked: str, known: bool) -> None:
    assert check_asked_person(asked) is known


def test_the_others_are_told_by_what_is_seen_of_them() -> None:
    person, small = track(squatter(2)), track(stander(N).moved(-260, scale=0.6))
    image = track(squatter(2).moved(260))
    assert (
        describe_others(person, [image, small])
        == "one to the left, at 60% of the size; one to the right, as large, moving in step (a mirror?)"
    )
    assert describe_place(person, [person, image], SIZE_PX) == "left one"
    assert describe_place(person, [person, image, small], SIZE_PX) == "second from the left"


def test_who_is_as_large_and_in_step_may_be_the_person_as_well() -> None:
    person = track(squatter(2))
    assert may_be_mirror_image(person, track(squatter(2).moved(260)))
    # a mirror image further away is smaller, and who stands is nobody's image
    assert not may_be_mirror_image(person, track(squatter(2).moved(260, scale=0.7)))
    assert not may_be_mirror_image(person, track(stander(N).moved(260)))


def test_a_mirror_image_puts_what_speaks_of_a_side_in_doubt_and_nothing_else() -> None:
    weakened = load_catalog().weakened_by("mirror_image")
    assert set(weakened) == {"weight_shift", "pelvic_drop", "lateral_trunk_lean", "asymmetry"}
