"""Backups: one file with all rows and all files, the same for every kind of database, checked before it is put back."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from movescreen._version import __version__
from movescreen.clip_names import neutral_names, rename_clips
from movescreen.doors import Door
from movescreen.encryption import KEY_FILE, RECOVERY_FILE, Key, decrypt, encrypt, open_key
from movescreen.errors import InputError, RecordsError
from movescreen.files import hidden_folder, make_private
from movescreen.records.acting import acting
from movescreen.records.chain import append, newest_hash
from movescreen.records.database import SCHEMA, transaction
from movescreen.records.files import safe_path
from movescreen.records.store import RecordStore
from movescreen.records.tables import TABLES, AccountRow, Base, ScreeningRow, TrailRow, now_utc

_MANIFEST = "manifest.json"
_FORMAT = 1
#: Schemas of backups that can be put back: tables and columns that an older one did not have stay empty.
_READABLE = ("0001", "0002", "0003", "0004", SCHEMA)
#: A backup may be as large as the disk.
_BACKUP = Door(
    "backup", "give a file that 'movescreen backup' wrote, or try an older one", largest=1 << 50, private=True
)


#: Most that its parts may unpack to, bytes: the keys, the list, a table; and all of it, as a multiple of what it has packed.
_MOST = {KEY_FILE: 100_000, RECOVERY_FILE: 100_000, _MANIFEST: 32_000_000}
_MOST_TABLE, _MOST_TIMES = 500_000_000, 200
#: Most that a row can have, and how much is put back at a time, bytes.
_MOST_ROW, _AT_A_TIME = 16_000_000, 1_000_000


@dataclass(frozen=True)
class BackupSummary:
    """What a backup holds; ``trail`` is the newest hash of the trail, by which it can be told later that nothing was cut off."""

    clients: int
    rows: int
    files: int
    made: str
    trail: str = ""


def write_backup(store: RecordStore, path: Path, key: Key | None = None) -> BackupSummary:
    """Write everything into one zip file, whole or not at all.

    The rows are those of one moment, also while somebody is writing. Of encrypted records every entry is a file in the age format, and
    ``key.age`` and ``recovery.age`` are among them, so that passphrase or recovery key open it wherever it is.

    Parameters
    ----------
    key
        Encrypt with this one, and leave it out; that of the records, where they have one, when None.

    Raises
    ------
    InputError
        When the file exists already, or cannot be written.
    """
    try:
        # a place where nobody can have put a link, and that nobody else can read; what a killed one left there is gone then
        with hidden_folder(path.parent) as stage:
            if path.exists():
                raise InputError(f"{path} exists already", "choose another name: a backup never overwrites another one")
            part = stage / "backup.zip"
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                if key is None and store.place.key is not None:
                    for name in (KEY_FILE, RECOVERY_FILE):
                        archive.writestr(name, (store.folder / name).read_bytes())
                summary = _fill(store, archive, key or store.place.key)
            make_private(part)
            os.replace(part, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}", "choose another folder") from error
    return summary


def _fill(store: RecordStore, archive: zipfile.ZipFile, key: Key | None) -> BackupSummary:
    sums: dict[str, str] = {}
    rows = 0

    def put(name: str, content: bytes) -> None:
        content = content if key is None else encrypt(content, key)
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
    put(_MANIFEST, json.dumps(manifest, indent=1).encode())
    return BackupSummary(clients, rows, files, made, trail)


def restore_backup(store: RecordStore, path: Path, key: Key | None = None) -> BackupSummary:
    """Put a backup back into empty records; see :func:`open_backup` and :meth:`Backup.put_back`."""
    with open_backup(path, key) as backup:
        return backup.put_back(store)


@contextlib.contextmanager
def open_backup(path: Path, key: Key | None = None) -> Iterator[Backup]:
    """Open a backup and compare every checksum, so that it can be put back.

    Parameters
    ----------
    key
        Of a backup that holds none; one that does asks for its passphrase, unless its key is open already.

    Raises
    ------
    InputError
        When the file is no backup, is damaged, comes from another schema, or unpacks to more than one can hold.
    RecordsError
        When it is encrypted and the key cannot be had.
    """
    with _BACKUP.open(path) as file, zipfile.ZipFile(file) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        large = [name for name, size in sizes.items() if size > _most(name)]
        if large or sum(sizes.values()) > _MOST_TIMES * max(file.seek(0, os.SEEK_END), 10_000):
            raise InputError(
                f"{path} unpacks to {sum(sizes.values()) / 1e6:.0f} MB, more than a backup of its size can hold",
                _BACKUP.hint,
            )
        yield Backup(archive, path, key)


def holds_nothing(store: RecordStore) -> bool:
    """Tell whether records hold nothing, but in the trail that somebody looked at them."""
    with transaction(store.engine, write=False, binned=True) as session:
        kept = (select(table.id).limit(1) for table in TABLES if table is not TrailRow)
        done = select(TrailRow.id).where(TrailRow.clients != "").limit(1)
        return all(session.scalar(query) is None for query in (*kept, done))


def _most(name: str) -> int:
    return _MOST_TABLE if name.startswith("tables/") else _MOST.get(name, _BACKUP.largest)


class Backup:
    """A backup that was checked, its entries decrypted where it is encrypted.

    Attributes
    ----------
    key, key_file, recovery_file
        What it is encrypted with, and the two files that open it elsewhere; None and empty of a plain one, and of one that holds no key.
    """

    def __init__(self, archive: zipfile.ZipFile, path: Path, key: Key | None) -> None:
        self._archive, self.key_file, self.recovery_file = archive, b"", b""
        if key is None and KEY_FILE in archive.namelist():
            self.key_file, self.recovery_file = archive.read(KEY_FILE), archive.read(RECOVERY_FILE)
            key = open_key(self.key_file, archive.read(_MANIFEST))
        self.key = key
        self._names = {name for name in archive.namelist() if name not in (_MANIFEST, KEY_FILE, RECOVERY_FILE)}
        self._manifest = self._check(path)

    def _check(self, path: Path) -> dict[str, Any]:
        try:
            manifest: dict[str, Any] = json.loads(self._read(_MANIFEST))
            if manifest["format"] != _FORMAT or manifest["schema"] not in _READABLE:
                raise InputError(
                    f"{path} has schema {manifest['schema']}, this movescreen writes {SCHEMA}",
                    "restore it with the version that wrote it",
                )
        except ValueError as error:
            raise InputError(f"{path} is not a backup: {error}", _BACKUP.hint) from error
        told = {"clients": int, "rows": int, "files": int, "made_utc": str, "sha256": dict}
        if wrong := [key for key, kind in told.items() if not isinstance(manifest.get(key), kind)]:
            raise InputError(f"{path} is damaged: its list does not say {', '.join(wrong)}", "try an older backup")
        names, sums = self._names, dict[str, str](manifest["sha256"])
        if bad := [each for each in sorted(names | {*sums}) if each not in names or sums.get(each) != self._hash(each)]:
            raise InputError(f"{path} is damaged: {', '.join(bad[:3])}", "nothing was restored; try an older backup")
        return manifest

    def put_back(self, store: RecordStore) -> BackupSummary:
        """Put it back into records without clients, whole or not at all; RecordsError when there are some: nothing is overwritten."""
        moves = self.key is not None and not self.key_file  # from plain records to encrypted ones, or back
        told, what = self._manifest, "encryption" if moves else f"backup of {self._manifest['made_utc'][:10]}"
        try:
            with transaction(store.engine, write=True, binned=True) as session:
                self._put_rows(session, store)
                append(session, acting(), [("changed" if moves else "restored", what, ())])
                self._put_files(store)
        finally:
            # of a restore that failed, or was killed before, nobody owns the files
            store.finish_deletions()
        return BackupSummary(told["clients"], told["rows"], told["files"], told["made_utc"], str(told.get("trail", "")))

    def _put_rows(self, session: Session, store: RecordStore) -> None:
        if session.scalar(select(func.count()).select_from(TABLES[0])):
            raise RecordsError(
                "there are clients in the records already; nothing was restored",
                "restore into an empty folder: MOVESCREEN_RECORDS_FOLDER=DIR movescreen restore FILE",
            )
        renamed = self._renamed(store)
        own_trail = session.scalar(select(func.count()).select_from(TrailRow).where(TrailRow.clients != ""))
        own_accounts = session.scalar(select(func.count()).select_from(AccountRow))
        if not own_trail:  # nothing but looking at empty records
            session.execute(delete(TrailRow.__table__))  # type: ignore[arg-type]
        for table in TABLES:
            if (table is TrailRow and own_trail) or (table is AccountRow and own_accounts):
                continue  # two trails cannot be one: that of the backup stays in it; and nobody is let in by a backup
            name = f"tables/{table.__tablename__}.jsonl"
            for some in self._rows(name) if name in self._names else ():
                rows = [_typed(table, _rename_row(table, row, renamed)) for row in some]
                session.execute(insert(table.__table__), rows)  # type: ignore[arg-type]
            if session.get_bind().dialect.name == "postgresql":
                # rows brought their own numbers, of which the database's counter knows nothing
                name = table.__tablename__
                session.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
                )

    def _put_files(self, store: RecordStore) -> None:
        written, renamed = set[str](), self._renamed(store)
        for name in sorted(name for name in self._names if name.startswith("files/")):
            uid, *inside = safe_path(name).parts[1:]
            if uid not in written:
                store.files.mark(uid)
                written.add(uid)
            blocks, own = self._blocks(name), renamed.get(inside[0], {})
            if own and len(inside) == 2:
                blocks = [rename_clips(inside[1], b"".join(blocks), own)]
            elif own:
                inside[1] = own[inside[1]]
            store.files.write(uid, "/".join(inside), blocks)

    def _renamed(self, store: RecordStore) -> dict[str, dict[str, str]]:
        """Return folder of a screening -> folder of each of its clips -> what that is called where names may tell nothing."""
        clips: dict[str, list[str]] = {}
        for name in sorted(self._names) if store.files.encrypted else ():
            if name.startswith("files/") and len(parts := name.split("/")) > 4:
                clips.setdefault(parts[2], []).append(parts[3])
        return {folder: neutral_names(found) for folder, found in clips.items()}

    def _read(self, name: str) -> bytes:
        content = self._archive.read(name)
        return content if self.key is None else decrypt(content, self.key, name)

    def _rows(self, name: str) -> Iterator[list[Any]]:
        """Yield what the lines of a table hold, some at a time."""
        with io.BytesIO(self._read(name)) if self.key is not None else self._archive.open(name) as stream:
            some, size = list[Any](), 0
            while line := stream.readline(_MOST_ROW):  # of a longer one the rest is no row
                some.append(json.loads(line))
                size += len(line)
                if size > _AT_A_TIME:
                    yield some
                    some, size = [], 0
            if some:
                yield some

    def _blocks(self, name: str) -> Iterable[bytes]:
        if self.key is not None:
            yield self._read(name)
            return
        with self._archive.open(name) as stream:
            yield from iter(partial(stream.read, 1 << 20), b"")

    def _hash(self, name: str) -> str:
        """Return the SHA-256 of an entry as it lies there."""
        with self._archive.open(name) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _rename_row(table: type[Base], row: dict[str, Any], renamed: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return a row with the names that the folders of its clips have from now on."""
    names = renamed.get(row.get("folder") or "", {}) if table is ScreeningRow else {}
    for clip in row["payload"]["clips"] if names else ():
        clip["folder"] = names.get(clip["folder"], clip["folder"])
        parts = [picture.split("/", 2) for picture in clip["pictures"]]
        clip["pictures"] = ["/".join([folder, names.get(was, was), *rest]) for folder, was, *rest in parts]
    return row


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
