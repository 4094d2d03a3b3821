"""Corrections stay bounded and smooth whatever is read; errors and detectable changes are found for what is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from movescreen.catalog import Catalog, correct_reading, load_catalog, measurement_error, minimal_detectable_change
from movescreen.catalog.loader import find_input_mistakes
from movescreen.catalog.schema import TURNED, MeasurementRow
from movescreen.model import View, ViewKind
from movescreen.pipeline import known_signals

BASE = {"signal": "knee_flexion", "view": "side", "low": 0.0, "high": 100.0, "error": 4.0, "clips": 20}
TERM = {"input": "thigh_stretch", "weight": -30.0, "low": -0.2, "high": 0.1}
CURVES = [
    {"movement": "any", "knots": [{"value": 20, "error": 2.0, "clips": 9}, {"value": 80, "error": 5.0, "clips": 9}]},
    {"movement": "lunge", "knots": [{"value": 50, "error": 6.0, "clips": 7}]},
    {"movement": "bend", "knots": [{"value": 50, "error": 1.0, "clips": 7}]},
]


def _row(**changes: object) -> MeasurementRow:
    return MeasurementRow.model_validate_json(json.dumps({**BASE, **changes}))


def _with(row: MeasurementRow) -> Catalog:
    packaged = load_catalog()
    return replace(packaged, measurement=packaged.measurement.model_copy(update={"rows": (row,)}))


PACKAGED = [r for r in load_catalog().measurement.rows if r.terms]


def _inputs_of(row: MeasurementRow, **known: np.ndarray) -> dict[str, np.ndarray]:
    """Return inputs for a row's terms, zero where they are not given, of a person who is turned by 40 degrees."""
    size = len(next(iter(known.values())))
    turn = {
        "turn_cos": np.cos(np.radians(40)),
        "turn_cos2": np.cos(np.radians(80)),
        "turn_near": np.sin(np.radians(40)),
    }
    return {t.input: np.zeros(size) for t in row.terms} | {n: np.full(size, v) for n, v in turn.items()} | known


@pytest.mark.parametrize("row", PACKAGED, ids=lambda r: f"{r.signal}-{r.view}")
def test_packaged_terms_stay_within_their_limit_however_odd_the_inputs(row: MeasurementRow) -> None:
    rng = np.random.default_rng(0)
    values = np.linspace(row.low - 50, row.high + 50, 400)
    inputs = _inputs_of(row, **{t.input: rng.normal(0, 10 ** rng.uniform(-2, 4), 400) for t in row.terms})
    line = correct_reading(load_catalog(), row.signal, row.view, values)
    made = correct_reading(load_catalog(), row.signal, row.view, values, inputs)
    assert np.abs(made - line).max() <= row.limit + 1e-9
    assert row.limit <= (40 if row.view == TURNED else 25 if row.signal == "lateral_shift" else 10)


@pytest.mark.parametrize("row", PACKAGED, ids=lambda r: f"{r.signal}-{r.view}")
def test_packaged_terms_follow_their_inputs_without_jumps_and_are_held_outside(row: MeasurementRow) -> None:
    for moving in row.terms:
        span = moving.high - moving.low
        x = np.linspace(moving.low - span, moving.high + span, 3001)
        inputs = _inputs_of(row, **{moving.input: x})
        made = correct_reading(load_catalog(), row.signal, row.view, np.zeros(3001), inputs)
        steepest = abs(moving.weight) + sum(map(abs, moving.turned or ()))
        assert np.abs(np.diff(made)).max() <= steepest * span / 1000 + 1e-9
        assert np.ptp(made[x <= moving.low]) == np.ptp(made[x >= moving.high]) == pytest.approx(0.0, abs=1e-9)


def test_a_term_adds_its_weighted_input() -> None:
    catalog = _with(_row(terms=[TERM], limit=5.0))
    stretch = np.array([0.0, -0.1, 0.05, -0.4, 0.4])
    made = correct_reading(catalog, "knee_flexion_left", "side", np.full(5, 50.0), {"thigh_stretch": stretch})
    np.testing.assert_allclose(made - 50.0, [0.0, 3.0, -1.5, 5.0, -3.0])


