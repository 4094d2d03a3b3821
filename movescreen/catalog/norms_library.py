"""Read the norm files and find norms in them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from movescreen.catalog.norms_schema import (
    PLAUSIBLE,
    ROW_KINDS,
    AgreementNorm,
    CutNorm,
    MeasurementErrorNorm,
    Method,
    NormRow,
    Quantity,
    Verified,
)
from movescreen.catalog.overlay import Change, Overlay, OwnFolder, catalog_error, find_own, read_own, read_toml
from movescreen.errors import InputError, UnknownNameError

#: File of a norm folder that names the quantities.
QUANTITIES_FILE = "_quantities.toml"

_SET_KEYS = {"title", "note", "defaults", "norms"}
_Model = TypeVar("_Model", bound=BaseModel)


# --- the library ---------------------------------------------------------------------------


@dataclass(frozen=True)
class NormSet:
    """One file of norms.

    Attributes
    ----------
    name
        File name without ``.toml``.
    title, note
        What it holds, and what a reader must mind.
    rows
        Its rows, in the order of the file.
    """

    name: str
    title: str
    note: str
    rows: tuple[NormRow, ...]


@dataclass(frozen=True)
class NormLibrary:
    """All norms.

    Attributes
    ----------
    sets
        File name without ``.toml`` -> norm set.
    quantities
        Name -> what it is.
    sha256
        Hash over all files, for provenance.
    changes
        What catalogs of one's own change and add.
    """

    sets: Mapping[str, NormSet]
    quantities: Mapping[str, Quantity]
    sha256: str
    changes: tuple[Change, ...] = ()

    def __iter__(self) -> Iterator[NormRow]:
        for norm_set in self.sets.values():
            yield from norm_set.rows

    def find(
        self,
        quantity: str,
        age: float | None = None,
        sex: str | None = None,
        method: Method | str | None = None,
        cited_only: bool = True,
        healthy_only: bool = True,
    ) -> tuple[NormRow, ...]:
        """Find the norms of a quantity, the most specific first.

        Parameters
        ----------
        quantity
            A name of ``quantities``.
        age
            Years; None takes rows of every age. Rows without a stated age are found only with None.
        sex
            ``female`` or ``male``; None takes both.
        method
            How the value to be judged was taken; None takes every method.
        cited_only
            Leave out rows that nobody checked against their source.
        healthy_only
            Leave out rows about people measured because of a complaint.

        Returns
        -------
        tuple of NormRow
            Means, percentiles, ranges and cuts; may be empty. For errors see :meth:`find_errors`.

        Raises
        ------
        UnknownNameError
            For a quantity, sex or method that does not exist.
        InputError
            For an age that nobody has.
        """
        if sex is not None and sex not in ("female", "male"):
            raise UnknownNameError("sex in the norms", sex, ("female", "male"))
        if age is not None and not 0 <= age <= 120:
            raise InputError(f"an age of {age:g} years cannot be", "give the age in years")
        rows = [
            row
            for row in self._rows_of(quantity, method, cited_only)
            if not isinstance(row, MeasurementErrorNorm | AgreementNorm)
            and row.holds_for(age, sex)
            and (row.healthy or not healthy_only)
        ]
        return tuple(sorted(rows, key=_specificity))

    def find_errors(
        self, quantity: str, method: Method | str | None = None, cited_only: bool = True
    ) -> tuple[MeasurementErrorNorm | AgreementNorm, ...]:
        """Find what is known about the error of measuring a quantity; parameters and errors as in :meth:`find`."""
        rows = self._rows_of(quantity, method, cited_only)
        return tuple(row for row in rows if isinstance(row, MeasurementErrorNorm | AgreementNorm))

    def _rows_of(self, quantity: str, method: Method | str | None, cited_only: bool) -> list[NormRow]:
        if quantity not in self.quantities:
            raise UnknownNameError("quantity in the norms", quantity, self.quantities)
        wanted = None if method is None else _as_method(method)
        return [
            row
            for row in self
            if row.quantity == quantity
            and (wanted is None or row.measured_by(wanted))
            and not (cited_only and row.verified is Verified.UNVERIFIED)
        ]


def _as_method(name: Method | str) -> Method:
    try:
        return Method(name)
    except ValueError:
        raise UnknownNameError("method of measuring", str(name), [m.value for m in Method]) from None


def _specificity(row: NormRow) -> tuple[bool, float, int, str]:
    years = math.inf if row.age is None else row.age[1] - row.age[0]
    return row.sex == "any", years, list(Verified).index(row.verified), row.id


# --- reading -------------------------------------------------------------------------------


def load_norms(paths: Sequence[str | Path] = (), *, base: Path | None = None) -> NormLibrary:
    """Read and check every norm file.

    Parameters
    ----------
    paths
        Folders of one's own catalogs, whose ``norms/`` are laid over the packaged ones as
        :mod:`movescreen.catalog.overlay` says; later ones win.
    base
        Holds ``_quantities.toml`` and one ``.toml`` file a norm set; the packaged norms when None.

    Raises
    ------
    CatalogError
        Lists every mistake of every file, each with its file and key path.
    """
    own = find_own(paths, _PACKAGED.parent)
    return _load_once(own) if base is None else _load(base, own)


_PACKAGED = Path(__file__).with_name("norms")


@lru_cache(maxsize=8)
def _load_once(own: tuple[OwnFolder, ...]) -> NormLibrary:
    return _load(_PACKAGED, own)


@dataclass(frozen=True)
class _RawRow:
    """A row of a norm file, or several laid over each other, with the defaults of its file."""

    file: str
    label: str
    data: Mapping[str, Any]
    #: Keys that the row has from the defaults of its file.
    inherited: frozenset[str] = frozenset()

    def where(self, key: str) -> str:
        top = key.lstrip(".").split(".")[0].split("[")[0]
        return f"{self.file}: {'defaults' if top in self.inherited else self.label}{key}"


@dataclass
class _RawSet:
    """A norm file as it is written."""

    name: str
    title: str = ""
    note: str = ""
    rows: list[_RawRow] = field(default_factory=list)


def _load(folder: Path, own: Sequence[OwnFolder]) -> NormLibrary:
    mistakes: list[str] = []
    paths = [path for path in sorted(folder.glob("*.toml")) if path.name != QUANTITIES_FILE]
    if not paths:
        mistakes.append(f"{folder}: no norm files")
    named = read_toml(folder / QUANTITIES_FILE, QUANTITIES_FILE, mistakes)
    sets = {path.stem: _read_file(path, mistakes) for path in paths}
    overlays = [Overlay(layer.name, mistakes) for layer in own]
    for layer, overlay in zip(own, overlays, strict=True):
        _lay_norms(layer, overlay, named, sets)
    quantities = _check_quantities(named, mistakes)
    made = {name: _check_set(raw, quantities, mistakes) for name, raw in sets.items()}
    first_seen: dict[str, str] = {}
    for norm_set in made.values():
        for row in norm_set.rows:
            if row.id in first_seen:
                mistakes.append(f"{norm_set.name}.toml: id {row.id!r} is also used in {first_seen[row.id]}")
            first_seen.setdefault(row.id, f"{norm_set.name}.toml")
    if mistakes:
        raise catalog_error(mistakes)
    digest = hashlib.sha256()
    for path in [folder / QUANTITIES_FILE, *paths, *(p for o in own for p in sorted(o.path.glob("norms/*.toml")))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    changes = tuple(change for overlay in overlays for change in overlay.changes)
    return NormLibrary(MappingProxyType(made), MappingProxyType(quantities), digest.hexdigest(), changes)


def _lay_norms(layer: OwnFolder, overlay: Overlay, named: dict[str, Any], sets: dict[str, _RawSet]) -> None:
    """Lay the quantities and rows of an own catalog over those that are there, and add the new ones."""
    files = read_own(layer.path, "norms", layer.name, overlay.mistakes)
    where = f"{layer.name}/norms"
    for name, entry in files.pop(Path(QUANTITIES_FILE).stem, {}).items():
        if isinstance(named.get(name), dict) and isinstance(entry, dict):
            named[name] = overlay.lay("quantity", name, named[name], entry, f"{where}/{QUANTITIES_FILE}: {name}")
        else:
            named[name] = entry
            overlay.add("quantity", name)
    places = {row.data.get("id"): (raw, i) for raw in sets.values() for i, row in enumerate(raw.rows)}
    for stem, data in files.items():
        told = _split_file(f"{where}/{stem}.toml", stem, {"title": layer.name, **data}, overlay.mistakes)
        target = sets.setdefault(stem, _RawSet(stem, told.title, told.note))
        for row in told.rows:
            raw, i = places.get(row.data.get("id"), (target, -1))
            if i < 0:
                target.rows.append(row)
                overlay.add("norm", str(row.data.get("id")))
            else:
                label = f"{row.file}: {row.label}"
                merged = overlay.lay("norm", row.data["id"], raw.rows[i].data, row.data, label)
                raw.rows[i] = _RawRow(row.file, row.label, merged)


def _check_quantities(named: Mapping[str, Any], mistakes: list[str]) -> dict[str, Quantity]:
    quantities = {}
    for name, entry in named.items():
        quantity = _validate(Quantity, entry, lambda key, name=name: f"{QUANTITIES_FILE}: {name}{key}", mistakes)
        if quantity is not None:
            quantities[name] = quantity
    return quantities


def _read_file(path: Path, mistakes: list[str]) -> _RawSet:
    before = len(mistakes)
    data = read_toml(path, path.name, mistakes)
    return _RawSet(path.stem) if len(mistakes) > before else _split_file(path.name, path.stem, data, mistakes)


def _split_file(file: str, name: str, data: Mapping[str, Any], mistakes: list[str]) -> _RawSet:
    """Return the rows of a norm file, each with the file's defaults."""
    mistakes += [f"{file}: {key}: there is no such key" for key in data if key not in _SET_KEYS]
    for key, kind in (("title", str), ("norms", list)):
        if not isinstance(data.get(key), kind) or not data[key]:
            mistakes.append(f"{file}: {key}: is missing or empty")
    defaults, entries = data.get("defaults", {}), data.get("norms", [])
    if not isinstance(defaults, dict) or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        mistakes.append(f"{file}: defaults must be a table, and norms a list of tables [[norms]]")
        return _RawSet(name)
    rows = []
    for number, entry in enumerate(entries, 1):
        label = f"norms[{number}]" + (f" ({entry['id']})" if isinstance(entry.get("id"), str) else "")
        rows.append(_RawRow(file, label, {**defaults, **entry}, frozenset(defaults.keys() - entry.keys())))
    return _RawSet(name, str(data.get("title", "")), str(data.get("note", "")), rows)


