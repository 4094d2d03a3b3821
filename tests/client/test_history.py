"""Findings in the light of the history: every link speaks on the right side, stays quiet on the wrong one, and names no cause."""

from __future__ import annotations

from typing import Any

import pytest

from movescreen.client.intake.model import Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.rules.history import link_findings, suggest_tests
from movescreen.model import Status
from tests.support.clients import CARE, DAY, SPRAIN, make_person, make_record, runner_with_sprain

KNEE = Injury(kind="knee_ligament", place="knee", side="right", when="2022")
#: Link -> (what the person tells, a finding that it speaks about, the same finding on the wrong side or None).
SPEAKS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]] = {
    "shift_away_from_injured_leg": ({"injuries": (SPRAIN,)}, {"check_id": "weight_shift", "value": 19.0}, {"check_id": "weight_shift", "value": -19.0}),
    "shift_away_from_pain": (
        {"pains": (Pain(place="knee", side="right", now=1, week=2),)}, {"check_id": "weight_shift", "value": 19.0},
        {"check_id": "weight_shift", "value": -19.0},
    ),
    "ankle_on_sprained_side": ({"injuries": (SPRAIN,)}, {"check_id": "heel_rise", "side": "right"}, {"check_id": "heel_rise", "side": "left"}),
    "knee_on_injured_side": ({"injuries": (KNEE,)}, {"check_id": "asymmetry", "value": -14.0}, {"check_id": "asymmetry", "value": 14.0}),
    "knee_operated": ({"operations": (Operation(what="ligament", place="knee", side="left", when="2020", cleared=True),)}, {"check_id": "knee_valgus"}, None),
    "hip_that_sits": ({"sitting_hours": 8}, {"check_id": "limited_hip_flexion", "movement": "bend"}, None),
    "back_pain_and_bend": ({"pains": (Pain(place="low_back", now=1, week=2),)}, {"check_id": "spine_dominant_bend", "movement": "bend"}, None),
    "shoulder_overhead": ({"injuries": (Injury(kind="other", place="shoulder", side="left", when="2021"),)}, {"check_id": "arms_fall_forward"}, None),
    "pelvis_after_birth": ({"weeks_postpartum": 20}, {"check_id": "pelvic_drop", "value": 9.0}, None),
}  # fmt: skip


def ids(person: Person, **finding: Any) -> set[str]:
    return {link.spec.id for link in link_findings([make_record(**finding)], person, CARE)}


def test_every_link_is_tested() -> None:
    assert set(SPEAKS) == set(CARE.links)


@pytest.mark.parametrize("link", SPEAKS)
def test_every_link_speaks_and_stays_quiet(link: str) -> None:
    told, finding, wrong = SPEAKS[link]
    person = make_person(**told)
    assert link in ids(person, **finding)
    assert link not in ids(make_person(), **finding)
    assert link not in ids(Person(DAY), **finding), "nobody asked"
    assert link not in ids(person, **finding, status=Status.CLEAR)
    assert link not in ids(person, **finding, status=Status.NOT_ASSESSED)
    if wrong is not None:
        assert link not in ids(person, **wrong)


def test_the_event_is_named_and_no_cause() -> None:
    found = link_findings([make_record("weight_shift", value=19.0)], runner_with_sprain(), CARE)
    (text,) = {link.text for link in found if link.spec.id == "shift_away_from_injured_leg"}
    assert "2023 right ankle sprain" in text
    for spec in CARE.links.values():
        words = spec.message.lower()
        assert not any(word in words for word in ("because", "caused", "due to", "leads to", "will ", "dysfunction"))


def test_a_side_is_never_guessed() -> None:
    unsided = SPRAIN.model_copy(update={"side": ""})
    both = SPRAIN.model_copy(update={"side": "both"})
    heel, shift = {"check_id": "heel_rise", "side": "right"}, {"check_id": "weight_shift", "value": 19.0}
    assert "ankle_on_sprained_side" not in ids(make_person(injuries=(unsided,)), **heel)
    assert "ankle_on_sprained_side" in ids(make_person(injuries=(both,)), **heel)
    assert "shift_away_from_injured_leg" not in ids(make_person(injuries=(both,)), **shift)
    assert "ankle_on_sprained_side" not in ids(make_person(injuries=(SPRAIN,)), check_id="heel_rise", side="")


ADDED_BY: dict[str, dict[str, Any]] = {
    "after_ankle_sprain": {"injuries": (SPRAIN,)},
    "after_knee_injury": {"injuries": (KNEE,)},
    "runner": {"sports": ("running",)},
    "sits_all_day": {"sitting_hours": 6},
    "back_pain": {"pains": (Pain(place="low_back", now=0, week=1),)},
    "older_adult": {"birth_year": 1950},
    "hip_or_groin_trouble": {"pains": (Pain(place="groin", side="left", now=0, week=1),)},
    "shoulder_trouble": {"pains": (Pain(place="shoulder", side="left", now=0, week=1),)},
}


def test_every_added_test_is_tested() -> None:
    assert set(ADDED_BY) == set(CARE.added_tests)


@pytest.mark.parametrize("name", ADDED_BY)
def test_the_history_adds_tests(name: str) -> None:
    assert name in {added.spec.id for added in suggest_tests(make_person(**ADDED_BY[name]), CARE)}
    assert suggest_tests(make_person(), CARE) == ()
