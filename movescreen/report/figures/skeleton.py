"""A drawn person as a chain of limbs: from few angles, and places that hands and feet reach for, to points in meters.

x to the right, y up, the floor at 0. Seen from the side somebody upright faces right. Angles are degrees in the picture: the trunk's and
head's from straight up, forward (seen from the front: to the person's left) positive; a limb's from straight down, forward (seen from
the front: outward) positive, so that 90 is level and 180 up; 90 is a foot that stands flat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]

#: Lengths in meters of somebody of 1.75 m; the forearm ends in the middle of the fist.
LENGTHS = {"trunk": 0.50, "neck": 0.24, "thigh": 0.43, "shank": 0.42, "arm": 0.29, "fore": 0.31}
HEAD_RADIUS, SOLE, HEEL, TOE, TOE_RADIUS = 0.112, 0.085, 0.055, 0.165, 0.032
HIP_HALF, SHOULDER_HALF = 0.085, 0.165
#: How far each landmark's flesh goes, m: what is lowest of it lies on the floor.
RADII = {
    "hip": 0.092, "shoulder": 0.09, "head": HEAD_RADIUS, "knee": 0.062, "ankle": 0.045, "heel": TOE_RADIUS, "toe": TOE_RADIUS,
    "elbow": 0.042, "hand": 0.042,
}  # fmt: skip
_TWO = ("near", "far")
_CHAIN = {"knee": ("hip", "thigh"), "ankle": ("knee", "shank"), "elbow": ("shoulder", "arm"), "hand": ("elbow", "fore")}
_EPSILON = 1e-6


@dataclass(frozen=True)
class Skeleton:
    """A person in one moment.

    Attributes
    ----------
    view
        ``side``, ``front`` or ``back``.
    points
        Landmark -> place, m.
    directions
        Segment -> (angle in the picture from straight down, degrees counted to the right; share of its length that is seen).
    curl
        How far the back is rounded, share of the trunk's length; negative hollow.
    missed
        What a hand or foot could not reach, m; empty when everything is where it should be.
    """

    view: str
    sides: tuple[str, str]
    points: Mapping[str, Point]
    directions: Mapping[str, tuple[float, float]]
    curl: float = 0.0
    missed: Mapping[str, float] = field(default_factory=dict)

    def place(self, text: str) -> Point:
        """Return ``x y``, a landmark, or a landmark moved by ``x y``.

        Raises
        ------
        KeyError
            When there is no such landmark.
        """
        words = text.split()
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            numbers = [float(word) for word in words[1:]]
            return self._landmark(words[0]) + (numbers or [0.0, 0.0])
        return np.array(numbers)

    def _landmark(self, name: str) -> Point:
        """Return a landmark, or with ``behind_`` the place on the back behind it."""
        if name.startswith("behind_"):
            return self.points[name.removeprefix("behind_")] - 0.125 * unit(self.directions["trunk"][0] - 90.0)
        return self.points[name]

    def lowest(self) -> float:
        """Return how high the lowest point of the body is, m."""
        return min(float(point[1]) - radius_of(name) for name, point in self.points.items())


def radius_of(landmark: str) -> float:
    """Return how far the flesh around a landmark goes, m."""
    return RADII.get(landmark.rpartition("_")[2], 0.0)


def unit(angle_deg: float) -> Point:
    """Return the direction of an angle from straight down, counted to the right."""
    turn = np.radians(angle_deg)
    return np.array([np.sin(turn), -np.cos(turn)])


def pose_body(pose: Mapping[str, float | int | str], view: str) -> Skeleton:
    """Return somebody in a pose of the catalog (:class:`movescreen.catalog.exercise_figures.ExerciseFigure`)."""
    sides = _TWO if view == "side" else ("left", "right")
    directions = _directions(pose, view, sides)
    numbers = {key: float(value) for key, value in pose.items() if not isinstance(value, str)}
    body = _build(view, sides, np.zeros(2), directions, numbers.get("curl", 0.0))
    body = _move(body, _root_shift(body, pose, numbers.get("lift", 0.0)))
    return _reach(body, pose)


def between(start: Skeleton, end: Skeleton, share: float) -> Skeleton:
    """Return a moment on the way from one pose to another; what stands still in both stands still on the way, too."""
    directions = {
        name: (
            angle + share * _turn(angle, end.directions[name][0]),
            (1 - share) * seen + share * end.directions[name][1],
        )
        for name, (angle, seen) in start.directions.items()
    }
    root = (1 - share) * start.points["hip"] + share * end.points["hip"]
    body = _build(start.view, start.sides, root, directions, (1 - share) * start.curl + share * end.curl)
    for side in start.sides:
        for tip in ("ankle", "hand"):
            name = f"{side}_{tip}"
            if start.view == "side" and np.linalg.norm(start.points[name] - end.points[name]) < 0.02:
                body = _bend(body, side, tip, start.points[name], _bends_to(start, end, side, tip))
    return body


def _outward(view: str, side: str) -> float:
    """Return 1 where outward is to the right of the picture, -1 where it is to the left."""
    return -1.0 if (side == "right") != (view == "back") else 1.0


def raise_body(body: Skeleton, by: float) -> Skeleton:
    """Return the body so much higher, m: on the way of a jump."""
    return _move(body, np.array([0.0, by]))


def _turn(start: float, end: float) -> float:
    """Return the shorter way around, forward when both are about as long."""
    way = (end - start + 180.0) % 360.0 - 180.0
    return way + 360.0 if way < -179.0 else way


def _directions(
    pose: Mapping[str, float | int | str], view: str, sides: tuple[str, str]
) -> dict[str, tuple[float, float]]:
    """Return every segment's angle in the picture, counted to the right."""

    def get(key: str, default: float) -> float:
        return float(pose.get(key, default))

    turn, trunk = get("turn", 0.0), get("trunk", 0.0)
    found = {
        "trunk": (180.0 - trunk + turn, 1.0), "neck": (180.0 - get("head", trunk) + turn, 1.0),
        "pelvis": (180.0 - trunk + turn + get("pelvis", 0.0), 1.0),
    }  # fmt: skip
    for side in sides:
        sign = 1.0 if view == "side" else _outward(view, side)
        thigh, arm = get(f"{side}_thigh", 0.0), get(f"{side}_arm", 0.0)
        shank = get(f"{side}_shank", thigh)
        angles = {
            "thigh": thigh, "shank": shank, "arm": arm, "fore": get(f"{side}_fore", arm),
            "foot": get(f"{side}_foot", shank + 90.0 if view == "side" else 20.0),
        }  # fmt: skip
        for part, angle in angles.items():
            seen = np.cos(np.radians(get(f"{side}_{part}_out", 0.0)))
            found[f"{side}_{part}"] = (sign * angle + turn, float(seen))
    return found


