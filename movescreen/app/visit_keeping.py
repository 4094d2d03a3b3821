"""What is kept of a screening with a client: the visit once, its files, and which movements hurt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from movescreen.catalog import load_catalog
from movescreen.client.intake.words import place_words
from movescreen.client.visits.visit import (
    PAIN_NOTE,
    ExerciseNote,
    MovementPain,
    ScreeningRecord,
    SessionNote,
    record_screening,
)
from movescreen.clip_names import neutral_names
from movescreen.errors import UnknownNameError
from movescreen.files import read_regular
from movescreen.model import ScreeningResult
from movescreen.pipeline import catalog_of
from movescreen.report.formats.key_pictures import MARKED_FILE

if TYPE_CHECKING:
    from movescreen.records import RecordStore
    from movescreen.records.entries import KeptScreening


def keep_visit(
    store: RecordStore, code: str, day: date, merged: ScreeningResult, folders: Sequence[Path],
    out: Path | None = None,
) -> ScreeningRecord:  # fmt: skip
    """Keep a screening as a visit of a client, with its files; the same clips analyzed again take the place of what was kept.

    Parameters
    ----------
    folders
        Folder of each clip's files, in the order of the clips; their names are unlike each other.
    out
        Folder of the screening's own files; None when it has none.

    Raises
    ------
    RecordsError, EditConflict
        When it cannot be kept, or somebody else changed what was kept of the same clips.
    """
    renamed = neutral_names(folder.name for folder in folders) if store.files.encrypted else {}
    clips = {renamed.get(folder.name, folder.name): folder for folder in folders}
    record = record_screening(merged, catalog_of(merged.clips), list(clips))
    if merged.pain:
        note_pain(store, code, day, merged.pain)
    marked = {name: folder / MARKED_FILE for name, folder in clips.items()}
    pictures = {f"{name}/{MARKED_FILE}": read_regular(path) for name, path in marked.items() if path.is_file()}
    before = _kept_of_the_same_clips(store, code, day, record)
    return store.add_screening(code, day, record, out, pictures, clips=clips, renamed=renamed, instead_of=before)


def _kept_of_the_same_clips(store: RecordStore, code: str, day: date, record: ScreeningRecord) -> KeptScreening | None:
    """Return what is kept of the day from the very same files; recordings of a camera are never the same."""
    hashes = sorted(clip.video_sha256 for clip in record.clips)
    if not all(hashes):
        return None
    kept = (each for each in store.screenings(code, day))
    return next((each for each in kept if sorted(c.video_sha256 for c in each.record.clips) == hashes), None)


def note_pain(store: RecordStore, code: str, day: date, movements: Sequence[str]) -> None:
    """Note which movements hurt, once a day, so that the visit tells it whatever was measured, and the plan loads none of them."""
    visits = (visit for visit in store.visits(code) if visit.day == day)
    known = {pain.movement for visit in visits for note in visit.notes for pain in note.told_movements if pain.hurts}
    if new := [name for name in dict.fromkeys(movements) if name not in known]:
        note_movement_pain(store, code, day, [MovementPain(movement=name) for name in new])


def note_movement_pain(store: RecordStore, code: str, day: date, told: Sequence[MovementPain]) -> str:
    """Note what was told about pain with movements, in words, too; return the words.

    Raises
    ------
    UnknownNameError
        For a movement that the catalog does not have.
    """
    movement = load_catalog(store.catalog).movement
    text = " ".join(
        f"{begin} {', '.join(_say_pain(pain, movement(pain.movement).title) for pain in some)}"
        for begin, hurts in ((PAIN_NOTE, True), ("Asked again about pain:", False))
        if (some := [pain for pain in told if pain.hurts is hurts])
    )
    store.add_note(code, day, SessionNote(movement_pain=tuple(told), made=text))
    return text


def ensure_in_a_plan(store: RecordStore, code: str, told: Sequence[ExerciseNote]) -> None:
    """Refuse a word about an exercise that no plan of the client ever had: it would never be heard.

    Raises
    ------
    UnknownNameError
        With the exercises of the plan in force.
    """
    plans = store.plans(code) if told else ()
    known = {e.exercise for saved in plans for e in saved.plan.exercises}
    for each in told:
        if each.exercise not in known:
            raise UnknownNameError(
                "exercise in the plans", each.exercise, [e.exercise for e in plans[-1].plan.exercises] if plans else []
            )


def _say_pain(pain: MovementPain, title: str) -> str:
    known = [] if pain.score is None else [f"{pain.score} of 10"]
    known += [place_words(pain.place, pain.side)] if pain.place else []
    known += [f"cleared by the {pain.cleared_by}"] if pain.cleared_by else []
    return f"{title} ({', '.join(known)})" if known else title
