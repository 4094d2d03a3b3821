"""The list of screenings, and the page of one."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.web.api.results import summarize
from movescreen.web.pages.clients import path_of
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render
from movescreen.words.findings import in_short
from movescreen.words.numbers_and_units import date_words
from movescreen.words.sentences import sentence

router = APIRouter()

_STATUS = {"recorded": "recorded", "skipped": "skipped", "not_done": "not done"}


@router.get("/results")
async def show_results(request: Request, services: ServicesDep) -> HTMLResponse:
    """List all screenings."""
    found = await run_in_threadpool(lambda: [summarize(r) for r in services.store.list()])
    rows = [
        {
            "result": r,
            "day": date_words(r.recorded),
            "time": _clock(r.recorded),
            "words": in_short(r.flagged, r.borderline, r.clear),
        }
        for r in found
    ]
    return render(request, "results.html.jinja", {"rows": rows})


@router.get("/results/{name}")
async def show_result(request: Request, name: str, services: ServicesDep) -> HTMLResponse:
    """Show one screening: what was done, and the way to the report."""
    found = await run_in_threadpool(services.store.find, name)
    parts = [
        {"title": p["title"], "reps": p.get("reps"), "pain": p.get("pain"), "status": _STATUS.get(p["status"], p["status"]),
         "error": sentence(str(p.get("error", "")))}
        for p in found.session.get("parts", [])
    ]  # fmt: skip
    short = summarize(found)
    data = {
        "result": short,
        "day": date_words(short.recorded),
        "parts": parts,
        "clips": [] if parts else found.screening.get("clips", []),
        "missing": [sentence(m) for m in found.screening.get("missing", [])],
        "folder": str(services.store.root / name),
        "client_path": path_of(short.client) if await run_in_threadpool(services.records.knows, short.client) else "",
    }
    return render(request, "result.html.jinja", data)


@router.post("/results/{name}/delete")
async def delete_result(name: str, services: ServicesDep) -> Response:
    """Delete a screening."""
    await run_in_threadpool(services.store.delete, name)
    return RedirectResponse("/results", 303)


def _clock(iso: str) -> str:
    return iso[11:16] if len(iso) >= 16 else ""
