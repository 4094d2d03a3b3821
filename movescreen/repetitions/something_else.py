"""What is no movement of the catalog but repeats: how often, and which parts of the body move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.model import FloatArray, Notice
from movescreen.repetitions.segmenter import SegmenterSettings, segment_repetitions
from movescreen.words.sentences import join_words

#: Share of a part's whole way that counts as going there and back.
_THERE_AND_BACK = 0.5
#: Fewer times than this is no repeating.
_FEWEST = 2
#: So many parts are named, those that move most.
_TOLD_PARTS = 3
#: Percentiles that stand for the ends of a part's way: a single frame does not decide.
_ENDS = (3.0, 97.0)


@dataclass(frozen=True)
class PartMotion:
    """How a part of the body moves through a clip.

    Attributes
    ----------
    words
        What it does, in words: ``the knees bend``.
    values
        ``(n,)``, NaN where not measured; either sign means the same.
    least
        A way smaller than this is no motion, in the unit of the values.
    """

    words: str
    values: FloatArray
    least: float

    @property
    def size(self) -> float:
        """The way from end to end, in least ways; 0 when it was never measured."""
        seen = self.values[np.isfinite(self.values)]
        return float(np.ptp(np.percentile(seen, _ENDS))) / self.least if seen.size else 0.0


def describe_something_else(time_s: FloatArray, parts: Sequence[PartMotion]) -> Notice | None:
    """Return a notice about a movement that repeats but is none of the catalog; None when nothing goes there and back twice.

    Parameters
    ----------
    time_s
        ``(n,)`` s.
    parts
        What may move.
    """
    moving = sorted((p for p in parts if p.size >= 1.0), key=lambda part: part.size, reverse=True)
    turns = next((found for part in moving if len(found := _turns(time_s, part)) >= _FEWEST), None)
    if turns is None:
        return None
    every_s = float(np.median(np.diff(turns)))
    what = join_words([part.words for part in moving[:_TOLD_PARTS]])
    return Notice(
        "something_else",
        f"A movement that repeats, but none that movescreen knows: about {len(turns)} times, once every {every_s:.1f} s, {what}. "
        "Nothing in it was judged.",
        ("all",),
    )


def _turns(time_s: FloatArray, part: PartMotion) -> list[float]:
    """Return when a part was at the far end of its way, s."""
    seen = np.isfinite(part.values)
    low, high = np.percentile(part.values[seen], _ENDS)
    settings = SegmenterSettings(_THERE_AND_BACK, min_duration_s=0.2, complete_fraction=_THERE_AND_BACK)
    reps = segment_repetitions(time_s, (part.values - low) / (high - low), settings)
    return [rep.turn_s for rep in reps if rep.complete]
