"""Schema of goals in small form: what a client wants to do again, and the exercises that are a first piece of it, the smallest first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from movescreen.catalog.client_schema import Goal, Name, Place, Sport, Text, Topic
from movescreen.catalog.strict import Strict


class GoalFormSpec(Strict):
    """One exercise that is a piece of a goal.

    Attributes
    ----------
    why
        Why it is the step to the goal, as the rest of "First piece of your goal, to carry: ...".
    """

    exercise: Name
    why: Text


class GoalSpec(Strict):
    """Something that people want to be able to do.

    Attributes
    ----------
    to
        What follows "to", such as ``carry things``.
    words, unless
        Phrases by which it is found in what a client types (see :mod:`movescreen.client.words`), and harmless ones with such a word in them.
    goals, sports, places
        Ticks that mean it where no words do: a goal; a sport to which somebody returns; places that hurt, for whom "less pain" is the goal.
    topics
        What it takes, for what the client's page says of it.
    forms
        From the smallest piece to the largest.
    """

    id: Name
    order: int
    to: Text
    words: tuple[Annotated[str, Field(min_length=2)], ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()
    goals: tuple[Goal, ...] = ()
    sports: tuple[Sport, ...] = ()
    places: tuple[Place, ...] = ()
    topics: tuple[Topic, ...] = ()
    forms: tuple[GoalFormSpec, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _each_form_once(self) -> GoalSpec:
        names = [form.exercise for form in self.forms]
        if len(set(names)) != len(names):
            raise ValueError("forms: an exercise is named twice")
        return self
