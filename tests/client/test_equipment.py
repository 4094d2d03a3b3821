"""What there is to train with: nothing is given that somebody has not got, and what nobody asked about is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.client.intake.model import Operation, Pain, parse_intake
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.visits.visit import HandMeasurement
from tests.client.test_goals import NORMS, QUIET
from tests.client.test_pathways import injured, pain
from tests.support.clients import CARE, DAY, by_hand, make_intake, make_person, make_visit
from tests.support.plans import make_plan

GEAR = {name: spec.gear for name, spec in CARE.exercises.items() if spec.gear}


def plan_for(**told: Any) -> Plan:
    knee = make_visit(
        measurements=(HandMeasurement(test="knee_effusion", value=0), HandMeasurement(test="knee_extension_deficit", value=0), *by_hand("quadriceps_strength", 1.5, 1.5)),
        notes=QUIET.notes,
    )  # fmt: skip
    return make_plan(make_person(**told), (knee,), CARE, NORMS)


def ligament() -> dict[str, Any]:
    word = {"cleared": True, "cleared_by": "surgeon", "cleared_on": "2026-02-20", "allowed": "load"}
    return {
        "operations": (
            Operation.model_validate(
                {"what": "ACL reconstruction", "place": "knee", "side": "left", "when": "2025-09-01"} | word
            ),
        )
    }


def names(plan: Plan) -> set[str]:
    return {each.exercise for each in plan.exercises}


def test_a_leg_press_is_for_who_has_one() -> None:
    assert "slow_leg_press" in names(plan_for(**ligament(), equipment=("gym",)))
    without = plan_for(**ligament(), equipment=("band",))
    assert "slow_leg_press" not in names(without)
    assert names(without) & {"goblet_squat", "split_squat", "box_squat", "step_up"}, (
        "the thigh is loaded in another way"
    )
    assert any(left.reason == "needs a leg press, and there is none" for left in without.left_out)


def test_without_a_band_the_foot_presses_against_a_table_leg() -> None:
    sprain = injured("ankle_sprain", "ankle", 5) | pain("ankle", 2, 4)
    assert "banded_ankle_outward" in names(plan_for(**sprain, equipment=("band",)))
    assert "ankle_outward_hold" in names(plan_for(**sprain, equipment=()))


def test_what_nobody_asked_about_is_given_and_said() -> None:
    unasked = plan_for(**ligament())
    assert "slow_leg_press" in names(unasked)
    assert any(
        line == "Nobody asked what there is to train with; the plan needs: a leg press." for line in unasked.cautions
    )
    assert not any("Nobody asked what there is" in line for line in plan_for(**ligament(), equipment=()).cautions)


@pytest.mark.parametrize(
    "told", [{}, ligament(), pain("groin", 1, 2), pain("shoulder", 1, 2), {"goal_words": "ride my bike"}]
)
def test_nothing_in_a_plan_needs_what_is_not_there(told: dict[str, Any]) -> None:
    plan = plan_for(**told, equipment=())
    assert not names(plan) & set(GEAR)
    barred = find_bars(make_person(**told, equipment=()), (QUIET,), CARE, NORMS)
    assert set(GEAR) <= set(barred)


def test_an_intake_of_before_was_not_asked() -> None:
    old = make_intake().model_dump_json(exclude={"equipment"})
    assert parse_intake(old).equipment is None
    assert parse_intake(make_intake(equipment=()).model_dump_json()).equipment == ()


def test_a_bike_that_is_offered_warms_up_and_a_fresh_or_stiff_knee_does_not_cycle() -> None:
    told = {"sports": ("running",), "goals": ("run",), "equipment": ("bike",)}
    assert "stationary_bike" in {e.exercise for e in make_plan(make_person(**told), (), CARE, NORMS).exercises}
    fresh = Operation(what="meniscus", place="knee", side="left", when=(DAY - timedelta(weeks=4)).isoformat())
    assert "stationary_bike" in find_bars(make_person(**told, operations=(fresh,)), (), CARE, NORMS)
    stiff = make_visit(measurements=by_hand("knee_flexion", 95, 135))
    sore = (Pain(place="knee", side="left", now=1, week=2),)
    assert "stationary_bike" in find_bars(make_person(**told, pains=sore), (stiff,), CARE, NORMS)


def test_a_gym_has_bands_and_weights() -> None:
    gym, nothing = (make_person(equipment=there) for there in (("gym",), ()))
    assert "needs" not in find_bars(gym, (), CARE, NORMS).get("band_row", "")
    assert "needs a band" in find_bars(nothing, (), CARE, NORMS)["band_row"]
