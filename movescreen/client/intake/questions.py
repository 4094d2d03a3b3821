"""The questionnaire of an intake as data: sections, groups that repeat, questions; and the one reader of the answers.

A terminal asks it question by question (:func:`ask_intake`), the web app shows it section by section (:func:`walk`). Both hand in
answers in the form of their questions, by key; a group's entries are a list under its key. :func:`read_answers` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from pydantic import ValidationError

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import Gear, Goal, GoesWell, Graft, InjuryKind, Place, Sport, Spot
from movescreen.client.dates import days_since
from movescreen.client.intake.model import Consent, Frozen, Injury, Intake, Operation, Pain, Sex, describe_mistakes
from movescreen.client.intake.words import ALLOWED_WORDS, place_words
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
    when
        Key of a question before it that has to be answered with yes, or it is not asked; empty = always asked.
    when_is
        The answers to that question that it takes, any of them, instead of a yes.
    within_weeks
        That question names a day, and it may not lie longer ago; 0 = no limit.
    none_counts
        Of ticks: "none of these" is an answer of its own, so that a list left out is never a no.
    """

    key: str
    text: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    when: str = ""
    when_is: tuple[str, ...] = ()
    within_weeks: int = 0
    none_counts: bool = False


_SIDES = (("left", "left"), ("right", "right"), ("both", "both"), ("", "in the middle"))


