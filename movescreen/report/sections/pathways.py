"""Pathways on pages: the steps as a line, where the client stands, and the chain of reasons."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.model import PlanPathway
from movescreen.report.sections.element import Element
from movescreen.report.sections.person import EVIDENCE_WORDS, support_words


def pathways_element(pathways: Sequence[PlanPathway], *, told: str = "") -> Element | None:
    """Return each complaint's pathway with its chain of reasons, without what the page has ``told`` and without its note then; None without complaints."""
    shown = [
        (each, "" if each.plain in told else each.plain, _chain(each, told), "" if told else each.note, _evidence(each)) for each in pathways
    ]  # fmt: skip
    data = {"pathways": shown}
    return Element("pathways", "From the complaint to the goal", "pathways.html.jinja", data) if pathways else None


def _chain(each: PlanPathway, told: str) -> list[tuple[str, str]]:
    test = "" if each.next_test.partition(" (about")[0] in told else each.next_test
    chain = [
        ("Complaint", each.complaint), ("Found", each.found), ("What is likely", each.hypothesis), ("What would change that", each.against),
        ("Still missing for the next step", "; ".join(_once(line, each.found) for line in each.missing)), ("Next test", test),
        ("What should change", "; ".join(map(decapitalize, each.expected))),
    ]  # fmt: skip
    return [(name, value) for name, value in chain if value]


def _once(missing: str, found: str) -> str:
    """Return what is missing without the numbers that were told as found."""
    name, _, numbers = decapitalize(missing).partition(": not met, ")
    return name if numbers and numbers in found else decapitalize(missing)


def _evidence(each: PlanPathway) -> str:
    return f"{EVIDENCE_WORDS[each.evidence]} ({cite_words(each.source, each.source_verified)})"


def cite_words(citation: str, verified: str) -> str:
    """Return a study without what it found, and how it was read where that was not in the paper itself."""
    study = citation.partition(": ")[0]
    short = study if "et al" in study else citation
    return short if verified == "paper" else support_words(short, verified)
