"""Drawn exercises: every exercise has a figure, bodies keep their lengths, stand on the floor and hold what they hold."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import numpy as np
import pytest

from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.exercise_figures import ExerciseFigure, load_exercise_figures
from movescreen.report.figures.exercise_figure import figure_svg, figure_words
from movescreen.report.figures.figure_things import THINGS, draw_thing
from movescreen.report.figures.skeleton import LENGTHS, Skeleton, between, pose_body

FIGURES = load_exercise_figures()
JOINTS = {"thigh": ("hip", "knee"), "shank": ("knee", "ankle"), "arm": ("shoulder", "elbow"), "fore": ("elbow", "hand")}
#: How far a limb may be from what it reaches for, or below the floor, m: less than a hand's breadth.
CLOSE, SUNK = 0.05, 0.03


def bodies(figure: ExerciseFigure) -> list[Skeleton]:
    return [pose_body(pose, figure.view) for pose in (figure.start, figure.end, figure.partner) if pose is not None]


def limbs(body: Skeleton) -> Iterator[tuple[str, float]]:
    for part, (a, b) in JOINTS.items():
        for side in body.sides:
            yield part, float(np.linalg.norm(body.points[f"{side}_{a}"] - body.points[f"{side}_{b}"]))


def test_every_exercise_of_the_catalog_is_drawn() -> None:
    assert set(load_client_catalog().exercises) <= set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_whole(name: str) -> None:
    figure = FIGURES[name]
    for body in bodies(figure):
        assert all(missed < CLOSE for missed in map(abs, body.missed.values())), body.missed
        if figure.floor:
            assert body.lowest() > -SUNK
        for part, length in limbs(body):
            assert length <= LENGTHS[part] + 1e-6
            if figure.view == "side":
                assert length == pytest.approx(LENGTHS[part])
    title = "Some exercise"
    svg = figure_svg(figure, title)
    drawn = ET.fromstring(svg)
    words = drawn[0].attrib["aria-label"]
    assert words.startswith(f"{title}, seen from ")
    assert len(words) > len(title) + 30
    assert len(drawn) == (2 if figure.end else 1)
    assert (figure.end is not None) == ("<animate" in svg)
    if figure.end and figure.view == "side":
        for part, length in limbs(between(*bodies(figure)[:2], 0.4)):
            assert length == pytest.approx(LENGTHS[part])


def test_standing_is_as_tall_as_its_parts_and_on_the_floor() -> None:
    body = pose_body({"trunk": 0, "near_foot": 90, "far_foot": 90}, "side")
    assert body.lowest() == pytest.approx(0.0)
    assert body.points["hip"][1] == pytest.approx(LENGTHS["thigh"] + LENGTHS["shank"] + 0.085)
    assert body.points["shoulder"] - body.points["hip"] == pytest.approx([0.0, LENGTHS["trunk"]])


def test_a_hand_reaches_what_is_in_reach_and_says_what_is_not() -> None:
    near = pose_body({"hip": "0 0.9", "near_hand": "0.4 1.2"}, "side")
    assert near.points["near_hand"] == pytest.approx([0.4, 1.2])
    assert not near.missed
    far = pose_body({"hip": "0 0.9", "near_hand": "0.9 1.4"}, "side")
    assert far.missed["near_hand"] == pytest.approx(0.9 - LENGTHS["arm"] - LENGTHS["fore"], abs=1e-3)


def test_a_foot_stands_flat_where_it_is_put_and_the_knee_bends_forward() -> None:
    body = pose_body({"hip": "-0.2 0.6", "near_sole": "0 0", "far_toe": "0.3 0"}, "side")
    heel, toe, knee = (body.points[f"near_{name}"] for name in ("heel", "toe", "knee"))
    assert heel[1] == pytest.approx(toe[1]) == pytest.approx(0.032)
    assert knee[0] > max(body.points["hip"][0], body.points["near_ankle"][0])
    assert body.points["far_toe"] == pytest.approx([0.3, 0.032])


def test_a_leg_seen_from_the_front_is_shorter_when_it_is_bent() -> None:
    straight = pose_body({"hip": "0 0.93", "left_sole": "0.1 0", "right_sole": "-0.1 0"}, "front")
    bent = pose_body({"hip": "0 0.6", "left_sole": "0.1 0", "right_sole": "-0.1 0"}, "front")
    lengths = [dict(limbs(body)) for body in (straight, bent)]
    assert lengths[0]["thigh"] == pytest.approx(LENGTHS["thigh"], abs=0.01)
    assert lengths[1]["thigh"] < 0.7 * LENGTHS["thigh"]


def test_a_foot_that_stays_stays_on_the_way() -> None:
    start, end = (
        pose_body({"hip": hip, "near_sole": "0 0", "far_sole": "0 0"}, "side") for hip in ("0 0.93", "-0.25 0.5")
    )
    for share in np.linspace(0, 1, 7):
        assert between(start, end, share).points["near_ankle"] == pytest.approx([0.0, 0.085], abs=1e-3)


def test_what_is_held_goes_with_the_hand() -> None:
    low, high = (pose_body({"near_arm": angle, "near_fore": angle}, "side") for angle in (0, 180))
    rise = high.points["near_hand"] - low.points["near_hand"]
    for row in (("dumbbell", "near_hand"), ("kettle", "near_hand"), ("bag", "near_hand")):
        a, b = (draw_thing(row, body)[-1].path[0][1][0] for body in (low, high))
        assert b - a == pytest.approx(rise)


def test_no_kind_of_thing_is_drawn_nowhere() -> None:
    used = {str(row[0]).removeprefix("end ") for figure in FIGURES.values() for row in figure.things}
    assert used == set(THINGS)


def test_mistakes_in_a_figure_are_told() -> None:
    with pytest.raises(ValueError, match="a pose has no knee_angle"):
        ExerciseFigure(start={"pose": "stand", "knee_angle": 3})
    with pytest.raises(KeyError):
        pose_body({"near_hand": "elbow_of_somebody 0 0"}, "side")


def test_words_say_the_pose_what_moves_and_what_it_takes() -> None:
    figure = ExerciseFigure(
        start={"pose": "stand", "near_arm": 0}, end={"pose": "stand", "near_arm": 170}, arrows=("near_hand",),
        things=(("dumbbell", "near_hand"),), pose_words=("standing",),
    )  # fmt: skip
    assert figure_words(figure, "Lift") == "Lift, seen from the side: standing; one hand up; with a weight."
    assert figure_words(figure.model_copy(update={"end": None, "arrows": ()}), "Hold").endswith(
        "held still; with a weight."
    )


def test_nothing_is_loaded_and_colors_can_be_changed_by_class() -> None:
    svg = figure_svg(next(iter(FIGURES.values())), "A & B <i>")
    assert not re.search(r"https?:|url\(|<script|<image|style=", svg)
    assert "A &amp; B &lt;i&gt;" in svg
    assert 'class="f-near"' in svg


def test_no_picture_says_both_hold_and_move() -> None:
    for name, figure in FIGURES.items():
        clocks = {row[0] for row in figure.things if "clock" in str(row[0])}
        assert "clock" not in clocks or all(arrow.startswith("press ") for arrow in figure.arrows), name
        if "end clock" in clocks and figure.end:
            live = figure_svg(figure, "A").split('class="live"')[1]
            assert "s-accent" not in live or any(row[0] == "mark" for row in figure.things), name


@pytest.mark.parametrize("name", ["copenhagen_plank", "copenhagen_short"])
def test_the_upper_leg_lies_on_the_bench_and_the_lower_one_comes_up_under_it(name: str) -> None:
    figure = FIGURES[name]
    top = next(float(row[3]) for row in figure.things if row[0] == "bench")
    start, end = bodies(figure)
    part = "ankle" if name == "copenhagen_plank" else "knee"
    assert end.points[f"left_{part}"][1] == pytest.approx(top + 0.055, abs=0.02)
    assert start.points[f"right_{part}"][1] < 0.12 < end.points[f"right_{part}"][1] < top - 0.08


def test_a_wall_push_up_keeps_one_line_over_flat_feet() -> None:
    for body in bodies(FIGURES["wall_push_up"]):
        ankle, hip, shoulder = (body.points[name] for name in ("near_ankle", "hip", "shoulder"))
        ways = [np.subtract(b, a) / np.linalg.norm(b - a) for a, b in ((ankle, hip), (hip, shoulder))]
        assert ways[0] == pytest.approx(ways[1], abs=0.01)
        assert body.points["near_heel"][1] == pytest.approx(body.points["near_toe"][1])
        assert not body.missed


@pytest.mark.parametrize("wide", [False, True])
def test_who_lies_is_drawn_larger_below_each_other(wide: bool) -> None:
    figure = FIGURES["hip_abduction_side_lying" if wide else "split_squat"]
    _, _, across, down = map(float, re.search(r'viewBox="([^"]+)"', figure_svg(figure, "A"))[1].split())
    assert (across < 1.6 * down) == wide
