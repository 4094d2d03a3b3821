"""How far the rear foot leaves the floor, read from the picture itself.

The pose network places the heel only to within a few centimeters and lets it drift upward as the shank tips over it, which
looks like a heel that rises. The camera, however, stands still and so does a planted foot: points on the shoe that do not
move mean that the heel is down, whatever the landmarks say. This follows such points with sparse optical flow from
the last moment at which the person stood still on straight legs: a heel that rises with the bending knee is up before the knee
seems to bend. Points at the sole's edge and points above them are two witnesses; a hem or skin that slides up with the leg moves
the upper ones only, so the witness that says less is believed until the edge itself surely moves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.model import BLAZEPOSE, CameraPath, FloatArray, Frame

Gray = NDArray[np.uint8]
Points = NDArray[np.float32]

SIDES = ("left", "right")
#: Below this knee bend (plain reading, degrees) the foot is taken as planted and the points are set anew.
_STRAIGHT_DEG = 25.0
#: Frames between two settings of the points while standing.
_RESEED_EVERY = 5
#: Somebody stands still when hips and shoulders went up or down by less than this share of the leg for so long, s.
_STILL_SHARE, _STILL_S = 0.012, 0.25
#: A foot shorter than this in the picture cannot be followed, px.
_MIN_FOOT_PX = 18.0
#: The foot must point sideways: length across the picture over its whole length.
_MIN_SIDEWAYS = 0.75
#: Forward and backward flow must agree within this, px.
_FLOW_AGREEMENT_PX = 0.5
_MIN_POINTS = 4
#: Where the rise of the foot is read, share of its length behind the toes: below the ankle, where a shank that tips moves
#: nothing up or down, while a foot that turns about its ball lifts points there.
_STATION = 0.88
#: Where points are looked for, above the sole's edge, share of the foot's length: those on the edge, and those of the shoe.
_EDGE, _UPPER = (-0.03, 0.10), (0.06, 0.42)
#: The sole's edge is looked for from this far above the heel landmark to this far below it, share of the foot's length; it is the
#: lowest place where the picture changes by this share of its largest change there, and by so much, 0..255.
_EDGE_ABOVE, _EDGE_BELOW, _EDGE_SHARE, _EDGE_LEAST = 0.08, 0.40, 0.5, 10.0
#: What either kind shows of the heel's own rise, on rendered people: a window on the edge holds floor, which stays.
_EDGE_LEVER, _UPPER_LEVER = 0.32, 0.43
#: From where to where what the edge says makes it sure that the shoe moves, share of the foot's length: planted shoes read up to 0.033.
_SURELY_UP = (0.035, 0.05)
#: Rise under the ankle, which is what is given, as a share of the heel's own.
_ANKLE_LEVER = 0.55
#: Weight that holds the slope of the rise along the foot small when all points lie close together.
_SLOPE_RIDGE = 0.02


#: How much of the picture around the heel is looked at, shares of the foot's length: the foot must not leave it.
_MARGIN = 1.1
#: Where points on the floor are looked for, shares of the foot's length: so far beside the shoe, and between so far over and under the heel.
_BESIDE_FOOT, _FLOOR = 0.25, (0.10, 0.40)
#: Floor and whole background may differ by this share of the picture's width: one is nearer than the other.
_PARALLAX_SHARE = 0.012
#: So many points must be left on the floor for it to speak, and they must agree so well, px.
_MIN_FLOOR_POINTS, _FLOOR_AGREES_PX = 6, 0.4
#: How often the floor is looked at: its motion against the whole background is slow.
_FLOOR_WINDOW_PX, _FLOOR_HZ = 15, 10.0


class HeelRise(NamedTuple):
    """What is read of one foot in one frame.

    Attributes
    ----------
    rise_px
        Rise of the rear foot in the picture since the leg was last straight, up positive; NaN where it was not followed.
    floor_px
        What the floor beside the foot rose by meanwhile: the camera's doing. NaN where nobody looked, or there was nothing to follow on it.
    since
        Number of the frame in which the leg was last straight; -1 without one.
    at_px
        Where the heel was then.
    """

    rise_px: float
    floor_px: float = float("nan")
    since: int = -1
    at_px: tuple[float, float] = (float("nan"), float("nan"))


_NOTHING = HeelRise(float("nan"))


class _Floor:
    """Points on the floor beside a foot, held against the picture in which they were chosen: the floor stays what it is."""

    def __init__(self, picture: Gray, points: Points, time_s: float) -> None:
        self._points = self._guess = points
        self._picture = _flatten(picture) if len(points) >= _MIN_FLOOR_POINTS else picture
        self._looked_s = time_s
        #: what it rose by when it was last seen
        self.last_px = 0.0

    def rise_px(self, now: Gray, time_s: float) -> float:
        """Return what the floor rose by in the picture, px; NaN between two looks at it, and when too few points on it agree."""
        if len(self._points) < _MIN_FLOOR_POINTS or time_s < self._looked_s + 0.9 / _FLOOR_HZ:
            return float("nan")
        self._looked_s = time_s
        lies, seen = _followed(self._picture, _flatten(now), self._points, _FLOOR_WINDOW_PX, self._guess)
        rises = (self._points - lies)[seen][:, 0, 1]
        if len(rises) < _MIN_FLOOR_POINTS:
            return float("nan")
        self._guess = self._points + np.median((lies - self._points)[seen], axis=0)
        middle = float(np.median(rises))
        if float(np.median(np.abs(rises - middle))) >= _FLOOR_AGREES_PX:
            return float("nan")
        self.last_px = middle
        return middle


def _flatten(picture: Gray) -> Gray:
    """Return what stands out from its surroundings: a shadow that comes over the floor changes little of it."""
    around = cv2.blur(picture, (_FLOOR_WINDOW_PX, _FLOOR_WINDOW_PX))
    return np.asarray(cv2.addWeighted(picture, 2.0, around, -2.0, 128.0), dtype=np.uint8)


@dataclass
class _Foot:
    """Points followed on one foot; ``behind`` is how far each lay behind the toes and ``above`` the heel, share of the foot's length."""

    seeds: Points
    behind: NDArray[np.float64]
    above: NDArray[np.float64]
    points: Points
    previous: Gray
    origin: tuple[int, int]
    length_px: float
    floor: _Floor
    since: int
    at_px: tuple[float, float]
    age: int = 0

    def read(self, rise_px: float, floor_px: float) -> HeelRise:
        return HeelRise(rise_px, floor_px, self.since, self.at_px)