def _choices(names: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ")) for name in get_args(names))


_PLACES = tuple((name, place_words(name)) for name in get_args(Place))

#: Operations that have a name of their own; any other is said in words.
OTHER = "other"
_OPERATIONS = (
    "cruciate ligament", "meniscus", "broken bone", "new joint", "tendon or muscle", "hernia or belly", "caesarean",
)  # fmt: skip
#: Injuries and operations that say their place, and places without a side.
PLACE_OF = {
    "ankle_sprain": "ankle", "knee_ligament": "knee", "meniscus": "knee", "back_pain_episode": "low_back", "cruciate ligament": "knee",
    "hernia or belly": "abdomen", "caesarean": "abdomen",
}  # fmt: skip
#: Injuries that tend to come back, and those after which a joint may give way.
_COMES_BACK = (
    "ankle_sprain",
    "muscle_strain",
    "tendon_pain",
    "bone_stress",
    "dislocation",
    "back_pain_episode",
    "other",
)
_GIVES_WAY = ("ankle_sprain", "knee_ligament", "meniscus", "dislocation", "fracture", "other")
MIDDLE = frozenset({"head", "neck", "chest", "upper_back", "low_back", "abdomen", "pelvis"})

_SPOTS: tuple[tuple[Spot, str], ...] = (("insertion", "at the heel bone"), ("middle", "a hand's width above the heel"))

_GRAFTS: tuple[tuple[Graft, str], ...] = (
    ("hamstring", "hamstring"), ("patellar", "kneecap"), ("quadriceps", "thigh"), ("donor", "donor"),
)  # fmt: skip

PAIN_NOW = Question("pain", "Does anything hurt, now or in the last week?", "yes_no")
PAIN = (
    Question("place", "Where?", "choice", _PLACES),
    Question("side", "Which side?", "choice", _SIDES),
    Question("spot", "Where on the Achilles tendon?", "choice", _SPOTS, when="place", when_is=("achilles",)),
    Question("now", "How strong right now?", "score"),
    Question("week", "And at worst in the last week?", "score"),
    Question("with_movement", "What brings it on?", "text", optional=True),
)
MORE_PAIN = Question("more_pain", "Does anything else hurt?", "yes_no")
INJURED = Question("injured", "Ever had an injury that stopped you for a week or more?", "yes_no")
INJURY = (
    Question("kind", "What was it?", "choice", _choices(InjuryKind)),
    Question("place", "Where?", "choice", _PLACES),
    Question("side", "Which side?", "choice", _SIDES),
    Question("when", "The last time? A year is enough.", "day"),
    Question("times", "How often did it happen?", "number", when="kind", when_is=_COMES_BACK),
    Question("gives_way", "Does it still give way?", "yes_no", optional=True, when="kind", when_is=_GIVES_WAY),
)
_CLEARED_BY = ("surgeon", "doctor", "physiotherapist")
MORE_INJURIES = Question("more_injuries", "Another injury?", "yes_no")
OPERATED = Question("operated", "Ever had an operation on joints, bones, back or belly?", "yes_no")
OPERATION = (
    Question("what", "What was operated?", "choice", (*((name, name) for name in _OPERATIONS), (OTHER, "something else"))),
    Question("what_words", "What was done?", "text", when="what", when_is=(OTHER,)),
    Question("place", "Where?", "choice", _PLACES),
    Question("side", "Which side?", "choice", _SIDES),
    Question("when", "When? The month; long ago the year will do.", "day"),
    Question("graft", "New ligament from?", "choice", _GRAFTS, optional=True, when="what", when_is=("cruciate ligament",)),
    Question(
        "cleared", "Did a doctor or physiotherapist allow training again?", "yes_no",
        optional=True, when="when", within_weeks=52,
    ),
    Question("cleared_by", "Who said it?", "choice", tuple((who, who) for who in _CLEARED_BY), when="cleared"),
    Question("cleared_on", "When was that said?", "day", when="cleared"),
    Question("allowed", "How far may you go?", "choice", tuple(ALLOWED_WORDS.items()), when="cleared"),
    Question(
        "phase", "Which phase of the surgeon's plan?", "text", optional=True, when="when", within_weeks=12,
    ),
)  # fmt: skip
MORE_OPERATIONS = Question("more_operations", "Another operation?", "yes_no")
PREGNANT = Question("pregnant", "Are you pregnant?", "yes_no", optional=True)
BIRTH = Question("birth", "Have you given birth in the last two years?", "yes_no", optional=True)
PREGNANCY_WEEK = Question("pregnancy_week", "In which week?", "number", optional=True, when="pregnant")
WEEKS = Question("weeks_postpartum", "How many weeks ago?", "number", when="birth")
_GEAR: tuple[tuple[Gear, str], ...] = (("band", "band"), ("weights", "dumbbells"), ("gym", "gym"), ("bike", "bike"))
_GOES_WELL: tuple[tuple[GoesWell, str], ...] = (("easy_runs", "easy runs"), ("team_training", "light team training"))
EVERYDAY = (
    Question("sitting_hours", "Hours a day that you sit?", "number", optional=True),
    Question("sports", "What do you do?", "ticks", _choices(Sport)),
    Question("equipment", "Train with what?", "ticks", _GEAR, optional=True, none_counts=True),
)
#: Asked of whom something hurts or was hurt, and no clinician's word after an operation says what is allowed.
GOES_WELL = Question(
    "goes_well", "Which go well now, without pain then and the next day?", "ticks", _GOES_WELL, optional=True, none_counts=True
)  # fmt: skip
GOALS = (
    Question("goals", "What do you want to do?", "ticks", _choices(Goal)),
    Question("goal_words", "In your own words?", "text", optional=True),
    Question("confidence", "How sure are you to do it today?", "score", optional=True),
)
TAKES_MEDICINE = Question(
    "takes_medicine", "Any medicine in the last three months, also antibiotics or cortisone?", "yes_no"
)
MEDICATION = Question("medication", "Which medicine?", "text", when="takes_medicine")
SYMPTOMS = Question("symptoms", "Does any of this hold for you? Tick all that do, or none.", "ticks", none_counts=True)
#: Asked when an answer to a list brings further questions.
MORE_SYMPTOMS = Question(
    "more_symptoms", "And does any of this hold? Tick all that do, or none.", "ticks", none_counts=True
)
CONSENT = (
    Question("records", "May we keep what you said and what we measured, on this computer only?", "yes_no"),
    Question("pictures", "And pictures and short films, on this computer only?", "yes_no"),
)

GUARDIAN = Question("guardian", "Which parent or guardian agrees, too? Their name.", "text", optional=True)
#: Whoever is younger does not agree alone.
OF_AGE = 18


@dataclass(frozen=True)
class Group:
    """Questions about something of which there may be none, one or several.

    Attributes
    ----------
    key
        Field of :class:`~movescreen.client.intake.model.Intake`, and of the answers.
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
    model: type[Frozen]


@dataclass(frozen=True)
class Section:
    """What is asked together: one screen of a form.

    Attributes
    ----------
    key, title
        Its name in an address, and in words.
    questions
        What is asked once.
    group
        What is asked of each of several; such a section has no other questions.
    lead
        A sentence before the questions.
    not_for
        A sex that is not asked; empty = everybody is.
    """

    key: str
    title: str
    questions: tuple[Question, ...] = ()
    group: Group | None = None
    lead: str = ""
    not_for: Sex = ""


GROUPS = (
    Group("pains", PAIN_NOW, PAIN, MORE_PAIN, Pain),
    Group("injuries", INJURED, INJURY, MORE_INJURIES, Injury),
    Group("operations", OPERATED, OPERATION, MORE_OPERATIONS, Operation),
)
_LEAD = "Both may stay empty. They change which exercises fit."
#: Red flags are added to ``health``, and to sections after it, by who is asked and what they told.
_SECTIONS = (
    *(
        Section(group.key, title, group=group)
        for group, title in zip(GROUPS, ("Pain", "Injuries", "Operations"), strict=True)
    ),
    Section("births", "Pregnancy and birth", (PREGNANT, PREGNANCY_WEEK, BIRTH, WEEKS), lead=_LEAD, not_for="male"),
    Section("day", "Everyday life", EVERYDAY),
    Section("goals", "Goals", GOALS),
    Section("health", "Health", (TAKES_MEDICINE, MEDICATION)),
    Section("consent", "Consent", CONSENT),
)

#: Asks one question and returns the answer in the form of its kind; None for "no answer".
Ask = Callable[[Question], Any]
#: Key of a question or group -> answer; what is not in it was not asked.
Answers = Mapping[str, Any]


def sections_for(person: Person, answers: Answers, catalog: ClientCatalog) -> list[Section]:
    """Return the sections for a person, with the lists of red flags that the answers so far bring.

    Parameters
    ----------
    person
        On the day of the intake; an earlier one of theirs does not count.
    """
    lists, _ = _symptom_lists(person, answers, catalog)
    signs = [Section(_numbered("signs", n), "Health, more closely", (asked,)) for n, asked in enumerate(lists[1:], 1)]
    sections: list[Section] = []
    for section in _SECTIONS:
        if section.key == "health":
            sections += [replace(section, questions=(*section.questions, *lists[:1])), *signs]
        elif section.questions == CONSENT and person.age is not None and person.age < OF_AGE:
            sections.append(replace(section, questions=(*CONSENT, GUARDIAN)))
        elif section.questions == EVERYDAY and _hurts_without_operation(answers):
            sections.append(replace(section, questions=(*EVERYDAY, GOES_WELL)))
        elif not section.not_for or section.not_for != person.sex:
            sections.append(section)
    return sections


def _hurts_without_operation(answers: Answers) -> bool:
    return not answers.get(OPERATED.key) and bool(answers.get(PAIN_NOW.key) or answers.get(INJURED.key))


def walk(person: Person, catalog: ClientCatalog, answer: Callable[[Section], Answers]) -> tuple[list[Section], Answers]:
    """Go through the questionnaire; return the sections that belong to the person, and the answers.

    Parameters
    ----------
    answer
        Answers one section, as far as it is answered.
    """
    done: list[Section] = []
    answers: dict[str, Any] = {}
    while left := sections_for(person, answers, catalog)[len(done) :]:
        done.append(left[0])
        answers |= answer(left[0])
    return done, answers


def ask_intake(ask: Ask, catalog: ClientCatalog, today: date, birth_year: int | None = None, sex: Sex = "") -> Intake:
    """Hold the conversation, question by question, and return what was told.

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
    person = Person(today, birth_year, sex)
    _, answers = walk(person, catalog, lambda section: _ask_section(section, ask, today))
    return read_answers(person, answers, catalog)


def _ask_section(section: Section, ask: Ask, today: date) -> Answers:
    group = section.group
    if group is None:
        return fill(section.questions, ask, today)
    more = some = ask(group.first)
    entries = []
    while more:
        entries.append(fill(group.inner, ask, today))
        more = ask(group.more)
    return {group.first.key: some, group.key: entries}


def fill(questions: Sequence[Question], ask: Ask, today: date) -> dict[str, Any]:
    """Return the answers to questions that are asked together, without those that were not asked or have none."""
    given: dict[str, Any] = {}
    for question in questions:
        if not _is_due(question, given, today):
            continue
        known = follows(question, given)
        value = ask(question) if known is None else known
        if value is not None:
            given[question.key] = value
    return given


def _is_due(question: Question, given: Answers, today: date) -> bool:
    """Return whether the answers so far bring a question."""
    if not question.when:
        return True
    answer = given.get(question.when)
    if question.within_weeks:
        return answer is not None and days_since(answer, today) < question.within_weeks * 7
    return answer in question.when_is if question.when_is else bool(answer)


def read_answers(person: Person, answers: Answers, catalog: ClientCatalog) -> Intake:
    """Return what the answers tell; what they do not hold was not asked.

    Raises
    ------
    InputError
        When answers do not go together; the message names them.
    """
    told = read_told(person, answers) | {"symptoms": _symptom_lists(person, answers, catalog)[1]}
    if any(question.key in answers for question in CONSENT):
        agreed = {question.key: bool(answers.get(question.key)) for question in CONSENT}
        told["consent"] = Consent(
            **agreed, films=agreed["pictures"], on=person.today, guardian=answers.get(GUARDIAN.key) or ""
        )
    intake: Intake = _build(Intake, told)
    return intake


def read_told(person: Person, answers: Answers) -> dict[str, Any]:
    """Return the fields of an intake that answers make, without red flags and consent; errors as in :func:`read_answers`."""
    told: dict[str, Any] = {"day": person.today}
    told |= {group.key: _read_group(group, answers) for group in GROUPS}
    if person.sex == "male":
        told |= {"pregnant": False, "asked_birth": True}
    else:
        told |= {key: answers.get(key) for key in (PREGNANT.key, PREGNANCY_WEEK.key, WEEKS.key)}
        told["asked_birth"] = answers.get(BIRTH.key) is not None
    once = (question.key for question in (*EVERYDAY, GOES_WELL, *GOALS, TAKES_MEDICINE, MEDICATION))
    return told | {key: answers[key] for key in once if answers.get(key) is not None}


def _read_group(group: Group, answers: Answers) -> tuple[Any, ...] | None:
    """Return what the entries make: empty for "there is none", None when it is not known."""
    some, entries = answers.get(group.first.key), answers.get(group.key)
    if some:
        return tuple(_build(group.model, told_fields(entry)) for entry in entries) if entries else None
    return None if some is None else ()


def _symptom_lists(person: Person, answers: Answers, catalog: ClientCatalog) -> tuple[list[Question], dict[str, bool]]:
    """Return the lists of red flags up to the first one that is not answered, and yes or no for each red flag told."""
    so_far: Intake = _build(Intake, read_told(person, answers))
    lists: list[Question] = []
    symptoms: dict[str, bool] = {}
    while True:
        intake = so_far.model_copy(update={"symptoms": symptoms})
        asked = [
            (spec.id, spec.question)
            for spec in catalog.red_flags.values()
            if spec.id not in symptoms and is_asked(spec, replace(person, intake=intake))
        ]
        if not asked:
            return lists, symptoms
        question = replace(MORE_SYMPTOMS, key=_numbered(MORE_SYMPTOMS.key, len(lists))) if lists else SYMPTOMS
        lists.append(replace(question, choices=tuple(asked)))
        ticked = answers.get(question.key)
        if ticked is None:
            return lists, symptoms
        symptoms |= {flag: flag in ticked for flag, _ in asked}


def _numbered(key: str, number: int) -> str:
    return key if number < 2 else f"{key}_{number}"


def told_fields(entry: Answers) -> dict[str, Any]:
    """Return the fields of an entry of a group: an operation without a name of its own is called by its words."""
    fields = dict(entry)
    words = fields.pop("what_words", None)
    return fields | {"what": words} if fields.get("what") == OTHER else fields


def given_answers(group: Group, told: Frozen) -> dict[str, Any]:
    """Return the answers that made an entry of a group; the other way round of :func:`told_fields`."""
    answers = {question.key: getattr(told, question.key, None) for question in group.inner}
    if "what" in answers and answers["what"] not in _OPERATIONS:
        answers |= {"what": OTHER, "what_words": answers["what"]}
    return answers


def follows(question: Question, given: Answers) -> Any:
    """Return an answer that follows from the ones before it; None when it has to be asked."""
    if question.key == "place":
        return PLACE_OF.get(given.get("kind") or given.get("what") or "")
    if question.key == "side" and given.get("place") in MIDDLE:
        return ""
    return None


def _build(model: Any, told: dict[str, Any]) -> Any:
    try:
        return model(**told)
    except ValidationError as error:
        raise InputError(f"the answers do not go together: {describe_mistakes(error)}", "ask again") from error
