"""The drawing of where the camera stood."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from movescreen.kinematics import decide_clip_view, prepare_poses
from movescreen.model import View, ViewKind
from movescreen.report.figures.camera_place import describe_camera_place, draw_camera_place
from tests.support import figure as p
from tests.support.figure import Camera


def _nose(svg: str) -> tuple[float, float]:
    """Return where the nose points to, from the middle of the person: right and towards the camera."""
    polygon = ET.fromstring(svg).find(".//polygon")
    assert polygon is not None
    x, y = map(float, polygon.attrib["points"].split()[1].split(","))
    return x - 80.0, y - 42.0


@pytest.mark.parametrize(
    ("yaw", "right", "near"), [(0.0, 0.0, 20.0), (90.0, 20.0, 0.0), (-90.0, -20.0, 0.0), (180.0, 0.0, -20.0)]
)
def test_the_person_is_drawn_as_turned(yaw: float, right: float, near: float) -> None:
    svg = draw_camera_place(View(kind=ViewKind.OBLIQUE, yaw_deg=yaw, distance_m=3.0, roll_deg=0.0))
    assert _nose(svg) == pytest.approx((right, near), abs=0.1)


def test_what_is_not_known_is_not_drawn() -> None:
    assert draw_camera_place(View(kind=ViewKind.UNKNOWN)) == ""
    words = describe_camera_place(View(kind=ViewKind.FRONT, yaw_deg=3.0))
    assert "away" not in words
    assert "leaned" not in words
    assert "how high it stood is not known" in words


def test_distance_turn_and_lean_are_said() -> None:
    words = describe_camera_place(View(kind=ViewKind.SIDE, yaw_deg=-88.0, distance_m=3.14, roll_deg=-4.2))
    assert "about 3.1\N{NO-BREAK SPACE}m away" in words
    assert "turned by 88\N{NO-BREAK SPACE}degrees to the left of the picture" in words
    assert "leaned by 4\N{NO-BREAK SPACE}degrees" in words


@pytest.mark.parametrize("factor", [0.5, 0.8])
def test_the_distance_follows_from_the_size_of_the_person(factor: float) -> None:
    poses = p.squat(1, Camera(0.0)).poses
    middle = np.array(poses.image_size_px) / 2
    smaller = poses.with_points(middle + factor * (poses.image_xy_px - middle))
    near, far = (decide_clip_view(prepare_poses(each)).distance_m for each in (poses, smaller))
    assert near / far == pytest.approx(factor, rel=0.02)
    # 300 px a meter: the longer side of the picture is the distance over 0.93
    assert near == pytest.approx(1.08 * 0.93 * max(poses.image_size_px) / 300.0, rel=0.05)
