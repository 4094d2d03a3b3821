"""Packages that only some ways of working need: imported when asked for, with the way to get them when they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from movescreen.errors import AssetError


def need_package(name: str, extra: str) -> Any:
    """Return an imported package.

    Parameters
    ----------
    name
        What it is imported as, such as ``xarray``.
    extra
        Which of movescreen's extras brings it.

    Raises
    ------
    AssetError
        When it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise AssetError(f"this needs the package {name}: {error}", f"pip install 'movescreen[{extra}]'") from error
