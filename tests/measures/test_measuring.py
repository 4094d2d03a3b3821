"""Every measure reads what was put into a figure, from every view that may show it; what is missing says why."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.schema import MeasureSpec
from movescreen.measures import MEASURES
from movescreen.measures.measuring import expected_error
from movescreen.measures.recording import Read, crossing
from movescreen.model import (
    BLAZEPOSE,
    Attempt,
    ClipResult,
    FloatArray,
    Measure,
    PoseSequence,
    Status,
    Summary,
    pool_measures,
    summarise,
)
from movescreen.pipeline import Request, analyze_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import LEG_M, YAWS, Camera, Clip

#: The heights between which the toes' way is drawn on to the ground, share of leg length, and the upper one's share of the highest.
LOW, HIGH, HIGH_SHARE = 0.06, 0.20, 0.6


def _analyze(clip: Clip, movement: str = "auto") -> ClipResult:
    return analyze_poses(clip.poses, clip.video, Request(movement, settings=Settings(raw=True)))


def _measure(result: ClipResult, name: str, side: str = "") -> Measure:
    (found,) = (m for m in result.measures if (m.name, m.side) == (name, side))
    return found


def _drawn_on(flight_s: float) -> float:
    """Return what a straight line through two heights of a parabola makes of a flight, s: it slows on its way up, so a little more."""
    fall = p.GRAVITY_M_S2 / 2 / LEG_M
    high = min(HIGH, HIGH_SHARE * fall * flight_s**2 / 4)
    # the first time at which fall * t * (flight - t) is the height
    at_low, at_high = (flight_s / 2 - math.sqrt(flight_s**2 / 4 - level / fall) for level in (LOW, high))
    return flight_s + 2 * at_low * at_high / (flight_s - at_low - at_high)


def _with_toes(clip: Clip, rise_m: FloatArray, camera: Camera) -> Clip:
    """Return the clip with other toes; hips and all that hangs on them stay."""
    posture = replace(clip.posture, lift_left=rise_m, lift_right=rise_m)
    return replace(clip, poses=p.film(posture, clip.poses.time_s, camera), posture=posture)


def _height_cm(flight_s: float) -> float:
    return 100 * 9.80665 * flight_s**2 / 8


# --- the table and the catalogue --------------------------------------------------------------------------------------


def test_the_catalogue_and_the_table_name_the_same_measures() -> None:
    named = [m.name for spec in load_catalog().movements.values() for m in spec.measures]
    assert sorted(named) == sorted(MEASURES)


def test_every_movement_with_measures_has_one_entry_for_each() -> None:
    clips = {
        "countermovement_jump": p.jump(1),
        "sit_to_stand": p.chair_stands(5),
        "single_leg_stance": p.one_leg_stance(1),
    }
    for name, clip in clips.items():
        result = _analyze(clip)
        assert result.movement.name == name
        assert [m.name for m in result.measures] == [m.name for m in load_catalog().movement(name).measures]
        assert all(m.known or m.reason for m in result.measures)
        for found, spec in zip(result.measures, load_catalog().movement(name).measures, strict=True):
            assert (found.title, found.unit, found.hand_test) == (spec.title, spec.unit, spec.hand_test)
            assert all((found.definition, found.error_from, found.summary))
    assert _analyze(p.squat(1)).measures == ()


# --- jumps ----------------------------------------------------------------------------------------------------------


#: Speed of the toes on a straight way, m/s, up and down.
SPEED_M_S = 1.4


@pytest.mark.slow
@pytest.mark.parametrize("view", YAWS)
@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
def test_toes_on_a_straight_way_near_the_ground_are_read_exactly(fps: float, view: str) -> None:
    flights, camera = (0.37, 0.5, 0.64), Camera(YAWS[view])
    clip = p.jump(3, camera, flight_s=flights, fps=fps)
    t = clip.poses.time_s
    straight = sum(np.clip(SPEED_M_S * np.minimum(t - off, on - t), 0.0, 0.3) for off, on in clip.events_s)
    result = _analyze(_with_toes(clip, straight, camera), "countermovement_jump")
    time, height = _measure(result, "flight_time"), _measure(result, "jump_height")
    assert [a.value for a in time.attempts] == pytest.approx(flights, abs=0.001)
    assert [a.value for a in height.attempts] == pytest.approx([_height_cm(a.value) for a in time.attempts])
    assert height.value == _height_cm(time.value) == pytest.approx(_height_cm(0.5), abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("flight", [0.3, 0.4, 0.5, 0.65])
@pytest.mark.parametrize("view", YAWS)
def test_a_free_flight_is_read_a_little_long_because_it_is_curved(view: str, flight: float) -> None:
    result = _analyze(p.jump(3, Camera(YAWS[view]), flight_s=flight, fps=240.0))
    assert result.movement.name == "countermovement_jump"
    found = _measure(result, "flight_time")
    assert [a.value for a in found.attempts] == pytest.approx([_drawn_on(flight)] * 3, abs=0.0006)
    assert 0.002 < found.value - flight < 0.025


@pytest.mark.slow
@pytest.mark.parametrize("flight", [0.35, 0.4, 0.5, 0.65])
@pytest.mark.parametrize("view", YAWS)
@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_free_flights_are_read_within_twice_the_error(fps: float, view: str, flight: float) -> None:
    result = _analyze(p.jump(3, Camera(YAWS[view]), flight_s=flight, fps=fps))
    time, height = _measure(result, "flight_time"), _measure(result, "jump_height")
    assert len(time.attempts) == len(height.attempts) == 3
    for seconds, cm in zip(time.attempts, height.attempts, strict=True):
        assert abs(seconds.value - flight) < 2 * seconds.error
        assert abs(cm.value - _height_cm(flight)) < 2 * cm.error
    assert abs(time.value - flight) < 2 * time.error


def test_each_jump_has_its_own_time_and_the_middle_one_stands_for_them() -> None:
    flights = (0.42, 0.55, 0.48)
    found = _measure(_analyze(p.jump(3, flight_s=flights)), "flight_time")
    assert [a.value for a in found.attempts] == pytest.approx([_drawn_on(f) for f in flights], abs=0.006)
    assert found.value == found.attempts[2].value
    assert [a.rep for a in found.attempts] == [1, 2, 3]


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
def test_the_error_of_a_flight_depends_on_how_often_the_camera_looks(fps: float) -> None:
    found = _measure(_analyze(p.jump(3, flight_s=0.5, fps=fps)), "flight_time")
    for attempt in found.attempts:
        assert abs(attempt.value - 0.5) < 2 * attempt.error
        assert attempt.error == pytest.approx(math.hypot(0.012, 0.5 / fps), rel=0.01)


def test_a_jump_too_low_for_a_line_between_two_heights_leaves_a_reason() -> None:
    # the toes rise by 9.3 percent of the leg: six tenths of it lie below the lower height
    found = _measure(_analyze(p.jump(1, flight_s=0.252), "countermovement_jump"), "flight_time")
    assert found.reason == "what it is read from was not seen well enough"


def test_noise_of_a_few_pixels_costs_no_more_than_the_error() -> None:
    clip = p.jump(3, Camera(90.0, distance_m=3.5))
    found = _measure(_analyze(replace(clip, poses=p.with_noise(clip.poses, 1.5))), "flight_time")
    assert found.value == pytest.approx(0.5, abs=2 * found.error)


def test_heels_that_rise_without_a_flight_are_no_jump() -> None:
    t = p.sample_times(6.0, 60.0)
    tip = p.ease(t, [2.0, 2.4, 2.8, 3.2], [0, 0.1, 0.1, 0])
    posture = p.Posture(hip_z=0.0, hip_up=LEG_M - 0.002 + tip, tip_left=tip, tip_right=tip)
    result = _analyze(Clip(p.film(posture, t, Camera(90.0)), (), tip, posture), "countermovement_jump")
    assert all(m.reason and not m.attempts for m in result.measures)


@pytest.mark.parametrize("end", ["top", "landed"])
def test_a_jump_that_is_cut_off_is_not_measured_and_the_whole_ones_are(end: str) -> None:
    clip = p.jump(2, flight_s=0.6)
    off, on = clip.events_s[1]
    result = _analyze(p.trim(clip, end_s=off + 0.4 if end == "top" else on + 0.15))
    assert [r.complete for r in result.reps] == [True, end == "landed"]
    assert [a.rep for a in _measure(result, "jump_height").attempts] == ([1] if end == "top" else [1, 2])


def test_the_only_jump_cut_off_leaves_a_reason() -> None:
    clip = p.jump(1, flight_s=0.6)
    result = _analyze(p.trim(clip, end_s=clip.events_s[0][0] + 0.4), "countermovement_jump")
    assert {m.reason for m in result.measures} == {"no complete attempt was seen"}
    assert all(math.isnan(m.value) and math.isnan(m.error) for m in result.measures)


def test_toes_that_were_not_seen_leave_a_reason() -> None:
    clip = p.jump(2)
    image = clip.poses.image_xy_px.copy()
    image[:, BLAZEPOSE.index["left_foot_index"]] = np.nan
    result = _analyze(replace(clip, poses=clip.poses.with_points(image, clip.poses.world_xyz_m)))
    assert len(result.reps) == 2
    assert {m.reason for m in result.measures} == {"what it is read from was not seen well enough"}


# --- chair stands ---------------------------------------------------------------------------------------------------

STANDS: dict[str, dict[str, object]] = {
    "usual": {},
    "hurried": {"lean_s": 0.2, "rise_s": 0.45, "stand_s": 0.05, "sit_s": 0.6},
    "slow": {"lean_s": 0.6, "rise_s": 1.2, "stand_s": 0.5, "sit_s": 1.2},
    "from a high seat": {"seat_up_m": 0.55, "seat_behind_m": 0.32},
    "with a far lean": {"lean": 55.0},
    "filmed at the last moment": {"rest_s": 0.5, "tail_s": 0.4},
}


def _five(clip: Clip) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what is read and what was put in, to the fifth seat met and to the fifth standing."""
    result = _analyze(clip, "sit_to_stand")
    begin, stood, met = clip.events_s[0][0], clip.events_s[4][2], clip.events_s[4][3]
    read = [_measure(result, name).value for name in ("chair_stand_5x_time", "chair_rise_5x_time")]
    return (read[0], met - begin), (read[1], stood - begin)


