"""The set-up check: what it says to change, one thing at a time, and when it is content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.protocol_schema import PartSpec
from movescreen.live.setup_check import HOLD_S, SetupCheck
from movescreen.live.sight import Light, Observation
from movescreen.pose import DetectedPose
from movescreen.scene.roll import Roll
from tests.support.figure import Camera, split_standing
from tests.support.sights import FRONT, LEFT_NEAR, SIDE, after, bend, lunge, sights_of, squat, standing_sights

PARTS = {part.id: part for part in load_catalog().protocol("standard").parts}


def check_of(part: PartSpec) -> SetupCheck:
    return SetupCheck(part, load_catalog().movement(part.movement).start)


def advice(part: str | PartSpec, sights: Iterable[Observation]) -> str:
    check = check_of(PARTS[part] if isinstance(part, str) else part)
    for sight in sights:
        check.push(sight)
    return check.advice


def moved(
    sights: Iterable[Observation], *, by_px: tuple[float, float] = (0, 0), scale: float = 1.0
) -> list[Observation]:
    out = []
    for s in sights:
        assert s.pose is not None
        middle = np.array(s.image_size_px) / 2
        points = (s.pose.image_xy_px - middle) * scale + middle + by_px
        out.append(replace(s, pose=DetectedPose(points, s.pose.world_xyz_m, s.pose.visibility)))
    return out


@pytest.mark.parametrize(
    ("part", "camera"), [("squat_front", FRONT), ("squat_side", SIDE), ("squat_side", LEFT_NEAR), ("bend_side", SIDE)]
)
def test_it_is_content_after_three_seconds_of_everything_right(part: str, camera: Camera) -> None:
    check = check_of(PARTS[part])
    ready = [s.time_s for s in standing_sights(6, camera) if check.push(s)]
    assert check.advice == ""
    assert all(item.ok for item in check.items)
    assert ready[0] == pytest.approx(HOLD_S + 0.5, abs=0.3)


@pytest.mark.parametrize(
    ("part", "lead", "camera"), [("lunge_left", "left", LEFT_NEAR), ("lunge_right", "right", SIDE)]
)
def test_a_lunge_begins_with_the_right_foot_in_front_and_the_right_side_near(
    part: str, lead: str, camera: Camera
) -> None:
    poses = lunge(1, camera, lead=lead).poses.slice(0, 1)
    assert advice(part, sights_of(poses, hold_s=2)) == ""
    other = "right" if lead == "left" else "left"
    assert advice(part, standing_sights(2, camera)) == f"Take a long step: {lead} foot in front."
    wrong_leg = lunge(1, camera, lead=other).poses.slice(0, 1)
    assert advice(part, sights_of(wrong_leg, hold_s=2)) == f"The other leg: {lead} foot in front."
    turned = lunge(1, Camera(-camera.yaw), lead=lead).poses.slice(0, 1)
    assert advice(part, sights_of(turned, hold_s=2)) == f"Turn round: your {lead} side to the camera."
    assert split_standing(lead).lead == lead


def test_feet_side_by_side_for_a_squat() -> None:
    poses = lunge(1, SIDE, lead="right").poses.slice(0, 1)
    assert advice("squat_side", sights_of(poses, hold_s=2)) == "Put your feet side by side."


def test_nobody_and_too_many() -> None:
    nobody = [Observation(i / 30, FRONT.size_px, None) for i in range(30)]
    assert advice("squat_front", nobody) == "Step into the picture."
    assert advice("squat_front", standing_sights(1, people=2)) == "Only one person in the picture, please."


def test_what_cannot_be_judged_yet_is_neither_right_nor_wrong() -> None:
    check = check_of(PARTS["squat_front"])
    check.push(Observation(0.0, FRONT.size_px, None))
    assert {i.name: i.ok for i in check.items} == {
        "person": False, "body": None, "distance": None, "camera": None, "light": None, "view": None, "posture": None, "still": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "up_px", "said"),
    [
        (0.5, 0, "Come closer."),
        (1.7, 66, "Step back a little."),
        (2.4, 0, "Step back until head and feet are in the picture."),
    ],
)
def test_distance(scale: float, up_px: float, said: str) -> None:
    assert advice("squat_front", moved(standing_sights(1), scale=scale, by_px=(0, -up_px))) == said


@pytest.mark.parametrize(
    ("by_px", "said"),
    [
        ((0, 400), "Your feet are cut off: step back, or tilt the camera down."),
        ((0, -400), "Your head is cut off: step back, or tilt the camera up."),
        ((330, 0), "Step to the middle of the picture."),
    ],
)
def test_place_in_the_picture(by_px: tuple[float, float], said: str) -> None:
    assert advice("squat_front", moved(standing_sights(1), by_px=by_px)) == said


@pytest.mark.parametrize(
    ("down_px", "said"),
    [
        (192, "You are low in the picture: tilt the camera down, or put it lower."),
        (-230, "You are high in the picture: tilt the camera up, or put it higher."),
    ],
)
def test_height_of_the_camera(down_px: float, said: str) -> None:
    assert advice("squat_front", moved(standing_sights(1), scale=0.85, by_px=(0, down_px))) == said


@pytest.mark.parametrize(
    ("tilt_deg", "said"),
    [
        (0.0, "The camera looks up at you: put it at hip height and level."),
        (-17.0, "The camera looks down at you: put it at hip height and level."),
    ],
)
def test_a_camera_that_looks_up_or_down(tilt_deg: float, said: str) -> None:
    assert advice("squat_front", standing_sights(1, tilt_deg=tilt_deg)) == said


CROOKED = "The camera stands crooked: put it level."


def _turned(sights: Iterable[Observation], degrees: float) -> list[Observation]:
    """Return sights of a camera that makes the picture's content turn clockwise."""
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    out = []
    for s in sights:
        assert s.pose is not None
        middle = np.array(s.image_size_px) / 2
        points, world = (s.pose.image_xy_px - middle) @ turn.T + middle, s.pose.world_xyz_m.copy()
        world[:, :2] = world[:, :2] @ turn.T
        out.append(replace(s, pose=DetectedPose(points, world, s.pose.visibility)))
    return out


