"""Repair of stamps, rates, gaps, and the even choice of frames."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.video.timing import FramePicker, StampRepair, find_gap, measure_rate


def _repair(stamps: list[float | None], factor: float = 1.0) -> StampRepair:
    repair = StampRepair(factor, 0.04)
    for stamp in stamps:
        repair.accept(stamp)
    return repair


def test_stamps_count_from_the_first_picture() -> None:
    assert _repair([2.0, 2.04, 2.08]).times_s == pytest.approx([0, 0.04, 0.08])
    assert _repair([-0.1, 0.3, 0.7], factor=8).times_s == pytest.approx([0, 0.05, 0.1])


def test_doubled_and_late_pictures_are_dropped() -> None:
    repair = _repair([0.0, 0.04, 0.04, 0.08, 0.06, 0.12])
    assert repair.times_s == pytest.approx([0, 0.04, 0.08, 0.12])
    assert [n.code for n in repair.notices()] == ["times_repaired"]
    assert repair.notices()[0].message.startswith("2 frames")


def test_missing_stamps_follow_at_the_pace_before_and_are_noted() -> None:
    repair = _repair([0.0, 0.02, None, None, 0.08])
    assert repair.times_s == pytest.approx([0, 0.02, 0.04, 0.06, 0.08])
    assert [n.code for n in repair.notices()] == ["times_missing"]
    assert _repair([None, None, None]).times_s == pytest.approx([0, 0.04, 0.08])


def test_a_clock_set_back_for_good_goes_on_from_there() -> None:
    first, second = [5 + i * 0.04 for i in range(10)], [i * 0.04 for i in range(10)]
    times = _repair([*first, *second]).times_s
    # two pictures are lost before the jump is believed
    assert len(times) == 18
    np.testing.assert_allclose(np.diff(times), 0.04)


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e3, 1e3)), min_size=1, max_size=60),
    st.sampled_from([1.0, 8.0, 0.1]),
)
def test_times_always_rise_from_zero(stamps: list[float | None], factor: float) -> None:
    times = _repair(stamps, factor).times_s
    assert times[0] == 0
    assert all(a < b for a, b in pairwise(times))


def test_rate_of_few_pictures() -> None:
    assert measure_rate([], 30).fps == 30
    assert measure_rate([0.0], 25).duration_s == pytest.approx(0.04)
    assert measure_rate([0.0], 0).duration_s == 0
    assert measure_rate([0.0, 0.1], 0).fps == pytest.approx(10)


@pytest.mark.parametrize(("jitter", "variable"), [(0.0, False), (0.001, False), (0.02, True)])
def test_when_a_rate_is_variable(jitter: float, variable: bool) -> None:
    times = np.arange(200) / 30 + np.random.default_rng(0).uniform(0, jitter, 200)
    assert measure_rate(times.tolist(), 30).variable is variable


def test_a_pause_is_found_with_its_place_and_length() -> None:
    assert find_gap([0, 0.04, 0.08, 2.0, 2.04]) == pytest.approx((0.08, 1.92))
    assert find_gap([0, 0.04, 0.4, 0.44]) is None
    # ten seconds between the pictures of a time lapse are its pace, not a gap
    assert find_gap([0, 10, 20, 30]) is None


@given(st.floats(12, 960), st.floats(10, 60), st.integers(0, 3))
def test_picked_frames_are_even_and_near_the_wanted_rate(fps: float, max_fps: float, seed: int) -> None:
    times = np.arange(400) / fps + np.random.default_rng(seed).uniform(-0.2, 0.2, 400) / fps
    picker = FramePicker(fps, max_fps)
    kept = times[[picker.wants(t) for t in times]]
    rate = (len(kept) - 1) / (kept[-1] - kept[0])
    assert rate <= 1.55 * max_fps
    assert rate >= min(fps, 0.65 * max_fps) * 0.98
    if picker.stride > 1:
        assert np.diff(kept).max() <= (picker.stride + 1.5) / fps
        assert np.diff(kept).min() >= (picker.stride - 1.5) / fps


def test_a_pause_does_not_make_the_picker_catch_up() -> None:
    picker = FramePicker(120, 30)
    times = [*np.arange(8) / 120, *(5 + np.arange(8) / 120)]
    assert [i for i, t in enumerate(times) if picker.wants(t)] == [0, 4, 8, 12]
