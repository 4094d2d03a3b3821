"""Readiness: gates from rehab to performance, each met, not met or not known. Nobody is ever simply "cleared" here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from movescreen.care.conditions import check_any
from movescreen.care.hand_tests import DetectableChange, compare_sides, detectable_change
from movescreen.care.person import Person
from movescreen.care.red_flags import Decision, review_red_flags
from movescreen.care.scores import PAIN_COUNTS_FOR, Asked, latest_score, recent_pain
from movescreen.care.visit import BY_CAMERA, FindingRecord, Visit
from movescreen.catalog.care_loader import CareCatalog
from movescreen.catalog.care_schema import GateSpec, ReadinessSpec
from movescreen.catalog.norms_library import NormLibrary
from movescreen.model import Status

#: What is older says nothing about today (a choice, not a published limit); pain is old sooner, after ``PAIN_COUNTS_FOR``.
STALE_AFTER = timedelta(weeks=8)


class GateState(StrEnum):
    """Where a gate stands."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class GateResult:
    """One gate.

    Attributes
    ----------
    value, unit
        The number that was held against the rule; NaN when there is none.
    text
        What was seen, with the numbers, their error and their day; for ``not_known`` why it is not known.
    """

    spec: GateSpec
    state: GateState
    value: float
    unit: str
    text: str


@dataclass(frozen=True)
class Readiness:
    """All gates of one set."""

    spec: ReadinessSpec
    gates: tuple[GateResult, ...]

    def count(self, state: GateState) -> int:
        """Return how many gates stand there."""
        return sum(gate.state is state for gate in self.gates)

    @property
    def met(self) -> frozenset[str]:
        """Ids of the gates that are met."""
        return frozenset(gate.spec.id for gate in self.gates if gate.state is GateState.MET)

    @property
    def to_measure(self) -> tuple[str, ...]:
        """What is still to be measured, in the order of the gates."""
        return tuple(dict.fromkeys(g.spec.to_measure for g in self.gates if g.state is GateState.NOT_KNOWN))

    @property
    def headline(self) -> str:
        """How many gates stand where, and what that means: never more than it does."""
        met, failed, open_ = (self.count(s) for s in (GateState.MET, GateState.NOT_MET, GateState.NOT_KNOWN))
        counts = f"{met} of {len(self.gates)} gates met, {failed} not met, {open_} not known"
        if failed:
            return f"{counts}: the gates that are not met come first."
        if open_:
            return f"{counts}: nothing speaks against the next step so far, and {open_} still to be measured."
        return f"{counts}: a stepwise start towards {self.spec.towards} can be talked about. Gates do not predict injuries."


@dataclass(frozen=True)
class _Inputs:
    person: Person
    visits: Sequence[Visit]
    catalog: CareCatalog
    norms: NormLibrary


@dataclass(frozen=True)
class _Seen:
    """A state, or a number that is still to be held against the gate's limit, with its error."""

    text: str
    value: float = math.nan
    unit: str = ""
    error: float = math.nan
    state: GateState | None = None


def assess_readiness(
    person: Person, visits: Sequence[Visit], catalog: CareCatalog, norms: NormLibrary
) -> tuple[Readiness, ...]:
    """Return every set of gates that is meant for the person.

    Parameters
    ----------
    person
        On the day for which the question is asked; what is older than eight weeks by then, pain than 14 days, is not known.
    visits
        The oldest first.
    """
    inputs = _Inputs(person, visits, catalog, norms)
    sets = [s for s in catalog.readiness.values() if not s.when or check_any(s.when, person).holds]
    return tuple(Readiness(spec, tuple(_judge(gate, inputs) for gate in spec.gates)) for spec in sets)


