"""A clip of which the trainer moved a joint: analyzed as it was seen and as it was put right, the one beside the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from movescreen.model import ClipResult, Finding, Notice, PoseSequence, Repetition
from movescreen.model.moved import MovedJoint, move_joints
from movescreen.words.findings import finding_title, format_measured, signal_words
from movescreen.words.numbers_and_units import decimals_for, format_value
from movescreen.words.sentences import join_words, sentence
from movescreen.words.statuses import STATUS_WORDS

#: How many readings and findings are told of a repetition; tables hold them all.
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
            told.append(_tell(rep, mine, result))
        reps.append(rep)
    if lines := _changed_findings(camera.findings, result.findings):
        text = f"Without what the trainer moved, the camera says: {'; '.join(lines)}."
        told.append(Notice("moved_by_trainer", text))
    return replace(result, poses=poses, reps=tuple(reps), notices=(*result.notices, *told))


def _changed(rep: Repetition, seen: Repetition, result: ClipResult) -> dict[str, float]:
    """Return the camera's readings at the turn that are printed otherwise now."""

    def printed(name: str, value: float) -> str:
        unit = result.series.specs[name].unit
        return format_value(value, unit, decimals_for(unit) + 1)

    return {
        name: seen.at_turn[name]
        for name, value in rep.at_turn.items()
        if name in seen.at_turn and printed(name, value) != printed(name, seen.at_turn[name])
    }


def _tell(rep: Repetition, moved: Sequence[MovedJoint], result: ClipResult) -> Notice:
    joints = join_words(f"the {each.joint.replace('_', ' ')} ({each.reason})" for each in moved)
    keys = result.movement_info.key_signals
    specs = [s for n, s in result.series.specs.items() if n in rep.camera_at_turn and s.stem in keys]
    lines = [
        f"{signal_words(s).lower()}{f', {s.side}' if s.side else ''}, {format_value(rep.at_turn[s.name], s.unit)} "
        f"(camera: {format_value(rep.camera_at_turn[s.name], s.unit)})"
        for s in specs[:_TOLD]
    ]
    text = f"Repetition {rep.number} (at {rep.turn_s:.1f} s): the trainer moved {joints}."
    return Notice("moved_by_trainer", " ".join([text, sentence("; ".join(lines))] if lines else [text]))


def _changed_findings(camera: Sequence[Finding], now: Sequence[Finding]) -> list[str]:
    known = {(f.check_id, f.side): f for f in now}
    changed = [
        f
        for f in camera
        if (other := known.get((f.check_id, f.side))) is not None
        and (f.status, format_measured(f)) != (other.status, format_measured(other))
    ]
    return [f"{finding_title(f)} {STATUS_WORDS[f.status].label.lower()}, {format_measured(f)}" for f in changed[:_TOLD]]
