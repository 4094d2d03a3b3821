"""The tables of a person's visits, for spreadsheets."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from movescreen.client.visits.visit import Visit
from movescreen.doors import Door
from movescreen.errors import InputError
from movescreen.files import write_bytes
from movescreen.report.formats.columns import Columns, columns_of
from movescreen.report.formats.csv import write_csv
from movescreen.report.formats.together import workbook_bytes

#: A table that is to become a sheet.
_TABLE = Door("table", "write it anew")
_READINGS = columns_of("signal side value unit error reps at_least", reps=lambda reading: len(reading.reps))
#: Of a visit: its notes, and what the trainer saw or felt; a row each.
_OF_VISIT = {
    "notes": columns_of("pain_now pain_week pain_during pain_next_day confidence sessions_done sessions_planned text"),
    "observations": columns_of("what name side result painful note"),
}


def write_person_tables(visits: Sequence[Visit], folder: Path, units: Mapping[str, str]) -> None:
    """Write ``readings.csv``, ``measurements.csv``, ``notes.csv`` and ``observations.csv``, over all visits; ``units`` are those of the tests."""
    write_csv(readings_table(visits), folder / "readings.csv")
    write_csv(measurements_table(visits, units), folder / "measurements.csv")
    for field, columns in _OF_VISIT.items():
        write_csv(_day_by_day(visits, field, columns), folder / f"{field}.csv")


def readings_table(visits: Sequence[Visit]) -> pd.DataFrame:
    """Return one row a reading of the camera: its value over the repetitions, with its error, and whether it is a lower bound."""
    rows = [
        (visit.day.isoformat(), clip.file, clip.setup.movement, clip.setup.view, *(read(r) for read in _READINGS.values()))
        for visit in visits
        for clip in visit.clips
        for r in clip.readings
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["day", "file", "movement", "view", *_READINGS])


def measurements_table(visits: Sequence[Visit], units: Mapping[str, str]) -> pd.DataFrame:
    """Return one row a value taken by hand."""
    return _day_by_day(
        visits, "measurements", columns_of("test side value unit note", unit=lambda m: units.get(m.test, ""))
    )


def _day_by_day(visits: Sequence[Visit], field: str, columns: Columns) -> pd.DataFrame:
    rows = [
        (v.day.isoformat(), *(read(each) for read in columns.values())) for v in visits for each in getattr(v, field)
    ]
    return pd.DataFrame(rows, columns=["day", *columns])


def write_workbook(folder: Path, path: Path) -> None:
    """Write the CSV tables of a folder as the sheets of one XLSX file; where there is no table that can be read, no file.

    Empty tables are left out unless all are, and damaged ones.
    """
    tables: dict[str, pd.DataFrame] = {}
    for each in sorted(folder.glob("*.csv")):
        with (
            contextlib.suppress(InputError),
            _TABLE.open(each) as file,
        ):  # an empty file, half a row, other bytes than text
            tables[each.stem] = pd.read_csv(file)
    filled = {name: table for name, table in tables.items() if len(table)} or tables
    if filled:
        write_bytes(path, workbook_bytes(filled))
