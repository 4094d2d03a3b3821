"""Schema of pathways from a complaint to running, sport or daily life, and of the gates between their steps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from movescreen.catalog.care_schema import ErrorSpec
from movescreen.catalog.client_schema import (
    CheckName,
    Condition,
    Graded,
    InjuryCondition,
    Name,
    OperationCondition,
    Stage,
    Text,
)
from movescreen.catalog.schema import SourceSpec
from movescreen.catalog.strict import Strict


class LowerFloor(Strict):
    """A lower floor for some people: of an age (years, both ends included), of a sex, or both."""

    at_least: float = Field(gt=0)
    ages: tuple[int, int] = (0, 130)
    sex: Literal["female", "male", "any"] = "any"


class FloorSpec(Strict):
    """What both sides have to reach, however alike they are.

    Attributes
    ----------
    at_least
        In the test's unit, or in percent of the leg's length.
    of_leg_length
        It is a percentage of the leg's length, which is a manual test of its own.
    lower
        For whom less is enough.
    error
        Of one value, in the test's unit.
    """

    at_least: float = Field(gt=0)
    of_leg_length: bool = False
    lower: tuple[LowerFloor, ...] = ()
    error: ErrorSpec
    source: SourceSpec

    @model_validator(mode="after")
    def _lower_is_lower(self) -> FloorSpec:
        if any(row.at_least >= self.at_least for row in self.lower):
            raise ValueError("lower: must be below at_least")
        return self


#: What a gate waits for: what tissue or an operation demands, what the person can do, and how sure they are of it.
Clock = Literal["time", "capacity", "confidence"]


class GateSpec(Strict):
    """One condition on the way from a complaint to sport or daily life; steps of pathways name gates by their id.

    ``test`` gates read manual tests and questionnaires (``limit`` is a value, or the weaker side in percent of the other one for
    ``symmetry``), ``check`` gates read findings, ``pain`` and ``confidence`` gates the latest notes, ``flags`` gates the red flags: those
    that stop a screening, and the ones named in ``flags``. Gates that hold one side against the other ask for a ``floor``, too: two
    equally weak legs are alike. ``floor`` gates ask for nothing else. ``error`` is that of the symmetry, or of a test whose error no norm
    states. ``months_after_operation`` and ``weeks_after_operation`` gates read the latest operation that fits ``operation``, ``weeks_after_injury`` gates the latest
    injury that fits ``injury``, ``pain_by_rule`` gates pain during training and, up to ``next_morning``, the morning after, where both were
    told, else the worst of the week, and ``weeks_of_training`` gates for how long notes tell of sessions without a gap of eight weeks.
    """

    id: Name
    domain: Literal["medical", "time", "pain", "range", "symmetry", "control", "strength", "power", "confidence"]
    title: Text
    kind: Literal[
        "test", "symmetry", "difference", "floor", "check", "pain_now", "pain_week", "pain_next_day", "pain_by_rule", "confidence",
        "weeks_postpartum", "months_after_operation", "weeks_after_operation", "weeks_after_injury", "weeks_of_training", "flags",
    ]  # fmt: skip
    test: str = ""
    checks: tuple[CheckName, ...] = ()
    flags: tuple[Name, ...] = ()
    operation: OperationCondition | None = None
    injury: InjuryCondition | None = None
    at_least: float | None = None
    at_most: float | None = None
    next_morning: float | None = None
    floor: FloorSpec | None = None
    error: ErrorSpec | None = None
    shown_with: tuple[Condition, ...] = ()
    to_measure: Text
    source: SourceSpec

    @property
    def clock(self) -> Clock:
        """Which of the three clocks it reads."""
        return self.domain if self.domain == "time" or self.domain == "confidence" else "capacity"

    @model_validator(mode="after")
    def _complete(self) -> GateSpec:
        if self.kind in ("test", "symmetry", "difference", "floor") and not self.test:
            raise ValueError("needs the test that it reads")
        if self.kind == "check" and not self.checks:
            raise ValueError("needs the checks that it reads")
        limits = (self.at_least is not None) + (self.at_most is not None)
        if limits != (self.kind not in ("check", "flags", "floor")):
            raise ValueError("needs exactly one of at_least and at_most, and none for findings, flags and floors")
        if (self.floor is not None) != (self.kind in ("symmetry", "difference", "floor")):
            raise ValueError("needs a floor where sides are held against each other, and nowhere else")
        if (self.next_morning is not None) != (self.kind == "pain_by_rule"):
            raise ValueError(
                "the rule of a tissue says how much pain the next morning may have, and no other gate does"
            )
        if self.error is None and self.kind == "symmetry":
            raise ValueError("needs the error of a symmetry")
        if self.error is not None and self.kind not in ("symmetry", "test"):
            raise ValueError("only a symmetry or a test has an error here")
        if (self.operation is not None) != (self.kind in ("months_after_operation", "weeks_after_operation")):
            raise ValueError("needs the operation since which months or weeks are counted, and no other gate does")
        if (self.injury is not None) != (self.kind == "weeks_after_injury"):
            raise ValueError("needs the injury since which weeks are counted, and no other gate does")
        return self


class StepSpec(Strict):
    """One step of a pathway.

    Attributes
    ----------
    title, plain
        What is done in it, for the trainer and in everybody's words.
    gates
        What it takes to go on from here.
    exercises
        What a plan begins with for who stands here, in this order, as far as nothing bans it.
    later
        More of these, which are used as soon as the catalog has them.
    not_yet
        What no plan holds for who stands here, whatever else speaks for it.
    but, but_after
        Of what is not yet or comes later, what is held all the same once these gates of the step are met; all of them.
    provisional
        What may begin, with a set less, while the tests of the step before are merely not done; empty where a test is a matter of safety.
    provisional_with
        Only for whom one of these holds; for everybody when empty.
    latest_stage
        A plan goes no further than this stage for who stands here.
    impact
        It has jumps or runs in it, or tests of that kind; who may not jump or run does not get there.
    speed
        From here on a plan may hold fast exercises.
    """

    id: Name
    title: Text
    plain: Text
    gates: tuple[Name, ...] = Field(min_length=1)
    exercises: tuple[Name, ...] = ()
    later: tuple[Name, ...] = ()
    not_yet: tuple[Name, ...] = ()
    but: tuple[Name, ...] = ()
    but_after: tuple[Name, ...] = ()
    provisional: tuple[Name, ...] = ()
    provisional_with: tuple[Condition, ...] = ()
    latest_stage: Stage = "speed"
    impact: bool = False
    speed: bool = False

    @model_validator(mode="after")
    def _speed_is_impact(self) -> StepSpec:
        if self.speed and not self.impact:
            raise ValueError("a step with fast exercises has impact, too")
        if bool(self.but) != bool(self.but_after) or not set(self.but_after) <= set(self.gates):
            raise ValueError("but names exercises, and but_after the gates of the same step that open them")
        return self


class DoubtSpec(Strict):
    """A gate that would speak against the hypothesis if it were met, and what else it could be then."""

    gate: Name
    otherwise: Text


class ExpectedSpec(Strict):
    """By when a test should have changed by more than its error; ``source`` is about the weeks."""

    test: Name
    weeks: int = Field(ge=1, le=104)
    source: SourceSpec


class PathwaySpec(Graded):
    """From a complaint by steps to running, sport or daily life.

    Attributes
    ----------
    when, unless
        It is for whom one of ``when`` holds and none of ``unless``; for everybody when ``when`` is empty.
    door
        Gate of the red flags: nobody goes in past one that is open.
    hypothesis, plain
        What is likely behind the complaint, in clinical words and in everybody's; empty for pathways without a complaint.
    doubts
        What would speak against it.
    towards
        What can be talked about when every step is passed.
    keeps_to_step
        What belongs to a later step waits for it, also where something else speaks for the exercise.
    stops_running
        Who is on it does not run before the first step with fast exercises, not even as much as does not hurt.
    """

    id: Name
    order: int
    title: Text
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    door: Name
    hypothesis: str = ""
    plain: str = ""
    doubts: tuple[DoubtSpec, ...] = ()
    expected: tuple[ExpectedSpec, ...] = ()
    towards: Text
    steps: tuple[StepSpec, ...] = Field(min_length=1)
    keeps_to_step: bool = False
    stops_running: bool = False
    note: str = ""

    @property
    def before_speed(self) -> frozenset[str]:
        """Ids of the gates that come before its first step with fast exercises; empty when it has none."""
        first = next((i for i, step in enumerate(self.steps) if step.speed), 0)
        gates = {name for step in self.steps[:first] for name in step.gates}
        return frozenset({self.door} | gates) if first else frozenset()

    @property
    def impact(self) -> bool:
        """Whether every step has impact."""
        return all(step.impact for step in self.steps)

    @model_validator(mode="after")
    def _complaint_has_a_hypothesis(self) -> PathwaySpec:
        if bool(self.hypothesis) != bool(self.plain) or bool(self.hypothesis) != bool(self.doubts):
            raise ValueError("hypothesis, plain and doubts go together")
        names = [step.id for step in self.steps]
        if len(set(names)) != len(names):
            raise ValueError("two steps have one id")
        return self
