"""Notice a camera that moves: the background is followed from a reference picture many times a second.

A clip measured from a moving camera is wrong wherever a number depends on the vertical or on where somebody stood before. The
background is recognized by what it does: as long as a fair share of the points, spread over the picture, stays where it was, the
camera stands still, whatever the person does. Only when hardly any point stays is a common motion of all points looked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.model import CameraPath, FloatArray, Frame, Notice
from movescreen.thumbnail import make_thumbnail

#: Pictures looked at a second, and the length of their short side, px.
SAMPLE_HZ = 10.0
SHORT_SIDE_PX = 144
#: A point that moved less than this stayed, px of the small picture.
STILL_PX = 0.5
#: Share of points that must stay for "the camera stands still", and of the cells with points that they must cover.
STILL_FRAC, SPREAD_FRAC = 0.35, 0.35
#: Share of points that must agree with a common motion, and how closely, px of the small picture.
AGREE_FRAC, AGREE_PX = 0.5, 1.0
#: Points that are this near to what others do have half their weight and less: of a moved shadow nothing is left, px of the small picture.
CLOSE_PX = 0.15
#: Fewer points than this beside the person say nothing.
MIN_POINTS = 6
#: From this shift of the picture, % of its width, that lasts so long, s, the camera counts as moved; below: nothing is said.
MOVED_PCT, LASTING_S = 1.2, 0.2
#: A picture that never shifts by more than this, % of its width, stands still; what is measured then is noise.
STANDS_PCT = 0.2
#: From this shift on, % of the width, another perspective leaves more than the shift that is taken out.
TOO_FAR_PCT = 8.0
#: When the picture cannot be held against the last one for so long, it is given up and a new one is taken, s.
GIVE_UP_S = 1.0
#: With a smaller share of judged pictures the motion is not known well enough to be taken out.
MOSTLY_JUDGED = 0.9
#: How far a frame may be from a picture in which the motion was judged, s.
JUDGED_WITHIN_S = 0.25
#: A new reference picture is taken when the picture has moved this far, or so many points are lost, from the last one.
REANCHOR_PCT, REANCHOR_POINTS_FRAC = 6.0, 0.25

_GRID = (4, 6)
_POINTS_MAX = 90
_LK_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03)
_BACK_PX = 0.5
_SURROUNDINGS_PX = 21
_SETTLING_STEPS = 4
#: How firmly size and turn are held to the last ones, px2: points that all lie in one corner tell little of them.
_HOLD_PX2 = 1500.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class CameraMotion:
    """What was seen of the camera's motion.

    Attributes
    ----------
    time_s
        ``(m,)`` times of the samples, s.
    corners_pct
        ``(m, 4, 2)`` where the four corners of the first picture lie, % of picture width; NaN where it could not be judged.
    piece
        ``(m,)`` how often the background had been lost before: only within a piece is it known how the picture moved.
    """

    time_s: FloatArray
    corners_pct: FloatArray
    piece: NDArray[np.int64]

    def during(self, start_s: float, end_s: float) -> CameraMotion:
        """Return the part of the motion from ``start_s`` to ``end_s``."""
        inside = (self.time_s >= start_s) & (self.time_s <= end_s)
        return CameraMotion(self.time_s[inside], self.corners_pct[inside], self.piece[inside])

    @property
    def shift_pct(self) -> FloatArray:
        """``(m,)`` mean shift of the corners since the first sample that could be judged, % of picture width."""
        judged = np.flatnonzero(np.isfinite(self.corners_pct).all(axis=(1, 2)))
        if not len(judged):
            return np.full(len(self.time_s), np.nan)
        moved = self.corners_pct - self.corners_pct[judged[0]]
        return np.asarray(np.linalg.norm(moved, axis=2).mean(axis=1), dtype=np.float64)

    @property
    def judged_frac(self) -> float:
        """Share of the samples that could be judged."""
        return float(np.isfinite(self.shift_pct).mean()) if len(self.time_s) else 0.0

    @property
    def largest_pct(self) -> float:
        """Largest shift that lasted, % of picture width; 0 when none could be judged."""
        lasting = self._lasting()
        return float(lasting.max()) if len(lasting) else 0.0

    def began_s(self, limit_pct: float = MOVED_PCT) -> float | None:
        """Return when the shift first passed the limit for as long as counts, s; None when it never did."""
        over = np.flatnonzero(self._lasting() > limit_pct)
        judged = self.time_s[np.isfinite(self.shift_pct)]
        return float(judged[over[0]]) if len(over) else None

    def _lasting(self) -> FloatArray:
        shift = self.shift_pct
        judged = shift[np.isfinite(shift)]
        step_s = float(np.median(np.diff(self.time_s))) if len(self.time_s) > 1 else LASTING_S
        count = 1 + max(1, round(LASTING_S / step_s))
        if len(judged) < count:
            return np.zeros(0)
        return np.asarray(np.lib.stride_tricks.sliding_window_view(judged, count).min(axis=1))

    def path(self, time_s: FloatArray, size_px: tuple[int, int]) -> CameraPath:
        """Return how the background lies in every frame.

        Parameters
        ----------
        time_s
            ``(n,)`` times of the frames, s.
        size_px
            Width and height of their pictures.

        Returns
        -------
        CameraPath
            Level; exactly still where nothing but noise was seen. Frames far from a judged picture are unknown.
        """
        good = self._main_piece()
        n = len(time_s)
        if not good.any():
            unknown = np.full(n, np.nan)
            return CameraPath(unknown, unknown, unknown, unknown)
        from_s = self.time_s[good]
        values = _similarity(self.corners_pct[good], size_px)
        if _stands(self.corners_pct[good]):
            values = np.tile([1.0, 0.0, 0.0, 0.0], (len(from_s), 1))
        known = _is_near(time_s, from_s, self.corners_pct[good])
        scale, turn, right, down = (np.where(known, np.interp(time_s, from_s, v), np.nan) for v in values.T)
        return CameraPath(scale, turn, right, down)

    def _main_piece(self) -> NDArray[np.bool_]:
        """``(m,)`` samples that could be judged, of the piece that has most of them."""
        judged = np.asarray(np.isfinite(self.corners_pct).all(axis=(1, 2)))
        if not judged.any():
            return judged
        return np.asarray(judged & (self.piece == np.bincount(self.piece[judged]).argmax()))


def _similarity(corners_pct: FloatArray, size_px: tuple[int, int]) -> FloatArray:
    """Return ``(m, 4)`` scale, clockwise turn (degrees), shift of the middle to the right and down (px) of the picture's corners."""
    width, height = size_px
    top = corners_pct[:, 1] - corners_pct[:, 0]
    shift = corners_pct.mean(axis=1) - np.array([50.0, 50.0 * height / width])
    turn = np.degrees(np.unwrap(np.arctan2(top[:, 1], top[:, 0])))
    return np.column_stack([np.hypot(top[:, 0], top[:, 1]) / 100.0, turn, shift * width / 100.0])


