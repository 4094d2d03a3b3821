"""The same small navigation on all pages of one visit: visit, report, client's page, plan, progress, the trainer's word."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import quote

from movescreen.app.corrections import day_of, find_kept, recordings_of
from movescreen.web.pages.clients import path_of, visit_path
from movescreen.web.result_store import StoredResult
from movescreen.web.services import Services

Ways = list[tuple[str, str]]


def result_path(name: str, *parts: str) -> str:
    """Return the address of a result's page, or of one below it."""
    return "/".join(("/results", *(quote(part, safe="") for part in (name, *parts))))


def results_of_visit(services: Services, code: str, day: date) -> list[StoredResult]:
    """Return the results on the disk that were recorded for a client on a day, the newest first."""
    return [
        r
        for r in services.store.list()
        if r.client == code and r.has_report and day_of(services.store.root / r.name) == day
    ]


def copies_of_visit(services: Services, code: str, day: date) -> list[Path]:
    """Return the folders of the results that hold recordings of a client's visit."""
    mine = {sha for k in services.records.store.screenings(code, day) if k.folder for sha in recordings_of(k.folder)}
    found = [services.store.root / result.name for result in services.store.list()]
    return [folder for folder in found if mine & set(recordings_of(folder))]


def ways_of_visit(services: Services, code: str, day: date, here: str = "", report: str = "") -> Ways:
    """Return the navigation of a visit.

    Parameters
    ----------
    here
        The page that is shown, in the words of its link.
    report
        Name of the result whose pages are meant; the newest of the day when empty.
    """
    store = services.records.store
    visit = visit_path(code, day)
    names = [r.name for r in results_of_visit(services, code, day)]
    name = report or (names[0] if names else "")
    ways: Ways = [(path_of(code), f"← {store.client(code).label}"), (visit, "Visit")]
    if name:
        ways += [
            (result_path(name, "files", "report.html"), "Report"),
            (result_path(name, "files", "client.html"), "Client's page"),
        ]
    ways += [(path_of(code, "plan"), "Plan"), (path_of(code, "progress"), "Progress"), (f"{visit}/judge", "Your word")]
    return _mark(ways, here)


def _mark(ways: Ways, here: str) -> Ways:
    return [("" if words == here else address, words) for address, words in ways]


def ways_of_client(services: Services, code: str, here: str = "") -> Ways:
    """Return the navigation of a client's newest visit; only the way back when there is none."""
    days = [v.day for v in services.records.store.visits(code) if v.clips]
    return (
        ways_of_visit(services, code, days[-1], here)
        if days
        else [(path_of(code), f"← {services.records.store.client(code).label}")]
    )


def ways_of_result(services: Services, name: str, here: str = "") -> Ways:
    """Return the navigation of a result: that of the visit that it is kept with, else its own."""
    place = find_kept(services.records, services.store.root / name)
    if place is not None:
        return ways_of_visit(services, place.code, place.day, here, name)
    pages = [("report.html", "Report"), ("client.html", "Client's page")]
    own = [(result_path(name, "files", file), words) for file, words in pages]
    return _mark([(result_path(name), "← Result"), *own, (result_path(name, "judge"), "Your word")], here)
