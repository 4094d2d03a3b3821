"""Which parts of the body an exercise loads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import Load, PainCondition, Place
from movescreen.catalog.exercise_schema import ExerciseSpec

_LEGS: tuple[Place, ...] = (
    "pelvis", "groin", "hip", "thigh", "hamstring", "knee", "shin", "calf", "achilles", "ankle", "foot",
)  # fmt: skip
#: What needs a day of rest after an exercise -> the places of the body map that it loads.
_PLACES: Mapping[Load, tuple[Place, ...]] = {
    "calf": ("calf", "achilles", "ankle", "foot", "shin"), "knee": ("knee", "thigh", "shin"),
    "hip": ("hip", "groin", "hamstring", "pelvis", "thigh"), "back": ("low_back", "upper_back"),
    "trunk": ("low_back", "abdomen"), "shoulder": ("shoulder", "elbow", "hand", "neck", "upper_back"),
    "impact": (*_LEGS, "low_back"),
}  # fmt: skip
#: Parts; None for all of the body.
Parts = frozenset[Place] | None
_EVERYWHERE = frozenset(get_args(Place))
#: Where pain is, nobody can tell which exercise loads it.
_UNCLEAR = frozenset({"head", "chest", "abdomen"})


def find_parts(spec: ExerciseSpec, catalog: ClientCatalog) -> Parts:
    """Return the parts that an exercise loads: those of the need that it serves best, those that its day of rest is for, and those at whose pain it is left out."""
    need = catalog.needs[spec.serves[0]]
    if not need.parts:
        return None
    rest = {place for load in spec.loads for place in _PLACES[load]}
    careful = {place for each in spec.not_with if isinstance(each, PainCondition) for place in each.places}
    return frozenset({*need.parts, *rest, *careful})


def join_places(places: frozenset[Place]) -> Parts:
    """Return places that hurt as parts: all of the body when there is none, or when what loads one of them cannot be told."""
    return None if not places or places & _UNCLEAR else places


def overlap(one: Parts, other: Parts) -> bool:
    """Whether two have a part in common."""
    return bool((_EVERYWHERE if one is None else one) & (_EVERYWHERE if other is None else other))
