"""The records of clients, opened when they are first needed and never made by looking."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

from movescreen.records import open_store, records_exist
from movescreen.records.acting import acting
from movescreen.settings import RecordSettings, load_record_settings, load_settings

if TYPE_CHECKING:
    from movescreen.records import Client, RecordStore

#: Where a trainer notes what a clinician said, as the end of a hint: on the command line and in the web app.
ON_THE_COMMAND_LINE = "with 'movescreen intake clear'"
IN_THE_WEB_APP = "on the client's page"


class Records:
    """The records of this machine, or of a running app. All methods may be called from any thread.

    Parameters
    ----------
    settings
        Where they are; those of this machine when None.
    clear_where
        Where to note what a clinician said about a red flag, for the hints of errors.
    catalog
        Catalogs of one's own, by which clients are judged; those of the settings in force when None.
    """

    def __init__(
        self,
        settings: RecordSettings | None = None,
        clear_where: str = ON_THE_COMMAND_LINE,
        catalog: tuple[str, ...] | None = None,
    ) -> None:
        self._settings, self._catalog = settings, catalog
        self.clear_where = clear_where
        self._lock = threading.Lock()
        self._store: RecordStore | None = None

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def store(self) -> RecordStore:
        """The records, made when there are none yet.

        Raises
        ------
        RecordsError
            When they cannot be opened.
        """
        with self._lock:
            if self._store is None:
                self._store = open_store(self._where(), self.catalog)
            return self._store

    @property
    def catalog(self) -> tuple[str, ...]:
        """Catalogs of one's own, by which clients are judged."""
        return load_settings().catalog if self._catalog is None else self._catalog

    @property
    def exist(self) -> bool:
        """True when anybody has begun to keep records; makes none."""
        return self._store is not None or records_exist(self._where())

    def knows(self, code: str) -> bool:
        """Return whether a name is the code of a client; makes no records."""
        return bool(code) and self.exist and self.store.knows(code)

    def may_see(self, code: str) -> bool:
        """Return whether somebody at work may see what is about a client or a name: of a name that is no client's, who sees everybody."""
        return acting().reach is None or (bool(code) and self.exist and bool(self.store.uid_of(code)))

    def list_clients(self) -> tuple[Client, ...]:
        """Return everybody, by team, jersey number and code; makes no records."""
        return self.store.list_clients() if self.exist else ()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _where(self) -> RecordSettings:
        return self._settings or load_record_settings()


def password_hashes(records: Records) -> dict[str, str]:
    """Return name -> password hash of all accounts; makes no records."""
    if not records.exist:
        return {}
    from movescreen.records.accounts import list_accounts

    return {account.name: account.password_hash for account in list_accounts(records.store)}
