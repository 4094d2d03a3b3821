"""The overview of a batch: one row a file, the worst first, each with a link to its own report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from movescreen.model import Status
from movescreen.report.formats.html import render_page
from movescreen.report.sections.element import Cell, Element, masthead_element, stacked_element
from movescreen.words.numbers_and_units import date_words
from movescreen.words.sentences import title_of
from movescreen.words.statuses import STATUS_WORDS

_COUNTED = (Status.FLAGGED, Status.BORDERLINE, Status.NOT_ASSESSED)


@dataclass(frozen=True)
class OverviewRow:
    """A clip in the overview.

    Attributes
    ----------
    summary
        Row of ``summary_row`` or ``error_row``.
    link
        Path of its report, relative to the page; empty when it has none.
    thumbnail
        A small picture as a data address; may be empty.
    flagged
        Titles of what was flagged, the weightiest first.
    severity
        Greatest severity among them, 0..1.
    """

    summary: Mapping[str, Any]
    link: str = ""
    thumbnail: str = ""
    flagged: Sequence[str] = ()
    severity: float = 0.0


@dataclass(frozen=True)
class OverviewScreening:
    """One client's visit in the overview: who, when, links to both reports relative to the page, and number of clips."""

    client: str
    date: str
    link: str
    client_link: str
    clips: int


def render_overview(
    rows: Sequence[OverviewRow], software: str = "", screenings: Sequence[OverviewScreening] = ()
) -> str:
    """Return a page with one row a file: most flagged first, then those without anything, then those without a result.

    Parameters
    ----------
    screenings
        Clips that were merged, by client and day.
    """
    good = sorted((row for row in rows if row.summary["status"] == "ok"), key=_worst_first)
    others = [row for row in rows if row.summary["status"] != "ok"]
    flagged = sum(_flagged(row) > 0 for row in good)
    facts = [
        ("Files", str(len(rows))), ("Analyzed", str(len(good))), ("With something flagged", str(flagged)),
        ("Without a result", str(len(others))),
    ]  # fmt: skip
    elements = [
        masthead_element("All clips", "", facts),
        stacked_element(
            "screenings", "Screenings", ["Person", "Recorded", "Clips", "For the client"], [_screening(s) for s in screenings],
            caption="Clips of one person and one day, each check answered by the clip that can see it.",
        ),
        Element("files", "One row a file, the worst first", "overview.html.jinja", {"rows": [_row(r) for r in good]})
        if good or not others
        else None,
        stacked_element("failed", "Without a result", ["File", "Person", "Why"], [_failed(row) for row in others]),
    ]  # fmt: skip
    return render_page(elements, "Movement screen · all clips", software=software)


def _worst_first(row: OverviewRow) -> tuple[float, ...]:
    return -_flagged(row), -row.severity, -row.summary["borderline"], row.summary["not_assessed"]


def _flagged(row: OverviewRow) -> int:
    """Return how much stands out, after the trainer's word where there is one."""
    return int(row.summary.get("flagged_judged", row.summary["flagged"]))


def _row(row: OverviewRow) -> dict[str, Any]:
    said = row.summary
    return {
        "href": quote(row.link),
        "thumbnail": row.thumbnail,
        "file": str(said["file"]),
        "client": str(said["client"] or ""),
        "movement": title_of(str(said["movement"])),
        "view": title_of(str(said["view"])),
        "reps": str(said["reps"]),
        "counts": [
            (s.value, STATUS_WORDS[s].label, str(_flagged(row) if s is Status.FLAGGED else said[s.value]))
            for s in _COUNTED
        ],
        "flagged": list(row.flagged),
    }


def _failed(row: OverviewRow) -> list[Cell | str]:
    said = row.summary
    why = f"{said['error']} ({said['error_code']})"
    return [Cell(str(said["file"]), href=quote(row.link)), str(said["client"] or ""), why]


def _screening(row: OverviewScreening) -> list[Cell | str]:
    plain = Cell("plain words", href=quote(row.client_link))
    return [Cell(row.client, href=quote(row.link)), date_words(row.date), str(row.clips), plain]
