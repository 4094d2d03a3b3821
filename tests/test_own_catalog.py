"""One catalog of one's own at every door: status, limits, words and tables, and two clear lines when it cannot be used."""

from __future__ import annotations

import csv
import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from movescreen.app import Records, Screening
from movescreen.batch import BatchItem, BatchPlan, Store, name_folders, run_batch
from movescreen.batch.executors import local_workers
from movescreen.catalog import load_catalog
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.cli.app import main
from movescreen.errors import CatalogError
from movescreen.model import ClipResult, Finding, Status
from movescreen.pipeline import AnalysisRequest, AnalyzedVideo, analyze_poses
from movescreen.report import write_result
from movescreen.screening import merge_clips
from movescreen.settings import RecordSettings, Settings
from movescreen.web.app import create_app
from movescreen.web.config import WebConfig
from movescreen.web.services import Services
from tests.conftest import SAMPLES, Run
from tests.support import figure as p
from tests.support.own import NEW_CHECK, OWN_LIMIT, write_own
from tests.web.conftest import client_of
from tests.web.test_uploads import open_upload, send, wait

_RUNS = itertools.count()
#: The figure moves its hips to the right by this much, m: about 11 percent of the distance between the ankles.
SHIFT_M = 0.038


def drawn(shift: float = -SHIFT_M) -> p.Clip:
    return p.squat(3, p.Camera(p.YAWS["front"]), shift=shift)


def screened(settings: Settings, shift: float = -SHIFT_M, **more: Any) -> ClipResult:
    clip = drawn(shift)
    return analyze_poses(clip.poses, clip.video, AnalysisRequest(settings=settings), **more)


def analyze_drawn(clip: Path, request: AnalysisRequest, **_more: object) -> AnalyzedVideo:
    """Stand in for the analysis of a clip, in whichever process."""
    figure = drawn()
    return AnalyzedVideo(analyze_poses(figure.poses, replace(figure.video, name=clip.name), request), {})


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    return write_own(tmp_path / "clinic-limits", "movements/squat.toml", OWN_LIMIT + NEW_CHECK)


def finding(result: ClipResult, check: str) -> Finding:
    (found,) = (f for f in result.findings if f.check_id == check)
    return found


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["check_id"]: row for row in csv.DictReader(file)}


def demand_own_rows(path: Path) -> None:
    table = rows(path)
    assert {(table[c]["status"], float(table[c]["limit"])) for c in ("weight_shift", "hips_aside")} == {
        ("flagged", 8.0),
        ("flagged", 4.0),
    }
    assert table["hips_aside"]["message"].startswith("The hips went aside by ")
    assert {table[c]["source"] for c in ("weight_shift", "hips_aside")} == {
        "your own tolerance (Our practice, since 2025)"
    }
    assert "Our practice" not in table["knee_valgus"]["source"]


# --- Python --------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [SHIFT_M, -SHIFT_M])
def test_an_own_limit_and_an_own_check_judge_to_either_side(clinic: Path, shift: float) -> None:
    packaged, own = screened(Settings(), shift), screened(Settings(catalog=(str(clinic),)), shift)
    value = finding(packaged, "weight_shift").value
    assert (abs(value) > 8.0, value > 0) == (True, shift > 0)
    assert finding(packaged, "weight_shift").status is not Status.FLAGGED
    for check, limit in (("weight_shift", 8.0), ("hips_aside", 4.0)):
        found = finding(own, check)
        sure = abs(value) - found.measurement_error > limit
        status = Status.FLAGGED if sure else Status.BORDERLINE
        assert (found.status, found.limit, found.value) == (status, limit, pytest.approx(value))
        assert sure or shift > 0
        assert found.source.citation == "Our practice, since 2025"
    assert finding(own, "hips_aside").message == f"The hips went aside by {abs(value):.0f} percent."
    others = [f for f in own.findings if f.check_id not in ("weight_shift", "hips_aside")]
    assert others == [f for f in packaged.findings if f.check_id != "weight_shift"]


def test_an_own_limit_is_no_finding_when_it_is_not_passed(clinic: Path) -> None:
    own = screened(Settings(catalog=(str(clinic),)), 0.0)
    assert {finding(own, c).status for c in ("weight_shift", "hips_aside")} == {Status.CLEAR}
    assert finding(own, "hips_aside").message.startswith("The hips stayed in the middle: ")


