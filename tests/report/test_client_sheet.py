"""The client's sheet of a plan: short, and without contradictions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.safety_schema import ClauseSpec
from movescreen.client.intake.model import Injury, Pain
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan, PlanActivity
from movescreen.client.plan.sheet import (
    drop_repeated,
    list_advice,
    list_aims,
    list_details,
    list_stops,
    merge_sport,
    tell_change,
    tell_found,
    tell_next,
)
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.report.pages.client import Handout, render_handout
from movescreen.report.pages.plan import render_plan
from movescreen.report.sections.person import PersonHead
from movescreen.words.numbers_and_units import spell_days
from tests.client.test_plan import PEOPLE
from tests.client.test_safety_properties import people, plan_or_none, visit_lists
from tests.support.clients import CARE, DAY, make_person, make_visit
from tests.support.plans import make_plan

NORMS, HEAD = load_norms(), PersonHead("C1", 35, "female")
#: Words on the sheet of a plan of up to six and up to eight exercises, at most.
FEW, MANY = 1050, 1200
_WORD = re.compile(r"[^\W_][\w.,’'-]*")
some = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def sheet(plan: Plan) -> str:
    """Return the words of the client's sheet alone."""
    page = re.sub(r"(?s)<(style|head|svg)\b.*?</\1>", "", render_handout(Handout("C1", plan=plan)))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).partition("Tick what you did")[0]


def limits(text: str) -> set[str]:
    """Return every number of pain that a text sets as a limit."""
    return set(
        re.findall(
            r"(?:up to|above|at|than|of|below|under) (\d+) of 10 (?:or less|during|is fine)|pain above (\d+)", text
        )
    ) - {("", "")}


def plan_for(*visits: Visit, **told: Any) -> Plan:
    return make_plan(make_person(**told), visits or (make_visit(),), CARE, NORMS)


# --- what holds for everybody ---------------------------------------------------------------


def check_sheet(plan: Plan) -> None:
    text = sheet(plan)
    said = sum(len(_WORD.findall(each.said)) for each in plan.activities) + len(_WORD.findall(plan.goals))
    assert len(_WORD.findall(text)) - said <= (FEW if len(plan.exercises) <= 6 else MANY)
    assert len(limits(text)) <= 1, limits(text)
    aims = {e.aim.casefold() for e in plan.exercises}
    assert {aim.casefold() for aim in list_aims(plan)} <= aims
    for each in plan.urgent:
        for sign in each.own:
            assert spell_days(sign).casefold().replace("'", "&#39;") in text.casefold().replace("'", "&#39;"), sign
    for sign in list_stops(plan):
        assert sign.casefold() in text.casefold(), sign
    for e in plan.exercises:
        assert e.title in text
    check_sport(plan)


def check_sport(plan: Plan) -> None:
    rule = merge_sport(plan)
    may = re.sub(r"\b(?:without|not|no)\b[^,;.]*", "", rule.may.lower())
    for words in ("running", "jumping", "kneeling"):
        if re.search(rf"(?:^|; |and ){words}(?:;|,|\.| and |$)", rule.wait.lower()):
            assert not re.search(rf"\b{words[:4]}\w*|\beverything\b", may), (rule.may, rule.wait)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_sheet_is_short_and_agrees_with_itself(who: str) -> None:
    person, visits = PEOPLE[who]
    check_sheet(make_plan(person, visits, CARE, NORMS))


@pytest.mark.slow
@some
@given(people, visit_lists())
def test_every_sheet_is_short_and_agrees_with_itself(person: Person, visits: tuple[Visit, ...]) -> None:
    if plan := plan_or_none(person, visits):
        check_sheet(plan)


def test_the_short_form_for_anybody_leaves_no_sign_out() -> None:
    (row,) = (row for row in CARE.safety.values() if row.brief)
    for words in ("chest pain", "fainting", "short breath at rest", "weakness", "numbness", "speaking", "seeing", "headache",
                  "hot", "red", "swollen", "newly painful", "cannot bear weight", "out of shape", "fall", "dizziness"):  # fmt: skip
        assert words in row.brief
    assert {each.call for each in row.urgent} == {"emergency", "hospital", "doctor"}
    assert sum(len(each.signs) for each in row.urgent) == 8, "a new sign needs its place in the short form"


