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
_BACKUP = "the trail in your last backup"
_HASH = re.compile(r"[0-9a-f]{64}")


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
    """What checking came to: how many rows, the newest hash, what is wrong (empty when nothing is), and what to do about it."""

    rows: int
    newest: str
    wrong: str = ""
    hint: str = ""


def read_trail(
    store: RecordStore, *, client: str = "", who: str = "", action: str = "", day: date | None = None, most: int | None = None,
) -> tuple[Trace, ...]:  # fmt: skip
    """Return the rows, the newest first.

    Parameters
    ----------
    client
        Code, or the first digits of the number of somebody who was erased; empty = everybody.
    who, action
        Who did it, and what was done; empty = everybody, and all.
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
    for column, wanted in ((TrailRow.who, who), (TrailRow.action, action)):
        query = query.where(column == wanted) if wanted else query
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
        A hash that was told earlier. When no row has it, it was mistyped, rows were cut off at the end, or all were written anew: which
        of them, the rows cannot tell.
    """
    holds = holds.strip().lower()
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
    if wrong:
        return TrailCheck(count, before, f"the trail was tampered with: {wrong}", f"compare it with {_BACKUP}")
    if not found and not _HASH.fullmatch(holds):
        return TrailCheck(
            count, before, f"{holds[:80]!r} is no hash of a trail", "one has 64 digits, 0 to 9 and a to f"
        )
    if not found:
        hint = f"type it again; when it is surely right, rows were cut off at the end or all were written anew: compare with {_BACKUP}"
        return TrailCheck(count, before, f"no row of the trail has the hash {holds}", hint)
    return TrailCheck(count, before)


def _codes(store: RecordStore) -> dict[str, str]:
    """Return number -> code of everybody, of those in the bin, too."""
    table = ClientRow.__table__.c
    with transaction(store.engine, write=False) as session:
        return {row.uid: row.code for row in session.execute(select(table.uid, table.code))}
