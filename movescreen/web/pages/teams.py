"""Teams: the list, the board of a day with its queue, and what the day came to."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.teams.day import BoardEntry, choose_next, gather_board, gather_team, list_teams, members_of
from movescreen.client.dates import read_day
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.team.board import Place, TeamDay
from movescreen.client.team.summary import Gate, find_gate
from movescreen.errors import UnknownNameError
from movescreen.report.pages.team import (
    TEAM_TABLE,
    TEAM_WORKBOOK,
    Addresses,
    TeamReport,
    render_team,
    team_csv,
    team_workbook,
)
from movescreen.report.sections.person import day_words
from movescreen.settings import PresetSettings, VoiceSettings, load_table
from movescreen.web.forms.fields import FormDep
from movescreen.web.live_session import SessionChoices
from movescreen.web.pages.clients import path_of, visit_path
from movescreen.web.pages.reports import ReportResponse
from movescreen.web.pairing_code import draw_code, phone_address
from movescreen.web.security.pairing import QUESTIONS_S, Opens
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render
from movescreen.words.numbers_and_units import plural

router = APIRouter(prefix="/teams")

#: Columns of the board, in their order, with what stands above each.
_PLACES = {
    Place.NOW: "Now", Place.TO_DO: "To do", Place.MISSING: "Something is missing", Place.QUESTIONS: "Health questions first",
    Place.REFER: "Refer first", Place.DONE: "Done", Place.ABSENT: "Not here today",
}  # fmt: skip
#: Two cameras never take the same athlete.
_QUEUE = threading.Lock()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page_of(page: str, team: str, **more: str) -> str:
    """Return the address of a page about a team; its name may hold any sign."""
    return f"/teams/{page}?{urlencode({'team': team, **more}, quote_via=quote)}"


@router.get("")
def show_teams(request: Request, services: ServicesDep) -> HTMLResponse:
    """List the teams."""
    teams = [
        {
            "name": each.team, "athletes": plural(each.athletes, "athlete"), "board": page_of("day", each.team),
            "sheet": page_of("results", each.team) if each.days else "",
            "last": day_words(next(iter(each.days))) if each.days else "",
        }
        for each in (list_teams(services.records.store) if services.records.exist else ())
    ]  # fmt: skip
    return render(request, "teams.html.jinja", {"teams": teams})


@router.get("/day")
def show_board(request: Request, services: ServicesDep, team: str) -> HTMLResponse:
    """Show who is to do, now, done, and what is missing; before a session is chosen, ask for it."""
    store, today = services.records.store, date.today()
    members, chosen = members_of(store, team), store.team_day(team, today)
    presets, voice = load_table(PresetSettings), load_table(VoiceSettings).on
    session = (
        presets.session if presets.session in services.catalog.protocols else next(iter(services.catalog.protocols))
    )
    usable = chosen is not None and chosen.protocol in services.catalog.protocols
    board = _board(services, team, chosen) if chosen is not None and usable else []
    data = {
        "team": team, "count": len(members), "chosen": chosen or TeamDay(protocol=session, repetitions=presets.repetitions, voice=voice),
        "begun": usable, "protocols": list(services.catalog.protocols.values()), "results": page_of("results", team),
        "title": services.catalog.protocol(chosen.protocol).title if chosen is not None and usable else "",
        "columns": _columns(board), "next": choose_next(board), "to_go": sum(e.place in (Place.TO_DO, Place.MISSING) for e in board),
        "today": day_words(today), "query": urlencode({"team": team}, quote_via=quote),
    }  # fmt: skip
    return render(request, "team_day.html.jinja", data)


@router.post("/day")
def choose_day(services: ServicesDep, form: FormDep, team: str) -> Response:
    """Keep how the team is screened today."""
    services.catalog.protocol(form.text("protocol"))
    repetitions, model = form.whole("repetitions"), form.text("model")
    store, today = services.records.store, date.today()
    members_of(store, team)
    before = store.team_day(team, today)
    chosen = TeamDay(
        protocol=form.text("protocol"), repetitions=repetitions if repetitions and repetitions <= 20 else None,
        voice=bool(form.text("voice")), pictures=bool(form.text("pictures")), model="lite" if model == "lite" else "full",
        absent=before.absent if before else (),
    )  # fmt: skip
    store.keep_team_day(team, today, chosen)
    return RedirectResponse(page_of("day", team), 303)


@router.post("/next")
def begin_next(services: ServicesDep, form: FormDep, team: str) -> Response:
    """Begin the session of the next athlete, or of the one asked for; to the board when nobody is left."""
    with _QUEUE:
        return RedirectResponse(_take_next(services, team, form.text("code")), 303)


def _take_next(services: Services, team: str, code: str) -> str:
    """Return the address of the session that begins; that of the board when there is none."""
    chosen = services.records.store.team_day(team, date.today())
    entry = choose_next(_board(services, team, chosen), code) if chosen is not None else None
    if chosen is None or entry is None:
        return page_of("day", team)
    if entry.session:
        return f"/live/{entry.session}"
    parts = tuple(part.id for part in entry.missing) if entry.place is Place.MISSING else ()
    choices = SessionChoices(
        entry.client.code, chosen.protocol, chosen.repetitions, chosen.pictures, chosen.model, team=team, parts=parts,
        voice=chosen.voice,
    )  # fmt: skip
    before = {f"/live/{each}" for each in services.hub.of_team(team)}
    page = f"/live/{services.hub.open(choices).id}"
    services.pairings.follow(before, page)
    return page


@router.post("/questions")
def offer_questions(request: Request, services: ServicesDep, team: str) -> HTMLResponse:
    """Show a code for everybody who is to be asked about health, to answer on a phone of their own."""
    store, base = services.records.store, phone_address(services.config, request.url.hostname or "")
    codes = []
    for client in members_of(store, team):
        person, visits = store.person(client.code, date.today()), store.visits(client.code)
        unread = find_unread_words(person, visits, services.care)
        if find_gate(person, visits, services.care) is Gate.QUESTIONS and not unread:
            opens = Opens(f"/clients/{client.code}/intake", client.uid)
            url = f"{base}/phone/{services.pairings.offer(opens, QUESTIONS_S)}"
            codes.append(
                {
                    "number": client.jersey,
                    "name": client.name or client.code,
                    "url": url,
                    "code": Markup(draw_code(url)),
                }
            )
    data = {"team": team, "board": page_of("day", team), "codes": codes, "hours": round(QUESTIONS_S / 3600)}
    return render(request, "team_questions.html.jinja", data)


@router.post("/absent")
def note_absent(services: ServicesDep, form: FormDep, team: str) -> Response:
    """Note that an athlete is not here today, or is here after all."""
    code, store, today = form.text("code"), services.records.store, date.today()
    chosen = store.team_day(team, today)
    client = next((c for c in members_of(store, team) if c.code == code), None)
    if chosen is None or client is None:
        raise UnknownNameError("athlete of the team", code, [c.code for c in members_of(store, team)])
    absent = set(chosen.absent) ^ {client.uid}
    store.keep_team_day(team, today, chosen.model_copy(update={"absent": tuple(sorted(absent))}))
    return RedirectResponse(page_of("day", team), 303)


@router.get("/results")
def show_results(services: ServicesDep, team: str, day: str = "") -> HTMLResponse:
    """Show what a day came to: one row an athlete, and the map of checks."""
    report = _gather(services, team, day)
    told = {"day": report.day.isoformat()}
    links = [
        ("/teams", "← Teams"), (page_of("day", team), "Board"), (page_of(TEAM_TABLE, team, **told), "CSV"),
        (page_of(TEAM_WORKBOOK, team, **told), "XLSX"),
    ]  # fmt: skip
    athletes = {
        row.code: visit_path(row.code, report.day) if row.visit is not None else path_of(row.code)
        for row in report.rows
    }
    days = {each: page_of("results", team, day=each.isoformat()) for each in report.days}
    return ReportResponse(render_team(report, links, Addresses(athletes, days)))


@router.get(f"/{TEAM_TABLE}")
def send_table(services: ServicesDep, team: str, day: str = "") -> Response:
    """Hand out the table as CSV."""
    return _attachment(team_csv(_gather(services, team, day)), "text/csv; charset=utf-8", TEAM_TABLE)


@router.get(f"/{TEAM_WORKBOOK}")
def send_workbook(services: ServicesDep, team: str, day: str = "") -> Response:
    """Hand out the table as a workbook."""
    return _attachment(team_workbook(_gather(services, team, day)), _XLSX, TEAM_WORKBOOK)


def _attachment(content: str | bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _gather(services: Services, team: str, day: str) -> TeamReport:
    return gather_team(services.records.store, services.catalog, team, read_day(day) if day else None)


def _board(services: Services, team: str, chosen: TeamDay) -> list[BoardEntry]:
    going_on = {each.choices.client: each.id for each in reversed(services.hub.under_way())}
    return gather_board(services.records.store, services.catalog, team, date.today(), chosen, going_on)


def _columns(board: list[BoardEntry]) -> list[Mapping[str, Any]]:
    return [
        {"place": place.value, "title": title, "entries": [_entry(each) for each in board if each.place is place]}
        for place, title in _PLACES.items()
        if any(each.place is place for each in board)
    ]


def _entry(entry: BoardEntry) -> dict[str, Any]:
    client = entry.client
    return {
        "number": client.jersey, "code": client.code, "name": client.name or client.code, "path": path_of(client.code),
        "missing": [part.title for part in entry.missing] if entry.place in (Place.MISSING, Place.DONE) else [],
        "hurt": entry.hurt, "unread": entry.unread, "session": f"/live/{entry.session}" if entry.session else "",
        "visit": visit_path(client.code, date.today()),
    }  # fmt: skip
