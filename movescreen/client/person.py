"""The person on a day: what the rules about people look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from movescreen.catalog.client_schema import Stage
from movescreen.client.dates import latest_day
from movescreen.client.intake.model import IN_INTAKE, Clearance, Intake, Operation, Sex, WordsRead
from movescreen.words.numbers_and_units import spell_days

#: A "no" to a question about health counts for so long; after it the question is open again. The PAR-Q+ says of itself that it is
#: valid for 12 months at most (read in copies of the form); here it holds for every question about a red flag.
NO_COUNTS_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Allowed:
    """What somebody in charge allowed after an operation: who, when, the last stage of a plan, and in which phase of the protocol."""

    by: str
    on: date
    stage: Stage
    phase: str = ""


@dataclass(frozen=True)
class Said:
    """A clinician's own words.

    Attributes
    ----------
    by, on, words
        Who said them, on which day, and the words.
    noted
        Only the day of the note is known.
    place, side
        Of the operation after which they were said; empty when they were not said after one.
    """

    by: str
    on: str
    words: str
    noted: bool = False
    place: str = ""
    side: str = ""

    @property
    def cited(self) -> str:
        """Return ``surgeon, 9 November 2026: “no kneeling on it”``."""
        day = f", {spell_days(self.on)}" if self.on and not self.noted else ""
        return f"{self.by}{day}: “{self.words}”"


@dataclass(frozen=True)
class Person:
    """A person, as far as known, on a day.

    Attributes
    ----------
    today
        The day for which the rules are asked.
    birth_year
        None when not known.
    sex
        Empty when not known.
    intake
        The latest conversation; None when there was none.
    standing
        Questions about red flags that were once answered with yes and that no clinician has cleared since -> that day.
    told
        All conversations by the day, the latest among them; empty when they are not known.
    words_read
        What of the typed texts the trainer has read, and as what.
    note
        The trainer's note on the person.
    pain_told
        Day of the last word on pain, where a note renewed that of the conversation; None otherwise.
    """

    today: date
    birth_year: int | None = None
    sex: Sex = ""
    intake: Intake | None = None
    standing: Mapping[str, date] = field(default_factory=dict)
    told: Sequence[Intake] = ()
    words_read: Sequence[WordsRead] = ()
    note: str = ""
    pain_told: date | None = None

    @property
    def age(self) -> int | None:
        """Years by the calendar, which may be one too many before the birthday; None when not known."""
        return None if self.birth_year is None else self.today.year - self.birth_year

    def answer(self, flag: str) -> bool | None:
        """Return the latest answer to a red flag's question; None when it was not asked, or said "no" more than a year ago.

        A text that the trainer read as a yes since the conversation answers it like the question.
        """
        read = self.read_as.get(flag)
        if read is not None and (self.intake is None or read.on >= self.intake.day):
            return True
        if self.intake is None:
            return None
        told = self.intake.symptoms.get(flag)
        return None if told is False and self.today - self.intake.day > NO_COUNTS_FOR else told

    @property
    def read_as(self) -> Mapping[str, WordsRead]:
        """Red flag -> the last reading, by today, of a text as a yes to its question."""
        return read_flags(self.words_read, self.today)

    @property
    def pregnancy_week(self) -> int | None:
        """Week of the pregnancy today; None when there is none, or the week is not known."""
        if self.intake is None or not self.intake.pregnant or self.intake.pregnancy_week is None:
            return None
        return self.intake.pregnancy_week + max(0, (self.today - self.intake.day).days) // 7

    @property
    def weeks_postpartum(self) -> int | None:
        """Whole weeks since the birth, today; None when there was none, or nobody asked."""
        if self.intake is None or self.intake.weeks_postpartum is None:
            return None
        return self.intake.weeks_postpartum + max(0, (self.today - self.intake.day).days) // 7

    def clearance(self, flag: str) -> Clearance | None:
        """Return what a clinician said last about a red flag, since it was told and by today; None when nobody did."""
        if self.intake is None:
            return None
        read = self.read_as.get(flag)
        first, last = max(self.intake.day, read.on if read else self.intake.day), self.today
        fitting = [c for c in self.intake.clearances if c.flag == flag and first <= c.on <= last]
        return max(fitting, key=lambda c: c.on) if fitting else None

    @property
    def said(self) -> tuple[Said, ...]:
        """What clinicians said in their own words, after an operation and about a red flag (the latest of each), each words once."""
        if self.intake is None:
            return ()
        told = [
            Said(o.cleared_by or "surgeon or physiotherapist", o.cleared_on or "", o.phase, place=o.place, side=o.side)
            for o in self.intake.operations or ()
            if o.phase and (not o.cleared_on or latest_day(o.cleared_on) <= self.today)
        ]
        latest = [self.clearance(flag) for flag in dict.fromkeys(c.flag for c in self.intake.clearances)]
        for word in latest:
            if word is not None:
                day, noted = str(word.said_on or word.on), word.said_on is None
                told += [Said(word.by, day, words, noted) for words in (word.phase, word.note) if words]
        return tuple({(each.by, each.words): each for each in reversed(told)}.values())[::-1]

    def allowed_after(self, operation: Operation, flag: str = "") -> Allowed | None:
        """Return the latest word on what is allowed after an operation; None when it lacks who, when or how far.

        Parameters
        ----------
        flag
            Red flag under which a word may have been noted, beside the operation itself; empty for none.
        """
        told: list[Allowed] = []
        if operation.cleared and operation.cleared_by and operation.cleared_on and operation.allowed:
            day = latest_day(operation.cleared_on)
            told.append(Allowed(operation.cleared_by, day, operation.allowed, operation.phase))
        word = self.clearance(flag) if flag else None
        if word is not None and word.allows is not None:
            told.append(Allowed(word.by, word.on, word.allows, word.phase))
        return max(told, key=lambda each: each.on) if told else None


def read_flags(read: Sequence[WordsRead], today: date) -> dict[str, WordsRead]:
    """Return red flag -> the last reading, by today, of a text as a yes to its question."""
    told = sorted((each for each in read if each.on <= today), key=lambda each: each.on)
    return {flag: each for each in told for flag in each.means or () if flag != IN_INTAKE}


def standing_flags(told: Sequence[Intake], today: date, read: Sequence[WordsRead] = ()) -> dict[str, date]:
    """Return the questions about red flags that were answered with yes by a day and not cleared since, with the day they were told.

    A later "no" does not take a yes back: that is for the clinician who looked at it.

    Parameters
    ----------
    told
        All conversations of a person.
    read
        What the trainer read of the typed texts: one that means a yes is one.
    """
    standing: dict[str, date] = {}
    for intake in sorted(told, key=lambda each: each.day):
        standing |= {flag: intake.day for flag, yes in intake.symptoms.items() if yes and intake.day <= today}
    for flag, each in read_flags(read, today).items():
        standing[flag] = max(each.on, standing.get(flag, each.on))
    cleared = [c for intake in told for c in intake.clearances if c.on <= today]
    return {flag: day for flag, day in standing.items() if not any(c.flag == flag and c.on >= day for c in cleared)}
