"""How crooked the camera stands: its roll, from the lines of the room and from the person who stands, with its error.

Walls, doors, shelves and pictures hang plumb, so most straight lines of a room are upright or level. An upright line leans by the
roll wherever it is, and further by what a camera that looks up or down adds toward the picture's borders; a level one slopes by the
roll, and further where its wall goes away from the camera. One roll that explains most of the lines is looked for. The person is
the second witness: whoever stands on two feet has the shoulders over the ankles. Lines that agree are believed first, because a
person may well stand crooked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from movescreen.model import BoolArray, FloatArray, Frame, Notice, PoseSequence
from movescreen.scene.camera_motion import Box, box_of_points
from movescreen.thumbnail import make_thumbnail

#: Pictures looked at: so often, and so many at most; and the length of their short side, px.
EVERY_S, SAMPLES = 1.5, 4
SHORT_SIDE_PX = 360
#: From this roll on it is told, degrees.
TOLD_DEG = 3.0
#: Usual roll of a phone that is set up or held with care, standard deviation, degrees: what is expected where nothing else is known.
USUAL_DEG = 2.0
#: Greatest roll that is looked for, and step of the search, degrees.
LARGEST_DEG, _STEP_DEG = 25.0, 0.5
#: A line shorter than this share of the picture's short side tells nothing; a longer one tells the more, up to the second share.
_SHORTEST, _LONGEST = 0.04, 0.5
#: A bar at the border: how near it, how long, shares of the picture; and its greatest slope.
_BAR_WITHIN, _BAR_LENGTH, _BAR_SLOPE = 0.25, 0.25, 0.003
#: How far a line may be off and still count, degrees.
_AGREE_DEG = 1.0
#: How much the lean of upright lines changes over the picture's width, and the slope of level ones over its height, degrees.
_CONVERGING_DEG, _SLOPING_DEG = np.arange(-20.0, 20.1, 2.0), np.arange(-30.0, 30.1, 5.0)
#: Much of it is rare: most cameras look about level, and most walls are about square to them, degrees.
_USUAL_CHANGE_DEG = 20.0
#: Weight of level lines against upright ones, and of upright ones beside the feet and below: there they lie on the floor.
_LEVEL_WEIGHT, _FLOOR_WEIGHT = 0.6, 0.3
#: Length of agreeing lines in a picture, shares of its short side, from which on they are good witnesses, and half of which says little.
_ENOUGH_LINES = 1.0
#: Error of the roll from lines when upright and level ones agree, and when one kind speaks alone; what lines add that agree on another roll;
#: degrees.
_LINES_DEG, _ONE_KIND_DEG, _RIVALS_DEG = 0.4, 1.5, 4.0
#: Both kinds agree when each has at least this share of the best that it has anywhere.
_AGREEING_SHARE = 0.6
#: A rival is another roll by at least so much that more than this share of the lines' weight speaks for.
_RIVAL_APART_DEG, _RIVAL_SHARE = 3.0, 0.6
#: Spread of the lean of people who stand, degrees: seen from the front and from the side; and how far they lean forward.
_STANDS_FRONT_DEG, _STANDS_SIDE_DEG, _STANDS_FORWARD_DEG = 1.5, 3.0, 2.0
#: Feet further apart in height than this share of the leg are no two feet on the ground.
_FEET_LEVEL = 0.15
#: What the person's box is widened by, share of its height: arms and loads stick out, and a shadow lies below.
_AROUND_PERSON = 0.08


#: Box of nobody: it is nowhere, and nothing lies below the feet.
_NOBODY: Box = (-1.0, -1.0, -1.0, 1e6)


@dataclass(frozen=True)
class Roll:
    """How far the picture's content is turned clockwise.

    Attributes
    ----------
    deg, error_deg
        The roll and the standard deviation of its error, degrees.
    """

    deg: float
    error_deg: float

    @property
    def notice(self) -> Notice | None:
        """A ``camera_crooked`` notice from three degrees on, when it is surely crooked; else None."""
        if abs(self.deg) < TOLD_DEG or abs(self.deg) < 2 * self.error_deg:
            return None
        way = "clockwise" if self.deg > 0 else "counterclockwise"
        text = (
            f"The camera stands crooked by about {abs(self.deg):.0f} degrees (± {self.error_deg:.0f}). Readings were made upright by that. "
            f"Next time turn the phone {way}, as seen from behind it, until walls and doors are upright in the picture."
        )
        return Notice("camera_crooked", text)


@dataclass(frozen=True)
class _Lines:
    """Straight lines of one picture: places from its middle, share of width and height; lean and slope, degrees clockwise; weights."""

    time_s: float
    across: FloatArray
    down: FloatArray
    lean_deg: FloatArray
    slope_deg: FloatArray
    weight: FloatArray
    floor: BoolArray


class LineFinder:
    """Looks at a picture now and then and keeps its straight lines; feed it every frame."""

    def __init__(self) -> None:
        self._due_s = -math.inf
        self._kept: list[_Lines] = []
        self._detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)

    def update(self, frame: Frame, person_box_px: Box | None) -> None:
        """Look at a frame, when it is time for one and the person is known: lines on the person are no lines of the room."""
        if person_box_px is None or frame.time_s < self._due_s or len(self._kept) >= SAMPLES:
            return
        self._due_s = frame.time_s + EVERY_S
        self._kept.append(_find_lines(self._detector, frame, person_box_px))

    def roll(self, turn_at: Callable[[float], float]) -> Roll | None:
        """Return the roll that most of the lines agree on, None when too few do.

        Parameters
        ----------
        turn_at
            Gives how far the camera's own motion has turned the picture at a time, degrees clockwise; NaN where it is not known.
        """
        turns = [turn_at(lines.time_s) for lines in self._kept]
        seen = [(lines, turn) for lines, turn in zip(self._kept, turns, strict=True) if np.isfinite(turn)]
        return _agree(seen) if seen else None


def roll_of_picture(frame: Frame, points_xy_px: FloatArray | None) -> Roll | None:
    """Return the roll that the lines of a single picture agree on, None when too few do.

    Parameters
    ----------
    frame
        The picture.
    points_xy_px
        ``(k, 2)`` landmarks of the person in it, whose own lines do not count; None when nobody is there.
    """
    box = box_of_points(points_xy_px) if points_xy_px is not None else None
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    return _agree([(_find_lines(detector, frame, box or _NOBODY), 0.0)])


def _find_lines(detector: cv2.LineSegmentDetector, frame: Frame, box: Box) -> _Lines:
    height, width = frame.image.shape[:2]
    short = min(height, width)
    scale = min(1.0, SHORT_SIDE_PX / short)
    gray = make_thumbnail(frame.image, (round(width * scale), round(height * scale)))
    found = detector.detect(gray)[0]
    ends = np.zeros((0, 4)) if found is None else np.asarray(found, dtype=np.float64).reshape(-1, 4) / scale
    along = ends[:, 2:] - ends[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    on_person = _on_person(middle, box) | _on_person(ends[:, :2], box) | _on_person(ends[:, 2:], box)
    use = (length > _SHORTEST * short) & ~on_person & ~_on_border(ends, width, height)
    along, length, middle = along[use], length[use], middle[use]
    up = np.where(along[:, 1:] > 0, -along, along)
    right = np.where(along[:, :1] < 0, -along, along)
    return _Lines(
        frame.time_s,
        middle[:, 0] / width - 0.5,
        middle[:, 1] / height - 0.5,
        np.degrees(np.arctan2(up[:, 0], -up[:, 1])),
        np.degrees(np.arctan2(right[:, 1], right[:, 0])),
        np.minimum(length / short, _LONGEST),
        middle[:, 1] > box[3] - 0.1 * (box[3] - box[1]),
    )


def _on_person(points: FloatArray, box: Box) -> BoolArray:
    left, top, right, bottom = box
    pad = _AROUND_PERSON * (bottom - top) if right > left else 0.0
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x > left - pad) & (x < right + pad) & (y > top - pad) & (y < bottom + pad / 2))


def _on_border(ends: FloatArray, width: int, height: int) -> BoolArray:
    """Return which lines are edges of a bar at the picture's border: long, near it, and quite in line with it however the camera stands."""
    x, y = ends[:, [0, 2]] / width, ends[:, [1, 3]] / height
    across, down = np.ptp(x, axis=1), np.ptp(y, axis=1)
    upright = (down > _BAR_LENGTH) & (across * width < _BAR_SLOPE * down * height) & _is_outer(x)
    level = (across > _BAR_LENGTH) & (down * height < _BAR_SLOPE * across * width) & _is_outer(y)
    return np.asarray(upright | level)


