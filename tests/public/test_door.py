"""The public door: few names, sentences, tables, arrays, plots, and the gate where a client is named."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import movescreen
from movescreen.client.intake.model import Consent
from movescreen.errors import InputError, NeedsReferral, UnknownNameError
from movescreen.pose.recorded import save_poses
from movescreen.public.results import Clip
from movescreen.records import open_store
from movescreen.report.formats.csv import csv_text
from tests.support.clients import QUESTIONS, make_intake
from tests.support.results import front_squat, side_squat

API = Path(__file__).resolve().parents[2] / "docs" / "api.md"
CODE, WELL = "C017", "C018"


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    return save_poses(tmp_path / "drawn_side.npz", side_squat().poses)


@pytest.fixture
def front(tmp_path: Path) -> Path:
    return save_poses(tmp_path / "drawn_front.npz", front_squat().poses)


@pytest.fixture(autouse=True)
def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("Agg")


# --- the names --------------------------------------------------------------------------------------------------------


def test_the_page_of_the_api_names_what_is_public_and_nothing_else() -> None:
    named = set(re.findall(r"^\.\. auto\w+:: (movescreen\.\w+)$", API.read_text("utf-8"), re.MULTILINE))
    public = {f"movescreen.{name}" for name in movescreen.__all__ if name != "__version__"}
    assert named == public


def test_every_public_name_is_typed_and_says_what_it_gives_and_raises() -> None:
    for name in movescreen.__all__:
        thing = getattr(movescreen, name)
        if inspect.isfunction(thing):
            doc = inspect.getdoc(thing) or ""
            assert all(part in doc for part in ("Returns\n", "Raises\n", "Examples\n")), name
            hints = inspect.signature(thing)
            assert hints.return_annotation is not inspect.Signature.empty
            assert all(p.annotation is not inspect.Parameter.empty for p in hints.parameters.values()), name
        elif inspect.isclass(thing):
            methods = {k: v for k, v in vars(thing).items() if not k.startswith("_") and callable(v)}
            assert all(inspect.getdoc(method) for method in methods.values()), name


@pytest.mark.processes
def test_what_only_reads_results_needs_no_database_no_web_and_no_pdf() -> None:
    code = "import movescreen, sys; movescreen.load; movescreen.Clip; print(*sorted(sys.modules))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"fastapi", "weasyprint", "xarray", "pingouin", "mediapipe"} & set(made.stdout.split())


# --- one clip ---------------------------------------------------------------------------------------------------------


def test_a_clip_prints_as_a_sentence_and_gives_the_tables_of_the_files(poses: Path, tmp_path: Path) -> None:
    clip = movescreen.analyze(poses, out=tmp_path / "out")
    assert re.fullmatch(r"drawn_side\.npz: Squat, side, \w+ side to the camera, \d repetitions: .+", repr(clip))
    assert (clip.movement, clip.view, clip.folder) == ("squat", "side", tmp_path / "out")
    for name in ("angles", "reps", "findings", "measures"):
        assert csv_text(getattr(clip, name)()) == (tmp_path / "out" / f"{name}.csv").read_text("utf-8"), name
    assert movescreen.load(tmp_path / "out") == clip


def test_nothing_is_written_unless_asked_for(poses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home := tmp_path / "home").mkdir()
    monkeypatch.chdir(home)
    clip = movescreen.analyze(poses, client="Somebody")
    assert clip.folder is None
    assert not list(home.iterdir())
    assert (clip.save("later").folder / "report.html").is_file()  # type: ignore[operator]
    assert "Somebody" in (home / "later" / "report.html").read_text("utf-8")


def test_curves_run_from_start_to_end_of_each_repetition() -> None:
    clip = Clip(side_squat())
    curves = clip.curves()
    reps = [rep for rep in clip.data.reps if rep.complete]
    assert list(curves.groupby("rep").size()) == [101] * len(reps)
    series, knee = clip.data.series, "knee_flexion_right"
    for rep in reps:
        one = curves[curves["rep"] == rep.number].set_index("percent")[f"{knee}_deg"]
        middle = (rep.start_s + rep.end_s) / 2
        assert one[50.0] == pytest.approx(np.interp(middle, series.time_s, series.values[knee]), abs=0.01)
    turned = clip.curves(align_turn=True).set_index(["rep", "percent"])[f"{knee}_deg"]
    at_turn = np.interp(reps[0].turn_s, series.time_s, series.values[knee])
    assert turned[reps[0].number, 50.0] == pytest.approx(at_turn, abs=0.01)


def test_arrays_have_names_and_units_and_know_their_repetition() -> None:
    pytest.importorskip("xarray")
    clip = Clip(side_squat())
    data = clip.to_xarray()
    knee = data["knee_flexion_right"]
    assert knee.dims == ("time",)
    assert (knee.attrs["units"], data["time"].attrs["units"]) == ("degree", "s")
    assert data["image_position"].dims == ("time", "keypoint", "image_axis")
    assert data["world_position"].attrs["units"] == "m"
    rep = clip.data.reps[0]
    inside = data.where(data["rep"] == rep.number, drop=True)["time"].to_numpy()
    assert inside.min() >= rep.start_s
    assert inside.max() < rep.end_s
    np.testing.assert_array_equal(knee.to_numpy(), clip.angles()["knee_flexion_right_deg"])


def test_plots_say_what_they_show() -> None:
    clip = Clip(front_squat())
    axes = clip.plot("knee_ankle_separation_ratio")
    assert axes.get_xlabel() == "time (s)"
    both = Clip(side_squat()).plot("knee_flexion_right", over="repetition")
    assert both.get_xlabel() == "repetition (%)"
    assert "degrees" in both.get_ylabel()
    assert clip.plot().lines, "without a name the signal that matters most is drawn"
    with pytest.raises(UnknownNameError, match="knee_flexoin"):
        clip.plot("knee_flexoin")


def test_what_does_not_exist_is_told_before_anything_is_analyzed(poses: Path) -> None:
    for wrong in (
        {"movement": "flying"},
        {"view": "above"},
        {"side": "both"},
        {"person": "nobody"},
        {"formats": ["docx"]},
    ):
        with pytest.raises(InputError):
            movescreen.analyze(poses, **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        movescreen.analyze(poses.parent / "missing.npz")


# --- one person -------------------------------------------------------------------------------------------------------


def test_clips_of_one_person_are_merged_and_the_one_that_failed_is_named(
    poses: Path, front: Path, tmp_path: Path
) -> None:
    (broken := tmp_path / "broken.npz").write_bytes(b"PK")
    person = movescreen.screen([front, poses, broken])
    assert repr(person).startswith("2 clips of Squat: ")
    assert "broken.npz" in repr(person)
    assert set(person.findings()["file"]) == {"drawn_front.npz", "drawn_side.npz"}
    assert list(person.reps().groupby("file").size()) == [len(clip.data.reps) for clip in person]
    assert len(person.angles()) == sum(len(clip.angles()) for clip in person)
    kept = movescreen.screen([front, poses], out=tmp_path / "out")
    assert movescreen.load(tmp_path / "out") == kept
    with pytest.raises(InputError):
        movescreen.screen([broken])


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_client_under_a_red_flag_is_stopped_here_too_and_others_are_kept(
    poses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (home := tmp_path / "home").mkdir()
    monkeypatch.chdir(home)
    with open_store() as store:
        agreed = Consent(records=True, pictures=True, on=date.today())
        for code in (CODE, WELL):
            store.add_client(code)
        store.add_intake(WELL, make_intake(day=date.today(), consent=agreed))
        store.add_intake(CODE, make_intake(day=date.today(), symptoms=QUESTIONS | {"calf_swelling": True}))
    manifest = home / "clips.csv"
    pd.DataFrame({"file": [str(poses)], "client": [CODE]}).to_csv(manifest, index=False)
    for door in (lambda: movescreen.analyze(poses, client=CODE), lambda: movescreen.screen([poses], client=CODE)):
        with pytest.raises(NeedsReferral):
            door()
    study = movescreen.study(manifest, out=home / "study")
    assert list(study.excluded()["code"]) == [NeedsReferral.code]
    assert not list((home / "study").glob("drawn_side*"))
    assert not (home / "results").exists()
    with open_store() as store:
        assert store.visits(CODE) == ()
    clip = movescreen.analyze(poses, client=WELL)
    assert clip.folder == Path("results/drawn_side")
    with pytest.raises(InputError, match="needs the clip"):
        clip.save("elsewhere", formats=["overlay"])
    with open_store() as store:
        assert len(store.visits(WELL)) == 1
