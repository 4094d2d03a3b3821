"""``movescreen account``: who may log in to the web app."""

from __future__ import annotations

from typing import Annotated

import typer

from movescreen.errors import UnknownNameError
from movescreen.records import open_store
from movescreen.records.accounts import keep_account, list_accounts, reach_words, remove_account, set_password
from movescreen.records.acting import Role
from movescreen.web.security.passwords import hash_password

Name = Annotated[str, typer.Argument(help="Name under which somebody logs in.")]


def list_all() -> None:
    """List the accounts."""
    with open_store() as store:
        found = [(account, *reach_words(store, account)) for account in list_accounts(store)]
    for account, clients, teams in found:
        seen = "everybody" if account.reach is None else ", ".join((*clients, *(f"team {team}" for team in teams)))
        typer.echo(f"{account.name}: {account.role.value}, {seen}")
    if not found:
        typer.echo("no accounts: whoever is let in is the owner")


def keep(
    name: Name,
    role: Annotated[str, typer.Option(help=f"{', '.join(role.value for role in Role)}.")],
    client: Annotated[
        list[str] | None, typer.Option(help="Code of a client who may be seen; may be given several times.")
    ] = None,
    team: Annotated[list[str] | None, typer.Option(help="A team that may be seen; may be given several times.")] = None,
) -> None:
    """Add an account, or change its role and whom it may see; without clients and teams that is everybody. The first one is an owner's."""
    if role not in set(Role):
        raise UnknownNameError("role", role, [each.value for each in Role])
    with open_store() as store:
        new = name not in {account.name for account in list_accounts(store)}
        made = _ask() if new else ""
        keep_account(store, name, Role(role), password_hash=made, clients=client or (), teams=team or ())
    typer.echo(f"{name} is {role}")


def password(name: Name) -> None:
    """Set a new password; logins with the old one end."""
    with open_store() as store:
        set_password(store, name, _ask())
    typer.echo(f"{name} has a new password")


def remove(name: Name) -> None:
    """Remove an account; its logins end. Without any account whoever is let in is the owner."""
    with open_store() as store:
        remove_account(store, name)
    typer.echo(f"{name} is removed")


def _ask() -> str:
    return hash_password(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


GROUP = {"list": list_all, "keep": keep, "password": password, "remove": remove}
