"""What the trainer saw and felt: what it must say, where it stands beside the camera, and that it opens nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from movescreen.catalog.norms_library import load_norms
from movescreen.client.plan.making import find_bars
from movescreen.client.rules.danger_words import find_hints, find_unread_words
from movescreen.client.visits.observation import Observation, pair_with_camera
from movescreen.client.visits.visit import MovementPain, SessionNote, Visit
from movescreen.model import Status
from tests.support.clients import CARE, DAY, make_person, make_record, make_visit, ready_visits, runner_with_sprain
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()
HEEL = make_record("heel_rise", side="right", title="Heel rise")


def seen(**told: Any) -> Observation:
    return Observation(**({"name": "heel rise", "side": "right"} | told))


def noted(*observations: Observation, **more: Any) -> Visit:
    return make_visit(findings=(HEEL,), notes=(SessionNote(observations=observations, **more),))


@pytest.mark.parametrize(
    "told",
    [
        {"what": "special_test", "name": "squeeze test"},  # a test without a result is no negative one
        {"what": "palpation", "name": "heel bone"},
        {"what": "guess", "name": "heel bone"},
        {"name": ""},
        {"name": "heel rise", "painful": 11},
    ],
)
def test_an_entry_that_says_nothing_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Observation(**told)


@pytest.mark.parametrize(
    ("told", "verdict", "words"),
    [
        ({}, "positive", "seen"),
        ({"result": "Negative", "painful": 0}, "negative", "Negative, not painful"),
        ({"what": "special_test", "result": "unclear"}, "unclear", "unclear"),
        ({"what": "palpation", "painful": 4}, "", "pain 4 of 10"),
        ({"what": "palpation", "result": "thick and warm"}, "", "thick and warm"),
    ],
)
def test_what_it_says(told: dict[str, Any], verdict: str, words: str) -> None:
    assert (seen(**told).verdict, seen(**told).result_words) == (verdict, words)


@pytest.mark.parametrize(
    ("told", "found"),
    [({}, 1), ({"name": "Heel-Rise"}, 1), ({"side": ""}, 1), ({"side": "left"}, 0), ({"name": "feet turn out"}, 0)],
)
def test_it_stands_beside_the_finding_of_its_name_and_side(told: dict[str, Any], found: int) -> None:
    assert len(pair_with_camera(DAY, [seen(**told)], (HEEL,))[0].findings) == found


@pytest.mark.parametrize(
    ("result", "status", "differs"),
    [
        ("", Status.CLEAR, True), ("negative", Status.FLAGGED, True),
        ("", Status.FLAGGED, False), ("negative", Status.CLEAR, False), ("unclear", Status.FLAGGED, False),
        ("", Status.BORDERLINE, False), ("", Status.NOT_ASSESSED, False), ("a little", Status.CLEAR, False),
    ],
)  # fmt: skip
def test_trainer_and_camera_differ_only_when_they_say_the_opposite(result: str, status: Status, differs: bool) -> None:
    finding = make_record("heel_rise", status, side="right", title="Heel rise")
    assert pair_with_camera(DAY, [seen(result=result)], (finding,))[0].differs is differs


def test_a_negative_test_opens_nothing() -> None:
    person = runner_with_sprain()
    good = [
        Observation(what="special_test", name=name, side=side, result="negative", painful=0, note="free and strong")
        for name in ("squat", "hop", "heel rise", "ankle")
        for side in ("left", "right")
    ]  # type: ignore[arg-type]
    pain = (MovementPain(movement="squat", score=6),)
    before, after = noted(movement_pain=pain), noted(*good, movement_pain=pain)
    assert find_bars(person, [before], CARE, NORMS)  # the squat hurt: something is barred
    assert find_bars(person, [after], CARE, NORMS) == find_bars(person, [before], CARE, NORMS)
    assert make_plan(person, [after], CARE, NORMS) == make_plan(person, [before], CARE, NORMS)
    later = DAY + timedelta(days=3)
    visits = [*ready_visits(), make_visit(later, notes=(SessionNote(observations=tuple(good)),))]
    told = make_person(later)
    without = assess_readiness(told, ready_visits(), CARE, NORMS)
    assert [r.headline for r in assess_readiness(told, visits, CARE, NORMS)] == [r.headline for r in without]


@pytest.mark.parametrize(("result", "hinted"), [("Positive", True), ("negative", False), ("unclear", False)])
def test_a_test_that_speaks_for_a_tear_is_hinted_at_and_every_test_is_read(result: str, hinted: bool) -> None:
    test = Observation(what="special_test", name="Thompson test", side="right", result=result)
    (typed,) = find_unread_words(make_person(), [noted(test)], CARE)
    assert bool(find_hints(typed, CARE)) is hinted
