"""The report as a list of elements: each gathers its own data and has its own template.

To add a section, write one function that returns an :class:`Element` (or None when there is nothing to show), call it in
:func:`build_elements` at its place, and add its template to ``templates/``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from movescreen.model import ClipResult, Notice, Repetition, Status, ViewKind
from movescreen.report.figures.camera_place import draw_camera_place
from movescreen.report.figures.curves import Chart, line_of
from movescreen.report.figures.pictures import Picture
from movescreen.report.sections.element import Element, masthead_element
from movescreen.report.sections.findings import (
    findings_element,
    glossary_element,
    judged_element,
    kind_words,
    not_assessed_element,
    summary_element,
)
from movescreen.report.sections.measures import measures_element
from movescreen.report.sections.own_limits import own_catalog_words, own_limits_element
from movescreen.report.sections.ranking import is_mostly_unseen
from movescreen.words.findings import headline, settings_rows, signal_words, view_words
from movescreen.words.numbers_and_units import NBSP, date_words, format_number, format_value
from movescreen.words.sentences import join_words, sentence, title_of

#: How many signals the table of repetitions shows: more do not fit a page.
TABLE_SIGNALS = 4


@dataclass(frozen=True)
class Page:
    """What the elements are made from."""

    result: ClipResult
    client: str = ""
    recorded: str = ""
    pictures: Sequence[Picture] = ()
    charts: Sequence[tuple[Chart, str]] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def masthead(page: Page) -> Element:
    """Return who, what and when."""
    result = page.result
    facts = [
        ("Person", page.client),
        ("Recorded", date_words(page.recorded)),
        ("Clip", result.video.name),
        ("Analyzed", date_words(result.provenance.created_utc)),
    ]
    return masthead_element(result.movement_info.title, sentence(view_words(result.view)).rstrip("."), facts)


def _kindly(result: ClipResult) -> str:
    if not result.reps:
        return "Without a repetition there is nothing to measure. The notes below say what may help next time."
    # from the front or the side the other view's checks are unseen by nature
    unseen = is_mostly_unseen(result.findings) and result.view.kind not in (ViewKind.FRONT, ViewKind.SIDE)
    if result.measures and not unseen:
        return "Nothing that was checked passed its limit. The numbers below are measured, not judged."
    return kind_words(result.findings, "this clip", "says what to record", unseen=unseen)


def not_assessed(page: Page) -> Element | None:
    """Return what could not be seen, by reason."""
    advice = [(f"To answer more, film from the {view}.", how) for view, how in _recording_advice(page.result)]
    return not_assessed_element(page.result.findings, advice)


def _recording_advice(result: ClipResult) -> list[tuple[str, str]]:
    """Return (view, how to record it) for every other view that could answer a check left open by this clip."""
    here, how = result.view.kind.value, result.movement_info.recording
    unseen = [f for f in result.findings if f.status is Status.NOT_ASSESSED and here not in f.views]
    return [(view, how[view]) for view in dict.fromkeys(v for f in unseen for v in f.views) if view in how]


def recording(page: Page) -> Element:
    """Return how good the clip was."""
    result, video = page.result, page.result.video
    facts = [
        f"{video.width_px} × {video.height_px} pixels, {format_number(video.fps, 0)} frames per second, "
        f"{format_value(video.duration_s, 's')}",
        f"the person could be measured in {_percent(result.frames_valid_frac)} of the frames",
        f"the view was {_told_or_seen(result.view.forced, result.view.confidence)}",
        f"the movement was {_told_or_seen(result.movement.forced, result.movement.confidence)}",
    ]
    data = {
        "facts": sentence("; ".join(facts)),
        "place": Markup(draw_camera_place(result.view)),
        "notices": [{"message": sentence(n.message), "affects": _affects(n, result)} for n in result.notices],
    }
    return Element("recording", "About this recording", "recording.html.jinja", data)


def _told_or_seen(forced: bool, confidence: float) -> str:
    return "given by the user" if forced else f"recognized with {_percent(confidence)} certainty"


def _percent(share: float) -> str:
    return f"{format_number(100 * share, 0)}{NBSP}%"


def _affects(notice: Notice, result: ClipResult) -> str:
    if "all" in notice.affects:
        return "all measurements"
    titles = {f.check_id: (f.title or title_of(f.check_id)).lower() for f in result.findings}
    signals = {name: signal_words(spec).lower() for name, spec in result.series.specs.items()}
    return join_words(dict.fromkeys(titles.get(n) or signals.get(n) or title_of(n).lower() for n in notice.affects))


def pictures(page: Page) -> Element | None:
    """Return the deepest point of each repetition, in pictures."""
    if not page.pictures:
        return None
    shown, whole = len(page.pictures), len(page.result.reps)
    which = "each repetition" if shown == whole else f"{shown} of the {whole} repetitions"
    lead_in = (
        f"{sentence(page.result.movement_info.turn_words).rstrip('.')} of {which}, with the points that the angles are measured from: "
        "the person's left in blue with whole lines, the right in orange with dashes."
    )
    data = {"pairs": [{"title": "", "pictures": page.pictures}], "lead_in": lead_in}
    return Element("pictures", "Pictures", "pictures.html.jinja", data)


def curves(page: Page) -> Element | None:
    """Return the angles over time."""
    if not page.charts:
        return None
    charts = [
        # drawn by figures.py, which escapes all text
        {"title": chart.title, "caption": chart.caption, "svg": Markup(svg), "lines": legend(chart)}
        for chart, svg in page.charts
    ]
    lead_in = "Gaps in a line are moments that could not be measured."
    if page.result.reps:
        lead_in = f"Gray stretches are repetitions; a dotted line with its number marks the turn. {lead_in}"
    return Element("curves", "Angles over time", "curves.html.jinja", {"charts": charts, "lead_in": lead_in})


def legend(chart: Chart) -> list[dict[str, str]]:
    """Return side, color and dashes of a chart's lines."""
    lines = [(curve.spec.side, line_of(curve, chart)) for curve in chart.curves if curve.spec.side]
    return [
        {"side": side, "color": line.color, "dashes": " ".join(f"{2 * d:g}" for d in line.dashes)}
        for side, line in lines
    ]


