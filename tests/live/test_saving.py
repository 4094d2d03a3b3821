"""From outcomes to files: the batch path, pain, skipped parts, and nothing at all."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from movescreen.app import Records, Screening, attempt
from movescreen.catalog import load_catalog
from movescreen.errors import AnalysisError
from movescreen.live import Command, GuidedSession, PartOutcome, SessionFiles, Stage, name_folder
from movescreen.live.saving import make_task
from movescreen.pose import EngineInfo
from movescreen.settings import Settings
from tests.support.sights import FRONT, SIDE, Player, squat

pytestmark = pytest.mark.usefixtures("no_curves")
ENGINE = EngineInfo("figure", "none", "0" * 64)


def open_screening(client: str = "") -> Screening:
    return Screening.open(Records(), client)


def record(*, hurt: bool = False) -> list[PartOutcome]:
    """Return a squat from the front with knees in, and one from the side."""
    return list(_record(hurt))


@cache
def _record(hurt: bool) -> tuple[PartOutcome, ...]:
    ended: list[PartOutcome] = []
    catalog = load_catalog()
    session = GuidedSession(catalog.protocol("squat"), catalog, repetitions=3, on_part=ended.append)
    player = Player(session)
    player.stand(7.5)
    player.play(squat(3, FRONT, tail_s=2.5, knee_in_left=0.08, knee_in_right=0.08).poses)
    player.stand(12.0, SIDE)
    player.play(squat(2 if hurt else 3, SIDE, tail_s=0.5 if hurt else 2.5).poses)
    if hurt:
        session.do(Command.PAIN)
        session.do(Command.NEXT)
    player.stand(5.0, SIDE)
    assert session.stage is Stage.DONE
    return tuple(ended)


def save(outcomes: list[PartOutcome], folder: Path) -> dict[str, object]:
    with ThreadPoolExecutor(1) as pool:
        files = SessionFiles(folder, open_screening("Client 17"), "squat", Settings(), pool)
        for outcome in outcomes:
            files.add(outcome, ENGINE)
        files.finish()
    told: dict[str, object] = json.loads((folder / "session.json").read_text("utf-8"))
    return told


@pytest.mark.slow
def test_a_session_becomes_a_screening_that_agrees_with_what_was_counted(tmp_path: Path) -> None:
    outcomes = record()
    told = save(outcomes, tmp_path / "s")
    assert [(p["id"], p["reps"], p["reps_live"], p["score"]) for p in told["parts"]] == [  # type: ignore[attr-defined]
        ("squat_front", 3, 3, None), ("squat_side", 3, 3, None)
    ]  # fmt: skip
    assert not told["refer"]
    findings = pd.read_csv(tmp_path / "s/findings.csv").set_index("check_id")["status"]
    assert findings["knee_valgus"] == "flagged"
    page = (tmp_path / "s/report.html").read_text("utf-8")
    assert "Client 17" in page
    for part in ("squat_front", "squat_side"):
        assert (tmp_path / "s" / part / "poses.npz").is_file()
        made = json.loads((tmp_path / "s" / part / "result.json").read_text("utf-8"))
        assert made["provenance"]["pose_engine"] == "figure"
        assert made["video"]["codec"] == "camera"


@pytest.mark.slow
def test_pain_scores_zero_and_refers(tmp_path: Path) -> None:
    told = save(record(hurt=True), tmp_path / "s")
    assert told["refer"]
    front, side = told["parts"]  # type: ignore[misc]
    assert (front["pain"], front["score"], front["refer"]) == (False, None, False)
    assert (side["pain"], side["score"], side["refer"], side["reps"]) == (True, 0, True, 2)
    assert "scores 0" in (tmp_path / "s/report.html").read_text("utf-8")
    made = json.loads((tmp_path / "s/squat_side/result.json").read_text("utf-8"))
    assert [n["code"] for n in made["notices"]] == ["pain"]


@pytest.mark.slow
def test_pain_without_a_recording_stands_in_the_report(tmp_path: Path) -> None:
    outcomes = record()
    outcomes[1] = PartOutcome(outcomes[1].part, "not_done", True)
    told = save(outcomes, tmp_path / "s")
    assert told["refer"]
    assert "pain was reported" in (tmp_path / "s/report.html").read_text("utf-8").lower()


@pytest.mark.slow
def test_a_recording_without_anybody_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    outcomes = record()
    gone = outcomes[1].poses
    assert gone is not None
    gone = gone.with_points(np.full_like(gone.image_xy_px, np.nan), np.full_like(gone.world_xyz_m, np.nan))
    outcomes[1] = PartOutcome(outcomes[1].part, "recorded", False, gone)
    told = save(outcomes, tmp_path / "s")
    assert "nobody was found" in told["parts"][1]["error"]  # type: ignore[index]
    assert json.loads((tmp_path / "s/result.json").read_text("utf-8"))["failed"]


@pytest.mark.slow
def test_nothing_recorded_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    outcomes = [PartOutcome(o.part, "skipped") for o in record()]
    with pytest.raises(AnalysisError, match="nothing was recorded"):
        save(outcomes, tmp_path / "s")
    assert not (tmp_path / "s").exists()
    outcomes[0] = PartOutcome(outcomes[0].part, "not_done", True)
    with pytest.raises(AnalysisError, match="nothing was recorded that could be judged"):
        save(outcomes, tmp_path / "s")
    assert json.loads((tmp_path / "s/session.json").read_text("utf-8"))["refer"], "pain is never lost"
    assert not (tmp_path / "s/report.html").exists()


@pytest.mark.slow
def test_a_recording_survives_the_process_that_analyzed_it(tmp_path: Path) -> None:
    class Dying(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            work: Future[Any] = Future()
            work.set_exception(RuntimeError("killed"))
            return work

    files = SessionFiles(tmp_path / "s", open_screening(), "squat", Settings(), Dying())
    for outcome in record():
        files.add(outcome, ENGINE)
    saved = files.finish()
    assert [sum(r.complete for r in clip.reps) for clip in saved.result.clips] == [3, 3]


@pytest.mark.slow
def test_a_job_crosses_a_process_border(tmp_path: Path) -> None:
    outcome, screening = record()[0], open_screening("x")
    task = make_task(outcome, ENGINE, Settings(), tmp_path / "p", screening)
    made = attempt(pickle.loads(pickle.dumps(task)))
    assert len(pickle.loads(pickle.dumps(made)).reps) == 3
    nothing = PartOutcome(outcome.part, "recorded")
    assert isinstance(attempt(make_task(nothing, ENGINE, Settings(), tmp_path, screening)), AnalysisError)


def test_the_side_of_a_lunge_is_that_of_its_part() -> None:
    from tests.support.sights import LEFT_NEAR, lunge

    part = next(p for p in load_catalog().protocol("lunge").parts if p.id == "lunge_left")
    outcome = PartOutcome(part, "recorded", poses=lunge(3, LEFT_NEAR, lead="left").poses)
    result = make_task(outcome, ENGINE, Settings(), Path(), open_screening()).analyze()
    assert {r.side for r in result.reps} == {"left"}
    assert result.movement.name == "lunge"


def test_folders_are_named_by_day_and_client_and_never_shared(tmp_path: Path) -> None:
    first = name_folder(tmp_path, "../An Na/..")
    assert first.parent == tmp_path
    assert first.name.endswith("_An-Na")
    first.mkdir()
    second = name_folder(tmp_path, "../An Na/..")
    assert second != first
    assert name_folder(tmp_path, "../An Na/..", {second}) not in (first, second)
    assert "_" in name_folder(tmp_path, "").name


@pytest.mark.slow
@pytest.mark.parametrize(("dropped", "variable"), [(1, False), (15, True)])
def test_a_part_is_called_uneven_as_a_file_would_be(dropped: int, variable: bool) -> None:
    front = record()[0]
    assert front.poses is not None
    # pictures left out one at a time, well apart
    gone = np.arange(20, 20 + 12 * dropped, 12)
    kept = np.setdiff1d(np.arange(len(front.poses)), gone)
    rows = {
        n: getattr(front.poses, n)[kept] for n in ("time_s", "image_xy_px", "world_xyz_m", "visibility", "frame_index")
    }
    thinned = replace(front.poses, **rows, extras={})
    task = make_task(replace(front, poses=thinned), ENGINE, Settings(), Path(), open_screening())
    assert task.analyze().video.variable_frame_rate is variable