@pytest.mark.parametrize("style", STANDS)
@pytest.mark.parametrize("view", ["side_right", "side_left", "oblique"])
def test_five_chair_stands(view: str, style: str) -> None:
    for read, put_in in _five(p.chair_stands(5, Camera(YAWS[view]), **STANDS[style])):
        # who moves slowly begins and ends less clearly
        assert read == pytest.approx(put_in, abs=0.25 if style == "slow" else 0.15)


@pytest.mark.parametrize("style", STANDS)
@pytest.mark.parametrize("view", ["front", "back"])
def test_from_the_front_the_first_lean_is_seen_late_but_before_the_seat_is_left(view: str, style: str) -> None:
    clip = p.chair_stands(5, Camera(YAWS[view]), **STANDS[style])
    lean_s = clip.events_s[0][1] - clip.events_s[0][0]
    for read, put_in in _five(clip):
        assert put_in - lean_s < read < put_in + 0.05


@pytest.mark.parametrize("rise", [0.5, 0.8, 1.6])
@pytest.mark.parametrize("view", ["side_right", "front"])
def test_one_rise_from_3_percent_above_the_seat_to_2_below_standing(view: str, rise: float) -> None:
    found = _measure(_analyze(p.chair_stands(5, Camera(YAWS[view]), rise_s=rise), "sit_to_stand"), "chair_rise_time")
    at = np.arccos(1 - 2 * np.array([0.03, 0.98])) / np.pi
    assert len(found.attempts) == 5
    for attempt in found.attempts:
        assert attempt.value == pytest.approx(rise * (at[1] - at[0]), abs=0.06)


