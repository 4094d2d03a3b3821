"""A roster: choose the file, look at what becomes of it, keep it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.teams.roster import RosterPlan, keep_roster, plan_roster
from movescreen.client.team.roster import FIELDS, column_letter, match_columns
from movescreen.errors import EditConflict
from movescreen.web.drafts import RosterDraft
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.pages.teams import page_of
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render

router = APIRouter(prefix="/teams/import")

#: So many entries of a column are shown beside its heading.
_EXAMPLES = 2


@router.get("")
def show_import(request: Request) -> HTMLResponse:
    """Ask for the file."""
    return render(request, "roster.html.jinja")


@router.get("/{draft_id}")
def show_roster(request: Request, draft_id: str, services: ServicesDep, team: str = "") -> HTMLResponse:
    """Show what would become of a roster."""
    draft = services.rosters.find(draft_id)
    return _page(request, services, draft, match_columns(draft.table.heads), Form({"team": [team]}))


@router.post("/{draft_id}")
def use_roster(request: Request, draft_id: str, services: ServicesDep, form: FormDep) -> Response:
    """Keep a roster as a whole, or show it with the columns as they are chosen now."""
    draft = services.rosters.find(draft_id)
    columns: list[str | None] = []
    for number in range(len(draft.table.heads)):
        said = form.text(f"column-{number}")
        columns.append(said if said in FIELDS or said == "" else None)
    if form.text("do") != "keep":
        return _page(request, services, draft, columns, form)
    plan = _plan(services, draft, columns, form)
    if not plan.mistakes:
        try:
            keep_roster(services.records.store, plan)
        except EditConflict as error:
            form.complain("", f"{error.message}. It was compared once more with what is there now")
        else:
            services.rosters.forget(draft_id)
            return RedirectResponse(page_of("day", plan.teams[0]) if len(plan.teams) == 1 else "/teams", 303)
    return _page(request, services, draft, columns, form)


def _plan(services: Services, draft: RosterDraft, columns: list[str | None], form: Form) -> RosterPlan:
    return plan_roster(services.records.store, draft.table, columns, " ".join(form.text("team")[:64].split()))


def _page(
    request: Request, services: Services, draft: RosterDraft, columns: list[str | None], form: Form
) -> HTMLResponse:
    plan = _plan(services, draft, columns, form)
    teams = {c.team for c in services.records.list_clients() if c.team}
    data: dict[str, Any] = {
        "name": draft.name, "where": draft.table.where, "plan": plan, "form": form, "teams": sorted(teams), "fields": FIELDS,
        "columns": [
            {
                "number": number, "field": column, "head": draft.table.heads[number] or f"Column {column_letter(number)}",
                "examples": ", ".join([c[number] for _, c in draft.table.rows if c[number]][:_EXAMPLES]),
            }
            for number, column in enumerate(columns)
        ],
        "ask_team": "team" not in columns or any(not step.shown("team") for step in plan.steps),
        "no_team": sum(not step.shown("team") for step in plan.steps),
    }  # fmt: skip
    return render(request, "roster_check.html.jinja", data)
