"""What somebody types is read for danger words: a hit holds plan and next step until the trainer has read it; new words hold again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Operation, Pain, WordsRead
from movescreen.client.person import Person
from movescreen.client.plan.making import make_plan
from movescreen.client.rules.danger_words import describe_words, find_typed_words, find_unread_words
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.readiness import assess_readiness
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.client.words import find_phrases, holds_any
from movescreen.errors import NeedsReferral, WordsUnread
from tests.support.clients import CARE, DAY, make_intake, make_person, make_visit, ready_visits

NORMS = load_norms()


def hits(text: str) -> set[str]:
    return {each.spec for each in find_typed_words(make_person(note=text), (), CARE)}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("felt a pop yesterday", "snapped"), ("It SNAPPED.", "snapped"), ("like a kick in the calf", "snapped"),
        ("cannot stand on my toes", "no_toe_stand"), ("numb between the legs", "numb"), ("numb between the legs", "saddle"),
        ("Thompson test right positive", "positive_test"), ("Lachman was positive", "positive_test"),
        ("tingling in both legs", "saddle"), ("fell twice this year", "fell"), ("I fainted in the shower", "fainted"),
        ("tight chest on stairs", "heart"), ("heart attack in spring", "heart"), ("on a blood thinner", "blood_thinner"),
        ("Flew home on Sunday", "leg_clot"), ("tight since the flight home", "leg_clot"), ("The sock leaves a deep mark on the left leg", "leg_clot"),
        ("eight hours in the car, then the calf", "leg_clot"), ("my left calf is thicker", "leg_clot"),
        ("Xarelto 20 mg", "blood_thinner"), ("ciprofloxacin, ibuprofen", "quinolone"), ("cortisone injection", "cortisone"),
        ("it hurts to hop", "hops_hurt"), ("hops hurt", "hops_hurt"), ("hopping on that leg is pain", "hops_hurt"),
        ("since Wednesday the seat feels as if I sat on a towel", "saddle"), ("wiping feels odd", "saddle"),
        ("I have to press to pass water", "saddle"), ("hard to start peeing", "saddle"), ("cannot feel the stool pass", "saddle"),
        ("the left toes catch on the carpet", "weakness"), ("my foot slaps when I walk", "weakness"), ("I scuff the toe of that shoe", "weakness"),
        ("cannot lift the toes", "weakness"), ("the leg gets weaker", "weakness"),
        ("head injury on Saturday", "head"), ("hit my head", "head"), ("22 weeks pregnant", "pregnancy"),
        ("pain at night", "night"), ("lost weight", "illness"), ("alendronate and BP tablets", "bone"),
        ("alendronate and BP tablets", "heart"), ("my periods stopped", "energy"), ("leaks when jumping", "leaking"),
        ("the knee gives way", "weakness"), ("I limp after runs", "joint"), ("my foot is numb, no pain", "numb"),
        ("can’t feel my toes", "numb"), ("not sure if it is numb", "numb"), ("no longer numb", "numb"),
        ("no pain but numb", "numb"), ("no pain, numb toes", "numb"), ("No. Numb since Monday", "numb"),
        ("not numb today", "numb"), ("never had pain until it went pop", "snapped"), ("no change numb toes", "numb"),
    ],
)  # fmt: skip
def test_danger_is_heard(text: str, row: str) -> None:
    assert row in hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "10 km without thinking of the ankle", "no numbness", "never fainted", "no numbness or tingling", "didn't hear a pop",
        "No chest pain, never fainted", "a number of goals", "popular trails", "chest press and rows", "heart rate below 140",
        "fell asleep early", "the knee hurts after two flights of stairs", "works as a flight attendant", "sprints from a flying start", "without any numbness", "has never been dizzy", "isn't pregnant", "not on blood thinners",
        "hopping does not hurt", "none", "ibuprofen", "running downhill", "carry my child upstairs", "triple jump",
        "sits on a bar stool at work", "wiping tables in a café", "fills the towel rack", "toes point out in the squat",
        "denies dizziness", "swimming stroke", "Thompson test negative", "squeeze test not positive", "a positive mood",
    ],
)  # fmt: skip
def test_the_rest_is_not(text: str) -> None:
    assert hits(text) == set()


#: Id of a row, a harmless phrase that has its word in it, and a danger in nearly the same words.
LOOKALIKES = [
    ("saddle", "gall bladder, 2003", "gall bladder out in 2003, bladder weak since"),
    ("saddle", "Gall-bladder taken out", "cannot hold the bladder since the gall bladder came out"),
    ("saddle", "thumb, saddle joint", "no feeling in the saddle"), ("saddle", "gets up from the toilet alone", "too late to the toilet"),
    ("saddle", "sleeps with a pillow between my legs", "strange between my legs"), ("saddle", "lands on both legs", "pain on both legs"),
    ("snapped", "wear and tear of the knee", "a tear of the knee"), ("snapped", "tear duct opened", "felt a tear"),
    ("snapped", "dances to pop music", "felt a pop in the calf"), ("snapped", "torn between two clubs", "torn two years ago"),
    ("joint", "door locks are stiff", "knee locks on stairs"),
    ("fell", "fell walking in the Lakes", "fell while walking"), ("fell", "fell in love", "fell in the kitchen"),
    ("fell", "wants to run a fall marathon", "had a fall in a marathon"), ("fell", "has accident insurance", "had an accident"),
    ("fainted", "knees collapse inward", "collapsed in the shower"), ("fainted", "a faint scar", "felt faint"),
    ("heart", "heart rate zone 2", "heart skips in zone 2"), ("heart", "chest pass drills", "chest feels tight at drills"),
    ("heart", "keep the chest up", "pain in the chest up to the jaw"), ("heart", "stroke length in the pool", "a stroke in 2019"),
    ("heart", "knees to chest", "presses from knee to chest and in the chest"), ("heart", "pacemaker at the marathon", "has a pacemaker"),
    ("cortisone", "works in injection molding", "an injection in the heel"),
    ("bone", "broke her record", "broke her ankle"), ("bone", "broken sleep with the baby", "broken toe"),
    ("hops_hurt", "with her every step of the way", "hurts at every step"),
    ("head", "bumped into the head coach", "bumped into the head of a teammate"),
    ("pregnancy", "works as a midwife", "sees the midwife on Monday"),
    ("night", "works night shifts", "worse at night"), ("night", "works at night", "aches at night after work"),
    ("night", "a night run with friends", "a bad night"),
    ("night", "feeds at night", "feeds, and hurts at night"), ("fell", "knee falls inward on landing", "falls on landing"),
    ("illness", "kidney beans and rice", "kidney trouble"), ("illness", "runs for a cancer charity", "had cancer"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "harmless", "danger"), LOOKALIKES)
def test_what_only_looks_like_danger_holds_nothing_and_the_danger_beside_it_does(row: str, harmless: str, danger: str) -> None:  # fmt: skip
    assert row not in hits(harmless)
    assert row in hits(danger)


def test_an_operation_of_the_gall_bladder_does_not_hold_a_plan_and_one_of_the_bladder_does() -> None:
    def held(what: str) -> set[str]:
        operation = Operation(what=what, place="abdomen", when="2003")
        return {each.spec for each in find_unread_words(make_person(operations=(operation,)), (), CARE)}

    assert held("gall bladder") == set()
    assert held("bladder") == {"saddle"}


def test_a_harmless_phrase_stands_word_for_word() -> None:
    """With "..." in it, it could take in a danger that is said between its words."""
    assert not [p for spec in CARE.danger_words.values() for p in spec.unless if "..." in p]


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


def test_harmless_phrases_are_harmless() -> None:
    for spec in CARE.danger_words.values():
        for phrase in spec.unless:
            assert not holds_any(phrase, spec.words, spec.unless), phrase


PLACES: dict[str, dict[str, Any]] = {
    "medication": {"medication": "ciprofloxacin"},
    "with_movement": {"pains": (Pain(place="groin", side="left", now=1, week=2, with_movement="hurts to hop"),)},
    "goal": {"goal_words": "walk safely, fell twice this year"},
    "note": {"note": "felt a pop"},
    "injury": {"injuries": (Injury(kind="other", place="calf", side="left", when="2026-02", note="it snapped"),)},
    "operation": {
        "operations": (Operation(what="ruptured Achilles sewn", place="achilles", side="left", when="2019"),)
    },
}


@pytest.mark.parametrize("where", PLACES)
def test_every_free_text_of_the_intake_is_read(where: str) -> None:
    held = find_unread_words(make_person(**PLACES[where]), (), CARE)
    assert held
    with pytest.raises(WordsUnread) as error:
        make_plan(make_person(**PLACES[where]), (), CARE, NORMS)
    assert held[0].words in error.value.message
    assert error.value.exit_code == 3
    assert isinstance(error.value, NeedsReferral)


def noted(text: str, days: int = 0) -> Visit:
    return make_visit(DAY + timedelta(days=days), notes=(SessionNote(text=text),))


def test_notes_after_a_session_are_read_too() -> None:
    assert find_unread_words(make_person(), (noted("all good"),), CARE) == ()
    (held,) = find_unread_words(make_person(), (noted("back went numb under the bar"),), CARE)
    assert (held.words, held.day) == ("numb", DAY)
    with pytest.raises(WordsUnread, match="numb"):
        make_plan(make_person(), (noted("back went numb under the bar"),), CARE, NORMS)


def read(person: Person, *visits: Visit, days: int = 0) -> Person:
    word = WordsRead(
        by="trainer", on=DAY + timedelta(days=days), what=find_unread_words(person, visits, CARE), note="old, healed"
    )
    return replace(person, words_read=(*person.words_read, word))


def test_the_note_on_the_client_is_read_too() -> None:
    assert [each.words for each in find_unread_words(replace(make_person(), note="had a stroke"), (), CARE)] == [
        "stroke"
    ]
    assert find_unread_words(replace(make_person(), note="prefers mornings"), (), CARE) == ()


def test_every_set_of_gates_waits_for_words_that_nobody_read() -> None:
    for each in CARE.pathways.values():
        assert CARE.gates[each.door].kind == "flags", each.id


def test_what_was_read_holds_no_more_and_is_told_in_the_plan() -> None:
    person = make_person(note="felt a pop in 2019")
    seen = read(person)
    assert find_unread_words(seen, (), CARE) == ()
    plan = make_plan(seen, (), CARE, NORMS)
    assert any(
        "pop" in line and "read by trainer on 2026-03-02" in line and "old, healed" in line for line in plan.cautions
    )


def test_new_words_hold_again_and_so_does_an_old_word_in_a_new_note() -> None:
    first = noted("felt a pop")
    seen = read(make_person(), first)
    assert find_unread_words(seen, (first,), CARE) == ()
    for later in (noted("numb now", 3), noted("felt a pop", 3)):
        held = find_unread_words(replace(seen, today=DAY + timedelta(days=4)), (first, later), CARE)
        assert [each.day for each in held] == [later.day]


def test_what_the_form_remembers_need_not_be_read_twice_and_pain_must() -> None:
    first = make_intake(
        medication="ciprofloxacin", pains=(Pain(place="groin", side="left", now=1, week=2, with_movement="hop hurts"),)
    )
    seen = read(Person(DAY, 1991, "female", first))
    again = first.model_copy(update={"day": DAY + timedelta(days=30)})
    later = replace(seen, today=again.day, intake=again)
    assert {each.words for each in find_unread_words(later, (), CARE)} == {"hop hurts"}


def test_an_earlier_conversation_is_read_though_a_later_one_says_nothing() -> None:
    earlier = make_intake(note="felt a pop")
    later = make_intake(day=DAY + timedelta(days=9))
    person = Person(later.day, 1991, "female", later, told=(earlier, later))
    assert [each.words for each in find_unread_words(person, (), CARE)] == ["pop"]


def test_reading_ahead_of_the_day_does_not_count() -> None:
    person = make_person(note="felt a pop")
    assert find_unread_words(read(person, days=1), (), CARE)


def test_the_next_step_waits_until_it_is_read() -> None:
    person, visits = make_person(goals=("run",), note="felt a pop"), ready_visits()
    (held, *_) = assess_readiness(person, visits, CARE, NORMS)
    gate = {g.spec.id: g for g in held.gates}["no_red_flag"]
    assert gate.state is GateState.NOT_KNOWN
    assert "pop" in gate.text
    (free, *_) = assess_readiness(read(person), visits, CARE, NORMS)
    assert {g.spec.id: g.state for g in free.gates}["no_red_flag"] is GateState.MET


def test_the_lines_say_what_where_and_what_to_ask() -> None:
    (line,) = describe_words(find_unread_words(make_person(medication="ciprofloxacin"), (), CARE), CARE)
    assert "“ciprofloxacin”" in line
    assert "medicine" in line
    assert "Achilles tendon" in line


def held(person: Person, *visits: Visit) -> set[str]:
    return {each.spec for each in find_unread_words(person, visits, CARE)}


@pytest.mark.parametrize("flag", ["high_blood_pressure", "heart_condition"])
def test_a_medicine_whose_reason_a_doctor_has_spoken_about_holds_nothing_more(flag: str) -> None:
    """The fact counts once; without the doctor's word, or with a second medicine, it still holds."""
    told = {"medication": "ramipril", "symptoms": {**make_intake().symptoms, flag: True}}
    word = Clearance(flag=flag, by="physician", on=DAY, allows="load")
    assert held(make_person(**told)) == {"heart"}
    assert held(make_person(**told, clearances=(word,))) == set()
    assert held(make_person(**{**told, "medication": "ramipril, warfarin"}, clearances=(word,))) == {"blood_thinner"}
    assert held(make_person(**told, clearances=(word,), note="chest tight on stairs")) == {"heart"}


