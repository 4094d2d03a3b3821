"""The list of screenings, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.correcting import bring_up_to_date
from movescreen.app.corrections import day_of, find_kept, label_of
from movescreen.files import read_regular
from movescreen.report.formats.html import add_links
from movescreen.report.pages.player import PLAYER_FILE
from movescreen.report.sections.person import day_words
from movescreen.web.api.results import REPORT_POLICY, ResultSummary, policy_of_player, summarize
from movescreen.web.encrypted import answer_file
from movescreen.web.pages.clients import path_of, visit_path
from movescreen.web.pages.reports import ReportResponse
from movescreen.web.pages.ways import ways_of_result
from movescreen.web.result_store import MEDIA_TYPES
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render
from movescreen.words.findings import in_short
from movescreen.words.numbers_and_units import date_words
from movescreen.words.sentences import sentence

router = APIRouter()

#: File of a result -> what its link is called.
_HERE = {"report.html": "Report", "client.html": "Client's page", PLAYER_FILE: "Look and compare"}
_STATUS = {"recorded": "recorded", "skipped": "skipped", "not_done": "not done"}


@router.get("/results")
def show_results(request: Request, services: ServicesDep) -> HTMLResponse:
    """List all screenings."""
    rows = [
        {"result": r, "day": _day(services, r), "time": _clock(r.recorded), "words": in_short(r.flagged, r.borderline, r.clear)}
        for r in map(summarize, services.store.list())
    ]  # fmt: skip
    return render(request, "results.html.jinja", {"rows": rows})


@router.get("/results/{name}")
def show_result(request: Request, name: str, services: ServicesDep) -> HTMLResponse:
    """Show one screening: what was done, and the way to the report."""
    found = services.store.find(name)
    parts = [
        {**part, "status": _STATUS.get(part["status"], part["status"]), "error": sentence(str(part["error"]))}
        for part in _rows(found.session, "parts", "title", "reps", "pain", "status", "error")
    ]
    short = summarize(found)
    data = {
        "result": short,
        "day": _day(services, short),
        "parts": parts,
        "clips": [] if parts else _rows(found.screening, "clips", "file", "movement", "view", "reps"),
        "missing": [sentence(text) for text in _list(found.screening, "missing") if isinstance(text, str)],
        "has_player": (services.store.root / name / PLAYER_FILE).is_file(),
        "folder": str(services.store.root / name),
        **_place(services, name, short.client),
    }
    return render(request, "result.html.jinja", data)


def _rows(told: Mapping[str, Any], key: str, *names: str) -> list[dict[str, Any]]:
    """Return what a page shows of a list in a file; what is missing in it, or of another kind than such files have, is empty."""
    shown = [each for each in _list(told, key) if isinstance(each, dict)]
    return [{name: value if isinstance(value := each.get(name), str | int) else "" for name in names} for each in shown]


def _list(told: Mapping[str, Any], key: str) -> list[Any]:
    found = told.get(key)
    return found if isinstance(found, list) else []


def _place(services: Services, name: str, client: str) -> dict[str, Any]:
    """Return with whom a result is kept, and who may get it otherwise."""
    kept = find_kept(services.records, services.store.root / name)
    known = services.records.list_clients()
    return {
        "client_path": path_of(client) if services.records.knows(client) else "", "label": label_of(services.records, client),
        "visit_path": visit_path(kept.code, kept.day) if kept else "",
        "others": [] if kept else known,
    }  # fmt: skip


@router.get("/results/{name}/files/{path:path}")
def show_file(name: str, path: str, services: ServicesDep) -> Response:
    """Show a page of a result with the ways to the other pages of the visit; other files are handed out as they are."""
    file = services.store.file(name, path)
    if file.suffix != ".html":
        return answer_file(file, MEDIA_TYPES[file.suffix], {"Content-Security-Policy": REPORT_POLICY})

    bring_up_to_date(services.records, services.store.root / name)
    page = add_links(read_regular(file).decode(), ways_of_result(services, name, _HERE.get(path, "")))
    if file.name == PLAYER_FILE:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy_of_player(page)})
    return ReportResponse(page)


@router.post("/results/{name}/delete")
def delete_result(name: str, services: ServicesDep) -> Response:
    """Put a screening into the bin."""
    services.store.delete(name)
    return RedirectResponse("/results", 303)


def _day(services: Services, result: ResultSummary) -> str:
    """Return the day of a result in words; where nobody gave one, that on which it was made."""
    return date_words(result.recorded) or day_words(day_of(services.store.root / result.name))


def _clock(iso: str) -> str:
    return iso[11:16] if len(iso) >= 16 else ""
