"""Backups: one file with all rows and all files, the same for every kind of database, checked before it is put back."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, func, insert, select, text

from movescreen._version import __version__
from movescreen.doors import Door
from movescreen.errors import InputError, RecordsError
from movescreen.files import hidden_folder, make_private
from movescreen.records.acting import acting
from movescreen.records.chain import append, newest_hash
from movescreen.records.database import SCHEMA, transaction
from movescreen.records.files import safe_path
from movescreen.records.store import RecordStore
from movescreen.records.tables import TABLES, AccountRow, Base, TrailRow, now_utc

_MANIFEST = "manifest.json"
_FORMAT = 1
#: Schemas of backups that can be put back: tables and columns that an older one did not have stay empty.
_READABLE = ("0001", "0002", "0003", "0004", SCHEMA)
#: A backup may be as large as the disk.
_BACKUP = Door(
    "backup", "give a file that 'movescreen backup' wrote, or try an older one", largest=1 << 50, private=True
)


@dataclass(frozen=True)
class BackupSummary:
    """What a backup holds; ``trail`` is the newest hash of the trail, by which it can be told later that nothing was cut off."""

    clients: int
    rows: int
    files: int
    made: str
    trail: str = ""


def write_backup(store: RecordStore, path: Path) -> BackupSummary:
    """Write everything into one zip file, whole or not at all.

    The rows are those of one moment, also while somebody is writing.

    Raises
    ------
    InputError
        When the file exists already, or cannot be written.
    """
    if path.exists():
        raise InputError(f"{path} exists already", "choose another name: a backup never overwrites another one")
    try:
        # a place where nobody can have put a link, and that nobody else can read
        with hidden_folder(path.parent) as stage:
            part = stage / "backup.zip"
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                summary = _fill(store, archive)
            make_private(part)
            os.replace(part, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}", "choose another folder") from error
    return summary


def _fill(store: RecordStore, archive: zipfile.ZipFile) -> BackupSummary:
    sums: dict[str, str] = {}
    rows = 0

    def put(name: str, content: bytes) -> None:
        archive.writestr(name, content)
        sums[name] = hashlib.sha256(content).hexdigest()

    # a deletion or a new screening waits until the files are read too: they belong to these rows
    with transaction(store.engine, write=True) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE clients, screenings IN SHARE MODE"))
        clients = int(session.scalar(select(func.count()).select_from(TABLES[0])) or 0)
        for table in TABLES:
            found = [dict(row._mapping) for row in session.execute(select(table.__table__).order_by(table.id))]
            lines = [json.dumps(row, default=_as_text, ensure_ascii=False, sort_keys=True) for row in found]
            put(f"tables/{table.__tablename__}.jsonl", "".join(f"{line}\n" for line in lines).encode())
            rows += len(found)
        for uid in sorted(store.files.owners()):
            for name in store.files.list_files(uid):
                content = store.files.read(uid, name)
                if content is not None:
                    put(f"files/{uid}/{name}", content)
        trail = newest_hash(session)
        append(session, acting(), [("exported", "backup", ())])
    files = sum(name.startswith("files/") for name in sums)
    made = now_utc().isoformat(timespec="seconds")
    manifest = {
        "format": _FORMAT, "software": f"movescreen {__version__}", "schema": SCHEMA, "made_utc": made,
        "clients": clients, "rows": rows, "files": files, "trail": trail, "sha256": sums,
    }  # fmt: skip
    archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    return BackupSummary(clients, rows, files, made, trail)


def restore_backup(store: RecordStore, path: Path) -> BackupSummary:
    """Put a backup back into empty records. Every checksum is compared before anything is written.

    Raises
    ------
    InputError
        When the file is no backup, is damaged, or comes from another schema.
    RecordsError
        When there are clients already: nothing is ever overwritten.
    """
    with _BACKUP.open(path) as file, zipfile.ZipFile(file) as archive:
        manifest = _check(archive, path)
        _put_back(store, archive, manifest["sha256"])
    counts = (manifest["clients"], manifest["rows"], manifest["files"])
    return BackupSummary(*counts, manifest["made_utc"], str(manifest.get("trail", "")))


def _check(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if manifest["format"] != _FORMAT or manifest["schema"] not in _READABLE:
            raise InputError(
                f"{path} has schema {manifest['schema']}, this movescreen writes {SCHEMA}",
                "restore it with the version that wrote it",
            )
    except ValueError as error:
        raise InputError(f"{path} is not a backup: {error}", "give a file that 'movescreen backup' wrote") from error
    told = {"clients": int, "rows": int, "files": int, "made_utc": str, "sha256": dict}
    if wrong := [key for key, kind in told.items() if not isinstance(manifest.get(key), kind)]:
        raise InputError(f"{path} is damaged: its list does not say {', '.join(wrong)}", "try an older backup")
    names = {name for name in archive.namelist() if name != _MANIFEST}
    sums: dict[str, str] = manifest["sha256"]
    damaged = [
        name for name in sorted(names | set(sums)) if name not in names or sums.get(name) != _hash(archive, name)
    ]
    if damaged:
        raise InputError(f"{path} is damaged: {', '.join(damaged[:3])}", "nothing was restored; try an older backup")
    return manifest


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stream:
        for block in _blocks(stream):
            digest.update(block)
    return digest.hexdigest()


def _blocks(stream: IO[bytes]) -> Iterable[bytes]:
    while block := stream.read(1 << 20):
        yield block


def _put_back(store: RecordStore, archive: zipfile.ZipFile, names: Iterable[str]) -> None:
    written: set[str] = set()
    try:
        with transaction(store.engine, write=True, binned=True) as session:
            if session.scalar(select(func.count()).select_from(TABLES[0])):
                raise RecordsError(
                    "there are clients in the records already; nothing was restored",
                    "restore into an empty folder: MOVESCREEN_RECORDS_FOLDER=DIR movescreen restore FILE",
                )
            own_trail = session.scalar(select(func.count()).select_from(TrailRow).where(TrailRow.clients != ""))
            own_accounts = session.scalar(select(func.count()).select_from(AccountRow))
            if not own_trail:  # nothing but looking at empty records
                session.execute(delete(TrailRow.__table__))  # type: ignore[arg-type]
            for table in TABLES:
                if (table is TrailRow and own_trail) or (table is AccountRow and own_accounts):
                    continue  # two trails cannot be one: that of the backup stays in it; and nobody is let in by a backup
                name = f"tables/{table.__tablename__}.jsonl"
                lines = archive.read(name).decode().splitlines() if name in names else []
                rows = [_typed(table, json.loads(line)) for line in lines]
                if rows:
                    session.execute(insert(table.__table__), rows)  # type: ignore[arg-type]
                if rows and session.get_bind().dialect.name == "postgresql":
                    # rows brought their own numbers, of which the database's counter knows nothing
                    name = table.__tablename__
                    session.execute(
                        text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
                    )
            append(session, acting(), [("restored", "backup", ())])
            for name in sorted(name for name in names if name.startswith("files/")):
                uid, *inside = safe_path(name).parts[1:]
                if uid not in written:
                    store.files.mark(uid, store.identity)
                    written.add(uid)
                with archive.open(name) as stream:
                    store.files.write(uid, "/".join(inside), _blocks(stream))
    finally:
        # of a restore that failed, or was killed before, nobody owns the files
        store.finish_deletions()


def _typed(table: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its days and times as such."""
    out = {}
    for column in table.__table__.columns:
        if column.name not in row and column.default is not None:  # the backup is older than the column
            continue
        value = row.get(column.name) if column.nullable else row[column.name]
        kind = column.type.python_type
        if isinstance(value, str) and kind in (date, datetime):
            value = kind.fromisoformat(value)
        out[column.name] = value
    return out


def _as_text(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__}")
