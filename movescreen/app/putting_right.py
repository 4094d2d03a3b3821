"""A recording that lies with the wrong client, or with nobody, goes to the right one: with result, pictures, pages and plan."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from movescreen.app.client_pages import make_next_plan
from movescreen.app.corrections import (
    SESSION_FILE,
    corrections_of,
    day_of,
    find_kept,
    forget_own_pictures,
    read_kept,
    read_session,
    recordings_of,
    result_folders,
)
from movescreen.app.rebuilding import remake_result
from movescreen.app.records import Records
from movescreen.app.screening import Screening
from movescreen.client.visits.visit import SessionNote
from movescreen.errors import AnalysisError, InputError
from movescreen.files import write_text
from movescreen.model import ClipResult
from movescreen.report.documents.load import load
from movescreen.words.numbers_and_units import date_words


@dataclass(frozen=True)
class Moved:
    """What became of it: client and day it belongs to now, and what to know, in sentences."""

    code: str
    day: date
    told: tuple[str, ...] = ()


def move_visit(
    records: Records, code: str, day: date, to: str, *, by: str = "", reason: str = "", entry: int | None = None,
    results: Sequence[Path] = (),
) -> Moved:  # fmt: skip
    """Move a visit, or one screening of it, to another client.

    Parameters
    ----------
    to
        Whose it really is; must have passed the red-flag gate.
    by, reason
        Who moves it, and why; kept with both clients.
    entry
        Number of the one screening to move; None = everything of the day.
    results
        Folders that may hold results of it; those that do get the other name, too.

    Raises
    ------
    NeedsReferral
        When a red flag of the right client stops whatever is screened; nothing was moved.
    InputError
        When there is nothing to move, or it is the same client.
    """
    from movescreen.records.moving import bin_plans_since, move_rows

    store = records.store
    if to == code:
        raise InputError(f"it is with {code} already", "give the code of the other client")
    store.client(to)
    screening = Screening.open(records, to, day.isoformat())
    moving = [kept for kept in store.screenings(code, day) if entry in (None, kept.entry)]
    mine = {sha for kept in moving if kept.folder is not None for sha in recordings_of(kept.folder)}
    copies = [folder for folder in results if mine & set(recordings_of(folder))]
    pain = {name for folder in copies for name in read_kept(folder).get("pain", ())} if entry is not None else set()
    move_rows(store, code, day, to, entry)
    if pain:
        screening.note_pain(sorted(pain))
    for kept in (k for k in store.screenings(to, day) if k.entry in {m.entry for m in moving} and k.folder is not None):
        assert kept.folder is not None
        for folder in result_folders(kept.folder):
            remake_result(records, folder, corrections=kept.corrections, client=to)
        if not screening.subject.pictures:
            clips = tuple(clip.model_copy(update={"pictures": ()}) for clip in kept.record.clips)
            store.replace_screening(to, kept, kept.record.model_copy(update={"clips": clips}))
            store.remove_pictures(to, kept)
            forget_own_pictures(kept.folder)
    for folder in copies:
        _rename(records, folder, to)
    what = "The visit" if entry is None else "A recording"
    signed = f" on {date_words(date.today().isoformat())}" + (f" by {by}" if by else "")
    store.add_note(code, day, SessionNote(made=f"{what} of this day was moved to {to}{signed}.", text=reason))
    store.add_note(to, day, SessionNote(made=f"{what} of this day was moved here from {code}{signed}.", text=reason))
    had = bin_plans_since(store, code, day)
    told = [f"{had} plans of {code} that were made since lie in the bin."] if had else []
    told += _plan_again(records, code, had > 0) + _plan_again(records, to, had > 0)
    return Moved(to, day, tuple(told))


def _plan_again(records: Records, code: str, wanted: bool) -> list[str]:
    """Make a client's plan again when there is one, or one is wanted; return what became of it."""
    store = records.store
    latest = store.latest_plan(code)
    if not store.visits(code) or not (latest or wanted):
        return []
    try:
        made = make_next_plan(store, code, date.today(), latest.number if latest else None)
    except AnalysisError as error:
        return [f"The plan of {code} waits: {error.message}"]
    return [f"Plan {made.number} of {code} was made anew."]


def give_result(records: Records, folder: Path, to: str, *, by: str = "", reason: str = "") -> Moved:
    """Give a result that belongs to nobody to a client, who must have passed the red-flag gate.

    Raises
    ------
    NeedsReferral
        When a red flag of the client stops whatever is screened; nothing was given.
    InputError
        When it is a client's already, or no result.
    """
    data = read_kept(folder)
    if not data:
        raise InputError(f"{folder} is not the folder of a result", "give the folder of a screening or of a clip")
    if (place := find_kept(records, folder)) is not None:
        raise InputError(f"it is kept with {place.code}", f"move the visit of {place.day} instead")
    records.store.client(to)
    day = day_of(folder)
    screening = Screening.open(records, to, day.isoformat())
    said = corrections_of(records, folder)
    folder = _rename(records, folder, to)
    result = load(folder)
    if isinstance(result, ClipResult):
        finished = screening.finish_clip(result, folder)
    else:
        folders = [folder / str(clip["folder"]) for clip in read_kept(folder)["clips"]]
        finished = screening.keep(result, folder, folders)
    if finished.not_kept is not None:
        raise finished.not_kept
    kept = find_kept(records, folder)
    if kept is not None and said:
        records.store.add_corrections(kept.code, kept.day, kept.kept, said)
    was = str(data.get("client", ""))
    made = f"A recording of this day, {f'under the name of {was}' if was else 'of no client'}, was given to {to}{f' by {by}' if by else ''}."
    records.store.add_note(to, day, SessionNote(made=made, text=reason))
    return Moved(to, day, tuple(screening.subject.remarks))


def _rename(records: Records, folder: Path, to: str) -> Path:
    """Put another client's name on a result: pages, tables, session, and a folder that bears the name; printed pages of before go."""
    was = _slug(str(read_kept(folder).get("client", "")))
    remake_result(records, folder, corrections=corrections_of(records, folder), client=to)
    for printed in folder.rglob("*.pdf"):
        printed.unlink()
    if session := read_session(folder):
        write_text(folder / SESSION_FILE, json.dumps({**session, "client": to}, indent=2, ensure_ascii=False) + "\n")
    if not was or not re.fullmatch(rf"{_STAMP}_{re.escape(was)}(_\d+)?", folder.name):
        return folder
    first = folder.with_name(folder.name.replace(f"_{was}", f"_{_slug(to)}", 1))
    free = (first.with_name(f"{first.name}{more}") for more in ("", *(f"_{number}" for number in range(2, 1000))))
    return folder.rename(next(path for path in free if not path.exists()))


#: How a folder of the web app begins: day and time.
_STAMP = r"\d{4}-\d{2}-\d{2}_\d{6}"


def _slug(client: str) -> str:
    """Return a name as it stands in the name of a folder."""
    return re.sub(r"[^\w]+", "-", client).strip("-_")[:40]
