"""Every command that screens somebody asks for red flags first, and a client who must be referred leaves no file behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from movescreen.model import VideoInfo
from movescreen.pipeline import analyze_poses
from movescreen.records import open_store
from movescreen.report import write_result
from tests.conftest import SAMPLES, Run
from tests.support.clients import QUESTIONS, make_intake
from tests.support.figure import squat
from tests.support.results import side_squat

CLIP = SAMPLES / "squat_side.mp4"
SWOLLEN = make_intake(symptoms=QUESTIONS | {"calf_swelling": True})


def _manifest(folder: Path) -> Path:
    path = folder / "clips.csv"
    path.write_text(f"file,client,date\n{CLIP},C017,2026-03-12\n", "utf-8")
    return path


def _result(folder: Path) -> Path:
    write_result(side_squat(), folder / "earlier", client="C017")
    return folder / "earlier"


DOORS: dict[str, Callable[[Path], list[object]]] = {
    "analyze": lambda _: ["analyze", CLIP, "--client", "C017", "--out", "out"],
    "screen": lambda _: ["screen", CLIP, "--client", "C017", "--out", "out"],
    "live": lambda _: ["live", "--camera", CLIP, "--no-window", "--client", "C017", "--out", "out"],
    "report": lambda folder: ["report", _result(folder)],
    "visit redo": lambda _: ["visit", "redo", "C017", "2026-03-02"],
}


@pytest.fixture
def swollen(run_kept: Run) -> None:
    """Keep a client whose red flag was raised on 2 March and not cleared since."""
    run_kept("client", "add", "C017")
    with open_store() as store:
        store.add_intake("C017", SWOLLEN)


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "records" not in path.parts}


@pytest.mark.usefixtures("swollen")
@pytest.mark.parametrize("door", DOORS)
def test_a_red_flag_stops_and_nothing_is_written(run_kept: Run, tmp_path: Path, door: str) -> None:
    words = DOORS[door](tmp_path)
    before = _files(tmp_path)
    told = run_kept(*words)
    assert told.code == 3
    assert "A blood clot has to be ruled out" in told.err
    assert told.err.splitlines()[-1].startswith("hint: refer to a doctor, today")
    assert _files(tmp_path) == before


@pytest.mark.usefixtures("swollen")
def test_a_batch_refuses_the_row_and_writes_nothing_of_the_clip(run_kept: Run, tmp_path: Path) -> None:
    told = run_kept("batch", "--manifest", _manifest(tmp_path), "--out", "out", "--workers", "1")
    assert told.code == 0
    row = pd.read_csv(tmp_path / "out/summary.csv").iloc[0]
    assert (row["status"], row["error_code"]) == ("error", "needs_referral")
    assert "A blood clot has to be ruled out" in row["error"]
    assert not any(path.is_dir() and "squat" in path.name for path in (tmp_path / "out").rglob("*"))


@pytest.mark.usefixtures("swollen")
@pytest.mark.parametrize(
    ("client", "day", "said"),
    [("c017", "2026-03-12", "no client called 'c017'"), ("Somebody", "12.3.2026", "is not a day")],
)
def test_a_batch_takes_no_slip_for_a_stranger(run_kept: Run, tmp_path: Path, client: str, day: str, said: str) -> None:
    manifest = _manifest(tmp_path)
    manifest.write_text(manifest.read_text("utf-8").replace("C017,2026-03-12", f"{client},{day}"), "utf-8")
    assert run_kept("batch", "--manifest", manifest, "--out", "out", "--workers", "1").code == 0
    row = pd.read_csv(tmp_path / "out/summary.csv").iloc[0]
    assert row["status"] == "error"
    assert said in row["error"]


@pytest.mark.usefixtures("swollen")
def test_a_flag_raised_since_the_recording_stops_as_well(run_kept: Run, tmp_path: Path) -> None:
    told = run_kept("screen", CLIP, "--client", "C017", "--date", "2026-02-01", "--out", "out")
    assert told.code == 3
    assert not (tmp_path / "out").exists()


def test_who_is_no_client_is_screened_as_before(run_kept: Run, tmp_path: Path) -> None:
    poses = squat().poses
    video = VideoInfo("squat.mp4", *poses.image_size_px, 30.0, float(poses.time_s[-1]))
    write_result(analyze_poses(poses, video), tmp_path / "earlier", client="Somebody")
    assert run_kept("report", tmp_path / "earlier").code == 0
