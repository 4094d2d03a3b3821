"""What the pages about a person are made from, gathered: rules applied to the records, and the catalog's names."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.catalog import load_catalog
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.person import Person
from movescreen.client.plan.making import RETEST_AFTER
from movescreen.client.plan.model import Plan
from movescreen.client.plan.pathways import tell_pathways
from movescreen.client.rules.history import link_findings, suggest_tests
from movescreen.client.rules.progress import compare_measurements, compare_visits
from movescreen.client.rules.readiness import assess_readiness
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.client.visits.control import describe_control
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.visit import Visit
from movescreen.report.pages.progress import ProgressReport
from movescreen.report.pages.visit import VisitReport
from movescreen.report.sections.person import Names, PersonHead


def list_names(catalog: Sequence[str] = ()) -> Names:
    """Return what movements, measures and manual tests are called, with catalogs of one's own laid over the packaged one."""
    movements, tests = load_catalog(catalog).movements, load_client_catalog(catalog).hand_tests
    return Names(
        movements={name: spec.title for name, spec in movements.items()},
        measures={measure.name: measure.title for spec in movements.values() for measure in spec.measures},
        tests={name: spec.title for name, spec in tests.items()},
        units={name: spec.unit for name, spec in tests.items()},
    )


def make_visit_report(
    head: PersonHead, visit: Visit, person: Person, catalog: Sequence[str] = (), before: Sequence[Visit] = ()
) -> VisitReport:
    """Return everything that the page of a visit is made from.

    Parameters
    ----------
    person
        On the day of the visit.
    catalog
        Folders of catalogs of one's own.
    before
        The visits before this one, the oldest first.
    """
    care, norms = load_client_catalog(catalog), load_norms(catalog)
    visits = [*before, visit]
    return VisitReport(
        head=head,
        visit=visit,
        intake=person.intake,
        review=review_red_flags(person, care),
        links=link_findings(visit.findings, person, care),
        readings=judge_visit(visit, person, care, norms),
        differences=compare_all_sides(visit, care, norms),
        added=suggest_tests(person, care),
        control=describe_control(visit.clips, load_catalog(catalog)),
        pathways=tell_pathways(assess_readiness(person, visits, care, norms), {}, visits, care, norms),
        names=list_names(catalog),
    )


def make_progress_report(
    head: PersonHead,
    person: Person,
    visits: Sequence[Visit],
    plan: Plan | None = None,
    catalog: Sequence[str] = (),
) -> ProgressReport:
    """Return everything that the page of a person's progress is made from.

    Parameters
    ----------
    person
        On the day for which it is asked.
    visits
        At least one, the oldest first.
    plan
        The plan in force, which names the day to look again.
    catalog
        Folders of catalogs of one's own.
    """
    care, norms = load_client_catalog(catalog), load_norms(catalog)
    planned, last = plan.retest_on if plan else None, visits[-1].day
    # a plan whose retest has taken place proposes nothing any more; what is overdue is due today
    proposed = planned if planned and planned > last else last + RETEST_AFTER
    return ProgressReport(
        head=head,
        visits=visits,
        changes=compare_visits(visits, load_catalog(catalog)),
        by_hand=compare_measurements(visits, care, norms),
        readiness=assess_readiness(person, visits, care, norms),
        retest_on=max(proposed, person.today),
        names=list_names(catalog),
    )
