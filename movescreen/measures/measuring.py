"""Every measure of a movement: one value a side, with its attempts and its error, or the reason why there is none."""

from __future__ import annotations

import math

from movescreen.catalog.schema import MeasureSpec
from movescreen.measures.recording import MEASURES, Read, Recording, SetReader
from movescreen.model import Attempt, Measure, Repetition, summarise


def measure_clip(recording: Recording) -> tuple[Measure, ...]:
    """Return every measure of the movement, one for each side that was done; one without a side when none has any."""
    sides = [side for side in ("left", "right") if any(rep.side == side for rep in recording.reps)] or [""]
    return tuple(_measure(spec, recording, side) for spec in recording.spec.measures for side in sides)


def expected_error(spec: MeasureSpec, read: Read, frame_s: float) -> float:
    """Return the standard deviation of the error of one attempt's reading, in the measure's unit.

    Parameters
    ----------
    read
        The reading.
    frame_s
        Time from frame to frame, s: what is timed is known no better than the camera looks.
    """
    error = spec.error
    timing = read.per_second * math.hypot(error.seconds, error.frames * frame_s)
    return math.hypot(error.fixed, error.share * read.value, timing, read.short)


def _measure(spec: MeasureSpec, recording: Recording, side: str) -> Measure:
    kind = recording.view.kind.value
    if kind not in spec.views:
        return _missing(spec, side, f"needs the {' or '.join(spec.views)} view; this clip shows the {kind} view")
    how = MEASURES[spec.name]
    reps = [rep for rep in recording.reps if rep.side == side or not side]
    whole = [rep for rep in reps if rep.complete]
    if isinstance(how, SetReader):
        if len(whole) < how.fewest:
            return _missing(spec, side, f"needs {how.fewest} complete repetitions, {len(whole)} seen")
        reads = [(whole[0], how.read(recording, whole), False)]
    else:
        # a hold that the clip cuts off has lasted at least as long as it was seen
        reads = [(rep, how.read(recording, rep), not rep.complete) for rep in (reps if how.bounded else whole)]
        if not reads:
            return _missing(spec, side, "no complete attempt was seen")
    attempts = tuple(
        _attempt(spec, recording, rep, read, cut=cut) for rep, read, cut in reads if math.isfinite(read.value)
    )
    if not attempts:
        told = next((read.reason for _, read, _ in reads if read.reason), "")
        return _missing(spec, side, told or "what it is read from was not seen well enough")
    value, error, at_least = summarise(spec.summary, attempts)
    return _make(spec, side, value=value, error=error, attempts=attempts, at_least=at_least)


def _attempt(spec: MeasureSpec, recording: Recording, rep: Repetition, read: Read, *, cut: bool) -> Attempt:
    error = expected_error(spec, read, recording.frame_s)
    done = spec.most is not None and read.value >= spec.most
    value = min(read.value, spec.most) if spec.most is not None else read.value
    # of what lasts, a clip that ends too early shows a part
    return Attempt(rep=rep.number, value=value, error=error, at_least=cut and spec.summary == "longest" and not done)


def _missing(spec: MeasureSpec, side: str, reason: str) -> Measure:
    return _make(spec, side, value=math.nan, error=math.nan, reason=reason)


def _make(
    spec: MeasureSpec, side: str, *, value: float, error: float, attempts: tuple[Attempt, ...] = (), at_least: bool = False,
    reason: str = "",
) -> Measure:  # fmt: skip
    return Measure(
        name=spec.name,
        side=side,
        title=spec.title,
        unit=spec.unit,
        digits=spec.digits,
        value=value,
        error=error,
        attempts=attempts,
        at_least=at_least,
        reason=reason,
        hand_test=spec.hand_test,
        how=spec.summary,
        definition=spec.definition,
        error_from=spec.error_from,
        note=spec.note,
    )
