"""Draw the pictures of ``docs/angles.md``: one for every signal, its neutral posture beside one in its positive direction.

The postures are stick figures made of a few body angles. The number in a picture is not typed in: the figure's points are
given to movescreen, and what its registered signal reads there is printed. So a drawing cannot show one thing while the
code measures another.

    python docs/make_angle_pictures.py            # writes docs/img/angles/<signal>.svg

The same versions of matplotlib and movescreen write the same bytes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from stick_figures import (
    ACCENT,
    REFERENCE,
    RIGHT,
    SHANK,
    STRONG,
    THIGH,
    TRUNK,
    UP,
    Array,
    Panel,
    Points,
    front_figure,
    read_signal,
    side_figure,
)

from movescreen.kinematics import SIGNALS
from movescreen.model import SignalSpec, ViewKind

Draw = Callable[[Panel], None]

FOLDER = Path(__file__).parent / "img" / "angles"
INK = "#3c4650"
#: Without the salt, matplotlib's random ids would be in every file.
STYLE: Any = {
    "svg.hashsalt": "movescreen",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "path.simplify": False,
    "lines.dashed_pattern": (3.5, 2.5),
}


@dataclass(frozen=True)
class Picture:
    """Two postures and how the signal is drawn on them.

    Attributes
    ----------
    neutral, grown
        Postures: neutral, and with a larger value.
    draw
        Draws the signal on a panel.
    view
        Where the camera stands.
    captions
        Other captions than the signal's own words for its zero and its positive direction.
    frame
        Left, right, bottom and top of what is shown, m.
    """

    neutral: Points
    grown: Points
    draw: Draw
    view: ViewKind = ViewKind.SIDE
    captions: tuple[str, str] | None = None
    frame: tuple[float, float, float, float] = (-0.78, 0.78, -0.06, 1.80)
    standing: Points = field(default_factory=side_figure)


# --- what is drawn on both postures ------------------------------------------------------------------------------------


def _joint(proximal: str, joint: str, distal: str) -> Draw:
    """Angle between a segment prolonged beyond its joint and the next segment."""

    def draw(panel: Panel) -> None:
        a, b, c = (panel.at(n) for n in (proximal, joint, distal))
        onward = (b - a) / np.linalg.norm(b - a)
        panel.line(b, b + 0.36 * onward)
        panel.bone(proximal, joint)
        panel.bone(joint, distal)
        panel.angle(b, onward, c - b)

    return draw


def _tilt(lower: str, upper: str, reference: Array = UP) -> Draw:
    """Angle of a segment from the vertical, or from the horizontal."""

    def draw(panel: Panel) -> None:
        a, b = panel.at(lower), panel.at(upper)
        panel.line(a, a + 0.5 * reference)
        if lower.startswith("mid_"):
            panel.line(a, b, STRONG, 5.0, "-")
        else:
            panel.bone(lower, upper)
        panel.angle(a, reference, b - a, 0.3)

    return draw


def _trunk_shank(panel: Panel) -> None:
    hip, shank = panel.at("right_hip"), panel.at("right_knee") - panel.at("right_ankle")
    panel.bone("right_ankle", "right_knee")
    panel.bone("right_hip", "right_shoulder")
    panel.line(hip, hip + 1.15 * shank)
    panel.angle(hip, shank, panel.at("right_shoulder") - hip, 0.32)


def _shoulder(panel: Panel) -> None:
    shoulder = panel.at("right_shoulder")
    panel.bone("right_shoulder", "right_hip")
    panel.bone("right_shoulder", "right_elbow")
    panel.angle(shoulder, panel.at("right_hip") - shoulder, panel.at("right_elbow") - shoulder, 0.17)


def _arm_fall(panel: Panel) -> None:
    shoulder, trunk = panel.at("right_shoulder"), panel.at("right_shoulder") - panel.at("right_hip")
    panel.bone("right_hip", "right_shoulder")
    panel.bone("right_shoulder", "right_wrist")
    panel.line(shoulder, shoulder + 1.15 * trunk)
    panel.angle(shoulder, trunk, panel.at("right_wrist") - shoulder, 0.36)


def _heel(panel: Panel) -> None:
    heel, toe = panel.at("right_heel"), panel.at("right_foot_index")
    floor = np.array([heel[0], side_figure()["right_heel"][1]])
    panel.line(floor - 0.06 * RIGHT, floor + 0.16 * RIGHT)
    panel.bone("right_heel", "right_foot_index")
    panel.shift(floor - 0.035 * RIGHT, heel - 0.035 * RIGHT, (-0.07, 0.0))
    below = np.array([0.0, -0.028])
    panel.measure(heel * RIGHT + toe * UP + below, toe + below, (0.0, -0.012), "100 %", REFERENCE)


def _curl(panel: Panel) -> None:
    hip, shoulder, head = panel.at("mid_hip"), panel.at("mid_shoulder"), panel.at("nose")
    trunk = shoulder - hip
    panel.line(hip, hip + 0.42 * UP)
    panel.line(shoulder, shoulder + 0.7 * trunk)
    panel.line(hip, shoulder, STRONG, 5.0, "-")
    panel.line(shoulder, head, STRONG, 5.0, "-")
    panel.angle(hip, UP, trunk, 0.26, text="lean")
    panel.angle(shoulder, trunk, head - shoulder, 0.30, 0.12, "curl")
    panel.say(np.array([0.0, 1.62]), f"curl / lean {panel.reading}")


def _separation(panel: Panel) -> None:
    for part, color in (("ankle", REFERENCE), ("knee", ACCENT)):
        left, right = panel.at(f"left_{part}"), panel.at(f"right_{part}")
        panel.measure(right, left, (0.0, 0.06), "1" if part == "ankle" else "", color)


def _medial(panel: Panel) -> None:
    knee, ankle = panel.at("left_knee"), panel.at("left_ankle")
    panel.line(ankle, ankle + 0.62 * UP)
    panel.bone("left_knee", "left_ankle")
    panel.shift(np.array([ankle[0], knee[1]]), knee, (0.24 - (knee[0] - ankle[0]) / 2, 0.0))


def _lateral(panel: Panel) -> None:
    feet, hip = panel.at("mid_ankle"), panel.at("mid_hip")
    panel.line(feet, np.array([feet[0], hip[1] + 0.16]))
    panel.measure(panel.at("right_ankle"), panel.at("left_ankle"), (0.0, 0.055), "100 %", REFERENCE)
    panel.shift(np.array([feet[0], hip[1] + 0.12]), hip + 0.12 * UP, (0.24, 0.0))


def _obliquity(panel: Panel) -> None:
    right, left = panel.at("right_hip"), panel.at("left_hip")
    panel.line(right, right + 0.5 * RIGHT)
    panel.bone("right_hip", "left_hip")
    panel.angle(right, RIGHT, left - right, 0.36, 0.16)


def _drop(lower: str, upper: str, full: float, text: str = "", beside: float = -0.26) -> Draw:
    """How far the upper point is below the height that it has when the segments between are upright."""

    def draw(panel: Panel) -> None:
        low, high = panel.at(lower), panel.at(upper)
        x = (min if beside < 0 else max)(low[0], high[0]) + beside
        out, top = np.sign(beside) * 0.10, low[1] + full
        for y, inner in ((low[1], low[0]), (high[1], high[0]), (top, x)):
            panel.line(np.array([x + 1.3 * out, y]), np.array([inner, y]), REFERENCE, 0.9)
        panel.measure(np.array([x + out, low[1]]), np.array([x + out, top]), (0.6 * out, 0.0), "1", REFERENCE)
        panel.measure(np.array([x, top]), np.array([x, high[1]]), (0.0, (top - high[1]) / 2 + 0.08), text)

    return draw


def _dominance(panel: Panel) -> None:
    _drop("mid_ankle", "mid_hip", SHANK + THIGH, "pelvis")(panel)
    _drop("mid_hip", "mid_shoulder", TRUNK, "trunk", 0.30)(panel)
    panel.say(np.array([0.0, 1.86]), f"trunk / pelvis {panel.reading}")


def _split(panel: Panel) -> None:
    right, left = panel.at("right_ankle"), panel.at("left_ankle")
    for foot in (right, left):
        panel.line(foot, foot - 0.10 * UP, REFERENCE, 0.9)
    panel.shift(right * RIGHT + 0.16 * UP, left * RIGHT + 0.16 * UP, (0.0, 0.08))


def _lift(panel: Panel) -> None:
    right, left = panel.at("right_ankle"), panel.at("left_ankle")
    panel.line(right, np.array([left[0] + 0.2, right[1]]))
    panel.shift(np.array([left[0] + 0.12, right[1]]), np.array([left[0] + 0.12, left[1]]), (0.16, 0.0))


def _behind(panel: Panel) -> None:
    lower, higher = panel.at("right_ankle"), panel.at("left_ankle")
    panel.line(lower, np.array([lower[0], higher[1] + 0.1]))
    panel.shift(np.array([lower[0], higher[1] + 0.06]), higher + 0.06 * UP, (0.0, 0.08))


def _rise(point: str, standing: Points, beside: float) -> Draw:
    """How far a point is above the height that it has in standing."""

    def draw(panel: Panel) -> None:
        at, level = panel.at(point), (standing[f"left_{point[4:]}"] + standing[f"right_{point[4:]}"])[1] / 2
        x = at[0] + beside
        panel.line(np.array([x + 0.3 * np.sign(beside), level]), np.array([at[0], level]))
        panel.line(np.array([x + 0.1 * np.sign(beside), at[1]]), at, REFERENCE, 0.9)
        panel.shift(np.array([x, level]), np.array([x, at[1]]), (0.16 * np.sign(beside), 0.0))

    return draw


def _shoulders_behind(panel: Panel) -> None:
    feet, shoulders = panel.at("mid_ankle"), panel.at("mid_shoulder")
    panel.line(feet, np.array([feet[0], shoulders[1] + 0.1]))
    panel.line(panel.at("mid_hip"), shoulders, STRONG, 5.0, "-")
    panel.shift(np.array([feet[0], shoulders[1]]), shoulders, (0.0, 0.08))


def _raised(points: Points, up: float) -> Points:
    return {name: at + np.array([0.0, up, 0.0]) for name, at in points.items()}


def _arms(panel: Panel) -> None:
    shoulder = panel.at("mid_shoulder")
    panel.bone("right_shoulder", "right_wrist")
    panel.line(shoulder, panel.at("mid_hip"), STRONG, 5.0, "-")
    panel.angle(shoulder, panel.at("mid_hip") - shoulder, panel.at("right_wrist") - shoulder, 0.17)


def _apart(panel: Panel) -> None:
    panel.measure(panel.at("right_ankle"), panel.at("left_ankle"), (0.0, 0.07))


def _shoulder_line(panel: Panel) -> None:
    right, left = panel.at("right_shoulder"), panel.at("left_shoulder")
    panel.line(right, right + 0.62 * RIGHT)
    panel.bone("right_shoulder", "left_shoulder")
    panel.angle(right, RIGHT, left - right, 0.5, 0.16)


def _hanging(panel: Panel) -> None:
    shoulder = panel.at("right_shoulder")
    panel.line(shoulder, shoulder - 0.5 * UP)
    panel.bone("right_shoulder", "right_wrist")
    panel.angle(shoulder, -UP, panel.at("right_wrist") - shoulder, 0.26)


def _dropped(panel: Panel) -> None:
    """How far the hands are below where they came, which is where those of the neutral posture are."""
    hand, highest = panel.at("right_wrist"), side_figure(arm=150)["right_wrist"][:2]
    level = np.array([hand[0], highest[1]])
    panel.line(np.array([highest[0], level[1]]), level)
    panel.shift(level, hand, (0.08, 0.0))
    panel.bone("right_shoulder", "right_wrist")


def _close_up(heel: float) -> Points:
    return side_figure(5 + 100 * heel, 10, 8, heel=heel)


_STAND, _SQUAT = side_figure(), side_figure(28, 72, 34, 62)


def _front(neutral: Points, grown: Points, draw: Draw) -> Picture:
    return Picture(neutral, grown, draw, ViewKind.FRONT, standing=front_figure())


PICTURES: Mapping[str, Picture] = {
    "knee_flexion": Picture(_STAND, side_figure(25, 65, 30, 60), _joint("right_hip", "right_knee", "right_ankle")),
    "hip_flexion": Picture(_STAND, side_figure(22, 55, 35, 60), _joint("right_shoulder", "right_hip", "right_knee")),
    "shank_inclination": Picture(_STAND, side_figure(32, 62, 28, 60), _tilt("right_ankle", "right_knee")),
    "trunk_inclination": Picture(_STAND, side_figure(12, 35, 48, 50), _tilt("mid_hip", "mid_shoulder")),
    "thigh_elevation": Picture(
        side_figure(30, 90, 34, 62), side_figure(20, 50, 28, 55), _tilt("right_knee", "right_hip", -RIGHT)
    ),
    "trunk_shank_difference": Picture(side_figure(28, 68, 28, 60), side_figure(16, 62, 50, 70), _trunk_shank),
    "shoulder_flexion": Picture(_STAND, side_figure(arm=125), _shoulder),
    "arm_fall": Picture(
        side_figure(24, 60, 24, 180), side_figure(24, 60, 24, 145), _arm_fall, frame=(-0.86, 0.86, -0.06, 1.92)
    ),
    "heel_rise": Picture(_close_up(0.0), _close_up(0.055), _heel, frame=(-0.27, 0.33, -0.09, 0.58)),
    "spine_curl": Picture(side_figure(-2, 12, 62, 62), side_figure(-2, 12, 62, 62, head=37), _curl),
    "fppa": _front(
        front_figure(),
        front_figure(0.16, knees=(0.045, 0.14)),
        _joint("left_hip", "left_knee", "left_ankle"),
    ),
    "knee_ankle_separation_ratio": _front(
        front_figure(0.16, knees=(0.16, 0.16)),
        front_figure(0.2, knees=(0.25, 0.25)),
        _separation,
    ),
    "knee_medial_offset": _front(
        front_figure(0.1, knees=(0.16, 0.16)), front_figure(0.16, knees=(0.04, 0.14)), _medial
    ),
    "lateral_shift": _front(
        front_figure(0.2, knees=(0.2, 0.2)), front_figure(0.2, knees=(0.24, 0.16), shift=0.08), _lateral
    ),
    "pelvic_obliquity": _front(front_figure(), front_figure(0.03, obliquity=14), _obliquity),
    "trunk_lateral_lean": _front(front_figure(), front_figure(lean=16), _tilt("mid_hip", "mid_shoulder")),
    "pelvis_drop": Picture(_STAND, _SQUAT, _drop("mid_ankle", "mid_hip", SHANK + THIGH)),
    "stance_drop": Picture(
        side_figure(left_foot=(-0.22, 0.34)),
        side_figure(24, 46, 26, 50, left_foot=(-0.34, 0.28)),
        _drop("right_ankle", "mid_hip", SHANK + THIGH),
    ),
    "trunk_drop": Picture(_STAND, side_figure(-4, 12, 72, 72), _drop("mid_hip", "mid_shoulder", TRUNK)),
    "body_rise": Picture(
        _STAND,
        _raised(_STAND, 0.26),
        _rise("mid_hip", _STAND, -0.3),
        frame=(-0.92, 0.92, -0.06, 2.06),
        captions=("zero: standing height", "+ body higher, as in a jump; below 0 when it sinks or sits"),
    ),
    "foot_clearance": Picture(
        front_figure(),
        _raised(front_figure(), 0.26),
        _rise("mid_ankle", front_figure(), 0.36),
        ViewKind.FRONT,
        frame=(-0.92, 0.92, -0.06, 2.06),
        standing=front_figure(),
    ),
    "bend_dominance": Picture(
        _SQUAT,
        side_figure(-4, 24, 66, 66),
        _dominance,
        frame=(-0.86, 0.86, -0.06, 1.96),
        captions=("small: the legs do the most, as in a squat", "large: the trunk does the most, as in a bend"),
    ),
    "stance_split": Picture(_STAND, side_figure(48, -8, 6, 6, left_foot=(0.74, 0.0), at=-0.40), _split),
    "foot_lift": _front(front_figure(), front_figure(lift=0.26), _lift),
    "lifted_foot_behind": Picture(
        side_figure(24, 46, 26, 50, left_foot=(0.0, 0.3)),
        side_figure(48, -8, 6, 6, left_foot=(-0.62, 0.1), at=0.1),
        _behind,
    ),
    "shoulders_behind_feet": Picture(_STAND, side_figure(0, 90, 0, 20, at=0.25), _shoulders_behind),
    "knee_bend": Picture(_STAND, side_figure(25, 65, 30, 60), _joint("right_hip", "right_knee", "right_ankle")),
    "least_knee_bend": Picture(_STAND, side_figure(25, 65, 30, 60), _joint("right_hip", "right_knee", "right_ankle")),
    "arm_elevation": Picture(_STAND, side_figure(arm=150), _arms, frame=(-0.86, 0.86, -0.06, 1.96)),
    "knee_bend_difference": Picture(
        _STAND,
        side_figure(left_foot=(-0.12, 0.36)),
        _joint("left_hip", "left_knee", "left_ankle"),
    ),
    "feet_apart": Picture(
        {**_STAND, "left_ankle": _STAND["right_ankle"]},
        side_figure(48, -8, 6, 6, left_foot=(0.74, 0.0), at=-0.40),
        _apart,
    ),
    "trunk_tilt": Picture(_STAND, side_figure(-4, 12, 72, 72), _tilt("mid_hip", "mid_shoulder")),
    "shoulder_line_tilt": _front(front_figure(), front_figure(lean=22), _shoulder_line),
    "arms_from_hanging": Picture(
        side_figure(-4, 12, 72, 72), side_figure(-4, 12, 40, 130), _hanging, frame=(-0.86, 0.86, -0.06, 1.96)
    ),
    "hands_dropped": Picture(
        side_figure(arm=150),
        side_figure(arm=40),
        _dropped,
        frame=(-0.86, 0.86, -0.06, 1.96),
        standing=side_figure(arm=150),
    ),
    "trunk_tilt_over_hanging_arms": Picture(_STAND, side_figure(18, 66, 62, 58), _tilt("mid_hip", "mid_shoulder")),
}

# --- writing -----------------------------------------------------------------------------------------------------------


def spec_of(stem: str) -> SignalSpec:
    """Return the specification of a signal given without its side; of a pair, that of the side that is drawn."""
    known = SIGNALS
    sided = f"{stem}_{'left' if PICTURES[stem].view is ViewKind.FRONT else 'right'}"
    return known[stem if stem in known else sided].spec


def read_picture(stem: str) -> tuple[float, float]:
    """Return the readings of the two postures of a picture, in the signal's unit."""
    picture = PICTURES[stem]
    neutral, grown = (
        read_signal(spec_of(stem).name, picture.standing, points, picture.view)
        for points in (picture.neutral, picture.grown)
    )
    return neutral, grown


