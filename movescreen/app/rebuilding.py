"""Results made again from the landmarks that were kept, with the catalog as it is now."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from movescreen.app.pairs import remove_pairs
from movescreen.app.records import Records
from movescreen.app.screening import Screening
from movescreen.client.visits.visit import ClipRecord, record_screening
from movescreen.codec import from_plain
from movescreen.doors import Door, name_inside
from movescreen.errors import InputError, VideoError
from movescreen.files import keep, staged_folder
from movescreen.model import Demographics
from movescreen.pipeline import catalog_of
from movescreen.report import formats_of_clips, usual_formats, write_result
from movescreen.report.documents.reanalyze import ReloadedClip, reload_clip
from movescreen.report.documents.registry import LAST_FILE, without_pictures
from movescreen.report.documents.screening import write_screening
from movescreen.report.figures.pictures import ClipPictures
from movescreen.report.formats.json import RESULT
from movescreen.report.formats.key_pictures import kept_pictures

_SCREENING = Door("result of a screening", "run 'movescreen screen' again")


def remake_result(records: Records, folder: Path, video: Path | None = None, formats: Sequence[str] = ()) -> list[Path]:
    """Make the files of a result again, of a clip or of a screening.

    Parameters
    ----------
    records
        The clients: somebody under a red flag, or who does not agree to pictures any more, is heard.
    folder
        Folder of the result.
    video
        The clip, for the pictures in its report.
    formats
        Names of output formats beside the usual ones.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        When it is not the folder of a result.
    NeedsReferral
        When a red flag of the client stops whatever is screened. Nothing was written.
    """
    kept = _read_kept(folder)
    screening = Screening.reopen(
        records, str(kept.get("client", "")), str(kept.get("recorded", "")), _person(kept, folder)
    )
    if kept.get("kind") == "screening":
        return _remake_screening(records, screening, folder, kept, formats)
    return _remake_clip(screening, folder, reload_clip(folder, records.catalog), video, formats)


def _read_kept(folder: Path) -> dict[str, Any]:
    """Return what ``result.json`` says; nothing when it cannot be read, which those who read clips complain of."""
    with contextlib.suppress(InputError):
        return RESULT.read_json(folder / "result.json")
    return {}


def _person(kept: dict[str, Any], folder: Path) -> Demographics:
    with _SCREENING.taking(folder / "result.json"):
        return from_plain(Demographics, kept.get("person", {}), "person")


def _remake_clip(
    screening: Screening, folder: Path, clip: ReloadedClip, video: Path | None, formats: Sequence[str]
) -> list[Path]:
    wanted = usual_formats(*formats)
    if not screening.subject.pictures:
        return write_result(
            clip.result, folder, without_pictures(wanted), client=clip.client, recorded=clip.recorded,
            pictures=ClipPictures(), anew=True,
        )  # fmt: skip
    pictures = None if video else kept_pictures(folder, clip.result)
    return write_result(
        clip.result, folder, wanted, video_path=video, client=clip.client, recorded=clip.recorded, pictures=pictures
    )


def _remake_screening(
    records: Records, screening: Screening, folder: Path, kept: dict[str, Any], formats: Sequence[str]
) -> list[Path]:
    if of_clips := formats_of_clips(formats):
        raise InputError(f"{', '.join(of_clips)} is written of a clip", "give the folder of one of the clips")
    with _SCREENING.taking(folder / "result.json"):
        folders = [name_inside(str(clip["folder"])) for clip in kept["clips"]]
        failed = {str(f["file"]): VideoError(str(f["error"])) for f in kept.get("failed", ())}
        pain = from_plain(tuple[str, ...], kept.get("pain", []), "pain")
        recorded = str(kept.get("recorded", ""))
        if len(set(folders)) < len(folders):
            raise ValueError("it names a clip twice")
    clips = {name: reload_clip(folder / name, records.catalog) for name in folders}
    merged = screening.merge([clip.result for clip in clips.values()], failed, pain)
    there = [path for path in folder.iterdir() if not path.name.startswith(".")]
    with staged_folder(folder, last=LAST_FILE, drop=[path.name for path in there]) as stage:
        for path in there:
            keep(path, stage / path.name)
        written = [
            path for name, clip in clips.items() for path in _remake_clip(screening, stage / name, clip, None, ())
        ]
        if not screening.subject.pictures:
            remove_pairs(stage)
        written += write_screening(
            merged, stage, folders, recorded=recorded, formats=formats, anew=not screening.subject.pictures
        )
        return [folder / path.relative_to(stage) for path in written]


def redo_visit(records: Records, code: str, day: date) -> None:
    """Analyze a visit again from the landmarks that were kept, so that it can be compared with newer ones.

    Raises
    ------
    InputError
        When there is no screening of that day, or no files were kept of it.
    EditConflict
        When somebody else changed it in the meantime.
    NeedsReferral
        When a red flag stops whatever is screened of this client today.
    """
    screening = Screening.reopen(records, records.store.client(code).code, day.isoformat())
    store = records.store
    kept = store.screenings(code, day)
    if not kept:
        raise InputError(f"{code} has no screening of {day}", f"see 'movescreen visit list {code}'")
    for each in kept:
        if each.folder is None:
            raise InputError("no files were kept of this screening", "screen the clips again")
        clips = each.record.clips
        results = [reload_clip(each.folder / clip.folder, records.catalog).result for clip in clips]
        again = record_screening(screening.merge(results, {}, ()), catalog_of(results), [clip.folder for clip in clips])
        agreed = screening.subject.pictures
        pictured = [_with_pictures(new, old if agreed else None) for new, old in zip(again.clips, clips, strict=True)]
        store.replace_screening(code, each, again.model_copy(update={"clips": tuple(pictured)}))
        if not agreed:
            store.remove_pictures(code, each)


def _with_pictures(new: ClipRecord, old: ClipRecord | None) -> ClipRecord:
    return new.model_copy(update={"pictures": old.pictures if old is not None else ()})
