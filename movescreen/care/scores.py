"""The latest word on pain and confidence, from notes and conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from movescreen.care.person import Person
from movescreen.care.visit import Visit

Asked = Literal["pain_now", "pain_week", "confidence"]


def latest_score(name: Asked, person: Person, visits: Sequence[Visit]) -> tuple[date, int] | None:
    """Return the day and the latest score, 0 to 10; None when nobody asked. A note counts before a conversation of the same day."""
    told = person.intake
    scores: list[tuple[date, int]] = []
    if told is not None and name == "confidence" and told.confidence is not None:
        scores.append((told.day, told.confidence))
    if told is not None and name != "confidence" and told.pains is not None:
        scores.append((told.day, max((getattr(pain, name[5:]) for pain in told.pains), default=0)))
    scores += [(visit.day, s) for visit in visits for note in visit.notes if (s := getattr(note, name)) is not None]
    return max(enumerate(scores), key=lambda item: (item[1][0], item[0]))[1] if scores else None
