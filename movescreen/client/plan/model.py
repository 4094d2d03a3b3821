"""A plan as it is stored, printed and edited."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from movescreen.catalog.client_schema import Stage, Strength
from movescreen.client.intake.model import Frozen, Note, Side


class PlanNeed(Frozen):
    """What the plan is for, and what speaks for it.

    Attributes
    ----------
    reasons
        Findings, tests, history and goals, in words.
    weight
        By which the needs were ordered; higher first.
    """

    need: str
    title: str
    because: str
    reasons: tuple[str, ...]
    weight: int
    evidence: Strength
    source: str
    source_verified: str


class PlannedExercise(Frozen):
    """One exercise of a plan, complete: it can be read without the catalog.

    Attributes
    ----------
    why, why_here
        Why this exercise, and why at this place.
    chosen_by
        ``movescreen``, or ``trainer`` when somebody added or changed it.
    """

    exercise: str
    title: str
    stage: Stage
    side: Side = ""
    why: Note
    why_here: Note
    how: Note
    sets: Annotated[int, Field(ge=1, le=10)]
    reps: Annotated[int, Field(ge=1, le=60)] | None = None
    hold_s: Annotated[int, Field(ge=1, le=300)] | None = None
    duration_s: Annotated[int, Field(ge=5, le=3600)] | None = None
    per_side: bool = False
    per_week: Annotated[int, Field(ge=1, le=14)]
    pace: Note
    feel: Note
    stop: Note
    harder: Note
    easier: Note
    equipment: str = "none"
    evidence: Strength = "opinion"
    source: Note = ""
    source_verified: str = ""
    chosen_by: Literal["movescreen", "trainer"] = "movescreen"

    @property
    def dose_words(self) -> str:
        """Return ``3 sets of 8 on each side, held 5 s, 3 times a week``."""
        amount = f"{self.reps}" if self.reps is not None else seconds_words(self.duration_s or 0)
        sets = f"{self.sets} set{'s' * (self.sets > 1)} of {amount}" if self.sets > 1 or self.reps else amount
        parts = [sets + (" on each side" if self.per_side else "")]
        parts += [f"held {self.hold_s} s"] if self.hold_s else []
        parts += [
            "every day"
            if self.per_week == 7
            else "once a week"
            if self.per_week == 1
            else f"{self.per_week} times a week"
        ]
        return ", ".join(parts)


#: Where a step of a pathway stands: behind the person, theirs now, still ahead, or waiting for a ban to end.
StepState = Literal["passed", "here", "ahead", "waits"]


class PlanStep(Frozen):
    """One step of a pathway, for the trainer and in everybody's words."""

    title: str
    plain: str
    state: StepState


class PlanPathway(Frozen):
    """The chain of reasons behind the exercises of a complaint.

    Attributes
    ----------
    refused
        The red flag that keeps the pathway closed; empty when none does.
    step, step_plain
        Where the client stands.
    waits
        The ban that keeps them from that step; empty when none does.
    complaint, found, hypothesis, plain, against, next_test
        From what hurts to what is likely, what would speak against it, and the cheapest test that would settle it.
    missing
        What the step still takes.
    exercises
        Titles of those in the plan.
    expected
        What should have changed by when, and by how much to be more than chance.
    """

    pathway: str
    title: str
    refused: Note = ""
    steps: tuple[PlanStep, ...] = ()
    step: str = ""
    step_plain: str = ""
    waits: Note = ""
    complaint: Note
    found: Note
    hypothesis: Note
    plain: Note
    against: Note = ""
    next_test: Note = ""
    missing: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    note: Note = ""
    evidence: Strength
    source: str
    source_verified: str


class LeftOut(Frozen):
    """An exercise that would have fitted, and why it is not in the plan."""

    exercise: str
    title: str
    reason: str


class Plan(Frozen):
    """A plan.

    Attributes
    ----------
    based_on
        Day of the visit whose findings it is made from; None when there was none.
    profiles
        Titles of the care profiles that hold.
    pathways
        The chain of reasons of each complaint.
    rules, stops
        How to go on from session to session; when to stop, whatever the exercise.
    cautions
        What the trainer has to mind.
    edited
        Whether a trainer changed it.
    catalog_sha256
        The files about the person that it was made with.
    """

    version: Literal[1] = 1
    day: date
    retest_on: date
    based_on: date | None = None
    headline: Note
    goals: Note = ""
    profiles: tuple[str, ...] = ()
    needs: tuple[PlanNeed, ...] = ()
    exercises: tuple[PlannedExercise, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    pathways: tuple[PlanPathway, ...] = ()
    rules: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    edited: bool = False
    note: Note = ""
    catalog_sha256: str = ""


def seconds_words(seconds: int) -> str:
    """Return ``45 s`` or ``10 min``."""
    return f"{seconds // 60} min" if seconds >= 60 and seconds % 60 == 0 else f"{seconds} s"
