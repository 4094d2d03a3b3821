"""What holds for everybody who has a plan already: more pain and fewer sessions never give more of anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from movescreen.client.intake.model import Intake
from movescreen.client.person import Person, standing_flags
from movescreen.client.plan import making
from movescreen.client.plan.dosing import list_doses
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan, PlannedExercise
from movescreen.client.plan.week import plan_week
from movescreen.client.visits.visit import ExerciseNote, SessionNote, Visit
from movescreen.errors import NeedsReferral, WordsUnread
from tests.client.test_safety_properties import (
    NORMS,
    OTHER,
    STOPPING,
    mirrored,
    often,
    people,
    plan_or_none,
    turned_words,
    visit_lists,
)
from tests.support.clients import CARE, DAY, make_visit
from tests.support.plans import make_plan

pytestmark = pytest.mark.slow
LATER, NOTED = DAY + timedelta(weeks=4), DAY + timedelta(weeks=4, days=-2)
scores = st.integers(0, 10)
maybe = st.none() | scores


@st.composite
def notes(draw: st.DrawFn, names: tuple[str, ...] = (), well: bool = False) -> SessionNote:
    """Return a note: with anything in it, or of somebody with whom it went about as well as a step up asks for."""
    planned = 12 if well else draw(st.none() | st.integers(1, 14))
    fine = (st.sampled_from([0, 1, 2, 2, 3]), st.sampled_from([5, 6, 7, 8, 9]), st.sampled_from([9, 8, 7, 6, 4]))
    pain, hard, sure = fine if well else (maybe, maybe, maybe)
    told = [
        ExerciseNote(
            exercise=name, done=well or draw(st.none() | st.booleans()), pain_during=draw(st.none() | pain),
            pain_next_day=draw(st.none() | pain), effort=draw(st.none() | hard),
        )
        for name in (draw(st.sets(st.sampled_from(names), max_size=3)) if names else ())
    ]  # fmt: skip
    return SessionNote(
        pain_week=None if well else draw(st.none() | st.integers(0, 4)), pain_during=draw(pain), pain_next_day=draw(pain),
        effort=draw(hard), confidence=draw(sure), sessions_planned=planned, exercises=tuple(told),
        sessions_done=draw(st.sampled_from([12, 11, 10, 9, 8]) if well else st.integers(0, planned)) if planned else None,
    )  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> tuple[Person, tuple[Visit, ...], Plan]:
    """Return somebody with a plan, which may have grown already, and what was told since."""
    person, visits = draw(people), draw(visit_lists())
    plan = plan_or_none(person, visits)
    assume(plan is not None)
    assert plan is not None
    if draw(st.booleans()):
        went_well = SessionNote(pain_during=0, pain_next_day=0, sessions_done=12, sessions_planned=12)
        visits = (*visits, make_visit(DAY + timedelta(days=20), notes=(went_well,)))
        plan = follow(replace(person, today=DAY + timedelta(days=21)), visits, plan)
        assume(plan is not None)
        assert plan is not None
    names = tuple(e.exercise for e in plan.exercises)
    well = draw(st.booleans())
    told = tuple(draw(st.lists(notes(names, well), min_size=int(well), max_size=1 if well else 3)))
    days = [NOTED - timedelta(days=i) for i in range(len(told))][::-1]
    later = tuple(make_visit(day, notes=(note,)) for day, note in zip(days, told, strict=True))
    return replace(person, today=LATER), (*visits, *later), plan


def follow(person: Person, visits: tuple[Visit, ...], last: Plan) -> Plan | None:
    try:
        return make_plan(person, visits, CARE, NORMS, last=last)
    except NeedsReferral:
        return None


def level(name: str, plan: Plan | None) -> tuple[int, ...]:
    """Return how much of an exercise of the last plan is left in the next one: what went on to a harder one is the most."""
    if plan is None:
        return (-2,)
    for e in plan.exercises:
        if e.exercise == name and not e.instead_of:
            return (0, *_amount(e))
        if e.instead_of == name:
            return (1,) if e.change == "up" else (-1,)
    # what gave way to its harder exercise did not get less
    passed = any(g.exercise == name and "is in the plan already" in g.reason for g in plan.gone)
    return (1,) if passed else (-2,)


def _amount(e: PlannedExercise) -> tuple[int, ...]:
    step = e.step if e.step is not None else 0
    return step, e.sets


def change_last(visits: tuple[Visit, ...], change: Any) -> tuple[Visit, ...] | None:
    """Return the visits with another last note; None when there is none since the plan."""
    last = visits[-1]
    if last.day <= DAY + timedelta(days=21) or not last.notes:
        return None
    return (*visits[:-1], last.model_copy(update={"notes": (change(last.notes[-1]),)}))


@often
@given(stories(), scores, st.sampled_from(["pain_during", "pain_next_day", "pain_week", "effort"]))
def test_more_pain_or_effort_never_gives_more(
    story: tuple[Person, tuple[Visit, ...], Plan], more: int, name: str
) -> None:
    person, visits, last = story

    def louder(note: SessionNote) -> SessionNote:
        told = getattr(note, name)
        if told is None:
            return note
        worse = {name: min(10, told + more)}
        own = tuple(
            each.model_copy(update={name: min(10, getattr(each, name) + more)}) if getattr(each, name, None) is not None else each
            for each in note.exercises
        )  # fmt: skip
        return note.model_copy(update={**worse, "exercises": own})

    sorer = change_last(visits, louder)
    assume(sorer is not None)
    assert sorer is not None
    mild, sore = follow(person, visits, last), follow(person, sorer, last)
    for e in last.exercises:
        assert level(e.exercise, sore) <= level(e.exercise, mild), e.exercise


@often
@given(stories(), st.integers(0, 10))
def test_fewer_sessions_never_give_more(story: tuple[Person, tuple[Visit, ...], Plan], done: int) -> None:
    person, visits, last = story

    def fewer(note: SessionNote) -> SessionNote:
        ticks = tuple(each.model_copy(update={"done": False}) if each.done else each for each in note.exercises)
        less = None if note.sessions_done is None else min(note.sessions_done, done)
        return note.model_copy(update={"sessions_done": less, "exercises": ticks})

    lazier = change_last(visits, fewer)
    assume(lazier is not None)
    assert lazier is not None
    much, little = follow(person, visits, last), follow(person, lazier, last)
    for e in last.exercises:
        assert level(e.exercise, little) <= level(e.exercise, much), e.exercise


@often
@given(stories(), scores)
def test_less_confidence_never_gives_more(story: tuple[Person, tuple[Visit, ...], Plan], sure: int) -> None:
    person, visits, last = story
    less = change_last(
        visits,
        lambda n: n if n.confidence is None else n.model_copy(update={"confidence": min(sure, n.confidence)}),
    )
    assume(less is not None)
    assert less is not None
    for e in last.exercises:
        assert level(e.exercise, follow(person, less, last)) <= level(e.exercise, follow(person, visits, last))


@often
@given(stories())
def test_left_and_right_are_mirror_images(story: tuple[Person, tuple[Visit, ...], Plan]) -> None:
    person, visits, last = story
    turned_person, turned_visits = mirrored(person, visits)
    sides = tuple(e.model_copy(update={"side": OTHER[e.side], "how": turned_words(e.how)}) for e in last.exercises)
    plan, other = (
        follow(person, visits, last),
        follow(turned_person, turned_visits, last.model_copy(update={"exercises": sides})),
    )
    assert (plan is None) == (other is None)
    if plan is None or other is None:
        return
    assert [(e.exercise, e.sets, e.change, OTHER[e.side]) for e in plan.exercises] == [
        (e.exercise, e.sets, e.change, e.side) for e in other.exercises
    ]
    assert [turned_words(e.because) for e in plan.exercises] == [e.because for e in other.exercises]
    assert plan.week == other.week


@often
@given(stories())
def test_every_exercise_shown_passes_every_ban(story: tuple[Person, tuple[Visit, ...], Plan]) -> None:
    person, visits, last = story
    plan = follow(person, visits, last)
    if plan is None:
        return
    shown = [e.exercise for e in plan.exercises]
    assert len(set(shown)) == len(shown)
    assert not set(shown) & set(find_bars(person, visits, CARE, NORMS))
    # every exercise of the last plan is told about: it stays, something stands in its place, or it went with a reason
    after = set(shown) | {e.instead_of for e in plan.exercises} | {g.exercise for g in plan.gone}
    assert {e.exercise for e in last.exercises} <= after
    assert all(e.because and e.change for e in plan.exercises), [
        (e.exercise, e.change, e.because, e.until, e.why) for e in plan.exercises
    ]
    assert all(g.reason for g in plan.gone)


@often
@given(stories())
def test_nothing_grows_by_more_than_one_step(story: tuple[Person, tuple[Visit, ...], Plan]) -> None:
    person, visits, last = story
    plan = follow(person, visits, last)
    before = {e.exercise: e for e in last.exercises}
    for e in plan.exercises if plan else ():
        was = before.get(e.exercise)
        if was is not None and not e.instead_of and e.step is not None and was.step is not None:
            assert e.step - was.step <= (e.change == "up")
            assert (e.change == "up") or e.sets <= was.sets
        if e.instead_of:
            assert e.step == 0


@often
@given(stories(), st.sampled_from(STOPPING))
def test_an_open_red_flag_still_holds(story: tuple[Person, tuple[Visit, ...], Plan], flag: str) -> None:
    person, visits, last = story
    told = person.intake
    assert told is not None
    yes: Intake = told.model_copy(update={"symptoms": {**told.symptoms, flag: True}, "clearances": ()})
    seen = replace(person, intake=yes, standing=standing_flags([yes], person.today))
    assert follow(seen, visits, last) is None
    word = make_visit(LATER, notes=(SessionNote(text="numb between the legs"),))
    with pytest.raises(WordsUnread):
        making.make_plan(person, (*visits, word), CARE, NORMS, last)


@often
@given(stories())
def test_the_same_history_gives_the_same_plan(story: tuple[Person, tuple[Visit, ...], Plan]) -> None:
    person, visits, last = story
    assert follow(person, visits, last) == follow(person, visits, last)


@often
@given(stories(), st.sets(st.integers(0, 6)))
def test_the_same_load_never_falls_on_neighboring_days(
    story: tuple[Person, tuple[Visit, ...], Plan], days: set[int]
) -> None:
    person, visits, last = story
    plan = follow(person, visits, last) or last
    week, _ = plan_week(plan.exercises, CARE.exercises, tuple(days))
    on = {day.weekday: set(day.exercises) for day in week}
    for name in {e.exercise for e in plan.exercises if e.stage in ("load", "speed") and e.per_week <= 4}:
        for day, names in on.items():
            if name in names:
                beside = on.get((day + 1) % 7, set())
                assert name not in beside
                loads = set(CARE.exercise(name).loads)
                for other in beside:
                    theirs = set(CARE.exercise(other).loads)
                    heavy = CARE.exercise(other).stage in ("load", "speed") and CARE.exercise(other).dose.per_week <= 4
                    assert not heavy or (loads and theirs and not loads & theirs)
    frequent = {e.exercise for e in plan.exercises if e.per_week > 4}
    if days:
        assert all(day in days for day, names in on.items() if names - frequent)


def test_every_dose_of_the_catalog_grows_within_reason() -> None:
    for spec in CARE.exercises.values():
        doses = list_doses(spec)
        assert doses[0].numbers == {k: getattr(spec.dose, k) for k in doses[0].numbers}
        assert len(set(doses)) == len(doses), spec.id
        for before, after in pairwise(doses):
            assert after.words or (after.covers(before) and not before.covers(after)), spec.id
            volume = [d.sets * (d.reps or 1) * (d.hold_s or 1) * (d.duration_s or 1) for d in (before, after)]
            assert volume[1] <= 1.6 * volume[0], f"{spec.id}: {before} to {after}"
