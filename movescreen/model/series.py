"""KinematicSeries: signals over time, and the specification of a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from movescreen.model.equality import ValueEquality
from movescreen.model.pose import FloatArray

BoolArray = NDArray[np.bool_]


class Plane(StrEnum):
    """Anatomical plane a signal belongs to."""

    SAGITTAL = "sagittal"
    FRONTAL = "frontal"
    ANY = "any"


@dataclass(frozen=True, eq=False)
class ReadOut(ValueEquality):
    """How a value of a signal is written on a picture, and where.

    Attributes
    ----------
    text
        What to print, ASCII: ``{value}`` is the rounded size of the value, ``{sense}`` what its sign says.
    at
        Landmarks whose middle it belongs to.
    place
        Where the text goes: ``front`` or ``behind`` of the person, ``outward`` of a leg seen from the front, or ``below``.
    senses
        Words for a value above and below zero, each with a space before it; empty for a signal whose sign is printed as a number.
    digits
        After the point.
    text_at
        Landmarks beside whose middle the text goes; empty for ``at``.
    rise
        How far above that middle the text goes, in heights of its plate.
    spans
        Pairs of landmarks joined by a thin line, for distances.
    arm_from, arm_to
        Landmarks whose middles end the arms of the angle that is drawn at ``at``; none is drawn without ``arm_to``, and an empty
        ``arm_from`` stands for straight up.
    extended
        Draw the angle from the straight continuation of the first arm, as flexion is counted.
    """

    text: str
    at: tuple[str, ...]
    place: Literal["front", "behind", "outward", "below"] = "front"
    senses: tuple[str, str] = ("", "")
    digits: int = 0
    text_at: tuple[str, ...] = ()
    rise: float = 0.0
    spans: tuple[tuple[str, str], ...] = ()
    arm_from: tuple[str, ...] = ()
    arm_to: tuple[str, ...] = ()
    extended: bool = False

    def words(self, value: float) -> str:
        """Return what to print for a value."""
        rounded = round(value, self.digits) + 0.0  # never -0
        sense = self.senses[0 if rounded > 0 else 1] if rounded else ""
        return self.text.format(value=f"{abs(rounded) if any(self.senses) else rounded:.{self.digits}f}", sense=sense)


@dataclass(frozen=True, eq=False)
class SignalSpec(ValueEquality):
    """What a signal is.

    Attributes
    ----------
    name
        ``joint_motion[_side]``, side last: ``knee_flexion_left``.
    unit
        ``deg``, ``pct`` (percent), ``ratio`` or ``s``.
    side
        ``left``, ``right`` or empty.
    plane
        Plane of the motion.
    positive
        What a growing value means, in words.
    zero
        The posture in which it reads zero (or its neutral value), in words.
    landmarks
        Landmarks that must be there.
    views
        View kinds it may be read from.
    definition
        How it is measured, one sentence.
    title
        Everyday name, without a side; no two signals share one.
    ratio_scale
        Its size tells how much of a movement there was, so that one side may be given in percent of the other one. Of a signal that
        lies about zero, such as the knee's inward angle, 1 against 2 degrees would read as 50 percent.
    rank
        Place among the signals that are shown when nothing else asks for one, 1 first; 0 = not shown then.
    column_place
        Place among the columns that every table has, measured or not, 1 first; 0 = a column only where it was measured.
    read_out
        How a value is written on pictures; None = never.
    possible
        Least and greatest value that a body can have; None = no bounds. What lies clearly beyond was not measured.
    """

    name: str
    unit: str
    side: str
    plane: Plane
    positive: str
    zero: str
    landmarks: tuple[str, ...]
    views: tuple[str, ...]
    definition: str
    title: str = ""
    ratio_scale: bool = False
    rank: int = 0
    column_place: int = 0
    read_out: ReadOut | None = None
    possible: tuple[float, float] | None = None

    @property
    def stem(self) -> str:
        """Name without the side, so that left and right share it."""
        return self.name.removesuffix(f"_{self.side}") if self.side else self.name

    @property
    def column(self) -> str:
        """Column name in tables: the unit is at the end unless the name already carries it."""
        return self.name if self.unit == "ratio" else f"{self.name}_{self.unit}"


def ranked_signals(specs: Iterable[SignalSpec]) -> tuple[str, ...]:
    """Return the names, without side, of the signals to show when nothing else asks for one, the first ranked first."""
    return tuple(dict.fromkeys(spec.stem for spec in sorted(specs, key=lambda s: s.rank) if spec.rank))


@dataclass(frozen=True, eq=False)
class FilterSpec(ValueEquality):
    """The smoothing that was applied to a series.

    Attributes
    ----------
    name
        For example ``butterworth zero-phase`` or ``butterworth causal``.
    order
        Order of the filter as applied (a fourth-order zero-phase filter is a second-order one run twice).
    cutoff_hz
        Cut-off frequency, after clamping below Nyquist.
    outlier_window
        Full width of the Hampel window in samples; 0 = none.
    """

    name: str
    order: int
    cutoff_hz: float
    outlier_window: int


@dataclass(frozen=True, eq=False)
class KinematicSeries(ValueEquality):
    """Signals over time.

    Attributes
    ----------
    time_s
        ``(n,)`` rising times, real seconds.
    values
        Signal name -> ``(n,)``; NaN exactly where ``valid`` is False.
    valid
        Signal name -> ``(n,)`` bool.
    specs
        Signal name -> specification.
    frame_index
        ``(n,)`` frame number in the file.
    filter
        Smoothing that was applied.
    absent
        Signal name -> why it could not be read from this clip at all.
    errors
        Signal name -> ``(n,)`` standard deviation of the measurement error in every frame, in the signal's unit; a signal that is
        not in it has no known error.
    """

    time_s: FloatArray
    values: Mapping[str, FloatArray]
    valid: Mapping[str, BoolArray]
    specs: Mapping[str, SignalSpec]
    frame_index: NDArray[np.int64]
    filter: FilterSpec
    absent: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.time_s)
        if set(self.values) != set(self.valid) or not set(self.values) <= set(self.specs):
            raise ValueError("values, valid and specs must name the same signals")
        for name, value in self.values.items():
            if value.shape != (n,) or self.valid[name].shape != (n,):
                raise ValueError(f"signal {name} must have {n} samples")
            if not np.array_equal(np.isfinite(value), self.valid[name]):
                raise ValueError(f"signal {name}: NaN and the valid mask disagree")
        for name, error in self.errors.items():
            if name not in self.specs or error.shape != (n,):
                raise ValueError(f"error of {name} must belong to a signal and have {n} samples")

    def has(self, name: str) -> bool:
        """True when the signal was measured in at least one frame."""
        return name in self.values and bool(self.valid[name].any())
