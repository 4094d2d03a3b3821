"""The trail as it is written: what a transaction changed becomes rows of it, each sealed over the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session

from movescreen.records.acting import Acting, acting, note_seen
from movescreen.records.tables import AccountRow, Base, ClientRow, EntryRow, TeamDayRow, TrailRow, now_utc

#: Before the first row.
BEGIN = "0" * 64
#: So many clients of one list are named in a row; of a longer one only how many they were.
MOST_NAMED = 64
_LONGEST = 400
#: Two transactions of a PostgreSQL database never seal over the same row.
_LOCK = 0x6D6F7666
_CHANGES, _CLIENTS = "changes", "clients"


def seal(before: str, row: TrailRow) -> str:
    """Return the hash of a row: SHA-256 over the hash of the one before and over all that it says."""
    told = [row.id, row.at_utc, row.who, row.how, row.action, row.what, row.clients]
    return hashlib.sha256(f"{before}\n{json.dumps(told, ensure_ascii=True)}".encode("ascii")).hexdigest()


def newest_hash(session: Session) -> str:
    """Return the hash of the newest row: whoever knows it can tell later that nothing was cut off."""
    return session.scalar(select(TrailRow.hash).order_by(TrailRow.id.desc()).limit(1)) or BEGIN


def append(session: Session, somebody: Acting, told: Iterable[tuple[str, str, Iterable[str]]]) -> None:
    """Add rows to the trail, in the transaction that is under way.

    Parameters
    ----------
    told
        Of each row what was done, with what, and to which clients (their ``uid``).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = session.execute(select(TrailRow.id, TrailRow.hash).order_by(TrailRow.id.desc()).limit(1)).one_or_none()
    number, before = last or (0, BEGIN)
    for action, what, clients in told:
        named = list(dict.fromkeys(clients))
        if len(named) > MOST_NAMED:
            what, named = f"{what} ({len(named)} clients)", named[:1]
        number += 1
        row = TrailRow(
            id=number, at_utc=now_utc().isoformat(timespec="milliseconds"), who=somebody.who[:80], how=somebody.how, action=action,
            what=what[:_LONGEST], clients=" ".join(named),
        )  # fmt: skip
        row.hash = before = seal(before, row)
        session.add(row)
    session.flush()


def append_changes(session: Session) -> None:
    """Add to the trail what the transaction that ends here has changed; nothing when it changed nothing."""
    session.flush()
    changes: dict[str, dict[str, None]] = session.info.pop(_CHANGES, {})
    if not changes:
        return
    now, loaded = acting(), session.info.get(_CLIENTS, {})
    about = list(loaded.values())
    append(session, now, [(action, ", ".join(what), about) for action, what in changes.items()])
    now.wrote = True
    for uid in about:
        now.seen.pop(uid, None)


@event.listens_for(ClientRow, "load")
def _note_loaded(row: ClientRow, context: Any) -> None:
    note_seen(row.uid)
    context.session.info.setdefault(_CLIENTS, {})[row.id] = row.uid


@event.listens_for(Session, "before_flush")
def _note_changes(session: Session, _context: Any, _instances: Any) -> None:
    """Collect what is added, changed and deleted row by row."""
    for row in session.new:
        _note(session, "added", row)
    for row in session.deleted:
        _note(session, "deleted", row)
    for row in session.dirty:
        fields = [name for name, attribute in inspect(row).attrs.items() if attribute.history.has_changes()]
        if fields == ["binned_utc"]:
            _note(session, _bin_words(row.binned_utc), row)
        elif fields:
            _note(session, "changed", row, fields)


@event.listens_for(Session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> Any:
    """Collect what is changed and deleted by one statement, where there was anything."""
    table: Any = state.bind_mapper.class_ if state.bind_mapper is not None else None
    if not (state.is_update or state.is_delete) or table is None:
        return None
    result: Any = state.invoke_statement()
    if not result.rowcount:
        return result
    told = state.statement.compile().params  # type: ignore[attr-defined]
    action = _bin_words(told["binned_utc"]) if "binned_utc" in told else "changed" if state.is_update else "deleted"
    days = [value for value in told.values() if isinstance(value, date) and not isinstance(value, datetime)]
    _keep(state.session, action, table.__tablename__, days)
    return result


def _note(session: Session, action: str, row: Base, fields: Iterable[str] = ()) -> None:
    if isinstance(row, TrailRow):
        return
    if isinstance(row, ClientRow):
        session.info.setdefault(_CLIENTS, {})[row.id or row.uid] = row.uid
    told = "" if isinstance(row, EntryRow) or not fields else f" ({', '.join(fields)})"
    told = f" {row.name}{told}" if isinstance(row, AccountRow) else told
    _keep(session, action, f"{row.__tablename__}{told}", [row.day] if isinstance(row, EntryRow | TeamDayRow) else [])


def _keep(session: Session, action: str, what: str, days: Iterable[date]) -> None:
    words = " ".join((what, *(day.isoformat() for day in days)))
    session.info.setdefault(_CHANGES, {}).setdefault(action, {})[words] = None


def _bin_words(since: datetime | None) -> str:
    return "brought back" if since is None else "binned"
