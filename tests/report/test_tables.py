"""Tables and CSV files: columns of the contract, known values, empty cells, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.errors import NoPersonFound
from movescreen.model import ClipResult, Status
from movescreen.report.formats.csv import csv_text, escape_formula, workbook_table, write_csv
from movescreen.report.formats.tables import (
    angles_table,
    error_row,
    findings_table,
    peak_values,
    reps_table,
    summary_row,
    summary_table,
)
from tests.support.results import front_squat, side_squat

SIGNALS = [
    "knee_flexion_left_deg",
    "knee_flexion_right_deg",
    "hip_flexion_left_deg",
    "hip_flexion_right_deg",
    "shank_inclination_left_deg",
    "shank_inclination_right_deg",
    "trunk_inclination_deg",
    "trunk_lateral_lean_deg",
    "pelvic_obliquity_deg",
    "fppa_left_deg",
    "fppa_right_deg",
    "knee_ankle_separation_ratio",
    "lateral_shift_pct",
    "heel_rise_left_pct",
    "heel_rise_right_pct",
    "shoulder_flexion_left_deg",
    "shoulder_flexion_right_deg",
]
REPS = ["rep", "side", "start_s", "turn_s", "end_s", "complete", "descent_s", "ascent_s"]
FINDINGS = [
    "movement", "check_id", "side", "status", "severity", "value", "unit", "limit", "direction", "reps_seen",
    "reps_affected", "measurement_error", "reason", "message", "source",
]  # fmt: skip
SUMMARY = [
    "file", "status", "error_code", "error", "client", "movement", "movement_confidence", "view", "view_confidence",
    "fps", "duration_s", "frames", "frames_valid_frac", "reps", "flagged", "borderline", "not_assessed",
]  # fmt: skip


def read_back(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table after a trip through CSV, read without any option."""
    return pd.read_csv(io.StringIO(csv_text(table)))


def header(table: pd.DataFrame) -> list[str]:
    return csv_text(table).split("\n", 1)[0].split(",")


@pytest.mark.parametrize("result", [side_squat(), front_squat(), side_squat(0)], ids=["side", "front", "no reps"])
def test_columns_are_those_of_the_contract_in_every_view(result: ClipResult) -> None:
    assert header(angles_table(result))[: 3 + len(SIGNALS)] == ["frame", "time_s", "valid", *SIGNALS]
    per_signal = [f"{name}_{what}" for name in SIGNALS for what in ("turn", "extreme")]
    assert header(reps_table(result))[: len(REPS) + len(per_signal)] == [*REPS, *per_signal]
    assert header(findings_table(result))[: len(FINDINGS)] == FINDINGS
    peaks = [f"{name}_peak" for name in SIGNALS]
    assert header(summary_table([summary_row(result)]))[: len(SUMMARY) + len(peaks)] == [*SUMMARY, *peaks]


def test_signals_beyond_the_contract_follow_it() -> None:
    assert header(angles_table(side_squat()))[3 + len(SIGNALS) :] == ["trunk_shank_difference_right_deg"]


def test_angles_survive_the_trip_through_csv() -> None:
    result = side_squat()
    table = read_back(angles_table(result))
    knee = result.series.values["knee_flexion_right"]
    assert len(table) == len(knee) == 348
    np.testing.assert_allclose(table["knee_flexion_right_deg"], knee, atol=0.005)
    np.testing.assert_allclose(table["time_s"], result.series.time_s, atol=0.0005)
    assert table["frame"].tolist() == list(range(348))
    assert table["knee_flexion_right_deg"].max() == 108.0


def test_what_was_not_measured_is_an_empty_cell() -> None:
    result = side_squat()
    rows = list(csv.DictReader(io.StringIO(csv_text(angles_table(result)))))
    assert {row["knee_flexion_right_deg"] for row in rows[20:25]} == {""}
    assert [row["valid"] for row in rows[19:26]] == ["1", "0", "0", "0", "0", "0", "1"]
    assert {row["knee_ankle_separation_ratio"] for row in rows} == {""}
    assert {row["shoulder_flexion_left_deg"] for row in rows} == {""}


def test_one_valid_signal_makes_a_frame_valid() -> None:
    result = side_squat()
    knee = result.series.values["knee_flexion_right"].copy()
    knee[100] = np.nan
    values = {**result.series.values, "knee_flexion_right": knee}
    series = replace(
        result.series, values=values, valid={**result.series.valid, "knee_flexion_right": np.isfinite(knee)}
    )
    table = angles_table(replace(result, series=series))
    assert table["valid"][100] == 1
    assert np.isnan(table["knee_flexion_right_deg"][100])


def test_repetitions_carry_times_and_values() -> None:
    table = read_back(reps_table(side_squat()))
    assert table["rep"].tolist() == [1, 2, 3]
    assert table["start_s"].tolist() == [0.8, 4.4, 8.0]
    assert table["turn_s"].tolist() == [2.15, 5.75, 9.35]
    assert table["descent_s"].tolist() == [1.35, 1.35, 1.35]
    assert table["ascent_s"].tolist() == [1.45, 1.45, 1.45]
    assert table["complete"].dtype == bool
    assert table["complete"].all()
    assert table["knee_flexion_right_deg_turn"].tolist() == [108.0, 108.0, 108.0]
    assert table["heel_rise_right_pct_extreme"].tolist() == [6.2, 6.2, 4.1]
    assert table["knee_ankle_separation_ratio_turn"].isna().all()


def test_no_repetition_gives_a_header_and_no_row() -> None:
    table = read_back(reps_table(side_squat(0)))
    assert len(table) == 0
    assert table.columns[:2].tolist() == ["rep", "side"]


