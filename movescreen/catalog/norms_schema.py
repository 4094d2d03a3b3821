"""What a norm file may say: one strict model a kind of row.

A file in ``norms/`` is a norm set: a title, a note, a table of ``[defaults]`` shared by its rows, and the rows
``[[norms]]``. ``norms/_quantities.toml`` names every quantity with its unit, so that a misspelled one is found.
Files are read by :func:`movescreen.catalog.norms_library.load_norms`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from movescreen.catalog.strict import Strict
from movescreen.errors import InputError
from movescreen.model import Source
from movescreen.statistics import mdc_of_sem, sem_of_mdc

Sex = Literal["any", "female", "male"]
Unit = Literal["deg", "cm", "mm", "s", "ratio", "percent", "reps", "kg", "score"]
#: Whether movescreen measures what a norm measured: the same in the same way, nearly so, or something else.
Match = Literal["same", "near", "other"]
#: Lowest and highest value of each unit that can be meant seriously; beyond it, somebody mistyped.
PLAUSIBLE: Mapping[Unit, tuple[float, float]] = MappingProxyType(
    {
        "deg": (-60, 200),
        "cm": (-50, 100),
        "mm": (-500, 500),
        "s": (0, 120),
        "ratio": (0, 10),
        "percent": (0, 300),
        "reps": (0, 100),
        "kg": (0, 120),
        "score": (0, 100),
    }
)


class Method(StrEnum):
    """How a number was taken. Numbers of different methods are not compared with each other."""

    PASSIVE_GONIOMETER = "passive_goniometer"
    ACTIVE_GONIOMETER = "active_goniometer"
    ACTIVE_INCLINOMETER = "active_inclinometer"
    CLINICAL = "clinical"
    WEIGHT_BEARING_INCLINOMETER = "weight_bearing_inclinometer"
    WEIGHT_BEARING_GONIOMETER = "weight_bearing_goniometer"
    WEIGHT_BEARING_TAPE = "weight_bearing_tape"
    TAPE = "tape"
    PHOTO = "photo"
    VIDEO_2D = "video_2d"
    VIDEO_3D = "video_3d"
    POSE_NETWORK = "pose_network"
    MOTION_CAPTURE = "motion_capture"
    SPINE_TRACKER = "spine_tracker"
    PHONE_SENSOR = "phone_sensor"
    STOPWATCH = "stopwatch"
    COUNT = "count"
    DYNAMOMETER = "dynamometer"
    SCORED = "scored"

    @property
    def words(self) -> str:
        """The method as a trainer would say it."""
        return self.value.replace("_", " ")


class Verified(StrEnum):
    """How far a number was checked; the same words as :attr:`movescreen.model.Source.verified`."""

    PAPER = "paper"
    SECONDARY = "secondary"
    OWN_TOLERANCE = "own_tolerance"
    USER_TOLERANCE = "user_tolerance"
    UNVERIFIED = "unverified"


Text = Annotated[str, Field(min_length=3)]
Positive = Annotated[float, Field(gt=0)]
Interval = tuple[float, float]


class Quantity(Strict, str_strip_whitespace=True):
    """Something that can be measured.

    Attributes
    ----------
    title
        Name in plain words.
    unit
        Unit of every norm of it.
    concern
        The side that deserves a remark: ``low`` (range of motion), ``high`` (a deviation), or ``none`` (neither).
    definition
        What is measured between what, and which way is positive.
    """

    title: Text
    unit: Unit
    concern: Literal["low", "high", "none"]
    definition: Text


class NormRow(Strict, str_strip_whitespace=True):
    """What every row states, whatever its kind.

    Attributes
    ----------
    id
        Unique over all files.
    quantity, unit
        Name in ``_quantities.toml``, and its unit.
    method, comparable_methods
        How it was taken, and other methods that measure the same thing by definition (then ``note`` says why).
    sex, age
        Whom it holds for; ``age`` in whole years, both ends included; None where the source states no age.
    population, group
        The people measured; ``group`` tells rows of one study apart.
    healthy
        False for people measured because of a complaint: for comparison only, never a reference.
    n
        Number of people behind this very row, None when not stated.
    ours, differs
        Whether what movescreen measures under this name, by camera or with a manual test of the catalog, is what was measured here, and
        what differs when it is not quite. With ``other`` no value is held against it. None: a catalog of one's own does not say.
    citation, verified, note
        Where it comes from, how far that was checked, and what to mind.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    quantity: str
    unit: Unit
    method: Method
    comparable_methods: tuple[Method, ...] = ()
    sex: Sex = "any"
    age: tuple[int, int] | None = None
    population: Text
    group: str = ""
    healthy: bool = True
    n: Annotated[int, Field(gt=0)] | None = None
    ours: Match | None = None
    differs: str = ""
    citation: Text
    verified: Verified
    note: str = ""

    @field_validator("age")
    @classmethod
    def _age_rises(cls, age: tuple[int, int] | None) -> tuple[int, int] | None:
        if age is not None and not 0 <= age[0] <= age[1] <= 120:
            raise ValueError(f"must rise within 0 to 120 years, got {age[0]} to {age[1]}")
        return age

    @model_validator(mode="after")
    def _explained(self) -> NormRow:
        if self.comparable_methods and not self.note:
            raise ValueError("comparable_methods needs a note that says why the methods agree")
        if self.method in self.comparable_methods:
            raise ValueError("comparable_methods repeats the method itself")
        if bool(self.differs) != (self.ours in ("near", "other")):
            raise ValueError('differs goes with ours = "near" or "other", and says what differs')
        return self

    @property
    def match_words(self) -> str:
        """Whether movescreen measures the same thing, as a sentence; empty where nobody says."""
        told = {
            None: "",
            "same": "The same test.",
            "near": f"Nearly the same test: {self.differs}.",
            "other": f"Another measurement: {self.differs}.",
        }
        return told[self.ours]

    def values_on_scale(self) -> dict[str, tuple[float, ...]]:
        """Return key -> values on the quantity's own scale, to be held against :data:`PLAUSIBLE`."""
        return {}

    def measured_by(self, method: Method) -> bool:
        """Return whether values taken by ``method`` may be held against this row."""
        return method is self.method or method in self.comparable_methods

    def holds_for(self, age: float | None = None, sex: str | None = None) -> bool:
        """Return whether the row is about people of this age (years) and sex; None asks for nothing.

        A row without a stated age holds for no particular age.
        """
        if sex is not None and self.sex not in ("any", sex):
            return False
        return age is None or (self.age is not None and self.age[0] <= age < self.age[1] + 1)

    @property
    def who(self) -> str:
        """The people it holds for, in words."""
        child, adult = {"any": ("children", "adults"), "female": ("girls", "women"), "male": ("boys", "men")}[self.sex]
        if self.age is None:
            return self.population
        low, high = self.age
        people = child if high < 18 else adult if low >= 18 else f"{child} and {adult}"
        return f"{people} of {low} years" if low == high else f"{people} of {low} to {high} years"

    def source(self, *, cited_only: bool = True) -> Source:
        """Return the source to print beside the number.

        Parameters
        ----------
        cited_only
            Pass False only where the reader is told that the number was never checked.

        Raises
        ------
        InputError
            For an unverified row, unless ``cited_only`` is False.
        """
        if self.verified is Verified.UNVERIFIED:
            if cited_only:
                raise InputError(
                    f"the norm {self.id} is unverified and is not shown as a cited one",
                    'open the paper, correct the row, and set verified = "paper"',
                )
            return Source(f"not checked against the source: {self.citation}", self.verified.value, self.note)
        return Source(self.citation, self.verified.value, self.note)


