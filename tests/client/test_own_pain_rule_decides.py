"""The treatment of a tissue goes by that tissue's own pain rule; everything else, and everything fast, by the strict one.

Each expectation was written before the rule. The worst of a week comes from sport: it closes what is fast, and not the holds that calm
a tendon, nor the slow load that is known to keep to the rule.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Injury, Operation, Pain
from movescreen.client.visits.visit import MovementPain, SessionNote, Visit
from tests.support.clients import CARE, DAY, SEEN, by_hand, make_person, make_visit
from tests.support.plans import find_bars, make_plan

NORMS = load_norms()
JUMPER = Injury(kind="tendon_pain", place="knee", side="left", when="2025-10")
WEAK = by_hand("single_leg_squat_count", 14, 20)


def knee(week: int, now: int = 2) -> Pain:
    return Pain(place="knee", side="left", now=now, week=week, with_movement="jumping, landing")


def jumper(week: int = 6, now: int = 2, **told: Any) -> Any:
    told = {"injuries": (JUMPER,), "sports": ("jumping_and_turning", "strength"), "equipment": ("gym",), **SEEN} | told
    return make_person(pains=(knee(week, now),), goals=("return_to_sport",), **told)


def trained(during: int, next_day: int) -> tuple[Visit, ...]:
    notes = (SessionNote(pain_during=during, pain_next_day=next_day),)
    return tuple(make_visit(DAY - timedelta(days=ago), notes=notes) for ago in (5, 3))


def names(person: Any, *visits: Visit) -> set[str]:
    return {each.exercise for each in make_plan(person, visits, CARE, NORMS).exercises}


def test_holds_are_the_treatment_of_a_tendon_that_hurts_in_sport() -> None:
    assert "spanish_squat_hold" in names(jumper(6), make_visit(measurements=WEAK))


@pytest.mark.parametrize("person", [jumper(7), jumper(6, now=4)], ids=["talk first", "hurts at rest"])
def test_holds_wait_where_even_rest_hurts_or_a_talk_comes_first(person: Any) -> None:
    assert not {"wall_sit_hold", "spanish_squat_hold"} & names(person, make_visit(measurements=WEAK))


@pytest.mark.parametrize(
    ("during", "next_day", "loads"), [(5, 2, True), (4, 3, True), (6, 2, False), (4, 4, False)]
)  # fmt: skip
def test_slow_load_goes_on_beside_sore_matches_when_training_keeps_to_the_rule(
    during: int, next_day: int, loads: bool
) -> None:
    visits = (make_visit(measurements=WEAK), *trained(during, next_day))
    bars = find_bars(jumper(6), visits, CARE, NORMS)
    assert ("slow_leg_press" not in bars) is loads
    assert "jump_squat" in bars, "nothing fast"


def test_without_a_word_on_training_nothing_heavy_begins_after_a_six() -> None:
    bars = find_bars(jumper(6), (make_visit(measurements=WEAK),), CARE, NORMS)
    assert "slow_leg_press" in bars
    assert "slow_squat_heavy" in bars


def test_an_operated_knee_keeps_the_strict_rule() -> None:
    graft = Operation(
        what="ACL reconstruction", place="knee", side="left", when="2025-06", cleared=True, cleared_by="surgeon",
        cleared_on="2026-02", allowed="load", graft="hamstring",
    )  # fmt: skip
    bars = find_bars(jumper(4, operations=(graft,)), (make_visit(measurements=WEAK), *trained(3, 1)), CARE, NORMS)
    assert "slow_leg_press" in bars


def test_a_movement_that_hurt_no_more_than_the_rule_allows_bars_nothing_of_the_pathway() -> None:
    hurt = MovementPain(movement="squat", score=5, place="knee", side="left")
    visit = make_visit(measurements=WEAK, notes=(SessionNote(movement_pain=(hurt,)),))
    bars = find_bars(jumper(5), (visit,), CARE, NORMS)
    assert "hurt on" not in bars.get("slow_leg_press", "")
    worse = hurt.model_copy(update={"score": 6})
    visit = make_visit(measurements=WEAK, notes=(SessionNote(movement_pain=(worse,)),))
    assert "hurt on" in find_bars(jumper(5), (visit,), CARE, NORMS)["slow_leg_press"]


GROIN = Pain(place="groin", side="right", now=1, week=5, with_movement="kicking", since="2025-11")
FRESH = Pain(place="groin", side="right", now=1, week=5, with_movement="kicking", since="2026-02-20")


def test_a_groin_of_long_standing_trains_its_adductors_and_a_fresh_one_goes_by_two() -> None:
    long, new = (
        make_person(pains=(pain,), sports=("jumping_and_turning",), goals=("return_to_sport",), equipment=("band",), **SEEN)
        for pain in (GROIN, FRESH)
    )  # fmt: skip
    assert "side_lying_adduction" not in find_bars(long, (), CARE, NORMS)
    assert "side_lying_adduction" in find_bars(new, (), CARE, NORMS)
    assert "lateral_bound" in find_bars(long, (), CARE, NORMS)
