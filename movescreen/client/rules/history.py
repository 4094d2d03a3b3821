"""Findings in the light of the history: what goes with what, never what caused what; and what is worth adding to the visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from movescreen.catalog.care_schema import AddedTestSpec, HistoryLinkSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.person import Person
from movescreen.client.rules.conditions import Event, check_any, check_condition
from movescreen.client.rules.profiles import offer_tests
from movescreen.model import Finding, Status

_OTHER = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class HistoryLink:
    """A finding and an event that are said together.

    Attributes
    ----------
    text
        A sentence that names the event; says "goes with", never "because".
    """

    finding: Finding
    event: Event
    spec: HistoryLinkSpec
    text: str


@dataclass(frozen=True)
class AddedTests:
    """Tests and recordings that the history makes worth while, and the events behind it."""

    spec: AddedTestSpec
    events: tuple[Event, ...]


def link_findings(findings: Iterable[Finding], person: Person, catalog: ClientCatalog) -> tuple[HistoryLink, ...]:
    """Return what may be said together: findings that stood out or came close, and events of the person.

    A link about a side needs both sides to be known: nothing is guessed.
    """
    out = []
    for finding in findings:
        if finding.status not in (Status.FLAGGED, Status.BORDERLINE):
            continue
        for spec in catalog.links.values():
            if finding.check_id not in spec.checks:
                continue
            for event in check_condition(spec.when, person).events:
                if _sides_fit(spec.relation, finding.seen_side, event.side):
                    out.append(HistoryLink(finding, event, spec, spec.message.format(event=event.words)))
    return tuple(out)


def suggest_tests(person: Person, catalog: ClientCatalog) -> tuple[AddedTests, ...]:
    """Return the tests and recordings that the history makes worth while and that the person may do, in the order of the catalog."""
    offered = {spec.id for spec in offer_tests(person, catalog)}
    out = []
    for spec in catalog.added_tests.values():
        answer = check_any(spec.when, person)
        tests = tuple(name for name in spec.tests if name in offered)
        if answer.holds and (tests or spec.recordings):
            out.append(AddedTests(spec.model_copy(update={"tests": tests}), answer.events))
    return tuple(out)


def _sides_fit(relation: str, finding_side: str, event_side: str) -> bool:
    if relation == "any":
        return True
    if not finding_side or event_side not in _OTHER:
        # an event on both sides is on the same side as any finding, and away from none
        return relation == "same" and event_side == "both" and bool(finding_side)
    return finding_side == (event_side if relation == "same" else _OTHER[event_side])
