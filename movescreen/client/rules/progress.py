"""Progress: what changed between two visits beyond the error, what did not, and what cannot be compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import get_args

from movescreen.catalog import Catalog, minimal_detectable_change
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_library import NormLibrary
from movescreen.catalog.schema import MeasureSpec, ViewName
from movescreen.client.visits.activities import same_activities
from movescreen.client.visits.hand_tests import detectable_change
from movescreen.client.visits.visit import ClipRecord, Reading, Setup, Visit
from movescreen.model import SPREAD_ATTEMPTS, Finding
from movescreen.statistics import detectable_difference, is_beyond_error

#: Clips of one view whose turns against the camera differ by more are another camera set-up, degrees: the readings of a front view
#: change fast with the turn, those of a side view slowly.
MAX_YAW_CHANGE_DEG = {"front": 8.0, "side": 15.0}


#: Movement, view, signal, side.
_Key = tuple[str, str, str, str]


class ChangeState(StrEnum):
    """What may be said about a change."""

    CHANGED = "changed"
    NO_CHANGE = "no_change"
    NOT_COMPARABLE = "not_comparable"
    NO_KNOWN_ERROR = "no_known_error"


class Trend(StrEnum):
    """Which way a change goes, seen from the limit of the check that reads the value."""

    AWAY = "away_from_the_limit"
    TOWARDS = "towards_the_limit"
    NEITHER = ""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value at a visit.

    Attributes
    ----------
    error
        One standard deviation, in the unit; NaN when not known.
    comparable
        Whether it may be held against the last one.
    """

    day: date
    value: float
    error: float
    comparable: bool = True


@dataclass(frozen=True, kw_only=True)
class Change:
    """One quantity over the visits: the last one against the first one that it can be compared with.

    Attributes
    ----------
    name, side, unit
        Signal or test.
    movement, view
        Empty for a manual test.
    points
        Every visit that has it, the oldest first.
    detectable
        The smallest difference that is no chance, in the unit; NaN when not known.
    reason
        Why it is not comparable, or why nothing can be said.
    source
        Where the error comes from.
    """

    name: str
    side: str
    unit: str
    movement: str = ""
    view: str = ""
    points: tuple[Point, ...]
    state: ChangeState
    detectable: float = math.nan
    trend: Trend = Trend.NEITHER
    reason: str = ""
    source: str = ""

    @property
    def baseline(self) -> Point:
        """The first point that the last one can be compared with; the first one of all when there is none."""
        return next((point for point in self.points[:-1] if point.comparable), self.points[0])

    @property
    def difference(self) -> float:
        """Last value minus that of the baseline, in the unit."""
        return self.points[-1].value - self.baseline.value


def compare_visits(visits: Sequence[Visit], catalog: Catalog) -> tuple[Change, ...]:
    """Return every signal that at least two visits have: the last of them against the first that it can be compared with.

    Two values are compared only when movement, view, side to the camera, turn, pose model, correction and catalog are the
    same. "Changed" needs a difference beyond the minimal detectable change between two recordings of a person.

    Parameters
    ----------
    visits
        The oldest first.
    catalog
        Knows the errors.
    """
    found: dict[_Key, list[tuple[date, ClipRecord, Reading]]] = {}
    for visit in visits:
        seen: dict[_Key, tuple[date, ClipRecord, Reading]] = {}
        for clip in visit.clips:
            for reading in clip.readings:
                if not reading.measure:
                    seen[clip.setup.movement, clip.setup.view, reading.signal, reading.side] = visit.day, clip, reading
        for clips, reading in visit.measures:
            # what is timed does not depend on where the camera stands
            view = "" if _is_timed(reading, clips[-1], catalog) else clips[-1].setup.view
            seen[clips[-1].setup.movement, view, reading.signal, reading.side] = (visit.day, clips[-1], reading)
        for key, entry in seen.items():
            found.setdefault(key, []).append(entry)
    limits = _limits_by_signal(visits)
    changes = [
        _compare_readings(key, entries, catalog, _limit_of(key, limits))
        for key, entries in found.items()
        if len(entries) > 1
    ]
    return (*changes, *_compare_the_rest(found))


