"""Red flags: what stops a screening, why, and whom to see instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from movescreen.catalog.care_schema import RedFlagSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import AllCondition, Condition, SymptomCondition
from movescreen.client.intake.model import Clearance, Intake, WordsRead
from movescreen.client.intake.words import ALLOWED_WORDS, decapitalize
from movescreen.client.person import Person
from movescreen.client.rules.conditions import Event, check_all, check_any, check_condition
from movescreen.errors import NeedsReferral, QuestionsOpen
from movescreen.words.sentences import join_words


class Decision(StrEnum):
    """What follows from the red flags."""

    REFER = "refer"
    GO_ON = "go_on"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class RedFlag:
    """A red flag that holds.

    Attributes
    ----------
    spec
        What it is.
    events
        The facts behind it; empty when it was simply answered with yes.
    clearance
        What a clinician said about it; None when nobody did.
    told_on
        The day of an earlier conversation in which it was told; None when it holds in the latest one.
    read
        The last text that the trainer read as it; None when there is none.
    """

    spec: RedFlagSpec
    events: tuple[Event, ...] = ()
    clearance: Clearance | None = None
    told_on: date | None = None
    read: WordsRead | None = field(default=None, compare=False)

    @property
    def reason(self) -> str:
        """Why it stops somebody, with what the trainer read where that alone tells it."""
        if self.read is None or not self.spec.of_reading:
            return self.spec.reason
        return f"{self.spec.reason} {self.read.by} read “{self.read.what[0].text}”: {self.read.note}."

    @property
    def stops(self) -> bool:
        """Whether the screening waits because of it."""
        return self.spec.urgency != "mention" and self.clearance is None


@dataclass(frozen=True)
class RedFlagReview:
    """All red flags of a person.

    Attributes
    ----------
    decision
        ``refer`` when one of them stops the screening; ``not_asked`` when none does but questions are open.
    raised
        Those that hold, the most urgent first.
    open_questions
        Questions that belong to this person and were not asked.
    anew
        Those among them that were answered with "no", too long ago for what the person has.
    """

    decision: Decision
    raised: tuple[RedFlag, ...]
    open_questions: tuple[RedFlagSpec, ...]
    anew: tuple[RedFlagSpec, ...] = ()

    @property
    def stopping(self) -> tuple[RedFlag, ...]:
        """The flags for which the screening waits."""
        return tuple(flag for flag in self.raised if flag.stops)


_URGENCY = ("now", "soon", "mention")


def find_day_told(flag: RedFlag, intake: Intake) -> date:
    """Return the day on which a flag was told: of the conversation that it was answered in, else of the text that the trainer read as it."""
    if flag.told_on is not None or flag.read is None or intake.symptoms.get(flag.spec.id):
        return flag.told_on or intake.day
    return flag.read.what[0].day or flag.read.on


def review_red_flags(person: Person, catalog: ClientCatalog) -> RedFlagReview:
    """Return what stops the screening of a person, and what was not asked.

    A flag with a clinician's clearance, given since the intake and by today, no longer stops, and stays listed. One that was never
    asked about is an open question, never a "no".
    """
    raised, unasked, anew = [], [], []
    for spec in catalog.red_flags.values():
        if spec.facts:
            known = check_all(spec.facts, person)
            if known.holds:
                raised.append(RedFlag(spec, known.events, _clearance(spec, person)))
        elif not (answer := _answer(spec, person)) and spec.id in person.standing:
            raised.append(RedFlag(spec, told_on=person.standing[spec.id], read=person.read_as.get(spec.id)))
        elif answer is None or _is_asked_anew(spec, person):
            if is_asked(spec, person):
                unasked.append(spec)
                anew += [spec] if answer is not None else []
        elif answer and (not spec.counts_while or check_any(spec.counts_while, person).holds is not False):
            raised.append(RedFlag(spec, (), _clearance(spec, person), read=person.read_as.get(spec.id)))
    raised.sort(key=lambda flag: (not flag.stops, _URGENCY.index(flag.spec.urgency)))
    if any(flag.stops for flag in raised):
        decision = Decision.REFER
    else:
        decision = Decision.NOT_ASKED if unasked or person.intake is None else Decision.GO_ON
    return RedFlagReview(decision, tuple(raised), tuple(unasked), tuple(anew))


def is_asked(spec: RedFlagSpec, person: Person) -> bool:
    """Return whether a flag's question belongs to this person; when that is not known, it does.

    A question that follows from the answer to another flag's waits until that one was asked.
    """
    if not spec.asked:
        return False
    settled = [condition for condition in spec.asked_if if not _waits(condition, person)]
    return not spec.asked_if or check_any(settled, person).holds is not False


def _is_asked_anew(spec: RedFlagSpec, person: Person) -> bool:
    """Return whether a "no" is too old for what the person has: a nerve that gave signs may be pressed harder since."""
    if spec.anew_after_days is None or person.intake is None or person.answer(spec.id) is not False:
        return False
    old = (person.today - person.intake.day).days > spec.anew_after_days
    return old and check_any(spec.anew_while, person).holds is True


def ensure_asked_anew(review: RedFlagReview, person: Person) -> None:
    """Raise :class:`QuestionsOpen`, with the questions, when answers about an emergency are too old for a plan."""
    if review.anew and person.intake is not None:
        about = join_words(decapitalize(spec.short or spec.question) for spec in review.anew)
        days = min(spec.anew_after_days or 0 for spec in review.anew)
        raise QuestionsOpen(
            f"the plan waits until these are asked again: {about}. A back with signs of a nerve in the leg can get worse quickly, and the "
            f"answers of {person.intake.day} are older than {days} days",
            "ask them word for word, test the strength of foot and toes, and note the conversation with 'movescreen intake add'; "
            "any yes goes to an emergency department today",
        )


def _waits(condition: Condition, person: Person) -> bool:
    if isinstance(condition, AllCondition):
        return any(_waits(each, person) for each in condition.of)
    return isinstance(condition, SymptomCondition) and check_condition(condition, person).holds is None


def ensure_no_red_flag(
    review: RedFlagReview, where: str = "with 'movescreen intake clear'", *, plan: bool = False
) -> None:
    """Raise :class:`NeedsReferral`, with the reason and whom to see, when a red flag stops the screening.

    Parameters
    ----------
    where
        Ends "afterwards note what they said ...".
    plan
        Ask for a plan alone: some flags stop the screening and leave room for a few exercises.
    """
    stopping = [flag for flag in review.stopping if not (plan and flag.spec.plan_goes_on)]
    if stopping:
        first = stopping[0].spec
        others = len(stopping) - 1
        more = f" ({others} more: {' '.join(f.reason for f in stopping[1:])})" if others else ""
        told = stopping[0].told_on
        since = f" It was reported on {told}, and no clinician has cleared it since." if told else ""
        ids = ", ".join(flag.spec.id for flag in stopping)
        raise NeedsReferral(
            f"the {'plan' if plan else 'screening'} waits: {stopping[0].reason}{since}{more}",
            f"refer to {first.refer_to}; afterwards note what they said {where} ({ids})",
            see=first.refer_to,
        )


def describe_flags(flags: Iterable[RedFlag]) -> list[str]:
    """Return each flag as a line: the reason, the facts and whom to see, or what it was and what a clinician said about it."""
    lines = []
    for flag in flags:
        facts = f" ({', '.join(event.words for event in flag.events)})" if flag.events else ""
        if flag.clearance is not None:
            lines.append(f"{name_flag(flag.spec)}{facts}. {seen_words(flag.clearance)}")
            continue
        line = f"{flag.reason}{facts} Refer to {flag.spec.refer_to}."
        if flag.told_on is not None:
            line += f" Reported on {flag.told_on}; no clinician has cleared it since."
        lines.append(line)
    return lines


def name_flag(spec: RedFlagSpec) -> str:
    """Return what a flag is about, without an end and without what holds only until a clinician has spoken."""
    told = spec.short or spec.question
    return f"Answered with yes: {decapitalize(told).rstrip('.?')}" if told else spec.reason.rstrip(".")


def seen_words(word: Clearance) -> str:
    """Return who allowed training when, and how far."""
    far = f", up to: {ALLOWED_WORDS[word.allows]}" if word.allows else ""
    said = "".join(f" “{text}”" for text in (word.phase, word.note) if text)
    day = f" on {word.said_on}" if word.said_on else ""
    noted = (
        ""
        if word.said_on == word.on
        else f" (noted on {word.on}{'' if word.said_on else '; ask on which day it was said'})"
    )
    return f"Seen by {word.by}{day}{noted}: training is allowed{far}.{said}"


def _clearance(spec: RedFlagSpec, person: Person) -> Clearance | None:
    word = person.clearance(spec.id)
    return None if word is None or (spec.says_how_far and word.allows is None) else word


def _answer(spec: RedFlagSpec, person: Person) -> bool | None:
    return person.answer(spec.id)
