r"""Tables as CSV: UTF-8, ``\n`` line ends, empty cell = not measured, safe to open in a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from movescreen.files import write_text
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.tables import clip_tables

# the first characters by which a spreadsheet takes a cell for a formula, also in their full-width forms
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Control characters, which come along with what is pasted, and which no workbook holds: what breaks a line becomes a line end.
_CONTROLS = {code: "\n" if chr(code) in "\r\v\f" else None for code in range(32) if chr(code) not in "\t\n"}
_TWO_DECIMALS = ("_deg", "_pct", "_deg_turn", "_pct_turn", "_deg_extreme", "_pct_extreme", "_deg_peak", "_pct_peak")


def escape_formula(text: str) -> str:
    """Return the text with an apostrophe in front when its first character (after blanks) could start a formula in a spreadsheet."""
    return f"'{text}" if text.startswith(_FORMULA_START) or text.lstrip(" ").startswith(_FORMULA_START) else text


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV text: degrees and percents with two decimals, else three; text cells made harmless; NaN empty."""
    return str(printable_table(table).to_csv(index=False, lineterminator="\n", na_rep=""))


def printable_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its numbers rounded and its text made harmless for spreadsheets."""
    return table.apply(_printable)


def workbook_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as :func:`printable_table` does, its text without what a workbook cannot hold."""
    return printable_table(table).map(lambda cell: cell.translate(_CONTROLS) if isinstance(cell, str) else cell)


def for_spreadsheets(text: str) -> str:
    """Begin with a byte order mark where there are letters beyond ASCII: without it Excel takes UTF-8 for something else."""
    return text if text.isascii() else f"\ufeff{text}"


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as a CSV file, whole or not at all, and return its path; InputError when it cannot be written there."""
    return write_text(path, csv_text(table))


def _printable(column: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(column.dtype):
        # adding zero turns -0.0 into 0.0
        return column.round(2 if str(column.name).endswith(_TWO_DECIMALS) else 3) + 0.0
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column
    return column.map(_printable_cell)


def _printable_cell(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    # a bare carriage return would end the row for some readers, and a NUL the file
    return escape_formula(cell.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))


@register_writer(
    "csv",
    files={
        "angles.csv": "every signal in every frame",
        "reps.csv": "one row a repetition",
        "findings.csv": "one row for every check and side",
        "measures.csv": "one row for every number of power and balance; empty for other movements",
        "summary.csv": "the clip in one row",
    },
)
def write_tables(job: ReportJob, folder: Path) -> None:
    """Write the five tables of a clip into a folder."""
    for name, table in clip_tables(job.result, job.judged, job.client).items():
        write_csv(table, folder / f"{name}.csv")