def format_reading(value: float, unit: str) -> str:
    """Return a reading with its unit as it is printed in a picture."""
    value = value + 0.0 if abs(value) >= 0.005 else 0.0
    return f"{value:.2f}" if unit == "ratio" else f"{value:.0f}{'°' if unit == 'deg' else ' %'}"


def draw_picture(stem: str, path: Path) -> None:
    """Write the picture of a signal as SVG."""
    picture, spec = PICTURES[stem], spec_of(stem)
    captions = picture.captions or (
        f"zero: {spec.zero}" if not spec.zero.startswith("1 ") else spec.zero,
        f"+ {spec.positive}",
    )
    canvas = Figure(figsize=(5.6, 3.55))
    for i, (points, value) in enumerate(zip((picture.neutral, picture.grown), read_picture(stem), strict=True)):
        axes = canvas.add_axes((0.5 * i, 0.13, 0.5, 0.86))
        axes.set(xlim=picture.frame[:2], ylim=picture.frame[2:], aspect="equal")
        axes.axis("off")
        panel = Panel(axes, points, format_reading(value, spec.unit))
        panel.body(picture.view)
        picture.draw(panel)
        if picture.view is ViewKind.FRONT:
            for text, x in (("right", -0.56), ("left", 0.56)):
                axes.text(x, 1.62, text, color=REFERENCE, fontsize=9, ha="center")
        canvas.text(
            0.25 + 0.5 * i, 0.115, textwrap.fill(captions[i], 34), ha="center", va="top", fontsize=8.5, color=INK
        )
    canvas.savefig(path, format="svg", facecolor="white", metadata={"Date": None, "Creator": None, "Title": stem})


def main(folder: Path = FOLDER) -> None:
    """Write all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        for stem in PICTURES:
            draw_picture(stem, folder / f"{stem}.svg")


if __name__ == "__main__":
    main()
