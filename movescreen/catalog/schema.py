"""Schema of the movement files: strict, so that a slip of the pen is found before it misleads anybody."""

from __future__ import annotations

import string
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from movescreen.catalog.figure_schema import DrawnSpec, FigureSpec
from movescreen.catalog.strict import Strict
from movescreen.model import ClientWords, MovementInfo, Source, Summary

#: ``own_tolerance`` is movescreen's; that of a catalog of one's own becomes ``user_tolerance`` when it is read.
Verified = Literal["paper", "secondary", "own_tolerance", "user_tolerance", "unverified"]
ViewName = Literal["front", "side", "oblique", "back"]
#: Which sides a check reports on.
Scope = Literal["none", "nearest", "each", "working"]
Statistic = Literal["turn", "max", "min", "excursion"]

#: Code of a notice about a recording that makes some checks less certain.
Weakness = Literal["camera_moved", "mirror_image", "times_missing"]

#: Placeholders that a message may use.
MESSAGE_FIELDS = frozenset({"value", "abs_value", "limit", "unit", "side", "other_side", "affected", "seen", "error"})


def _require_placeholders(name: str, text: str, known: frozenset[str]) -> None:
    used = {f for _, f, _, _ in string.Formatter().parse(text) if f is not None}
    if unknown := used - known:
        allowed = ", ".join(sorted(known)) or "none"
        raise ValueError(f"{name}: unknown placeholder {', '.join(sorted(unknown))}; known: {allowed}")


class SourceSpec(Strict):
    """Where a limit comes from."""

    citation: str = Field(min_length=5)
    verified: Verified
    note: str = ""

    def source(self) -> Source:
        """Return it as a result carries it."""
        return Source(self.citation, self.verified, self.note)


class PlainWords(Strict):
    """What a check says to the client: short words that a child of twelve reads, no numbers, nothing that frightens."""

    #: What was seen when the check stands out, and when it does not.
    saw: str = Field(min_length=10)
    good: str = Field(min_length=10)
    #: Why it matters, and what to practice.
    matters: str = Field(min_length=10)
    practise: str = Field(min_length=10)

    @model_validator(mode="after")
    def _known_placeholders(self) -> PlainWords:
        for name in ("saw", "good", "matters", "practise"):
            _require_placeholders(
                name, getattr(self, name), frozenset({"side"}) if name in ("saw", "good") else frozenset()
            )
        return self

    def words(self) -> ClientWords:
        """Return them as a result carries them."""
        return ClientWords(saw=self.saw, good=self.good, matters=self.matters, practise=self.practise)


class FeatureSpec(Strict):
    """One trait that tells movements apart, read at the turn of each repetition.

    The repetition matches fully within ``min``..``max`` and fades to nothing over ``soft`` beyond.
    """

    signal: str
    statistic: Literal[
        "turn", "abs_turn", "abs_median", "start", "excursion", "max", "min", "around_max", "abs_max", "range", "held"
    ] = "turn"  # fmt: skip
    min: float | None = None
    max: float | None = None
    soft: float = Field(gt=0)
    #: A trait that may be out of the picture: when it cannot be measured the fit is ``unknown``.
    optional: bool = False
    unknown: float = Field(default=0.7, ge=0, le=1)

    @model_validator(mode="after")
    def _has_a_border(self) -> FeatureSpec:
        if self.min is None and self.max is None:
            raise ValueError("needs min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min must not exceed max")
        return self


#: Statistics that the ranges of known repetitions are told for.
RangeStatistic = Literal["start", "turn", "max", "min", "range", "excursion", "abs_turn", "abs_median"]


class RangeSpec(Strict):
    """From where to where one signal went in all repetitions that are known to be of a movement.

    A repetition may be beyond by twice ``soft``, and fades to nothing over one more.
    """

    soft: float = Field(gt=0)
    read: dict[RangeStatistic, tuple[float, float]] = Field(min_length=1)