def _stands(corners_pct: FloatArray) -> bool:
    return float(np.linalg.norm(corners_pct - corners_pct[0], axis=2).mean(axis=1).max()) < STANDS_PCT


def _is_near(time_s: FloatArray, from_s: FloatArray, corners_pct: FloatArray) -> NDArray[np.bool_]:
    """``(n,)`` frames near a judged sample, or between two in which the picture lies alike: a camera that was not moved meanwhile."""
    after = np.clip(np.searchsorted(from_s, time_s), 1, max(1, len(from_s) - 1))
    after = np.minimum(after, len(from_s) - 1)
    before = np.maximum(after - 1, 0)
    alike = np.linalg.norm(corners_pct[after] - corners_pct[before], axis=2).mean(axis=1) < STANDS_PCT
    between = (time_s >= from_s[before]) & (time_s <= from_s[after])
    near = np.minimum(np.abs(time_s - from_s[before]), np.abs(time_s - from_s[after])) <= JUDGED_WITHIN_S
    return np.asarray(near | (between & alike))


@dataclass
class _Reference:
    """The picture that later ones are held against."""

    gray: NDArray[np.uint8]
    points: NDArray[np.float32]
    guess: NDArray[np.float32]
    #: similarity from the first picture to this one, and from this one to the last that was held against it
    base: FloatArray = field(default_factory=lambda: np.eye(3))
    last: FloatArray = field(default_factory=lambda: np.eye(3))


