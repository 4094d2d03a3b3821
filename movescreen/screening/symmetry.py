"""Left against right over all clips of a screening, and whether the difference is more than the camera's error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.catalog import Catalog
from movescreen.model import ClipResult, ScreeningResult, SignalSpec, read_error
from movescreen.statistics import Sides, detectable_difference

#: Signals whose size tells how much of a movement there was. Only of these a ratio of the sides means anything: for one that lies
#: about zero, such as the knee's inward angle, 1 against 2 degrees would read as 50 percent.
_RATIO_SIGNALS = ("knee_flexion", "hip_flexion", "shank_inclination", "shoulder_flexion")
#: Readings under this are too near zero for a ratio, degrees.
_LEAST_FOR_RATIO_DEG = 15.0


@dataclass(frozen=True, kw_only=True)
class SideComparison(Sides):
    """One signal, left against right: medians at the turn over the repetitions.

    Attributes
    ----------
    movement, signal, unit
        What was compared; the signal's name without side.
    error
        Standard deviation of the error of ``left - right``, in ``unit``; NaN when not known.
    left_clip, right_clip
        Position in the screening of the clips they were read from.
    """

    movement: str
    signal: str
    unit: str
    error: float
    left_clip: int
    right_clip: int


def compare_sides(screening: ScreeningResult, catalog: Catalog) -> tuple[SideComparison, ...]:
    """Compare left with right wherever both were measured: in one clip, or in one clip for each leg.

    The limb symmetry index is the lower side in percent of the higher one, since which side was injured is not known here.

    Parameters
    ----------
    screening
        One person's visit.
    catalog
        For the movements' key signals and the errors.

    Returns
    -------
    tuple of SideComparison
        By movement, in the order of its signals.
    """
    found = []
    for name in dict.fromkeys(clip.movement.name for clip in screening.clips):
        if name not in catalog.movements:
            continue
        clips = [(i, clip) for i, clip in enumerate(screening.clips) if clip.movement.name == name]
        for signal in catalog.movement(name).compared_signals:
            compared = _compare(name, signal, clips)
            if compared is not None:
                found.append(compared)
    return tuple(found)


def _compare(movement: str, signal: str, clips: Sequence[tuple[int, ClipResult]]) -> SideComparison | None:
    sides = {side: _read(signal, side, clips) for side in ("left", "right")}
    (left_clip, left, spec), (right_clip, right, _) = sides["left"], sides["right"]
    if spec is None or left_clip < 0 or right_clip < 0:
        return None
    views = {i: clip.view.kind for i, clip in clips}
    if views[left_clip] is not views[right_clip]:
        return None
    by_number = dict(clips)
    errors = [
        read_error(by_number[number].series, f"{signal}_{side}", by_number[number].reps, value)
        for side, (number, value, _) in sides.items()
    ]
    return SideComparison(
        movement=movement,
        signal=signal,
        unit=spec.unit,
        left=left,
        right=right,
        error=math.hypot(*errors),
        detectable=detectable_difference(*errors),
        ratio_means=signal in _RATIO_SIGNALS and min(left, right) >= _LEAST_FOR_RATIO_DEG,
        left_clip=left_clip,
        right_clip=right_clip,
    )


def _read(signal: str, side: str, clips: Sequence[tuple[int, ClipResult]]) -> tuple[int, float, SignalSpec | None]:
    """Return clip, median over the repetitions that load the side, and the signal; clip -1 when nobody saw it."""
    name = f"{signal}_{side}"
    for number, clip in sorted(clips, key=lambda item: -item[1].view.confidence):
        # in a one-sided movement only the working leg is compared; the other one does something else
        reps = [rep for rep in clip.reps if rep.complete and rep.side in ("", side)]
        values = [rep.at_turn[name] for rep in reps if np.isfinite(rep.at_turn.get(name, np.nan))]
        if values and name in clip.series.specs:
            return number, float(np.median(values)), clip.series.specs[name]
    return -1, float("nan"), None
