"""Progress over the visits, with readiness, as a page, tables and JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.pathways import list_steps, tell_test
from movescreen.client.rules.gates import GateResult, GateState
from movescreen.client.rules.progress import Change, ChangeState, Trend, find_setup_differences
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.visit import BY_CAMERA, ClipRecord, Visit
from movescreen.codec import to_plain
from movescreen.display import unit_after
from movescreen.report.figures.pictures import Picture, jpeg_address
from movescreen.report.figures.trend_chart import trend_svg
from movescreen.report.formats.columns import columns_of, make_table
from movescreen.report.formats.html import Links, render_page
from movescreen.report.formats.together import write_together
from movescreen.report.sections.element import Cell, Element, stacked, statement_element
from movescreen.report.sections.findings import judged_element, sources_element
from movescreen.report.sections.observations import observed_over_visits
from movescreen.report.sections.person import (
    Names,
    PersonHead,
    day_words,
    head_element,
    notes_element,
    provenance_element,
    spec_source,
    value_words,
)
from movescreen.words.numbers_and_units import DASH, number_word, plural, spell_days
from movescreen.words.sentences import join_words, sentence

_STATE_WORDS = {
    ChangeState.CHANGED: "Changed",
    ChangeState.NO_CHANGE: "No change beyond the error",
    ChangeState.NOT_COMPARABLE: "Not comparable",
    ChangeState.NO_KNOWN_ERROR: "Cannot be determined",
}
_TREND_WORDS = {Trend.AWAY: "Changed for the better", Trend.TOWARDS: "Changed for the worse", Trend.NEITHER: "Changed"}
_GATE_WORDS = {GateState.MET: "Met", GateState.NOT_MET: "Not met", GateState.NOT_KNOWN: "Not known"}
_GATE_MARKS = {GateState.MET: "clear", GateState.NOT_MET: "flagged", GateState.NOT_KNOWN: "not_assessed"}
_GATE_COLUMNS = ("Gate", "Result", "Rule", "What was seen", "Rule from")
_ORDER = list(ChangeState)
_CLOCKS = ("time", "capacity", "confidence")

#: Gives the content of a kept picture by its name; None when it is gone.
ReadPicture = Callable[[str], bytes | None]


@dataclass(frozen=True)
class ProgressReport:
    """Everything that the progress of a person is told from.

    Attributes
    ----------
    changes, by_hand
        Of the camera and of manual tests.
    """

    head: PersonHead
    visits: Sequence[Visit]
    changes: Sequence[Change]
    by_hand: Sequence[Change]
    readiness: Sequence[Readiness]
    retest_on: date | None
    names: Names = field(default_factory=Names)


def write_progress(report: ProgressReport, out_dir: Path, read_picture: ReadPicture) -> list[Path]:
    """Write ``progress.html``, ``progress.csv``, ``readiness.csv`` and ``progress.json``; all of them, or none."""
    contents = {
        "progress.html": render_progress(report, read_picture), "progress.csv": progress_table(report),
        "readiness.csv": readiness_table(report.readiness), "progress.json": progress_dict(report),
    }  # fmt: skip
    return write_together(out_dir, contents, last="progress.json")


def progress_table(report: ProgressReport) -> pd.DataFrame:
    """Return one row a quantity: first comparable and last value, difference, error, verdict."""
    columns = columns_of(
        "name side movement view unit from_day from_value to_day to_value difference detectable_change result trend reason error_from",
        from_day=lambda c: c.baseline.day.isoformat(), from_value="baseline.value",
        to_day=lambda c: c.points[-1].day.isoformat(), to_value=lambda c: c.points[-1].value,
        difference=lambda c: c.difference if c.state is not ChangeState.NOT_COMPARABLE else math.nan,
        detectable_change="detectable", result="state.value", trend="trend.value", error_from="source",
    )  # fmt: skip
    return make_table((*report.changes, *report.by_hand), columns)


def readiness_table(sets: Sequence[Readiness]) -> pd.DataFrame:
    """Return one row a gate."""
    rows = [
        {
            "set": each.spec.id, "step": step, "gate": g.spec.id, "clock": g.spec.clock, "domain": g.spec.domain, "result": g.state.value, "value": g.value,
            "unit": g.unit, "rule": rule_words(g), "seen": g.text, "to_measure": g.spec.to_measure, "rule_from": rule_source(g),
        }
        for each in sets
        for g, step in each.placed_gates
    ]  # fmt: skip
    columns = "set step gate clock domain result value unit rule seen to_measure rule_from"
    return pd.DataFrame(rows, columns=columns.split())


def progress_dict(report: ProgressReport) -> dict[str, Any]:
    """Return the progress as plain values."""
    return {
        "kind": "progress",
        "client": report.head.label,
        "visits": [visit.day.isoformat() for visit in report.visits],
        "retest_on": report.retest_on.isoformat() if report.retest_on else None,
        "headline": headline(report),
        "changes": [to_plain(change) for change in (*report.changes, *report.by_hand)],
        "readiness": [
            {
                "set": each.spec.id,
                "headline": each.headline,
                "refused": each.refused,
                "step": each.here.spec.id if each.here else "",
                "missing": [g.spec.id for g in each.missing],
                "next_test": each.next_test.spec.id if each.next_test else "",
                "to_measure": list(each.to_measure),
                "gates": [
                    {"gate": g.spec.id, "result": g.state.value, "value": to_plain(g.value), "unit": g.unit, "seen": g.text}
                    for g in each.gates
                ],
            }
            for each in report.readiness
        ],
        "notes": [{"day": v.day.isoformat(), **n.model_dump(mode="json")} for v in report.visits for n in v.notes],
    }  # fmt: skip


def headline(report: ProgressReport) -> str:
    """Return what changed, what did not and what cannot be determined, in a few sentences."""
    everything = [*report.changes, *report.by_hand]
    if not everything:
        return "There is nothing to compare yet: it takes two visits with the same movement, filmed in the same way."
    better = [c for c in everything if c.trend is Trend.AWAY]
    worse = [c for c in everything if c.trend is Trend.TOWARDS]
    other = [c for c in everything if c.state is ChangeState.CHANGED and c.trend is Trend.NEITHER]
    still = sum(c.state is ChangeState.NO_CHANGE for c in everything)
    parts = []
    for found, words in ((better, "for the better"), (worse, "for the worse"), (other, "")):
        if found:
            names = join_words(dict.fromkeys(_in_a_list(c, report.names) for c in found))
            parts.append(sentence(f"{names} changed {words} by more than the error can explain".replace("  ", " ")))
    if not parts:
        parts.append("Nothing changed by more than the error can explain.")
    if still and (better or worse or other):
        parts.append(sentence(f"{number_word(still)} other value{'s' * (still > 1)} did not"))
    unequal = sum(c.state is ChangeState.NOT_COMPARABLE for c in everything)
    if unequal:
        parts.append(sentence(f"{number_word(unequal)} cannot be compared, because the recordings differ"))
    return " ".join(parts)


def change_title(change: Change, names: Names) -> str:
    """Return what changed, with its side: ``Heel rise, right``."""
    title = names.reading(change.name) if change.movement else names.test(change.name)
    return f"{title}, {change.side}" if change.side else title


def _in_a_list(change: Change, names: Names) -> str:
    title = change_title(change, names)
    bare = title.removesuffix(f", {change.side}") if change.side else title
    return f"{decapitalize(bare)} ({change.side})" if change.side else decapitalize(title)


def rule_words(gate: GateResult) -> str:
    """Return the rule: ``at least 90 percent, and at least 20 reps on each side``."""
    spec = gate.spec
    if spec.kind == "floor":
        return gate.floor
    floor = f", and {gate.floor}" if gate.floor else ""
    if spec.at_least is not None:
        return f"at least {spec.at_least:g}{unit_after(gate.unit)}" + floor
    if spec.at_most is not None:
        return f"at most {spec.at_most:g}{unit_after(gate.unit)}" + floor
    return "within the limits" if spec.kind == "check" else "none open"


def rule_source(gate: GateResult) -> str:
    """Return where the rule comes from: its bar, its floor, and the errors by which they must be passed."""
    spec = gate.spec
    errors = [spec.error, spec.floor.error if spec.floor else None]
    sources = [spec.source, *([spec.floor.source] if spec.floor else []), *(e.source for e in errors if e)]
    return " ".join(dict.fromkeys(map(spec_source, sources)))


def render_progress(report: ProgressReport, read_picture: ReadPicture, links: Links = ()) -> str:
    """Return the progress as one HTML document, with ways back to the web app where there are any."""
    visits = report.visits
    facts = [
        ("Visits", str(len(visits))),
        ("From", day_words(visits[0].day) if visits else ""),
        ("To", day_words(visits[-1].day) if len(visits) > 1 else ""),
        ("Look again", day_words(report.retest_on) if report.retest_on else ""),
    ]
    lead_in = "Gray is what may be chance around the first value; a point outside of it is a change, for the better when it leads away from the check's limit. Hollow points were recorded differently."
    elements = [
        head_element("Progress", report.head, facts),
        statement_element(headline(report), notes_lines(visits)),
        changes_element("changes", "Seen by the camera", report.changes, report.names, lead_in),
        changes_element("by-hand", "Measured by hand", report.by_hand, report.names),
        judged_element([finding for visit in visits for finding in visit.findings], report.names.movements),
        observed_over_visits(visits),
        notes_element(visits),
        _pictures(visits, read_picture, report.names),
        *readiness_elements(report.readiness),
        _provenance(report),
    ]
    return render_page(elements, f"Progress · {report.head.label}", links)


def changes_element(id_: str, title: str, changes: Sequence[Change], names: Names, lead_in: str = "") -> Element | None:
    """Return a table of changes, those beyond the error first; what cannot be told is folded below; None without any."""
    ordered = sorted(changes, key=lambda c: (_ORDER.index(c.state), c.trend is Trend.NEITHER))
    sources = "; ".join(dict.fromkeys(c.source.rstrip(".") for c in ordered if c.source))
    columns = ["What was measured", "Result", "Change", "Could be chance up to", "Over the visits"]
    told, untold = (
        stacked(
            columns,
            [_change_row(c, names) for c in ordered if (c.state is ChangeState.NO_KNOWN_ERROR) is hidden],
            "changes",
        )
        for hidden in (False, True)
    )
    data = {"told": told, "untold": untold, "lead_in": lead_in, "sources": sentence(sources)}
    return Element(id_, title, "changes.html.jinja", data) if ordered else None


def _change_row(change: Change, names: Names) -> list[Cell | str]:
    changed = change.state is ChangeState.CHANGED
    mark = {Trend.AWAY: "clear", Trend.TOWARDS: "flagged", Trend.NEITHER: "borderline"}[change.trend]
    movement = names.movement(change.movement) if change.movement else ""
    about = f"{movement}, from the {change.view}" if change.view else movement
    comparable = change.state is not ChangeState.NOT_COMPARABLE
    label = _TREND_WORDS[change.trend] if changed else _STATE_WORDS[change.state]
    return [
        Cell(change_title(change, names), small=about),
        Cell(label, status=mark if changed else "not_assessed", small=sentence(spell_days(change.reason))),
        value_words(change.difference, change.unit, signed=True) if comparable else DASH,
        f"±{value_words(change.detectable, change.unit)}" if math.isfinite(change.detectable) else DASH,
        # built from numbers and escaped text in trend_chart.py
        Cell(Markup(trend_svg(change)), labeled=False),
    ]


def notes_lines(visits: Sequence[Visit]) -> list[str]:
    """Return adherence in words, summed over the notes."""
    told = [n for v in visits for n in v.notes if n.sessions_done is not None]
    done = sum(n.sessions_done or 0 for n in told)
    planned = [n.sessions_planned for n in told if n.sessions_planned]
    if not told:
        return []
    of = f" of {sum(planned)} planned" if len(planned) == len(told) else ""
    return [f"{plural(done, 'training session')}{of} took place"]


def _pictures(visits: Sequence[Visit], read_picture: ReadPicture, names: Names) -> Element | None:
    """Return the first and the last picture of each movement and view, where their set-up is the same."""
    found: dict[tuple[str, str], list[tuple[date, ClipRecord]]] = {}
    for visit in visits:
        for clip in visit.clips:
            if clip.pictures:
                found.setdefault((clip.setup.movement, clip.setup.view), []).append((visit.day, clip))
    pairs = []
    for (movement, view), clips in found.items():
        last = clips[-1]
        same = [c for c in clips[:-1] if c[0] < last[0] and not find_setup_differences(c[1].setup, last[1].setup)]
        if same:
            shown = [_picture(day, clip, read_picture) for day, clip in (same[0], last)]
            title = f"{names.movement(movement)}, from the {view}"
            pairs.append({"title": title, "pictures": [p for p in shown if p]})
    lead_in = "The deepest point of the first repetition, at the first comparable visit and at the last one."
    pairs = [pair for pair in pairs if len(pair["pictures"]) == 2]
    data = {"pairs": pairs, "lead_in": lead_in}
    return Element("pictures", "Side by side", "pictures.html.jinja", data) if pairs else None


def _picture(day: date, clip: ClipRecord, read_picture: ReadPicture) -> Picture | None:
    content, said = read_picture(clip.pictures[0]), day_words(day)
    return Picture(jpeg_address(content), 0, 0, said, f"The person at the deepest point on {said}") if content else None


def readiness_elements(sets: Sequence[Readiness]) -> list[Element | None]:
    """Return pathways, and once for all of them where their rules come from."""
    sources = dict.fromkeys(rule_source(gate) for each in sets for gate in _shown_gates(each))
    notes = {source: number for number, source in enumerate(sources, start=1)}
    return [*(_readiness_element(each, notes) for each in sets), sources_element(notes)]


def _shown_gates(readiness: Readiness) -> Sequence[GateResult]:
    """Return the gates of a complaint's present step, before them the one into the pathway when it is shut; else all of them."""
    if not readiness.spec.hypothesis:
        return readiness.gates
    door = [readiness.door] if readiness.door and readiness.door.state is not GateState.MET else []
    here = readiness.here.gates if readiness.here else ()
    return [*door, *sorted(here, key=lambda gate: _CLOCKS.index(gate.spec.clock))]


