"""The overview of a batch: one row a file, each with a link to its own report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from movescreen.atomic import write_text
from movescreen.model import Status
from movescreen.report.html import render_page
from movescreen.report.sections import Element
from movescreen.report.wording import STATUS_WORDS, title_of

_COUNTED = (Status.FLAGGED, Status.BORDERLINE, Status.NOT_ASSESSED)


def render_overview(rows: Sequence[Mapping[str, Any]], links: Sequence[str], software: str = "") -> str:
    """Return a page with one row a file.

    Parameters
    ----------
    rows
        Rows of ``summary_row`` and ``error_row``.
    links
        Path of each file's report, relative to the page; empty for files that have none.
    software
        Name and version, for the page's head.

    Returns
    -------
    str
        A whole HTML document; it loads nothing.
    """
    failed = sum(row["status"] != "ok" for row in rows)
    facts = [("Files", str(len(rows))), ("Analysed", str(len(rows) - failed)), ("Without a result", str(failed))]
    masthead = {"movement": "All clips", "view": "", "facts": facts}
    table = [_row(row, link) for row, link in zip(rows, links, strict=True)]
    elements = [
        Element("masthead", "", "masthead.html.jinja", masthead, place="header"),
        Element("files", "One row a file", "overview.html.jinja", {"rows": table}),
    ]
    return render_page(elements, "Movement screen · all clips", software)


def write_overview(rows: Sequence[Mapping[str, Any]], links: Sequence[str], path: Path, software: str = "") -> Path:
    """Write :func:`render_overview` to a file, whole or not at all; raises InputError when that fails."""
    return write_text(path, render_overview(rows, links, software))


def _row(row: Mapping[str, Any], link: str) -> dict[str, Any]:
    good = row["status"] == "ok"
    return {
        "href": quote(link) if good else "",
        "file": str(row["file"]),
        "client": str(row["client"] or ""),
        "movement": title_of(str(row["movement"])) if good else "",
        "view": title_of(str(row["view"])) if good else "",
        "reps": str(row["reps"]) if good else "",
        "counts": [(s.value, STATUS_WORDS[s].label, str(row[s.value])) for s in _COUNTED] if good else [],
        "error": "" if good else f"{row['error']} ({row['error_code']})",
    }
