"""What a person tells before the screening: pain, history, everyday life, goals, red flags, consent.

The models are what is stored, what a JSON file holds and what a web form fills. ``None`` always means "not asked", never "no".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from movescreen.catalog.client_schema import Gear, Goal, GoesWell, Graft, InjuryKind, Place, Sport, Spot, Stage
from movescreen.client.dates import PartialDate, latest_day
from movescreen.doors import Door
from movescreen.errors import InputError, UnknownNameError

Side = Literal["left", "right", "both", ""]
Sex = Literal["female", "male", ""]
Score = Annotated[int, Field(ge=0, le=10)]
Note = Annotated[str, Field(max_length=2000)]
Role = Annotated[str, Field(max_length=200)]
_Model = TypeVar("_Model", bound=BaseModel)


class Frozen(BaseModel):
    """Base of what an intake and the notes hold: no unknown keys, and no change once made."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False, defer_build=True
    )


class Pain(Frozen):
    """Pain at one place.

    Attributes
    ----------
    now, week
        Strength now, and at its worst in the last seven days: 0 none, 10 the worst one can think of.
    with_movement
        What brings it on, in the person's words; empty when nothing does.
    since
        When it began, as far as remembered.
    spot
        Of an Achilles tendon: where on it; None when nobody asked.
    """

    place: Place
    side: Side = ""
    spot: Spot | None = None
    now: Score
    week: Score
    with_movement: Note = ""
    since: PartialDate | None = None

    @model_validator(mode="after")
    def _week_holds_now(self) -> Pain:
        if self.week < self.now:
            raise ValueError(f"the worst of the week ({self.week}) cannot be less than the pain now ({self.now})")
        return self


class Injury(Frozen):
    """An injury of any time.

    Attributes
    ----------
    times
        How often; 1 when it happened once.
    gives_way
        Does the joint still give way? None = not asked.
    """

    kind: InjuryKind
    place: Place
    side: Side = ""
    when: PartialDate
    times: int = Field(default=1, ge=1, le=50)
    gives_way: bool | None = None
    note: Note = ""


class Operation(Frozen):
    """An operation.

    Attributes
    ----------
    cleared
        Whether somebody in charge allowed training again (None = not asked); it counts with the three that follow.
    cleared_by, cleared_on, allowed
        Who, by role; when; the last stage of a plan that was allowed.
    graft
        From where a new cruciate ligament was taken; None when nobody asked, or nobody knew.
    phase
        Phase of the protocol in which the person is, as the surgeon or physiotherapist calls it; empty when nobody named one.
    """

    what: Annotated[str, Field(min_length=2, max_length=200)]
    place: Place
    side: Side = ""
    when: PartialDate
    cleared: bool | None = None
    cleared_by: Role = ""
    cleared_on: PartialDate | None = None
    allowed: Stage | None = None
    graft: Graft | None = None
    phase: Note = ""

    @model_validator(mode="after")
    def _cleared_after_it(self) -> Operation:
        if self.cleared_on is not None and latest_day(self.cleared_on).isoformat() < self.when:
            raise ValueError(f"training cannot be allowed ({self.cleared_on}) before the operation ({self.when})")
        return self


class Clearance(Frozen):
    """What a clinician said about a red flag.

    Attributes
    ----------
    flag
        Id of the red flag.
    by
        Role of whoever said it, such as "physician".
    allows
        The last stage of a plan that is allowed; None when nothing was said about it.
    phase
        Phase of a protocol after an operation; empty when nobody named one.
    on, said_on
        When it was noted; and when it was said, where that is another day or was told at all.
    """

    flag: str
    by: Annotated[str, Field(min_length=2, max_length=200)]
    on: date
    said_on: date | None = None
    allows: Stage | None = None
    phase: Note = ""
    note: Note = ""

    @model_validator(mode="after")
    def _said_before_it_was_noted(self) -> Clearance:
        if self.said_on is not None and self.said_on > self.on:
            raise ValueError(f"it cannot be said ({self.said_on}) after it was noted ({self.on})")
        return self


class TypedText(Frozen):
    """Something that was typed about a person.

    Attributes
    ----------
    where, text
        Which text it is, and the whole of it.
    day
        Of the text; None for one that a form fills in again the next time.
    spec, words
        In records of before: the danger word in it that was read, and its row in the catalog.
    """

    where: str
    text: Note
    day: date | None = None
    spec: str = ""
    words: str = ""

    @property
    def place(self) -> str:
        """Return where it stands: ``a note of 2026-03-02``."""
        return f"{self.where} of {self.day}" if self.day else self.where

    @property
    def key(self) -> str:
        """Return a short name of it, for forms and the command line."""
        told = self.model_dump_json(exclude={"spec", "words"})
        return hashlib.sha256(told.encode()).hexdigest()[:8]


#: What a text means when it is about something that the intake holds: then the intake is to be put right.
IN_INTAKE = "intake"


class WordsRead(Frozen):
    """That the trainer has read what was typed.

    Attributes
    ----------
    by, on, note
        Who, when, and what was asked and answered.
    answer
        What the trainer says to a question that was typed; empty for what was read.
    means
        Red flags whose questions it answers with yes, and ``intake`` when the intake is to be put right; empty when nothing in it changes
        the plan. None in records of before, which tell only that danger words were read.
    intake
        With ``intake``: the fingerprint of the intake as it was; until that changes the text goes on waiting.
    """

    by: Annotated[str, Field(min_length=2, max_length=200)]
    on: date
    what: tuple[TypedText, ...] = Field(min_length=1)
    means: tuple[str, ...] | None = None
    intake: str = ""
    note: Note = ""
    answer: Note = ""