def test_a_hole_in_an_input_is_bridged_and_a_missing_input_leaves_the_line() -> None:
    catalog = _with(_row(terms=[TERM], limit=5.0, offset=1.0))
    values = np.array([50.0, np.nan, 50.0])
    holed = correct_reading(catalog, "knee_flexion", "side", values, {"thigh_stretch": np.array([0.0, 0.0, np.nan])})
    np.testing.assert_allclose(holed, [51.0, np.nan, 51.0])
    bridged = correct_reading(
        catalog, "knee_flexion", "side", values, {"thigh_stretch": np.array([-0.1, np.nan, np.nan])}
    )
    np.testing.assert_allclose(bridged, [54.0, np.nan, 54.0])
    lost = correct_reading(catalog, "knee_flexion", "side", values, {"thigh_stretch": np.full(3, np.nan)})
    np.testing.assert_allclose(lost, [51.0, np.nan, 51.0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"terms": [TERM]}, "need a limit"),
        ({"terms": [TERM], "limit": 70.0}, "less than or equal to 60"),
        ({"terms": [{**TERM, "low": 0.1}], "limit": 5.0}, "from low to high"),
        ({"curves": [CURVES[0], CURVES[0]]}, "two error curves"),
        ({"curves": [{"movement": "any", "knots": CURVES[0]["knots"][::-1]}]}, "must rise"),  # type: ignore[index]
    ],
)
def test_a_row_that_cannot_be_right_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        _row(**changes)


def test_inputs_must_exist() -> None:
    good = _row(terms=[TERM, {**TERM, "input": "trunk_inclination"}], limit=5.0)
    assert find_input_mistakes(good, known_signals()) == []
    (mistake,) = find_input_mistakes(_row(terms=[{**TERM, "input": "thigh_strech"}], limit=5.0), known_signals())
    assert "thigh_strech" in mistake
    (mistake,) = find_input_mistakes(_row(doubts=[{**DOUBTS[0], "input": "heal_rise"}]), known_signals())
    assert "heal_rise" in mistake
    assert find_input_mistakes(_row(doubts=DOUBTS), known_signals()) == []


@pytest.mark.parametrize(
    ("movement", "value", "wanted"),
    [
        ("", np.nan, 4.0),
        ("lunge", np.nan, 4.0),
        ("squat", 20.0, 2.0),
        ("squat", 50.0, 3.5),
        ("", 50.0, 3.5),
        ("squat", -90.0, 2.0),
        ("squat", 150.0, 5.0),
        ("lunge", 10.0, 6.0),
        ("bend", 50.0, 3.5),  # smaller than over all movements: not believed
    ],
)
def test_the_error_is_that_of_the_movement_and_the_reading(movement: str, value: float, wanted: float) -> None:
    catalog = _with(_row(curves=CURVES))
    assert measurement_error(catalog, "knee_flexion_right", "side", movement, value) == pytest.approx(wanted)


def test_the_detectable_change_follows_from_the_error_of_measurement() -> None:
    find: Callable[..., float] = minimal_detectable_change
    catalog = _with(_row(sem_reps=1.0, sem_clips=2.0))
    assert find(catalog, "knee_flexion_left", "side") == pytest.approx(5.544, abs=1e-3)
    assert find(catalog, "knee_flexion_left", "side", "reps") == pytest.approx(2.772, abs=1e-3)
    assert np.isnan(find(catalog, "knee_flexion_left", "front"))
    assert np.isnan(find(_with(_row()), "knee_flexion_left", "side"))


def test_every_packaged_signal_has_a_detectable_change() -> None:
    catalog = load_catalog()
    for row in (row for row in catalog.measurement.rows if row.sem_reps):
        between = [minimal_detectable_change(catalog, row.signal, row.view, b) for b in ("clips", "reps")]  # type: ignore[arg-type]
        assert all(x > 0 for x in between), row.signal


DOUBTS = [{"input": "heel_rise", "weight": 0.5, "high": 20.0}, {"input": "correction", "weight": 1.0, "high": 3.0}]


def test_doubts_grow_the_error_in_squares_and_are_held() -> None:
    catalog = _with(_row(terms=[TERM], limit=5.0, doubts=DOUBTS))
    inputs = {"heel_rise": np.array([0.0, 6.0, -6.0, 500.0]), "thigh_stretch": np.array([0.0, 0.0, 0.0, -0.2])}
    error = measurement_error(catalog, "knee_flexion_left", "side", "", np.full(4, 50.0), inputs)
    np.testing.assert_allclose(error, [4.0, 5.0, 5.0, np.sqrt(4.0**2 + 10.0**2 + 3.0**2)])
    np.testing.assert_allclose(measurement_error(catalog, "knee_flexion_left", "side", "", np.full(4, 50.0)), 4.0)


def test_a_doubt_that_was_not_measured_adds_nothing() -> None:
    catalog = _with(_row(doubts=DOUBTS[:1]))
    error = measurement_error(catalog, "knee_flexion", "side", "", np.full(3, 50.0), {"heel_rise": np.full(3, np.nan)})
    np.testing.assert_allclose(error, 4.0)


