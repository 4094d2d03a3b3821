"""The segmenter on hand-made driving signals: counts, times, order, stream against batch, holes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.model import Repetition
from movescreen.repetitions import RepetitionSegmenter, SegmenterSettings, segment_repetitions
from tests.support.figure import FloatArray, ease

SETTINGS = SegmenterSettings(min_excursion=0.06)
FPS = 30.0


def _curve(*knots: tuple[float, float], fps: float = FPS) -> tuple[FloatArray, FloatArray]:
    """Return times and values that ease through (time, value)."""
    t = np.arange(round(knots[-1][0] * fps) + 1) / fps
    return t, ease(t, [k[0] for k in knots], [k[1] for k in knots])


def _reps(
    count: int, depth: float = 0.4, *, top: float = 0.8, down: float = 1.0, hold: float = 0.2, up: float = 1.0
) -> list[tuple[float, float]]:
    knots, now = [(0.0, 0.0)], 0.0
    for _ in range(count):
        for seconds, value in ((top, 0.0), (down, depth), (hold, depth), (up, 0.0)):
            now += seconds
            knots.append((now, value))
    return [*knots, (now + 0.8, 0.0)]


def _find(t: FloatArray, v: FloatArray, settings: SegmenterSettings = SETTINGS) -> list[Repetition]:
    return segment_repetitions(t, v, settings)


def _check_order(reps: list[Repetition], t: FloatArray) -> None:
    assert [r.number for r in reps] == list(range(1, len(reps) + 1))
    for rep in reps:
        assert t[0] <= rep.start_s < rep.turn_s < rep.end_s <= t[-1]
        assert rep.start_s <= rep.turn_start_s <= rep.turn_s <= rep.turn_end_s <= rep.end_s
    for a, b in pairwise(reps):
        assert a.end_s <= b.start_s + 1e-9


SCENARIOS = {
    "one": (_reps(1), 1, 1),
    "five": (_reps(5), 5, 5),
    "shallow": (_reps(3, 0.09), 3, 3),
    "too shallow": (_reps(3, 0.05), 0, 0),
    "fast": (_reps(6, top=0.05, down=0.4, hold=0.0, up=0.4), 6, 6),
    "slow": (_reps(2, down=6.0, hold=1.0, up=6.0), 2, 2),
    "long pause at the bottom": (_reps(3, hold=5.0), 3, 3),
    "long pause at the top": (_reps(3, top=12.0), 3, 3),
    "too fast to be a person": (_reps(3, top=0.8, down=0.1, hold=0.0, up=0.1), 0, 0),
    "bounce at the bottom": ([(0, 0), (0.8, 0), (1.8, 0.4), (2.0, 0.28), (2.2, 0.4), (3.2, 0), (4, 0)], 1, 1),
    "two bounces": ([(0, 0), (1, 0.4), (1.2, 0.3), (1.4, 0.41), (1.6, 0.3), (1.8, 0.4), (2.8, 0), (4, 0)], 1, 1),
    "a stop on the way up": ([(0, 0), (1, 0.4), (1.6, 0.25), (2.6, 0.25), (3.2, 0), (4, 0)], 1, 1),
    "a stop on the way down": ([(0, 0), (0.8, 0.2), (2, 0.2), (3, 0.4), (4, 0), (5, 0)], 1, 1),
    "deep, half, deep": ([(0, 0), (1, 0.4), (2, 0), (2.5, 0), (3.3, 0.2), (4, 0), (4.5, 0), (5.5, 0.4), (6.5, 0), (7, 0)], 3, 3),
    "not fully up between": ([(0, 0), (1, 0.4), (2, 0.1), (3, 0.4), (4, 0.1), (5, 0.4), (6, 0), (7, 0)], 3, 3),
    "stays up short": ([(0, 0), (1, 0.4), (2, 0.1), (5, 0.1)], 1, 1),
    "ends at the bottom": ([*_reps(2)[:-1], (7.0, 0.4), (8.0, 0.4)], 3, 2),
    "ends early on the way up": ([*_reps(2)[:-1], (7.0, 0.4), (7.2, 0.4), (7.6, 0.3)], 3, 2),
    "ends on the way down": ([*_reps(2)[:-1], (7.0, 0.35)], 2, 2),
    "starts at the bottom": ([(0, 0.4), (1, 0), (2, 0), *[(t + 2, v) for t, v in _reps(2)[1:]]], 2, 2),
    "stands all the time": ([(0, 0), (10, 0)], 0, 0),
    "sinks and stays": ([(0, 0), (2, 0), (3, 0.3), (50, 0.3), (51, 0), (52, 0)], 0, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_counts(name: str) -> None:
    knots, listed, complete = SCENARIOS[name]
    t, v = _curve(*knots)
    reps = _find(t, v)
    _check_order(reps, t)
    assert len(reps) == listed
    assert sum(r.complete for r in reps) == complete


@pytest.mark.parametrize("fps", [10.0, 24.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("hold", [0.0, 0.2, 1.0, 3.0])
@pytest.mark.parametrize("depth", [0.1, 0.4, 90.0])
def test_the_turn_is_the_middle_of_the_bottom(fps: float, hold: float, depth: float) -> None:
    t, v = _curve(*_reps(3, depth, hold=hold, down=1.4, up=0.9), fps=fps)
    reps = _find(t, v, SegmenterSettings(min_excursion=0.15 * depth))
    period = 0.8 + 1.4 + hold + 0.9
    wanted = [k * period + 0.8 + 1.4 + hold / 2 for k in range(3)]
    np.testing.assert_allclose([r.turn_s for r in reps], wanted, atol=0.1)
    np.testing.assert_allclose([r.excursion for r in reps], depth, rtol=0.02)
    for k, rep in enumerate(reps):
        # 8 % of a half cosine are passed after 18 % of its time
        assert rep.start_s == pytest.approx(k * period + 0.8 + 0.183 * 1.4, abs=0.06)
        assert rep.end_s == pytest.approx((k + 1) * period - 0.183 * 0.9, abs=0.1)
        assert rep.turn_start_s <= k * period + 2.2 + 1e-6
        assert rep.turn_end_s >= k * period + 2.2 + hold - 1e-6


@pytest.mark.parametrize("level", [-3.0, 0.2, 50.0])
def test_the_level_of_standing_does_not_matter(level: float) -> None:
    t, v = _curve(*_reps(2))
    for a, b in zip(_find(t, v), _find(t, v + level), strict=True):
        assert (b.start_s, b.turn_s, b.end_s) == pytest.approx((a.start_s, a.turn_s, a.end_s), abs=1e-6)


def test_sway_and_noise_are_no_repetitions() -> None:
    t = np.arange(900) / FPS
    sway = 0.02 * np.sin(2 * np.pi * 0.3 * t) + np.random.default_rng(0).normal(0, 0.002, 900)
    assert _find(t, sway) == []


@pytest.mark.parametrize("seed", range(5))
def test_noise_neither_adds_nor_loses_repetitions(seed: int) -> None:
    t, v = _curve(*_reps(4))
    reps = _find(t, v + np.random.default_rng(seed).normal(0, 0.008, len(v)))
    assert [r.complete for r in reps] == [True] * 4
    np.testing.assert_allclose([r.turn_s for r in reps], [1.9 + 3.0 * k for k in range(4)], atol=0.12)


@given(
    depths=st.lists(st.floats(0.12, 0.6), min_size=1, max_size=5),
    pauses=st.lists(st.floats(0.0, 2.0), min_size=5, max_size=5),
    chunks=st.lists(st.integers(1, 60), min_size=1, max_size=10),
    ending=st.floats(0.0, 1.0),
    hole=st.tuples(st.floats(0, 1), st.floats(0, 0.9)),
)
def test_a_stream_in_any_pieces_gives_what_the_whole_gives(
    depths: list[float], pauses: list[float], chunks: list[int], ending: float, hole: tuple[float, float]
) -> None:
    knots, now = [(0.0, 0.0)], 0.0
    for depth, pause in zip(depths, pauses, strict=False):
        for seconds, value in ((0.5, 0.0), (0.9, depth), (pause, depth), (0.9, 0.0)):
            if seconds > 0.05:
                now += seconds
                knots.append((now, value))
    t, v = _curve(*knots, (now + 0.5, 0.4 * ending))
    gone = (t > hole[0] * now) & (t < hole[0] * now + hole[1])
    v = np.where(gone, np.nan, v)
    whole = _find(t, v)
    _check_order(whole, t)
    segmenter, streamed, at, k = RepetitionSegmenter(SETTINGS), [], 0, 0
    while at < len(t):
        size = chunks[k % len(chunks)]
        for x, y in zip(t[at : at + size], v[at : at + size], strict=True):
            for rep in segmenter.push(float(x), float(y)):
                # a live session hears of a repetition only once it is over
                assert rep.end_s <= x
                streamed.append(rep)
        at, k = at + size, k + 1
    assert [*streamed, *segmenter.finish()] == whole
    assert segmenter.finish() == []


def test_a_repetition_is_announced_as_soon_as_it_is_over() -> None:
    t, v = _curve(*_reps(3))
    segmenter = RepetitionSegmenter(SETTINGS)
    heard = [(float(x), rep) for x, y in zip(t, v, strict=True) for rep in segmenter.push(float(x), float(y))]
    assert len(heard) == 3
    assert all(0 <= at - rep.end_s < 0.15 for at, rep in heard)
    assert not segmenter.under_way


def test_under_way_is_true_between_going_down_and_coming_up() -> None:
    t, v = _curve(*_reps(1))
    segmenter = RepetitionSegmenter(SETTINGS)
    states = []
    for x, y in zip(t, v, strict=True):
        segmenter.push(float(x), float(y))
        states.append(segmenter.under_way)
    assert states[round(1.9 * FPS)]
    assert not states[round(0.7 * FPS)]
    assert not states[-1]


@pytest.mark.parametrize(
    ("start", "end"), [(4.0, 4.8), (4.4, 5.1), (4.65, 5.2), (4.0, 6.2)], ids=["down", "bottom", "turn", "all"]
)
def test_a_long_hole_drops_the_repetition_it_hides(start: float, end: float) -> None:
    # the second of three lasts from 3.8 to 6.0 with its turn at 4.9
    t, v = _curve(*_reps(3))
    reps = _find(t, np.where((t > start) & (t < end), np.nan, v))
    assert [round(r.turn_s) for r in reps if r.complete] == [2, 8]
    _check_order(reps, t)


def test_a_hole_at_the_bottom_leaves_nothing_of_the_repetition_under_way() -> None:
    t, v = _curve(*_reps(3))
    assert [round(r.turn_s) for r in _find(t, np.where((t > 4.95) & (t < 5.7), np.nan, v))] == [2, 8]


def test_a_hole_late_on_the_way_up_leaves_the_repetition_as_far_as_it_was_seen() -> None:
    t, v = _curve(*_reps(3))
    reps = _find(t, np.where((t > 5.6) & (t < 6.3), np.nan, v))
    assert [round(r.turn_s) for r in reps] == [2, 5, 8]
    assert [r.number for r in reps] == [1, 2, 3]
    assert reps[1].complete
    assert reps[1].end_s <= 5.6 + 1 / FPS


@pytest.mark.parametrize("at", [1.0, 1.5, 1.9, 2.4])
def test_a_short_hole_changes_nothing_much(at: float) -> None:
    t, v = _curve(*_reps(1))
    (whole,), (holed,) = _find(t, v), _find(t, np.where((t > at) & (t < at + 0.3), np.nan, v))
    assert holed.complete
    assert holed.turn_s == pytest.approx(whole.turn_s, abs=0.12)


def test_frames_that_are_not_there_count_as_a_hole() -> None:
    t, v = _curve(*_reps(3))
    kept = ~((t > 4.0) & (t < 5.5))
    assert [round(r.turn_s) for r in _find(t[kept], v[kept]) if r.complete] == [2, 8]


def test_nothing_measured_gives_nothing() -> None:
    assert _find(np.arange(100) / FPS, np.full(100, np.nan)) == []
    assert _find(np.array([]), np.array([])) == []


@pytest.mark.parametrize("fps", [24.0, 120.0])
def test_a_repetition_starts_and_ends_at_the_same_height(fps: float) -> None:
    t, v = _curve(*_reps(3), fps=fps)
    for rep in _find(t, v):
        assert np.interp(rep.start_s, t, v) == pytest.approx(0.08 * 0.4, abs=0.005)
        assert np.interp(rep.end_s, t, v) == pytest.approx(0.08 * 0.4, abs=0.005)


def test_a_small_shift_of_the_stance_before_the_first_repetition_does_not_start_it() -> None:
    # knees soften by more than the least excursion, ten seconds before the first squat
    t, v = _curve((0, 0), (1, 0), (1.5, 0.065), (11.5, 0.065), (12.5, 0.5), (13.5, 0.065), (15, 0.065))
    (rep,) = _find(t, v)
    assert rep.turn_s == pytest.approx(12.5, abs=0.1)
    assert rep.start_s == pytest.approx(11.7, abs=0.3)


def test_memory_stays_bounded_while_standing() -> None:
    segmenter = RepetitionSegmenter(SETTINGS)
    for i in range(5000):
        segmenter.push(i / FPS, 0.01 * np.sin(i / 40))
    assert len(segmenter._samples) <= 31 * FPS