def test_a_loaded_catalog_gives_the_same_as_named_folders(clinic: Path) -> None:
    named, given = screened(Settings(catalog=(str(clinic),))), screened(Settings(), catalog=load_catalog([clinic]))
    assert given.findings == named.findings
    assert given.provenance.settings["catalog"] == named.provenance.settings["catalog"] == [str(clinic)]
    (own,) = given.provenance.own_catalogs
    assert (own.name, [(e.name, e.keys) for e in own.entries]) == (
        "clinic-limits", [("squat:weight_shift", ("flag", "note", "source")), ("squat:hips_aside", ())],
    )  # fmt: skip
    assert screened(Settings()).provenance.own_catalogs == ()


def test_a_signal_that_does_not_exist_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    folder = write_own(tmp_path / "clinic", "movements/squat.toml", NEW_CHECK.replace("lateral_shift", "lateral_shft"))
    with pytest.raises(CatalogError, match="there is no signal called 'lateral_shft'"):
        screened(Settings(catalog=(str(folder),)))


@pytest.mark.slow
def test_reports_and_results_name_what_is_ones_own(clinic: Path, tmp_path: Path) -> None:
    own = screened(Settings(catalog=(str(clinic),)))
    write_result(own, tmp_path / "screening" / "front")
    records = Records(RecordSettings(folder=tmp_path / "records"))
    Screening.open(records).finish({Path("front"): own}, {}, tmp_path / "screening")
    for page in (tmp_path / "screening/front/report.html", tmp_path / "screening/report.html"):
        text = page.read_text("utf-8").replace("\u00a0", " ")
        assert "Limits of your own: lateral weight shift 8 % (clinic-limits), hips aside 4 % (clinic-limits)" in text
        assert "clinic-limits (SHA-256 begins with " in text
    told = json.loads((tmp_path / "screening/front/result.json").read_text("utf-8"))["provenance"]
    assert told["own_catalogs"][0]["name"] == "clinic-limits"
    assert told["settings"]["catalog"] == [str(clinic)]
    demand_own_rows(tmp_path / "screening/front/findings.csv")
    demand_own_rows(tmp_path / "screening/findings.csv")
    write_result(screened(Settings()), tmp_path / "packaged")
    assert "of your own" not in (tmp_path / "packaged/report.html").read_text("utf-8")


def test_own_words_alone_make_no_limit_ones_own(tmp_path: Path) -> None:
    folder = write_own(
        tmp_path / "words", "movements/squat.toml", '[[checks]]\nid = "weight_shift"\ncue = "Stay over the line."\n'
    )
    own = screened(Settings(catalog=(str(folder),)))
    assert finding(own, "weight_shift").cue == "Stay over the line."
    write_result(own, tmp_path / "out")
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert "Limits of your own" not in page
    assert "words (SHA-256 begins with " in page


# --- command line --------------------------------------------------------------------------


