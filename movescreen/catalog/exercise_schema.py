"""Schema of needs and exercises: what an exercise may serve, how much of it, how it grows, and what keeps it from somebody."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from movescreen.catalog.client_schema import CheckName, Condition, Gear, Graded, Load, Name, Place, Stage, Text
from movescreen.catalog.strict import Strict


class NeedSpec(Graded):
    """What an exercise may serve, and what speaks for it.

    Attributes
    ----------
    checks
        Checks whose finding speaks for the need, optionally as ``movement:check``.
    hints
        Checks whose finding is a hint at best, because it has several possible grounds.
    tests
        Manual tests whose value below (or above) the norm, or that differ between the sides, speak for it.
    facts
        Facts of history, goal and everyday life that speak for it.
    observed
        Words, in what the trainer noted to have seen or tested, that speak for it.
    parts
        What training for it loads, beside what an exercise says of itself; the whole body when empty.
    impact
        It is about jumps and runs: no plan is for it while the person may not leave the floor.
    relation
        Side to train against the side of the finding: ``same``, or ``away`` (the other one).
    begins_with
        The exercise without which a plan is not for it; empty when any that serves it first will do.
    goes_with
        An exercise that stands beside that one, because both are needed; empty for none.
    """

    id: Name
    order: int
    title: Text
    because: Text
    relation: Literal["same", "away"] = "same"
    checks: tuple[CheckName, ...] = ()
    hints: tuple[CheckName, ...] = ()
    tests: tuple[Name, ...] = ()
    facts: tuple[Condition, ...] = ()
    observed: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()
    impact: bool = False
    begins_with: str = ""
    goes_with: tuple[str, ...] = ()


class DoseSpec(Strict):
    """How much: sets of repetitions, holds or seconds, and how often."""

    sets: int = Field(ge=1, le=6)
    reps: int | None = Field(default=None, ge=1, le=40)
    hold_s: int | None = Field(default=None, ge=1, le=120)
    duration_s: int | None = Field(default=None, ge=10, le=1800)
    per_side: bool = False
    per_week: int = Field(ge=1, le=7)

    @model_validator(mode="after")
    def _counts_something(self) -> DoseSpec:
        if self.reps is None and self.duration_s is None:
            raise ValueError("needs reps or duration_s")
        return self


class DoseStep(Strict):
    """One step up in the dose of an exercise, said against the step before it: what is not named stays.

    Attributes
    ----------
    sets, reps, hold_s, duration_s
        As in a dose.
    words
        What else is asked for, such as "with 2 to 4 kg more"; with words a number may get less, because the work does not.
    """

    sets: int | None = Field(default=None, ge=1, le=6)
    reps: int | None = Field(default=None, ge=1, le=40)
    hold_s: int | None = Field(default=None, ge=1, le=120)
    duration_s: int | None = Field(default=None, ge=10, le=3600)
    words: str = ""

    @property
    def numbers(self) -> dict[str, int]:
        """Return what it names."""
        named = {key: getattr(self, key) for key in ("sets", "reps", "hold_s", "duration_s")}
        return {key: value for key, value in named.items() if value is not None}

    @model_validator(mode="after")
    def _asks_something(self) -> DoseStep:
        if not self.numbers and not self.words:
            raise ValueError("a step changes a number, or says in words what changes")
        return self


class CapacityBar(Strict):
    """What a test has to show: so much on every side."""

    test: Name
    at_least: float


class RangeBar(CapacityBar):
    """What a test has to show on every side that was measured, while one of these places hurts."""

    places: tuple[Place, ...] = Field(min_length=1)


class StanceSpec(Strict):
    """What somebody has to hold in a test before they train a stance.

    Attributes
    ----------
    held_in
        While one of these is measured lower, it is left out.
    or_held_in
        Show that it is held as well, where none of those was measured.
    tested_for
        Who does not train it before one of them shows it.
    not_told
        Words, of the last 14 days, with which somebody does not train it.
    """

    held_in: tuple[CapacityBar, ...] = Field(min_length=1)
    or_held_in: tuple[CapacityBar, ...] = ()
    tested_for: tuple[Condition, ...] = ()
    not_told: tuple[str, ...] = ()


class DailySpec(Strict):
    """Why an exercise is done on more days than those that somebody named for training.

    Attributes
    ----------
    why
        In everyday words, after "because".
    when
        For whom; everybody when empty.
    """

    why: Text
    when: tuple[Condition, ...] = ()


class StartSpec(Strict):
    """How much of what a test measured an exercise begins with.

    Attributes
    ----------
    test
        Measures the exercise itself; the weaker side counts.
    share
        Of the measured value: about half to two thirds of it, and all of it where a test is no maximum; a choice of movescreen.
    unit_s
        Seconds in one unit of the test, for what is timed; None for repetitions.
    least, most
        Of repetitions or seconds.
    """

    test: Name
    share: float = Field(gt=0, le=1)
    unit_s: int | None = Field(default=None, ge=1)
    least: int = Field(ge=1)
    most: int = Field(ge=1)


class ExerciseSpec(Graded):
    """One exercise.

    Attributes
    ----------
    serves
        Needs, the one it serves best first.
    pattern
        What it does, where others do the same: a plan holds one of them, two where a step of a pathway asks for both.
    trains
        Tests that it trains most directly: it goes first when one of them speaks for its need.
    too_easy_from
        Tests, any of which shows that it asks for too little; it then makes way for the next free exercise of its ladder.
    too_hard_below
        Tests, one of which has to show that somebody is ready for it before movescreen chooses it; a trainer, and a step, may before.
    not_below
        Ranges without which it is left out while something hurts; what was not measured bars nothing.
    stance
        The stance in which it is done, as tests have to show it; None: none that is harder than standing.
    daily
        Why it is done on more days than somebody named; None: on those days only.
    starts_from
        The test that tells how much of it to begin with; None: with ``dose``.
    too_easy_with
        Who finds it too easy while nothing hurts and no movement of it stood out, such as who trains with weights already.
    movements
        Movements of the screening whose pattern it repeats or loads: when one of them hurt, the plan leaves the exercise out. Which
        they are is our own judgment: the movement itself, its parts and what asks more of it; empty when it is like none.
    pace
        Tempo of a repetition, in words.
    progress, regress
        Name of the harder and the easier exercise; empty at the end of a ladder.
    steps
        How the dose grows from ``dose`` on, before the harder exercise takes its place. Empty: as
        :func:`movescreen.client.plan.dosing.list_doses` says for its stage.
    reserve
        Good repetitions that are left at the end of a set; None: as usual for its stage.
    effort
        How hard it is, in words, where repetitions in reserve say it badly; empty: from ``reserve``.
    rest_s
        Rest between two sets, s; 0 where they are spread over the day; None: as usual for its stage.
    load
        How heavy to begin; empty for body weight alone.
    gear
        What it needs, any of these; empty for what a home has (a chair, a bag, a towel, a step).
    without
        How it goes without that, where it does; for whom nobody asked.
    loads
        What needs a day of rest after it, so that the week puts no two exercises with the same on neighboring days. Empty: what is
        heavy or fast counts as loading everything, the rest as loading nothing.
    only_with
        For whom it is: one of these has to hold; for everybody when empty.
    not_with
        Conditions under which the plan leaves it out.
    impact
        True when both feet leave the floor.
    never_fewer
        True when a plan never takes a set away, because less of it is known to be too little.
    special
        True when a plan chooses it only for whom a care profile keeps to it (``only``), or a step of a pathway names it.
    """

    id: Name
    title: Text
    stage: Stage
    serves: tuple[Name, ...] = Field(min_length=1)
    pattern: str = ""
    trains: tuple[Name, ...] = ()
    too_easy_from: tuple[CapacityBar, ...] = ()
    too_hard_below: tuple[CapacityBar, ...] = ()
    not_below: tuple[RangeBar, ...] = ()
    stance: StanceSpec | None = None
    daily: DailySpec | None = None
    starts_from: StartSpec | None = None
    too_easy_with: tuple[Condition, ...] = ()
    movements: tuple[Name, ...]
    how: Text
    dose: DoseSpec
    pace: Text
    feel: Text
    stop: Text
    harder: Text
    easier: Text
    progress: str = ""
    regress: str = ""
    steps: tuple[DoseStep, ...] = ()
    reserve: int | None = Field(default=None, ge=0, le=10)
    effort: str = ""
    rest_s: int | None = Field(default=None, ge=0, le=300)
    load: str = ""
    gear: tuple[Gear, ...] = ()
    without: str = ""
    loads: tuple[Load, ...] = ()
    only_with: tuple[Condition, ...] = ()
    not_with: tuple[Condition, ...] = ()
    impact: bool = False
    never_fewer: bool = False
    special: bool = False
    equipment: str = "none"

    @property
    def weighted(self) -> bool:
        """Whether it is done with a weight that is not the body's own; a band is none."""
        return bool(self.load) and not self.load.startswith(("Your own weight", "A band"))

    @model_validator(mode="after")
    def _steps_go_up(self) -> ExerciseSpec:
        now = self.dose.model_dump()
        for i, step in enumerate(self.steps):
            unknown = [key for key in step.numbers if now[key] is None and key != "hold_s"]
            if unknown:
                raise ValueError(f"steps.{i}: the dose has no {unknown[0]}")
            less = [key for key, value in step.numbers.items() if value < (now[key] or 0)]
            more = [key for key, value in step.numbers.items() if value > (now[key] or 0)]
            if not step.words and (less or not more):
                raise ValueError(f"steps.{i}: asks for more, or says in words what gets harder")
            now |= step.numbers
        return self
