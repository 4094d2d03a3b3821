"""Clients, visits and plans, kept in a database of the user's own.

The database library is imported when a store is opened, not before: most commands need none.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from movescreen.encryption import KEY_FILE, is_encrypted
from movescreen.errors import RecordsError
from movescreen.settings import RecordSettings, load_record_settings, load_settings

if TYPE_CHECKING:
    from movescreen.records.entries import Client, SavedPlan
    from movescreen.records.store import RecordStore

__all__ = ["Client", "RecordStore", "SavedPlan", "describe_encryption", "open_store", "records_exist"]

#: Names of the database in the folder, when no URL is set: plain and encrypted.
DATABASE_FILE, ENCRYPTED_DATABASE_FILE = "records.sqlite", "encrypted.sqlite"
_LAZY = {"Client": "entries", "SavedPlan": "entries", "RecordStore": "store"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"movescreen.records.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open_store(settings: RecordSettings | None = None, catalog: tuple[str, ...] | None = None) -> RecordStore:
    """Open the records where the settings say.

    Parameters
    ----------
    settings
        Where the records are; those of this machine when None.
    catalog
        Catalogs of one's own, by which red flags and tests are looked up; those of the settings in force when None.

    Raises
    ------
    RecordsError
        When they cannot be opened.
    """
    from movescreen.records.acting import acting_as
    from movescreen.records.bin import empty_bin
    from movescreen.records.store import RecordStore

    chosen = settings or load_record_settings()
    with acting_as(None):  # whoever comes first must not be the one who empties the bin
        store = RecordStore(chosen.url, chosen.data_folder, load_settings().catalog if catalog is None else catalog)
        with contextlib.suppress(RecordsError):  # what cannot go now goes the next time
            empty_bin(store)
    return store


def records_exist(settings: RecordSettings | None = None) -> bool:
    """Return whether anybody has begun to keep records; looks at settings and files only."""
    chosen = settings or load_record_settings()
    files = (DATABASE_FILE, ENCRYPTED_DATABASE_FILE, KEY_FILE)
    return chosen.url is not None or any((chosen.data_folder / name).is_file() for name in files)


def describe_encryption(settings: RecordSettings | None = None) -> str:
    """Say whether the records are encrypted; looks at settings and files only."""
    chosen = settings or load_record_settings()
    if chosen.url is not None:
        return "in a database elsewhere, and movescreen encrypts neither that nor the files here"
    if is_encrypted(chosen.data_folder):
        return "encrypted"
    return "not encrypted: who has the disk reads them (movescreen records encrypt)"
