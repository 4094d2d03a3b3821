"""result.json: strict JSON, a fixed order, and a reader that refuses what it does not know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movescreen.errors import InputError
from movescreen.report import write_result
from movescreen.report.formats.json import load_result_json, to_json_dict
from tests.support.results import front_squat, make_provenance, side_squat


def strict(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_keys_come_in_a_fixed_order() -> None:
    data = to_json_dict(side_squat())
    assert list(data) == [
        "schema_version", "kind", "client", "recorded", "summary", "video", "movement", "movement_info", "view", "notices",
        "repetitions", "findings", "measures", "frames_valid_frac", "signals", "signals_absent", "filter", "files",
        "contents", "provenance",
    ]  # fmt: skip
    assert list(data["findings"][0])[:7] == [
        "check_id", "movement", "side", "status", "severity", "title", "message",
    ]  # fmt: skip
    assert data["schema_version"] == "1.1"


def test_missing_numbers_become_null(tmp_path: Path) -> None:
    write_result(side_squat(), tmp_path, formats=["json"])
    data = strict((tmp_path / "result.json").read_text(encoding="utf-8"))
    unseen = next(f for f in data["findings"] if f["check_id"] == "knee_valgus")
    assert unseen["status"] == "not_assessed"
    assert unseen["value"] is None
    assert unseen["measurement_error"] is None


def test_values_are_those_of_the_result() -> None:
    data = to_json_dict(side_squat(), client="Client 017", recorded="2026-03-12", files={"angles.csv": "every signal"})
    assert (data["client"], data["recorded"]) == ("Client 017", "2026-03-12")
    assert data["view"]["kind"] == "side"
    assert data["repetitions"][1]["turn_s"] == 5.75
    assert data["repetitions"][1]["descent_s"] == pytest.approx(1.35)
    assert data["findings"][0]["evidence"][1] == {
        "rep": 2, "time_s": 5.75, "value": 18.5, "limit": 20.0, "unit": "deg", "measurement_error": 2.5,
    }  # fmt: skip
    assert data["findings"][0]["source"]["verified"] == "paper"
    assert data["findings"][0]["reps_affected"] == [1, 3]
    knee = data["signals"]["knee_flexion_right"]
    assert (knee["column"], knee["unit"], knee["min"]) == ("knee_flexion_right_deg", "deg", 5.0)
    assert [knee[key] for key in ("max", "peak", "turn")] == pytest.approx([108.0] * 3)
    assert knee["valid_frac"] == pytest.approx(343 / 348)
    assert data["signals_absent"]["lateral_shift"] == "this view cannot show it"
    assert data["files"] == [{"name": "angles.csv", "about": "every signal"}]
    assert data["provenance"]["settings"] == {"filter": {"cutoff_hz": 6.0, "order": 4}, "model": "full"}


def test_signal_that_was_never_valid_has_no_statistics() -> None:
    result = front_squat()
    name = "lateral_shift"
    empty = np.full(len(result.series.time_s), np.nan)
    series = replace(
        result.series,
        values={**result.series.values, name: empty},
        valid={**result.series.valid, name: np.isfinite(empty)},
    )
    reps = tuple(replace(r, at_turn={}, extreme={}) for r in result.reps)
    signal = to_json_dict(replace(result, series=series, reps=reps))["signals"][name]
    assert signal["valid_frac"] == 0.0
    assert [signal[key] for key in ("min", "median", "max", "peak", "turn")] == [None] * 5


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    result = side_squat()
    odd = replace(result.findings[0], value=0.1 + 0.2, limit=1 / 3)
    write_result(replace(result, findings=(odd,)), tmp_path, formats=["json"])
    (kept,) = load_result_json(tmp_path)["findings"]
    assert (kept["value"], kept["limit"]) == (0.1 + 0.2, 1 / 3)


def test_reads_back_what_was_written(tmp_path: Path) -> None:
    result = replace(side_squat(), provenance=make_provenance(settings={"out": Path("x"), "weird": {1, 2}}))
    write_result(result, tmp_path, formats=["json"], client="Zoë")
    data = load_result_json(tmp_path)
    assert data == load_result_json(tmp_path / "result.json")
    assert data["client"] == "Zoë"
    assert data["provenance"]["settings"] == {"out": "x", "weird": [1, 2]}


def test_undecodable_file_names_do_not_break_the_file(tmp_path: Path) -> None:
    result = side_squat()
    name = b"squat\xff.mp4".decode("utf-8", "surrogateescape")
    write_result(replace(result, video=replace(result.video, name=name)), tmp_path, formats=["json", "csv", "html"])
    assert load_result_json(tmp_path)["video"]["name"] == name
    assert "squat" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not a result, or is damaged"),
        ("[]", "holds no object"),
        ('{"kind": "clip"}', "not the result of a clip"),
        ('{"kind": "screening", "schema_version": "1.0"}', "not the result of a clip"),
        ('{"kind": "clip", "schema_version": "2.0"}', "schema version 2.0"),
    ],
)
def test_refuses_what_is_no_result(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "result.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load_result_json(tmp_path)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no result"):
        load_result_json(tmp_path / "nothing.json")


def test_later_minor_versions_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"kind": "clip", "schema_version": "1.7"}', encoding="utf-8")
    assert load_result_json(tmp_path)["schema_version"] == "1.7"
