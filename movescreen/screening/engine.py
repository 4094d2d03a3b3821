"""Runs every check of a movement: one finding for each check and side, whatever the clip shows. Holds the rule for the status.

**The rule.** A check is flagged only when its value is beyond the limit by more than its measurement error, which must be known, in at
least two repetitions, and when nothing is known about the clip that makes it doubtful. With any of these doubts a value beyond the limit
is borderline, and says why. Who shows a finding, on whatever page, table or screen, takes its status and its reason as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from movescreen.catalog.schema import CheckBase, ThresholdCheck
from movescreen.model import Finding, Notice, Status, ViewKind
from movescreen.screening.context import ScreeningContext
from movescreen.screening.evaluators import EVALUATORS, SIDES, not_assessed
from movescreen.words.numbers_and_units import format_number, format_value

#: Below this the view is too uncertain to blame a check's verdict on the body alone.
_UNSURE_VIEW = 0.6
#: So many repetitions must be beyond the limit: once is no habit.
_LEAST_REPS = 2
_LOUD = (Status.FLAGGED, Status.BORDERLINE)
#: From this turn on, in degrees, a front view is told to be turned.
_TOLD_TURN_DEG = 10.0


def screen_clip(context: ScreeningContext) -> tuple[Finding, ...]:
    """Evaluate every check of the movement.

    Returns
    -------
    tuple of Finding
        At least one for every check, in catalog order; ``not_assessed`` with the reason where it could not be made.
    """
    findings: list[Finding] = []
    for check in context.spec.checks:
        findings += _evaluate(check, context)
    return tuple(_settle(context, f) for f in _apply_company(context, findings))


def weaken(findings: Iterable[Finding], notices: Iterable[Notice]) -> tuple[Finding, ...]:
    """Return the findings, each with the notices that make it less certain; what they weaken is not flagged.

    Parameters
    ----------
    findings
        Of :func:`screen_clip`, or of this function with some of the notices.
    notices
        All notices of the clip.
    """
    notices = tuple(notices)
    return tuple(f if f.status is Status.NOT_ASSESSED else _weaken_one(f, notices) for f in findings)


def _weaken_one(finding: Finding, notices: tuple[Notice, ...]) -> Finding:
    weakening = [notice for notice in notices if notice.weakens(finding)]
    doubted = _doubt(finding, [notice.brief for notice in weakening])
    return replace(doubted, weakened_by=tuple(dict.fromkeys(notice.code for notice in weakening)))


def _settle(context: ScreeningContext, finding: Finding) -> Finding:
    if finding.status is Status.NOT_ASSESSED:
        return finding
    doubts = []
    if finding.status in _LOUD and not math.isfinite(finding.measurement_error):
        doubts.append("how far this reading may be off is not known")
    elif finding.status in _LOUD and _from_limit(finding) <= finding.measurement_error:
        doubts.append("within the measurement error of the limit")
    if (
        finding.status is Status.FLAGGED
        and context.spec.reps.kind == "cycle"
        and _reps_that_count(finding) < _LEAST_REPS
    ):
        doubts.append("seen in one repetition only")
    if context.view.confidence < _UNSURE_VIEW and not context.view.forced and finding.unit != "s":
        kind, turn = context.view.kind.value, abs(context.view.yaw_deg)
        doubts.append(f"the camera stood at about {turn:.0f} degrees, near the edge of the {kind} view")
    return _doubt(finding, doubts)


def _doubt(finding: Finding, doubts: list[str]) -> Finding:
    """Return a finding with what makes it doubtful in its reason; one that was flagged is borderline then."""
    if not doubts:
        return finding
    reason = "; ".join(dict.fromkeys(x for x in (*finding.reason.split("; "), *doubts) if x))
    if finding.status is not Status.FLAGGED:
        return replace(finding, reason=reason)
    return replace(finding, status=Status.BORDERLINE, severity=1, reason=reason)


def _from_limit(finding: Finding) -> float:
    """Return how far a value is from its limit, in the signal's unit."""
    return abs((abs(finding.value) if finding.two_sided else finding.value) - finding.limit)


