"""Progress: a change counts beyond its error, and only between recordings that can be compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from movescreen.catalog import load_catalog, minimal_detectable_change
from movescreen.catalog.norms_library import load_norms
from movescreen.client.rules.progress import (
    ChangeState,
    Trend,
    compare_measurements,
    compare_visits,
    find_setup_differences,
)
from movescreen.client.visits.visit import HandMeasurement, Reading, Visit, record_screening
from movescreen.model import ScreeningResult
from tests.support.clients import CARE, DAY, make_record, make_setup, make_visit
from tests.support.results import front_squat, side_squat

CATALOG, NORMS = load_catalog(), load_norms()
LATER = DAY + timedelta(weeks=4)
LAST = DAY + timedelta(weeks=8)
MDC = minimal_detectable_change(CATALOG, "heel_rise", "side")


def heel(value: float, day: date = DAY, **setup: Any) -> Visit:
    reading = Reading(signal="heel_rise", side="right", value=value, unit="pct", error=3.3, reps=(value,) * 5)
    return make_visit(day, (make_record("heel_rise", side="right"),), readings=(reading,), setup=make_setup(**setup))


def one(*visits: Visit):  # type: ignore[no-untyped-def]
    (change,) = compare_visits(visits, CATALOG)
    return change


def test_a_change_counts_beyond_the_error_and_not_at_it() -> None:
    for size, state in (
        (MDC + 0.1, ChangeState.CHANGED),
        (MDC - 0.1, ChangeState.NO_CHANGE),
        (0.0, ChangeState.NO_CHANGE),
    ):
        for sign in (1, -1):
            change = one(heel(20.0), heel(20.0 + sign * size, LATER))
            assert change.state is state
            assert change.difference == pytest.approx(sign * size)
            assert change.detectable == MDC
    assert "rendered people" in one(heel(20), heel(5, LATER)).source


def test_the_trend_is_seen_from_the_limit() -> None:
    assert one(heel(20), heel(5, LATER)).trend is Trend.AWAY
    assert one(heel(5), heel(20, LATER)).trend is Trend.TOWARDS
    assert one(heel(5), heel(6, LATER)).trend is Trend.NEITHER


def in_front(day: date, check: str, movement: str, value: float, side: str = "", **about: Any) -> Visit:
    finding = make_record(check, movement=movement, side=side)
    reading = Reading(signal=finding.signal, side=side, value=value, unit="pct")  # type: ignore[arg-type]
    setup = make_setup(movement=movement, view="front", near_side="", yaw_deg=0.0)
    return make_visit(day, (replace(finding, **about),), readings=(reading,), setup=setup)


def test_a_shift_to_either_side_is_judged_by_its_size() -> None:
    def shift(value: float, day: date) -> Visit:
        return in_front(day, "weight_shift", "squat", value)

    assert one(shift(-25, DAY), shift(-2, LATER)).trend is Trend.AWAY
    assert one(shift(0, DAY), shift(-25, LATER)).trend is Trend.TOWARDS


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_a_lean_towards_the_leg_on_the_ground_is_judged_by_that_leg(side: str, sign: int) -> None:
    def lean(value: float, day: date) -> Visit:
        return in_front(day, "lateral_trunk_lean", "single_leg_squat", sign * value, side)

    assert one(lean(20, DAY), lean(2, LATER)).trend is Trend.AWAY
    assert one(lean(2, DAY), lean(20, LATER)).trend is Trend.TOWARDS


def test_the_limit_of_a_spread_or_of_an_unknown_signal_tells_no_trend() -> None:
    for about in (
        {"statistic": "spread"},
        {"statistic": "difference"},
        {"statistic": ""},
        {"signal": "trunk_lateral_lean"},
    ):
        visits = [in_front(d, "weight_shift", "squat", v, **about) for d, v in ((DAY, -25), (LATER, -2))]
        assert one(*visits).trend is Trend.NEITHER, about


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"view": "front"}, "other camera set-up: seen from the side, and then from the front"),
        ({"near_side": "left"}, "other camera set-up: the right side to the camera, and then the left"),
        ({"yaw_deg": 108.0}, "other camera set-up: turned by 20 degrees more"),
        ({"model_sha256": "n" * 64}, "other pose model"),
        ({"model_name": "lite"}, "other pose model: full and then lite"),
        ({"raw": True}, "other correction"),
        ({"catalog_sha256": "d" * 64}, "other catalog version"),
    ],
)
def test_another_recording_is_not_compared(changes: dict[str, Any], said: str) -> None:
    change = one(heel(20), heel(2, LATER, **changes))
    assert change.state is ChangeState.NOT_COMPARABLE
    assert said in change.reason
    assert change.trend is Trend.NEITHER


def test_a_little_turn_is_fine_from_the_side_and_less_from_the_front() -> None:
    assert find_setup_differences(make_setup(), make_setup(yaw_deg=100.0)) == []
    assert find_setup_differences(make_setup(yaw_deg=-179.0), make_setup(yaw_deg=179.0)) == []
    front = make_setup(view="front", near_side="", yaw_deg=0.0)
    assert find_setup_differences(front, make_setup(view="front", near_side="", yaw_deg=12.0))
    assert find_setup_differences(front, make_setup(view="front", near_side="", yaw_deg=None)) == []


def test_another_movement_is_not_compared() -> None:
    change = one(heel(20), heel(2, LATER, movement="lunge"))
    assert change.state is ChangeState.NOT_COMPARABLE
    assert "other movement: squat and then lunge" in change.reason


def test_the_first_comparable_visit_is_the_baseline() -> None:
    change = one(heel(30, near_side="left"), heel(20, LATER), heel(2, LAST))
    assert change.state is ChangeState.CHANGED
    assert change.baseline.day == LATER
    assert change.difference == pytest.approx(-18)
    assert "before that, other camera set-up" in change.reason
    assert [point.comparable for point in change.points] == [False, True, True]


def test_raw_readings_and_unknown_errors_say_nothing() -> None:
    change = one(heel(20, raw=True), heel(2, LATER, raw=True))
    assert change.state is ChangeState.NO_KNOWN_ERROR
    tempo = [
        make_visit(d, readings=(Reading(signal="descent_s", value=v, unit="s"),)) for d, v in ((DAY, 1.0), (LATER, 3.0))
    ]
    assert one(*tempo).state is ChangeState.NO_KNOWN_ERROR


def test_one_visit_is_no_progress() -> None:
    assert compare_visits([heel(20)], CATALOG) == ()
    assert compare_visits([], CATALOG) == ()
    assert compare_visits([heel(20), make_visit(LATER)], CATALOG) == ()


def hand(day: date, test: str, value: float, side: str = "left") -> Visit:
    return make_visit(day, measurements=(HandMeasurement(test=test, side=side, value=value),))  # type: ignore[arg-type]


def test_tests_by_hand_have_their_own_errors() -> None:
    def change(test: str, first: float, last: float, side: str = "left"):  # type: ignore[no-untyped-def]
        (made,) = compare_measurements([hand(DAY, test, first, side), hand(LATER, test, last, side)], CARE, NORMS)
        return made

    better = change("knee_to_wall", 7, 9.5)
    assert (better.state, better.trend, better.detectable) == (ChangeState.CHANGED, Trend.AWAY, 1.9)
    assert change("knee_to_wall", 7, 8.5).state is ChangeState.NO_CHANGE
    assert change("knee_to_wall", 9.5, 7).trend is Trend.TOWARDS
    assert change("single_leg_hop", 90, 150).state is ChangeState.CHANGED
    assert change("single_leg_hop", 90, 102).state is ChangeState.NO_CHANGE, "2.77 times 4.6 cm"
    assert change("thomas_test", 0, 20).state is ChangeState.NO_KNOWN_ERROR
    assert (
        compare_measurements([hand(DAY, "knee_to_wall", 7), hand(LATER, "knee_to_wall", 9, "right")], CARE, NORMS) == ()
    )


def record(*clips: Any) -> Any:
    made = ScreeningResult(
        client="P",
        clips=clips,
        findings=tuple(f for c in clips for f in c.findings),
        answered_by=tuple(i for i, c in enumerate(clips) for _ in c.findings),
    )
    return record_screening(made, CATALOG, ["a", "b"][: len(clips)])


def test_what_is_kept_of_a_clip() -> None:
    made = record(front_squat(5), side_squat(5))
    front, side = made.clips
    assert (front.folder, side.folder) == ("a", "b")
    assert (side.setup.view, side.setup.near_side, side.reps) == ("side", "right", 5)
    readings = {(r.signal, r.side): r for r in side.readings}
    knee = readings["knee_flexion", "right"]
    assert knee.value == pytest.approx(108, abs=0.5)
    assert knee.error == pytest.approx(2.5)  # the figure's own
    assert len(knee.reps) == 5
    assert readings["descent_s", ""].value == pytest.approx(1.35, abs=0.01)
    assert {f.check_id for f in made.findings} >= {"knee_valgus", "excessive_trunk_lean", "heel_rise"}
    assert made == type(made).model_validate_json(made.model_dump_json())


def test_findings_come_back_as_they_were() -> None:
    clip = side_squat(5)
    for kept, finding in zip(record(clip).findings, clip.findings, strict=True):
        assert kept == finding


def test_a_clip_without_repetitions_has_no_readings() -> None:
    assert record(front_squat(0)).clips[0].readings == ()


def test_spread_needs_three_repetitions() -> None:
    assert (
        Reading(signal="x", value=1, unit="deg", reps=(1, 2)).spread
        != Reading(signal="x", value=1, unit="deg", reps=(1, 2)).spread
    )
    assert Reading(signal="x", value=2, unit="deg", reps=(1, 2, 3)).spread == 1.0