class CameraMotionDetector:
    """Follows the background through a clip; feed it every frame, it looks at some of them.

    Parameters
    ----------
    sample_hz
        Pictures looked at a second.
    """

    def __init__(self, sample_hz: float = SAMPLE_HZ) -> None:
        self._interval_s = 1.0 / sample_hz
        self._due_s = -math.inf
        self._reference: _Reference | None = None
        self._times: list[float] = []
        self._corners: list[FloatArray] = []
        self._pieces: list[int] = []
        self._lost, self._failed = 0, 0

    def update(self, frame: Frame, person_box_px: Box | None) -> None:
        """Look at a frame, when it is time for one and the person is known: what the person does is no motion of the camera.

        Parameters
        ----------
        frame
            Next frame of the clip; its size must not change within a clip.
        person_box_px
            ``(left, top, right, bottom)`` of the person in the frame's pixels, left out of the background; None when unknown.
        """
        if person_box_px is None or frame.time_s < self._due_s:
            return
        self._due_s = frame.time_s + 0.9 * self._interval_s
        gray, scale = _shrink(frame.image)
        box = _scaled(person_box_px, scale)
        self._times.append(frame.time_s)
        if self._reference is None:
            self._reference = _start_reference(gray, box, np.eye(3))
            self._corners.append(_corners_pct(np.eye(3), gray))
        else:
            self._corners.append(self._follow(gray, box))
        self._pieces.append(self._lost)

    @property
    def motion(self) -> CameraMotion:
        """What has been seen so far."""
        corners = np.asarray(self._corners, dtype=np.float64).reshape(-1, 4, 2)
        return CameraMotion(
            np.asarray(self._times, dtype=np.float64), corners, np.asarray(self._pieces, dtype=np.int64)
        )

    def notice(self, start_s: float = -math.inf, end_s: float = math.inf) -> Notice | None:
        """Return what to tell of the camera's motion, or None when it stood still or could not be judged.

        ``camera_steadied`` when the motion was judged throughout and taken out of the readings; ``camera_moved`` when it was lost
        on the way, or is so large that the perspective changed with it: then something of it is left.

        Parameters
        ----------
        start_s, end_s
            Stretch of the clip that counts, s: often the phone is touched only to start and stop the recording.
        """
        motion = self.motion.during(start_s, end_s)
        began = motion.began_s()
        if began is None:
            return None
        # a stretch in which the background was lost may hide more
        bound = "up to" if motion.judged_frac == 1.0 else "at least"
        seen = f"The camera moved: the picture shifts by {bound} {motion.largest_pct:.1f} % of its width, first at {began:.1f} s."
        if motion.judged_frac >= MOSTLY_JUDGED and motion.largest_pct < TOO_FAR_PCT:
            return Notice(
                "camera_steadied", f"{seen} This was taken out of the readings. A phone on a stand measures better."
            )
        return Notice(
            "camera_moved",
            f"{seen} Put the phone on a stand: positions and angles to the vertical are less certain.",
        )

    def _follow(self, gray: NDArray[np.uint8], box: Box) -> FloatArray:
        """Return where the first picture's corners lie now, ``(4, 2)`` % of width, NaN when it cannot be determined."""
        reference = self._reference
        assert reference is not None
        found, kept = _track(reference, gray, box)
        size = (gray.shape[1], gray.shape[0])
        step = _common_motion(reference.points[kept], found[kept], size, reference.last)
        self._failed = 0 if step is not None else self._failed + 1
        if step is None:
            if self._failed > GIVE_UP_S / self._interval_s:
                self._failed = 0
                self._reference = _start_reference(gray, box, reference.base)
                self._lost += 1
            return np.full((4, 2), np.nan)
        reference.last = step
        # points behind the person come back where the background has gone meanwhile
        reference.guess = np.asarray(cv2.transform(reference.points[None], step[:2])[0], dtype=np.float32)
        total = step @ reference.base
        moved_pct = np.linalg.norm(_corners_pct(step, gray) - _corners_pct(np.eye(3), gray), axis=1).mean()
        if moved_pct > REANCHOR_PCT or kept.mean() < REANCHOR_POINTS_FRAC:
            self._reference = _start_reference(gray, box, total)
        return _corners_pct(total, gray)


