"""How long records are kept: a day for each client on which somebody decides again. Nothing is deleted by itself."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from movescreen.errors import InputError
from movescreen.records.database import transaction
from movescreen.records.entries import Client, to_client
from movescreen.records.rows import ensure_client
from movescreen.records.store import RecordStore
from movescreen.records.tables import ClientRow, IntakeRow, MeasurementRow, NoteRow, PlanRow, ScreeningRow


@dataclass(frozen=True)
class Keeping:
    """When somebody is to look whether a client's records are still needed.

    Attributes
    ----------
    last
        Day of the newest entry, or on which the client was added.
    look_on
        The day set by somebody, or so many months after ``last``.
    """

    client: Client
    last: date
    look_on: date


def list_keeping(store: RecordStore, months: int) -> tuple[Keeping, ...]:
    """Return everybody, who is to be looked at first on top.

    Parameters
    ----------
    months
        After the newest entry, where nobody has set a later day.
    """
    newest: dict[int, date] = {}
    with transaction(store.engine, write=False) as session:
        for table in (IntakeRow, ScreeningRow, MeasurementRow, NoteRow, PlanRow):
            for number, day in session.execute(select(table.client_id, func.max(table.day)).group_by(table.client_id)):
                newest[number] = max(day, newest.get(number, day))
        rows = list(session.scalars(select(ClientRow)))
    found = []
    for row in rows:
        last = newest.get(row.id, row.created_utc.date())
        later = add_months(last, months)
        found.append(Keeping(to_client(row), last, max(later, row.look_again_on or later)))
    return tuple(sorted(found, key=lambda each: (each.look_on, each.client.code)))


def keep_until(store: RecordStore, code: str, day: date, today: date) -> None:
    """Set the day on which somebody looks again whether a client's records are still needed.

    Raises
    ------
    InputError
        When it does not lie ahead.
    """
    if day <= today:
        raise InputError(f"{day} does not lie ahead", "give the day until which the records are needed")
    with transaction(store.engine, write=True) as session:
        ensure_client(session, code).look_again_on = day


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