class MeanNorm(NormRow):
    """A mean, with its spread where known.

    Attributes
    ----------
    mean, sd
        Mean and standard deviation over people; only with ``sd`` is it a reference range.
    statistic
        ``median`` when the middle one of the people is given instead of the mean; then there is no ``sd``.
    sd_derived
        True when ``sd`` was worked out here from a printed interval, so it is approximate.
    ci95
        Interval of the mean itself. It says how well the mean is known, not where people lie.
    """

    kind: Literal["mean"] = "mean"
    mean: float
    sd: Positive | None = None
    statistic: Literal["mean", "median"] = "mean"
    sd_derived: bool = False
    ci95: Interval | None = None

    @model_validator(mode="after")
    def _spread_makes_sense(self) -> MeanNorm:
        if self.ci95 is not None and not self.ci95[0] <= self.mean <= self.ci95[1]:
            raise ValueError(f"ci95 {self.ci95} does not hold the mean {self.mean:g}")
        if self.sd is not None and self.ci95 is not None and self.sd < (self.ci95[1] - self.ci95[0]) / 4:
            raise ValueError(f"sd {self.sd:g} is smaller than the standard error that ci95 implies: swapped?")
        if self.statistic == "median" and (self.sd is not None or self.ci95 is not None):
            raise ValueError("sd and ci95 are about a mean, not about a median")
        if self.sd_derived and self.sd is None:
            raise ValueError("sd_derived without sd")
        if self.sd_derived and "derived" not in self.note:
            raise ValueError("a derived sd must say so in the note, with how it was derived")
        return self

    def values_on_scale(self) -> dict[str, tuple[float, ...]]:
        """Return mean and interval."""
        return {"mean": (self.mean,), "ci95": self.ci95 or ()}


