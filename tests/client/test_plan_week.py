"""The week of a plan, doses and efforts, and the lighter week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from movescreen.client.intake.model import Injury
from movescreen.client.plan.cards import plan_exercise
from movescreen.client.plan.dosing import effort_words, list_doses
from movescreen.client.plan.model import PlannedExercise
from movescreen.client.plan.week import find_lighter_week, keep_to_days, plan_week, read_days
from movescreen.client.visits.visit import SessionNote
from movescreen.errors import InputError
from tests.client.test_plan_memory import FIRST, GOOD, LATER, NORMS, first_plan, next_plan, person_on
from tests.support.clients import CARE, DAY, make_person, make_visit
from tests.support.plans import make_plan


def planned(name: str, **changes: Any) -> PlannedExercise:
    return plan_exercise(CARE.exercise(name), CARE, why="for the test").model_copy(update=changes)


def days_of(name: str, *names: str, days: tuple[int, ...] = (), **changes: Any) -> list[int]:
    exercises = [planned(name, **changes), *(planned(other) for other in names)]
    week, _ = plan_week(exercises, CARE.exercises, days)
    return [day.weekday for day in week if name in day.exercises]


@pytest.mark.parametrize(("per_week", "days"), [(1, [0]), (2, [0, 3]), (3, [0, 2, 4]), (7, [0, 1, 2, 3, 4, 5, 6])])
def test_days_lie_apart(per_week: int, days: list[int]) -> None:
    assert days_of("glute_bridge", per_week=per_week) == days


def test_the_days_that_suit_are_used() -> None:
    assert days_of("goblet_squat", days=(1, 3, 5), per_week=3) == [1, 3, 5]
    assert days_of("goblet_squat", days=(1, 4), per_week=3) == [1, 4]


def test_the_same_load_has_a_day_of_rest() -> None:
    week, notes = plan_week([planned("goblet_squat", per_week=2)], CARE.exercises, (5, 6))
    assert [day.weekday for day in week] == [5], "Saturday and Sunday are neighbors"
    assert notes == (
        "Squat with a weight in front of the chest: once a week instead of 2, because the same load needs a day of rest.",
    )
    assert [d.weekday for d in plan_week([planned("goblet_squat", per_week=2)], CARE.exercises, (0, 6))[0]] == [0]
    # two exercises with the same load share a day, others may lie beside each other
    both, _ = plan_week([planned("goblet_squat"), planned("split_squat")], CARE.exercises, (0, 1, 3, 4))
    shared = {day.weekday for day in both if len(day.exercises) == 2}
    assert shared == {day.weekday for day in both}
    beside, none = plan_week(
        [planned("goblet_squat", per_week=2), planned("single_leg_heel_raise", per_week=2)],
        CARE.exercises,
        (0, 1, 3, 4),
    )
    assert not none
    assert sum(len(day.exercises) for day in beside) == 4


def test_warm_ups_come_with_the_sessions() -> None:
    assert days_of("easy_start", "goblet_squat") == days_of("goblet_squat")


def test_what_is_no_day() -> None:
    assert read_days("fri, mon tuesday") == (0, 1, 4)
    assert read_days("") == ()
    for wrong in ("monday,someday", "s", "t", "x"):
        with pytest.raises(InputError):
            read_days(wrong)


def test_every_exercise_says_how_hard() -> None:
    assert "3 good repetitions in reserve" in effort_words(CARE.exercise("goblet_squat"))
    assert "6 of 10" in effort_words(CARE.exercise("side_plank_knees"))
    assert effort_words(CARE.exercise("pogo_hops")).startswith("Fresh")
    closer = CARE.exercise("goblet_squat").model_copy(update={"reserve": 1})
    assert "1 good repetition in reserve" in effort_words(closer)
    assert all(e.effort for e in first_plan().exercises)


def test_doses_of_the_catalog_and_those_that_follow_from_the_stage() -> None:
    assert [d.reps for d in list_doses(CARE.exercise("glute_bridge"))] == [10, 12, 15, 10]
    assert len(list_doses(CARE.exercise("easy_start"))) == 1, "a warm-up does not grow"
    run = list_doses(CARE.exercise("run_walk"))
    assert [d.duration_s for d in run] == [1080, 1200, 1200, 1260, 1260]
    assert run[-1].words.startswith("twenty minutes easy run")
    assert list_doses(CARE.exercise("goblet_squat"))[-1].words == "with 2 to 10 percent more weight than last time"


# --- the lighter week ---------------------------------------------------------------------


def test_a_first_plan_has_a_lighter_week_after_three() -> None:
    plan = first_plan()
    assert plan.lighter is not None
    assert plan.lighter.begins == DAY + timedelta(weeks=3)
    assert plan.building_since == DAY


@pytest.mark.parametrize(
    ("first", "second", "due"),
    [
        ({"effort": 8}, {"effort": 9}, True),
        ({"pain_during": 3}, {"pain_next_day": 3}, True),
        ({"effort": 9}, {"pain_during": 3}, True),
        ({"effort": 9}, {"effort": 5}, False),
        ({"effort": 5}, {"effort": 9}, False),
        ({"pain_during": 2}, {"pain_next_day": 2}, False),
        ({"effort": 7}, {"effort": 7}, False),
    ],
)
def test_two_hard_or_painful_sessions_in_a_row(first: dict[str, int], second: dict[str, int], due: bool) -> None:
    visits = [
        make_visit(LATER - timedelta(days=5), notes=(SessionNote(**first),)),  # type: ignore[arg-type]
        make_visit(LATER - timedelta(days=3), notes=(SessionNote(**second),)),  # type: ignore[arg-type]
    ]
    lighter, since = find_lighter_week(person_on(), visits, first_plan(), trained=True, builds=True)
    assert lighter is not None
    assert ("the last two sessions" in lighter.why) is due
    if due:
        assert lighter.begins == LATER
        assert since == LATER + timedelta(weeks=1)


@pytest.mark.parametrize(
    ("first", "second"), [({"pain_during": 5}, {"pain_next_day": 6}), ({"effort": 9}, {"effort": 9})]
)
def test_a_plan_that_steps_back_for_pain_has_no_lighter_week_on_top(
    first: dict[str, int], second: dict[str, int]
) -> None:
    visits = [
        make_visit(LATER - timedelta(days=5), notes=(SessionNote(**first),)),  # type: ignore[arg-type]
        make_visit(LATER - timedelta(days=3), notes=(SessionNote(**second),)),  # type: ignore[arg-type]
    ]
    known = {"last": first_plan(), "trained": True, "builds": True}
    lighter, since = find_lighter_week(person_on(), visits, reduced=True, **known)  # type: ignore[arg-type]
    assert lighter is not None
    if "effort" in first:
        assert lighter.begins == LATER, "it steps back for something else"
    else:
        assert (lighter.begins, since) == (LATER + timedelta(weeks=3), LATER)
        plain, _ = find_lighter_week(person_on(), visits, reduced=False, **known)  # type: ignore[arg-type]
        assert plain is not None
        assert plain.begins == LATER
    plan = make_plan(person_on(), [FIRST, *visits], CARE, NORMS, last=first_plan())
    assert any(e.change == "back" for e in plan.exercises)  # for pain, or because nobody asked about it
    assert plan.lighter is None or (plan.lighter.begins == LATER) == ("effort" in first)


def test_weeks_that_were_not_trained_are_no_full_ones() -> None:
    last = first_plan().model_copy(update={"lighter": None})
    due, _ = find_lighter_week(person_on(), [], last, trained=True, builds=True)
    rested, since = find_lighter_week(person_on(), [], last, trained=False, builds=True)
    assert due is not None
    assert due.begins == LATER + timedelta(weeks=1), "never in the first week of a plan"
    assert rested is not None
    assert rested.begins == LATER + timedelta(weeks=3)
    assert since == LATER
    # after the lighter week of the last plan, counting begins anew
    again, _ = find_lighter_week(person_on(), [], first_plan(), trained=True, builds=True)
    assert again is not None
    assert again.begins == DAY + timedelta(weeks=7)


@pytest.mark.parametrize(("effort", "weeks"), [(6, 3), (7, 1)])
def test_weeks_of_easy_sessions_ask_for_no_lighter_one(effort: int, weeks: int) -> None:
    last = first_plan().model_copy(update={"lighter": None})
    visits = [
        make_visit(LATER - timedelta(days=days), notes=(SessionNote(effort=effort, pain_during=0),)) for days in (9, 2)
    ]
    lighter, _ = find_lighter_week(person_on(), visits, last, trained=True, builds=True)
    assert lighter is not None
    assert lighter.begins == LATER + timedelta(weeks=weeks)


def test_what_does_not_tire_needs_none() -> None:
    assert find_lighter_week(person_on(), [], None, trained=False, builds=False)[0] is None


def test_days_are_kept_from_plan_to_plan() -> None:
    last = first_plan().model_copy(update={"days": (1, 4)})
    plan = next_plan(SessionNote(**GOOD), last=last)
    assert plan.days == (1, 4)
    rare = {e.exercise for e in plan.exercises if e.per_week <= 4}
    assert {day.weekday for day in plan.week if rare & set(day.exercises)} == {1, 4}


def test_march_and_november_differ() -> None:
    november = date(2026, 11, 20)
    came = make_visit(november - timedelta(days=1), notes=(SessionNote(**GOOD),))
    person = replace(person_on(), today=november)
    from tests.client.test_plan_memory import NORMS

    march, later = first_plan(), make_plan(person, [FIRST, came], CARE, NORMS, last=first_plan())
    assert march != later
    assert any(e.change == "up" for e in later.exercises)
    assert any(e.dose_words not in {x.dose_words for x in march.exercises} for e in later.exercises)


def test_a_warm_up_has_days_of_its_own_where_everything_else_is_daily() -> None:
    exercises = [planned("cat_camel", per_week=3), planned("short_walks", per_week=7), planned("dead_bug", per_week=5)]
    week, _ = plan_week(exercises, CARE.exercises)
    assert [day.weekday for day in week if "cat_camel" in day.exercises] == [0, 2, 4]
    assert {name for day in week for name in day.exercises} == {"cat_camel", "short_walks", "dead_bug"}


MIXED = ("knee_to_wall_drill", "side_plank_knees", "pelvic_floor_quick")


def test_the_days_that_were_named_are_the_days_and_more_has_its_reason() -> None:
    kept, notes = keep_to_days([planned(name) for name in MIXED], CARE.exercises, (1, 3), make_person())
    assert [e.per_week for e in kept] == [2, 2, 7]
    assert len(notes) == 1
    assert "more days than you named, because" in notes[0]
    week, _ = plan_week(kept, CARE.exercises, (1, 3))
    of_days = {day.weekday: set(day.exercises) for day in week}
    assert of_days[1] == of_days[3] == set(MIXED)
    assert of_days[0] == {"pelvic_floor_quick"}


def test_who_named_no_days_and_a_fresh_sprain_keep_their_daily_minutes() -> None:
    kept, notes = keep_to_days([planned("knee_to_wall_drill")], CARE.exercises, (), make_person())
    assert kept[0].per_week == 7
    assert not notes
    sprain = Injury(kind="ankle_sprain", place="ankle", side="left", when="2026-02-25")
    kept, notes = keep_to_days([planned("knee_to_wall_drill")], CARE.exercises, (1, 3), make_person(injuries=(sprain,)))
    assert kept[0].per_week == 7
    assert notes


def test_what_the_trainer_set_stays() -> None:
    own = planned("knee_to_wall_drill")
    kept, _ = keep_to_days([own.model_copy(update={"chosen_by": "trainer"})], CARE.exercises, (1, 3), make_person())
    assert kept[0].per_week == 7