@dataclass
class _Stillness:
    """Tells whether hips and shoulders stay at their height over the toes, which a camera that sways does not change."""

    _heights: deque[tuple[float, float, float]] = field(default_factory=deque)

    def push(self, time_s: float, points: FloatArray) -> bool:
        toes = float(points[_TOES, 1].mean())
        hips, shoulders = (float(points[part, 1].mean()) - toes for part in (_HIPS, _SHOULDERS))
        self._heights.append((time_s, hips, shoulders))
        while time_s - self._heights[0][0] > _STILL_S + 0.02:
            self._heights.popleft()
        heights = np.array(self._heights)
        leg = float(np.linalg.norm(np.diff(points[_LEG], axis=0), axis=1).sum())
        long_enough = time_s - heights[0, 0] >= 0.6 * _STILL_S
        return bool(long_enough and (np.ptp(heights[:, 1:], axis=0) < _STILL_SHARE * leg).all())


_HIPS, _SHOULDERS, _TOES = (
    BLAZEPOSE.indices([f"left_{part}", f"right_{part}"]) for part in ("hip", "shoulder", "foot_index")
)
_LEG = BLAZEPOSE.indices(["left_hip", "left_knee", "left_ankle"])


class HeelTracker:
    """Feed frames with the person's landmarks in time order; get the rise of both heels in px.

    The reading is NaN until the person has stood still on straight legs once, when the foot points at the camera, or when its points are lost.
    """

    def __init__(self) -> None:
        self._feet: dict[str, _Foot | None] = dict.fromkeys(SIDES)
        self._stillness = _Stillness()
        self._index = {
            p: {s: BLAZEPOSE.index[f"{s}_{p}"] for s in SIDES} for p in ("hip", "knee", "ankle", "heel", "foot_index")
        }

    def push(self, frame: Frame, image_xy_px: FloatArray | None) -> tuple[HeelRise, HeelRise]:
        """Take one frame.

        Parameters
        ----------
        frame
            The picture that the landmarks belong to.
        image_xy_px
            ``(33, 2)`` landmarks in its pixels, or None when the person was not found: tracking starts over.

        Returns
        -------
        tuple of HeelRise
            Of the left and the right foot, under the ankle, since the person last stood still.
        """
        if image_xy_px is None or not np.isfinite(image_xy_px).all():
            self._feet, self._stillness = dict.fromkeys(SIDES), _Stillness()
            return (_NOTHING, _NOTHING)
        still = self._stillness.push(frame.time_s, image_xy_px)
        left, right = (
            self._one(frame, s, {p: image_xy_px[i[s]] for p, i in self._index.items()}, still) for s in SIDES
        )
        return left, right

    def _one(self, frame: Frame, side: str, at: dict[str, FloatArray], still: bool) -> HeelRise:
        foot = self._feet[side]
        if still and _knee_flexion(at) < _STRAIGHT_DEG and (foot is None or foot.age >= _RESEED_EVERY):
            foot = self._feet[side] = _seed(frame, at)
            return foot.read(0.0, 0.0) if foot is not None else _NOTHING
        if foot is None:
            return _NOTHING
        foot.age += 1
        rise = _follow(foot, frame)
        if not np.isfinite(rise.rise_px):
            self._feet[side] = None
        return rise


