"""Signals while they happen: a filter that does not look ahead, and one frame measured against a standing reference.

The definitions are those of :mod:`movescreen.kinematics.signals`; only the smoothing differs. What comes out is provisional:
a saved result is always made from the recorded poses by the zero-phase path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from movescreen.kinematics.body import BodyFrame, find_standing
from movescreen.kinematics.context import CorrectionInputs
from movescreen.kinematics.facing import decide_view
from movescreen.kinematics.quality import SIDES, compute_leg_length_px
from movescreen.kinematics.series import Correction
from movescreen.kinematics.signals import SIGNALS
from movescreen.model import FilterSpec, FloatArray, PoseSequence, View

#: Cut-off at rest, and how much it opens with speed (Hz per leg length per second): steady while standing, quick on the way.
_MIN_CUTOFF_HZ = 2.0
_BETA = 4.0
_SPEED_CUTOFF_HZ = 1.5
#: After a gap this long the filter starts over, s.
_RESTART_S = 0.5


def describe_causal_filter() -> FilterSpec:
    """Return the record of the smoothing."""
    return FilterSpec("one euro causal", 1, _MIN_CUTOFF_HZ, 0)


class OneEuroFilter:
    """A causal low-pass whose cut-off opens with speed (Casiez, Roussel and Vogel 2012), for many values at once.

    Parameters
    ----------
    unit
        What counts as a unit of motion, in the values' own unit: the cut-off opens with units per second.
    """

    def __init__(self, unit: float) -> None:
        self.unit = unit
        self._time_s = -np.inf
        self._value: FloatArray | None = None
        self._speed: FloatArray | None = None

    def push(self, time_s: float, values: FloatArray) -> FloatArray:
        """Return the smoothed values; NaN passes through and is forgotten."""
        step_s = time_s - self._time_s
        self._time_s = time_s
        if self._value is None or self._speed is None or not 0 < step_s <= _RESTART_S:
            self._value, self._speed = values.copy(), np.zeros_like(values)
            return values
        fresh = ~np.isfinite(self._value)
        before = np.where(fresh, values, self._value)
        speed = (values - before) / step_s
        a = _smoothing(step_s, np.asarray(_SPEED_CUTOFF_HZ))
        self._speed = np.where(np.isfinite(speed), a * speed + (1 - a) * self._speed, 0.0)
        b = _smoothing(step_s, _MIN_CUTOFF_HZ + _BETA * np.abs(self._speed) / self.unit)
        self._value = b * values + (1 - b) * before
        return self._value


def _smoothing(step_s: float, cutoff_hz: FloatArray) -> FloatArray:
    turn = 2 * np.pi * cutoff_hz * step_s
    return np.asarray(turn / (turn + 1))


@dataclass(frozen=True)
class StandingReference:
    """What one frame is measured against: a person standing still.

    Attributes
    ----------
    poses
        One frame: the median of the standing ones.
    view
        Where the camera stands.
    leg_length_px, leg_length_m
        Thigh plus shank in the picture and in world landmarks.
    """

    poses: PoseSequence
    view: View
    leg_length_px: float
    leg_length_m: float


def build_reference(poses: PoseSequence, view: View | None = None) -> StandingReference | None:
    """Measure a person who stands.

    Parameters
    ----------
    poses
        Some frames in which they mostly stand.
    view
        Where the camera stands, when it is known better than from these frames.

    Returns
    -------
    StandingReference or None
        None when nobody is there in full.
    """
    leg_px = compute_leg_length_px(poses)
    standing = find_standing(poses, poses.detected, leg_px)
    if not standing.any():
        return None
    one = np.flatnonzero(standing)[-1]
    middle = poses.slice(int(one), int(one) + 1)
    middle = replace(
        middle,
        image_xy_px=np.nanmedian(poses.image_xy_px[standing], axis=0, keepdims=True),
        world_xyz_m=np.nanmedian(poses.world_xyz_m[standing], axis=0, keepdims=True),
        extras={},
    )
    world = [middle.world(f"{s}_{p}")[0] for s in ("left", "right") for p in ("hip", "knee", "ankle")]
    legs = [np.linalg.norm(a - b) for a, b in pairwise(world)]
    leg_m = float((legs[0] + legs[1] + legs[3] + legs[4]) / 2)
    return StandingReference(middle, view or decide_view(poses, standing), leg_px, leg_m)


class CausalSignals:
    """Measures frame by frame.

    Parameters
    ----------
    reference
        The standing person.
    names
        Signals wanted; those that the view cannot show are left out.
    correction
        Takes out known bias; None leaves plain readings.
    """

    def __init__(self, reference: StandingReference, names: Iterable[str], correction: Correction | None) -> None:
        self.reference = reference
        self._correction = correction
        kind = reference.view.kind.value
        self.names = tuple(n for n in dict.fromkeys(names) if kind in SIGNALS.find(n).spec.views)
        needed: dict[str, None] = {}
        for name in self.names:
            needed |= dict.fromkeys(SIGNALS.find(name).inputs)
            needed[name] = None
        self._order = tuple(needed)
        self._image = OneEuroFilter(reference.leg_length_px)
        self._world = OneEuroFilter(reference.leg_length_m)

    def push(
        self,
        time_s: float,
        image_xy_px: FloatArray,
        world_xyz_m: FloatArray,
        extras: Mapping[str, float] | None = None,
    ) -> dict[str, float]:
        """Smooth one pose and measure it.

        Parameters
        ----------
        time_s
            Its time; must rise.
        image_xy_px, world_xyz_m
            ``(k, 2)`` and ``(k, 3)`` landmarks; NaN where not seen.
        extras
            Further readings from the picture, see :attr:`PoseSequence.extras`.

        Returns
        -------
        dict
            Signal name -> value; NaN where it cannot be measured.
        """
        image, world = self._image.push(time_s, image_xy_px), self._world.push(time_s, world_xyz_m)
        body = self._body(image, world, extras or {})
        plain = _PlainReadings(body)
        inputs = {side: CorrectionInputs(body, side, plain) for side in ("", *SIDES)}
        out: dict[str, FloatArray] = {}
        with np.errstate(invalid="ignore", divide="ignore"):
            for name in self._order:
                item = SIGNALS.find(name)
                if item.derive is not None:
                    out[name] = np.asarray(item.derive(*(out[n] for n in item.inputs)))
                    continue
                value = plain[name]
                if self._correction is not None:
                    value = self._correction(name, self.reference.view, value, inputs[item.spec.side])
                out[name] = value
        return {n: float(out[n][-1]) for n in self.names}

    def _body(self, image: FloatArray, world: FloatArray, extras: Mapping[str, float]) -> BodyFrame:
        """Return two frames: the reference, which stands, and the present."""
        ref = self.reference
        two = PoseSequence(
            np.array([0.0, 1.0]),
            np.concatenate([ref.poses.image_xy_px, image[None]]),
            np.concatenate([ref.poses.world_xyz_m, world[None]]),
            np.ones((2, image.shape[0])),
            np.array([0, 1]),
            ref.poses.image_size_px,
            extras={name: np.array([0.0, value]) for name, value in extras.items()},
        )
        return BodyFrame(two, ref.view, np.array([True, False]), ref.leg_length_px, ref.leg_length_m)


class _PlainReadings(Mapping[str, FloatArray]):
    """Plain readings of a body, computed when they are asked for."""

    def __init__(self, body: BodyFrame) -> None:
        self._body = body
        self._known: dict[str, FloatArray] = {}

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self._known:
            item = SIGNALS[name]
            if item.compute is None or self._body.view.kind.value not in item.spec.views:
                raise KeyError(name)
            with np.errstate(invalid="ignore", divide="ignore"):
                self._known[name] = np.asarray(item.compute(self._body), dtype=np.float64)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