def _limits_by_signal(visits: Sequence[Visit]) -> dict[tuple[str, str, str], Finding]:
    """Return movement, signal and side -> the finding that holds its readings against a limit; the newest visit's counts."""
    limits: dict[tuple[str, str, str], Finding] = {}
    for finding in (f for visit in reversed(visits) for f in visit.findings):
        if finding.is_read_off:
            limits.setdefault((finding.movement, finding.signal, finding.side), finding)
    return limits


def _limit_of(key: _Key, limits: Mapping[tuple[str, str, str], Finding]) -> Finding | None:
    movement, _, signal, side = key
    return limits.get((movement, signal, side)) or limits.get((movement, signal, ""))


def compare_measurements(visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary) -> tuple[Change, ...]:
    """Return every manual test that at least two visits have, the first of them against the last."""
    out = []
    for spec in catalog.hand_tests.values():
        points: dict[str, list[Point]] = {}
        having = [visit for visit in visits if visit.measured(spec.id, by_hand=True)]
        for visit in having:
            for side, value in visit.measured(spec.id, by_hand=True).items():
                points.setdefault(side, []).append(Point(day=visit.day, value=value, error=math.nan))
        known = detectable_change(spec, norms)
        for side, values in sorted(points.items()):
            if len(values) > 1:
                difference = values[-1].value - values[0].value
                better = difference > 0 if spec.concern == "low" else difference < 0
                state, reason = _state(difference, known.value)
                if not same_activities(having[0], having[-1], spec.id):
                    state, reason = ChangeState.NOT_COMPARABLE, "other activities were rated than the first time"
                trend = (Trend.AWAY if better else Trend.TOWARDS) if state is ChangeState.CHANGED else Trend.NEITHER
                out.append(Change(
                    name=spec.id, side=side, unit=spec.unit, points=tuple(values), state=state, detectable=known.value, trend=trend,
                    reason=reason, source=known.source,
                ))  # fmt: skip
    return tuple(out)


def find_setup_differences(first: Setup, last: Setup, *, camera: bool = True) -> list[str]:
    """Return in words what keeps two clips from being compared; empty when nothing does.

    Parameters
    ----------
    camera
        Where the camera stands matters.
    """
    out = []
    if first.movement != last.movement:
        out.append(f"other movement: {first.movement} and then {last.movement}")
    if camera and (moved := _camera_difference(first, last)):
        out.append(f"other camera set-up: {moved}")
    if (first.model_name, first.model_sha256) != (last.model_name, last.model_sha256):
        out.append(f"other pose model: {first.model_name} and then {last.model_name}")
    if first.raw != last.raw:
        out.append("other correction: plain readings in one of them")
    if first.catalog_sha256 != last.catalog_sha256:
        out.append(
            "other catalog version, so another correction may have been used (analyze it again: movescreen visit redo)"
        )
    return out


def _camera_difference(first: Setup, last: Setup) -> str:
    if first.view != last.view:
        return f"seen from the {first.view}, and then from the {last.view}"
    if first.near_side != last.near_side:
        return f"the {first.near_side} side to the camera, and then the {last.near_side}"
    if first.yaw_deg is not None and last.yaw_deg is not None:
        turned = abs((last.yaw_deg - first.yaw_deg + 180) % 360 - 180)
        if turned > MAX_YAW_CHANGE_DEG.get(first.view, 0.0):
            return f"turned by {turned:.0f} degrees more"
    return ""


def _compare_readings(
    key: _Key, entries: Sequence[tuple[date, ClipRecord, Reading]], catalog: Catalog, limit: Finding | None
) -> Change:
    movement, view, signal, side = key
    last, reading = entries[-1][1].setup, entries[-1][2]
    differences = [find_setup_differences(clip.setup, last, camera=bool(view)) for _, clip, _ in entries]
    points = tuple(_point(entry, not found) for entry, found in zip(entries, differences, strict=True))
    base = next((i for i, point in enumerate(points[:-1]) if point.comparable), None)
    change = Change(
        name=signal, side=side, unit=reading.unit, movement=movement, view=view, points=points,
        state=ChangeState.NOT_COMPARABLE, reason="; ".join(differences[-2]),
    )  # fmt: skip
    if base is None:
        return change
    if reading.measure:
        known, why = _change_of_measure(entries[base][2], reading)
    else:
        # the errors are those of corrected readings
        known, why = (math.nan if last.raw else minimal_detectable_change(catalog, signal, view)), ""
    state, reason = _state(points[-1].value - points[base].value, known, why)
    if base > 0:
        before = f"compared with {points[base].day}; before that, {'; '.join(differences[0])}"
        reason = f"{before}. {reason}" if reason else before
    trend = Trend.NEITHER
    if state is ChangeState.CHANGED:
        spec = catalog.movements.get(movement)
        trend = _trend(spec.measure(signal) if spec else None, limit, points[base].value, points[-1].value)
    source = (
        "" if not math.isfinite(known) else _MEASURE_SOURCE if reading.measure else catalog.measurement.source.citation
    )
    return replace(change, state=state, detectable=known, trend=trend, reason=reason, source=source)


