"""Left against right over all clips of a screening, and whether the difference is more than the camera's error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.catalog import Catalog
from movescreen.model import ClipResult, ScreeningResult, SignalSpec, read_error
from movescreen.words.wording import signal_words

#: A difference of two readings is beyond chance (95 %) when it exceeds so many standard errors of the difference.
BEYOND_CHANCE = 1.96
#: Readings under this are too near zero for a ratio, degrees.
_LEAST_FOR_RATIO_DEG = 15.0


@dataclass(frozen=True)
class SideComparison:
    """One signal, left against right.

    Attributes
    ----------
    movement, signal, unit
        What was compared; the signal's name without side.
    left, right
        Medians at the turn over the repetitions, in ``unit``.
    error
        Standard deviation of the error of ``left - right``, in ``unit``; NaN when not known.
    lsi_pct
        Limb symmetry index: the lower side in percent of the higher one; NaN where a ratio means nothing.
    left_clip, right_clip
        Position in the screening of the clips they were read from.
    title
        Everyday name of the signal.
    """

    movement: str
    signal: str
    unit: str
    left: float
    right: float
    error: float
    lsi_pct: float
    left_clip: int
    right_clip: int
    title: str

    @property
    def difference(self) -> float:
        """Left minus right, in ``unit``."""
        return self.left - self.right

    @property
    def detectable(self) -> float:
        """Smallest difference that is more than chance at 95 %, in ``unit``; NaN when the error is not known."""
        return BEYOND_CHANCE * self.error

    @property
    def beyond_error(self) -> bool:
        """True when the difference is more than the error explains; False also when the error is not known."""
        return bool(abs(self.difference) > self.detectable)


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
        movement, signal, spec.unit, left, right, float(np.hypot(errors[0], errors[1])), _lsi_pct(spec, left, right), left_clip, right_clip,
        signal_words(spec),
    )  # fmt: skip


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


def _lsi_pct(spec: SignalSpec, left: float, right: float) -> float:
    low, high = sorted((left, right))
    if not spec.ratio_scale or low < _LEAST_FOR_RATIO_DEG:
        return float("nan")
    return 100.0 * low / high