def _is_outer(places: FloatArray) -> BoolArray:
    return np.asarray(((places < _BAR_WITHIN) | (places > 1 - _BAR_WITHIN)).all(axis=1))


def _agree(seen: list[tuple[_Lines, float]]) -> Roll | None:
    lean = np.concatenate([lines.lean_deg - turn for lines, turn in seen])
    slope = np.concatenate([lines.slope_deg - turn for lines, turn in seen])
    across, down, weight, floor = (
        np.concatenate([getattr(lines, name) for lines, _ in seen]) for name in ("across", "down", "weight", "floor")
    )
    weight = weight / len(seen)
    rolls = np.arange(-LARGEST_DEG, LARGEST_DEG + _STEP_DEG / 2, _STEP_DEG)
    upright, converging = _count(rolls, lean, across, np.where(floor, _FLOOR_WEIGHT, 1.0) * weight, _CONVERGING_DEG)
    level, sloping = _count(rolls, slope, down, _LEVEL_WEIGHT * weight, _SLOPING_DEG)
    total = upright + level
    best = int(np.argmax(total))
    if total[best] <= 0.25 * _ENOUGH_LINES:
        return None
    off = np.concatenate([lean - converging[best] * across, slope - sloping[best] * down])
    heavy = np.concatenate([np.where(floor, _FLOOR_WEIGHT, 1.0) * weight, _LEVEL_WEIGHT * weight])
    near = heavy * (np.abs(off - rolls[best]) < 2 * _AGREE_DEG)
    roll = float(np.average(off, weights=near)) if near.sum() > 0 else float(rolls[best])
    rival = float(total[np.abs(rolls - rolls[best]) >= _RIVAL_APART_DEG].max() / total[best])
    few = min(1.0, float(total[best]) / _ENOUGH_LINES)
    both = min(upright[best] / max(upright.max(), 1e-9), level[best] / max(level.max(), 1e-9)) > _AGREEING_SHARE
    error = math.hypot(
        (_LINES_DEG if both else _ONE_KIND_DEG) / few, _RIVALS_DEG * max(0.0, rival - _RIVAL_SHARE) / (1 - _RIVAL_SHARE)
    )
    return Roll(roll, error)


