"""What the command line and the web app do with a client's records alike: gather pages, make plans, export."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from movescreen.app.page_data import list_names, make_case, make_progress_report, make_visit_report
from movescreen.app.red_flag_gate import agreed_to_films
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import TypedText
from movescreen.client.plan.answers import find_answers, find_waiting, tell_facts
from movescreen.client.plan.editing import ensure_allowed, withhold
from movescreen.client.plan.making import find_bars, make_plan
from movescreen.client.plan.model import Plan
from movescreen.client.plan.safety import add_general
from movescreen.client.plan.sheet import merge_sport
from movescreen.client.plan.week import plan_week
from movescreen.client.rules.danger_words import ensure_words_read, find_unread_words
from movescreen.client.rules.measured_signs import ensure_no_sign
from movescreen.client.rules.red_flags import ensure_no_red_flag, review_red_flags
from movescreen.client.visits.visit import Visit
from movescreen.errors import InputError, NeedsReferral
from movescreen.model import ClipResult
from movescreen.report.documents.load import load
from movescreen.report.formats.person_tables import write_person_tables
from movescreen.report.pages.player import kept_film, render_player
from movescreen.report.pages.progress import ProgressReport
from movescreen.report.pages.visit import VisitReport
from movescreen.report.sections.case import Case
from movescreen.report.sections.person import PersonHead, day_words
from movescreen.words.findings import view_words

if TYPE_CHECKING:
    from movescreen.records import Client, RecordStore, SavedPlan


def head_of(client: Client, day: date) -> PersonHead:
    """Return who a page is about, on a day."""
    age = None if client.birth_year is None else day.year - client.birth_year
    return PersonHead(client.label, age, client.sex)


def gather_visit(store: RecordStore, code: str, day: date | None = None) -> VisitReport:
    """Return everything that a visit is told from; the newest one without a day.

    Raises
    ------
    InputError
        When there is no visit of that day.
    """
    visits = store.visits(code)
    wanted = day or (visits[-1].day if visits else None)
    found = [visit for visit in visits if visit.day == wanted]
    if not found:
        raise InputError(f"{code} has no visit of {wanted or 'any day'}", f"see 'movescreen visit list {code}'")
    visit = found[0]
    return make_visit_report(
        head_of(store.client(code), visit.day), visit, store.person(code, visit.day), store.catalog,
        [each for each in visits if each.day < visit.day],
    )  # fmt: skip


def gather_progress(store: RecordStore, code: str, today: date) -> ProgressReport:
    """Return everything that the progress of a person is told from.

    Raises
    ------
    InputError
        When there is no visit by then.
    """
    visits = visits_until(store, code, today)
    if not visits:
        raise InputError(f"{code} has no visit yet", f"screen with 'movescreen screen CLIP... --client {code}'")
    plan = store.latest_plan(code)
    head = head_of(store.client(code), today)
    return make_progress_report(head, store.person(code, today), visits, plan.plan if plan else None, store.catalog)


def compare_visits(store: RecordStore, code: str) -> str:
    """Return the clips of a client's visits as a page on which two are looked at in step; the first and the last visit come first.

    Raises
    ------
    InputError
        When no visit has kept its clips' joint positions.
    """
    clips = []  # a visit's day, a result, and its film
    films = agreed_to_films(store, code)
    for visit in store.visits(code):
        for kept in store.screenings(code, visit.day):
            homes = [kept.folder / clip.folder for clip in kept.record.clips] if kept.folder is not None else []
            with contextlib.suppress(InputError):  # of an older version, or damaged: there is nothing to look at
                clips += [
                    (visit.day, result, kept_film(home) if films else None)
                    for home in homes
                    if isinstance(result := load(home), ClipResult)
                ]
    if not clips:
        raise InputError(f"{code} has no clips to look at", "they are kept with a screening")
    about = [
        (result, f"{day_words(day)}: {result.movement_info.title}, {view_words(result.view)}", film)
        for day, result, film in clips
    ]
    first = about[0][0]
    alike = [a for a in about if (a[0].movement.name, a[0].view.kind) == (first.movement.name, first.view.kind)]
    pair = [about[0], alike[-1]] if len(alike) > 1 else about[:2]
    ordered = [*pair, *(a for a in about if not any(a is b for b in pair))]
    return render_player(
        [a[0] for a in ordered], [a[1] for a in ordered], store.client(code).label, first.provenance.software,
        [a[2] for a in ordered],
    )  # fmt: skip


def gather_case(store: RecordStore, code: str, day: date) -> Case:
    """Return everything that notes and letters about a person are made from, as it was on a day.

    A red flag or an unread text keeps only the plan back, also one that came after that day: nobody is told to train over it.
    """
    client, visits = store.client(code), visits_until(store, code, day)
    plans = [saved for saved in store.plans(code) if saved.plan.day <= day]
    waits, plan = False, None
    try:
        ensure_plan_goes_on(store, code, day)
        ensure_plan_goes_on(store, code, max(day, date.today()))
        plan = plan_as_of(store, code, plans[-1], max(day, date.today())).plan if plans else None
    except NeedsReferral:
        waits = True
    people = {visit.day: store.person(code, visit.day) for visit in visits}
    return make_case(
        head_of(client, day), store.person(code, day), visits, plan, plan_waits=waits, catalog=store.catalog, people=people
    )  # fmt: skip


def visits_until(store: RecordStore, code: str, today: date) -> list[Visit]:
    """Return the visits up to a day, the oldest first."""
    return [visit for visit in store.visits(code) if visit.day <= today]


def ensure_plan_goes_on(store: RecordStore, code: str, today: date) -> None:
    """Refuse to show or change a plan while something waits that was told since it was made.

    Raises
    ------
    NeedsReferral
        When a red flag or a sign of one stops the plan, or something was typed that the trainer has not read.
    """
    catalog, person, visits = load_client_catalog(store.catalog), store.person(code, today), store.visits(code)
    ensure_no_red_flag(review_red_flags(person, catalog), plan=True)
    ensure_no_sign(person, visits, catalog)
    ensure_words_read(find_unread_words(person, visits, catalog), catalog)


def bars_of(store: RecordStore, code: str, today: date, *, lasting: bool = False) -> dict[str, str]:
    """Return the exercises that no plan of a client may hold now, each with why; ``lasting`` as for :func:`find_bars`."""
    return find_bars(
        store.person(code, today), visits_until(store, code, today), load_client_catalog(store.catalog),
        load_norms(store.catalog), lasting=lasting,
    )  # fmt: skip


def plan_as_of(store: RecordStore, code: str, saved: SavedPlan, today: date) -> SavedPlan:
    """Return a plan as it may be shown today: without exercises that something told since keeps from the client.

    Raises
    ------
    NeedsReferral
        As :func:`ensure_plan_goes_on`.
    """
    ensure_plan_goes_on(store, code, today)
    shown = withhold(saved.plan, bars_of(store, code, today, lasting=True))
    # an answer counts at once, also in a plan that was made before it
    asked = find_answers(store.person(code, today), visits_until(store, code, today))
    shown = shown.model_copy(update={"questions": asked})
    return replace(saved, plan=add_general(shown, load_client_catalog(store.catalog)))


@dataclass(frozen=True)
class Asked:
    """What a client asked that waits for an answer, and beside it, for whoever answers, what is known."""

    waiting: tuple[TypedText, ...]
    facts: tuple[str, ...]


def gather_asked(store: RecordStore, code: str, today: date) -> Asked:
    """Return what waits for the trainer's answer on a day; what is known only where something waits."""
    person, visits = store.person(code, today), visits_until(store, code, today)
    waiting = find_waiting(person, visits)
    if not waiting:
        return Asked((), ())
    facts = tell_facts(person, visits, load_client_catalog(store.catalog), load_norms(store.catalog))
    if plans := [saved.plan for saved in store.plans(code) if saved.plan.day <= today]:
        rule = merge_sport(plans[-1])
        told = " ".join(f"{name}: {words}" for name, words in (("You may", rule.may), ("Not yet", rule.wait)) if words)
        facts.append(f"The page of the plan of {plans[-1].day} says this, which stands beside your answer: {told}")
    return Asked(waiting, tuple(facts))


