"""One evaluator for each kind of check. Values are gathered first and judged after, so that every verdict shows its evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from movescreen.catalog.schema import (
    AttemptsCheck,
    CheckBase,
    DifferenceCheck,
    Scope,
    Statistic,
    TempoCheck,
    ThresholdCheck,
    VariabilityCheck,
)
from movescreen.model import Evidence, Finding, Repetition, Status
from movescreen.registry import Registry
from movescreen.screening.context import ScreeningContext, finite
from movescreen.words.numbers_and_units import format_number

#: A value this many times the way from note to flag beyond the flag counts as well beyond the limit.
_MARKED = 1.0

SIDES = ("left", "right")
#: Kind of check -> evaluator.
EVALUATORS: Registry[Callable[[Any, ScreeningContext], list[Finding]]] = Registry("kind of check")


@dataclass(frozen=True)
class _Reading:
    """Values of one check and side, before they are judged."""

    side: str
    reps: tuple[Repetition, ...]
    values: tuple[float, ...]
    error: float
    reason: str = ""


@EVALUATORS.register("threshold")
def evaluate_threshold(check: ThresholdCheck, context: ScreeningContext) -> list[Finding]:
    """Hold a signal against its limit in every repetition."""
    readings = _gather(context, check.signal, check.scope, check.statistic)
    return [_judge(check, context, _mirrored(r) if check.mirror else r) for r in readings]


def _gather(context: ScreeningContext, stem: str, scope: Scope, statistic: Statistic = "turn") -> list[_Reading]:
    if scope == "none":
        return [_read(context, stem, statistic, "", context.reps)]
    if scope == "nearest":
        return [_read(context, f"{stem}_{context.view.side_next_to_camera}", statistic, "", context.reps)]
    if scope == "each":
        return [_read(context, f"{stem}_{s}", statistic, s, context.reps) for s in SIDES]
    out = []
    for side in SIDES:
        reps = tuple(r for r in context.reps if r.side == side)
        sided = f"{stem}_{side}"
        signal = sided if sided in context.series.specs else stem
        if reps:
            out.append(_read(context, signal, statistic, side, reps))
        else:
            out.append(_Reading(side, (), (), float("nan"), f"no repetition with the {side} leg working was recorded"))
    return out


def _read(
    context: ScreeningContext, signal: str, statistic: Statistic, side: str, reps: Sequence[Repetition]
) -> _Reading:
    raw = [context.value(signal, rep, statistic) for rep in reps]
    measured = [(rep, v) for rep, v in zip(reps, raw, strict=True) if np.isfinite(v)]
    seen = [(rep, v) for rep, v in measured if context.can_be(signal, rep, v)]
    reason = "" if seen else _say_impossible(context, signal, measured) if measured else context.why_missing(signal)
    values = tuple(v for _, v in seen)
    kept = tuple(r for r, _ in seen)
    error = context.error(signal, kept, float(np.median(values)) if values else float("nan"))
    return _Reading(side, kept, values, error, reason)


def _say_impossible(context: ScreeningContext, signal: str, measured: Sequence[tuple[Repetition, float]]) -> str:
    value, spec = float(np.median([v for _, v in measured])), context.series.specs[signal]
    unit = "percent" if spec.unit == "pct" else spec.unit
    return f"{spec.title.lower()} reads {value:.0f} {unit}, which cannot be: the landmarks were not where the body is"


def _mirrored(reading: _Reading) -> _Reading:
    """Return the values as the working side sees them: as they are on the left, with the sign turned on the right."""
    return replace(reading, values=tuple(-v for v in reading.values)) if reading.side == "right" else reading


def _judge(check: ThresholdCheck, context: ScreeningContext, reading: _Reading) -> Finding:
    if reason := reading.reason or _too_few(check, len(reading.values)):
        return not_assessed(check, context, reason, reading.side)
    value = float(np.median(reading.values))
    sized = [abs(v) for v in reading.values] if check.absolute else list(reading.values)
    # with signs mixed, an absolute check judges the side that the median is on: shifting left once and right once is neither
    if check.absolute:
        sized = [v if np.sign(r) == np.sign(value) else -v for v, r in zip(sized, reading.values, strict=True)]
    level = float(np.median(sized))
    status, affected = _status(check, sized, level)
    evidence = tuple(
        Evidence(
            rep=rep.number,
            time_s=rep.turn_s,
            value=float(v),
            limit=check.flag,
            unit=context.unit_of(check.signal),
            measurement_error=reading.error,
        )
        for rep, v in zip(reading.reps, reading.values, strict=True)
    )
    numbers = tuple(reading.reps[i].number for i in affected)
    lean = "left" if value > 0 else "right"
    words = {"side": reading.side or lean, "other_side": "right" if (reading.side or lean) == "left" else "left"}
    return _judged(check, context, status, level, evidence, reading, numbers, words, shown=value)


def _status(check: ThresholdCheck, values: Sequence[float], level: float) -> tuple[Status, list[int]]:
    beyond = _beyond(check.direction)
    flagged = [i for i, v in enumerate(values) if beyond(v, check.flag)]
    noted = [i for i, v in enumerate(values) if beyond(v, check.note)]
    need = check.min_rep_share * len(values) - 1e-9
    if len(flagged) >= need and beyond(level, check.flag):
        return Status.FLAGGED, flagged
    if noted and (len(noted) >= need or flagged or beyond(level, check.note)):
        return Status.BORDERLINE, flagged or noted
    return Status.CLEAR, flagged


def _beyond(direction: str) -> Callable[[float, float], bool]:
    return (lambda v, limit: v > limit) if direction == "above" else (lambda v, limit: v < limit)


@EVALUATORS.register("difference")
def evaluate_difference(check: DifferenceCheck, context: ScreeningContext) -> list[Finding]:
    """Compare left with right; a difference counts only above both the limit and its error."""
    per_side = {s: _side_values(check, context, s) for s in SIDES}
    missing = [s for s in SIDES if not finite(per_side[s])]
    if missing:
        if check.between == "repetitions":
            reason = (
                f"no repetition with the {' or '.join(missing)} leg working could be measured; both sides are needed"
            )
        else:
            reason = context.why_missing(f"{check.signal}_{missing[0]}")
        return [not_assessed(check, context, reason)]
    left, right = (float(np.median(finite(per_side[s]))) for s in SIDES)
    value = left - right
    count = min(len(finite(per_side[s])) for s in SIDES)
    if reason := _too_few(check, count):
        return [not_assessed(check, context, reason)]
    # each side is a median over repetitions, but the systematic part of the error does not average out
    sides = (("left", left), ("right", right))
    errors = [context.error(f"{check.signal}_{s}", _reps_of(check, context, s), v) for s, v in sides]
    error = float(np.hypot(errors[0], errors[1]))
    size = abs(value)
    beyond = Status.FLAGGED if size > check.flag else Status.BORDERLINE if size > check.note else Status.CLEAR
    # what is smaller than its own error is no difference
    status = Status.CLEAR if size <= error else beyond
    reason = ""
    if check.camera_turn_guard and status is not Status.CLEAR and left * right < 0 and abs(left + right) < 0.5 * size:
        status = Status.BORDERLINE
        reason = "one knee is inward and the other outward by as much: the camera may not be square to the person"
    side = "left" if value > 0 else "right"
    words = {"side": side, "other_side": "right" if side == "left" else "left"}
    reading = _Reading("", context.reps, (), error)
    unit = context.unit_of(check.signal)
    evidence = (_of_whole_clip(context.reps[0], value, check.flag, unit, error),)
    numbers = tuple(r.number for r in context.reps) if status is not Status.CLEAR else ()
    return [
        _judged(
            check,
            context,
            status,
            size,
            evidence,
            reading,
            numbers,
            words,
            shown=value,
            seen=count,
            reason=reason,
        )
    ]


def _side_values(check: DifferenceCheck, context: ScreeningContext, side: str) -> list[float]:
    return [context.value(f"{check.signal}_{side}", rep, check.statistic) for rep in _reps_of(check, context, side)]


def _reps_of(check: DifferenceCheck, context: ScreeningContext, side: str) -> list[Repetition]:
    return [r for r in context.reps if check.between == "legs" or r.side == side]


@EVALUATORS.register("variability")
def evaluate_variability(check: VariabilityCheck, context: ScreeningContext) -> list[Finding]:
    """Judge the standard deviation of a signal over the repetitions; those with a hole are not compared."""
    context = replace(context, reps=context.without_holes())
    out = []
    for reading in _gather(context, check.signal, check.scope):
        if reason := reading.reason or _too_few(check, len(reading.values)):
            out.append(not_assessed(check, context, reason, reading.side))
            continue
        spread = float(np.std(reading.values, ddof=1))
        out.append(_judge_spread(check, context, spread, reading, context.unit_of(check.signal)))
    return out


@EVALUATORS.register("tempo")
def evaluate_tempo(check: TempoCheck, context: ScreeningContext) -> list[Finding]:
    """Judge the coefficient of variation of the repetitions' duration, percent; those with a hole are not timed."""
    context = replace(context, reps=context.without_holes())
    if reason := _too_few(check, len(context.reps)):
        return [not_assessed(check, context, reason)]
    seconds = np.array([r.end_s - r.start_s for r in context.reps])
    spread = float(100.0 * seconds.std(ddof=1) / seconds.mean())
    # start and end are each known to about a tenth of a second
    error = float(100.0 * 0.1 * 2**0.5 / seconds.mean())
    return [_judge_spread(check, context, spread, _Reading("", context.reps, tuple(seconds), error), "pct")]