def _build(
    view: str, sides: tuple[str, str], root: Point, directions: Mapping[str, tuple[float, float]], curl: float
) -> Skeleton:
    points = {"hip": root, "shoulder": root + _segment("trunk", directions["trunk"])}
    points["head"] = points["shoulder"] + _segment("neck", directions["neck"])
    across, hips = unit(directions["trunk"][0] - 90.0), unit(directions["pelvis"][0] - 90.0)
    for side in sides:
        sign = 0.0 if view == "side" else _outward(view, side)
        points[f"{side}_hip"] = points["hip"] + sign * HIP_HALF * hips
        points[f"{side}_shoulder"] = points["shoulder"] + sign * SHOULDER_HALF * across
        for tip, (joint, part) in _CHAIN.items():
            points[f"{side}_{tip}"] = points[f"{side}_{joint}"] + _segment(part, directions[f"{side}_{part}"])
        points |= _foot(view, side, points[f"{side}_ankle"], directions)
    return Skeleton(view, sides, points, dict(directions), curl)


def _segment(part: str, direction: tuple[float, float]) -> Point:
    return LENGTHS[part] * direction[1] * unit(direction[0])


def _foot(view: str, side: str, ankle: Point, directions: Mapping[str, tuple[float, float]]) -> dict[str, Point]:
    """Return heel and toe. From the front a foot points at the reader, so little of it is seen."""
    if view != "side":
        drop = SOLE - TOE_RADIUS
        if abs(_turn(directions[f"{side}_shank"][0], 0.0)) > 60:
            # a leg that lies: the sole is at the leg's end, the toes point at the reader
            sole = ankle + drop * unit(directions[f"{side}_shank"][0])
            return {f"{side}_heel": sole, f"{side}_toe": sole + np.array([0.0, 0.055])}
        toe = ankle + np.array([0.16 * np.sin(np.radians(directions[f"{side}_foot"][0])), 0.012 - drop])
        return {f"{side}_heel": ankle - np.array([0.0, drop]), f"{side}_toe": toe}
    angle = directions[f"{side}_foot"][0]
    along, sole = unit(angle), unit(angle - 90.0)
    floor = ankle + (SOLE - TOE_RADIUS) * sole
    return {f"{side}_heel": floor - HEEL * along, f"{side}_toe": floor + TOE * along}


