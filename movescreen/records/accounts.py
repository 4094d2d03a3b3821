"""Accounts: who may log in, in which role, and whom they may see. Without any, whoever is let in is the owner."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from movescreen.errors import InputError, UnknownNameError
from movescreen.records.acting import Reach, Role
from movescreen.records.database import transaction
from movescreen.records.rows import ensure_client
from movescreen.records.store import RecordStore
from movescreen.records.tables import AccountRow, ClientRow


@dataclass(frozen=True)
class Account:
    """Somebody who may log in; ``reach`` is None for everybody."""

    name: str
    role: Role
    password_hash: str
    reach: Reach | None


def list_accounts(store: RecordStore) -> tuple[Account, ...]:
    """Return all accounts, by name."""
    with transaction(store.engine, write=False) as session:
        return tuple(map(_to_account, session.scalars(select(AccountRow).order_by(AccountRow.name))))


def keep_account(
    store: RecordStore, name: str, role: Role, *, password_hash: str = "", clients: Collection[str] = (), teams: Collection[str] = (),
) -> Account:  # fmt: skip
    """Add an account, or change one.

    Parameters
    ----------
    password_hash
        Empty leaves that of an account that exists.
    clients, teams
        Codes and names of teams that may be seen; neither = everybody.

    Raises
    ------
    InputError
        When the name or the password is missing, the first account is no owner, no owner would be left, an owner would not see
        everybody, or a device is not that of one client.
    UnknownNameError
        When there is no such client.
    """
    if not 1 <= len(name) <= 80 or not name.isprintable() or name != name.strip():
        raise InputError("an account needs a name of at most 80 letters", "give the name under which somebody logs in")
    if role is Role.OWNER and (clients or teams):
        raise InputError("an owner sees everybody", "leave clients and teams out, or choose another role")
    if role is Role.DEVICE and (len(clients) != 1 or teams):
        raise InputError("a device belongs to one client", "give one code")
    with transaction(store.engine, write=True) as session:
        uids = sorted(ensure_client(session, code).uid for code in clients)
        row = session.scalar(select(AccountRow).where(AccountRow.name == name))
        if row is None:
            if not password_hash:
                raise InputError(f"{name} has no password yet", "give one")
            row = AccountRow(name=name, password_hash=password_hash)
            session.add(row)
        row.reach = {"clients": uids, "teams": sorted(set(teams))} if clients or teams else {}
        row.role, row.password_hash = role.value, password_hash or row.password_hash
        session.flush()
        _ensure_owner(session)
        return _to_account(row)


def set_password(store: RecordStore, name: str, password_hash: str) -> None:
    """Change the password of an account. UnknownNameError when there is none of that name."""
    with transaction(store.engine, write=True) as session:
        _ensure(session, name).password_hash = password_hash


def remove_account(store: RecordStore, name: str) -> None:
    """Remove an account; the last owner goes last.

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    InputError
        When others would be left without an owner.
    """
    with transaction(store.engine, write=True) as session:
        session.delete(_ensure(session, name))
        session.flush()
        _ensure_owner(session)


def reach_words(store: RecordStore, account: Account) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the clients and the names of the teams that an account may see; two empty ones for everybody."""
    if account.reach is None:
        return (), ()
    with transaction(store.engine, write=False, binned=True) as session:
        mine = select(ClientRow.code).where(ClientRow.uid.in_(account.reach.clients)).order_by(ClientRow.code)
        return tuple(session.scalars(mine)), tuple(sorted(account.reach.teams))


def _ensure(session: Session, name: str) -> AccountRow:
    row = session.scalar(select(AccountRow).where(AccountRow.name == name))
    if row is None:
        raise UnknownNameError("account", name, list(session.scalars(select(AccountRow.name))) or ["none yet"])
    return row


def _ensure_owner(session: Session) -> None:
    roles = set(session.scalars(select(AccountRow.role)))
    if roles and Role.OWNER.value not in roles:
        raise InputError("there would be no owner", "make an account of an owner first, and remove the last one last")


def _to_account(row: AccountRow) -> Account:
    told = row.reach
    reach = Reach(frozenset(told["clients"]), frozenset(told["teams"])) if told else None
    return Account(row.name, Role(row.role), row.password_hash, reach)
