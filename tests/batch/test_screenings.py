"""Clips of one client and one day in a batch become a screening."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from movescreen.app import Records
from movescreen.batch import BatchItem, name_folders
from movescreen.batch.clip_record import Record
from movescreen.batch.screenings import Admissions, find_groups
from tests.batch.test_run import add, run
from tests.support.outline import Outline


def of(items: list[BatchItem], client: str, date: str = "2026-03-12") -> list[BatchItem]:
    return [replace(item, client=client, date=date) for item in items]


@pytest.mark.slow
def test_a_clients_clips_of_one_day_are_merged(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    pair = of(add(clips, "ann_front.mp4", "ann_side.mp4"), "Ann <A/B>")
    alone = of(add(clips, "bob_side.mp4"), "Bob")
    nameless = add(clips, "side.mp4", "front.mp4")
    run(name_folders([*pair, *alone, *nameless]), out)
    (folder,) = (out / "screenings").iterdir()
    merged = json.loads((folder / "result.json").read_text())
    assert (merged["client"], merged["recorded"]) == ("Ann <A/B>", "2026-03-12")
    assert [clip["folder"] for clip in merged["clips"]] == ["../../ann_front", "../../ann_side"]
    assert (folder / merged["clips"][0]["folder"] / "report.html").is_file()
    page = Outline((out / "report.html").read_text("utf-8"))
    links = [str(a["href"]) for a in page.all("a") if "screenings" in str(a["href"])]
    assert len(links) == 2
    assert "Ann <A/B>" in page.text
    assert set(pd.read_csv(folder / "findings.csv")["view"].dropna()) <= {"front", "side"}


@pytest.mark.slow
def test_a_screening_is_made_anew_only_when_a_clip_changed(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    items = of(add(clips, "front.mp4", "side.mp4"), "Ann")
    run(items, out)
    (folder,) = (out / "screenings").iterdir()
    result = folder / "result.json"
    first = (result.stat().st_mtime_ns, result.read_bytes())
    run(items, out)
    assert (result.stat().st_mtime_ns, result.read_bytes()) == first
    (clips / "side.mp4").write_bytes(b"another content")
    run(items, out)
    assert result.stat().st_mtime_ns != first[0]


@pytest.mark.slow
def test_a_clip_without_a_result_is_named_and_a_damaged_folder_costs_its_screening_only(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    items = of(add(clips, "side.mp4", "nobody.mp4"), "Ann")
    run(items, out)
    (folder,) = (out / "screenings").iterdir()
    merged = json.loads((folder / "result.json").read_text())
    assert [entry["file"] for entry in merged["failed"]] == ["nobody.mp4"]
    (folder / "result.json").unlink()
    (out / "side" / "poses.npz").write_bytes(b"damaged")
    outcome = run(items, out)
    assert len(outcome.records) == 2
    assert not (folder / "result.json").exists()
    assert "screenings/" not in (out / "report.html").read_text("utf-8")


@pytest.mark.slow
def test_screenings_are_written_to_any_store(tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    memory = fsspec.filesystem("memory")
    run(of(add(clips, "front.mp4", "side.mp4"), "Ann"), "memory://visits")
    assert memory.exists("/visits/screenings/Ann 2026-03-12/report.html")
    assert b"../../front/report.html" in memory.cat("/visits/screenings/Ann 2026-03-12/report.html")
    memory.rm("/visits", recursive=True)


def test_folders_of_like_named_clients_stay_apart() -> None:
    def record(folder: str) -> Record:
        return Record(folder, folder, "", "", "", "", {"status": "ok"})

    items = [BatchItem(f"{i}.mp4", f"/{i}.mp4", client=name, folder=str(i)) for i, name in enumerate("aaAA")]
    groups = find_groups(items, {item.folder: record(item.folder) for item in items}, Admissions(Records()))
    assert [(group.client, group.folder) for group in groups] == [("a", "screenings/a"), ("A", "screenings/A_")]


@pytest.mark.slow
@pytest.mark.parametrize("day", ["27.11.2025", "11/27/2025", "20251127"])
def test_a_day_in_another_form_costs_its_row_which_says_what_to_write(tmp_path: Path, day: str) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    wrong, right = add(clips, "side.mp4", "front.mp4")
    run([*of([wrong], "Ann", day), *of([right], "Ann", "2025-11-27")], out)
    rows = pd.read_csv(out / "summary.csv", keep_default_na=False).set_index("file")
    assert rows.loc["side.mp4", "error"] == f"'{day}' is not a day: write it like 2026-03-12"
    assert rows["status"].to_dict() == {"side.mp4": "error", "front.mp4": "ok"}
