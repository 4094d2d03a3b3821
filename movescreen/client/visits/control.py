"""Control within a set: how alike the repetitions are, and whether they drift, each held against the error of a reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from movescreen.catalog import Catalog, standard_error
from movescreen.client.visits.visit import TEMPO_SIGNALS, ClipRecord, Reading
from movescreen.statistics import is_beyond_error, mdc_of_sem

#: Fewer repetitions tell nothing about a trend.
MIN_REPS = 4


@dataclass(frozen=True, kw_only=True)
class SetControl:
    """One signal over the repetitions of a clip.

    Attributes
    ----------
    error
        Expected error of one reading against another one of the same clip, in the unit; NaN when not known.
    drift
        Change from the first to the last repetition along a straight line, in the unit; NaN for fewer than four.
    """

    clip: str
    movement: str
    reading: Reading
    error: float
    drift: float

    @property
    def detectable(self) -> float:
        """The smallest drift that is no chance, in the unit; NaN when not known."""
        return mdc_of_sem(self.error)

    @property
    def spread_text(self) -> str:
        """What the spread says."""
        if not math.isfinite(self.error):
            return "no known error to hold it against"
        return (
            "no more than the error of reading"
            if self.reading.spread <= self.error
            else "more than the error of reading"
        )

    @property
    def drift_text(self) -> str:
        """What the drift says."""
        if not math.isfinite(self.drift):
            return f"needs {MIN_REPS} repetitions"
        if not math.isfinite(self.detectable):
            return "no known error to hold it against"
        return "drifted over the set" if is_beyond_error(self.drift, self.detectable) else "no drift beyond the error"


def describe_control(clips: Sequence[ClipRecord], catalog: Catalog) -> tuple[SetControl, ...]:
    """Return spread and drift of every signal that at least three repetitions of a clip have; not of counts and measures."""
    out = []
    for clip in clips:
        for reading in clip.readings:
            if len(reading.reps) < 3 or reading.unit == "count" or reading.measure:
                continue
            error = _standard_error(reading, clip, catalog)
            drift = fit_drift(reading.reps) if len(reading.reps) >= MIN_REPS else math.nan
            out.append(
                SetControl(clip=clip.file, movement=clip.setup.movement, reading=reading, error=error, drift=drift)
            )
    return tuple(out)


def fit_drift(values: Sequence[float]) -> float:
    """Return the change from the first to the last value along the least-squares line, in the unit of the values."""
    middle = (len(values) - 1) / 2
    mean = fmean(values)
    steps = [i - middle for i in range(len(values))]
    slope = sum(s * (v - mean) for s, v in zip(steps, values, strict=True)) / sum(s * s for s in steps)
    return slope * (len(values) - 1)


def _standard_error(reading: Reading, clip: ClipRecord, catalog: Catalog) -> float:
    if clip.setup.raw:
        return math.nan
    if reading.signal in TEMPO_SIGNALS and reading.error is not None:
        return reading.error
    return standard_error(catalog, reading.signal, clip.setup.view, between="reps")
