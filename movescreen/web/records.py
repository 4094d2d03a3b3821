"""The records of clients, opened when they are first needed; what a web app asks of them before a screening."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from movescreen.app.clients import demand_may_screen, find_client, keep_screening, note_pain
from movescreen.catalog.care_loader import load_care_catalog
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.live.saving import SavedSession
from movescreen.model import ScreeningResult
from movescreen.records import Client, RecordStore, open_store, records_exist
from movescreen.settings import RecordSettings, load_record_settings

#: Ends the hint of an error about a red flag.
_WHERE = "on the client's page"


class Records:
    """The records of a running app. All methods may be called from any thread.

    Parameters
    ----------
    settings
        Where they are; those of this machine when None.
    catalog
        Catalogues of one's own.
    """

    def __init__(self, settings: RecordSettings | None = None, catalog: tuple[str, ...] = ()) -> None:
        self._settings, self.catalog = settings, catalog
        self._lock = threading.Lock()
        self._store: RecordStore | None = None

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
    def exist(self) -> bool:
        """True when anybody has begun to keep records; makes none."""
        return self._store is not None or records_exist(self._where())

    def knows(self, code: str) -> bool:
        """Tell whether a name is the code of a client; makes no records."""
        return bool(code) and self.exist and self.store.knows(code)

    def list_clients(self) -> tuple[Client, ...]:
        """Return everybody, by code; makes no records."""
        return self.store.list_clients() if self.exist else ()

    def demand_may_screen(self, code: str) -> bool:
        """Tell whether a name is a client's, whose screening is then kept as a visit.

        Raises
        ------
        NeedsReferral
            When a red flag of the client stops the screening.
        UnknownNameError
            When it looks like a client's code, mistyped.
        """
        if not code or not self.exist or not find_client(self.store, code):
            return False
        demand_may_screen(self.store, code, date.today(), _WHERE)
        return True

    def notice(self, code: str) -> str:
        """Return what is to be minded before a client is screened; empty when nothing is, or nobody has that code."""
        if not self.knows(code):
            return ""
        person = self.store.person(code, date.today())
        review = review_red_flags(person, load_care_catalog(self.catalog))
        if review.stopping:
            return f"The screening of {code} waits: {review.stopping[0].spec.reason}"
        if person.intake is None:
            return f"Nobody has asked {code} about red flags yet."
        open_ = len(review.open_questions)
        return (
            f"{open_} {'questions' if open_ > 1 else 'question'} about red flags {'are' if open_ > 1 else 'is'} still open."
            if open_
            else ""
        )

    def impact_ban(self, code: str) -> str:
        """Return that a client does not run or jump now, and why; empty when nothing bans it, or nobody has that code."""
        return (
            find_impact_ban(self.store.person(code, date.today()), load_care_catalog(self.catalog))
            if self.knows(code)
            else ""
        )

    def agreed_to_pictures(self, code: str) -> bool:
        """Tell whether pictures of a client may be kept."""
        intake = self.store.latest_intake(code)
        return intake is not None and intake.consent is not None and intake.consent.pictures

    def keep(self, code: str, merged: ScreeningResult, folder: Path, clips: Sequence[str], recorded: str = "") -> None:
        """Keep a screening as a visit of a client; errors as in :func:`movescreen.app.clients.keep_screening`.

        Parameters
        ----------
        folder
            Of the screening.
        clips
            Folders of its clips' files below it.
        recorded
            Day of the visit, ISO 8601; today when empty.
        """
        day = date.fromisoformat(recorded) if recorded else date.today()
        keep_screening(self.store, code, day, merged, folder, clips)

    def note_pain(self, code: str, movements: Sequence[str]) -> None:
        """Note today which movements hurt."""
        note_pain(self.store, code, date.today(), movements)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _where(self) -> RecordSettings:
        return self._settings or load_record_settings()


@dataclass(frozen=True)
class ClientVisit:
    """Where a guided session of one client is kept."""

    records: Records
    code: str

    def keep(self, saved: SavedSession) -> None:
        """Keep what was saved as the visit of today."""
        self.records.keep(self.code, saved.screening, saved.folder, saved.clips)

    def note_pain(self, movements: Sequence[str]) -> None:
        """Keep that movements hurt."""
        self.records.note_pain(self.code, movements)