# --- one rule of sport ----------------------------------------------------------------------


def lines(*told: PlanActivity) -> Plan:
    plan = plan_for()
    return plan.model_copy(update={"activities": told})


def clause(words: str, about: str = "", bars: str = "") -> ClauseSpec:
    return ClauseSpec.model_validate({"words": words, "about": tuple(about.split()), "bars": tuple(bars.split())})


BAN = PlanActivity(
    about="For now", kind="ban", waits=(clause("running and jumping, until your surgeon says otherwise", "run jump", "run jump"),)
)  # fmt: skip


def test_what_one_line_forbids_no_other_line_allows() -> None:
    step = PlanActivity(
        about="Knee", kind="step", may="run easily as this plan says", asks=("move", "run"), waits=(clause("matches", "run team"),)
    )  # fmt: skip
    banned = merge_sport(lines(step, BAN))
    assert "run" not in banned.may.lower()
    assert banned.wait == "Running and jumping, until your surgeon says otherwise; matches."
    assert "Run easily" in merge_sport(lines(step)).may


def test_what_a_ban_covers_is_not_said_again_and_what_is_only_faster_bars_nothing() -> None:
    waits = (clause("running fast", "run"), clause("hills"), clause("jumping", "jump", "jump"))
    step = PlanActivity(about="Knee", kind="step", may="run easily on the flat", asks=("move", "run"), waits=waits)
    assert merge_sport(lines(step, BAN)).wait == "Running and jumping, until your surgeon says otherwise; hills."
    profile = PlanActivity(
        about="Heel", kind="profile", may="walk and run on grass", asks=("move", "run"), waits=waits[:1]
    )
    assert merge_sport(lines(step, profile)).may == "Run easily on the flat.", "one rule"


def test_every_clause_that_waits_says_what_it_is_about() -> None:
    told = [(r.steps if r.pathway else (r.activity,)) for r in CARE.safety.values()]
    waits = [wait for steps in told for each in steps if each is not None for wait in each.wait]
    for words, topic in (("running", "run"), ("jumping", "jump"), ("team training", "team"), ("kneeling", "kneel")):
        assert [
            wait.words for wait in waits if re.search(rf"\b{words}\b", wait.words) and topic not in wait.about
        ] == []
    assert {topic for wait in waits if wait.words == "running" for topic in wait.bars} == {"run"}
    assert not [wait.words for wait in waits if "fast" in wait.words and wait.bars]


@pytest.mark.parametrize("words", ["running and jumping, until your trainer says otherwise", ""])
def test_a_plan_of_before_is_read_and_says_what_waited(words: str) -> None:
    assert PlanActivity.model_validate({"about": "Knee", "may": "walk", "wait": words}).wait == words


def test_the_rule_of_sport_has_no_limit_of_pain_of_its_own() -> None:
    step = PlanActivity(
        about="Knee",
        kind="step",
        may="sport that stays at 2 of 10 or less then and the next day",
        waits=(clause("hills"),),
    )
    assert merge_sport(lines(step)).may == "Sport that keeps to the pain rule."


def test_words_of_clinicians_are_cited_once() -> None:
    said = PlanActivity(about="", kind="said", said="Your surgeon, 9 November 2026: “no running”.")
    ban = PlanActivity(
        about="",
        kind="ban",
        waits=(
            ClauseSpec(
                words="running and jumping, until your surgeon says otherwise (surgeon, 9 November 2026: “no running”)"
            ),
        ),
    )
    rule = merge_sport(lines(said, ban))
    assert rule.said == (said.said,)
    assert rule.wait == "Running and jumping, until your surgeon says otherwise."


# --- what was found -------------------------------------------------------------------------