def test_findings_count_repetitions_and_list_them() -> None:
    table = read_back(findings_table(side_squat())).set_index("check_id")
    lean = table.loc["excessive_trunk_lean"]
    assert (lean["status"], lean["severity"], lean["value"], lean["limit"]) == ("flagged", 2, 27.5, 20.0)
    assert (lean["reps_seen"], lean["reps_affected"], lean["reps_affected_list"]) == (3, 2, "1 3")
    assert table["reps_affected"].dtype == np.int64
    unseen = table.loc["knee_valgus"]
    assert (unseen["status"], unseen["reason"]) == ("not_assessed", "needs a front view")
    assert np.isnan(unseen["value"])
    assert np.isnan(unseen["limit"])


def test_source_says_how_it_was_verified_and_never_cites_the_unverified() -> None:
    source = findings_table(side_squat()).set_index("check_id")["source"]
    assert source["excessive_trunk_lean"].endswith("(checked in the paper itself)")
    assert source["shallow_depth"].endswith("(as reported by a secondary source)")
    assert source["heel_rise"] == "movescreen's own tolerance"
    assert source["limited_ankle_dorsiflexion"] == "provisional limit, origin not verified"
    assert "Nobody D" not in csv_text(findings_table(side_squat()))


def test_summary_of_a_clip() -> None:
    row = read_back(summary_table([summary_row(side_squat(), client="Client 017")])).iloc[0]
    assert (row["file"], row["status"], row["client"], row["movement"]) == (
        "squat_side.mp4",
        "ok",
        "Client 017",
        "squat",
    )
    assert (row["view"], row["fps"], row["frames"], row["reps"]) == ("side", 30.0, 348, 3)
    assert (row["flagged"], row["borderline"], row["clear"], row["not_assessed"]) == (1, 1, 3, 5)
    assert row["knee_flexion_right_deg_peak"] == 108.0
    assert row["heel_rise_right_pct_peak"] == 6.2
    assert np.isnan(row["knee_ankle_separation_ratio_peak"])


def test_unfinished_repetitions_are_told_apart() -> None:
    result = side_squat()
    last = replace(result.reps[2], complete=False, extreme={**result.reps[2].extreme, "knee_flexion_right": 40.0})
    cut = replace(result, reps=(*result.reps[:2], last))
    row = summary_row(cut)
    assert (row["reps"], row["reps_incomplete"]) == (2, 1)
    assert peak_values(cut)["knee_flexion_right"] == 108.0
    only = replace(result, reps=(last,))
    assert peak_values(only)["knee_flexion_right"] == 40.0


def test_failed_clips_share_the_table_of_the_good_ones() -> None:
    rows = [
        summary_row(side_squat()),
        error_row("empty.mp4", NoPersonFound("nobody was seen in 90 frames"), client="Client 018"),
        error_row("odd.mp4", ZeroDivisionError("division by zero")),
    ]
    text = csv_text(summary_table(rows))
    table = pd.read_csv(io.StringIO(text))
    assert table["status"].tolist() == ["ok", "error", "error"]
    assert table["error_code"].tolist()[1:] == ["no_person", "bug"]
    assert table["error"].tolist()[1:] == ["nobody was seen in 90 frames", "ZeroDivisionError: division by zero"]
    assert next(csv.DictReader(io.StringIO(text)))["reps"] == "3"  # not 3.0 beside an empty cell
    assert table["reps"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-knee", "'-knee"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1+1", "'  =1+1"),
        ("＝1+1", "'＝1+1"),
        ("plain = text", "plain = text"),
        ("", ""),
    ],
)
def test_formulas_become_text(text: str, safe: str) -> None:
    assert escape_formula(text) == safe


def test_a_team_with_pasted_names_is_a_workbook() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    table = workbook_table(pd.DataFrame({"name": ["Ann\vB", "Ben\x00\x07 C", "Zoë\tD", 3]}))
    table.to_excel(book := io.BytesIO(), index=False)
    cells = [row[0].value for row in openpyxl.load_workbook(book).active.iter_rows(min_row=2)]
    assert cells == ["Ann\nB", "Ben C", "Zoë\tD", 3]


def test_formulas_from_users_do_not_reach_a_spreadsheet_but_negative_numbers_do() -> None:
    result = side_squat()
    result = replace(result, video=replace(result.video, name="=HYPERLINK(1).mp4"))
    text = csv_text(summary_table([summary_row(result, client="@me")]))
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["file"], row["client"]) == ("'=HYPERLINK(1).mp4", "'@me")
    finding = replace(result.findings[0], value=-3.25, message='-2+3" cmd')
    row = next(csv.DictReader(io.StringIO(csv_text(findings_table(replace(result, findings=(finding,)))))))
    assert (row["value"], row["message"]) == ("-3.25", "'-2+3\" cmd")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_harmless_and_complete(text: str) -> None:
    row = summary_row(side_squat(1), client=text)
    cell = next(csv.DictReader(io.StringIO(csv_text(summary_table([row])), newline="")))["client"]
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") in (cell, cell.removeprefix("'"))


def test_rounding_keeps_what_a_video_can_tell() -> None:
    table = pd.DataFrame({"time_s": [1.23456], "knee_deg": [12.3456], "x_ratio": [0.98765], "lean_deg": [-0.0001]})
    assert csv_text(table) == "time_s,knee_deg,x_ratio,lean_deg\n1.235,12.35,0.988,0.0\n"


def test_file_is_utf8_with_plain_line_ends(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"client": ["Zoë Ångström"]}), tmp_path / "deep" / "x.csv")
    assert path.read_bytes() == "client\nZoë Ångström\n".encode()


def test_counts_of_every_status_add_up() -> None:
    result = side_squat()
    assert sum(result.count(status) for status in Status) == len(findings_table(result))
