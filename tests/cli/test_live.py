"""``movescreen live`` with a file as camera, and what it says when something is missing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from movescreen.cli.app import main
from tests.conftest import SAMPLES, Run
from tests.support.clients import QUESTIONS, make_intake


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["live", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.network
def test_a_file_plays_as_camera_and_becomes_a_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    clip = str(SAMPLES / "squat_valgus_front.mp4")
    options = [
        "--movement",
        "squat",
        "--no-window",
        "--repetitions",
        "3",
        "--model",
        "lite",
        "--pictures",
    ]
    assert run("--camera", clip, *options, "--client", "Client 17", "--out", str(tmp_path)) == 0
    told = capfd.readouterr()
    assert told.err == ""
    assert "1. knees out over the feet" in told.out
    (folder,) = tmp_path.iterdir()
    session = json.loads((folder / "session.json").read_text("utf-8"))
    assert [(p["reps_live"], p["reps"]) for p in session["parts"]] == [(3, 3), (0, None)], "the file shows one view"
    findings = json.loads((folder / "result.json").read_text("utf-8"))["findings"]
    assert [f["check_id"] for f in findings if f["status"] == "flagged"] == ["knee_valgus", "shallow_depth"]
    assert "data:image/jpeg" in (folder / "squat_front/report.html").read_text("utf-8"), "pictures were asked for"


def test_unknown_movements_and_protocols_are_met_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--movement", "sqat", "--no-window") == 2
    assert "did you mean squat" in capsys.readouterr().err
    assert run("--protocol", "nothing", "--no-window") == 2
    assert "standard" in capsys.readouterr().err


def test_no_camera_and_no_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("--camera", str(tmp_path / "gone.mp4"), "--no-window") == 2
    assert "gone.mp4" in capsys.readouterr().err
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert run("--camera", str(SAMPLES / "squat_side.mp4")) == 2
    assert "--no-window" in capsys.readouterr().err


def test_a_client_who_does_not_jump_now_is_not_told_to(run_kept: Run, tmp_path: Path) -> None:
    assert run_kept("client", "add", "C1", "--born", "1990").code == 0
    fell = make_intake(day=date.today(), symptoms={**QUESTIONS, "falls": True})
    (tmp_path / "intake.json").write_text(fell.model_dump_json(), "utf-8")
    assert run_kept("intake", "add", "C1", tmp_path / "intake.json").code == 0
    assert run_kept("client", "add", "C2", "--born", "1990").code == 0
    jumps = ("live", "--protocol", "power_and_balance", "--movement", "jumps", "--no-window", "--camera", "gone.mp4")
    refused = run_kept(*jumps, "--client", "C1")
    assert refused.code == 2
    assert "nothing is left of the session Power and balance: no running or jumping now" in refused.err
    for free in (("--client", "C2"), ("--client", "somebody"), ()):
        assert "gone.mp4" in run_kept(*jumps, *free).err
