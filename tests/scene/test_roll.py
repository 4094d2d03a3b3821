"""How crooked the camera stands: the room's lines and the person who stands say it, and a person who leans is not made upright."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from movescreen.kinematics import find_standing_view
from movescreen.model import CameraPath, Frame, PoseSequence, turn_clockwise
from movescreen.scene.camera import CameraWatch
from movescreen.scene.roll import Roll, combine_rolls, roll_of_picture, roll_of_stander
from tests.support import figure as p
from tests.support.figure import Camera

SIZE = (540, 960)
ROLLS = (-12.0, -5.0, -2.0, 0.0, 3.0, 8.0, 12.0)


def _room(roll_deg: float = 0.0, converging_deg: float = 0.0) -> NDArray[np.uint8]:
    """Return a picture of a room with a door, a shelf and a skirting board, whose content is turned clockwise.

    Upright lines lean outward at the picture's borders by ``converging_deg``, as before a camera that looks down.
    """
    width, height = SIZE
    image = np.full((height, width, 3), 190, np.uint8)
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for x in (40.0, 130.0, 420.0, 505.0):
        lean = np.tan(np.radians(converging_deg * (x / width - 0.5) * 2))
        lines.append(((x - 250 * lean, 700.0), (x + 250 * lean, 200.0)))
    lines += [((40.0, y), (130.0, y)) for y in (210.0, 330.0, 450.0)]
    lines += [((0.0, 700.0), (540.0, 700.0)), ((420.0, 260.0), (505.0, 260.0))]
    for start, end in lines:
        ends = np.array([[start, end]]) - np.array(SIZE) / 2
        a, b = (turn_clockwise(ends, roll_deg) + np.array(SIZE) / 2)[0]
        cv2.line(
            image,
            tuple(np.round(a * 16).astype(int)),
            tuple(np.round(b * 16).astype(int)),
            (60, 50, 40),
            4,
            cv2.LINE_AA,
            4,
        )
    return image


def _turned(poses: PoseSequence, roll_deg: float) -> PoseSequence:
    """Return the poses as a camera sees them that makes the picture's content turn clockwise."""
    middle = np.array(poses.image_size_px) / 2
    image = turn_clockwise(poses.image_xy_px - middle, roll_deg) + middle
    return poses.with_points(image, turn_clockwise(poses.world_xyz_m, roll_deg))


def _stander(poses: PoseSequence) -> Roll:
    found = roll_of_stander(poses, *find_standing_view(poses))
    assert found is not None
    return found


@pytest.mark.parametrize("roll_deg", ROLLS)
def test_the_lines_of_a_room(roll_deg: float) -> None:
    found = roll_of_picture(Frame(_room(roll_deg), 0.0, 0), None)
    assert found is not None
    assert found.deg == pytest.approx(roll_deg, abs=0.6)
    assert found.error_deg < 1.0


@pytest.mark.parametrize("converging_deg", [-8.0, 8.0])
def test_a_camera_that_looks_up_or_down_is_not_crooked(converging_deg: float) -> None:
    found = roll_of_picture(Frame(_room(0.0, converging_deg), 0.0, 0), None)
    assert found is not None
    assert found.deg == pytest.approx(0.0, abs=0.7)


def test_lines_on_the_person_are_none_of_the_room() -> None:
    image = _room()
    points = np.array([[200.0, 300.0], [340.0, 800.0]])
    for x in range(210, 340, 12):
        cv2.line(image, (x, 320), (x + 80, 780), (20, 20, 20), 3, cv2.LINE_AA)
    found = roll_of_picture(Frame(image, 0.0, 0), points)
    assert found is not None
    assert found.deg == pytest.approx(0.0, abs=0.6)
    assert found.error_deg < 1.0


def test_a_loaded_bar_in_the_hands_is_none_of_the_room() -> None:
    image = _room()
    for y in (398, 402, 406):
        cv2.line(image, (140, y - 18), (410, y + 18), (20, 20, 20), 2, cv2.LINE_AA)
    found = roll_of_picture(Frame(image, 0.0, 0), np.array([[200.0, 300.0], [340.0, 800.0]]))
    assert found is not None
    assert found.deg == pytest.approx(0.0, abs=0.6)


@pytest.mark.parametrize("upright_bars", [True, False])
def test_black_bars_do_not_say_that_the_camera_is_level(upright_bars: bool) -> None:
    image = _room(9.0)
    if upright_bars:
        image[:, :40], image[:, -40:] = 0, 0
    else:
        image[:90], image[-90:] = 0, 0
    found = roll_of_picture(Frame(image, 0.0, 0), None)
    assert found is not None
    assert found.deg == pytest.approx(9.0, abs=0.7)


