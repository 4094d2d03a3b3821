"""Where in their folder the records lie, plain or encrypted: there may be both for a while, and only one of them counts.

The presence of ``key.age`` decides, so that going from one to the other is one step of the file system: the other set is built
beside, then the key is put there or taken away, then the former set goes. A note says that somebody is about it.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from movescreen.encryption import (
    FORMER_FILE,
    FROM_A_COPY,
    KEY_FILE,
    NEW_FILE,
    RECOVERY_FILE,
    Key,
    is_encrypted,
    mark_folder,
    unlock,
)
from movescreen.errors import RecordsError
from movescreen.records import DATABASE_FILE, ENCRYPTED_DATABASE_FILE
from movescreen.records.files import ClientFiles

#: Says that one set of the two is not whole, or not wanted any more.
NOTE_FILE = ".moving"
#: The way from one to the other: a backup.
BETWEEN_FILE = ".moving.zip"
_PLAIN, _ENCRYPTED = (DATABASE_FILE, "files"), (ENCRYPTED_DATABASE_FILE, "encrypted")


@dataclass(frozen=True)
class Place:
    """One set: database, files, and the key of an encrypted one."""

    database: Path
    files: ClientFiles
    key: Key | None = None


def plain_place(folder: Path) -> Place:
    """Return the plain set."""
    return Place(folder / _PLAIN[0], ClientFiles(folder / _PLAIN[1]))


def encrypted_place(folder: Path, key: Key) -> Place:
    """Return the encrypted set, its folder of files marked."""
    mark_folder(folder / _ENCRYPTED[1], folder)
    return Place(folder / _ENCRYPTED[0], ClientFiles(folder / _ENCRYPTED[1]), key)


def find_place(folder: Path, *, plain: bool = False) -> Place:
    """Return the set that counts, the plain one when the database is elsewhere; RecordsError when half of it is missing, or the key."""
    if plain:
        return plain_place(folder)
    there, was = ((folder / name).is_file() for name in (_ENCRYPTED[0], _PLAIN[0]))
    if not is_encrypted(folder):
        if there and not (folder / NOTE_FILE).exists():
            raise RecordsError(
                f"the records in {folder} are encrypted, and {KEY_FILE} is missing",
                FROM_A_COPY,
            )
        return plain_place(folder)
    if was and not there:
        raise RecordsError(
            f"the records in {folder} are half encrypted: there is {KEY_FILE}, but not {_ENCRYPTED[0]}",
            f"put {_ENCRYPTED[0]} back from a copy, or move {KEY_FILE} away to go on with the plain {_PLAIN[0]}",
        )
    return encrypted_place(folder, unlock(folder))


def ensure_still(folder: Path, place: Place) -> None:
    """Refuse, with RecordsError, a set that does not count any more; who has its database open keeps that from happening."""
    if is_encrypted(folder) != (place.key is not None):
        raise RecordsError("the records were encrypted or decrypted just now", "start movescreen again")


def remove_unfinished(folder: Path) -> None:
    """Remove the set that does not count, when somebody could not finish; for who has the other one open, so that nobody is about it."""
    if not (folder / NOTE_FILE).exists():
        return
    database, files = _PLAIN if is_encrypted(folder) else _ENCRYPTED
    gone = [database, f"{database}-wal", f"{database}-shm", f"{database}-journal", BETWEEN_FILE, NEW_FILE]
    if not any((folder / name).is_file() for name in (KEY_FILE, FORMER_FILE)):  # of a key that is not there any more
        gone.append(RECOVERY_FILE)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / files, ignore_errors=True)
    if not (folder / files).exists() and not (folder / database).exists():
        with contextlib.suppress(FileNotFoundError):
            (folder / NOTE_FILE).unlink()
