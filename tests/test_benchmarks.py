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


@pytest.fixture(scope="module")
def fitting(accuracy: ModuleType) -> ModuleType:
    return importlib.import_module("fit_measurement")


def _rows(n_clips: int = 12, n: int = 60, bad: int = 0) -> pd.DataFrame:
    """Clips of readings that are 5 too low, and lower by 20 times the stretch of the thigh; ``bad`` ones are lost altogether."""
    rng = np.random.default_rng(3)
    parts = []
    for i in range(n_clips):
        truth, stretch = rng.uniform(0, 100, n), rng.uniform(-0.1, 0.1, n)
        reading = truth - 5 - 20 * stretch - (60 if i < bad else 0)
        frame = pd.DataFrame({"reading": reading, "truth": truth, "thigh_stretch": stretch, "at_turn": True, "rep": 1})
        parts.append(frame.assign(clip_name=f"c{i}", body=f"b{i % 4}", movement="squat"))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("bad", [0, 1])
def test_a_fit_finds_line_and_term_in_spite_of_a_lost_pose(
    fitting: ModuleType, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    monkeypatch.setattr(fitting, "TERMS", {"hip_flexion": ("thigh_stretch",)})
    monkeypatch.setattr(fitting, "RIDGE", 1e-6)
    fit = fitting.fit_correction("hip_flexion", _rows(bad=bad))
    assert fit.line == pytest.approx([5.0, 0.0], abs=0.6)
    ((name, weight, low, high),) = fit.terms
    assert (name, low, high) == ("thigh_stretch", pytest.approx(-0.1, abs=0.01), pytest.approx(0.1, abs=0.01))
    assert weight == pytest.approx(20.0, abs=3.0)
    assert fit.limit == pytest.approx(2.0, abs=0.3)


def test_errors_are_those_of_bodies_that_the_fit_has_not_seen(fitting: ModuleType) -> None:
    rows = _rows().assign(reading=lambda r: r.truth - np.where(r.body == "b0", 14.0, 2.0))
    error = fitting.held_out_error("shank_inclination", rows)
    assert error[rows.body == "b0"].mean() == pytest.approx(-12.0, abs=0.5), "fitted on the others, whose bias is 2"


def test_a_doubt_is_found_where_errors_grow_with_it_and_none_where_they_do_not(fitting: ModuleType) -> None:
    rng = np.random.default_rng(5)
    size, known = rng.uniform(0, 20, 400), np.full(400, 2.0)
    grown = rng.normal(0, np.hypot(2.0, 0.4 * size))
    assert fitting.fit_doubt(grown, known, size) == pytest.approx(0.4, abs=0.06)
    assert fitting.fit_doubt(rng.normal(0, 1.8, 400), known, size) == pytest.approx(0.0, abs=0.03)


def test_rows_of_a_table_are_kept_as_they_are(fitting: ModuleType) -> None:
    text = fitting.TARGET.read_text("utf-8")
    rows = fitting.read_rows(text)
    assert fitting.HEADER + "".join(rows.values()) == text
    assert 'signal = "heel_rise"' in rows["heel_rise", "side"]


def test_spread_within_groups_is_pooled(fitting: ModuleType) -> None:
    values = pd.Series([0.0, 2, 10, 12, 14, 20, 20, 20])
    groups = values.groupby([0, 0, 1, 1, 1, 2, 2, 2])
    assert fitting.pooled_sd(groups) == pytest.approx(np.sqrt((2 * 1 + 4 * 2 + 0 * 2) / 5))
    assert np.isnan(fitting.pooled_sd(values[:3].groupby([0, 0, 0]))), "two degrees of freedom are too few"


def test_one_lost_pose_does_not_make_the_stated_error(fitting: ModuleType) -> None:
    assert fitting.root_mean_square(np.array([3.0, -3, 3, -3, 60])) == pytest.approx(3.0)


def test_knots_need_enough_clips(fitting: ModuleType) -> None:
    rows = _rows(8).assign(error=2.0, shown=lambda r: r.truth)
    knots = fitting.find_knots(rows)
    assert [(round(e, 3), n) for _, e, n in knots] == [(2.0, 8)] * 3
    assert fitting.find_knots(rows[rows.clip_name < "c4"]) == []