class KnownSpec(Strict):
    """What known repetitions of a movement hold, measured (``benchmarks/known_ranges.py``): what is far beyond is something else."""

    #: Name of the movement that was measured: one that extends it moves otherwise, and is not held to it.
    of: str
    signals: dict[str, RangeSpec] = Field(min_length=1)

    def traits(self) -> tuple[FeatureSpec, ...]:
        """Return the ranges as traits; one that cannot be measured says nothing."""
        return tuple(
            FeatureSpec(
                signal=signal, statistic=statistic, min=low - _BEYOND * each.soft, max=high + _BEYOND * each.soft,
                soft=each.soft, optional=True, unknown=1.0,
            )
            for signal, each in self.signals.items()
            for statistic, (low, high) in each.read.items()
        )  # fmt: skip


#: So many times ``soft`` beyond what known repetitions hold a repetition still is one of them.
_BEYOND = 2.0


class StartSpec(Strict):
    """How somebody stands before the first repetition."""

    #: Knees bent by more than this, degrees, are asked to be straightened.
    most_knee_bend_deg: float = Field(default=45.0, gt=0, le=180)


class RepsSpec(Strict):
    """How repetitions are found.

    A ``cycle`` leaves a starting posture and comes back to it; a ``jump`` is a flight with the dip before and the landing after it;
    a ``hold`` is a posture that is kept.
    """

    kind: Literal["cycle", "jump", "hold"] = "cycle"
    driver: str
    #: Signal of the body's height against standing, which tells a jump from feet that are drawn up.
    height: str = ""
    #: Smallest change of the driver: the way of a cycle, the height of a flight, the size that is held.
    min_excursion: float = Field(gt=0)
    return_fraction: float = Field(default=0.5, gt=0, lt=1)
    min_duration_s: float = Field(default=0.6, gt=0)
    max_duration_s: float = Field(default=30.0, gt=0)
    #: What makes a repetition left or right: nothing, the leg in front, or the leg on the ground.
    side_from: Literal["none", "front_leg", "stance_leg"] = "none"

    @property
    def drivers(self) -> tuple[str, ...]:
        """Signals that the repetitions are found by."""
        return (self.driver, self.height) if self.height else (self.driver,)

    @model_validator(mode="after")
    def _a_jump_has_a_height(self) -> RepsSpec:
        if bool(self.height) != (self.kind == "jump"):
            raise ValueError("height belongs to a jump, and to nothing else")
        return self


#: Keys of a check that only some kinds of check read.
_READ_BY_SOME = frozenset({"signal", "scope", "statistic", "absolute", "direction", "positive_side"})


class CheckBase(Strict):
    """What all checks share. What a kind of check does not read stands at its default, and cannot be set."""

    #: Those of the keys that some kinds read which this kind reads.
    reads: ClassVar[frozenset[str]] = frozenset()

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: str
    title: str = Field(min_length=3)
    views: tuple[ViewName, ...] = Field(min_length=1)
    min_reps: int = Field(default=1, ge=1)
    #: Said when the limit is passed, when it is not, and why it matters.
    message: str = Field(min_length=10)
    clear_message: str = Field(min_length=10)
    why: str = Field(min_length=10)
    cue: str = Field(min_length=5)
    plain: PlainWords
    source: SourceSpec
    #: ``borderline`` for checks whose evidence from video is too weak ever to flag.
    max_status: Literal["flagged", "borderline"] = "flagged"
    #: Notices about a recording that weaken it. A camera that moved weakens what is read against the vertical or the standing posture.
    suffers_from: tuple[Weakness, ...] = ()
    #: Drawn people that make it speak and that do not.
    figures: tuple[FigureSpec, ...] = ()
    #: The signal that is read, without its side; empty where a check combines several, or reads none.
    signal: str = ""
    scope: Scope = "none"
    statistic: Statistic = "turn"
    #: Compare the size of the value, whatever its sign.
    absolute: bool = False
    #: The side on which a value stands out.
    direction: Literal["above", "below"] = "above"
    #: The person's side that a positive value leans to; empty where a sign tells no side.
    positive_side: Literal["left", ""] = ""
    #: The limit from which on a value stands out.
    flag: float
    note: float
    #: The largest error of a reading that still tells what stands out from what does not; that between the limits when left out.
    largest_error: float | None = Field(default=None, gt=0)

    @property
    def allowed_error(self) -> float:
        """The largest error with which it is made where the person does not stand square to the camera, in the signal's unit."""
        return self.largest_error or abs(self.flag - self.note)

    @property
    def two_sided(self) -> bool:
        """Whether the limit holds on both sides of zero."""
        return self.absolute

    def positive_side_of(self, side: str) -> str:
        """Return the person's side that a positive value leans to in a finding about a side."""
        return self.positive_side

    @property
    def value_from(self) -> str:
        """How the value comes from the signal, as :attr:`movescreen.model.Finding.statistic` has it."""
        return self.statistic

    @model_validator(mode="after")
    def _reads_what_is_set(self) -> CheckBase:
        fields = type(self).model_fields
        if unread := {name for name in _READ_BY_SOME - self.reads if getattr(self, name) != fields[name].default}:
            raise ValueError(f"this kind of check does not read {', '.join(sorted(unread))}")
        return self

    @model_validator(mode="after")
    def _known_placeholders(self) -> CheckBase:
        for name in ("message", "clear_message"):
            _require_placeholders(name, getattr(self, name), MESSAGE_FIELDS)
        return self


