"""The trainer puts something right: a word on a finding, a repetition left out, a movement named. What follows is made to obey it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from movescreen.app.corrections import (
    KeptPlace,
    answering_clip,
    corrections_of,
    find_kept,
    home_of,
    label_of,
    may_show_pictures,
    own_corrections,
    read_kept,
    recordings_of,
    result_folders,
)
from movescreen.app.rebuilding import redo_visit, remake_result
from movescreen.app.records import Records
from movescreen.app.screening import Screening
from movescreen.catalog import load_catalog
from movescreen.client.intake.model import describe_mistakes
from movescreen.client.visits.corrections import (
    Correction,
    clip_corrections,
    find_left_out,
    join_corrections,
    judgements_of,
)
from movescreen.errors import InputError, UnknownNameError
from movescreen.model import ClipResult, Finding, FloatArray, JudgedFinding, Judgement, ScreeningResult, Status, judge
from movescreen.model.moved import MovedJoint
from movescreen.report import write_result
from movescreen.report.documents.corrections import write_corrections
from movescreen.report.documents.load import load
from movescreen.report.documents.screening import judgements_of_clip, write_screening
from movescreen.report.formats.json import read_result_json
from movescreen.report.formats.key_pictures import kept_pictures


def make_correction(**told: Any) -> Correction:
    """Return an entry, or raise InputError saying what is missing."""
    try:
        return Correction.model_validate(told)
    except ValidationError as error:
        raise InputError(f"this cannot be kept: {describe_mistakes(error)}", "say who, what and why") from error


def name_finding(findings: Iterable[Finding], text: str) -> tuple[str, str, str]:
    """Return movement, check and side that ``CHECK``, ``MOVEMENT:CHECK`` or ``MOVEMENT:CHECK:SIDE`` means.

    Raises
    ------
    UnknownNameError
        When there is none, or several are meant.
    """
    known = {f"{f.movement}:{f.check_id}:{f.side}".rstrip(":"): (f.movement, f.check_id, f.side) for f in findings}
    meant = [
        key for key in known if text in (key, key.partition(":")[2], key.split(":")[1], ":".join(key.split(":")[:2]))
    ]
    exact = [text] if text in known else meant
    if len(exact) != 1:
        raise UnknownNameError("finding", text, exact or known)
    return known[exact[0]]


# --- one's word on a finding ---------------------------------------------------------------


def judge_result(records: Records, folder: Path, added: Correction) -> None:
    """Keep a word on a finding of a result, and make its pages and tables say so; nothing is analyzed.

    Parameters
    ----------
    added
        A judgement, or one that is taken back.

    Raises
    ------
    InputError
        When the result has no such finding, or there is nothing to confirm or to take back.
    """
    home = home_of(folder)
    _ensure_consent(records, str(read_kept(home).get("client", "")), added)
    result = load(home)
    _ensure_fitting(result.findings, corrections_of(records, home), added)
    _keep(records, home, [_bound(home, added)])


def judge_visit(records: Records, code: str, day: date, added: Correction) -> None:
    """Keep a word on a finding of a client's visit; raises as :func:`judge_result` does."""
    store = records.store
    _ensure_consent(records, code, added)
    found = [each for each in store.screenings(code, day) if _has(each.record.findings, added)]
    if not found:
        _ensure_fitting([f for each in store.screenings(code, day) for f in each.record.findings], (), added)
    assessed = [each for each in found if any(_is_meant(f, added) and f.status is not Status.NOT_ASSESSED for f in each.record.findings)]  # fmt: skip
    kept = (assessed or found)[-1]
    _ensure_fitting(kept.record.findings, kept.corrections, added)
    added = _bound(kept.folder, added) if kept.folder is not None else added
    store.add_corrections(code, day, kept, [added])
    if kept.folder is not None:
        refresh_pages(records, kept.folder, join_corrections(kept.corrections, [added]))


def _ensure_consent(records: Records, client: str, added: Correction) -> None:
    if added.pictures and not may_show_pictures(records, client):
        raise InputError(
            f"{client} has not agreed to pictures, so none is kept", "keep your word without one, or ask in the intake"
        )


