"""The optional parts: which package is of which, and that the core gets along without all of them."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from movescreen import parts
from movescreen.cli import main
from movescreen.errors import AssetError
from movescreen.parts import PARTS, find_part, list_requirements, name_missing_part, need_package

ROOT = Path(__file__).parents[1]
#: As a wheel's metadata writes them.
INSTALLED = [
    "numpy>=1.26",
    "pydantic-settings>=2.3",
    'movescreen[records]; extra == "web"',
    "fastapi>=0.115; extra == 'web'",
    'psycopg[binary]>=3.1; extra == "postgres"',
    'sqlalchemy<3,>=2.0.30; extra == "records"',
    'opensim>=4.6; (sys_platform == "linux" and platform_machine == "x86_64") and extra == "test"',
    'tomli>=2; python_version < "3.11"',
]


@pytest.mark.parametrize(
    ("module", "part"),
    [
        ("fastapi.staticfiles", "web"), ("starlette", "web"), ("cryptography", "web"), ("sqlalchemy.orm", "records"),
        ("pyrage", "records"), ("weasyprint", "pdf"), ("distributed", "cluster"), ("psycopg", "postgres"),
        ("numpy", ""), ("openpyxl", ""), ("pytest", ""), ("no_such_module", ""), ("", ""),
    ],
)  # fmt: skip
def test_which_part_a_module_is_of(module: str, part: str) -> None:
    assert find_part(module) == part


def test_what_was_installed_reads_like_the_project_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "read_lines", lambda: INSTALLED)
    assert list_requirements() == (("numpy", ">=1.26"), ("pydantic-settings", ">=2.3"), ("tomli", ">=2"))
    assert list_requirements("web") == (("fastapi", ">=0.115"),)
    assert list_requirements("records") == (("sqlalchemy", "<3,>=2.0.30"),)
    assert list_requirements("postgres") == (("psycopg", ">=3.1"),)
    assert list_requirements("test") == (("opensim", ">=4.6"),)


def test_without_a_project_file_the_metadata_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "__file__", "/nowhere/movescreen/parts.py")
    monkeypatch.setattr(importlib.metadata, "requires", lambda _name: INSTALLED)
    assert parts.read_lines() == INSTALLED


def test_a_command_that_needs_a_missing_part_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "movescreen.cli.serve", None)
    error = ModuleNotFoundError("No module named 'fastapi'", name="fastapi.staticfiles")
    monkeypatch.setattr("movescreen.cli.app._load", lambda _name: (_ for _ in ()).throw(error))
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    assert ended.value.code == 4
    assert capsys.readouterr().err.splitlines() == [
        "error: this needs the package fastapi, which is not installed",
        'hint: install the part "web": pip install "movescreen[web]" (install.sh installs all parts)',
    ]


def test_a_missing_module_of_no_part_stays_a_bug() -> None:
    assert name_missing_part(ModuleNotFoundError("No module named 'x'", name="movescreen.x")) is None


#: Runs a command and prints which packages of parts, and which heavy ones, were imported.
_IMPORTS = """
import contextlib, io, sys
from movescreen.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(sys.argv[2:])
print(*sorted({name.partition(".")[0] for name in sys.modules} & {*sys.argv[1].split(",")}))
"""


def test_a_package_that_is_needed_comes_or_its_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert need_package("pyarrow").__name__ == "pyarrow"
    monkeypatch.setitem(sys.modules, "xarray", None)  # as if it were not installed
    with pytest.raises(AssetError, match="xarray") as caught:
        need_package("xarray")
    assert 'pip install "movescreen[research]"' in str(caught.value.hint)


@pytest.mark.processes
@pytest.mark.parametrize("command", [["--version"], ["--help"]])
def test_version_and_help_import_nothing_heavy(command: list[str]) -> None:
    """What makes a start slow is what it imports, whatever the machine."""
    packages = [name.replace("-", "_") for part in PARTS for name, _ in list_requirements(part)]
    heavy = [
        *packages,
        *["numpy", "pandas", "scipy", "cv2", "av", "mediapipe", "matplotlib", "jinja2", "openpyxl", "tomlkit"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTS, ",".join(heavy), *command],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.split() == []


def test_every_import_is_of_a_package_that_the_project_asks_for() -> None:
    """A package that only comes along with another one may be gone tomorrow."""
    same = {"cv2": "mediapipe", "markupsafe": "jinja2", "pydantic_core": "pydantic"}  # they document these as theirs
    asked = {name.lower().replace("-", "_") for part in ("", *PARTS) for name, _ in list_requirements(part)}
    for path in (ROOT / "movescreen").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in {each.partition(".")[0] for each in names} - sys.stdlib_module_names - {"movescreen"}:
                assert same.get(name, name).lower() in asked, f"{path.relative_to(ROOT)} imports {name}"