class ThresholdCheck(CheckBase):
    """A signal against a limit, repetition by repetition."""

    reads = _READ_BY_SOME

    kind: Literal["threshold"]
    signal: str
    direction: Literal["above", "below"]
    #: The signal counts for the left side as it is and for the right side with its sign turned.
    mirror: bool = False
    #: Share of the repetitions that must pass the limit.
    min_rep_share: float = Field(default=0.6, gt=0, le=1)
    #: Flags only together with one of these checks (flagged or borderline).
    only_with: tuple[str, ...] = ()
    #: The reading depends on how the person is turned to the camera: a turn is told.
    camera_turn_guard: bool = False

    def positive_side_of(self, side: str) -> str:
        """Return the side that a positive value leans to: of a mirrored signal, the one that is looked at."""
        return "right" if self.positive_side and self.mirror and side == "right" else self.positive_side

    @model_validator(mode="after")
    def _note_before_flag(self) -> ThresholdCheck:
        if (self.note - self.flag) * (1 if self.direction == "above" else -1) > 0:
            raise ValueError(
                f"note ({self.note}) must be passed before flag ({self.flag}) when flagging {self.direction}"
            )
        return self


class _UpperLimits(CheckBase):
    """A check of a spread or a difference: small is unremarkable."""

    flag: float = Field(gt=0)
    note: float = Field(gt=0)

    @model_validator(mode="after")
    def _note_before_flag(self) -> _UpperLimits:
        if self.note > self.flag:
            raise ValueError(f"note ({self.note}) must be passed before flag ({self.flag})")
        return self


class DifferenceCheck(_UpperLimits):
    """Left against right of a sided signal; counts only above both the limit and the error of the difference."""

    reads = frozenset({"signal", "statistic"})

    kind: Literal["difference"]
    signal: str
    #: ``legs``: both sides within each repetition; ``repetitions``: left repetitions against right ones.
    between: Literal["legs", "repetitions"]
    #: The value is left minus right.
    positive_side: Literal["left", ""] = "left"
    #: With one side inward and the other outward by as much, the cause is the camera's angle rather than the body.
    camera_turn_guard: bool = False

    @property
    def two_sided(self) -> bool:
        """Whichever side has more."""
        return True

    @property
    def value_from(self) -> str:
        """Left minus right."""
        return "difference"


class _SpreadCheck(_UpperLimits):
    """A check of how unlike the repetitions are."""

    @property
    def value_from(self) -> str:
        """Over the repetitions together."""
        return "spread"


class VariabilityCheck(_SpreadCheck):
    """Spread of a signal over the repetitions."""

    reads = frozenset({"signal", "scope"})

    kind: Literal["variability"]
    signal: str


class AttemptsCheck(_SpreadCheck):
    """How unlike the attempts at a measure are: coefficient of variation, percent."""

    kind: Literal["attempts"]
    measure: str


class TempoCheck(_SpreadCheck):
    """How evenly the repetitions are timed: coefficient of variation of their duration, percent."""

    kind: Literal["tempo"]


CheckSpec = Annotated[
    ThresholdCheck | DifferenceCheck | VariabilityCheck | TempoCheck | AttemptsCheck, Field(discriminator="kind")
]


class ReferenceSpec(Strict):
    """A reading that is shown beside published values of other people."""

    signal: str
    view: ViewName
    statistic: Statistic = "turn"
    scope: Scope = "none"
    #: A quantity of the norm files.
    quantity: str
    #: What a reader must know before comparing.
    note: str = ""


