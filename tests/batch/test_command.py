"""The command on real clips with the real network: what a clinic's folder gives, and that the second time costs nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from movescreen.cli.app import app, main
from tests.conftest import SAMPLES
from tests.support.clips import cut, make_sound_only, set_display


def clinic(folder: Path) -> Path:
    """Return a folder of good clips, of one that says it is turned and is not, and of broken ones."""
    (folder / "monday").mkdir(parents=True)
    shutil.copy(SAMPLES / "squat_valgus_front.mp4", folder / "squat.mp4")
    shutil.copy(SAMPLES / "bend_side.mp4", folder / "monday" / "squat.mp4")
    shutil.copy(SAMPLES / "bend_side.mp4", folder / "turned.mp4")
    set_display(folder / "turned.mp4", 90)
    shutil.copy(SAMPLES / "bend_side.mp4", folder / "cut.mp4")
    cut(folder / "cut.mp4", 0.3)
    make_sound_only(folder / "sound.mp4")
    (folder / "text.mp4").write_text("no video")
    (folder / "empty.mov").touch()
    (folder / "notes.txt").write_text("no clip")
    return folder


@pytest.mark.network
def test_a_folder_of_good_and_broken_clips(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    clips, out = clinic(tmp_path / "clips"), tmp_path / "out"
    command = ["batch", str(clips), "--out", str(out), "--workers", "2", "--model", "lite"]
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code in (None, 0)
    told = capfd.readouterr()
    assert told.err == ""
    assert "!! text.mp4: text.mp4 is not a video file (video)" in told.out
    assert "ok squat.mp4: Squat, front, 3\u00a0repetitions: " in told.out
    summary = pd.read_csv(out / "summary.csv").set_index("file")
    assert list(summary.index) == [
        "cut.mp4", "empty.mov", "monday/squat.mp4", "sound.mp4", "squat.mp4", "text.mp4", "turned.mp4",
    ]  # fmt: skip
    good = summary[summary["status"] == "ok"]
    assert good["movement"].to_dict() == {"cut.mp4": "bend", "monday/squat.mp4": "bend", "squat.mp4": "squat"}
    assert good["reps"].tolist() == [1, 3, 3]  # a clip that breaks off keeps what it has
    assert summary["error_code"].dropna().to_dict() == {
        "empty.mov": "video", "sound.mp4": "video", "text.mp4": "video", "turned.mp4": "picture_turned",
    }  # fmt: skip
    findings = pd.read_csv(out / "findings.csv").set_index(["file", "check_id"])
    assert findings.loc[("squat.mp4", "knee_valgus"), "status"] == "flagged"
    assert {p.name for p in (out / "monday__squat").iterdir()} >= {
        "report.html",
        "angles.csv",
        "poses.npz",
        "result.json",
    }
    page = (out / "report.html").read_text("utf-8")
    assert page.count("<img") == 3
    assert page.index(">squat.mp4<") < page.index(">monday/squat.mp4<")  # something stood out in the first
    tables = {name: (out / name).read_bytes() for name in ("summary.csv", "reps.csv", "findings.csv", "report.html")}
    with pytest.raises(SystemExit):
        main(command)
    assert capfd.readouterr().out.count("(done before)") == 7
    assert {name: (out / name).read_bytes() for name in tables} == tables
    log = (out / "batch.log").read_text("utf-8")
    assert "7 clips, results in" in log
    assert "WARNING text.mp4: text.mp4 is not a video file (video)" in log


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no clips were given"),
        (["nowhere"], "there is nothing at nowhere"),
        (["--manifest", "gone.csv"], "there is no manifest"),
        (["x", "--view", "top"], "no view called 'top'"),
        (["x", "--movement", "sqat"], "no movement called 'sqat'"),
        (["x", "--model", "huge"], "no model called 'huge'"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    with pytest.raises(SystemExit) as ended:
        main(["batch", *arguments, "--out", "out"])
    assert ended.value.code == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert message in error
    assert hint.startswith("hint: ")
    assert not (tmp_path / "out").exists()


def test_the_folder_for_results_must_be_named() -> None:
    assert CliRunner().invoke(app, ["batch", "clips"]).exit_code == 2
