"""Schema of red flags, danger words, history, manual tests and questionnaires, care profiles and reasons to look again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from movescreen.catalog.client_schema import Condition, Name, Stage, Text
from movescreen.catalog.schema import SourceSpec
from movescreen.catalog.strict import Strict


class SideSign(Strict):
    """A test that one side all but fails and the other one does: at most so much beside at least so much, in the test's unit."""

    test: Name
    at_most: float
    other_at_least: float


class RedFlagSpec(Strict):
    """A reason not to screen, and whom to see instead.

    Attributes
    ----------
    question
        Asked word for word; empty when the flag follows from other answers (``facts``).
    short
        The question in a few words, for lists in notes and letters; its id when empty.
    asked_if
        Ask only when one of these holds; always when empty.
    facts
        All of these together raise the flag, without a question.
    urgency
        ``now`` (the same day), ``soon`` (before training starts), ``mention`` (does not stop the screening).
    of_reading
        Never asked: the trainer says it of what was typed, with the reason in a note.
    says_how_far
        A clinician's word about it counts only with how far training is allowed.
    plan_goes_on
        It stops the screening alone: a care profile says what little a plan may hold.
    counts_while
        A yes counts while one of these holds, or is not known; always when empty.
    again_after_flare
        Asked again after pain that stops all loading, when the answer is older.
    anew_after_days, anew_while
        While one of these holds, a "no" counts for so many days; then a plan waits until it was asked again.
    masks_pain
        With a yes no score of pain opens anything: what hurts at all counts as too much.
    measured, observed, observed_not
        Tests, and words in what the trainer saw, felt or tested, that raise it by themselves, whatever was answered; results in which such
        words say that all is well.
    told, told_not
        The same for words in what was typed, too, and harmless phrases with such a word in them.
    sign_of
        For whom these signs count: one of these holds; everybody when empty.
    judged_by
        Flags of which a clinician's word, noted since, judges the signs as well.
    """

    id: Name
    question: str = ""
    short: str = ""
    asked_if: tuple[Condition, ...] = ()
    facts: tuple[Condition, ...] = ()
    urgency: Literal["now", "soon", "mention"]
    of_reading: bool = False
    says_how_far: bool = False
    plan_goes_on: bool = False
    counts_while: tuple[Condition, ...] = ()
    again_after_flare: bool = False
    anew_after_days: int | None = Field(default=None, ge=1, le=365)
    anew_while: tuple[Condition, ...] = ()
    masks_pain: bool = False
    measured: tuple[SideSign, ...] = ()
    observed: tuple[str, ...] = ()
    observed_not: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    told_not: tuple[str, ...] = ()
    sign_of: tuple[Condition, ...] = ()
    judged_by: tuple[Name, ...] = ()
    refer_to: Text
    reason: Text
    source: SourceSpec

    @property
    def asked(self) -> bool:
        """Whether its question is one of a conversation."""
        return bool(self.question) and not self.of_reading

    @model_validator(mode="after")
    def _asked_or_known(self) -> RedFlagSpec:
        if bool(self.question) == bool(self.facts):
            raise ValueError("needs a question or facts, and not both")
        return self


class DangerWordsSpec(Strict):
    """Words that hint at a danger in what somebody typed, for the trainer who reads it. The text waits without them, too.

    Attributes
    ----------
    words
        Words and phrases; ``*`` stands for any ending, ``...`` for up to five other words.
    flags
        Red flags whose questions may be answered by it: they are offered first.
    means, ask
        What may be behind it, and what the trainer asks.
    of_clinicians
        It is looked for in what clinicians said in their own words, and nowhere else.
    """

    id: Name
    words: tuple[Annotated[str, Field(min_length=2)], ...] = Field(min_length=1)
    flags: tuple[Name, ...] = ()
    means: Text
    ask: Text
    of_clinicians: bool = False
    source: SourceSpec


class HistoryLinkSpec(Strict):
    """What a finding may be said together with. Never a cause.

    Attributes
    ----------
    checks
        Ids of checks that this is about.
    relation
        Side of the finding against the side of the event: ``same``, ``away`` (the other one), or ``any``.
    message
        ``{event}`` is replaced by the event in words, such as "2023 right ankle sprain".
    """

    id: Name
    checks: tuple[Name, ...] = Field(min_length=1)
    when: Condition
    relation: Literal["same", "away", "any"] = "any"
    message: Annotated[str, Field(min_length=10, pattern=r"\{event\}")]
    source: SourceSpec


class AddedTestSpec(Strict):
    """A test or recording that the history makes worth while."""

    id: Name
    when: tuple[Condition, ...] = Field(min_length=1)
    tests: tuple[Name, ...] = ()
    recordings: tuple[Text, ...] = ()
    why: Text

    @model_validator(mode="after")
    def _adds_something(self) -> AddedTestSpec:
        if not self.tests and not self.recordings:
            raise ValueError("needs tests, recordings or both")
        return self


class AgelessNorm(Strict):
    """A norm whose source states no age, and for whom movescreen uses it all the same (years, both ends included)."""

    norm: Name
    ages: tuple[int, int]


class ErrorSpec(Strict):
    """How far a value may be off, one standard deviation, and where that is known from; ``percent`` is of the better side."""

    size: float = Field(gt=0)
    unit: Literal["percent", "reps", "s", "cm", "deg", "score", "Nm/kg"]
    source: SourceSpec