class PercentileNorm(NormRow):
    """Percentiles over people: percent -> value."""

    kind: Literal["percentiles"]
    percentiles: Annotated[dict[int, float], Field(min_length=3)]

    @field_validator("percentiles")
    @classmethod
    def _rises(cls, table: dict[int, float]) -> dict[int, float]:
        steps = list(table)
        if steps != sorted(steps) or not (steps[0] > 0 and steps[-1] < 100):
            raise ValueError("percents must rise and lie between 0 and 100")
        values = list(table.values())
        if values != sorted(values):
            raise ValueError(f"values must not fall, got {values}")
        return table

    def values_on_scale(self) -> dict[str, tuple[float, ...]]:
        """Return the values of the table."""
        return {"percentiles": tuple(self.percentiles.values())}


class RangeNorm(NormRow):
    """A range that is printed as such: a convention, or the means of several studies. Not a reference range."""

    kind: Literal["range"]
    low: float
    high: float

    @model_validator(mode="after")
    def _rises(self) -> RangeNorm:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} must be under high {self.high:g}")
        return self

    def values_on_scale(self) -> dict[str, tuple[float, ...]]:
        """Return both ends."""
        return {"low": (self.low,), "high": (self.high,)}


class CutNorm(NormRow):
    """Two limits by which a study, or a convention, sorts people.

    Attributes
    ----------
    typical
        On this side of it a value is typical.
    flag
        Beyond it a value is limited or unusual. Which way that is follows from the order of the two.
    """

    kind: Literal["cut"]
    typical: float
    flag: float

    @model_validator(mode="after")
    def _differ(self) -> CutNorm:
        if self.typical == self.flag:
            raise ValueError("typical and flag must differ, or it is not known which side is typical")
        return self

    @property
    def concern(self) -> str:
        """The side of concern: ``low`` or ``high``."""
        return "low" if self.flag < self.typical else "high"

    def values_on_scale(self) -> dict[str, tuple[float, ...]]:
        """Return both limits."""
        return {"typical": (self.typical,), "flag": (self.flag,)}


