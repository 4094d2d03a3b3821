"""The exercises: each says where it comes from, ladders lead upward, and what speaks against an easy one speaks against a harder one."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.client_schema import (
    STAGES,
    AgeCondition,
    Condition,
    InjuryCondition,
    OperationCondition,
    PainCondition,
    PostpartumCondition,
    PregnantCondition,
    SymptomCondition,
)
from movescreen.catalog.exercise_schema import ExerciseSpec

CARE = load_client_catalog()
ORDER = list(CARE.exercises)
LADDERS = [
    (easier, harder)
    for spec in CARE.exercises.values()
    for easier, harder in ((spec.id, spec.progress), (spec.regress, spec.id))
    if easier and harder
]
FALLS = {"falls", "unsteady", "falls_many"}
LEGS = {"achilles", "calf", "ankle", "knee", "foot", "shin", "hip", "groin"}


def each(*names: str) -> Iterable[ExerciseSpec]:
    return (CARE.exercise(name) for name in names or ORDER)


def bars_pain(spec: ExerciseSpec, place: str, score: int, insertion: bool = False) -> bool:
    """Tell whether pain of a place and score keeps an exercise out."""
    return any(
        (not c.places or place in c.places) and score >= c.at_least and (c.not_at is None or insertion)
        for c in spec.not_with
        if isinstance(c, PainCondition)
    )


def bars_flag(spec: ExerciseSpec, flag: str) -> bool:
    return any(isinstance(c, SymptomCondition) and c.flag == flag for c in spec.not_with)


def bars_pregnancy(spec: ExerciseSpec, week: int) -> bool:
    return any(isinstance(c, PregnantCondition) and week >= c.from_week for c in spec.not_with)


def test_there_are_many_and_of_every_stage() -> None:
    assert len(ORDER) >= 115
    assert {spec.stage for spec in each()} == set(STAGES)
    for need in CARE.needs:
        assert any(spec.serves[0] == need and spec.stage != "warm_up" for spec in each()), need


@pytest.mark.parametrize("name", ORDER)
def test_every_exercise_says_where_it_comes_from(name: str) -> None:
    spec = CARE.exercise(name)
    assert len(spec.source.citation) > 20
    assert spec.source.verified in ("paper", "secondary", "own_tolerance")
    assert (spec.source.verified == "own_tolerance") == (spec.evidence == "opinion")


@pytest.mark.parametrize(("easier", "harder"), LADDERS)
def test_a_ladder_never_crosses_a_stage_backward(easier: str, harder: str) -> None:
    low, high = each(easier, harder)
    assert STAGES.index(low.stage) <= STAGES.index(high.stage)
    assert not low.impact or high.impact, "nobody comes down to a jump"


def test_ladders_have_no_circle_however_they_are_read() -> None:
    above: dict[str, set[str]] = {name: set() for name in ORDER}
    for easier, harder in LADDERS:
        above[easier].add(harder)
    left = dict(above)
    while free := [name for name, higher in left.items() if not higher & left.keys()]:
        for name in free:
            del left[name]
    assert not left


def test_of_equals_the_easier_one_stands_first() -> None:
    """A plan takes the first of equals: for one need and stage that must not be the harder one of a ladder."""
    # where a plan begins is the second; the first is the step back
    meant = {
        ("sit_to_stand", "box_squat"),
        ("soleus_raise_seated", "double_heel_raise"),
        ("tandem_stance", "stance_support"),
    }
    for easier, harder in set(LADDERS) - meant:
        low, high = each(easier, harder)
        if low.stage == high.stage and low.serves == high.serves and not low.special and not high.special:
            assert ORDER.index(easier) < ORDER.index(harder), (easier, harder)


@pytest.mark.parametrize(("easier", "harder"), LADDERS)
def test_what_speaks_against_the_easier_speaks_against_the_harder(easier: str, harder: str) -> None:
    """Else somebody for whom the easier one is barred would begin with the harder one."""
    low, high = each(easier, harder)
    if low.stage != high.stage:
        return
    for condition in low.not_with:
        assert any(covers(other, condition) for other in high.not_with) or is_about_position(condition, high), condition


def is_about_position(condition: Condition, harder: ExerciseSpec) -> bool:
    """Lying on the back, or holding still, is about this exercise and not about how hard it is; scores are compared place by place."""
    if isinstance(condition, PregnantCondition):
        return True
    if isinstance(condition, SymptomCondition):
        return condition.flag == "high_blood_pressure" and not harder.dose.hold_s
    if isinstance(condition, PainCondition):
        insertion = condition.not_at is not None
        return all(bars_pain(harder, place, condition.at_least, insertion) for place in condition.places)
    return False


def covers(wide: Condition, narrow: Condition) -> bool:
    """Tell whether whatever makes the narrow condition hold makes the wide one hold, too."""
    if type(wide) is not type(narrow):
        return False
    if isinstance(wide, InjuryCondition) and isinstance(narrow, InjuryCondition):
        kinds = not wide.injury or (bool(narrow.injury) and set(narrow.injury) <= set(wide.injury))
        places = not wide.places or (bool(narrow.places) and set(narrow.places) <= set(wide.places))
        return kinds and places and (wide.within_months or 999) >= (narrow.within_months or 999)
    if isinstance(wide, OperationCondition) and isinstance(narrow, OperationCondition):
        return set(narrow.places) <= set(wide.places) and (wide.within_weeks or 999) >= (narrow.within_weeks or 999)
    if isinstance(wide, PostpartumCondition) and isinstance(narrow, PostpartumCondition):
        return wide.below_weeks >= narrow.below_weeks
    if isinstance(wide, AgeCondition) and isinstance(narrow, AgeCondition):
        return wide.min <= narrow.min and wide.max >= narrow.max
    if isinstance(wide, SymptomCondition) and isinstance(narrow, SymptomCondition):
        return wide.flag == narrow.flag and (not wide.without_clearance or narrow.without_clearance)
    return wide == narrow


# --- bans that a trainer looks for ---------------------------------------------------------

JUMPS = re.compile(r"\b(hop|jump|bound|sprint|skip|jog)(s|ping|ped|ing|ed)?\b", re.I)


@pytest.mark.parametrize("name", ORDER)
def test_whatever_leaves_the_floor_says_so(name: str) -> None:
    spec = CARE.exercise(name)
    if not spec.impact:
        for text in (spec.title, spec.how, spec.harder, spec.easier):
            assert not JUMPS.search(text), text


@pytest.mark.parametrize("name", [spec.id for spec in CARE.exercises.values() if spec.impact])
def test_nothing_that_leaves_the_floor_goes_on_sore_legs_or_fresh_injuries(name: str) -> None:
    spec = CARE.exercise(name)
    assert spec.stage == "speed"
    assert all(bars_pain(spec, place, 3) for place in LEGS)
    assert not any(bars_pain(spec, place, 0) for place in LEGS)
    assert spec.movements, "what hurt in a screening keeps it out"


@pytest.mark.parametrize("name", ORDER)
def test_positions_of_a_pregnancy(name: str) -> None:
    spec = CARE.exercise(name)
    on_the_back = spec.how.startswith(("On the back", "Heels on a towel")) and " or " not in spec.how.partition(";")[0]
    if on_the_back:
        assert bars_pregnancy(spec, 20), "nothing on the back"
    for word in ("Kneel on a mat", "Forearms and toes"):
        if spec.how.startswith(word):
            assert bars_pregnancy(spec, 12), "nothing face down"


@pytest.mark.parametrize("name", ORDER)
def test_after_a_fall_nothing_on_one_leg_without_a_hand_on_something(name: str) -> None:
    spec = CARE.exercise(name)
    on_one_leg = {"single_leg_stance", "single_leg_squat"} & set(spec.movements)
    if on_one_leg and not spec.impact and "on a counter" not in spec.how:
        barred = all(bars_flag(spec, flag) for flag in FALLS)
        assert barred or "a hand on the rail" in spec.how


@pytest.mark.parametrize("name", ORDER)
def test_long_holds_wait_for_a_word_about_blood_pressure(name: str) -> None:
    spec = CARE.exercise(name)
    if (spec.dose.hold_s or 0) >= 20:
        assert bars_flag(spec, "high_blood_pressure")
        assert "breathe" in spec.pace


@pytest.mark.parametrize("name", ["heavy_heel_raise", "slow_heel_raise", "heel_raise_hold", "soleus_raise_seated"])
def test_at_the_heel_bone_nothing_goes_below_the_floor(name: str) -> None:
    assert not bars_pain(CARE.exercise(name), "achilles", 4, insertion=True), "a tendon is loaded, also there"
    assert "under the step" not in CARE.exercise(name).how


def test_what_goes_below_the_step_is_not_for_the_heel_bone() -> None:
    below = [spec for spec in each() if "under the step" in spec.how]
    assert len(below) >= 2
    assert all(bars_pain(spec, "achilles", 1, insertion=True) for spec in below)
    assert not bars_pain(CARE.exercise("single_leg_heel_raise_step"), "achilles", 4), (
        "above the heel it is the treatment"
    )


@pytest.mark.parametrize(
    ("name", "place", "fine", "barred"),
    [
        ("nordic_curl", "hamstring", 2, 3), ("hamstring_bridge_hold", "hamstring", 5, 6), ("copenhagen_plank", "groin", 2, 3),
        ("copenhagen_short", "groin", 3, 4), ("adductor_squeeze", "groin", 5, 6), ("adductor_squeeze", "pelvis", 2, 3),
        ("spanish_squat_hold", "knee", 5, 6), ("push_up", "shoulder", 2, 3), ("half_kneeling_press", "shoulder", 2, 3),
        ("single_leg_deadlift", "low_back", 3, 4), ("hip_hike", "hip", 2, 3), ("neck_nod", "neck", 6, 7), ("cut_45", "groin", 1, 2),
        ("walk_plan", "shin", 4, 5), ("lateral_lunge", "groin", 2, 3),
    ],
)  # fmt: skip
def test_how_much_pain_an_exercise_bears(name: str, place: str, fine: int, barred: int) -> None:
    assert not bars_pain(CARE.exercise(name), place, fine)
    assert bars_pain(CARE.exercise(name), place, barred)
