"""What a batch keeps of every finished clip, so that nothing is analyzed twice and the tables can be made at any time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from movescreen.app.corrections import own_corrections
from movescreen.batch.items import BatchItem
from movescreen.batch.storage import RECORDS, Store
from movescreen.client.visits.corrections import judgements_of
from movescreen.codec import from_plain, to_plain
from movescreen.errors import AnalysisError, InputError, MovescreenError, VideoError
from movescreen.model import SCHEMA_VERSION, ClipResult, Status, judge
from movescreen.report.documents.load import load
from movescreen.report.formats.tables import error_row, findings_table, measures_table, reps_table, summary_row
from movescreen.report.sections.ranking import ordered_findings

#: Errors that the same clip would give again; all others are tried anew by the next run.
_LASTING = frozenset({VideoError.code, AnalysisError.code, *(kind.code for kind in AnalysisError.__subclasses__())})


@dataclass(frozen=True)
class Table:
    """A table as JSON holds it: full precision, None where nothing is."""

    columns: list[str]
    rows: list[list[Any]]

    @classmethod
    def of(cls, frame: pd.DataFrame, **first: str) -> Table:
        """Take over a data frame, with columns of one value each in front."""
        rows = to_plain(list(frame.itertuples(index=False, name=None)))
        return cls([*first, *map(str, frame.columns)], [[*first.values(), *row] for row in rows])


@dataclass(frozen=True)
class Record:
    """A finished clip.

    Attributes
    ----------
    file, folder
        As in the item.
    asked
        Hash over everything but the clip that the result depends on.
    fingerprint, content
        Size and time of the clip's file, and the SHA-256 of its bytes; empty where it could not be read.
    run
        Which run made it.
    summary
        The clip's row of ``summary.csv``.
    reps, findings, measures
        Its rows of ``reps.csv``, ``findings.csv`` and ``measures.csv``.
    worst
        Greatest severity among what was flagged, 0..1.
    thumbnail
        A small picture as a data address; may be empty.
    headline
        Titles of what was flagged.
    lasting
        False for failures that another try might not meet.
    seconds
        Time the analysis took, s.
    trace
        Where a bug was met; empty otherwise.
    """

    file: str
    folder: str
    asked: str
    fingerprint: str
    content: str
    run: str
    summary: dict[str, Any]
    reps: Table = field(default_factory=lambda: Table([], []))
    findings: Table = field(default_factory=lambda: Table([], []))
    measures: Table = field(default_factory=lambda: Table([], []))
    worst: float = 0.0
    thumbnail: str = ""
    headline: tuple[str, ...] = ()
    lasting: bool = True
    seconds: float = 0.0
    trace: str = ""

    @property
    def has_files(self) -> bool:
        """Whether there is a folder with results."""
        return bool(self.summary["status"] != "error")


def record_result(
    item: BatchItem, result: ClipResult, *, asked: str, fingerprint: str, run: str, thumbnail: str, seconds: float
) -> Record:
    """Return the record of a clip that was analyzed."""
    return Record(
        item.file, item.folder, asked, fingerprint, result.video.sha256, run, **_rows(result, item.file, item.client),
        thumbnail=thumbnail, seconds=seconds,
    )  # fmt: skip


def _rows(result: ClipResult, file: str, client: str) -> dict[str, Any]:
    """Return the parts of a record that say what was found."""
    flagged = [f for f in ordered_findings(result.findings) if f.status is Status.FLAGGED]
    whose, view = {"file": file, "client": client}, result.view.kind.value
    return {
        "summary": to_plain(summary_row(result, client, file)),
        "reps": Table.of(reps_table(result), **whose, movement=result.movement.name, view=view),
        "findings": Table.of(findings_table(result), **whose, view=view),
        "measures": Table.of(measures_table([result]), **whose),
        "worst": max((f.severity for f in flagged), default=0.0),
        "headline": tuple(dict.fromkeys(f.title for f in flagged)),
    }


def follow_corrections(record: Record, folder: Path) -> Record:
    """Return the record of a clip with what the trainer put right of it, which lies beside its result."""
    try:
        said = own_corrections(folder) if record.has_files else ()
        result = load(folder) if said else None
    except InputError:  # the rows as they were analyzed are there all the same
        return record
    if not isinstance(result, ClipResult):
        return record
    judged = dataclasses.replace(result, findings=judge(result.findings, judgements_of(said)))
    return dataclasses.replace(record, **_rows(judged, record.file, str(record.summary.get("client") or "")))


def record_failure(
    item: BatchItem, error: Exception, *, asked: str, fingerprint: str, run: str,
    content: str = "", seconds: float = 0.0, trace: str = "",
) -> Record:  # fmt: skip
    """Return the record of a clip that gave no result."""
    row = to_plain(error_row(item.file, error, item.client))
    lasting = isinstance(error, MovescreenError) and error.code in _LASTING and bool(content)
    return Record(
        item.file, item.folder, asked, fingerprint, content, run, row, lasting=lasting, seconds=seconds, trace=trace
    )


def hash_request(item: BatchItem, common: Mapping[str, Any]) -> str:
    """Return the hash over everything but the clip's bytes that a result depends on: see ``Record.asked``."""
    said = {k: v for k, v in asdict(item).items() if k not in ("location", "folder", "own")}
    text = json.dumps({"item": said, "common": dict(common), "schema": SCHEMA_VERSION}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def save_record(store: Store, record: Record) -> None:
    """Keep a record; it is there whole, or the one before it is."""
    store.write_text(_name(record.folder), json.dumps(to_plain(record), allow_nan=False))


def load_record(store: Store, folder: str) -> Record | None:
    """Return the record kept for a folder; None when there is none that this version understands."""
    try:
        text = store.read_text(_name(folder))
        return None if text is None else from_plain(Record, json.loads(text), whole=True)
    except (InputError, ValueError, RecursionError):
        return None


def join_tables(tables: Sequence[Table]) -> pd.DataFrame:
    """Return tables below each other; a column that one of them lacks is empty there."""
    columns = list(dict.fromkeys(name for table in tables for name in table.columns))
    rows = [dict(zip(table.columns, row, strict=True)) for table in tables for row in table.rows]
    return pd.DataFrame(rows, columns=columns)


def _name(folder: str) -> str:
    return f"{RECORDS}/{folder}.json"