def rise_over_floor(
    read: Sequence[HeelRise | None], row_of: Mapping[int, int], path: CameraPath, size_px: tuple[int, int]
) -> FloatArray:
    """Return the rise of a foot with the camera's own motion taken out.

    The floor beside the foot is the better reference, because it is as far away as the foot; where nothing could be followed on
    it, or it says something quite different (a shadow moves on it), the whole background is.

    Parameters
    ----------
    read
        What was read of the foot in every frame of the path; None where it was not.
    row_of
        Number of a frame -> its place in the path.
    path
        What the camera did.
    size_px
        Width and height of the picture.

    Returns
    -------
    ndarray
        ``(n,)`` px; NaN where it was not followed, or where neither floor nor background tell.
    """
    each = [r or _NOTHING for r in read]
    rise, floor = (np.array([r[i] for r in each], dtype=np.float64) for i in (0, 1))
    if path.is_still:
        return rise
    since = np.array([row_of.get(r.since, -1) for r in each], dtype=np.int64)
    background = path.rise_of_floor(since, np.array([r.at_px for r in each]), size_px)
    nearer = floor - background
    nearer[np.abs(nearer) > _PARALLAX_SHARE * size_px[0]] = np.nan
    for start in np.unique(since[since >= 0]):
        rows = np.flatnonzero(since == start)
        told = rows[np.isfinite(nearer[rows])]
        if told.size:
            nearer[rows] = np.interp(rows, told, nearer[told])
    return np.asarray(rise - background - np.nan_to_num(nearer))


def _knee_flexion(at: dict[str, FloatArray]) -> float:
    thigh, shank = at["hip"] - at["knee"], at["ankle"] - at["knee"]
    size = float(np.linalg.norm(thigh) * np.linalg.norm(shank))
    return 180.0 - float(np.degrees(np.arccos(np.clip(thigh @ shank / size, -1, 1)))) if size > 0 else 180.0


