"""The questions of an intake, in order. A terminal, a form on a phone and a test ask the same ones.

:func:`ask_intake` walks through them with a function that asks one :class:`Question` and returns the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from pydantic import ValidationError

from movescreen.catalog.care_loader import CareCatalog
from movescreen.catalog.care_schema import Goal, InjuryKind, Place, Sport
from movescreen.client.intake.model import Consent, Injury, Intake, Operation, Pain, Sex, Told, describe_mistakes
from movescreen.client.intake.words import place_words
from movescreen.client.person import Person
from movescreen.client.rules.red_flags import is_asked
from movescreen.errors import InputError

Kind = Literal["yes_no", "score", "number", "choice", "ticks", "text", "day"]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    key
        Name of the answer.
    kind
        ``yes_no`` (bool), ``score`` (0 to 10), ``number``, ``choice`` (one of ``choices``), ``ticks`` (any of them, as a list),
        ``text``, ``day`` (a year, month or day).
    choices
        (value, words).
    optional
        Whether an empty answer (None) is allowed.
    """

    key: str
    text: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False


#: Asks one question and returns the answer in the form of its kind; None for "no answer".
Ask = Callable[[Question], Any]

_SIDES = (("left", "left"), ("right", "right"), ("both", "both"), ("", "in the middle"))


