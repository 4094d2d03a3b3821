"""Finding: what one check says about one clip, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """Verdict of a check."""

    FLAGGED = "flagged"
    BORDERLINE = "borderline"
    CLEAR = "clear"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True)
class Evidence:
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


@dataclass(frozen=True)
class Source:
    """Where a limit comes from and how far it was verified.

    Attributes
    ----------
    citation
        Reference in short form, or a statement that it is this project's own tolerance.
    verified
        ``paper``, ``secondary``, ``own_tolerance`` or ``unverified``. An unverified number is never shown as a cited norm.
    note
        Population, method or caveat.
    """

    citation: str
    verified: str
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """What one check says.

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
    severity
        0 clear or not assessed, 1 borderline, 2 flagged, 3 flagged well beyond the limit.
    value, limit, unit, direction
        Median over the repetitions, limit of the flag, unit, and ``above`` or ``below`` (the side on which it flags).
    reps_seen, reps_affected
        Repetitions that could be judged, and their numbers in which the limit was passed.
    measurement_error
        Expected error of ``value`` (one standard deviation), in ``unit``.
    reason
        Why it could not be assessed, or why a confidence is lowered.
    message, why, cue
        What was seen, why it matters, and what to try, in plain words.
    title
        Clinical name.
    source
        Where the limit comes from.
    evidence
        One record a repetition.
    """

    check_id: str
    movement: str
    side: str
    status: Status
    title: str
    unit: str = ""
    direction: str = ""
    severity: int = 0
    value: float = float("nan")
    limit: float = float("nan")
    reps_seen: int = 0
    reps_affected: tuple[int, ...] = ()
    measurement_error: float = float("nan")
    reason: str = ""
    message: str = ""
    why: str = ""
    cue: str = ""
    source: Source = field(default_factory=lambda: Source("", ""))
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if self.status is Status.NOT_ASSESSED and not self.reason:
            raise ValueError(f"{self.check_id}: not_assessed needs a reason")
        if any(e.unit != self.unit for e in self.evidence):
            raise ValueError(f"{self.check_id}: evidence must be in the check's unit {self.unit!r}")
