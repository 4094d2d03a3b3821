"""A catalog of one's own, laid over the packaged one.

The folder of one's own has the sub-folders of the packaged catalog (:data:`FOLDERS`). What a file there says is laid over the
entry of the same id, key by key, or is a new entry when there is none:

- a file of ``movements/`` or ``protocols/`` is an entry, and its name is the id; the checks, measures and parts inside have ids of
  their own. In all other folders every row is an entry.
- Tables are merged key by key. Conditions (``when``) and sources are replaced as a whole, and so are lists, apart from those whose
  rows have ids: their rows are changed or added, and nothing is ever removed.
- Who changes what is judged says whose limit it is: the row then needs a source of its own. Words need none.
- Red flags, danger words, care profiles and what keeps an exercise or a test from somebody can be made stricter only (:data:`_STRICTER`).
- The errors of the readings belong to the pose network: ``measurement/`` cannot be changed.
- Of several folders the later ones win.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from movescreen.catalog.client_schema import Stage
from movescreen.doors import Door
from movescreen.errors import CatalogError

#: Where files of a catalog come in.
CATALOG = Door("catalog file", "correct it, or remove it", error=CatalogError)
#: Sub-folders that a catalog of one's own may have.
FOLDERS = (
    "movements", "protocols", "norms", "red_flags", "danger_words", "history", "hand_tests", "needs", "exercises", "profiles", "gates", "pathways", "safety", "goals",
)  # fmt: skip
#: Lists whose rows have ids: what a row is called, and the key of its id.
_ROWS = {"checks": ("check", "id"), "measures": ("measure", "name"), "parts": ("part", "id"), "steps": ("step", "id")}
#: Tables that are replaced as a whole: half of one source and half of another is neither.
_WHOLE = frozenset({"source", "when", "pain"})
#: Keys that say where a limit comes from.
_SOURCES = ("source", "citation", "error_from")
#: Keys that change no limit: words, order, and how an exercise is done.
_WORDS = frozenset(
    {
        "title", "description", "recording", "plain_name", "message", "clear_message", "why", "cue", "plain", "note", "notes",
        "notes_with_impact", "stop", "definition", "order", "digits", "hand_test", "because", "towards", "to_measure", "how",
        "dose", "pace", "feel", "harder", "easier", "progress", "regress", "steps", "reserve", "effort", "rest_s", "load", "gear", "loads", "equipment", "stage", "serves",
        "exercises", "later", "hypothesis", "minutes",
    }
)  # fmt: skip


@dataclass(frozen=True)
class OwnFolder:
    """A catalog of one's own on the disk.

    Attributes
    ----------
    path
        Absolute path of the folder.
    sha256
        Hash over the names and bytes of its files.
    """

    path: Path
    sha256: str

    @property
    def name(self) -> str:
        """Name of the folder, by which reports call it."""
        return self.path.name


@dataclass(frozen=True)
class Change:
    """One key that an own catalog changes, or an entry that it adds.

    Attributes
    ----------
    catalog
        Name of the own catalog.
    kind, entry
        What it is, such as ``check`` and ``squat:weight_shift``.
    key
        Path of the key inside the entry; empty = the entry is new.
    before, own
        Value that was there, and the own one.
    """

    catalog: str
    kind: str
    entry: str
    key: str = ""
    before: Any = None
    own: Any = None


def _are_rows(key: str, before: Any, own: Any) -> bool:
    """Tell lists of tables with ids from others: needs and gates name checks, too, and the steps of a dose have no ids."""
    if not isinstance(before, list) or not isinstance(own, list):
        return False
    return all(isinstance(row, dict) and (not before or _ROWS[key][1] in row) for row in before or own)


def catalog_error(mistakes: Iterable[str]) -> CatalogError:
    """Return the error that names all mistakes, each once."""
    told = list(dict.fromkeys(mistakes))
    error = CatalogError(f"{len(told)} mistake(s) in the catalog: " + "; ".join(told), "correct the files named above")
    error.mistakes = tuple(told)
    return error


def find_own(paths: Iterable[str | Path], packaged: Path) -> tuple[OwnFolder, ...]:
    """Return the catalogs of one's own, in the order in which they are laid.

    Raises
    ------
    CatalogError
        When a folder does not exist, holds no catalog file, or has one where none is looked for.
    """
    mistakes: list[str] = []
    folders = dict.fromkeys(Path(path).expanduser().absolute() for path in paths)
    found = [_look_into(path, packaged, mistakes) for path in folders]
    names = [own.name for own in found]
    mistakes += [
        f"{n}: two folders have this name; reports could not tell them apart" for n in names if names.count(n) > 1
    ]
    if mistakes:
        raise catalog_error(mistakes)
    return tuple(found)


def _look_into(path: Path, packaged: Path, mistakes: list[str]) -> OwnFolder:
    digest = hashlib.sha256()
    if not path.is_dir():
        mistakes.append(f"{path}: {'is not a folder' if path.exists() else 'there is no such folder'}")
        return OwnFolder(path, "")
    files = sorted([*path.glob("*.toml"), *path.glob("*/*.toml")])
    if not files:
        mistakes.append(f"{path}: no catalog files; they belong into its folders {', '.join(FOLDERS)}")
    for file in files:
        name = file.relative_to(path).as_posix()
        try:
            data = CATALOG.read_bytes(file)
        except CatalogError as error:
            mistakes.append(f"{path.name}/{name}: {error.message.removeprefix(f'{file} ')}")
            continue
        digest.update(name.encode() + b"\0" + data)
        mistakes += [f"{path.name}/{name}: {why}" for why in _misplaced(name, data, packaged)]
    return OwnFolder(path, digest.hexdigest())


def _misplaced(name: str, data: bytes, packaged: Path) -> Iterable[str]:
    folder, slash, _ = name.partition("/")
    if not slash:
        yield f"lies beside the folders; put it into one of {', '.join(FOLDERS)}"
    elif folder == "measurement":
        if not (packaged / name).is_file() or (packaged / name).read_bytes() != data:
            yield "the errors of the readings belong to the pose network and cannot be changed"
    elif folder not in FOLDERS:
        close = difflib.get_close_matches(folder, FOLDERS, n=1)
        yield f"there is no folder {folder}; " + (
            f"did you mean {close[0]}?" if close else f"known: {', '.join(FOLDERS)}"
        )


def read_toml(path: Path, label: str, mistakes: list[str]) -> dict[str, Any] | None:
    """Return what a file of a catalog holds; None, and a mistake, when it cannot be read."""
    try:
        return CATALOG.read_toml(path)
    except CatalogError as error:
        mistakes.append(f"{label}: {error.message.removeprefix(f'{path} ')}")
        return None


def name_rows(path: str, data: Mapping[str, Any]) -> str:
    """Return a key path in which rows are called by their ids: ``checks.weight_shift.flag`` for ``checks.6.threshold.flag``."""

    def called(match: re.Match[str]) -> str:
        rows, number, rest = data.get(match["rows"]), int(match["number"]), match["rest"] or ""
        row = rows[number] if isinstance(rows, list) and number < len(rows) and isinstance(rows[number], dict) else {}
        kind = f".{row.get('kind')}"
        rest = rest.removeprefix(kind) if rest == kind or rest.startswith(kind + ".") else rest
        return f"{match['rows']}.{row.get(_ROWS[match['rows']][1], number)}{rest}"

    return re.sub(rf"^(?P<rows>{'|'.join(_ROWS)})\.(?P<number>\d+)(?P<rest>\.[\w.]+)?", called, path)


@dataclass
class Overlay:
    """Lays the entries of one own catalog, and keeps what they change.

    Attributes
    ----------
    name
        Of the own catalog.
    mistakes
        Takes what is wrong, with file and key.
    cited
        Citations of the packaged catalog.
    changes
        What was changed and added.
    """

    name: str
    mistakes: list[str]
    cited: frozenset[str] = frozenset()
    changes: list[Change] = field(default_factory=list)

    def lay(
        self, kind: str, entry: str, before: Mapping[str, Any], own: Mapping[str, Any], where: str
    ) -> dict[str, Any]:
        """Return an entry with the keys of an own one laid over it.

        Parameters
        ----------
        kind, entry
            What it is and its id.
        before
            The entry as it is without the own catalog.
        own
            What the own catalog says of it.
        where
            File and place of that, for mistakes.
        """
        merged = self._merge((kind, entry), before, own, where, "", [])
        self._demand_stricter(kind, before, merged, where)
        return merged

    def name_tolerances(self, value: Any) -> Any:
        """Return an entry in which an own tolerance that the packaged catalog does not cite is the user's, not movescreen's."""
        if isinstance(value, list):
            return [self.name_tolerances(each) for each in value]
        if not isinstance(value, dict):
            return value
        named = {key: self.name_tolerances(each) for key, each in value.items()}
        if named.get("verified") == "own_tolerance" and named.get("citation") not in self.cited:
            named["verified"] = "user_tolerance"
        return named

    def add(self, kind: str, entry: str) -> None:
        """Note an entry that the own catalog adds."""
        self.changes.append(Change(self.name, kind, entry))

    def _merge(
        self, who: tuple[str, str], before: Mapping[str, Any], own: Mapping[str, Any], where: str, path: str,
        changed: list[str],
    ) -> dict[str, Any]:  # fmt: skip
        """Lay one table over another; the changed keys go to ``changed``, those of a table with its own source do not."""
        merged, here = dict(before), list[str]()
        for key, value in own.items():
            old, place = before.get(key), f"{path}.{key}" if path else key
            if key in _ROWS and _are_rows(key, old, value):
                merged[key] = self._lay_rows(key, who[1], old or [], value, f"{where}: {place}")
            elif isinstance(value, dict) and isinstance(old, dict) and key not in _WHOLE:
                merged[key] = self._merge(who, old, value, where, place, here)
            elif value != old or key not in before:
                self.changes.append(Change(self.name, *who, place, old, value))
                merged[key] = value
                here.append(place)
        source = next((key for key in _SOURCES if key in before), None)
        if source is None:
            changed += here
        else:
            keys = {place.removeprefix(f"{path}.").partition(".")[0] for place in here}
            self._demand_source(
                source, keys, before, own, f"{where}: {path}.{source}" if path else f"{where}: {source}"
            )
        return merged

    def _lay_rows(self, key: str, entry: str, before: list[Any], own: list[Any], where: str) -> list[Any]:
        kind, id_key = _ROWS[key]
        rows = list(before)
        places = {row.get(id_key): i for i, row in enumerate(rows) if isinstance(row, dict)}
        seen = set()
        for number, row in enumerate(own):
            name = row.get(id_key) if isinstance(row, dict) else None
            if not isinstance(name, str):
                self.mistakes.append(f"{where}.{number}: {id_key}: is missing: it says which {kind} is meant")
                continue
            if name in seen:
                self.mistakes.append(f"{where}.{name}: listed twice")
            seen.add(name)
            if name in places:
                i = places[name]
                rows[i] = self.lay(kind, f"{entry}:{name}", rows[i], row, f"{where}.{name}")
            else:
                rows.append(row)
                self.add(kind, f"{entry}:{name}")
        return rows

    def _demand_source(
        self, source: str, changed: set[str], before: Mapping[str, Any], own: Mapping[str, Any], where: str
    ) -> None:
        """A changed limit is no longer that of the packaged source: it needs its own."""
        # the source of a measure is that of its error
        judged = changed & {"error"} if source == "error_from" else changed - _WORDS - {source, "verified"}
        told = own.get(source, before[source]) != before[source] and (source != "citation" or "verified" in own)
        if judged and not told:
            need = "its text" if source == "error_from" else "citation and verified"
            self.mistakes.append(
                f"{where}: {' and '.join(sorted(judged))} changed, so say whose limit it is: give {need}, not the packaged ones"
            )

    def _demand_stricter(self, kind: str, before: Mapping[str, Any], merged: Mapping[str, Any], where: str) -> None:
        rules, default = _STRICTER.get(kind, ({}, _free))
        changed = {key for key in merged if merged[key] != before.get(key)}
        for key in sorted(changed):
            if not rules.get(key, default)(before.get(key), merged[key]):
                what = "can only be made stricter" if key in rules else "cannot be changed; add an entry of your own"
                self.mistakes.append(f"{where}: {key}: in a packaged {kind} this {what}")
        if changed == {"source"} and default is _fixed:
            self.mistakes.append(f"{where}: source: can only change together with what it makes stricter")


# --- what can only be made stricter --------------------------------------------------------

#: Tells whether the second value is at least as strict as the first; None stands for a key that is not there.
Rule = Callable[[Any, Any], bool]


def _free(before: Any, own: Any) -> bool:
    return True


def _fixed(before: Any, own: Any) -> bool:
    return bool(before == own)


def _longer_list(before: Any, own: Any) -> bool:
    return isinstance(own, list) and all(item in own for item in before or [])


def _shorter_list(before: Any, own: Any) -> bool:
    return isinstance(own, list) and all(item in (before or []) for item in own)


def _shorter_only(before: Any, own: Any) -> bool:
    """An empty list limits nothing, so the first one may be of any length."""
    return not before or (bool(own) and _shorter_list(before, own))


def _asked_more(before: Any, own: Any) -> bool:
    """A question without conditions is asked of everybody."""
    return own == [] or (bool(before) and _longer_list(before, own))


def _fewer_needed(before: Any, own: Any) -> bool:
    return isinstance(own, list) and bool(own) and all(item in (before or []) for item in own)


def _less_pain(before: Any, own: Any) -> bool:
    """A rule of pain may ask for less pain, of the same parts; where none was, only for less than is usual."""
    # "not more than usual" stands between the limits of 2 and 4; no rule at all means 2
    asked, was = (3 if rule.get("usual") else rule.get("limit", 10) for rule in (own, before or {"limit": 2}))
    after = all(own.get(key, 0) <= (before or {}).get(key, 2) for key in ("next_morning", "at_rest"))
    return bool(asked <= was) and after and own.get("places") == (before or own).get("places")


def _switched_on(before: Any, own: Any) -> bool:
    return own is True or not before


def _switched_off(before: Any, own: Any) -> bool:
    return own is False or bool(before)


def _same_kind(before: Any, own: Any) -> bool:
    kinds = [reps.get("kind", "cycle") if isinstance(reps, dict) else None for reps in (before, own)]
    return kinds[0] == kinds[1]


def _in_order(order: Sequence[str], *, rising: bool, default: str) -> Rule:
    def holds(before: Any, own: Any) -> bool:
        places = [order.index(v) if v in order else -1 for v in (before or default, own)]
        return places[1] >= 0 and (places[1] >= places[0] if rising else places[1] <= places[0])

    return holds


_STAGES: tuple[str, ...] = Stage.__args__  # type: ignore[attr-defined]
#: Kind -> what holds for its keys, and for all keys that are not named.
_STRICTER: Mapping[str, tuple[Mapping[str, Rule], Rule]] = {
    "red flag": (
        {
            "urgency": _in_order(("mention", "soon", "now"), rising=True, default="mention"), "asked_if": _asked_more,
            "facts": _fewer_needed, "source": _free, "says_how_far": _switched_on,
        },
        _fixed,
    ),
    "danger words": (
        {"words": _longer_list, "flags": _longer_list, "means": _free, "ask": _free, "source": _free}, _fixed,
    ),
    "care profile": (
        {
            "when": _longer_list, "needs": _longer_list, "latest_stage_while": _longer_list, "no_impact_while": _longer_list,
            "only_while": _longer_list, "only": _shorter_only, "leaves_out": _longer_list, "leaves_out_while": _longer_list, "drops_needs": _longer_list,
            "latest_stage": _in_order(_STAGES, rising=False, default="speed"), "notes": _longer_list,
            "notes_with_impact": _longer_list, "source": _free,
        },
        _fixed,
    ),
    "safety row": (
        {"urgent": _longer_list, "stop": _longer_list, "advice": _longer_list, "source": _free, "pain": _less_pain, "steps": _longer_list},
        _fixed,
    ),
    "exercise": (
        {"not_with": _longer_list, "movements": _longer_list, "impact": _switched_on, "never_fewer": _switched_on}, _free,
    ),
    "manual test": ({"impact": _switched_on}, _free),
    "pathway": ({"when": _longer_list, "unless": _shorter_list, "door": _fixed, "stops_running": _switched_on, "keeps_to_step": _switched_on}, _free),
    "need": ({"parts": _longer_list}, _free),
    "review": ({"when": _longer_list, "days": lambda before, own: own <= before, "why": _free, "source": _free}, _fixed),
    "step": ({"gates": _longer_list, "not_yet": _longer_list, "but": _shorter_list, "but_after": _longer_list, "provisional": _shorter_list, "provisional_with": _shorter_list, "impact": _switched_on, "speed": _switched_off, "latest_stage": _in_order(_STAGES, rising=False, default="speed")}, _free),
    "gate": ({"kind": _fixed, "flags": _longer_list}, _free),
    "movement": ({"reps": _same_kind}, _free),
    "quantity": ({"title": _free, "definition": _free}, _fixed),
}  # fmt: skip
