"""Entries of the catalog: read from files, laid over each other and checked in one way, with all mistakes of all files at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from movescreen.catalog.overlay import Change, Overlay, OwnFolder, name_rows, read_toml

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Entry:
    """What a file of the catalog, or several laid over each other, say of one thing.

    Attributes
    ----------
    kind, id
        What it is, such as ``movement``, and its id; None when it has none, of which it is told when it is checked.
    data
        Its keys, as they are written.
    where
        File and place, for mistakes.
    group
        Table or file that it belongs to.
    inherited
        Keys that it has from the defaults of its file.
    """

    kind: str
    id: str | None
    data: Any
    where: str
    group: str = ""
    inherited: frozenset[str] = frozenset()

    def place(self, path: str) -> str:
        """Return file and place of one of its keys; rows inside are called by their ids."""
        if path.partition(".")[0] in self.inherited:
            return f"{self.where.partition(': ')[0]}: defaults: {path}"
        return f"{self.where}: {name_rows(path, self.data)}"


def read_rows(rows: Sequence[Any], kind: str, where: str, table: str) -> list[Entry]:
    """Return the rows of a table as entries; in mistakes each is called by its id, or by its number when it has none."""
    entries = []
    for number, row in enumerate(rows):
        told = row.get("id") if isinstance(row, dict) else None
        name = told if isinstance(told, str) else None
        entries.append(Entry(kind, name, row, f"{where}: {table}.{number if name is None else name}", table))
    return entries


@dataclass(frozen=True)
class File:
    """A file of a catalog: its name without ``.toml``, what it holds, and what it is called in mistakes."""

    stem: str
    data: dict[str, Any]
    where: str


@dataclass
class Layers:
    """The packaged catalog and those of one's own that are laid over it, while they are read.

    Attributes
    ----------
    folder
        Of the packaged catalog, or what stands in its place.
    own
        Catalogs of one's own, in the order in which they are laid.
    mistakes
        Takes what is wrong, with file and key.
    """

    folder: Path
    own: Sequence[OwnFolder]
    mistakes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        cited = _cited(self.folder) if self.own else frozenset()
        self.overlays = [Overlay(layer.name, self.mistakes, cited) for layer in self.own]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the catalogs of one's own change and add."""
        return tuple(change for overlay in self.overlays for change in overlay.changes)

    def files(self, part: str, *, needed: bool = True) -> Iterator[tuple[Overlay | None, list[File]]]:
        """Yield the readable files of a folder: those of the packaged catalog, without overlay, then those of each own one."""
        packaged = self._read(self.folder, part, part)
        if needed and not packaged:
            self.mistakes.append(f"{part}: no files")
        yield None, packaged
        for layer, overlay in zip(self.own, self.overlays, strict=True):
            yield overlay, self._read(layer.path, part, f"{layer.name}/{part}")

    def _read(self, folder: Path, part: str, where: str) -> list[File]:
        paths = sorted((folder / part).glob("*.toml"))
        read = ((path, read_toml(path, f"{where}/{path.name}", self.mistakes)) for path in paths)
        return [File(path.stem, data, f"{where}/{path.name}") for path, data in read if data is not None]

    def names(self, part: str) -> set[str]:
        """Return what the files of a folder are called, readable or not: what is wrong with one is told once, not by all that name it."""
        return {
            path.stem for place in (self.folder, *(o.path for o in self.own)) for path in place.glob(f"{part}/*.toml")
        }

    def hash(self, parts: Sequence[str]) -> str:
        """Return the SHA-256 over the files of some folders, over the own ones, too, where they have any of the folders."""
        digest = _hash_files(self.folder, parts)
        for layer in self.own:
            if any(next((layer.path / part).glob("*.toml"), None) for part in parts):
                digest = hashlib.sha256((digest + _hash_files(layer.path, parts)).encode()).hexdigest()
        return digest


@lru_cache(maxsize=8)
def _cited(folder: Path) -> frozenset[str]:
    """Return every citation of the packaged catalog."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)
        if isinstance(value, dict) and isinstance(value.get("citation"), str):
            found.add(value["citation"])

    for path in folder.glob("*/*.toml"):
        walk(read_toml(path, path.name, []))
    return frozenset(found)


def _hash_files(folder: Path, parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for part in parts for path in (folder / part).glob("*.toml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def packaged_folder() -> Path:
    """Return the folder of the catalog that comes with movescreen."""
    return Path(str(resources.files("movescreen.catalog")))


def lay(entries: list[Entry], told: Iterable[Entry], overlay: Overlay | None) -> None:
    """Lay entries over those that are there, and add the new ones; without overlay all are added.

    One without an id, or with one that is used twice, is added, too: it is told so when it is checked.
    """
    if overlay is None:
        entries.extend(told)
        return
    places: dict[tuple[str, str | None], int] = {
        (entry.kind, entry.id): i for i, entry in enumerate(entries) if entry.id is not None
    }
    for entry in told:
        i = places.pop((entry.kind, entry.id), None)
        if i is None:
            entries.append(replace(entry, data=overlay.name_tolerances(entry.data)))
            overlay.add(entry.kind, str(entry.id))
        else:
            merged = overlay.lay(entry.kind, str(entry.id), entries[i].data, entry.data, entry.where)
            entries[i] = replace(
                entry, data=overlay.name_tolerances(merged), group=entries[i].group, inherited=frozenset()
            )


def check_entry(model: type[_Model], entry: Entry, mistakes: list[str]) -> _Model | None:
    """Return what a model makes of an entry; None, and a mistake for every wrong key, when it does not fit."""
    if dates := list(_find_dates(entry.data)):
        mistakes += [f"{entry.place(path)}: a date or time has no place here; put it in quotes" for path in dates]
        return None
    try:
        # TOML has lists and words where the models hold tuples and enumerations: JSON rules allow that and stay strict otherwise
        return model.model_validate_json(json.dumps(entry.data))
    except ValidationError as error:
        for each in error.errors():
            path = ".".join(str(part) for part in each["loc"]) or "file"
            text = "is missing" if each["type"] == "missing" else each["msg"].removeprefix("Value error, ")
            mistakes.append(f"{entry.place(path)}: {text}")
        return None


def find_twice(entries: Iterable[Entry]) -> list[str]:
    """Return which entries have a kind and an id that another one has before them."""
    seen: dict[tuple[str, str], Entry] = {}
    out = []
    for entry in entries:
        if entry.id is None:
            continue
        first = seen.setdefault((entry.kind, entry.id), entry)
        if first is not entry:
            out.append(f"{entry.where}: id {entry.id!r} is used twice, also in {first.where.partition(':')[0]}")
    return out


def _find_dates(value: Any, path: str = "") -> Iterator[str]:
    """Return the key paths of dates and times: TOML knows them, the catalog has no use for them."""
    if isinstance(value, (date, time)):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _find_dates(item, f"{path}.{key}" if path else str(key))
