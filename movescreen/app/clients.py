"""What the command line and the web app do with a client's records alike: ask for red flags, keep a screening, gather pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from movescreen.catalog import load_catalog
from movescreen.catalog.care_loader import load_care_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.words import place_words
from movescreen.client.person import Person
from movescreen.client.plan.making import make_plan
from movescreen.client.rules.red_flags import RedFlagReview, demand_no_red_flag, review_red_flags
from movescreen.client.visits.visit import (
    PAIN_NOTE,
    MovementPain,
    ScreeningRecord,
    SessionNote,
    Visit,
    record_screening,
)
from movescreen.errors import InputError, UnknownNameError
from movescreen.model import ScreeningResult
from movescreen.pipeline import catalog_of
from movescreen.report.documents.reload import reload_clip
from movescreen.report.formats.key_pictures import MARKED_FILE
from movescreen.report.formats.person_tables import write_person_tables
from movescreen.report.pages.progress import ProgressReport, make_progress_report
from movescreen.report.pages.visit import VisitReport, make_visit_report
from movescreen.report.sections.person import PersonHead
from movescreen.screening import merge_clips

if TYPE_CHECKING:
    # the database library is heavy, and most commands need none
    from movescreen.records import Client, RecordStore, SavedPlan


def demand_may_screen(store: RecordStore, code: str, day: date, where: str) -> tuple[Person, RedFlagReview]:
    """Return the person and the red flags that do not stop a screening, neither on the day of the recording nor today.

    Parameters
    ----------
    day
        Of the recording.
    where
        How to note what a clinician said, for the hint of the error.

    Raises
    ------
    NeedsReferral
        When a red flag of the latest intake stops the screening.
    UnknownNameError
        When there is no such client.
    """
    demand_no_red_flag(review_red_flags(store.person(code, date.today()), load_care_catalog(store.catalog)), where)
    person = store.person(code, day)
    review = review_red_flags(person, load_care_catalog(store.catalog))
    demand_no_red_flag(review, where)
    return person, review


def demand_name_may_screen(name: str, day: date | None = None, catalog: tuple[str, ...] | None = None) -> None:
    """Raise :class:`NeedsReferral` when a name is the code of a client whom a red flag stops; makes no records.

    Parameters
    ----------
    name
        As it would be printed on a report; empty for nobody.
    day
        Of the recording; today when None.
    catalog
        Catalogues of one's own; those of the settings in force when None.

    Raises
    ------
    NeedsReferral
        When a red flag stops the screening, on that day or today.
    UnknownNameError
        When it looks like a client's code, mistyped.
    """
    from movescreen.records import open_store, records_exist

    if not name or not records_exist():
        return
    with open_store(catalog=catalog) as store:
        if code := find_client(store, name):
            demand_may_screen(store, code, day or date.today(), "with 'movescreen intake clear'")


def find_client(store: RecordStore, text: str) -> str:
    """Return the code of the client that is meant; empty for a name that is no client's.

    Raises
    ------
    UnknownNameError
        When it looks like the code of a client, mistyped: taken for a name, it would pass by the client's red flags.
    """
    if store.knows(text):
        return text
    codes = [client.code for client in store.list_clients()]
    if any(text.casefold() == code.casefold() or _alike(text, code) for code in codes):
        raise UnknownNameError("client", text, codes)
    return ""


def _alike(text: str, code: str) -> bool:
    return SequenceMatcher(None, text.casefold(), code.casefold()).ratio() >= 0.7


def keep_screening(
    store: RecordStore, code: str, day: date, merged: ScreeningResult, out: Path, folders: Sequence[str]
) -> ScreeningRecord:
    """Keep a screening as a visit of a client, with its files.

    Parameters
    ----------
    merged
        The screening.
    out
        Its folder.
    folders
        Folder of each clip's files below ``out``, in the order of the clips.
    """
    record = record_screening(merged, catalog_of(merged.clips), folders)
    if merged.pain:
        note_pain(store, code, day, merged.pain)
    pictures = {f"{f}/{MARKED_FILE}": path.read_bytes() for f in folders if (path := out / f / MARKED_FILE).is_file()}
    return store.add_screening(code, day, record, out, pictures, only=folders)


def note_pain(store: RecordStore, code: str, day: date, movements: Sequence[str]) -> None:
    """Note which movements hurt, so that the visit tells it whatever was measured, and the plan loads none of them."""
    note_movement_pain(store, code, day, [MovementPain(movement=name) for name in dict.fromkeys(movements)])


def note_movement_pain(store: RecordStore, code: str, day: date, told: Sequence[MovementPain]) -> str:
    """Note what was told about pain with movements, in words, too; return the words.

    Raises
    ------
    UnknownNameError
        For a movement that the catalogue does not have.
    """
    movement = load_catalog(store.catalog).movement
    text = " ".join(
        f"{begin} {', '.join(_say_pain(pain, movement(pain.movement).title) for pain in some)}"
        for begin, hurts in ((PAIN_NOTE, True), ("Asked again about pain:", False))
        if (some := [pain for pain in told if pain.hurts is hurts])
    )
    store.add_note(code, day, SessionNote(movement_pain=tuple(told), text=text))
    return text


def _say_pain(pain: MovementPain, title: str) -> str:
    known = [] if pain.score is None else [f"{pain.score} of 10"]
    known += [place_words(pain.place, pain.side)] if pain.place else []
    known += [f"cleared by the {pain.cleared_by}"] if pain.cleared_by else []
    return f"{title} ({', '.join(known)})" if known else title


def redo_visit(store: RecordStore, code: str, day: date) -> None:
    """Analyse a visit again from the landmarks that were kept, so that it can be compared with newer ones.

    Raises
    ------
    InputError
        When there is no screening of that day, or no files were kept of it.
    EditConflict
        When somebody else changed it in the meantime.
    NeedsReferral
        When a red flag stops whatever is screened of this client today.
    """
    demand_may_screen(store, code, date.today(), "with 'movescreen intake clear'")
    kept = store.screenings(code, day)
    if not kept:
        raise InputError(f"{code} has no screening of {day}", f"see 'movescreen visit list {code}'")
    for screening in kept:
        if screening.folder is None:
            raise InputError("no files were kept of this screening", "screen the clips again")
        clips = screening.record.clips
        results = [reload_clip(screening.folder / clip.folder, store.catalog).result for clip in clips]
        catalog = catalog_of(results)
        again = record_screening(merge_clips(results, catalog, code), catalog, [clip.folder for clip in clips])
        pictured = [
            new.model_copy(update={"pictures": old.pictures}) for new, old in zip(again.clips, clips, strict=True)
        ]
        store.replace_screening(code, screening, again.model_copy(update={"clips": tuple(pictured)}))


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
    return make_visit_report(head_of(store.client(code), visit.day), visit, store.person(code, visit.day))


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
    return make_progress_report(head, store.person(code, today), visits, plan.plan if plan else None)


def visits_until(store: RecordStore, code: str, today: date) -> list[Visit]:
    """Return the visits up to a day, the oldest first."""
    return [visit for visit in store.visits(code) if visit.day <= today]


def make_next_plan(store: RecordStore, code: str, today: date, based_on: int | None) -> SavedPlan:
    """Make a plan from the latest visits and the conversation, and keep it as the next one.

    Parameters
    ----------
    based_on
        Number of the plan that it replaces; None for the first one.

    Raises
    ------
    EditConflict
        When somebody else has saved another plan since.
    """
    made = make_plan(
        store.person(code, today),
        visits_until(store, code, today),
        load_care_catalog(store.catalog),
        load_norms(store.catalog),
    )
    return store.save_plan(code, made, based_on)


def export_everything(store: RecordStore, code: str, folder: Path) -> None:
    """Write all rows of a person as JSON and tables, and copies of the files, into an empty folder."""
    from movescreen.records.export import export_client

    export_client(store, code, folder)
    write_person_tables(store.visits(code), folder)
