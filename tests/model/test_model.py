"""What the data types refuse, and what they promise."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen import model
from movescreen.model import (
    BLAZEPOSE,
    Evidence,
    FilterSpec,
    Finding,
    Frame,
    KinematicSeries,
    Notice,
    Plane,
    PoseSequence,
    Repetition,
    SignalSpec,
    Skeleton,
    Status,
    ValueEquality,
    is_same,
    read_statistic,
)
from tests.support import figure as p
from tests.support.results import side_squat

# --- skeleton -------------------------------------------------------------------------------------------------------


def test_blazepose_has_33_landmarks_in_the_engines_order() -> None:
    assert len(BLAZEPOSE.landmarks) == 33
    wanted = {"nose": 0, "left_ear": 7, "right_ear": 8, "left_shoulder": 11, "right_wrist": 16, "left_hip": 23, "right_hip": 24,
              "left_knee": 25, "right_ankle": 28, "left_heel": 29, "right_foot_index": 32}  # fmt: skip
    assert {n: BLAZEPOSE.index[n] for n in wanted} == wanted
    assert BLAZEPOSE.indices(("left_knee", "nose")) == [25, 0]


def test_mirroring_twice_is_nothing_and_moves_every_sided_landmark() -> None:
    order = BLAZEPOSE.mirror_order()
    assert [order[i] for i in order] == list(range(33))
    for i, name in enumerate(BLAZEPOSE.landmarks):
        other = BLAZEPOSE.landmarks[order[i]]
        swap = {"left": "right", "right": "left"}
        assert other == "_".join(swap.get(word, word) for word in name.split("_"))


def test_a_skeleton_refuses_doubled_names_and_edges_to_nowhere() -> None:
    with pytest.raises(ValueError, match="unique"):
        Skeleton("x", ("a", "a"), (), ())
    with pytest.raises(ValueError, match="a-c"):
        Skeleton("x", ("a", "b"), (("a", "c"),), ())
    with pytest.raises(ValueError, match="unknown"):
        Skeleton("x", ("a", "b"), (), (("a", "c"),))


def test_a_skeleton_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(BLAZEPOSE))
    assert copy == BLAZEPOSE
    assert dict(copy.index) == dict(BLAZEPOSE.index)


# --- frames and poses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4)])
def test_a_frame_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        Frame(np.zeros(shape, np.uint8), 0.0, 0)


def test_a_frame_refuses_other_types_and_times() -> None:
    with pytest.raises(ValueError, match="float32"):
        Frame(np.zeros((4, 4, 3), np.float32), 0.0, 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        Frame(np.zeros((4, 4, 3), np.uint8), float("nan"), 0)


@pytest.fixture
def poses() -> PoseSequence:
    return p.squat(1).poses


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("image_xy_px", np.zeros((3, 33, 2)), "image_xy_px: expected"),
        ("world_xyz_m", np.zeros((3, 33, 3)), "world_xyz_m: expected"),
        ("visibility", np.zeros((3, 33)), "visibility: expected"),
        ("frame_index", np.zeros(3, np.int64), "frame_index: expected"),
        ("extras", {"heel_lift_left_px": np.zeros(3)}, "heel_lift_left_px: expected"),
    ],
)
def test_poses_refuse_other_shapes(poses: PoseSequence, field: str, value: object, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        replace(poses, **{field: value})


@pytest.mark.parametrize("change", [lambda t: t[::-1].copy(), np.zeros_like, lambda t: np.where(t > 1, np.nan, t)])
def test_poses_refuse_times_that_do_not_rise(poses: PoseSequence, change: object) -> None:
    with pytest.raises(ValueError, match="rising"):
        replace(poses, time_s=change(poses.time_s))  # type: ignore[operator]


def test_poses_refuse_infinity_but_not_nan(poses: PoseSequence) -> None:
    image = poses.image_xy_px.copy()
    image[3, 5, 0] = np.inf
    with pytest.raises(ValueError, match="finite or NaN"):
        poses.with_points(image)
    image[3, 5, 0] = np.nan
    assert np.isnan(poses.with_points(image).image_xy_px).sum() == 1


@pytest.mark.parametrize(
    ("landmark", "there"), [("left_wrist", True), ("right_ankle", True), ("nose", True), ("left_hip", False)]
)
def test_somebody_is_there_while_shoulders_and_hips_are_known(poses: PoseSequence, landmark: str, there: bool) -> None:
    image = poses.image_xy_px.copy()
    image[3, BLAZEPOSE.index[landmark]] = np.nan
    detected = poses.with_points(image).detected
    assert detected[3] == there
    assert np.delete(detected, 3).all()


def test_all_that_is_wrong_is_said_at_once(poses: PoseSequence) -> None:
    with pytest.raises(ValueError, match=r"visibility.*rising"):
        replace(poses, visibility=np.zeros((1, 1)), time_s=poses.time_s[::-1].copy())


def test_poses_by_name_and_slices(poses: PoseSequence) -> None:
    np.testing.assert_array_equal(poses.xy("left_knee"), poses.image_xy_px[:, 25])
    np.testing.assert_array_equal(poses.world("nose"), poses.world_xyz_m[:, 0])
    part = p.with_extras(poses, mark=np.arange(len(poses), dtype=float)).slice(10, 20)
    assert len(part) == 10
    assert list(part.frame_index) == list(range(10, 20))
    np.testing.assert_array_equal(part.extras["mark"], np.arange(10, 20))
    with pytest.raises(FrozenInstanceError):
        part.time_s = poses.time_s  # type: ignore[misc]


# --- series ---------------------------------------------------------------------------------------------------------

SPEC = SignalSpec("x_left", "deg", "left", Plane.SAGITTAL, "up", "down", ("nose",), ("side",), "A test.")


def _series(values: np.ndarray, valid: np.ndarray, name: str = "x_left") -> KinematicSeries:
    return KinematicSeries(
        np.arange(4) / 30, {name: values}, {name: valid}, {"x_left": SPEC}, np.arange(4), FilterSpec("none", 0, 0.0, 0)
    )


def test_a_series_holds_nan_exactly_where_it_is_not_valid() -> None:
    values = np.array([1.0, np.nan, 3.0, 4.0])
    assert _series(values, np.isfinite(values)).has("x_left")
    assert not _series(np.full(4, np.nan), np.zeros(4, bool)).has("x_left")
    with pytest.raises(ValueError, match="disagree"):
        _series(values, np.ones(4, bool))
    with pytest.raises(ValueError, match="disagree"):
        _series(np.ones(4), np.array([True, True, False, True]))
    with pytest.raises(ValueError, match="4 samples"):
        _series(np.ones(3), np.ones(3, bool))
    with pytest.raises(ValueError, match="same signals"):
        _series(np.ones(4), np.ones(4, bool), name="y")


def test_columns_carry_the_unit_at_their_end_unless_the_name_does() -> None:
    assert SPEC.column == "x_left_deg"
    assert replace(SPEC, name="knee_ankle_separation_ratio", unit="ratio").column == "knee_ankle_separation_ratio"
    assert replace(SPEC, name="heel_rise_left", unit="pct").column == "heel_rise_left_pct"


# --- repetitions and readings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [(1.0, 1.0, 2.0), (1.0, 2.0, 2.0), (2.0, 1.0, 3.0), (1.0, float("nan"), 2.0)])
def test_a_repetition_refuses_times_out_of_order(times: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="start < turn < end"):
        Repetition(number=1, **dict(zip(("start_s", "turn_s", "end_s"), times, strict=True)))


def test_a_repetition_is_half_open() -> None:
    rep = Repetition(number=1, start_s=1.0, turn_s=2.0, end_s=2.5)
    assert (rep.descent_s, rep.ascent_s) == (1.0, 0.5)
    assert [rep.contains(t) for t in (0.99, 1.0, 2.49, 2.5)] == [False, True, True, False]


REP = Repetition(number=1, start_s=1.0, turn_s=2.0, end_s=3.0, turn_start_s=1.8, turn_end_s=2.2)
T = np.arange(121) / 30
#: 10 standing, 90 at the turn, straight lines between.
RAMP = np.interp(T, [1.0, 1.7, 2.3, 3.0], [10.0, 90.0, 90.0, 10.0])


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("turn", 90.0),
        ("abs_turn", 90.0),
        ("start", 10.0),
        ("excursion", 80.0),
        ("max", 90.0),
        ("min", 10.0),
        ("median", 67.1),
    ],
)
def test_statistics_of_a_known_curve(statistic: str, value: float) -> None:
    assert read_statistic(statistic, REP, T, RAMP) == pytest.approx(value, abs=4.0)


def test_around_max_looks_a_second_before_and_after() -> None:
    rep = Repetition(number=1, start_s=2.0, turn_s=2.5, end_s=3.0)
    t = np.arange(181) / 30
    for start, end, seen in (
        (1.1, 1.6, True),
        (3.4, 3.9, True),
        (2.2, 2.7, True),
        (0.2, 0.9, False),
        (4.1, 5.0, False),
    ):
        values = np.where((t >= start) & (t < end), 50.0, 5.0)
        assert read_statistic("around_max", rep, t, values) == pytest.approx(50.0 if seen else 5.0)
    # it ends with the clip, what was not measured does not count, and a single frame does not decide
    assert read_statistic("around_max", rep, t, np.where(t < 2.4, np.nan, t)) == pytest.approx(4.0, abs=0.1)
    early = Repetition(number=1, start_s=0.2, turn_s=0.5, end_s=0.8)
    assert read_statistic("around_max", early, t, t) == pytest.approx(1.8, abs=0.1)
    wild = np.full_like(t, 5.0)
    wild[40] = 500.0
    assert read_statistic("around_max", rep, t, wild) == pytest.approx(5.0)


def test_statistics_keep_signs_where_they_should() -> None:
    assert read_statistic("turn", REP, T, -RAMP) == pytest.approx(-90.0)
    assert read_statistic("abs_turn", REP, T, -RAMP) == pytest.approx(90.0)
    assert read_statistic("excursion", REP, T, -RAMP) == pytest.approx(-80.0, abs=4.0)
    assert read_statistic("max", REP, T, -RAMP) == pytest.approx(-10.0, abs=4.0)


def test_one_wild_frame_does_not_decide() -> None:
    wild = RAMP.copy()
    wild[60] = 1000.0
    for statistic in ("turn", "max", "start"):
        assert read_statistic(statistic, REP, T, wild) == pytest.approx(
            read_statistic(statistic, REP, T, RAMP), abs=2.0
        )


@pytest.mark.parametrize("statistic", ["turn", "abs_turn", "start", "excursion", "max", "min", "around_max"])
def test_what_was_not_measured_reads_nan(statistic: str) -> None:
    assert np.isnan(read_statistic(statistic, REP, T, np.full_like(T, np.nan)))


@given(offset=st.floats(-100, 100), hide=st.integers(0, 100))
def test_missing_frames_never_pull_a_reading_towards_zero(offset: float, hide: int) -> None:
    held = np.full_like(T, offset)
    held[hide : hide + 15] = np.nan
    for statistic in ("turn", "start", "max", "min"):
        value = read_statistic(statistic, REP, T, held)
        assert np.isnan(value) or value == pytest.approx(offset)


# --- findings -------------------------------------------------------------------------------------------------------


def test_not_assessed_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        Finding(check_id="heel_rise", movement="squat", side="left", status=Status.NOT_ASSESSED, title="Heel rise")
    assert (
        Finding(
            check_id="heel_rise",
            movement="squat",
            side="left",
            status=Status.NOT_ASSESSED,
            title="Heel rise",
            reason="hidden",
        ).reps_seen
        == 0
    )


def test_evidence_must_be_in_the_checks_unit() -> None:
    evidence = (Evidence(rep=1, time_s=2.0, value=12.0, limit=10.0, unit="deg", measurement_error=3.0),)
    with pytest.raises(ValueError, match="'pct'"):
        Finding(
            check_id="heel_rise",
            movement="squat",
            side="left",
            status=Status.FLAGGED,
            title="Heel rise",
            unit="pct",
            evidence=evidence,
        )


def lean(**changes: Any) -> Finding:
    told = {"check_id": "lean", "movement": "squat", "status": Status.CLEAR, "title": "Lean", "value": 4.0}
    return Finding(**(told | changes))


@pytest.mark.parametrize(
    ("changes", "side"),
    [
        ({}, ""),
        ({"positive_side": "left"}, "left"),
        ({"positive_side": "left", "value": -4.0}, "right"),
        ({"positive_side": "right"}, "right"),
        ({"positive_side": "right", "value": -4.0}, "left"),
        ({"positive_side": "left", "value": float("nan")}, ""),
        ({"positive_side": "left", "value": -4.0, "side": "left"}, "left"),
    ],
)
def test_a_finding_is_about_its_side_or_about_the_one_that_its_value_leans_to(
    changes: dict[str, Any], side: str
) -> None:
    assert lean(**changes).seen_side == side


def test_a_finding_names_its_signal_with_its_side() -> None:
    assert lean().signal_name == ""
    assert lean(signal="trunk_lateral_lean").signal_name == "trunk_lateral_lean"
    assert lean(signal="knee_flexion", signal_side="left").signal_name == "knee_flexion_left"


@pytest.mark.parametrize(
    ("affects", "weaker"),
    [
        (("all",), True),
        (("lean",), True),
        (("knee_flexion",), True),
        (("knee_flexion_left",), True),
        (("knee_flexion_right", "tempo"), False),
        ((), False),
    ],
)
def test_a_notice_weakens_its_check_its_signal_or_everything(affects: tuple[str, ...], weaker: bool) -> None:
    finding = lean(signal="knee_flexion", signal_side="left")
    assert Notice("code", "Said.", affects).weakens(finding) is weaker


# --- equality -------------------------------------------------------------------------------------------------------


def test_every_part_of_a_result_is_compared_by_what_it_holds() -> None:
    parts = [k for k in vars(model).values() if isinstance(k, type) and dataclasses.is_dataclass(k)]
    plain = {"Frame", "Skeleton"}  # a picture, and names without numbers
    assert {kind.__name__ for kind in parts if kind.__eq__ is not ValueEquality.__eq__} == plain
    assert all(kind.__hash__ is ValueEquality.__hash__ for kind in parts if kind.__name__ not in plain)


def test_missing_numbers_are_equal_to_each_other_and_to_nothing_else() -> None:
    nan = float("nan")
    assert lean(value=nan) == lean(value=float("nan"))
    assert hash(lean(value=nan)) == hash(lean(value=float("nan")))
    assert lean(value=nan) != lean(value=0.0)
    assert lean(value=nan) != "lean"
    assert is_same({"a": (1.0, nan)}, {"a": (1.0, nan)})
    for other in ({"a": (1.0, 0.0)}, {"b": (1.0, nan)}, {"a": (1.0,)}, {"a": [1.0, nan]}, {"a": None}):
        assert not is_same({"a": (1.0, nan)}, other)


def test_arrays_are_compared_element_by_element() -> None:
    some = np.array([1.0, np.nan])
    assert is_same(some, some.copy())
    assert is_same(np.array(["a"]), np.array(["a"]))
    for other in (np.array([1.0, 2.0]), np.array([1.0]), np.array([[1.0, np.nan]]), [1.0, np.nan], None):
        assert not is_same(some, other)
        assert not is_same(other, some)


def test_poses_with_another_frame_missing_are_other_poses() -> None:
    result = side_squat(1)
    image = result.poses.image_xy_px.copy()
    image[7] = np.nan
    hidden = result.poses.with_points(image)
    assert hidden == result.poses.with_points(image.copy())
    assert hidden != result.poses
    assert replace(result, poses=hidden) != result
    assert replace(result, poses=hidden) == replace(result, poses=hidden)
