"""The page of a plan that starts from another: what changed first, then the week, and what both rest on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Pain
from movescreen.client.plan.model import LeftOut, Plan
from movescreen.client.visits.visit import ExerciseNote, SessionNote
from movescreen.report.pages.client import Handout, render_handout
from movescreen.report.pages.plan import render_plan
from movescreen.report.sections.person import PersonHead, notes_element
from tests.support.clients import CARE, DAY, SPRAIN, by_hand, make_person, make_record, make_visit
from tests.support.plans import make_plan

NORMS, HEAD = load_norms(), PersonHead("C1", 35, "female")


def test_a_plan_says_first_what_changed_and_then_the_week() -> None:
    day, noted = DAY + timedelta(weeks=4), DAY + timedelta(weeks=4, days=-1)
    lifter = make_person(goals=("lift",), sports=("strength",))
    first = make_plan(lifter, [], CARE, NORMS)
    page = render_plan(first, HEAD)
    assert "What changed since" not in page
    assert page.index("The exercises") < page.index("What to do, and what to mind") < page.index("What the plan is for")
    assert "From 23 March 2026 on a lighter week" in render_handout(Handout("C1", plan=first))
    assert "Lighter week from 23 March 2026: three full weeks come before it." in page
    assert "Helms ER" in page
    assert "own choice" in page
    well = SessionNote(pain_during=0, pain_next_day=1, sessions_done=10, sessions_planned=12, effort=6)
    later = make_plan(replace(lifter, today=day), [make_visit(noted, notes=(well,))], CARE, NORMS, last=first)
    page = render_plan(later, HEAD)
    assert "What changed since the plan of 2 March 2026" in page
    assert page.count("Pain 1 of 10 the next morning, 10 of 12 sessions.</p>") == 1, "once for all exercises"
    assert "4 sets of 5, with 2 to 10 percent more weight than last time" in page
    told = make_plan(
        replace(lifter, today=day), [make_visit(noted, notes=(SessionNote(pain_week=0),))], CARE, NORMS, last=first
    )
    folded = render_plan(told, HEAD)
    assert (
        "No exercise changed since the plan of 2 March 2026. How it went was not told since: the same again." in folded
    )
    old = Plan.model_validate(first.model_dump() | {"version": 1, "week": (), "lighter": None})
    assert "ighter week" not in render_plan(old, HEAD)
    assert "Helms ER" not in render_plan(old, HEAD)


def test_a_page_tells_a_chain_and_a_shared_reason_once_and_days_in_words() -> None:
    sore = Pain(place="ankle", side="right", now=1, week=3, with_movement="stairs down")
    asked = DAY - timedelta(days=3)
    person = make_person(day=asked, goals=("run",), sports=("running",), pains=(sore,), injuries=(SPRAIN,))
    plan = make_plan(person, [make_visit(DAY, notes=(SessionNote(pain_now=0, pain_week=2),))], CARE, NORMS)
    (chain,) = plan.pathways
    assert len(chain.exercises) > 1, "the case below needs some"
    left = [
        LeftOut(exercise=f"e{i}", title=f"Title {i}", reason=reason)
        for i, reason in enumerate(["later: b", "hurts", "later: b"])
    ]
    page = render_plan(plan.model_copy(update={"left_out": tuple(left)}), HEAD)
    assert page.count("“stairs down”") <= 1 + sum("“stairs down”" in r for need in plan.needs for r in need.reasons)
    assert "Title 0 and title 2: later: b." in page
    assert "Title 1: hurts." in page
    assert "27 February 2026" in page
    assert not re.findall(r"\d{4}-\d{2}-\d{2}", re.sub(r"<[^>]+>", " ", page))


def test_the_foot_names_a_video_only_where_there_was_one() -> None:
    by_hand = make_plan(make_person(), [make_visit(notes=(SessionNote(pain_now=0),))], CARE, NORMS)
    seen = make_plan(make_person(), [make_visit(findings=(make_record("heel_rise"),))], CARE, NORMS)
    assert "what one video showed" not in render_plan(by_hand, HEAD)
    assert "no video was used" in render_plan(by_hand, HEAD)
    assert "what one video showed" in render_plan(seen, HEAD)
    assert "no video was used" not in render_plan(seen, HEAD)


def test_a_session_is_told_exercise_by_exercise() -> None:
    ticks = (
        ExerciseNote(exercise="star_reach", done=True, pain_next_day=2),
        ExerciseNote(exercise="goblet_squat", done=False),
    )
    visit = make_visit(notes=(SessionNote(effort=6, exercises=ticks, text="fine"),))
    element = notes_element([visit])
    assert element is not None
    assert element.data["rows"][0][-1] == "Effort 6 of 10; star reach done, next morning 2; goblet squat left out. fine"


def test_a_card_says_how_long_to_rest_and_how_heavy_to_begin() -> None:
    plan = make_plan(make_person(goal_words="carry my shopping"), (make_visit(),), CARE, NORMS)
    page = render_handout(Handout("C1", plan=plan))
    for words in ("Rest 1 min between sets.", "A bag of 1 to 3 kg."):
        assert words in page


def test_the_trainers_page_is_short_and_repeats_nothing_of_the_clients() -> None:
    """A page of A4 in small print holds about 1100 words."""
    sore = Pain(place="achilles", side="left", spot="middle", now=2, week=4, with_movement="first steps")
    tested = make_visit(measurements=by_hand("single_leg_heel_raise", 14, 26), notes=(SessionNote(pain_now=2),))
    plan = make_plan(make_person(goals=("run",), sports=("running",), pains=(sore,)), [tested], CARE, NORMS)
    client, trainer = (
        re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|head|svg)\b.*?</\1>", "", page))
        for page in (render_handout(Handout("C1", plan=plan)), render_plan(plan, HEAD))
    )
    assert len(trainer.split()) < 1100
    assert all(e.title in trainer for e in plan.exercises)
    for told in (plan.pathways[0].plain, plan.exercises[2].how, plan.general.partition(": ")[2]):
        assert told in client
        assert told not in trainer
    assert trainer.count("left 14, right 26") <= 2, "as found, and as what should change"
    assert trainer.count(", 4 at worst this week") == 1


@pytest.mark.parametrize(("reason", "says"), [("later: pain of 7 of 10 in the week before: no load", "held back, as said above"), ("needs a band", "needs a band")])  # fmt: skip
def test_what_holds_the_whole_plan_back_is_said_once(reason: str, says: str) -> None:
    plan = make_plan(make_person(), [make_visit()], CARE, NORMS)
    held = plan.model_copy(
        update={
            "holds": ("Pain of 7 of 10 in the week before: no load, talk first.",),
            "left_out": (LeftOut(exercise="e", title="Title", reason=reason),),
        }
    )
    assert f"Title: {says}." in render_plan(held, HEAD)
