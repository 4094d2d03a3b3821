"""Gates: what each reads of a person and their visits, and whether it is met, not met or not known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import cast

from movescreen.catalog.care_schema import ErrorSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_library import NormLibrary
from movescreen.catalog.pathway_schema import FloorSpec, GateSpec
from movescreen.client.dates import days_since
from movescreen.client.intake.words import decapitalize, event_words
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any, find_injuries, fits_operation
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.rules.red_flags import Decision, review_red_flags
from movescreen.client.visits.hand_tests import compare_test_sides, detectable_change
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, Asked, latest_score, recent_pain, told_pain
from movescreen.client.visits.visit import BY_CAMERA, Visit
from movescreen.display import unit_after
from movescreen.model import Finding, Status, camera_of, is_overruled
from movescreen.registry import Registry

#: What is older says nothing about today (a choice, not a published limit); pain is old sooner, after ``PAIN_COUNTS_FOR``.
STALE_AFTER = timedelta(weeks=8)


DAYS_A_MONTH = 30.44


#: What the person tells at every session.
TOLD_EACH_TIME = ("pain_now", "pain_week", "pain_next_day", "pain_by_rule", "confidence")


#: Worst pain of a week, 0 to 10, beside which no word on training counts: nothing is loaded before it was talked about.
FLARE_FROM = 7


#: After how long a value that was not enough is taken again: a plan's four weeks, and one week for what is told (a choice).
_AGAIN_AFTER, _TOLD_AGAIN_AFTER = timedelta(weeks=4), timedelta(weeks=1)


#: What settling a gate without a manual test takes, in minutes: a question, or a recording.
_MINUTES = {"check": 5, "flags": 4}


class GateState(StrEnum):
    """Where a gate stands."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """One gate.

    Attributes
    ----------
    value, unit
        The number that was held against the rule; NaN when there is none.
    text
        What was seen, with the numbers, their error and their day; for ``not_known`` why it is not known.
    floor
        What both sides have to reach, in words, for this person; empty when the gate has no floor.
    minutes
        What settling it takes.
    impact
        Whether its test has a jump in it.
    near
        Whether it was measured, and the value is within its error of what it takes.
    waits_for_error_alone
        Near, and either the value itself reaches what it takes, or it was as near in the round before: another look tells little, so what is
        not risky need not wait for it.
    never
        Whether nobody has ever measured or asked it.
    again_in
        Weeks until measuring again tells more than the value that counts; 0 when there is none, or when the time has come.
    """

    spec: GateSpec
    state: GateState
    value: float
    unit: str
    text: str
    floor: str = ""
    minutes: int = 1
    impact: bool = False
    near: bool = False
    waits_for_error_alone: bool = False
    never: bool = False
    again_in: int = 0


def name_gate(gate: GateResult, catalog: ClientCatalog) -> str:
    """Return the name of what a gate reads, without its rule."""
    return catalog.hand_tests[gate.spec.test].title if gate.spec.test else name_bar(gate.spec)


def tell_bar(gate: GateResult, catalog: ClientCatalog) -> str:
    """Return what a gate takes, in a client's words: ``single-leg heel raises: at least 20 reps on each side``."""
    spec, name = gate.spec, decapitalize(name_gate(gate, catalog))
    if spec.kind == "pain_by_rule" or spec.kind == "check" or spec.clock == "time":
        return name
    if spec.at_most == 0:
        return name if name.startswith("no ") else f"{name}: none"
    if not spec.test:
        name = name.partition(",")[0]
        return (
            f"{name} at {spec.at_most:g} or less" if spec.at_most is not None else f"{name}: at least {spec.at_least:g}"
        )
    if spec.kind in ("test", "floor") and not gate.floor:
        bar, amount = ("most", spec.at_most) if spec.at_most is not None else ("least", spec.at_least)
        return f"{name}: at {bar} {amount:g}{_unit_after(catalog.hand_test(spec.test).unit)}"
    alike = f"{spec.at_least:g} percent of the other side" if spec.kind == "symmetry" else ""
    return f"{name}: {' and '.join(filter(None, (gate.floor, alike)))}".rstrip(": ")


