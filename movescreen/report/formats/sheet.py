"""A sheet to hand on, held once and written twice: as a page to print and as plain text to paste."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from movescreen.display import in_units
from movescreen.report.formats.html import Links, render_page
from movescreen.report.sections.element import Element, masthead_element, statement_element
from movescreen.report.sections.person import software
from movescreen.words.numbers_and_units import spell_days
from movescreen.words.sentences import sentence

#: Longest line of the text, characters.
WIDTH = 92


@dataclass(frozen=True)
class Block:
    """Lines, a table, or both, under a small heading."""

    title: str = ""
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    lead_in: str = ""
    boxes: Sequence[str] = ()
    blanks: Sequence[str] = ()

    @staticmethod
    def table(
        title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], lead_in: str = "", *, always: int = 1, empty: str = ""
    ) -> Block:  # fmt: skip
        """Return a table without the columns, after the first ones, in which nothing stands."""
        used = [i for i in range(len(columns)) if i < always or any(row[i] not in ("", empty) for row in rows)]
        return Block(title, (), [columns[i] for i in used], [[row[i] for i in used] for row in rows], lead_in)

    @property
    def says_something(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.lines or self.rows or self.boxes or self.blanks)


@dataclass(frozen=True)
class Sheet:
    """A document of one or two pages.

    Attributes
    ----------
    stem
        Name of its files, without the ending.
    facts
        Who, when, from, to: (name, value); empty values are left out.
    warning
        What comes first, in a frame; empty without any.
    sections
        (heading, blocks); a section without anything in it is left out.
    foot
        What the reader has to know about the sheet itself.
    """

    stem: str
    title: str
    label: str
    facts: Sequence[tuple[str, str]]
    headline: str
    sections: Sequence[tuple[str, Sequence[Block]]]
    warning_title: str = ""
    warning: Sequence[str] = ()
    foot: Sequence[str] = ()

    @property
    def shown(self) -> list[tuple[str, list[Block]]]:
        """The sections that say something."""
        kept = [(title, [block for block in blocks if block.says_something]) for title, blocks in self.sections]
        return [(title, blocks) for title, blocks in kept if blocks]


def render_sheet(sheet: Sheet, links: Links = ()) -> str:
    """Return a sheet as one HTML document."""
    warning = [_spoken(line) for line in sheet.warning]
    elements = [
        masthead_element(sheet.title, sheet.label, sheet.facts),
        statement_element(sheet.headline, (), warning, sheet.warning_title, stop_first=True),
        *(
            Element(f"part-{number}", title, "sheet_blocks.html.jinja", {"blocks": [_spell(block) for block in blocks]})
            for number, (title, blocks) in enumerate(sheet.shown, start=1)
        ),
        Element("foot", "", "sheet_foot.html.jinja", {"lines": [_spoken(each) for each in sheet.foot], "software": software()}, place="footer"),
    ]  # fmt: skip
    return render_page(elements, f"{sheet.title} · {sheet.label}", links)


def sheet_text(sheet: Sheet) -> str:
    """Return a sheet as plain text, for a system that takes no pages."""
    out = [f"{sheet.title.upper()}: {sheet.label}", *(f"{name}: {value}" for name, value in sheet.facts if value), ""]
    if sheet.warning:
        out += [sheet.warning_title.upper(), *_bullets([_spoken(line) for line in sheet.warning]), ""]
    out += [*textwrap.wrap(spell_days(sheet.headline), WIDTH), ""] if sheet.headline else []
    for title, blocks in sheet.shown:
        out += [title.upper(), "-" * len(title)]
        for block in map(_spell, blocks):
            out += [*_block_text(block), ""]
    out += [line for each in sheet.foot for line in textwrap.wrap(_spoken(each), WIDTH)]
    return in_units("\n".join([*out, software(), ""])).replace("\N{NO-BREAK SPACE}", " ")


def _block_text(block: Block) -> list[str]:
    out = [f"{block.title}:"] if block.title else []
    out += textwrap.wrap(block.lead_in, WIDTH)
    out += _bullets(block.lines)
    for row in block.rows:
        named = [f"{name}: {cell}" for name, cell in zip(block.columns[1:], row[1:], strict=True) if cell]
        out += _bullets([" | ".join([row[0], *named])])
    out += [f"[ ] {box}" for box in block.boxes]
    return out + [f"{blank}: {'_' * (WIDTH - len(blank) - 2)}" for blank in block.blanks]


def _bullets(lines: Sequence[str]) -> list[str]:
    return [
        wrapped for line in lines for wrapped in textwrap.wrap(line, WIDTH, initial_indent="- ", subsequent_indent="  ")
    ]


def _spell(block: Block) -> Block:
    lines = [_spoken(line) for line in block.lines]
    rows = [[spell_days(cell) for cell in row] for row in block.rows]
    return Block(block.title, lines, block.columns, rows, block.lead_in, block.boxes, block.blanks)


def _spoken(line: str) -> str:
    return sentence(spell_days(line))
