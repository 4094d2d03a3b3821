"""Pain and confidence as they were told, in notes and conversations alike, and for how long they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from movescreen.client.intake.model import Pain
from movescreen.client.person import Person
from movescreen.client.visits.visit import SessionNote, Visit

PainQuestion = Literal["pain_now", "pain_week", "pain_during", "pain_next_day"]
Asked = Literal["pain_now", "pain_week", "confidence"]

PAIN_QUESTIONS: tuple[PainQuestion, ...] = ("pain_now", "pain_week", "pain_during", "pain_next_day")
#: Pain that was told longer ago counts as not asked: it is neither "pain" nor "no pain" (a choice, not a published limit).
PAIN_COUNTS_FOR = timedelta(days=14)

_WHEN: dict[PainQuestion, str] = {
    "pain_now": "", "pain_week": " in the week before", "pain_during": " during training",
    "pain_next_day": " the day after training",
}  # fmt: skip


@dataclass(frozen=True)
class PainScore:
    """Pain that was told.

    Attributes
    ----------
    day
        On which it was told.
    value
        0 none, 10 the worst one can think of.
    lower_since
        The newest score that was told later and is lower; None when none is, or nobody looked (see :func:`worst_pain`).
    """

    day: date
    question: PainQuestion
    value: int
    lower_since: PainScore | None = None

    @property
    def words(self) -> str:
        """Return ``pain of 7 of 10 the day after training, reported on 2026-11-25``; says why when it is not the last word."""
        later = self.lower_since
        less = (
            f", the worst of the last {PAIN_COUNTS_FOR.days} days ({later.value} told on {later.day})" if later else ""
        )
        return f"pain of {self.value} of 10{_WHEN[self.question]}, reported on {self.day}{less}"


def latest_score(name: Asked, person: Person, visits: Sequence[Visit]) -> tuple[date, int] | None:
    """Return the day and the latest score, 0 to 10; None when nobody asked. A note counts before a conversation of the same day."""
    scores = _told_scores(name, person, visits)
    return max(enumerate(scores), key=lambda item: (item[1][0], item[0]))[1] if scores else None


def told_pain(person: Person, visits: Sequence[Visit]) -> tuple[PainScore, ...]:
    """Return every pain score of the latest conversation and of the notes, of any age, the oldest first."""
    scores = [
        PainScore(day, name, score) for name in PAIN_QUESTIONS for day, score in _told_scores(name, person, visits)
    ]
    return tuple(sorted(scores, key=lambda score: score.day))


def recent_pain(person: Person, visits: Sequence[Visit]) -> tuple[PainScore, ...]:
    """Return the pain scores that count on the person's day: those of the last 14 days. Empty = not asked, never "no pain"."""
    return tuple(score for score in told_pain(person, visits) if person.today - score.day <= PAIN_COUNTS_FOR)


def worst_pain(pain: Sequence[PainScore]) -> PainScore | None:
    """Return the worst of pain scores, the newest of equals, with the lower one that was told after it; None without any.

    The worst decides though it hurts less by now: one good day is no proof.
    """
    worst = max(pain, key=lambda score: (score.value, score.day), default=None)
    later = [score for score in pain if worst is not None and score.day > worst.day]
    if worst is None or not later:
        return worst
    # of what was told on the newest day, what answers the same question speaks best, then what is highest
    newest = max(later, key=lambda score: (score.day, score.question == worst.question, score.value))
    return replace(worst, lower_since=newest)


def describe_last_pain(person: Person, visits: Sequence[Visit]) -> str:
    """Return what notes said of pain after the conversation: ``0 of 10 on 2026-11-27, 2 at worst in the week before``; else nothing."""
    told = person.intake.day if person.intake is not None else date.min
    days = [
        (v.day, note.pain_now, note.pain_week)
        for v in visits
        if told < v.day <= person.today
        for note in v.notes
        if note.pain_now is not None or note.pain_week is not None
    ]
    if not days:
        return ""
    day, now, week = days[-1]
    if now is None:
        return f"{week} of 10 at worst in the week before {day}"
    return f"{now} of 10 on {day}" + (f", {week} at worst in the week before" if week is not None else "")


def _told_scores(name: PainQuestion | Asked, person: Person, visits: Sequence[Visit]) -> list[tuple[date, int]]:
    """Return the days and the scores that answer a question: the conversation's, then those of the notes."""
    told = person.intake
    scores: list[tuple[date, int]] = []
    if told is not None and name == "confidence" and told.confidence is not None:
        scores.append((told.day, told.confidence))
    if told is not None and name in ("pain_now", "pain_week") and told.pains is not None:
        scores.append((told.day, max((getattr(pain, name[5:]) for pain in told.pains), default=0)))
    return scores + [(v.day, s) for v in visits for note in v.notes if (s := _score_of(note, name)) is not None]


def _score_of(note: SessionNote, name: PainQuestion | Asked) -> int | None:
    """Return what a note says; pain with one exercise is pain of the session."""
    if name in ("pain_during", "pain_next_day"):
        return note.worst(name)
    score: int | None = getattr(note, name)
    return score


def renew_pain(person: Person, visits: Sequence[Visit]) -> Person:
    """Return a person whose pain is as it was told last: a worst of the week in a note holds for every place of the conversation.

    The newest note with one counts, and those of the two weeks before it with what they tell of training; in the week of the conversation
    only what is more. A place that hurt goes on as a complaint, with 1 of 10 at least, until somebody asks about places again.
    """
    intake = person.intake
    if intake is None or not intake.pains:
        return person
    notes = [(v.day, note) for v in visits if intake.day < v.day <= person.today for note in v.notes]
    weeks = [day for day, note in notes if note.pain_week is not None]
    if not weeks:
        return person
    last = weeks[-1]
    told = [
        score
        for day, note in notes
        if last - day <= PAIN_COUNTS_FOR
        for name in PAIN_QUESTIONS
        if (score := _score_of(note, name)) is not None
    ]
    now = [note.pain_now for _, note in notes if note.pain_now is not None]
    overlaps = (last - intake.day).days < 7

    def renew(pain: Pain) -> Pain:
        week = max(min(pain.week, 1), *told, pain.week if overlaps else 0)
        return pain.model_copy(update={"week": week, "now": min(week, now[-1] if now else pain.now)})

    pains = tuple(map(renew, intake.pains))
    return replace(person, intake=intake.model_copy(update={"pains": pains}), pain_told=last)