@EVALUATORS.register("attempts")
def evaluate_attempts(check: AttemptsCheck, context: ScreeningContext) -> list[Finding]:
    """Judge how unlike the attempts at a measure are: coefficient of variation, percent."""
    found = [m for m in context.measures if m.name == check.measure]
    if not found:
        return [not_assessed(check, context, "the measure was not read")]
    out = []
    for measure in found:
        whole = {rep.number: rep for rep in context.reps if rep.complete}
        attempts = [a for a in measure.attempts if a.rep in whole and not a.at_least]
        reason = measure.reason or _too_few(check, len(attempts))
        if reason:
            out.append(not_assessed(check, context, reason, measure.side))
            continue
        values = np.array([a.value for a in attempts])
        reps = tuple(whole[a.rep] for a in attempts)
        # the readings' own errors make attempts look unlike
        error = float(100.0 * np.median([a.error for a in attempts]) / values.mean())
        spread = float(100.0 * values.std(ddof=1) / values.mean())
        out.append(_judge_spread(check, context, spread, _Reading(measure.side, reps, tuple(values), error), "pct"))
    return out


def _judge_spread(
    check: VariabilityCheck | TempoCheck | AttemptsCheck,
    context: ScreeningContext,
    spread: float,
    reading: _Reading,
    unit: str,
) -> Finding:
    status = Status.FLAGGED if spread > check.flag else Status.BORDERLINE if spread > check.note else Status.CLEAR
    evidence = (_of_whole_clip(reading.reps[0], spread, check.flag, unit, reading.error),)
    numbers = tuple(r.number for r in reading.reps) if status is not Status.CLEAR else ()
    return _judged(
        check, context, status, spread, evidence, reading, numbers, {"side": reading.side, "other_side": ""}, unit=unit
    )


