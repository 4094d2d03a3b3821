"""The trail as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # the database library is heavy, and most commands need none
    from movescreen.records.trail import Trace


def trail_csv(traces: Iterable[Trace]) -> str:
    """Return rows of the trail as CSV, harmless for spreadsheets."""
    import pandas as pd

    from movescreen.report.formats.csv import csv_text

    columns = ("number", "at_utc", "who", "how", "action", "what", "clients", "hash")
    rows = [{**asdict(each), "clients": " ".join(each.clients)} for each in traces]
    return csv_text(pd.DataFrame(rows, columns=list(columns)))