def test_each_rise_has_its_own_time() -> None:
    rises = (0.6, 0.7, 0.9, 1.2, 1.6)
    found = _measure(_analyze(p.chair_stands(5, rise_s=rises)), "chair_rise_time")
    share = found.attempts[2].value / 0.9
    assert [a.value for a in found.attempts] == pytest.approx([share * r for r in rises], abs=0.06)
    assert found.value == found.attempts[2].value


@pytest.mark.parametrize("count", [1, 3, 4])
def test_fewer_than_five_stands_are_no_test_but_each_rise_is_read(count: int) -> None:
    result = _analyze(p.chair_stands(count))
    for name in ("chair_stand_5x_time", "chair_rise_5x_time"):
        assert _measure(result, name).reason == f"needs 5 complete repetitions, {count} seen"
    assert len(_measure(result, "chair_rise_time").attempts) == count


def test_a_sixth_stand_counts_no_more() -> None:
    clip = p.chair_stands(6)
    found = _measure(_analyze(clip), "chair_stand_5x_time")
    assert found.value == pytest.approx(clip.events_s[4][3] - clip.events_s[0][0], abs=0.15)


def test_a_fifth_stand_cut_off_is_told() -> None:
    clip = p.chair_stands(5)
    result = _analyze(p.trim(clip, end_s=clip.events_s[4][2] + 0.1))
    assert _measure(result, "chair_stand_5x_time").reason == "needs 5 complete repetitions, 4 seen"


