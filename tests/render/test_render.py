"""Drawing on one picture: what is drawn, where, and how it tells left from right without color."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from movescreen.model import BLAZEPOSE
from movescreen.render.drawing import INK, LEFT, RIGHT, WARNING, Scale, fit_text, text_size
from movescreen.render.overlay import AngleLabel, FlagBanner, render_overlay

Image = NDArray[np.uint8]
GRAY = 118


def _blank(width: int = 540, height: int = 960) -> Image:
    return np.full((height, width, 3), GRAY, np.uint8)


def _figure(width: int = 540, height: int = 960) -> NDArray[np.float64]:
    """Return a figure that faces the camera: its left is on the right of the picture."""
    heights = {
        "shoulder": 0.30,
        "elbow": 0.42,
        "wrist": 0.53,
        "hip": 0.52,
        "knee": 0.68,
        "ankle": 0.84,
        "heel": 0.86,
        "foot_index": 0.88,
    }
    spread = {
        "shoulder": 0.12,
        "elbow": 0.16,
        "wrist": 0.18,
        "hip": 0.08,
        "knee": 0.09,
        "ankle": 0.09,
        "heel": 0.09,
        "foot_index": 0.12,
    }
    points = np.full((33, 2), np.nan)
    for name, index in BLAZEPOSE.index.items():
        side, _, part = name.partition("_")
        if part in heights:
            sign = 1 if side == "left" else -1
            points[index] = (width * (0.5 + sign * spread[part]), height * heights[part])
    return points


def _count(image: Image, color: tuple[int, int, int], tolerance: int = 30) -> int:
    return int((np.abs(image.astype(int) - color).max(axis=2) <= tolerance).sum())


def _along(image: Image, a: str, b: str, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the colors on the middle three fifths of a bone, ``(40, 3)``."""
    start, end = points[BLAZEPOSE.index[a]], points[BLAZEPOSE.index[b]]
    places = (start + np.linspace(0.2, 0.8, 40)[:, None] * (end - start)).round().astype(int)
    return image[places[:, 1], places[:, 0]].astype(int)


def _width_of_bone(image: Image, a: str, b: str, points: NDArray[np.float64]) -> int:
    """Return how many changed pixels lie across the middle of an upright bone."""
    x, y = ((points[BLAZEPOSE.index[a]] + points[BLAZEPOSE.index[b]]) / 2).round().astype(int)
    row = image[y, x - 30 : x + 30].astype(int)
    return int((np.abs(row - GRAY).max(axis=1) > 25).sum())


def test_the_picture_given_is_not_changed() -> None:
    image = _blank()
    out = render_overlay(
        image, _figure(), title="Squat", rep_text="Rep 1 of 3", banners=[FlagBanner("Heel rise", True)]
    )
    assert out.shape == image.shape
    assert out.dtype == np.uint8
    assert (image == GRAY).all()
    assert not np.array_equal(out, image)


def test_left_is_blue_and_whole_right_is_orange_and_dashed() -> None:
    points = _figure()
    out = render_overlay(_blank(), points)
    left, right = (_along(out, f"{s}_hip", f"{s}_knee", points) for s in ("left", "right"))
    assert (np.abs(left - LEFT).max(axis=1) < 40).all()
    orange, rim = (np.abs(right - c).max(axis=1) < 40 for c in (RIGHT, INK))
    assert 0.3 < orange.mean() < 0.85
    assert rim.mean() > 0.1


def test_the_far_side_is_thinner() -> None:
    points = _figure()
    out = render_overlay(_blank(), points, near_side="right")
    near, far = (_width_of_bone(out, f"{s}_knee", f"{s}_ankle", points) for s in ("right", "left"))
    assert far < 0.75 * near
    same = render_overlay(_blank(), points)
    assert _width_of_bone(same, "left_knee", "left_ankle", points) == near


def test_doubtful_joints_are_hollow() -> None:
    points = _figure()
    well = np.ones(33, bool)
    knee = BLAZEPOSE.index["left_knee"]
    x, y = points[knee].round().astype(int)
    sure = render_overlay(_blank(), points, seen_well=well)
    well[knee] = False
    doubtful = render_overlay(_blank(), points, seen_well=well)

    def white(image: Image) -> int:
        return _count(image[y - 9 : y + 10, x - 9 : x + 10], (255, 255, 255))

    assert white(sure) > 20
    assert white(doubtful) == 0
    # the bones to it are thinner
    assert _width_of_bone(doubtful, "left_knee", "left_ankle", points) < _width_of_bone(
        sure, "left_knee", "left_ankle", points
    )


def test_unknown_joints_are_not_drawn_and_pull_nothing_with_them() -> None:
    points = _figure()
    points[BLAZEPOSE.index["left_knee"]] = np.nan
    whole = _figure()
    out = render_overlay(_blank(), points, labels=[AngleLabel("knee 90 deg", ("left_knee",))])
    assert (np.abs(_along(out, "left_hip", "left_knee", whole) - GRAY) < 20).all()
    assert (np.abs(_along(out, "left_knee", "left_ankle", whole) - GRAY) < 20).all()
    assert (np.abs(_along(out, "left_shoulder", "left_hip", whole) - LEFT).max(axis=1) < 40).any()


