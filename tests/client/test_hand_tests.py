"""Values taken by hand: held against norms that bear it, one side against the other, and never against an unchecked number."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from movescreen.catalog.norms_compare import NormLabel
from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.norms_schema import Verified
from movescreen.client.visits.hand_tests import (
    NO_NORM,
    compare_test_sides,
    detectable_change,
    judge_measurement,
    judge_visit,
)
from movescreen.client.visits.visit import HandMeasurement
from tests.support.clients import CARE, make_person, make_visit

NORMS = load_norms()
ADULT = make_person()


def judge(test: str, value: float, side: str = "", birth_year: int | None = 1991, sex: str = "female"):  # type: ignore[no-untyped-def]
    person = replace(make_person(birth_year=birth_year), sex=sex)  # type: ignore[arg-type]
    return judge_measurement(HandMeasurement(test=test, side=side, value=value), person, CARE, NORMS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "value", "side", "birth_year", "label"),
    [
        ("knee_to_wall_angle", 29, "left", 1991, NormLabel.LIMITED),
        ("knee_to_wall_angle", 33, "left", 1991, NormLabel.BETWEEN),
        ("knee_to_wall_angle", 38, "left", 1991, NormLabel.TYPICAL),
        ("fingertip_to_floor", 14, "", 1995, NormLabel.HIGH),
        ("fingertip_to_floor", -3, "", 1995, NormLabel.TYPICAL),
        ("chair_stand_5x", 12.5, "", 1950, NormLabel.WITHIN),
        ("chair_stand_5x", 12.7, "", 1950, NormLabel.BEYOND),
        ("chair_stand_5x", 19, "", 1974, NormLabel.HIGH),
        ("chair_stand_5x", 10, "", 1974, NormLabel.TYPICAL),
        ("chair_stand_30s", 9, "", 1950, NormLabel.BEYOND),
        ("chair_stand_30s", 10, "", 1950, NormLabel.WITHIN),
        ("timed_up_and_go", 12.5, "", 1950, NormLabel.BEYOND),
        ("timed_up_and_go", 12, "", 1950, NormLabel.WITHIN),
        ("four_stage_balance", 2, "", 1950, NormLabel.BEYOND),
        ("four_stage_balance", 3, "", 1950, NormLabel.WITHIN),
        ("less_score", 7, "", 2005, NormLabel.BEYOND),
        ("less_score", 6, "", 2005, NormLabel.WITHIN),
        ("grip_strength", 20, "left", 2001, NormLabel.BELOW),
        ("grip_strength", 30, "left", 2001, NormLabel.TYPICAL),
        ("knee_to_wall", 6.3, "left", 1991, NormLabel.LIMITED),
        ("knee_to_wall", 12, "left", 1991, NormLabel.TYPICAL),
        ("hip_flexion", 120, "left", 2020, NormLabel.LIMITED),
    ],
)
def test_a_checked_norm_speaks(test: str, value: float, side: str, birth_year: int, label: NormLabel) -> None:
    reading = judge(test, value, side, birth_year)
    assert reading.comparison is not None
    assert reading.comparison.label is label
    assert reading.comparison.source.citation
    assert reading.limited is (label in (NormLabel.LIMITED, NormLabel.HIGH, NormLabel.BEYOND))


@pytest.mark.parametrize(
    ("test", "side", "birth_year", "sex"),
    [
        ("knee_to_wall", "left", 1970, "female"),  # 35 young adults only
        ("ankle_dorsiflexion", "left", 1991, "female"),  # the later age bands are from memory
        ("fingertip_to_floor", "", 1950, "female"),  # young adults only
        ("chair_stand_5x", "", 1991, "female"),  # from 50 years on
        ("chair_stand_5x", "", 1974, ""),  # for women and men apart
        ("thomas_test", "left", 1991, "female"),
        ("y_balance_anterior", "left", 1991, "female"),  # means only, and the leg was not measured
        ("knee_to_wall_angle", "left", None, "female"),  # nobody knows the age
        ("single_leg_heel_raise", "left", 1991, "female"),
    ],
)
def test_without_a_checked_norm_nothing_is_said(test: str, side: str, birth_year: int | None, sex: str) -> None:
    reading = judge(test, 10, side, birth_year, sex)
    assert reading.comparison is None
    assert reading.reason
    assert not reading.limited


def test_a_mean_without_a_spread_is_told_but_does_not_judge() -> None:
    reading = judge("single_leg_stance", 9, "left", 1950)
    assert reading.comparison is None
    assert "the mean of adults of 70 to 79 years is 21.5 s (Springer" in reading.reason
    assert reading.reason.startswith(NO_NORM)


def test_a_norm_says_whether_it_is_the_same_test() -> None:
    stance = judge("single_leg_stance", 9, "left", 1950)
    assert stance.reason.endswith("The same test.")
    raises = judge("single_leg_heel_raise", 9, "left", 1991)
    assert "the median of women of 30 to 39 years is 27 reps" in raises.reason
    assert "Nearly the same test: on a slope of 10 degrees; here on the level." in raises.reason
    chair = judge("chair_stand_5x", 13, "", 1950)
    assert chair.comparison is not None
    assert "over 12.6 s counts as slower than average" in chair.comparison.text
    assert chair.comparison.text.endswith("Nearly the same test: studies with chairs of different height.")


def test_a_reach_is_held_against_the_leg() -> None:
    leg = HandMeasurement(test="leg_length", value=90)
    hop = tuple(HandMeasurement(test="single_leg_hop", side="left", value=v) for v in (90, 160))
    pupil = replace(make_person(birth_year=2010), sex="female")
    for each, label in zip(hop, (NormLabel.LIMITED, NormLabel.TYPICAL), strict=True):
        reading = next(r for r in judge_visit(make_visit(measurements=(each, leg)), pupil, CARE, NORMS) if r.side)
        assert reading.comparison is not None
        assert reading.comparison.label is label
        assert reading.value == each.value
    (alone,) = judge_visit(make_visit(measurements=hop[:1]), pupil, CARE, NORMS)
    assert alone.comparison is None
    assert "which was not measured: length of the leg" in alone.reason


@pytest.mark.parametrize("test", CARE.hand_tests)
def test_every_test_says_how_it_is_done_and_each_error_whose_it_is(test: str) -> None:
    spec = CARE.hand_test(test)
    assert len(spec.how) > 40
    change = detectable_change(spec, NORMS)
    assert math.isnan(change.value) or len(change.source) > 20


def test_no_unchecked_norm_ever_speaks() -> None:
    unchecked = {row.id for row in NORMS if row.verified is Verified.UNVERIFIED}
    for test, spec in CARE.hand_tests.items():
        for year in range(1930, 2024, 3):
            reading = judge(test, (spec.low + spec.high) / 2, "left" if spec.sided else "", year)
            assert reading.comparison is None or reading.comparison.norm_id not in unchecked


def sides(test: str, left: float, right: float):  # type: ignore[no-untyped-def]
    values = tuple(HandMeasurement(test=test, side=s, value=v) for s, v in (("left", left), ("right", right)))  # type: ignore[arg-type]
    return compare_test_sides(make_visit(measurements=values), test, CARE, NORMS)


def test_sides_are_compared_with_the_error_of_a_difference() -> None:
    found = sides("knee_to_wall", 11, 7)
    assert (found.worse, abs(found.difference)) == ("right", 4)
    assert found.lsi_pct == pytest.approx(63.6, abs=0.1)
    assert found.detectable == 1.5
    assert "Chisholm" in found.change.source
    assert sides("knee_to_wall", 9, 9).worse == ""
    assert math.isnan(sides("single_leg_heel_raise", 0, 20).lsi_pct)
    assert sides("knee_to_wall_angle", 30, 40).detectable == 4.7
    one = make_visit(measurements=(HandMeasurement(test="knee_to_wall", side="left", value=9),))
    assert compare_test_sides(one, "knee_to_wall", CARE, NORMS) is None


def test_detectable_changes_come_from_checked_sources_only() -> None:
    known = detectable_change(CARE.hand_test("knee_to_wall"), NORMS)
    assert known.value == 1.9
    assert "Powden" in known.source
    assert math.isnan(detectable_change(CARE.hand_test("fingertip_to_floor"), NORMS).value)
    assert math.isnan(detectable_change(CARE.hand_test("thomas_test"), NORMS).value)
    heel = detectable_change(CARE.hand_test("single_leg_heel_raise"), NORMS)
    assert heel.value == 6.5, "not 18.6, of people who did twice as many repetitions by other rules"
    assert detectable_change(CARE.hand_test("y_balance_anterior"), NORMS).value == pytest.approx(2.77 * 3.1, abs=0.02)
    assert detectable_change(CARE.hand_test("hop_6m_timed"), NORMS).value == 0.17
    assert detectable_change(CARE.hand_test("timed_up_and_go"), NORMS).value == 2.08
    assert detectable_change(CARE.hand_test("grip_strength"), NORMS).value == 5.1


def test_the_latest_value_of_a_day_counts() -> None:
    values = tuple(HandMeasurement(test="knee_to_wall_angle", side="left", value=v) for v in (25, 36))
    (reading,) = judge_visit(make_visit(measurements=values), ADULT, CARE, NORMS)
    assert reading.value == 36
