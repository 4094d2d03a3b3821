"""Whether an exercise fits what somebody can do already, and what else the plan holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import takewhile

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, Sport
from movescreen.catalog.exercise_schema import CapacityBar, ExerciseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any
from movescreen.client.words import find_phrases
from movescreen.words.sentences import join_words

#: Test -> side -> value, as measured last.
Measured = Mapping[str, Mapping[str, float]]
#: Why an exercise has no place in a plan; empty when it may have one.
WhyNot = Callable[[ExerciseSpec], str]
#: Stage and whether it is done with one side at a time or a load: how much an exercise asks for, before any dose.
Demand = tuple[int, bool]
#: Sports that begin with one leg at a time, or a load, whatever they train. A choice.
_ACTIVE: Set[Sport] = {"running", "jumping_and_turning", "strength", "cycling_or_swimming"}
#: More than any small exercise asks for.
SMALL: Demand = (STAGES.index("activation"), True)
_ONE_LEG: Demand = (STAGES.index("integration"), True)


def asks_too_little(spec: ExerciseSpec, person: Person, measured: Measured, *, quiet: bool, seen: bool) -> bool:
    """Tell whether an exercise is too easy for a person.

    Parameters
    ----------
    quiet
        Whether nothing that it loads hurts more than it may; nobody is put under weights because of a sport while something does.
    seen
        Whether a movement stood out that it trains: then it is practice, not strength.

    Notes
    -----
    A test counts when every side that was measured reaches it, and both were where a test has sides: the weaker side decides.
    """
    if is_outgrown(spec, measured):
        return True
    return quiet and not seen and check_any(spec.too_easy_with, person).holds is True


def is_done_anyway(spec: ExerciseSpec, person: Person, *, quiet: bool) -> bool:
    """Tell whether somebody does as much anyway: as they told themselves, or, unless something hurts, by what they do as a sport."""
    told = [each for each in spec.too_easy_with if each.kind == "named" or (quiet and each.kind == "sport")]
    return check_any(told, person).holds is True


def find_demand(spec: ExerciseSpec) -> Demand:
    """Return how much an exercise asks for, to be compared."""
    return (STAGES.index(spec.stage), spec.dose.per_side or bool(spec.load))


def lifts(person: Person) -> bool:
    """Tell whether somebody trains with weights as a sport."""
    return person.intake is not None and "strength" in person.intake.sports


def is_active(person: Person) -> bool:
    """Tell whether somebody does a sport that asks for strength or lasting effort."""
    return bool(_ACTIVE & set(person.intake.sports if person.intake else ()))


def is_below_sport(spec: ExerciseSpec, person: Person, measured: Measured, catalog: ClientCatalog) -> bool:
    """Tell whether an exercise asks for less than a person's sport does anyway; a test that was not reached is heard before it.

    Who lifts is above everything that leads to a weight.
    """
    if (
        spec.stage not in ("activation", "integration")
        or spec.never_fewer
        or any(b.test in measured for b in spec.too_easy_from)
    ):
        return False
    if lifts(person) and any(each.stage == "load" for each in climb(spec, catalog)):
        return True
    return is_active(person) and find_demand(spec) < _ONE_LEG


def is_outgrown(spec: ExerciseSpec, measured: Measured) -> bool:
    """Tell whether a test shows that an exercise asks for too little."""
    return any(_reaches(bar, measured) for bar in spec.too_easy_from)


def asks_too_much(spec: ExerciseSpec, measured: Measured) -> bool:
    """Tell whether an exercise asks for a capacity that no test has shown yet."""
    return bool(spec.too_hard_below) and not any(_reaches(bar, measured) for bar in spec.too_hard_below)


def lacks_range(spec: ExerciseSpec, person: Person, measured: Measured) -> str:
    """Return why a sore part bends or turns too little for an exercise, as measured; empty when it does not, or nobody measured."""
    hurting = {pain.place for pain in (person.intake.pains if person.intake else None) or () if pain.now or pain.week}
    for bar in spec.not_below:
        values = measured.get(bar.test, {})
        if hurting & set(bar.places) and values and min(values.values()) < bar.at_least:
            return (
                f"the joint moves too little for it ({min(values.values()):g}, and it takes {bar.at_least:g} degrees)"
            )
    return ""


def lacks_stance(
    spec: ExerciseSpec, person: Person, measured: Measured, catalog: ClientCatalog, told: Iterable[str] = ()
) -> str:
    """Return why somebody does not train in a stance yet: a test shows less, or who fell or is unsteady was not tested; else nothing."""
    if spec.stance is None:
        return ""
    for text in told:
        for hit in find_phrases(text, spec.stance.not_told):
            if not hit.denied:
                return f"later: “{hit.words}” was told, so both feet stay on the floor"
    for bar in spec.stance.held_in:
        if (values := measured.get(bar.test)) and min(values.values()) < bar.at_least:
            title = decapitalize(catalog.hand_test(bar.test).title)
            return f"later: {title} shows {min(values.values()):g}, and it takes {bar.at_least:g}"
    if any(_reaches(bar, measured) for bar in (*spec.stance.held_in, *spec.stance.or_held_in)):
        return ""
    if check_any(spec.stance.tested_for, person).holds:
        titles = join_words([decapitalize(catalog.hand_test(bar.test).title) for bar in spec.stance.held_in], "or")
        return f"later: after a fall, or unsteady, it waits for a test: {titles}"
    return ""


def _reaches(bar: CapacityBar, measured: Measured) -> bool:
    values = measured.get(bar.test, {})
    whole = "" in values or {"left", "right"} <= set(values)
    return whole and min(values.values()) >= bar.at_least


def lacks_gear(spec: ExerciseSpec, person: Person) -> str:
    """Return what an exercise needs and the person does not have; empty when it is there, or nobody asked."""
    there = person.intake.equipment if person.intake else None
    # a gym has bands, weights and bikes
    if not spec.gear or there is None or "gym" in there or set(spec.gear) & set(there):
        return ""
    return f"needs {spec.equipment}, and there is none"


def tell_gear(spec: ExerciseSpec, person: Person) -> str:
    """Return what an exercise needs, and how it goes without that where nobody asked what there is."""
    asked = person.intake is not None and person.intake.equipment is not None
    return spec.equipment if asked or not spec.without else f"{spec.equipment}; without one: {spec.without}"


def note_gear(exercises: Iterable[ExerciseSpec], person: Person) -> list[str]:
    """Return what a plan needs that is not in every home, where nobody asked what there is."""
    if person.intake is not None and person.intake.equipment is not None:
        return []
    needed = dict.fromkeys(spec.equipment for spec in exercises if spec.gear)
    return [f"Nobody asked what there is to train with; the plan needs: {join_words(needed)}."] if needed else []


def climb(spec: ExerciseSpec, catalog: ClientCatalog) -> Iterator[ExerciseSpec]:
    """Yield the exercises above one on its ladder, the next one first."""
    return _walk(spec, catalog, lambda each: each.progress)


def descend(spec: ExerciseSpec, catalog: ClientCatalog) -> Iterator[ExerciseSpec]:
    """Yield the exercises below one on its ladder, the next one first."""
    return _walk(spec, catalog, lambda each: each.regress)


def _walk(spec: ExerciseSpec, catalog: ClientCatalog, follow: Callable[[ExerciseSpec], str]) -> Iterator[ExerciseSpec]:
    # loading a catalog refuses a ladder that comes back to itself
    while (spec := catalog.exercises.get(follow(spec))) is not None:  # type: ignore[assignment]
        yield spec


def easier_forms(spec: ExerciseSpec, catalog: ClientCatalog) -> Iterator[ExerciseSpec]:
    """Yield the exercises below one on its ladder that do the same, as far as they do."""
    return takewhile(lambda each: bool(spec.pattern) and each.pattern == spec.pattern, descend(spec, catalog))


def find_harder(spec: ExerciseSpec, catalog: ClientCatalog, why_not: WhyNot) -> ExerciseSpec | None:
    """Return the next exercise up the ladder that does the same, or is for the same, and that nothing bars."""
    return next((each for each in climb(spec, catalog) if _is_alike(each, spec) and not why_not(each)), None)


def find_easier(spec: ExerciseSpec, catalog: ClientCatalog, why_not: WhyNot) -> ExerciseSpec | None:
    """Return the next exercise down the ladder that nothing bars."""
    return next((each for each in descend(spec, catalog) if not why_not(each)), None)


def _is_alike(one: ExerciseSpec, other: ExerciseSpec) -> bool:
    return (bool(one.pattern) and one.pattern == other.pattern) or one.serves[0] == other.serves[0]


def find_double(spec: ExerciseSpec, among: Iterable[ExerciseSpec]) -> ExerciseSpec | None:
    """Return the exercise that does the same as another one; None when none does."""
    return next((each for each in among if spec.pattern and each.pattern == spec.pattern and each.id != spec.id), None)
