"""What an evaluator may look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.catalog.schema import MovementSpec
from movescreen.model import KinematicSeries, Measure, Repetition, View, read_error, read_statistic

#: The driving signal may be missing for so long within a repetition that is timed, and so near to it, s.
_LONGEST_HOLE_S, _NEXT_S = 0.25, 0.15


#: Statistics that say how far something went.
_EXTREMES = ("max", "min")


@dataclass(frozen=True)
class ScreeningContext:
    """One clip, ready to be screened.

    Attributes
    ----------
    spec
        The movement.
    series
        Signals of the clip, with their errors.
    reps
        Complete repetitions (of a hold also those that were seen in part), with the values at their turn and their extremes filled in.
    view
        View decision.
    measures
        Numbers of power and balance that the clip gives.
    """

    spec: MovementSpec
    series: KinematicSeries
    reps: tuple[Repetition, ...]
    view: View
    measures: tuple[Measure, ...] = ()

    def unit_of(self, signal: str) -> str:
        """Return the unit of a signal, sided or not."""
        for name in (signal, f"{signal}_left"):
            if name in self.series.specs:
                return self.series.specs[name].unit
        return ""

    def value(self, signal: str, rep: Repetition, statistic: str) -> float:
        """Return a signal's value in a repetition; NaN when it could not be measured.

        Where the turn itself was not seen, nobody knows how far a movement went.
        """
        if signal not in self.series.values:
            return float("nan")
        values = self.series.values[signal]
        if statistic in _EXTREMES and not np.isfinite(read_statistic("turn", rep, self.series.time_s, values)):
            return float("nan")
        return read_statistic(statistic, rep, self.series.time_s, values)

    def error(self, signal: str, reps: Sequence[Repetition], value: float) -> float:
        """Return the standard deviation of the error of a value read in some repetitions; NaN when it is not known.

        That of the frames in which the signal comes nearest to the value, one in each repetition; the median of them.
        """
        return read_error(self.series, signal, reps, value)

    def can_be(self, signal: str, rep: Repetition, value: float) -> bool:
        """Return whether a value read in a repetition is, within twice its error, one that a body can have."""
        spec = self.series.specs.get(signal)
        if spec is None or spec.possible is None:
            return True
        low, high = spec.possible
        margin = 2.0 * np.nan_to_num(self.error(signal, [rep], value))
        return bool(low - margin <= value <= high + margin)

    def without_holes(self) -> tuple[Repetition, ...]:
        """Return the repetitions that were seen all the time: in and next to them is no gap, cut or standing picture.

        How long a repetition took, and how it compares with the others, is not told by one with a hole.
        """
        driver = self.series.values.get(self.spec.reps.driver)
        if driver is None or np.isfinite(driver).sum() < 2:
            return self.reps
        seen_s = self.series.time_s[np.isfinite(driver)]
        steps = np.diff(seen_s)
        longest = max(_LONGEST_HOLE_S, 2.5 * float(np.median(steps)))
        holes = [(seen_s[i], seen_s[i + 1]) for i in np.flatnonzero(steps > longest)]
        return tuple(
            r for r in self.reps if not any(a < r.end_s + _NEXT_S and b > r.start_s - _NEXT_S for a, b in holes)
        )

    def why_missing(self, signal: str) -> str:
        """Return why a signal has no value, in plain words."""
        return self.series.absent.get(signal, "the landmarks were not seen well enough at the turn")


def finite(values: list[float]) -> list[float]:
    """Return the values that were measured."""
    return [v for v in values if np.isfinite(v)]
