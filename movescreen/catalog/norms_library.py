"""Read the norm files and find norms in them."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from movescreen.errors import CatalogError, InputError, UnknownNameError

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
    """

    sets: Mapping[str, NormSet]
    quantities: Mapping[str, Quantity]
    sha256: str

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


def load_norms(folder: Path | None = None) -> NormLibrary:
    """Read and check every norm file.

    Parameters
    ----------
    folder
        Holds ``_quantities.toml`` and one ``.toml`` file a norm set; the packaged norms when None.

    Raises
    ------
    CatalogError
        Lists every mistake of every file, each with its file and key path.
    """
    return _packaged() if folder is None else _load(folder)


@lru_cache(maxsize=1)
def _packaged() -> NormLibrary:
    return _load(Path(__file__).with_name("norms"))


def _load(folder: Path) -> NormLibrary:
    mistakes: list[str] = []
    quantities = _read_quantities(folder / QUANTITIES_FILE, mistakes)
    paths = [path for path in sorted(folder.glob("*.toml")) if path.name != QUANTITIES_FILE]
    if not paths:
        mistakes.append(f"{folder}: no norm files")
    sets: dict[str, NormSet] = {}
    first_seen: dict[str, str] = {}
    for path in paths:
        norm_set = _read_set(path, quantities, mistakes)
        sets[path.stem] = norm_set
        for row in norm_set.rows:
            if row.id in first_seen:
                mistakes.append(f"{path.name}: id {row.id!r} is also used in {first_seen[row.id]}")
            first_seen.setdefault(row.id, path.name)
    if mistakes:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise CatalogError(f"{count} in the norm files: " + "; ".join(mistakes), "correct the files named above")
    digest = hashlib.sha256()
    for path in [folder / QUANTITIES_FILE, *paths]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return NormLibrary(MappingProxyType(sets), MappingProxyType(quantities), digest.hexdigest())


def _read_toml(path: Path, mistakes: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(f"{path.name}: {error}")
        return {}


def _read_quantities(path: Path, mistakes: list[str]) -> dict[str, Quantity]:
    quantities = {}
    for name, entry in _read_toml(path, mistakes).items():
        quantity = _validate(Quantity, entry, lambda key, name=name: f"{path.name}: {name}{key}", mistakes)
        if quantity is not None:
            quantities[name] = quantity
    return quantities


def _read_set(path: Path, quantities: Mapping[str, Quantity], mistakes: list[str]) -> NormSet:
    before = len(mistakes)
    data = _read_toml(path, mistakes)
    if len(mistakes) > before:
        return NormSet(path.stem, "", "", ())
    mistakes += [f"{path.name}: {key}: there is no such key" for key in data if key not in _SET_KEYS]
    for key, kind in (("title", str), ("norms", list)):
        if not isinstance(data.get(key), kind) or not data[key]:
            mistakes.append(f"{path.name}: {key}: is missing or empty")
    defaults, entries = data.get("defaults", {}), data.get("norms", [])
    if not isinstance(defaults, dict) or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        mistakes.append(f"{path.name}: defaults must be a table, and norms a list of tables [[norms]]")
        return NormSet(path.stem, "", "", ())
    found: list[str] = []
    rows = [_read_row(path.name, number, defaults, entry, quantities, found) for number, entry in enumerate(entries, 1)]
    mistakes += dict.fromkeys(found)  # a mistake in the defaults shows in every row, but is one mistake
    return NormSet(
        path.stem, str(data.get("title", "")), str(data.get("note", "")), tuple(r for r in rows if r is not None)
    )


def _read_row(
    file: str,
    number: int,
    defaults: Mapping[str, Any],
    entry: Mapping[str, Any],
    quantities: Mapping[str, Quantity],
    mistakes: list[str],
) -> NormRow | None:
    label = f"norms[{number}]" + (f" ({entry['id']})" if isinstance(entry.get("id"), str) else "")

    def where(key: str) -> str:
        top = key.lstrip(".").split(".")[0].split("[")[0]
        return f"{file}: {'defaults' if top in defaults and top not in entry else label}{key}"

    merged = {**defaults, **entry}
    model = ROW_KINDS.get(merged.get("kind", "mean"))
    if model is None:
        mistakes.append(f"{where('.kind')}: must be one of {', '.join(ROW_KINDS)}, got {merged['kind']!r}")
        return None
    row = _validate(model, merged, where, mistakes)
    if row is not None:
        mistakes += [f"{where('.' + key)}: {text}" for key, text in _mismatches(row, quantities)]
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
