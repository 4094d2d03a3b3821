"""KinematicSeries: signals over time, and the specification of a signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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

    @property
    def column(self) -> str:
        """Column name in tables: the unit is at the end unless the name already carries it."""
        return self.name if self.unit == "ratio" else f"{self.name}_{self.unit}"


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
