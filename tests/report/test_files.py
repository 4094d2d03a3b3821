"""Writers and whole-or-nothing files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from movescreen.errors import InputError, UnknownNameError
from movescreen.files import write_bytes, write_text
from movescreen.pose.recorded import load_poses
from movescreen.report import ReportJob, available_formats, register_writer, write_result
from movescreen.report.documents.registry import WRITERS
from movescreen.report.formats.json import load_result_json
from tests.support.results import front_squat, side_squat


@pytest.fixture
def clean_registry() -> Iterator[None]:
    available_formats()
    before = dict(WRITERS)
    yield
    WRITERS._entries = before


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_writes_every_file_of_the_chosen_formats(tmp_path: Path) -> None:
    paths = write_result(side_squat(), tmp_path / "out", formats=["csv", "json", "html"])
    names = ["angles.csv", "findings.csv", "measures.csv", "report.html", "reps.csv", "result.json", "summary.csv"]
    assert [p.name for p in paths] == names
    assert all(p.parent == tmp_path / "out" and p.stat().st_size > 0 for p in paths)
    assert sorted(contents(tmp_path / "out")) == names  # no temporary files left
    assert [f["name"] for f in load_result_json(tmp_path / "out")["files"]] == names


def test_all_formats_include_the_poses(tmp_path: Path) -> None:
    result = side_squat()
    paths = write_result(result, tmp_path)
    assert "poses.npz" in [p.name for p in paths]
    poses = load_poses(tmp_path / "poses.npz")
    np.testing.assert_allclose(poses.image_xy_px, result.poses.image_xy_px, atol=1e-3)
    np.testing.assert_array_equal(poses.time_s, result.poses.time_s)
    with np.load(tmp_path / "poses.npz") as archive:
        extra = json.loads(str(archive["extra"]))
    assert (extra["engine"], extra["model_name"]) == ("mediapipe", "pose_landmarker_full")
    assert extra["video"]["name"] == "squat_side.mp4"


def test_file_list_counts_what_is_already_there(tmp_path: Path) -> None:
    write_result(side_squat(), tmp_path, formats="csv")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert [p.name for p in write_result(side_squat(), tmp_path, formats=["json"])] == ["result.json"]
    listed = [f["name"] for f in load_result_json(tmp_path)["files"]]
    assert listed == ["angles.csv", "findings.csv", "measures.csv", "reps.csv", "result.json", "summary.csv"]
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("clean_registry")
def test_failing_writer_leaves_the_old_result_untouched(tmp_path: Path) -> None:
    @register_writer("broken", files={"broken.txt": "never whole"})
    def write_broken(job: ReportJob, folder: Path) -> None:
        (folder / "broken.txt").write_text("half", encoding="utf-8")
        raise RuntimeError("disk on fire")

    write_result(side_squat(), tmp_path, formats=["csv", "json"])
    before = contents(tmp_path)
    with pytest.raises(RuntimeError, match="disk on fire"):
        write_result(front_squat(), tmp_path, formats=["csv", "json", "broken"])
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("clean_registry")
def test_failing_writer_leaves_no_new_folder(tmp_path: Path) -> None:
    @register_writer("broken", files={"broken.txt": "never"})
    def write_broken(job: ReportJob, folder: Path) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        write_result(side_squat(), tmp_path / "new", formats=["csv", "broken"])
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("clean_registry")
def test_a_new_format_is_one_function(tmp_path: Path) -> None:
    @register_writer("count", files={"count.txt": "number of repetitions"})
    def write_count(job: ReportJob, folder: Path) -> None:
        write_text(folder / "count.txt", f"{job.client}: {len(job.result.reps)}")

    assert "count" in available_formats()
    (path,) = write_result(side_squat(), tmp_path, formats=["count"], client="Client 017")
    assert path.read_text(encoding="utf-8") == "Client 017: 3"


@pytest.mark.usefixtures("clean_registry")
def test_writer_must_keep_its_promise(tmp_path: Path) -> None:
    @register_writer("liar", files={"a.txt": "promised"})
    def write_liar(job: ReportJob, folder: Path) -> None:
        write_text(folder / "b.txt", "something else")

    with pytest.raises(RuntimeError, match="promised"):
        write_result(side_squat(), tmp_path, formats=["liar"])
    assert contents(tmp_path) == {}


@pytest.mark.usefixtures("clean_registry")
def test_two_writers_cannot_share_a_file() -> None:
    with pytest.raises(RuntimeError, match="clashes"):
        register_writer("mine", files={"angles.csv": "again"})(lambda job, folder: None)


def test_unknown_format_names_close_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no output format called 'htm'") as caught:
        write_result(side_squat(), tmp_path, formats=["htm"])
    assert caught.value.hint == "did you mean html?"
    assert contents(tmp_path) == {}


def test_built_in_formats() -> None:
    assert available_formats() == (
        "c3d", "csv", "html", "json", "opensim", "overlay", "parquet", "pdf", "pictures", "player", "poses", "signals", "xlsx",
    )  # fmt: skip


def test_target_that_is_a_file_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="cannot write"):
        write_result(side_squat(), tmp_path / "taken", formats=["csv"])
    with pytest.raises(InputError, match="cannot write"):
        write_bytes(tmp_path / "taken" / "x.csv", b"")


def test_write_bytes_replaces_whole_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_text(tmp_path / "a.txt", "old")

    def fail(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match="No space left"):
        write_text(path, "new")
    assert contents(tmp_path) == {"a.txt": b"old"}