def _seed(frame: Frame, at: dict[str, FloatArray]) -> _Foot | None:
    """Choose points on the rear half of the shoe, from the sole's edge to the ankle, and on the floor beside it."""
    image = frame.image
    heel, toe = at["heel"], at["foot_index"]
    length = float(np.linalg.norm(toe - heel))
    across = float(toe[0] - heel[0])
    if length < _MIN_FOOT_PX or abs(across) < _MIN_SIDEWAYS * length:
        return None
    ahead = np.sign(across)
    x0, x1 = sorted((heel[0] - ahead * 0.10 * length, heel[0] + ahead * 0.40 * length))
    margin = int(_MARGIN * length)
    left, top = max(int(x0) - margin, 0), max(int(heel[1] - 0.45 * length) - margin, 0)
    right, bottom = int(x1) + margin, int(heel[1] + 0.45 * length) + margin // 2
    crop = _gray(image[top:bottom, left:right])
    if min(crop.shape) < 16:
        return None
    columns = np.arange(max(int(x0) - left, 0), min(int(x1) - left, crop.shape[1] - 1) + 1)
    sole = _find_sole(crop, columns, float(heel[1]) - top, length)
    if sole is None:
        return None
    mask = np.zeros_like(crop)
    for x, y in zip(columns, sole, strict=True):
        mask[max(int(y - _UPPER[1] * length), 0) : int(y - _EDGE[0] * length) + 1, x] = 255
    points = cv2.goodFeaturesToTrack(crop, 60, 0.005, 2, mask=mask, blockSize=3)
    if points is None or len(points) < _MIN_POINTS:
        return None
    chosen = np.asarray(points, dtype=np.float32)
    behind = np.asarray(np.abs(toe[0] - left - chosen[:, 0, 0]) / length, dtype=np.float64)
    above = (np.interp(chosen[:, 0, 0], columns, sole) - chosen[:, 0, 1]) / length
    floor = _Floor(crop, _points_on_floor(crop, (heel[0] - left, heel[1] - top), (toe[0] - left), length), frame.time_s)
    place = (float(heel[0]), float(heel[1]))
    return _Foot(
        seeds=chosen.copy(), behind=behind, above=np.asarray(above, dtype=np.float64), points=chosen, previous=crop, origin=(left, top),
        length_px=length, floor=floor, since=frame.index, at_px=place,
    )  # fmt: skip


def _points_on_floor(crop: Gray, heel: tuple[float, float], toe_x: float, length: float) -> Points:
    """Choose points beside the shoe at the height of its sole, ``(n, 1, 2)``: they lie on the floor, as far away as the foot."""
    mask = np.zeros_like(crop)
    top, bottom = int(heel[1] - _FLOOR[0] * length), int(heel[1] + _FLOOR[1] * length)
    x0, x1 = sorted((heel[0], toe_x))
    mask[max(top, 0) : bottom] = 255
    mask[max(top, 0) : bottom, max(int(x0 - _BESIDE_FOOT * length), 0) : int(x1 + _BESIDE_FOOT * length)] = 0
    points = cv2.goodFeaturesToTrack(crop, 30, 0.02, 3, mask=mask, blockSize=3)
    return np.zeros((0, 1, 2), np.float32) if points is None else np.asarray(points, dtype=np.float32)


def _find_sole(crop: Gray, columns: NDArray[np.int64], heel_px: float, length_px: float) -> FloatArray | None:
    """Return where the sole meets the floor in some columns of a crop, rows, px: a straight line; None when it is not seen."""
    first = max(int(heel_px - _EDGE_ABOVE * length_px), 1)
    band = cv2.GaussianBlur(crop, (0, 0), 1.0)[first - 1 : int(heel_px + _EDGE_BELOW * length_px) + 1, columns].astype(
        np.float64
    )
    if band.shape[0] < 4 or band.shape[1] < 4:
        return None
    change = np.abs(band[2:] - band[:-2])
    strong = change >= np.maximum(_EDGE_SHARE * change.max(axis=0), _EDGE_LEAST)
    seen = strong.any(axis=0)
    if seen.sum() < max(4, 0.5 * len(columns)):
        return None
    lowest = first + change.shape[0] - 1 - strong[::-1].argmax(axis=0)
    slope, level = np.polyfit(columns[seen], lowest[seen], 1)
    for _ in range(3):  # columns in which something else was found count less
        off = np.abs(lowest[seen] - (slope * columns[seen] + level))
        slope, level = np.polyfit(columns[seen], lowest[seen], 1, w=1.0 / np.maximum(off, 0.02 * length_px))
    return np.asarray(slope * columns + level)


