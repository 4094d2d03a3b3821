"""The clock, in the form in which the database keeps it."""

from __future__ import annotations

from datetime import UTC, datetime


def now_utc() -> datetime:
    """Return the time in UTC, without a zone: databases disagree on how to keep one."""
    return datetime.now(UTC).replace(tzinfo=None)
