"""Files that belong together: written into a folder as a whole, or not at all; and tables in one workbook."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from movescreen.files import staged_folder, write_bytes, write_text
from movescreen.report.formats.csv import workbook_table, write_csv
from movescreen.report.formats.json import write_json_file

#: A page or text, a table for a CSV file, plain values for a JSON file, or the bytes of any other file.
Content: TypeAlias = "str | pd.DataFrame | dict[str, Any] | bytes"


def write_together(
    folder: Path, contents: Mapping[str, Content], *, last: str, drop: Collection[str] = ()
) -> list[Path]:
    """Write files into a folder, all of them or none, and return their paths, sorted by name.

    Parameters
    ----------
    contents
        Name of a file -> what it holds.
    last
        The file that says that the others are complete.
    drop
        Files of before that go.
    """
    with staged_folder(folder, last=last, drop=drop) as stage:
        for name, content in contents.items():
            if isinstance(content, pd.DataFrame):
                write_csv(content, stage / name)
            elif isinstance(content, dict):
                write_json_file(stage / name, content)
            elif isinstance(content, bytes):
                write_bytes(stage / name, content)
            else:
                write_text(stage / name, content)
    return [folder / name for name in sorted(contents)]


def workbook_bytes(tables: Mapping[str, pd.DataFrame], frozen: int = 0) -> bytes:
    """Return tables as the sheets of one XLSX file, the head and so many columns (``frozen``) always in sight."""
    data = io.BytesIO()
    with pd.ExcelWriter(data, engine="openpyxl") as book:
        for name, table in tables.items():
            workbook_table(table).to_excel(book, sheet_name=name[:31], index=False, freeze_panes=(1, frozen))
    return data.getvalue()
