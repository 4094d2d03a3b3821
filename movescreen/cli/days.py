"""Days on the command line."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from movescreen.errors import InputError

Day = Annotated[str, typer.Option("--date", help="Day, such as 2026-03-12; today when left out.")]


def read_day(text: str) -> date:
    """Return the day that an option names; today for an empty one."""
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a day", "write it like 2026-03-12") from None


def read_past_day(text: str) -> date:
    """Return the day that an option names, which lies not ahead; today for an empty one."""
    day = read_day(text)
    if day > date.today():
        raise InputError(f"{day} lies ahead", "give the day of the recording")
    return day
