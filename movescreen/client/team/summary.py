"""What a day came to for a team: one row an athlete, who needs attention first on top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from movescreen.catalog import Catalog
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.person import Person
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.rules.progress import Change, ChangeState, Trend, compare_visits
from movescreen.client.rules.red_flags import Decision, review_red_flags
from movescreen.client.team.roster import roster_order
from movescreen.client.visits.visit import Visit
from movescreen.model import Finding, Status

#: Movement and id of a check.
CheckKey = tuple[str, str]
#: What one side says counts for the check in this order: of a leg that a side view hides, the other one tells.
_STATUS_ORDER = (Status.FLAGGED, Status.BORDERLINE, Status.CLEAR, Status.NOT_ASSESSED)
#: Severity of a finding clearly beyond its limit.
_WELL_BEYOND = 3


class Gate(StrEnum):
    """Whether an athlete may be screened on a team day."""

    OPEN = "open"
    QUESTIONS = "questions"
    REFER = "refer"


class Need(IntEnum):
    """Why somebody stands where they stand; the first comes first. What was not seen comes before what was seen to be fine."""

    REFER = 0
    PAIN = 1
    STOOD_OUT = 2
    CLOSE = 3
    QUESTIONS = 4
    NOT_KNOWN = 5
    NOTHING = 6


@dataclass(frozen=True)
class CheckCell:
    """What one check says of an athlete on a day.

    Attributes
    ----------
    sides
        The sides to which the status belongs; empty for a check without sides.
    """

    title: str
    status: Status
    sides: tuple[str, ...] = ()
    severity: int = 0


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """An athlete on a day.

    Attributes
    ----------
    gate
        As of today.
    visit
        Of the day, when something was screened; None when nothing was.
    last
        The newest day before, on which something was screened; None when there is none.
    hurt
        Whether pain with a movement was reported on the day.
    checks
        Every check that was looked for; empty without a screening.
    changes
        What changed since ``last`` by more than the error.
    missing
        Recordings of the day's session that are not there yet, in words; empty when it is not known which belong to the day.
    """

    code: str
    name: str = ""
    jersey: str = ""
    group: str = ""
    gate: Gate = Gate.OPEN
    visit: Visit | None = None
    last: date | None = None
    hurt: bool = False
    checks: dict[CheckKey, CheckCell]
    changes: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()

    def count(self, status: Status) -> int:
        """Return how many checks have a status."""
        return sum(cell.status is status for cell in self.checks.values())

    def titles(self, status: Status) -> list[str]:
        """Return the checks that have a status, the weightiest first, with their sides where it is one of two."""
        cells = sorted((c for c in self.checks.values() if c.status is status), key=lambda c: -c.severity)
        named = [f"{c.title} ({c.sides[0]})" if len(c.sides) == 1 else c.title for c in cells]
        return list(dict.fromkeys(named))

    @property
    def need(self) -> Need:
        """Why the athlete stands where they stand."""
        unseen = 2 * self.count(Status.NOT_ASSESSED) > len(self.checks)
        reasons = (
            (Need.REFER, self.gate is Gate.REFER),
            (Need.PAIN, self.hurt),
            (Need.STOOD_OUT, self.count(Status.FLAGGED) > 0),
            (Need.CLOSE, self.count(Status.BORDERLINE) > 0),
            (Need.QUESTIONS, self.gate is Gate.QUESTIONS),
            (Need.NOT_KNOWN, not self.checks or unseen or bool(self.missing)),
        )
        return next((need for need, holds in reasons if holds), Need.NOTHING)

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: the need; then more checks that stood out, more of them clearly beyond, more close ones, more not assessed."""
        beyond = sum(c.severity >= _WELL_BEYOND for c in self.checks.values() if c.status is Status.FLAGGED)
        counts = [self.count(s) for s in (Status.FLAGGED, Status.BORDERLINE, Status.NOT_ASSESSED)]
        return (self.need, -counts[0], -beyond, -counts[1], -counts[2], roster_order(self.jersey, self.code))

    def changed(self, trend: Trend) -> list[Change]:
        """Return what changed in one direction."""
        return [change for change in self.changes if change.trend is trend]


def find_gate(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> Gate:
    """Return whether somebody may be screened on a team day.

    Not around a red flag, and not before health and consent were asked about and what was typed was read: what the page that begins
    a single session shows, a queue would pass by.
    """
    review = review_red_flags(person, catalog)
    decision = review.decision
    # without an intake nothing was told: a minor is stopped because nobody has asked a parent yet
    if decision is Decision.REFER and person.intake is not None:
        return Gate.REFER
    consent = person.intake.consent if person.intake else None
    agreed = consent is not None and consent.records
    if decision is not Decision.GO_ON or not agreed or find_unread_words(person, visits, catalog):
        return Gate.QUESTIONS
    return Gate.OPEN


def summarize_day(
    visits: Sequence[Visit], day: date, catalog: Catalog
) -> tuple[Visit | None, Visit | None, tuple[Change, ...]]:
    """Return the visit of a day with clips, the one before it, and what changed between them by more than the error."""
    filmed = [visit for visit in visits if visit.clips and visit.day <= day]
    of_day = filmed.pop() if filmed and filmed[-1].day == day else None
    before = filmed[-1] if filmed else None
    compared = compare_visits([before, of_day], catalog) if before and of_day else ()
    return of_day, before, tuple(change for change in compared if change.state is ChangeState.CHANGED)


def hurts(visit: Visit | None) -> bool:
    """Return whether pain with a movement was told on a day, and not taken back on it."""
    told = {pain.movement: pain.hurts for note in (visit.notes if visit else ()) for pain in note.told_movements}
    return any(told.values())


def merge_checks(findings: Iterable[Finding]) -> dict[CheckKey, CheckCell]:
    """Return one cell for every check, of both its sides: what weighs most counts, and the sides of which that holds."""
    found: dict[CheckKey, list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.movement, finding.check_id), []).append(finding)
    return {key: _merge(sides) for key, sides in found.items()}


def _merge(findings: Sequence[Finding]) -> CheckCell:
    status = min((f.status for f in findings), key=_STATUS_ORDER.index)
    same = [f for f in findings if f.status is status]
    sides = tuple(dict.fromkeys(f.seen_side for f in same if f.seen_side))
    shown = sides if status in (Status.FLAGGED, Status.BORDERLINE) else ()
    return CheckCell(same[0].title, status, tuple(sorted(shown)), max(f.severity for f in same))