def _of_whole_clip(first: Repetition, value: float, limit: float, unit: str, error: float) -> Evidence:
    return Evidence(rep=0, time_s=first.turn_s, value=value, limit=limit, unit=unit, measurement_error=error)


def not_assessed(check: CheckBase, context: ScreeningContext, reason: str, side: str = "") -> Finding:
    """Return the finding of a check that could not be made, with the reason."""
    about = _describe(check, context, side)
    return replace(about, status=Status.NOT_ASSESSED, reason=reason, message=f"Not assessed: {reason}.")


def _describe(check: CheckBase, context: ScreeningContext, side: str) -> Finding:
    """Return what is known of a finding before anything is read: what it is about, and its words."""
    return Finding(
        check_id=check.id,
        movement=context.spec.name,
        side=side,
        status=Status.CLEAR,
        title=check.title,
        unit=context.unit_of(check.signal) if check.signal else "pct",
        direction=check.direction,
        limit=check.flag,
        two_sided=check.two_sided,
        positive_side=check.positive_side_of(side),
        signal=check.signal,
        signal_side=_read_side(check, context, side),
        statistic=check.value_from,
        views=check.views,
        why=check.why,
        cue=check.cue,
        plain=check.plain.words(),
        source=check.source.source(),
    )


def _read_side(check: CheckBase, context: ScreeningContext, side: str) -> str:
    """Return the side whose signal is read; empty when the signal has none or both are read."""
    read = context.view.side_next_to_camera if check.scope == "nearest" else side
    return read if f"{check.signal}_{read}" in context.series.specs else ""


def _judged(
    check: CheckBase, context: ScreeningContext, status: Status, level: float, evidence: tuple[Evidence, ...], reading: _Reading,
    affected: tuple[int, ...], words: dict[str, str], *, shown: float | None = None,
    unit: str | None = None, seen: int | None = None, reason: str = "",
) -> Finding:  # fmt: skip
    if status is Status.FLAGGED and check.max_status == "borderline":
        status = Status.BORDERLINE
        reason = reason or "video can only hint at this, so it never counts as more: judge it by eye"
    value = level if shown is None else shown
    unit = context.unit_of(check.signal) if unit is None else unit
    count = len(reading.values) if seen is None else seen
    digits = 2 if unit == "ratio" else 0
    text = check.clear_message if status is Status.CLEAR else check.message
    message = text.format(
        value=format_number(value, digits), abs_value=format_number(abs(value), digits), limit=format_number(check.flag, digits),
        unit=unit, affected=len(affected), seen=count, error=format_number(reading.error, digits), **words,
    )  # fmt: skip
    return replace(
        _describe(check, context, reading.side),
        status=status,
        unit=unit,
        severity=_severity(check, status, level),
        value=float(value),
        limit=float(check.flag),
        reps_seen=count,
        reps_affected=affected,
        measurement_error=reading.error,
        reason=reason,
        message=message,
        evidence=evidence,
    )


def _severity(check: CheckBase, status: Status, level: float) -> int:
    if status is Status.BORDERLINE:
        return 1
    if status is not Status.FLAGGED:
        return 0
    return 3 if abs(level - check.flag) > _MARKED * abs(check.flag - check.note) else 2


def _too_few(check: CheckBase, seen: int) -> str:
    if seen < check.min_reps:
        return f"needs {check.min_reps} repetitions that can be measured, {seen} seen"
    return ""
