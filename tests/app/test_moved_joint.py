"""A joint that the camera put in the wrong place at the turn: the trainer moves it, and its angles alone are computed again."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movescreen.model import ClipResult, PoseSequence, VideoInfo
from movescreen.model.moved import MovedJoint
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.pose import load_poses
from movescreen.records import RecordStore, open_store
from movescreen.records.backup import restore_backup
from movescreen.report.documents.load import load
from tests.app.test_corrections import CODE, TODAY, clinic, only_visit, page, screen
from tests.conftest import Run
from tests.support.sights import SIDE, squat

__all__ = ["clinic"]
KNEE = "knee_flexion_right"


def analyze(poses: PoseSequence, *moved: MovedJoint) -> ClipResult:
    width, height = poses.image_size_px
    video = VideoInfo("squat.mp4", width, height, 30.0, float(poses.time_s[-1]))
    return analyze_poses(poses, video, AnalysisRequest("squat", moved=moved))


def test_a_knee_seen_too_far_back_is_put_right_in_its_repetition_and_nowhere_else() -> None:
    true = squat(3, SIDE, tail_s=1.0).poses
    right = analyze(true)
    rep = right.reps[1]
    off = -25.0  # the network saw the knee so far behind, as long as it was deep
    image = true.image_xy_px.copy()
    deep = (true.time_s > rep.turn_s - 0.4) & (true.time_s < rep.turn_s + 0.4)
    image[deep, true.skeleton.index["right_knee"], 0] += off
    seen = true.with_points(image)
    wrong = analyze(seen)
    assert abs(wrong.reps[1].at_turn[KNEE] - rep.at_turn[KNEE]) > 5.0
    span = (rep.start_s, rep.turn_start_s, rep.turn_end_s, rep.end_s)
    put = analyze(seen, MovedJoint("right_knee", (-off, 0.0), span, "the knee is further forward"))
    assert put.reps[1].at_turn[KNEE] == pytest.approx(rep.at_turn[KNEE], abs=1.5)
    assert put.reps[1].camera_at_turn[KNEE] == wrong.reps[1].at_turn[KNEE]
    for number in (0, 2):
        assert put.reps[number].at_turn[KNEE] == pytest.approx(wrong.reps[number].at_turn[KNEE], abs=0.5)
        assert put.reps[number].camera_at_turn == {}
    assert put.poses == seen, "what the camera saw is kept"
    frame = int(np.argmin(np.abs(true.time_s - rep.turn_s)))
    assert put.shown_poses.xy("right_knee")[frame] == pytest.approx(true.xy("right_knee")[frame])
    (told, *_) = [n.message for n in put.notices if n.code == "moved_by_trainer"]
    when = re.match(r"Repetition 2 \(at ([\d.]+) s\): the trainer moved the right knee", told)
    assert when
    assert float(when[1]) == pytest.approx(rep.turn_s, abs=0.1), "the turn may lie between two digits"


def turns(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "squat_front" / "reps.csv")


def test_by_command_pages_tables_and_the_visit_follow_until_it_is_taken_back(clinic: Run, tmp_path: Path) -> None:
    folder = screen(clinic, "--client", CODE)
    before, poses = turns(folder), load_poses(folder / "squat_front" / "poses.npz")
    readings = only_visit().clips[0].readings
    move = ("correct", "move-joint", CODE, "squat_front", 2, "left_knee")
    assert clinic(*move, "--right", 12).code == 2, "it needs a reason"
    assert clinic(*move, "--reason", "too far in").code == 2, "and a way"
    assert clinic(*move, "--right", 9000, "--reason", "too far in").code == 2, "inside of the picture"
    assert clinic("correct", "move-joint", CODE, "squat_front", 2, "nose", "--right", 9, "--reason", "why").code == 2
    assert only_visit().clips[0].readings == readings
    assert clinic(*move, "--right", 12, "--down", -1, "--reason", "too far in", "--by", "MK").code == 0
    assert only_visit().clips[0].readings != readings
    assert clinic("visit", "redo", CODE, TODAY).code == 0
    assert only_visit().clips[0].readings != readings, "it survives"
    assert clinic("report", folder).code == 0
    after, column = turns(folder), "knee_ankle_separation_ratio_turn"
    assert after.loc[1, column] != pytest.approx(before.loc[1, column], abs=0.05)
    assert after.loc[1, f"{column}_camera"] == pytest.approx(before.loc[1, column])
    assert np.isnan(after.loc[0, f"{column}_camera"])
    assert "heel_rise_left_pct_turn_camera" not in after, "what a moved knee does not change has no second column"
    assert after.loc[0, column] == pytest.approx(before.loc[0, column], abs=0.01)
    assert "the trainer moved the left knee (too far in)" in page(folder / "squat_front")
    clip = load(folder / "squat_front")
    assert isinstance(clip, ClipResult)
    assert clip.shown_poses != clip.poses
    assert load_poses(folder / "squat_front" / "poses.npz") == poses, "the camera's landmarks stay"
    assert clinic("backup", "all.zip").code == 0
    with RecordStore(None, tmp_path / "elsewhere") as store:
        restore_backup(store, tmp_path / "all.zip")
        (visit,) = store.visits(CODE)
    assert visit.clips[0].readings == only_visit().clips[0].readings
    assert clinic(*move, "--take-back", "--by", "MK").code == 0
    assert only_visit().clips[0].readings == readings
    assert clinic(*move, "--take-back").code == 2, "there is nothing to take back"
    told = clinic("correct", "list", CODE).out
    assert "left knee in the repetition" in told
    assert "moved by 12 px to the right and 1 px up" in told
    assert "taken back" in told, "the trail is kept"
    with open_store() as store:
        assert len([c for k in store.screenings(CODE, TODAY) for c in k.corrections]) == 2
