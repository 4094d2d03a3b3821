"""The result of a clip with several takes: that of the longest one with an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from movescreen.kinematics.takes import Take
from movescreen.model import ClipResult, FloatArray, KinematicSeries, Notice, PoseSequence
from movescreen.pipeline.notices import missing_answer
from movescreen.words.findings import view_words
from movescreen.words.sentences import join_words


def choose_take(poses: PoseSequence, takes: tuple[Take, ...], judged: Mapping[Take, ClipResult]) -> ClipResult:
    """Return the result of the longest take that holds an answer, as one of the whole clip, with what was left out."""

    def rank(take: Take) -> tuple[bool, float]:
        answered = missing_answer(judged[take]) is None
        return answered, float(poses.time_s[take.stop - 1] - poses.time_s[take.start])

    chosen = max(judged, key=rank)
    result = judged[chosen]
    notice = _tell_takes(poses, takes, chosen, judged)
    return replace(
        result,
        poses=poses,
        series=_widen(result.series, poses, chosen),
        notices=(notice, *result.notices),
        frames_valid_frac=float(poses.detected.mean()),
    )


def _widen(series: KinematicSeries, poses: PoseSequence, take: Take) -> KinematicSeries:
    """Return a series of a take as one of the whole clip: not measured elsewhere."""

    def fill(values: FloatArray) -> FloatArray:
        whole = np.full(len(poses), np.nan)
        whole[take.start : take.stop] = values
        return whole

    values = {name: fill(found) for name, found in series.values.items()}
    return replace(
        series,
        time_s=poses.time_s,
        values=values,
        valid={name: np.isfinite(found) for name, found in values.items()},
        frame_index=poses.frame_index,
        errors={name: fill(found) for name, found in series.errors.items()},
    )


def _tell_takes(
    poses: PoseSequence, takes: tuple[Take, ...], chosen: Take, judged: Mapping[Take, ClipResult]
) -> Notice:
    when = {
        kind: [f"{poses.time_s[t.start]:.1f} s" for t in takes if t.begins_with == kind] for kind in ("cut", "turn")
    }
    why = [f"it is cut at {join_words(when['cut'])}"] if when["cut"] else []
    why += [f"the person turns to another side at {join_words(when['turn'])}"] if when["turn"] else []
    text = f"The clip holds {len(takes)} takes ({'; '.join(why)}). Each was judged for itself; what is said is about the one {_span(poses, chosen)}."
    left_out = [_sum_up(judged[take], _span(poses, take)) for take in judged if take != chosen and judged[take].reps]
    return Notice("several_takes", f"{text} Left out: {'; '.join(left_out)}." if left_out else text)


def _sum_up(result: ClipResult, span: str) -> str:
    count = sum(rep.complete for rep in result.reps) or len(result.reps)
    return f"{count} repetition{'' if count == 1 else 's'} of the {result.movement_info.plain_name}, {view_words(result.view)}, {span}"


def _span(poses: PoseSequence, take: Take) -> str:
    return f"from {poses.time_s[take.start]:.1f} to {poses.time_s[take.stop - 1]:.1f} s"