@pytest.fixture
def run(run_kept: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return run_kept


@pytest.mark.slow
def test_report_makes_a_result_again_with_ones_own_limits_and_keeps_to_them(
    run: Run, clinic: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write_result(screened(Settings()), out)
    assert rows(out / "findings.csv")["weight_shift"]["status"] != "flagged"
    assert run("report", out, "--catalog", clinic).code == 0
    demand_own_rows(out / "findings.csv")
    (out / "findings.csv").unlink()
    assert run("report", out).code == 0
    demand_own_rows(out / "findings.csv")
    clinic.rename(tmp_path / "moved")
    gone = run("report", out)
    assert (gone.code, gone.out) == (2, "")
    assert "clinic-limits: there is no such folder" in gone.err
    assert run("report", out, "--catalog", tmp_path / "moved").code == 0
    demand_own_rows(out / "findings.csv")


@pytest.mark.slow
def test_the_config_file_names_a_catalog_for_all_commands(run: Run, clinic: Path, tmp_path: Path) -> None:
    Path("movescreen.toml").write_text('catalog = ["../clinic-limits"]\n', "utf-8")
    out = tmp_path / "out"
    write_result(screened(Settings(catalog=())), out)
    assert run("report", out).code == 0
    demand_own_rows(out / "findings.csv")
    assert "hips_aside: Hips aside [front]" in run("catalog", "show", "squat").out
    assert "squat:hips_aside: added (clinic-limits)" in run("catalog", "diff").out


def test_list_show_check_and_diff_take_a_catalog(run: Run, clinic: Path) -> None:
    write_own(clinic, "movements/wall_squat.toml", 'extends = "squat"\ntitle = "Wall squat"\n')
    assert "wall_squat" in run("catalog", "list", "--catalog", clinic).out
    assert "wall_squat" not in run("catalog", "list").out
    shown = run("catalog", "show", "squat", "--catalog", clinic).out
    assert "flagged above 8, noted above 5" in shown
    assert "Our practice, since 2025" in shown
    assert "9 movements, " in run("catalog", "check", "--catalog", clinic).out
    assert run("catalog", "check", clinic).out == run("catalog", "check", "--catalog", clinic).out
    told = run("catalog", "diff", "--catalog", clinic).out.splitlines()
    assert "check squat:weight_shift: flag: 10.0 -> 8.0 (clinic-limits)" in told
    assert "check squat:hips_aside: added (clinic-limits)" in told
    assert "movement wall_squat: added (clinic-limits)" in told
    assert len(told) == 5
    none = run("catalog", "diff")
    assert (none.code, "there is no catalog of your own" in none.err) == (2, True)


def test_a_new_check_is_begun_where_it_is_wanted(run: Run) -> None:
    begun = run("catalog", "new-check", "ours", "--movement", "squat", "--signal", "knee_flexion", "--dir", "mine")
    assert (begun.code, Path("mine/movements/squat.toml").is_file()) == (0, True)
    assert run("catalog", "check", "mine").code == 2
    assert run("catalog", "new-check", "more", "--movement", "sqat", "--signal", "knee_flexion").code == 2
    Path("movescreen.toml").write_text('catalog = ["mine"]\n', "utf-8")
    assert run("catalog", "new-check", "more", "--movement", "squat", "--signal", "hip_flexion").code == 0
    assert 'id = "more"' in Path("mine/movements/squat.toml").read_text("utf-8")


COMMANDS: dict[str, tuple[str, ...]] = {
    "analyze": ("analyze", "x.mp4"), "screen": ("screen", "x.mp4"), "batch": ("batch", "x", "--out", "o"),
    "live": ("live", "--no-window"), "serve": ("serve",), "report": ("report", "x"), "redo": ("visit", "redo", "C1", "2026-03-02"),
    "list": ("catalog", "list"), "show": ("catalog", "show", "squat"), "check": ("catalog", "check"), "diff": ("catalog", "diff"),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("text", "told"),
    [(None, "there is no such folder"), ("", "no catalog files"), ("[[checks]\n", "clinic/movements/squat.toml: "), ("reps = 5\n", "reps: ")],
    ids=["no folder", "empty folder", "broken file", "wrong type"],
)  # fmt: skip
def test_what_cannot_be_used_is_two_lines_at_every_command(
    run: Run, tmp_path: Path, command: tuple[str, ...], text: str | None, told: str
) -> None:
    folder = tmp_path / "clinic"
    if text is not None:
        folder.mkdir()
    if text:
        write_own(folder, "movements/squat.toml", text)
    ran = run(*command, "--catalog", folder)
    assert (ran.code, ran.out) == (2, "")
    error, hint = ran.err.strip().splitlines()
    assert error.startswith("error: ")
    assert told in error
    assert hint.startswith("hint: ")
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.network
def test_a_clip_is_analyzed_with_ones_own_limits(run: Run, clinic: Path, tmp_path: Path) -> None:
    clip, out = SAMPLES / "squat_front.mp4", tmp_path / "out"
    assert run("analyze", clip, "--catalog", clinic, "--out", out, "--model", "lite").code == 0
    table = rows(out / "findings.csv")
    assert (float(table["weight_shift"]["limit"]), float(table["hips_aside"]["limit"])) == (8.0, 4.0)
    assert "Our practice, since 2025" in table["hips_aside"]["source"]


# --- many clips ----------------------------------------------------------------------------


def batch(clips: Path, out: Path, settings: Settings) -> dict[str, bool]:
    """Analyze a folder of clips in a process of its own; return whether each was done before."""
    items = name_folders(BatchItem(path.name, str(path)) for path in sorted(clips.iterdir()))
    common = {"catalog": load_catalog(settings.catalog).sha256}
    plan = BatchPlan(Store(str(out)), f"run{next(_RUNS)}", settings, common, analyze=analyze_drawn)
    told: dict[str, bool] = {}
    with local_workers(1, 60.0) as workers:
        outcome = run_batch(items, plan, lambda: workers, on_record=lambda r, before: told.__setitem__(r.file, before))
    assert [record.summary["status"] for record in outcome.records] == ["ok"] * len(items)
    return told


@pytest.mark.processes
def test_a_batch_reads_ones_own_catalog_in_its_workers_and_again_when_it_changed(clinic: Path, tmp_path: Path) -> None:
    clips, out, settings = tmp_path / "clips", tmp_path / "out", Settings(catalog=(str(clinic),))
    clips.mkdir()
    (clips / "front.mp4").write_bytes(SAMPLES.joinpath("squat_front.mp4").read_bytes())
    assert batch(clips, out, settings) == {"front.mp4": False}
    demand_own_rows(out / "findings.csv")
    demand_own_rows(out / "front/findings.csv")
    assert batch(clips, out, settings) == {"front.mp4": True}
    write_own(clinic, "movements/squat.toml", OWN_LIMIT.replace("8.0", "7.5") + NEW_CHECK)
    assert batch(clips, out, settings) == {"front.mp4": False}
    assert rows(out / "findings.csv")["weight_shift"]["limit"] == "7.5"
    assert batch(clips, out, Settings()) == {"front.mp4": False}
    assert "hips_aside" not in rows(out / "findings.csv")


# --- web -----------------------------------------------------------------------------------


def test_the_web_app_works_with_ones_own_catalog(clinic: Path, tmp_path: Path) -> None:
    write_own(clinic, "red_flags/ours.toml", """
[[flags]]
id = "fever_today"
question = "A fever today"
urgency = "soon"
refer_to = "a doctor"
reason = "A fever comes first."
[flags.source]
citation = "Our practice, since 2025"
verified = "own_tolerance"
""")  # fmt: skip
    config = WebConfig(results=tmp_path / "results", settings=Settings(catalog=(str(clinic),)))
    services: Services = create_app(config).state.services
    assert services.catalog.movement("squat").check("hips_aside").title == "Hips aside"
    assert "fever_today" in services.care.red_flags
    assert services.records.catalog == services.records.store.catalog == (str(clinic),)
    services.records.close()


def test_the_web_app_does_not_start_with_a_wrong_catalog(tmp_path: Path) -> None:
    folder = write_own(tmp_path / "clinic", "movements/squat.toml", "reps = 5\n")
    with pytest.raises(CatalogError, match=r"movements/squat\.toml: reps"):
        create_app(WebConfig(results=tmp_path / "results", settings=Settings(catalog=(str(folder),))))


def test_a_red_flag_of_ones_own_stops_a_client(run: Run, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flag = '[[flags]]\nid = "fever_today"\nquestion = "A fever today"\nurgency = "soon"\nrefer_to = "a doctor"\nreason = "A fever comes first."\n[flags.source]\ncitation = "Our practice"\nverified = "own_tolerance"\n'
    write_own(clinic, "red_flags/ours.toml", flag)
    Path("movescreen.toml").write_text('catalog = ["../clinic-limits"]\n', "utf-8")
    assert run("client", "add", "C1", "--born", "1990").code == 0
    told = json.loads(run("intake", "template").out)
    told["symptoms"] = {**dict.fromkeys(told["symptoms"], False), "fever_today": True}
    Path("intake.json").write_text(json.dumps(told), "utf-8")
    assert run("intake", "add", "C1", "intake.json").code == 3
    stopped = run("analyze", "x.mp4", "--client", "C1")
    assert (stopped.code, "A fever comes first." in stopped.err) == (3, True)
    assert run("visit", "measure", "C1", "knee_to_wall:left=9").code == 0
    assert run("visit", "report", "C1", "--out", "visit").code == 0
    assert "A fever comes first." in Path("visit/visit.html").read_text("utf-8"), "the page judges by the same catalog"


def test_a_screening_is_held_against_norms_of_ones_own(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def look(paths: object) -> NormLibrary:
        asked.append(paths)
        return load_norms(paths)  # type: ignore[arg-type]

    monkeypatch.setattr("movescreen.screening.merge.load_norms", look)
    merge_clips([screened(Settings(catalog=(str(clinic),)))], load_catalog([clinic]))
    assert asked == [(str(clinic),)]


def test_main_is_the_door_that_users_take(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["catalog", "check", str(clinic)])
    assert ended.value.code in (None, 0)
    assert "is sound" in capsys.readouterr().out


@pytest.mark.slow
def test_clips_sent_to_the_web_app_are_held_against_ones_own_limits(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("movescreen.app.tasks.analyze_with_pictures", analyze_drawn)
    config = WebConfig(
        results=tmp_path / "results",
        settings=Settings(catalog=(str(clinic),)),
        records=RecordSettings(folder=tmp_path / "records"),
    )
    with client_of(config) as client:
        upload = open_upload(client)
        send(client, upload, "front.mp4", SAMPLES.joinpath("squat_front.mp4").read_bytes())
        client.post(f"/api/uploads/{upload}/finish")
        name = wait(client, upload, lambda told: told["state"] == "done")["result"]
        demand_own_rows(config.results / name / "findings.csv")
        demand_own_rows(config.results / name / "front/findings.csv")
        report = client.get(f"/api/results/{name}/files/report.html").text
    assert "Limits of your own" in report
    assert "clinic-limits" in report