# --- standing on one leg --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [3.0, 12.0, 45.0])
@pytest.mark.parametrize("view", YAWS)
def test_stance_time(view: str, held: float) -> None:
    found = _measure(_analyze(p.one_leg_stance(1, Camera(YAWS[view]), held_s=held)), "stance_time", "right")
    assert found.value == pytest.approx(held, abs=0.1)
    assert not found.at_least


@pytest.mark.parametrize("lift", [0.12, 0.4])
def test_stance_time_does_not_depend_on_how_high_the_foot_is(lift: float) -> None:
    found = _measure(_analyze(p.one_leg_stance(1, lift_m=lift)), "stance_time", "right")
    assert found.value == pytest.approx(8.0, abs=0.1)


def test_each_leg_has_its_own_time_and_the_longest_counts() -> None:
    result = _analyze(p.one_leg_stance(4, lead="both", held_s=5.0))
    assert [m.side for m in result.measures] == ["left", "right"] * 2
    for side, reps in (("right", [1, 3]), ("left", [2, 4])):
        found = _measure(result, "stance_time", side)
        assert [a.rep for a in found.attempts] == reps
        assert found.value == max(a.value for a in found.attempts)


@pytest.mark.parametrize("lead", ["left", "right"])
@pytest.mark.parametrize("sway_m", [0.01, 0.03])
def test_sway(lead: str, sway_m: float) -> None:
    clip = p.one_leg_stance(1, Camera(0.0), lead=lead, held_s=12.0, sway_m=sway_m)
    ((off, on),) = clip.events_s
    t = clip.poses.time_s
    put_in = np.asarray(clip.posture.shift)[(t >= off + 1.0) & (t <= on - 0.5)].std()
    found = _measure(_analyze(clip), "stance_sway", lead)
    assert found.value == pytest.approx(100 * put_in / LEG_M, rel=0.1)
    assert found.value == pytest.approx(100 * sway_m / math.sqrt(2) / LEG_M, rel=0.1)


@pytest.mark.parametrize("view", [v for v in YAWS if v != "front"])
def test_sway_needs_the_front_view(view: str) -> None:
    found = _measure(_analyze(p.one_leg_stance(1, Camera(YAWS[view]))), "stance_sway", "right")
    assert found.reason == f"needs the front view; this clip shows the {view.partition('_')[0]} view"
    assert not found.known


def test_a_stance_too_short_for_sway_says_so_and_is_timed() -> None:
    result = _analyze(p.one_leg_stance(1, held_s=2.6))
    assert _measure(result, "stance_time", "right").value == pytest.approx(2.6, abs=0.1)
    assert _measure(result, "stance_sway", "right").reason == "sway takes a stance of at least 6 s"


@pytest.mark.parametrize("border", ["end", "begin"])
def test_a_stance_that_the_clip_cuts_off_lasted_at_least_as_long_as_it_was_seen(border: str) -> None:
    clip = p.one_leg_stance(1, held_s=20.0)
    ((off, on),) = clip.events_s
    seen = p.trim(clip, end_s=off + 9.0) if border == "end" else p.trim(clip, start_s=on - 9.0)
    result = _analyze(seen)
    found = _measure(result, "stance_time", "right")
    assert found.at_least
    assert found.value == pytest.approx(9.0, abs=0.12)
    assert result.movement.name == "single_leg_stance"
    assert {f.status for f in result.findings if f.side == "right"} == {Status.CLEAR}
    # how steadily somebody stands is no lower bound
    sway = _measure(result, "stance_sway", "right")
    assert sway.known
    assert not sway.at_least


def test_a_shorter_stance_cut_off_is_no_bound_on_the_longest() -> None:
    clip = p.one_leg_stance(2, held_s=6.0)
    found = _measure(_analyze(p.trim(clip, end_s=clip.events_s[1][0] + 4.0)), "stance_time", "right")
    assert [a.at_least for a in found.attempts] == [False, True]
    assert found.value == pytest.approx(6.0, abs=0.1)
    assert not found.at_least


def _slip(poses: PoseSequence, start_s: float, end_s: float) -> PoseSequence:
    """Return poses in which the free foot is seen on the ground for a moment."""
    image = poses.image_xy_px.copy()
    free, stand = (BLAZEPOSE.index[f"{side}_ankle"] for side in ("left", "right"))
    lost = (poses.time_s >= start_s) & (poses.time_s < end_s)
    image[lost, free, 1] = image[lost, stand, 1]
    return poses.with_points(image, poses.world_xyz_m)


