"""A screening of a known client: asked for red flags before, kept afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from movescreen.app.clients import demand_may_screen, find_client, keep_screening
from movescreen.catalog.care_loader import load_care_catalog
from movescreen.cli.days import read_day
from movescreen.client.rules.history import link_findings
from movescreen.client.rules.red_flags import Decision, describe_flags
from movescreen.model import ScreeningResult
from movescreen.records import open_store, records_exist


class VisitKeeper:
    """Keeps a screening."""

    def __init__(self, code: str, day: date, console: Console, catalog: tuple[str, ...]) -> None:
        self.code, self.day, self.console, self.catalog = code, day, console, catalog

    def keep(self, merged: ScreeningResult, out: Path, folders: Sequence[str]) -> None:
        """Keep the screening with its files."""
        with open_store(catalog=self.catalog) as store:
            record = keep_screening(store, self.code, self.day, merged, out, folders)
            person = store.person(self.code, self.day)
        for link in link_findings(record.findings, person, load_care_catalog(self.catalog)):
            self.console.print(f"history: {link.finding.message} {link.text}")
        self.console.print(f"kept as the visit of {self.day} of {self.code}")


def open_visit(code: str, day: str, console: Console, catalog: tuple[str, ...]) -> VisitKeeper | None:
    """Return what keeps a screening of a known client; None for a name that is no client's.

    Raises
    ------
    NeedsReferral
        When a red flag of the latest intake stops the screening.
    """
    if not code or not records_exist():
        return None
    with open_store(catalog=catalog) as store:
        if not find_client(store, code):
            console.print(f"{code} is no client's code: the visit is not kept")
            return None
        when = read_day(day)
        person, review = demand_may_screen(store, code, when, "with 'movescreen intake clear'")
    for line in describe_flags(review.raised):
        console.print(f"mind: {line}")
    if person.intake is None:
        console.print(f"no intake yet, so nobody asked about red flags: movescreen intake ask {code}")
    elif review.decision is Decision.NOT_ASKED:
        console.print(f"not asked yet: {', '.join(spec.id for spec in review.open_questions)}")
    return VisitKeeper(code, when, console, catalog)
