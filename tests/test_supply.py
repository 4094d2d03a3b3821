"""What is installed with movescreen: locked by hash, listed, licensed, and held against advisories without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SUPPLY = ROOT / "supply"


@pytest.fixture(scope="module")
def make() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SUPPLY))
        yield import_module("make")


def test_the_lock_holds_what_the_project_asks_for_and_every_package_by_its_hash(make: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    locked = make.locked()
    parts = project["project"]["optional-dependencies"]
    installed = [
        line for part in ("records", "web", "pdf") for line in parts[part] if not line.startswith("movescreen[")
    ]
    assert parts["all"] == ["movescreen[records,web,pdf]"]
    for line in (*project["project"]["dependencies"], *installed, *project["build-system"]["requires"]):
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), line
    blocks = [
        block for block in (SUPPLY / "locked.txt").read_text("utf-8").split("\n") if block and not block.startswith("#")
    ]
    names = [line for line in blocks if not line.startswith(" ")]
    assert len(names) == len(locked) >= 60
    assert all("--hash=sha256:" in after for line, after in pairwise(blocks) if not line.startswith(" "))


def test_the_bill_of_materials_and_the_licences_are_of_what_is_locked(make: ModuleType) -> None:
    told = json.loads((SUPPLY / "sbom.cdx.json").read_text("utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    assert {part["name"]: part["version"] for part in told["components"]} == make.locked()
    assert all(part["hashes"] for part in told["components"])
    table = (SUPPLY / "licenses.md").read_text("utf-8")
    assert "not installed" not in table
    for name in make.locked():
        line = next(row for row in table.splitlines() if row.startswith(f"| {name} | "))
        try:
            said = make.license_of(name)
        except PackageNotFoundError:  # of another system, or only needed to build
            continue
        # a newer release may say the same in other words
        known = {
            word
            for word in ("MIT", "BSD", "Apache", "MPL", "Mozilla", "PSF", "Python", "ISC", "LGPL", "GPL", "Zlib")
            if word in line
        }
        assert any(word in said for word in known), f"{name} says {said}, the table {line}"


def advise(folder: Path, *advisories: object) -> subprocess.CompletedProcess[str]:
    (folder / "all.json").write_text(json.dumps(advisories), "utf-8")
    script = [sys.executable, str(SUPPLY / "check_advisories.py"), str(folder / "all.json")]
    return subprocess.run(script, text=True, capture_output=True, check=False)


def advisory(name: str, *events: dict[str, str], **more: object) -> dict[str, object]:
    affected = {
        "package": {"ecosystem": "PyPI", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": "X-1", "modified": "2026-01-02T00:00:00Z", "affected": [affected], **more}


@pytest.mark.processes
def test_an_advisory_about_a_locked_version_is_found_without_a_network(tmp_path: Path, make: ModuleType) -> None:
    version = make.locked()["jinja2"]
    hit = advise(tmp_path, advisory("Jinja2", {"introduced": "0"}))
    assert hit.returncode == 1
    assert f"jinja2 {version}: X-1" in hit.stdout
    assert advise(tmp_path, advisory("jinja2", {"introduced": "0"}, {"last_affected": version})).returncode == 1
    missed = advise(
        tmp_path, advisory("jinja2", {"introduced": "0"}, {"fixed": version}), advisory("jinja2", {"introduced": "99"}),
        advisory("jinja", {"introduced": "0"}), advisory("jinja2", {"introduced": "0"}, withdrawn="2026-01-01"),
    )  # fmt: skip
    assert (missed.returncode, "4 advisories, the newest of 2026-01-02: 0 affect" in missed.stdout) == (0, True)
    # a file without advisories proves nothing, and a damaged one neither
    found = {"package": {"ecosystem": "PyPI", "name": "jinja2"}}
    for odd in (
        [],
        [{"id": "X-1"}],
        ["X-1"],
        [advisory("x") | {"affected": "jinja2"}],
        [{"affected": [found | {"ranges": 5}]}],
    ):
        refused = advise(tmp_path, *odd)
        assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 2), odd


@pytest.mark.processes
@pytest.mark.parametrize("given", [[], ["nowhere.zip"], ["torn.json"], ["torn"], ["torn.json", "torn"]])
def test_what_holds_no_advisories_is_told_in_two_lines(tmp_path: Path, given: list[str]) -> None:
    (tmp_path / "torn").mkdir()
    for name in ("torn.json", "torn/a.yaml"):
        (tmp_path / name).write_text("{", "utf-8")
    script = [sys.executable, str(SUPPLY / "check_advisories.py"), *given]
    run = subprocess.run(script, cwd=tmp_path, text=True, capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    told, hint = run.stderr.splitlines()
    assert (told.startswith("error: "), hint.startswith("hint: ")) == (True, True)


#: As in PyPI's own database, where what is no text in YAML is none in the advisory: 2.10 is a version, the day one of 20 characters.
IN_YAML = """id: PYSEC-1
modified: 2026-01-02T00:00:00Z
affected:
- package: {ecosystem: PyPI, name: Pack.Age}
  ranges:
  - type: GIT
    events: [{introduced: 5b1eb4c}]
  - type: ECOSYSTEM
    events:
    - fixed: 2.10
    - introduced: '0'
  versions: [2.9, 2.10rc1]
"""


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_advisories_come_as_pypi_and_osv_hand_them_out(tmp_path: Path, packed: bool, make: ModuleType) -> None:
    check = import_module("check_advisories")
    folder = tmp_path / "database"
    (folder / "vulns" / "package").mkdir(parents=True)
    (folder / "vulns" / "package" / "PYSEC-1.yaml").write_text(IN_YAML, "utf-8")
    (folder / "X-1.json").write_text(json.dumps(advisory("other", {"introduced": "0"})), "utf-8")
    (folder / "README.md").write_text("about it", "utf-8")
    (folder / "schema.json").write_text("{}", "utf-8")
    found = shutil.make_archive(str(folder), "zip", folder) if packed else folder
    known = {each["id"]: each for each in check.read_advisories(Path(found))}
    assert sorted(known) == ["PYSEC-1", "X-1"]
    for version, hit in (("2.9.9", True), ("2.9", True), ("2.10rc1", True), ("2.10", False), ("2.11", False)):
        assert check.affects(known["PYSEC-1"], "pack-age", version) is hit, version
    assert not check.affects(known["X-1"], "pack-age", "1.0")
