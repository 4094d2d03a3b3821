"""Read the files about the person, with the rules of the other catalog files: strict, and all mistakes at once."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from movescreen.catalog.care_schema import (
    AddedTestSpec,
    DangerWordsSpec,
    HandTestSpec,
    HistoryLinkSpec,
    ProfileSpec,
    RedFlagSpec,
    ReviewSpec,
)
from movescreen.catalog.entries import Entry, File, Layers, check_entry, find_twice, lay, packaged_folder, read_rows
from movescreen.catalog.exercise_schema import ExerciseSpec, NeedSpec
from movescreen.catalog.goal_schema import GoalSpec
from movescreen.catalog.loader import Catalog, load_catalog
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.catalog.overlay import Change, OwnFolder, catalog_error, find_own
from movescreen.catalog.pathway_schema import GateSpec, PathwaySpec
from movescreen.catalog.safety_schema import SafetySpec
from movescreen.catalog.shared_names import FOLDER, read_shared_names
from movescreen.catalog.strict import Strict
from movescreen.errors import UnknownNameError

#: Folder -> tables that its files hold -> schema of a table's rows.
_FOLDERS: Mapping[str, Mapping[str, type[Strict]]] = {
    "red_flags": {"flags": RedFlagSpec},
    "danger_words": {"words": DangerWordsSpec},
    "history": {"links": HistoryLinkSpec, "added": AddedTestSpec},
    "hand_tests": {"tests": HandTestSpec},
    "needs": {"needs": NeedSpec},
    "exercises": {"exercises": ExerciseSpec},
    "profiles": {"profiles": ProfileSpec},
    "gates": {"gates": GateSpec},
    "pathways": {"pathways": PathwaySpec},
    "safety": {"safety": SafetySpec, "reviews": ReviewSpec},
    "goals": {"goals": GoalSpec},
}
#: Table -> what a row of it is called.
_KINDS = {
    "flags": "red flag", "words": "danger words", "links": "history link", "added": "added test", "tests": "manual test", "needs": "need",
    "exercises": "exercise", "profiles": "care profile", "gates": "gate", "pathways": "pathway", "safety": "safety row",
    "reviews": "review",
    "goals": "goal",
}  # fmt: skip


@dataclass(frozen=True)
class ClientCatalog:
    """What movescreen knows about people, manual tests, exercises, gates and pathways; name -> entry, in the order of the files.

    ``changes`` are what catalogs of one's own change and add here.
    """

    red_flags: Mapping[str, RedFlagSpec]
    danger_words: Mapping[str, DangerWordsSpec]
    links: Mapping[str, HistoryLinkSpec]
    added_tests: Mapping[str, AddedTestSpec]
    hand_tests: Mapping[str, HandTestSpec]
    needs: Mapping[str, NeedSpec]
    exercises: Mapping[str, ExerciseSpec]
    profiles: Mapping[str, ProfileSpec]
    gates: Mapping[str, GateSpec]
    pathways: Mapping[str, PathwaySpec]
    safety: Mapping[str, SafetySpec]
    reviews: Mapping[str, ReviewSpec]
    goals: Mapping[str, GoalSpec]
    sha256: str
    changes: tuple[Change, ...] = ()

    @property
    def gates_before_speed(self) -> frozenset[str]:
        """Ids of the gates that everybody must meet before a plan holds anything fast."""
        return frozenset(name for each in self.pathways.values() if not each.when for name in each.before_speed)

    @property
    def own_exercises(self) -> frozenset[str]:
        """Ids of the exercises that a catalog of one's own adds: a plan takes them before equals of the packaged one."""
        return frozenset(c.entry for c in self.changes if c.kind == _KINDS["exercises"] and not c.key)

    def hand_test(self, name: str) -> HandTestSpec:
        """Return a manual test, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.hand_tests:
            raise UnknownNameError("test", name, self.hand_tests)
        return self.hand_tests[name]

    def exercise(self, name: str) -> ExerciseSpec:
        """Return an exercise, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.exercises:
            raise UnknownNameError("exercise", name, self.exercises)
        return self.exercises[name]