def _shrink(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """Return a small gray picture without differences in brightness between regions, and its scale."""
    height, width = image.shape[:2]
    scale = min(1.0, SHORT_SIDE_PX / min(height, width))
    size = (round(width * scale), round(height * scale))
    gray = make_thumbnail(image, size, every=max(1, int(1 / (1.5 * scale))))
    # automatic exposure changes the brightness of everything at once
    gain = 110.0 / max(float(cv2.mean(gray)[0]), 1.0)
    gray = np.asarray(cv2.convertScaleAbs(gray, alpha=gain), dtype=np.uint8)
    # what is left of it, and the person's shadow, change it by regions: only what stands out from its surroundings is followed
    around = cv2.blur(gray, (_SURROUNDINGS_PX, _SURROUNDINGS_PX))
    return np.asarray(cv2.addWeighted(gray, 1.0, around, -1.0, 128.0), dtype=np.uint8), scale


def _scaled(box: Box, scale: float) -> Box:
    left, top, right, bottom = (v * scale for v in box)
    pad = 0.05 * max(right - left, bottom - top)
    return (left - pad, top - pad, right + pad, bottom + pad)


def _start_reference(gray: NDArray[np.uint8], box: Box, base: FloatArray) -> _Reference:
    mask = np.full(gray.shape, 255, np.uint8)
    left, top, right, bottom = (max(0, int(v)) for v in box)
    mask[top:bottom, left:right] = 0
    corners = cv2.goodFeaturesToTrack(gray, _POINTS_MAX, qualityLevel=0.004, minDistance=7, mask=mask)
    points = np.zeros((0, 2), np.float32) if corners is None else corners.reshape(-1, 2).astype(np.float32)
    return _Reference(gray, points, points.copy(), base)


def _track(reference: _Reference, gray: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return ``(n, 2)`` places of the reference's points in this picture, and which of them can be trusted."""
    n = len(reference.points)
    if n == 0:
        return reference.points, np.zeros(0, np.bool_)
    found, seen = _flow(reference.gray, gray, reference.points, reference.guess)
    back, seen_back = _flow(gray, reference.gray, found, reference.points)
    error = np.linalg.norm(back - reference.points, axis=1)
    left, top, right, bottom = box
    x, y = found[:, 0], found[:, 1]
    on_person = (x > left) & (x < right) & (y > top) & (y < bottom)
    return found, seen & seen_back & (error < _BACK_PX) & ~on_person


def _flow(
    before: NDArray[np.uint8], after: NDArray[np.uint8], points: NDArray[np.float32], guess: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Follow points from one picture to another, starting from a guess."""
    found, seen, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, guess.copy(),
        winSize=(13, 13), maxLevel=3, criteria=_LK_STOP, flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )  # fmt: skip
    return np.asarray(found, dtype=np.float32), np.asarray(seen).ravel() == 1


def _common_motion(
    before: NDArray[np.float32], after: NDArray[np.float32], size: tuple[int, int], last: FloatArray
) -> FloatArray | None:
    """Return the ``(3, 3)`` similarity that the background follows, None when the points do not tell; ``last`` is the one before."""
    if len(before) < MIN_POINTS:
        return None
    still = np.linalg.norm(after - before, axis=1) < STILL_PX
    if still.mean() >= STILL_FRAC and _cells(before[still], size) >= SPREAD_FRAC * _cells(before, size):
        # measure what is left below the limit, so that a slow drift is not lost when the reference changes
        before, after = before[still], after[still]
    matrix, agree = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=AGREE_PX)
    if matrix is None:
        return None
    inliers = agree.ravel() == 1
    if inliers.mean() < AGREE_FRAC or inliers.sum() < MIN_POINTS:
        return None
    return _settle(before[inliers], after[inliers], np.vstack([matrix, [0.0, 0.0, 1.0]]), last)


def _settle(before: NDArray[np.float32], after: NDArray[np.float32], rough: FloatArray, last: FloatArray) -> FloatArray:
    """Return the similarity on which the largest group of points agrees closely: a shadow that moves with the person does not pull at it.

    Begun from the rough one and from the last one; the one that more points follow to a fraction of a pixel is taken.
    """
    found = [_reweigh(before, after, start, last) for start in (last, rough)]
    return max(found, key=lambda each: float(each[1].sum()))[0]


def _reweigh(
    before: NDArray[np.float32], after: NDArray[np.float32], matrix: FloatArray, last: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the similarity that points follow which are near the given one, ``(3, 3)``, and each point's weight ``(n,)``."""
    middle = before.mean(axis=0, dtype=np.float64)
    x, y = (before - middle).T.astype(np.float64)
    one, none = np.ones_like(x), np.zeros_like(x)
    # x' = a x - b y + c, y' = b x + a y + d
    design = np.concatenate([np.column_stack([x, -y, one, none]), np.column_stack([y, x, none, one])])
    seen = after.T.reshape(-1).astype(np.float64)
    hold = np.diag([_HOLD_PX2, _HOLD_PX2, 1e-9, 1e-9])
    for _ in range(_SETTLING_STEPS):
        there = before @ matrix[:2, :2].T + matrix[:2, 2]
        weight = 1.0 / (1.0 + (np.linalg.norm(after - there, axis=1) / CLOSE_PX) ** 2) ** 2
        twice = np.tile(weight, 2)[:, None] * design
        a, b, c, d = np.linalg.solve(
            twice.T @ design + hold, twice.T @ seen + hold @ (last[0, 0], last[1, 0], 0.0, 0.0)
        )
        turn = np.array([[a, -b], [b, a]])
        matrix = np.eye(3)
        matrix[:2, :2], matrix[:2, 2] = turn, np.array([c, d]) - turn @ middle
    return matrix, np.asarray(weight)


def _cells(points: NDArray[np.float32], size: tuple[int, int]) -> int:
    """Return in how many cells of a coarse grid over the picture there are points."""
    columns, rows = _GRID
    x = np.clip(points[:, 0] * columns / size[0], 0, columns - 1).astype(int)
    y = np.clip(points[:, 1] * rows / size[1], 0, rows - 1).astype(int)
    return len(set(zip(x.tolist(), y.tolist(), strict=True)))


def _corners_pct(matrix: FloatArray, gray: NDArray[np.uint8]) -> FloatArray:
    """Return ``(4, 2)`` places of the picture's corners after a similarity, % of picture width."""
    height, width = gray.shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], dtype=np.float64)
    return np.asarray((corners @ matrix.T)[:, :2] / width * 100, dtype=np.float64)


def box_of_points(points_xy_px: Sequence[Sequence[float]] | FloatArray) -> Box | None:
    """Return ``(left, top, right, bottom)`` around the finite points, None when there are none."""
    points = np.asarray(points_xy_px, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return (float(left), float(top), float(right), float(bottom))
