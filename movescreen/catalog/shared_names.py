"""What many rows of the files about the person say word for word: named sources and conditions, and what a row says by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from movescreen.catalog.overlay import read_toml

#: Lies beside the folders with the rows.
FOLDER = "shared"
_CLAUSES = frozenset({"wait"})
_SOURCES = frozenset({"source", "important_source"})
_CONDITIONS = frozenset(
    ["when", "unless", "facts", "asked_if", "counts_while", "anew_while", "too_easy_with", "not_with", "only_with", "latest_stage_while", "no_impact_while", "only_while", "leaves_out_while", "provisional_with", "tested_for", "shown_with"]
)  # fmt: skip


@dataclass(frozen=True)
class SharedNames:
    """Names that rows may use.

    Attributes
    ----------
    sources, conditions
        Name -> the source, or the conditions, that stand in its place.
    clauses
        Groups of clauses of what waits: their words, and what they are about.
    defaults
        Table -> what its rows say when they say nothing; for the packaged rows alone.
    """

    sources: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, list[Any]] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    clauses: Sequence[Mapping[str, Any]] = ()

    def spell_out(self, value: Any) -> Any:
        """Return a row, or a part of one, with what its names stand for; a name that there is none of stays, and is no valid row then."""
        if isinstance(value, list):
            return [self.spell_out(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {key: self._spell_key(key, each) for key, each in value.items()}

    def complete(self, row: Any, defaults: Mapping[str, Any]) -> Any:
        """Return a row, spelled out, with what it does not say itself."""
        return self.spell_out({**defaults, **row} if isinstance(row, dict) else row)

    def _spell_key(self, key: str, value: Any) -> Any:
        if key in _SOURCES and isinstance(value, str):
            return self.sources.get(value, value)
        if key in _CONDITIONS and isinstance(value, list):
            named = (self.conditions.get(each, [each]) if isinstance(each, str) else [each] for each in value)
            value = [condition for conditions in named for condition in conditions]
        if key in _CLAUSES and isinstance(value, list):
            value = [self._spell_clause(each) if isinstance(each, str) else each for each in value]
        return self.spell_out(value)

    def _spell_clause(self, words: str) -> dict[str, Any]:
        """Return a clause with what it is about."""
        group = next((each for each in self.clauses if words in each["words"]), {})
        return {**group, "words": words}


def read_shared_names(folder: Path, mistakes: list[str]) -> SharedNames:
    """Return the names of a catalog folder; none, and a mistake, where its file cannot be read or has another shape."""
    told = read_toml(folder / FOLDER / "names.toml", f"{FOLDER}/names.toml", mistakes) or {}
    mistakes += [f"{FOLDER}/names.toml: {key}: there is no such key" for key in told if not hasattr(SharedNames(), key)]
    sources, conditions, defaults = (told.get(key, {}) for key in ("sources", "conditions", "defaults"))
    return SharedNames(sources, conditions, defaults, told.get("clauses", ()))