def _judge(gate: GateSpec, inputs: _Inputs) -> GateResult:
    seen = _READERS[gate.kind](gate, inputs)
    if seen.state is not None:
        return GateResult(gate, seen.state, seen.value, seen.unit, seen.text)
    limit, sign = (gate.at_least, 1.0) if gate.at_least is not None else (gate.at_most, -1.0)
    if limit is None:
        raise ValueError(f"gate {gate.id} has no limit")
    margin = sign * (seen.value - limit)
    if math.isfinite(seen.error) and 0 < abs(margin) < seen.error:
        text = f"{seen.text}: within the error ({seen.error:.2g} {seen.unit}) of the limit, measure again"
        return GateResult(gate, GateState.NOT_KNOWN, seen.value, seen.unit, text)
    state = GateState.MET if margin >= 0 else GateState.NOT_MET
    return GateResult(gate, state, seen.value, seen.unit, seen.text)


def _unknown(text: str) -> _Seen:
    return _Seen(text, state=GateState.NOT_KNOWN)


# --- what a gate reads ---------------------------------------------------------------------


def _read_flags(gate: GateSpec, inputs: _Inputs) -> _Seen:
    review = review_red_flags(inputs.person, inputs.catalog)
    stopping = [f.spec for f in review.raised if f.stops or (f.spec.id in gate.flags and f.clearance is None)]
    if stopping:
        return _Seen(" ".join(spec.reason for spec in stopping), state=GateState.NOT_MET)
    if review.decision is Decision.NOT_ASKED or inputs.person.intake is None:
        return _unknown("not all questions were asked")
    if not _fresh(inputs.person.intake.day, inputs):
        return _unknown(f"none named on {inputs.person.intake.day}: more than eight weeks ago")
    return _Seen(f"none named on {inputs.person.intake.day}", state=GateState.MET)


def _fresh(day: date, inputs: _Inputs) -> bool:
    return inputs.person.today - day <= STALE_AFTER


def _read_score(name: Asked) -> Callable[[GateSpec, _Inputs], _Seen]:
    def read(_gate: GateSpec, inputs: _Inputs) -> _Seen:
        found = latest_score(name, inputs.person, inputs.visits)
        if found is None:
            return _unknown("nobody asked")
        day, score = found
        if name != "confidence" and inputs.person.today - day > PAIN_COUNTS_FOR:
            return _unknown(f"{score} of 10 on {day}: more than 14 days ago")
        if not _fresh(day, inputs):
            return _unknown(f"{score} of 10 on {day}: more than eight weeks ago")
        return _Seen(f"{score} of 10 on {day}", float(score), "of 10")

    return read


def _read_next_day(_gate: GateSpec, inputs: _Inputs) -> _Seen:
    told = [score for score in recent_pain(inputs.person, inputs.visits) if score.question == "pain_next_day"]
    if len(told) < 2:
        return _unknown(f"{len(told)} of the 2 notes that it takes, in the last 14 days")
    before, last = told[-2:]
    worst = max(before.value, last.value)
    return _Seen(f"{worst} of 10 at worst, in the notes of {before.day} and {last.day}", float(worst), "of 10")


def _latest_visit_with(test: str, inputs: _Inputs) -> Visit | None:
    found = [visit for visit in inputs.visits if visit.measured(test)]
    return found[-1] if found else None


def _read_test(gate: GateSpec, inputs: _Inputs) -> _Seen:
    spec, visit = inputs.catalog.hand_test(gate.test), _latest_visit_with(gate.test, inputs)
    if visit is None:
        return _unknown("not measured")
    values = visit.measured(gate.test)
    listed = ", ".join(f"{side} {value:.3g}".strip() for side, value in sorted(values.items()))
    text = f"{listed} {spec.unit} on {visit.day}{_by_camera(visit, gate.test)}"
    if not _fresh(visit.day, inputs):
        return _unknown(f"{text}: more than eight weeks ago")
    if spec.sided and len(values) < 2:
        return _unknown(f"{text}: the other side was not measured")
    worst = min(values.values()) if gate.at_least is not None else max(values.values())
    return _Seen(text, worst, spec.unit, _sem(detectable_change(spec, inputs.norms)))


