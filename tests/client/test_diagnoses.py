"""A diagnosis that a clinician named is used where it is known, and told where it is not; nothing is diagnosed here.

Each expectation was written before the rule.
"""

from __future__ import annotations

from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Consent, Injury, Pain
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from movescreen.client.rules.diagnoses import find_unknown
from movescreen.client.rules.profiles import find_impact_ban, find_profiles
from tests.support.clients import CARE, DAY, SEEN, make_person
from tests.support.plans import find_bars, make_plan

NORMS = load_norms()


def seen(words: str, place: Any = "knee", week: int = 4, age: int = 34, **told: Any) -> Person:
    said = (Clearance(flag="joint_problem", by="pediatrician", on=DAY, allows="speed", note=words),)
    side = "" if place in ("low_back", "pelvis") else "right"
    pains = told.pop("pains", (Pain(place=place, side=side, now=1, week=week),))
    told = (
        {
            "pains": pains,
            "sports": ("jumping_and_turning",),
            "goals": ("return_to_sport",),
            "consent": Consent(records=True, pictures=False, on=DAY, guardian="mother"),
        }
        | SEEN
        | told
        | {"clearances": said}
    )
    return make_person(birth_year=DAY.year - age, **told)


def profiles(person: Person) -> set[str]:
    return {profile.id for profile in find_profiles(person, CARE)}


def plan(person: Person) -> Plan:
    return make_plan(person, (), CARE, NORMS)


@pytest.mark.parametrize(
    ("words", "place", "age", "profile"),
    [
        ("Osgood-Schlatter, sport as far as pain allows", "knee", 13, "shin_growth_plate"),
        ("Sever's, may train", "foot", 11, "heel_growth_plate"),
        ("apophysitis of the iliac spine", "hip", 15, "pelvis_growth_plate"),
        ("spondylolysis L5", "low_back", 17, "stress_of_the_back_arch"),
        ("frozen shoulder", "shoulder", 52, "stiff_shoulder"),
        ("hypermobile, Beighton 8 of 9", "knee", 20, "hypermobile"),
        ("gluteal tendinopathy", "hip", 50, "outer_hip_tendon"),
        ("femoroacetabular impingement, train it", "groin", 27, "pinched_hip"),
    ],
)
def test_what_was_named_is_used(words: str, place: str, age: int, profile: str) -> None:
    assert profile in profiles(seen(words, place, age=age))
    assert not find_unknown(seen(words, place, age=age), CARE)


@pytest.mark.parametrize(
    ("words", "place", "age"),
    [
        ("no Osgood-Schlatter", "knee", 13),
        ("Osgood-Schlatter ruled out", "knee", 13),
        ("severe pain, may train", "foot", 11),
        ("Osgood-Schlatter as a boy", "knee", 40),
        ("simple knee pain", "knee", 13),
    ],
)
def test_what_was_not_named_ruled_out_or_is_of_another_age_is_not(words: str, place: str, age: int) -> None:
    found = profiles(seen(words, place, age=age))
    assert not found & {"shin_growth_plate", "heel_growth_plate"}


def test_a_growth_plate_gets_no_weight_no_jump_and_no_kneeling_and_sport_goes_by_pain() -> None:
    boy = seen("Osgood-Schlatter, sport as far as pain lets him", week=4, age=13)
    bars = find_bars(boy, (), CARE, NORMS)
    assert {"slow_squat_heavy", "jump_squat", "drop_landing", "kneel_on_pad"} <= set(bars)
    assert not find_impact_ban(boy, CARE), "the doctor lets him play"
    told = " ".join(f"{each.may} {each.wait}" for each in plan(boy).activities)
    assert "2 of 10" in told
    (chain,) = plan(boy).pathways
    assert "Osgood-Schlatter" in chain.hypothesis


def test_without_a_doctors_name_for_it_a_sore_growth_plate_waits_with_jumps() -> None:
    boy = seen("may train", week=4, age=13)
    assert find_impact_ban(boy, CARE)


def test_a_growth_plate_that_hurts_seven_is_talked_about_first() -> None:
    assert plan(seen("Osgood-Schlatter, sport as far as pain lets him", week=7, age=13)).headline.startswith(
        "Talk first"
    )


def test_a_bone_of_the_back_is_kept_from_impact_and_from_pain_whatever_was_allowed() -> None:
    boy = seen("spondylolysis L5, may train", "low_back", age=22)
    assert find_impact_ban(boy, CARE)
    made = plan(boy)
    assert any(rule.limit == 0 for rule in made.pain_rules)
    assert all(each.stage in ("warm_up", "mobility", "activation") for each in made.exercises)


@pytest.mark.parametrize("words", ["Freiberg's disease", "piriformis syndrome", "costochondritis, may train"])
def test_what_nobody_here_knows_is_said(words: str) -> None:
    person = seen(words, "hip")
    assert find_unknown(person, CARE)
    assert any("nothing of its own for that here" in line for line in plan(person).cautions)


@pytest.mark.parametrize(
    "words",
    [
        "simple back pain, stay active",
        "arthritis of the hip",
        "no sign of a disease",
        "osteochondritis ruled out",
        "strength with weights yes",
    ],
)
def test_plain_words_and_what_is_known_are_not_called_unknown(words: str) -> None:
    assert find_unknown(seen(words, "hip"), CARE) == ()


def test_a_clinician_who_calls_it_adductor_lets_play_and_bone_signs_still_stop() -> None:
    assert not find_impact_ban(seen("adductor pain, may play as pain allows", "groin", week=5), CARE)
    assert find_impact_ban(seen("may play as pain allows", "groin", week=5), CARE)


BONE = Injury(kind="bone_stress", place="shin", side="left", when="2026-01-12")


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ("strength with weights and bike yes, no running", True),
        ("may train, no running", False),
        ("no weights, no running", False),
    ],
)
def test_a_clinician_who_names_weights_opens_those_that_the_step_does_not_bar(words: str, opens: bool) -> None:
    runner = seen(words, pains=(), injuries=(BONE,), sports=("running",), goals=("run",), equipment=("weights", "bike"))
    bars = find_bars(runner, (), CARE, NORMS)
    assert ("goblet_squat" not in bars) is opens
    assert {"single_leg_heel_raise", "split_squat", "pogo_hops", "run_walk"} <= set(bars), (
        "what stands on that leg alone waits"
    )