def name_bar(spec: GateSpec) -> str:
    """Return the title of a gate, with its number where it counts weeks or months: ``9 months since the operation``."""
    counts = spec.title.startswith(("Weeks", "Months")) and spec.at_least is not None
    return f"{spec.at_least:g} {spec.title.lower()}" if counts else spec.title


@dataclass(frozen=True)
class Inputs:
    """What gates are judged by."""

    person: Person
    visits: Sequence[Visit]
    catalog: ClientCatalog
    norms: NormLibrary


@dataclass(frozen=True)
class _Seen:
    """A state, or a number that is still to be held against the gate's limit, with its error; ``weaker`` is for the floor."""

    text: str
    value: float = math.nan
    unit: str = ""
    error: float = math.nan
    state: GateState | None = None
    weaker: float = math.nan
    day: date | None = None
    near: bool = False


@dataclass(frozen=True)
class _Told:
    """How a value stands to one of a gate's bars, with what is to be said about it.

    ``near`` as in :class:`GateResult`; ``reached`` when the value itself is there, whatever its error.
    """

    state: GateState
    remark: str = ""
    near: bool = False
    reached: bool = True


@dataclass(frozen=True)
class _Floor:
    """What both sides have to reach, in the test's unit: ``low`` at least, ``high`` at most; NaN when that is not known."""

    low: float
    high: float
    words: str
    missing: str = ""


def judge_gate(gate: GateSpec, inputs: Inputs) -> GateResult:
    """Return where a gate stands for a person, and what settling it takes."""
    test = inputs.catalog.hand_tests.get(gate.test)
    cost, jumps = (test.minutes, test.impact) if test else (_MINUTES.get(gate.kind, 1), False)
    return replace(_hold(gate, inputs), minutes=cost, impact=jumps, never=_was_never_told(gate, inputs))


def _was_never_told(gate: GateSpec, inputs: Inputs) -> bool:
    """Whether nothing of any day is known about a gate, or what its floor is."""
    if gate.floor and gate.floor.of_leg_length and _leg_length(inputs) is None:
        return True
    if gate.test:
        return not any(visit.measured(gate.test) for visit in inputs.visits)
    if gate.checks:
        names = {name.rpartition(":")[2] for name in gate.checks}
        return not any(finding.check_id in names for visit in inputs.visits for finding in visit.findings)
    if gate.kind == "pain_next_day":
        return not any(score.question == gate.kind for score in told_pain(inputs.person, inputs.visits))
    return gate.kind == "confidence" and latest_score("confidence", inputs.person, inputs.visits) is None


def _hold(gate: GateSpec, inputs: Inputs) -> GateResult:
    seen = _GATES[gate.kind](gate, inputs)
    floor = None if gate.floor is None else _find_floor(gate.floor, gate.test, inputs)
    words = floor.words if floor else ""
    weeks = _again_in(gate, seen, inputs.person.today)
    result = GateResult(
        spec=gate, state=seen.state or GateState.NOT_KNOWN, value=seen.value, unit=seen.unit, text=seen.text, floor=words,
        near=seen.near, again_in=weeks,
    )  # fmt: skip
    if seen.state is not None:
        return result
    told = [_hold_to_limit(gate, seen)] if gate.kind != "floor" else []
    if gate.floor is not None and floor is not None:
        told.append(_hold_to_floor(seen.weaker, floor, gate.floor.error))
    state = min((each.state for each in told), key=_WORST_FIRST.index)
    deciding = [each for each in told if each.state is state]
    remarks = "; ".join(each.remark for each in deciding if each.remark)
    text = f"{seen.text}: {remarks}" if remarks else seen.text
    near = state is GateState.NOT_KNOWN and all(each.near for each in deciding)
    # of pain one value that is just low enough is not enough
    reached = gate.domain != "pain" and all(each.reached for each in told)
    alone = near and (reached or _was_near(gate, seen, inputs))
    if alone:
        text += ", or go on with what is neither fast nor a jump"
    return replace(result, state=state, text=text, near=near, waits_for_error_alone=alone)


