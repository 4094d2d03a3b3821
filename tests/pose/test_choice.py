"""Who is screened: the one who is large, central, there all the time, moves up and down and stays in place."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.pose.person.bodies import measure_bodies
from movescreen.pose.person.choice import choose_person, count_present, follow_path, others_that_matter
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
    assert choose_person([other, person], N / FPS, SIZE_PX[0]) is person


def test_somebody_there_for_a_moment_loses() -> None:
    person, other = track(squatter(2).moved(100)), track(squatter(2), 0, 30)
    assert choose_person([other, person], N / FPS, SIZE_PX[0]) is person


def test_nobody_is_chosen_out_of_none() -> None:
    assert choose_person([], 1.0, SIZE_PX[0]) is None


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
