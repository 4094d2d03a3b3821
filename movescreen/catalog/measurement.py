"""Known bias and error of the readings, applied from the catalog's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from movescreen.catalog.loader import Catalog
from movescreen.catalog.schema import (
    ANY_MOVEMENT,
    LIFTED,
    OWN_TERMS,
    TURN_BASIS,
    TURNED,
    CorrectionTerm,
    MeasurementRow,
)
from movescreen.model import FloatArray, View, ViewKind
from movescreen.model.result import SQUARE_SIDE_DEG
from movescreen.statistics import mdc_of_sem

#: What two readings that are compared stem from.
Between = Literal["clips", "reps"]

#: Off a square side view by less than this, degrees, an angle is the mean of that read in the picture and that read in three
#: dimensions; from there to where it is no longer read in the picture the latter's share grows to all of it.
_SURELY_SQUARE_DEG, _SHARE_WHEN_SQUARE = 8.0, 0.5
#: A leg this far behind the other one, leg lengths, is the rear one of a lunge.
_FAR_BEHIND = 0.3


def correct_reading(
    catalog: Catalog, signal: str, view: View | str, values: FloatArray, inputs: Mapping[str, FloatArray] | None = None
) -> FloatArray:
    """Return readings with the known bias of the pose model taken out.

    The correction is a straight line in the reading, held constant outside the range it was fitted on, and a few bounded terms
    of what else the same frames show. Signals without a row are returned as they are. Angles that are read in three dimensions are
    corrected by the whole posture; square from the side they are joined with the reading in the picture.

    Parameters
    ----------
    values
        ``(n,)`` plain readings in the signal's unit; NaN stays NaN.
    inputs
        What the terms read, ``(n,)`` each; the straight line alone is used when None.
    """
    row = catalog.measurement_row(signal, view)
    if row is None:
        return values
    held = np.clip(values, row.low, row.high)
    extra = sum_terms(row, inputs) if row.terms and inputs is not None else 0.0
    corrected = np.asarray(values + row.offset + (row.gain - 1.0) * held + extra)
    share = share_of_posture(catalog, signal, view)
    if inputs is None or not share > 0:
        return corrected
    stem = catalog.stem(signal)
    in_space = inputs[f"{LIFTED}{stem}"] + correct_posture(catalog, stem, inputs)
    # the leg behind in a lunge, which the postures of the fit do not hold, is left to the picture where there is one
    unknown = 0.0 if row.view == TURNED else np.clip(_without_holes(inputs["behind"]) / _FAR_BEHIND, 0.0, 1.0)
    return np.asarray(corrected + share * (1.0 - unknown) * (in_space - corrected))


def share_of_posture(catalog: Catalog, signal: str, view: View | str) -> float:
    """Return how much of a corrected reading comes from three dimensions and the whole posture, 0..1."""
    posture = catalog.measurement.posture
    if posture is None or isinstance(view, str) or catalog.stem(signal) not in posture.signals:
        return 0.0
    return _share_in_space(view)


def _share_in_space(view: View) -> float:
    """Return how much of a reading that is joined comes from three dimensions, 0..1: the rest is read in the picture."""
    if view.square != ViewKind.SIDE.value:
        return 1.0
    off = 0.0 if view.forced else abs(abs(view.yaw_deg) - 90.0)
    return float(np.interp(off, (_SURELY_SQUARE_DEG, SQUARE_SIDE_DEG), (_SHARE_WHEN_SQUARE, 1.0)))


def correct_posture(catalog: Catalog, stem: str, inputs: Mapping[str, FloatArray]) -> FloatArray:
    """Return what to add to a reading in three dimensions, ``(n,)``; an input that was never measured counts as its mean."""
    posture = catalog.measurement.posture
    assert posture is not None
    low, high, mean, scale = np.array([(i.low, i.high, i.mean, i.scale) for i in posture.inputs]).T
    shown = np.stack([_without_holes(inputs[item.input]) for item in posture.inputs], axis=1)
    shown = np.nan_to_num((np.clip(shown, low, high) - mean) / scale)
    units, weights = np.array(posture.units), np.array(posture.weights[posture.signals.index(stem)])
    hidden = np.tanh(shown @ units[:, :-1].T + units[:, -1])
    change = np.concatenate([shown, hidden], axis=1) @ weights[:-1] + weights[-1]
    return np.asarray(np.clip(change, -posture.limit, posture.limit))


def sum_terms(row: MeasurementRow, inputs: Mapping[str, FloatArray]) -> FloatArray | float:
    """Return the terms' share of a correction, ``(n,)``; 0 when one of their inputs was never measured."""
    parts = [_weight(t, inputs) * np.clip(_without_holes(inputs[t.input]), t.low, t.high) for t in row.terms]
    total = np.clip(np.sum(parts, axis=0), -row.limit, row.limit)
    return np.asarray(total) if np.isfinite(total).all() else 0.0


