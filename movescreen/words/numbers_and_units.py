"""Numbers, units, counts and dates in words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime

from movescreen.display import display, value_in_units

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_SMALL_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def number_word(number: int) -> str:
    """Return ``three`` for 3; digits from 13 on. Zero is ``no``."""
    return _SMALL_NUMBERS[number] if 0 <= number < len(_SMALL_NUMBERS) else str(number)


def plural(number: int, one: str, many: str = "") -> str:
    """Return ``1 repetition`` or ``3 repetitions``."""
    return f"{number}{NBSP}{one if number == 1 else many or one + 's'}"


def number_ranges(numbers: Iterable[int]) -> str:
    """Return ``1, 3–6`` for 1, 3, 4, 5, 6."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}{DASH}{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)


def format_number(value: float, decimals: int) -> str:
    """Return the number with a true minus sign, or a dash when it is missing."""
    if not math.isfinite(value):
        return DASH
    # halves away from zero, as people round; the tiny nudge undoes binary tails such as 2.4999999
    rounded = math.floor(abs(value) * 10**decimals + 0.5 + 1e-9) / 10**decimals
    return f"{MINUS if value < 0 and rounded else ''}{rounded:.{decimals}f}"


def decimals_for(unit: str, value: float = math.nan, limit: float = math.nan) -> int:
    """Return how many decimals a value deserves: one more when it would otherwise look equal to its limit."""
    few = {"deg": 0, "pct": 0, "ratio": 2, "s": 1}.get(unit, 2)
    near = math.isfinite(value) and math.isfinite(limit) and value != limit
    return few + 1 if near and round(value, few) == round(limit, few) else few


def format_value(value: float, unit: str, decimals: int | None = None) -> str:
    """Return a value with its unit, ready to print: ``28°``, ``12 %``, ``0.82``, ``1.4 s``; a dash when it is missing (NaN).

    Parameters
    ----------
    unit
        ``deg``, ``pct``, ``ratio``, ``s`` or any other text.
    decimals
        Digits after the point; None = what the unit deserves.

    Returns
    -------
    str
        For example ``28°``, ``12 %``, ``0.82``, ``1.4 s``; a dash when missing. Lengths and weights are in the units of the settings.
    """
    value, unit, digits = value_in_units(value, unit, decimals_for(unit) if decimals is None else decimals)
    number = format_number(value, digits)
    if number == DASH:
        return DASH
    suffix = {"deg": "°", "pct": f"{NBSP}%", "ratio": "", "s": f"{NBSP}s"}.get(unit, f"{NBSP}{unit}" if unit else "")
    return number + suffix


def date_words(iso: str) -> str:
    """Return ``23 November 2026`` for an ISO 8601 time, in the form of the settings; text that is none is returned as it is."""
    try:
        day = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    form = display().dates
    return (
        f"{day:%B} {day.day}, {day.year}"
        if form == "month"
        else f"{day:%Y-%m-%d}"
        if form == "iso"
        else f"{day.day} {day:%B %Y}"
    )


def spell_days(text: str) -> str:
    """Return a text with its ISO days spelled out."""
    return _ISO_DAY.sub(lambda found: date_words(found[0]), text)
