"""What to say first: the order of findings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from movescreen.model import ClipResult, Finding, Repetition, Status

#: How many things the top of the page shows: more than three are not remembered.
TOP = 3
_ORDER = (Status.FLAGGED, Status.BORDERLINE, Status.CLEAR, Status.NOT_ASSESSED)


@dataclass(frozen=True)
class Priority:
    """One check that is worth talking about, with its findings of one or both sides, the weightier first."""

    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        """The weightier finding."""
        return self.findings[0]

    @property
    def check(self) -> tuple[str, str]:
        """Movement and id of the check."""
        return self.lead.movement, self.lead.check_id


def weight(finding: Finding) -> tuple[float, ...]:
    """Return a sort key: what weighs more sorts first.

    Status, then severity, then the share of repetitions, then how many measurement errors beyond the limit.
    """
    share = len(finding.reps_affected) / finding.reps_seen if finding.reps_seen else 0.0
    value = abs(finding.value) if finding.two_sided else finding.value
    beyond = (value - finding.limit) * (-1 if finding.direction == "below" else 1)
    errors = beyond / finding.measurement_error if finding.measurement_error > 0 else beyond
    return (_ORDER.index(finding.status), -finding.severity, -share, -errors if math.isfinite(errors) else 0.0)


def ordered_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return all findings, the weightiest first; equals keep the order of the catalog."""
    return sorted(findings, key=weight)


def top_priorities(findings: Iterable[Finding]) -> list[Priority]:
    """Return the flagged checks, then the borderline ones, at most :data:`TOP`; both sides of a check are one matter."""
    by_check: dict[tuple[str, str], list[Finding]] = {}
    for finding in ordered_findings(findings):
        if finding.status in (Status.FLAGGED, Status.BORDERLINE):
            by_check.setdefault((finding.movement, finding.check_id), []).append(finding)
    return _spread([Priority(tuple(found)) for found in by_check.values()])[:TOP]


def _spread(matters: Sequence[Priority]) -> list[Priority]:
    """Among matters of equal weight put those first that are seen from another side than the ones before.

    A trunk that leans, a squat that stays high and heels that rise are often one problem, seen in one clip; three of
    them in front would hide a weight shift that is as marked.
    """
    waiting, found = list(matters), []
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    while waiting:
        equal = [
            m for m in waiting if (m.lead.status, m.lead.severity) == (waiting[0].lead.status, waiting[0].lead.severity)
        ]
        chosen = min(equal, key=lambda m: seen.get(_aspect(m), 0))
        seen[_aspect(chosen)] = seen.get(_aspect(chosen), 0) + 1
        waiting.remove(chosen)
        found.append(chosen)
    return found


def _aspect(matter: Priority) -> tuple[str, tuple[str, ...]]:
    return matter.lead.movement, matter.lead.views


def representative_rep(result: ClipResult) -> Repetition | None:
    """Return the repetition that shows the weightiest finding best, else the middle one; None when there is none."""
    reps = {rep.number: rep for rep in result.reps}
    for matter in top_priorities(result.findings):
        for finding in matter.findings:
            sign = -1 if finding.direction == "below" else 1
            size = abs if finding.two_sided else float
            shown = [e for e in finding.evidence if e.rep in reps and math.isfinite(e.value)]
            if shown:
                return reps[max(shown, key=lambda e: sign * size(e.value)).rep]
    complete = [rep for rep in result.reps if rep.complete] or list(result.reps)
    return complete[len(complete) // 2] if complete else None


def is_mostly_unseen(findings: Sequence[Finding]) -> bool:
    """Return True when most of the checks could not be made, so that what was within its limit says little."""
    return 2 * sum(f.status is Status.NOT_ASSESSED for f in findings) > len(findings)


def not_assessed_by_reason(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return reason -> findings that could not be assessed for it, in the order of the catalog."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status is Status.NOT_ASSESSED:
            groups.setdefault(finding.reason.strip().rstrip("."), []).append(finding)
    return groups
