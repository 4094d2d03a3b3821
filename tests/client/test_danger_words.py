"""Whatever somebody types holds plan and next step until the trainer has read it and said what it means; danger words are hints."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Operation, Pain, TypedText, WordsRead
from movescreen.client.person import Person, standing_flags
from movescreen.client.plan.making import make_plan
from movescreen.client.rules.danger_words import (
    ReadAs,
    describe_words,
    find_hints,
    find_unread_words,
    note_reading,
    offer_flags,
)
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.readiness import assess_readiness
from movescreen.client.rules.red_flags import find_day_told, is_asked, review_red_flags
from movescreen.client.visits.corrections import Correction
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import HandMeasurement, ScreeningRecord, SessionNote, Visit
from movescreen.client.words import find_phrases, holds_any
from movescreen.errors import InputError, NeedsReferral, UnknownNameError, WordsUnread
from tests.support.clients import CARE, DAY, QUESTIONS, make_intake, make_person, make_visit, read_all, ready_visits

NORMS = load_norms()
OF_READING = [spec.id for spec in CARE.red_flags.values() if spec.of_reading]


def hits(text: str, where: str = "a note") -> set[str]:
    return {hint.spec.id for hint in find_hints(TypedText(where=where, text=text), CARE)}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("felt a pop yesterday", "snapped"), ("It SNAPPED.", "snapped"), ("like a kick in the calf", "snapped"),
        ("cannot stand on my toes", "no_toe_stand"), ("numb between the legs", "numb"), ("numb between the legs", "saddle"),
        ("Thompson test right positive", "positive_test"), ("Lachman was positive", "positive_test"),
        ("tingling in both legs", "saddle"), ("fell twice this year", "fell"), ("I fainted in the shower", "fainted"),
        ("tight chest on stairs", "heart"), ("heart attack in spring", "heart"), ("on a blood thinner", "blood_thinner"),
        ("Flew home on Sunday", "leg_clot"), ("The sock leaves a deep mark on the left leg", "leg_clot"),
        ("eight hours in the car, then the calf", "leg_clot"), ("my left calf is thicker", "leg_clot"),
        ("Xarelto 20 mg", "blood_thinner"), ("ciprofloxacin, ibuprofen", "quinolone"), ("ciprofloxacin, ibuprofen", "painkillers"),
        ("cortisone injection", "cortisone"), ("it hurts to hop", "hops_hurt"), ("hopping on that leg is pain", "hops_hurt"),
        ("since Wednesday the seat feels as if I sat on a towel", "saddle"), ("I have to press to pass water", "saddle"),
        ("the left toes catch on the carpet", "weakness"), ("the leg gets weaker", "weakness"), ("head injury on Saturday", "head"),
        ("22 weeks pregnant", "pregnancy"), ("pain at night", "night"), ("lost weight", "illness"),
        ("alendronate and BP tablets", "bone"), ("alendronate and BP tablets", "heart"), ("my periods stopped", "energy"),
        ("leaks when jumping", "leaking"), ("the knee gives way", "weakness"), ("I limp after runs", "joint"),
        ("can’t feel my toes", "numb"), ("not sure if it is numb", "numb"), ("no longer numb", "numb"), ("no pain but numb", "numb"),
        ("No. Numb since Monday", "numb"), ("not numb today", "numb"), ("never had pain until it went pop", "snapped"),
    ],
)  # fmt: skip
def test_danger_is_hinted_at(text: str, row: str) -> None:
    assert row in hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "10 km without thinking of the ankle", "no numbness", "never fainted", "no numbness or tingling", "No chest pain, never fainted",
        "popular trails", "has never been dizzy", "not on blood thinners", "hopping does not hurt", "running downhill",
    ],
)  # fmt: skip
def test_other_texts_have_no_hint_and_wait_all_the_same(text: str) -> None:
    assert hits(text) == set()
    assert [each.text for each in find_unread_words(make_person(note=text), (), CARE)] == [text]


@pytest.mark.parametrize("spec", CARE.danger_words.values(), ids=str)
def test_each_word_of_the_list_is_heard_and_a_plain_no_takes_it_back(spec: Any) -> None:
    for phrase in spec.words:
        typed = phrase.replace("*", "").replace("...", "my")
        assert holds_any(f"since May {typed}", spec.words), phrase
        # a "no" takes nothing back in a clinician's words: "not before the check" is a condition
        if not spec.of_clinicians and not phrase.startswith(("no ", "can", "never")):
            found = find_phrases(f"no {typed}", (phrase,))
            assert found, phrase
            assert all(each.denied for each in found), phrase


def test_the_questions_of_a_hint_are_offered_first_and_every_question_once() -> None:
    first, others = offer_flags(TypedText(where="a note", text="numb between the legs"), make_person(), CARE)
    assert {"numbness", "saddle_numbness"} <= {spec.id for spec in first}
    assert sorted(spec.id for spec in (*first, *others)) == sorted([*QUESTIONS, *OF_READING])
    assert [spec.id for spec in others[: len(OF_READING)]] == OF_READING
    assert offer_flags(TypedText(where="a note", text="running"), make_person(), CARE)[0] == ()


def test_the_persons_own_questions_are_offered_before_those_of_others() -> None:
    sore_back = make_person(pains=(Pain(place="low_back", side="both", now=2, week=3),))
    for person, first_of in ((make_person(), "numbness"), (sore_back, "saddle_numbness")):
        first, _ = offer_flags(TypedText(where="a note", text="numb between the legs"), person, CARE)
        own = [is_asked(spec, person) for spec in first]
        assert own == sorted(own, reverse=True)
        assert first_of in [spec.id for spec in first][: own.count(True)]


def test_hints_and_the_newest_come_first() -> None:
    visits = (noted("a good week"), noted("the foot is numb", 1), noted("slept well", 2))
    waiting = find_unread_words(replace(make_person(), today=DAY + timedelta(days=3)), visits, CARE)
    assert [each.text for each in waiting] == ["the foot is numb", "slept well", "a good week"]


def noted(text: str, days: int = 0) -> Visit:
    return make_visit(DAY + timedelta(days=days), notes=(SessionNote(text=text),))


def place(where: str, text: str) -> tuple[Person, tuple[Visit, ...]]:
    """Return a person about whom a text was typed at one place."""
    word = Clearance(flag="joint_problem", by="physician", on=DAY, note=text)
    phase = Operation(what="appendix", place="abdomen", when="2003", cleared=True, phase=text)
    intake: dict[str, dict[str, Any]] = {
        "medicine": {"medication": text}, "goal": {"goal_words": text}, "note": {"note": text}, "clinician": {"clearances": (word,)},
        "pain": {"pains": (Pain(place="groin", side="left", now=1, week=2, with_movement=text),)},
        "injury": {"injuries": (Injury(kind="other", place="calf", side="left", when="2026-02", note=text),)},
        "operation": {"operations": (Operation(what=text, place="abdomen", when="2019"),)}, "phase": {"operations": (phase,)},
    }  # fmt: skip
    seen = Observation(name="walking", what="observation", side="left", note=text)
    corrected = ScreeningRecord(
        clips=(), findings=(), corrections=(Correction(kind="left_out", reason=f"{text} seen"),)
    )
    visits = {
        "session": noted(text), "observation": make_visit(notes=(SessionNote(observations=(seen,)),)),
        "measurement": make_visit(measurements=(HandMeasurement(test="leg_length", value=90, note=text),)),
        "activity": make_visit(measurements=(HandMeasurement(test="psfs", value=4, note=f"{text}: 4"),)),
        "correction": Visit(day=DAY, screenings=(corrected,)),
    }  # fmt: skip
    person = make_person(**intake.get(where, {}))
    return (replace(person, note=text) if where == "client" else person), ((visits[where],) if where in visits else ())


PLACES = (
    "medicine", "goal", "note", "clinician", "pain", "injury", "operation", "phase", "session", "observation", "measurement", "activity",
    "correction", "client",
)  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
def test_every_text_holds_the_plan_until_it_was_read(where: str) -> None:
    person, visits = place(where, "left shoe")
    held = find_unread_words(person, visits, CARE)
    assert any("left shoe" in each.text for each in held)
    with pytest.raises(WordsUnread) as error:
        make_plan(person, visits, CARE, NORMS)
    assert "left shoe" in error.value.message
    assert error.value.exit_code == 3
    assert isinstance(error.value, NeedsReferral)
    assert make_plan(read_all(person, *visits), visits, CARE, NORMS).exercises


@given(
    where=st.sampled_from(PLACES),
    text=st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=";:"), min_size=2, max_size=30),
)
def test_no_text_whatever_passes_unread(where: str, text: str) -> None:  # fmt: skip
    """Not by its words, not by its length, not by its language."""
    person, visits = place(where, text)
    assert any(text in each.text for each in find_unread_words(person, visits, CARE))
    read = read_all(person, *visits)
    assert find_unread_words(read, visits, CARE) == ()
    other, later = place(where, f"{text}?")
    assert find_unread_words(replace(other, words_read=read.words_read), later, CARE), "a changed text is new"


def test_what_movescreen_wrote_itself_needs_no_reading() -> None:
    visit = make_visit(notes=(SessionNote(made="Hurt in the screening, so refer before loading it: Squat"),))
    assert find_unread_words(make_person(), (visit,), CARE) == ()


def test_an_activity_is_read_once_however_it_is_rated() -> None:
    def rated(score: int, days: int) -> Visit:
        taken = HandMeasurement(test="psfs", value=score, note=f"stairs: {score}; running: 2")
        return make_visit(DAY + timedelta(days=days), measurements=(taken,))

    person, visits = make_person(DAY + timedelta(days=9)), (rated(4, 0), rated(7, 8))
    assert [each.text for each in find_unread_words(person, visits, CARE)] == ["stairs", "running"]
    assert find_unread_words(read_all(person, visits[0]), visits, CARE) == ()


def test_every_set_of_gates_waits_for_words_that_nobody_read() -> None:
    for each in CARE.pathways.values():
        assert CARE.gates[each.door].kind == "flags", each.id


def test_nothing_beside_a_hint_is_told_in_the_plan_with_the_answer_and_other_texts_are_not() -> None:
    person = make_person(note="felt a pop in 2019", goal_words="a long walk")
    plan = make_plan(read_all(person, note="old, healed"), (), CARE, NORMS)
    said = [line for line in plan.cautions if "was read by" in line]
    assert said == [
        "“felt a pop in 2019” in the note on the conversation of 2026-03-02 was read by trainer on 2026-03-02 "
        "as nothing that changes the plan: old, healed."
    ]


def test_new_words_hold_again_and_so_does_the_same_in_a_new_note() -> None:
    first = noted("felt a pop")
    seen = read_all(make_person(), first)
    for later in (noted("numb now", 3), noted("felt a pop", 3)):
        held = find_unread_words(replace(seen, today=DAY + timedelta(days=4)), (first, later), CARE)
        assert [each.day for each in held] == [later.day]


def test_what_the_form_remembers_need_not_be_read_twice_and_pain_must() -> None:
    first = make_intake(
        medication="ciprofloxacin", pains=(Pain(place="groin", side="left", now=1, week=2, with_movement="hop hurts"),)
    )
    seen = read_all(Person(DAY, 1991, "female", first))
    again = first.model_copy(update={"day": DAY + timedelta(days=30)})
    later = replace(seen, today=again.day, intake=again)
    assert [each.text for each in find_unread_words(later, (), CARE)] == ["hop hurts"]


def test_an_earlier_conversation_is_read_though_a_later_one_says_nothing() -> None:
    earlier = make_intake(note="felt a pop")
    later = make_intake(day=DAY + timedelta(days=9))
    person = Person(later.day, 1991, "female", later, told=(earlier, later))
    assert [each.text for each in find_unread_words(person, (), CARE)] == ["felt a pop"]


def test_reading_ahead_of_the_day_does_not_count() -> None:
    person = make_person(note="felt a pop")
    ahead = read_all(replace(person, today=DAY + timedelta(days=1)))
    assert find_unread_words(ahead, (), CARE) == ()
    assert find_unread_words(replace(ahead, today=DAY), (), CARE)


def test_the_next_step_waits_until_it_is_read() -> None:
    person, visits = make_person(goals=("run",), note="felt a pop"), ready_visits()
    (held, *_) = assess_readiness(person, visits, CARE, NORMS)
    gate = {g.spec.id: g for g in held.gates}["no_red_flag"]
    assert gate.state is GateState.NOT_KNOWN
    assert "pop" in gate.text
    (free, *_) = assess_readiness(read_all(person), visits, CARE, NORMS)
    assert {g.spec.id: g.state for g in free.gates}["no_red_flag"] is GateState.MET


def test_the_lines_say_what_where_and_what_to_ask() -> None:
    lines = describe_words(find_unread_words(make_person(medication="ciprofloxacin", note="stairs"), (), CARE), CARE)
    assert lines[0].startswith("the medicine: “ciprofloxacin” (“ciprofloxacin”: ")
    assert "Achilles tendon" in lines[0]
    assert lines[1] == "the note on the conversation of 2026-03-02: “stairs”"


# --- what it means ----------------------------------------------------------------------------


def answered(flag: str) -> Person:
    return make_person(symptoms=QUESTIONS | {flag: True})


@pytest.mark.parametrize("flag", QUESTIONS)
def test_a_meaning_is_the_yes_to_the_question(flag: str) -> None:
    told = read_all(make_person(note="since Tuesday"), means=(flag,))
    by_question, by_reading = (review_red_flags(person, CARE) for person in (answered(flag), told))
    assert by_reading == by_question
    assert told.answer(flag) is True


@pytest.mark.parametrize("flag", OF_READING)
def test_a_danger_that_no_question_names_stops_with_its_reason_until_a_clinician_has_spoken(flag: str) -> None:
    person = make_person(note="the urine looks like cola")
    (typed,) = unread = find_unread_words(person, (), CARE)
    assert not review_red_flags(person, CARE).open_questions
    with pytest.raises(InputError, match="the reason is missing"):
        note_reading([ReadAs(key=typed.key, means=(flag,))], unread, person, CARE, "trainer")
    read = note_reading(
        [ReadAs(key=typed.key, means=(flag,), note="muscle that breaks down")], unread, person, CARE, "AT"
    )
    told = replace(person, words_read=tuple(read))
    with pytest.raises(NeedsReferral, match="AT read “the urine looks like cola”: muscle that breaks down"):
        make_plan(told, (), CARE, NORMS)
    word = Clearance(flag=flag, by="physician", on=DAY)
    assert not review_red_flags(
        replace(told, intake=make_intake(note=person.intake.note, clearances=(word,))), CARE
    ).stopping  # type: ignore[union-attr]


def plan_or_stop(person: Person) -> Any:
    try:
        return make_plan(person, (), CARE, NORMS).exercises
    except NeedsReferral as error:
        return type(error), error.message


@pytest.mark.parametrize("flag", ["chest_pain", "night_pain", "unwell", "brittle_bones"])
def test_a_meaning_stops_the_plan_as_the_yes_does(flag: str) -> None:
    pains = (Pain(place="knee", side="left", now=2, week=3),)
    person = make_person(note="since Tuesday", pains=pains)
    asked = replace(answered(flag), intake=make_intake(symptoms=QUESTIONS | {flag: True}, pains=pains))
    assert plan_or_stop(read_all(person, means=(flag,))) == plan_or_stop(asked)
    assert plan_or_stop(read_all(person)) != plan_or_stop(asked)


def test_a_flag_was_told_on_the_day_of_the_text_or_of_the_conversation_that_told_it() -> None:
    noted = make_visit(DAY + timedelta(days=50), notes=(SessionNote(text="a belt around the chest"),))
    today = replace(make_person(), today=DAY + timedelta(days=51))
    read = read_all(today, noted, means=("chest_pain",))
    asked = replace(today, intake=make_intake(symptoms=QUESTIONS | {"chest_pain": True}))
    days = [find_day_told(flag, make_intake()) for flag in review_red_flags(read, CARE).stopping]
    assert days == [DAY + timedelta(days=50)]
    assert asked.intake is not None
    assert [find_day_told(flag, asked.intake) for flag in review_red_flags(asked, CARE).stopping] == [DAY]


def test_a_later_word_of_a_clinician_opens_it_and_an_earlier_one_does_not() -> None:
    def cleared(days: int) -> Person:
        word = Clearance(flag="chest_pain", by="physician", on=DAY + timedelta(days=days), allows="load")
        person = replace(make_person(note="tight again", clearances=(word,)), today=DAY + timedelta(days=3))
        return replace(read_all(person, means=("chest_pain",)), today=DAY + timedelta(days=9))

    assert review_red_flags(cleared(2), CARE).stopping
    assert not review_red_flags(cleared(5), CARE).stopping


def test_a_later_conversation_does_not_take_it_back() -> None:
    read = read_all(make_person(note="tight again"), means=("chest_pain",))
    later = make_intake(day=DAY + timedelta(days=9))
    stands = standing_flags([make_intake(), later], later.day, read.words_read)
    person = replace(read, today=later.day, intake=later, standing=stands)
    assert [flag.told_on for flag in review_red_flags(person, CARE).stopping] == [DAY]
    word = Clearance(flag="chest_pain", by="physician", on=later.day)
    seen = later.model_copy(update={"clearances": (word,)})
    assert standing_flags([make_intake(), seen], later.day, read.words_read) == {}


def test_what_belongs_in_the_intake_waits_until_that_is_put_right() -> None:
    person = make_person(note="22 weeks along", clearances=())
    (typed,) = unread = find_unread_words(person, (), CARE)
    said = ReadAs(key=typed.key, means=("intake",))
    told = replace(person, words_read=tuple(note_reading([said], unread, person, CARE, "trainer")))
    assert find_unread_words(told, (), CARE) == (typed,)
    untouched = make_intake(
        note="22 weeks along", day=DAY, clearances=(Clearance(flag="falls", by="physician", on=DAY),)
    )
    assert find_unread_words(replace(told, intake=untouched), (), CARE) == (typed,)
    right = make_intake(note="22 weeks along", pregnant=True, pregnancy_week=22)
    assert find_unread_words(replace(told, intake=right), (), CARE) == ()


@pytest.mark.parametrize(
    ("means", "note", "by", "wrong"),
    [
        (("nothing",), "", "trainer", "the answer is missing"), (("nothing", "numbness"), "x", "trainer", "nothing and something"),
        (("weather",), "x", "trainer", "weather"), (("recent_operation",), "x", "trainer", "recent_operation"), (("numbness",), "", "", "who has read"),
    ],
)  # fmt: skip
def test_a_reading_that_does_not_fit_is_refused(means: tuple[str, ...], note: str, by: str, wrong: str) -> None:
    person = make_person(note="the toe is numb")
    (typed,) = unread = find_unread_words(person, (), CARE)
    with pytest.raises(InputError, match=wrong):
        note_reading([ReadAs(key=typed.key, means=means, note=note)], unread, person, CARE, by)
    with pytest.raises(UnknownNameError):
        note_reading([ReadAs(key="0", means=("numbness",))], unread, person, CARE, "trainer")
    (kept,) = note_reading([ReadAs(key=typed.key, means="nothing", note="a tight shoe")], unread, person, CARE, "AT")  # type: ignore[arg-type]
    assert (kept.means, kept.what) == ((), (typed,))
    assert note_reading([ReadAs(key=typed.key)], unread, person, CARE, "AT") == []


def test_a_record_of_before_counts_when_it_names_every_danger_word_of_its_text() -> None:
    person = make_person(note="felt a pop, then numb")
    (typed,) = find_unread_words(person, (), CARE)

    def of_before(*words: tuple[str, str]) -> Person:
        what = [typed.model_dump(mode="json") | {"spec": spec, "words": word} for spec, word in words]
        kept = {"by": "trainer", "on": str(DAY), "what": what, "note": "old"}
        return replace(person, words_read=(WordsRead.model_validate(kept),))

    assert find_unread_words(of_before(("snapped", "pop")), (), CARE) == (typed,)
    assert find_unread_words(of_before(("snapped", "pop"), ("numb", "numb")), (), CARE) == ()
