"""Whether an exercise fits what somebody can do already, and what else the plan holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import CapacityBar, ExerciseSpec
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any

#: Test -> side -> value, as measured last.
Measured = Mapping[str, Mapping[str, float]]
#: Why an exercise has no place in a plan; empty when it may have one.
WhyNot = Callable[[ExerciseSpec], str]


def asks_too_little(spec: ExerciseSpec, person: Person, measured: Measured, *, quiet: bool, seen: bool) -> bool:
    """Tell whether an exercise is too easy for a person.

    Parameters
    ----------
    quiet
        Whether nothing hurts, as far as was told; nobody is put under weights because of a sport while something does.
    seen
        Whether a movement stood out that it trains: then it is practice, not strength.

    Notes
    -----
    A test counts when every side that was measured reaches it, and both were where a test has sides: the weaker side decides.
    """
    if any(_reaches(bar, measured) for bar in spec.too_easy_from):
        return True
    return quiet and not seen and check_any(spec.too_easy_with, person).holds is True


def asks_too_much(spec: ExerciseSpec, measured: Measured) -> bool:
    """Tell whether an exercise asks for a capacity that no test has shown yet."""
    return bool(spec.too_hard_below) and not any(_reaches(bar, measured) for bar in spec.too_hard_below)


def _reaches(bar: CapacityBar, measured: Measured) -> bool:
    values = measured.get(bar.test, {})
    whole = "" in values or {"left", "right"} <= set(values)
    return whole and min(values.values()) >= bar.at_least


def find_harder(spec: ExerciseSpec, catalog: ClientCatalog, why_not: WhyNot) -> ExerciseSpec | None:
    """Return the next exercise up the ladder that does the same, or is for the same, and that nothing bars."""
    alike = {each.id for each in catalog.exercises.values() if _is_alike(each, spec)}
    return _walk(spec, catalog, lambda each: "" if each.id in alike and not why_not(each) else "no", _up)


def find_easier(spec: ExerciseSpec, catalog: ClientCatalog, why_not: WhyNot) -> ExerciseSpec | None:
    """Return the next exercise down the ladder that nothing bars."""
    return _walk(spec, catalog, why_not, _down)


def _is_alike(one: ExerciseSpec, other: ExerciseSpec) -> bool:
    return (bool(one.pattern) and one.pattern == other.pattern) or one.serves[0] == other.serves[0]


def _up(spec: ExerciseSpec) -> str:
    return spec.progress


def _down(spec: ExerciseSpec) -> str:
    return spec.regress


def _walk(
    spec: ExerciseSpec, catalog: ClientCatalog, why_not: WhyNot, follow: Callable[[ExerciseSpec], str]
) -> ExerciseSpec | None:
    found, seen = catalog.exercises.get(follow(spec)), {spec.id}
    while found is not None and found.id not in seen:
        if not why_not(found):
            return found
        seen.add(found.id)
        found = catalog.exercises.get(follow(found))
    return None


def find_double(spec: ExerciseSpec, among: Iterable[ExerciseSpec]) -> ExerciseSpec | None:
    """Return the exercise that does the same as another one; None when none does."""
    return next((each for each in among if spec.pattern and each.pattern == spec.pattern and each.id != spec.id), None)
