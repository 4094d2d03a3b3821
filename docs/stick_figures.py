"""Stick figures for ``make_angle_pictures.py``: people made of a few body angles, and what can be drawn over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Wedge
from numpy.typing import NDArray

from movescreen.kinematics import SIGNALS
from movescreen.kinematics.body import BodyFrame
from movescreen.model import BLAZEPOSE, PoseSequence, View, ViewKind

Array = NDArray[np.float64]
Points = dict[str, Array]

BODY, FAR, STRONG = "#b9c1c8", "#dde2e6", "#22384d"
ACCENT, REFERENCE, FLOOR = "#d9480f", "#77838e", "#e3e7ea"

SHANK, THIGH, TRUNK, UPPER_ARM, FOREARM, HEAD = 0.42, 0.43, 0.50, 0.29, 0.25, 0.11
ANKLE_HEIGHT, HEEL_X, TOE_X = 0.08, -0.07, 0.19
PX_PER_M = 400.0
UP, RIGHT = np.array([0.0, 1.0]), np.array([1.0, 0.0])
DASHED = "--"


# --- figures ------------------------------------------------------------------------------------------------------------


def _up(length: float, tilt_deg: float) -> Array:
    """Return a segment that rises from its lower end, tilted to the right by an angle, as (x, y, z) m."""
    tilt = np.radians(tilt_deg)
    return np.array([length * np.sin(tilt), length * np.cos(tilt), 0.0])


def side_figure(
    shank: float = 0.0, thigh: float = 0.0, trunk: float = 0.0, arm: float = 0.0, *, heel: float = 0.0, head: float = 3.0,
    left_foot: tuple[float, float] | None = None, at: float = 0.0,
) -> Points:  # fmt: skip
    """Return a person seen from the side, facing image right, right side near; x right, y up, z away from the camera, m.

    Parameters
    ----------
    shank, trunk
        Tilt forward from vertical, degrees.
    thigh
        Tilt backward from vertical, degrees: 90 is a level thigh.
    arm
        Angle between arm and trunk, degrees: 180 is overhead.
    heel
        Rise of the heel, m.
    head
        Tilt of neck and head further forward than the trunk, degrees.
    left_foot
        Place of the left ankle against the right one, m; side by side when None.
    at
        Where the right ankle stands, m.
    """
    ankle = np.array([at, ANKLE_HEIGHT + heel, -0.1])
    knee = ankle + _up(SHANK, shank)
    hip = knee + _up(THIGH, -thigh)
    shoulder = hip + _up(TRUNK, trunk)
    elbow = shoulder - _up(UPPER_ARM, trunk - arm)
    points = {
        "right_ankle": ankle, "right_knee": knee, "right_hip": hip, "right_shoulder": shoulder, "right_elbow": elbow,
        "right_wrist": elbow - _up(FOREARM, trunk - arm), "right_heel": np.array([at + HEEL_X, 0.02 + heel, -0.1]),
        "right_foot_index": np.array([at + TOE_X, 0.02, -0.1]), "nose": shoulder + _up(0.22, trunk + head),
    }  # fmt: skip
    away = np.array([0.0, 0.0, 0.2])
    points |= {name.replace("right", "left"): at + away for name, at in points.items() if name != "nose"}
    if left_foot is not None:
        _place_left_leg(points, np.array([*left_foot, 0.0]))
    return points


def _place_left_leg(points: Points, step: Array) -> None:
    """Put the left foot elsewhere and bend the left knee forward so that both segments keep their length."""
    for name in ("ankle", "heel", "foot_index"):
        points[f"left_{name}"] = points[f"left_{name}"] + step
    hip, ankle = points["left_hip"], points["left_ankle"]
    down = ankle - hip
    reach = min(float(np.linalg.norm(down)), SHANK + THIGH - 1e-6)
    along = (THIGH**2 - SHANK**2 + reach**2) / (2 * reach)
    ahead = np.array([-down[1], down[0], 0.0]) / np.linalg.norm(down)
    points["left_knee"] = hip + down / np.linalg.norm(down) * along + ahead * np.sqrt(max(THIGH**2 - along**2, 0.0))


def front_figure(
    drop: float = 0.0, *, knees: tuple[float, float] | None = None, shift: float = 0.0, obliquity: float = 0.0, lean: float = 0.0,
    lift: float = 0.0,
) -> Points:  # fmt: skip
    """Return a person seen from the front: their left is image right.

    Parameters
    ----------
    drop
        How far the hips have sunk, m.
    knees
        Distance of the left and the right knee from the middle, m; in line with hip and ankle when None.
    shift
        Pelvis off the middle, m, to the person's left.
    obliquity, lean
        Tilt of the pelvis, left hip up, and of the trunk, to the left; degrees.
    lift
        Height of the left foot off the floor, m.
    """
    middle = np.array([shift, ANKLE_HEIGHT + SHANK + THIGH - 0.01 - drop, 0.0])
    chest = middle + _up(TRUNK, lean)
    across = {"hip": _up(0.11, 90 - obliquity), "shoulder": _up(0.19, 90 + lean)}
    points: Points = {"nose": chest + _up(0.22, lean)}
    for side, sign, knee_x in zip(("left", "right"), (1, -1), knees or (np.nan, np.nan), strict=True):
        ankle = np.array([sign * 0.16, ANKLE_HEIGHT + (lift if side == "left" else 0.0), 0.0])
        hip = middle + sign * across["hip"]
        share = THIGH / (THIGH + SHANK)
        knee = hip + (ankle - hip) * share
        knee[0] = knee[0] if np.isnan(knee_x) else sign * knee_x
        shoulder = chest + sign * across["shoulder"]
        elbow = shoulder + np.array([sign * 0.06, -UPPER_ARM, 0.0])
        points |= {
            f"{side}_ankle": ankle, f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_shoulder": shoulder, f"{side}_elbow": elbow,
            f"{side}_wrist": elbow - np.array([0.0, FOREARM, 0.0]), f"{side}_heel": ankle - np.array([0.0, 0.05, 0.0]),
            f"{side}_foot_index": ankle + np.array([sign * 0.05, -0.06, 0.0]),
        }  # fmt: skip
    return points


def read_signal(name: str, standing: Points, posture: Points, view: ViewKind) -> float:
    """Return what movescreen reads for a signal in a posture, in its unit; ``standing`` gives the standing references."""
    frames = np.stack([_landmarks(standing), _landmarks(posture)])
    image = frames[..., :2] * [PX_PER_M, -PX_PER_M] + [300.0, 900.0]
    visible = np.ones(frames.shape[:2])
    poses = PoseSequence(np.array([0.0, 1.0]), image, frames * [1.0, -1.0, 1.0], visible, np.arange(2), (600, 1000))
    side = view is ViewKind.SIDE
    seen = View(
        kind=view,
        facing="right" if side else "",
        near_side="right" if side else "",
        yaw_deg=90.0 if side else 0.0,
        yaw_spread_deg=0.0,
        confidence=1.0,
    )
    length = SHANK + THIGH
    body = BodyFrame(poses, seen, np.array([True, False]), length * PX_PER_M, length)
    return float(_compute(name, body)[1])


def _compute(name: str, body: BodyFrame) -> Array:
    item = SIGNALS.find(name)
    if item.derive is not None:
        return item.derive(*(_compute(n, body) for n in item.inputs))
    assert item.compute is not None
    return item.compute(body)


def _landmarks(points: Points) -> Array:
    return np.stack([points.get(name, points["nose"]) for name in BLAZEPOSE.landmarks])


# --- drawing -----------------------------------------------------------------------------------------------------------

_CHAIN = (("shoulder", "elbow"), ("elbow", "wrist"), ("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"))
_FEET = (("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index"))
_ONE_HEAD, _TWO_HEADS = "-|>,head_width=0.25,head_length=0.5", "<|-|>,head_width=0.22,head_length=0.45"
#: A narrower angle has no room for its reading, degrees; a smaller one, or a shorter distance (m), is drawn as none.
_ROOMY_DEG, _NO_ANGLE_DEG, _NO_DISTANCE = 45.0, 4.0, 0.012


@dataclass
class Panel:
    """One posture on one half of a picture, and what is drawn over it.

    Attributes
    ----------
    axes
        Where to draw, in metres.
    points
        The posture.
    reading
        What movescreen reads there, with its unit.
    """

    axes: Axes
    points: Points
    reading: str

    def at(self, name: str) -> Array:
        """Return ``(x, y)`` of a landmark, or of the middle of a pair (``mid_hip``), m."""
        if name.startswith("mid_"):
            return (self.at(f"left_{name[4:]}") + self.at(f"right_{name[4:]}")) / 2
        return self.points[name][:2]

    def line(self, a: Array, b: Array, color: str = REFERENCE, width: float = 1.4, style: str = DASHED) -> None:
        """Draw a line, by default a dashed reference."""
        self.axes.plot(*np.stack([a, b]).T, color=color, lw=width, ls=style, solid_capstyle="round", zorder=5)

    def bone(self, a: str, b: str) -> None:
        """Draw a segment that is measured."""
        self.line(self.at(a), self.at(b), STRONG, 5.0, "-")
        for name in (a, b):
            self.axes.plot(*self.at(name), "o", ms=6, mfc="white", mec=STRONG, mew=1.7, zorder=7)

    def angle(
        self, corner: Array, start: Array, end: Array, radius: float = 0.2, label: float = 0.11, text: str = ""
    ) -> None:
        """Draw an arc with an arrow head from one direction to another, and the reading (or a text) beside it."""
        first, last = (float(np.degrees(np.arctan2(v[1], v[0]))) for v in (start, end))
        sweep = (last - first + 180) % 360 - 180
        ends = sorted((first, first + sweep))
        where = (float(corner[0]), float(corner[1]))
        self.axes.add_patch(Wedge(where, radius, *ends, fc=ACCENT, alpha=0.16, lw=0, zorder=4))
        turn = np.radians(np.linspace(first, first + sweep, 60))
        arc = corner[:, None] + radius * np.array([np.cos(turn), np.sin(turn)])
        middle = first + sweep / 2
        if abs(sweep) > _NO_ANGLE_DEG:
            self.axes.plot(*arc, color=ACCENT, lw=1.8, zorder=8)
            back = max(2, round(60 * min(0.5, 6 / abs(sweep))))
            self._arrow(arc[:, -back], arc[:, -1], _ONE_HEAD, ACCENT)
        if abs(sweep) < _ROOMY_DEG:
            beyond = -24 if abs(sweep) <= _NO_ANGLE_DEG else 24
            middle = last + float(np.sign(sweep or 1.0)) * beyond
        self.say(corner + (radius + label) * np.array([np.cos(np.radians(middle)), np.sin(np.radians(middle))]), text)

    def measure(self, a: Array, b: Array, off: tuple[float, float], text: str = "", color: str = ACCENT) -> None:
        """Draw a distance as a double arrow, and the reading (or a text) beside its middle."""
        if np.linalg.norm(b - a) > _NO_DISTANCE:
            self._arrow(a, b, _TWO_HEADS, color)
        self.say((a + b) / 2 + np.array(off), text, color)

    def shift(self, a: Array, b: Array, off: tuple[float, float]) -> None:
        """Draw an arrow from a reference to where a point is, and the reading beside it."""
        if np.linalg.norm(b - a) > _NO_DISTANCE:
            self._arrow(a, b, _ONE_HEAD, ACCENT)
        self.say((a + b) / 2 + np.array(off))

    def say(self, at: Array, text: str = "", color: str = ACCENT) -> None:
        """Write the reading, or another text."""
        size, weight = (10.5, "bold") if color == ACCENT else (8.5, "normal")
        box = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75}
        label = self.axes.text(float(at[0]), float(at[1]), text or self.reading, ha="center", va="center", zorder=9)
        label.set(color=color, fontsize=size, weight=weight, bbox=box)

    def body(self, view: ViewKind) -> None:
        """Draw the whole person in grey."""
        both = view is ViewKind.FRONT or not np.allclose(self.at("left_ankle"), self.at("right_ankle"))
        self.axes.axhline(-0.005, color=FLOOR, lw=3, zorder=0)
        for side in ("left", "right") if both else ("right",):
            color = FAR if side == "left" and view is ViewKind.SIDE else BODY
            for a, b in (*_CHAIN, *_FEET):
                self._limb(f"{side}_{a}", f"{side}_{b}", color, 4.0 if (a, b) in _FEET else 6.0)
        self._limb("left_shoulder", "right_shoulder")
        self._limb("left_hip", "right_hip")
        self._limb("mid_shoulder", "nose")
        head = self.at("nose")
        self.axes.add_patch(Circle((float(head[0]), float(head[1])), HEAD, fc=BODY, lw=0, zorder=2))

    def _limb(self, a: str, b: str, color: str = BODY, width: float = 6.0) -> None:
        ends = np.stack([self.at(a), self.at(b)]).T
        self.axes.plot(*ends, color=color, lw=width, solid_capstyle="round", zorder=1 if color == FAR else 2)

    def _arrow(self, a: Array, b: Array, style: str, color: str) -> None:
        shape = {"arrowstyle": style, "color": color, "lw": 1.7, "shrinkA": 0, "shrinkB": 0}
        self.axes.annotate("", (float(b[0]), float(b[1])), (float(a[0]), float(a[1])), arrowprops=shape, zorder=8)
