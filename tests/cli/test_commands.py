"""The command line: exit codes, two lines on stderr, close matches, and JSON alone on stdout."""

from __future__ import annotations

import csv
import json
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

import movescreen
from movescreen.app import tasks as tasks_module
from movescreen.catalog import load_catalog
from movescreen.catalog import loader as loader_module
from movescreen.cli import main
from movescreen.cli.app import COMMANDS, app
from movescreen.model import VideoInfo
from movescreen.pipeline import AnalysisRequest, AnalyzedVideo, analyze_poses
from movescreen.settings import Settings
from tests.conftest import SAMPLES
from tests.support import figure as p
from tests.support.own import NEW_CHECK, write_own

CLIP = SAMPLES / "squat_side.mp4"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Ran:
    """What a command did: exit code, stdout, stderr."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[str]:
        return self.err.strip().splitlines()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> object:
    def call(*args: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            main([str(a) for a in args])
        told = capsys.readouterr()
        return Ran(left.value.code if isinstance(left.value.code, int) else 0, told.out, told.err)

    return call


def _check_error(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert 1 <= len(ran.lines) <= 2
    assert ran.lines[0].startswith("error: ")
    assert all(line.startswith("hint: ") for line in ran.lines[1:])
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


# --- what cannot be used: 2 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--movement", "squatt"], ["there is no movement called 'squatt'", "squat"]),
        (["--movement", "single-leg-squat"], ["did you mean", "single_leg_squat"]),
        (["--view", "frnt"], ["there is no view called 'frnt'", "did you mean front"]),
        (["--model", "ful"], ["there is no model called 'ful'", "did you mean full"]),
        (["--slowmo", "0.5"], ["slowmo"]),
        (["--slowmo", "900"], ["slowmo"]),
    ],
)
def test_wrong_choices_are_told_before_the_clip_is_read(run, flags: list[str], words: list[str]) -> None:  # type: ignore[no-untyped-def]
    _check_error(run("analyze", "there_is_no_such_clip.mp4", *flags), 2, *words)
    assert not Path("results").exists()


def test_a_missing_file(run) -> None:  # type: ignore[no-untyped-def]
    _check_error(run("analyze", "nowhere.mp4"), 2, "nowhere.mp4")


@pytest.mark.parametrize("content", [b"", b"just words", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40])
def test_a_file_that_is_no_video(run, content: bytes) -> None:  # type: ignore[no-untyped-def]
    Path("broken.mp4").write_bytes(content)
    _check_error(run("analyze", "broken.mp4"), 2, "broken.mp4")
    assert not Path("results").exists()


def test_a_folder_instead_of_a_file(run) -> None:  # type: ignore[no-untyped-def]
    Path("folder.mp4").mkdir()
    _check_error(run("analyze", "folder.mp4"), 2, "folder.mp4")


def test_a_wrong_config_file(run) -> None:  # type: ignore[no-untyped-def]
    Path("movescreen.toml").write_text('modell = "lite"')
    _check_error(run("analyze", CLIP), 2, "modell")


def test_unknown_options_and_commands_are_usage_errors(run) -> None:  # type: ignore[no-untyped-def]
    for args in (["analyze", CLIP, "--color"], ["analyse", CLIP], ["analyze"]):
        ran = run(*args)
        assert ran.code == 2
        assert "Traceback" not in ran.err


def test_a_folder_without_a_result(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _check_error(run("report", tmp_path), 2, "result.json")


@pytest.mark.parametrize("content", ["{}", "not json", '{"provenance": {}}', "[1, 2]"])
def test_a_damaged_result_is_an_input_error(run, tmp_path: Path, content: str) -> None:  # type: ignore[no-untyped-def]
    from movescreen.pose import save_poses

    (tmp_path / "result.json").write_text(content)
    save_poses(tmp_path / "poses.npz", p.squat(1).poses)
    _check_error(run("report", tmp_path), 2, "result.json")


# --- no answer: 3, no model: 4, a bug: 1 ----------------------------------------------------------------------------


def _stub(monkeypatch: pytest.MonkeyPatch, clip: p.Clip) -> list[AnalysisRequest]:
    """Let the command analyze a figure instead of the pictures."""
    asked: list[AnalysisRequest] = []

    def analyze(video: Path, request: AnalysisRequest, **_: object) -> AnalyzedVideo:
        asked.append(request)
        info = VideoInfo(video.name, 720, 960, 30.0, 11.0, sha256="a" * 64)
        return AnalyzedVideo(analyze_poses(clip.poses, info, request), {})

    monkeypatch.setattr(tasks_module, "analyze_with_pictures", analyze)
    return asked


def test_a_clip_without_repetitions_has_no_answer_but_its_files(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.standing(4.0))
    ran = run("analyze", CLIP)
    assert ran.code == 3
    assert len(ran.lines) == 2
    assert "no squat, overhead squat, lunge" in ran.lines[0]
    assert (Path("results") / "squat_side" / "angles.csv").is_file()


@pytest.mark.parametrize("content", [None, b"not a model"])
def test_a_missing_or_damaged_model(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("MOVESCREEN_MODELS_DIR", str(tmp_path))
    name = "full" if content else "heavy"
    if content:
        (tmp_path / "pose_landmarker_full.task").write_bytes(content)
    elif any(f.is_file() for f in (SAMPLES.parent / "models").glob("*heavy*")):
        pytest.skip("the heavy network has been made here")
    _check_error(run("analyze", CLIP, "--model", name), 4, name)


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(tasks_module, "analyze_with_pictures", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["analyze", str(CLIP)])


@pytest.mark.processes
def test_exit_codes_of_the_real_program() -> None:
    def call(*args: str) -> subprocess.CompletedProcess[str]:
        code = "import sys; from movescreen.cli import main; main(sys.argv[1:])"
        return subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=120)

    missing = call("analyze", "nowhere.mp4")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert [line.split(":")[0] for line in missing.stderr.splitlines()] == ["error", "hint"]
    version = call("--version")
    assert (version.returncode, version.stdout) == (0, f"movescreen {movescreen.__version__}\n")


# --- done: 0 --------------------------------------------------------------------------------------------------------

FILES = {
    "angles.csv",
    "reps.csv",
    "findings.csv",
    "measures.csv",
    "summary.csv",
    "result.json",
    "report.html",
    "poses.npz",
}


def test_analyze_writes_every_promised_file(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    asked = _stub(monkeypatch, p.squat(3, trunk=65.0))
    ran = run("analyze", CLIP, "--movement", "squat", "--view", "side", "--model", "lite", "--raw", "--out", "there")
    assert ran.code == 0
    assert ran.err == ""
    assert {f.name for f in Path("there").iterdir() if f.is_file()} >= FILES
    assert "squat" in ran.out
    assert "3 repetitions" in ran.out
    assert "Forward trunk lean beyond the shanks" in ran.out
    assert "not assessed: " in ran.out
    assert "Knees moving inward" in ran.out
    assert asked == [AnalysisRequest("squat", "side", Settings(model="lite", raw=True))]
    with Path("there/findings.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    checks = {c.id for c in load_catalog().movement("squat").checks}
    assert {r["check_id"] for r in rows} == checks
    assert {r["status"] for r in rows} <= {"flagged", "borderline", "clear", "not_assessed"}
    assert all(r["reason"] for r in rows if r["status"] == "not_assessed")
    assert not list(Path().rglob("*.part*"))


def test_analyze_prints_what_was_measured(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.jump(3, flight_s=0.5))
    ran = run("analyze", CLIP)
    assert (ran.code, ran.err) == (0, "")
    out = ran.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "countermovement_jump" in out
    assert re.search(r"^Jump height: 3[0-4] cm ± \d cm$", out, re.MULTILINE)
    assert re.search(r"^Time in the air: 0\.5\d s ± 0\.0\d s$", out, re.MULTILINE)
    assert "nothing stood out in what could be seen" in out


def test_analyze_never_says_that_nothing_stood_out_where_nothing_was_judged(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    clip = p.squat(2, p.Camera(90.0))
    joints = [
        f"covered_{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip", "knee", "ankle", "heel")
    ]
    seen = np.ones(len(clip.poses))
    _stub(monkeypatch, replace(clip, poses=p.with_extras(clip.poses, **dict.fromkeys(joints, seen))))
    ran = run("analyze", CLIP)
    assert "nothing could be judged" in ran.out
    assert "nothing stood out" not in ran.out


def test_analyze_prints_what_to_bear_in_mind(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.squat(1, p.Camera(90.0), trunk=62.0))
    ran = run("analyze", CLIP)
    words = " ".join(ran.out.split())
    assert "! Forward trunk lean" in words
    # in a narrow terminal the message is a column of its own
    assert all(word in words for word in ("(seen", "repetition", "only)."))
    assert "!!" not in ran.out


def test_analyze_prints_a_lower_bound_and_why_something_is_missing(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    clip = p.one_leg_stance(1, p.Camera(90.0), held_s=20.0)
    _stub(monkeypatch, p.trim(clip, end_s=clip.events_s[0][0] + 9.0))
    ran = run("analyze", CLIP)
    # a lower bound is an answer, too
    assert (ran.code, ran.err) == (0, "")
    out = " ".join(ran.out.replace("\N{NO-BREAK SPACE}", " ").split())
    assert re.search(r"Standing on one leg, right: at least [89]\.\d s", out)
    assert "leg's length, right: not measured, needs the front view; this clip shows the side view" in out


@pytest.mark.slow
def test_json_prints_the_result_and_nothing_else(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.squat(3))
    ran = run("analyze", CLIP, "--json")
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out, parse_constant=lambda c: pytest.fail(f"{c} is not JSON"))
    assert told["schema_version"]
    assert told["movement"]["name"] == "squat"
    assert len(told["findings"]) > 10


@pytest.mark.slow
def test_json_prints_what_the_file_holds(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.squat(3))
    ran = run("analyze", CLIP, "--json", "--client", "ab-12")
    assert json.loads(ran.out) == json.loads(Path("results/squat_side/result.json").read_text("utf-8"))


def test_json_stays_json_when_there_is_no_answer(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.standing(4.0))
    ran = run("analyze", CLIP, "--json")
    assert ran.code == 3
    assert json.loads(ran.out)["movement"]["name"] == "none"
    assert len(ran.lines) == 2


@pytest.mark.slow
def test_report_makes_the_same_again(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _stub(monkeypatch, p.squat(3, trunk=65.0))
    run("analyze", CLIP, "--out", "there")
    before = Path("there/findings.csv").read_text("utf-8")
    for name in ("findings.csv", "report.html"):
        Path("there", name).unlink()
    ran = run("report", "there")
    assert ran.code == 0
    assert Path("there/report.html").is_file()
    assert Path("there/findings.csv").read_text("utf-8") == before


def test_a_check_without_figures_is_a_warning_in_ones_own_catalog_and_a_mistake_in_ours(  # type: ignore[no-untyped-def]
    run, tmp_path, monkeypatch
) -> None:
    packaged = Path(loader_module.__file__).parent
    for part in ("movements", "measurement", "protocols"):
        shutil.copytree(packaged / part, tmp_path / part)
    bend = tmp_path / "movements/bend.toml"
    bend.write_text(bend.read_text("utf-8").replace("quiet = { trunk = 100.0 }\n", ""), "utf-8")
    own = run("catalog", "check", write_own(tmp_path / "clinic", "movements/squat.toml", NEW_CHECK))
    assert own.code == 0
    assert "warning: movements/squat.toml: check hips_aside: no figure leaves it quiet" in own.err
    monkeypatch.setattr("movescreen.cli.catalog.load_catalog", lambda: load_catalog(base=tmp_path))
    ours = run("catalog", "check")
    assert ours.code == 2
    assert "no figure leaves it quiet" in ours.err


def test_catalog_list_and_show(run) -> None:  # type: ignore[no-untyped-def]
    listed = run("catalog", "list")
    assert listed.code == 0
    assert all(name in listed.out for name in load_catalog().movements)
    shown = run("catalog", "show", "squat")
    assert all(c.id in shown.out for c in load_catalog().movement("squat").checks)
    assert "own tolerance" in shown.out
    for movement in ("countermovement_jump", "sit_to_stand", "single_leg_stance"):
        shown = run("catalog", "show", movement)
        for measure in load_catalog().movement(movement).measures:
            assert f"{measure.name}: {measure.title} ({measure.unit}) [" in shown.out
            assert measure.definition.split()[0] in shown.out
    assert "attempts of jump_height" in run("catalog", "show", "countermovement_jump").out
    _check_error(run("catalog", "show", "sqat"), 2, "did you mean squat")


def test_catalog_check(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert "is sound" in run("catalog", "check").out
    packaged = Path(loader_module.__file__).parent
    for part in ("movements", "measurement"):
        shutil.copytree(packaged / part, tmp_path / "mine" / part)
    assert run("catalog", "check", tmp_path / "mine").code == 0
    path = tmp_path / "mine" / "movements" / "bend.toml"
    path.write_text(path.read_text("utf-8").replace("driver", "motor", 1), "utf-8")
    _check_error(run("catalog", "check", tmp_path / "mine"), 2, "mine/movements/bend.toml: reps.motor")
    path.write_text((packaged / "movements" / "bend.toml").read_text("utf-8"), "utf-8")
    jump = path.with_name("countermovement_jump.toml")
    jump.write_text(jump.read_text("utf-8").replace('name = "flight_time"', 'name = "jump_power"'), "utf-8")
    _check_error(
        run("catalog", "check", tmp_path / "mine"),
        2,
        "countermovement_jump.toml: measures.jump_power.name",
        "'jump_power'",
    )
    _check_error(run("catalog", "check", tmp_path / "nowhere"), 2, "there is no such folder")


def test_models_are_listed_and_verified(run) -> None:  # type: ignore[no-untyped-def]
    listed = run("models", "list")
    assert listed.code == 0
    assert all(name in listed.out for name in ("lite", "full", "heavy"))
    assert "full: intact" in run("models", "verify").out


def test_help_names_every_command(run) -> None:  # type: ignore[no-untyped-def]
    ran = run("--help")
    assert ran.code == 0
    for command in ("analyze", "report", "catalog", "models", "doctor", "demo"):
        assert command in ran.out


@pytest.mark.processes
@pytest.mark.network
def test_one_clip_through_the_real_program() -> None:
    code = "import sys; from movescreen.cli import main; main(sys.argv[1:])"
    made = subprocess.run(
        [sys.executable, "-c", code, "analyze", str(CLIP), "--model", "lite", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert (told["movement"]["name"], told["view"]["kind"], len(told["repetitions"])) == ("squat", "side", 3)
    assert "Traceback" not in made.stderr
    assert {f.name for f in Path("results/squat_side").iterdir() if f.is_file()} >= FILES


@pytest.mark.parametrize(
    "command",
    [("analyze", "x.mp4"), ("screen", "x.mp4"), ("batch", "x", "--out", "o"), ("live",), ("serve",), ("demo",), ("report", "x"),
     ("client", "list"), ("intake", "template"), ("visit", "tests"), ("plan", "exercises"), ("progress", "C1"), ("backup", "b.zip"),
     ("catalog", "list"), ("models", "list")],
)  # fmt: skip
def test_a_misspelled_key_of_the_config_file_is_refused_by_every_command(run, command: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    Path("movescreen.toml").write_text('modell = "lite"')
    _check_error(run(*command), 2, "modell: there is no such setting", "did you mean model?")


def test_the_doctor_tells_of_a_misspelled_key_among_the_rest(run) -> None:  # type: ignore[no-untyped-def]
    Path("movescreen.toml").write_text('modell = "lite"')
    ran = run("doctor")
    assert "modell: there is no such setting" in ran.out
    assert "python" in ran.out.lower()


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_version_and_help_load_no_analysis(words: list[str]) -> None:
    """They answer at once: nothing that measures, reads pictures or keeps records is imported for them."""
    code = f"import sys; from movescreen.cli.app import app; app({words!r}, standalone_mode=False); print('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    printed, _, loaded = done.stdout.partition("LOADED")
    assert "movescreen" in printed
    assert not {"numpy", "cv2", "pandas", "sqlalchemy", "scipy"} & set(loaded.split())


def test_every_command_of_the_list_is_there_and_no_other() -> None:
    command: Any = typer.main.get_command(app)
    context = typer.Context(command)
    assert all(command.get_command(context, name) for name in COMMANDS)
    assert set(command.commands) == set(COMMANDS)


def test_a_misspelled_command_is_answered_with_the_one_that_was_meant() -> None:
    told = CliRunner().invoke(app, ["analyse"])
    assert told.exit_code == 2
    assert "'analyze'" in told.output


def test_python_runs_the_package_as_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["movescreen", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("movescreen", run_name="__main__")
    assert (end.value.code or 0, capsys.readouterr().out) == (0, f"movescreen {movescreen.__version__}\n")