def _root_shift(body: Skeleton, pose: Mapping[str, float | int | str], lift: float) -> Point:
    """Return how far the whole body goes so that it is where the pose says; on the floor when it does not say."""
    if "hip" in pose:
        return body.place(str(pose["hip"])) - body.points["hip"]
    words = str(pose.get("at", "hip 0")).split()
    there = body.points[words[0]]
    x = float(words[1]) - there[0]
    if len(words) > 2:
        return np.array([x, float(words[2]) - there[1]])
    return np.array([x, lift - body.lowest()])


def _move(body: Skeleton, by: Point) -> Skeleton:
    points = {name: point + by for name, point in body.points.items()}
    return replace(body, points=points, missed={})


def _reach(body: Skeleton, pose: Mapping[str, float | int | str]) -> Skeleton:
    for side in body.sides:
        for reach in ("sole", "toe", "ankle", "hand"):
            if f"{side}_{reach}" not in pose:
                continue
            there = body.place(str(pose[f"{side}_{reach}"]))
            tip = "hand" if reach == "hand" else "ankle"
            if reach == "sole":
                there = np.add(there, [0.0, SOLE])
                body = _flat_foot(body, side, float(pose.get(f"{side}_foot", 90.0 if body.view == "side" else 20.0)))
            elif reach == "toe":
                angle = float(pose.get(f"{side}_foot", 60.0))
                body = _flat_foot(body, side, angle)
                there = np.add(there, [0.0, TOE_RADIUS]) - (
                    TOE * unit(angle) + (SOLE - TOE_RADIUS) * unit(angle - 90.0)
                )
            bends = pose.get(f"{side}_{'elbow' if tip == 'hand' else 'knee'}_bends", "")
            body = _bend(body, side, tip, there, str(bends), float(pose.get(f"{side}_knee_in", 0.0)))
    return body


def _flat_foot(body: Skeleton, side: str, angle: float) -> Skeleton:
    sign = 1.0 if body.view == "side" else _outward(body.view, side)
    directions = {**body.directions, f"{side}_foot": (sign * angle, 1.0)}
    return replace(body, directions=directions)


