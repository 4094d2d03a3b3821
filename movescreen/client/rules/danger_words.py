"""What was typed about a person waits for the trainer: no plan, next step or client's page before every text was read.

Every conversation, however old, and every note counts. What the form fills in again from the last conversation (goal, medicine, history)
is read once; what is told anew each time (pain, notes) is new on a new day. Danger words are hints beside a text: they let nothing pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from movescreen.catalog.care_schema import DangerWordsSpec, RedFlagSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.intake.model import IN_INTAKE, Intake, Note, TypedText, WordsRead
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.rules.red_flags import is_asked
from movescreen.client.visits.activities import read_activities
from movescreen.client.visits.visit import HandMeasurement, Visit
from movescreen.client.words import find_phrases
from movescreen.errors import InputError, UnknownNameError, WordsUnread
from movescreen.words.sentences import join_words

#: Where it was typed, the text, and its day; None for what the form fills in again.
_Text = tuple[str, str, date | None]
#: A clinician's own words, and those on an operation.
CLINICIAN, _PHASE = "what a clinician said", "what was said after an operation"
#: What is rated anew at a visit and read once.
_ACTIVITY = "an activity"
#: That nothing in a text changes the plan.
NOTHING = "nothing"


@dataclass(frozen=True)
class Hint:
    """A row of the danger words, and what of it stands in a text, as typed."""

    spec: DangerWordsSpec
    words: tuple[str, ...]


class ReadAs(BaseModel):
    """What the trainer says about a text: its key, what it means, and what was asked and answered; or the answer to a question.

    Attributes
    ----------
    means
        ``nothing`` alone, or red flags and ``intake``; empty when it goes on waiting.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    key: str
    means: tuple[str, ...] = ()
    note: Note = ""
    answer: Note = ""

    @field_validator("means", mode="before")
    @classmethod
    def _several(cls, told: object) -> object:
        return () if told is None else (told,) if isinstance(told, str) else told


