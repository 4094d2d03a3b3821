"""The intake as a form: the questions of :mod:`movescreen.client.intake.questions` in steps, one group of them at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from movescreen.catalog.care_loader import CareCatalog
from movescreen.client.intake.answers import read_answer
from movescreen.client.intake.model import Intake, Sex
from movescreen.client.intake.questions import (
    BIRTH,
    CONSENT,
    EVERYDAY,
    MORE_SYMPTOMS,
    PREGNANT,
    SEVERAL,
    SYMPTOMS,
    WEEKS,
    Question,
    Several,
    ask_intake,
    follows,
    read_ticks,
    symptoms_question,
)
from movescreen.client.person import Person
from movescreen.errors import InputError
from movescreen.web.forms.fields import Form, mistake_words

#: More of one kind than anybody tells.
MOST_ENTRIES = 12
#: Ticked when none of several things holds, so that a step left out is never a "no".
NONE = "-none-"
#: Lists of red flags.
LISTS = (SYMPTOMS.key, MORE_SYMPTOMS.key)
_EVERYDAY = {question.key: question for question in EVERYDAY}


@dataclass(frozen=True)
class Step:
    """One screen of the form.

    Attributes
    ----------
    key
        Its name in the address.
    title
        What it is about.
    several
        Set for a step about things of which there may be several.
    questions
        Of any other step.
    lead
        A sentence before the questions.
    """

    key: str
    title: str
    several: Several | None = None
    questions: tuple[Question, ...] = ()
    lead: str = ""


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
    """

    code: str
    day: date
    birth_year: int | None = None
    sex: Sex = ""
    answers: dict[str, list[str]] = field(default_factory=dict)
    remembered: set[str] = field(default_factory=set)


def steps_of(draft: Draft, catalog: CareCatalog) -> list[Step]:
    """Return the steps for a person; whoever cannot give birth is not asked about it, as in the conversation."""
    titles = {"pains": "Pain", "injuries": "Injuries", "operations": "Operations"}
    steps = [Step(several.key, titles[several.key], several) for several in SEVERAL]
    if draft.sex != "male":
        lead = "Both may stay empty. They change which exercises fit."
        steps.append(Step("births", "Pregnancy and birth", None, (PREGNANT, BIRTH, WEEKS), lead))
    steps += [
        Step("day", "Everyday life", None, (_EVERYDAY["sitting_hours"], _EVERYDAY["sports"])),
        Step("goals", "Goals", None, tuple(_EVERYDAY[k] for k in ("goals", "goal_words", "confidence"))),
    ]
    first, more = _symptoms(draft, catalog)
    steps.append(Step("health", "Health", None, (_EVERYDAY["medication"], *first)))
    steps += [Step("signs", "Health, more closely", None, more)] if more else []
    return [*steps, Step("consent", "Consent", None, CONSENT)]


def field_name(question: Question, several: Several | None = None, entry: int = 0) -> str:
    """Return the name of a question's field in the form."""
    return f"{several.key}.{entry}.{question.key}" if several else question.key


def token_of(question: Question, number: int) -> str:
    """Return what a choice is called in the form: its value, or its number when that is empty."""
    return question.choices[number][0] or str(number + 1)


def count_entries(values: Mapping[str, list[str]], several: Several) -> int:
    """Return how many of a kind the form holds; 0 when the answer is no or missing."""
    numbers = {int(n.split(".")[1]) for n in values if n.startswith(f"{several.key}.") and n.split(".")[1].isdecimal()}
    return min(MOST_ENTRIES, len(numbers)) if values.get(several.first.key, [""])[0] == "yes" else 0


def take_step(draft: Draft, step: Step, sent: Form) -> None:
    """Put what was typed in a step into the draft, right or wrong; entries are numbered anew."""
    for name in [n for n in draft.answers if _belongs(n, step)]:
        del draft.answers[name]
        draft.remembered.discard(name)
    if step.several is None:
        for question in step.questions:
            if question.key in sent.values:
                draft.answers[question.key] = sent.values[question.key]
        return
    several = step.several
    draft.answers[several.first.key] = sent.values.get(several.first.key, [""])
    numbers = sorted(
        {int(p[1]) for n in sent.values if (p := n.split("."))[0] == several.key and len(p) == 3 and p[1].isdecimal()}
    )
    for new, old in enumerate(numbers[:MOST_ENTRIES]):
        for question in several.inner:
            values = sent.values.get(field_name(question, several, old))
            if values is not None:
                draft.answers[field_name(question, several, new)] = values


def forget_changed_lists(draft: Draft, before: list[Step], after: list[Step]) -> None:
    """Take back the answer to a list of red flags that holds other questions now: "none of these" was said about the old one."""
    asked = [question for step in after for question in step.questions]
    for question in (q for step in before for q in step.questions if q.key in LISTS and q not in asked):
        draft.answers.pop(question.key, None)


def change_entries(draft: Draft, several: Several, what: str, number: int = 0) -> None:
    """Add an empty entry (``add``), or take one out (``remove``)."""
    count = count_entries(draft.answers, several)
    if what == "add" and count < MOST_ENTRIES:
        draft.answers[field_name(several.inner[0], several, count)] = [""]
    if what == "remove" and number < count:
        for entry in range(number, count):
            for question in several.inner:
                draft.answers.pop(field_name(question, several, entry), None)
                following = draft.answers.get(field_name(question, several, entry + 1))
                if following is not None and entry + 1 < count:
                    draft.answers[field_name(question, several, entry)] = following
        if count == 1:
            draft.answers[several.first.key] = ["no"]