class BarNorm(NormRow):
    """One bar that a source sets, such as the time from which people count as slower than average. No spread: half of the people may lie beyond.

    Attributes
    ----------
    bar
        The value; on it nothing is said.
    worse
        The side that the source means.
    means
        What the source calls it, as in "counts as ...".
    """

    kind: Literal["bar"]
    bar: float
    worse: Literal["low", "high"]
    means: Text

    def values_on_scale(self) -> dict[str, tuple[float, ...]]:
        """Return the bar."""
        return {"bar": (self.bar,)}

    def beyond(self, value: float) -> bool:
        """Return whether a value lies on the side that the source means."""
        return value < self.bar if self.worse == "low" else value > self.bar


class MeasurementErrorNorm(NormRow):
    """How far two measurements of the same thing differ by chance.

    Attributes
    ----------
    sem, mdc95
        Standard error of measurement and smallest detectable change (95 %), each lowest and highest as printed.
    icc
        Reliability coefficient, lowest and highest.
    design
        What was repeated: rater, day, session.
    """

    kind: Literal["measurement_error"]
    sem: Interval | None = None
    mdc95: Interval | None = None
    icc: Interval | None = None
    design: str = ""

    @property
    def largest(self) -> tuple[float, float]:
        """Standard error and smallest detectable change, the largest ones stated; each made of the other where that alone is stated."""
        sem = max(self.sem) if self.sem else sem_of_mdc(max(self.mdc95)) if self.mdc95 else math.nan
        return sem, max(self.mdc95) if self.mdc95 else mdc_of_sem(sem)

    @model_validator(mode="after")
    def _sensible(self) -> MeasurementErrorNorm:
        given = {"sem": self.sem, "mdc95": self.mdc95, "icc": self.icc}
        if not any(given.values()):
            raise ValueError("needs at least one of sem, mdc95, icc")
        for key, pair in given.items():
            if pair is not None and not 0 < pair[0] <= pair[1]:
                raise ValueError(f"{key} must be positive and rise, got {pair}")
        if self.icc is not None and self.icc[1] > 1:
            raise ValueError(f"icc cannot exceed 1, got {self.icc[1]:g}")
        if self.sem is not None and self.mdc95 is not None and self.mdc95[0] < self.sem[0]:
            raise ValueError("mdc95 is smaller than sem: swapped?")
        return self


class AgreementNorm(NormRow):
    """How far one way of measuring differs from a better one.

    Attributes
    ----------
    reference
        The better one.
    bias, bias_sd
        Mean of (this - reference) and its standard deviation.
    mae, rmse
        Mean absolute and root-mean-square difference.
    limits95
        Limits of agreement.
    icc
        Reliability coefficient, lowest and highest.
    """

    kind: Literal["agreement"]
    reference: Text
    bias: float | None = None
    bias_sd: Positive | None = None
    mae: Positive | None = None
    rmse: Positive | None = None
    limits95: Interval | None = None
    icc: Interval | None = None

    @model_validator(mode="after")
    def _sensible(self) -> AgreementNorm:
        if all(v is None for v in (self.bias, self.mae, self.rmse, self.limits95, self.icc)):
            raise ValueError("needs at least one of bias, mae, rmse, limits95, icc")
        if self.icc is not None and not -1 <= self.icc[0] <= self.icc[1] <= 1:
            raise ValueError(f"icc must rise within -1 to 1, got {self.icc}")
        if self.limits95 is not None and not self.limits95[0] < self.limits95[1]:
            raise ValueError(f"limits95 must rise, got {self.limits95}")
        if self.mae is not None and self.rmse is not None and self.mae > self.rmse:
            raise ValueError("mae cannot exceed rmse")
        return self


#: Kinds of rows by the word that a file uses; a row without ``kind`` is a mean.
ROW_KINDS: Mapping[str, type[NormRow]] = MappingProxyType(
    {
        "mean": MeanNorm,
        "percentiles": PercentileNorm,
        "range": RangeNorm,
        "cut": CutNorm,
        "bar": BarNorm,
        "measurement_error": MeasurementErrorNorm,
        "agreement": AgreementNorm,
    }
)
