"""Read the norm files and find norms in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from movescreen.catalog.entries import Entry, File, Layers, check_entry, find_twice, lay, packaged_folder, read_rows
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
from movescreen.catalog.overlay import Change, OwnFolder, catalog_error, find_own
from movescreen.errors import InputError, UnknownNameError

#: File of a norm folder that names the quantities.
QUANTITIES_FILE = "_quantities.toml"

_SET_KEYS = {"title", "note", "defaults", "norms"}


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
        Holds ``norms/`` with ``_quantities.toml`` and one ``.toml`` file a norm set; the packaged catalog when None.

    Raises
    ------
    CatalogError
        Lists every mistake of every file, each with its file and key path.
    """
    own = find_own(paths, packaged_folder())
    return _load_once(own) if base is None else _load(base, own)


@lru_cache(maxsize=8)
def _load_once(own: tuple[OwnFolder, ...]) -> NormLibrary:
    return _load(packaged_folder(), own)


def _load(folder: Path, own: Sequence[OwnFolder]) -> NormLibrary:
    layers = Layers(folder, own)
    mistakes, rows, named = layers.mistakes, list[Entry](), list[Entry]()
    words: dict[str, tuple[str, str]] = {}
    for overlay, files in layers.files("norms"):
        told: list[Entry] = []
        for file in files:
            if f"{file.stem}.toml" == QUANTITIES_FILE:
                lay(named, [Entry("quantity", n, data, f"{file.where}: {n}") for n, data in file.data.items()], overlay)
                continue
            data = file.data if overlay is None else {"title": overlay.name, **file.data}
            told += _read_rows(file, data, mistakes)
            words.setdefault(file.stem, (str(data.get("title", "")), str(data.get("note", ""))))
        lay(rows, told, overlay)
    mistakes += find_twice(rows)
    quantities = {str(each.id): found for each in named if (found := check_entry(Quantity, each, mistakes)) is not None}
    sets: dict[str, list[NormRow]] = {name: [] for name in words}
    for entry in rows:
        sets[entry.group] += [row] if (row := _check_row(entry, quantities, mistakes)) is not None else []
    if mistakes:
        raise catalog_error(mistakes)
    made = {name: NormSet(name, *words[name], tuple(found)) for name, found in sets.items()}
    return NormLibrary(MappingProxyType(made), MappingProxyType(quantities), layers.hash(("norms",)), layers.changes)


def _read_rows(file: File, data: Mapping[str, Any], mistakes: list[str]) -> list[Entry]:
    """Return the rows of a norm file, each with the file's defaults."""
    mistakes += [f"{file.where}: {key}: there is no such key" for key in data if key not in _SET_KEYS]
    for key, kind in (("title", str), ("norms", list)):
        if not isinstance(data.get(key), kind) or not data[key]:
            mistakes.append(f"{file.where}: {key}: is missing or empty")
    defaults, rows = data.get("defaults", {}), data.get("norms", [])
    if not isinstance(defaults, dict) or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        mistakes.append(f"{file.where}: defaults must be a table, and norms a list of tables [[norms]]")
        return []
    return [
        replace(
            entry,
            data={**defaults, **entry.data},
            group=file.stem,
            inherited=frozenset(defaults.keys() - entry.data.keys()),
        )
        for entry in read_rows(rows, "norm", file.where, "norms")
    ]


def _check_row(entry: Entry, quantities: Mapping[str, Quantity], mistakes: list[str]) -> NormRow | None:
    kind = entry.data.get("kind", "mean")
    model = ROW_KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        mistakes.append(f"{entry.place('kind')}: must be one of {', '.join(ROW_KINDS)}, got {kind!r}")
        return None
    row = check_entry(model, entry, mistakes)
    if row is not None:
        mistakes += [f"{entry.place(key)}: {text}" for key, text in _mismatches(row, quantities)]
    return row


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
