"""What a page is made of: elements from top to bottom, each with its template and what the template sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from movescreen.words.numbers_and_units import spell_days
from movescreen.words.sentences import sentence


@dataclass(frozen=True)
class Element:
    """One piece of the page.

    Attributes
    ----------
    title
        Heading; empty when the template brings its own frame.
    data
        What the template sees as ``data``.
    place
        ``header``, ``main`` or ``footer``. In ``main`` a title puts the element into a section under a heading.
    """

    id: str
    title: str
    template: str
    data: Mapping[str, Any]
    place: str = "main"


@dataclass(frozen=True)
class Cell:
    """A cell of a table whose rows fall apart into labeled lines on a small screen.

    Attributes
    ----------
    text
        Words, or safe markup.
    strong, small
        What stands before it in bold, and below it in small letters.
    status
        Name of a verdict, whose sign stands before the text.
    labeled
        Whether the name of its column stands before it on a small screen.
    """

    text: str = ""
    strong: str = ""
    small: str = ""
    status: str = ""
    href: str = ""
    kind: str = ""
    labeled: bool = True


#: A plain text is a cell with nothing else.
Row = Sequence[Cell | str]


def stacked(columns: Sequence[str], rows: Sequence[Row], kind: str = "", caption: str = "") -> dict[str, Any]:
    """Return a table for ``stacked.html.jinja``; the first cell of a row is its heading."""
    cells = [[Cell(each) if isinstance(each, str) else each for each in row] for row in rows]
    return {"columns": columns, "rows": cells, "kind": kind, "caption": caption, "lead_in": "", "sides": ()}


def stacked_element(
    id_: str, title: str, columns: Sequence[str], rows: Sequence[Row], *, kind: str = "", caption: str = "",
    lead_in: str = "", sides: Sequence[str] = (),
) -> Element | None:  # fmt: skip
    """Return a table whose rows fall apart on a small screen, with side against side below it; None without rows."""
    data = {**stacked(columns, rows, kind, caption), "lead_in": lead_in, "sides": sides}
    return Element(id_, title, "stacked.html.jinja", data) if rows else None


def table_element(
    id_: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], lead_in: str = "", *, folded: bool = False
) -> Element | None:  # fmt: skip
    """Return a plain table, folded where few want to read it; None without rows."""
    data = {"columns": columns, "rows": rows, "lead_in": lead_in, "folded": folded}
    return Element(id_, title, "table.html.jinja", data) if rows else None


def lines_element(id_: str, title: str, lines: Iterable[str], lead_in: str = "") -> Element | None:
    """Return a list of sentences; None without any."""
    listed = [sentence(spell_days(line)) for line in lines]
    return Element(id_, title, "lines.html.jinja", {"lines": listed, "lead_in": lead_in}) if listed else None


def masthead_element(title: str, subtitle: str, facts: Iterable[tuple[str, str]]) -> Element:
    """Return the top of a page: its title, who or what it is about, and the facts that are known."""
    data = {"title": title, "subtitle": subtitle, "facts": [(name, value) for name, value in facts if value]}
    return Element("masthead", "", "masthead.html.jinja", data, place="header")


def statement_element(
    headline: str, lines: Iterable[str] = (), stop: Iterable[str] = (), stop_title: str = "The screening waits.", *,
    stop_first: bool = False,
) -> Element:  # fmt: skip
    """Return the first screen: one sentence, a few more, and what stops everything in a frame."""
    data = {
        "headline": spell_days(headline), "lines": [sentence(spell_days(line)) for line in lines],
        "stop": [spell_days(line) for line in stop], "stop_title": stop_title, "stop_first": stop_first,
    }  # fmt: skip
    return Element("summary", "", "statement.html.jinja", data)
