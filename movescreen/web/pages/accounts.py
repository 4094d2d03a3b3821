"""Accounts: who may log in, as what, and whom they may see; and one's own password."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.errors import InputError
from movescreen.records.accounts import keep_account, list_accounts, reach_words, remove_account, set_password
from movescreen.records.acting import Role
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.security.passwords import hash_password
from movescreen.web.services import Services, ServicesDep, StoreDep
from movescreen.web.templating import WHO, render

router = APIRouter()

#: Role -> what it may do.
ROLES = {
    Role.OWNER: "sees everybody and may do everything, accounts and the trail too",
    Role.TRAINER: "screens, plans, writes and exports for the clients given here",
    Role.VIEWER: "looks at the clients given here, and changes nothing",
    Role.DEVICE: "a client's own phone: opens the page and the plan of this one client, and films their sessions",
}


@router.get("/accounts")
def show_accounts(request: Request, services: ServicesDep, name: str = "") -> HTMLResponse:
    """List the accounts, with a form for a new one, or for the one that is named."""
    return _page(request, services, Form(), name[:80])


@router.post("/accounts")
def keep(request: Request, services: ServicesDep, store: StoreDep, form: FormDep) -> Response:
    """Add an account, or change one."""
    try:
        if form.text("role") not in set(Role):
            raise InputError("the role is missing", "choose one")
        clients, teams = (
            [part.strip() for part in form.text(key).split(",") if part.strip()] for key in ("clients", "teams")
        )
        made = hash_password(password) if (password := form.values.get("password", [""])[0]) else ""
        keep_account(
            store, form.text("name"), Role(form.text("role")), password_hash=made, clients=clients, teams=teams
        )
    except InputError as error:
        form.complain("", f"{error.message}: {error.hint}")
        return _page(request, services, form, form.text("name"), status=422)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/remove")
def remove(store: StoreDep, form: FormDep) -> Response:
    """Remove an account; its logins end."""
    remove_account(store, form.text("name"))
    return RedirectResponse("/accounts", 303)


@router.get("/password")
def show_password(request: Request) -> HTMLResponse:
    """Ask for the old and the new password of whoever is logged in."""
    return _password_page(request, Form())


@router.post("/password")
async def change_password(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Change one's own password; all logins with the old one end."""
    who = request.scope[WHO]
    if not who.account:
        raise NotThere(
            "there is no account to change", "set the server's password with: movescreen serve --set-password"
        )
    old, new = (form.values.get(key, [""])[0] for key in ("old", "new"))
    if await services.logins.log_in(old, request.client.host if request.client else "", name=who.name) is None:
        form.complain("old", "that is not the password")
        return _password_page(request, form, 422)
    try:
        await run_in_threadpool(lambda: set_password(services.records.store, who.name, hash_password(new)))
    except InputError as error:
        form.complain("new", error.message)
        return _password_page(request, form, 422)
    return RedirectResponse("/login", 303)


def _password_page(request: Request, form: Form, status: int = 200) -> HTMLResponse:
    return render(request, "password.html.jinja", {"form": form}, status=status)


def _page(request: Request, services: Services, form: Form, name: str, status: int = 200) -> HTMLResponse:
    rows = []
    for account in list_accounts(services.records.store) if services.records.exist else ():
        clients, teams = (", ".join(names) for names in reach_words(services.records.store, account))
        told = {"name": account.name, "role": account.role.value, "everybody": account.reach is None}
        rows.append(told | {"clients": clients, "teams": teams})
    known = next((row for row in rows if row["name"] == name), None)
    filled = {key: form.text(key) or (known or {}).get(key, "") for key in ("name", "role", "clients", "teams")}
    roles = [(role.value, words) for role, words in ROLES.items()]
    data = {"rows": rows, "known": known, "filled": filled, "form": form, "roles": roles}
    return render(request, "accounts.html.jinja", data, status=status)
