"""Results made again from the landmarks that were kept, with the catalog as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from movescreen.app.corrections import corrections_of, forget_own_pictures, read_kept, recordings_of
from movescreen.app.pairs import remove_pairs
from movescreen.app.records import Records
from movescreen.app.screening import Screening
from movescreen.client.visits.corrections import Correction, clip_corrections, judgements_of
from movescreen.client.visits.visit import ClipRecord, record_screening
from movescreen.codec import from_plain
from movescreen.doors import Door, name_inside
from movescreen.errors import InputError, VideoError
from movescreen.files import keep, staged_folder
from movescreen.model import ClipResult, Demographics, Judgement
from movescreen.pipeline import catalog_of
from movescreen.report import formats_of_clips, usual_formats, write_result
from movescreen.report.documents.load import load
from movescreen.report.documents.reanalyze import ReloadedClip, reload_clip
from movescreen.report.documents.registry import LAST_FILE, without_pictures
from movescreen.report.documents.screening import judgements_of_clip, write_screening
from movescreen.report.figures.pictures import ClipPictures, take_pictures
from movescreen.report.formats.key_pictures import kept_pictures

_SCREENING = Door("result of a screening", "run 'movescreen screen' again")


def remake_result(
    records: Records, folder: Path, video: Path | None = None, formats: Sequence[str] = (), *,
    corrections: Sequence[Correction] | None = None, client: str | None = None,
) -> list[Path]:  # fmt: skip
    """Make the files of a result again, of a clip or of a screening.

    Parameters
    ----------
    records
        The clients: somebody under a red flag, or who does not agree to pictures any more, is heard.
    folder
        Folder of the result.
    corrections
        What the trainer put right of it; what lies beside it and in the records when None.
    client
        Whose it is from now on: what was measured is written again with this name, and nothing is analyzed; None = as it was.

    Raises
    ------
    InputError
        When it is not the folder of a result.
    NeedsReferral
        When a red flag of the client stops whatever is screened. Nothing was written.
    """
    kept = read_kept(folder)
    said = corrections_of(records, folder) if corrections is None else corrections
    whose = str(kept.get("client", "")) if client is None else client
    person = _person(kept, folder) if client is None else None
    screening = Screening.reopen(records, whose, str(kept.get("recorded", "")), person)
    if not screening.subject.pictures:
        forget_own_pictures(folder)
    if kept.get("kind") == "screening":
        return _remake_screening(records, screening, folder, kept, formats, said, measured=client is not None)
    clip = _loaded(folder) if client is not None else _reload(records, folder, said)
    return _remake_clip(screening, folder, clip, video, formats, judgements_of(said))


def _reload(records: Records, folder: Path, corrections: Sequence[Correction]) -> ReloadedClip:
    own = next(iter(recordings_of(folder)), "")
    return reload_clip(folder, records.catalog, clip_corrections(corrections, own))


def _person(kept: dict[str, Any], folder: Path) -> Demographics:
    with _SCREENING.taking(folder / "result.json"):
        return from_plain(Demographics, kept.get("person", {}), "person")


def _loaded(folder: Path) -> ReloadedClip:
    """Return a clip as it was measured."""
    kept, result = read_kept(folder), load(folder)
    if not isinstance(result, ClipResult):
        raise InputError(f"{folder} is not the result of a clip", "give the folder of a clip")
    return ReloadedClip(result, str(kept.get("client", "")), str(kept.get("recorded", "")))


def _remake_clip(
    screening: Screening, folder: Path, clip: ReloadedClip, video: Path | None, formats: Sequence[str],
    judgements: Sequence[Judgement],
) -> list[Path]:  # fmt: skip
    wanted, subject = usual_formats(*formats), screening.subject
    if not subject.pictures:
        return write_result(
            clip.result, folder, without_pictures(wanted), client=subject.name, recorded=clip.recorded,
            pictures=ClipPictures(), anew=True, judgements=judgements, label=subject.label,
        )  # fmt: skip
    if video:
        pictures = take_pictures(clip.result, video, film=subject.films)
    else:
        pictures = kept_pictures(folder, clip.result, film=subject.films)
    return write_result(
        clip.result, folder, wanted, video_path=video, client=subject.name, recorded=clip.recorded, pictures=pictures,
        judgements=judgements, label=subject.label,
    )  # fmt: skip


def _remake_screening(
    records: Records, screening: Screening, folder: Path, kept: dict[str, Any], formats: Sequence[str],
    corrections: Sequence[Correction], *, measured: bool = False,
) -> list[Path]:  # fmt: skip
    if of_clips := formats_of_clips(formats):
        raise InputError(f"{', '.join(of_clips)} is written of a clip", "give the folder of one of the clips")
    with _SCREENING.taking(folder / "result.json"):
        folders = [name_inside(str(clip["folder"])) for clip in kept["clips"]]
        failed = {str(f["file"]): VideoError(str(f["error"])) for f in kept.get("failed", ())}
        pain = from_plain(tuple[str, ...], kept.get("pain", []), "pain")
        recorded = str(kept.get("recorded", ""))
        if len(set(folders)) < len(folders):
            raise ValueError("it names a clip twice")
    clips = {
        name: _loaded(folder / name) if measured else _reload(records, folder / name, corrections) for name in folders
    }
    merged = screening.merge([clip.result for clip in clips.values()], failed, pain)
    said = judgements_of(corrections)
    there = [path for path in folder.iterdir() if not path.name.startswith(".")]
    with staged_folder(folder, last=LAST_FILE, drop=[path.name for path in there]) as stage:
        for path in there:
            keep(path, stage / path.name)
        written = [
            path
            for number, (name, clip) in enumerate(clips.items())
            for path in _remake_clip(screening, stage / name, clip, None, (), judgements_of_clip(merged, number, said))
        ]
        if not screening.subject.pictures:
            remove_pairs(stage)
        written += write_screening(
            merged, stage, folders, recorded=recorded, formats=formats, anew=not screening.subject.pictures,
            watch=screening.watch(), judgements=said, label=screening.subject.label,
        )  # fmt: skip
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
        results = [_reload(records, each.folder / clip.folder, each.corrections).result for clip in clips]
        again = record_screening(screening.merge(results, {}, ()), catalog_of(results), [clip.folder for clip in clips])
        agreed = screening.subject.pictures
        pictured = [_with_pictures(new, old if agreed else None) for new, old in zip(again.clips, clips, strict=True)]
        store.replace_screening(code, each, again.model_copy(update={"clips": tuple(pictured)}))
        if not agreed:
            store.remove_pictures(code, each)
            forget_own_pictures(each.folder)


def _with_pictures(new: ClipRecord, old: ClipRecord | None) -> ClipRecord:
    return new.model_copy(update={"pictures": old.pictures if old is not None else ()})