@pytest.mark.parametrize(
    "row", [r for r in load_catalog().measurement.rows if r.doubts], ids=lambda r: f"{r.signal}-{r.view}"
)
def test_packaged_errors_stay_sane_however_odd_the_inputs(row: MeasurementRow) -> None:
    rng = np.random.default_rng(0)
    values = np.linspace(row.low - 50, row.high + 50, 400)
    names = {t.input for t in row.terms} | {d.input for d in row.doubts if d.input != "correction"}
    inputs = {name: rng.normal(0, 10 ** rng.uniform(-2, 4), 400) for name in names}
    plain = measurement_error(load_catalog(), row.signal, row.view, "squat", values)
    grown = measurement_error(load_catalog(), row.signal, row.view, "squat", values, inputs)
    most = max(d.weight * d.high for d in row.doubts) * len(row.doubts) ** 0.5
    assert (grown >= plain).all()
    assert (grown <= np.hypot(plain, most) + 1e-9).all()
    assert most < 4 * max(row.error, plain.max())


def test_a_term_changes_with_the_turn_and_with_the_side_next_to_the_camera() -> None:
    term = {**TERM, "weight": 2.0, "turned": [10.0, 0.0, 5.0], "low": 0.0, "high": 2.0}
    catalog = _with(_row(view=TURNED, terms=[term], limit=60.0))
    row = catalog.measurement.rows[0]
    known = _inputs_of(row, thigh_stretch=np.ones(3))
    made = correct_reading(catalog, "knee_flexion", "oblique", np.zeros(3), known)
    sine, cosine = np.sin(np.radians(40)), np.cos(np.radians(40))
    np.testing.assert_allclose(made, 2.0 + 10 * cosine + 5 * sine)
    far = known | {"turn_near": -known["turn_near"]}
    np.testing.assert_allclose(
        correct_reading(catalog, "knee_flexion", "oblique", np.zeros(3), far), 2.0 + 10 * cosine - 5 * sine
    )


@pytest.mark.parametrize(("yaw", "error"), [(0.0, 6.0), (-15.0, 7.0), (30.0, 8.0), (150.0, 8.0)])
def test_the_error_lies_between_those_of_the_neighboring_turns(yaw: float, error: float) -> None:
    knots = lambda size: [{"value": 0.0, "error": size, "clips": 9}]  # noqa: E731
    curves = [{"movement": "any", "turn": turn, "knots": knots(size)} for turn, size in ((0, 6.0), (30, 8.0))]
    catalog = _with(_row(view=TURNED, curves=curves))
    view = View(kind=ViewKind.OBLIQUE, yaw_deg=yaw)
    assert measurement_error(catalog, "knee_flexion", view, "squat", 50.0) == pytest.approx(error)


def test_at_every_turn_a_smaller_error_of_a_movement_is_believed_and_a_greater_one_half() -> None:
    curves = [
        {"movement": name, "turn": 0, "knots": [{"value": 0.0, "error": size, "clips": 30}]}
        for name, size in (("any", 6.0), ("squat", 4.0), ("bend", 10.0))
    ]
    catalog = _with(_row(view=TURNED, curves=curves))
    view = View(kind=ViewKind.OBLIQUE, yaw_deg=40.0)
    assert measurement_error(catalog, "knee_flexion", view, "squat", 50.0) == pytest.approx(4.0)
    assert measurement_error(catalog, "knee_flexion", view, "bend", 50.0) == pytest.approx(8.0)
    assert measurement_error(catalog, "knee_flexion", view, "lunge", 50.0) == pytest.approx(6.0)


def test_square_to_the_camera_a_signal_has_its_own_row_and_elsewhere_one_for_every_turn() -> None:
    catalog = load_catalog()
    square, off = (View(kind=ViewKind.SIDE, yaw_deg=yaw) for yaw in (80.0, 70.0))
    for view, name in ((square, "side"), (off, TURNED), (View(kind=ViewKind.FRONT, yaw_deg=3.0), TURNED)):
        row = catalog.measurement_row("knee_flexion_left", view)
        assert row is not None
        assert row.view == name
    heel = catalog.measurement_row("heel_rise_left", off)
    assert heel is not None
    assert heel.view == "side"
    forced = catalog.measurement_row("knee_flexion_left", View(kind=ViewKind.SIDE, yaw_deg=50.0, forced=True))
    assert forced is not None
    assert forced.view == "side"
