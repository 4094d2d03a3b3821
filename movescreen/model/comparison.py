"""Readings held against each other and against published values."""

from __future__ import annotations

from dataclasses import dataclass

from movescreen.model.equality import ValueEquality
from movescreen.model.finding import Source
from movescreen.statistics import Sides


@dataclass(frozen=True, eq=False, kw_only=True)
class SideComparison(ValueEquality, Sides):
    """One signal, left against right: medians at the turn over the repetitions.

    Attributes
    ----------
    movement, signal, unit
        What was compared; the signal's name without side.
    title
        Everyday name of the signal.
    error
        Standard deviation of the error of ``left - right``, in ``unit``; NaN when not known.
    left_clip, right_clip
        Position in the screening of the clips they were read from.
    """

    movement: str
    signal: str
    title: str
    unit: str
    error: float
    left_clip: int
    right_clip: int


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
