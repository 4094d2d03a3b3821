"""Read the catalog: movements, protocols and measurement errors. All mistakes of all files are reported at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from movescreen.catalog.entries import Entry, File, Layers, check_entry, lay, packaged_folder
from movescreen.catalog.overlay import Change, Overlay, OwnFolder, catalog_error, find_own, read_toml
from movescreen.catalog.protocol_schema import ProtocolSpec, find_protocol_mistakes
from movescreen.catalog.schema import (
    ANY_MOVEMENT,
    CONTEXT_INPUTS,
    LIFTED,
    OWN_TERMS,
    TURN_BASIS,
    TURNED,
    MeasurementRow,
    MeasurementSpec,
    MovementSpec,
    PostureModel,
)
from movescreen.errors import UnknownNameError
from movescreen.model import Plane, SignalSpec, View

_Ordered = TypeVar("_Ordered", MovementSpec, ProtocolSpec)
#: Folders whose files change what an analysis says. Exercises and the like do not: rewording one makes no result another.
ANALYSIS_FOLDERS = ("movements", "measurement", "norms")


@dataclass(frozen=True)
class Catalog:
    """What movescreen knows about movements and their measurement, as loaded.

    Attributes
    ----------
    movements
        Name -> specification, in the order in which they are listed.
    measurement
        Errors of the readings.
    sha256
        Hash over all files that change a result, for provenance.
    protocols
        Name -> guided session, in the order in which they are listed.
    own
        Catalogs of one's own that were laid over the packaged one, in that order.
    changes
        What they change and add here.
    """

    movements: Mapping[str, MovementSpec]
    measurement: MeasurementSpec
    sha256: str
    protocols: Mapping[str, ProtocolSpec] = field(default_factory=dict)
    own: tuple[OwnFolder, ...] = ()
    changes: tuple[Change, ...] = ()

    @cached_property
    def _rows_of_signal(self) -> Mapping[str, Mapping[str, MeasurementRow]]:
        """Measurement rows by signal and view: live asks for them in every frame."""
        found: dict[str, dict[str, MeasurementRow]] = {}
        for row in self.measurement.rows:
            found.setdefault(row.signal, {})[row.view] = row
        return found

    @property
    def paths(self) -> tuple[str, ...]:
        """Folders of the catalogs of one's own, as :func:`load_catalog` takes them."""
        return tuple(str(layer.path) for layer in self.own)

    def movement(self, name: str) -> MovementSpec:
        """Return a movement, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.movements:
            raise UnknownNameError("movement", name, self.movements)
        return self.movements[name]

    def protocol(self, name: str) -> ProtocolSpec:
        """Return a guided session, or raise :class:`UnknownNameError` with close matches."""
        if name not in self.protocols:
            raise UnknownNameError("protocol", name, self.protocols)
        return self.protocols[name]

    def weakened_by(self, code: str) -> tuple[str, ...]:
        """Return the ids of the checks, of any movement, that the notice with this code weakens."""
        checks = (check for movement in self.movements.values() for check in movement.checks)
        return tuple(dict.fromkeys(check.id for check in checks if code in check.suffers_from))

    def stem(self, signal: str) -> str:
        """Return a signal's name without its side."""
        return _stem(signal)

    def measurement_row(self, signal: str, view: View | str) -> MeasurementRow | None:
        """Return what is known about the reading of a signal (its side does not matter) in a view.

        Square to the camera it has a row of its own, elsewhere one for every turn. Of a view that is known by name only the person is
        taken to stand square.
        """
        named = view if isinstance(view, str) else view.square
        rows = self._rows_of_signal.get(_stem(signal), {})
        kind = view if isinstance(view, str) else view.kind.value
        return rows.get(named) or rows.get(TURNED) or rows.get(kind)


def load_catalog(
    paths: Sequence[str | Path] = (),
    signals: Mapping[str, SignalSpec] | None = None,
    measures: Collection[str] | None = None,
    *,
    base: Path | None = None,
) -> Catalog:
    """Read and check every file of the catalog.

    Parameters
    ----------
    paths
        Folders of one's own catalogs, laid over the packaged one as :mod:`movescreen.catalog.overlay` says; later ones win.
    signals
        Registered signals by name; when given, signals named in the files must exist and suit their place.
    measures
        Names of the measures that can be computed; when given, no other may be named.
    base
        Holds ``movements/``, ``measurement/`` and, when there are guided sessions, ``protocols/``; the packaged catalog when None.

    Raises
    ------
    CatalogError
        Lists every mistake of every file with its key path.
    """
    own = find_own(paths, packaged_folder())
    if base is None and signals is None and measures is None:
        return _load_once(own)
    return _load(base or packaged_folder(), own, signals, measures)


