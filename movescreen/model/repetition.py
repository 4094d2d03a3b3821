"""Repetition: one go down and up, as a half-open interval of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from movescreen.model.equality import ValueEquality


@dataclass(frozen=True, eq=False, kw_only=True)
class Repetition(ValueEquality):
    """One repetition, ``start_s <= t < end_s``.

    Attributes
    ----------
    number
        Counted from 1.
    start_s, turn_s, end_s
        Leaving the starting posture, the deepest point (middle of a pause), back in the starting posture; seconds.
    side
        ``left`` or ``right`` for one-sided movements (the leg in front or on the ground), else empty.
    complete
        False when the clip ended, or the person stopped, before the way back was finished.
    excursion
        Size of the driving signal's change, in that signal's unit.
    turn_start_s, turn_end_s
        The stretch spent near the deepest point.
    at_turn
        Signal name -> median over the frames near the turn.
    extreme
        Signal name -> value of largest magnitude of change from the start of the repetition.
    camera_at_turn
        Where the trainer moved a joint: signal name -> what ``at_turn`` would be without, for those that differ.
    """

    number: int
    start_s: float
    turn_s: float
    end_s: float
    side: str = ""
    complete: bool = True
    excursion: float = 0.0
    turn_start_s: float = float("nan")
    turn_end_s: float = float("nan")
    at_turn: Mapping[str, float] = field(default_factory=dict)
    extreme: Mapping[str, float] = field(default_factory=dict)
    camera_at_turn: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.start_s < self.turn_s < self.end_s:
            raise ValueError(
                f"repetition {self.number}: needs start < turn < end, got {self.start_s}, {self.turn_s}, {self.end_s}"
            )

    @property
    def descent_s(self) -> float:
        """Time from the start to the turn, s."""
        return self.turn_s - self.start_s

    @property
    def ascent_s(self) -> float:
        """Time from the turn to the end, s."""
        return self.end_s - self.turn_s

    def contains(self, time_s: float) -> bool:
        """True when the time lies in the half-open interval."""
        return self.start_s <= time_s < self.end_s