def _bound(folder: Path, added: Correction) -> Correction:
    """Return a word with the recording that it is about."""
    return added.model_copy(update={"clip": answering_clip(folder, added.movement, added.check_id, added.side)})


def _is_meant(finding: Finding, added: Correction) -> bool:
    return (finding.movement, finding.check_id, finding.side) == (added.movement, added.check_id, added.side)


def _has(findings: Iterable[Finding], added: Correction) -> bool:
    return any(_is_meant(f, added) for f in findings)


def _ensure_fitting(findings: Sequence[Finding], before: Sequence[Correction], added: Correction) -> None:
    meant = next((f for f in findings if _is_meant(f, added)), None)
    if meant is None:
        known = [f"{f.movement}:{f.check_id}{':' + f.side if f.side else ''}" for f in findings]
        wanted = f"{added.movement}:{added.check_id}{':' + added.side if added.side else ''}"
        raise UnknownNameError("finding", wanted, known)
    if added.verdict == "confirmed" and meant.status is Status.NOT_ASSESSED:
        raise InputError("the camera says nothing about this finding", "say what you saw: there, or not there")
    if added.taken_back and not isinstance(judge([meant], judgements_of(before))[0], JudgedFinding):
        raise InputError("nothing was said about this finding yet", "there is nothing to take back")


def _keep(records: Records, home: Path, added: Sequence[Correction]) -> None:
    """Keep entries beside a result and, when its recordings are a client's, in the records; the pages of both say so."""
    place, said = find_kept(records, home), join_corrections(corrections_of(records, home), added)
    if place is not None:
        records.store.add_corrections(place.code, place.day, place.kept, said)
        if place.kept.folder is not None:
            refresh_pages(records, place.kept.folder, said)
    refresh_pages(records, home, said)


def refresh_pages(
    records: Records, folder: Path, corrections: Sequence[Correction] | None = None, *, anew: bool = False
) -> None:
    """Write pages and tables of a result with the trainer's word on its findings; ``result.json`` stays as it is.

    Parameters
    ----------
    anew
        No page of it says anything yet, whatever lies beside it.

    Raises
    ------
    InputError
        When the result cannot be loaded.
    """
    said = corrections_of(records, folder) if corrections is None else tuple(corrections)
    before, now = judgements_of(() if anew else own_corrections(folder)), judgements_of(said)
    for each in result_folders(folder):
        result, data = load(each), read_result_json(each / "result.json")
        label = label_of(records, str(data.get("client", "")))
        if isinstance(result, ClipResult):
            _refresh_clip(each, result, data, now, label)
        else:
            _refresh_screening(each, result, data, now, label, before)
    write_corrections(folder, said)  # last: what is not said there yet is made again


def _refresh_screening(
    folder: Path, screening: ScreeningResult, data: Mapping[str, Any], said: Sequence[Judgement], label: str,
    before: Sequence[Judgement],
) -> None:  # fmt: skip
    names = [str(clip["folder"]) for clip in data["clips"]]
    for number, name in enumerate(names):
        was, now = (judgements_of_clip(screening, number, each) for each in (before, said))
        if was != now:  # drawing the curves of a clip takes a second
            about = read_result_json(folder / name / "result.json")
            _refresh_clip(folder / name, screening.clips[number], about, now, label)
    write_screening(screening, folder, names, str(data.get("recorded", "")), judgements=said, label=label)


def _refresh_clip(
    folder: Path, clip: ClipResult, data: Mapping[str, Any], said: Sequence[Judgement], label: str
) -> None:
    # without consent a client's files hold no page
    shown = ["html"] if (folder / "report.html").is_file() else []
    write_result(
        clip, folder, ["csv", *shown], client=str(data.get("client", "")), recorded=str(data.get("recorded", "")),
        pictures=kept_pictures(folder, clip), judgements=said, label=label,
    )  # fmt: skip


def bring_up_to_date(records: Records, folder: Path) -> tuple[Correction, ...]:
    """Return what was put right of a result; when its pages do not say all of it yet, they are made again."""
    said = corrections_of(records, folder)
    if {each.id for each in said} != {each.id for each in own_corrections(folder)}:
        _apply(records, folder, said)
    return said


# --- the recording itself -----------------------------------------------------------------


