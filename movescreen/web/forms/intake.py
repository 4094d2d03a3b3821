"""The intake as a form: the questionnaire of :mod:`movescreen.client.intake.questions`, one section a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.intake.answers import read_answer
from movescreen.client.intake.model import Intake, Sex
from movescreen.client.intake.questions import (
    EVERYDAY,
    GOALS,
    GROUPS,
    GUARDIAN,
    MEDICATION,
    TAKES_MEDICINE,
    Answers,
    Group,
    Question,
    Section,
    fill,
    given_answers,
    read_answers,
    read_told,
    told_fields,
    walk,
)
from movescreen.client.person import Person
from movescreen.errors import InputError
from movescreen.web.forms.fields import Form, mistake_words

#: More of one kind than anybody tells.
MOST_ENTRIES = 12
#: Ticked when none of several things holds, so that a step left out is never a "no".
NONE = "-none-"
#: Key of the section with which the form begins.
FIRST_STEP = GROUPS[0].key


@dataclass
class Draft:
    """A conversation under way, in memory only: nothing is kept before the person agreed to it.

    Attributes
    ----------
    code, birth_year, sex
        Of the client.
    day
        Of the conversation.
    answers
        Field -> values as typed.
    remembered
        Fields that were filled in from the last conversation, not yet looked at.
    alone
        The client answers on a phone of their own: nobody hears a parent agree, so that nobody is asked who does.
    """

    code: str
    day: date
    birth_year: int | None = None
    sex: Sex = ""
    answers: dict[str, list[str]] = field(default_factory=dict)
    remembered: set[str] = field(default_factory=set)
    alone: bool = False

    @property
    def person(self) -> Person:
        """Who is asked, as known beforehand."""
        return Person(self.day, self.birth_year, self.sex)


def steps_of(draft: Draft, catalog: ClientCatalog) -> list[Section]:
    """Return the sections for a person, as far as told by now; one with a mistake counts as not told."""
    form, person = Form(dict(draft.answers)), draft.person
    sections = walk(person, catalog, lambda section: read_section(form, section, person))[0]
    if not draft.alone:
        return sections
    return [replace(s, questions=tuple(q for q in s.questions if q is not GUARDIAN)) for s in sections]


def field_name(question: Question, group: Group | None = None, entry: int = 0) -> str:
    """Return the name of a question's field in the form."""
    return f"{group.key}.{entry}.{question.key}" if group else question.key


def token_of(question: Question, number: int) -> str:
    """Return what a choice is called in the form: its value, or its number when that is empty."""
    return question.choices[number][0] or str(number + 1)


def count_entries(values: Mapping[str, list[str]], group: Group) -> int:
    """Return how many of a kind the form holds; 0 when the answer is no or missing."""
    return len(_entries(values, group)) if values.get(group.first.key, [""])[0] == "yes" else 0


def take_step(draft: Draft, step: Section, sent: Form) -> None:
    """Put what was typed in a step into the draft, right or wrong; entries are numbered anew."""
    for name in [n for n in draft.answers if _belongs(n, step)]:
        del draft.answers[name]
        draft.remembered.discard(name)
    draft.answers |= {q.key: sent.values[q.key] for q in step.questions if q.key in sent.values}
    if step.group is not None:
        draft.answers[step.group.first.key] = sent.values.get(step.group.first.key, [""])
        _put_entries(draft, step.group, _entries(sent.values, step.group))


def _entries(values: Mapping[str, list[str]], group: Group) -> list[dict[str, list[str]]]:
    """Return the entries of a kind as typed, by the key of the question."""
    numbers = sorted(
        {int(p[1]) for n in values if (p := n.split("."))[0] == group.key and len(p) == 3 and p[1].isdecimal()}
    )
    fields = [{question.key: field_name(question, group, number) for question in group.inner} for number in numbers]
    return [{key: values[n] for key, n in names.items() if n in values} for names in fields[:MOST_ENTRIES]]


def _put_entries(draft: Draft, group: Group, entries: list[dict[str, list[str]]]) -> None:
    for name in [n for n in draft.answers if n.startswith(f"{group.key}.")]:
        del draft.answers[name]
    for number, entry in enumerate(entries):
        draft.answers |= {f"{group.key}.{number}.{key}": typed for key, typed in entry.items()}


def forget_changed_lists(draft: Draft, before: list[Section], after: list[Section]) -> None:
    """Take back the answer to a list of red flags that holds other questions now: "none of these" was said about the old one."""
    asked = [question for step in after for question in step.questions]
    for question in (q for step in before for q in step.questions if q.none_counts and q not in asked):
        draft.answers.pop(question.key, None)


def change_entries(draft: Draft, group: Group, what: str, number: int = 0) -> None:
    """Add an empty entry (``add``), or take one out (``remove``)."""
    entries = _entries(draft.answers, group) if count_entries(draft.answers, group) else []
    if what == "add" and len(entries) < MOST_ENTRIES:
        entries.append({group.inner[0].key: [""]})
    if what == "remove" and number < len(entries):
        del entries[number]
        if not entries:
            draft.answers[group.first.key] = ["no"]
    _put_entries(draft, group, entries)


