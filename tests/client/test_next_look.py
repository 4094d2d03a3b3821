"""What to test in the next ten minutes, what may begin before that, and when to look again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Injury, Operation, Pain
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.visits.visit import SessionNote, Visit
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_person, make_visit, ready_visits
from tests.support.plans import make_plan

NORMS = load_norms()
ACHILLES = {"pains": (Pain(place="achilles", side="left", spot="middle", now=1, week=3),)}
SPORT: dict[str, Any] = {"sports": ("jumping_and_turning",), "goals": ("jump_and_turn",)}


def plan_of(*visits: Visit, born: int = 1991, **told: Any) -> Plan:
    return make_plan(make_person(birth_year=born, **told), visits, CARE, NORMS)


def measured(days_ago: int = 0, **sides: tuple[float, float]) -> Visit:
    return make_visit(
        DAY - timedelta(days=days_ago), measurements=tuple(m for t, s in sides.items() for m in by_hand(t, *s))
    )


# --- the list ------------------------------------------------------------------------------


def test_the_list_has_what_was_not_done_and_fits_ten_minutes() -> None:
    tests = [each.test for each in plan_of(**ACHILLES).tests]
    assert tests[0].startswith("single-leg heel raises")
    assert sum(each.minutes for each in plan_of(**ACHILLES).tests) <= 10
    done = plan_of(measured(single_leg_heel_raise=(20, 20)), **ACHILLES)
    assert not [each for each in done.tests if each.test.startswith("single-leg heel raises")]


@pytest.mark.parametrize(
    "told",
    [{"weeks_postpartum": 8}, {"pregnant": True, "pregnancy_week": 20}, {"symptoms": QUESTIONS | {"falls": True}}],
)
def test_nobody_under_a_ban_is_asked_to_hop(told: dict[str, Any]) -> None:
    plan = plan_of(**SPORT, **told)
    assert not [each for each in plan.tests if "hop" in each.test or "jump" in each.test]


def test_a_sore_groin_has_its_hip_looked_at_first() -> None:
    groin = {"pains": (Pain(place="groin", side="left", now=0, week=2),)}
    listed = " ".join(each.test for each in plan_of(**groin).tests)
    assert "hip" in listed
    stiff, even = (plan_of(measured(hip_internal_rotation=(left, 35)), **groin) for left in (12, 33))
    assert "turning" in stiff.pathways[0].found.lower()
    assert "the hip joint is hardly the source" in even.pathways[0].against


# --- before it is tested -------------------------------------------------------------------


def test_an_untested_calf_begins_carefully_and_says_so() -> None:
    sprain = Injury(kind="ankle_sprain", place="ankle", side="left", when=(DAY - timedelta(days=40)).isoformat())
    told = {"injuries": (sprain,), "pains": (Pain(place="ankle", side="left", now=0, week=1),)}
    (raise_,) = [e for e in plan_of(**told).exercises if e.exercise == "single_leg_heel_raise"]
    assert "knee-to-wall" in raise_.until
    assert raise_.fewer
    weak = plan_of(measured(knee_to_wall=(4, 11)), **told)
    assert not [e for e in weak.exercises if e.until], "what was tested and is not enough opens nothing"
    old = plan_of(measured(70, knee_to_wall=(4, 11)), **told)
    assert not [e for e in old.exercises if e.until], "nor does a bad result that is old"


@pytest.mark.parametrize(
    "told",
    [
        {"pains": (Pain(place="achilles", side="left", spot="middle", now=2, week=6),)},
        {"operations": (Operation(what="ACL reconstruction", place="knee", side="left", when="2025-08-01", cleared=True, cleared_by="surgeon", cleared_on="2026-02-20", allowed="speed"),)},
        {"injuries": (Injury(kind="bone_stress", place="shin", side="left", when="2025-11-01"),)},
        {"weeks_postpartum": 20},
        {"symptoms": QUESTIONS | {"falls": True}},
        {"symptoms": {}},
    ],
)  # fmt: skip
def test_what_is_safety_stays_closed_until_it_is_tested(told: dict[str, Any]) -> None:
    plan = plan_of(**told)
    assert not [e.exercise for e in plan.exercises if e.until]


def test_who_jumps_already_begins_with_small_springs_until_the_tests_are_done() -> None:
    quiet = make_visit(notes=(SessionNote(pain_now=0, pain_week=0),))
    springs = {"pogo_hops", "line_hops_two_legs"}
    plan = plan_of(quiet, **SPORT)
    found = [e for e in plan.exercises if e.exercise in springs]
    assert len(found) == 1
    assert "hop" in found[0].until
    for other in (
        {"sports": ("walking",), "goals": ("jump_and_turn",)},
        SPORT | {"pains": (Pain(place="shoulder", side="left", now=1, week=1),)},
        SPORT | {"symptoms": QUESTIONS | {"chronic_condition": True}},
    ):
        assert not springs & {e.exercise for e in plan_of(quiet, **other).exercises}
    weak = measured(single_leg_hop=(40, 80), leg_length=(90, 90))
    assert springs <= set(find_bars(make_person(**SPORT), (quiet, weak), CARE, NORMS))


# --- when to look again --------------------------------------------------------------------

OPERATED = Operation(
    what="meniscus", place="knee", side="left", when="2026-02-10", cleared=True, cleared_by="surgeon", cleared_on="2026-03-01",
    allowed="integration", phase="phase 1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "days", "why"),
    [
        ({}, 42, "nothing hurts"),
        ({"pains": (Pain(place="knee", side="left", now=1, week=3),)}, 7, "not known"),
        ({"pains": (Pain(place="knee", side="left", now=1, week=6),)}, 7, "small exercises"),
        ({"pains": (Pain(place="knee", side="left", now=1, week=7),)}, 3, "talked about"),
        ({"operations": (OPERATED,)}, 7, "operation"),
        ({"injuries": (Injury(kind="muscle_strain", place="calf", side="left", when="2026-02-20"),)}, 7, "injury"),
        ({"symptoms": QUESTIONS | {"chronic_condition": True}}, 14, "word"),
        ({"weeks_postpartum": 8}, 7, "not known"),
    ],
)
def test_a_flare_is_seen_in_days_and_what_is_stable_in_weeks(told: dict[str, Any], days: int, why: str) -> None:
    plan = plan_of(**told)
    assert (plan.retest_on - plan.day).days == days
    assert why in plan.retest_why


def test_strong_legs_have_nothing_left_to_test_before_speed() -> None:
    plan = plan_of(*ready_visits(), **SPORT)
    assert not [e for e in plan.exercises if e.until]


def test_a_need_that_was_tested_today_asks_for_no_other_test_of_the_same() -> None:
    lifter = make_person(goals=("lift",), sports=("strength",))
    asked = {test.test for test in make_plan(lifter, (make_visit(),), CARE, NORMS).tests}
    told = make_visit(measurements=by_hand("single_leg_squat_count", 17, 13))
    again = {test.test for test in make_plan(lifter, (told,), CARE, NORMS).tests}
    assert any("chair" in test for test in asked)
    assert not any("chair" in test for test in again)
