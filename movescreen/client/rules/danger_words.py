"""Danger words in what somebody typed: a hit holds the plan and the next step until the trainer has read it and said so.

Everything typed about the person is read: every conversation, however old, and every note. What the form fills in again from the last
conversation (goal, medicine, history) is read once for the same words; what is told anew each time (pain, notes) is new on a new day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from movescreen.catalog.care_schema import DangerWordsSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.intake.model import Intake, TypedWords
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any
from movescreen.client.visits.visit import Visit
from movescreen.client.words import find_phrases
from movescreen.errors import WordsUnread
from movescreen.words.sentences import join_words

#: Where it was typed, the text, and its day; None for what the form fills in again.
_Text = tuple[str, str, date | None]
#: Where a word is a mere name that the answer to a question explains.
MEDICINE, OPERATION = "the medicine", "an operation"
#: A clinician's own words: they are read for conditions alone.
CLINICIAN = "what a clinician said"
_OBSERVED = "what the trainer noted"


def find_typed_words(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> tuple[TypedWords, ...]:
    """Return every danger word that was typed about a person by their day, read or not, each place once.

    A fact counts once: the name of a medicine or an operation is left out when the answer that it asks for was given, and so is what the
    trainer found by hand where that is the examination it asks for.
    """
    found = [
        TypedWords(spec=spec.id, words=hit.words, where=where, text=text, day=day)
        for where, text, day in list_texts(person, visits)
        for spec in catalog.danger_words.values()
        if spec.of_clinicians == (where == CLINICIAN) and not _is_answered(spec, where, person)
        for hit in find_phrases(text, spec.words, spec.unless)
        # a condition that a "no" stands before is one all the same
        if not hit.denied or spec.of_clinicians
    ]
    return tuple(dict.fromkeys(found))


def find_pain_medicine(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> tuple[TypedWords, ...]:
    """Return every medicine for pain that was typed about a person by their day; it holds no plan, but pain that is told may be less than it is."""
    flags = [spec for spec in catalog.red_flags.values() if spec.masks_pain and spec.words]
    found = [
        TypedWords(spec=spec.id, words=hit.words, where=where, text=text, day=day)
        for where, text, day in list_texts(person, visits)
        for spec in flags
        for hit in find_phrases(text, spec.words)
        if not hit.denied
    ]
    return tuple(dict.fromkeys(found))


def find_unread_words(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> tuple[TypedWords, ...]:
    """Return the danger words that nobody has read by the person's day."""
    read = {each for word in person.words_read if word.on <= person.today for each in word.what}
    return tuple(each for each in find_typed_words(person, visits, catalog) if each not in read)


def ensure_words_read(
    unread: Sequence[TypedWords], catalog: ClientCatalog, where: str = "with 'movescreen intake read'"
) -> None:
    """Raise :class:`WordsUnread`, with the words, when the trainer has to read something first.

    Parameters
    ----------
    where
        Ends "read it, ask, and say so ...".
    """
    if unread:
        told = " ".join(describe_words(unread, catalog))
        raise WordsUnread(
            f"the plan waits until the trainer has read what was typed: {told}", f"read it, ask, and say so {where}"
        )


def describe_words(words: Iterable[TypedWords], catalog: ClientCatalog) -> list[str]:
    """Return a line for each row of the list and text: the words, where they stand, what they may mean, and what to ask."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for each in words:
        alike.setdefault((each.spec, place_of(each), each.text), []).append(f"“{each.words}”")
    out = []
    for (name, place, text), typed in alike.items():
        spec = catalog.danger_words.get(name)
        means = f": {spec.means}. {spec.ask}" if spec else ""
        out.append(f"{join_words(typed)} in {place} (“{text}”){means}")
    return out


def describe_read(person: Person, words: Iterable[TypedWords]) -> list[str]:
    """Return a line for each danger word that was read: by whom, when, and what they noted."""
    out: dict[str, None] = {}
    for each in words:
        for word in person.words_read:
            if each in word.what and word.on <= person.today:
                note = f": {word.note}" if word.note else ""
                out[f"“{each.words}” in {place_of(each)} was read by {word.by} on {word.on}{note}."] = None
    return list(out)


def place_of(typed: TypedWords) -> str:
    """Return where a word stands: ``a note of 2026-03-02``."""
    return f"{typed.where} of {typed.day}" if typed.day else typed.where


def key_of(typed: TypedWords) -> str:
    """Return a short name of a danger word at its place, for forms."""
    return hashlib.sha256(typed.model_dump_json().encode()).hexdigest()[:16]


def _is_answered(spec: DangerWordsSpec, where: str, person: Person) -> bool:
    if where == _OBSERVED:
        return spec.asks_by_hand
    return where in (MEDICINE, OPERATION) and check_any(spec.answered_by, person).holds is True


def list_texts(person: Person, visits: Sequence[Visit]) -> Iterator[_Text]:
    """Yield everything typed about a person by their day: where, the text, and its day; None for what the form fills in again."""
    told = {id(intake): intake for intake in (*person.told, *([person.intake] if person.intake else []))}
    for intake in told.values():
        yield from _intake_texts(intake)
    for visit in visits:
        if visit.day <= person.today:
            yield from (("a note", note.text, visit.day) for note in visit.notes if note.text)
            yield from ((_OBSERVED, text, visit.day) for each in visit.observations for text in each.texts)
            yield from (
                ("a note on a measurement", taken.note, visit.day) for taken in visit.measurements if taken.note
            )
            yield from (("what the trainer put right", c.reason, visit.day) for c in visit.corrections if c.reason)
    if person.note:
        yield "the note on the client", person.note, None


def _intake_texts(intake: Intake) -> Iterator[_Text]:
    yield from (("what brings the pain on", pain.with_movement, intake.day) for pain in intake.pains or ())
    yield from (("the note on an injury", injury.note, None) for injury in intake.injuries or ())
    for operation in intake.operations or ():
        yield from ((OPERATION, text, None) for text in (operation.what, operation.phase))
        yield CLINICIAN, operation.phase, None
    yield from ((CLINICIAN, text, word.on) for word in intake.clearances for text in (word.phase, word.note))
    yield "the goal", intake.goal_words, None
    yield MEDICINE, intake.medication, None
    yield "the note on the conversation", intake.note, intake.day
