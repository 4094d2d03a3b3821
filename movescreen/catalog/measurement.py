"""Known bias and error of the readings, applied from the catalogue's table."""

from __future__ import annotations

import numpy as np

from movescreen.catalog.loader import Catalog
from movescreen.model import FloatArray


def correct_reading(catalog: Catalog, signal: str, view: str, values: FloatArray) -> FloatArray:
    """Return readings with the known bias of the pose model taken out.

    The correction is a straight line in the reading, held constant outside the range it was fitted on, so that it is bounded
    and continuous. Signals without a row are returned as they are.

    Parameters
    ----------
    values
        ``(n,)`` plain readings in the signal's unit; NaN stays NaN.
    """
    row = catalog.measurement_row(signal, view)
    if row is None:
        return values
    held = np.clip(values, row.low, row.high)
    return np.asarray(values + row.offset + (row.gain - 1.0) * held)


def measurement_error(catalog: Catalog, signal: str, view: str) -> float:
    """Return the standard deviation of the error that remains, in the signal's unit; NaN when it is not known."""
    row = catalog.measurement_row(signal, view)
    return row.error if row is not None else float("nan")
