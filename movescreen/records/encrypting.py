"""Records that are plain become encrypted, or plain again; whoever is killed on the way leaves the ones or the others, whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from movescreen.encryption import (
    FORMER_FILE,
    KEY_FILE,
    NEW_FILE,
    RECOVERY_FILE,
    Key,
    is_encrypted,
    make_key,
    place_key,
    settle,
    take_keys,
    unlock,
    unwrap,
    wrap,
    wrap_for_recovery,
)
from movescreen.errors import InputError, RecordsError
from movescreen.files import PRIVATE_FILE
from movescreen.records import open_store
from movescreen.records.backup import Backup, BackupSummary, holds_nothing, open_backup, restore_backup, write_backup
from movescreen.records.database import hold_alone
from movescreen.records.places import (
    BETWEEN_FILE,
    NOTE_FILE,
    Place,
    encrypted_place,
    plain_place,
    remove_unfinished,
)
from movescreen.records.store import RecordStore
from movescreen.settings import RecordSettings


def encrypt_records(folder: Path, passphrase: str, show: Callable[[str], None]) -> BackupSummary:
    """Encrypt records, files included, with a new key; or with the one that they had before, which its passphrase opens.

    Parameters
    ----------
    show
        Called with the recovery key before anything is encrypted; it is kept nowhere.

    Raises
    ------
    InputError
        When they are encrypted already, somebody else has them open, or the disk is full.
    """
    if is_encrypted(folder):
        raise InputError(f"the records in {folder} are encrypted already", "")
    with _alone(folder) as source:
        former = folder / FORMER_FILE
        wrapped = former.read_bytes() if former.is_file() else b""
        key = unwrap(wrapped, passphrase, FORMER_FILE) if wrapped else make_key()
        secret, for_recovery = wrap_for_recovery(key)
        wrapped = wrapped or wrap(key, passphrase)
        show(secret)
        done = _become_encrypted(folder, key, wrapped, for_recovery, lambda place: _move(source, place, key))
    remove_unfinished(folder)
    former.unlink(missing_ok=True)
    return done


def restore_records(settings: RecordSettings, path: Path) -> BackupSummary:
    """Put a backup back into records that hold nothing; those become encrypted with it when the backup is.

    Raises
    ------
    RecordsError
        When an encrypted backup would go into plain records that hold something; otherwise as :func:`restore_backup`.
    """
    folder = settings.data_folder
    if settings.url or is_encrypted(folder):
        with open_store(settings) as store:
            return restore_backup(store, path)
    with open_backup(path) as backup:
        if backup.key is None:
            with open_store(settings) as store:
                return backup.put_back(store)
        with _alone(folder) as here:
            if not holds_nothing(here) or (folder / FORMER_FILE).is_file():
                raise RecordsError(
                    f"the backup is encrypted, the records in {folder} are not, and they are in use; nothing was restored",
                    "restore into an empty folder: MOVESCREEN_RECORDS_FOLDER=DIR movescreen restore FILE",
                )
            fill = partial(_fill, folder, backup=backup)
            done = _become_encrypted(folder, backup.key, backup.key_file, backup.recovery_file, fill)
    remove_unfinished(folder)
    return done


def decrypt_records(folder: Path) -> BackupSummary:
    """Make encrypted records plain again. The key is kept beside them, for results and backups elsewhere.

    Raises
    ------
    InputError
        When they are plain, the key cannot be had, somebody else has them open, or there is something where they are to be.
    """
    if not is_encrypted(folder):
        raise InputError(f"the records in {folder} are not encrypted", "")
    with _alone(folder) as source:
        place = plain_place(folder)
        if place.database.exists() or place.files.root.exists():
            raise InputError(f"there is something in the way: {place.database} or {place.files.root}", "move it away")
        (folder / NOTE_FILE).touch(PRIVATE_FILE)
        done = _move(source, place, unlock(folder))
        os.replace(folder / KEY_FILE, folder / FORMER_FILE)
        settle(folder)
    remove_unfinished(folder)
    return done


def change_passphrase(folder: Path, key: Key, passphrase: str) -> None:
    """Let another passphrase open the records; what is encrypted stays as it is."""
    place_key(folder, KEY_FILE, wrap(key, passphrase))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[RecordStore]:
    with RecordStore(None, folder) as store:
        hold_alone(store.engine)
        yield store


def _become_encrypted(
    folder: Path, key: Key, wrapped: bytes, for_recovery: bytes, fill: Callable[[Place], BackupSummary]
) -> BackupSummary:
    """Fill the encrypted set beside the plain one, which is held; in one step it is the one that counts."""
    (folder / NOTE_FILE).touch(PRIVATE_FILE)
    place_key(folder, RECOVERY_FILE, for_recovery)
    place_key(folder, NEW_FILE, wrapped)
    take_keys({wrapped: key.text})
    done = fill(encrypted_place(folder, key))
    os.replace(folder / NEW_FILE, folder / KEY_FILE)
    settle(folder)
    return done


def _move(source: RecordStore, to: Place, key: Key) -> BackupSummary:
    """Put everything into another place in the same folder, as a backup would bring it."""
    between = source.folder / BETWEEN_FILE
    write_backup(source, between, key)
    with open_backup(between, key) as backup:
        done = _fill(source.folder, to, backup)
    between.unlink()
    return done


def _fill(folder: Path, to: Place, backup: Backup) -> BackupSummary:
    with RecordStore(None, folder, place=to) as target:
        done = backup.put_back(target)
    settle(folder, to.database, to.files.root, *to.files.root.rglob("*"))
    return done
