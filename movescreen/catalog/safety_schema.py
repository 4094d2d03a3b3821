"""Schema of what a client watches for and may do, in their words."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from movescreen.catalog.client_schema import USUAL_PAIN_LIMIT, Call, Condition, Name, Place, Text, Topic
from movescreen.catalog.schema import SourceSpec
from movescreen.catalog.strict import Strict


class HelpSpec(Strict):
    """Signs at which the client calls for help, and whom.

    Attributes
    ----------
    when
        Conditions, one of which has to hold, or not be known, so that they count; empty for always.
    not_for
        The sex that cannot have them.
    """

    call: Call
    signs: tuple[Text, ...] = Field(min_length=1)
    when: tuple[Condition, ...] = ()
    not_for: Literal["", "female", "male"] = ""


class PainRuleSpec(Strict):
    """How much pain training may bring.

    Attributes
    ----------
    limit
        Of 10; above ``USUAL_PAIN_LIMIT`` only where it is back to its usual by the next morning.
    usual
        Instead of a limit: not more than usual, and usual again by the next day.
    next_morning, at_rest
        Pain, of 10, with which weight still goes on: the morning after, and now, without training. Named where more than usual is allowed.
    places
        For which parts; the whole body when empty.
    """

    limit: int | None = Field(default=None, ge=0, le=5)
    next_morning: int | None = Field(default=None, ge=0, le=5)
    at_rest: int | None = Field(default=None, ge=0, le=5)
    usual: bool = False
    places: tuple[Place, ...] = ()

    @property
    def loosens(self) -> bool:
        """Whether it allows more than what is fine elsewhere."""
        return self.usual or (self.limit or 0) > USUAL_PAIN_LIMIT

    @model_validator(mode="after")
    def _says_one_thing(self) -> PainRuleSpec:
        if self.usual == (self.limit is not None):
            raise ValueError("needs either a limit or usual")
        if self.loosens and not self.places:
            raise ValueError("more pain than usual is allowed for named parts only")
        if self.limit is not None and self.loosens and (self.next_morning is None or self.at_rest is None):
            raise ValueError("a rule that allows more than usual says how much at rest and the next morning")
        return self


class ClauseSpec(Strict):
    """Something that waits.

    Attributes
    ----------
    about
        What it is about.
    bars
        What of that it forbids altogether, not only the fast, the hard or the long.
    """

    # a stored plan holds it as well, with lists
    model_config = ConfigDict(strict=False)

    words: Text
    about: tuple[Topic, ...] = ()
    bars: tuple[Topic, ...] = ()


class ActivitySpec(Strict):
    """What the client may do beside the exercises and what waits, in their words, which follow "You may" and "Not yet".

    Attributes
    ----------
    may_no_impact
        Instead of ``may`` while running and jumping are banned; empty when ``may`` has neither in it.
    asks
        What ``may`` takes; of it ``may_no_impact`` takes no more than to get about.
    """

    may: Text
    may_no_impact: str = ""
    asks: tuple[Topic, ...] = ()
    wait: tuple[ClauseSpec, ...] = ()


class StepActivitySpec(ActivitySpec):
    """That, for one step of a pathway.

    Attributes
    ----------
    now
        What to do in the first days: as long as the step waits for time to pass. Empty where the clinician in charge says it.
    """

    step: Name
    now: str = ""


class KnownSignSpec(Strict):
    """A sign that some people have already today: for them it counts when it is new, or more.

    Attributes
    ----------
    name
        As it stands in brackets beside a longer sign.
    words
        A sign with one of these is meant.
    when, unless
        Who has it, as far as is known: one of ``when`` holds and none of ``unless``.
    says
        From when on it counts.
    """

    name: Text
    words: tuple[Text, ...] = Field(min_length=1)
    when: tuple[Condition, ...] = Field(min_length=1)
    unless: tuple[Condition, ...] = ()
    says: Text


class SafetySpec(Strict):
    """What a client watches for, in their words: of a care profile, of a pathway, or, without either, for everybody.

    Attributes
    ----------
    urgent
        When to call for help, and whom.
    brief
        All of ``urgent`` in a sentence, for a page on which the signs that are somebody's own stand in full; for everybody's row.
    stop
        When to stop and tell the trainer.
    pain
        How much pain training may bring; None where the usual rule holds.
    activity, steps
        What the client may do, for a profile and for each step of a pathway.
    advice
        What keeps the client safe at home.
    moves_on
        What else counts before the harder form, beside pain.
    known
        Signs that some have already.
    advice, advice_periods
        What keeps the client safe at home; the second is about periods, for who may have them.
    when
        Conditions, one of which has to hold, or not be known, so that the row counts; empty for always.
    source
        Where the signs are from, and how well that was checked.
    """

    id: Name
    profile: str = ""
    pathway: str = ""
    urgent: tuple[HelpSpec, ...] = Field(min_length=1)
    brief: str = ""
    stop: tuple[Text, ...] = Field(min_length=1)
    pain: PainRuleSpec | None = None
    activity: ActivitySpec | None = None
    steps: tuple[StepActivitySpec, ...] = ()
    advice: tuple[Text, ...] = ()
    moves_on: str = ""
    known: tuple[KnownSignSpec, ...] = ()
    advice_periods: tuple[Text, ...] = ()
    when: tuple[Condition, ...] = ()
    source: SourceSpec

    @model_validator(mode="after")
    def _about_one_thing(self) -> SafetySpec:
        if self.profile and self.pathway:
            raise ValueError("is about a profile or a pathway, not both")
        if self.steps and not self.pathway:
            raise ValueError("steps belong to a pathway")
        return self

    def at_step(self, step: str) -> ActivitySpec | None:
        """Return what the client may do at a step of the pathway; None when nothing is said."""
        return next((each for each in self.steps if each.step == step), None)
