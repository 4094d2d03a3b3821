"""Packages of others that add to movescreen, found by their entry points (:mod:`importlib.metadata`).

What they bring registers itself when its module is imported, with the same decorators as what is built in. A package that fails
costs what it would have brought, and nothing else; ``movescreen doctor`` names it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType

_LOG = logging.getLogger("movescreen.plugins")
#: Kinds of additions, each a group of entry points called ``movescreen.KIND``.
KINDS = ("engines", "signals", "writers", "catalogs")


@cache
def load_plugins(kind: str) -> Mapping[str, str]:
    """Import, once, what other packages add of a kind.

    Returns
    -------
    mapping of str to str
        Name of the entry point -> what went wrong with it; empty when it loaded.
    """
    told = {}
    for point in _points(kind):
        try:
            point.load()
            told[point.name] = ""
        except Exception as error:  # what is wrong with others' code must not stop a screening
            told[point.name] = f"{type(error).__name__}: {error}"
            _LOG.warning("the plug-in %s (%s) cannot be used: %s", point.name, point.value, told[point.name])
    return MappingProxyType(told)


def list_plugins(kind: str) -> dict[str, str]:
    """Return the entry points of a kind: name -> the package that brings it."""
    return {point.name: point.dist.name if point.dist else "?" for point in _points(kind)}


def find_catalog(name: str) -> str:
    """Return the folder of a catalog that an installed package brings; the name itself when it is a folder here, or none is called so.

    The entry point names a folder, as text or path. A catalog changes what is judged, so it is laid over the packaged one only where it
    is asked for by name.
    """
    found = None if Path(name).is_dir() else next((p for p in _points("catalogs") if p.name == name), None)
    return name if found is None else str(found.load())


def _points(kind: str) -> list[EntryPoint]:
    return sorted(entry_points(group=f"movescreen.{kind}"), key=lambda point: point.name)