@pytest.mark.parametrize(("roll_deg", "said"), [(-12.0, CROOKED), (6.0, CROOKED), (2.0, ""), (0.0, "")])
def test_a_camera_that_stands_crooked_is_seen_by_who_stands(roll_deg: float, said: str) -> None:
    assert advice("squat_front", _turned(standing_sights(1), roll_deg)) == said


@pytest.mark.parametrize(("lines_deg", "said"), [(3.2, CROOKED), (-3.2, CROOKED), (2.5, ""), (0.0, "")])
@pytest.mark.parametrize("camera", [FRONT, SIDE])
def test_lines_of_the_room_tell_it_from_three_degrees_on(lines_deg: float, said: str, camera: Camera) -> None:
    part = "squat_front" if camera is FRONT else "squat_side"
    sights = [
        replace(s, lines=Roll(lines_deg, 0.5) if i % 25 == 0 else None)
        for i, s in enumerate(standing_sights(1, camera))
    ]
    assert advice(part, sights) == said


def test_who_stands_crooked_in_an_upright_room_is_not_asked_to_move_the_camera() -> None:
    sights = [replace(s, lines=Roll(0.0, 0.5)) for s in _turned(standing_sights(1), 6.0)]
    assert advice("squat_front", sights) != CROOKED


def test_a_crooked_camera_is_seen_before_anybody_stands_there() -> None:
    check = check_of(PARTS["squat_front"])
    check.push(Observation(0.0, FRONT.size_px, None, lines=Roll(5.0, 0.5)))
    assert {i.name: i.text for i in check.items if i.ok is False} == {
        "person": "Step into the picture.",
        "camera": CROOKED,
    }


@pytest.mark.parametrize(
    ("degrees", "said"),
    [
        (180.0, "The picture is upside down: turn the camera round."),
        (90.0, "The picture lies on its side: turn the camera upright."),
        (-90.0, "The picture lies on its side: turn the camera upright."),
    ],
)
@pytest.mark.parametrize("part", ["squat_front", "squat_side"])
def test_a_picture_that_is_turned_is_named_as_such(part: str, degrees: float, said: str) -> None:
    camera = FRONT if part == "squat_front" else SIDE
    assert advice(part, _turned(standing_sights(1, camera), degrees)) == said


@pytest.mark.parametrize(
    ("part", "camera", "said"),
    [
        ("squat_front", SIDE, "Turn to face the camera."),
        ("squat_side", FRONT, "Turn sideways to the camera."),
        ("squat_side", Camera(45.0), "Turn sideways to the camera."),
        ("lunge_left", FRONT, "Turn your left side to the camera."),
    ],
)
def test_direction(part: str, camera: Camera, said: str) -> None:
    assert advice(part, standing_sights(1, camera)) == said


@pytest.mark.parametrize(
    ("light", "said"),
    [
        (Light(20, 25), "It is too dark: switch on a light."),
        (Light(60, 220), "The light is behind you: turn the camera away from the window."),
        (Light(90, 60), ""),
    ],
)
def test_light(light: Light, said: str) -> None:
    assert advice("squat_front", [replace(s, light=light) for s in standing_sights(2)]) == said


def test_light_is_remembered_between_two_looks() -> None:
    dark = [replace(s, light=Light(20, 25) if i % 10 == 0 else None) for i, s in enumerate(standing_sights(5))]
    check = check_of(PARTS["squat_front"])
    assert not any(check.push(s) for s in dark)
    assert check.advice.startswith("It is too dark")


def test_somebody_down_in_a_squat_or_bent_over_does_not_start() -> None:
    low = squat(1, SIDE)
    bottom = low.poses.slice(int(low.depth.argmax()), int(low.depth.argmax()) + 1)
    assert advice("squat_side", sights_of(bottom, hold_s=2)) in ("Straighten your legs.", "Stand upright.")
    bent = bend(1, SIDE)
    bottom = bent.poses.slice(int(bent.depth.argmax()), int(bent.depth.argmax()) + 1)
    assert advice("bend_side", sights_of(bottom, hold_s=2)) == "Stand upright."


def test_fidgeting_starts_the_three_seconds_anew() -> None:
    check = check_of(PARTS["squat_front"])
    for sight in standing_sights(2.5):
        assert not check.push(sight)
    before = check.held_s(2.5)
    walked = [
        m for i, s in enumerate(after(standing_sights(1.0), 2.55)) for m in moved([s], by_px=(60 * np.sin(i / 4), 0))
    ]
    for sight in walked:
        check.push(sight)
    assert before > 1.5
    assert check.held_s(walked[-1].time_s) < 0.5


def test_a_pause_of_the_camera_starts_the_three_seconds_anew() -> None:
    check = check_of(PARTS["squat_front"])
    for sight in standing_sights(2.0):
        check.push(sight)
    late = after(standing_sights(0.3), 20.0)
    assert not any(check.push(s) for s in late)
    assert check.held_s(late[-1].time_s) < 0.5
