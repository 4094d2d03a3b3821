"""Columns that spreadsheets and scripts rely on, in their order."""

from __future__ import annotations

from movescreen.kinematics import SIGNALS
from movescreen.model import ClipResult

#: Signals that have a column in every table, measured or not: name -> column.
CONTRACT_SIGNALS: dict[str, str] = {
    spec.name: spec.column
    for spec in sorted((each.spec for each in SIGNALS.values()), key=lambda spec: spec.column_place)
    if spec.column_place
}

REPS_COLUMNS = ("rep", "side", "start_s", "turn_s", "end_s", "complete", "descent_s", "ascent_s")
FINDINGS_COLUMNS = (
    "movement",
    "check_id",
    "side",
    "status",
    "severity",
    "value",
    "unit",
    "limit",
    "direction",
    "reps_seen",
    "reps_affected",
    "measurement_error",
    "reason",
    "message",
    "source",
)
FINDINGS_EXTRA = (
    "reps_affected_list", "title", "why", "cue", "source_verified", "source_note",
    "judged_status", "judgement", "judgement_reason", "judged_by", "judged_utc",
)  # fmt: skip
MEASURES_COLUMNS = (
    "movement",
    "view",
    "measure",
    "side",
    "value",
    "unit",
    "measurement_error",
    "at_least",
    "attempts",
    "summary",
    "reason",
    "hand_test",
    "title",
    "definition",
    "error_from",
)
SUMMARY_COLUMNS = (
    "file",
    "status",
    "error_code",
    "error",
    "client",
    "movement",
    "movement_confidence",
    "view",
    "view_confidence",
    "fps",
    "duration_s",
    "frames",
    "frames_valid_frac",
    "reps",
    "flagged",
    "borderline",
    "not_assessed",
)


def signal_columns(result: ClipResult) -> dict[str, str]:
    """Return signal name -> column: the contract's signals first, then whatever else was measured.

    Parameters
    ----------
    result
        Result of a clip.

    Returns
    -------
    dict of str to str
        In the order of the columns. A contract signal that this clip does not have keeps its column.
    """
    columns = dict(CONTRACT_SIGNALS)
    measured = dict.fromkeys(result.series.values)
    for rep in result.reps:
        measured.update(dict.fromkeys((*rep.at_turn, *rep.extreme)))
    for name in measured:
        spec = result.series.specs.get(name)
        columns[name] = columns.get(name) or (spec.column if spec else name)
    return columns
