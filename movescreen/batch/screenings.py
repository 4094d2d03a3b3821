"""Clips of one client and one day, as a manifest names them, merged into a screening."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from movescreen.batch.items import BatchItem, safe_name
from movescreen.batch.record import Record
from movescreen.batch.storage import RECORDS, Store
from movescreen.errors import MovescreenError
from movescreen.pipeline import catalog_of
from movescreen.report.documents.reload import NEEDED_FILES, reload_clip
from movescreen.report.documents.screening import write_screening
from movescreen.report.formats.key_pictures import MARKED_FILE, PLAIN_FILE
from movescreen.screening import merge_clips

#: Folder of the screenings inside the results.
FOLDER = "screenings"


@dataclass(frozen=True)
class Visit:
    """One client on one day.

    Attributes
    ----------
    client, date
        As the manifest has them.
    folder
        Folder of the screening inside the results.
    records
        The clips that have a result, in the order of the manifest.
    failed
        Name of each clip without one, and why.
    """

    client: str
    date: str
    folder: str
    records: tuple[Record, ...]
    failed: Mapping[str, str]


def find_visits(items: Sequence[BatchItem], records: Mapping[str, Record]) -> list[Visit]:
    """Group the clips by client and date; a client with a single clip, or clips without a client, make no screening.

    Parameters
    ----------
    items
        All clips of the batch.
    records
        Folder -> what became of it.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for item in items:
        if item.client and item.folder in records:
            groups.setdefault((item.client, item.date), []).append(records[item.folder])
    visits: list[Visit] = []
    taken: set[str] = set()
    for (client, date), found in groups.items():
        usable = tuple(record for record in found if record.has_files)
        if len(found) < 2 or not usable:
            continue
        name = safe_name(f"{client} {date}".strip())
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        failed = {record.file: str(record.summary["error"]) for record in found if not record.has_files}
        visits.append(Visit(client, date, f"{FOLDER}/{name}", usable, failed))
    return visits


def write_visit(visit: Visit, store: Store) -> None:
    """Write the screening of a visit, unless the one that is there was made from the same clips.

    Raises
    ------
    InputError
        When it cannot be written, or the files of a clip are damaged.
    """
    made_of = _made_of(visit)
    mark = f"{RECORDS}/{visit.folder}.json"
    if store.read_text(mark) == made_of and store.exists(f"{visit.folder}/result.json"):
        return
    with _clip_folders(visit, store) as folders:
        results = [reload_clip(folder).result for folder in folders]
        failed = {name: MovescreenError(why) for name, why in visit.failed.items()}
        merged = merge_clips(results, catalog_of(results), visit.client, failed)
        links = [f"../../{record.folder}" for record in visit.records]
        with store.folder(visit.folder) as out:
            write_screening(merged, out, links, recorded=visit.date, pictures_from=folders)
    store.write_text(mark, made_of)


def _made_of(visit: Visit) -> str:
    clips = [(record.folder, record.asked, record.content) for record in visit.records]
    text = json.dumps([visit.client, visit.date, clips, dict(visit.failed)])
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


@contextlib.contextmanager
def _clip_folders(visit: Visit, store: Store) -> Iterator[list[Path]]:
    with contextlib.ExitStack() as stack:
        wanted = (*NEEDED_FILES, MARKED_FILE, PLAIN_FILE)
        yield [stack.enter_context(store.fetched(record.folder, wanted)) for record in visit.records]