def _check_set(raw: _RawSet, quantities: Mapping[str, Quantity], mistakes: list[str]) -> NormSet:
    found: list[str] = []
    rows = [_check_row(row, quantities, found) for row in raw.rows]
    mistakes += dict.fromkeys(found)  # a mistake in the defaults shows in every row, but is one mistake
    return NormSet(raw.name, raw.title, raw.note, tuple(row for row in rows if row is not None))


def _check_row(raw: _RawRow, quantities: Mapping[str, Quantity], mistakes: list[str]) -> NormRow | None:
    kind = raw.data.get("kind", "mean")
    model = ROW_KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        mistakes.append(f"{raw.where('.kind')}: must be one of {', '.join(ROW_KINDS)}, got {kind!r}")
        return None
    row = _validate(model, raw.data, raw.where, mistakes)
    if row is not None:
        mistakes += [f"{raw.where('.' + key)}: {text}" for key, text in _mismatches(row, quantities)]
    return row


def _validate(model: type[_Model], entry: Any, where: Any, mistakes: list[str]) -> _Model | None:
    try:
        # TOML has lists and words where the models hold tuples and enumerations: JSON rules allow just that
        return model.model_validate_json(json.dumps(entry, default=str))
    except ValidationError as error:
        for each in error.errors():
            key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"])
            text = each["msg"].removeprefix("Value error, ")
            mistakes.append(f"{where(key)}: {text}")
        return None


def _mismatches(row: NormRow, quantities: Mapping[str, Quantity]) -> Iterable[tuple[str, str]]:
    """Yield key and text for what a row says against the list of quantities."""
    quantity = quantities.get(row.quantity)
    if quantity is None:
        yield "quantity", UnknownNameError("quantity", row.quantity, quantities).message + f" in {QUANTITIES_FILE}"
        return
    if row.unit != quantity.unit:
        yield "unit", f"{row.quantity} is measured in {quantity.unit}, got {row.unit}"
    low, high = PLAUSIBLE[quantity.unit]
    for key, values in row.values_on_scale().items():
        if any(not low <= value <= high for value in values):
            yield key, f"outside of {low:g} to {high:g} {quantity.unit}, got {', '.join(f'{v:g}' for v in values)}"
    if isinstance(row, CutNorm) and row.concern != quantity.concern:
        yield "flag", f"{row.quantity} is of concern when {quantity.concern}, but the cut flags the {row.concern} side"
