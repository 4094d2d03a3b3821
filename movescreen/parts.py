"""The optional parts of movescreen: which packages each one needs, and what to say when one is not installed.

``pyproject.toml`` says which packages a part has; nothing repeats it here.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from movescreen.errors import AssetError

#: The parts, those first that a package is looked for in first.
PARTS = ("records", "web", "pdf", "research", "cluster", "postgres")

_LINE = re.compile(
    r"([\w.-]+)\s*(?:\[([^]]*)\])?\s*\(?([^;()]*)\)?\s*(?:;(?:.*\bextra\s*==\s*['\"]([\w-]+)['\"])?.*)?$"
)


def list_requirements(part: str = "") -> tuple[tuple[str, str], ...]:
    """Return name and version range of every package that a part needs besides the core; of the core when no part is named."""
    return tuple((name, wanted) for name, wanted, of in _read_requirements() if of == part and name != "movescreen")


def _read_requirements() -> list[tuple[str, str, str]]:
    """Return name, version range and part of every package."""
    matches = filter(None, map(_LINE.match, read_lines()))
    return [(match[1], match[3].strip(), match[4] or "") for match in matches]


def read_lines() -> list[str]:
    """Return the requirements as the project file of a checkout has them, or as they were installed."""
    file = Path(__file__).parents[1] / "pyproject.toml"
    if not file.is_file():
        return importlib.metadata.requires("movescreen") or []
    project = tomllib.loads(file.read_text("utf-8"))["project"]
    parts = project["optional-dependencies"].items()
    return [*project["dependencies"], *(f"{line}; extra == '{part}'" for part, some in parts for line in some)]


@cache
def find_part(module: str) -> str:
    """Return the part that a module's package belongs to, or "" when it belongs to none."""
    package = _plain(module.partition(".")[0])
    return next((part for part in PARTS if package in {_plain(name) for name, _ in list_requirements(part)}), "")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def name_missing_part(error: ModuleNotFoundError) -> AssetError | None:
    """Return the error that names the part to install, or None when the module is of no part."""
    part = find_part(error.name or "")
    if not part:
        return None
    return AssetError(
        f"this needs the package {(error.name or '').partition('.')[0]}, which is not installed",
        f'install the part "{part}": pip install "movescreen[{part}]" (install.sh installs all parts)',
    )


def need_package(name: str) -> Any:
    """Return an imported package that a part brings, such as ``xarray``.

    Raises
    ------
    AssetError
        When it is not installed; names the part.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise name_missing_part(error) or error from error