class ReadingError(Strict):
    """Standard deviation of the error of one attempt's reading; its parts are added in squares."""

    #: In the unit of the measure.
    fixed: float = Field(default=0.0, ge=0)
    #: Share of the value.
    share: float = Field(default=0.0, ge=0)
    #: Of the time that it is made of: in seconds, and in frame intervals.
    seconds: float = Field(default=0.0, ge=0)
    frames: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _is_some(self) -> ReadingError:
        if not (self.fixed or self.share or self.seconds or self.frames):
            raise ValueError("a reading without any error does not exist")
        return self


class MeasureSpec(Strict):
    """A number that a test of power or balance gives."""

    #: What is computed, see :mod:`movescreen.measures`.
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=3)
    unit: str
    digits: int = Field(default=1, ge=0, le=3)
    views: tuple[ViewName, ...] = Field(min_length=1)
    #: How the value is made of the attempts.
    summary: Summary
    #: Which way is better; ``neither`` where that cannot be said.
    better: Literal["high", "low", "neither"]
    #: The test ends here, in the unit: more is not told, and who gets there has done all of it.
    most: float | None = Field(default=None, gt=0)
    error: ReadingError
    definition: str = Field(min_length=20)
    #: Where the error is known from.
    error_from: str = Field(min_length=10)
    #: Test by hand that measures the same.
    hand_test: str = ""
    #: What a reader must know before using it.
    note: str = ""


