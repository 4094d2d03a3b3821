"""What all files about the person share: their words for places, stages and goals, and the conditions.

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
#: What somebody may do today without trouble, beside what hurts or was hurt.
GoesWell = Literal["easy_runs", "team_training"]
#: What "you may" and "not yet" are about, so that no line allows what another one forbids; ``move`` is getting about, on foot or in a sport.
Topic = Literal["move", "run", "jump", "team", "turn", "kneel", "weights"]
#: How well a link between a finding and an exercise is supported.
Strength = Literal["strong", "moderate", "weak", "opinion"]


class InjuryCondition(Strict):
    """An injury of a kind, at one of the places, or both."""

    kind: Literal["injury"]
    injury: tuple[InjuryKind, ...] = ()
    places: tuple[Place, ...] = ()
    gives_way: bool | None = None
    within_months: int | None = Field(default=None, gt=0)
    within_weeks: int | None = Field(default=None, gt=0)

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
    for_weeks
        It began at least so many weeks ago; of what nobody knows when it began it does not hold.
    """

    kind: Literal["pain"]
    places: tuple[Place, ...] = ()
    spot: Spot | None = None
    not_at: Spot | None = None
    at_least: int = Field(default=1, ge=0, le=10)
    when: Literal["now", "week"] = "week"
    for_weeks: int = Field(default=0, ge=0)


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
    """Does one of the sports, and says of something that it goes well today where that is named."""

    kind: Literal["sport"]
    sports: tuple[Sport, ...] = Field(min_length=1)
    goes_well: GoesWell | None = None


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


class SaidCondition(Strict):
    """A clinician said something in their own words, after an operation or about a red flag.

    Attributes
    ----------
    words, unless
        Words and phrases of which one is in it, and harmless phrases with such a word in them.
    bends_at_most
        It names a bend of the knee, in degrees, that is no more than this.
    conditional
        It names a condition, such as "when the tests are passed".
    absent
        Nobody has said such words without a condition.
    """

    kind: Literal["said"]
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    bends_at_most: int | None = Field(default=None, gt=0, le=180)
    conditional: bool = False
    absent: bool = False

    @model_validator(mode="after")
    def _means_one_thing(self) -> SaidCondition:
        if sum((bool(self.words), self.bends_at_most is not None, self.conditional)) != 1:
            raise ValueError("needs words, bends_at_most or conditional, and one of them")
        return self


class NamedCondition(Strict):
    """A diagnosis was named, in a clinician's words or in what was noted of the person, and not ruled out there.

    Attributes
    ----------
    words
        What it is called; ``*`` and ``...`` as in the danger words.
    unless
        Harmless phrases with such a word in them.
    complaint
        Also what the person says of when it hurts names it, such as pain with the first steps of a morning.
    """

    kind: Literal["named"]
    words: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    complaint: bool = False


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
    | SymptomCondition
    | SaidCondition
    | NamedCondition,
    Field(discriminator="kind"),
]
AllCondition.model_rebuild()


class Graded(Strict):
    """Something whose support is graded: more than an opinion or a weak hint needs a source that somebody has read."""

    evidence: Strength
    source: SourceSpec

    @model_validator(mode="after")
    def _grade_has_a_source(self) -> Graded:
        if self.evidence in ("strong", "moderate") and self.source.verified not in ("paper", "secondary"):
            raise ValueError(f"evidence is {self.evidence}, but its source is {self.source.verified}")
        return self


#: Whom to call, the most urgent first.
Call = Literal["emergency", "hospital", "midwife", "clinic", "doctor"]
#: Pain during exercise, 0 to 10, that is fine where nothing says otherwise.
USUAL_PAIN_LIMIT = 2
