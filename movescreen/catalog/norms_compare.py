"""Hold a measured value against a norm, and say only what that norm can bear."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist

from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.norms_schema import (
    BarNorm,
    CutNorm,
    MeanNorm,
    Method,
    NormRow,
    PercentileNorm,
    Quantity,
    Verified,
)
from movescreen.display import unit_after
from movescreen.errors import InputError, UnknownNameError
from movescreen.model import Source

_NAN = float("nan")
#: Rounding that a limit forgives, in standard deviations.
_SLACK = 1e-9


class NormLabel(StrEnum):
    """Where a value lies among people like the measured one."""

    TYPICAL = "typical"
    BELOW = "below 1 SD"
    LIMITED = "limited for age and sex"
    ABOVE = "above 1 SD"
    HIGH = "high for age and sex"
    BETWEEN = "between the two limits"
    BEYOND = "beyond the bar"
    WITHIN = "within the bar"


@dataclass(frozen=True, kw_only=True)
class NormComparison:
    """A value and a norm, side by side.

    Attributes
    ----------
    norm_id
        What it was held against.
    value
        The measured value.
    z
        Standard deviations above the mean; NaN unless the norm has mean and standard deviation.
    percentile
        Percent of healthy people with a lower value, interpolated between the printed percentiles; NaN beyond the
        lowest and highest of them, and unless the norm is a table of percentiles.
    label
        The verdict.
    text
        One sentence for a reader, with the numbers; without the source.
    source
        To be printed beside it.
    """

    norm_id: str
    value: float
    z: float
    percentile: float
    label: NormLabel
    text: str
    source: Source


def compare_to_norm(
    value: float,
    norm: NormRow,
    *,
    method: Method | str,
    age: float | None = None,
    sex: str | None = None,
    quantity: Quantity | None = None,
    cited_only: bool = True,
) -> NormComparison:
    """Say where a value lies among the people of a norm.

    Within 1 SD is typical. Beyond 2 SD on the side of concern is limited (or high) for age and sex. In a table of
    percentiles the 16th and 84th stand for 1 SD (interpolated on a normal scale), and the lowest or highest printed
    one, when it is the 5th or 95th or further out, for the limit: beyond it nothing is known.

    Parameters
    ----------
    value
        Measured value, in the norm's unit.
    norm
        A row of the library.
    method
        How the value was taken. It must be the norm's method, or one that the norm names as comparable: a range taken
        passively on a couch is not the norm for an angle reached in a squat.
    age, sex
        Of the measured person (years; ``female`` or ``male``), to make sure that the norm is about such people.
    quantity
        What the norm measures; looked up in the packaged list when None.
    cited_only
        Pass False only where the reader is told that the norm was never checked.

    Raises
    ------
    InputError
        When the value is no number, the norm is about other people, another method or another measurement than ours, is unverified, is
        about people with a complaint, or has no spread: a mean alone, also with the confidence interval of the mean, does not
        tell where people lie.
    """
    if not math.isfinite(value):
        raise InputError(f"there is no value of {norm.quantity} to hold against a norm", "measure it first")
    source = norm.source(cited_only=cited_only)
    _require_same_method(norm, method)
    if norm.ours == "other":
        raise InputError(f"the norm {norm.id} is about another measurement: {norm.differs}", "")
    if not norm.holds_for(age, sex):
        raise InputError(f"the norm {norm.id} is about {norm.who}, not about this person", "find one by age and sex")
    if not norm.healthy:
        raise InputError(f"the norm {norm.id} is about people with a complaint, so it is no reference", "")
    z, percentile = _NAN, _NAN
    if isinstance(norm, MeanNorm) and norm.sd is not None:
        z = (value - norm.mean) / norm.sd
        label, text = _judge_mean(value, z, norm, norm.sd, _concern(norm, quantity))
    elif isinstance(norm, PercentileNorm):
        percentile = _percentile(value, norm.percentiles)
        label, text = _judge_percentile(value, percentile, norm, _concern(norm, quantity))
    elif isinstance(norm, CutNorm):
        label, text = _judge_cut(value, norm)
    elif isinstance(norm, BarNorm):
        label, text = _judge_bar(value, norm)
    else:
        raise InputError(
            f"the norm {norm.id} has no spread over people, so it cannot say what is typical",
            "a mean, or the confidence interval of a mean, is not a reference range; use a norm with SD or percentiles",
        )
    return NormComparison(
        norm_id=norm.id, value=value, z=z, percentile=percentile, label=label, text=text, source=source
    )


def _require_same_method(norm: NormRow, name: Method | str) -> None:
    try:
        method = Method(name)
    except ValueError:
        raise UnknownNameError("method of measuring", str(name), [m.value for m in Method]) from None
    if not norm.measured_by(method):
        raise InputError(
            f"{norm.quantity} by {method.words} cannot be held against {norm.id}, which was taken by "
            f"{norm.method.words}",
            "compare only values that were taken in the same way",
        )


def _concern(norm: NormRow, quantity: Quantity | None) -> str:
    return (quantity or load_norms().quantities[norm.quantity]).concern


def _grade(position: float, limit_low: bool, limit_high: bool, concern: str) -> NormLabel:
    """Label a position in standard deviations; the two flags say that it passed the outer limits."""
    if limit_low and concern == "low":
        return NormLabel.LIMITED
    if limit_high and concern == "high":
        return NormLabel.HIGH
    if position < -1 - _SLACK:
        return NormLabel.BELOW
    return NormLabel.ABOVE if position > 1 + _SLACK else NormLabel.TYPICAL


def _judge_mean(value: float, z: float, norm: MeanNorm, sd: float, concern: str) -> tuple[NormLabel, str]:
    label = _grade(z, z < -2 - _SLACK, z > 2 + _SLACK, concern)
    spread = f"SD {sd:g}, derived and approximate" if norm.sd_derived else f"SD {sd:g}"
    where = "at" if abs(z) < 0.05 else f"{abs(z):.1f} SD {'below' if z < 0 else 'above'}"
    mean = f"the mean of {norm.mean:g}{unit_after(norm.unit)} ({spread})"
    return label, _sentence(value, norm, f"{where} {mean} of {norm.who}", label)


def _judge_percentile(value: float, percentile: float, norm: PercentileNorm, concern: str) -> tuple[NormLabel, str]:
    table = norm.percentiles
    lowest, highest = next(iter(table)), list(table)[-1]
    below, above = value < table[lowest], value > table[highest]
    if below or above:
        position = -math.inf if below else math.inf
        where = f"{'below' if below else 'above'} the {_ordinal(lowest if below else highest)} percentile"
    else:
        position = NormalDist().inv_cdf(percentile / 100)
        where = f"near the {_ordinal(round(percentile))} percentile"
    label = _grade(position, below and lowest <= 5, above and highest >= 95, concern)
    return label, _sentence(value, norm, f"{where} of {norm.who}", label)


def _judge_cut(value: float, norm: CutNorm) -> tuple[NormLabel, str]:
    low = norm.concern == "low"
    sign = 1 if low else -1  # turns "high is of concern" around, so that one comparison serves both
    if sign * (value - norm.typical) >= 0:
        label = NormLabel.TYPICAL
    elif sign * (value - norm.flag) >= 0:
        label = NormLabel.BETWEEN
    else:
        label = NormLabel.LIMITED if low else NormLabel.HIGH
    usual, beyond, word = ("from", "under", "limited") if low else ("up to", "over", "high")
    cuts = f"{usual} {norm.typical:g}{unit_after(norm.unit)} counts as typical, {beyond} {norm.flag:g}{unit_after(norm.unit)} as {word}"
    return label, _sentence(value, norm, cuts, label)


def _judge_bar(value: float, norm: BarNorm) -> tuple[NormLabel, str]:
    label = NormLabel.BEYOND if norm.beyond(value) else NormLabel.WITHIN
    side = "under" if norm.worse == "low" else "over"
    return label, _sentence(
        value, norm, f"{side} {norm.bar:g}{unit_after(norm.unit)} counts as {norm.means}, for {norm.who}", label
    )


def _sentence(value: float, norm: NormRow, position: str, label: NormLabel) -> str:
    verdict = label.value
    if norm.age is None or norm.sex == "any":
        verdict = verdict.removesuffix(" for age and sex")
    unchecked = "; this norm was never checked against its source" if norm.verified is Verified.UNVERIFIED else ""
    sentence = f"{value:.3g}{unit_after(norm.unit)}: {position} (by {norm.method.words}); {verdict}{unchecked}."
    return f"{sentence} {norm.match_words}".rstrip()


def _percentile(value: float, table: dict[int, float]) -> float:
    """Interpolate on the normal scale; NaN beyond the table, the lower percent where printed values repeat."""
    deviate = NormalDist()
    for (p0, v0), (p1, v1) in pairwise(table.items()):
        if value == v0:
            return float(p0)
        if v0 < value < v1:
            z0, z1 = deviate.inv_cdf(p0 / 100), deviate.inv_cdf(p1 / 100)
            return 100 * deviate.cdf(z0 + (z1 - z0) * (value - v0) / (v1 - v0))
    last, highest = list(table.items())[-1]
    return float(last) if value == highest else _NAN


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
