"""Measure: what a test of power or balance gave, as one number with its error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median, stdev
from typing import Literal

from movescreen.model.equality import ValueEquality

#: How a value is made of attempts: the middle one, the longest one, or all of them as one set.
Summary = Literal["median", "longest", "whole_set"]
_SUMMARY_WORDS = {"median": "middle of the attempts", "longest": "longest attempt", "whole_set": "the set as a whole"}

#: Attempts from which on their spread says something about the person.
SPREAD_ATTEMPTS = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Attempt(ValueEquality):
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Measure(ValueEquality):
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
    how
        How the value was made of the attempts.
    definition, error_from, note
        What is measured, where the error is known from, and what to know before using it.
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
    how: Summary = "median"
    definition: str = ""
    error_from: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) and not self.reason:
            raise ValueError(f"measure {self.name}: a missing value needs its reason")

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)

    @property
    def label(self) -> str:
        """Title, with the side."""
        return f"{self.title}, {self.side}" if self.side else self.title

    @property
    def summary(self) -> str:
        """How the value was made of the attempts, in words."""
        if self.how == "whole_set" and len(self.attempts) > 1:
            return "middle of the sets"
        return _SUMMARY_WORDS[self.how]


def summarise(how: Summary, attempts: Sequence[Attempt]) -> tuple[float, float, bool]:
    """Return the value that stands for the attempts, its error, and whether it is only a lower bound.

    Parameters
    ----------
    attempts
        At least one. Of several whole sets the middle one stands for all.

    Returns
    -------
    value, error : float
        The error is that of the reading and, from three attempts on, of taking few attempts for many.
    at_least : bool
    """
    values = [a.value for a in attempts]
    spread = stdev(values) if len(values) >= SPREAD_ATTEMPTS else 0.0
    if how == "longest":
        best = max(attempts, key=lambda a: a.value)
        return best.value, math.hypot(best.error, spread), best.at_least
    return median(values), math.hypot(median(a.error for a in attempts), spread / math.sqrt(len(values))), False


def pool_measures(measures: Sequence[Measure]) -> Measure:
    """Return one measure made of the attempts of all that are known: several clips of one test on one day.

    Parameters
    ----------
    measures
        Of the same name and side; at least one.
    """
    known = [measure for measure in measures if measure.known]
    if len(known) < 2:
        return (known or list(measures))[0]
    attempts = tuple(attempt for measure in known for attempt in measure.attempts)
    value, error, at_least = summarise(known[0].how, attempts)
    return replace(known[0], value=value, error=error, at_least=at_least, attempts=attempts)
