"""Jumps and holds on signals made by hand: their times, the clip's border, holes, slips, walking, stepping up."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.kinematics import compute_driver, prepare_poses
from movescreen.model import FloatArray, Repetition
from movescreen.repetitions.attempts import find_holds, find_jumps
from tests.support import figure as p
from tests.support.figure import Camera, Clip

FPS = 60.0
LEAST = 0.05


def _time(seconds: float) -> FloatArray:
    return np.arange(round(seconds * FPS)) / FPS


def _bump(t: FloatArray, start: float, end: float, height: float) -> FloatArray:
    """Return a parabola between two times, 0 outside."""
    share = (t - start) / (end - start)
    return np.clip(4 * height * share * (1 - share), 0.0, None)


def _jump_signals(seconds: float = 6.0, take_off: float = 3.0, flight: float = 0.5) -> tuple[FloatArray, ...]:
    """Return times, clearance and body rise: a dip of 0.6 s before the flight and a landing of 0.6 s."""
    t = _time(seconds)
    clearance = _bump(t, take_off, take_off + flight, 0.36)
    dips = _bump(t, take_off - 0.6, take_off, 0.3) + _bump(t, take_off + flight, take_off + flight + 0.6, 0.3)
    return t, clearance, clearance - dips


def _jumps(t: FloatArray, clearance: FloatArray, rise: FloatArray) -> list[Repetition]:
    return find_jumps(t, clearance, rise, LEAST)


def test_a_jump_runs_from_the_dip_to_the_end_of_the_landing_and_turns_at_its_top() -> None:
    (rep,) = _jumps(*_jump_signals())
    assert rep.complete
    assert rep.turn_s == pytest.approx(3.25, abs=1.5 / FPS)
    assert rep.start_s == pytest.approx(2.4, abs=0.05)
    assert rep.end_s == pytest.approx(4.1, abs=0.05)
    assert rep.excursion == pytest.approx(0.36, abs=0.005)
    # a parabola is above 30 % of its height for the square root of 0.7 of its time
    assert rep.turn_end_s - rep.turn_start_s == pytest.approx(0.5 * 0.7**0.5, abs=2 / FPS)


def test_jumps_are_numbered_in_order() -> None:
    t = _time(9.0)
    parts = [_jump_signals(9.0, at) for at in (1.5, 4.0, 6.5)]
    reps = _jumps(t, sum(x[1] for x in parts), sum(x[2] for x in parts))
    assert [r.number for r in reps] == [1, 2, 3]
    assert [r.turn_s for r in reps] == pytest.approx([1.75, 4.25, 6.75], abs=1.5 / FPS)


@pytest.mark.parametrize("flight", [0.05, 0.1, 1.5, 2.5])
def test_what_is_too_short_or_too_long_in_the_air_is_no_jump(flight: float) -> None:
    assert _jumps(*_jump_signals(8.0, flight=flight)) == []


def test_feet_that_hardly_leave_the_ground_are_no_jump() -> None:
    t, clearance, rise = _jump_signals()
    assert _jumps(t, 0.12 * clearance, rise) == []


def test_feet_pulled_up_while_the_body_stays_are_no_jump() -> None:
    t, clearance, rise = _jump_signals()
    assert _jumps(t, clearance, np.minimum(rise, 0.0)) == []
    assert _jumps(t, clearance, np.full_like(t, np.nan)) == []


def test_stepping_up_is_no_jump() -> None:
    t = _time(8.0)
    up = np.clip((t - 3.0) / 0.4, 0, 1) - np.clip((t - 5.0) / 0.4, 0, 1)
    assert _jumps(t, 0.25 * up, 0.25 * up) == []
    # and not coming down again
    up = 0.25 * np.clip((t - 3.0) / 0.4, 0, 1)
    assert _jumps(t, up, up) == []


def test_nothing_measured_is_no_jump() -> None:
    nothing = np.full(300, np.nan)
    assert _jumps(_time(5.0), nothing, nothing) == []
    assert _jumps(_time(5.0), np.zeros(300), np.zeros(300)) == []


@pytest.mark.parametrize(
    ("begin", "end", "complete"),
    [(0.0, 3.4, [False]), (3.1, 6.0, [False]), (0.0, 3.2, []), (3.3, 6.0, [])],
    ids=["no landing", "no take-off", "only up", "only down"],
)
def test_a_flight_that_the_clip_cuts_off_is_not_complete(begin: float, end: float, complete: list[bool]) -> None:
    signals = _jump_signals()
    seen = (signals[0] >= begin) & (signals[0] < end)
    assert [r.complete for r in _jumps(*(x[seen] for x in signals))] == complete


def test_a_jump_whose_landing_is_cut_off_after_the_feet_are_down_is_complete() -> None:
    signals = _jump_signals()
    seen = signals[0] < 3.65
    (rep,) = _jumps(*(x[seen] for x in signals))
    assert rep.complete
    assert rep.end_s == pytest.approx(3.65, abs=2 / FPS)


def test_a_hole_in_the_flight_leaves_no_complete_jump() -> None:
    t, clearance, rise = _jump_signals(flight=0.7)
    clearance[(t > 3.3) & (t < 3.4)] = np.nan
    reps = _jumps(t, clearance, rise)
    assert len(reps) == 2
    assert not any(r.complete for r in reps)


@pytest.mark.parametrize("hole", [(1.0, 1.8), (4.6, 5.4)])
def test_a_hole_elsewhere_changes_nothing(hole: tuple[float, float]) -> None:
    t, clearance, rise = _jump_signals()
    plain = _jumps(t, clearance, rise)
    gone = (t > hole[0]) & (t < hole[1])
    assert _jumps(t, np.where(gone, np.nan, clearance), np.where(gone, np.nan, rise)) == plain


def _found_jumps(clip: Clip) -> list[Repetition]:
    prepared = prepare_poses(clip.poses)
    signals = (compute_driver(prepared, name, planted=False) for name in ("foot_clearance", "body_rise"))
    return find_jumps(clip.poses.time_s, *signals, LEAST)


def test_squatting_walking_and_rising_are_no_jumps() -> None:
    camera = Camera(90.0, 200.0, (1600, 960))
    for clip in (p.squat(2), p.walk_in_and_out(p.squat(1, camera), camera), p.chair_stands(3), p.one_leg_stance(1)):
        assert _found_jumps(clip) == []


# --- holds ----------------------------------------------------------------------------------------------------------


def _held(t: FloatArray, *spans: tuple[float, float, float]) -> FloatArray:
    out = np.zeros_like(t)
    for start, end, height in spans:
        out[(t >= start) & (t < end)] = height
    return out


def _holds(t: FloatArray, held: FloatArray, least_s: float = 2.0) -> list[tuple[int, float, float, bool]]:
    reps = find_holds(t, held, 0.1, least_s)
    return [(r.number, round(r.start_s, 1), round(r.end_s, 1), r.complete) for r in reps]


def test_holds_of_both_signs_are_numbered_in_order_of_time() -> None:
    t = _time(30.0)
    held = _held(t, (2.0, 7.0, -0.3), (9.0, 14.0, 0.3), (16.0, 26.0, -0.2))
    assert _holds(t, held) == [(1, 2.0, 7.0, True), (2, 9.0, 14.0, True), (3, 16.0, 26.0, True)]
    first = find_holds(t, held, 0.1, 2.0)[0]
    assert (first.turn_start_s, first.turn_end_s) == (first.start_s, first.end_s)
    assert first.turn_s == pytest.approx(4.5, abs=0.02)
    assert first.excursion == pytest.approx(0.3)


def test_short_and_low_ones_are_not_told() -> None:
    t = _time(12.0)
    assert _holds(t, _held(t, (2.0, 3.5, 0.3), (5.0, 9.0, 0.09))) == []


@pytest.mark.parametrize(("lost_s", "count"), [(0.05, 1), (0.2, 1), (0.4, 2), (1.0, 2)])
def test_a_landmark_that_slips_for_a_moment_is_no_foot_put_down(lost_s: float, count: int) -> None:
    t = _time(14.0)
    held = _held(t, (2.0, 12.0, 0.3))
    for lost in (0.0, np.nan):
        broken = np.where((t >= 6.0) & (t < 6.0 + lost_s), lost, held)
        assert len(_holds(t, broken)) == count


def test_changing_legs_at_once_makes_two_holds() -> None:
    t = _time(14.0)
    assert _holds(t, _held(t, (2.0, 6.0, 0.3), (6.1, 10.0, -0.3))) == [(1, 2.0, 6.0, True), (2, 6.1, 10.0, True)]


@pytest.mark.parametrize(
    ("span", "whole"), [((0.0, 8.0), False), ((4.0, 12.0), False), ((0.0, 12.0), False), ((2.0, 8.0), True)]
)
def test_a_hold_under_way_at_the_clips_border_is_a_lower_bound(span: tuple[float, float], whole: bool) -> None:
    t = _time(12.0)
    ((_, _, _, complete),) = _holds(t, _held(t, (*span, 0.3)))
    assert complete is whole


@pytest.mark.parametrize("gone", [(0.0, 3.0), (7.0, 12.0)])
def test_a_hold_whose_begin_or_end_was_not_seen_is_a_lower_bound(gone: tuple[float, float]) -> None:
    t = _time(12.0)
    held = np.where((t >= gone[0]) & (t < gone[1]), np.nan, _held(t, (2.0, 8.0, 0.3)))
    ((_, start, end, complete),) = _holds(t, held)
    assert (start, end) == (max(2.0, gone[1]), 8.0) if gone[0] == 0.0 else (2.0, 7.0)
    assert not complete


def test_nothing_measured_is_no_hold() -> None:
    assert _holds(_time(5.0), np.full(300, np.nan)) == []


def test_walking_and_squatting_hold_nothing() -> None:
    camera = Camera(90.0, 200.0, (1600, 960))
    for clip in (p.squat(2), p.walking(6.0, camera), p.walk_in_and_out(p.squat(1, camera), camera), p.jump(2)):
        driver = compute_driver(prepare_poses(clip.poses), "foot_lift")
        assert find_holds(clip.poses.time_s, driver, 0.06, 2.0) == []
