"""Measure: what a test of power or balance gave, as one number with its error."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Attempts from which on their spread says something about the person.
SPREAD_ATTEMPTS = 3


@dataclass(frozen=True)
class Attempt:
    """One attempt's value.

    Attributes
    ----------
    rep
        Number of the repetition that it was read in.
    value, error
        In the measure's unit; the error is one standard deviation of the reading.
    at_least
        The attempt was still going on when it was last seen: the true value is no smaller.
    """

    rep: int
    value: float
    error: float
    at_least: bool = False


@dataclass(frozen=True)
class Measure:
    """One number that a clip gives beside its angles, for example a jump's height.

    Attributes
    ----------
    name
        Name in the movement's file.
    side
        ``left`` or ``right`` for a test of one leg, else empty.
    title, unit, digits
        How it is written.
    value
        Over the attempts, in the unit; NaN when it could not be measured.
    error
        Standard deviation of the error of ``value``: of the reading, and of taking few attempts for many.
    attempts
        The single values, in order.
    at_least
        The value is only a lower bound.
    reason
        Why there is no value.
    hand_test
        Name of the test by hand that it stands beside; empty when there is none.
    summary
        How the value was made of the attempts, in words.
    definition, error_from
        What is measured, and where the error is known from.
    """

    name: str
    side: str
    title: str
    unit: str
    digits: int
    value: float
    error: float
    attempts: tuple[Attempt, ...] = ()
    at_least: bool = False
    reason: str = ""
    hand_test: str = ""
    summary: str = ""
    definition: str = ""
    error_from: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) and not self.reason:
            raise ValueError(f"measure {self.name}: a missing value needs its reason")

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)
