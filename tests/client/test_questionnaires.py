"""Questionnaires: only the score is kept, within its range, with its error in progress; activities are the client's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from movescreen.catalog.care_schema import HandTestSpec
from movescreen.catalog.norms_library import load_norms
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.rules.progress import ChangeState, Trend, compare_measurements
from movescreen.client.visits.activities import last_activities, rate_activities, read_activities
from movescreen.client.visits.visit import HandMeasurement, Visit, check_measurement
from movescreen.errors import InputError
from tests.support.clients import CARE, DAY, make_person, make_visit

NORMS = load_norms()
ASKED = [spec for spec in CARE.hand_tests.values() if spec.questionnaire]
(OWN,) = (spec for spec in ASKED if spec.activities)
RATED = [("climbing stairs", 4.0), ("running for the bus", 2.0), ("kneeling", 3.0)]


def score(test: str, value: float, side: str = "") -> HandMeasurement:
    return HandMeasurement.model_validate({"test": test, "value": value, "side": side})


def later(*taken: HandMeasurement) -> Visit:
    return make_visit(DAY + timedelta(weeks=6), measurements=taken)


@pytest.mark.parametrize("spec", ASKED, ids=lambda spec: spec.id)
def test_each_says_who_may_use_it_and_keeps_to_its_range(spec: HandTestSpec) -> None:
    assert spec.questionnaire is not None
    assert spec.questionnaire.license
    side = "left" if spec.sided else ""
    for value in (spec.low, spec.high):
        check_measurement(score(spec.id, value, side), CARE)
    for value in (spec.low - 1, spec.high + 1):
        with pytest.raises(InputError):
            check_measurement(score(spec.id, value, side), CARE)


def test_no_question_of_anybody_is_reproduced() -> None:
    assert all("?" not in spec.how for spec in ASKED)
    assert all(
        spec.questionnaire and ("Only the score" in spec.questionnaire.license or spec.activities) for spec in ASKED
    )


@pytest.mark.parametrize(
    ("test", "side", "before", "after", "state", "trend"),
    [
        ("cait", "left", 17, 21, ChangeState.CHANGED, Trend.AWAY), ("cait", "left", 17, 19, ChangeState.NO_CHANGE, Trend.NEITHER),
        ("cait", "left", 21, 17, ChangeState.CHANGED, Trend.TOWARDS), ("lefs", "", 40, 55, ChangeState.CHANGED, Trend.AWAY),
        ("lefs", "", 40, 49, ChangeState.NO_CHANGE, Trend.NEITHER), ("rmdq", "", 15, 7, ChangeState.CHANGED, Trend.AWAY),
        ("rmdq", "", 15, 11, ChangeState.NO_CHANGE, Trend.NEITHER), ("hagos_sport", "", 40, 70, ChangeState.NO_CHANGE, Trend.NEITHER),
        ("acl_rsi", "", 40, 60, ChangeState.CHANGED, Trend.AWAY), ("visa_a", "", 40, 80, ChangeState.NO_KNOWN_ERROR, Trend.NEITHER),
        ("start_back", "", 7, 2, ChangeState.NO_KNOWN_ERROR, Trend.NEITHER),
    ],
)  # fmt: skip
def test_a_score_changes_beyond_its_error_only(
    test: str, side: str, before: float, after: float, state: ChangeState, trend: Trend
) -> None:
    visits = [make_visit(measurements=(score(test, before, side),)), later(score(test, after, side))]
    (change,) = compare_measurements(visits, CARE, NORMS)
    assert (change.state, change.trend) == (state, trend)


def test_activities_are_the_clients_own_and_their_mean_counts() -> None:
    taken = rate_activities(OWN, RATED)
    assert taken.value == 3.0
    assert read_activities(taken.note) == dict(RATED)
    assert last_activities([make_visit(measurements=(taken,))], OWN.id) == dict(RATED)
    assert last_activities([], OWN.id) == {}
    odd = rate_activities(OWN, [("stairs: up; and down", 2.5)])
    assert read_activities(odd.note) == {"stairs, up, and down": 2.5}


@pytest.mark.parametrize(
    "rated",
    [[], [("stairs", 11.0)], [("stairs", -1.0)], [("", 3.0)], [("stairs", 3.0), ("Stairs", 4.0)], [(str(n), 3.0) for n in range(6)]],
)  # fmt: skip
def test_what_cannot_be_rated_is_refused(rated: list[tuple[str, float]]) -> None:
    with pytest.raises(InputError):
        rate_activities(OWN, rated)


def test_only_the_same_activities_are_compared() -> None:
    first = make_visit(measurements=(rate_activities(OWN, RATED),))
    better = later(rate_activities(OWN, [(name.upper(), value + 3) for name, value in RATED]))
    others = later(rate_activities(OWN, [("swimming", 9.0)]))
    little = later(rate_activities(OWN, [(name, value + 2) for name, value in RATED]))
    states = [compare_measurements([first, last], CARE, NORMS)[0].state for last in (better, little, others)]
    assert states == [ChangeState.CHANGED, ChangeState.NO_CHANGE, ChangeState.NOT_COMPARABLE]


def test_an_activity_is_read() -> None:
    visit = make_visit(measurements=(rate_activities(OWN, [("walking, my leg goes numb", 2.0)]),))
    assert [each.text for each in find_unread_words(make_person(), (visit,), CARE)] == ["walking, my leg goes numb"]