def test_a_slip_of_the_landmark_does_not_end_the_stance() -> None:
    clip = p.one_leg_stance(1, held_s=10.0)
    off = clip.events_s[0][0]
    slipped = replace(clip, poses=_slip(clip.poses, off + 3.0, off + 3.15))
    found = _measure(_analyze(slipped), "stance_time", "right")
    assert found.value == pytest.approx(10.0, abs=0.1)


def test_a_named_stance_without_any_says_so() -> None:
    result = _analyze(p.standing(5.0, Camera(0.0)), "single_leg_stance")
    assert [(m.name, m.side) for m in result.measures] == [("stance_time", ""), ("stance_sway", "")]
    assert {m.reason for m in result.measures} == {"no complete attempt was seen"}


# --- what goes wrong in recordings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_perspective_cost_no_more_than_the_errors_allow(seed: int) -> None:
    def noisy(clip: Clip) -> Clip:
        return replace(clip, poses=p.with_noise(clip.poses, 2.0, seed))

    chair = p.chair_stands(5, Camera(90.0, distance_m=3.5))
    result = _analyze(noisy(chair))
    assert result.movement.name == "sit_to_stand"
    for name, moment in (("chair_stand_5x_time", 3), ("chair_rise_5x_time", 2)):
        found = _measure(result, name)
        assert abs(found.value - (chair.events_s[4][moment] - chair.events_s[0][0])) < 2 * found.error
    stance = p.one_leg_stance(1, Camera(0.0, distance_m=3.5), held_s=12.0)
    result = _analyze(noisy(stance))
    assert result.movement.name == "single_leg_stance"
    time, sway = (_measure(result, name, "right") for name in ("stance_time", "stance_sway"))
    assert abs(time.value - 12.0) < 2 * time.error
    assert abs(sway.value - 100 * 0.012 / math.sqrt(2) / LEG_M) < 2 * sway.error


def test_a_person_lost_for_long_in_a_stance_makes_it_two_lower_bounds() -> None:
    clip = p.one_leg_stance(1, Camera(0.0), held_s=14.0)
    off = clip.events_s[0][0]
    result = _analyze(replace(clip, poses=p.with_gap(clip.poses, off + 5.0, off + 7.0)))
    found = _measure(result, "stance_time", "right")
    assert [a.at_least for a in found.attempts] == [True, True]
    assert [a.value for a in found.attempts] == pytest.approx([5.0, 7.0], abs=0.15)
    assert found.at_least


def test_a_person_lost_between_stands_leaves_what_was_seen() -> None:
    clip = p.chair_stands(5)
    begin, _, _, met = clip.events_s[2]
    result = _analyze(replace(clip, poses=p.with_gap(clip.poses, begin, met)))
    assert _measure(result, "chair_stand_5x_time").reason == "needs 5 complete repetitions, 4 seen"
    assert len(_measure(result, "chair_rise_time").attempts) == 4


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "values", "errors", "value", "error"),
    [
        ("median", [10.0], [2.0], 10.0, 2.0),
        ("median", [10.0, 12.0], [2.0, 4.0], 11.0, 3.0),
        # standard deviation 3, over the root of 3
        ("median", [10.0, 13.0, 16.0], [1.0, 1.0, 5.0], 13.0, math.sqrt(1.0 + 3.0)),
        ("longest", [5.0, 9.0], [0.1, 0.2], 9.0, 0.2),
        # the longest one is a single attempt: the whole spread counts
        ("longest", [10.0, 13.0, 16.0], [0.1, 0.2, 4.0], 16.0, 5.0),
        ("whole_set", [11.3], [0.2], 11.3, 0.2),
    ],
)
def test_attempts_are_summarised(
    how: Summary, values: list[float], errors: list[float], value: float, error: float
) -> None:
    attempts = [Attempt(rep=i, value=v, error=e) for i, (v, e) in enumerate(zip(values, errors, strict=True), start=1)]
    assert summarise(how, attempts) == (pytest.approx(value), pytest.approx(error), False)


def test_only_the_longest_attempt_makes_a_value_a_lower_bound() -> None:
    short, long = Attempt(rep=1, value=4.0, error=0.1, at_least=True), Attempt(rep=2, value=9.0, error=0.1)
    assert summarise("longest", [short, long]) == (9.0, 0.1, False)
    assert summarise("longest", [short, replace(long, at_least=True)])[2]


