"""Rosters from files: CSV and XLSX to a table of text, or in plain words why not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from movescreen.client.team.roster import RosterTable, names_people
from movescreen.errors import InputError
from movescreen.files import read_regular

#: A roster holds so many rows and columns at most, and a file so many bytes, packed and unpacked.
MOST_ROWS, MOST_COLUMNS = 1000, 60
MOST_BYTES, _MOST_UNPACKED = 5_000_000, 60_000_000
#: The headings are looked for in so many rows.
_HEAD_ROWS = 10
_SEPARATORS = ",;\t"
_EXPORT = "open it in the spreadsheet program and save it as XLSX or as CSV UTF-8"
_OLD_FORMATS = {b"\xd0\xcf\x11\xe0": "an old XLS file, or one with a password", b"%PDF": "a PDF"}


def read_roster(path: Path) -> RosterTable:
    """Read a roster from a file; errors as in :func:`parse_roster`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(*_too_large(path.name))
        data = read_regular(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "check its name") from error
    return parse_roster(data, path.name)


def parse_roster(data: bytes, name: str) -> RosterTable:
    """Return the table in a CSV or XLSX file.

    Raises
    ------
    InputError
        When it is neither, is damaged, is not UTF-8, or is too large for a roster.
    """
    if len(data) > MOST_BYTES:
        raise InputError(*_too_large(name))
    for begin, what in _OLD_FORMATS.items():
        if data.startswith(begin):
            raise InputError(f"{name} is {what}", _EXPORT)
    where, rows = ("", _csv_rows(data, name)) if not data.startswith(b"PK") else _xlsx_rows(data, name)
    return _as_table(rows, name, where)


def _too_large(name: str) -> tuple[str, str]:
    return (
        f"{name} is larger than {MOST_BYTES // 1_000_000} MB",
        "a roster is small: take out pictures and other sheets",
    )


def _csv_rows(data: bytes, name: str) -> list[tuple[str, ...]]:
    text = _decode(data, name)
    if not text.strip():
        raise InputError(f"{name} is empty", "the first line names the columns: Name, Jersey, Sex, Year of birth, Team")
    head = next((line for line in text.splitlines() if any(s in line for s in _SEPARATORS)), "")
    separator = max(_SEPARATORS, key=head.count)
    widest = 1 + max(line.count(separator) for line in text.splitlines()[: MOST_ROWS + _HEAD_ROWS])
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator, header=None, names=range(min(widest, MOST_COLUMNS)), dtype=str,
            keep_default_na=False, skip_blank_lines=False, nrows=MOST_ROWS + _HEAD_ROWS + 1, index_col=False,
        )  # fmt: skip
    except (pd.errors.ParserError, ValueError) as error:
        raise InputError(f"{name} cannot be read as a table: {str(error).strip()}", _EXPORT) from error
    return [
        tuple("" if pd.isna(cell) else str(cell) for cell in row) for row in table.itertuples(index=False, name=None)
    ]


def _decode(data: bytes, name: str) -> str:
    """Return the text of a CSV; which letters other bytes than UTF-8 mean cannot be known."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name} is not UTF-8: line {line} holds a letter that cannot be read",
            "save it as “CSV UTF-8” or as XLSX, so that names keep their letters",
        ) from error
    if "\0" in text:
        raise InputError(f"{name} is not a table", "give a CSV or XLSX file")
    return text


def _xlsx_rows(data: bytes, name: str) -> tuple[str, list[tuple[str, ...]]]:
    import openpyxl  # slow to import, and needed by few

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > _MOST_UNPACKED:
            raise InputError(*_too_large(name))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise InputError(f"{name} has no sheet with cells", _EXPORT)
        sheets[0].reset_dimensions()
        cells = sheets[0].iter_rows(max_row=MOST_ROWS + _HEAD_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
        rows = [tuple(_cell_text(cell) for cell in row) for row in cells]
    except InputError:
        raise
    except Exception as error:  # a damaged workbook fails in dozens of ways
        raise InputError(f"{name} is no XLSX file, or is damaged: {type(error).__name__}", _EXPORT) from error
    others = ", ".join(f"“{sheet.title}”" for sheet in sheets[1:])
    return f"sheet “{sheets[0].title}”" + (f"; {others} left out" if others else ""), rows


def _cell_text(cell: Any) -> str:
    """Return a cell as text: whole numbers without a point, days as ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell if isinstance(cell, int | float | str) else getattr(cell, "text", cell))


def _as_table(rows: Sequence[tuple[str, ...]], name: str, where: str) -> RosterTable:
    """Return the table below the first row that names a column with people; below the first row of all when none does."""
    lines = [(number, tuple(" ".join(cell.split()) for cell in row)) for number, row in enumerate(rows, 1)]
    filled = [line for line in lines if any(line[1])]
    if not filled:
        raise InputError(f"{name} is empty", "the first row names the columns: Name, Jersey, Sex, Year of birth, Team")
    if len(filled) > MOST_ROWS + 1:
        raise InputError(f"{name} has more than {MOST_ROWS} rows", "give the roster of one team, or of one club")
    head = next((i for i, (_, cells) in enumerate(filled[:_HEAD_ROWS]) if names_people(cells)), 0)
    width = max(_width(cells) for _, cells in filled[head:])
    body = tuple((number, _fit(cells, width)) for number, cells in filled[head + 1 :])
    return RosterTable(_fit(filled[head][1], width), body, where)


def _width(cells: Iterable[str]) -> int:
    return max((number for number, cell in enumerate(cells, 1) if cell), default=0)


def _fit(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))[:width]
