"""Smoothing of landmark tracks: short gaps, outliers, then a zero-phase low-pass.

The order matters: an outlier that reaches the low-pass smears over its neighbors. Gaps longer than a stated limit are
never filled; each stretch between them is filtered by itself, so that nothing leaks across.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from movescreen.model import BoolArray, FilterSpec, FloatArray

#: The MAD of a normal distribution times this is its standard deviation.
_MAD_TO_SD = 1.4826
#: Order of the low-pass as applied: half of it forward and half backward.
_ORDER = 4
#: A cut-off may not come nearer to the Nyquist frequency than this share of it.
_NYQUIST_SHARE = 0.9


@dataclass(frozen=True)
class SmoothingSettings:
    """How landmark tracks are smoothed.

    Attributes
    ----------
    cutoff_hz
        Low-pass cut-off. 4 Hz suits squats, lunges and bends (the rate used for squats by OpenCap's analysis).
    max_gap_s
        Longest gap that is bridged by a straight line before filtering. Longer gaps stay empty.
    outlier_window_s
        Full width of the Hampel window; 0 switches it off.
    outlier_sd
        A sample further than this many robust standard deviations from the median of its window is an outlier.
    outlier_floor_px
        Deviations below this are never outliers, so that a still landmark is not eaten by its own noise.
    """

    cutoff_hz: float = 4.0
    max_gap_s: float = 0.2
    outlier_window_s: float = 0.25
    outlier_sd: float = 3.5
    outlier_floor_px: float = 3.0


def split_runs(mask: BoolArray) -> list[slice]:
    """Return the stretches of True as slices."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def fill_short_gaps(time_s: FloatArray, values: FloatArray, max_gap_s: float) -> FloatArray:
    """Bridge gaps of at most ``max_gap_s`` (from the last good sample to the next) by straight lines.

    Parameters
    ----------
    time_s
        ``(n,)`` seconds.
    values
        ``(n,)``; NaN marks a gap. Gaps at the ends are never filled.
    """
    good = np.flatnonzero(np.isfinite(values))
    out = values.copy()
    for a, b in pairwise(good):
        if b - a > 1 and time_s[b] - time_s[a] <= max_gap_s + 1e-9:
            inside = slice(a + 1, b)
            out[inside] = np.interp(time_s[inside], time_s[[a, b]], values[[a, b]])
    return out


def reject_outliers(values: FloatArray, window: int, n_sd: float, floor: float) -> FloatArray:
    """Replace samples far from the local median (Hampel identifier) by a straight line between their neighbors.

    Also acts where the local spread is zero (a held posture with one spike) because ``floor`` bounds it from below.

    Parameters
    ----------
    values
        ``(n,)`` without NaN.
    window
        Full width in samples, odd. Below 3 nothing is done.
    n_sd, floor
        A deviation must exceed both ``n_sd`` robust standard deviations and ``floor``.
    """
    if window < 3 or len(values) < window:
        return values
    center = _running_median(values, window)
    spread = _MAD_TO_SD * _running_median(np.abs(values - center), window)
    bad = np.abs(values - center) > np.maximum(n_sd * spread, floor)
    return _bridge(values, bad) if bad.any() else values


def _running_median(values: FloatArray, window: int) -> FloatArray:
    """Return the median of the samples around each one; beyond the ends they are mirrored."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, window // 2, mode="reflect"), window)
    return np.asarray(np.partition(around, window // 2, axis=1)[:, window // 2])


def _bridge(values: FloatArray, bad: BoolArray) -> FloatArray:
    """Draw lines over the bad samples; at the ends, on from the two nearest good ones."""
    good = np.flatnonzero(~bad)
    if len(good) < 2:
        return values
    out = values.copy()
    index = np.arange(len(values))
    out[bad] = np.interp(index[bad], good, values[good])
    for end, (near, far) in ((index < good[0], good[:2]), (index > good[-1], good[:-3:-1])):
        slope = (values[near] - values[far]) / (near - far)
        out[end] = values[near] + slope * (index[end] - near)
    return out


def compute_lowpass(time_s: FloatArray, values: FloatArray, cutoff_hz: float) -> FloatArray:
    """Low-pass without phase shift, on the real time axis.

    Uneven sampling (variable frame rate) is put on an even grid of the median interval first and read back at the
    original times.

    Parameters
    ----------
    time_s, values
        ``(n,)`` without NaN.
    cutoff_hz
        Clamped below the Nyquist frequency of the median interval.
    """
    n = len(values)
    if n < 4:
        return values
    step = float(np.median(np.diff(time_s)))
    shape = _design(clamp_cutoff(cutoff_hz, 1.0 / step) * step)
    even = np.ptp(np.diff(time_s)) < 0.1 * step
    grid = time_s if even else np.linspace(time_s[0], time_s[-1], max(round((time_s[-1] - time_s[0]) / step) + 1, 4))
    samples = values if even else np.interp(grid, time_s, values)
    pad = min(len(samples) - 1, round(1.0 / (cutoff_hz * step)) * 3)
    before, after = 2 * samples[0] - samples[pad:0:-1], 2 * samples[-1] - samples[-2 : -pad - 2 : -1]
    ahead = _filter(shape, np.concatenate([before, samples, after]).tolist())
    smooth = np.array(_filter(shape, ahead[::-1])[::-1][pad : pad + len(samples)])
    return smooth if even else np.interp(time_s, grid, smooth)


@lru_cache(maxsize=32)
def _design(cutoff: float) -> tuple[float, float, float]:
    """Return gain and feedback of a Butterworth low-pass of second order; the cut-off is a share of the sampling rate."""
    k = math.tan(math.pi * cutoff)  # the bilinear transform's
    whole = 1 + math.sqrt(2) * k + k * k
    return k * k / whole, 2 * (k * k - 1) / whole, (1 - math.sqrt(2) * k + k * k) / whole


def _filter(shape: tuple[float, float, float], samples: list[float]) -> list[float]:
    """Return the samples after the filter, as if the first one had been there forever."""
    gain, a1, a2 = shape
    one, two, out = (1 - gain) * samples[0], (gain - a2) * samples[0], []
    for x in samples:
        y = gain * x + one
        one, two = 2 * gain * x - a1 * y + two, gain * x - a2 * y
        out.append(y)
    return out


def clamp_cutoff(cutoff_hz: float, rate_hz: float) -> float:
    """Return the cut-off, lowered where needed to stay below the Nyquist frequency."""
    return min(cutoff_hz, _NYQUIST_SHARE * rate_hz / 2)


def smooth_track(time_s: FloatArray, values: FloatArray, settings: SmoothingSettings) -> FloatArray:
    """Smooth one coordinate: short gaps, outliers, low-pass; every stretch between long gaps by itself.

    Parameters
    ----------
    time_s, values
        ``(n,)``; NaN marks missing samples.

    Returns
    -------
    ndarray
        ``(n,)``; NaN exactly in the gaps longer than ``settings.max_gap_s`` and at missing ends.
    """
    if len(time_s) < 2:
        return values.copy()
    filled = fill_short_gaps(time_s, values, settings.max_gap_s)
    step = float(np.median(np.diff(time_s)))
    window = _window_samples(settings, step)
    # frames that are not there at all (a hole in the time axis) separate stretches as well
    finite = np.isfinite(filled)
    out = np.full_like(filled, np.nan)
    for run in split_runs(finite):
        for part in _split_at_holes(time_s, run, settings.max_gap_s):
            clean = reject_outliers(filled[part], window, settings.outlier_sd, settings.outlier_floor_px)
            out[part] = compute_lowpass(time_s[part], clean, settings.cutoff_hz)
    return out


def _split_at_holes(time_s: FloatArray, run: slice, max_gap_s: float) -> list[slice]:
    holes = np.flatnonzero(np.diff(time_s[run]) > max_gap_s) + run.start + 1
    edges = [run.start, *(int(h) for h in holes), run.stop]
    return [slice(a, b) for a, b in pairwise(edges)]


def _window_samples(settings: SmoothingSettings, step_s: float) -> int:
    """Return the width of the outlier window, an odd number of samples; 0 when it is switched off."""
    if settings.outlier_window_s <= 0:
        return 0
    # a hair above the half, so that rounding errors in the times do not decide between two widths
    return int(settings.outlier_window_s / step_s + 0.5 + 1e-6) | 1


def describe_filter(time_s: FloatArray, settings: SmoothingSettings) -> FilterSpec:
    """Return the record of the smoothing that :func:`smooth_track` applies at these times."""
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else float("inf")
    window = _window_samples(settings, step) if np.isfinite(step) else 0
    cutoff = clamp_cutoff(settings.cutoff_hz, 1.0 / step) if np.isfinite(step) and step > 0 else settings.cutoff_hz
    return FilterSpec("butterworth zero-phase", _ORDER, float(cutoff), window if window >= 3 else 0)
