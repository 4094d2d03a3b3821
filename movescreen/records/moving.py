"""What was kept with the wrong client goes to the right one, with its files."""

from __future__ import annotations

import contextlib
from datetime import date

from sqlalchemy import update

from movescreen.errors import InputError
from movescreen.records.database import transaction
from movescreen.records.rows import ensure_client, read_rows
from movescreen.records.store import VISIT_TABLES, RecordStore
from movescreen.records.tables import CorrectionRow, PlanRow, ScreeningRow, now_utc


def move_rows(store: RecordStore, code: str, day: date, to: str, entry: int | None = None) -> None:
    """Move what was kept of a day to another client, files included; whole or not at all.

    Parameters
    ----------
    entry
        Number of the one screening to move, with what was put right of it; None = everything of the day.

    Raises
    ------
    InputError
        When there is nothing of that day.
    RecordsError
        When the files cannot be moved.
    """
    # the files are held until the rows are written
    with contextlib.ExitStack() as held, transaction(store.engine, write=True) as session:
        old, new = ensure_client(session, code, lock=True), ensure_client(session, to, lock=True)
        rows = [r for r in read_rows(session, ScreeningRow, old.id) if r.day == day and entry in (None, r.id)]
        only = [row.id for row in rows]
        gone = 0
        for table in VISIT_TABLES if entry is None else (ScreeningRow, CorrectionRow):
            mine = [table.client_id == old.id, table.day == day, table.binned_utc.is_(None)]
            if entry is not None:
                mine.append((table.id if table is ScreeningRow else CorrectionRow.screening_id).in_(only))
            gone += session.execute(update(table).where(*mine).values(client_id=new.id)).rowcount  # type: ignore[attr-defined]
        if not gone:
            raise InputError(f"{code} has nothing of {day} that could be moved", f"see 'movescreen visit list {code}'")
        moved = [(old.uid, row.folder) for row in rows if row.folder]
        for uid, folder in moved:
            held.enter_context(store.files.moving(uid, folder, new.uid))
            store.files.mark(uid, folder)
    store.finish_deletions(*moved)


def bin_plans_since(store: RecordStore, code: str, day: date) -> int:
    """Put the plans that were made from a day on into the bin; return how many."""
    with transaction(store.engine, write=True) as session:
        client = ensure_client(session, code)
        mine = (PlanRow.client_id == client.id, PlanRow.day >= day, PlanRow.binned_utc.is_(None))
        made = session.execute(update(PlanRow).where(*mine).values(binned_utc=now_utc()))
        return int(made.rowcount)  # type: ignore[attr-defined]