class QuestionnaireSpec(Strict):
    """A questionnaire of which only the score is kept: the words of most belong to somebody, and are not reproduced here.

    Attributes
    ----------
    license
        Who may use it, as far as that was read, and where.
    important
        The change that people notice, in points; None when no figure was read.
    important_source
        Where that figure is from.
    activities
        It has no questions of its own: the client names activities, and the score is their mean.
    """

    license: Text
    important: float | None = Field(default=None, gt=0)
    important_source: SourceSpec | None = None
    activities: bool = False

    @model_validator(mode="after")
    def _figure_has_a_source(self) -> QuestionnaireSpec:
        if (self.important is None) != (self.important_source is None):
            raise ValueError("important and important_source go together")
        return self


class SurgeonSpec(Strict):
    """When a value of a test is told to the surgeon before more load.

    Attributes
    ----------
    after
        The operations that it is about.
    at_least
        From which value on.
    along_with, along_at_least
        Another test that has to be this high, too; or one of the ``words`` was typed.
    """

    after: tuple[Condition, ...] = Field(min_length=1)
    at_least: float
    along_with: Name
    along_at_least: float
    words: tuple[str, ...] = ()


class HandTestSpec(Strict):
    """Something that a trainer measures without the camera, or asks with a questionnaire.

    Attributes
    ----------
    quantity, method
        Name and way of taking in the norms; empty when no norm file knows it.
    error_quantity
        Name of the quantity whose error counts, where it is not that of the norms.
    norm_divided_by
        Test of whose value the norms are percentages, such as the length of the leg.
    norms_without_age
        Norms whose source states no age, and the ages for which they are used.
    low, high
        Values outside are slips of the pen.
    concern
        The side that deserves a remark.
    impact
        True when no foot is on the floor for a moment.
    sign_words, sign_from
        Words that tell what it measures, and the value from which on it counts as that sign.
    minutes
        What it takes, both sides included: our own guess, by which the cheapest of several tests is found.
    questionnaire
        What has to be known of a questionnaire; None for everything that is measured.
    error
        Of one value, for a test of which the norms state none.
    """

    id: Name
    title: Text
    unit: Literal["deg", "cm", "s", "min", "reps", "score", "kg", "Nm/kg"]
    sided: bool
    how: Text
    concern: Literal["low", "high"]
    low: float
    high: float
    quantity: str = ""
    method: str = ""
    error_quantity: str = ""
    norm_divided_by: str = ""
    norms_without_age: tuple[AgelessNorm, ...] = ()
    impact: bool = False
    sign_words: tuple[str, ...] = ()
    sign_from: float = 1.0
    minutes: int = Field(default=3, ge=1, le=60)
    questionnaire: QuestionnaireSpec | None = None
    error: ErrorSpec | None = None
    surgeon: SurgeonSpec | None = None

    @property
    def activities(self) -> bool:
        """Whether the client names what is rated."""
        return self.questionnaire is not None and self.questionnaire.activities

    @model_validator(mode="after")
    def _norm_needs_both(self) -> HandTestSpec:
        if bool(self.quantity or self.error_quantity) != bool(self.method):
            raise ValueError("quantity and method go together")
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


class ProfileSpec(Strict):
    """What is special about caring for some people.

    Attributes
    ----------
    when, unless
        Any of ``when`` makes the profile hold, and none of ``unless``.
    needs
        Needs that are part of the plan whatever was found.
    latest_stage
        The plan goes no further, while ``latest_stage_while`` holds.
    no_impact_while
        While one of these holds, nothing in which both feet leave the floor: no exercise, no test, no recording, and no gates towards it.
    only, only_while
        While one of these holds, a plan holds nothing but these exercises.
    leaves_out, leaves_out_while
        While one of these holds, or is not known, a plan holds none of these exercises.
    drops_needs
        Needs that no plan is for, whatever speaks for them.
    hypotheses
        Pathway -> what is likely behind its complaint instead, in clinical words.
    notes, notes_with_impact, notes_while_only
        For the trainer; those about running and jumping stand only where no profile bans these, the last ones only while ``only`` holds.
    """

    id: Name
    order: int
    title: Text
    when: tuple[Condition, ...] = Field(min_length=1)
    unless: tuple[Condition, ...] = ()
    needs: tuple[Name, ...] = ()
    latest_stage: Stage = "speed"
    latest_stage_while: tuple[Condition, ...] = ()
    no_impact_while: tuple[Condition, ...] = ()
    only: tuple[Name, ...] = ()
    only_while: tuple[Condition, ...] = ()
    leaves_out: tuple[Name, ...] = ()
    leaves_out_while: tuple[Condition, ...] = ()
    drops_needs: tuple[Name, ...] = ()
    hypotheses: dict[Name, Text] = Field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    notes_with_impact: tuple[Text, ...] = ()
    notes_while_only: tuple[Text, ...] = ()
    source: SourceSpec

    @model_validator(mode="after")
    def _only_needs_both(self) -> ProfileSpec:
        if bool(self.only) != bool(self.only_while):
            raise ValueError("only and only_while go together")
        if bool(self.leaves_out) != bool(self.leaves_out_while):
            raise ValueError("leaves_out and leaves_out_while go together")
        if self.notes_while_only and not self.only:
            raise ValueError("notes_while_only need exercises to keep to")
        return self


class ReviewSpec(Strict):
    """How soon a plan is looked at again for whom one of the conditions holds, in days, and why, which follows "because"."""

    id: Name
    when: tuple[Condition, ...] = Field(min_length=1)
    days: int = Field(ge=1, le=42)
    why: Text
    source: SourceSpec
