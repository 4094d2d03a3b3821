"""The trail as it is read: filtered, checked against its hashes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from movescreen.records.chain import BEGIN, seal
from movescreen.records.database import transaction
from movescreen.records.store import RecordStore
from movescreen.records.tables import ClientRow, TrailRow

#: Number of somebody who was erased, or how it begins.
_NUMBER = re.compile(r"[0-9a-f]{8,32}")


@dataclass(frozen=True)
class Trace:
    """A row of the trail, for people: clients by code; of one who is erased ``erased`` and the first digits of the number."""

    number: int
    at_utc: str
    who: str
    how: str
    action: str
    what: str
    clients: tuple[str, ...]
    hash: str


@dataclass(frozen=True)
class TrailCheck:
    """What checking came to: how many rows, the newest hash, and what is wrong (empty when nothing is)."""

    rows: int
    newest: str
    wrong: str = ""


def read_trail(
    store: RecordStore, *, client: str = "", who: str = "", day: date | None = None, most: int | None = None
) -> tuple[Trace, ...]:
    """Return the rows, the newest first.

    Parameters
    ----------
    client
        Code, or the first digits of the number of somebody who was erased; empty = everybody.
    who
        Who did it; empty = everybody.
    day
        In UTC; None = every one.
    most
        So many at most.
    """
    codes = _codes(store)
    query = select(TrailRow).order_by(TrailRow.id.desc()).limit(most)
    if client:
        erased = client if _NUMBER.fullmatch(client) else "nobody"
        uid = next((uid for uid, code in codes.items() if code == client), erased)
        query = query.where(TrailRow.clients.contains(uid, autoescape=True))
    if who:
        query = query.where(TrailRow.who == who)
    if day:
        query = query.where(TrailRow.at_utc.startswith(day.isoformat()))
    with transaction(store.engine, write=False) as session:
        return tuple(
            Trace(
                row.id, row.at_utc, row.who, row.how, row.action, row.what,
                tuple(codes.get(uid, f"erased {uid[:8]}") for uid in row.clients.split()), row.hash,
            )
            for row in session.scalars(query)
        )  # fmt: skip


def list_people(store: RecordStore) -> tuple[str, ...]:
    """Return who is in the trail, by name."""
    with transaction(store.engine, write=False) as session:
        return tuple(session.scalars(select(TrailRow.who).distinct().order_by(TrailRow.who)))


def check_trail(store: RecordStore, holds: str = "") -> TrailCheck:
    """Compute every hash again.

    Parameters
    ----------
    holds
        A hash that was told earlier; when it is missing, rows were cut off or all were written anew.
    """
    count, before, found, wrong = 0, BEGIN, not holds, ""
    query = select(TrailRow).order_by(TrailRow.id).execution_options(yield_per=1000)
    with transaction(store.engine, write=False) as session, session.scalars(query) as rows:
        for row in rows:
            count += 1
            if row.id != count:
                wrong = f"row {count} is missing"
            elif row.hash != seal(before, row):
                wrong = f"row {count} does not fit the one before it: one of them was changed, put in or moved"
            if wrong:
                break
            before, found = row.hash, found or row.hash == holds
    if not (wrong or found):
        wrong = f"no row has the hash {holds}: the end was cut off, or all was written anew"
    return TrailCheck(count, before, wrong)


def _codes(store: RecordStore) -> dict[str, str]:
    """Return number -> code of everybody, of those in the bin, too."""
    table = ClientRow.__table__.c
    with transaction(store.engine, write=False) as session:
        return {row.uid: row.code for row in session.execute(select(table.uid, table.code))}
