"""Tables as files of a kind: Parquet, CSV, or one workbook. Of a whole study, and of a clip as output formats."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from movescreen.errors import InputError
from movescreen.files import make_folder, write_bytes
from movescreen.parts import need_package
from movescreen.registry import Registry
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.csv import printable_table, write_csv
from movescreen.report.formats.tables import (
    angles_table,
    findings_table,
    measures_table,
    reps_table,
    summary_row,
    summary_table,
)

#: Rows of a sheet, with its head.
_SHEET_ROWS = 1_048_576
WORKBOOK = "tables.xlsx"
_PARQUET = {
    "angles.parquet": "every signal in every frame",
    "reps.parquet": "one row a repetition",
    "findings.parquet": "one row for every check and side",
}


_KINDS: Registry[Callable[[Mapping[str, pd.DataFrame], Path], list[Path]]] = Registry("kind of table file")


def write_table_files(tables: Mapping[str, pd.DataFrame], folder: Path, kind: str) -> list[Path]:
    """Write tables into a folder, as ``parquet``, ``csv`` or ``xlsx``; the last into one workbook.

    Raises
    ------
    UnknownNameError
        When there is no such kind.
    InputError
        When they cannot be written, or a table has more rows than a sheet.
    AssetError
        When the package for Parquet is missing.
    """
    write = _KINDS.find(kind)
    make_folder(folder)
    return write(tables, folder)


@_KINDS.register("parquet")
def _write_parquet(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    need_package("pyarrow")
    return [write_bytes(folder / f"{name}.parquet", table.to_parquet(index=False)) for name, table in tables.items()]


@_KINDS.register("csv")
def _write_csvs(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    return [write_csv(table, folder / f"{name}.csv") for name, table in tables.items()]


@_KINDS.register("xlsx")
def _write_workbook(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    large = [name for name, table in tables.items() if len(table) >= _SHEET_ROWS]
    if large:
        raise InputError(f"{' and '.join(large)}: more rows than a sheet holds", "write parquet or csv")
    made = io.BytesIO()
    with pd.ExcelWriter(made, engine="openpyxl") as book:
        for name, table in tables.items():
            printable_table(table).to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0))
    return [write_bytes(folder / WORKBOOK, made.getvalue())]


@register_writer("parquet", files=_PARQUET, on_request=True)
def write_clip_parquet(job: ReportJob, folder: Path) -> None:
    """Write the larger tables of a clip as Parquet."""
    tables = {
        "angles": angles_table(job.result),
        "reps": reps_table(job.result),
        "findings": findings_table(job.judged),
    }
    _write_parquet(tables, folder)


@register_writer("xlsx", files={WORKBOOK: "all tables of the clip, a sheet each"}, on_request=True)
def write_clip_workbook(job: ReportJob, folder: Path) -> None:
    """Write all tables of a clip as one workbook."""
    tables = {
        "angles": angles_table(job.result), "reps": reps_table(job.result), "findings": findings_table(job.judged),
        "measures": measures_table([job.result]), "summary": summary_table([summary_row(job.judged, job.client)]),
    }  # fmt: skip
    _write_workbook(tables, folder)