def _count(
    rolls: FloatArray, angle_deg: FloatArray, place: FloatArray, weight: FloatArray, changes_deg: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return how much speaks for each roll, and by how much the lines' angle then changes over the picture."""
    near = np.abs(angle_deg) < LARGEST_DEG + 7.0
    angle_deg, place, weight = angle_deg[near], place[near], weight[near]
    votes = np.zeros((len(changes_deg), len(rolls)))
    for i, change in enumerate(changes_deg):
        off = (angle_deg - change * place)[None] - rolls[:, None]
        rare = np.exp(-0.5 * (change / _USUAL_CHANGE_DEG) ** 2)
        votes[i] = rare * (weight * np.exp(-0.5 * (off / _AGREE_DEG) ** 2)).sum(axis=1)
    best = votes.argmax(axis=0)
    return votes.max(axis=0), changes_deg[best]


def roll_of_stander(poses: PoseSequence, standing: BoolArray, yaw_deg: float) -> Roll | None:
    """Return the roll for which the person who stands has the shoulders over the ankles, None when nobody stands on two feet.

    Parameters
    ----------
    poses
        Poses with the camera's motion taken out.
    standing
        ``(n,)`` frames of standing.
    yaw_deg
        How the person is turned, +90 faces image right: seen from the side, people lean forward a little, and more differently.
    """
    ankles = poses.xy("left_ankle"), poses.xy("right_ankle")
    up = poses.xy("mid_shoulder") - poses.xy("mid_ankle")
    with np.errstate(invalid="ignore"):
        level = np.abs(ankles[0][:, 1] - ankles[1][:, 1]) < _FEET_LEVEL * np.linalg.norm(up, axis=1)
    use = standing & level
    if not use.any():
        return None
    lean = float(np.median(np.degrees(np.arctan2(up[use, 0], -up[use, 1]))))
    side = math.sin(math.radians(yaw_deg))
    error = math.hypot(_STANDS_FRONT_DEG * math.cos(math.radians(yaw_deg)), _STANDS_SIDE_DEG * side)
    return Roll(lean - _STANDS_FORWARD_DEG * side, error)


def combine_rolls(lines: Roll | None, stander: Roll | None) -> Roll:
    """Return the roll that all witnesses together speak for; without any it is none, with the error that usual phones have."""
    usual = Roll(0.0, USUAL_DEG)
    if lines is None:
        return usual if stander is None else _weigh(usual, stander)
    if stander is None:
        return lines if lines.error_deg <= usual.error_deg else _weigh(usual, lines)
    apart = abs(lines.deg - stander.deg)
    contradict = apart > _CONTRADICTION * math.hypot(lines.error_deg, stander.error_deg)
    found = lines if lines.error_deg <= _GOOD_LINES_DEG else _weigh(lines, stander)
    return Roll(found.deg, math.hypot(found.error_deg, _DOUBTED_SHARE * apart if contradict else 0.0))


#: Lines with this error at most are believed whatever the person does, degrees.
_GOOD_LINES_DEG = 1.0
#: Further apart than so many errors two witnesses contradict each other; this share of what lies between them is added to the error.
_CONTRADICTION, _DOUBTED_SHARE = 3.0, 0.25


def _weigh(*witnesses: Roll) -> Roll:
    weights = np.array([each.error_deg**-2 for each in witnesses])
    return Roll(float(np.average([w.deg for w in witnesses], weights=weights)), float(weights.sum() ** -0.5))