def check_step(draft: Draft, step: Step) -> Form:
    """Return the step as typed, with its mistakes."""
    form = Form(dict(draft.answers))
    if step.several is not None:
        _check_several(form, step.several, draft.day)
        return form
    given: dict[str, Any] = {}
    for question in step.questions:
        if question is WEEKS and form.text(BIRTH.key) != "yes":
            continue
        answer = _answer(form, question, question.key)
        if answer is not None:
            given[question.key] = answer
    told = {k: v for k, v in given.items() if k in Intake.model_fields and k not in (*LISTS, "consent")}
    try:
        Intake(day=draft.day, **told)
    except ValidationError as error:
        form.blame(error)
    return form


def make_intake(draft: Draft, catalog: CareCatalog) -> Intake:
    """Return what was told, by walking the conversation with the answers of the form.

    Raises
    ------
    InputError
        When an answer is missing or does not fit.
    """
    return ask_intake(_Replay(draft), catalog, draft.day, draft.birth_year, draft.sex)


def remember(draft: Draft, before: Intake) -> None:
    """Fill in what a person told the last time and what rarely changes: history, everyday life, goals; never pain or red flags."""
    for several in SEVERAL:
        told = getattr(before, several.key)
        if several.key == "pains" or told is None:
            continue
        draft.answers[several.first.key] = ["yes" if told else "no"]
        for entry, one in enumerate(told[:MOST_ENTRIES]):
            for question in several.inner:
                draft.answers[field_name(question, several, entry)] = [_typed(question, getattr(one, question.key))]
    for question in EVERYDAY:
        told = getattr(before, question.key)
        if question.key != "confidence" and told not in (None, "", ()):
            draft.answers[question.key] = list(told) if question.kind == "ticks" else [_typed(question, told)]
    draft.remembered = set(draft.answers)


def is_remembered(draft: Draft, step: Step) -> bool:
    """Tell whether a step holds answers of the last conversation that nobody has looked at yet."""
    return any(_belongs(name, step) for name in draft.remembered)


def _typed(question: Question, answer: Any) -> str:
    """Return an answer as somebody would have typed it."""
    if question.kind == "choice":
        return token_of(question, [value for value, _ in question.choices].index(answer))
    if question.kind == "yes_no":
        return "" if answer is None else "yes" if answer else "no"
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


class _Replay:
    """Answers each question from the form, in the order of the conversation."""

    def __init__(self, draft: Draft) -> None:
        self._form = Form(dict(draft.answers))
        self._several: Several | None = None
        self._entry = 0

    def __call__(self, question: Question) -> Any:
        for several in SEVERAL:
            if question is several.first:
                self._several, self._entry = several, 0
            elif question is several.more and self._several is several:
                self._entry += 1
                return self._entry < count_entries(self._form.values, several)
        inside = self._several if self._several and any(question is q for q in self._several.inner) else None
        name = field_name(question, inside, self._entry)
        answer = _answer(self._form, question, name)
        if self._form.mistakes:
            raise InputError(f"{question.text} {self._form.mistakes[self._form.first_mistake]}", "go back to it")
        return answer


def _symptoms(draft: Draft, catalog: CareCatalog) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """Return the red flags that belong to the person, as far as told by now, and those that answers to them bring."""
    told: dict[str, Any] = {"day": draft.day}
    form = Form(dict(draft.answers))
    for several in SEVERAL:
        entries = _entries(form, several)
        if form.text(several.first.key) in ("yes", "no") and not form.mistakes:
            told[several.key] = tuple(entries)
    if draft.sex == "male":
        told |= {"pregnant": False, "asked_birth": True}
    else:
        yes_no = {"yes": True, "no": False}
        birth, weeks = yes_no.get(form.text(BIRTH.key)), form.text(WEEKS.key)
        told["pregnant"] = yes_no.get(form.text(PREGNANT.key))
        told["asked_birth"] = birth is not None
        told["weeks_postpartum"] = int(weeks) if birth and weeks.isdecimal() else None
    try:
        intake = Intake(**told)
    except ValidationError:
        intake = Intake(day=draft.day)
    person = Person(draft.day, draft.birth_year, draft.sex, intake)
    first = symptoms_question(catalog, person, {})
    ticked = form.all(SYMPTOMS.key)
    more = symptoms_question(catalog, person, read_ticks(first, ticked)) if first and ticked else None
    return tuple(q for q in (first,) if q), tuple(q for q in (more,) if q)


def _belongs(name: str, step: Step) -> bool:
    if step.several is None:
        return name in {question.key for question in step.questions}
    return name == step.several.first.key or name.startswith(f"{step.several.key}.")


def _check_several(form: Form, several: Several, day: date) -> None:
    if _answer(form, several.first, several.first.key) and not count_entries(form.values, several):
        form.values[field_name(several.inner[0], several)] = [""]
    _entries(form, several, day)


def _entries(form: Form, several: Several, day: date | None = None) -> list[Any]:
    """Return what the entries of a kind make; mistakes stand beside their fields."""
    made = []
    for entry in range(count_entries(form.values, several)):
        names = {question.key: field_name(question, several, entry) for question in several.inner}
        before = len(form.mistakes)
        given: dict[str, Any] = {}
        for question in several.inner:
            answer = follows(question, given)
            if answer is None:
                answer = _answer(form, question, names[question.key])
            if answer is not None:
                given[question.key] = answer
        if len(form.mistakes) > before:
            continue
        try:
            one = several.model(**given)
        except ValidationError as error:
            form.blame(error, {**names, "": names.get("week", names[several.inner[0].key])})
            continue
        if day is not None and "when" in names and given["when"] > day.isoformat():
            form.complain(names["when"], "this lies ahead of the day of the conversation")
        made.append(one)
    return made


def _answer(form: Form, question: Question, name: str) -> Any:
    """Return an answer in the form of its question, or complain and return None."""
    if question.kind == "ticks":
        picked = form.all(name)
        if not picked and question.key in LISTS:
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