def _was_near(gate: GateSpec, seen: _Seen, inputs: Inputs) -> bool:
    """Whether the value of the round before was within its error of what the gate takes, too."""
    before = tuple(visit for visit in inputs.visits if seen.day is not None and visit.day < seen.day)
    return len(before) < len(inputs.visits) and bool(before) and _hold(gate, replace(inputs, visits=before)).near


def _again_in(gate: GateSpec, seen: _Seen, today: date) -> int:
    if seen.day is None:
        return 0
    due = seen.day + (_TOLD_AGAIN_AFTER if gate.kind in TOLD_EACH_TIME else _AGAIN_AFTER)
    return max(0, math.ceil((due - today).days / 7))


_WORST_FIRST = (GateState.NOT_MET, GateState.NOT_KNOWN, GateState.MET)


def _hold_to_limit(gate: GateSpec, seen: _Seen) -> _Told:
    limit, sign = (gate.at_least, 1.0) if gate.at_least is not None else (gate.at_most, -1.0)
    if limit is None:
        raise ValueError(f"gate {gate.id} has no limit")
    state = _place(sign * seen.value, sign * limit, sign * limit, seen.error)
    if state is not GateState.NOT_KNOWN:
        return _Told(state)
    remark = f"within the error ({seen.error:.2g}{unit_after(seen.unit)}) of the limit, measure again"
    return _Told(state, remark, near=True, reached=sign * seen.value >= sign * limit)


def _hold_to_floor(weaker: float, floor: _Floor, error: ErrorSpec) -> _Told:
    """Both sides reach the floor when the weaker one does; ``weaker`` is in the test's unit."""
    if not math.isfinite(floor.low):
        return _Told(GateState.NOT_KNOWN, floor.missing)
    state = _place(weaker, floor.low, floor.high, error.size)
    if state is GateState.NOT_KNOWN and floor.missing:
        return _Told(state, floor.missing)
    near = (
        f"within the error ({error.size:.2g}{unit_after(error.unit)}) of what it takes ({floor.words}), measure again"
    )
    remarks = {
        GateState.MET: "",
        GateState.NOT_MET: f"less than it takes ({floor.words})",
        GateState.NOT_KNOWN: near,
    }
    return _Told(state, remarks[state], near=state is GateState.NOT_KNOWN, reached=weaker >= floor.high)


def _place(value: float, low: float, high: float, error: float) -> GateState:
    """Return where a value stands to a bar between ``low`` and ``high``: it must pass it by its error, where one is known."""
    margin = error if math.isfinite(error) else 0.0
    if value - high >= margin:
        return GateState.MET
    return GateState.NOT_MET if value < low and low - value >= margin else GateState.NOT_KNOWN


def _find_floor(floor: FloorSpec, test: str, inputs: Inputs) -> _Floor:
    """Return what a person has to reach; without age or sex it may be any that could be meant."""
    age, sex = inputs.person.age, inputs.person.sex
    fitting = [
        row
        for row in floor.lower
        if (age is None or row.ages[0] <= age <= row.ages[1]) and (not sex or row.sex in ("any", sex))
    ]
    sure = [r for r in fitting if (age is not None or r.ages == (0, 130)) and (sex or r.sex == "any")]
    low, high = (min([floor.at_least, *(row.at_least for row in rows)]) for rows in (fitting, sure))
    amount = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    missing = "" if low == high else "which floor counts depends on age and sex, and they are not known"
    if not floor.of_leg_length:
        spec = inputs.catalog.hand_test(test)
        return _Floor(
            low, high, f"at least {amount}{_unit_after(spec.unit)}{' on each side' if spec.sided else ''}", missing
        )
    leg = _leg_length(inputs)
    words = f"at least {amount} percent of the leg's length on each side"
    if leg is None:
        return _Floor(math.nan, math.nan, words, "the length of the leg is not known")
    return _Floor(low * leg / 100, high * leg / 100, f"{words}, the leg being {leg:g} cm", missing)