def repetitions(page: Page) -> Element:
    """Return a table with one row a repetition."""
    data = repetitions_data(page.result, [chart for chart, _ in page.charts], "repetitions-title")
    return Element("repetitions", "Repetition by repetition", "repetitions.html.jinja", data)


def repetitions_data(
    result: ClipResult, charts: Sequence[Chart], labeled_by: str, explained: bool = False
) -> dict[str, Any]:
    """Return what the table of repetitions shows: times, and the charts' signals at the turn.

    Parameters
    ----------
    charts
        Give the signals worth a column.
    labeled_by
        Anchor of the heading that names the table.
    explained
        The reader knows already what the columns are.
    """
    names = _table_signals(result, charts)
    columns = ["Starts at", *(way.capitalize() for way in result.movement_info.way_words)]
    for name in names:
        spec = result.series.specs[name]
        columns.append(signal_words(spec) + (f", {spec.side}" if spec.side else ""))
    rows = [{"name": _rep_name(rep), "cells": _rep_cells(rep, names, result)} for rep in result.reps]
    turn = result.movement_info.turn_words
    return {"rows": rows, "columns": columns, "labeled_by": labeled_by, "explained": explained, "turn": turn}


def _table_signals(result: ClipResult, charts: Sequence[Chart]) -> list[str]:
    names = [curve.spec.name for chart in charts for curve in chart.curves]
    return [n for n in names if any(math.isfinite(rep.at_turn.get(n, math.nan)) for rep in result.reps)][:TABLE_SIGNALS]


def _rep_name(rep: Repetition) -> str:
    notes = [note for note in (rep.side, "" if rep.complete else "not finished") if note]
    return f"{rep.number}{' (' + ', '.join(notes) + ')' if notes else ''}"


def _rep_cells(rep: Repetition, names: Sequence[str], result: ClipResult) -> list[str]:
    times = [format_number(value, 1) for value in (rep.start_s, rep.descent_s, rep.ascent_s)]
    return times + [_turn_cell(rep, n, result.series.specs[n].unit) for n in names]


def _turn_cell(rep: Repetition, name: str, unit: str) -> str:
    value = format_value(rep.at_turn.get(name, math.nan), unit)
    camera = format_value(rep.camera_at_turn[name], unit) if name in rep.camera_at_turn else value
    return value if camera == value else f"{value} (camera: {camera})"


def glossary(page: Page) -> Element:
    """Return what the words mean."""
    terms: dict[str, str] = {}
    for chart, _ in page.charts:
        spec = chart.curves[0].spec
        # the zero of a ratio explains itself: "1 when ..."
        zero = f"Zero: {spec.zero}" if spec.zero and spec.unit != "ratio" else spec.zero
        terms.setdefault(chart.title, f"{sentence(spec.definition)} {sentence(zero)}".strip())
    return glossary_element(terms.items())


def provenance(page: Page) -> Element:
    """Return what made the page, so that it can be made again."""
    made, smoothing = page.result.provenance, page.result.series.filter
    rows = [
        ("Software", made.software, False),
        ("Pose model", ", ".join(x for x in (made.pose_engine, made.model_name) if x), False),
        ("Model SHA-256", made.model_sha256, True),
        ("Catalog SHA-256", made.catalog_sha256, True),
        ("Catalogs of your own", own_catalog_words(made), False),
        ("Video SHA-256", made.video_sha256, True),
        (
            "Smoothing",
            f"{smoothing.name}, order {smoothing.order}, {format_number(smoothing.cutoff_hz, 1)}{NBSP}Hz",
            False,
        ),
        ("Settings", ", ".join(f"{name} = {value}" for name, value in settings_rows(made.settings.items())), False),
        ("Made", made.created_utc, False),
        ("Files beside this one", ", ".join(page.files), False),
    ]
    data = {"rows": [row for row in rows if row[1]]}
    return Element("provenance", "", "provenance.html.jinja", data, place="footer")


def build_elements(page: Page) -> list[Element | None]:
    """Return the elements from top to bottom; None for those that have nothing to show."""
    result = page.result
    return [
        masthead(page),
        summary_element(result.findings, headline(result), _kindly(result)),
        judged_element(result.findings),
        measures_element([result]),
        not_assessed(page),
        own_limits_element([result]),
        recording(page),
        pictures(page),
        curves(page),
        repetitions(page),
        findings_element(result.findings),
        glossary(page),
        provenance(page),
    ]
