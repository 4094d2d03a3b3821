"""Pathways on pages: the steps as a line, where the client stands, and the chain of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from movescreen.client.plan.model import PlanPathway
from movescreen.report.sections.elements import Element
from movescreen.report.sections.person import EVIDENCE_WORDS, support_words
from movescreen.words.numbers_and_units import spell_days
from movescreen.words.sentences import sentence


def pathways_element(pathways: Sequence[PlanPathway]) -> Element | None:
    """Return each complaint's pathway with its chain of reasons; None without complaints."""
    data = {"pathways": [_pathway(each) for each in pathways]}
    return Element("pathways", "From the complaint to the goal", "pathways.html.jinja", data) if pathways else None


def _pathway(each: PlanPathway) -> dict[str, Any]:
    chain: list[tuple[str, str | list[str]]] = [
        ("Complaint", _said(each.complaint)), ("Found", _said(each.found)), ("What is likely", _said(each.hypothesis)),
        ("What would change that", _said(each.against)), ("Still missing for the next step", [_said(line) for line in each.missing]),
        ("Next test", _said(each.next_test)),
        ("What should change", [_said(line) for line in each.expected]),
    ]  # fmt: skip
    support = support_words(each.source, each.source_verified)
    return {
        "title": each.title, "refused": _said(each.refused), "steps": each.steps, "plain": each.plain, "waits": _said(each.waits), "next": _said(each.next_test),
        "chain": [(name, value) for name, value in chain if value], "note": each.note,
        "evidence": sentence(f"Support: {EVIDENCE_WORDS[each.evidence]}" + (f" ({support})" if support else "")),
    }  # fmt: skip


def _said(text: str) -> str:
    return sentence(spell_days(text)) if text else ""
