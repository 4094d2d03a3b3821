"""Clips of one client and one day, as a manifest names them: admitted together, merged into one screening, kept once."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from movescreen.app import FinishedScreening, Records, Screening
from movescreen.batch.clip_record import Record
from movescreen.batch.items import BatchItem, safe_name
from movescreen.batch.storage import RECORDS, Store
from movescreen.errors import InputError, MovescreenError
from movescreen.report.documents.reanalyze import NEEDED_FILES, reload_clip
from movescreen.report.formats.key_pictures import MARKED_FILE, PLAIN_FILE

#: Folder of the screenings inside the results.
FOLDER = "screenings"
#: Client and day of a clip, as the manifest has them.
Key = tuple[str, str]


class Admissions:
    """Who may be screened in a batch: one screening for each client and day.

    Parameters
    ----------
    records
        The clients.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._opened: dict[Key, Screening | MovescreenError] = {}

    def admit(self, item: BatchItem) -> BatchItem | MovescreenError:
        """Return a clip with what its client agreed to, or why it may not be analyzed."""
        opened = self.screening_of(item)
        if isinstance(opened, InputError) and opened.hint:
            # a table has one cell for what is wrong and what to write instead
            told = copy.copy(opened)
            told.message = f"{opened.message}: {opened.hint}"
            return told
        if isinstance(opened, MovescreenError):
            return opened
        return replace(item, pictures=opened.subject.pictures, films=opened.subject.films)

    def screening_of(self, item: BatchItem) -> Screening | MovescreenError:
        """Return the screening that a clip belongs to, or why there is none."""
        key = item.client, item.date
        if key not in self._opened:
            try:
                self._opened[key] = Screening.open(self._records, *key)
            except MovescreenError as error:
                self._opened[key] = error
        return self._opened[key]


@dataclass(frozen=True, kw_only=True)
class ClipGroup:
    """The clips of one client on one day.

    Attributes
    ----------
    screening
        Who, and when.
    folder
        Folder of the screening inside the results.
    records
        The clips that have a result, in the order of the manifest.
    failed
        Name of each clip without one, and why.
    """

    screening: Screening
    folder: str
    records: tuple[Record, ...]
    failed: Mapping[str, str]

    @property
    def client(self) -> str:
        """The client, as the manifest has it."""
        return self.screening.subject.name

    @property
    def date(self) -> str:
        """The day, as the manifest has it."""
        return self.screening.recorded


def find_groups(items: Sequence[BatchItem], records: Mapping[str, Record], admissions: Admissions) -> list[ClipGroup]:
    """Group the clips by client and day.

    One clip of somebody who is not in the records makes no screening: its own report says all of it. Clips without a client make none.

    Parameters
    ----------
    items
        All clips of the batch.
    records
        Folder -> what became of it.
    admissions
        Who is screened.
    """
    found: dict[Key, list[BatchItem]] = {}
    for item in items:
        if item.client and item.folder in records:
            found.setdefault((item.client, item.date), []).append(item)
    groups: list[ClipGroup] = []
    taken: set[str] = set()
    for clips in found.values():
        screening = admissions.screening_of(clips[0])
        done = [records[item.folder] for item in clips]
        usable = tuple(record for record in done if record.has_files)
        if isinstance(screening, MovescreenError) or not usable or (len(clips) < 2 and not screening.subject.code):
            continue
        name = safe_name(f"{clips[0].client} {clips[0].date}".strip())
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        failed = {record.file: str(record.summary["error"]) for record in done if not record.has_files}
        groups.append(ClipGroup(screening=screening, folder=f"{FOLDER}/{name}", records=usable, failed=failed))
    return groups


def write_group(group: ClipGroup, store: Store) -> FinishedScreening | None:
    """Write the screening of a group and keep it with the client.

    Returns
    -------
    FinishedScreening or None
        None when the one that is there was made from the same clips.

    Raises
    ------
    InputError
        When it cannot be written, or the files of a clip are damaged.
    """
    made_of = _made_of(group)
    mark = f"{RECORDS}/{group.folder}.json"
    if store.read_text(mark) == made_of and store.exists(f"{group.folder}/result.json"):
        return None
    with _clip_folders(group, store) as folders:
        links = [Path("../..", record.folder) for record in group.records]
        results = {link: reload_clip(folder).result for link, folder in zip(links, folders, strict=True)}
        failed = {name: MovescreenError(why) for name, why in group.failed.items()}
        with store.folder(group.folder) as out:
            finished = group.screening.finish(results, failed, out, folders=folders)
    if finished.not_kept is None:
        store.write_text(mark, made_of)
    return finished


def _made_of(group: ClipGroup) -> str:
    clips = [(record.folder, record.asked, record.content) for record in group.records]
    subject = group.screening.subject
    about = [subject.name, subject.code, subject.demographics.age, subject.demographics.sex, group.date]
    text = json.dumps([about, clips, dict(group.failed)])
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


@contextlib.contextmanager
def _clip_folders(group: ClipGroup, store: Store) -> Iterator[list[Path]]:
    with contextlib.ExitStack() as stack:
        wanted = (*NEEDED_FILES, MARKED_FILE, PLAIN_FILE)
        yield [stack.enter_context(store.fetched(record.folder, wanted)) for record in group.records]
