"""A team's day as a page and a table: one row an athlete, who needs attention first on top, and a map of checks and athletes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from movescreen.client.intake.words import decapitalize
from movescreen.client.rules.progress import Change, Trend
from movescreen.client.team.summary import CheckCell, CheckKey, Gate, Need, TeamRow
from movescreen.model import Status
from movescreen.report.formats.csv import csv_text, for_spreadsheets
from movescreen.report.formats.html import Links, render_page
from movescreen.report.formats.together import workbook_bytes, write_together
from movescreen.report.pages.progress import change_title
from movescreen.report.sections.element import Element, masthead_element, statement_element
from movescreen.report.sections.person import Names, day_words, provenance_element
from movescreen.report.sections.ranking import TOP
from movescreen.words.numbers_and_units import number_word, plural
from movescreen.words.sentences import sentence
from movescreen.words.statuses import STATUS_WORDS

TEAM_PAGE, TEAM_TABLE, TEAM_WORKBOOK = "report.html", "team.csv", "team.xlsx"
NEED_WORDS = {
    Need.REFER: "Refer first", Need.PAIN: "Pain reported", Need.STOOD_OUT: "Stood out", Need.CLOSE: "Close to the limit",
    Need.QUESTIONS: "Health questions first", Need.NOT_KNOWN: "Not known", Need.NOTHING: "Nothing stood out",
}  # fmt: skip
_MARKS = {
    Need.REFER: "flagged", Need.PAIN: "flagged", Need.STOOD_OUT: "flagged", Need.CLOSE: "borderline",
    Need.QUESTIONS: "not_assessed", Need.NOT_KNOWN: "not_assessed", Need.NOTHING: "clear",
}  # fmt: skip
#: What stands in a cell of the map: told apart without color.
_SIGNS = {Status.FLAGGED: "●", Status.BORDERLINE: "◐", Status.CLEAR: "·", Status.NOT_ASSESSED: "?"}
_TREND_WORDS = {Trend.AWAY: "better", Trend.TOWARDS: "worse", Trend.NEITHER: "other"}
_SORTED = (
    "Sorted by need: who is to be referred, who reported pain, in whom more stood out (clearly beyond the limit first among equals), "
    "who came close to a limit, who is to be asked about health first, of whom too little is known, and then the others. It says where to look first, not who is fit to play."
)


@dataclass(frozen=True, kw_only=True)
class TeamReport:
    """Everything that a team's day is told from.

    Attributes
    ----------
    rows
        One an athlete, sorted by need.
    days
        Every day on which somebody of the team was screened -> how many.
    order
        Every check of the catalog -> its place.
    """

    team: str
    day: date
    rows: tuple[TeamRow, ...]
    days: Mapping[date, int]
    names: Names = field(default_factory=Names)
    order: Mapping[CheckKey, int] = field(default_factory=dict)

    @property
    def checks(self) -> dict[CheckKey, str]:
        """Checks that were looked for in anybody, in the order of the catalog -> title."""
        found = {key: cell.title for row in self.rows for key, cell in row.checks.items()}
        return {key: found[key] for key in sorted(found, key=lambda k: (self.order.get(k, len(self.order)), k))}


@dataclass(frozen=True)
class Addresses:
    """Where the web app shows more: by code the visit, by day the same page of another day. Empty in a file."""

    athletes: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[date, str] = field(default_factory=dict)


def write_team(report: TeamReport, out_dir: Path) -> list[Path]:
    """Write ``report.html``, ``team.csv`` and ``team.xlsx``; all of them, or none."""
    contents = {TEAM_TABLE: team_csv(report), TEAM_WORKBOOK: team_workbook(report), TEAM_PAGE: render_team(report)}
    return write_together(out_dir, contents, last=TEAM_PAGE)


def team_workbook(report: TeamReport) -> bytes:
    """Return the table as an XLSX file."""
    return workbook_bytes({"Team": team_table(report)}, frozen=4)


def team_table(report: TeamReport) -> pd.DataFrame:
    """Return one row an athlete, sorted by need, with a column for every check (``movement:check``, its status)."""
    rows = []
    for place, row in enumerate(report.rows, 1):
        changes = {
            f"changed_{word}": "; ".join(_titles(row.changed(t), report.names)) for t, word in _TREND_WORDS.items()
        }
        rows.append(
            {
                "place": place, "code": row.code, "jersey": row.jersey, "name": row.name, "group": row.group, "team": report.team,
                "day": report.day.isoformat(), "need": row.need.name.lower(), "gate": row.gate.value,
                "screened": row.visit is not None, "pain": row.hurt, **{s.value: row.count(s) for s in Status},
                "stood_out": "; ".join(row.titles(Status.FLAGGED)), "close": "; ".join(row.titles(Status.BORDERLINE)),
                "missing": "; ".join(row.missing), "compared_with": row.last.isoformat() if row.last else "", **changes,
                **{f"{m}:{c}": row.checks[m, c].status.value if (m, c) in row.checks else "" for m, c in report.checks},
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def team_csv(report: TeamReport) -> str:
    """Return the table as CSV."""
    return for_spreadsheets(csv_text(team_table(report)))


def render_team(report: TeamReport, links: Links = (), addresses: Addresses | None = None) -> str:
    """Return a team's day as one HTML document; it needs no script, also to show some of the rows only."""
    addresses = addresses or Addresses()
    screened = [row for row in report.rows if row.visit is not None]
    facts = [
        ("Day", day_words(report.day)), ("Athletes", str(len(report.rows))), ("Screened", str(len(screened))),
    ]  # fmt: skip
    groups = sorted({row.group for row in report.rows if row.group})
    rows = [_row(report, row, groups, addresses) for row in report.rows]
    elements = [
        masthead_element(report.team, "Team day", facts),
        statement_element(team_headline(report)),
        Element("athletes", "Athletes", "team_rows.html.jinja", {"rows": rows, "groups": groups, "sorted": _SORTED}),
        Element("map", "Checks and athletes", "team_map.html.jinja", _map(report, addresses))
        if report.checks
        else None,
        _other_days(report, addresses),
        provenance_element([]),
    ]
    return render_page(elements, f"{report.team} · {day_words(report.day)}", links)