def _readiness_element(readiness: Readiness, notes: Mapping[str, int]) -> Element:
    """Return a pathway: its steps as a line, the gates of the present step as a table, and the one test that comes next."""
    complaint, test = bool(readiness.spec.hypothesis), readiness.next_test
    rows = [_gate_row(gate, notes) for gate in _shown_gates(readiness)]
    data = {
        "headline": sentence(spell_days(readiness.headline)),
        "table": stacked(_GATE_COLUMNS, rows, "gates"),
        "steps": list_steps(readiness) if complaint else (), "plain": readiness.spec.plain if readiness.open else "",
        "next_test": sentence(tell_test(test)) if complaint and test else "", "ahead": _steps_ahead(readiness) if complaint else [],
        "note": "" if readiness.withheld else readiness.spec.note,
        "to_measure": "" if complaint else sentence("; ".join(readiness.to_measure)),
    }  # fmt: skip
    return Element(f"readiness-{readiness.spec.id}", readiness.spec.title, "gates.html.jinja", data)


def _gate_row(gate: GateResult, notes: Mapping[str, int]) -> list[Cell | str]:
    number = notes[rule_source(gate)]
    clock = "" if gate.spec.clock == gate.spec.domain else f"{gate.spec.clock}, "
    return [
        Cell(gate.spec.title, small=f"{clock}{gate.spec.domain}"), Cell(_GATE_WORDS[gate.state], status=_GATE_MARKS[gate.state]),
        rule_words(gate), sentence(spell_days(gate.text)), Cell(f"note {number}", href=f"#source-{number}", kind="source"),
    ]  # fmt: skip


