"""Teams: the list, the board of a day with its queue, and what the day came to."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.teams.day import BoardEntry, choose_next, gather_board, gather_team, list_teams, members_of
from movescreen.client.dates import read_day
from movescreen.client.team.board import Place, TeamDay
from movescreen.errors import UnknownNameError
from movescreen.report.pages.team import TEAM_TABLE, Addresses, TeamReport, render_team, team_csv, write_workbook
from movescreen.report.sections.person import day_words
from movescreen.settings import PresetSettings, VoiceSettings, load_table
from movescreen.web.forms.fields import read_form
from movescreen.web.live_session import SessionChoices
from movescreen.web.pages.clients import path_of
from movescreen.web.pages.reports import answer_report
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
async def show_teams(request: Request, services: ServicesDep) -> HTMLResponse:
    """List the teams."""

    def gather() -> list[dict[str, Any]]:
        if not services.records.exist:
            return []
        return [
            {
                "name": each.team, "athletes": plural(each.athletes, "athlete"), "board": page_of("day", each.team),
                "sheet": page_of("results", each.team) if each.days else "",
                "last": day_words(next(iter(each.days))) if each.days else "",
            }
            for each in list_teams(services.records.store)
        ]  # fmt: skip

    return render(request, "teams.html.jinja", {"teams": await run_in_threadpool(gather)})


@router.get("/day")
async def show_board(request: Request, services: ServicesDep, team: str) -> HTMLResponse:
    """Show who is to do, now, done, and what is missing; before a session is chosen, ask for it."""

    def gather() -> dict[str, Any]:
        store, today = services.records.store, date.today()
        members, chosen = members_of(store, team), store.team_day(team, today)
        presets, voice = load_table(PresetSettings), load_table(VoiceSettings).on
        session = (
            presets.session if presets.session in services.catalog.protocols else next(iter(services.catalog.protocols))
        )
        usable = chosen is not None and chosen.protocol in services.catalog.protocols
        board = _board(services, team, chosen) if chosen is not None and usable else []
        return {
            "team": team, "count": len(members), "chosen": chosen or TeamDay(protocol=session, repetitions=presets.repetitions, voice=voice),
            "begun": usable, "protocols": list(services.catalog.protocols.values()), "results": page_of("results", team),
            "title": services.catalog.protocol(chosen.protocol).title if chosen is not None and usable else "",
            "columns": _columns(board), "next": choose_next(board), "to_go": sum(e.place in (Place.TO_DO, Place.MISSING) for e in board),
            "today": day_words(today), "query": urlencode({"team": team}, quote_via=quote),
        }  # fmt: skip

    return render(request, "team_day.html.jinja", await run_in_threadpool(gather))


@router.post("/day")
async def choose_day(request: Request, services: ServicesDep, team: str) -> Response:
    """Keep how the team is screened today."""
    form = await read_form(request)
    services.catalog.protocol(form.text("protocol"))
    repetitions = form.whole("repetitions")
    model = form.text("model")

    def keep() -> None:
        store, today = services.records.store, date.today()
        members_of(store, team)
        before = store.team_day(team, today)
        chosen = TeamDay(
            protocol=form.text("protocol"), repetitions=repetitions if repetitions and repetitions <= 20 else None,
            voice=bool(form.text("voice")), pictures=bool(form.text("pictures")), model="lite" if model == "lite" else "full",
            absent=before.absent if before else (),
        )  # fmt: skip
        store.keep_team_day(team, today, chosen)

    await run_in_threadpool(keep)
    return RedirectResponse(page_of("day", team), 303)


@router.post("/next")
async def begin_next(request: Request, services: ServicesDep, team: str) -> Response:
    """Begin the session of the next athlete, or of the one asked for; to the board when nobody is left."""
    form = await read_form(request)
    code = form.text("code")

    def begin() -> str:
        with _QUEUE:
            return take_next()

    def take_next() -> str:
        chosen = services.records.store.team_day(team, date.today())
        if chosen is None:
            return page_of("day", team)
        entry = choose_next(_board(services, team, chosen), code)
        if entry is None:
            return page_of("day", team)
        if entry.session:
            return f"/live/{entry.session}"
        parts = tuple(part.id for part in entry.missing) if entry.place is Place.MISSING else ()
        choices = SessionChoices(
            entry.client.code, chosen.protocol, chosen.repetitions, chosen.pictures, chosen.model, team=team, parts=parts,
            voice=chosen.voice,
        )  # fmt: skip
        before = services.hub.of_team(team)
        session = services.hub.open(choices)
        services.pairings.follow(before, session.id)
        return f"/live/{session.id}"

    return RedirectResponse(await run_in_threadpool(begin), 303)


@router.post("/absent")
async def note_absent(request: Request, services: ServicesDep, team: str) -> Response:
    """Note that an athlete is not here today, or is here after all."""
    form = await read_form(request)
    code = form.text("code")

    def keep() -> None:
        store, today = services.records.store, date.today()
        chosen = store.team_day(team, today)
        client = next((c for c in members_of(store, team) if c.code == code), None)
        if chosen is None or client is None:
            raise UnknownNameError("athlete of the team", code, [c.code for c in members_of(store, team)])
        absent = set(chosen.absent) ^ {client.uid}
        store.keep_team_day(team, today, chosen.model_copy(update={"absent": tuple(sorted(absent))}))

    await run_in_threadpool(keep)
    return RedirectResponse(page_of("day", team), 303)


@router.get("/results")
async def show_results(services: ServicesDep, team: str, day: str = "") -> HTMLResponse:
    """Show what a day came to: one row an athlete, and the map of checks."""

    def make() -> str:
        report = _gather(services, team, day)
        told = {"day": report.day.isoformat()}
        links = [
            ("/teams", "← Teams"), (page_of("day", team), "Board"), (page_of(TEAM_TABLE, team, **told), "CSV"),
            (page_of("team.xlsx", team, **told), "XLSX"),
        ]  # fmt: skip
        athletes = {
            row.code: path_of(row.code, "visits", report.day.isoformat())
            if row.visit is not None
            else path_of(row.code)
            for row in report.rows
        }
        days = {each: page_of("results", team, day=each.isoformat()) for each in report.days}
        return render_team(report, links, Addresses(athletes, days))

    return answer_report(await run_in_threadpool(make))


@router.get(f"/{TEAM_TABLE}")
async def send_table(services: ServicesDep, team: str, day: str = "") -> Response:
    """Hand out the table as CSV."""
    text = await run_in_threadpool(lambda: team_csv(_gather(services, team, day)))
    return _attachment(text.encode("utf-8"), "text/csv; charset=utf-8", TEAM_TABLE)


@router.get("/team.xlsx")
async def send_workbook(services: ServicesDep, team: str, day: str = "") -> Response:
    """Hand out the table as a workbook."""

    def make() -> bytes:
        buffer = io.BytesIO()
        write_workbook(_gather(services, team, day), buffer)
        return buffer.getvalue()

    return _attachment(await run_in_threadpool(make), _XLSX, "team.xlsx")


def _attachment(content: bytes, kind: str, name: str) -> Response:
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
        "visit": path_of(client.code, "visits", date.today().isoformat()),
    }  # fmt: skip