def load_client_catalog(paths: Sequence[str | Path] = (), *, base: Path | None = None) -> ClientCatalog:
    """Read and check every file about the person.

    Parameters
    ----------
    paths
        Folders of one's own catalogs, laid over the packaged one as :mod:`movescreen.catalog.overlay` says; later ones win.
    base
        Holds ``red_flags/``, ``danger_words/``, ``history/``, ``hand_tests/``, ``needs/``, ``exercises/``, ``profiles/``, ``gates/``,
        ``pathways/``, ``safety/``, ``goals/`` and ``shared/``; the packaged catalog when None.

    Raises
    ------
    CatalogError
        Lists every mistake of every file with its key path, also names that do not exist.
    """
    own = find_own(paths, packaged_folder())
    return _load_once(own) if base is None else read_care(base, own, load_catalog(paths), load_norms(paths))


@lru_cache(maxsize=8)
def _load_once(own: tuple[OwnFolder, ...]) -> ClientCatalog:
    paths = [layer.path for layer in own]
    return read_care(packaged_folder(), own, load_catalog(paths), load_norms(paths))


def read_care(
    folder: Path, own: Sequence[OwnFolder], movements: Catalog | None, norms: NormLibrary | None
) -> ClientCatalog:
    """Read the files about the person; names in other files are looked up when those could be read.

    Raises
    ------
    CatalogError
        As :func:`load_client_catalog`.
    """
    layers = Layers(folder, own)
    mistakes = layers.mistakes
    shared = read_shared_names(folder, mistakes)
    tables: dict[str, dict[str, Any]] = {}
    for name, kinds in _FOLDERS.items():
        entries: list[Entry] = []
        for overlay, files in layers.files(name):
            told = [row for file in files for row in _read_rows(file, kinds, mistakes)]
            defaults = shared.defaults if overlay is None else {}
            lay(entries, [replace(r, data=shared.complete(r.data, defaults.get(r.group, {}))) for r in told], overlay)
        mistakes += find_twice(entries)
        for table, model in kinds.items():
            rows = [entry for entry in entries if entry.group == table]
            tables[table] = {
                str(row.id): spec for row in rows if (spec := check_entry(model, row, mistakes)) is not None
            }
    catalog = ClientCatalog(
        tables["flags"], tables["words"], tables["links"], tables["added"], tables["tests"], tables["needs"], tables["exercises"],
        _by_order(tables["profiles"]), tables["gates"], _by_order(tables["pathways"]), tables["safety"], tables["reviews"], _by_order(tables["goals"]),
        layers.hash((*_FOLDERS, FOLDER)), layers.changes,
    )  # fmt: skip
    mistakes += [*_find_pathway_mistakes(catalog), *_find_circles(catalog)]
    if movements is not None and norms is not None:
        mistakes += _find_wrong_names(tables, catalog, movements, norms)
    if mistakes:
        raise catalog_error(mistakes)
    return catalog


def _by_order(entries: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(entries.items(), key=lambda item: (item[1].order, item[0])))


def _read_rows(file: File, kinds: Mapping[str, type[Strict]], mistakes: list[str]) -> list[Entry]:
    mistakes += [f"{file.where}: {key}: there is no such key" for key in file.data if key not in {"title", *kinds}]
    found = []
    for table in kinds:
        rows = file.data.get(table, [])
        if isinstance(rows, list):
            found += read_rows(rows, _KINDS[table], file.where, table)
        else:
            mistakes.append(f"{file.where}: {table}: must be a list of tables [[{table}]]")
    return found


#: Key of a row, or of what is inside of it -> what its names are names of.
_REFERS = {
    **dict.fromkeys(("checks", "hints"), "check"), **dict.fromkeys(("test", "tests", "trains", "norm_divided_by"), "test"),
    **dict.fromkeys(("flag", "flags"), "red flag"), **dict.fromkeys(("gate", "gates", "door"), "gate"),
    **dict.fromkeys(("serves", "needs", "drops_needs"), "need"), **dict.fromkeys(("pathway", "hypotheses"), "pathway"),
    **dict.fromkeys(("quantity", "error_quantity"), "quantity in the norms"),
    **dict.fromkeys(
        ("exercise", "exercises", "not_yet", "but", "provisional", "only", "leaves_out", "progress", "regress", "begins_with", "goes_with"), "exercise",
    ),
    "profile": "care profile", "movements": "movement", "norm": "norm",
}  # fmt: skip