def correct_recording(records: Records, folder: Path, added: Correction) -> None:
    """Keep what was put right of a recording, and analyze it again from its poses: a repetition left out, a movement named.

    Raises
    ------
    InputError
        When the result has no such recording or repetition.
    NeedsReferral
        When a red flag of the client stops whatever is screened.
    """
    home = home_of(folder)
    before = corrections_of(records, home)
    _keep_and_redo(records, home, _with(home, before, added, records.catalog), find_kept(records, home))


def correct_visit(records: Records, code: str, day: date, added: Correction) -> None:
    """Keep what was put right of a recording of a client's visit, and analyze the visit again; raises as :func:`correct_recording` does."""
    for kept in records.store.screenings(code, day):
        if kept.folder is not None and added.clip in recordings_of(kept.folder):
            said = _with(kept.folder, kept.corrections, added, records.catalog)
            _keep_and_redo(records, kept.folder, said, KeptPlace(code, day, kept))
            return
    raise InputError(f"{code} has no such recording on {day}", f"see 'movescreen visit list {code}'")


def _keep_and_redo(records: Records, folder: Path, said: Sequence[Correction], place: KeptPlace | None) -> None:
    if place is not None:
        Screening.reopen(records, place.code, place.day.isoformat())  # a red flag stops it before anything is written
        records.store.add_corrections(place.code, place.day, place.kept, said)
        redo_visit(records, place.code, place.day)
        if place.kept.folder is not None and place.kept.folder != folder:
            _apply(records, place.kept.folder, said)
    _apply(records, folder, said)


def _apply(records: Records, folder: Path, said: Sequence[Correction], *, anew: bool = False) -> None:
    """Make a result say what was put right of it: analyzed again where a recording was corrected."""
    if not _changes_recording(said):
        refresh_pages(records, folder, said, anew=anew)
        return
    for target in result_folders(folder):
        remake_result(records, target, corrections=said)
    write_corrections(folder, said)


def _changes_recording(said: Iterable[Correction]) -> bool:
    return any(each.kind != "judgement" for each in said)


def apply_again(records: Records, folder: Path) -> None:
    """Make a result that was just analyzed anew obey what had been put right of the same recordings."""
    if not (said := corrections_of(records, folder)):
        return
    place = find_kept(records, folder)
    if place is not None and _changes_recording(said):
        _keep_and_redo(records, folder, said, place)
    else:
        _apply(records, folder, said, anew=True)


def _with(
    folder: Path, before: Sequence[Correction], added: Correction, catalog: Sequence[str]
) -> tuple[Correction, ...]:
    """Return the entries with one more, once it is known to fit; what was named says what was asked before."""
    _ensure_recording(folder, before, added)
    if added.kind == "moved" and not added.taken_back:
        added = added.model_copy(update={"span_s": _span_of(recordings_of(folder)[added.clip], added)})
    if added.kind == "named":
        known = [each.asked for each in before if each.clip == added.clip and each.asked]
        asked = known[0] if known else _asked(recordings_of(folder)[added.clip])
        if added.movement:
            load_catalog(catalog).movement(added.movement)
        added = added.model_copy(update={"asked": asked})
    return join_corrections(before, [added])


def _asked(clip: Path) -> tuple[str, str, str]:
    settings = read_result_json(clip)["provenance"]["settings"]
    movement, view, side = (str(settings.get(key, none)) for key, none in (("movement", "auto"), ("view", "auto"), ("side", "")))  # fmt: skip
    return movement, view, side


def _ensure_recording(folder: Path, before: Sequence[Correction], added: Correction) -> None:
    clips = recordings_of(folder)
    if added.clip not in clips:
        raise InputError("this result has no such recording", "name one of its clips")
    if added.kind not in ("left_out", "moved") or added.turn_s is None:
        return
    clip = load(clips[added.clip])
    assert isinstance(clip, ClipResult)
    if added.kind == "moved":
        _ensure_movable(clip, clip_corrections(before, added.clip).moved, added)
        return
    out = clip_corrections(before, added.clip).left_out
    if added.taken_back:
        if added.turn_s not in out:
            raise InputError("this repetition was not left out", "there is nothing to put back")
    elif not any(find_left_out(rep, [added.turn_s]) is not None for rep in clip.reps):
        raise InputError(f"no repetition goes on at {added.turn_s:.1f} s", "see the table of repetitions in the report")
    elif sum(rep.complete for rep in clip.reps) < 2:
        raise InputError("it is the only repetition: nothing would be left", "delete the clip, or record it again")


