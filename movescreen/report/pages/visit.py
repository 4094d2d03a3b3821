"""A visit as a page: what was told, findings in the light of it, manual tests against norms, what is worth adding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from movescreen.catalog.schema import SourceSpec
from movescreen.client.intake.model import Intake
from movescreen.client.plan.model import PlanPathway
from movescreen.client.rules.history import AddedTests, HistoryLink
from movescreen.client.rules.red_flags import RedFlagReview, describe_flags
from movescreen.client.visits.control import SetControl
from movescreen.client.visits.hand_tests import HandReading, SideDifference
from movescreen.client.visits.visit import BY_CAMERA, ClipRecord, Visit
from movescreen.codec import to_plain
from movescreen.model import Finding
from movescreen.report.formats.html import Links, render_page
from movescreen.report.formats.person_tables import measurements_table, readings_table
from movescreen.report.formats.together import write_together
from movescreen.report.sections.element import (
    Cell,
    Element,
    Row,
    lines_element,
    stacked_element,
    statement_element,
    table_element,
)
from movescreen.report.sections.findings import findings_element, judged_element
from movescreen.report.sections.observations import observations_element
from movescreen.report.sections.pathways import pathways_element
from movescreen.report.sections.person import (
    Names,
    PersonHead,
    day_words,
    head_element,
    intake_summary,
    notes_element,
    provenance_element,
    reading_words,
    support_words,
    value_words,
)
from movescreen.words.findings import findings_headline, source_text
from movescreen.words.numbers_and_units import DASH
from movescreen.words.sentences import sentence


@dataclass(frozen=True)
class VisitReport:
    """Everything that a visit is told from."""

    head: PersonHead
    visit: Visit
    intake: Intake | None
    review: RedFlagReview
    links: Sequence[HistoryLink]
    readings: Sequence[HandReading]
    differences: Sequence[SideDifference]
    added: Sequence[AddedTests]
    control: Sequence[SetControl]
    pathways: Sequence[PlanPathway] = ()
    names: Names = field(default_factory=Names)


def write_visit(report: VisitReport, out_dir: Path) -> list[Path]:
    """Write ``visit.html``, ``readings.csv``, ``measurements.csv`` and ``visit.json``; all of them, or none."""
    contents = {
        "visit.html": render_visit(report), "readings.csv": readings_table([report.visit]),
        "measurements.csv": measurements_table([report.visit], report.names.units), "visit.json": visit_dict(report),
    }  # fmt: skip
    return write_together(out_dir, contents, last="visit.json")


def visit_dict(report: VisitReport) -> dict[str, Any]:
    """Return the visit as plain values."""
    return {
        "kind": "visit",
        "client": report.head.label,
        "visit": report.visit.model_dump(mode="json"),
        "intake": report.intake.model_dump(mode="json") if report.intake else None,
        "red_flags": {"decision": report.review.decision.value, "raised": describe_flags(report.review.raised)},
        "history": [
            {"check_id": k.finding.check_id, "side": k.finding.seen_side, "event": k.event.words, "text": k.text}
            for k in report.links
        ],
        "tests": [
            {
                "test": r.spec.id, "side": r.side, "value": r.value, "unit": r.spec.unit, "limited": r.limited,
                "norm": to_plain(r.comparison), "reason": r.reason,
            }
            for r in report.readings
        ],
        "worth_adding": [
            {"tests": list(a.spec.tests), "recordings": list(a.spec.recordings), "why": a.spec.why} for a in report.added
        ],
    }  # fmt: skip


def render_visit(report: VisitReport, links: Links = (), judge_at: str = "") -> str:
    """Return the visit as one HTML document, with ways back to the web app where there are any.

    Parameters
    ----------
    judge_at
        Address at which the trainer says something about a finding; a file has none.
    """
    visit = report.visit
    findings, names = visit.findings, report.names
    facts = [("Visit", day_words(visit.day)), ("Clips", str(len(visit.clips)) if visit.clips else "")]
    stop = describe_flags(report.review.stopping)
    elements = [
        head_element("Visit", report.head, facts),
        statement_element(_headline(report, findings), [], stop),
        judged_element(findings, names.movements),
        findings_element(findings, names.movements, judge_at) if findings else None,
        _history(report.links),
        _told(report),
        notes_element([visit]),
        observations_element(visit),
        pathways_element(report.pathways),
        _power_and_balance(visit, names),
        norms_element(report.readings, report.differences),
        _added(report.added, {m.test for m in visit.values}, names),
        _control(report.control, names),
        _steadiness(visit.clips, names),
        provenance_element(
            [("Pose model", ", ".join(dict.fromkeys(c.setup.model_name for c in visit.clips)))],
            filmed=bool(visit.clips),
        ),
    ]
    return render_page(elements, f"Visit · {report.head.label}", links)


_HISTORY_LEAD_IN = (
    "Findings beside what the intake says. They occur together; a video cannot show that one caused the other."
)


def _headline(report: VisitReport, findings: Sequence[Finding]) -> str:
    if report.review.stopping:
        return "A red flag was named. Somebody else looks first."
    parts = findings_headline(findings, "these clips") if findings else []
    if report.links:
        checks = {(k.finding.movement, k.finding.check_id, k.finding.side) for k in report.links}
        parts.append(f"{len(checks)} of them {'goes' if len(checks) == 1 else 'go'} with the history.")
    if not findings:
        parts.append("No clip belongs to this visit.")
    return " ".join(parts)


def _told(report: VisitReport) -> Element | None:
    if report.intake is None:
        return lines_element("intake", "Intake", ["There is no intake yet."])
    lines = intake_summary(report.intake)
    mentioned = describe_flags(f for f in report.review.raised if not f.stops)
    lines += [f"Mind: {line}" for line in mentioned]
    if report.review.open_questions:
        questions = "; ".join(spec.question.lower() for spec in report.review.open_questions)
        lines.append(f"Not asked yet: {questions}")
    return lines_element("intake", "Intake", lines, f"On {day_words(report.intake.day)}.")


def _history(links: Sequence[HistoryLink]) -> Element | None:
    """Return each finding with what goes with it, and how well that is supported."""
    groups: dict[str, list[dict[str, str]]] = {}
    for link in links:
        seen = sentence(link.finding.message or link.finding.title)
        groups.setdefault(seen, []).append({"text": link.text, "source": _support(link.spec.source)})
    data = {"groups": list(groups.items()), "lead_in": _HISTORY_LEAD_IN}
    return Element("history", "In the light of the history", "history.html.jinja", data) if groups else None


def _support(source: SourceSpec) -> str:
    return " ".join(map(sentence, filter(None, (support_words(source.citation, source.verified), source.note))))


def norms_element(readings: Sequence[HandReading], differences: Sequence[SideDifference]) -> Element | None:
    """Return tests, by hand or by the camera, against norms, and side against side; None without tests."""
    rows: list[Row] = [
        [
            f"{r.spec.title}{', ' + r.side if r.side else ''}",
            value_words(r.value, r.spec.unit) + (f" ({r.note})" if r.note == BY_CAMERA or r.spec.activities else ""),
            sentence(r.comparison.text.partition(": ")[2] if r.comparison else r.reason),
            Cell(source_text(r.comparison.source) if r.comparison else DASH, kind="source"),
        ]
        for r in readings
    ]
    caption = "Held against norms for this age and sex, taken in the same way. A norm that nobody checked is not used."
    return stacked_element(
        "tests", "Tests beside norms", ["Test", "Value", "Against the norm", "Norm from"], rows, kind="norms", caption=caption,
        sides=[side_words(d) for d in differences],
    )  # fmt: skip


def side_words(difference: SideDifference) -> str:
    """Return left against right in a sentence, with the error of a difference."""
    spec = difference.spec
    if not difference.worse:
        return f"{spec.title}: both sides alike."
    percent = f" ({difference.lsi_pct:.0f} % of the other side)" if math.isfinite(difference.lsi_pct) else ""
    text = f"{spec.title}: {difference.worse} {value_words(abs(difference.difference), spec.unit)} behind{percent}"
    known = difference.change
    if math.isnan(known.value):
        return f"{text}; how much of it may be chance is not known."
    verdict = "more than chance explains" if difference.beyond_error else "which may be chance"
    return f"{text}, {verdict} (detectable from {value_words(known.value, spec.unit)} on: {known.source.rstrip('.')})."


def _power_and_balance(visit: Visit, names: Names) -> Element | None:
    """Return jumps, chair stands and one-leg stances: value with its error, and the single attempts."""
    rows = [
        [
            names.reading(r.signal, r.side), ", ".join(clip.file for clip in clips),
            reading_words(r),
            ", ".join(value_words(value, r.unit) for value in r.reps) if len(r.reps) > 1 else "",
        ]
        for clips, r in visit.measures
    ]  # fmt: skip
    lead_in = "By the camera. The error counts the reading and, from three attempts on, how far they differ."
    return table_element("power", "Power and balance", ["What", "Clip", "Value", "Attempts"], rows, lead_in)


def _added(added: Sequence[AddedTests], measured: set[str], names: Names) -> Element | None:
    """Return what is worth adding, without the tests that were made already."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for each in added:
        wanted = [names.test(name) for name in each.spec.tests if name not in measured] + list(each.spec.recordings)
        for what in wanted:
            why, events = rows.setdefault(sentence(what), ([], []))
            why.append(each.spec.why)
            events += [sentence(event.words) for event in each.events]
    listed = [
        [what, " ".join(dict.fromkeys(why)), " ".join(dict.fromkeys(events))] for what, (why, events) in rows.items()
    ]
    return table_element("worth-adding", "Worth adding", ["What", "Why", "Goes with"], listed)


