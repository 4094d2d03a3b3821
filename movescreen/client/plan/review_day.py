"""When a plan is looked at again, and why then: days for a flare and all that is fresh, weeks for what is stable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, count

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.person import Person
from movescreen.client.plan.pain_gate import PainGate, talk_first_words
from movescreen.client.rules.conditions import check_any

#: Days: before anything is loaded at all, after a flare, for new pain, for what is not known yet, for a complaint that is stable, and for who has none.
TALK_AGAIN, AFTER_FLARE, NEW_PAIN, NOT_KNOWN, STABLE, NO_COMPLAINT = 3, 7, 7, 7, 28, 42
#: Days on which hardly anybody works, month and day; others differ by country.
_HOLIDAYS = {(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)}


@dataclass(frozen=True)
class Review:
    """The day, and why it is that one."""

    day: date
    why: str


def find_review(
    person: Person,
    gate: PainGate,
    catalog: ClientCatalog,
    *,
    complaint: bool,
    flared: bool,
    unknown: bool = False,
) -> Review:
    """Return the soonest day of what holds for a person; how many days belong to what is the choice of movescreen.

    Parameters
    ----------
    complaint
        Whether anything hurts, or has a pathway.
    flared
        Whether an exercise of the last plan went a step back.
    unknown
        Whether a next step waits for something that is not known yet.
    """
    due = [(spec.days, spec.why) for spec in catalog.reviews.values() if check_any(spec.when, person).holds]
    if talk_first_words(gate.scores):
        due.append((TALK_AGAIN, "pain was so much that nothing is loaded before it was talked about"))
    if flared:
        due.append((AFTER_FLARE, "it flared up after training, and the plan took a step back"))
    elif any(limit.stage == "activation" for limit in gate.limits):
        due.append((AFTER_FLARE, "it hurts so much that nothing but small exercises are done there"))
    if new := _find_new(person):
        due.append((NEW_PAIN, f"pain of the {new} is new"))
    if unknown:
        due.append((NOT_KNOWN, "what the next step waits for is not known yet"))
    due.append(
        (STABLE, "nothing is fresh and nothing flared up")
        if complaint
        else (NO_COMPLAINT, "nothing hurts and nothing is fresh")
    )
    days, why = min(due)
    return Review(_on_a_working_day(person.today, days), why)


def _on_a_working_day(today: date, days: int) -> date:
    """Return the day, or for a public holiday the last working day before it, or, when none is left, the first one after it."""
    due = today + timedelta(days=days)
    if not _is_holiday(due):
        return due
    before = (due - timedelta(days=n) for n in range(1, days))
    after = (due + timedelta(days=n) for n in count(1))
    return next(day for day in chain(before, after) if day.weekday() < 5 and not _is_holiday(day))


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) in _HOLIDAYS


def _find_new(person: Person) -> str:
    """Return a place that hurts now and was not told of in the conversation before; empty without one of before."""
    told = sorted(person.told, key=lambda intake: intake.day)
    if len(told) < 2 or person.intake is None:
        return ""
    before = {pain.place for pain in told[-2].pains or ()}
    new = [pain.place for pain in person.intake.pains or () if pain.place not in before]
    return new[0].replace("_", " ") if new else ""