def test_a_bare_wall_says_nothing() -> None:
    rng = np.random.default_rng(0)
    wall = np.clip(180 + rng.normal(0, 6, (SIZE[1], SIZE[0], 3)), 0, 255).astype(np.uint8)
    assert roll_of_picture(Frame(wall, 0.0, 0), None) is None


@pytest.mark.parametrize("roll_deg", ROLLS)
@pytest.mark.parametrize("yaw", [0.0, 90.0, -90.0])
def test_who_stands_has_the_shoulders_over_the_feet(yaw: float, roll_deg: float) -> None:
    found = _stander(_turned(p.squat(1, Camera(yaw)).poses, roll_deg))
    assert found.deg == pytest.approx(roll_deg, abs=1.5 if yaw == 0.0 else 3.0)
    assert found.error_deg == pytest.approx(1.5 if yaw == 0.0 else 3.0, abs=0.3)


def test_good_lines_are_believed_whatever_the_person_does() -> None:
    leaning = combine_rolls(Roll(0.2, 0.5), Roll(7.0, 1.5))
    assert leaning.deg == pytest.approx(0.2)
    assert leaning.error_deg > 1.5, "but they contradict each other"
    agreeing = combine_rolls(Roll(6.0, 0.5), Roll(7.0, 1.5))
    assert (agreeing.deg, agreeing.error_deg) == (6.0, 0.5)


def test_poor_lines_are_weighed_against_the_person() -> None:
    found = combine_rolls(Roll(6.0, 2.0), Roll(0.0, 1.5))
    assert 1.0 < found.deg < 4.0
    assert found.error_deg > 1.0


def test_lines_alone_are_believed_when_they_know_more_than_the_usual_phone() -> None:
    assert combine_rolls(Roll(12.0, 1.3), None) == Roll(12.0, 1.3)
    assert 2.0 < combine_rolls(Roll(12.0, 3.5), None).deg < 6.0


def test_without_lines_a_person_who_leans_is_not_made_quite_upright() -> None:
    found = combine_rolls(None, Roll(6.0, 1.5))
    assert 3.0 < found.deg < 4.5
    assert found.error_deg == pytest.approx(1.2, abs=0.1)
    nothing = combine_rolls(None, None)
    assert (nothing.deg, nothing.error_deg) == (0.0, 2.0)


@pytest.mark.parametrize(
    ("roll", "told"),
    [(Roll(5.0, 0.5), "clockwise"), (Roll(-5.0, 0.5), "counterclockwise"), (Roll(2.8, 0.5), ""), (Roll(3.5, 2.0), "")],
)
def test_it_is_told_from_three_degrees_on_and_which_way_to_turn(roll: Roll, told: str) -> None:
    if not told:
        assert roll.notice is None
        return
    assert roll.notice is not None
    assert roll.notice.code == "camera_crooked"
    assert f"turn the phone {told}," in roll.notice.message
    assert "by about 5 degrees" in roll.notice.message


def _watch(poses: PoseSequence, roll_deg: float) -> CameraPath:
    watch, room = CameraWatch(), _room(roll_deg)
    for i in range(0, len(poses), 5):
        watch.update(Frame(room, float(poses.time_s[i]), i), poses.image_xy_px[i])
    path = watch.path(poses)
    steady = path.steady(poses)
    return watch.read_roll(path, steady, *find_standing_view(steady))


def test_the_poses_are_made_upright_and_the_picture_is_left() -> None:
    straight = p.squat(1, Camera(0.0, 200.0, SIZE)).poses
    crooked = _turned(straight, 8.0)
    path = _watch(crooked, 8.0)
    kept = replace(crooked, extras=path.readings)
    assert path.roll_deg == pytest.approx(8.0, abs=0.6)
    upright = CameraPath.of(kept).steady(kept)
    assert np.abs(upright.image_xy_px - straight.image_xy_px).max() < 6.0
    assert np.abs(upright.world_xyz_m - straight.world_xyz_m).max() < 0.02
    np.testing.assert_array_equal(kept.image_xy_px, crooked.image_xy_px)


def test_a_person_who_leans_in_an_upright_room_goes_on_leaning() -> None:
    leaning = _turned(p.squat(1, Camera(0.0, 200.0, SIZE)).poses, 6.0)
    path = _watch(leaning, 0.0)
    assert path.roll_deg == pytest.approx(0.0, abs=0.6)
