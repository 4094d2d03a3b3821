"""Movements that hurt in a screening, and until when that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from movescreen.client.intake.words import place_words
from movescreen.client.visits.visit import MovementPain, Visit


@dataclass(frozen=True)
class StandingPain:
    """A movement that hurt and was neither asked about again nor cleared since."""

    day: date
    pain: MovementPain

    @property
    def words(self) -> str:
        """Return ``squat hurt on 2026-03-02 (6 of 10, left knee)``."""
        known = [] if self.pain.score is None else [f"{self.pain.score} of 10"]
        known += [place_words(self.pain.place, self.pain.side)] if self.pain.place else []
        more = f" ({', '.join(known)})" if known else ""
        return f"{self.pain.movement.replace('_', ' ')} hurt on {self.day}{more}"


def find_standing_pain(visits: Sequence[Visit]) -> dict[str, StandingPain]:
    """Return movement -> the latest pain with it that still stands.

    It stands until a screening of a later day has the movement without pain, or until it is noted that it does not hurt any more
    or that a clinician cleared it. Time alone ends nothing.

    Parameters
    ----------
    visits
        The oldest first, of any age.
    """
    standing: dict[str, StandingPain] = {}
    for visit in visits:
        told = [pain for note in visit.notes for pain in note.told_movements]
        for movement in {clip.setup.movement for clip in visit.clips} - {pain.movement for pain in told}:
            standing.pop(movement, None)
        for pain in told:
            if pain.hurts:
                standing[pain.movement] = StandingPain(visit.day, pain)
            else:
                standing.pop(pain.movement, None)
    return standing
