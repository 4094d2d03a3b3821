"""Signs of a torn tendon that were measured, felt or tested stop a plan by themselves; only a clinician's word opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Pain
from movescreen.client.rules.measured_signs import find_signs
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.errors import NeedsReferral
from tests.support.clients import CARE, DAY, SEEN, by_hand, make_person, make_visit
from tests.support.plans import make_plan

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


# --- what is told or seen beside a tear -----------------------------------------------------------

LEG_OPERATED = {"pains": (Pain(place="knee", side="left", now=1, week=2),), **SEEN}
CHILD = {"birth_year": DAY.year - 13, "pains": (Pain(place="thigh", side="left", now=2, week=4),), **SEEN}
SHIN = {"pains": (Pain(place="shin", side="right", now=2, week=5),)}


def told(text: str) -> Visit:
    return make_visit(notes=(SessionNote(text=text),))


STOPS: list[tuple[dict[str, Any], Visit, str]] = [
    (LEG_OPERATED, told("Since the journey the left calf is two centimeters thicker."), "calf_swelling"),
    (LEG_OPERATED, saw("calf", "thumb leaves a dent", "palpation"), "calf_swelling"),
    (LEG_OPERATED, told("In the evening her sock leaves a deep groove on one side."), "calf_swelling"),
    (CALF, told("On the second hill there is a tightness that goes up to the jaw."), "chest_pain"),
    (CALF, told("Left arm goes heavy on stairs. The arm is free again when she stands still."), "chest_pain"),
    (CALF, told("Woke up on the floor of the kitchen."), "fainting"),
    (CALF, told("He cannot remember how he fell."), "fainting"),
    (SHIN, saw("hop on one leg", "positive"), "bone_stress_signs"),
    (SHIN, told("It throbs in bed at night."), "bone_stress_signs"),
    (SHIN, told("A fingertip covers the sore point on the bone."), "bone_stress_signs"),
    (CHILD, make_visit(measurements=by_hand("hip_internal_rotation", 34, 8)), "child_limp"),
    (CHILD, told("Walks with the left foot turned outward."), "child_limp"),
    (CHILD, told("Limps after school."), "child_limp"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "visit", "flag"), STOPS)
def test_what_is_told_or_seen_stops_by_itself_and_is_not_opened_by_reading_it(who: dict[str, Any], visit: Visit, flag: str) -> None:  # fmt: skip
    assert flag in find_signs(make_person(**who), (visit,), CARE)
    with pytest.raises(NeedsReferral) as stopped:
        make_plan(make_person(**who), (visit,), CARE, NORMS)
    assert "intake clear" in str(stopped.value.hint)
    assert "intake read" not in str(stopped.value.hint)


@pytest.mark.parametrize(
    ("who", "visit"),
    [
        (LEG_OPERATED, told("The calf is thinner than the other one.")),
        (LEG_OPERATED, told("Warm up the calf first.")),
        (LEG_OPERATED, told("No swollen calf.")),
        (CALF, told("Clenches the jaw at the desk.")),
        (CALF, told("Remembers how she fell: she slipped on ice.")),
        (SHIN, saw("hop on one leg", "negative")),
        (SHIN, saw("hop on one leg", "free, no pain")),
        (CHILD, make_visit(measurements=by_hand("hip_internal_rotation", 34, 28))),
        (CHILD, told("Walks without a limp.")),
        (SHIN | {"birth_year": DAY.year - 30}, told("Limped for a day after a kick.")),
    ],
)  # fmt: skip
def test_what_sounds_alike_and_is_harmless_stops_nothing(who: dict[str, Any], visit: Visit) -> None:
    assert not find_signs(make_person(**who), (visit,), CARE)


@pytest.mark.parametrize(("days", "opens"), [(0, True), (5, False)])
def test_a_clinicians_word_counts_from_the_day_it_was_said(days: int, opens: bool) -> None:
    word = Clearance(
        flag="calf_swelling", by="physician", on=DAY, said_on=DAY - timedelta(days=days), allows="load", note="no clot"
    )
    person = make_person(**LEG_OPERATED | {"clearances": (*SEEN["clearances"], word)})
    assert (not find_signs(person, (STOPS[0][1],), CARE)) is opens