def _find_wrong_names(
    tables: Mapping[str, Mapping[str, Any]], catalog: ClientCatalog, movements: Catalog, norms: NormLibrary
) -> list[str]:
    """Return every name that refers to nothing; what a step keeps for later may not exist yet."""
    checks = {check.id for spec in movements.movements.values() for check in spec.checks}
    checks |= {f"{spec.name}:{check.id}" for spec in movements.movements.values() for check in spec.checks}
    known: dict[str, Container[str]] = {
        "check": checks, "test": catalog.hand_tests, "red flag": catalog.red_flags, "gate": catalog.gates, "need": catalog.needs,
        "pathway": catalog.pathways, "quantity in the norms": norms.quantities, "exercise": catalog.exercises,
        "care profile": catalog.profiles, "movement": movements.movements, "norm": {row.id for row in norms},
    }  # fmt: skip
    rows = [(f"{_KINDS[table]} {row.id}", row) for table, found in tables.items() for row in found.values()]
    out = [
        f"{where}: there is no {kind} called {name!r}"
        for where, row in rows
        for kind, name in _references(row)
        if name not in known[kind]
    ]
    for row in catalog.safety.values():
        steps = {step.id for each in catalog.pathways.values() if each.id == row.pathway for step in each.steps}
        unknown = [each.step for each in row.steps if each.step not in steps]
        out += [f"safety row {row.id}: there is no step called {name!r}" for name in unknown]
    return out


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every name in a row, or in a part of one, with what it is a name of."""
    if isinstance(value, tuple):
        for each in value:
            yield from _references(each)
    elif isinstance(value, Strict):
        for key, each in value:
            if key not in _REFERS:
                yield from _references(each)
            elif each:
                yield from ((_REFERS[key], name) for name in ((each,) if isinstance(each, str) else each))


def _find_circles(catalog: ClientCatalog) -> list[str]:
    """Return the exercises whose ladder comes back to themselves: nobody would ever get to its end."""
    out = []
    for key in ("progress", "regress"):
        for start in catalog.exercises.values():
            seen, name = {start.id}, getattr(start, key)
            while name in catalog.exercises and name not in seen:
                seen.add(name)
                name = getattr(catalog.exercises[name], key)
            if name == start.id:
                out.append(f"exercise {start.id}: {key} comes back to it")
    return out


def _find_pathway_mistakes(catalog: ClientCatalog) -> list[str]:
    """Return which doors are none, which steps ask for a jump without saying so, and that nothing holds speed back."""
    out = []
    for pathway in catalog.pathways.values():
        door = catalog.gates.get(pathway.door)
        if door is not None and door.kind != "flags":
            out.append(f"pathway {pathway.id}: its door {door.id} reads no red flags")
        for step in pathway.steps:
            tests = {gate.test for name in step.gates if (gate := catalog.gates.get(name)) is not None}
            jumps = sorted(name for name in tests if name in catalog.hand_tests and catalog.hand_tests[name].impact)
            if jumps and not step.impact:
                out.append(f"pathway {pathway.id}, step {step.id}: asks for {', '.join(jumps)}, so it has impact")
    used = {name for each in catalog.pathways.values() for step in each.steps for name in step.gates}
    used |= {each.door for each in catalog.pathways.values()}
    used |= {doubt.gate for each in catalog.pathways.values() for doubt in each.doubts}
    out += [f"gate {name}: no pathway names it" for name in catalog.gates if name not in used]
    if not catalog.gates_before_speed and any(each.stage == "speed" for each in catalog.exercises.values()):
        out.append("pathways: no gate for everybody comes before speed, and there are exercises of that stage")
    return out
