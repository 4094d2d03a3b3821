"""A person near the border of a wide picture is told, one in the middle or in a narrow picture is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.model import PoseSequence
from movescreen.scene.placing import notice_of_border
from tests.support import figure as p


def _at(share: float, size: tuple[int, int]) -> PoseSequence:
    poses = p.squat(1).poses
    shift = share * size[0] - np.median(poses.xy("mid_hip")[:, 0])
    return replace(poses.with_points(poses.image_xy_px + np.array([shift, 0.0])), image_size_px=size)


@pytest.mark.parametrize(
    ("share", "size", "told"),
    [
        (0.20, (1280, 960), True),
        (0.80, (1920, 1080), True),
        (0.70, (1920, 1080), False),
        (0.50, (1920, 1080), False),
        (0.20, (540, 960), False),
    ],
)
def test_who_is_near_the_border_of_a_wide_picture_is_told(share: float, size: tuple[int, int], told: bool) -> None:
    notice = notice_of_border(_at(share, size))
    assert (notice is not None) is told
    if notice is not None:
        assert (notice.code, notice.affects) == ("near_border", ("all",))
        assert "30%" in notice.message


def test_nobody_is_nowhere() -> None:
    poses = _at(0.1, (1920, 1080))
    assert notice_of_border(poses.with_points(np.full_like(poses.image_xy_px, np.nan))) is None