def save_changed_plan(store: RecordStore, code: str, base: SavedPlan, changed: Plan, today: date) -> SavedPlan:
    """Keep a plan that the trainer changed; one and the same check for every door.

    Raises
    ------
    NeedsReferral
        As :func:`ensure_plan_goes_on`.
    InputError
        When it holds an exercise that a ban keeps from the client.
    EditConflict
        When somebody else has saved another plan since.
    """
    ensure_plan_goes_on(store, code, today)
    barred, lasting = (bars_of(store, code, today, lasting=each) for each in (False, True))
    catalog = load_client_catalog(store.catalog)
    ensure_allowed(changed, base.plan, barred, lasting, catalog)
    week, notes = plan_week(changed.exercises, catalog.exercises, changed.days)
    return store.save_plan(code, changed.model_copy(update={"week": week, "week_notes": notes}), base.number)


def make_next_plan(
    store: RecordStore, code: str, today: date, based_on: int | None, days: Sequence[int] = ()
) -> SavedPlan:
    """Make a plan from the latest visits, the intake and the last plan, and keep it as the next one.

    Parameters
    ----------
    based_on
        Number of the plan that it replaces; None for the first one.
    days
        Days of the week on which the client can train, Monday 0; those of the last plan when empty.

    Notes
    -----
    It starts from the last plan of a day before: what was made today has not been trained yet, and is made anew.

    Raises
    ------
    EditConflict
        When somebody else has saved another plan since.
    """
    made = make_plan(
        store.person(code, today),
        visits_until(store, code, today),
        load_client_catalog(store.catalog),
        load_norms(store.catalog),
        last=next((saved.plan for saved in reversed(store.plans(code)) if saved.plan.day < today), None),
        days=days,
    )
    return store.save_plan(code, made, based_on)


def export_everything(store: RecordStore, code: str, folder: Path) -> None:
    """Write all rows of a person as JSON and tables, and copies of the files, into an empty folder."""
    from movescreen.records.export import export_client

    export_client(store, code, folder)
    write_person_tables(store.visits(code), folder, list_names(store.catalog).units)