def _read_sides(gate: GateSpec, inputs: _Inputs) -> _Seen:
    visit = _latest_visit_with(gate.test, inputs)
    if visit is None:
        return _unknown("not measured")
    sides = compare_sides(visit, gate.test, inputs.catalog, inputs.norms)
    hands = visit.measured(gate.test, by_hand=True)
    values = visit.measured(gate.test)
    listed = ", ".join(f"{side} {value:.3g}" for side, value in sorted(values.items()))
    if sides is None:
        return _unknown(f"{listed} {inputs.catalog.hand_test(gate.test).unit}: the other side was not measured")
    text = f"{listed} {sides.spec.unit} on {visit.day}{_by_camera(visit, gate.test)}"
    if not _fresh(visit.day, inputs):
        return _unknown(f"{text}: more than eight weeks ago")
    if len(hands) == 1:
        by_hand, seen = next(iter(hands)), next(side for side in values if side not in hands)
        return _unknown(f"{text}: the {by_hand} side by hand, the {seen} {BY_CAMERA}; measure both in one way")
    if gate.kind == "difference":
        return _Seen(f"{text}, {sides.size:.1f} apart", sides.size, sides.spec.unit, _sem(sides.detectable))
    if sides.percent is None:
        return _unknown(f"{text}: a percentage makes no sense here")
    return _Seen(f"{text}, {sides.percent:.0f} percent", sides.percent, "percent")


def _by_camera(visit: Visit, test: str) -> str:
    """Return a remark when the camera gave the values."""
    return f", {BY_CAMERA}" if visit.measured(test) and not visit.measured(test, by_hand=True) else ""


def _sem(change: DetectableChange) -> float:
    return math.nan if change.value is None else change.value / (1.96 * 2**0.5)


def _read_checks(gate: GateSpec, inputs: _Inputs) -> _Seen:
    found: list[tuple[date, FindingRecord]] = []
    missing = []
    for name in gate.checks:
        movement, _, check = name.rpartition(":")
        latest = _latest_findings(movement, check, inputs)
        if latest is None:
            missing.append(name.replace("_", " ").replace(":", ": "))
        else:
            found += latest
    flagged = [(d, f) for d, f in found if f.status is Status.FLAGGED]
    if flagged:
        return _Seen(" ".join(f"{f.message} ({d})" for d, f in flagged), state=GateState.NOT_MET)
    unseen = [f"{f.title}: {f.reason}" for _, f in found if f.status is Status.NOT_ASSESSED]
    if missing or unseen:
        return _unknown("not recorded in the last eight weeks, or not seen: " + "; ".join([*missing, *unseen]))
    near = [f.title for _, f in found if f.status is Status.BORDERLINE]
    if near:
        return _unknown(f"too near the limit to call: {', '.join(near)}")
    days = sorted({d.isoformat() for d, _ in found})
    return _Seen(f"within the limits on {', '.join(days)}", state=GateState.MET)


def _latest_findings(movement: str, check: str, inputs: _Inputs) -> list[tuple[date, FindingRecord]] | None:
    for visit in reversed(inputs.visits):
        found = [f for f in visit.findings if f.check_id == check and movement in ("", f.movement)]
        if found and _fresh(visit.day, inputs):
            return [(visit.day, f) for f in found]
    return None


def _read_weeks(_gate: GateSpec, inputs: _Inputs) -> _Seen:
    weeks = inputs.person.weeks_postpartum
    return _unknown("nobody asked") if weeks is None else _Seen(f"{weeks} weeks", float(weeks), "weeks")


_READERS: dict[str, Callable[[GateSpec, _Inputs], _Seen]] = {
    "flags": _read_flags,
    "pain_now": _read_score("pain_now"),
    "pain_week": _read_score("pain_week"),
    "pain_next_day": _read_next_day,
    "confidence": _read_score("confidence"),
    "test": _read_test,
    "symmetry": _read_sides,
    "difference": _read_sides,
    "check": _read_checks,
    "weeks_postpartum": _read_weeks,
}
