"""The arithmetic of the benchmarks, on errors and verdicts that are known."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def accuracy() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("accuracy")


def test_errors_of_a_curve(accuracy: ModuleType) -> None:
    truth = np.array([10.0, 20, 30, 40, np.nan])
    reading = np.array([8.0, 20, 34, np.nan, 1])
    at_turn = np.array([False, False, True, True, True])
    found = accuracy.describe_errors(reading, truth, at_turn)
    assert found == pytest.approx({"mae": 2.0, "bias": 2 / 3, "sd": np.std([-2, 0, 4]), "turn": 4.0})
    nothing = accuracy.describe_errors(np.full(5, np.nan), truth, at_turn)
    assert all(np.isnan(v) for v in nothing.values())


def test_every_clip_weighs_the_same_and_the_spread_is_over_clips(accuracy: ModuleType) -> None:
    row = {"signal": "s", "measured": 1.0, "bias": 0.0, "sd": 1.0}
    clips = pd.DataFrame(
        [
            {**row, "clip": "a", "body": "x", "mae": 1.0, "turn": -3.0},
            {**row, "clip": "b", "body": "x", "mae": 3.0, "turn": 1.0},
            {**row, "clip": "c", "body": "y", "mae": 5.0, "turn": np.nan},
        ]
    )
    found = accuracy.summarize_clips(clips, ["signal"]).iloc[0]
    assert (found.clips, found.bodies, found.mae, found.mae_sd) == (3, 2, 3.0, 2.0)
    assert (found.peak_bias, found.peak_mae, found.peak_sd) == pytest.approx((-1.0, 2.0, np.sqrt(8)))


def test_kappa_of_a_textbook_table(accuracy: ModuleType) -> None:
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = accuracy.Agreement.count(pairs)
    assert (found.must, found.caught, found.must_not, found.quiet) == (25, 20, 25, 15)
    assert (found.sensitivity, found.specificity, found.kappa) == pytest.approx((0.8, 0.6, 0.4))


def test_agreement_of_nothing_is_not_known(accuracy: ModuleType) -> None:
    assert np.isnan(accuracy.Agreement.count([]).kappa)
    one_kind = accuracy.Agreement.count([(True, True)] * 3)
    assert (one_kind.sensitivity, np.isnan(one_kind.specificity), np.isnan(one_kind.kappa)) == (1.0, True, True)


@pytest.fixture
def clip(accuracy: ModuleType, tmp_path: Path) -> object:
    """Four frames of a squat from the side, seen by a camera on the person's right; the third is the turn."""
    meta = {"view": "side_right", "move": "squat", "subject_yaw_deg": 90, "body": "x", "params": {}}
    (tmp_path / "c.json").write_text(json.dumps(meta))
    frames = {"rep": [0, 1, 1, 1], "phase": [0.0, 0.5, 1.0, 0.5], "time_s": [0.0, 0.1, 0.2, 0.3]}
    knees = {"knee_flexion_R": [0.0, 50, 90, 50], "knee_flexion_L": [0.0, 40, 80, 40]}
    pd.DataFrame({**frames, **knees}).to_csv(tmp_path / "c.csv", index=False)
    return accuracy.Clip(tmp_path / "c.mp4")


def test_readings_meet_the_truth_of_their_own_frame(accuracy: ModuleType, clip: object) -> None:
    index = np.array([0, 2, 3])
    values = {"knee_flexion_right": np.array([1.0, 87, np.nan]), "knee_flexion_left": np.full(3, np.nan)}
    result = SimpleNamespace(series=SimpleNamespace(frame_index=index, values=values))
    (row,) = accuracy.measure_clip(clip, {"corrected": result})
    assert (row["signal"], row["mae"], row["bias"], row["turn"]) == ("knee_flexion", 2.0, -1.0, -3.0)
    assert row["measured"] == pytest.approx(2 / 3), "of the near side: the far one is hidden by rights"


def test_targets_are_judged_over_all_movements(accuracy: ModuleType) -> None:
    row = {"view": "side", "signal": "knee_flexion", "kind": "corrected"}
    table = pd.DataFrame(
        [
            {**row, "movement": "all", "mae": 3.9, "peak_bias": -2.5},
            {**row, "movement": "squat", "mae": 9, "peak_bias": 0},
        ]
    )
    found = accuracy.judge_targets(table)
    assert list(found.met) == [True, False]
    assert list(found.measured) == [3.9, -2.5]
