"""The wheel and the sdist: what is in them, and that movescreen works from the wheel alone, with and without its parts.

Nothing is fetched: the wheel goes into an empty environment by itself, which borrows the other packages from the one the tests run in.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pandas as pd
import pytest
from packaging.requirements import Requirement

from movescreen import __version__
from movescreen.parts import PARTS, list_requirements

ROOT = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheel and sdist of this checkout, by their endings."""
    folder = tmp_path_factory.mktemp("built")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    return {path.suffix: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def environment(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with movescreen from the wheel in it; the packages of the parts are not to be had."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    scripts = Path(sysconfig.get_path("scripts", vars={"base": str(home)}))
    python = scripts / Path(sys.executable).name
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--disable-pip-version-check", str(built[".whl"])], check=True, capture_output=True)
    # a .pth names folders that are looked into last, so movescreen itself is the wheel's
    (site / "borrowed.pth").write_text(str(borrow_core(home / "borrowed")) + "\n", "utf-8")
    return scripts


def borrow_core(folder: Path) -> Path:
    """Return a folder of links to all packages of this environment but those of the parts."""
    folder.mkdir()
    absent = {name.replace("-", "_").lower() for part in PARTS for name, _ in list_requirements(part)}
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if re.split(r"[-.]", entry.name)[0].lower() not in absent:
            (folder / entry.name).symlink_to(entry)
    return folder


def run(environment: Path, folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [str(environment / "movescreen"), *map(str, words)]
    env = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "PATH": str(environment),
        "PYTHONWARNINGS": "ignore",
    }
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_wheel_holds_networks_clips_licenses_and_all_parts(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built[".whl"]) as wheel:
        names = set(wheel.namelist())
        about = f"movescreen-{__version__}.dist-info"
        metadata = HeaderParser().parsestr(wheel.read(f"{about}/METADATA").decode())
    checkout = {
        str(p.relative_to(ROOT))
        for p in (ROOT / "movescreen").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert checkout - names == set()
    assert {f"movescreen/_data/models/pose_landmarker_{kind}.task" for kind in ("lite", "full")} <= names
    clips = {f"movescreen/_data/{p.relative_to(ROOT)}" for p in (ROOT / "sample_videos").rglob("*.mp4")}
    assert clips
    assert clips <= names
    assert {f"{about}/licenses/LICENSE", f"{about}/licenses/models/LICENSE"} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))]
    assert {*PARTS, "all", "docs", "test"} <= set(metadata.get_all("Provides-Extra") or ())
    core = [line for line in metadata.get_all("Requires-Dist") or () if "extra ==" not in line]
    assert {Requirement(line).name for line in core} == {name for name, _ in list_requirements()}


def test_the_sdist_holds_what_is_needed_to_work_on_it(built: dict[str, Path]) -> None:
    with tarfile.open(built[".gz"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "install.sh",
        "install.ps1",
        "Containerfile",
        "supply/locked.txt",
        "tests/test_wheel.py",
        "docs/conf.py",
        "README.md",
    } <= names
    assert {"CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "pyproject.toml"} <= names
    assert not [name for name in names if name.startswith(("docs/made/", "site/", ".git/", "results/"))]


@pytest.mark.network
def test_the_wheel_alone_analyzes_a_clip_without_any_part(environment: Path, tmp_path: Path) -> None:
    doctor = run(environment, tmp_path, "doctor")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert f"{environment.parent}" in next(line for line in doctor.stdout.splitlines() if "pose model full" in line)
    clip = next(environment.parent.rglob("_data/sample_videos/squat_valgus_front.mp4"))
    done = run(environment, tmp_path, "analyze", clip, "--out", "result")
    assert done.returncode == 0, done.stderr
    findings = pd.read_csv(tmp_path / "result/findings.csv").set_index("check_id")
    assert findings.loc["knee_valgus", "status"] == "flagged"
    assert (tmp_path / "result/report.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("serve", "--port", "9"), "web"),
        (("client", "list"), "records"),
        (("plan", "show", "C017"), "records"),
        (("analyze", "{clip}", "--pdf"), "pdf"),
        (("batch", "{clip}", "--out", "o", "--cluster", "tcp://127.0.0.1:9"), "cluster"),
    ],
)
def test_what_needs_a_part_names_it_in_two_lines(
    environment: Path, tmp_path: Path, words: tuple[str, ...], part: str
) -> None:
    clip = str(ROOT / "sample_videos/bend_side.mp4")
    done = run(environment, tmp_path, *(word.format(clip=clip) for word in words))
    assert done.returncode in (2, 4), done.stdout
    assert len(done.stderr.splitlines()) == 2, done.stderr
    assert f"movescreen[{part}]" in done.stderr.splitlines()[1]
