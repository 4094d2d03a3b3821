"""The tables of a person's visits, for spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from movescreen.client.visits.visit import Visit
from movescreen.files import read_regular, write_bytes
from movescreen.report.formats.csv import write_csv

_READINGS = ("day", "file", "movement", "view", "signal", "side", "value", "unit", "error", "reps", "at_least")
_MEASUREMENTS = ("day", "test", "side", "value", "unit", "note")
_OBSERVATIONS = ("day", "what", "name", "side", "result", "painful", "note")
_NOTES = (
    "day", "pain_now", "pain_week", "pain_during", "pain_next_day", "confidence", "sessions_done", "sessions_planned", "text",
)  # fmt: skip


def write_person_tables(visits: Sequence[Visit], folder: Path, units: Mapping[str, str]) -> None:
    """Write ``readings.csv``, ``measurements.csv``, ``notes.csv`` and ``observations.csv``: one row a value, over all visits.

    Parameters
    ----------
    units
        Name of a manual test -> its unit.
    """
    write_csv(readings_table(visits), folder / "readings.csv")
    write_csv(measurements_table(visits, units), folder / "measurements.csv")
    write_csv(notes_table(visits), folder / "notes.csv")
    write_csv(observations_table(visits), folder / "observations.csv")


def readings_table(visits: Sequence[Visit]) -> pd.DataFrame:
    """Return one row a reading of the camera: its value over the repetitions, with its error, and whether it is a lower bound."""
    rows = [
        (
            visit.day.isoformat(), clip.file, clip.setup.movement, clip.setup.view, r.signal, r.side, r.value, r.unit, r.error,
            len(r.reps), r.at_least,
        )
        for visit in visits
        for clip in visit.clips
        for r in clip.readings
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_READINGS))


def measurements_table(visits: Sequence[Visit], units: Mapping[str, str]) -> pd.DataFrame:
    """Return one row a value taken by hand."""
    rows = [
        (visit.day.isoformat(), m.test, m.side, m.value, units.get(m.test, ""), m.note)
        for visit in visits
        for m in visit.measurements
    ]
    return pd.DataFrame(rows, columns=list(_MEASUREMENTS))


def notes_table(visits: Sequence[Visit]) -> pd.DataFrame:
    """Return one row a note."""
    rows = [
        {"day": visit.day.isoformat(), **note.model_dump(include=set(_NOTES))}
        for visit in visits
        for note in visit.notes
    ]
    return pd.DataFrame(rows, columns=list(_NOTES))


def observations_table(visits: Sequence[Visit]) -> pd.DataFrame:
    """Return one row a thing that the trainer saw or felt."""
    rows = [{"day": visit.day.isoformat(), **each.model_dump()} for visit in visits for each in visit.observations]
    return pd.DataFrame(rows, columns=list(_OBSERVATIONS))


def write_workbook(folder: Path, path: Path) -> Path:
    """Write the CSV tables of a folder as the sheets of one XLSX file; empty tables are left out unless all are."""
    tables = {each.stem: pd.read_csv(io.BytesIO(read_regular(each))) for each in sorted(folder.glob("*.csv"))}
    filled = {name: table for name, table in tables.items() if len(table)} or tables
    data = io.BytesIO()
    with pd.ExcelWriter(data, engine="openpyxl") as book:
        for name, table in filled.items():
            table.to_excel(book, sheet_name=name[:31], index=False)
    return write_bytes(path, data.getvalue())