def _choices(names: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ")) for name in get_args(names))


_PLACES = tuple((name, place_words(name)) for name in get_args(Place))

#: Injuries that say their place, and places without a side.
PLACE_OF = {"ankle_sprain": "ankle", "knee_ligament": "knee", "meniscus": "knee", "back_pain_episode": "low_back"}
MIDDLE = frozenset({"head", "neck", "chest", "upper_back", "low_back", "abdomen", "pelvis"})

PAIN_NOW = Question("pain", "Does anything hurt, now or in the last week?", "yes_no")
PAIN = (
    Question("place", "Where? Point at the body map.", "choice", _PLACES),
    Question("side", "Which side?", "choice", _SIDES),
    Question("now", "How strong is it right now, 0 to 10?", "score"),
    Question("week", "How strong was it at its worst in the last week, 0 to 10?", "score"),
    Question("with_movement", "What brings it on?", "text", optional=True),
)
MORE_PAIN = Question("more_pain", "Does anything else hurt?", "yes_no")
INJURED = Question("injured", "Have you ever had an injury that kept you from moving for a week or more?", "yes_no")
INJURY = (
    Question("kind", "What was it?", "choice", _choices(InjuryKind)),
    Question("place", "Where?", "choice", _PLACES),
    Question("side", "Which side?", "choice", _SIDES),
    Question("when", "When was the last time? A year is enough.", "day"),
    Question("times", "How often did it happen?", "number"),
    Question("gives_way", "Does it still give way?", "yes_no", optional=True),
)
MORE_INJURIES = Question("more_injuries", "Another injury?", "yes_no")
OPERATED = Question("operated", "Have you ever had an operation on joints, bones, back or belly?", "yes_no")
OPERATION = (
    Question("what", "What was done?", "text"),
    Question("place", "Where?", "choice", _PLACES),
    Question("side", "Which side?", "choice", _SIDES),
    Question("when", "When? A year is enough.", "day"),
    Question("cleared", "Did a doctor or physiotherapist say that you may train again?", "yes_no", optional=True),
)
MORE_OPERATIONS = Question("more_operations", "Another operation?", "yes_no")
PREGNANT = Question("pregnant", "Are you pregnant?", "yes_no", optional=True)
BIRTH = Question("birth", "Have you given birth in the last two years?", "yes_no", optional=True)
WEEKS = Question("weeks_postpartum", "How many weeks ago?", "number")
EVERYDAY = (
    Question("sitting_hours", "How many hours a day do you sit?", "number", optional=True),
    Question("sports", "What do you do? Tick all that fit.", "ticks", _choices(Sport)),
    Question("goals", "What do you want to be able to do? Tick all that fit.", "ticks", _choices(Goal)),
    Question("goal_words", "In your own words?", "text", optional=True),
    Question("confidence", "How sure are you that you could do that today, 0 to 10?", "score", optional=True),
    Question("medication", "Which medicine do you take, if any?", "text", optional=True),
)
SYMPTOMS = Question("symptoms", "Does any of this hold for you? Tick all that do, or none.", "ticks")
#: Asked when an answer to the first list brings further questions.
MORE_SYMPTOMS = Question("more_symptoms", "And does any of this hold? Tick all that do, or none.", "ticks")
CONSENT = (
    Question("records", "May we keep what you said and what we measured, on this computer only?", "yes_no"),
    Question("pictures", "May we keep pictures from your clips, on this computer only?", "yes_no"),
)


@dataclass(frozen=True)
class Several:
    """Questions about something of which there may be none, one or several.

    Attributes
    ----------
    key
        Field of :class:`~movescreen.client.intake.model.Intake`.
    first
        Is there any?
    inner
        Asked of each.
    more
        Is there another one?
    model
        What the answers about one of them make.
    """

    key: str
    first: Question
    inner: tuple[Question, ...]
    more: Question
    model: type[Told]


SEVERAL = (
    Several("pains", PAIN_NOW, PAIN, MORE_PAIN, Pain),
    Several("injuries", INJURED, INJURY, MORE_INJURIES, Injury),
    Several("operations", OPERATED, OPERATION, MORE_OPERATIONS, Operation),
)


def ask_intake(ask: Ask, catalog: CareCatalog, today: date, birth_year: int | None = None, sex: Sex = "") -> Intake:
    """Hold the conversation and return what was told.

    Parameters
    ----------
    ask
        Asks one question.
    catalog
        Brings the questions of the red flags; only those that belong to the person are asked.
    today
        Day of the conversation.
    birth_year, sex
        Known beforehand; men are not asked about births.

    Raises
    ------
    InputError
        When answers do not go together; the message names them.
    """
    told: dict[str, Any] = {"day": today}
    for several in SEVERAL:
        told[several.key] = _several(ask, several)
    told |= _ask_birth(ask, sex)
    told |= {q.key: answer for q in EVERYDAY if (answer := ask(q)) is not None}
    person = Person(today, birth_year, sex, _build(Intake, told))
    told["symptoms"] = _ask_symptoms(ask, catalog, person)
    told["consent"] = Consent(**{q.key: bool(ask(q)) for q in CONSENT}, on=today)
    intake: Intake = _build(Intake, told)
    return intake


def _ask_symptoms(ask: Ask, catalog: CareCatalog, person: Person) -> dict[str, bool]:
    symptoms: dict[str, bool] = {}
    while question := symptoms_question(catalog, person, symptoms):
        ticked = ask(question)
        if ticked is None:
            break
        symptoms |= read_ticks(question, ticked)
    return symptoms


def read_ticks(question: Question, ticked: Collection[str]) -> dict[str, bool]:
    """Return yes or no for each red flag of a list."""
    return {flag: flag in ticked for flag, _ in question.choices}


def symptoms_question(catalog: CareCatalog, person: Person, symptoms: Mapping[str, bool]) -> Question | None:
    """Return the next list of questions about red flags that belong to a person; None when all were asked.

    Parameters
    ----------
    person
        With an intake as far as told.
    symptoms
        Answers so far: none before the first list.
    """
    so_far = replace(person, intake=person.intake and person.intake.model_copy(update={"symptoms": symptoms}))
    asked = [spec for spec in catalog.red_flags.values() if spec.id not in symptoms and is_asked(spec, so_far)]
    choices = tuple((spec.id, spec.question) for spec in asked)
    return replace(MORE_SYMPTOMS if symptoms else SYMPTOMS, choices=choices) if choices else None


def _several(ask: Ask, several: Several) -> tuple[Any, ...] | None:
    answer = ask(several.first)
    if answer is None:
        return None
    found = []
    while answer:
        given: dict[str, Any] = {}
        for question in several.inner:
            if (value := follows(question, given)) is None:
                value = ask(question)
            if value is not None:
                given[question.key] = value
        found.append(_build(several.model, given))
        answer = ask(several.more)
    return tuple(found)


def follows(question: Question, given: Mapping[str, Any]) -> Any:
    """Return an answer that follows from the ones before it; None when it has to be asked."""
    if question.key == "place":
        return PLACE_OF.get(given.get("kind", ""))
    if question.key == "side" and given.get("place") in MIDDLE:
        return ""
    return None


def _ask_birth(ask: Ask, sex: Sex) -> dict[str, Any]:
    if sex == "male":
        return {"pregnant": False, "asked_birth": True}
    pregnant, birth = ask(PREGNANT), ask(BIRTH)
    weeks = ask(WEEKS) if birth else None
    return {"pregnant": pregnant, "asked_birth": birth is not None, "weeks_postpartum": weeks}


def _build(model: Any, told: dict[str, Any]) -> Any:
    try:
        return model(**told)
    except ValidationError as error:
        raise InputError(f"the answers do not go together: {describe_mistakes(error)}", "ask again") from error