def _bend(body: Skeleton, side: str, tip: str, there: Point, bends: str, knee_in: float = 0.0) -> Skeleton:
    """Return the body with a hand or ankle at a place: elbow or knee bend as much as that takes."""
    first, second = ("arm", "fore") if tip == "hand" else ("thigh", "shank")
    joint = body.points[f"{side}_shoulder" if tip == "hand" else f"{side}_hip"]
    way = there - joint
    distance = float(np.linalg.norm(way))
    a, b = LENGTHS[first], LENGTHS[second]
    reach = min(max(distance, abs(a - b) + _EPSILON), a + b - _EPSILON)
    missed = dict(body.missed)
    if abs(reach - distance) > 0.005:
        missed[f"{side}_{tip}"] = distance - reach
    along = way / distance if distance > _EPSILON else np.array([0.0, -1.0])
    if tip == "ankle" and body.view != "side" and bends != "plain":
        return _bend_toward_reader(body, side, joint, joint + reach * along, knee_in, missed)
    on_way = (a * a - b * b + reach * reach) / (2 * reach)
    off = np.sqrt(max(a * a - on_way * on_way, 0.0))
    across = np.array([-along[1], along[0]])
    middle = joint + on_way * along + _bend_sign(body, side, tip, bends, across) * off * across
    directions = {
        **body.directions,
        f"{side}_{first}": (_angle(middle - joint), 1.0),
        f"{side}_{second}": (_angle(joint + reach * along - middle), 1.0),
    }
    return replace(_build(body.view, body.sides, body.points["hip"], directions, body.curl), missed=missed)


def _bend_toward_reader(
    body: Skeleton, side: str, hip: Point, ankle: Point, knee_in: float, missed: dict[str, float]
) -> Skeleton:
    """Return the body with a bent leg seen from the front: thigh and shank look shorter, the knee points at the reader."""
    sign = _outward(body.view, side)
    share = LENGTHS["thigh"] / (LENGTHS["thigh"] + LENGTHS["shank"])
    knee = hip + share * (ankle - hip) - np.array([sign * knee_in, 0.0])
    directions = dict(body.directions)
    for part, segment in (("thigh", knee - hip), ("shank", ankle - knee)):
        directions[f"{side}_{part}"] = (_angle(segment), min(float(np.linalg.norm(segment)) / LENGTHS[part], 1.0))
    return replace(_build(body.view, body.sides, body.points["hip"], directions, body.curl), missed=missed)


def _bend_sign(body: Skeleton, side: str, tip: str, bends: str, across: Point) -> float:
    """Return to which side of the straight way a joint bends: the knee forward, the elbow back or outward, or as it is said."""
    toward = {"up": (0, 1), "down": (0, -1), "right": (1, 0), "left": (-1, 0)}
    if bends in toward:
        wanted = np.array(toward[bends], dtype=float)
    elif body.view == "side":
        # at right angles to the trunk: forward is where the face looks
        trunk = body.directions["trunk"][0]
        forward = unit(trunk - 90.0)
        wanted = forward if tip == "ankle" else -0.6 * forward - unit(trunk)
    else:
        sign = _outward(body.view, side)
        wanted = sign * unit(body.directions["trunk"][0] - 90.0)
    return 1.0 if float(across @ wanted) >= 0 else -1.0


def _bends_to(start: Skeleton, end: Skeleton, side: str, tip: str) -> str:
    """Return the direction into which a joint bends in two poses, for the way between them."""
    first, second = ("shoulder", "elbow") if tip == "hand" else ("hip", "knee")
    best, out = "", 0.0
    for body in (start, end):
        joint, middle, last = (body.points[f"{side}_{name}"] for name in (first, second, tip))
        line = last - joint
        if np.linalg.norm(line) < _EPSILON:
            continue
        off = middle - joint - line * float((middle - joint) @ line) / float(line @ line)
        if np.linalg.norm(off) > out:
            out = float(np.linalg.norm(off))
            flat = abs(off[0]) > abs(off[1])
            best = ("right" if off[0] > 0 else "left") if flat else ("up" if off[1] > 0 else "down")
    return best


def _angle(way: Point) -> float:
    return float(np.degrees(np.arctan2(way[0], -way[1])))
