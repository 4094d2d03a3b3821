"""The goal in small form: every plan holds exactly one first piece of it that nothing bars, or says which one waits, and for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from movescreen.catalog.client_schema import STAGES, Goal, Sport
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.editing import remove_exercise
from movescreen.client.plan.goals import read_goals
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.visits.activities import rate_activities
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.errors import NeedsReferral
from tests.client.test_safety_properties import intakes
from tests.support.clients import CARE, DAY, QUESTIONS, make_intake, make_person, make_visit, ready_visits
from tests.support.plans import make_plan

NORMS = load_norms()
QUIET = make_visit(notes=(SessionNote(pain_now=0, pain_week=0, pain_during=0, pain_next_day=0),))
GOALS = CARE.goals
often = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def plan_for(person: Person, *visits: Visit, **more: Any) -> Plan:
    return make_plan(person, visits or (QUIET,), CARE, NORMS, **more)


def wish(words: str, **told: Any) -> Plan:
    return plan_for(make_person(**({"goal_words": words, "goals": ("daily_life",), "sports": ("other",)} | told)))


def piece(plan: Plan) -> str:
    """Return the piece of the first goal that a plan holds one of; empty for none."""
    held = [each.exercise for each in plan.goal_forms if each.exercise]
    assert len(held) == len(set(held)) <= 2
    assert all(name in {e.exercise for e in plan.exercises} for name in held)
    return held[0] if held else ""


def ladder(goal: str) -> list[str]:
    return [form.exercise for form in GOALS[goal].forms]


# --- what is wanted ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("carry the shopping home", "carry"), ("to kneel in the garden", "kneel"), ("get up from the floor", "floor"),
        ("sit on the floor with her children, squat deep", "floor"), ("jump again", "jump"), ("to run 5 km", "run"), ("jogging", "run"),
        ("stay fit, lift my two-year-old", "lift_a_child"), ("carry her baby upstairs", "lift_a_child"), ("to bend and lift at work without fear", "lift"),
        ("rough trails without watching every stone", "rough_ground"), ("to walk ten kilometers with her walking group", "walk"),
        ("to be dry in daily life, dance again", "stay_dry"), ("full team training after the winter break", "turn"), ("stairs", "stairs"),
        ("reach the top shelf", "reach"), ("ski in a year", "ski"), ("sprint without thinking", "sprint"), ("kick a ball hard", "kick"),
        ("a deep squat", "squat"), ("ride my bike to work", "ride"), ("ten push-ups", "push"), ("climb again", "pull"), ("climbing stairs", "stairs"),
        ("get out of the bath by myself", "bath"), ("hiking week in the mountains", "hike"), ("carry my little one up to the third floor", "lift_a_child"),
        ("to sit through long meetings at my desk", "sit"), ("look over my shoulder when parking", "look_around"), ("better balance", "steady"),
    ],
)  # fmt: skip
def test_a_wish_is_read(text: str, goal: str) -> None:
    assert read_goals(text, GOALS)[0].id == goal


@pytest.mark.parametrize(
    "text",
    [
        "pelvic floor",
        "not run",
        "in the long run",
        "carry on as before",
        "three times in a row",
        "be happy",
        "to the third floor",
        "",
    ],
)
def test_what_is_no_wish_is_not_read(text: str) -> None:
    assert not read_goals(text, GOALS)


def test_the_activity_that_goes_worst_comes_before_the_goal_and_the_ticks() -> None:
    psfs = next(spec for spec in CARE.hand_tests.values() if spec.activities)
    rated = make_visit(
        measurements=(rate_activities(psfs, [("running for the bus", 6), ("kneeling in church", 2)]),),
        notes=QUIET.notes,
    )
    person = make_person(goal_words="carry bags", goals=("lift",))
    assert piece(plan_for(person, rated)) in ladder("kneel")
    assert piece(plan_for(person)) in ladder("carry")
    assert piece(plan_for(make_person(goals=("lift",)))) in ladder("lift")


def test_who_wants_less_pain_wants_what_brings_it_on() -> None:
    def sore(words: str) -> Plan:
        pain = Pain(place="knee", side="left", now=1, week=2, with_movement=words)
        return plan_for(make_person(goals=("less_pain",), pains=(pain,)))

    assert piece(sore("kneeling")) in ladder("kneel")
    assert piece(sore("")) in ladder("stairs"), "a knee that hurts somewhere is a knee that climbs stairs"


# --- every goal has a piece, and only what nothing bars ------------------------------------


@pytest.mark.parametrize("goal", list(GOALS))
def test_every_goal_that_is_said_in_words_has_one_piece_on_the_page(goal: str) -> None:
    words = (
        next(each for each in GOALS[goal].words if "..." not in each).replace("*", "")
        if goal != "lift_a_child"
        else "lift my child"
    )
    plan = wish(words)
    assert piece(plan) in ladder(goal)
    (told,) = plan.goal_forms
    assert told.words.startswith("First piece of your goal, to ")
    assert len(plan.exercises) <= 7


@pytest.mark.parametrize("sport", [sport for sport in get_args(Sport) if sport != "none"])
@pytest.mark.parametrize("tick", get_args(Goal))
def test_every_tick_has_one_piece(tick: str, sport: str) -> None:
    assert piece(plan_for(make_person(goals=(tick,), sports=(sport,))))


def test_nobody_who_wants_nothing_is_given_a_piece() -> None:
    assert plan_for(make_person(goals=())).goal_forms == ()


def test_pieces_grow_with_what_somebody_does_already() -> None:
    assert piece(wish("run again", sports=("walking",))) == "walk_plan"
    assert piece(wish("run again", sports=("running",))) == "march_drill", "who runs is not sent for a walk"
    calf = {"pains": (Pain(place="calf", side="left", now=1, week=2),), "sports": ("running",)}
    assert piece(wish("run a half marathon", **calf)) == "march_drill", "nor for a little pain"
    calf["pains"] = (Pain(place="calf", side="left", now=2, week=4),)
    assert piece(wish("run a half marathon", **calf)) != "walk_plan", "nor for more, as long as running is not barred"
    assert piece(wish("get up from a chair", sports=("walking",))) != "sit_to_stand"
    unsteady = make_person(goal_words="stand up from a chair", symptoms=QUESTIONS | {"unsteady": True})
    assert piece(plan_for(Person(DAY, 1944, "female", unsteady.intake))) == "sit_to_stand"


@pytest.mark.parametrize(
    "told",
    [
        {"symptoms": QUESTIONS | {"pelvic_floor": True}},
        {"weeks_postpartum": 8},
        {"pains": (Pain(place="knee", side="left", now=3, week=4),)},
        {"pregnant": True, "pregnancy_week": 20},
    ],
)
@pytest.mark.parametrize("words", ["jump", "dance", "run", "ski", "soccer", "sprint"])
def test_a_piece_obeys_the_ban_on_impact(words: str, told: dict[str, Any]) -> None:
    plan = wish(words, **told)
    assert plan.goal_forms
    assert not (name := piece(plan)) or not CARE.exercise(name).impact


def test_small_springs_are_a_piece_for_who_is_ready_and_a_drop_for_who_is_not() -> None:
    jumper = make_person(goal_words="jump", goals=("jump_and_turn",), sports=("jumping_and_turning",))
    assert piece(plan_for(jumper)) == "snap_down", "the landing at its speed, without the flight"
    assert piece(wish("jump", goals=("jump_and_turn",), sports=("walking",))) in ("double_heel_raise", "quarter_drop")
    ready = plan_for(jumper, *ready_visits(), QUIET)
    assert CARE.exercise(piece(ready)).impact, "a spring that the plan holds anyway is the piece"


def test_where_no_piece_may_be_done_the_plan_says_which_one_waits_for_what() -> None:
    sore = wish("kneel", pains=(Pain(place="knee", side="left", now=5, week=6),))
    assert not piece(sore)
    (told,) = sore.goal_forms
    assert told.words.startswith(
        "To kneel: kneel on a cushion, hands on a chair would be the first piece; as an exercise it waits: "
    )
    assert "pain" in told.words
    fresh = Operation(what="cruciate ligament", place="knee", side="left", when=DAY.isoformat()[:7], cleared=False)
    knee = Injury(kind="knee_ligament", place="knee", side="left", when="2026-02")
    try:
        plan = wish("soccer", operations=(fresh,), injuries=(knee,))
    except NeedsReferral:
        return
    assert not piece(plan)


def test_the_second_wish_is_served_when_the_first_has_to_wait() -> None:
    plan = wish("kneel and walk", pains=(Pain(place="hand", side="left", now=4, week=5),))
    waits, held = plan.goal_forms
    assert waits.to == "kneel"
    assert not waits.exercise
    assert held.to == "walk"
    assert piece(plan) in ladder("walk")


def test_a_piece_stays_from_plan_to_plan_and_one_that_the_trainer_took_out_stays_out() -> None:
    person = make_person(goal_words="carry bags", goals=("daily_life",))
    first = plan_for(person)
    again = plan_for(person, last=first)
    assert piece(first) == piece(again) == "light_carry"
    without = remove_exercise(first, "light_carry")
    assert piece(plan_for(person, last=without)) not in ("light_carry",)


@pytest.mark.slow
@often
@given(intake=intakes(), week=st.integers(0, 8), words=st.sampled_from(["", *(goal.to for goal in GOALS.values())]))
def test_no_piece_passes_a_ban_whoever_it_is(intake: Any, week: int, words: str) -> None:
    person = Person(DAY, 1991, "female", intake.model_copy(update={"goal_words": words}))
    visits = (make_visit(notes=(SessionNote(pain_now=0, pain_week=week),)),)
    try:
        plan = make_plan(person, visits, CARE, NORMS)
    except NeedsReferral:
        assume(False)
        return
    assert plan.goal_forms, "everybody here wants something"
    name = piece(plan)
    assert bool(name) == bool(plan.goal_forms[-1].exercise)
    assert not name or name not in find_bars(person, visits, CARE, NORMS)
    assert len(plan.exercises) <= 7


def test_the_pieces_of_a_goal_go_from_small_to_large() -> None:
    for goal in GOALS.values():
        specs = [CARE.exercise(form.exercise) for form in goal.forms]
        assert not specs[0].impact, goal.id
        assert STAGES.index(specs[0].stage) <= STAGES.index("integration"), goal.id
        assert [spec.impact for spec in specs] == sorted(spec.impact for spec in specs), goal.id


def test_a_piece_that_was_in_the_last_plan_stays_and_is_not_told_as_gone_and_new() -> None:
    """The goal brings back what nothing else asks for any more: one exercise has one story."""
    told = {"goal_words": "walk on rough ground", "goals": ("run",)}
    first = make_plan(make_person(**told), (), CARE, NORMS)
    pieces = [each.exercise for each in first.goal_forms if each.exercise]
    second = make_plan(replace(make_person(**told), today=DAY + timedelta(days=28)), (), CARE, NORMS, last=first)
    stays = {each.exercise: each.change for each in second.exercises}
    assert pieces
    assert all(stays.get(piece, "new") != "new" for piece in pieces)
    assert not set(pieces) & {each.exercise for each in second.gone}


@pytest.mark.parametrize(
    ("told", "born"),
    [
        ({"symptoms": QUESTIONS | {"falls": True}}, 1952),
        ({"note": "Parkinson's disease since 2022."}, 1952),
        ({}, 1954),
    ],
)
def test_hops_lead_nobody_to_a_goal_who_falls_or_is_old(told: dict[str, Any], born: int) -> None:
    told = {"goal_words": "dance at the wedding", "sports": ("walking",)} | told
    plan = plan_for(Person(DAY, born, "male", make_intake(**told)))
    titles = " ".join(title.lower() for form in plan.goal_forms for title in (form.words, *form.ahead))
    assert "hops" not in titles
    assert "drop" not in titles


def test_who_is_seventy_and_plays_tennis_keeps_the_hops_ahead() -> None:
    plan = plan_for(Person(DAY, 1954, "male", make_intake(goal_words="dance", sports=("jumping_and_turning",))))
    assert any("hops" in title.lower() for form in plan.goal_forms for title in form.ahead)
