"""Days, and days of which only the year or the month is remembered."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from movescreen.errors import InputError

#: ``date.fromisoformat`` also takes 20260312 and 2026-W11-4, which are other forms of a day.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def check_partial_date(text: str) -> str:
    """Return a partial date as it is, or raise ValueError that says what is wrong with it."""
    found = _FORM.match(text)
    if not found:
        raise ValueError("give a year, a month or a day: 2023, 2023-05 or 2023-05-14")
    year, month, day = (int(part) if part else 1 for part in found.groups())
    if year < 1900:
        raise ValueError(f"the year {year} is too long ago")
    date(year, month, day)  # says what is wrong with a month or a day that does not exist
    return text


def read_day(text: str) -> date:
    """Return the day that a text names; today for an empty one.

    Raises
    ------
    InputError
        For any other form than ``2026-03-12``: 12.3. and 3/12 mean the same or different days, depending on the reader.
    """
    if not text:
        return date.today()
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a day", "write it like 2026-03-12") from None


def read_past_day(text: str) -> date:
    """Return the day that a text names, which lies not ahead; today for an empty one. Errors as in :func:`read_day`."""
    day = read_day(text)
    if day > date.today():
        raise InputError(f"{day} lies ahead", "give the day of the recording")
    return day


#: ``2023``, ``2023-05`` or ``2023-05-14``.
PartialDate = Annotated[str, AfterValidator(check_partial_date)]


def latest_day(when: str) -> date:
    """Return the last day that a partial date can mean: as recent as it may have been."""
    year, month, day = (int(part) if part else 0 for part in _FORM.match(when).groups())  # type: ignore[union-attr]
    if day:
        return date(year, month, day)
    month = month or 12
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def days_since(when: str, today: date) -> int:
    """Return the fewest days that may have passed since a partial date; 0 when it may be today or lies ahead."""
    return max(0, (today - latest_day(when)).days)