def test_what_was_found_names_no_aim_without_an_exercise_and_no_sitting() -> None:
    plan = plan_for(sitting_hours=10, goals=("run",), sports=("running",))
    found = tell_found(plan)
    assert "Sitting" not in found
    assert "This plan works on" in found
    first = next(e for e in plan.exercises if e.aim)
    fewer = plan.model_copy(update={"exercises": tuple(e for e in plan.exercises if e.aim != first.aim)})
    assert first.aim.casefold() not in tell_found(fewer).casefold()


def sprained(days: int) -> dict[str, Any]:
    when = (DAY - timedelta(days=days)).isoformat()
    return {
        "injuries": (Injury(kind="ankle_sprain", place="ankle", side="left", when=when),), "sports": ("jumping_and_turning",),
        "goals": ("return_to_sport",), "pains": (Pain(place="ankle", side="left", now=1, week=2),),
    }  # fmt: skip


@pytest.mark.parametrize(("days", "told"), [(0, ""), (20, ", as told on 2026-02-10")])
def test_pain_of_another_day_is_not_told_as_todays(days: int, told: str) -> None:
    calf = Pain(place="calf", side="left", now=1, week=2, with_movement="pushing off (hard)")
    person = make_person(day=DAY - timedelta(days=days), pains=(calf,), goals=("run",), sports=("running",))
    page = tell_found(make_plan(person, (make_visit(),), CARE, NORMS))
    assert f"Pain in the left calf (“pushing off (hard)”{told})." in page
    assert "of 10" not in page


# --- words for the age ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "may", "wait"),
    [
        (
            13,
            "Walk at home and at school.",
            "PE and team training; kneeling, in exercises, at school and in the garden; sport.",
        ),
        (30, "Walk at home and at work.", "Team training; kneeling, in exercises, at work and in the garden; sport."),
        (72, "Walk at home and at work.", "Team training; kneeling, in exercises, in the garden; sport."),
    ],
)
def test_school_is_for_children_and_work_for_who_may_work(age: int, may: str, wait: str) -> None:
    line = PlanActivity(
        about="Knee",
        kind="step",
        may="walk at home and at work",
        waits=(
            clause("PE and team training"),
            clause("kneeling, in exercises, at work and in the garden"),
            clause("sport"),
        ),
    )
    rule = merge_sport(lines(line).model_copy(update={"age": age}))
    assert rule.may == may
    assert rule.wait == wait


# --- the week ---------------------------------------------------------------------------------


def test_what_a_clinician_said_of_every_session_stands_in_the_week() -> None:
    words = "strength and balance as hard as he can, about an hour after the tablet; the back is stiff"
    said = PlanActivity(about="", kind="said", said=f"Your neurologist, 10 November 2026: “{words}”.")
    assert list_details(lines(said)) == [
        "your neurologist: “strength and balance as hard as he can”, “about an hour after the tablet”"
    ]
    assert (
        list_details(lines(said.model_copy(update={"said": "Your surgeon, 9 November 2026: “the back is stiff”."})))
        == []
    )


def test_an_aim_that_waits_is_not_named() -> None:
    plan = plan_for(goals=("run",), sports=("running",))
    aim = next(e.aim for e in plan.exercises if e.aim)
    need = next(need for need in plan.needs if need.title == aim)
    waiting = plan.model_copy(
        update={"needs": tuple(n.model_copy(update={"waits": "later"}) if n is need else n for n in plan.needs)}
    )
    assert decapitalize(aim) in list_aims(plan)
    assert decapitalize(aim) not in list_aims(waiting)


def test_signs_are_not_said_twice() -> None:
    signs = (
        "pain at night, or fever with pain",
        "a limp",
        "pain at night, or of hip and groin as well",
        "pain at night",
    )
    assert drop_repeated(signs) == list(signs[:3])


def test_a_clinicians_words_stand_once_among_what_the_trainer_minds() -> None:
    quote = "“pain of the joint is known, train it”"
    minded = (
        f"Physician, noted on 2 March 2026: {quote}.",
        f"Answered with yes: joint problem. Seen by physician. {quote}.",
    )
    page = render_plan(plan_for().model_copy(update={"cautions": minded}), HEAD)
    assert page.count("train it”") == 1


