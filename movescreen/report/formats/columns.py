"""Columns that spreadsheets and scripts rely on, in their order, and how a table is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

import pandas as pd

from movescreen.kinematics import SIGNALS
from movescreen.model import ClipResult
from movescreen.words.findings import source_text

#: Name of a column -> what reads its cell from a row's object.
Columns = Mapping[str, Callable[[Any], Any]]


def columns_of(names: str, of: str = "", **read: str | Callable[[Any], Any]) -> Columns:
    """Return columns that are called like the attributes they hold, of the row itself or of a part of it.

    ``read`` says of some what holds the cell, as the path of an attribute or as a function.
    """
    ways = {name: read.get(name, f"{of}{name}") for name in names.split()}
    return {name: attrgetter(way) if isinstance(way, str) else way for name, way in ways.items()}


def make_table(rows: Iterable[Any], columns: Columns) -> pd.DataFrame:
    """Return a table with one row an object."""
    return pd.DataFrame([[read(row) for read in columns.values()] for row in rows], columns=list(columns))


#: Signals that have a column in every table, measured or not: name -> column.
CONTRACT_SIGNALS: dict[str, str] = {
    spec.name: spec.column
    for spec in sorted((each.spec for each in SIGNALS.values()), key=lambda spec: spec.column_place)
    if spec.column_place
}


def _word(part: str) -> Callable[[Any], Any]:
    return lambda finding: getattr(getattr(finding, "judgement", None), part, "")


#: Of a repetition.
REPS = columns_of("rep side start_s turn_s end_s complete descent_s ascent_s", rep="number")
#: Of a finding as the camera has it; further ones; and those of the trainer's word.
FINDINGS = columns_of(
    "movement check_id side status severity value unit limit direction reps_seen reps_affected measurement_error reason message source",
    status="status.value", reps_affected=lambda f: len(f.reps_affected), source=lambda f: source_text(f.source),
)  # fmt: skip
FINDINGS_MORE = columns_of(
    "reps_affected_list title why cue source_verified source_note", reps_affected_list=lambda f: " ".join(map(str, f.reps_affected)),
    source_verified="source.verified", source_note="source.note",
)  # fmt: skip
JUDGED = columns_of(
    "judged_status judgement judgement_reason judged_by judged_utc", judged_status="status.value", judgement=_word("verdict"),
    judgement_reason=_word("reason"), judged_by=_word("by"), judged_utc=_word("at"),
)  # fmt: skip
#: Of a clip and one of its measures.
MEASURES = columns_of(
    "movement view measure side value unit measurement_error at_least attempts summary reason hand_test title definition error_from",
    of="measure.", movement="clip.movement.name", view="clip.view.kind.value", measure="measure.name", measurement_error="measure.error",
    attempts=lambda row: " ".join(f"{a.value:.3f}" for a in row.measure.attempts),
)  # fmt: skip
REPS_COLUMNS, FINDINGS_COLUMNS, MEASURES_COLUMNS = tuple(REPS), tuple(FINDINGS), tuple(MEASURES)
FINDINGS_EXTRA = (*FINDINGS_MORE, *JUDGED)
SUMMARY_COLUMNS = (
    "file", "status", "error_code", "error", "client", "movement", "movement_confidence", "view", "view_confidence", "fps", "duration_s",
    "frames", "frames_valid_frac", "reps", "flagged", "borderline", "not_assessed",
)  # fmt: skip


def signal_columns(result: ClipResult) -> dict[str, str]:
    """Return signal name -> column, in the order of the columns: the contract's signals first, then whatever else was measured.

    A contract signal that this clip does not have keeps its column.
    """
    columns = dict(CONTRACT_SIGNALS)
    measured = dict.fromkeys(result.series.values)
    for rep in result.reps:
        measured.update(dict.fromkeys((*rep.at_turn, *rep.extreme)))
    for name in measured:
        spec = result.series.specs.get(name)
        columns[name] = columns.get(name) or (spec.column if spec else name)
    return columns
