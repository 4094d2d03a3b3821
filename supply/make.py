"""Makes what stands in this folder anew, after a change of the dependencies in ``pyproject.toml`` or to take newer releases.

``python supply/make.py lock`` resolves the open ranges for every system and Python, with hashes (needs ``uv`` and the network).
``python supply/make.py sbom`` writes the bill of materials (needs ``cyclonedx-bom``), ``python supply/make.py licenses`` the table of
licences, from the distributions that are installed here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "pyproject.toml"
LOCK, SBOM, TABLE = HERE / "locked.txt", HERE / "sbom.cdx.json", HERE / "licenses.md"
#: What only one licence says.
_SENTENCES = {
    "Permission is hereby granted, free of charge, to any person obtaining a copy": "MIT",
    "Altered source versions must be plainly marked as such": "Zlib",
}
_LINE = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?: ; ([^\\]+))?", re.M)


def locked() -> dict[str, str]:
    """Return name -> version of what is locked, for whatever system."""
    return {name: version for name, version, _ in _LINE.findall(LOCK.read_text("utf-8"))}


def write_lock() -> None:
    """Resolve again; building movescreen needs no other packages than these."""
    needed = tomllib.loads(PROJECT.read_text("utf-8"))["build-system"]["requires"]
    with tempfile.NamedTemporaryFile("w", suffix=".in") as build:
        build.write("\n".join(needed))
        build.flush()
        subprocess.run(
            ["uv", "pip", "compile", str(PROJECT), build.name, "--extra", "all", "--universal", "--python-version", "3.11", "--generate-hashes",
             "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet", "--output-file", str(LOCK), *sys.argv[2:]],
            check=True,
        )  # fmt: skip


def write_sbom() -> None:
    """Write the bill of materials in CycloneDX: names, versions, hashes."""
    made = subprocess.run(
        ["cyclonedx-py", "requirements", str(LOCK), "--pyproject", str(PROJECT), "--output-reproducible", "--spec-version", "1.6"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    told = json.loads(made.stdout)
    for part in (*told["components"], told["metadata"].get("component", {})):
        # where a package is taken from is for whoever installs to say; its hashes say what it is
        places = [each for each in part.pop("externalReferences", ()) if each.get("hashes")]
        hashes = [each for place in places for each in place["hashes"]]
        if hashes:
            part["hashes"] = sorted(hashes, key=lambda each: each["content"])
        part.pop("description", None)
    told["metadata"].pop("tools", None)
    SBOM.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")


def license_of(name: str) -> str:
    """Return what an installed distribution says about its licence; PackageNotFoundError when it is not installed."""
    told = metadata(name)
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License ::")
    ]
    classified = [each for each in classified if each != "OSI Approved"]
    stated = (told.get("License") or "").strip().partition("\n")[0]
    return ", ".join(classified) or (stated if 0 < len(stated) < 60 else _license_by_its_text(name))


def _license_by_its_text(name: str) -> str:
    """Return which licence it is that a package brings along without naming it."""
    texts = " ".join(
        " ".join(str(path.read_text()).split())
        for path in distribution(name).files or ()
        if path.name.upper().startswith("LICENSE")
    )
    return next((known for sentence, known in _SENTENCES.items() if sentence in texts), "see its files")


def write_table() -> None:
    """Write the table of licences; of what belongs to other systems, what it said before stays."""
    before = dict(re.findall(r"^\| (\S+) \| ([^|]+) \|$", TABLE.read_text("utf-8"), re.M)) if TABLE.exists() else {}
    rows = []
    for name in locked():
        try:
            said = license_of(name)
        except PackageNotFoundError:
            said = before.get(name, "not installed where this table was made")
        rows.append(f"| {name} | {said} |")
    TABLE.write_text(_HEAD + "\n".join(rows) + "\n", "utf-8")


_HEAD = """# Licences of what is installed with movescreen

What the packages say about themselves; `python supply/make.py licenses` makes this table again, and a test compares it with what is
installed. movescreen itself, the pose networks and their licences are in `LICENSE` and `models/`. Wheels bring libraries of their own
(FFmpeg in `av`, OpenCV's in `opencv-contrib-python`), whose licences lie in the wheels.

| package | licence |
|---|---|
"""

if __name__ == "__main__":
    {"lock": write_lock, "sbom": write_sbom, "licenses": write_table}[sys.argv[1]]()