def test_one_visit_is_advised_once() -> None:
    advice = (
        "See a pelvic-health physiotherapist before you run.",
        "Ask for a visit to a pelvic-health physiotherapist.",
        "Eat enough.",
    )
    assert list_advice(plan_for().model_copy(update={"advice": advice})) == [advice[0], advice[2]]


# --- the next look ----------------------------------------------------------------------------


def test_the_next_look_names_its_day_and_what_the_next_step_takes_by_which_test() -> None:
    sprain = sprained(6) | {"pains": (Pain(place="ankle", side="left", now=1, week=2),)}
    words = tell_next(plan_for(**sprain))
    assert words.startswith("9 March 2026. The next step, “get strong and steady on one leg”, takes all of this: ")
    assert "a week since the sprain" in words
    assert "knee-to-wall test, distance: at least 6 cm on each side" in words
    quiet = tell_next(plan_for(goals=("lift",), sports=("strength",)))
    assert "The next step" not in quiet
    assert "goes up, stays or goes back" in quiet


def test_weeks_of_training_are_no_test_and_decide_no_review() -> None:
    sore = {
        "pains": (Pain(place="achilles", side="left", spot="insertion", now=1, week=2),),
        "goals": ("run",),
        "sports": ("running",),
    }
    raises = (
        HandMeasurement(test="single_leg_heel_raise", side="left", value=25),
        HandMeasurement(test="single_leg_heel_raise", side="right", value=25),
    )
    plan = plan_for(
        make_visit(measurements=raises, notes=(SessionNote(pain_now=1, pain_during=2, pain_next_day=1),)), **sore
    )
    assert "6 weeks of this training" in tell_next(plan), "it takes them"
    assert not any("sessions took place" in each.next_test for each in plan.pathways)
    assert not any("sessions took place" in each.test for each in plan.tests)
    assert "weeks" not in plan.retest_why


# --- after pain that was too much ---------------------------------------------------------------


@pytest.mark.parametrize(("week", "talks"), [(7, True), (6, False)])
def test_pain_that_was_too_much_is_asked_about_before_anything_is_tested(week: int, talks: bool) -> None:
    plan = plan_for(pains=(Pain(place="knee", side="left", now=4, week=week),), goals=("daily_life",))
    first = [line for line in plan.cautions if line.startswith("Ask first, and hand nothing out")]
    assert bool(first) is talks
    assert (not plan.tests) is talks
    assert all("a doctor or physiotherapist before anything is trained there" in line for line in first)
    assert ("What is trained again is decided then" in tell_next(plan)) is talks


# --- what tests show ----------------------------------------------------------------------------


def test_what_got_better_beyond_its_error_is_told_first_and_what_did_not_is_called_that() -> None:
    then, now = DAY - timedelta(weeks=6), DAY
    person = make_person(pains=(Pain(place="knee", side="right", now=1, week=2),))
    before = make_visit(
        then,
        measurements=(
            HandMeasurement(test="chair_stand_30s", value=8),
            HandMeasurement(test="timed_up_and_go", value=9.8),
        ),
    )
    after = make_visit(
        now,
        measurements=(
            HandMeasurement(test="chair_stand_30s", value=14),
            HandMeasurement(test="timed_up_and_go", value=9.6),
        ),
    )
    first = make_plan(replace(person, today=then), [before], CARE, NORMS)
    told = tell_change(make_plan(person, [before, after], CARE, NORMS, last=first))
    assert f"Since {then}: Better: chair stands in 30 seconds 8 to 14 reps." in told
    assert "Changed, perhaps by chance: up and go 9.8 to 9.6 s." in told
    assert tell_change(first) == ""


@pytest.mark.parametrize(("born", "named"), [(1940, False), (1996, True)])
def test_jumps_are_left_out_in_words_only_for_who_may_want_them(born: int, named: bool) -> None:
    told = {"goals": ("balance",), "sports": ("walking",), "operations": ()}
    plan = make_plan(make_person(birth_year=born, **told), (make_visit(),), CARE, NORMS)
    jumps = [each for each in plan.left_out if CARE.exercises[each.exercise].impact]
    assert bool(jumps) is named
