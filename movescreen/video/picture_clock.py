"""The clock held against the pictures: pictures that stand while time runs, doubled ones, and ones in the wrong order.

Time stamps may be even and yet tell nothing: screen recordings write pictures twice, streams repeat the last picture while the
connection hangs, converters stretch time. Small gray pictures are compared with the ones before them. Somebody who stands still
gives equal pictures as well, but comes to rest and starts again by degrees; a picture that stands breaks off a motion and jumps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movescreen.model import BoolArray, FloatArray, Frame, Notice, PoseSequence
from movescreen.thumbnail import make_thumbnail

#: Width of the small gray picture, px.
_WIDTH_PX = 48
#: Mean difference of gray levels below which two pictures are equal, and share of the clip's motion that counts as none, too.
_EQUAL, _EQUAL_SHARE = 0.12, 0.06
#: The clip's motion is this percentile of the differences; it must be this much for anything to be said, gray levels.
_MOTION_PERCENTILE, _LEAST_MOTION = 90.0, 0.55
#: A picture stands when it stays for so long, s, and motion of this share of the clip's breaks off before it and goes on after it, ...
_STANDS_S, _BREAKS_OFF = 0.28, 0.3
#: ... or the picture after it leaps by so many times the clip's motion: the person went on behind it.
_LEAPS = 2.5
#: Around a frame the pictures move when the largest difference within so many s is this share of the clip's motion.
_AROUND_S, _MOVES = 0.15, 0.3
#: Below this share of different pictures while somebody moves, doubled ones are told.
_DOUBLED = 0.7
#: A picture much nearer to the one before the last than the steps between them are long (by this factor) goes back; told when this
#: share of them does, and only at a rate (Hz) at which no body turns round within two pictures.
_GOES_BACK, _EXCHANGED, _LEAST_FPS = 0.75, 0.25, 20.0

#: Name of the reading in :attr:`movescreen.model.PoseSequence.extras`: share of pictures around a frame that differ from the one before.
DIFFERENT_PICTURES = "different_pictures"


@dataclass(frozen=True)
class PictureTiming:
    """What the pictures say of the clock.

    Attributes
    ----------
    stands
        ``(n,)`` frames that show an earlier moment because the picture stands.
    spans_s
        Start and end of each stretch in which it stands, s.
    different
        ``(n,)`` share of different pictures around a frame while somebody moves, NaN elsewhere.
    exchanged
        Share of the pictures in motion that are in the wrong order.
    """

    stands: BoolArray
    spans_s: tuple[tuple[float, float], ...]
    different: FloatArray
    exchanged: float

    @property
    def share(self) -> float:
        """Share of the pictures that differ from the one before while somebody moves; 1 when nothing moves."""
        seen = self.different[np.isfinite(self.different)]
        return float(np.median(seen)) if seen.size else 1.0

    def notices(self, fps: float) -> tuple[Notice, ...]:
        """Return what the reader of a result must know; ``fps`` is the rate of the frames that were looked at, Hz."""
        found = []
        if self.spans_s:
            longest = max(self.spans_s, key=lambda span: span[1] - span[0])
            times = f" ({len(self.spans_s)} times in all)" if len(self.spans_s) > 1 else ""
            text = f"The picture stands for {longest[1] - longest[0]:.1f} s at {longest[0]:.1f} s while time runs on{times}; these stretches are not measured."
            found.append(Notice("picture_stands", text))
        if self.share < _DOUBLED:
            text = f"Pictures are doubled: of {fps:.0f} frames a second only about {self.share * fps:.0f} differ. The errors of times count the different ones only. If the clip was slowed down, every time in it is too long: use the original."
            found.append(Notice("pictures_doubled", text))
        if self.exchanged > _EXCHANGED:
            text = (
                "Pictures are in the wrong order: the motion jumps back and forth. Use the file as the camera wrote it."
            )
            found.append(Notice("pictures_exchanged", text, ("all",)))
        return tuple(found)


class PictureClock:
    """Compares each frame of a clip with the two before it; feed it all frames in order."""

    def __init__(self) -> None:
        self._last: list[NDArray[np.int16]] = []
        self._index: list[int] = []
        self._time_s: list[float] = []
        self._steps: list[tuple[float, float]] = []

    def update(self, frame: Frame) -> None:
        """Look at the next frame."""
        small = _shrink(frame)
        before = [_difference(small, old) for old in reversed(self._last)]
        self._steps.append((before[0] if before else np.nan, before[1] if len(before) > 1 else np.nan))
        self._last = [*self._last[-1:], small]
        self._index.append(frame.index)
        self._time_s.append(frame.time_s)

    def judge(self) -> PictureTiming:
        """Return what all frames so far say."""
        n, time_s = len(self._time_s), np.asarray(self._time_s)
        nothing = PictureTiming(np.zeros(n, dtype=bool), (), np.full(n, np.nan), 0.0)
        if n < 5:
            return nothing
        step, two = np.asarray(self._steps).T
        motion = float(np.nanpercentile(step, _MOTION_PERCENTILE))
        if motion < _LEAST_MOTION:
            return nothing
        equal = step < max(_EQUAL, _EQUAL_SHARE * motion)
        stands, spans = _find_stands(time_s, step, equal, motion)
        moving = _is_moving(time_s, np.where(stands, 0.0, step), _MOVES * motion) & ~stands
        different = np.array([np.mean(~equal[_near(time_s, i)]) if moving[i] else np.nan for i in range(n)])
        if np.isfinite(different).any() and np.nanmedian(different) >= _DOUBLED:
            different = np.where(np.isfinite(different), 1.0, np.nan)  # the ends of motions, no doubled pictures
        back = moving[2:] & (two[2:] < _GOES_BACK * np.maximum(step[2:], step[1:-1])) & ~equal[2:] & ~equal[1:-1]
        slow = np.median(np.diff(time_s)) > 1.0 / _LEAST_FPS
        exchanged = 0.0 if slow else float(back.sum() / max(1, moving.sum()))
        return PictureTiming(stands, spans, different, exchanged)

    def apply(self, poses: PoseSequence) -> tuple[PoseSequence, tuple[Notice, ...]]:
        """Return the poses without those of standing pictures, with the share of different ones, and what must be told."""
        timing = self.judge()
        row = {index: i for i, index in enumerate(self._index)}
        at = np.array([row.get(int(index), -1) for index in poses.frame_index], dtype=int)
        known = at >= 0
        stands = known & timing.stands[at]
        different = np.where(known, timing.different[at], np.nan)
        out = stands[:, None, None]
        kept = poses.with_points(
            np.where(out, np.nan, poses.image_xy_px), np.where(out, np.nan, poses.world_xyz_m)
        )  # fmt: skip
        steps = np.diff(self._time_s)
        fps = 1.0 / float(np.median(steps)) if len(steps) else 0.0
        return replace(kept, extras={**poses.extras, DIFFERENT_PICTURES: different}), timing.notices(fps)


def _shrink(frame: Frame) -> NDArray[np.int16]:
    height, width = frame.image.shape[:2]
    size = (_WIDTH_PX, max(1, round(_WIDTH_PX * height / width)))
    return make_thumbnail(frame.image, size, every=max(1, width // (3 * _WIDTH_PX))).astype(np.int16)


def _difference(small: NDArray[np.int16], old: NDArray[np.int16]) -> float:
    """Return the mean difference of gray levels, without that of the whole picture: exposure is no motion."""
    change = small - old
    return float(np.abs(change - np.median(change)).mean())


def _find_stands(
    time_s: FloatArray, step: FloatArray, equal: BoolArray, motion: float
) -> tuple[BoolArray, tuple[tuple[float, float], ...]]:
    """Return the frames of standing pictures, without the first that is shown in time, and the stretches, s."""
    stands, spans = np.zeros(len(step), dtype=bool), []
    edges = np.diff(np.concatenate([[0], equal.astype(int), [0]]))
    for first, after in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        if first < 2 or after >= len(step) or time_s[after] - time_s[first - 1] < _STANDS_S:
            continue
        breaks_off = step[first - 1] > _BREAKS_OFF * motion and step[after] > _BREAKS_OFF * motion
        if breaks_off or step[after] > _LEAPS * motion:
            stands[first:after] = True
            spans.append((float(time_s[first - 1]), float(time_s[after])))
    return stands, tuple(spans)


def _near(time_s: FloatArray, i: int) -> slice:
    first, last = np.searchsorted(time_s, [time_s[i] - _AROUND_S - 1e-6, time_s[i] + _AROUND_S + 1e-6])
    return slice(int(first), int(last))


def _is_moving(time_s: FloatArray, step: FloatArray, least: float) -> BoolArray:
    return np.array([np.nanmax(step[_near(time_s, i)], initial=0.0) > least for i in range(len(step))])
