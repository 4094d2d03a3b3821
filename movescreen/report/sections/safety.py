"""When to get help, when to stop, what may be done and what waits: the part of a page that keeps the client safe."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.catalog.client_schema import Call
from movescreen.client.plan.model import Plan, PlanHelp
from movescreen.report.sections.element import Element, lines_element
from movescreen.words.numbers_and_units import spell_days
from movescreen.words.sentences import sentence

#: What the client does.
CALL_WORDS: dict[Call, str] = {
    "emergency": "Call the emergency number now", "hospital": "Go to a hospital now",
    "midwife": "Call your midwife or the maternity ward now, day or night",
    "clinic": "Call the clinic that operated on you today, or go to a hospital", "doctor": "See a doctor today",
}  # fmt: skip


def help_lines(urgent: Sequence[PlanHelp]) -> list[str]:
    """Return a line for each who is called, with the signs."""
    return [sentence(f"{CALL_WORDS[each.call]}: {'; '.join(each.signs)}") for each in urgent]


def alarm_element(plan: Plan) -> Element | None:
    """Return both lists, to get help and to stop, and what was asked; None in plans of before that have neither."""
    data = {
        "urgent": help_lines(plan.urgent),
        "stops": sentence("; ".join(plan.stops)),
        "asked": spell_days(plan.asked),
    }
    if not plan.urgent and not plan.stops:
        return None
    return Element("alarm", "When to get help, and when to stop", "safety.html.jinja", data)


def activity_element(plan: Plan) -> Element | None:
    """Return what the client may do beside the exercises and what waits; None in plans of before."""
    data = {"activities": plan.activities}
    return (
        Element("activity", "What you may do, and what waits", "activity.html.jinja", data) if plan.activities else None
    )


def advice_element(plan: Plan) -> Element | None:
    """Return what keeps the client safe; None without any."""
    return lines_element("advice", "To be safe", plan.advice)