def test_nobody_in_the_picture() -> None:
    out = render_overlay(_blank(), np.full((33, 2), np.nan), labels=[AngleLabel("knee 90 deg", ("left_knee",))])
    # only the legend in the top right corner
    assert (out[200:] == GRAY).all()
    assert (out[:, :270] == GRAY).all()


@pytest.mark.parametrize("background", [0, 128, 255])
def test_text_can_be_read_on_any_background(background: int) -> None:
    image = np.full((960, 540, 3), background, np.uint8)
    out = render_overlay(image, np.full((33, 2), np.nan), rep_text="Rep 1 of 3")
    corner = out[:80, :200].astype(int)
    plate = np.median(corner[20:60, 15:100].reshape(-1, 3), axis=0)
    # contrast of white letters against their plate
    assert 255 - plate.max() > 130
    assert _count(out[:80, :200], (255, 255, 255), 8) > 100


def test_read_outs_stay_inside_and_do_not_cover_each_other() -> None:
    points = _figure()
    labels = [AngleLabel(f"trunk {i} deg", ("left_hip", "right_hip"), side) for side in (-1, 1) for i in range(4)]
    alone = [render_overlay(_blank(), points, labels=[label]) for label in labels[:1]]
    out = render_overlay(_blank(), points, labels=labels)
    plain = render_overlay(_blank(), points)
    assert (out != plain).any(axis=2).sum() > 6.5 * (alone[0] != plain).any(axis=2).sum()
    far_out = points.copy()
    far_out[BLAZEPOSE.index["left_knee"]] = (530, 955)
    out = render_overlay(_blank(), far_out, labels=[AngleLabel("knee 95 deg", ("left_knee",), 1)])
    assert _count(out[880:, 380:], (255, 255, 255), 12) > 80


def test_a_flag_lights_up_in_its_repetition_only() -> None:
    lit, dim = (
        render_overlay(_blank(), _figure(), banners=[FlagBanner("Knees moving inward", lit)]) for lit in (True, False)
    )
    # lit: a bright plate; dim: a dark one, so it differs in more than color
    assert _count(lit[800:], WARNING) > 4000
    assert _count(dim[800:], WARNING) < 50
    assert dim[930, 30].max() < GRAY


def test_long_titles_fit() -> None:
    title = "Knees moving inward (medial knee displacement) far beyond what anybody would like to see on a phone"
    out = render_overlay(_blank(), _figure(), banners=[FlagBanner(title, True)])
    assert (out[800:, -4:] == GRAY).all()
    text, cap = fit_text(title, 17, 400, 11)
    assert cap == 11
    assert text.endswith("...")
    assert text_size(text, cap)[0] <= 400
    assert fit_text("short", 17, 400, 11) == ("short", 17)


@pytest.mark.parametrize("size", [(108, 192), (426, 240), (540, 960), (1280, 720), (1080, 1920)])
def test_lines_and_letters_grow_with_the_picture(size: tuple[int, int]) -> None:
    out = render_overlay(
        _blank(*size), _figure(*size), labels=[AngleLabel("hip 12 deg", ("left_hip",))], rep_text="Rep 1 of 3"
    )
    changed = (out != GRAY).any(axis=2).mean()
    assert 0.02 < changed < 0.5
    scale = Scale.of(*size)
    assert scale.line == pytest.approx(0.0062 * size[1], abs=1.5)
    assert scale.text <= max(8, 0.02 * size[1])


def test_points_outside_the_picture_are_harmless() -> None:
    points = _figure() + 5000
    out = render_overlay(
        _blank(),
        points,
        labels=[
            AngleLabel("knee 3 deg", ("left_knee",), 1, arm_from=("left_hip",), arm_to=("left_ankle",), extended=True)
        ],
    )
    assert out.shape == (960, 540, 3)
    assert (out[300:700, :300] == GRAY).all()


def test_the_angle_is_drawn_on_the_side_of_flexion() -> None:
    points = np.full((33, 2), np.nan)
    for name, at in {"left_hip": (270, 300), "left_knee": (270, 480), "left_ankle": (120, 480)}.items():
        points[BLAZEPOSE.index[name]] = at
    label = AngleLabel("", ("left_knee",), 1, arm_from=("left_hip",), arm_to=("left_ankle",), extended=True)
    plain, drawn = render_overlay(_blank(), points), render_overlay(_blank(), points, labels=[label])
    changed = (plain != drawn).any(axis=2)
    below_left, above_left = changed[490:520, 240:262].mean(), changed[440:470, 240:262].mean()
    assert below_left > 0.6
    assert above_left == 0
