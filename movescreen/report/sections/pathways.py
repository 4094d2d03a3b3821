"""Pathways on pages: the steps as a line, where the client stands, and the chain of reasons."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.client.plan.model import PlanPathway
from movescreen.report.sections.element import Element
from movescreen.report.sections.person import EVIDENCE_WORDS, support_words


def pathways_element(pathways: Sequence[PlanPathway]) -> Element | None:
    """Return each complaint's pathway with its chain of reasons; None without complaints."""
    data = {"pathways": [(each, _chain(each), _evidence(each)) for each in pathways]}
    return Element("pathways", "From the complaint to the goal", "pathways.html.jinja", data) if pathways else None


def _chain(each: PlanPathway) -> list[tuple[str, str | Sequence[str]]]:
    chain: list[tuple[str, str | Sequence[str]]] = [
        ("Complaint", each.complaint), ("Found", each.found), ("What is likely", each.hypothesis), ("What would change that", each.against),
        ("Still missing for the next step", each.missing), ("Next test", each.next_test), ("What should change", each.expected),
    ]  # fmt: skip
    return [(name, value) for name, value in chain if value]


def _evidence(each: PlanPathway) -> str:
    support = support_words(each.source, each.source_verified)
    return f"Support: {EVIDENCE_WORDS[each.evidence]}" + (f" ({support})" if support else "")