@lru_cache(maxsize=8)
def _load_once(own: tuple[OwnFolder, ...]) -> Catalog:
    return _load(packaged_folder(), own, None, None)


def _load(
    folder: Path,
    own: tuple[OwnFolder, ...],
    signals: Mapping[str, SignalSpec] | None,
    measures: Collection[str] | None,
) -> Catalog:
    layers = Layers(folder, own)
    mistakes, written = layers.mistakes, layers.names("movements")
    movements = _load_movements(layers, signals, measures)
    mistakes += [
        f"movements/{name}.toml: seated_form: there is no movement called {spec.seated_form!r}"
        for name, spec in movements.items()
        if spec.seated_form and spec.seated_form not in written
    ]
    protocols = _load_protocols(layers, movements, signals)
    measurement = _load_measurement(folder / "measurement", signals, mistakes)
    named = {ANY_MOVEMENT, *(path.stem for path in (folder / "movements").glob("*.toml"))}
    for i, row in enumerate(measurement.rows if measurement else ()):
        strange = [c.movement for c in row.curves if c.movement not in named]
        mistakes += [f"measurement: rows.{i}.curves: there is no movement called {n!r}" for n in strange]
    if mistakes or measurement is None:
        raise catalog_error(mistakes)
    return Catalog(
        _in_order(movements), measurement, layers.hash(ANALYSIS_FOLDERS), _in_order(protocols), own, layers.changes
    )


def _in_order(specs: Mapping[str, _Ordered]) -> dict[str, _Ordered]:
    return dict(sorted(specs.items(), key=lambda item: (item[1].order, item[0])))


def find_unproven_checks(catalog: Catalog) -> list[str]:
    """Return every check without a figure that makes it speak, or without one that leaves it quiet, with its place."""
    checks = [(name, check) for name, movement in catalog.movements.items() for check in movement.checks]
    return [
        f"movements/{name}.toml: check {check.id}: no figure {what}"
        for name, check in checks
        for key, what in (("fires", "makes it speak"), ("quiet", "leaves it quiet"))
        if all(getattr(figure, key) is None for figure in check.figures)
    ]


def _load_movements(
    layers: Layers, signals: Mapping[str, SignalSpec] | None, measures: Collection[str] | None
) -> dict[str, MovementSpec]:
    mistakes, entries = layers.mistakes, list[Entry]()
    extended: dict[str, Any] = {}
    for overlay, files in layers.files("movements"):
        if overlay is None:
            extended = {file.stem: file.data.get("extends") for file in files}
            told = {file.stem: _inherit(file.stem, file.data, files, mistakes) for file in files}
        else:
            told = _extend_own(files, overlay, {str(entry.id): entry.data for entry in entries}, extended)
        lay(entries, [_named("movement", file, told[file.stem]) for file in files], overlay)
    if signals is not None:
        mistakes += [entry.place(m) for entry in entries for m in find_signal_mistakes(entry.data, signals)]
    movements = _check_named(MovementSpec, entries, mistakes)
    for entry in entries if measures is not None else ():
        named = enumerate(movements[entry.id].measures) if entry.id in movements else ()
        wrong = [(i, each.name) for i, each in named if each.name not in (measures or ())]
        mistakes += [f"{entry.place(f'measures.{i}.name')}: nothing computes {name!r}" for i, name in wrong]
    return movements


def _named(kind: str, file: File, data: Mapping[str, Any]) -> Entry:
    """Return a file that is an entry by itself, called by its name."""
    return Entry(kind, file.stem, {"name": file.stem, **data}, file.where)


def _check_named(model: type[_Ordered], entries: Iterable[Entry], mistakes: list[str]) -> dict[str, _Ordered]:
    found = {str(entry.id): spec for entry in entries if (spec := check_entry(model, entry, mistakes)) is not None}
    wheres = {str(entry.id): entry.where for entry in entries}
    mistakes += [f"{wheres[n]}: name is {spec.name!r}, expected {n!r}" for n, spec in found.items() if spec.name != n]
    return found


