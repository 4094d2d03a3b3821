"""A plan that starts from the last one: up, hold, back, new or gone for every exercise, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Pain
from movescreen.client.person import Person
from movescreen.client.plan.dosing import list_doses
from movescreen.client.plan.editing import change_exercise, remove_exercise
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.making import make_plan as make_unread
from movescreen.client.plan.model import Plan, PlannedExercise
from movescreen.client.plan.parts import find_parts
from movescreen.client.plan.since import listen
from movescreen.client.plan.starting import judge
from movescreen.client.visits.visit import ExerciseNote, HandMeasurement, MovementPain, SessionNote, Visit
from movescreen.errors import WordsUnread
from movescreen.model import Finding, Status
from tests.support.clients import CARE, DAY, SEEN, by_hand, make_person, make_record, make_setup, make_visit, read_all
from tests.support.plans import make_plan

NORMS = load_norms()
LATER, NOTED = DAY + timedelta(weeks=4), DAY + timedelta(weeks=4, days=-2)
BEND = make_record("spine_dominant_bend", movement="bend", value=15.0, limit=10.0, measurement_error=1.0)
HEEL = make_record("heel_rise", side="right", value=15.0, limit=10.0, measurement_error=1.0)


def filmed(day: date, *findings: Finding, yaw: float = 88.0, **more: Any) -> Visit:
    """Return a visit with a clip of its own for every finding."""
    seen = [make_visit(day, findings=(f,), setup=make_setup(movement=f.movement, yaw_deg=yaw)) for f in findings]
    return make_visit(day, **more).model_copy(update={"screenings": tuple(s for v in seen for s in v.screenings)})


FIRST = filmed(DAY, BEND, HEEL, measurements=by_hand("single_leg_heel_raise", 17, 22))
GOOD: dict[str, Any] = {
    "pain_during": 1, "pain_next_day": 1, "sessions_done": 10, "sessions_planned": 12, "confidence": 8,
}  # fmt: skip


def person_on(day: date = LATER, **changes: Any) -> Person:
    return replace(make_person(goals=("lift",), sports=("strength",), **changes), today=day)


def first_plan() -> Plan:
    return make_plan(person_on(DAY), [FIRST], CARE, NORMS)


def next_plan(*notes: SessionNote, day: date = NOTED, last: Plan | None = None, visits: tuple[Visit, ...] = ()) -> Plan:
    told = (make_visit(day, notes=notes),) if notes else ()
    return make_plan(person_on(), [FIRST, *told, *visits], CARE, NORMS, last=last or first_plan())


def good(**changes: Any) -> SessionNote:
    return SessionNote(**(GOOD | changes))


def of(plan: Plan, name: str) -> PlannedExercise:
    return next(e for e in plan.exercises if e.exercise == name)


def numbers(e: PlannedExercise) -> tuple[Any, ...]:
    return e.sets, e.reps or 0, e.hold_s or 0, e.duration_s or 0


def growing(plan: Plan) -> list[PlannedExercise]:
    """Return the exercises whose dose can grow."""
    return [e for e in plan.exercises if len(list_doses(CARE.exercise(e.exercise))) > 1]


def test_a_first_plan_starts_from_nothing() -> None:
    plan = first_plan()
    assert plan.started_from is None
    assert {e.change for e in plan.exercises} == {""}
    assert growing(plan), "the cases below need some"


def test_all_went_well_so_it_goes_up_and_says_why() -> None:
    last, plan = first_plan(), next_plan(good())
    assert plan.started_from == last.day
    changes = [of(plan, before.exercise).change for before in growing(last)]
    assert changes.count("up") == min(2, len(changes)), "one thing at a time"
    assert set(changes) <= {"up", "hold"}
    for before in growing(last):
        now = of(plan, before.exercise)
        if now.change == "hold":
            assert now.because.startswith("One thing at a time: ")
            assert numbers(now) == numbers(before)
            continue
        assert now.step == 1
        assert numbers(now) > numbers(before) or "in the harder form" in now.extra
        assert now.because.startswith("Pain 1 of 10 the next morning, 10 of 12 sessions: ")
        assert now.amount_words in now.because


def test_nothing_known_since_is_no_step() -> None:
    last, plan = first_plan(), next_plan(last=first_plan())
    kept = [e for e in plan.exercises if e.exercise in {x.exercise for x in last.exercises}]
    assert {e.change for e in kept} <= {"hold", "back"}
    assert all(
        "how it went was not told since" in e.because.lower()
        for e in kept
        if e.change == "hold" and e.stage != "warm_up"
    )
    # nobody knows about pain, so what is heavy goes, and says so
    heavy = {e.exercise for e in last.exercises if e.stage == "load"}
    assert heavy
    assert not heavy & {e.exercise for e in plan.exercises}
    assert all("nobody asked about pain" in g.reason for g in plan.gone if g.exercise in heavy)


@pytest.mark.parametrize(
    ("changes", "change", "says"),
    [
        ({"sessions_done": 9}, "up", "9 of 12 sessions"),
        ({"sessions_done": 8}, "hold", "8 of 12 sessions"),
        ({"sessions_done": 0}, "hold", "0 of 12 sessions"),
        ({"sessions_done": None, "sessions_planned": None}, "hold", "sessions were not told since"),
        ({"pain_next_day": 2}, "up", "Pain 2 of 10 the next morning"),
        ({"pain_next_day": 3}, "hold", "Pain 3 of 10 the next morning"),
        ({"pain_next_day": 4}, "hold", "Pain 4 of 10 the next morning"),
        ({"pain_next_day": None}, "hold", "the next morning was not told since"),
        ({"pain_during": 3}, "hold", "pain 3 of 10 during training"),
        ({"pain_during": None}, "up", "Pain 1 of 10 the next morning"),
        ({"pain_week": 4}, "hold", "pain of 4 of 10"),
        ({"confidence": 4}, "hold", "confidence 4 of 10"),
        ({"confidence": 5}, "up", "10 of 12"),
        ({"confidence": None}, "up", "10 of 12"),
        ({"effort": 9}, "hold", "it felt very hard (9 of 10)"),
        ({"effort": 7}, "up", "10 of 12"),
    ],
)
def test_each_thing_that_was_told_decides(changes: dict[str, Any], change: str, says: str) -> None:
    now = of(next_plan(good(**changes)), growing(first_plan())[0].exercise)
    assert (now.change, says.lower() in now.because.lower()) == (change, True), now.because


def test_five_the_next_morning_takes_it_one_step_back() -> None:
    up = next_plan(good())
    third = LATER + timedelta(weeks=4)
    sore = make_visit(third - timedelta(days=1), notes=(good(pain_next_day=5),))
    visits = [FIRST, make_visit(NOTED, notes=(good(),)), sore]
    plan = make_plan(person_on(third), visits, CARE, NORMS, last=up)
    stepped = [e for e in up.exercises if e.step and e.stage in ("activation", "mobility")]
    assert stepped
    for before in stepped:
        now = of(plan, before.exercise)
        assert now.change == "back"
        assert now.step == before.step - 1
        assert "pain 5 of 10 the next morning" in now.because.lower()
        assert now.sets <= before.sets
    # what is above the stage that pain allows goes back to its easier exercise, or goes
    for before in up.exercises:
        if before.stage in ("load", "integration"):
            assert before.exercise not in {e.exercise for e in plan.exercises}


def test_pain_of_one_exercise_is_about_that_one() -> None:
    name, other, *_ = [e.exercise for e in growing(first_plan())]
    notes = (
        ExerciseNote(exercise=name, done=True, pain_next_day=2),
        ExerciseNote(exercise=other, done=True, pain_next_day=0),
    )
    plan = next_plan(good(exercises=notes))
    assert "pain 2 of 10 the next morning" in of(plan, name).because.lower()
    assert "pain 0 of 10 the next morning" in of(plan, other).because.lower()
    hurt = (notes[0].model_copy(update={"pain_during": 6}), notes[1])
    sore = next_plan(good(exercises=hurt))
    assert name not in {e.exercise for e in sore.exercises if e.change == "up"}
    assert all(e.change != "up" for e in sore.exercises), "and the whole plan hears it"


def test_a_painful_note_of_three_weeks_ago_is_not_recent() -> None:
    old = make_visit(LATER - timedelta(days=15), notes=(SessionNote(pain_next_day=5, pain_during=7),))
    plan = make_plan(person_on(), [FIRST, old, make_visit(NOTED, notes=(good(),))], CARE, NORMS, last=first_plan())
    assert [e.change for e in growing(plan)].count("up") == 2
    stale = make_plan(
        person_on(), [FIRST, make_visit(LATER - timedelta(days=15), notes=(good(),))], CARE, NORMS, last=first_plan()
    )
    assert all(e.change != "up" for e in stale.exercises)
    assert any("counts as not asked" in e.because for e in stale.exercises)


def test_notes_of_before_the_last_plan_are_spent() -> None:
    spent = make_visit(DAY, notes=(good(),))
    plan = make_plan(person_on(), [FIRST, spent], CARE, NORMS, last=first_plan())
    assert all(e.change != "up" for e in plan.exercises)


def test_ticks_count_as_sessions() -> None:
    last = first_plan()
    names = [e.exercise for e in growing(last)]
    every = CARE.exercise(names[0]).dose.per_week * 4

    def logged(times: int) -> Plan:
        ticks = tuple(ExerciseNote(exercise=name, done=True) for name in names)
        days = [DAY + timedelta(days=1 + i * 26 // max(1, times)) for i in range(times)]
        visits = [
            make_visit(day, notes=(SessionNote(pain_during=0, pain_next_day=0, confidence=7, exercises=ticks),))
            for day in days
        ]
        visits.append(make_visit(NOTED, notes=(SessionNote(pain_during=0, pain_next_day=0),)))
        return make_plan(person_on(), [FIRST, *visits], CARE, NORMS, last=last)

    assert of(logged(every), names[0]).change == "up"
    few = of(logged(3), names[0])
    assert few.change == "hold"
    assert "3 of 18 sessions" in few.because, "of what came after the last tick nothing was told"


@pytest.mark.parametrize(("effort", "done", "change"), [(5, True, "up"), (7, True, "hold"), (5, False, "hold")])
def test_sessions_that_were_noted_easy_let_it_grow_however_many_nobody_noted(
    effort: int, done: bool, change: str
) -> None:
    name = growing(first_plan())[0].exercise
    visits = [
        make_visit(
            DAY + timedelta(days=day),
            notes=(
                SessionNote(
                    pain_during=0, pain_next_day=0, effort=effort, exercises=(ExerciseNote(exercise=name, done=ok),)
                ),
            ),
        )
        for day, ok in ((7, True), (14, done), (24, True))
    ]
    plan = make_plan(person_on(), [FIRST, *visits], CARE, NORMS, last=first_plan())
    assert of(plan, name).change == change


@pytest.mark.parametrize(("week", "during", "change"), [(3, 1, "up"), (4, 1, "hold"), (3, None, "hold")])
def test_the_worst_of_a_week_that_is_safe_holds_nothing_back_whose_training_and_mornings_told_less(
    week: int, during: int | None, change: str
) -> None:
    sore = {
        "pains": (Pain(place="knee", side="left", now=1, week=3),),
        **SEEN,
        "sports": ("walking",),
        "goals": ("daily_life",),
    }
    first = make_plan(make_person(**sore), (), CARE, NORMS)
    note = good(pain_week=week, pain_during=during, pain_next_day=1)
    later = replace(make_person(**sore), today=LATER)
    plan = make_plan(later, [make_visit(NOTED, notes=(note,))], CARE, NORMS, last=first)
    changes = {
        e.change
        for e in plan.exercises
        if "knee" in (find_parts(CARE.exercise(e.exercise), CARE) or ()) and e.stage != "warm_up"
    }
    assert ("up" in changes) is (change == "up")


@pytest.mark.parametrize(("done", "harder"), [(2, False), (11, True)])
def test_who_did_few_of_the_sessions_gets_nothing_harder(done: int, harder: bool) -> None:
    told = {"sports": ("walking",), "goals": ("daily_life",)}
    first = make_plan(make_person(**told), (), CARE, NORMS)
    note = good(sessions_done=done, sessions_planned=12)
    later = replace(make_person(**told | {"goals": ("run", "lift"), "sports": ("running", "strength")}), today=LATER)
    plan = make_plan(later, [make_visit(NOTED, notes=(note,))], CARE, NORMS, last=first)
    heavy = [e.exercise for e in plan.exercises if e.change == "new" and e.stage in ("load", "speed")]
    assert bool(heavy) is harder


def test_what_was_left_out_of_the_sessions_does_not_grow() -> None:
    name, other, *_ = [e.exercise for e in growing(first_plan())]
    ticks = (ExerciseNote(exercise=name, done=False), ExerciseNote(exercise=other, done=True))
    plan = next_plan(good(sessions_done=None, exercises=ticks), good(exercises=ticks))
    assert of(plan, name).change == "hold"
    assert of(plan, other).change == "up"


def test_sessions_are_told_in_the_numbers_that_were_noted() -> None:
    name, other, *_ = [e.exercise for e in growing(first_plan())]

    def log(day: int, done: bool) -> Visit:
        ticks = (ExerciseNote(exercise=name, done=done), ExerciseNote(exercise=other, done=True))
        return make_visit(DAY + timedelta(days=day), notes=(SessionNote(exercises=ticks),))

    plan = next_plan(
        good(sessions_done=9, sessions_planned=12), visits=(log(14, True), log(16, False), log(18, True), log(20, True))
    )
    assert of(plan, name).change == "hold", "9 of 12 with three of four of them is less than three of four"
    assert "Done in 3 of 4 noted sessions (9 of 12 planned ones took place)" in of(plan, name).because
    assert of(plan, other).change == "up"
    assert "9 of 12 sessions" in of(plan, other).because


def test_what_hurt_in_a_screening_goes() -> None:
    hurt = SessionNote(movement_pain=(MovementPain(movement="bend", score=6),))
    plan = next_plan(good(), hurt)
    last = first_plan()
    barred = [e.exercise for e in last.exercises if "bend" in CARE.exercise(e.exercise).movements]
    assert barred
    gone = {g.exercise: g.reason for g in plan.gone}
    for name in barred:
        assert name not in {e.exercise for e in plan.exercises}
        assert "bend hurt on" in gone[name]


def test_a_new_complaint_takes_out_what_it_bars() -> None:
    last = first_plan()
    person = person_on(pains=(Pain(place="low_back", now=1, week=5),))
    barred = find_bars(replace(person, today=LATER), [FIRST], CARE, NORMS)
    plan = make_plan(person, [FIRST], CARE, NORMS, last=last)
    for e in last.exercises:
        if e.exercise in barred:
            assert e.exercise not in {x.exercise for x in plan.exercises}
            assert e.exercise in {g.exercise for g in plan.gone} | {x.instead_of for x in plan.exercises}


def seen_again(check: Finding, **changes: Any) -> Visit:
    return filmed(NOTED, replace(check, **changes), notes=(good(),))


def test_the_camera_saw_it_get_worse_beyond_its_error() -> None:
    last = first_plan()
    name = next(e.exercise for e in growing(last) if _leads(e.exercise, "hip_hinge"))
    worse = make_plan(person_on(), [FIRST, seen_again(BEND, value=25.0)], CARE, NORMS, last=last)
    assert of(worse, name).change == "hold"
    assert "15 to 25" in of(worse, name).because
    noise = make_plan(person_on(), [FIRST, seen_again(BEND, value=17.0)], CARE, NORMS, last=last)
    assert of(noise, name).change == "up"
    moved = filmed(NOTED, replace(BEND, value=25.0), yaw=30.0, notes=(good(),))
    other_camera = make_plan(person_on(), [FIRST, moved], CARE, NORMS, last=last)
    assert of(other_camera, name).change == "up", "another camera set-up tells nothing"


def _leads(name: str, need: str) -> bool:
    return need in CARE.exercise(name).serves


def test_clear_beyond_the_error_lets_it_go_and_noise_does_not() -> None:
    first = filmed(DAY, HEEL)
    last = make_plan(person_on(DAY), [first], CARE, NORMS)
    only = {e.exercise for e in last.exercises if CARE.exercise(e.exercise).serves == ("ankle_range",)}
    assert only
    clear = {"status": Status.CLEAR, "severity": 0}
    free = make_plan(person_on(), [first, seen_again(HEEL, value=2.0, **clear)], CARE, NORMS, last=last)
    gone = {g.exercise: g.reason for g in free.gone}
    assert only <= set(gone)
    assert all("heel rise (right) 15 to 2 percent" in gone[name] for name in only)
    noisy = make_plan(person_on(), [first, seen_again(HEEL, value=14.0, **clear)], CARE, NORMS, last=last)
    assert only <= {e.exercise for e in noisy.exercises}
    assert any("not clearly better" in n.reasons[0] for n in noisy.needs if n.need == "ankle_range")


def test_at_the_end_of_its_dose_the_harder_exercise_takes_its_place() -> None:
    plan, visits, day = first_plan(), [FIRST], DAY
    moved: list[tuple[str, str]] = []
    for _ in range(6):
        day += timedelta(weeks=4)
        visits.append(make_visit(day - timedelta(days=1), notes=(good(),)))
        following = make_plan(person_on(day), visits, CARE, NORMS, last=plan)
        for e in following.exercises:
            if e.instead_of:
                assert CARE.exercise(e.instead_of).progress == e.exercise
                assert e.change == "up"
                assert e.step == 0
                assert e.instead_of not in {x.exercise for x in following.exercises}
                moved.append((e.instead_of, e.exercise))
        barred = find_bars(person_on(day), visits, CARE, NORMS)
        assert not set(barred) & {e.exercise for e in following.exercises}
        plan = following
    assert moved


def test_the_trainers_dose_is_kept_and_grows_from_there() -> None:
    name = growing(first_plan())[0].exercise
    last = change_exercise(first_plan(), name, sets=1, reps=5)
    held = of(next_plan(last=last), name)
    assert numbers(held)[:2] == (1, 5)
    up = of(next_plan(good(), last=last), name)
    assert up.change == "up"
    assert numbers(up)[:2] > (1, 5)
    heavy = change_exercise(first_plan(), name, sets=6, reps=30)
    assert of(next_plan(good(pain_next_day=3), last=heavy), name).sets <= 6


def test_what_the_trainer_took_out_stays_out() -> None:
    name = first_plan().exercises[-1].exercise
    plan = next_plan(good(), last=remove_exercise(first_plan(), name))
    assert name not in {e.exercise for e in plan.exercises}
    assert any(left.exercise == name and "taken out by the trainer" in left.reason for left in plan.left_out)


def test_red_flags_and_unread_words_still_hold() -> None:
    with pytest.raises(WordsUnread):
        make_unread(
            person_on(), [FIRST, make_visit(NOTED, notes=(good(text="slept badly"),))], CARE, NORMS, first_plan()
        )


def test_a_kept_plan_of_before_is_read() -> None:
    plan = first_plan()
    old = {k: v for k, v in plan.model_dump(mode="json").items() if k in _OLD_PLAN} | {"version": 1}
    old["exercises"] = [{k: v for k, v in e.items() if k in _OLD_EXERCISE} for e in old["exercises"]]
    read = Plan.model_validate(old)
    assert read.version == 1
    up = next_plan(good(), last=read)
    assert up.version == 2
    assert [of(up, e.exercise).change for e in growing(plan)].count("up") == 2
    assert Plan.model_validate_json(up.model_dump_json()) == up


_OLD_PLAN = {
    "day", "retest_on", "based_on", "headline", "goals", "profiles", "needs", "exercises", "left_out", "rules", "stops",
    "cautions", "edited", "note", "catalog_sha256",
}  # fmt: skip
_OLD_EXERCISE = {
    "exercise", "title", "stage", "side", "why", "why_here", "how", "sets", "reps", "hold_s", "duration_s", "per_side",
    "per_week", "pace", "feel", "stop", "harder", "easier", "equipment", "evidence", "source", "source_verified", "chosen_by",
}  # fmt: skip


def test_the_same_history_gives_the_same_plan() -> None:
    assert next_plan(good()) == next_plan(good())


def test_a_plan_made_twice_on_a_day_goes_up_once() -> None:
    last = first_plan()
    once = next_plan(good(), last=last)
    again = make_plan(person_on(), [FIRST, make_visit(NOTED, notes=(good(),))], CARE, NORMS, last=once)
    assert [numbers(e) for e in again.exercises] == [numbers(e) for e in once.exercises]


# --- over months ---------------------------------------------------------------------------


def over_months(*notes: SessionNote) -> list[Plan]:
    """Return a plan every four weeks, with what was told the day before each."""
    plans, visits, day = [first_plan()], [FIRST], DAY
    for note in notes:
        day += timedelta(weeks=4)
        visits.append(make_visit(day - timedelta(days=1), notes=(note,)))
        plans.append(make_plan(person_on(day), visits, CARE, NORMS, last=plans[-1]))
    return plans


def test_a_note_does_not_make_a_screening_old() -> None:
    plans = over_months(*[good()] * 4)
    assert all([n.need for n in plan.needs] == [n.need for n in plans[0].needs] for plan in plans)
    assert {plan.based_on for plan in plans} == {DAY}


def test_no_easier_exercise_comes_beside_the_one_that_took_its_place() -> None:
    plans = over_months(*[good()] * 10)
    climbed = [e.instead_of for plan in plans for e in plan.exercises if e.instead_of]
    assert climbed
    for before, after in pairwise(plans):
        kept = {e.exercise for e in after.exercises if e.change != "new"}
        for e in after.exercises:
            ladder, name = set(), CARE.exercise(e.exercise).progress
            while name:
                ladder.add(name)
                name = CARE.exercise(name).progress
            assert e.change != "new" or not ladder & kept, f"{e.exercise} was passed already"
        for e in after.exercises:
            if e.instead_of and e.change == "up":
                assert set(CARE.exercise(e.exercise).serves) & {n.need for n in after.needs}
        assert before.day < after.day


def test_a_warm_up_stays_as_it_is() -> None:
    for note in (good(), good(pain_next_day=6), good(sessions_done=0)):
        warm = [e for e in next_plan(note).exercises if e.stage == "warm_up"]
        assert warm
        assert all(e.change == "hold" and not e.extra and e.because == "Stays as it is." for e in warm)


def test_a_weight_that_grows_is_told_without_its_past() -> None:
    heavy = [e for plan in over_months(*[good()] * 10) for e in plan.exercises if "percent more weight" in e.because]
    assert len(heavy) > 1
    assert all(e.because.count("percent more weight") == 1 for e in heavy)


def test_lighter_weeks_come_every_fourth_week_and_not_after_weeks_that_were_light() -> None:
    plans = over_months(good(), good(), good(pain_next_day=6), good())
    lighter = [plan.lighter.begins if plan.lighter else None for plan in plans]
    days = [plan.day + timedelta(weeks=3) for plan in plans]
    assert lighter == [*days[:3], None, days[4]]


# --- what was told of the first week is no word on the second --------------------------------


@pytest.mark.parametrize(
    ("told_on", "today", "done", "planned", "goes_up"),
    [
        # three weeks planned, a word of the first one alone
        (7, 21, 3, 3, False),
        (7, 21, 3, None, False),
        # told of all of it, or of nearly all
        (21, 21, 9, 9, True),
        (16, 21, 7, None, True),
        # a week alone was planned
        (7, 8, 3, 3, True),
    ],
)
def test_sessions_of_which_nothing_was_told_are_not_done(
    told_on: int, today: int, done: int, planned: int | None, goes_up: bool
) -> None:
    start = date(2026, 3, 2)
    note = SessionNote(sessions_done=done, sessions_planned=planned, pain_during=0, pain_next_day=0)
    visits = [make_visit(start + timedelta(days=told_on), notes=(note,))]
    told = listen("box_squat", 3, make_person(start + timedelta(days=today)), visits, start)
    fresh = replace(told, during=0, next_day=0, stale=None)
    verdict, why = judge(fresh)
    assert (verdict == "up") is goes_up
    assert ("nothing of about" in why) is not goes_up


def test_what_went_and_came_back_for_another_reason_keeps_its_dose() -> None:
    person = make_person(goals=("jump_and_turn",), pains=(Pain(place="thigh", side="left", now=4, week=7),))
    first = make_plan(person, (make_visit(),), CARE, NORMS)
    less = {"sets": 2, "fewer": True}
    exercises = tuple(e.model_copy(update=less) if e.exercise == "double_heel_raise" else e for e in first.exercises)
    last = first.model_copy(update={"exercises": exercises})
    note = SessionNote(pain_during=1, pain_next_day=3, sessions_done=11, sessions_planned=12)
    visits = (make_visit(), make_visit(DAY + timedelta(days=26), notes=(note,)))
    plan = make_plan(replace(person, today=DAY + timedelta(days=28)), visits, CARE, NORMS, last=last)
    (raise_,) = [e for e in plan.exercises if e.exercise == "double_heel_raise"]
    assert raise_.because.startswith("Stays, for")
    assert (raise_.sets, raise_.fewer, raise_.change) == (2, True, "hold")


# --- words and measurements against ticks ----------------------------------------------------


def told(text: str, *means: str) -> Plan:
    """Return the plan after a note in which all is ticked as good, with words and what the trainer read in them."""
    visits = [FIRST, make_visit(NOTED, notes=(good(text=text),))]
    return make_plan(read_all(person_on(), *visits, means=means), visits, CARE, NORMS, last=first_plan())


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("By evening I limp.", "joint_problem"), ("Not right since Tuesday.", "joint_problem"), ("I pass out my pills.", "brittle_bones"),
    ],
)  # fmt: skip
def test_words_that_mean_something_let_nothing_go_up_whatever_was_ticked(text: str, means: str) -> None:
    last, plan = first_plan(), told(text, means)
    assert "up" in {e.change for e in next_plan(good()).exercises}, "the ticks alone would"
    assert {e.change for e in plan.exercises} <= {"hold", "back", "new"}
    left = {e.exercise: e for e in plan.exercises}
    for before in growing(last):
        now = left.get(before.exercise, before)
        assert all(a <= b for a, b in zip(numbers(now), numbers(before), strict=True)), before.exercise
    assert any("10 of 12 sessions, but " in e.because for e in plan.exercises), "it says both"
    assert any(line.startswith("Nothing goes up, whatever was ticked: ") for line in plan.cautions)
    new = [CARE.exercise(e.exercise) for e in plan.exercises if e.change == "new"]
    assert not [spec.id for spec in new if spec.weighted or spec.stage in ("load", "speed")]


def test_words_in_which_the_trainer_found_nothing_hold_nothing_back() -> None:
    for text in ("It went well.", "I limp when I play a pirate."):
        plan = told(text)
        assert "up" in {e.change for e in plan.exercises}, text
        assert not any("whatever was ticked" in line for line in plan.cautions)


def test_a_test_that_got_worse_by_more_than_its_error_lets_nothing_go_up() -> None:
    def after(value: float) -> Plan:
        before = filmed(DAY, BEND, HEEL, measurements=(HandMeasurement(test="chair_stand_30s", value=16),))
        visits = [
            before,
            make_visit(NOTED, notes=(good(),), measurements=(HandMeasurement(test="chair_stand_30s", value=value),)),
        ]
        last = make_plan(person_on(DAY), [before], CARE, NORMS)
        return make_plan(person_on(), visits, CARE, NORMS, last=last)

    worse, same = after(10), after(15)
    assert "up" in {e.change for e in same.exercises}, "one less is within the error"
    assert "up" not in {e.change for e in worse.exercises}
    assert any("from 16 to 10" in e.because for e in worse.exercises)


def test_medicine_for_pain_in_the_words_is_what_the_trainer_read_it_as() -> None:
    visit = filmed(DAY, BEND, notes=(SessionNote(pain_now=0, text="Ibuprofen before each run."),))
    for means in ((), ("painkillers",)):
        person = read_all(person_on(DAY), visit, means=means, note="once, in May")
        (line,) = [each for each in make_plan(person, [visit], CARE, NORMS).cautions if "was read by" in each]
        assert ("painkillers" in line) is bool(means)
        assert "once, in May" in line


def test_what_is_done_as_often_a_week_as_asked_for_is_done_though_not_in_every_session() -> None:
    plan = first_plan()
    name = next(e.exercise for e in growing(plan) if e.per_week <= 3)
    asked = next(e.per_week for e in plan.exercises if e.exercise == name)

    def log(day: int, done: bool) -> Visit:
        return make_visit(
            DAY + timedelta(days=day), notes=(SessionNote(exercises=(ExerciseNote(exercise=name, done=done),)),)
        )

    often = [log(day, True) for day in range(1, 1 + 4 * asked)]
    rare = [log(day, day <= asked) for day in range(1, 1 + 4 * asked)]
    left_out = [log(27, False)]
    went = listen(
        name,
        asked,
        person_on(DAY + timedelta(days=28)),
        (*often, *left_out, make_visit(DAY + timedelta(days=28), notes=(good(),))),
        DAY,
    )
    seldom = listen(
        name,
        asked,
        person_on(DAY + timedelta(days=28)),
        (*rare, make_visit(DAY + timedelta(days=28), notes=(good(),))),
        DAY,
    )
    assert went.sessions is not None
    assert went.sessions.share == 1
    assert seldom.sessions is not None
    assert seldom.sessions.share < 0.5


@pytest.mark.parametrize(("effort", "extra"), [(6, "with 2 to 10 percent more weight than last time"), (9, "")])
def test_who_lifts_goes_up_by_weight_and_not_by_repetitions(effort: int, extra: str) -> None:
    first = make_plan(person_on(DAY), [], CARE, NORMS)
    heavy = next(e for e in first.exercises if e.reps == 5)
    plan = make_plan(person_on(), [make_visit(NOTED, notes=(good(effort=effort),))], CARE, NORMS, last=first)
    assert (of(plan, heavy.exercise).extra, numbers(of(plan, heavy.exercise))) == (extra, numbers(heavy))
