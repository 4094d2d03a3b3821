"""Angles from points. Pure functions of arrays; degrees out; NaN in gives NaN out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from movescreen.model import FloatArray

#: Vectors shorter than this (in the unit of the input) have no direction.
_TINY = 1e-9


def compute_angle_between(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the unsigned angle between two vectors.

    Parameters
    ----------
    a, b
        ``(n, d)`` vectors.

    Returns
    -------
    ndarray
        ``(n,)`` degrees, 0..180; NaN where a vector is missing or has no length.
    """
    norm = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = np.where(norm > _TINY, np.sum(a * b, axis=-1) / norm, np.nan)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def compute_flexion(proximal: FloatArray, joint: FloatArray, distal: FloatArray) -> FloatArray:
    """Return 180 minus the angle proximal-joint-distal: 0 straight, larger is more bent, degrees ``(n,)``."""
    return np.asarray(180.0 - compute_angle_between(proximal - joint, distal - joint))


def compute_inclination(lower_xy: FloatArray, upper_xy: FloatArray, forward_sign: float) -> FloatArray:
    """Return the tilt of a segment from vertical in the image plane.

    Parameters
    ----------
    lower_xy, upper_xy
        ``(n, 2)`` ends of the segment in pixels, y down.
    forward_sign
        +1 when image right counts as positive, -1 when image left does.

    Returns
    -------
    ndarray
        ``(n,)`` degrees in (-180, 180]; 0 when upright, positive when the upper end leans to the positive side.
    """
    d = upper_xy - lower_xy
    tilt = np.degrees(np.arctan2(forward_sign * d[..., 0], -d[..., 1]))
    return np.asarray(np.where(np.linalg.norm(d, axis=-1) > _TINY, tilt, np.nan))


def compute_frontal_projection_angle(
    hip: FloatArray, knee: FloatArray, ankle: FloatArray, medial_sign: float
) -> FloatArray:
    """Return the signed frontal-plane projection angle.

    The bend at the knee between the projected thigh and shank; positive when the knee lies towards the midline of the
    hip-ankle line (valgus).

    Parameters
    ----------
    hip, knee, ankle
        ``(n, 2)`` pixels, y down.
    medial_sign
        +1 when the body's midline lies towards image left of this leg (a left leg seen from the front), -1 otherwise.
    """
    thigh, shank = knee - hip, ankle - knee
    cross = thigh[..., 0] * shank[..., 1] - thigh[..., 1] * shank[..., 0]
    dot = np.sum(thigh * shank, axis=-1)
    # y points down in the picture, so a knee to the midline's side of a left leg gives a negative cross product
    return np.asarray(-medial_sign * np.degrees(np.arctan2(cross, dot)))


def compute_tilt_from_horizontal(a_xy: FloatArray, b_xy: FloatArray) -> FloatArray:
    """Return how far the line a-b is from horizontal, degrees in [-90, 90]; positive when ``b`` is higher."""
    d = b_xy - a_xy
    return np.asarray(np.degrees(np.arctan2(-d[..., 1], np.abs(d[..., 0]))))


def compute_length(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the distance between two points, ``(n,)``, in their unit."""
    return np.asarray(np.linalg.norm(a - b, axis=-1))


def wrap_degrees(angles_deg: FloatArray | float) -> FloatArray:
    """Return directions or turns as they lie in [-180, 180), degrees."""
    return np.asarray((np.asarray(angles_deg) + 180.0) % 360.0 - 180.0)


def compute_circular_median(angles_deg: NDArray[np.float64]) -> float:
    """Return the median of directions, degrees in (-180, 180]; NaN for none."""
    angles = angles_deg[np.isfinite(angles_deg)]
    if not angles.size:
        return float("nan")
    rad = np.radians(angles)
    center = np.degrees(np.arctan2(np.median(np.sin(rad)), np.median(np.cos(rad))))
    rest = wrap_degrees(angles - center)
    return float(wrap_degrees(center + np.median(rest)))