def check_step(draft: Draft, step: Section) -> Form:
    """Return the step as typed, with its mistakes."""
    form = Form(dict(draft.answers))
    read_section(form, step, draft.person)
    return form


def make_intake(draft: Draft, catalog: ClientCatalog) -> Intake:
    """Return what was told.

    Raises
    ------
    InputError
        When an answer is missing or does not fit.
    """
    form = Form(dict(draft.answers))
    _, answers = walk(draft.person, catalog, lambda section: read_section(form, section, draft.person))
    if form.mistakes:
        raise InputError(f"{form.first_mistake}: {form.mistakes[form.first_mistake]}", "go back to it")
    return read_answers(draft.person, answers, catalog)


def read_section(form: Form, section: Section, person: Person) -> Answers:
    """Return the answers of a section; none with a mistake in it, which then stands beside its field."""
    own = Form(form.values)
    if section.group is not None:
        answers = _read_group(own, section.group, person.today)
    else:
        answers = fill(section.questions, lambda question: _answer(own, question, question.key), person.today)
        try:
            Intake(**read_told(person, answers))
        except ValidationError as error:
            own.blame(error)
    form.mistakes = own.mistakes | form.mistakes
    return {} if own.mistakes else answers


def remember(draft: Draft, before: Intake) -> None:
    """Fill in what a person told the last time and what rarely changes: history, everyday life, goals; never pain or red flags."""
    for group in GROUPS:
        told = getattr(before, group.key)
        if group.key == "pains" or told is None:
            continue
        draft.answers[group.first.key] = ["yes" if told else "no"]
        for entry, one in enumerate(told[:MOST_ENTRIES]):
            told_before = given_answers(group, one)
            for question in group.inner:
                draft.answers[field_name(question, group, entry)] = [_typed(question, told_before[question.key])]
    for question in (*EVERYDAY, *GOALS, TAKES_MEDICINE, MEDICATION):
        told = getattr(before, question.key)
        if question.key != "confidence" and told not in (None, "", (), False):
            draft.answers[question.key] = list(told) if question.kind == "ticks" else [_typed(question, told)]
    draft.remembered = set(draft.answers)


def is_remembered(draft: Draft, step: Section) -> bool:
    """Tell whether a step holds answers of the last conversation that nobody has looked at yet."""
    return any(_belongs(name, step) for name in draft.remembered)


def _typed(question: Question, answer: Any) -> str:
    """Return an answer as somebody would have typed it."""
    if answer is None:
        return ""
    if question.kind == "choice":
        values = [value for value, _ in question.choices]
        return token_of(question, values.index(answer)) if answer in values else ""
    if question.kind == "yes_no":
        return "yes" if answer else "no"
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def _belongs(name: str, step: Section) -> bool:
    if step.group is None:
        return name in {question.key for question in step.questions}
    return name == step.group.first.key or name.startswith(f"{step.group.key}.")


def _read_group(form: Form, group: Group, day: date) -> dict[str, Any]:
    """Return whether there are any, and the answers about each; mistakes stand beside their fields."""
    some = _answer(form, group.first, group.first.key)
    if some and not count_entries(form.values, group):
        form.values[field_name(group.inner[0], group)] = [""]
    entries = [_read_entry(form, group, entry, day) for entry in range(count_entries(form.values, group))]
    return {group.first.key: some, group.key: entries}


def _read_entry(form: Form, group: Group, entry: int, day: date) -> dict[str, Any]:
    names = {question.key: field_name(question, group, entry) for question in group.inner}
    before = len(form.mistakes)
    given = fill(group.inner, lambda question: _answer(form, question, names[question.key]), day)
    if len(form.mistakes) > before:
        return given
    try:
        group.model(**told_fields(given))
    except ValidationError as error:
        form.blame(error, {**names, "": names.get("week", names[group.inner[0].key])})
    if "when" in names and given["when"] > day.isoformat():
        form.complain(names["when"], "this is after the day of the intake")
    return given


def _answer(form: Form, question: Question, name: str) -> Any:
    """Return an answer in the form of its question, or complain and return None."""
    if question.kind == "ticks":
        picked = form.all(name)
        if not picked and question.none_counts and question.optional:
            return None
        if not picked and question.none_counts:
            form.complain(name, "tick what holds, or “none of these”")
            return None
        wrong = set(picked) - {value for value, _ in question.choices} - {NONE}
        if wrong or (NONE in picked and len(picked) > 1):
            form.complain(name, "“none of these” does not go with another one" if not wrong else "choose from the list")
            return None
        return [value for value in picked if value != NONE]
    text = form.text(name)
    if not text:
        if not question.optional:
            form.complain(name, "please answer this" if question.kind != "choice" else "please choose")
        return None
    try:
        return read_answer(question, text)
    except ValueError as error:
        form.complain(name, mistake_words(str(error)))
        return None
