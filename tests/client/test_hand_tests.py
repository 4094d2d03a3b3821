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
        ("chair_stand_5x", 12, "", 1950, NormLabel.HIGH),
        ("hip_flexion", 120, "left", 2020, NormLabel.LIMITED),
    ],
)
def test_a_checked_norm_speaks(test: str, value: float, side: str, birth_year: int, label: NormLabel) -> None:
    reading = judge(test, value, side, birth_year)
    assert reading.comparison is not None
    assert reading.comparison.label is label
    assert reading.comparison.source.citation
    assert reading.limited is (label in (NormLabel.LIMITED, NormLabel.HIGH))


@pytest.mark.parametrize(
    ("test", "side", "birth_year", "sex"),
    [
        ("knee_to_wall", "left", 1991, "female"),  # only unchecked means are known
        ("ankle_dorsiflexion", "left", 1991, "female"),  # the later age bands are from memory
        ("fingertip_to_floor", "", 1950, "female"),  # young adults only
        ("chair_stand_5x", "", 1991, "female"),  # older women only
        ("chair_stand_5x", "", 1950, "male"),
        ("chair_stand_5x", "", 1950, ""),
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
    assert "the mean of adults of 70 to 79 years is 17.2 s (Bohannon" in reading.reason
    assert reading.reason.startswith(NO_NORM)


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
    assert math.isnan(detectable_change(CARE.hand_test("single_leg_hop"), NORMS).value)


def test_the_latest_value_of_a_day_counts() -> None:
    values = tuple(HandMeasurement(test="knee_to_wall_angle", side="left", value=v) for v in (25, 36))
    (reading,) = judge_visit(make_visit(measurements=values), ADULT, CARE, NORMS)
    assert reading.value == 36