def _leg_length(inputs: Inputs) -> float | None:
    """Return the leg's length, cm: of an adult whenever it was taken, of one who may still grow as fresh as anything else."""
    visit, age = _latest_visit_with("leg_length", inputs), inputs.person.age
    if visit is None or not (_fresh(visit.day, inputs) or (age is not None and age >= 20)):
        return None
    return max(visit.measured("leg_length").values())


def _unit_after(unit: str) -> str:
    return unit_after("points" if unit == "score" else unit)


def _unknown(text: str) -> _Seen:
    return _Seen(text, state=GateState.NOT_KNOWN)


#: Kind of gate -> what it sees.
_GATES: Registry[Callable[[GateSpec, Inputs], _Seen]] = Registry("kind of gate")


@_GATES.register("flags")
def _read_flags(gate: GateSpec, inputs: Inputs) -> _Seen:
    review = review_red_flags(inputs.person, inputs.catalog)
    stopping = [f.spec for f in review.raised if f.stops or (f.spec.id in gate.flags and f.clearance is None)]
    if stopping:
        return _Seen(" ".join(spec.reason for spec in stopping), state=GateState.NOT_MET)
    if unread := find_unread_words(inputs.person, inputs.visits, inputs.catalog):
        listed = ", ".join(f"“{each.text}” in {each.place}" for each in unread)
        return _unknown(f"the trainer has to read first what was typed: {listed}")
    if review.decision is Decision.NOT_ASKED or inputs.person.intake is None:
        return _unknown("not all questions were asked")
    if not _fresh(inputs.person.intake.day, inputs):
        return _unknown(f"none named on {inputs.person.intake.day}: more than eight weeks ago")
    return _Seen(f"none named on {inputs.person.intake.day}", state=GateState.MET)


def _fresh(day: date, inputs: Inputs) -> bool:
    return inputs.person.today - day <= STALE_AFTER


@_GATES.register("pain_now", "pain_week", "confidence")
def _read_score(gate: GateSpec, inputs: Inputs) -> _Seen:
    name = cast(Asked, gate.kind)
    found = latest_score(name, inputs.person, inputs.visits)
    if found is None:
        return _unknown("nobody asked")
    day, score = found
    if name != "confidence" and inputs.person.today - day > PAIN_COUNTS_FOR:
        return _unknown(f"{score} of 10 on {day}: more than 14 days ago")
    if not _fresh(day, inputs):
        return _unknown(f"{score} of 10 on {day}: more than eight weeks ago")
    return _Seen(f"{score} of 10 on {day}", float(score), "of 10", day=day)


@_GATES.register("pain_next_day")
def _read_next_day(_gate: GateSpec, inputs: Inputs) -> _Seen:
    told = [score for score in recent_pain(inputs.person, inputs.visits) if score.question == "pain_next_day"]
    if len(told) < 2:
        return _unknown(f"{len(told)} of the 2 notes that it takes, in the last 14 days")
    before, last = told[-2:]
    worst = max(before.value, last.value)
    words = f"{worst} of 10 at worst, in the notes of {before.day} and {last.day}"
    return _Seen(words, float(worst), "of 10", day=last.day)


@_GATES.register("pain_by_rule")
def _read_rule(gate: GateSpec, inputs: Inputs) -> _Seen:
    recent = recent_pain(inputs.person, inputs.visits)
    during, mornings = ([s for s in recent if s.question == name][-2:] for name in ("pain_during", "pain_next_day"))
    flared = max((s.value for s in recent if s.question == "pain_week"), default=0) >= FLARE_FROM
    if len(during) < 2 or len(mornings) < 2 or flared:
        return _read_score(gate.model_copy(update={"kind": "pain_week"}), inputs)
    worst, next_day = (max(s.value for s in told) for told in (during, mornings))
    words = f"{worst} of 10 in the last sessions, {next_day} the next morning, up to {mornings[-1].day}"
    if gate.next_morning is not None and next_day > gate.next_morning:
        return _Seen(words, state=GateState.NOT_MET, day=mornings[-1].day)
    return _Seen(words, float(worst), "of 10", day=during[-1].day)


