"""A clinician's own words: word for word at the head of a plan, bars for exercises, and closed while they name a condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.client_schema import STAGES, SaidCondition
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Operation, Pain
from movescreen.client.person import Person, Said
from movescreen.client.plan.clearance import tell_returns
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.making import make_plan as make_unread
from movescreen.client.plan.model import Plan
from movescreen.client.plan.sheet import list_details
from movescreen.client.rules.clearance_words import (
    CONDITION_WORDS,
    find_bend,
    find_pain_limit,
    find_weight,
    is_conditional,
)
from movescreen.client.rules.danger_words import find_hints, find_unread_words
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.errors import WordsUnread
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_person, make_visit, read_all
from tests.support.plans import make_plan

NORMS = load_norms()
SAID_ON = DAY - timedelta(days=18)
KNEELING = set(CARE.profiles["no_kneeling_by_word"].leaves_out)
LETTER = "weights up to 10 kg, no kneeling on it, under load not beyond 90 degrees of knee bend, no running or jumping"


def with_new_knee(words: str = "", allowed: str = "load", what: str = "new joint", **told: Any) -> Person:
    operation = Operation(
        what=what, place="knee", side="right", when=str(DAY - timedelta(weeks=18)), cleared=True, cleared_by="surgeon",
        cleared_on=str(SAID_ON), allowed=allowed, phase=words,
    )  # fmt: skip
    return make_person(operations=(operation,), goals=("daily_life",), sports=("walking",), **told)


def seen(words: str, flag: str = "joint_problem", by: str = "sports physician", **said: Any) -> Person:
    word = Clearance(flag=flag, by=by, on=DAY, note=words, **{"allows": "load", **said})
    return make_person(symptoms={flag: True}, clearances=(word,), goals=("run",), sports=("running",))


def plan_of(person: Person) -> Plan:
    quiet = tuple(HandMeasurement(test=test, value=0) for test in ("knee_effusion", "knee_extension_deficit"))
    return make_plan(person, (make_visit(measurements=quiet),), CARE, NORMS)


def bars_of(person: Person) -> dict[str, str]:
    return find_bars(person, (), CARE, NORMS)


def test_a_surgeons_words_stand_word_for_word_at_the_head_of_both_parts() -> None:
    plan = plan_of(with_new_knee(LETTER))
    cited = f"urgeon, {SAID_ON.day} {SAID_ON:%B %Y}: “{LETTER}”."
    assert plan.activities[0].said == f"Your s{cited}"
    assert plan.cautions[0] == f"S{cited} Where these words and this page differ, the more careful holds."
    after = next(each for each in plan.activities if each.about.startswith("After the operation"))
    assert not after.may, "whoever spoke in words is not summed up"
    assert "allowed" not in after.note
    assert "no further than" in after.note


def test_a_plan_without_words_says_nothing_of_words() -> None:
    plan = plan_of(with_new_knee())
    assert not any(each.said for each in plan.activities)
    assert not any("the more careful holds" in line for line in plan.cautions)


@pytest.mark.parametrize(
    "words", ["everything when the tests are passed", "runs as long as it stays dry", "everything after the check of May",
              "may run if the knee stays dry", "not before the check", "jumps once strength is even"],
)  # fmt: skip
def test_a_condition_holds_the_plan_until_it_was_read_and_opens_no_running(words: str) -> None:
    person = with_new_knee(words, "speed", "meniscus")
    with pytest.raises(WordsUnread, match="condition"):
        make_unread(person, (), CARE, NORMS)
    assert find_impact_ban(person, CARE)
    plan = plan_of(person)
    assert find_impact_ban(read_all(person), CARE)
    assert all(STAGES.index(each.stage) <= STAGES.index("load") for each in plan.exercises)
    assert not any("everything, running" in each.may + each.note for each in plan.activities)
    assert words in plan.activities[0].said


def test_a_second_operation_without_words_does_not_open_what_the_first_keeps_closed() -> None:
    person = with_new_knee("everything when the tests are passed", "speed", "cruciate ligament")
    assert person.intake is not None
    first = (person.intake.operations or ())[0]
    both = with_new_knee("everything when the tests are passed", "speed", "cruciate ligament")
    assert both.intake is not None
    told = both.intake.model_copy(
        update={"operations": (first, first.model_copy(update={"what": "meniscus", "phase": ""}))}
    )
    plan = plan_of(replace(both, intake=told))
    assert not any("everything, running" in each.may + each.note for each in plan.activities)


def test_a_word_without_a_condition_has_no_hint_and_closes_nothing() -> None:
    person = with_new_knee("everything, he is ready", "speed", "meniscus")
    assert not [hint for each in find_unread_words(person, (), CARE) for hint in find_hints(each, CARE)]
    assert not find_impact_ban(person, CARE)


def test_the_condition_words_that_are_hinted_at_are_those_that_close() -> None:
    assert CARE.danger_words["condition"].words == CONDITION_WORDS


def test_the_same_words_of_somebody_else_are_no_condition() -> None:
    (typed,) = find_unread_words(make_person(note="once a week, if at all"), (), CARE)
    assert not find_hints(typed, CARE)


@pytest.mark.parametrize("words", ["no kneeling on it", "must not kneel", "kneeling is not allowed", "avoid kneeling"])
def test_no_kneeling_bars_every_exercise_on_the_knees(words: str) -> None:
    assert set(bars_of(with_new_knee(words, what="meniscus"))) >= KNEELING
    assert not {e.exercise for e in plan_of(with_new_knee(words, what="meniscus")).exercises} & KNEELING


def test_the_list_of_kneeling_holds_every_exercise_that_is_done_on_the_knees() -> None:
    told = {
        name
        for name, spec in CARE.exercises.items()
        if "kneel" in f"{spec.title} {spec.how}".lower() or "hands and knees" in spec.how.lower()
    }
    assert told <= KNEELING
    assert told


def test_a_new_knee_kneels_with_the_surgeons_word_alone() -> None:
    def barred(words: str, what: str = "new joint") -> bool:
        return any("no kneeling yet" in why for why in bars_of(read_all(with_new_knee(words, what=what))).values())

    assert barred("")
    assert barred("weights")
    assert barred("may kneel when the scar is soft")
    assert barred("", "total knee replacement")
    assert not barred("may kneel on a cushion")
    assert not barred("", "meniscus")


@pytest.mark.parametrize(
    ("words", "bend"),
    [("under load not beyond 90 degrees of knee bend", 90), ("no squats below 60°", 60), ("arm not above 90 degrees", None), ("weights", None)],
)  # fmt: skip
def test_the_bend_of_the_knee_is_read(words: str, bend: int | None) -> None:
    assert find_bend(Said("surgeon", str(SAID_ON), words)) == bend


def test_a_limit_on_bending_bars_what_goes_further_and_stands_on_what_loads_the_knee() -> None:
    plan, bars = plan_of(with_new_knee(LETTER)), bars_of(with_new_knee(LETTER))
    deep = CARE.profiles["bend_limit_by_word"].leaves_out
    assert all(name in bars for name in deep)
    assert not {e.exercise for e in plan.exercises} & set(deep)
    knees = [e for e in plan.exercises if "Bend the right knee no further than 90 degrees: your surgeon." in e.how]
    assert knees
    assert all("lower" not in e.harder.lower() for e in knees)


@pytest.mark.parametrize(
    ("words", "weight"), [("weights up to 10 kg", "10 kg"), ("not more than 2,5 kg, later 20 kg", "2,5 kg"), ("5 kg or 10 lbs", "10 lbs"), ("weights", None)]
)  # fmt: skip
def test_a_limit_of_weight_is_the_lightest_that_is_named(words: str, weight: str | None) -> None:
    found = find_weight([Said("surgeon", str(SAID_ON), words)])
    assert (found[0] if found else None) == weight


def test_a_limit_of_weight_stands_on_what_takes_a_weight() -> None:
    plan = plan_of(with_new_knee("weights up to 10 kg", what="meniscus"))
    heavy = [e for e in plan.exercises if e.load or e.stage == "load"]
    assert all(e.load.startswith("Never more than 10 kg: your surgeon.") for e in heavy)


def test_a_ban_names_who_set_it_with_the_day_of_their_check() -> None:
    words = "strength with weights and bike yes, no running or jumping before the check on 11 December"
    plan = plan_of(seen(words, said_on=DAY - timedelta(days=7)))
    ban = next(each.wait for each in plan.activities if each.about == "For now")
    assert ban.startswith("running and jumping, until your sports physician says otherwise")
    assert "11 December" in ban


@pytest.mark.parametrize(
    "words", ["nothing that jumps", "no running", "must not do impact", "avoid jumping", "no pain no running"]
)
def test_words_against_impact_ban_it_however_far_it_was_allowed(words: str) -> None:
    assert find_impact_ban(seen(words, allows="speed"), CARE)


@pytest.mark.parametrize("words", ["no pain with running", "strength work, no limit on weights; may dance"])
def test_other_words_ban_nothing(words: str) -> None:
    assert not find_impact_ban(seen(words, allows="speed"), CARE)


def test_words_are_cited_with_the_day_on_which_they_were_said() -> None:
    words, day = "wound healed, may train lightly, nothing that jumps", DAY - timedelta(weeks=2)
    told = plan_of(seen(words, by="gynecologist", allows="integration", said_on=day))
    assert told.activities[0].said.startswith(f"Your gynecologist, {day.day} {day:%B %Y}: “{words}”")
    assert not any("allowed squats" in line for line in told.holds)
    assert any(words in line for line in told.holds)
    unknown = plan_of(seen(words, by="gynecologist", allows="integration"))
    assert unknown.activities[0].said.startswith("Your gynecologist: “"), (
        "the day it was noted is not the day it was said"
    )
    assert any("ask on which day it was said" in line for line in unknown.cautions)


def test_nothing_is_said_after_it_was_noted() -> None:
    with pytest.raises(ValueError, match="after it was noted"):
        Clearance(flag="joint_problem", by="surgeon", on=DAY, said_on=DAY + timedelta(days=1))


def test_a_condition_on_words_means_one_thing() -> None:
    with pytest.raises(ValueError, match="one of them"):
        SaidCondition(kind="said")


def test_a_bend_of_the_hip_limits_no_knee_and_that_of_a_knee_names_its_side() -> None:
    assert find_bend(Said("surgeon", "2026-02", "no bending beyond 90 degrees", place="hip", side="right")) is None
    assert find_bend(Said("surgeon", "2026-02", "knee to 90 degrees", place="hip")) == 90
    assert find_bend(Said("surgeon", "2026-02", "no bending beyond 90 degrees", place="knee", side="left")) == 90
    assert find_bend(Said("surgeon", "2026-02", "no bending beyond 90 degrees")) == 90, (
        "nobody knows of what: the careful way"
    )


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("train it, skate as long as it stays at 3", 3),
        ("may run, pain below 4 of 10", 3),
        ("run below 4 of 10", 3),
        ("exercises up to 5/10 are fine", 5),
        ("pain no more than 2", 2),
        ("row short pieces, pain not above 3", 3),
        ("weights up to 10 kg", None),
        ("run up to 5 km", None),
        ("walk up to 30 minutes without pain", None),
        ("knee under load not beyond 90 degrees", None),
        ("stays off work until 3 December", None),
    ],
)
def test_a_limit_of_pain_is_read(words: str, limit: int | None) -> None:
    found = find_pain_limit([Said("orthopedist", str(SAID_ON), words)])
    assert (found[0] if found else None) == limit


def test_a_limit_of_pain_is_no_condition_that_only_a_clinician_can_judge_and_others_are() -> None:
    assert not is_conditional(Said("orthopedist", str(SAID_ON), "train it, skate as long as it stays at 3"))
    assert is_conditional(
        Said("orthopedist", str(SAID_ON), "skate as long as it stays at 3, matches when the tests are passed")
    )
    assert is_conditional(Said("orthopedist", str(SAID_ON), "everything as long as the knee does not give way"))


def test_of_two_limits_of_pain_the_lower_one_is_the_rule_of_the_plan() -> None:
    tendon = (Pain(place="achilles", side="left", spot="middle", now=1, week=3),)

    def limit(words: str) -> int | None:
        said = (Clearance(flag="joint_problem", by="physician", on=DAY, allows="speed", note=words),)
        who = make_person(pains=tendon, symptoms=QUESTIONS | {"joint_problem": True}, clearances=said)
        return next(
            (
                rule.limit
                for rule in make_plan(who, (make_visit(),), CARE, NORMS).pain_rules
                if rule.place == "achilles"
            ),
            2,
        )

    assert limit("may run") == 5
    assert limit("run below 4 of 10") == 3
    assert limit("up to 8 of 10 is fine") == 5, "what a clinician allows more loosens nothing"
    assert limit("pain no more than 2") == 2


@pytest.mark.parametrize(
    "words",
    [
        "no limit from the joint; it must bend",
        "the knee must bend, if it is not at 95 degrees by the middle of December we loosen it",
        "the knee should reach 110 degrees by Christmas",
        "get to 90 degrees of knee bend",
    ],
)
def test_a_bend_that_shall_be_reached_is_no_limit(words: str) -> None:
    assert find_bend(Said("surgeon", str(SAID_ON), words, place="knee")) is None


def test_a_limit_beside_a_wish_stays_a_limit() -> None:
    assert (
        find_bend(Said("surgeon", str(SAID_ON), "knee not beyond 90 degrees; walking should improve", place="knee"))
        == 90
    )


@pytest.mark.parametrize(
    ("words", "conditional"),
    [
        ("tennis as long as the next day is calm", False),
        ("may run as long as it does not hurt", False),
        ("row short pieces, pain not above 3", False),
        ("tennis as long as the knee does not swell", True),
        ("play if the tests are passed", True),
        ("run when pain is gone", True),
        ("as long as pain allows, after the scan", True),
    ],
)
def test_what_whoever_trains_can_judge_is_no_condition_for_a_clinician(words: str, conditional: bool) -> None:
    assert is_conditional(Said("physician", str(SAID_ON), words)) is conditional


TURNS = set(CARE.profiles["no_turning_by_word"].leaves_out)


@pytest.mark.parametrize(
    "words",
    ["no turns for now", "no pivoting sports", "train fully, no cutting", "no sport with turns before the tests"],
)
def test_a_clinicians_word_against_turns_bars_every_exercise_with_one(words: str) -> None:
    assert set(find_bars(read_all(seen(words)), (), CARE, NORMS)) >= TURNS


@pytest.mark.parametrize("words", ["train fully", "no hills", "turn the head often"])
def test_other_words_bar_no_turn_at_walking_pace(words: str) -> None:
    assert "walk_and_turn" not in find_bars(read_all(seen(words)), (), CARE, NORMS)


# --- back to whom, a weight that is asked for, and what the trunk may not do ---------------------------


def noted(text: str, effusion: float = 0) -> tuple[Visit, ...]:
    quiet = (
        HandMeasurement(test="knee_effusion", value=effusion),
        HandMeasurement(test="knee_extension_deficit", value=0),
    )
    return (make_visit(measurements=quiet, notes=(SessionNote(pain_now=1, pain_week=1, text=text),)),)


@pytest.mark.parametrize(
    ("words", "text", "effusion"),
    [
        ("train it, come back if it swells", "The knee was swollen after work", 0),
        ("train it; see me again when it gets weaker", "Feels weak since Monday", 0),
        ("all fine, call me if the joint gives way", "It gave way on the stairs", 0),
        ("train it, come back if it swells", "Work was hard", 3),
    ],
)
def test_what_a_clinician_wanted_to_be_called_for_sends_back_at_once(words: str, text: str, effusion: float) -> None:
    told = tell_returns(seen(words), noted(text, effusion), CARE)
    assert ["call your sports physician" in each.now for each in told] == [True]


@pytest.mark.parametrize(
    ("words", "text", "effusion"),
    [
        ("train it, come back if it swells", "No swelling", 1),
        ("train it", "The knee was swollen", 3),
        ("come back in March", "It gave way", 0),
        ("call me if it locks", "The knee was swollen", 3),
    ],
)
def test_what_has_not_come_sends_nobody_back(words: str, text: str, effusion: float) -> None:
    assert not tell_returns(seen(words), noted(text, effusion), CARE)


@pytest.mark.parametrize(("flag", "barred"), [("brittle_bones", True), ("joint_problem", False)])
def test_thin_bones_turn_and_round_no_back(flag: str, barred: bool) -> None:
    bars = find_bars(seen("weights yes", flag=flag), (), CARE, NORMS)
    assert ({"thoracic_rotation_side", "band_chop", "cat_camel"} <= set(bars)) is barred


@pytest.mark.parametrize(("seconds", "barred"), [(4, True), (12, False)])
def test_who_cannot_stand_on_one_leg_does_no_split_squat(seconds: float, barred: bool) -> None:
    visit = make_visit(measurements=by_hand("single_leg_stance", seconds, seconds))
    assert ("split_squat" in find_bars(make_person(), (visit,), CARE, NORMS)) is barred


@pytest.mark.parametrize("words", ["sick note until Sunday", "off work until 6 December, train"])
def test_a_sick_note_is_no_condition_on_training(words: str) -> None:
    assert not is_conditional(Said("physician", "", words))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("run below 4 of 10", "also where your sports physician allows 3 of 10"),
        ("train, pain not above 1", ""),
        ("train", ""),
    ],
)
def test_of_two_rules_of_pain_the_page_says_which_one_holds(words: str, told: str) -> None:
    plan = plan_of(seen(words))
    assert (told in plan.pain_rule) if told else ("also where" not in plan.pain_rule)
    assert not any("of 10" in line or "below 4" in line for line in list_details(plan)), "no second number in the week"


@pytest.mark.parametrize(("asked", "known"), [(True, True), (False, False)])
def test_pain_at_night_that_a_doctor_knows_sends_nobody_there_again(asked: bool, known: bool) -> None:
    word = Clearance(flag="night_pain", by="physician", on=DAY, said_on=DAY, allows="load", note="the joint, known")
    hip = (Pain(place="hip", side="right", now=1, week=3),)
    person = make_person(
        pains=hip, symptoms=QUESTIONS | {"night_pain": asked}, clearances=(word,) if asked else (), sports=("running",)
    )
    signs = [sign for each in plan_of(read_all(person)).urgent for sign in each.signs if "at night" in sign]
    assert signs
    assert all("not eased by turning over" in sign for sign in signs) is known