def _steps_ahead(readiness: Readiness) -> list[dict[str, str]]:
    """Return what the steps after the present one take; of those that wait, why."""
    if not readiness.open:
        return []
    ahead = readiness.steps[readiness.position + 1 :]
    return [
        {
            "title": step.spec.title,
            "takes": sentence(step.withheld or "; ".join(decapitalize(gate.spec.title) for gate in step.gates)),
        }
        for step in ahead
    ]


def render_readiness(head: PersonHead, day: date, sets: Sequence[Readiness], links: Links = ()) -> str:
    """Return the gates as one HTML document: each met, not met or not known on a day."""
    said = [f"{each.spec.title}: {spell_days(each.headline)}" for each in sets]
    elements = [
        head_element("Readiness", head, [("On", day_words(day))]),
        statement_element(said[0] if said else "No set of gates is meant for this person.", said[1:]),
        *readiness_elements(sets),
        provenance_element([], filmed=any(_is_filmed(gate) for each in sets for gate in each.gates)),
    ]
    return render_page(elements, f"Readiness · {head.label}", links)


def _is_filmed(gate: GateResult) -> bool:
    """Whether a recording says where a gate stands."""
    seen = gate.spec.kind == "check" and gate.state is not GateState.NOT_KNOWN
    return seen or BY_CAMERA in gate.text


def _provenance(report: ProgressReport) -> Element:
    clips = [clip for visit in report.visits for clip in visit.clips]
    models = dict.fromkeys(clip.setup.model_name for clip in clips)
    hashes = dict.fromkeys(clip.setup.catalog_sha256[:12] for clip in clips)
    return provenance_element(
        [("Pose model", ", ".join(models)), ("Catalog SHA-256 begins with", ", ".join(hashes))], filmed=bool(models)
    )
