"""Red flags: every one stops what it should, and "not asked" is never "no"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from movescreen.client.intake.model import Clearance, Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.rules.red_flags import Decision, describe_flags, ensure_no_red_flag, is_asked, review_red_flags
from movescreen.errors import NeedsReferral
from tests.support.clients import CARE, DAY, QUESTIONS, make_intake, make_person

BACK = Pain(place="low_back", now=2, week=4)
#: Red flag -> what has to be told for it, beside a "yes" where it has a question.
RAISED_BY: dict[str, dict[str, Any]] = {
    "recent_operation": {"operations": (Operation(what="meniscus", place="knee", when="2026-01", cleared=None),)},
    "severe_pain": {"pains": (Pain(place="knee", side="left", now=8, week=9),)},
    "too_soon_after_birth": {"weeks_postpartum": 2},
    "back_pain_under_20": {"pains": (BACK,), "birth_year": 2007},
    "no_guardian": {"birth_year": 2012},
    "recent_head_injury": {"injuries": (Injury(kind="other", place="head", when="2026-02-27"),)},
    "back_pain_over_50": {"pains": (BACK,), "birth_year": 1960},
}


def person_with(flag: str) -> Person:
    told = dict(RAISED_BY.get(flag, {}))
    if CARE.red_flags[flag].question:
        told["symptoms"] = QUESTIONS | {flag: True}
    return make_person(**told)


@pytest.mark.parametrize("flag", CARE.red_flags)
def test_every_flag_is_raised_and_stops_when_it_should(flag: str) -> None:
    review = review_red_flags(person_with(flag), CARE)
    assert [raised.spec.id for raised in review.raised] == [flag]
    if CARE.red_flags[flag].urgency == "mention":
        assert review.decision is Decision.GO_ON
        ensure_no_red_flag(review)
    else:
        assert review.decision is Decision.REFER
        with pytest.raises(NeedsReferral) as error:
            ensure_no_red_flag(review)
        assert CARE.red_flags[flag].reason in error.value.message
        assert CARE.red_flags[flag].refer_to in error.value.hint
        assert error.value.exit_code == 3


@pytest.mark.parametrize("flag", CARE.red_flags)
def test_every_flag_stays_quiet_when_nothing_is_the_matter(flag: str) -> None:
    review = review_red_flags(make_person(), CARE)
    assert review.raised == ()
    assert review.decision is Decision.GO_ON


def test_not_asked_is_no_answer() -> None:
    review = review_red_flags(make_person(symptoms={}), CARE)
    assert review.decision is Decision.NOT_ASKED
    assert {"chest_pain", "numbness"} <= {spec.id for spec in review.open_questions}
    assert "saddle_numbness" not in {spec.id for spec in review.open_questions}
    unknown = review_red_flags(make_person(symptoms={}, pains=None), CARE)
    assert "saddle_numbness" in {spec.id for spec in unknown.open_questions}
    assert review_red_flags(Person(DAY), CARE).decision is Decision.NOT_ASKED


def test_a_cleared_or_old_operation_does_not_stop() -> None:
    for operation in (
        Operation(
            what="meniscus",
            place="knee",
            when="2026-01",
            cleared=True,
            cleared_by="surgeon",
            cleared_on="2026-02",
            allowed="load",
        ),
        Operation(what="meniscus", place="knee", when="2024", cleared=None),
    ):
        assert review_red_flags(make_person(operations=(operation,)), CARE).decision is Decision.GO_ON


def test_what_a_clinician_says_lets_it_go_on_and_stays_listed() -> None:
    word = Clearance(flag="chest_pain", by="physician", on=DAY + timedelta(days=2))
    symptoms = QUESTIONS | {"chest_pain": True}
    later = DAY + timedelta(days=3)
    review = review_red_flags(make_person(today=later, symptoms=symptoms, clearances=(word,)), CARE)
    assert review.decision is Decision.GO_ON
    before = review_red_flags(make_person(symptoms=symptoms, clearances=(word,)), CARE)
    assert before.decision is Decision.REFER, "nobody had said so yet"
    (line,) = describe_flags(review.raised)
    assert "Seen by physician (noted on 2026-03-04; ask on which day it was said)" in line
    (dated,) = describe_flags(
        review_red_flags(
            make_person(today=later, symptoms=symptoms, clearances=(word.model_copy(update={"said_on": DAY}),)), CARE
        ).raised
    )
    assert f"Seen by physician on {DAY} (noted on 2026-03-04)" in dated
    stale = word.model_copy(update={"on": DAY - timedelta(days=1)})
    assert (
        review_red_flags(make_person(today=later, symptoms=symptoms, clearances=(stale,)), CARE).decision
        is Decision.REFER
    )
    other = word.model_copy(update={"flag": "fainting"})
    assert (
        review_red_flags(make_person(today=later, symptoms=symptoms, clearances=(other,)), CARE).decision
        is Decision.REFER
    )


def test_the_most_urgent_comes_first_and_the_others_are_named() -> None:
    told = make_intake(symptoms=QUESTIONS | {"numbness": True, "chest_pain": True, "pelvic_floor": True})
    review = review_red_flags(Person(DAY, 1991, "female", told), CARE)
    assert [flag.spec.id for flag in review.raised] == ["chest_pain", "numbness", "pelvic_floor"]
    assert [flag.spec.id for flag in review.stopping] == ["chest_pain", "numbness"]
    with pytest.raises(NeedsReferral, match="1 more: New loss of feeling"):
        ensure_no_red_flag(review)


def test_an_old_injury_is_no_red_flag() -> None:
    told = (Injury(kind="fracture", place="ankle", side="left", when="2010"),)
    assert review_red_flags(make_person(injuries=told), CARE).decision is Decision.GO_ON


CAUDA_EQUINA = ("saddle_numbness", "bladder_bowel", "sexual_function", "both_legs")
NEAR_THE_SPINE = ("low_back", "upper_back", "pelvis", "hip", "groin", "thigh", "hamstring")
ELSEWHERE = ("neck", "shoulder", "hand", "knee", "calf", "ankle", "foot")
OF_ANY_PAIN = ("trauma", "cancer_or_infection", "night_pain")


def asked_of(person: Person) -> set[str]:
    return {spec.id for spec in CARE.red_flags.values() if is_asked(spec, person)}


def hurting(place: Any, **changes: Any) -> Person:
    return make_person(pains=(Pain(place=place, side="", now=0, week=2),), **changes)


@pytest.mark.parametrize("place", NEAR_THE_SPINE)
def test_pain_of_back_hip_or_thigh_is_asked_for_signs_of_the_cauda_equina(place: str) -> None:
    assert {*CAUDA_EQUINA, "leg_weakness", *OF_ANY_PAIN} <= asked_of(hurting(place))


@pytest.mark.parametrize("place", ELSEWHERE)
def test_pain_elsewhere_is_asked_for_its_signs_and_not_for_those(place: str) -> None:
    asked = asked_of(hurting(place))
    assert set(OF_ANY_PAIN) <= asked
    assert not {*CAUDA_EQUINA, "leg_weakness"} & asked


def test_without_pain_nobody_is_asked_about_pain() -> None:
    assert not {*CAUDA_EQUINA, "leg_weakness", *OF_ANY_PAIN} & asked_of(make_person())


def test_numbness_of_a_leg_brings_the_questions_without_any_pain() -> None:
    numb = make_person(symptoms=QUESTIONS | {"numbness": True})
    assert set(CAUDA_EQUINA) <= asked_of(numb)
    review = review_red_flags(make_person(symptoms={"numbness": True}), CARE)
    assert set(CAUDA_EQUINA) <= {spec.id for spec in review.open_questions}
    # while nobody has asked about numbness, that question is the open one
    unasked = {spec.id for spec in review_red_flags(make_person(symptoms={}), CARE).open_questions}
    assert "numbness" in unasked
    assert not set(CAUDA_EQUINA) & unasked


@pytest.mark.parametrize("sign", CAUDA_EQUINA)
def test_hip_and_hamstring_pain_with_such_a_sign_goes_to_the_emergency_department(sign: str) -> None:
    pains = (Pain(place="hip", side="left", now=4, week=7), Pain(place="hamstring", side="left", now=5, week=7))
    review = review_red_flags(make_person(pains=pains, symptoms=QUESTIONS | {sign: True}), CARE)
    with pytest.raises(NeedsReferral) as error:
        ensure_no_red_flag(review)
    assert "an emergency department, today" in error.value.hint
    assert review_red_flags(make_person(pains=pains), CARE).decision is Decision.GO_ON, "asked, and none of it"
    unasked = {name: no for name, no in QUESTIONS.items() if name != sign}
    assert review_red_flags(make_person(pains=pains, symptoms=unasked), CARE).decision is Decision.NOT_ASKED


def test_weakness_of_both_legs_is_asked_as_well_as_of_one() -> None:
    assert "one leg or both" in CARE.red_flags["leg_weakness"].question.lower()


HEALTH_STOPS = ("heart_condition", "chest_pain", "fainting", "supervised_only")
HEALTH_LIGHT = ("high_blood_pressure", "chronic_condition", "chronic_medicine", "joint_problem")


@pytest.mark.parametrize("sex", ["female", "male", ""])
def test_everybody_is_asked_about_health(sex: Any) -> None:
    nobody_asked = Person(DAY, None, sex, make_intake(symptoms={}))
    assert {*HEALTH_STOPS, *HEALTH_LIGHT} <= asked_of(nobody_asked)
    review = review_red_flags(nobody_asked, CARE)
    assert review.decision is Decision.NOT_ASKED
    assert {*HEALTH_STOPS, *HEALTH_LIGHT} <= {spec.id for spec in review.open_questions}


def test_an_intake_from_before_the_questions_leaves_them_open() -> None:
    new = {"heart_condition", "supervised_only", *HEALTH_LIGHT}
    review = review_red_flags(make_person(symptoms={k: v for k, v in QUESTIONS.items() if k not in new}), CARE)
    assert review.decision is Decision.NOT_ASKED
    assert {spec.id for spec in review.open_questions} == new


@pytest.mark.parametrize("flag", HEALTH_STOPS)
def test_what_the_heart_may_not_bear_waits_for_a_doctor(flag: str) -> None:
    symptoms = QUESTIONS | {flag: True}
    assert review_red_flags(make_person(symptoms=symptoms), CARE).decision is Decision.REFER
    word = Clearance(flag=flag, by="cardiologist", on=DAY)
    assert review_red_flags(make_person(symptoms=symptoms, clearances=(word,)), CARE).decision is Decision.GO_ON


@pytest.mark.parametrize("flag", HEALTH_LIGHT)
def test_other_conditions_let_the_screening_go_on_and_name_the_doctor(flag: str) -> None:
    review = review_red_flags(make_person(symptoms=QUESTIONS | {flag: True}), CARE)
    assert review.decision is Decision.GO_ON
    (line,) = describe_flags(review.raised)
    assert line.startswith("Ask the doctor")


def test_what_stops_says_how_soon_somebody_has_to_look() -> None:
    soon = re.compile(r"\b(?:now|today|tomorrow|within (?:a week|days|two days)|before training)\b")
    silent = [
        spec.id for spec in CARE.red_flags.values() if spec.urgency != "mention" and not soon.search(spec.refer_to)
    ]
    late = [
        spec.id
        for spec in CARE.red_flags.values()
        if spec.urgency == "now" and not re.search("now|today", spec.refer_to)
    ]
    assert (silent, late) == ([], [])
