"""Repetitions from one driving signal, sample by sample.

The segmenter is a small state machine with hysteresis: it follows the signal's turning points and accepts a reversal only
when it is large enough. It never looks ahead, so a stream and a whole clip give the same repetitions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from movescreen.model import FloatArray, Repetition


@dataclass(frozen=True)
class SegmenterSettings:
    """When a change of the driving signal is a repetition.

    Attributes
    ----------
    min_excursion
        Smallest way down that starts a repetition, in the signal's unit.
    return_fraction
        Share of the way down that must be undone before the way up counts; smaller bounces belong to the same repetition.
    complete_fraction
        Share of the way down that must be undone for a repetition to be complete.
    onset_fraction
        The repetition starts and ends where the signal crosses this share of its excursion.
    plateau_fraction
        Samples within this share of the excursion from the peak belong to the turn.
    centre_fraction
        Samples within this share of the excursion from the peak decide the time of the turn.
    min_duration_s, max_duration_s
        Shorter or longer ones are not repetitions.
    max_gap_s
        A hole in the signal longer than this ends what is under way. It counts as a repetition only when its way up had been
        seen for the most part; otherwise nobody saw what happened.
    """

    min_excursion: float
    return_fraction: float = 0.5
    complete_fraction: float = 0.6
    onset_fraction: float = 0.08
    plateau_fraction: float = 0.05
    centre_fraction: float = 0.2
    min_duration_s: float = 0.6
    max_duration_s: float = 30.0
    max_gap_s: float = 0.5


class _State(Enum):
    TOP = "top"  # in the starting posture, or on the way down but not far enough yet
    DOWN = "down"  # far enough down; the deepest point is still moving
    RISING = "rising"  # on the way up, not back in the starting posture yet


class RepetitionSegmenter:
    """Turns samples of a driving signal into repetitions.

    The driving signal is low in the starting posture and grows with depth. Feed samples in time order with :meth:`push`; each
    call returns the repetitions that were completed by it. :meth:`finish` returns what the end of the stream decides.
    """

    def __init__(self, settings: SegmenterSettings) -> None:
        self.settings = settings
        self._count = 0
        self._reset()

    def _reset(self) -> None:
        self._state = _State.TOP
        self._samples: deque[tuple[float, float]] = deque()
        self._valley = (0.0, float("inf"))  # time and value of the lowest point before the way down
        self._peak = (0.0, float("-inf"))
        self._low = (0.0, float("inf"))  # lowest point since the peak
        self._last_time: float | None = None

    @property
    def under_way(self) -> bool:
        """True while a repetition has begun and is not finished."""
        return self._state is not _State.TOP

    def push(self, time_s: float, value: float) -> list[Repetition]:
        """Take one sample; NaN means not measured. Returns finished repetitions (none or one)."""
        if not np.isfinite(value):
            return []
        out: list[Repetition] = []
        if self._last_time is not None and time_s - self._last_time > self.settings.max_gap_s:
            out = self._close(only_complete=True)
            self._reset()
        self._last_time = time_s
        self._samples.append((time_s, value))
        if self._state is _State.TOP:
            self._at_top(time_s, value)
        elif self._state is _State.DOWN:
            self._going_down(time_s, value)
        if self._state is _State.RISING:
            out += self._rising(time_s, value)
        return out

    def finish(self) -> list[Repetition]:
        """End the stream: a repetition under way is returned when enough of it was seen, as incomplete if need be."""
        out = self._close()
        self._reset()
        return out

    def _at_top(self, time_s: float, value: float) -> None:
        if value <= self._valley[1]:
            self._valley = (time_s, value)
        oldest = time_s - self.settings.max_duration_s
        while len(self._samples) > 2 and self._samples[0][0] < oldest:
            self._samples.popleft()
        if self._valley[0] < self._samples[0][0]:  # the old standing level has left the memory: find it again
            self._valley = min(self._samples, key=lambda s: s[1])
        if value - self._valley[1] >= self.settings.min_excursion:
            self._state = _State.DOWN
            self._peak = (time_s, value)

    def _going_down(self, time_s: float, value: float) -> None:
        if value > self._peak[1]:
            self._peak = (time_s, value)
        elif self._peak[1] - value >= self.settings.return_fraction * self._excursion():
            self._state = _State.RISING
            self._low = (time_s, value)

    def _rising(self, time_s: float, value: float) -> list[Repetition]:
        if value < self._low[1]:
            self._low = (time_s, value)
        back = value <= self._valley[1] + self.settings.onset_fraction * self._excursion()
        again = value - self._low[1] >= max(self.settings.min_excursion, 0.15 * self._excursion())
        if not (back or again):
            return []
        out = self._emit(end_known=True)
        cut = self._low[0]
        self._samples = deque(s for s in self._samples if s[0] >= cut)
        self._valley = self._low
        self._state = _State.TOP
        if again:
            self._state, self._peak = _State.DOWN, (time_s, value)
        return out

    def _excursion(self) -> float:
        return self._peak[1] - self._valley[1]

    def _close(self, *, only_complete: bool = False) -> list[Repetition]:
        if self._state is _State.TOP:
            return []
        return self._emit(end_known=False, only_complete=only_complete)

    def _emit(self, *, end_known: bool, only_complete: bool = False) -> list[Repetition]:
        s = self.settings
        time, value = np.array(self._samples, dtype=float).T
        top, low, exc = int(np.argmin(np.abs(time - self._peak[0]))), self._valley[1], self._excursion()
        start = _onset(time, value, top, low, s.onset_fraction)
        after = self._low[1] if self._state is _State.RISING else value[top:].min()
        undone = (self._peak[1] - after) / exc
        complete = undone >= s.complete_fraction
        # where the way up ended: back at the old level, or at the new one when the person stopped short of it
        returned = after <= low + s.onset_fraction * exc
        base = low if returned else after
        end = _crossing_after(
            time, value, top, base + s.onset_fraction * (self._peak[1] - base) if undone > 0.2 else -np.inf
        )
        if (only_complete and not complete) or (not end_known and not self._was_held(time, value, top)):
            return []
        turn_start, turn_end = _plateau(time, value, top, s.plateau_fraction * exc)
        turn = _centre_of_turn(time, value, top, s.centre_fraction * exc)
        if not start < turn < end or not s.min_duration_s <= end - start <= s.max_duration_s:
            return []
        self._count += 1
        return [
            Repetition(
                number=self._count,
                start_s=start,
                turn_s=turn,
                end_s=end,
                complete=bool(complete),
                excursion=float(exc),
                turn_start_s=turn_start,
                turn_end_s=turn_end,
            )
        ]

    def _was_held(self, time: FloatArray, value: FloatArray, top: int) -> bool:
        """Tell whether the deepest point was reached, rather than the recording ending on the way down."""
        return bool(time[-1] - time[top] >= 0.1 and value[-1] <= self._peak[1])


def segment_repetitions(
    time_s: Iterable[float], values: Iterable[float], settings: SegmenterSettings
) -> list[Repetition]:
    """Return the repetitions of a whole signal by feeding it to a :class:`RepetitionSegmenter`.

    Parameters
    ----------
    time_s, values
        ``(n,)`` seconds and driving signal; NaN where not measured.
    """
    segmenter = RepetitionSegmenter(settings)
    out: list[Repetition] = []
    for t, v in zip(time_s, values, strict=True):
        out += segmenter.push(float(t), float(v))
    return out + segmenter.finish()


def _crossing_before(time: FloatArray, value: FloatArray, top: int, level: float) -> float:
    below = np.flatnonzero(value[:top] <= level)
    if not below.size:
        return float(time[0])
    i = int(below[-1])
    return _interpolate(time, value, i, i + 1, level)


def _onset(time: FloatArray, value: FloatArray, top: int, low: float, fraction: float) -> float:
    """Return when the way down began.

    The level before it is looked for only as far back as the way down is long: posture drifts while people stand, and an old
    lowest point would date the start too early.
    """
    half = _crossing_before(time, value, top, low + 0.5 * (value[top] - low))
    full = _crossing_before(time, value, top, low + 0.95 * (value[top] - low))
    near = (time >= half - 1.3 * (full - half) - 0.3) & (time <= half)
    base = float(value[near].min()) if near.any() else low
    return _crossing_before(time, value, top, base + fraction * (value[top] - base))


def _crossing_after(time: FloatArray, value: FloatArray, top: int, level: float) -> float:
    below = np.flatnonzero(value[top:] <= level)
    if not below.size:
        return float(time[-1])
    i = top + int(below[0])
    return _interpolate(time, value, i - 1, i, level)


def _interpolate(time: FloatArray, value: FloatArray, i: int, j: int, level: float) -> float:
    rise = value[j] - value[i]
    share = (level - value[i]) / rise if abs(rise) > 1e-12 else 0.0
    return float(time[i] + np.clip(share, 0.0, 1.0) * (time[j] - time[i]))


def _plateau(time: FloatArray, value: FloatArray, top: int, depth: float) -> tuple[float, float]:
    """Return the first and last time of the stretch around the peak that stays within ``depth`` of it."""
    near = value >= value[top] - depth
    first = top
    while first > 0 and near[first - 1]:
        first -= 1
    last = top
    while last < len(value) - 1 and near[last + 1]:
        last += 1
    return float(time[first]), float(time[last])


def _centre_of_turn(time: FloatArray, value: FloatArray, top: int, depth: float) -> float:
    """Return the centre of the turn: the mean time around the peak, each sample weighted by how deep and how long it is.

    The time of the single highest sample would jump about on a held bottom; the centre does not.
    """
    first, last = _plateau(time, value, top, depth)
    inside = (time >= first) & (time <= last)
    weight = (value[inside] - (value[top] - depth)) * np.gradient(time)[inside] if len(time) > 1 else np.ones(1)
    total = float(weight.sum())
    return float((weight * time[inside]).sum() / total) if total > 0 else float(time[top])