class MovementSpec(Strict):
    """One movement: how it is recognized, how its repetitions are found, what is checked."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    #: Place in lists.
    order: int = 99
    title: str
    #: As one says it to a client, in the middle of a sentence.
    plain_name: str = Field(min_length=3)
    description: str = Field(min_length=20)
    #: How to record it, one sentence a view.
    recording: dict[ViewName, str]
    #: Pictures a second that the clip is analyzed at when it has them and the settings ask for fewer: what is fast needs more.
    analysed_fps: float | None = Field(default=None, ge=30, le=240)
    start: StartSpec = StartSpec()
    reps: RepsSpec
    #: A movement from a seat that looks like this one where the seat is not seen: a clip that begins with the body low asks which it is.
    seated_form: str = ""
    #: What the turn of a repetition is, and the ways to it and on from it, in words.
    turn_words: str = "the deepest point"
    way_words: tuple[str, str] = ("down", "up")
    recognise: tuple[FeatureSpec, ...] = Field(min_length=1)
    known: KnownSpec | None = None
    #: Signals of most interest, without side; reports show these first.
    key_signals: tuple[str, ...] = Field(min_length=1)
    #: Those of them whose values are not compared, left with right or one visit with the next.
    only_shown: tuple[str, ...] = ()
    #: Kind of view -> signals, without side, that are printed on pictures, best first; in any other view those that rank first.
    read_outs: dict[ViewName, tuple[str, ...]] = Field(default_factory=dict)
    checks: tuple[CheckSpec, ...] = Field(min_length=1)
    references: tuple[ReferenceSpec, ...] = ()
    #: Numbers of power or balance that a clip of it gives beside its angles.
    measures: tuple[MeasureSpec, ...] = ()
    #: How it is drawn for the figures of its checks.
    drawn: DrawnSpec | None = None

    @model_validator(mode="after")
    def _figures_can_be_drawn(self) -> MovementSpec:
        if self.drawn is None and (named := [check.id for check in self.checks if check.figures]):
            raise ValueError(f"drawn: is needed for the figures of {', '.join(named)}")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> MovementSpec:
        keys = [(c.id, c.signal) for c in self.checks]
        doubled = sorted({k[0] for k in keys if keys.count(k) > 1})
        if doubled:
            raise ValueError(f"checks listed twice: {', '.join(doubled)}")
        ids = {c.id for c in self.checks}
        for check in self.checks:
            missing = set(check.only_with) - ids if isinstance(check, ThresholdCheck) else set()
            if missing:
                raise ValueError(
                    f"check {check.id}: only_with names {', '.join(sorted(missing))}, which is not a check here"
                )
            if isinstance(check, AttemptsCheck) and check.measure not in {m.name for m in self.measures}:
                raise ValueError(f"check {check.id}: {check.measure} is not a measure here")
        return self

    def known_traits(self) -> tuple[FeatureSpec, ...]:
        """Return the ranges of known repetitions as traits; none for a movement that was not measured itself."""
        return self.known.traits() if self.known is not None and self.known.of == self.name else ()

    @property
    def compared_signals(self) -> tuple[str, ...]:
        """Signals, without side, whose values at the turn may be compared: the key ones, and those that checks read.

        Those that are only shown are not among them. Of a test of power or balance its measures are compared instead of
        the key signals.
        """
        read = dict.fromkeys(check.signal for check in self.checks if check.signal)
        key = () if self.measures else tuple(n for n in self.key_signals if n not in self.only_shown)
        return tuple(dict.fromkeys([*key, *read]))

    def info(self) -> MovementInfo:
        """Return what a result carries of the movement."""
        return MovementInfo(
            title=self.title, plain_name=self.plain_name, order=self.order, turn_words=self.turn_words,
            way_words=self.way_words, key_signals=self.key_signals, compared_signals=self.compared_signals,
            one_sided=self.reps.side_from != "none", recording={str(view): how for view, how in self.recording.items()},
            read_outs={str(view): names for view, names in self.read_outs.items()},
        )  # fmt: skip

    @property
    def impact(self) -> bool:
        """Whether both feet leave the floor."""
        return self.reps.kind == "jump"

    def measure(self, name: str) -> MeasureSpec | None:
        """Return a measure by name; None for anything else."""
        return next((measure for measure in self.measures if measure.name == name), None)

    def check(self, check_id: str) -> CheckBase:
        """Return a check by id.

        Raises
        ------
        KeyError
            When the movement has no such check.
        """
        for check in self.checks:
            if check.id == check_id:
                return check
        raise KeyError(check_id)


#: What a correction may read beside plain signals: how much longer a segment looks than in standing, share; the turn of the person
#: in degrees times the trunk's drop. What is in front or behind moves across the picture of a person who is turned.
CONTEXT_INPUTS = frozenset(
    {
        "thigh_stretch",
        "shank_stretch",
        "trunk_stretch",
        "turned_lean",
        # of three-dimensional readings: rough angles of the side, in the network's world landmarks and in the picture; the bend that
        # the height of the hip over the ankle asks for; how far segments reach across the picture, over their length; how long the
        # trunk looks against the legs and how far the body leans in the world landmarks, which hint at a camera that looks down
        "world_knee",
        "world_hip",
        "picture_knee",
        "picture_hip",
        "ahead",
        "behind",
        "foot_ahead",
        "closed_knee",
        "thigh_across",
        "shank_across",
        "trunk_across",
        "trunk_share",
        "world_lean",
        "constant",
        # how far knees ahead of the ankles go aside in the picture of somebody who is turned, % of the leg's length
        "turned_knees",
        # the same of hips behind the ankles and of a reach of a leg's length, % of the distance between the ankles, of a trunk that
        # bends and of hips that sink
        "turned_reach",
        "turned_leg",
        "turned_drop",
        "turned_sink",
        "picture_separation",
    }
)

#: View of a row that holds wherever the person does not stand square to the camera.
TURNED = "turned"
#: What the turned part of a term's weight is multiplied with: cosine of the turn and of twice the turn, and its sine, positive for
#: the side next to the camera and negative for the other one.
TURN_BASIS = ("turn_cos", "turn_cos2", "turn_near")


#: What stands before a signal's name for its reading in three dimensions, as an input.
LIFTED = "lifted_"

#: Name of the error curve over all movements.
ANY_MOVEMENT = "any"


class CorrectionTerm(Strict):
    """A part of a correction: its weight times its input, held to ``low``..``high``.

    The weight is ``weight`` plus, for a person who is turned to the camera, ``turned`` times :data:`TURN_BASIS`.
    """

    input: str
    weight: float
    low: float
    high: float
    turned: tuple[float, float, float] | None = None

    @model_validator(mode="after")
    def _runs_up(self) -> CorrectionTerm:
        if self.low >= self.high:
            raise ValueError("a term must run from low to high")
        return self


#: Input of a doubt that stands for the size of the row's own terms.
OWN_TERMS = "correction"


class Doubt(Strict):
    """What makes a reading less certain: ``weight`` times the size of its input, held to ``high``, is added to the error in squares."""

    input: str
    weight: float = Field(gt=0)
    high: float = Field(gt=0)


class ErrorKnot(Strict):
    """The standard deviation of a corrected reading's error near one value of it, from so many clips."""

    value: float
    error: float = Field(gt=0)
    clips: int = Field(ge=1)


