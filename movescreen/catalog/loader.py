"""Read the catalogue: movements and measurement errors. All mistakes of all files are reported at once."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from movescreen.catalog.schema import MeasurementRow, MeasurementSpec, MovementSpec
from movescreen.errors import CatalogError, UnknownNameError


@dataclass(frozen=True)
class Catalog:
    """Everything movescreen knows, as loaded.

    Attributes
    ----------
    movements
        Name -> specification, in the order in which they are listed.
    measurement
        Errors of the readings.
    sha256
        Hash over all files, for provenance.
    """

    movements: Mapping[str, MovementSpec]
    measurement: MeasurementSpec
    sha256: str

    def movement(self, name: str) -> MovementSpec:
        """Return a movement, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.movements:
            raise UnknownNameError("movement", name, self.movements)
        return self.movements[name]

    def measurement_row(self, signal: str, view: str) -> MeasurementRow | None:
        """Return what is known about the reading of a signal (its side does not matter) in a view."""
        stem = signal.removesuffix("_left").removesuffix("_right")
        for row in self.measurement.rows:
            if row.signal == stem and row.view == view:
                return row
        return None


def load_catalog(folder: Path | None = None, signal_names: frozenset[str] | None = None) -> Catalog:
    """Read and check every file of the catalogue.

    Parameters
    ----------
    folder
        Holds ``movements/`` and ``measurement/``; the packaged catalogue when None.
    signal_names
        Registered signals; when given, signals named in the files must be among them.

    Raises
    ------
    CatalogError
        Lists every mistake of every file with its key path.
    """
    if folder is None and signal_names is None:
        return _packaged()
    return _load(folder or _packaged_folder(), signal_names)


@lru_cache(maxsize=1)
def _packaged() -> Catalog:
    return _load(_packaged_folder(), None)


def _packaged_folder() -> Path:
    return Path(str(resources.files("movescreen.catalog")))


def _load(folder: Path, signal_names: frozenset[str] | None) -> Catalog:
    mistakes: list[str] = []
    digest = hashlib.sha256()
    for path in sorted(folder.glob("**/*.toml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    raw = {p.stem: _read_toml(p, mistakes) for p in sorted((folder / "movements").glob("*.toml"))}
    if not raw:
        mistakes.append(f"{folder / 'movements'}: no movement files")
    movements = {}
    for stem, data in raw.items():
        merged = _inherit(stem, data, raw, mistakes)
        spec = _validate(MovementSpec.model_validate_json, merged, f"movements/{stem}.toml", mistakes)
        if spec is not None:
            if spec.name != stem:
                mistakes.append(f"movements/{stem}.toml: name is {spec.name!r}, expected {stem!r}")
            movements[stem] = spec
    measurement = None
    for path in sorted((folder / "measurement").glob("*.toml"))[:1]:
        measurement = _validate(
            MeasurementSpec.model_validate_json, _read_toml(path, mistakes), f"measurement/{path.name}", mistakes
        )
    if measurement is None and not mistakes:
        mistakes.append(f"{folder / 'measurement'}: no measurement file")
    if signal_names is not None:
        mistakes += _unknown_signals(movements, measurement, signal_names)
    if mistakes or measurement is None:
        raise CatalogError(
            f"{len(mistakes)} mistake(s) in the catalogue: " + "; ".join(mistakes), "correct the files named above"
        )
    order = sorted(movements, key=lambda n: (raw[n].get("order", 99), n))
    return Catalog({n: movements[n] for n in order}, measurement, digest.hexdigest())


def _read_toml(path: Path, mistakes: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(f"{path.parent.name}/{path.name}: {error}")
        return {}


def _inherit(stem: str, data: dict[str, Any], raw: Mapping[str, dict[str, Any]], mistakes: list[str]) -> dict[str, Any]:
    """Merge a file with the one it extends: its own keys win, its checks are added or replace those of the same id."""
    data = {k: v for k, v in data.items() if k != "order"}
    parent = data.pop("extends", None)
    if parent is None:
        return data
    if parent not in raw or "extends" in raw[parent]:
        mistakes.append(f"movements/{stem}.toml: extends {parent!r}, which is not a movement of its own")
        return data
    base = {k: v for k, v in raw[parent].items() if k != "order"}
    own = data.pop("checks", [])
    replaced = {c.get("id") for c in own}
    return {**base, **data, "checks": [c for c in base.get("checks", []) if c.get("id") not in replaced] + own}


def _validate(check: Callable[[str], Any], data: dict[str, Any], where: str, mistakes: list[str]) -> Any:
    try:
        # TOML has lists, the models hold tuples: go through JSON rules, which allow that and stay strict otherwise
        return check(json.dumps(data))
    except ValidationError as error:
        for e in error.errors():
            mistakes.append(f"{where}: {'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg']}")
        return None


def _unknown_signals(
    movements: Mapping[str, MovementSpec], measurement: MeasurementSpec | None, known: frozenset[str]
) -> list[str]:
    stems = known | {n.removesuffix("_left").removesuffix("_right") for n in known}
    out = []
    for name, spec in movements.items():
        used = {spec.reps.driver, *spec.key_signals, *(f.signal for f in spec.recognise)}
        used |= {c.signal for c in spec.checks if hasattr(c, "signal")}
        out += [f"movements/{name}.toml: there is no signal called {s!r}" for s in sorted(used - stems)]
    for row in measurement.rows if measurement else ():
        if row.signal not in stems:
            out.append(f"measurement: there is no signal called {row.signal!r}")
    return out
