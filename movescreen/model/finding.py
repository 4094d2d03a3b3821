"""Finding: what one check says about one clip, with its evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from movescreen.model.equality import ValueEquality


class Status(StrEnum):
    """Verdict of a check."""

    FLAGGED = "flagged"
    BORDERLINE = "borderline"
    CLEAR = "clear"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence(ValueEquality):
    """The value of one repetition that a finding rests on.

    Attributes
    ----------
    rep
        Number of the repetition; 0 for a value of the whole clip.
    time_s
        When it was read, s.
    value, limit
        Measured value and the limit it was held against, in ``unit``.
    unit
        Unit of both.
    measurement_error
        Expected error of the value (one standard deviation), in ``unit``.
    """

    rep: int
    time_s: float
    value: float
    limit: float
    unit: str
    measurement_error: float


@dataclass(frozen=True, eq=False)
class Source(ValueEquality):
    """Where a limit comes from and how far it was verified.

    Attributes
    ----------
    citation
        Reference in short form, or a statement that it is this project's own tolerance.
    verified
        ``paper``, ``secondary``, ``own_tolerance``, ``own_limit`` or ``unverified``. An unverified number is never shown as a cited norm.
    note
        Population, method or caveat.
    """

    citation: str
    verified: str
    note: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class ClientWords(ValueEquality):
    """What a check says to the client: short words without numbers. ``{side}`` stands for the sides that are meant.

    Attributes
    ----------
    saw, good
        What was seen when the check stands out, and when it does not.
    matters, practise
        Why it matters, and what to practice.
    """

    saw: str = ""
    good: str = ""
    matters: str = ""
    practise: str = ""


#: Statistics that give one value of the signal in each repetition, on the signal's own scale.
_READ_OFF = ("turn", "max", "min")


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding(ValueEquality):
    """What one check says, with all that is needed to show it.

    Attributes
    ----------
    check_id
        Stable id, for example ``knee_valgus``.
    movement
        Movement it was made for.
    side
        ``left``, ``right`` or empty.
    status
        Verdict.
    title
        Clinical name.
    severity
        0 clear or not assessed, 1 borderline, 2 flagged, 3 flagged well beyond the limit.
    value, limit, unit, direction
        Median over the repetitions, limit of the flag, unit, and ``above`` or ``below`` (the side on which it flags).
    two_sided
        The limit holds on both sides of zero: leaning left counts as well as leaning right.
    positive_side
        The person's side that a positive value leans to, ``left`` or ``right``; empty where a sign tells no side.
    signal, signal_side
        Signal that is read, without its side, and the side that was read; the signal is empty where a check combines several, the side
        where the signal has none or both were read.
    statistic
        How the value comes from the signal: what is read in each repetition (``turn``, ``max``, ``min``, ``excursion``), or ``difference`` for
        left minus right, or ``spread`` for how unlike the repetitions are.
    views
        Kinds of view that the check can be made from.
    weakened_by
        Codes of the notices of the clip that make it less certain.
    reps_seen, reps_affected
        Repetitions that could be judged, and their numbers in which the limit was passed.
    measurement_error
        Expected error of ``value`` (one standard deviation), in ``unit``.
    reason
        Why it could not be assessed, or why a confidence is lowered.
    message, why, cue
        What was seen, why it matters, and what to try, in plain words.
    plain
        The same for the client.
    source
        Where the limit comes from.
    evidence
        One record a repetition.
    """

    check_id: str
    movement: str
    side: str = ""
    status: Status
    title: str
    unit: str = ""
    direction: str = ""
    severity: int = 0
    value: float = float("nan")
    limit: float = float("nan")
    two_sided: bool = False
    positive_side: str = ""
    signal: str = ""
    signal_side: str = ""
    statistic: str = ""
    views: tuple[str, ...] = ()
    weakened_by: tuple[str, ...] = ()
    reps_seen: int = 0
    reps_affected: tuple[int, ...] = ()
    measurement_error: float = float("nan")
    reason: str = ""
    message: str = ""
    why: str = ""
    cue: str = ""
    plain: ClientWords = field(default_factory=ClientWords)
    source: Source = field(default_factory=lambda: Source("", ""))
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if self.status is Status.NOT_ASSESSED and not self.reason:
            raise ValueError(f"{self.check_id}: not_assessed needs a reason")
        if any(e.unit != self.unit for e in self.evidence):
            raise ValueError(f"{self.check_id}: evidence must be in the check's unit {self.unit!r}")

    @property
    def signal_name(self) -> str:
        """The signal that was read, with its side; empty where a check combines several."""
        return f"{self.signal}_{self.signal_side}" if self.signal and self.signal_side else self.signal

    @property
    def is_read_off(self) -> bool:
        """Whether value and limit are on the signal's own scale, so that the limit may be drawn on its curve."""
        return bool(self.signal) and self.statistic in _READ_OFF

    @property
    def seen_side(self) -> str:
        """The side that the finding is about: its own, or the one that a value with a sign leans to; else empty."""
        if self.side or not self.positive_side or math.isnan(self.value):
            return self.side
        other = "right" if self.positive_side == "left" else "left"
        return self.positive_side if self.value > 0 else other
