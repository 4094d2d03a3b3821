"""Readings held against each other and against published values."""

from __future__ import annotations

from dataclasses import dataclass

from movescreen.model.equality import ValueEquality
from movescreen.model.finding import Source

#: A difference of two readings is beyond chance (95 %) when it exceeds so many standard errors of the difference.
BEYOND_CHANCE = 1.96


@dataclass(frozen=True, eq=False, kw_only=True)
class SideComparison(ValueEquality):
    """One signal, left against right.

    Attributes
    ----------
    movement, signal, unit
        What was compared; the signal's name without side.
    left, right
        Medians at the turn over the repetitions, in ``unit``.
    error
        Standard deviation of the error of ``left - right``, in ``unit``; NaN when not known.
    lsi_pct
        Limb symmetry index: the lower side in percent of the higher one; NaN where a ratio means nothing.
    left_clip, right_clip
        Position in the screening of the clips they were read from.
    """

    movement: str
    signal: str
    unit: str
    left: float
    right: float
    error: float
    lsi_pct: float
    left_clip: int
    right_clip: int

    @property
    def difference(self) -> float:
        """Left minus right, in ``unit``."""
        return self.left - self.right

    @property
    def detectable(self) -> float:
        """Smallest difference that is more than chance at 95 %, in ``unit``; NaN when the error is not known."""
        return BEYOND_CHANCE * self.error

    @property
    def beyond_error(self) -> bool:
        """True when the difference is more than the error explains; False also when the error is not known."""
        return bool(abs(self.difference) > self.detectable)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReferenceReading(ValueEquality):
    """One reading and what is published about it.

    Attributes
    ----------
    movement, quantity, side
        What was measured: movement, name and title of the quantity, ``left``, ``right`` or empty.
    title
        The quantity in words.
    value, unit, measurement_error
        Median over the repetitions, its unit, one standard deviation of its error (NaN when unknown).
    clip
        Position of the clip in the screening.
    text
        What the norm says about it, one sentence.
    verdict
        Where it lies among people like the measured one; empty when the norm cannot say.
    source
        Where the norm is from.
    note
        What to know before comparing.
    """

    movement: str
    quantity: str
    side: str
    title: str
    value: float
    unit: str
    measurement_error: float
    clip: int
    text: str
    verdict: str
    source: Source
    note: str