def need_words(row: TeamRow) -> str:
    """Return why an athlete stands where they stand, in a few words."""
    return "Not screened" if row.need is Need.NOT_KNOWN and row.visit is None else NEED_WORDS[row.need]


def team_headline(report: TeamReport) -> str:
    """Return how many need what, in a few sentences."""
    counts = Counter(row.need for row in report.rows)
    unseen = sum(row.visit is None for row in report.rows)
    told = [
        (counts[Need.REFER], "is to be referred first", "are to be referred first"),
        (counts[Need.PAIN], "reported pain", "reported pain"),
        (counts[Need.STOOD_OUT], "had something that stood out", "had something that stood out"),
        (counts[Need.CLOSE], "came close to a limit", "came close to a limit"),
        (counts[Need.QUESTIONS], "is to be asked about health first", "are to be asked about health first"),
        (counts[Need.NOTHING], "had nothing that stood out", "had nothing that stood out"),
        (unseen, "was not screened on this day", "were not screened on this day"),
    ]
    parts = [f"{number_word(n)} {one if n == 1 else many}" for n, one, many in told if n]
    return f"Of {plural(len(report.rows), 'athlete')}, {'; '.join(parts)}."


def _row(report: TeamReport, row: TeamRow, groups: Sequence[str], addresses: Addresses) -> dict[str, Any]:
    flagged, close = row.titles(Status.FLAGGED), row.titles(Status.BORDERLINE)
    said = [_in_short(flagged)] if flagged else []
    said += [f"Close: {_in_short(close)}"] if close else []
    said += [f"Missing: {sentence('; '.join(row.missing))}"] if row.missing and row.visit else []
    said += [_unseen_words(row)] if row.visit is None else []
    said += ["Health questions first."] if row.gate is Gate.QUESTIONS and row.need is not Need.QUESTIONS else []
    changes = [
        f"{word.capitalize()}: {_in_short(found)}"
        for trend, word in _TREND_WORDS.items()
        if trend is not Trend.NEITHER and (found := _titles(row.changed(trend), report.names))
    ]
    other = len(_titles(row.changed(Trend.NEITHER), report.names))
    changes += [sentence(plural(other, "change", "changes") + " that no limit judges")] if other else []
    if row.visit is not None and row.last is not None and not changes:
        changes = ["No change beyond the error."]
    counts = [(s.value, STATUS_WORDS[s].label, row.count(s)) for s in Status if row.visit is not None]
    return {
        "number": row.jersey, "code": row.code, "name": row.name or row.code, "group": row.group,
        "group_number": groups.index(row.group) if row.group else -1, "href": addresses.athletes.get(row.code, ""),
        "need": row.need.name.lower(), "mark": _MARKS[row.need], "label": need_words(row), "said": said, "counts": counts,
        "changes": changes, "since": day_words(row.last) if row.visit is not None and row.last else "",
    }  # fmt: skip


def _unseen_words(row: TeamRow) -> str:
    return f"Not screened on this day; last on {day_words(row.last)}." if row.last else "Not screened yet."


def _titles(changes: Sequence[Change], names: Names) -> list[str]:
    named = [
        f"{change_title(c, names)} ({decapitalize(names.movement(c.movement).partition(' / ')[0])})" for c in changes
    ]
    return list(dict.fromkeys(named))


def _in_short(titles: Sequence[str]) -> str:
    """Return the first few of a list, and how many more there are."""
    more = len(titles) - TOP
    return sentence("; ".join([*titles[:TOP], *([f"and {more} more"] if more > 0 else [])]))


def _map(report: TeamReport, addresses: Addresses) -> dict[str, Any]:
    shown = [row for row in report.rows if row.checks]
    lines, last = [], ""
    for (movement, check), title in report.checks.items():
        cells = [_cell(row.checks.get((movement, check))) for row in shown]
        head = report.names.movement(movement) if movement != last else ""
        lines.append({"movement": head, "title": title, "cells": cells, "count": sum(c["flagged"] for c in cells)})
        last = movement
    heads = [
        {"short": row.jersey or row.code, "name": row.name or row.code, "href": addresses.athletes.get(row.code, "")} for row in shown
    ]  # fmt: skip
    signs = [(status.value, sign, STATUS_WORDS[status].label) for status, sign in _SIGNS.items()]
    return {"heads": heads, "lines": lines, "signs": signs}


def _cell(cell: CheckCell | None) -> dict[str, Any]:
    if cell is None:
        return {"status": "none", "sign": "", "words": "not looked for", "flagged": 0}
    side = cell.sides[0] if len(cell.sides) == 1 else ""
    words = f"{STATUS_WORDS[cell.status].label}{f', {side}' if side else ''}"
    return {
        "status": cell.status.value, "sign": _SIGNS[cell.status] + side[:1].upper(), "words": words,
        "flagged": int(cell.status is Status.FLAGGED),
    }  # fmt: skip


def _other_days(report: TeamReport, addresses: Addresses) -> Element | None:
    days = [
        {"href": addresses.days[day], "day": day_words(day), "count": plural(count, "athlete")}
        for day, count in report.days.items()
        if day != report.day and day in addresses.days
    ]
    return Element("days", "Other days", "team_days.html.jinja", {"days": days}) if days else None