def _weight(term: CorrectionTerm, inputs: Mapping[str, FloatArray]) -> FloatArray | float:
    if term.turned is None:
        return term.weight
    return term.weight + sum(w * inputs[name] for w, name in zip(term.turned, TURN_BASIS, strict=True))


def _without_holes(values: FloatArray) -> FloatArray:
    """Return a curve with its holes bridged by straight lines: a correction must not jump where an input is lost."""
    good = np.isfinite(values)
    if good.all() or not good.any():
        return values
    frames = np.arange(len(values))
    return np.interp(frames, frames[good], values[good])


def measurement_error(
    catalog: Catalog,
    signal: str,
    view: View | str,
    movement: str = "",
    values: FloatArray | float = float("nan"),
    inputs: Mapping[str, FloatArray] | None = None,
) -> FloatArray:
    """Return the standard deviation of the error that remains, in the signal's unit, shaped like ``values``; NaN where not known.

    Parameters
    ----------
    movement
        Takes the error found in this movement where it is greater than that over all movements. A smaller one is not believed
        of a square view: it comes from a dozen clips of few bodies.
    values
        Corrected readings, in the signal's unit; NaN for the error at the turn over all movements.
    inputs
        What the row's doubts read, shaped like ``values`` each; without them the error is that of the movement and reading.
    """
    values = np.asarray(values, dtype=np.float64)
    row = catalog.measurement_row(signal, view)
    if row is None:
        return np.full(values.shape, np.nan)
    turn = float("nan") if isinstance(view, str) else abs(view.yaw_deg)
    error = _error_of_row(row, movement, turn, values, inputs)
    turned = catalog.measurement_row(signal, TURNED)
    # what the posture corrects has no terms of its own, nor has what is made of that: both are joined from two readings
    if row is turned or turned is None or turned.terms or isinstance(view, str) or catalog.measurement.posture is None:
        return error
    return error + _share_in_space(view) * (_error_of_row(turned, movement, turn, values, inputs) - error)


def _error_of_row(
    row: MeasurementRow, movement: str, turn: float, values: FloatArray, inputs: Mapping[str, FloatArray] | None
) -> FloatArray:
    """Return the error that a row tells of, shaped like ``values``."""
    near = [found for name in (movement, ANY_MOVEMENT) if (found := _read_curves(row, name, turn, values)) is not None]
    error = np.full(values.shape, row.error)
    if near:
        # at every turn dozens of clips show a movement: its own error is believed, a greater one, which few lost clips make, half
        joined = np.minimum(near[0], np.mean(near, axis=0)) if row.view == TURNED else np.max(near, axis=0)
        error = np.where(np.isfinite(values), joined, error)
    return error if inputs is None else _add_doubts(row, error, inputs)


def _read_curves(row: MeasurementRow, movement: str, turn_deg: float, values: FloatArray) -> FloatArray | None:
    """Return the error of values in a movement at a turn, shaped like ``values``; None when the row has no such curve."""
    curves = sorted((c for c in row.curves if c.movement == movement), key=lambda c: c.turn or 0.0)
    if not curves:
        return None
    errors = np.array([np.interp(values, [k.value for k in c.knots], [k.error for k in c.knots]) for c in curves])
    if len(curves) == 1 or not np.isfinite(turn_deg):
        return np.asarray(errors.max(axis=0))
    turns = np.array([c.turn or 0.0 for c in curves])
    place = float(np.interp(turn_deg, turns, np.arange(len(turns))))
    below = min(int(place), len(turns) - 2)
    return np.asarray(errors[below] + (place - below) * (errors[below + 1] - errors[below]))


def _add_doubts(row: MeasurementRow, error: FloatArray, inputs: Mapping[str, FloatArray]) -> FloatArray:
    """Return the error grown by what makes a reading less certain; an input that was never measured adds nothing."""
    for doubt in row.doubts:
        size = np.abs(sum_terms(row, inputs) if doubt.input == OWN_TERMS else _without_holes(inputs[doubt.input]))
        error = np.hypot(error, doubt.weight * np.minimum(np.nan_to_num(size), doubt.high))
    return error


def standard_error(catalog: Catalog, signal: str, view: View | str, between: Between = "clips") -> float:
    """Return the standard error of measurement: how far one reading lies from another by chance, in the signal's unit; NaN when not known.

    Parameters
    ----------
    between
        ``clips``: two recordings of one person, where clothes, camera and place differ. ``reps``: two repetitions of one
        clip, which share most of the error.
    """
    row = catalog.measurement_row(signal, view)
    sem = None if row is None else row.sem_clips if between == "clips" else row.sem_reps
    return float("nan") if sem is None else sem


def minimal_detectable_change(catalog: Catalog, signal: str, view: View | str, between: Between = "clips") -> float:
    """Return the smallest difference of two readings that is no chance at 95 %; parameters and unit as in :func:`standard_error`."""
    return mdc_of_sem(standard_error(catalog, signal, view, between))
