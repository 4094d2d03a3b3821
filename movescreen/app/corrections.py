"""Where lies what the trainer put right of a result: beside it, and in the records of its client."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from movescreen.app.records import Records
from movescreen.app.red_flag_gate import agreed_to_pictures
from movescreen.client.dates import read_past_day
from movescreen.client.visits.corrections import Correction, join_corrections, without_pictures
from movescreen.errors import InputError
from movescreen.report.documents.corrections import read_corrections, write_corrections
from movescreen.report.documents.registry import LAST_FILE
from movescreen.report.formats.json import CONTENTS, RESULT
from movescreen.report.formats.poses import POSES_FILE

if TYPE_CHECKING:
    from movescreen.records.entries import KeptScreening

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: What was done in a guided session, as its folder names it.
SESSION_FILE = "session.json"


@dataclass(frozen=True)
class KeptPlace:
    """Where a recording is kept with a client."""

    code: str
    day: date
    kept: KeptScreening


def read_kept(folder: Path) -> dict[str, Any]:
    """Return what ``result.json`` says; nothing when it cannot be read, which those who read clips complain of."""
    with contextlib.suppress(InputError):
        return RESULT.read_json(folder / LAST_FILE)
    return {}


def home_of(folder: Path) -> Path:
    """Return the folder that holds the corrections of a result: that of the screening, for one of its clips."""
    whole = Path(os.path.realpath(folder))  # resolve() fails at links that lead in a circle
    return whole.parent if whole.name in _clips_of(whole.parent) else folder


def _clips_of(folder: Path) -> list[str]:
    kept = read_kept(folder)
    if kept.get("kind") != "screening":
        return []
    return [str(clip["folder"]) for clip in kept.get("clips", ()) if isinstance(clip, dict) and clip.get("folder")]


def result_folders(folder: Path) -> list[Path]:
    """Return the folders with a result: this one or, of a single clip as it is kept with a client, the one inside."""
    return [folder] if (folder / LAST_FILE).is_file() else sorted(path.parent for path in folder.glob(f"*/{LAST_FILE}"))


def recordings_of(folder: Path) -> dict[str, Path]:
    """Return hash of the poses -> folder of the clip, for every recording of a result."""
    found = {}
    for result in result_folders(folder):
        for clip in [result / name for name in _clips_of(result)] or [result]:
            contents = read_kept(clip).get(CONTENTS)
            if isinstance(contents, dict) and POSES_FILE in contents:
                found[str(contents[POSES_FILE])] = clip
    return found


def find_kept(records: Records, folder: Path) -> KeptPlace | None:
    """Return where the very recordings of a result are kept with a client; None when they are not."""
    code = str(read_kept(folder).get("client", ""))
    if not records.knows(code):
        return None
    mine = set(recordings_of(folder))
    likely = day_of(folder)
    for day in sorted(records.store.visit_days().get(code, ()), key=lambda each: abs(each - likely)):
        for kept in records.store.screenings(code, day):
            if kept.folder is not None and mine & set(recordings_of(kept.folder)):
                return KeptPlace(code, day, kept)
    return None


def corrections_of(records: Records, folder: Path) -> tuple[Correction, ...]:
    """Return all that was put right of a result, from beside it and from the client's records, the oldest first."""
    home = home_of(folder)
    place = find_kept(records, home)
    own = own_corrections(home)
    said = join_corrections(own, place.kept.corrections if place else ())
    return said if may_show_pictures(records, str(read_kept(home).get("client", ""))) else without_pictures(said)


def may_show_pictures(records: Records, client: str) -> bool:
    """Return whether pictures may be kept and shown: of a client as the latest intake says, of others as whoever filmed asked."""
    return not records.knows(client) or agreed_to_pictures(records.store, client)


def forget_own_pictures(folder: Path) -> None:
    """Take the trainer's own pictures out of what lies beside a result."""
    said = read_corrections(folder)
    if any(each.pictures for each in said):
        write_corrections(folder, without_pictures(said))


def own_corrections(folder: Path) -> tuple[Correction, ...]:
    """Return what lies beside a result and is about its recordings: another one may have lain in the folder before."""
    said = read_corrections(folder)
    mine = recordings_of(folder) if said else {}
    return tuple(each for each in said if each.clip in mine)


def answering_clip(folder: Path, movement: str, check_id: str, side: str) -> str:
    """Return the hash of the recording that a finding of a result was made from; empty when it has no such finding."""
    for result in result_folders(folder):
        data, clips = read_kept(result), {path: sha for sha, path in recordings_of(result).items()}
        if data.get("kind") != "screening":
            return next(iter(clips.values()), "")
        for each in data.get("findings", ()):
            if (each.get("movement"), each.get("check_id"), each.get("side")) == (movement, check_id, side):
                return clips.get(result / str(data["clips"][each["clip"]]["folder"]), "")
    return ""


def day_of(folder: Path) -> date:
    """Return the day of a result: as it says, else as its folder is called, else today."""
    for said in (str(read_kept(folder).get("recorded", "")), read_session(folder).get("recorded", ""), folder.name):
        if found := _DAY.match(str(said)):
            try:
                return read_past_day(found[0])
            except InputError:
                continue
    return date.today()


def read_session(folder: Path) -> dict[str, object]:
    """Return what was done in a guided session; nothing for clips."""
    try:
        return dict(RESULT.read_json(folder / SESSION_FILE))
    except InputError:
        return {}


def label_of(records: Records, client: str) -> str:
    """Return how pages name a person: code and name of a client, else as typed."""
    return records.store.client(client).label if records.knows(client) else client
