"""What the trainer says of a finding: beside what the camera measured, never in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from movescreen.model.equality import ValueEquality
from movescreen.model.finding import Finding, Status

#: ``confirmed``: as the camera says; ``not_there`` and ``there``: overruled; ``comment``: the camera's word stands, something is added.
Verdict = Literal["confirmed", "not_there", "there", "comment"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
#: These go against the camera and need a reason.
OVERRULING: tuple[Verdict, ...] = ("not_there", "there")


@dataclass(frozen=True, eq=False, kw_only=True)
class Judgement(ValueEquality):
    """The trainer's word on one finding.

    Attributes
    ----------
    movement, check_id, side
        Which finding.
    verdict
        See :data:`Verdict`.
    reason
        Why, in the trainer's words; overruling has one.
    by, at
        Who, and when (ISO 8601, UTC).
    pictures
        What the trainer photographed, as data addresses.
    """

    movement: str
    check_id: str
    side: str = ""
    verdict: Verdict
    reason: str = ""
    by: str = ""
    at: str = ""
    pictures: tuple[str, ...] = ()

    @property
    def overrules(self) -> bool:
        """Whether it goes against the camera."""
        return self.verdict in OVERRULING


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedFinding(Finding):
    """A finding with the trainer's word: status, severity and message are what counts now, the numbers are the camera's.

    Attributes
    ----------
    judgement
        What the trainer said.
    camera
        The finding as it was measured.
    """

    judgement: Judgement
    camera: Finding


def judge(findings: Iterable[Finding], judgements: Sequence[Judgement]) -> tuple[Finding, ...]:
    """Return findings with the trainer's word where there is one; of several about one finding the last one counts.

    Parameters
    ----------
    findings
        Of the camera; those that were judged before are judged anew.
    judgements
        The oldest first.
    """
    said = {(each.movement, each.check_id, each.side): each for each in judgements}
    measured = map(camera_of, findings)
    return tuple(_judge(f, said[key]) if (key := (f.movement, f.check_id, f.side)) in said else f for f in measured)


def camera_of(finding: Finding) -> Finding:
    """Return a finding as the camera measured it."""
    return finding.camera if isinstance(finding, JudgedFinding) else finding


def is_overruled(finding: Finding) -> bool:
    """Return whether the trainer went against the camera."""
    return isinstance(finding, JudgedFinding) and finding.judgement.overrules


def _judge(finding: Finding, judgement: Judgement) -> JudgedFinding:
    kept: dict[str, Any] = {field.name: getattr(finding, field.name) for field in fields(Finding)}
    name = f"{finding.title or finding.check_id.replace('_', ' ')}{f', {finding.side}' if finding.side else ''}"
    if judgement.verdict == "not_there" and finding.status is not Status.CLEAR:
        kept |= {"status": Status.CLEAR, "severity": 0, "message": f"{name}: not there, says the trainer"}
    elif judgement.verdict == "there" and finding.status is not Status.FLAGGED:
        kept |= {"status": Status.FLAGGED, "severity": 2, "message": f"{name}: seen by the trainer"}
    if judgement.overrules:
        kept["reason"] = ""  # what weakened the camera's word does not weaken the trainer's
    return JudgedFinding(**kept, judgement=judgement, camera=finding)