def _latest_visit_with(test: str, inputs: Inputs) -> Visit | None:
    found = [visit for visit in inputs.visits if visit.measured(test)]
    return found[-1] if found else None


@_GATES.register("test", "floor")
def _read_test(gate: GateSpec, inputs: Inputs) -> _Seen:
    spec, visit = inputs.catalog.hand_test(gate.test), _latest_visit_with(gate.test, inputs)
    if visit is None:
        told, intake = check_any(gate.shown_with, inputs.person), inputs.person.intake
        if told.holds and intake is not None and _fresh(intake.day, inputs):
            return _Seen(f"{told.events[0].words}, which asks for more", state=GateState.MET)
        return _unknown("not measured")
    values = visit.measured(gate.test)
    listed = ", ".join(f"{side} {value:.3g}".strip() for side, value in sorted(values.items()))
    text = f"{listed}{_unit_after(spec.unit)} on {visit.day}{_by_camera(visit, gate.test)}"
    if not _fresh(visit.day, inputs):
        return _unknown(f"{text}: more than eight weeks ago")
    if spec.sided and len(values) < 2:
        return _unknown(f"{text}: the other side was not measured")
    worst = max(values.values()) if gate.at_most is not None else min(values.values())
    error = gate.error.size if gate.error else detectable_change(spec, inputs.norms).sem
    return _Seen(text, worst, spec.unit, error, weaker=worst, day=visit.day)


@_GATES.register("symmetry", "difference")
def _read_sides(gate: GateSpec, inputs: Inputs) -> _Seen:
    visit = _latest_visit_with(gate.test, inputs)
    if visit is None:
        return _unknown("not measured")
    sides = compare_test_sides(visit, gate.test, inputs.catalog, inputs.norms)
    hands = visit.measured(gate.test, by_hand=True)
    values = visit.measured(gate.test)
    listed = ", ".join(f"{side} {value:.3g}" for side, value in sorted(values.items()))
    if sides is None:
        return _unknown(
            f"{listed}{unit_after(inputs.catalog.hand_test(gate.test).unit)}: the other side was not measured"
        )
    text = f"{listed}{unit_after(sides.spec.unit)} on {visit.day}{_by_camera(visit, gate.test)}"
    if not _fresh(visit.day, inputs):
        return _unknown(f"{text}: more than eight weeks ago")
    if len(hands) == 1:
        by_hand, seen = next(iter(hands)), next(side for side in values if side not in hands)
        return _unknown(f"{text}: the {by_hand} side by hand, the {seen} {BY_CAMERA}; measure both in one way")
    weaker, better = min(values.values()), max(values.values())
    if gate.kind == "difference":
        apart = abs(sides.difference)
        return _Seen(
            f"{text}, {apart:.1f} apart", apart, sides.spec.unit, sides.change.sem, weaker=weaker, day=visit.day
        )
    if math.isnan(sides.lsi_pct) or gate.error is None:
        return _Seen(f"{text}: nothing at all on one side", state=GateState.NOT_MET, day=visit.day)
    error = gate.error.size if gate.error.unit == "percent" else 100 * gate.error.size / better
    return _Seen(f"{text}, {sides.lsi_pct:.0f} percent", sides.lsi_pct, "percent", error, weaker=weaker, day=visit.day)


def _by_camera(visit: Visit, test: str) -> str:
    """Return a remark when the camera gave the values."""
    return f", {BY_CAMERA}" if visit.measured(test) and not visit.measured(test, by_hand=True) else ""


