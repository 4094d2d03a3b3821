"""Schema of the files about the person: red flags, history, manual tests, needs, exercises, care profiles, gates, pathways.

A :data:`Condition` is a typed fact about a person ("sprained an ankle", "sits six hours a day"); the same ones serve red flags,
history, profiles and exercises. There is no expression language: a condition of a new kind gets a model here and an
evaluator in :mod:`movescreen.client.rules.conditions`.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from movescreen.catalog.schema import SourceSpec
from movescreen.catalog.strict import Strict

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=3)]
#: ``check`` in any movement, or ``movement:check``.
CheckName = Annotated[str, Field(pattern=r"^([a-z0-9_]+:)?[a-z0-9_]+$")]

#: Places of the body map, as a person would point at them.
Place = Literal[
    "head", "neck", "shoulder", "elbow", "hand", "chest", "upper_back", "low_back", "abdomen", "pelvis", "groin", "hip",
    "thigh", "hamstring", "knee", "shin", "calf", "achilles", "ankle", "foot",
]  # fmt: skip
InjuryKind = Literal[
    "ankle_sprain", "knee_ligament", "meniscus", "muscle_strain", "tendon_pain", "fracture", "bone_stress", "dislocation",
    "back_pain_episode", "other",
]  # fmt: skip
Sport = Literal["none", "running", "jumping_and_turning", "strength", "cycling_or_swimming", "walking", "other"]
Goal = Literal["less_pain", "daily_life", "run", "jump_and_turn", "lift", "return_to_sport", "balance"]
#: Where an Achilles tendon hurts: at the heel bone, or further up.
Spot = Literal["insertion", "middle"]
#: From where the new cruciate ligament was taken.
Graft = Literal["hamstring", "patellar", "quadriceps", "donor"]
#: The order of an exercise plan: room to move, wake up, put together, make strong, make fast.
Stage = Literal["warm_up", "mobility", "activation", "integration", "load", "speed"]
STAGES: tuple[Stage, ...] = get_args(Stage)
#: What an exercise loads so that it needs a day of rest; ``impact`` is running, hopping and jumping.
Load = Literal["calf", "knee", "hip", "back", "trunk", "shoulder", "impact"]
#: What has to be there for some exercises, and is not in every home.
Gear = Literal["band", "weights", "gym", "bike"]
#: How well a link between a finding and an exercise is supported.
Strength = Literal["strong", "moderate", "weak", "opinion"]


class InjuryCondition(Strict):
    """An injury of a kind, at one of the places, or both."""

    kind: Literal["injury"]
    injury: tuple[InjuryKind, ...] = ()
    places: tuple[Place, ...] = ()
    gives_way: bool | None = None
    within_months: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _names_something(self) -> InjuryCondition:
        if not self.injury and not self.places:
            raise ValueError("needs injury, places or both")
        return self


class OperationCondition(Strict):
    """An operation at one of the places (any place when none is named).

    Attributes
    ----------
    words
        Words and phrases of which one must be in what was done (see :mod:`movescreen.client.words`).
    without_clearance
        Nobody in charge said yet what is allowed: by whom, when and how far.
    without_phase
        As that, or the phase of the protocol was not named.
    allows_less_than
        As that, or the word stops before this stage.
    flag
        Red flag under which a word about it may have been noted, too.
    grafts
        From where the new ligament is; one that nobody asked about may be any.
    """

    kind: Literal["operation"]
    places: tuple[Place, ...] = ()
    words: tuple[str, ...] = ()
    within_weeks: int | None = Field(default=None, gt=0)
    without_clearance: bool = False
    without_phase: bool = False
    allows_less_than: Stage | None = None
    flag: str = ""
    grafts: tuple[Graft, ...] = ()


class PainCondition(Strict):
    """Pain now or in the last week, of at least a strength, at one of the places (anywhere when none is named).

    Attributes
    ----------
    spot
        The spot of the place that is meant; one that was not asked about is not.
    not_at
        A spot of the place that is not meant; one that was not asked about is.
    """

    kind: Literal["pain"]
    places: tuple[Place, ...] = ()
    spot: Spot | None = None
    not_at: Spot | None = None
    at_least: int = Field(default=1, ge=0, le=10)
    when: Literal["now", "week"] = "week"


class SittingCondition(Strict):
    """Sits at least so many hours a day; ``max_age`` is the last year of age for which that counts."""

    kind: Literal["sitting"]
    hours: float = Field(gt=0, le=24)
    max_age: int = Field(default=130, le=130)


class AgeCondition(Strict):
    """Years, both ends included."""

    kind: Literal["age"]
    min: int = Field(default=0, ge=0)
    max: int = Field(default=130, le=130)


class PostpartumCondition(Strict):
    """Has given birth, so many weeks ago (``below`` excluded)."""

    kind: Literal["postpartum"]
    below_weeks: int = Field(default=104, gt=0)


class PregnantCondition(Strict):
    """Is pregnant, in a week or later; a week that is not known counts as that one."""

    kind: Literal["pregnant"]
    from_week: int = Field(default=0, ge=0, le=45)


class NoGuardianCondition(Strict):
    """No parent or guardian agreed, or nobody asked."""

    kind: Literal["no_guardian"]


class SportCondition(Strict):
    """Does one of the sports."""

    kind: Literal["sport"]
    sports: tuple[Sport, ...] = Field(min_length=1)


class GoalCondition(Strict):
    """Has one of the goals."""

    kind: Literal["goal"]
    goals: tuple[Goal, ...] = Field(min_length=1)


class SymptomCondition(Strict):
    """Said yes to the question of a red flag.

    Attributes
    ----------
    without_clearance, with_clearance
        For as long as no clinician has spoken about it; or since one did.
    another
        Question whether it is another trouble than the pain, injuries and operations that were named: a "no" of who named one means that
        the yes is about what is known, which has rules of its own.
    """

    kind: Literal["symptom"]
    flag: Name
    without_clearance: bool = False
    with_clearance: bool = False
    another: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> SymptomCondition:
        if self.without_clearance and self.with_clearance:
            raise ValueError("without_clearance and with_clearance never hold together")
        return self


class AllCondition(Strict):
    """All of these together; with ``same_side`` on one side of the body, as far as sides are known."""

    kind: Literal["all"]
    of: tuple[Condition, ...] = Field(min_length=2)
    same_side: bool = False


Condition = Annotated[
    AllCondition
    | InjuryCondition
    | OperationCondition
    | PainCondition
    | SittingCondition
    | AgeCondition
    | PostpartumCondition
    | PregnantCondition
    | NoGuardianCondition
    | SportCondition
    | GoalCondition
    | SymptomCondition,
    Field(discriminator="kind"),
]
AllCondition.model_rebuild()


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
    says_how_far
        A clinician's word about it counts only with how far training is allowed.
    plan_goes_on
        It stops the screening alone: a care profile says what little a plan may hold.
    counts_while
        A yes counts while one of these holds, or is not known; always when empty.
    again_after_flare
        Asked again after pain that stops all loading, when the answer is older.
    masks_pain
        With a yes no score of pain opens anything: what hurts at all counts as too much.
    """

    id: Name
    question: str = ""
    short: str = ""
    asked_if: tuple[Condition, ...] = ()
    facts: tuple[Condition, ...] = ()
    urgency: Literal["now", "soon", "mention"]
    says_how_far: bool = False
    plan_goes_on: bool = False
    counts_while: tuple[Condition, ...] = ()
    again_after_flare: bool = False
    masks_pain: bool = False
    refer_to: Text
    reason: Text
    source: SourceSpec

    @model_validator(mode="after")
    def _asked_or_known(self) -> RedFlagSpec:
        if bool(self.question) == bool(self.facts):
            raise ValueError("needs a question or facts, and not both")
        return self