def _reps_that_count(finding: Finding) -> int:
    """Return in how many repetitions the limit was passed; of a value over all of them together, how many those are."""
    whole = any(e.rep == 0 for e in finding.evidence)
    return finding.reps_seen if whole else len(finding.reps_affected)


def _evaluate(check: CheckBase, context: ScreeningContext) -> list[Finding]:
    reason = _why_impossible(check, context)
    if reason:
        sides = SIDES if check.scope in ("each", "working") else ("",)
        return [not_assessed(check, context, reason, side) for side in sides]
    findings = EVALUATORS[check.kind](check, context)
    if check.signal and not (context.view.square and context.view.kind.value in check.views):
        findings = [_demand_sure(f, check, context) for f in findings]
    if isinstance(check, ThresholdCheck) and check.camera_turn_guard:
        findings = [_mark_turned(f, context) for f in findings]
    return findings


def _why_impossible(check: CheckBase, context: ScreeningContext) -> str:
    kind = context.view.kind
    if kind is ViewKind.UNKNOWN and len(check.views) < 4:
        return "the camera's view could not be determined"
    if kind.value not in check.views and len(check.views) < 4 and not _is_read(check, context):
        return f"needs the {' or '.join(check.views)} view; this clip shows the {kind.value} view"
    if not context.reps:
        return "no complete repetition was seen"
    return ""


def _is_read(check: CheckBase, context: ScreeningContext) -> bool:
    """True when the check's signal is read from where the camera stands, with an error that is known."""
    return any(name in context.series.errors for name in (check.signal, *(f"{check.signal}_{side}" for side in SIDES)))


#: So many errors from its limit a value tells on which side it is, however large the error.
_FAR_FROM_LIMIT = 2.0


def _demand_sure(finding: Finding, check: CheckBase, context: ScreeningContext) -> Finding:
    """Return the finding as not assessed when its error is too large for its limit, and the value not far from that."""
    error = finding.measurement_error
    if finding.status is Status.NOT_ASSESSED or not error > check.allowed_error:
        return finding
    if _from_limit(finding) > _FAR_FROM_LIMIT * error:
        return finding
    size = f"{format_value(error, finding.unit)}, too much for its limit"
    reason = f"read from here it may be off by {size}; the {' or '.join(check.views)} view is surer"
    return not_assessed(check, context, reason, finding.side)


def _mark_turned(finding: Finding, context: ScreeningContext) -> Finding:
    turn = abs(context.view.yaw_deg)
    if finding.status is Status.NOT_ASSESSED or context.view.kind is not ViewKind.FRONT or not turn >= _TOLD_TURN_DEG:
        return finding
    note = f"the person is turned by about {turn:.0f} degrees to the camera, which is taken out only in part"
    return replace(finding, reason="; ".join(x for x in (finding.reason, note) if x))


def _apply_company(context: ScreeningContext, findings: list[Finding]) -> list[Finding]:
    """Quiet the checks that count only together with another one, when none of those has spoken."""
    loud = {f.check_id for f in findings if f.status in _LOUD}
    out = []
    for finding in findings:
        check = context.spec.check(finding.check_id)
        company = check.only_with if isinstance(check, ThresholdCheck) else ()
        if company and finding.status in _LOUD and not loud & set(company):
            text = check.clear_message.format(
                value=format_number(finding.value, 0), abs_value=format_number(abs(finding.value), 0), limit="", unit="", side=finding.side,
                other_side="", affected=0, seen=finding.reps_seen, error="",
            )  # fmt: skip
            finding = replace(
                finding, status=Status.CLEAR, severity=0, reps_affected=(), message=text, reason="no other sign of it"
            )
        out.append(finding)
    return out
