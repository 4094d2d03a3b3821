"""What a client asked waits for the trainer, who answers it once; nothing answers in their place, and nothing that was asked is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Intake, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.answers import find_answers, find_questions, note_answer, tell_facts
from movescreen.client.plan.model import Plan
from movescreen.client.plan.sheet import list_asked
from movescreen.client.rules.danger_words import ReadAs
from movescreen.client.visits.visit import SessionNote
from movescreen.errors import InputError
from movescreen.report.pages.client import Handout, render_handout
from movescreen.report.pages.plan import render_plan
from movescreen.report.sections.person import PersonHead
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_intake, make_person, make_visit, read_all
from tests.support.plans import make_plan

NORMS = load_norms()
#: A sprain of six days ago.
SPRAINED: dict[str, Any] = {
    "injuries": (Injury(kind="ankle_sprain", place="ankle", side="left", when=(DAY - timedelta(days=6)).isoformat()),),
    "pains": (Pain(place="ankle", side="left", now=1, week=2),), "sports": ("jumping_and_turning",), "goals": ("return_to_sport",),
}  # fmt: skip


def asked(*notes: str, **told: Any) -> list[str]:
    visits = [make_visit(notes=(SessionNote(text=text),)) for text in notes]
    return [each.text for each in find_questions(make_person(**told), visits)]


def answered(person: Person, words: str, question: int = 0) -> Person:
    found = find_questions(person, ())[question]
    read = note_answer(ReadAs(key=found.key, answer=words), found, person, "AT")
    return replace(person, words_read=(*person.words_read, read))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Do I have to stop? And is it better on a treadmill?", ["Do I have to stop?", "And is it better on a treadmill?"]),
        ("Squats 100 for five. Wants to pull again. How heavy?", ["How heavy?"]),
        ("First sprain. Asks how long to keep the brace. Wears it.", ["Asks how long to keep the brace."]),
        ("Coach asks for a box of 50 cm.", ["Coach asks for a box of 50 cm."]),
        ("Match on the 12. December, or not? Fine else.", ["Match on the 12. December, or not?"]),
        ("Monday stairs were a 7. Now 3. Match on Saturday, or not?", ["Match on Saturday, or not?"]),
        ("Play on 12 December.", []),  # a note tells of days that nobody asks about
        ("The mask itches. Basking in the sun.", []),
    ],
)  # fmt: skip
def test_every_question_is_found_as_typed(text: str, found: list[str]) -> None:
    assert asked(text) == found
    assert asked(note=text) == found


@pytest.mark.parametrize(
    "goal",
    ["Play on 12 December", "play the match on December 12th", "10 km on 2027-01-09", "lauf am 9.1. wieder", "A 10 km race in April",
     "marathon next October", "Walk 18 holes in spring", "run again this week", "climb in two weeks", "ski by christmas", "Full shifts again by the new year",
     "Team match on Saturday", "2k on the erg by the end of February"],
)  # fmt: skip
def test_a_goal_with_a_day_waits_for_an_answer(goal: str) -> None:
    (each,) = find_answers(make_person(goal_words=f"Be strong. {goal}. Sleep well."), ())
    assert each.asked == f"Be strong. {goal}. Sleep well."
    assert each.wish
    assert not each.answer


@pytest.mark.parametrize(
    "goal",
    ["March on the spot", "I may run", "a 10 km race", "spring from one leg", "5.5 km in 30 min", "Nordic walking on Thursdays", "run in one go"],
)  # fmt: skip
def test_a_goal_without_a_day_waits_for_none(goal: str) -> None:
    assert asked(goal_words=goal) == []


def test_what_an_earlier_conversation_asked_is_over_and_what_was_asked_twice_is_asked_once() -> None:
    person = make_person(note="May I run?")
    before = make_intake(day=DAY - timedelta(days=40), note="May I swim?", goal_words="")
    told = replace(person, told=(before, *([person.intake] if person.intake else [])))
    later = make_visit(notes=(SessionNote(text="May I run?"),))
    over = make_visit(DAY - timedelta(days=30), notes=(SessionNote(text="May I dive?"),))
    assert [each.text for each in find_questions(told, (over, later))] == ["May I run?"]


def test_a_question_of_the_last_weeks_and_its_answer_outlast_an_intake_that_is_asked_anew() -> None:
    noted = make_visit(DAY - timedelta(days=2), notes=(SessionNote(text="May I dive?"),))
    before = make_person(today=DAY - timedelta(days=2), day=DAY - timedelta(days=60))
    (question,) = find_questions(before, (noted,))
    answer = note_answer(ReadAs(key=question.key, answer="Yes."), question, before, "AT")
    anew = replace(make_person(), words_read=(answer,))
    assert [(each.asked, each.answer) for each in find_answers(anew, (noted,))] == [("May I dive?", "Yes.")]


def test_an_answer_stands_with_its_day_the_last_one_counts_and_none_counts_before_it_was_given() -> None:
    person = make_person(goal_words="Play on 12 December.", note="Do I have to stop?")
    assert [each.answer for each in find_answers(person, ())] == ["", ""]
    said = answered(answered(person, "No, not by then.", 0), "No.", 1)
    first, second = find_answers(said, ())
    assert (first.answer, first.by, first.on, second.answer) == ("No, not by then.", "AT", DAY, "No.")
    later = replace(said, today=DAY + timedelta(days=2))
    assert next(each.answer for each in find_answers(answered(later, "Yes, half an hour."), ())) == "Yes, half an hour."
    assert [each.answer for each in find_answers(replace(said, today=DAY - timedelta(days=1)), ())] == ["", ""]
    with pytest.raises(InputError, match="who answers"):
        note_answer(ReadAs(key="x", answer="No."), find_questions(person, ())[0], person, "")


def test_the_clients_page_has_the_answer_or_lines_for_a_pen_and_the_trainers_page_what_waits() -> None:
    person = make_person(**SPRAINED, goal_words="Get strong. Play on 16 March.", note="May I swim?")
    plan = make_plan(answered(person, "No: the ankle needs six weeks.", 0), (make_visit(),), CARE, NORMS)
    page = render_handout(Handout("C1", plan=plan))
    wish, swim = page.index("“Get strong. Play on 16 March.”"), page.index("“May I swim?”")
    assert "<b>Your trainer, 2 March 2026:</b> No: the ankle needs six weeks." in page[wish:swim]
    assert page.count('class="ruled"') == 2, "two lines to write on, for the one that waits"
    assert page.index('class="ruled"') > swim
    trainers = render_plan(plan, PersonHead("C1", 35, "female"))
    assert "1 question waits for your answer: “May I swim?”." in trainers
    both = answered(answered(person, "No.", 0), "Yes.", 1)
    done = make_plan(both, (make_visit(),), CARE, NORMS)
    assert 'class="ruled"' not in render_handout(Handout("C1", plan=done))
    assert "waits for your answer" not in render_plan(done, PersonHead("C1", 35, "female"))


@pytest.mark.parametrize(("week", "asked"), [(7, True), (6, False)])
def test_what_a_talk_about_much_pain_brought_is_kept_and_opens_nothing(week: int, asked: bool) -> None:
    person = make_person(
        pains=(Pain(place="knee", side="left", now=2, week=week),), goals=("daily_life",), goal_words=""
    )
    plan = make_plan(person, (), CARE, NORMS)
    assert [each.talk for each in plan.waiting] == [True] * asked
    if not asked:
        return
    talked = make_plan(answered(person, "After the stairs, gone by morning."), (), CARE, NORMS)
    assert "After the stairs, gone by morning." in render_plan(talked, PersonHead("C1", 35, "female"))
    assert "After the stairs" not in render_handout(Handout("C1", plan=talked))
    assert "what did you hear" not in render_handout(Handout("C1", plan=plan))
    assert talked.model_copy(update={"questions": ()}) == plan.model_copy(update={"questions": ()})


def test_an_answer_lifts_no_ban() -> None:
    """What the trainer says stands on the page; what may be done is as before."""
    word = Clearance(flag="joint_problem", by="surgeon", on=DAY, allows="load", note="no running, no jumping")
    told = SPRAINED | {"symptoms": QUESTIONS | {"joint_problem": True}, "clearances": (word,), "note": "May I run?"}
    person = make_person(**told)
    plain, said = (
        make_plan(each, (make_visit(),), CARE, NORMS) for each in (person, answered(person, "Yes, run and jump."))
    )
    assert any("running and jumping" in each.wait for each in plain.activities)
    assert plain.model_copy(update={"questions": ()}) == said.model_copy(update={"questions": ()})


def test_beside_a_question_stand_facts_alone() -> None:
    word = Clearance(
        flag="joint_problem", by="physician", on=DAY, allows="speed", note="not torn; tennis as far as pain allows"
    )
    told = SPRAINED | {"symptoms": QUESTIONS | {"joint_problem": True}, "clearances": (word,)}
    facts = " ".join(tell_facts(read_all(make_person(**told)), (make_visit(),), CARE, NORMS))
    assert "“not torn; tennis as far as pain allows”" in facts
    assert "step 1 of 4" in facts
    assert "knee-to-wall test, distance: at least 6 cm on each side" in facts
    assert "is not passed before 2026-04-07: six weeks since the sprain." in facts, (
        "six weeks less six days from 2 March"
    )
    assert tell_facts(make_person(sports=("running",)), (make_visit(),), CARE, NORMS) == []
    raises = make_visit(measurements=by_hand("single_leg_heel_raise", 13, 25))
    told = {"injuries": (Injury(kind="muscle_strain", place="calf", side="left", when=DAY.isoformat()),)}
    assert tell_facts(read_all(make_person(**told), raises), (raises,), CARE, NORMS) == [
        "No running or jumping now (care profile: a fresh injury of the leg).",
        "Measured on 2026-03-02: single-leg heel raises left 13 and right 25.",
    ]


def test_the_time_after_an_operation_is_told_also_while_running_is_banned() -> None:
    operation = Operation(
        what="cruciate ligament", place="knee", side="left", when=(DAY - timedelta(days=150)).isoformat(), cleared=True,
        cleared_by="surgeon", cleared_on=DAY.isoformat(), allowed="load",
    )  # fmt: skip
    told = {"operations": (operation,), "goals": ("return_to_sport",), "sports": ("jumping_and_turning",)}
    facts = " ".join(tell_facts(read_all(make_person(**told)), (make_visit(),), CARE, NORMS))
    assert "9 months since the operation" in facts


def test_a_plan_of_before_loses_its_own_answers_and_what_was_asked_waits() -> None:
    plan = make_plan(make_person(), (make_visit(),), CARE, NORMS)
    old = plan.model_dump(mode="json") | {
        "answers": [{"about": "12 December", "words": "Open."}], "questions": ["Is ice of any use?"],
        "answered": [{"about": "May I run?", "words": "Yes: run."}],
    }  # fmt: skip
    old["activities"] = [
        *old["activities"],
        {"about": "run", "kind": "asked", "note": "It begins here with: marching."},
    ]
    read = Plan.model_validate(old)
    assert [each.asked for each in read.waiting] == ["Is ice of any use?", "May I run?"]
    assert read.activities == plan.activities
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_what_is_wanted_is_told_without_what_is_asked() -> None:
    told: Intake = make_intake(goal_words="Run far. Can I?")
    plan = make_plan(make_person(goal_words=told.goal_words), (make_visit(),), CARE, NORMS)
    assert [(each.wish, each.asked) for each in list_asked(plan)] == [(True, "Run far."), (False, "Can I?")]