class Consent(Frozen):
    """What the person agreed to.

    Attributes
    ----------
    records, pictures, films
        Keeping what was said and measured; keeping pictures from the clips; and small films of them, of which earlier versions did not
        ask: False then.
    guardian
        Who agreed for somebody under 18, by name or role; empty when nobody did.
    coach
        Telling a coach where it hurts and what was injured; None when nobody asked, which is a no.
    """

    records: bool
    pictures: bool
    on: date
    coach: bool | None = None
    films: bool = False
    guardian: Role = ""


class Intake(Frozen):
    """One conversation.

    Attributes
    ----------
    version
        Of the shape of this record.
    day
        When it took place.
    pains
        Empty = no pain; None = not asked. The same holds for injuries and operations.
    pregnant, weeks_postpartum
        On that day; ``weeks_postpartum`` is None when there was no birth in the last two years, or nobody asked.
    pregnancy_week
        On that day; None when it is not known.
    asked_birth
        Whether pregnancy and birth were asked about.
    sitting_hours
        A day.
    equipment
        What there is to train with, beside what a home has; empty = nothing, None = not asked.
    goes_well
        What is done now without pain or trouble, then and the next day; empty = none of it, None = not asked.
    takes_medicine, medication
        Whether any is taken, or was in the last three months; which.
    symptoms
        Id of a red flag -> yes or no, for every one that was asked.
    clearances
        What clinicians said about red flags.
    confidence
        How sure the person is to do the goal's movement today, 0 to 10.
    """

    version: Literal[1] = 1
    day: date
    pains: tuple[Pain, ...] | None = None
    injuries: tuple[Injury, ...] | None = None
    operations: tuple[Operation, ...] | None = None
    pregnant: bool | None = None
    pregnancy_week: int | None = Field(default=None, ge=1, le=45)
    weeks_postpartum: int | None = Field(default=None, ge=0, le=104)
    asked_birth: bool = False
    sitting_hours: float | None = Field(default=None, ge=0, le=24)
    sports: tuple[Sport, ...] = ()
    equipment: tuple[Gear, ...] | None = None
    goes_well: tuple[GoesWell, ...] | None = None
    goals: tuple[Goal, ...] = ()
    goal_words: Note = ""
    takes_medicine: bool | None = None
    medication: Note = ""
    confidence: Score | None = None
    symptoms: Mapping[str, bool] = Field(default_factory=dict)
    clearances: tuple[Clearance, ...] = ()
    consent: Consent | None = None
    note: Note = ""

    @property
    def fingerprint(self) -> str:
        """Return what tells whether anything that was told has changed, other than the day, consent and clinicians' words."""
        told = self.model_dump_json(exclude={"day", "consent", "clearances"})
        return hashlib.sha256(told.encode()).hexdigest()

    @field_validator("sports")
    @classmethod
    def _none_is_alone(cls, sports: tuple[Sport, ...]) -> tuple[Sport, ...]:
        if "none" in sports and len(sports) > 1:
            raise ValueError("'none' does not go with another sport")
        return sports

    @model_validator(mode="after")
    def _nothing_lies_ahead(self) -> Intake:
        events: list[Injury | Operation] = [*(self.injuries or ()), *(self.operations or ())]
        for event in events:
            if event.when > self.day.isoformat():
                raise ValueError(f"{event.place}: {event.when} lies after the day of the intake ({self.day})")
            if isinstance(event, Operation) and (event.cleared_on or "") > self.day.isoformat():
                raise ValueError(f"{event.place}: {event.cleared_on} lies after the day of the intake ({self.day})")
        if self.pregnant and self.weeks_postpartum is not None and self.weeks_postpartum < 6:
            raise ValueError("pregnant and less than six weeks after a birth does not go together")
        return self


def read_sex(text: str) -> Sex:
    """Return a sex that the norms know, or empty for not known; UnknownNameError for anything else."""
    known: tuple[Sex, ...] = ("", "female", "male")
    for sex in known:
        if text == sex:
            return sex
    raise UnknownNameError("sex in the norms", text, ("female", "male"))


def read_intake(path: Path) -> Intake:
    """Read an intake from a JSON file.

    Raises
    ------
    InputError
        When the file cannot be read or does not fit; the message names every wrong key.
    """
    return parse_intake(Door("intake", "give a JSON file as 'movescreen intake template' prints").read_text(path))


def parse_intake(text: str) -> Intake:
    """Return the intake that a JSON text holds; errors as in :func:`read_intake`."""
    return parse_told(Intake, text, "intake", "see 'movescreen intake template' for the shape")


def parse_told(model: type[_Model], text: str, what: str, hint: str) -> _Model:
    """Return a model from JSON text, or raise InputError that names every wrong key."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise InputError(f"the {what} does not fit: {describe_mistakes(error)}", hint) from error


def describe_mistakes(error: ValidationError) -> str:
    """Return every mistake with its key, in one line."""
    parts = []
    for each in error.errors():
        key = ".".join(str(part) for part in each["loc"])
        text = each["msg"].removeprefix("Value error, ")
        parts.append(f"{key}: {text}" if key else text)
    return "; ".join(parts)
