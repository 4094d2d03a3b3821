"""Plans and readiness of people of whom the trainer has read everything, for tests that are about something else."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.person import Person
from movescreen.client.plan import making
from movescreen.client.plan.model import Plan
from movescreen.client.rules import readiness
from movescreen.client.visits.visit import Visit
from tests.support.clients import read_all


def make_plan(
    person: Person, visits: Sequence[Visit], care: ClientCatalog, norms: NormLibrary, last: Plan | None = None, days: Sequence[int] = ()
) -> Plan:  # fmt: skip
    """Return a plan, once the trainer has read everything and nothing in it changes the plan."""
    return making.make_plan(read_all(person, *visits), visits, care, norms, last, days)


def assess_readiness(
    person: Person, visits: Sequence[Visit], care: ClientCatalog, norms: NormLibrary
) -> tuple[readiness.Readiness, ...]:
    """Return the readiness, once the trainer has read everything and nothing in it changes the plan."""
    return readiness.assess_readiness(read_all(person, *visits), visits, care, norms)


def find_bars(person: Person, visits: Sequence[Visit], care: ClientCatalog, norms: NormLibrary) -> dict[str, str]:
    """Return what bars exercises, once the trainer has read everything and nothing in it changes the plan."""
    return making.find_bars(read_all(person, *visits), visits, care, norms)
