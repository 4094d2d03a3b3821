"""Angles in three dimensions are corrected by the whole posture, and go over into those of the picture without a border."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from movescreen.catalog import Catalog, correct_reading, load_catalog, measurement_error
from movescreen.catalog.loader import find_posture_mistakes
from movescreen.catalog.measurement import correct_posture
from movescreen.catalog.schema import TURNED, MeasurementRow, PostureModel
from movescreen.model import View, ViewKind

SMALL = {
    "signals": ["knee_flexion"],
    "inputs": [{"input": "lifted_knee_flexion", "mean": 50, "scale": 10, "low": 0, "high": 100}],
    "units": [[1.0, 0.0]],
    "weights": [[2.0, 3.0, 1.0]],
    "limit": 40.0,
}
ROW = {"signal": "knee_flexion", "low": 0.0, "high": 100.0, "clips": 20}


def _posture(**changes: object) -> PostureModel:
    return PostureModel.model_validate_json(json.dumps({**SMALL, **changes}))


def _catalog(posture: PostureModel) -> Catalog:
    packaged = load_catalog()
    rows = [{**ROW, "view": "side", "error": 2.0}, {**ROW, "view": TURNED, "error": 6.0}]
    parts = {"rows": tuple(MeasurementRow.model_validate_json(json.dumps(r)) for r in rows), "posture": posture}
    return replace(packaged, measurement=packaged.measurement.model_copy(update=parts))


def _side(yaw_deg: float) -> View:
    return View(kind=ViewKind.SIDE, yaw_deg=yaw_deg, near_side="right", facing="right")


def _inputs(lifted: float, behind: float = 0.0) -> dict[str, np.ndarray]:
    return {"lifted_knee_flexion": np.array([lifted]), "behind": np.array([behind])}


@pytest.mark.parametrize(
    ("lifted", "change"), [(50, 1.0), (60, 3.0 + 3 * np.tanh(1.0)), (180, 11.0 + 3 * np.tanh(5.0)), (np.nan, 1.0)]
)
def test_the_posture_adds_what_its_input_asks_for_held_to_its_ends(lifted: float, change: float) -> None:
    got = correct_posture(_catalog(_posture()), "knee_flexion", _inputs(lifted))
    assert got == pytest.approx([change])


@pytest.mark.parametrize("yaw_deg", [-90.0, 84.0, 97.0])
def test_square_from_the_side_the_mean_of_both_readings_is_told(yaw_deg: float) -> None:
    made = correct_reading(_catalog(_posture()), "knee_flexion_right", _side(yaw_deg), np.array([40.0]), _inputs(50.0))
    assert made == pytest.approx([(40.0 + 51.0) / 2])


def test_where_the_picture_is_left_nothing_jumps() -> None:
    catalog = _catalog(_posture())
    inside, outside = (
        correct_reading(catalog, "knee_flexion_right", _side(yaw), np.array([plain]), _inputs(50.0))
        for yaw, plain in ((72.01, 40.0), (71.99, 50.0))
    )
    assert inside == pytest.approx([51.0], abs=0.02)
    assert outside == pytest.approx([51.0])
    halfway = correct_reading(catalog, "knee_flexion_right", _side(77.0), np.array([40.0]), _inputs(50.0))
    assert 45.5 < halfway[0] < 51.0
    near, far = (measurement_error(catalog, "knee_flexion", _side(yaw), values=50.0) for yaw in (72.01, 71.99))
    assert near == pytest.approx(far, abs=0.02) == 6.0


def test_the_leg_behind_is_left_to_the_picture_and_a_missing_reading_stays_missing() -> None:
    catalog = _catalog(_posture())
    behind = correct_reading(catalog, "knee_flexion_left", _side(90.0), np.array([40.0]), _inputs(50.0, 0.4))
    assert behind == pytest.approx([40.0])
    missing = correct_reading(catalog, "knee_flexion_left", _side(90.0), np.array([np.nan]), _inputs(50.0))
    assert np.isnan(missing).all()


def test_a_signal_that_the_posture_does_not_hold_is_left_alone() -> None:
    made = correct_reading(_catalog(_posture()), "thigh_elevation_left", _side(40.0), np.array([40.0]), _inputs(50.0))
    assert made == pytest.approx([40.0])


def test_the_packaged_posture_is_bounded_and_smooth_however_odd_the_inputs() -> None:
    catalog = load_catalog()
    posture = catalog.measurement.posture
    assert posture is not None
    rng = np.random.default_rng(0)
    odd = {item.input: item.mean + item.scale * rng.normal(0, 20, 200) for item in posture.inputs}
    close = {item.input: odd[item.input] + 1e-4 * item.scale for item in posture.inputs}
    for stem in posture.signals:
        change = correct_posture(catalog, stem, odd)
        assert np.abs(change).max() <= posture.limit
        assert np.abs(correct_posture(catalog, stem, close) - change).max() < 0.1


@pytest.mark.parametrize(
    "changes", [{"units": [[1.0]]}, {"weights": [[1.0, 2.0]]}, {"weights": []}, {"limit": 0}], ids=str
)
def test_a_posture_of_the_wrong_shape_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _posture(**changes)


def test_what_a_posture_names_must_exist() -> None:
    assert find_posture_mistakes(_posture(), {"knee_flexion"}) == []
    strange = _posture(signals=["knees"], inputs=[{**SMALL["inputs"][0], "input": "lifted_knees"}])  # type: ignore[index]
    found = find_posture_mistakes(strange, {"knee_flexion"})
    assert [m.split(":")[0] for m in found] == ["signals", "inputs.0.input"]