def _point(entry: tuple[date, ClipRecord, Reading], comparable: bool) -> Point:
    day, _, reading = entry
    return Point(
        day=day, value=reading.value, error=math.nan if reading.error is None else reading.error, comparable=comparable
    )


#: Where the detectable change of a measure comes from.
_MEASURE_SOURCE = "the reading's own error and the spread of the attempts of both days; how much somebody differs from day to day is not in it"


def _is_timed(reading: Reading, clip: ClipRecord, catalog: Catalog) -> bool:
    """Whether it is a measure that every view shows alike."""
    spec = catalog.movements.get(clip.setup.movement)
    found = spec.measure(reading.signal) if spec and reading.measure else None
    return found is not None and len(found.views) == len(get_args(ViewName))


def _change_of_measure(first: Reading, last: Reading) -> tuple[float, str]:
    """Return the smallest change of a measure that is no chance, in its unit; NaN with the reason when it is not known."""
    if first.at_least or last.at_least:
        return math.nan, "one of them is a lower bound: the attempt went on when the clip ended"
    if min(len(first.reps), len(last.reps)) < SPREAD_ATTEMPTS or first.error is None or last.error is None:
        return (
            math.nan,
            f"it takes {SPREAD_ATTEMPTS} attempts on both days to know how much a person's own results vary",
        )
    return detectable_difference(first.error, last.error), ""


def _state(difference: float, detectable: float, why_unknown: str = "") -> tuple[ChangeState, str]:
    if not math.isfinite(detectable):
        reason = why_unknown or "nobody has measured how far two readings of it differ by chance"
        return ChangeState.NO_KNOWN_ERROR, reason
    return (ChangeState.CHANGED, "") if is_beyond_error(difference, detectable) else (ChangeState.NO_CHANGE, "")


def _trend(measure: MeasureSpec | None, limit: Finding | None, first: float, last: float) -> Trend:
    """Return which way a change goes: of a measure for better or worse, else against the limit that the signal is held against."""
    if measure is not None and measure.better != "neither":
        return Trend.AWAY if (last > first) == (measure.better == "high") else Trend.TOWARDS
    if limit is None:
        return Trend.NEITHER
    sign = -1 if limit.positive_side == "right" else 1
    before, after = (abs(first), abs(last)) if limit.two_sided else (sign * first, sign * last)
    return Trend.TOWARDS if (after > before) == (limit.direction == "above") else Trend.AWAY


def _compare_the_rest(found: dict[_Key, list[tuple[date, ClipRecord, Reading]]]) -> list[Change]:
    """Return signals that two visits have, but never in the same movement and view."""
    by_signal: dict[tuple[str, str], list[tuple[date, ClipRecord, Reading]]] = {}
    compared = {(signal, side) for (*_, signal, side), entries in found.items() if len(entries) > 1}
    for (*_, signal, side), entries in found.items():
        if (signal, side) not in compared:
            by_signal.setdefault((signal, side), []).extend(entries)
    out = []
    for (signal, side), entries in by_signal.items():
        entries.sort(key=lambda entry: entry[0])
        if entries[0][0] == entries[-1][0]:
            continue
        first, last = entries[0][1].setup, entries[-1][1].setup
        points = tuple(_point(entry, entry is entries[-1]) for entry in entries)
        reason = "; ".join(find_setup_differences(first, last))
        out.append(
            Change(
                name=signal, side=side, unit=entries[-1][2].unit, movement=last.movement, view=last.view, points=points,
                state=ChangeState.NOT_COMPARABLE, reason=reason,
            )
        )  # fmt: skip
    return out