@_GATES.register("check")
def _read_checks(gate: GateSpec, inputs: Inputs) -> _Seen:
    found: list[tuple[date, Finding]] = []
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
        return _Seen(
            " ".join(f"{f.message} ({d})" for d, f in flagged), state=GateState.NOT_MET, day=max(d for d, _ in flagged)
        )
    unseen = [f"{f.title}: {f.reason}" for _, f in found if f.status is Status.NOT_ASSESSED]
    if missing or unseen:
        return _unknown("not recorded in the last eight weeks, or not seen: " + "; ".join([*missing, *unseen]))
    if overruled := [f.title for _, f in found if is_overruled(f) and camera_of(f).status is not Status.CLEAR]:
        # what the trainer does not see informs; a gate opens only for what was measured
        return _unknown(f"the camera does not say so, the trainer does: {', '.join(overruled)}; film it again")
    near = [f.title for _, f in found if f.status is Status.BORDERLINE]
    if near:
        return replace(_unknown(f"too near the limit to call: {', '.join(near)}"), near=True)
    days = sorted({d.isoformat() for d, _ in found})
    return _Seen(f"within the limits on {', '.join(days)}", state=GateState.MET)


def _latest_findings(movement: str, check: str, inputs: Inputs) -> list[tuple[date, Finding]] | None:
    for visit in reversed(inputs.visits):
        found = [f for f in visit.findings if f.check_id == check and movement in ("", f.movement)]
        if found and _fresh(visit.day, inputs):
            return [(visit.day, f) for f in found]
    return None


@_GATES.register("months_after_operation", "weeks_after_operation")
def _read_time_after_operation(gate: GateSpec, inputs: Inputs) -> _Seen:
    person, wanted = inputs.person, gate.operation
    told = (person.intake.operations if person.intake else None) or ()
    days = [days_since(o.when, person.today) for o in told if wanted is not None and fits_operation(o, wanted, person)]
    if not days:
        return _unknown("the day of the operation is not known")
    if gate.kind == "weeks_after_operation":
        return _whole_weeks(min(days))
    months = min(days) / DAYS_A_MONTH
    return _Seen(f"{months:.1f} months at least", months, "months")


def _whole_weeks(days: int) -> _Seen:
    """Return the weeks that are over: 41 days are five weeks, 42 are six."""
    return _Seen(f"{event_words(days // 7, 'week')} at least", days / 7, "weeks")


@_GATES.register("weeks_after_injury")
def _read_weeks_after_injury(gate: GateSpec, inputs: Inputs) -> _Seen:
    person = inputs.person
    if gate.injury is None:
        raise ValueError(f"gate {gate.id} has no injury")
    found = min(find_injuries(gate.injury, person), key=lambda each: days_since(each.when, person.today), default=None)
    if found is None:
        return _unknown("the day of the injury is not known")
    seen = _whole_weeks(days_since(found.when, person.today))
    short = gate.at_least is not None and seen.value < gate.at_least and len(found.when) < len("2026-03-12")
    return (
        replace(seen, text=f"{seen.text}: {found.when} was told, and the day of it would tell more") if short else seen
    )


@_GATES.register("weeks_of_training")
def _read_training(_gate: GateSpec, inputs: Inputs) -> _Seen:
    told = [
        visit.day
        for visit in inputs.visits
        for note in visit.notes
        if note.sessions_done or any(each.done for each in note.exercises)
    ]
    days = sorted(day for day in told if day <= inputs.person.today)
    if not days:
        return _unknown("no note tells of training sessions")
    if not _fresh(days[-1], inputs):
        return _unknown(f"the last note of training is of {days[-1]}: more than eight weeks ago")
    first = days[-1]
    for day in reversed(days):
        if first - day > STALE_AFTER:
            break
        first = day
    weeks = (days[-1] - first).days // 7
    return _Seen(f"training noted from {first} to {days[-1]}, {event_words(weeks, 'week')}", float(weeks), "weeks")


@_GATES.register("weeks_postpartum")
def _read_weeks(_gate: GateSpec, inputs: Inputs) -> _Seen:
    weeks = inputs.person.weeks_postpartum
    return _unknown("nobody asked") if weeks is None else _Seen(f"{weeks} weeks", float(weeks), "weeks")
