"""Angles of triangles that can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.kinematics.geometry import (
    compute_angle_between,
    compute_circular_median,
    compute_flexion,
    compute_frontal_projection_angle,
    compute_inclination,
    compute_length,
    compute_tilt_from_horizontal,
)


def _p(*xy: float) -> np.ndarray:
    return np.array([xy], dtype=float)


@pytest.mark.parametrize(
    ("a", "b", "angle"), [((1, 0), (0, 2), 90), ((1, 0), (3, 0), 0), ((1, 0), (-1, 0), 180), ((1, 0, 0), (1, 1, 0), 45)]
)
def test_angle_between(a: tuple[float, ...], b: tuple[float, ...], angle: float) -> None:
    assert compute_angle_between(_p(*a), _p(*b))[0] == pytest.approx(angle, abs=1e-6)


def test_vectors_without_length_or_value_have_no_angle() -> None:
    assert np.isnan(compute_angle_between(_p(0, 0), _p(1, 0))[0])
    assert np.isnan(compute_angle_between(_p(np.nan, 0), _p(1, 0))[0])
    assert np.isnan(compute_inclination(_p(5, 5), _p(5, 5), 1.0)[0])


def test_flexion_is_zero_for_a_straight_limb_and_grows_when_it_bends() -> None:
    assert compute_flexion(_p(0, 0), _p(0, 1), _p(0, 2))[0] == pytest.approx(0)
    assert compute_flexion(_p(0, 0), _p(0, 1), _p(1, 1))[0] == pytest.approx(90)
    assert compute_flexion(_p(0, 0), _p(0, 1), _p(0, 0.2))[0] == pytest.approx(180)


@pytest.mark.parametrize(
    ("upper", "sign", "tilt"),
    [((0, -1), 1, 0), ((1, -1), 1, 45), ((1, -1), -1, -45), ((-1, 0), 1, -90), ((1, 1), 1, 135)],
)
def test_inclination_is_measured_from_upright_with_y_down(upper: tuple[float, float], sign: float, tilt: float) -> None:
    assert compute_inclination(_p(0, 0), _p(*upper), sign)[0] == pytest.approx(tilt)


def test_frontal_projection_angle_is_positive_when_the_knee_is_medial() -> None:
    # a left leg seen from the front is at image right: its midline lies towards image left
    hip, ankle = _p(100, 0), _p(100, 200)
    assert compute_frontal_projection_angle(hip, _p(90, 100), ankle, 1.0)[0] == pytest.approx(
        2 * np.degrees(np.arctan(0.1))
    )
    assert compute_frontal_projection_angle(hip, _p(110, 100), ankle, 1.0)[0] == pytest.approx(
        -2 * np.degrees(np.arctan(0.1))
    )
    assert compute_frontal_projection_angle(hip, _p(110, 100), ankle, -1.0)[0] > 0


def test_tilt_from_horizontal_is_positive_when_the_second_point_is_higher() -> None:
    assert compute_tilt_from_horizontal(_p(0, 10), _p(10, 0))[0] == pytest.approx(45)
    assert compute_tilt_from_horizontal(_p(10, 10), _p(0, 0))[0] == pytest.approx(45)
    assert compute_tilt_from_horizontal(_p(0, 0), _p(10, 10))[0] == pytest.approx(-45)


def test_length() -> None:
    assert compute_length(_p(0, 0), _p(3, 4))[0] == pytest.approx(5)


@pytest.mark.parametrize(
    ("angles", "median"),
    [
        ([10, 20, 30], 20),
        ([170, 175, -175, 180, -179], 180),
        ([-90, -90, 90], -90),
        ([np.nan, 5.0], 5),
        ([350, 10, 0], 0),
    ],
)
def test_circular_median(angles: list[float], median: float) -> None:
    apart = (compute_circular_median(np.array(angles, float)) - median + 180) % 360 - 180
    assert apart == pytest.approx(0, abs=1.0)


def test_no_directions_have_no_median() -> None:
    assert np.isnan(compute_circular_median(np.array([np.nan])))
