"""Smoothing: what must pass unchanged, what must go, and what must stay missing."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from movescreen.kinematics.filtering import (
    SmoothingSettings,
    clamp_cutoff,
    compute_lowpass,
    describe_filter,
    fill_short_gaps,
    reject_outliers,
    smooth_track,
    split_runs,
)

NO_OUTLIERS = SmoothingSettings(outlier_window_s=0.0)
rates = st.sampled_from([10.0, 24.0, 30.0, 60.0, 120.0, 240.0])


def _times(n: int, rate: float, jitter: float = 0.0) -> np.ndarray:
    return np.arange(n) / rate + np.random.default_rng(1).uniform(-jitter / 2, jitter / 2, n) / rate


@given(rate=rates, seconds=st.floats(0.7, 4.0), start=st.floats(-1000, 1000), slope=st.floats(-300, 300))
def test_constants_and_straight_lines_pass_unchanged(rate: float, seconds: float, start: float, slope: float) -> None:
    n = round(seconds * rate)
    t = _times(n, rate)
    line = start + slope * t
    np.testing.assert_allclose(smooth_track(t, line, NO_OUTLIERS), line, atol=4e-3 * (1 + abs(slope)))
    np.testing.assert_allclose(
        smooth_track(t, np.full(n, start), SmoothingSettings()), start, atol=1e-6 * (1 + abs(start))
    )


def test_a_straight_line_passes_unchanged_at_uneven_times_too() -> None:
    for seed in range(10):
        t = np.arange(90) / 30 + np.random.default_rng(seed).uniform(-0.2, 0.2, 90) / 30
        np.testing.assert_allclose(smooth_track(t, 100 * t, NO_OUTLIERS), 100 * t, atol=0.05)


def test_the_outlier_window_does_not_hang_on_the_last_digit_of_the_times() -> None:
    windows = {
        describe_filter(later + np.arange(90) / 30, SmoothingSettings()).outlier_window
        for later in (0.0, 17.3, 300.1, 4443.4)
    }
    assert len(windows) == 1


@given(
    rate=st.sampled_from([24.0, 30.0, 60.0, 120.0]),
    at=st.integers(1, 58),
    height=st.floats(5, 500),
    level=st.floats(-500, 500),
)
def test_a_single_spike_on_a_held_posture_leaves_no_trace(rate: float, at: int, height: float, level: float) -> None:
    t = _times(60, rate)
    held = np.full(60, level)
    held[at] += height
    np.testing.assert_allclose(smooth_track(t, held, SmoothingSettings()), level, atol=1e-6 * (1 + abs(level)))


@pytest.mark.parametrize("at", [0, 59])
@pytest.mark.parametrize("rate", [24.0, 30.0, 60.0])
def test_a_spike_in_the_first_or_last_frame_leaves_no_trace(at: int, rate: float) -> None:
    held = np.full(60, 100.0)
    held[at] += 80.0
    np.testing.assert_allclose(smooth_track(_times(60, rate), held, SmoothingSettings()), 100.0, atol=1e-3)


@pytest.mark.parametrize("at", [0, 1, 30, 58, 59])
def test_a_spike_in_a_movement_is_taken_out(at: int) -> None:
    t = _times(60, 30.0)
    clean = 400 + 120 * np.sin(2 * np.pi * 0.4 * t)
    spoilt = clean.copy()
    spoilt[at] += 150
    np.testing.assert_allclose(
        smooth_track(t, spoilt, SmoothingSettings()), smooth_track(t, clean, SmoothingSettings()), atol=6.0
    )


def test_deviations_below_the_floor_are_no_outliers() -> None:
    values = np.zeros(21)
    values[10] = 2.9
    np.testing.assert_array_equal(reject_outliers(values, 7, 3.5, 3.0), values)
    values[10] = 3.1
    np.testing.assert_array_equal(reject_outliers(values, 7, 3.5, 3.0), np.zeros(21))


@pytest.mark.parametrize("window", [0, 1])
def test_without_a_window_no_outlier_is_sought(window: int) -> None:
    values = np.array([0.0, 0, 0, 900, 0, 0, 0])
    np.testing.assert_array_equal(reject_outliers(values, window, 3.5, 3.0), values)


@given(
    rate=st.sampled_from([15.0, 24.0, 30.0, 60.0]),
    gaps=st.lists(st.tuples(st.integers(0, 140), st.integers(1, 30)), max_size=5),
)
def test_long_gaps_stay_empty_and_short_ones_are_bridged(rate: float, gaps: list[tuple[int, int]]) -> None:
    n = 150
    t = _times(n, rate)
    values = 100 + 50 * t
    for first, length in gaps:
        values[first : first + length] = np.nan
    smooth = smooth_track(t, values, NO_OUTLIERS)
    missing = ~np.isfinite(values)
    for gap in split_runs(missing):
        at_an_end = gap.start == 0 or gap.stop == n
        spanned = np.inf if at_an_end else t[gap.stop] - t[gap.start - 1]
        bridged = spanned <= NO_OUTLIERS.max_gap_s + 1e-9
        assert np.isfinite(smooth[gap]).all() == bridged
        assert np.isfinite(smooth[gap]).any() == bridged
    np.testing.assert_allclose(smooth[~missing], (100 + 50 * t)[~missing], atol=2.0)


def test_nothing_leaks_across_a_long_gap() -> None:
    t = _times(120, 30.0)
    a, b = np.full(120, 10.0), np.full(120, 10.0)
    a[60:] = b[60:] = 500.0
    b[60:] += 300 * np.sin(t[60:])
    a[45:60] = b[45:60] = np.nan
    np.testing.assert_array_equal(smooth_track(t, a, NO_OUTLIERS)[:45], smooth_track(t, b, NO_OUTLIERS)[:45])
    np.testing.assert_allclose(smooth_track(t, a, NO_OUTLIERS)[:45], 10.0)


def test_a_hole_in_the_time_axis_separates_stretches_too() -> None:
    t = np.concatenate([np.arange(45) / 30, 3.0 + np.arange(45) / 30])
    values = np.where(t < 2, 10.0, 500.0)
    np.testing.assert_allclose(smooth_track(t, values, NO_OUTLIERS), values, atol=1e-9)


@pytest.mark.parametrize(("rate", "limit"), [(5.0, 2.25), (8.0, 3.6), (30.0, 4.0), (120.0, 4.0)])
def test_the_cutoff_stays_below_nyquist(rate: float, limit: float) -> None:
    assert clamp_cutoff(4.0, rate) == pytest.approx(limit)
    assert describe_filter(np.arange(50) / rate, SmoothingSettings()).cutoff_hz == pytest.approx(limit)
    wave = np.sin(2 * np.pi * 0.3 * np.arange(50) / rate)
    smooth = smooth_track(np.arange(50) / rate, wave, NO_OUTLIERS)
    assert np.abs(smooth - wave).max() < 0.05


@pytest.mark.parametrize(("frequency", "kept"), [(0.5, 1.0), (1.0, 0.99), (4.0, 0.5), (12.0, 0.02)])
def test_the_filter_passes_what_it_should(frequency: float, kept: float) -> None:
    # a second-order filter run both ways keeps half the amplitude at its cut-off
    t = _times(600, 60.0)
    smooth = compute_lowpass(t, np.sin(2 * np.pi * frequency * t), 4.0)[120:-120]
    assert np.abs(smooth).max() == pytest.approx(kept, abs=0.02)


@pytest.mark.parametrize(("n", "rate"), [(4, 30.0), (21, 10.0), (340, 30.0), (500, 119.88)])
def test_the_filter_is_the_butterworth_of_the_library(n: int, rate: float) -> None:
    t, walk = _times(n, rate), np.random.default_rng(n).normal(size=n).cumsum()
    design = scipy.signal.butter(2, clamp_cutoff(6.0, rate), fs=rate, output="sos")
    pad = min(n - 1, round(rate / 6.0) * 3)
    library = scipy.signal.sosfiltfilt(design, walk, padtype="odd", padlen=pad)
    np.testing.assert_allclose(compute_lowpass(t, walk, 6.0), library, atol=1e-9)


def test_the_filter_shifts_nothing_in_time() -> None:
    t = _times(301, 30.0)
    bump = np.exp(-(((t - 5.0) / 0.4) ** 2))
    assert t[np.argmax(compute_lowpass(t, bump, 4.0))] == pytest.approx(5.0, abs=1e-9)


def test_uneven_times_give_the_same_curve_as_even_ones() -> None:
    even, uneven = _times(300, 30.0), _times(300, 30.0, jitter=0.8)

    def curve(t: np.ndarray) -> np.ndarray:
        return 300 + 100 * np.sin(2 * np.pi * 0.4 * t)

    smooth = np.interp(even[5:-5], uneven, smooth_track(uneven, curve(uneven), NO_OUTLIERS))
    np.testing.assert_allclose(smooth, curve(even[5:-5]), atol=1.0)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5])
def test_very_short_tracks_do_not_break_and_stay_finite(n: int) -> None:
    t = np.arange(n) / 30
    out = smooth_track(t, np.full(n, 7.0), SmoothingSettings())
    np.testing.assert_allclose(out, 7.0)


def test_a_gap_is_bridged_by_a_straight_line_up_to_the_limit() -> None:
    t = np.arange(10) / 10
    values = np.array([0, np.nan, 2, np.nan, np.nan, 5, 6, 7, np.nan, np.nan])
    np.testing.assert_allclose(fill_short_gaps(t, values, 0.2), [0, 1, 2, np.nan, np.nan, 5, 6, 7, np.nan, np.nan])
    np.testing.assert_allclose(fill_short_gaps(t, values, 0.3), [0, 1, 2, 3, 4, 5, 6, 7, np.nan, np.nan])


def test_the_record_of_the_filter_is_what_was_applied() -> None:
    spec = describe_filter(np.arange(90) / 30, SmoothingSettings(cutoff_hz=6.0))
    assert (spec.order, spec.cutoff_hz, spec.outlier_window) == (4, 6.0, 9)
    assert describe_filter(np.arange(90) / 30, NO_OUTLIERS).outlier_window == 0
    assert describe_filter(np.arange(90) / 5, SmoothingSettings()).outlier_window == 0