def test_a_cesarean_holds_until_the_weeks_since_the_birth_are_told() -> None:
    operation = Operation(what="cesarean", place="abdomen", when="2025-11", cleared=True)
    assert "pregnancy" in held(make_person(operations=(operation,)))
    assert held(make_person(operations=(operation,), weeks_postpartum=16)) == set()
    assert "pregnancy" in held(make_person(operations=(operation,), weeks_postpartum=16, note="pregnant again"))


def test_what_the_trainer_saw_is_the_examination_that_a_limp_asks_for_and_what_is_told_is_not() -> None:
    seen = Observation(name="walking", what="observation", side="left", result="slight limp, swollen")
    assert held(make_person(), make_visit(DAY, notes=(SessionNote(observations=(seen,)),))) == set()
    assert held(make_person(), noted("I limp after runs")) == {"joint"}
    positive = Observation(name="calf squeeze", what="special_test", side="left", result="positive")
    assert held(make_person(), make_visit(DAY, notes=(SessionNote(observations=(positive,)),))) == {"positive_test"}


def test_words_of_one_row_in_one_text_are_told_once() -> None:
    unread = find_unread_words(make_person(note="the seat feels odd, wiping too; toes catch"), (), CARE)
    saddle, weak = describe_words(unread, CARE)
    assert saddle.startswith("“seat feels” and “wiping” in ")
    assert saddle.count("the seat feels odd") == 1
    assert weak.startswith("“toes catch” in ")