def _follow(foot: _Foot, frame: Frame) -> HeelRise:
    """Move the points on to this picture and return the rise of the foot; NaN when they are lost."""
    left, top = foot.origin
    height, width = foot.previous.shape
    now = _gray(frame.image[top : top + height, left : left + width])
    if now.shape != foot.previous.shape:
        return _NOTHING
    window = max(9, round(0.16 * foot.length_px)) | 1
    moved, good = _followed(foot.previous, now, foot.points, window)
    foot.points, foot.seeds, foot.previous = moved[good], foot.seeds[good], now
    foot.behind, foot.above = foot.behind[good], foot.above[good]
    floor = foot.floor.rise_px(now, frame.time_s)
    return foot.read(_weigh_witnesses(foot, foot.floor.last_px), floor)


def _weigh_witnesses(foot: _Foot, floor_px: float) -> float:
    """Return the rise under the ankle, px; NaN without points.

    The less of what the points at the sole's edge say and those above: a hem slides up alone. Once the edge surely moves, so does the
    shoe, and those above tell how far: at the edge floor that stays holds points back.
    """
    rises = (foot.seeds - foot.points)[:, 0, 1].astype(np.float64) - floor_px
    told = []
    for (low, high), lever in ((_EDGE, _EDGE_LEVER), (_UPPER, _UPPER_LEVER)):
        chosen = (foot.above >= low) & (foot.above <= high)
        if chosen.sum() >= _MIN_POINTS:
            told.append(_ANKLE_LEVER / lever * _read_rise(foot.behind[chosen], rises[chosen], foot.length_px))
    less = min(told, key=abs, default=float("nan"))
    up = float(np.interp(told[0] / foot.length_px, _SURELY_UP, (0.0, 1.0))) if told else 0.0
    return less + up * (told[-1] - less if told else 0.0) + floor_px


def _read_rise(behind: FloatArray, rise_px: FloatArray, length_px: float) -> float:
    """Return the rise at the station under the ankle from a robust line through the points' rises along the foot, px.

    A shank that tips forward turns the ankle's surroundings about the ankle: points before it sink, points behind it rise. A
    foot that turns about its ball lifts all of them, the more the further back. The line tells the two apart.
    """
    along = behind - _STATION
    weight: FloatArray = np.ones(len(behind))
    for _ in range(6):  # weighted least squares of a line, solved by hand: it is done for every foot in every frame
        weighted = weight * along
        ones, first, second = weight.sum(), weighted.sum(), weighted @ along + _SLOPE_RIDGE
        level, slope = weight @ rise_px, weighted @ rise_px
        level, slope = (
            np.array([second * level - first * slope, ones * slope - first * level]) / (ones * second - first**2)
        ).tolist()
        left = np.abs(rise_px - (level + slope * along))
        ordered = np.sort(left)
        usual = 1.4826 * 0.5 * float(ordered[(len(left) - 1) // 2] + ordered[len(left) // 2]) + 0.005 * length_px
        weight = np.asarray(np.minimum(1.0, 1.5 * usual / np.maximum(left, 1e-9)), dtype=np.float64)
    return float(level)


def _followed(
    before: Gray, after: Gray, points: Points, window: int, guess: Points | None = None
) -> tuple[Points, NDArray[np.bool_]]:
    """Return where points have gone, and which of them come back to where they were when they are followed backward."""
    moved, found = _flow(before, after, points, window, points if guess is None else guess)
    back, found_back = _flow(after, before, moved, window, moved if guess is None else points)
    apart = np.linalg.norm((back - points)[:, 0], axis=1)
    return moved, found & found_back & (apart < _FLOW_AGREEMENT_PX)


def _flow(before: Gray, after: Gray, points: Points, window: int, guess: Points) -> tuple[Points, NDArray[np.bool_]]:
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, np.array(guess, dtype=np.float32),
        winSize=(window, window), maxLevel=2, flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )  # fmt: skip
    return np.asarray(moved, dtype=np.float32), np.asarray(found[:, 0] == 1)


def _gray(image: NDArray[np.uint8]) -> Gray:
    if not image.size:
        return np.zeros((0, 0), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