def _extend_own(
    files: Sequence[File], overlay: Overlay, known: Mapping[str, dict[str, Any]], extended: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the movements of an own catalog, new ones with what they take over from those that they extend."""
    raw = {file.stem: file for file in files}
    grown: dict[str, dict[str, Any]] = {}

    def grow(stem: str, chain: tuple[str, ...]) -> dict[str, Any]:
        if stem in grown:
            return grown[stem]
        data, where, chain = dict(raw[stem].data), raw[stem].where, (*chain, stem)
        parent = data.pop("extends", None)
        if parent is None:
            return data
        if parent in chain:
            round_trip = " extends ".join((*chain, parent))
            overlay.mistakes.append(f"{where}: extends: goes round in a circle: {round_trip}")
            return data
        if not isinstance(parent, str) or parent not in {*known, *raw}:
            overlay.mistakes.append(f"{where}: extends {parent!r}, which is no movement")
            return data
        above = known[parent] if parent in known else grow(parent, chain)
        # of the changes only those of its rows count, the movement itself is new
        merged = overlay.lay("new movement", stem, above, {"name": stem, **data}, where)
        overlay.changes = [change for change in overlay.changes if change.kind != "new movement"]
        return merged

    for stem, file in raw.items():
        if stem not in known:
            grown[stem] = grow(stem, ())
            continue
        grown[stem] = {key: value for key, value in file.data.items() if key != "extends"}
        if "extends" in file.data and file.data["extends"] != extended.get(stem):
            overlay.mistakes.append(
                f"{file.where}: extends: {stem} is there already; only a new movement can extend another"
            )
    return grown


def _load_protocols(
    layers: Layers, movements: Mapping[str, MovementSpec], signals: Mapping[str, SignalSpec] | None
) -> dict[str, ProtocolSpec]:
    views = None if signals is None else {_stem(name): spec.views for name, spec in signals.items()}
    # what is wrong with a movement is told once, and not again by everything that names it
    known = layers.names("movements")
    entries: list[Entry] = []
    for overlay, files in layers.files("protocols", needed=False):
        lay(entries, [_named("guided session", file, file.data) for file in files], overlay)
    protocols = _check_named(ProtocolSpec, entries, layers.mistakes)
    for entry in entries:
        spec = protocols.get(str(entry.id))
        if spec and all(part.movement in movements or part.movement not in known for part in spec.parts):
            layers.mistakes += [entry.place(m) for m in find_protocol_mistakes(spec, movements, views)]
    return protocols


def _load_measurement(
    folder: Path, signals: Mapping[str, SignalSpec] | None, mistakes: list[str]
) -> MeasurementSpec | None:
    files = sorted(folder.glob("*.toml"))
    if not files:
        mistakes.append(f"{folder}: no measurement file")
        return None
    where = "measurement"
    parts = [read_toml(file, f"measurement/{file.name}", mistakes) or {} for file in files]
    posture = next((part["posture"] for part in parts if "posture" in part), None)
    whole = parts[0] | {"posture": posture, "rows": [row for part in parts for row in part.get("rows", ())]}
    spec = check_entry(MeasurementSpec, Entry(where, None, whole, where), mistakes)
    stems = {_stem(n) for n in signals or ()}
    for i, row in enumerate(spec.rows if spec is not None and signals is not None else ()):
        if row.signal not in stems:
            mistakes.append(f"{where}: rows.{i}.signal: there is no signal called {row.signal!r}")
        mistakes += [f"{where}: rows.{i}.{m}" for m in find_input_mistakes(row, signals or {})]
    if spec is not None and spec.posture is not None and signals is not None:
        mistakes += [f"{where}: posture.{m}" for m in find_posture_mistakes(spec.posture, stems)]
    return spec


def find_posture_mistakes(posture: PostureModel, stems: set[str]) -> list[str]:
    """Return which signals and inputs of the posture do not exist, with key paths."""
    known = stems | CONTEXT_INPUTS | set(TURN_BASIS) | {f"{LIFTED}{stem}" for stem in stems}
    named = [("signals", name, name in stems) for name in posture.signals]
    named += [(f"inputs.{i}.input", item.input, item.input in known) for i, item in enumerate(posture.inputs)]
    return [f"{place}: there is nothing called {name!r}" for place, name, is_known in named if not is_known]


def find_input_mistakes(row: MeasurementRow, signals: Mapping[str, SignalSpec]) -> list[str]:
    """Return which inputs of a correction's terms and an error's doubts do not exist, with key paths."""
    known = {_stem(n) for n in signals} | CONTEXT_INPUTS
    named = [(f"terms.{i}", term.input) for i, term in enumerate(row.terms)]
    named += [(f"doubts.{i}", d.input) for i, d in enumerate(row.doubts) if d.input != OWN_TERMS]
    return [f"{place}.input: there is no input called {name!r}" for place, name in named if name not in known]


def _inherit(stem: str, data: dict[str, Any], files: Iterable[File], mistakes: list[str]) -> dict[str, Any]:
    """Merge a packaged file with the one it extends: its own keys win, its checks are added or replace those of the same id."""
    data, raw = dict(data), {file.stem: file.data for file in files}
    parent = data.pop("extends", None)
    if parent is None:
        return data
    if not isinstance(parent, str) or parent not in raw or "extends" in raw[parent]:
        mistakes.append(f"movements/{stem}.toml: extends {parent!r}, which is not a movement of its own")
        return data
    own = data.pop("checks", [])
    replaced = [c.get("id") for c in _tables(own)]
    kept = [c for c in _tables(raw[parent].get("checks")) if c.get("id") not in replaced]
    return {**raw[parent], **data, "checks": kept + own if isinstance(own, list) else own}


def _tables(value: Any) -> list[dict[str, Any]]:
    """Return the tables of a list, whatever it is that the file holds in its place."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def find_signal_mistakes(data: Mapping[str, Any], signals: Mapping[str, SignalSpec]) -> list[str]:
    """Return what is wrong with the signals that a movement file names, with key paths.

    Works on the file as written, so that it also speaks when the file has other mistakes.
    """
    out = []
    reps = data.get("reps")
    if isinstance(reps, dict):
        out += _whole_view("reps.driver", reps.get("driver"), signals)
        out += _whole_view("reps.height", reps["height"], signals) if reps.get("height") else []
    for i, trait in enumerate(_tables(data.get("recognise"))):
        out += _whole_view(f"recognise.{i}.signal", trait.get("signal"), signals)
    known = data.get("known")
    measured = known.get("signals") if isinstance(known, dict) else None
    for name in measured if isinstance(measured, dict) else ():
        out += _whole_view(f"known.signals.{name}", name, signals)
    stems = {_stem(n) for n in signals}
    keys = data.get("key_signals")
    shown = data.get("only_shown")
    out += [
        f"only_shown.{i}: {name!r} is not one of the key_signals"
        for i, name in enumerate(shown if isinstance(shown, list) else [])
        if name not in (keys if isinstance(keys, list) else [])
    ]
    for i, name in enumerate(keys if isinstance(keys, list) else []):
        if name not in stems:
            out.append(f"key_signals.{i}: there is no signal called {name!r}")
    out += _find_read_out_mistakes(data.get("read_outs"), signals)
    for i, check in enumerate(_tables(data.get("checks"))):
        out += _check_signal(f"checks.{i}.signal", check, signals)
    for i, reference in enumerate(_tables(data.get("references"))):
        out += _check_signal(f"references.{i}.signal", {"kind": "threshold", **reference}, signals)
    return out


def _find_read_out_mistakes(views: Any, signals: Mapping[str, SignalSpec]) -> list[str]:
    """A read-out needs a signal that says how it is written on a picture."""
    written = {_stem(name) for name, spec in signals.items() if spec.read_out is not None}
    named = [
        (view, names) for view, names in (views.items() if isinstance(views, dict) else ()) if isinstance(names, list)
    ]
    return [
        f"read_outs.{view}.{i}: there is no signal called {name!r} that can be written on a picture"
        for view, names in named
        for i, name in enumerate(names)
        if name not in written
    ]


def _whole_view(where: str, name: Any, signals: Mapping[str, SignalSpec]) -> list[str]:
    """A driver or a trait must be readable from anywhere, before the view is known, and have no side."""
    if name not in {_stem(n) for n in signals}:
        return [f"{where}: there is no signal called {name!r}"]
    if name not in signals or signals[name].plane is not Plane.ANY:
        return [f"{where}: {name!r} cannot be read from every view; use one that can"]
    return []


def _check_signal(where: str, check: Mapping[str, Any], signals: Mapping[str, SignalSpec]) -> list[str]:
    name, kind = check.get("signal"), check.get("kind")
    if name is None:
        return []
    stems = {_stem(n) for n in signals}
    if name not in stems:
        return [f"{where}: there is no signal called {name!r}"]
    sided = name not in signals
    scope = check.get("scope", "none")
    if kind == "difference" and not sided:
        return [f"{where}: {name!r} has no sides to compare"]
    if kind in ("threshold", "variability") and sided and scope == "none":
        return [f"{where}: {name!r} has sides; give scope nearest, each or working"]
    if kind in ("threshold", "variability") and not sided and scope in ("nearest", "each"):
        return [f"{where}: {name!r} has no sides; leave scope out, or use working"]
    shown = (signals.get(name) or signals[f"{name}_left"]).views
    views = check.get("views")
    hidden = [view for view in views if view not in shown] if isinstance(views, list) else []
    place = where.rpartition(".")[0]
    return [f"{place}.views: {name} cannot be read from the {view}" for view in hidden if isinstance(view, str)]


def _stem(name: str) -> str:
    return name.removesuffix("_left").removesuffix("_right")
