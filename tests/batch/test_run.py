"""A batch over threads, with a quick stand-in for the analysis: rows, files, what is done again and what is not."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from movescreen.app import Records
from movescreen.app.correcting import judge_result, make_correction
from movescreen.batch import BatchItem, BatchOutcome, BatchPlan, Store, name_folders, run_batch
from movescreen.batch.clip_record import load_record
from movescreen.batch.executors import WorkerPool
from movescreen.errors import InputError
from movescreen.report.formats.columns import MEASURES_COLUMNS
from movescreen.settings import Settings
from tests.support.faults import analyzed, let_go, quick

_RUNS = itertools.count()
Run = Callable[..., BatchOutcome]


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    return folder


def add(folder: Path, *names: str) -> list[BatchItem]:
    for name in names:
        (folder / name).write_bytes(f"content of {name}".encode())
    return name_folders([BatchItem(name, str(folder / name)) for name in names])


def run(
    items: list[BatchItem], out: Path | str, stop: Callable[[], int] = lambda: 0, **changes: object
) -> BatchOutcome:
    plan = BatchPlan(Store(str(out)), f"run{next(_RUNS)}", Settings(), {"software": "movescreen x"}, analyze=quick)
    with ThreadPoolExecutor(2) as pool:
        return run_batch(items, replace(plan, **changes), lambda: WorkerPool(pool, lambda: 2), stop=stop)  # type: ignore[arg-type]


TABLES = ("summary.csv", "reps.csv", "findings.csv", "measures.csv", "report.html")


def tables(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in TABLES}


def test_one_row_a_clip_and_one_folder_a_clip(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "side.mp4", "front.mp4", "nobody.mp4", "bug.mp4", "memory.mp4")
    outcome = run(items, tmp_path / "out")
    summary = pd.read_csv(tmp_path / "out" / "summary.csv").set_index("file")
    assert list(summary.index) == [item.file for item in items]
    assert summary["status"].to_dict() == {
        "side.mp4": "ok", "front.mp4": "ok", "nobody.mp4": "error", "bug.mp4": "error", "memory.mp4": "error",
    }  # fmt: skip
    assert summary["error_code"].dropna().to_dict() == {
        "nobody.mp4": "no_person", "bug.mp4": "bug", "memory.mp4": "out_of_memory",
    }  # fmt: skip
    assert outcome.unfinished == 0
    assert (tmp_path / "out" / "side" / "report.html").exists()
    own = pd.read_csv(tmp_path / "out" / "side" / "reps.csv")
    joint = pd.read_csv(tmp_path / "out" / "reps.csv")
    joint = joint[joint["file"] == "side.mp4"][own.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(joint, own)
    findings = pd.read_csv(tmp_path / "out" / "findings.csv")
    assert set(findings["file"]) == {"side.mp4", "front.mp4"}
    assert "ZeroDivisionError" in next(r.trace for r in outcome.records if r.file == "bug.mp4")


@pytest.mark.slow
def test_every_measure_has_its_row_with_file_and_client(clinic: Path, tmp_path: Path) -> None:
    jump, squat, gone, other = add(clinic, "jump.mp4", "side.mp4", "nobody.mp4", "jump2.mp4")
    run([replace(jump, client="Zoë"), squat, gone, other], tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "measures.csv", keep_default_na=False)
    assert list(table.columns) == ["file", "client", *MEASURES_COLUMNS]
    assert table[["file", "client", "measure", "value", "at_least", "attempts", "reason"]].to_numpy().tolist() == [
        ["jump.mp4", "Zoë", "jump_height", "30.5", False, "29.000 32.000", ""],
        ["jump.mp4", "Zoë", "flight_time", "", False, "", "'=not seen"],
        ["jump2.mp4", "", "jump_height", "30.5", False, "29.000 32.000", ""],
        ["jump2.mp4", "", "flight_time", "", False, "", "'=not seen"],
    ]
    own = pd.read_csv(tmp_path / "out" / "jump" / "measures.csv", keep_default_na=False)
    assert list(own.columns) == list(MEASURES_COLUMNS)
    first = table[table["file"] == "jump.mp4"][own.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, own, check_dtype=False)


@pytest.mark.slow
def test_without_a_measure_the_table_has_its_head(clinic: Path, tmp_path: Path) -> None:
    run(add(clinic, "side.mp4", "nobody.mp4"), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "measures.csv")
    assert list(table.columns) == ["file", "client", *MEASURES_COLUMNS]
    assert table.empty


@pytest.mark.slow
def test_a_record_from_before_there_were_measures_is_made_again(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "jump.mp4", "side.mp4")
    run(items, tmp_path / "out")
    first, store = tables(tmp_path / "out"), Store(str(tmp_path / "out"))
    kept = tmp_path / "out" / ".batch" / "jump.json"
    told = json.loads(kept.read_text("utf-8"))
    del told["measures"]
    kept.write_text(json.dumps(told), "utf-8")
    assert load_record(store, "jump") is None
    assert load_record(store, "side") is not None
    assert run(items, tmp_path / "out").reused == 1
    assert sorted(analyzed(clinic)) == ["jump.mp4", "jump.mp4", "side.mp4"]
    assert tables(tmp_path / "out") == first


def test_a_record_comes_back_as_it_was(clinic: Path, tmp_path: Path) -> None:
    outcome = run(add(clinic, "jump.mp4"), tmp_path / "out")
    (record,) = outcome.records
    assert load_record(Store(str(tmp_path / "out")), "jump") == record
    assert [row[-len(MEASURES_COLUMNS) :][2] for row in record.measures.rows] == ["jump_height", "flight_time"]


def test_the_second_time_only_what_may_turn_out_otherwise_is_done_again(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "side.mp4", "front.mp4", "nobody.mp4", "bug.mp4")
    run(items, tmp_path / "out")
    first = tables(tmp_path / "out")
    again = run(items, tmp_path / "out")
    assert again.reused == 3
    assert sorted(analyzed(clinic)) == ["bug.mp4", "bug.mp4", "front.mp4", "nobody.mp4", "side.mp4"]
    assert tables(tmp_path / "out") == first


def test_nobody_is_hired_when_all_is_done(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "side.mp4")
    run(items, tmp_path / "out")
    plan = BatchPlan(Store(str(tmp_path / "out")), "later", Settings(), {"software": "movescreen x"}, analyze=quick)
    outcome = run_batch(items, plan, lambda: pytest.fail("nothing was left to do"))
    assert outcome.reused == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"settings": Settings(model="lite")},
        {"settings": Settings(cutoff_hz=6.0)},
        {"common": {"software": "movescreen y"}},
        {"common": {"software": "movescreen x", "catalog": "other"}},
        {"resume": False},
        {"formats": (), "run": "same question"},
    ],
)
def test_other_settings_are_another_question(clinic: Path, tmp_path: Path, changes: dict[str, object]) -> None:
    items = add(clinic, "side.mp4")
    run(items, tmp_path / "out")
    run(items, tmp_path / "out", **changes)
    assert len(analyzed(clinic)) == (1 if changes.get("run") == "same question" else 2)


def test_what_the_manifest_says_belongs_to_the_question(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "side.mp4")
    run(items, tmp_path / "out")
    run([replace(items[0], client="Client 4")], tmp_path / "out")
    assert len(analyzed(clinic)) == 2
    assert pd.read_csv(tmp_path / "out" / "summary.csv")["client"].tolist() == ["Client 4"]


@pytest.mark.slow
def test_a_changed_clip_is_analyzed_again_and_a_touched_one_is_not(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "side.mp4", "front.mp4")
    run(items, tmp_path / "out")
    (clinic / "side.mp4").write_bytes(b"another recording")
    (clinic / "front.mp4").write_bytes((clinic / "front.mp4").read_bytes())
    run(items, tmp_path / "out")
    assert sorted(analyzed(clinic)) == ["front.mp4", "side.mp4", "side.mp4"]


@pytest.mark.slow
def test_a_removed_folder_and_a_damaged_record_are_made_again(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, "side.mp4", "front.mp4")
    run(items, tmp_path / "out")
    first = tables(tmp_path / "out")
    (tmp_path / "out" / "side" / "result.json").unlink()
    (tmp_path / "out" / ".batch" / "front.json").write_text('{"file": "front')
    run(items, tmp_path / "out")
    assert sorted(analyzed(clinic)) == ["front.mp4", "front.mp4", "side.mp4", "side.mp4"]
    assert tables(tmp_path / "out") == first


def test_an_executor_that_asks_twice_gets_the_same_answer(clinic: Path, tmp_path: Path) -> None:
    from movescreen.batch.worker import run_item

    (item,) = add(clinic, "side.mp4")
    plan = BatchPlan(Store(str(tmp_path / "out")), "one", Settings(), resume=False, analyze=quick)
    assert run_item(plan, item) == run_item(plan, item)
    assert analyzed(clinic) == ["side.mp4"]


@pytest.mark.parametrize(
    ("said", "code"),
    [({"movement": "sqat"}, "unknown_name"), ({"view": "top"}, "unknown_name"), ({"side": "both"}, "unknown_name")],
)
def test_a_wrong_row_of_a_manifest_costs_one_row(clinic: Path, tmp_path: Path, said: dict[str, str], code: str) -> None:
    good, bad = add(clinic, "side.mp4", "front.mp4")
    run([good, replace(bad, **said)], tmp_path / "out")  # type: ignore[arg-type]
    summary = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert summary["status"].tolist() == ["ok", "error"]
    assert summary["error_code"].tolist()[1] == code
    assert analyzed(clinic) == ["side.mp4"]


def test_names_that_look_like_formulas_stay_text(clinic: Path, tmp_path: Path) -> None:
    (item,) = add(clinic, "=cmd|' side.mp4")
    run([replace(item, client="@SUM(A1)")], tmp_path / "out")
    for table in ("summary.csv", "reps.csv", "findings.csv"):
        with (tmp_path / "out" / table).open(newline="", encoding="utf-8-sig") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert "'=cmd|' side.mp4" in cells
        assert not [c for c in cells if c.startswith(("=", "@", "+"))]


def test_letters_beyond_ascii_reach_excel_and_pandas(clinic: Path, tmp_path: Path) -> None:
    (item,) = add(clinic, "side.mp4")
    run([replace(item, client="Zoë")], tmp_path / "out")
    assert (tmp_path / "out" / "summary.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert (table.columns[0], table["client"].tolist()) == ("file", ["Zoë"])


def test_the_overview_lists_the_worst_first_with_a_thumbnail_only_where_there_is_one(
    clinic: Path, tmp_path: Path
) -> None:
    run(add(clinic, "side.mp4", "front.mp4", "nobody.mp4"), tmp_path / "out")
    summary = pd.read_csv(tmp_path / "out" / "summary.csv").set_index("file")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    order = sorted(["side.mp4", "front.mp4"], key=lambda name: (-summary.loc[name, "flagged"], page.index(name)))
    assert page.index(order[0]) < page.index(order[1]) < page.index("nobody.mp4")
    assert 'href="side/report.html"' in page
    assert "<img" not in page  # the stand-in's clips hold no pictures


@pytest.mark.slow
def test_stopping_once_finishes_what_runs_and_the_next_run_does_the_rest(clinic: Path, tmp_path: Path) -> None:
    items = add(clinic, *(f"held{i}.mp4" for i in range(4)))

    def stop() -> int:
        if analyzed(clinic):
            let_go(clinic)
        return int(bool(analyzed(clinic)))

    outcome = run(items, tmp_path / "out", stop=stop)
    assert 1 <= len(outcome.records) <= 2
    assert outcome.unfinished == 4 - len(outcome.records)
    assert len(pd.read_csv(tmp_path / "out" / "summary.csv")) == len(outcome.records)
    rest = run(items, tmp_path / "out")
    assert rest.reused == len(outcome.records)
    assert sorted(analyzed(clinic)) == sorted(item.file for item in items)


def test_urls_for_input_and_output(tmp_path: Path, clinic: Path) -> None:
    files = fsspec.filesystem("memory")
    files.pipe({"/in/side.mp4": b"some clip", "/in/nobody.mp4": b"another"})
    items = name_folders([BatchItem(f"{n}.mp4", f"memory:///in/{n}.mp4") for n in ("side", "nobody", "gone")])
    run(items, "memory://results")
    summary = pd.read_csv(files.open("/results/summary.csv"))
    assert summary["status"].tolist() == ["ok", "error", "error"]
    assert summary["error_code"].tolist()[1:] == ["no_person", "video"]
    assert files.exists("/results/side/result.json")
    assert files.exists("/results/side/report.html")
    assert run(items, "memory://results").reused == 2


def test_results_that_cannot_be_written_are_said_before_any_work(clinic: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, no folder")
    with pytest.raises(InputError, match="cannot write"):
        run(add(clinic, "side.mp4"), tmp_path / "out")
    assert analyzed(clinic) == []


def test_what_the_trainer_put_right_counts_in_the_tables_of_all(clinic: Path, tmp_path: Path) -> None:
    items, out = add(clinic, "front.mp4"), tmp_path / "out"
    run(items, out)
    assert "Dynamic knee valgus" in (out / "report.html").read_text("utf-8")
    with Records() as records:
        word = make_correction(
            kind="judgement", movement="squat", check_id="knee_valgus", verdict="not_there", reason="folds"
        )
        judge_result(records, out / "front", word)
    run(items, out)
    summary, findings = (pd.read_csv(out / f"{name}.csv").iloc[0] for name in ("summary", "findings"))
    assert (summary["flagged"], summary["flagged_judged"]) == (1, 0)
    assert (findings["status"], findings["judged_status"]) == ("flagged", "clear")
    assert "Dynamic knee valgus" not in (out / "report.html").read_text("utf-8")