def _ensure_movable(clip: ClipResult, before: Sequence[MovedJoint], added: Correction) -> None:
    moment = added.turn_s or 0.0
    if added.taken_back:
        if not any(m.joint == added.joint and m.span_s[0] <= moment < m.span_s[3] for m in before):
            raise InputError("this joint was not moved", "there is nothing to take back")
        return
    if not any(rep.contains(moment) for rep in clip.reps):
        raise InputError(f"no repetition goes on at {moment:.1f} s", "see the table of repetitions in the report")
    place = joint_at(clip, added.joint, moment) + (added.by_px or (0.0, 0.0))
    if not (np.isfinite(place) & (place >= 0) & (place <= clip.poses.image_size_px)).all():
        raise InputError(
            f"the {added.joint.replace('_', ' ')} would lie outside of the picture, or was not seen",
            f"the picture has {clip.poses.image_size_px[0]} by {clip.poses.image_size_px[1]} pixels",
        )


def joint_at(clip: ClipResult, joint: str, moment_s: float) -> FloatArray:
    """Return where the camera saw a joint, px to the right and down; NaN where it did not."""
    place: FloatArray = clip.poses.xy(joint)[int(np.argmin(np.abs(clip.poses.time_s - moment_s)))]
    return place


def _span_of(path: Path, added: Correction) -> tuple[float, float, float, float]:
    clip, moment = load(path), added.turn_s or 0.0
    assert isinstance(clip, ClipResult)
    rep = next(rep for rep in clip.reps if rep.contains(moment))
    known = np.isfinite([rep.turn_start_s, rep.turn_end_s]).all()
    low, high = (rep.turn_start_s, rep.turn_end_s) if known else (rep.turn_s, rep.turn_s)
    return rep.start_s, max(min(low, moment), rep.start_s), min(max(high, moment), rep.end_s), rep.end_s


@dataclass(frozen=True)
class Place:
    """What may be put right: a result on the disk (``folder``), or a client's visit."""

    records: Records
    folder: Path | None
    code: str = ""
    day: date = date.min

    @property
    def findings(self) -> list[Finding]:
        """The findings with the trainer's word."""
        if self.folder is not None:
            said = judgements_of(corrections_of(self.records, self.folder))
            return list(judge(load(home_of(self.folder)).findings, said))
        return [f for v in self.records.store.visits(self.code) if v.day == self.day for f in v.findings]

    @property
    def said(self) -> tuple[Correction, ...]:
        """What was put right, the oldest first."""
        if self.folder is not None:
            return corrections_of(self.records, self.folder)
        return tuple(c for k in self.records.store.screenings(self.code, self.day) for c in k.corrections)

    @property
    def clips(self) -> dict[str, tuple[str, Path]]:
        """Name of a clip's folder -> hash of its poses, and its folder."""
        kept = [k.folder for k in self.records.store.screenings(self.code, self.day)] if self.folder is None else []
        folders = [home_of(self.folder)] if self.folder is not None else [folder for folder in kept if folder]
        return {path.name: (sha, path) for folder in folders for sha, path in recordings_of(folder).items()}

    def clip(self, wanted: str) -> tuple[str, Path]:
        """Return hash and folder of a clip by its name, or raise UnknownNameError."""
        if wanted not in self.clips:
            raise UnknownNameError("clip", wanted, self.clips)
        return self.clips[wanted]

    def judge(self, added: Correction) -> None:
        """Keep a word on a finding."""
        if self.folder is not None:
            judge_result(self.records, self.folder, added)
        else:
            judge_visit(self.records, self.code, self.day, added)

    def correct(self, added: Correction) -> None:
        """Keep what was put right of a recording, and analyze it again."""
        if self.folder is not None:
            correct_recording(self.records, self.folder, added)
        else:
            correct_visit(self.records, self.code, self.day, added)
