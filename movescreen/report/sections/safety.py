"""When to get help, and whom to call, in the words of pages and notes."""

from __future__ import annotations

from collections.abc import Iterable

from movescreen.catalog.client_schema import Call
from movescreen.client.plan.model import PlanHelp
from movescreen.words.sentences import sentence

#: What the client does.
CALL_WORDS: dict[Call, str] = {
    "emergency": "Call the emergency number now", "hospital": "Go to a hospital now",
    "midwife": "Call your midwife or the maternity ward now, day or night",
    "clinic": "Call the clinic that operated on you today, or go to a hospital", "doctor": "See a doctor today",
}  # fmt: skip


def help_lines(urgent: Iterable[PlanHelp]) -> list[str]:
    """Return a line for each who is called, with the signs."""
    return [sentence(f"{CALL_WORDS[each.call]}: {'; '.join(each.signs)}") for each in urgent]
