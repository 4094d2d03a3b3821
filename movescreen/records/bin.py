"""The bin: what was deleted waits here for thirty days and can be brought back; then it is really gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from movescreen.errors import InputError
from movescreen.records.database import transaction
from movescreen.records.rows import ensure_client
from movescreen.records.store import VISIT_TABLES, RecordStore
from movescreen.records.tables import ClientRow, PlanRow, ScreeningRow, now_utc

#: How long something waits.
KEPT_FOR = timedelta(days=30)
#: Tables of which rows of a day may lie in the bin.
_OF_A_DAY = (*VISIT_TABLES, PlanRow)


@dataclass(frozen=True)
class Binned:
    """Something in the bin.

    Attributes
    ----------
    code
        Of the client.
    day
        Of the visit or plan; None when it is the client with everything.
    what
        ``client``, ``visit`` or ``plan``.
    since
        When it was put there, UTC.
    """

    code: str
    day: date | None
    since: datetime
    what: str = "visit"

    @property
    def until(self) -> date:
        """The last day on which it can be brought back."""
        return (self.since + KEPT_FOR).date()


def bin_client(store: RecordStore, code: str) -> None:
    """Put a client with everything that is kept into the bin."""
    with transaction(store.engine, write=True) as session:
        ensure_client(session, code).binned_utc = now_utc()


def bin_visit(store: RecordStore, code: str, day: date) -> None:
    """Put what was measured and noted on a day into the bin.

    Raises
    ------
    InputError
        When there is no visit of that day.
    """
    with transaction(store.engine, write=True) as session:
        client, now = ensure_client(session, code), now_utc()
        gone = 0
        for table in VISIT_TABLES:
            mine = (table.client_id == client.id, table.day == day, table.binned_utc.is_(None))
            gone += session.execute(update(table).where(*mine).values(binned_utc=now)).rowcount  # type: ignore[attr-defined]
        if not gone:
            raise InputError(f"{code} has no visit of {day}", f"see 'movescreen visit list {code}'")


def list_bin(store: RecordStore) -> tuple[Binned, ...]:
    """Return what lies in the bin, the newest first."""
    with transaction(store.engine, write=False, binned=True) as session:
        return tuple(sorted(_everything(session), key=lambda each: each.since, reverse=True))


def in_the_bin(store: RecordStore, code: str) -> bool:
    """Return whether a client lies in the bin."""
    return any(each.code == code and each.day is None for each in list_bin(store))


def _everything(session: Session) -> Iterator[Binned]:
    for code, since in session.execute(select(ClientRow.code, ClientRow.binned_utc)):
        if since is not None:
            yield Binned(code, None, since, "client")
    days: set[Binned] = set()
    for table in _OF_A_DAY:
        found = select(ClientRow.code, table.day, table.binned_utc).join(table, table.client_id == ClientRow.id)
        rows = session.execute(found.where(table.binned_utc.is_not(None)))
        what = "plan" if table is PlanRow else "visit"
        days |= {Binned(code, day, since, what) for code, day, since in rows if since is not None}
    yield from days


def bring_back(store: RecordStore, code: str, day: date | None = None) -> None:
    """Take a client, or a visit of one, out of the bin again.

    Raises
    ------
    InputError
        When it does not lie there.
    """
    with transaction(store.engine, write=True, binned=True) as session:
        client = ensure_client(session, code)
        back = 0
        if day is None:
            back, client.binned_utc = int(client.binned_utc is not None), None
        for table in _OF_A_DAY if day else ():
            mine = (table.client_id == client.id, table.day == day, table.binned_utc.is_not(None))
            back += session.execute(update(table).where(*mine).values(binned_utc=None)).rowcount  # type: ignore[attr-defined]
    if not back:
        raise InputError(f"{code}{f' of {day}' if day else ''} does not lie in the bin", "look under 'Bin'")


def erase(store: RecordStore, code: str, day: date | None = None) -> None:
    """Delete what lies in the bin for good.

    Raises
    ------
    RecordsError
        When files could not be deleted.
    """
    if day is None:
        store.delete_client(code)
        return
    with transaction(store.engine, write=True, binned=True) as session:
        client = ensure_client(session, code)
        mine = (ScreeningRow.client_id == client.id, ScreeningRow.day == day, ScreeningRow.binned_utc.is_not(None))
        binned = list(session.scalars(select(ScreeningRow).where(*mine)))
        folders = [(client.uid, row.folder) for row in binned if row.folder]
        for table in _OF_A_DAY:
            session.execute(
                delete(table).where(table.client_id == client.id, table.day == day, table.binned_utc.is_not(None))
            )
        for folder in folders:
            store.files.mark(*folder)
    store.finish_deletions(*folders)
    store.forget_deleted_bytes()


def empty_bin(store: RecordStore, now: datetime | None = None) -> int:
    """Delete for good what has waited long enough; return how much it was."""
    late = [each for each in list_bin(store) if each.since + KEPT_FOR <= (now or now_utc())]
    for each in sorted(late, key=lambda e: e.day is None):
        erase(store, each.code, each.day)
    return len(late)
