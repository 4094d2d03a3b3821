"""What the pages about a person are made from, gathered: rules applied to the records, and the catalog's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from movescreen.catalog import load_catalog
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.person import Person
from movescreen.client.plan.making import RETEST_AFTER
from movescreen.client.plan.model import Plan
from movescreen.client.plan.pathways import tell_pathways
from movescreen.client.plan.safety import find_rows_for, merge_signs
from movescreen.client.rules.danger_words import describe_read, describe_words, find_hints, find_unread_words
from movescreen.client.rules.history import link_findings, suggest_tests
from movescreen.client.rules.profiles import find_impact_ban, find_profiles
from movescreen.client.rules.progress import compare_measurements, compare_visits
from movescreen.client.rules.readiness import assess_readiness
from movescreen.client.rules.red_flags import RedFlagReview, review_red_flags
from movescreen.client.visits.control import describe_control
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.observation import pair_with_camera
from movescreen.client.visits.visit import Visit
from movescreen.report.pages.progress import ProgressReport, headline
from movescreen.report.pages.visit import VisitReport
from movescreen.report.sections.case import Case
from movescreen.report.sections.person import Names, PersonHead
from movescreen.report.sections.safety import help_lines
from movescreen.words.sentences import sentence


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
        pathways=tell_pathways(person, assess_readiness(person, visits, care, norms), {}, visits, care, norms),
        names=list_names(catalog),
    )


def tell_watch(person: Person, visits: Sequence[Visit], catalog: Sequence[str] = ()) -> tuple[str, ...]:
    """Return when a person gets help, and whom, and when to stop, a line each: the same as on their plan."""
    care, norms = load_client_catalog(catalog), load_norms(catalog)
    rows = find_rows_for(person, find_profiles(person, care), assess_readiness(person, visits, care, norms), care)
    urgent, stops = merge_signs(rows)
    return (*help_lines(urgent), sentence(f"Stop, and tell your trainer: {'; '.join(stops)}"))


def make_case(
    head: PersonHead, person: Person, visits: Sequence[Visit], plan: Plan | None, *, plan_waits: bool,
    catalog: Sequence[str] = (), people: Mapping[date, Person] | None = None,
) -> Case:  # fmt: skip
    """Return everything that notes and letters about a person are made from.

    Parameters
    ----------
    plan, plan_waits
        The plan in force, as it may be shown, and whether something keeps it back.
    people
        Day of a visit -> the person as they were known then; the person of today where it is missing.
    """
    care = load_client_catalog(catalog)
    review = review_red_flags(person, care)
    until = _flag_day(person, review)
    told = [v for v in visits if v.clips and (until is None or v.day < until)]
    told = told or [v for v in visits if v.measurements and (until is None or v.day < until)]
    visit = told[-1] if told else None
    report = make_visit_report(head, visit, (people or {}).get(visit.day, person), catalog) if visit else None
    compared = [v for v in visits if visit is not None and v.day <= visit.day]
    changes = headline(make_progress_report(head, person, compared, plan, catalog)) if len(compared) > 1 else ""
    hinted = [each for each in find_unread_words(person, visits, care) if find_hints(each, care)]
    return Case(
        head=head, born=person.birth_year, day=person.today, person=person, review=review, visits=visits, visit=report,
        seen=[each for v in visits if visit is None or v.day >= visit.day for each in pair_with_camera(v.day, v.observations, v.findings)],
        standing=list(find_standing_pain(visits).values()), changes=changes, plan=plan, plan_waits=plan_waits,
        impact_ban=find_impact_ban(person, care),
        questions={spec.id: spec.question for spec in care.red_flags.values() if spec.question},
        shorts={spec.id: spec.short for spec in care.red_flags.values()},
        stages={spec.id: spec.stage for spec in care.exercises.values()},
        unread=describe_words(hinted, care), read=describe_read(person, visits, care),
    )  # fmt: skip


def _flag_day(person: Person, review: RedFlagReview) -> date | None:
    """Return the first day on which a red flag that stops now was told; None when none does."""
    intake = person.intake
    days = [flag.told_on or (intake.day if intake else person.today) for flag in review.stopping]
    return min(days) if days else None


def make_progress_report(
    head: PersonHead, person: Person, visits: Sequence[Visit], plan: Plan | None = None, catalog: Sequence[str] = (),
) -> ProgressReport:  # fmt: skip
    """Return everything that the page of a person's progress is made from.

    Parameters
    ----------
    person
        On the day for which it is asked.
    visits
        At least one, the oldest first.
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
