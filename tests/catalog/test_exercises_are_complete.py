"""Every exercise says tempo, rest, effort, load and side wherever these matter, says what it needs, and is not there twice."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.plan.dosing import effort_words, load_words, rest_words
from tests.catalog.test_exercises import CARE, ORDER

COUNTS = re.compile(
    r"\b(one|two|three|four|five|six|eight|ten|\d+)\b|breath|breathe|slow|a step a second|a throw|a tap|a quick|quick|walk|fast|hold",
    re.I,
)
#: What makes heavy or pulls.
WEIGHT = re.compile(r"\b(weight|dumbbells?|kettlebell|barbell|bag|backpack|bags|band|press)\b")
#: Words of how it is done that name one side, and of exercises that have both in each repetition or session.
ONE_SIDE = re.compile(
    r"\b(on one leg|one leg,|of one foot|that leg|the other leg|one heel|upper leg|lower leg|upper knee|lower heel|upper heel|change hands|one thigh|one hand and knee|elbow bent at the side)\b", re.I
)  # fmt: skip
BOTH_IN_ONE = {"march_drill", "kneel_on_pad", "heel_to_toe_walk", "hamstring_bridge_hold"}


def is_walk(spec: ExerciseSpec) -> bool:
    return spec.dose.reps is None and (spec.dose.duration_s or 0) >= 300


@pytest.mark.parametrize("name", ORDER)
def test_tempo_and_rest(name: str) -> None:
    spec = CARE.exercise(name)
    if spec.stage in ("activation", "integration", "load") and spec.dose.reps is not None:
        assert COUNTS.search(spec.pace), spec.pace
    rest = rest_words(spec)
    over_the_day = spec.rest_s == 0
    if spec.dose.sets > 1 and spec.stage not in ("warm_up", "mobility"):
        assert bool(rest) != over_the_day
    if over_the_day:
        assert re.search(r"over the day|times over|every day|let the thigh go soft", f"{spec.how} {spec.pace}"), (
            "spread over the day"
        )
    if spec.stage == "load" and spec.dose.sets > 1:
        assert rest.startswith(("2", "2.5")), "what is heavy rests for two minutes"
    assert "rest between" not in spec.pace, "rest stands at its own place"


@pytest.mark.parametrize("name", ORDER)
def test_effort(name: str) -> None:
    spec = CARE.exercise(name)
    effort = effort_words(spec)
    if is_walk(spec):
        assert re.search(r"sentences|can talk|still talk|go on|[2-6] of 10", effort), "long work is told by the breath"
    if spec.stage == "load" and not is_walk(spec):
        assert re.search(r"more good repetition|of 10|Fresh", effort)
    if spec.pattern == "balance":
        assert "repetitions" not in effort, "nobody balances to near failure"
    assert "0 more good" not in effort


@pytest.mark.parametrize("name", ORDER)
def test_load(name: str) -> None:
    spec = CARE.exercise(name)
    if WEIGHT.search(spec.equipment) or (spec.stage == "load" and spec.dose.reps is not None):
        assert spec.load, spec.equipment
        assert len(load_words(spec)) <= 140
    if spec.load and WEIGHT.search(spec.equipment):
        assert re.search(r"kg|repetitions|twice", load_words(spec)), "how heavy can be told"


@pytest.mark.parametrize("name", ORDER)
def test_side(name: str) -> None:
    spec = CARE.exercise(name)
    if ONE_SIDE.search(spec.how) and name not in BOTH_IN_ONE:
        assert spec.dose.per_side, spec.how


@pytest.mark.parametrize("name", ORDER)
def test_what_it_needs(name: str) -> None:
    spec = CARE.exercise(name)
    without_home = re.sub(
        r"filled (bag|bags|backpack)|full bottle|strap|backpack|a bag|if there is one", "HOME", spec.equipment
    )
    at_home = "HOME" in without_home
    for word, gear in (
        ("band", "band"),
        ("leg press", "gym"),
        ("barbell", "gym"),
        ("bike", "bike"),
        ("dumbbell", "weights"),
        ("kettlebell", "weights"),
    ):
        if word in spec.equipment and not at_home:
            assert gear in spec.gear, spec.equipment
    assert not spec.gear or not at_home, "what a bag does as well needs nothing"
    if spec.gear:
        assert spec.equipment != "none"


# --- none twice ----------------------------------------------------------------------------


def likeness(one: ExerciseSpec, two: ExerciseSpec) -> float:
    """Return how alike two exercises are in what is done, 0 to 1."""
    return SequenceMatcher(
        None, sorted(re.findall(r"\w+", one.how.lower())), sorted(re.findall(r"\w+", two.how.lower()))
    ).ratio()


def test_no_exercise_is_there_twice() -> None:
    for one, two in combinations((CARE.exercise(name) for name in ORDER), 2):
        assert one.title.casefold() != two.title.casefold()
        if one.stage == two.stage and one.equipment == two.equipment:
            assert likeness(one, two) < 0.72, (one.id, two.id)
        if one.stage == two.stage and not one.impact:
            assert SequenceMatcher(None, one.title, two.title).ratio() < 0.85, (one.id, two.id)


@pytest.mark.parametrize("name", ORDER)
def test_no_exercise_names_a_side(name: str) -> None:
    """The plan says with which side to begin."""
    spec = CARE.exercise(name)
    assert not re.search(r"\b(left|right)\b", " ".join((spec.title, spec.how, spec.harder, spec.easier)))
