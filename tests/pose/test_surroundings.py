"""Surroundings: a new look is worth it when something beside the person has changed."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.model import Frame
from movescreen.pose.person.bodies import measure_bodies
from movescreen.pose.person.surroundings import SceneChange
from tests.support.crowd import SIZE_PX, stander

WIDTH, HEIGHT = SIZE_PX
PERSON = measure_bodies([stander(1).at(0)])[0]


def picture(left: int = 0, right: int = 0, value: int = 220, noise: float = 0.0) -> Frame:
    """A gray wall with a bright upright bar, as wide as somebody seen from the side."""
    image = np.full((HEIGHT, WIDTH, 3), 110.0)
    image[HEIGHT // 4 :, left:right] = value
    image += np.random.default_rng(1).normal(0, noise, image.shape)
    return Frame(image.clip(0, 255).astype(np.uint8), 0.0, 0)


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (picture(), False),
        (picture(noise=6.0), False),
        (picture(20, 90), True),
        (picture(650, 720), True),
        (picture(330, 400), False),  # within the person's own reach
        (picture(20, 90, value=125), False),  # a faint shadow
    ],
    ids=["nothing", "noise", "left edge", "right edge", "the person", "shadow"],
)
def test_what_counts_as_a_change(now: Frame, changed: bool) -> None:
    surroundings = SceneChange()
    surroundings.remember(picture())
    assert surroundings.have_changed(now, PERSON) is changed


def test_without_a_person_the_whole_picture_counts() -> None:
    surroundings = SceneChange()
    surroundings.remember(picture())
    assert surroundings.have_changed(picture(330, 400), None)


def test_nothing_is_remembered_at_first_and_another_size_is_no_change() -> None:
    surroundings = SceneChange()
    assert not surroundings.have_changed(picture(20, 90), PERSON)
    surroundings.remember(Frame(np.zeros((100, 80, 3), np.uint8), 0.0, 0))
    assert not surroundings.have_changed(picture(20, 90), PERSON)