def find_unread_words(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> tuple[TypedText, ...]:
    """Return the texts about a person that wait for the trainer on their day, each once: those with hints first, then the newest."""
    waiting = (each for each in _find_texts(person, visits) if not _is_read(each, person, catalog))
    return tuple(sorted(waiting, key=lambda each: (not find_hints(each, catalog), -(each.day or date.min).toordinal())))


def _find_texts(person: Person, visits: Sequence[Visit]) -> tuple[TypedText, ...]:
    texts = (
        TypedText(where=where, text=text, day=None if where == _ACTIVITY else day)
        for where, text, day in list_texts(person, visits)
        if text.strip()
    )
    return tuple(dict.fromkeys(texts))


def _find_reads(typed: TypedText, person: Person) -> list[tuple[WordsRead, TypedText]]:
    reads = [(read, each) for read in person.words_read if read.on <= person.today for each in read.what]
    return [(read, e) for read, e in reads if (e.text, e.where, e.day) == (typed.text, typed.where, typed.day)]


def _is_read(typed: TypedText, person: Person, catalog: ClientCatalog) -> bool:
    reads = _find_reads(typed, person)
    if any(read.means is not None and not _waits_for_intake(read, person) for read, _ in reads):
        return True
    # of before, danger word by danger word
    old = {(each.spec, each.words) for read, each in reads if read.means is None}
    return bool(old) and old >= {(hint.spec.id, words) for hint in find_hints(typed, catalog) for words in hint.words}


def _waits_for_intake(read: WordsRead, person: Person) -> bool:
    return IN_INTAKE in (read.means or ()) and read.intake == _fingerprint(person)


def _fingerprint(person: Person) -> str:
    return person.intake.fingerprint if person.intake else ""


def find_hints(typed: TypedText, catalog: ClientCatalog) -> tuple[Hint, ...]:
    """Return the danger words in a text, by their row in the catalog."""
    clinician = typed.where == CLINICIAN
    found = []
    for spec in catalog.danger_words.values():
        if spec.of_clinicians if clinician else (not spec.of_clinicians or typed.where == _PHASE):
            # a condition that a "no" stands before is one all the same
            hits = [hit.words for hit in find_phrases(typed.text, spec.words) if spec.of_clinicians or not hit.denied]
            found += [Hint(spec, tuple(dict.fromkeys(hits)))] if hits else []
    return tuple(found)


def offer_flags(
    typed: TypedText, person: Person, catalog: ClientCatalog
) -> tuple[tuple[RedFlagSpec, ...], tuple[RedFlagSpec, ...]]:
    """Return the red flags that a text may mean: those of its hints, the person's own questions first, and all others, those in no question first."""
    hinted = dict.fromkeys(name for hint in find_hints(typed, catalog) for name in hint.spec.flags)
    first = sorted(
        map(catalog.red_flags.__getitem__, hinted), key=lambda spec: not (spec.of_reading or is_asked(spec, person))
    )
    others = [spec for spec in catalog.red_flags.values() if spec.question and spec not in first]
    return tuple(first), tuple(sorted(others, key=lambda spec: not spec.of_reading))


def note_reading(
    said: Iterable[ReadAs], unread: Sequence[TypedText], person: Person, catalog: ClientCatalog, by: str
) -> list[WordsRead]:
    """Return what is to be kept of a trainer's reading on the person's day: all of it or, when something does not fit, nothing.

    Raises
    ------
    InputError
        For a text that does not wait, a meaning that there is not, "nothing" beside a meaning, "nothing" without the answer where a hint
        stands, or a reader without a name.
    """
    waiting = {each.key: each for each in unread}
    out = []
    for each in said:
        if each.key not in waiting:
            raise UnknownNameError("text that waits to be read", each.key, list(waiting))
        if each.means:
            out.append(_note(each, waiting[each.key], person, catalog, by))
    return out


def _note(said: ReadAs, typed: TypedText, person: Person, catalog: ClientCatalog, by: str) -> WordsRead:
    where = f"{typed.place}, “{typed.text}”"
    known = [NOTHING, IN_INTAKE, *(spec.id for spec in catalog.red_flags.values() if spec.question)]
    for name in said.means:
        if name not in known:
            raise UnknownNameError("meaning of a text", name, known)
    if NOTHING in said.means:
        if len(said.means) > 1:
            raise InputError(f"{where}: it cannot mean nothing and something", "choose one of them")
        if find_hints(typed, catalog) and not said.note:
            raise InputError(f"{where}: the answer is missing", "ask, and note what was answered")
    elif not said.note and any(name != IN_INTAKE and catalog.red_flags[name].of_reading for name in said.means):
        raise InputError(f"{where}: the reason is missing", "note what it may be")
    means = tuple(name for name in dict.fromkeys(said.means) if name != NOTHING)
    mark = _fingerprint(person) if IN_INTAKE in means else ""
    try:
        return WordsRead(by=by, on=person.today, what=(typed,), means=means, intake=mark, note=said.note)
    except ValidationError:
        raise InputError("who has read it is missing", "say who you are, in two letters or more") from None


def ensure_words_read(
    unread: Sequence[TypedText], catalog: ClientCatalog, where: str = "with 'movescreen intake read'"
) -> None:
    """Raise :class:`WordsUnread`, with the texts, when the trainer has to read something first.

    Parameters
    ----------
    where
        Ends "read it, ask, and say so ...".
    """
    if unread:
        told = "; ".join(describe_words(unread, catalog))
        raise WordsUnread(
            f"the plan waits until the trainer has read what was typed: {told}",
            f"read it, ask, and say what it means {where}",
        )


def describe_words(typed: Iterable[TypedText], catalog: ClientCatalog) -> list[str]:
    """Return a line for each text: where it stands, the text, and for each hint the words, what they may mean, and what to ask."""
    return [
        f"{each.place}: “{each.text}”" + "".join(f" ({line})" for line in describe_hints(each, catalog))
        for each in typed
    ]


def describe_hints(typed: TypedText, catalog: ClientCatalog) -> list[str]:
    """Return a line for each hint in a text: the words, what they may mean, and what to ask."""
    hints = find_hints(typed, catalog)
    return [f"{join_words(f'“{w}”' for w in hint.words)}: {hint.spec.means}. {hint.spec.ask}" for hint in hints]


def describe_read(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> list[str]:
    """Return a line for each text with a hint or a meaning that was read: by whom, when, as what, and what was answered."""
    out: dict[str, None] = {}
    for typed in _find_texts(person, visits):
        hinted = bool(find_hints(typed, catalog))
        for read, _ in _find_reads(typed, person):
            if read.means or hinted:
                note = f": {read.note}" if read.note else ""
                meaning = f" as {told}" if (told := meaning_of(read, catalog)) else ""
                out[f"“{typed.text}” in {typed.place} was read by {read.by} on {read.on}{meaning}{note}."] = None
    return list(out)


def meaning_of(read: WordsRead, catalog: ClientCatalog) -> str:
    """Return as what a text was read, for the rest of a sentence; empty for records of before."""
    if not read.means:
        return "" if read.means is None else "nothing that changes the plan"
    flags = [catalog.red_flags[name] for name in read.means if name in catalog.red_flags]
    told = [decapitalize(spec.short or spec.question).rstrip(".?") for spec in flags]
    return join_words([*told, *(["something for the intake"] if IN_INTAKE in read.means else [])])


def list_texts(person: Person, visits: Sequence[Visit]) -> Iterator[_Text]:
    """Yield everything typed about a person by their day: where, the text, and its day; None for what the form fills in again."""
    told = {id(intake): intake for intake in (*person.told, *([person.intake] if person.intake else []))}
    for intake in told.values():
        yield from _intake_texts(intake)
    for visit in visits:
        if visit.day <= person.today:
            yield from (("a note", note.text, visit.day) for note in visit.notes if note.text)
            yield from (
                ("what the trainer noted", text, visit.day) for each in visit.observations for text in each.texts
            )
            yield from (text for taken in visit.measurements for text in _measured_texts(taken, visit.day))
            yield from (("what the trainer put right", c.reason, visit.day) for c in visit.corrections if c.reason)
    if person.note:
        yield "the note on the client", person.note, None


def _measured_texts(taken: HandMeasurement, day: date) -> Iterator[_Text]:
    rated = read_activities(taken.note)
    if rated and "; ".join(f"{name}: {score:g}" for name, score in rated.items()) == taken.note:
        yield from ((_ACTIVITY, name, day) for name in rated)
    elif taken.note:
        yield "a note on a measurement", taken.note, day


def _intake_texts(intake: Intake) -> Iterator[_Text]:
    yield from (("what brings the pain on", pain.with_movement, intake.day) for pain in intake.pains or ())
    yield from (("the note on an injury", injury.note, None) for injury in intake.injuries or ())
    for operation in intake.operations or ():
        yield from (("an operation", operation.what, None), (_PHASE, operation.phase, None))
    yield from ((CLINICIAN, text, word.on) for word in intake.clearances for text in (word.phase, word.note))
    yield "the goal", intake.goal_words, None
    yield "the medicine", intake.medication, None
    yield "the note on the conversation", intake.note, intake.day