def test_attempts_of_several_clips_are_put_together() -> None:
    def sets(*values: float) -> Measure:
        attempts = tuple(Attempt(rep=1, value=v, error=0.2) for v in values)
        return Measure(
            name="chair_stand_5x_time",
            side="",
            title="Five",
            unit="s",
            digits=1,
            value=values[0],
            error=0.2,
            attempts=attempts,
            how="whole_set",
        )

    lost = Measure(
        name="chair_stand_5x_time",
        side="",
        title="Five",
        unit="s",
        digits=1,
        value=math.nan,
        error=math.nan,
        reason="too few",
    )
    pooled = pool_measures([sets(10.0), lost, sets(11.0), sets(12.0)])
    assert (pooled.value, pooled.error) == (11.0, pytest.approx(math.hypot(0.2, 1 / math.sqrt(3))))
    assert [a.value for a in pooled.attempts] == [10.0, 11.0, 12.0]
    assert pooled.summary == "middle of the sets"
    assert pool_measures([lost, lost]) is lost


@pytest.mark.parametrize(
    ("parts", "read", "frame_s", "error"),
    [
        ({"fixed": 0.2, "share": 0.1}, Read(1.5, 0.0), 1 / 30, math.hypot(0.2, 0.15)),
        ({"seconds": 0.03, "frames": 2.0}, Read(0.5), 0.02, 0.05),
        # 2 cm for every hundredth of a second
        ({"seconds": 0.03, "frames": 2.0}, Read(30.0, 200.0), 0.02, 10.0),
        ({"fixed": 2.0, "seconds": 0.01}, Read(30.0, 150.0), 0.02, 2.5),
    ],
)
def test_the_parts_of_an_error_add_in_squares(
    parts: dict[str, float], read: Read, frame_s: float, error: float
) -> None:
    spec = load_catalog().movement("countermovement_jump").measures[0]
    made = MeasureSpec.model_validate({**spec.model_dump(), "error": parts})
    assert expected_error(made, read, frame_s) == pytest.approx(error)


def test_the_error_of_a_height_is_that_of_its_flight_times_the_slope() -> None:
    result = _analyze(p.jump(1))
    time, height = _measure(result, "flight_time"), _measure(result, "jump_height")
    assert height.error == pytest.approx(100 * 9.80665 * time.value / 4 * time.error)


def test_the_test_ends_at_its_most() -> None:
    long = p.one_leg_stance(held_s=50.0)
    for clip in (long, p.trim(long, 0.0, 49.0)):
        (attempt,) = _measure(_analyze(clip), "stance_time", "right").attempts
        assert (attempt.value, attempt.at_least) == (45.0, False), "who stands for 45 s has done all of it"


def test_a_missing_value_needs_its_reason() -> None:
    with pytest.raises(ValueError, match="needs its reason"):
        Measure(name="jump_height", side="", title="Jump height", unit="cm", digits=0, value=math.nan, error=math.nan)
    assert not Measure(
        name="jump_height",
        side="",
        title="Jump height",
        unit="cm",
        digits=0,
        value=math.nan,
        error=math.nan,
        reason="not seen",
    ).known
    assert Measure(name="jump_height", side="", title="Jump height", unit="cm", digits=0, value=30.0, error=2.0).known


def test_a_crossing_lies_between_two_frames() -> None:
    t, values = np.arange(7.0), np.array([0.0, 1.0, 4.0, 5.0, 3.0, np.nan, 0.0])
    assert crossing(t, values, 3, -1, 2.0) == pytest.approx(1 + 1 / 3)
    assert crossing(t, values, 3, 1, 4.0) == pytest.approx(3.5)
    # what was not measured on the way is not guessed, and the clip may end before
    assert math.isnan(crossing(t, values, 3, 1, 1.0))
    assert math.isnan(crossing(t, values, 3, -1, -1.0))


@cache
def _all_views() -> list[ClipResult]:
    makers = {"countermovement_jump": p.jump, "sit_to_stand": p.chair_stands, "single_leg_stance": p.one_leg_stance}
    return [_analyze(make(1, Camera(yaw)), name) for name, make in makers.items() for yaw in YAWS.values()]


@pytest.mark.slow
def test_a_value_or_a_reason_never_both() -> None:
    for result in _all_views():
        for found in result.measures:
            assert found.known == (not found.reason) == bool(found.attempts) == math.isfinite(found.error)