class DangerWordsSpec(Strict):
    """Words that hold a plan when somebody types them, until the trainer has read them.

    Attributes
    ----------
    language
        Of the words, such as ``en``; words of all languages are looked for.
    words
        Words and phrases; ``*`` stands for any ending, ``...`` for up to five other words.
    unless
        Harmless phrases with such a word in them.
    means, ask
        What may be behind it, and what the trainer asks.
    asks_by_hand
        It asks for an examination by hand, so that what the trainer saw or felt in one does not hold.
    answered_by
        One of these is the answer to what is asked: then the name of a medicine or of an operation alone does not hold.
    """

    id: Name
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    words: tuple[Annotated[str, Field(min_length=2)], ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    means: Text
    ask: Text
    asks_by_hand: bool = False
    answered_by: tuple[Condition, ...] = ()
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
    minutes: int = Field(default=3, ge=1, le=60)
    questionnaire: QuestionnaireSpec | None = None
    error: ErrorSpec | None = None

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


class _Graded(Strict):
    """Something whose support is graded: more than an opinion or a weak hint needs a source that somebody has read."""

    evidence: Strength
    source: SourceSpec

    @model_validator(mode="after")
    def _grade_has_a_source(self) -> _Graded:
        if self.evidence in ("strong", "moderate") and self.source.verified not in ("paper", "secondary"):
            raise ValueError(f"evidence is {self.evidence}, but its source is {self.source.verified}")
        return self


class NeedSpec(_Graded):
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
    parts: tuple[Place, ...] = ()
    impact: bool = False
    begins_with: str = ""
    goes_with: str = ""


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


class ExerciseSpec(_Graded):
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
    loads
        What needs a day of rest after it, so that the week puts no two exercises with the same on neighboring days. Empty: what is
        heavy or fast counts as loading everything, the rest as loading nothing.
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
    loads: tuple[Load, ...] = ()
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


class ProfileSpec(Strict):
    """What is special about caring for some people.

    Attributes
    ----------
    when
        Any of these makes the profile hold.
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
    injury that fits ``injury``, and ``weeks_of_training`` gates for how long notes tell of sessions without a gap of eight weeks.
    """

    id: Name
    domain: Literal["medical", "time", "pain", "range", "symmetry", "control", "strength", "power", "confidence"]
    title: Text
    kind: Literal[
        "test", "symmetry", "difference", "floor", "check", "pain_now", "pain_week", "pain_next_day", "confidence",
        "weeks_postpartum", "months_after_operation", "weeks_after_operation", "weeks_after_injury", "weeks_of_training", "flags",
    ]  # fmt: skip
    test: str = ""
    checks: tuple[CheckName, ...] = ()
    flags: tuple[Name, ...] = ()
    operation: OperationCondition | None = None
    injury: InjuryCondition | None = None
    at_least: float | None = None
    at_most: float | None = None
    floor: FloorSpec | None = None
    error: ErrorSpec | None = None
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
    provisional: tuple[Name, ...] = ()
    provisional_with: tuple[Condition, ...] = ()
    latest_stage: Stage = "speed"
    impact: bool = False
    speed: bool = False

    @model_validator(mode="after")
    def _speed_is_impact(self) -> StepSpec:
        if self.speed and not self.impact:
            raise ValueError("a step with fast exercises has impact, too")
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


class PathwaySpec(_Graded):
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
    ladder
        Where it ends.
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
    ladder: Literal["running", "sport", "daily_life"]
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


#: Whom to call, the most urgent first.
Call = Literal["emergency", "hospital", "midwife", "clinic", "doctor"]
#: Pain during exercise, 0 to 10, that is fine where nothing says otherwise.
USUAL_PAIN_LIMIT = 2


class HelpSpec(Strict):
    """Signs at which the client calls for help, and whom."""

    call: Call
    signs: tuple[Text, ...] = Field(min_length=1)


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


class ActivitySpec(Strict):
    """What the client may do beside the exercises and what waits, in their words, which follow "You may" and "Not yet".

    Attributes
    ----------
    may_no_impact
        Instead of ``may`` while running and jumping are banned; empty when ``may`` has neither in it.
    """

    may: Text
    may_no_impact: str = ""
    wait: Text


class StepActivitySpec(ActivitySpec):
    """That, for one step of a pathway."""

    step: Name


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


class ReviewSpec(Strict):
    """How soon a plan is looked at again for whom one of the conditions holds, in days, and why, which follows "because"."""

    id: Name
    when: tuple[Condition, ...] = Field(min_length=1)
    days: int = Field(ge=1, le=42)
    why: Text
    source: SourceSpec