class ErrorCurve(Strict):
    """How the error depends on the reading, in one movement or in all (``any``): straight between knots, held beyond them.

    ``turn`` is the turn to the camera at which it holds, degrees: straight between turns, held beyond them.
    """

    movement: str
    turn: float | None = Field(default=None, ge=0, le=180)
    knots: tuple[ErrorKnot, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> ErrorCurve:
        values = [k.value for k in self.knots]
        if any(b <= a for a, b in pairwise(values)):
            raise ValueError("the knots' values must rise")
        return self


class MeasurementRow(Strict):
    """How a plain reading of a signal relates to the truth in one view.

    The reported value is the reading plus ``offset + (gain - 1) * reading``, with the reading held to ``low``..``high`` in that
    expression, plus the sum of ``terms``, held to ``limit`` either way: so the correction stays bounded and continuous whatever is read. ``error`` is the standard deviation that remains at the turn, over all
    movements; ``curves`` tell it by movement and reading, and ``doubts`` what else makes it grow. ``sem_reps`` and ``sem_clips`` are standard errors of
    measurement: between the repetitions of a clip, and between clips of one person.
    """

    signal: str
    view: ViewName | Literal["turned"]
    offset: float = 0.0
    gain: float = Field(default=1.0, gt=0.2, lt=5)
    low: float
    high: float
    error: float = Field(gt=0)
    clips: int = Field(ge=0)
    sem_reps: float | None = Field(default=None, gt=0)
    sem_clips: float | None = Field(default=None, gt=0)
    curves: tuple[ErrorCurve, ...] = ()
    terms: tuple[CorrectionTerm, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    limit: float = Field(default=0.0, ge=0, le=60)

    @model_validator(mode="after")
    def _terms_have_a_limit(self) -> MeasurementRow:
        if self.terms and not self.limit:
            raise ValueError("terms need a limit")
        return self

    @model_validator(mode="after")
    def _one_curve_a_movement(self) -> MeasurementRow:
        names = [(c.movement, c.turn) for c in self.curves]
        if len(set(names)) != len(names):
            raise ValueError("a movement has two error curves at one turn")
        return self


class PostureInput(Strict):
    """An input of a :class:`PostureModel`: held to ``low``..``high``, then less its mean and over its scale."""

    input: str
    mean: float
    scale: float = Field(gt=0)
    low: float
    high: float


class PostureModel(Strict):
    """By how much angles in three dimensions are off in a posture at a turn: one hidden layer over the whole posture.

    Each row of ``units`` holds a unit's weights of the inputs and its constant; each row of ``weights`` a signal's weights of
    the inputs, of the units' hyperbolic tangents, and its constant. What is added to a reading is held to ``limit`` either way.
    """

    signals: tuple[str, ...]
    inputs: tuple[PostureInput, ...]
    units: tuple[tuple[float, ...], ...]
    weights: tuple[tuple[float, ...], ...]
    limit: float = Field(gt=0, le=60)

    @model_validator(mode="after")
    def _fits(self) -> PostureModel:
        width = len(self.inputs) + 1
        if any(len(unit) != width for unit in self.units):
            raise ValueError(f"a unit must have {width} numbers")
        if len(self.weights) != len(self.signals):
            raise ValueError("every signal needs a row of weights")
        if any(len(row) != width + len(self.units) for row in self.weights):
            raise ValueError(f"a row of weights must have {width + len(self.units)} numbers")
        return self


class MeasurementSpec(Strict):
    """Error of the readings, from clips whose true values are known."""

    title: str
    source: SourceSpec
    rows: tuple[MeasurementRow, ...]
    posture: PostureModel | None = None

    @model_validator(mode="after")
    def _unique(self) -> MeasurementSpec:
        keys = [(r.signal, r.view) for r in self.rows]
        if len(set(keys)) != len(keys):
            raise ValueError("a signal and view is listed twice")
        return self
