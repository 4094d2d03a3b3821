"""What the catalog gives an analysis: which catalog is in force, its corrections and its errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from movescreen.catalog import Catalog, correct_reading, load_catalog, measurement_error
from movescreen.catalog.measurement import correct_posture, share_of_posture, sum_terms
from movescreen.catalog.own_catalog import load_whole
from movescreen.catalog.schema import TURNED
from movescreen.kinematics import SIGNALS, Correction
from movescreen.measures import MEASURES
from movescreen.model import ClipResult, FloatArray, SignalSpec, View
from movescreen.settings import Settings


def catalog_in_force(settings: Settings) -> Catalog:
    """Return the packaged catalog with those of one's own that the settings name laid over it.

    Those of one's own are checked as a whole, against what can be measured, too.

    Raises
    ------
    CatalogError
        Lists every mistake of every file.
    """
    return load_whole(settings.catalog, known_signals(), MEASURES)[0] if settings.catalog else load_catalog()


def catalog_of(results: Iterable[ClipResult]) -> Catalog:
    """Return the catalog that clips were analyzed with, as the first one says."""
    return load_catalog(next((tuple(r.provenance.settings.get("catalog", ())) for r in results), ()))


def known_signals() -> dict[str, SignalSpec]:
    """Return the specifications of all registered signals, for checking the catalog against them."""
    return {name: item.spec for name, item in SIGNALS.items()}


def known_correction(catalog: Catalog) -> Correction:
    """Return the correction of known bias that the catalog holds."""

    def correct(name: str, view: View, values: FloatArray, inputs: Mapping[str, FloatArray]) -> FloatArray:
        return correct_reading(catalog, name, view, values, inputs)

    return correct


def known_errors(
    catalog: Catalog, movement: str, *, raw: bool
) -> Callable[[str, View, FloatArray, Mapping[str, FloatArray] | None], FloatArray]:
    """Return what tells the error of a signal's readings in a view; without inputs only that of movement and reading."""

    def find(name: str, view: View, values: FloatArray, inputs: Mapping[str, FloatArray] | None) -> FloatArray:
        error = measurement_error(catalog, name, view, movement, values, inputs)
        row = catalog.measurement_row(name, view)
        if row is None or not raw:
            return error
        # without the correction its size belongs to the error: at worst what the line takes out at either end, and the terms
        bias = max(abs(row.offset + (row.gain - 1.0) * x) for x in (row.low, row.high))
        terms = row.limit if inputs is None else sum_terms(row, inputs) if row.terms else 0.0
        if inputs is not None and row.view == TURNED and share_of_posture(catalog, name, view):
            terms = correct_posture(catalog, catalog.stem(name), inputs)
        return np.asarray(np.hypot(error, bias + np.abs(terms)))

    return find