def _control(control: Sequence[SetControl], names: Names) -> Element | None:
    rows = [
        [
            names.reading(c.reading.signal, c.reading.side), c.clip,
            f"{value_words(c.reading.spread, c.reading.unit)}, {c.spread_text}",
            f"{_drift(c)}{c.drift_text}",
        ]
        for c in control
    ]  # fmt: skip
    lead_in = "How alike the repetitions of a set were, and whether they changed from the first to the last. Compare with the person's own earlier visits only: no norm was found."
    columns = ["What", "Clip", "Spread", "Drift"]
    return table_element("control", "Control within the set", columns, rows, lead_in, folded=True)


def _steadiness(clips: Sequence[ClipRecord], names: Names) -> Element | None:
    """Return counts, repetition by repetition."""
    rows = [
        [
            names.reading(r.signal, r.side), clip.file,
            ", ".join(f"{value:.0f}" for value in r.reps),
        ]
        for clip in clips
        for r in clip.readings
        if r.unit == "count"
    ]  # fmt: skip
    lead_in = (
        "A hesitation is a way down or up on which the speed drops by a third of its greatest and rises again; a wobble is a knee that goes "
        "in and out once more, by about 1 cm. Counted once in 58 repetitions of rendered people who did neither; on real ones the "
        "error is not known."
    )
    columns = ["What", "Clip", "Repetition by repetition"]
    return table_element("steadiness", "Steadiness", columns, rows, lead_in, folded=True)


def _drift(control: SetControl) -> str:
    if not math.isfinite(control.drift):
        return ""
    return f"{value_words(control.drift, control.reading.unit, signed=True)}, "
