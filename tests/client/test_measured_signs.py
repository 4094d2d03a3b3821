"""Signs of a torn tendon that were measured, felt or tested stop a plan by themselves; only a clinician's word opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Pain
from movescreen.client.plan.making import make_plan
from movescreen.client.rules.measured_signs import find_signs
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.errors import NeedsReferral
from tests.support.clients import CARE, DAY, SEEN, by_hand, make_person, make_visit

NORMS = load_norms()
CALF = {"pains": (Pain(place="achilles", side="right", now=1, week=1),), **SEEN}


def saw(name: str, result: str, what: Any = "special_test") -> Visit:
    seen = Observation(what=what, name=name, side="right", result=result)
    return make_visit(notes=(SessionNote(observations=(seen,)),))


TORN = [
    make_visit(measurements=by_hand("single_leg_heel_raise", 22, 0)),
    saw("Thompson test", "positive"),
    saw("calf squeeze", "no movement of the foot"),
    saw("Achilles tendon", "dent five centimeters above the heel", "palpation"),
]


@pytest.mark.parametrize("visit", TORN)
def test_a_sign_of_a_tear_stops_by_itself_with_a_doctor_today(visit: Visit) -> None:
    with pytest.raises(NeedsReferral) as stopped:
        make_plan(make_person(**CALF), (visit,), CARE, NORMS)
    assert "today" in str(stopped.value.hint)
    assert "no heel drops" in str(stopped.value.hint)
    assert "intake read" not in str(stopped.value.hint)


@pytest.mark.parametrize(
    "visit",
    [
        make_visit(measurements=by_hand("single_leg_heel_raise", 22, 3)),
        make_visit(measurements=by_hand("single_leg_heel_raise", 0, 0)),
        saw("Thompson test", "negative"),
        saw("calf squeeze", "foot moves alike on both sides"),
        saw("Achilles tendon", "thick, no gap", "palpation"),
    ],
)
def test_what_is_weak_or_whole_is_no_sign_of_a_tear(visit: Visit) -> None:
    assert not find_signs(make_person(**CALF), (visit,), CARE)


def test_a_clinicians_word_since_opens_it_and_one_of_before_does_not() -> None:
    def told(days: int, allows: Any = "load") -> Any:
        word = Clearance(flag="tendon_rupture", by="orthopedist", on=DAY - timedelta(days=days), allows=allows)
        return make_person(**CALF | {"clearances": (*SEEN["clearances"], word), "day": DAY - timedelta(days=9)})

    assert not find_signs(told(0), TORN[:1], CARE)
    assert find_signs(told(5), TORN[:1], CARE)


def test_a_later_test_takes_the_place_of_an_earlier_one() -> None:
    later = make_visit(DAY, measurements=by_hand("single_leg_heel_raise", 22, 12))
    before = make_visit(DAY - timedelta(days=30), measurements=by_hand("single_leg_heel_raise", 22, 0))
    assert not find_signs(make_person(**CALF), (before, later), CARE)
