"""Repetitions while they happen, of whatever kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from movescreen.catalog.schema import MovementSpec
from movescreen.model import FloatArray, Repetition
from movescreen.repetitions.attempts import find_holds, find_jumps
from movescreen.repetitions.segmenter import RepetitionSegmenter, SegmenterSettings, segment_repetitions

#: What was over for so long is not added to any more, s.
_SETTLED_S = 0.3
#: So long after a foot was last up nothing can still be on its way to be counted: a landing takes less, s.
_QUIET_S = 3.0


class RepetitionCounter(Protocol):
    """Counts as it goes."""

    @property
    def under_way(self) -> bool:
        """True while a repetition has begun and is not finished."""

    def push(self, time_s: float, signals: Mapping[str, float]) -> list[Repetition]:
        """Take one frame's signals, those that the movement names as drivers; return the repetitions that it completed."""


def make_counter(spec: MovementSpec) -> RepetitionCounter:
    """Return what counts the repetitions of a movement."""
    return _Cycles(spec) if spec.reps.kind == "cycle" else _Attempts(spec)


def find_repetitions(spec: MovementSpec, time_s: FloatArray, drivers: Mapping[str, FloatArray]) -> list[Repetition]:
    """Return the repetitions of a whole clip, also those that are not complete.

    Parameters
    ----------
    time_s
        ``(n,)`` s.
    drivers
        Name -> ``(n,)``, of the signals that the movement names as drivers.
    """
    reps = spec.reps
    if reps.kind == "jump":
        clearance, body_rise = (drivers[name] for name in reps.drivers)
        return find_jumps(time_s, clearance, body_rise, reps.min_excursion)
    if reps.kind == "hold":
        return find_holds(time_s, drivers[reps.driver], reps.min_excursion, reps.min_duration_s)
    return segment_repetitions(time_s, drivers[reps.driver], segmenter_settings(spec))


def segmenter_settings(spec: MovementSpec) -> SegmenterSettings:
    """Return the segmenter's settings for a movement."""
    r = spec.reps
    return SegmenterSettings(
        r.min_excursion, r.return_fraction, min_duration_s=r.min_duration_s, max_duration_s=r.max_duration_s
    )


class _Cycles:
    def __init__(self, spec: MovementSpec) -> None:
        self._driver = spec.reps.driver
        self._segmenter = RepetitionSegmenter(segmenter_settings(spec))

    @property
    def under_way(self) -> bool:
        return self._segmenter.under_way

    def push(self, time_s: float, signals: Mapping[str, float]) -> list[Repetition]:
        return [rep for rep in self._segmenter.push(time_s, signals[self._driver]) if rep.complete]


class _Attempts:
    """Looks at all that was seen so far whenever something may be over: attempts are few and recordings short."""

    def __init__(self, spec: MovementSpec) -> None:
        self._spec = spec
        self._times: list[float] = []
        self._rows: list[list[float]] = []
        self._counted = 0
        self._active_s = -np.inf

    @property
    def under_way(self) -> bool:
        return bool(self._rows) and abs(self._rows[-1][0]) > self._spec.reps.min_excursion

    def push(self, time_s: float, signals: Mapping[str, float]) -> list[Repetition]:
        self._times.append(time_s)
        self._rows.append([signals[name] for name in self._spec.reps.drivers])
        if self.under_way:
            self._active_s = time_s
        if self.under_way or time_s - self._active_s > _QUIET_S:
            return []
        columns = np.array(self._rows, dtype=float).T
        drivers = dict(zip(self._spec.reps.drivers, columns, strict=True))
        found = find_repetitions(self._spec, np.array(self._times), drivers)
        settled = [rep for rep in found if rep.complete and rep.end_s < time_s - _SETTLED_S]
        new, self._counted = settled[self._counted :], max(self._counted, len(settled))
        return new
