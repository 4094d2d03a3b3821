"""How far readings differ by chance, and one side against the other. Every error, bar and index of the house is made here.

Written after Weir, J Strength Cond Res 2005;19:231-240 (standard error of measurement, minimal detectable change), and Bland and
Altman, Lancet 1986;327:307-310 (differences of two readings). A value that is not known is NaN, and so is all that is made of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Standard errors within which 95 % of what is normally distributed lies.
Z_95 = 1.96


def detectable_difference(first_error: float, second_error: float) -> float:
    """Return the smallest difference of two readings, each with its standard error, that is no chance at 95 %, in their unit."""
    return Z_95 * math.hypot(first_error, second_error)


def mdc_of_sem(sem: float) -> float:
    """Return the minimal detectable change at 95 %, ``1.96 sqrt(2) SEM``, in the unit of the standard error of measurement."""
    return Z_95 * 2**0.5 * sem


def sem_of_mdc(mdc: float) -> float:
    """Return the standard error of measurement behind a minimal detectable change (95 %) that was published alone."""
    return mdc / (Z_95 * 2**0.5)


def is_beyond_error(difference: float, detectable: float) -> bool:
    """Return whether a difference is more than chance explains; False also when nobody knows what chance explains."""
    return bool(abs(difference) > detectable)


def limb_symmetry_index(left: float, right: float) -> float:
    """Return the lower side in percent of the higher one; NaN unless both are above zero, where alone a ratio means something."""
    low, high = sorted((left, right))
    return 100.0 * low / high if low > 0 else math.nan


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Left against right, in one unit.

    Attributes
    ----------
    detectable
        Smallest difference that is no chance at 95 %; NaN when not known.
    ratio_means
        Whether a ratio of the sides means anything: not for what lies about zero, where 1 against 2 would read as half.
    """

    left: float
    right: float
    detectable: float = math.nan
    ratio_means: bool = True

    @property
    def difference(self) -> float:
        """Left minus right."""
        return self.left - self.right

    @property
    def lower(self) -> str:
        """``left`` or ``right``; empty when both are equal."""
        return "" if self.left == self.right else "left" if self.left < self.right else "right"

    @property
    def lsi_pct(self) -> float:
        """Limb symmetry index, see :func:`limb_symmetry_index`; NaN where a ratio means nothing."""
        return limb_symmetry_index(self.left, self.right) if self.ratio_means else math.nan

    @property
    def beyond_error(self) -> bool:
        """Whether the difference is more than chance explains."""
        return is_beyond_error(self.difference, self.detectable)
