"""Runs every check of a movement: one finding for each check and side, whatever the clip shows."""

from __future__ import annotations

from dataclasses import replace

from movescreen.catalog.schema import CheckBase, ThresholdCheck
from movescreen.model import Finding, Status, ViewKind
from movescreen.screening.context import ScreeningContext
from movescreen.screening.evaluators import EVALUATORS, SIDES, not_assessed

#: Below this the view is too uncertain to blame a check's verdict on the body alone.
_UNSURE_VIEW = 0.6
#: From this turn on, in degrees, a front view is told to be turned.
_TOLD_TURN_DEG = 10.0


def screen_clip(context: ScreeningContext) -> tuple[Finding, ...]:
    """Evaluate every check of the movement.

    Returns
    -------
    tuple of Finding
        At least one for every check, in catalogue order; ``not_assessed`` with the reason where it could not be made.
    """
    findings: list[Finding] = []
    for check in context.spec.checks:
        findings += _evaluate(check, context)
    return tuple(_apply_company(context, findings))


def _evaluate(check: CheckBase, context: ScreeningContext) -> list[Finding]:
    reason = _why_impossible(check, context)
    if reason:
        sides = SIDES if check.scope in ("each", "working") else ("",)
        return [not_assessed(check, context, reason, side) for side in sides]
    findings = EVALUATORS[check.kind](check, context)
    if context.view.confidence < _UNSURE_VIEW and not context.view.forced:
        findings = [_mark_unsure(f, context) for f in findings]
    if isinstance(check, ThresholdCheck) and check.camera_turn_guard:
        findings = [_mark_turned(f, context) for f in findings]
    return findings


def _why_impossible(check: CheckBase, context: ScreeningContext) -> str:
    kind = context.view.kind
    if kind is ViewKind.UNKNOWN and len(check.views) < 4:
        return "the camera's view could not be told"
    if kind.value not in check.views and len(check.views) < 4:
        return f"needs the {' or '.join(check.views)} view; this clip shows the {kind.value} view"
    if not context.reps:
        return "no complete repetition was seen"
    return ""


def _mark_unsure(finding: Finding, context: ScreeningContext) -> Finding:
    if finding.status is Status.NOT_ASSESSED or finding.unit == "s":
        return finding
    note = f"the camera stood at about {abs(context.view.yaw_deg):.0f} degrees, near the edge of the {context.view.kind.value} view"
    return replace(finding, reason="; ".join(x for x in (finding.reason, note) if x))


def _mark_turned(finding: Finding, context: ScreeningContext) -> Finding:
    turn = abs(context.view.yaw_deg)
    if finding.status is Status.NOT_ASSESSED or context.view.kind is not ViewKind.FRONT or not turn >= _TOLD_TURN_DEG:
        return finding
    note = f"the person is turned by about {turn:.0f} degrees to the camera, which is taken out only in part"
    return replace(finding, reason="; ".join(x for x in (finding.reason, note) if x))


def _apply_company(context: ScreeningContext, findings: list[Finding]) -> list[Finding]:
    """Quiet the checks that count only together with another one, when none of those has spoken."""
    loud = {f.check_id for f in findings if f.status in (Status.FLAGGED, Status.BORDERLINE)}
    out = []
    for finding in findings:
        check = context.spec.check(finding.check_id)
        company = check.only_with if isinstance(check, ThresholdCheck) else ()
        if company and finding.status in (Status.FLAGGED, Status.BORDERLINE) and not loud & set(company):
            text = check.clear_message.format(
                value=f"{finding.value:.0f}", abs_value=f"{abs(finding.value):.0f}", limit="", unit="", side=finding.side,
                other_side="", affected=0, seen=finding.reps_seen, error="",
            )  # fmt: skip
            finding = replace(
                finding, status=Status.CLEAR, severity=0, reps_affected=(), message=text, reason="no other sign of it"
            )
        out.append(finding)
    return out
