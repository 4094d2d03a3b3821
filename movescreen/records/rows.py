"""Rows and what they hold: found, made and read in one way."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from movescreen.client.intake.model import describe_mistakes, read_sex
from movescreen.client.team.roster import CODE
from movescreen.errors import EditConflict, InputError, RecordsError, UnknownNameError
from movescreen.records.acting import Reach, acting
from movescreen.records.entries import Client
from movescreen.records.tables import AccountRow, ClientRow, EntryRow, now_utc

#: Texts about a client, and how many letters each may have.
_LONGEST = {"name": 200, "note": 20_000, "team": 64, "group": 64, "jersey": 16}
_Entry = TypeVar("_Entry", bound=EntryRow)
_Frozen = TypeVar("_Frozen", bound=BaseModel)


def find_client(session: Session, code: str) -> ClientRow | None:
    """Return the row of a client; None when there is none."""
    return session.scalar(select(ClientRow).where(ClientRow.code == code))


def ensure_client(session: Session, code: str, *, lock: bool = False) -> ClientRow:
    """Return the row of a client, or raise :class:`UnknownNameError` with close matches; locked until the transaction ends, if asked."""
    query = select(ClientRow).where(ClientRow.code == code)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        known = list(session.scalars(select(ClientRow.code).order_by(ClientRow.code)))
        raise UnknownNameError("client", code, known or ["none yet: movescreen client add"])
    return row


def next_code(session: Session) -> str:
    """Return the next free code of the form ``C017``."""
    # also those in the bin
    taken = set(session.scalars(select(ClientRow.__table__.c.code)))
    number = len(taken) + 1
    while f"C{number:03d}" in taken:
        number += 1
    return f"C{number:03d}"


def insert_client(session: Session, code: str, told: Mapping[str, Any]) -> ClientRow:
    """Add a person; without a code under the next free one. InputError when the code is taken."""
    if code and (taken := find_client(session, code)) is not None:
        where = "in the bin" if taken.binned_utc else "already"
        raise InputError(f"there is a client {code!r} {where}", "choose another code, or see 'movescreen client list'")
    row = ClientRow(uid=uuid.uuid4().hex, code=code or next_code(session), created_utc=now_utc(), **told)
    session.add(row)
    session.flush()
    _let_see(session, row.uid)
    return row


def _let_see(session: Session, uid: str) -> None:
    """Let somebody who sees some clients only see the one whom they have added."""
    now = acting()
    if now.reach is None:
        return
    now.reach = Reach(now.reach.clients | {uid}, now.reach.teams)
    account = session.scalar(select(AccountRow).where(AccountRow.name == now.who))
    if account is not None:
        account.reach = {**account.reach, "clients": sorted(now.reach.clients)}
        session.flush()


def update_client(session: Session, client: Client, changes: Mapping[str, Any]) -> ClientRow:
    """Change a person who is still as they were seen, or raise EditConflict."""
    row = ensure_client(session, client.code)
    if row.version != client.version or row.uid != client.uid:
        raise EditConflict(
            f"{client.code} was changed by somebody else in the meantime; nothing was overwritten",
            "look at what is there now, and repeat",
        )
    for name, value in changes.items():
        setattr(row, name, value)
    session.flush()
    return row


def check_person(code: str, told: Mapping[str, Any]) -> None:
    """Raise InputError for a code, a year of birth, a sex or a text about a person that cannot be."""
    if code and not CODE.fullmatch(code):
        raise InputError(f"{code!r} cannot be the code of a client", "use letters, digits, blanks, dots and dashes")
    if unknown := set(told) - {*_LONGEST, "birth_year", "sex"}:
        raise InputError(
            f"{', '.join(sorted(unknown))} of a client cannot be changed",
            f"known: birth_year, sex, {', '.join(_LONGEST)}",
        )
    year = told.get("birth_year")
    if year is not None and not 1900 <= year <= now_utc().year:
        raise InputError(f"{year} cannot be a year of birth", "give it with four digits")
    read_sex(told.get("sex", ""))
    for name, most in _LONGEST.items():
        if len(told.get(name, "")) > most:
            raise InputError(f"the {name} has {len(told[name])} letters", f"give {most} at most")


def make_entry(table: type[_Entry], client_id: int, day: date, told: BaseModel, **more: Any) -> _Entry:
    """Return a new row that holds what was told."""
    return table(client_id=client_id, day=day, written_utc=now_utc(), payload=told.model_dump(mode="json"), **more)


def read_rows(session: Session, table: type[_Entry], client_id: int) -> list[_Entry]:
    """Return a client's rows of a table, by day and then as they were written."""
    return list(session.scalars(select(table).where(table.client_id == client_id).order_by(table.day, table.id)))


def read_told(session: Session, table: type[EntryRow], client_id: int, model: type[_Frozen]) -> tuple[_Frozen, ...]:
    """Return what a client's rows of a table hold, in the same order."""
    return tuple(parse_payload(model, row.payload) for row in read_rows(session, table, client_id))


def parse_payload(model: type[_Frozen], payload: dict[str, Any]) -> _Frozen:
    """Return what a row holds, or raise RecordsError when it does not fit."""
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise RecordsError(
            f"a record cannot be read: {describe_mistakes(error)}", "was it written by a newer version of movescreen?"
        ) from error
