"""Compares the locked packages with known advisories from a file, so that a machine without a network can be looked after, too.

``python supply/check_advisories.py ADVISORIES`` takes a zip or a folder of advisories in the format of OSV: the export of the Open Source
Vulnerabilities database for PyPI (https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip, JSON), a copy of PyPI's own database
(https://github.com/pypa/advisory-database, YAML, for which PyYAML has to be installed), or one JSON file that holds a list of them. Ends
with 1 when a locked version is affected. With a network, ``pip-audit --require-hashes -r supply/locked.txt`` asks for the newest ones. An
old file knows no new advisories: its newest entry's day is printed.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

sys.path.insert(0, str(Path(__file__).resolve().parent))
from make import locked


def read_advisories(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the advisories of a zip, a folder, or a file."""
    if path.is_dir():
        texts = ((str(file), file.read_bytes()) for file in sorted(path.rglob("*")) if file.is_file())
        yield from (found for name, text in texts if (found := _parse(name, text)))
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (found for name in archive.namelist() if (found := _parse(name, archive.read(name))))
    else:
        told = json.loads(path.read_text("utf-8"))
        yield from (each for each in (told if isinstance(told, list) else [told]) if _is_advisory(each))


def _is_advisory(told: object) -> bool:
    return isinstance(told, dict) and "affected" in told


def _parse(name: str, text: bytes) -> dict[str, Any] | None:
    """Return the advisory in a file; None for one of another kind, of which such folders have some."""
    if name.endswith(".json"):
        told = json.loads(text)
    elif name.endswith((".yaml", ".yml")):
        import yaml

        # everything is text, as in JSON: a version 2.10 is no number
        try:
            told = yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        except yaml.YAMLError as error:
            raise ValueError(f"{name}: {error}") from error
    else:
        return None
    return told if _is_advisory(told) else None


def affects(advisory: dict[str, Any], name: str, version: str) -> bool:
    """Tell whether an advisory that is not withdrawn is about a version of a package."""
    for part in () if advisory.get("withdrawn") else advisory.get("affected", ()):
        package = part.get("package", {})
        if package.get("ecosystem") != "PyPI" or canonicalize_name(package.get("name", "")) != name:
            continue
        ranges = [each for each in part.get("ranges", ()) if each.get("type") == "ECOSYSTEM"]
        if version in part.get("versions", ()) or any(_within(each.get("events", ()), version) for each in ranges):
            return True
    return False


def _within(events: list[dict[str, str]], version: str) -> bool:
    """Tell whether a version lies in a range, whose events may be told in any order."""
    here, inside = Version(version), False
    try:
        ordered = sorted(
            ((Version(at), kind != "introduced", kind) for event in events for kind, at in event.items()),
            key=lambda told: told[:2],
        )
    except InvalidVersion:
        return True  # what cannot be compared is looked at by a person
    for at, _, kind in ordered:
        if kind == "introduced" and here >= at:
            inside = True
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            inside = False
    return inside


def main() -> None:
    """Print what is affected; an error of two lines and exit 2 when there are no advisories to read."""
    try:
        (path,) = (Path(each) for each in sys.argv[1:])
        advisories, packages = list(read_advisories(path)), locked()
        if not advisories:
            raise ValueError(f"{path} holds none")
        hits = [
            f"{name} {version}: {each.get('id')} {each.get('summary', '')}"
            for each in advisories
            for name, version in packages.items()
            if affects(each, name, version)
        ]
    except Exception as error:  # a damaged file fails in a hundred ways, and none of them may look like a clean one
        print(f"error: no advisories can be read: {' '.join(str(error).split())}", file=sys.stderr)
        print("hint: python supply/check_advisories.py ADVISORIES (a zip, a folder or a JSON file)", file=sys.stderr)
        sys.exit(2)
    newest = max(str(each.get("modified", "")) for each in advisories)[:10] or "no day"
    print(*hits, sep="\n", end="\n" if hits else "")
    print(
        f"{len(packages)} packages, {len(advisories)} advisories, the newest of {newest}: {len(hits)} affect what is locked"
    )
    sys.exit(bool(hits))


if __name__ == "__main__":
    main()
