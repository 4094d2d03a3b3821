"""Left against right over all clips of a screening, and whether the difference is more than the camera's error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from movescreen.model import ClipResult, ScreeningResult, SideComparison, SignalSpec, read_error
from movescreen.statistics import detectable_difference
from movescreen.words.findings import signal_words

#: Readings under this are too near zero for a ratio, degrees.
_LEAST_FOR_RATIO_DEG = 15.0


def compare_sides(screening: ScreeningResult) -> tuple[SideComparison, ...]:
    """Compare left with right wherever both were measured: in one clip, or in one clip for each leg.

    The limb symmetry index is the lower side in percent of the higher one, since which side was injured is not known here.

    Parameters
    ----------
    screening
        One person's visit.

    Returns
    -------
    tuple of SideComparison
        By movement, in the order of its signals.
    """
    found = []
    for name in dict.fromkeys(clip.movement.name for clip in screening.clips):
        clips = [(i, clip) for i, clip in enumerate(screening.clips) if clip.movement.name == name]
        for signal in screening.info_of(name).compared_signals:
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
        title=signal_words(spec),
        unit=spec.unit,
        left=left,
        right=right,
        error=math.hypot(*errors),
        detectable=detectable_difference(*errors),
        ratio_means=spec.ratio_scale and min(left, right) >= _LEAST_FOR_RATIO_DEG,
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
