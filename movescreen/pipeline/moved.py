"""A clip of which the trainer moved a joint: analyzed as it was seen and as it was put right, the one beside the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from movescreen.model import ClipResult, Finding, Notice, PoseSequence, Repetition
from movescreen.model.moved import MovedJoint, move_joints
from movescreen.words.findings import finding_title, format_measured
from movescreen.words.numbers_and_units import decimals_for
from movescreen.words.sentences import join_words
from movescreen.words.statuses import STATUS_WORDS

#: How many findings are told; tables hold them all.
_TOLD = 4


def analyze_moved(
    poses: PoseSequence, moved: Sequence[MovedJoint], analyze: Callable[[PoseSequence], ClipResult]
) -> ClipResult:
    """Return the result with the moved joints; its poses stay the camera's, whose readings and findings stand beside.

    Parameters
    ----------
    poses
        As the camera saw them.
    moved
        One entry a joint and repetition.
    analyze
        Turns poses into a result; both ways alike.
    """
    camera, result = analyze(poses), analyze(move_joints(poses, moved))
    reps, told = [], []
    for rep in result.reps:
        mine = [each for each in moved if rep.contains((each.span_s[1] + each.span_s[2]) / 2)]
        seen = next((each for each in camera.reps if each.contains(rep.turn_s)), None)
        if mine:
            rep = replace(rep, camera_at_turn=_changed(rep, seen, result) if seen else {})
            told.append(_tell(rep, mine))
        reps.append(rep)
    if lines := _changed_findings(camera.findings, result.findings):
        text = f"Without what the trainer moved, the camera says: {'; '.join(lines)}."
        told.append(Notice("moved_by_trainer", text))
    return replace(result, poses=poses, reps=tuple(reps), notices=(*result.notices, *told))


def _changed(rep: Repetition, seen: Repetition, result: ClipResult) -> dict[str, float]:
    """Return the camera's readings at the turn that would be printed otherwise now."""
    units = {name: spec.unit for name, spec in result.series.specs.items()}
    each = [(name, was, rep.at_turn.get(name, was)) for name, was in seen.at_turn.items()]
    known = [e for e in each if any(map(math.isfinite, e[1:]))]  # what neither measured does not differ
    return {name: was for name, was, now in known if round(was - now, decimals_for(units[name]) + 1) != 0}


def _tell(rep: Repetition, moved: Sequence[MovedJoint]) -> Notice:
    joints = join_words(f"the {each.joint.replace('_', ' ')} ({each.reason})" for each in moved)
    text = f"Repetition {rep.number} (at {rep.turn_s:.1f} s): the trainer moved {joints}. The table of repetitions has the camera's readings, too."
    return Notice("moved_by_trainer", text)


def _changed_findings(camera: Sequence[Finding], now: Sequence[Finding]) -> list[str]:
    known = {(f.check_id, f.side): f for f in now}
    changed = [
        f
        for f in camera
        if (other := known.get((f.check_id, f.side))) is not None
        and (f.status, format_measured(f)) != (other.status, format_measured(other))
    ]
    return [f"{finding_title(f)} {STATUS_WORDS[f.status].label.lower()}, {format_measured(f)}" for f in changed[:_TOLD]]
