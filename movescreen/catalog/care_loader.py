"""Read the files about the person, with the rules of the other catalogue files: strict, and all mistakes at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from movescreen.catalog.care_schema import (
    AddedTestSpec,
    Condition,
    ExerciseSpec,
    HandTestSpec,
    HistoryLinkSpec,
    NeedSpec,
    ProfileSpec,
    ReadinessSpec,
    RedFlagSpec,
    SymptomCondition,
)
from movescreen.catalog.loader import Catalog, hash_files, load_catalog, packaged_folder, read_toml, validate
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.catalog.strict import Strict
from movescreen.errors import CatalogError, UnknownNameError

_Spec = TypeVar("_Spec", bound=Strict)

#: Folder -> tables that its files hold -> schema of a table's rows.
_FOLDERS: Mapping[str, Mapping[str, type[Strict]]] = {
    "red_flags": {"flags": RedFlagSpec},
    "history": {"links": HistoryLinkSpec, "added": AddedTestSpec},
    "hand_tests": {"tests": HandTestSpec},
    "needs": {"needs": NeedSpec},
    "exercises": {"exercises": ExerciseSpec},
    "profiles": {"profiles": ProfileSpec},
    "readiness": {"sets": ReadinessSpec},
}


@dataclass(frozen=True)
class CareCatalog:
    """What movescreen knows about people, tests by hand, exercises and readiness; name -> entry, in the order of the files."""

    red_flags: Mapping[str, RedFlagSpec]
    links: Mapping[str, HistoryLinkSpec]
    added_tests: Mapping[str, AddedTestSpec]
    hand_tests: Mapping[str, HandTestSpec]
    needs: Mapping[str, NeedSpec]
    exercises: Mapping[str, ExerciseSpec]
    profiles: Mapping[str, ProfileSpec]
    readiness: Mapping[str, ReadinessSpec]
    sha256: str

    @property
    def gates_before_speed(self) -> frozenset[str]:
        """Ids of the gates that must be met before a plan holds anything fast."""
        return frozenset(g.id for gates in self.readiness.values() for g in gates.gates if g.before_speed)

    def hand_test(self, name: str) -> HandTestSpec:
        """Return a test by hand, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.hand_tests:
            raise UnknownNameError("test", name, self.hand_tests)
        return self.hand_tests[name]

    def exercise(self, name: str) -> ExerciseSpec:
        """Return an exercise, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.exercises:
            raise UnknownNameError("exercise", name, self.exercises)
        return self.exercises[name]


def load_care_catalog(folder: Path | None = None) -> CareCatalog:
    """Read and check every file about the person.

    Parameters
    ----------
    folder
        Holds ``red_flags/``, ``history/``, ``hand_tests/``, ``needs/``, ``exercises/``, ``profiles/`` and ``readiness/``; the
        packaged catalogue when None.

    Raises
    ------
    CatalogError
        Lists every mistake of every file with its key path, also names that do not exist.
    """
    return _packaged() if folder is None else _load(folder, load_catalog(), load_norms())


def holds_care_files(folder: Path) -> bool:
    """Return whether a folder has any of the folders about the person."""
    return any((folder / name).is_dir() for name in _FOLDERS)


@lru_cache(maxsize=1)
def _packaged() -> CareCatalog:
    return _load(packaged_folder(), load_catalog(), load_norms())


def _load(folder: Path, movements: Catalog, norms: NormLibrary) -> CareCatalog:
    mistakes: list[str] = []
    tables: dict[str, dict[str, Any]] = {}
    for name, kinds in _FOLDERS.items():
        tables |= _read_folder(folder / name, kinds, mistakes)
    catalog = CareCatalog(
        tables["flags"], tables["links"], tables["added"], tables["tests"], tables["needs"], tables["exercises"],
        _by_order(tables["profiles"]), _by_order(tables["sets"]), hash_files(folder, _FOLDERS),
    )  # fmt: skip
    mistakes += [*_find_wrong_names(catalog, movements, norms), *_find_gate_mistakes(catalog)]
    if mistakes:
        raise CatalogError(
            f"{len(mistakes)} mistake(s) in the catalogue: " + "; ".join(mistakes), "correct the files named above"
        )
    return catalog


def _by_order(entries: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(entries.items(), key=lambda item: (item[1].order, item[0])))


def _read_folder(folder: Path, kinds: Mapping[str, type[Strict]], mistakes: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {table: {} for table in kinds}
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        mistakes.append(f"{folder.name}: no files")
    for path in paths:
        data = read_toml(path, mistakes)
        where = f"{folder.name}/{path.name}"
        mistakes += [f"{where}: {key}: there is no such key" for key in data if key not in {"title", *kinds}]
        for table, model in kinds.items():
            rows = data.get(table, [])
            if not isinstance(rows, list):
                mistakes.append(f"{where}: {table}: must be a list of tables [[{table}]]")
                continue
            for i, row in enumerate(rows):
                _add_row(found[table], model, row, f"{where}: {table}.{i}", mistakes)
    return found


def _add_row(found: dict[str, Any], model: type[Strict], row: Any, where: str, mistakes: list[str]) -> None:
    spec = validate(model.model_validate_json, row, where, mistakes)
    if spec is None:
        return
    if spec.id in found:
        mistakes.append(f"{where}: id {spec.id!r} is used twice")
    found[spec.id] = spec


def _find_wrong_names(catalog: CareCatalog, movements: Catalog, norms: NormLibrary) -> list[str]:
    """Return every name that refers to nothing."""
    checks = {check.id for spec in movements.movements.values() for check in spec.checks}
    checks |= {f"{spec.name}:{check.id}" for spec in movements.movements.values() for check in spec.checks}
    out: list[str] = []

    def demand(where: str, kind: str, names: Iterable[str], known: Iterable[str]) -> None:
        known = set(known)
        out.extend(f"{where}: there is no {kind} called {name!r}" for name in names if name not in known)

    for link in catalog.links.values():
        demand(f"history {link.id}", "check", link.checks, checks)
    for added in catalog.added_tests.values():
        demand(f"history {added.id}", "test", added.tests, catalog.hand_tests)
    for test in catalog.hand_tests.values():
        demand(f"test {test.id}", "quantity in the norms", [test.quantity] if test.quantity else [], norms.quantities)
        demand(f"test {test.id}", "norm", [use.norm for use in test.norms_without_age], {row.id for row in norms})
    for need in catalog.needs.values():
        demand(f"need {need.id}", "check", (*need.checks, *need.hints), checks)
        demand(f"need {need.id}", "test", need.tests, catalog.hand_tests)
    for exercise in catalog.exercises.values():
        demand(f"exercise {exercise.id}", "need", exercise.serves, catalog.needs)
        demand(f"exercise {exercise.id}", "movement", exercise.movements, movements.movements)
        ladder = [name for name in (exercise.progress, exercise.regress) if name]
        demand(f"exercise {exercise.id}", "exercise", ladder, catalog.exercises)
    for profile in catalog.profiles.values():
        demand(f"profile {profile.id}", "need", profile.needs, catalog.needs)
    for gates in catalog.readiness.values():
        for gate in gates.gates:
            demand(f"gate {gate.id}", "test", [gate.test] if gate.test else [], catalog.hand_tests)
            demand(f"gate {gate.id}", "check", gate.checks, checks)
            demand(f"gate {gate.id}", "red flag", gate.flags, catalog.red_flags)
    for where, condition in _all_conditions(catalog):
        if isinstance(condition, SymptomCondition):
            demand(where, "red flag", [condition.flag], catalog.red_flags)
    return out


def _find_gate_mistakes(catalog: CareCatalog) -> list[str]:
    """Return which gates share a name, and that nothing holds speed back."""
    named = Counter(gate.id for gates in catalog.readiness.values() for gate in gates.gates)
    out = [f"gate {name}: is named {times} times" for name, times in named.items() if times > 1]
    if not catalog.gates_before_speed and any(each.stage == "speed" for each in catalog.exercises.values()):
        out.append("readiness: no gate is before_speed, and there are exercises of that stage")
    return out


def _all_conditions(catalog: CareCatalog) -> Iterable[tuple[str, Condition]]:
    for flag in catalog.red_flags.values():
        yield from ((f"red flag {flag.id}", c) for c in (*flag.asked_if, *flag.facts))
    for added in catalog.added_tests.values():
        yield from ((f"history {added.id}", c) for c in added.when)
    for link in catalog.links.values():
        yield f"history {link.id}", link.when
    for need in catalog.needs.values():
        yield from ((f"need {need.id}", c) for c in need.facts)
    for exercise in catalog.exercises.values():
        yield from ((f"exercise {exercise.id}", c) for c in exercise.not_with)
    for profile in catalog.profiles.values():
        conditions = (*profile.when, *profile.latest_stage_while, *profile.no_impact_while)
        yield from ((f"profile {profile.id}", c) for c in conditions)
    for gates in catalog.readiness.values():
        yield from ((f"readiness {gates.id}", c) for c in gates.when)
