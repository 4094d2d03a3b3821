"""Questions about an emergency are asked anew while a nerve of the back gives signs: a "no" of a month ago tells nothing of today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Pain
from movescreen.client.person import Person
from movescreen.client.plan.making import make_plan
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.errors import QuestionsOpen
from tests.support.clients import CARE, DAY, QUESTIONS, make_person

NORMS = load_norms()
BACK = Pain(place="low_back", side="left", now=1, week=3)
CALF = Pain(place="calf", side="left", now=1, week=3)
EMERGENCY = {"saddle_numbness", "bladder_bowel", "sexual_function", "both_legs", "leg_weakness"}


def _after(days: int, *pains: Pain, numb: bool = False) -> Person:
    seen: dict[str, Any] = {}
    if numb:
        word = Clearance(flag="numbness", by="physician", on=DAY - timedelta(days=days), allows="load")
        seen = {"symptoms": QUESTIONS | {"numbness": True}, "clearances": (word,)}
    return make_person(today=DAY, day=DAY - timedelta(days=days), pains=pains, **seen)


@pytest.mark.parametrize("person", [_after(15, BACK, CALF), _after(29, BACK, numb=True)])
def test_a_plan_waits_when_the_answers_are_older_than_two_weeks(person: Person) -> None:
    assert {spec.id for spec in review_red_flags(person, CARE).anew} == EMERGENCY
    with pytest.raises(QuestionsOpen, match="saddle numbness"):
        make_plan(person, (), CARE, NORMS)


@pytest.mark.parametrize(
    "person",
    [
        _after(14, BACK, CALF),
        _after(14, BACK, numb=True),
        _after(50, BACK),
        _after(50, CALF),
        _after(50, BACK, Pain(place="calf", side="right", now=1, week=3)),
    ],
)
def test_it_does_not_wait_with_newer_answers_or_without_signs_of_a_nerve(person: Person) -> None:
    assert review_red_flags(person, CARE).anew == ()
    make_plan(person, (), CARE, NORMS)
