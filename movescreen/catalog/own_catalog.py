"""Catalogs of one's own as a whole: checked at once, compared with the packaged one, and told in results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from movescreen.catalog.client_loader import ClientCatalog, load_client_catalog, read_care
from movescreen.catalog.entries import packaged_folder
from movescreen.catalog.loader import Catalog, load_catalog
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.catalog.overlay import Change, catalog_error, find_own
from movescreen.errors import CatalogError
from movescreen.model import OwnCatalog, OwnEntry, SignalSpec


def load_whole(
    paths: Sequence[str | Path],
    signals: Mapping[str, SignalSpec] | None = None,
    measures: Collection[str] | None = None,
) -> tuple[Catalog, NormLibrary, ClientCatalog]:
    """Read everything that the catalog knows, with catalogs of one's own laid over it.

    Parameters
    ----------
    paths, signals, measures
        As for :func:`movescreen.catalog.load_catalog`.

    Raises
    ------
    CatalogError
        Lists every mistake of every file of every part.
    """
    own = find_own(paths, packaged_folder())
    mistakes: list[str] = []
    catalog = norms = care = None
    try:
        catalog = load_catalog(paths, signals, measures)
    except CatalogError as error:
        mistakes += error.mistakes
    try:
        norms = load_norms(paths)
    except CatalogError as error:
        mistakes += error.mistakes
    try:
        care = load_client_catalog(paths) if catalog and norms else read_care(packaged_folder(), own, None, None)
    except CatalogError as error:
        mistakes += error.mistakes
    if catalog is not None and norms is not None:
        mistakes += _find_wrong_quantities(catalog, norms)
    if mistakes or catalog is None or norms is None or care is None:
        raise catalog_error(mistakes)
    return catalog, norms, care


def _find_wrong_quantities(catalog: Catalog, norms: NormLibrary) -> list[str]:
    return [
        f"movement {name}: references.{i}.quantity: there is no quantity in the norms called {reference.quantity!r}"
        for name, spec in catalog.movements.items()
        for i, reference in enumerate(spec.references)
        if reference.quantity not in norms.quantities
    ]


def list_changes(paths: Sequence[str | Path]) -> tuple[Change, ...]:
    """Return what catalogs of one's own change and add, against the packaged one: one entry a key, the later folder wins.

    Raises
    ------
    CatalogError
        As :func:`load_whole`.
    """
    if not paths:
        return ()
    parts = load_whole(paths)
    found: dict[tuple[str, str, str], Change] = {}
    for change in (change for part in parts for change in part.changes):
        key = change.kind, change.entry, change.key
        if change.key and (change.kind, change.entry, "") in found:
            continue  # the entry itself is new
        first = found.get(key, change)
        found[key] = Change(change.catalog, *key, first.before, change.own)
    return tuple(change for change in found.values() if not change.key or change.own != change.before)


def describe_own(paths: Sequence[str | Path]) -> tuple[OwnCatalog, ...]:
    """Return the catalogs of one's own, with what each changes and adds, as results tell it.

    Raises
    ------
    CatalogError
        As :func:`load_whole`.
    """
    changes = list_changes(paths)
    return tuple(
        OwnCatalog(own.name, own.sha256, _entries(change for change in changes if change.catalog == own.name))
        for own in find_own(paths, packaged_folder())
    )


def _entries(changes: Iterable[Change]) -> tuple[OwnEntry, ...]:
    keys: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        keys.setdefault((change.kind, change.entry), []).extend([change.key] if change.key else [])
    return tuple(OwnEntry(kind, name, tuple(found)) for (kind, name), found in keys.items())
