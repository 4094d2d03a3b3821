"""The trainer's report of a whole screening: what matters first, then movement by movement, with everything it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from movescreen.model import ClipResult, Finding, ReferenceReading, ScreeningResult, SideComparison, Status
from movescreen.render.overlay import OVERLAY_FILE
from movescreen.report.figures.curves import Chart, choose_charts
from movescreen.report.figures.pictures import Picture
from movescreen.report.figures.repetitions import caption_of, over_repetitions, repetition_svg
from movescreen.report.formats.html import render_page
from movescreen.report.pages.clip import legend, repetitions_data
from movescreen.report.sections.element import Cell, Element, masthead_element, stacked_element
from movescreen.report.sections.findings import (
    findings_data,
    glossary_element,
    judged_element,
    kind_words,
    not_assessed_element,
    source_notes,
    sources_element,
    summary_element,
)
from movescreen.report.sections.measures import measures_element
from movescreen.report.sections.own_limits import own_catalog_words, own_limits_element
from movescreen.report.sections.ranking import is_mostly_unseen
from movescreen.words.findings import findings_headline, source_text, view_words
from movescreen.words.numbers_and_units import DASH, NBSP, date_words, format_number, format_value, plural
from movescreen.words.sentences import join_words, sentence

#: Curves beside a clip's picture: those behind its findings come first.
CHARTS_A_CLIP = 4
#: What pain in a movement means, whatever was measured.
PAIN_RULE = (
    "The person said that this movement hurt. Pain counts as 0, the lowest score, whatever the angles say: stop working on the "
    "movement and refer to a clinician before loading it."
)
_TERMS = (
    (
        "Limb symmetry index",
        "The lower side in percent of the higher one, whichever was injured; 100 % means equal. Given only where a ratio means something.",
    ),
    ("Counts from", "The smallest difference between the sides that is more than the camera's error, 19 times in 20."),
)


@dataclass(frozen=True)
class ScreeningPage:
    """What the pages of a screening are made from.

    Attributes
    ----------
    clip_folders
        Folder of each clip's files, relative to the page.
    pictures, plain_pictures
        Position of a clip -> its key picture, with angles and with the skeleton only.
    videos
        Paths, relative to the page, of the annotated videos that are there.
    watch
        When this client gets help and when to stop, a line each; what holds for everybody when empty.
    label
        How the person is named; as the result does when empty.
    """

    screening: ScreeningResult
    clip_folders: Sequence[str]
    recorded: str = ""
    pictures: Mapping[int, Picture] = field(default_factory=dict)
    plain_pictures: Mapping[int, Picture] = field(default_factory=dict)
    videos: Sequence[str] = ()
    watch: Sequence[str] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """Who it is about."""
        return self.label or self.screening.client


def render_trainer_page(page: ScreeningPage) -> str:
    """Return the trainer's report as one HTML document that links to the reports of its clips."""
    screening = page.screening
    notes = source_notes(screening.findings)
    elements = [
        _masthead(page),
        _refer(screening),
        summary_element(screening.findings, headline(screening), _kindly(screening), numbered=True),
        judged_element(screening.findings, {name: _title(screening, name) for name in _movements(screening)}),
        measures_element(screening.clips),
        not_assessed_element(screening.findings, _advice(screening)),
        own_limits_element(screening.clips),
        *(_movement(page, name, notes) for name in _movements(screening)),
        _sides(page),
        _references(page),
        sources_element(notes),
        glossary_element(_TERMS),
        _provenance(screening),
    ]
    title = " · ".join(part for part in ("Movement screen", page.name) if part)
    software = screening.clips[0].provenance.software if screening.clips else ""
    return render_page(elements, title, software=software)


#: Ends the name of every video that shows a movement from the front beside the side.
PAIR_ENDING = "_front_and_side.mp4"


def pair_file(movement: str, legs: Sequence[str]) -> str:
    """Return the name of the video that shows a movement from the front beside the side: ``lunge_left_front_and_side.mp4``."""
    return "_".join([movement, *(leg for leg in legs if leg)]) + PAIR_ENDING


def _shows_both_views(video: str, movement: str) -> bool:
    """Return True for a name that :func:`pair_file` gives a movement."""
    legs = video.removesuffix(PAIR_ENDING).removeprefix(movement).split("_")
    return video.endswith(PAIR_ENDING) and video.startswith(movement) and set(legs) <= {"", "left", "right"}


def headline(screening: ScreeningResult) -> str:
    """Return the screening in two or three sentences."""
    reps = sum(rep.complete for clip in screening.clips for rep in clip.reps)
    seen = f"Looked at {plural(len(screening.clips), 'clip')} with {plural(reps, 'repetition')}."
    return " ".join([seen, *findings_headline(screening.findings, "these clips")])


def _movements(screening: ScreeningResult) -> list[str]:
    """Return the movements in the order of the catalog; unknown ones last."""
    names = dict.fromkeys(clip.movement.name for clip in screening.clips)
    return sorted(names, key=lambda name: screening.info_of(name).order)


def _title(screening: ScreeningResult, movement: str) -> str:
    return screening.info_of(movement).title


def _advice(screening: ScreeningResult) -> list[tuple[str, str]]:
    wanted = [("Still to record.", sentence(text)) for text in screening.missing]
    return wanted + [("Could not be read.", sentence(f"{name}: {why}")) for name, why in screening.failed]


def _kindly(screening: ScreeningResult) -> str:
    if any(clip.measures for clip in screening.clips):
        return "Nothing that was checked passed its limit. The numbers of power and balance are measured, not judged."
    unseen = is_mostly_unseen(screening.findings)
    return kind_words(screening.findings, "these clips", "says why, and what to record", unseen=unseen)


def _masthead(page: ScreeningPage) -> Element:
    screening = page.screening
    made = max((clip.provenance.created_utc for clip in screening.clips), default="")
    years = f"{screening.person.age:g} years" if screening.person.age is not None else ""
    person = ", ".join(part for part in (years, screening.person.sex) if part)
    facts = [
        ("Recorded", date_words(page.recorded)),
        ("Person", person),
        ("Clips", str(len(screening.clips))),
        ("Analyzed", date_words(made)),
    ]
    known = [name for name in _movements(screening) if screening.info_of(name).known]
    titles = [_title(screening, name) for name in known or _movements(screening)]
    return masthead_element(page.name or "Movement screening", sentence(join_words(titles)).rstrip("."), facts)


def _refer(screening: ScreeningResult) -> Element | None:
    if not screening.pain:
        return None
    titles = [_title(screening, name) for name in screening.pain]
    return Element("refer", "", "refer.html.jinja", {"text": f"{join_words(titles)}: {PAIN_RULE}"})


def _movement(page: ScreeningPage, name: str, notes: Mapping[str, int]) -> Element:
    screening = page.screening
    numbers = [i for i, clip in enumerate(screening.clips) if clip.movement.name == name]
    several = len(numbers) > 1
    findings = [f for f in screening.findings if f.movement == name]
    data = {
        "pain": PAIN_RULE if name in screening.pain else "",
        "videos": [video for video in page.videos if _shows_both_views(video, name)],
        "clips": [_clip(page, i) for i in numbers],
        "findings": findings_data(findings, notes, lambda f: _which_clip(screening, f) if several else ""),
    }
    return Element(f"movement-{name}", _title(screening, name), "movement.html.jinja", data)


def _which_clip(screening: ScreeningResult, finding: Finding) -> str:
    """Return the clip of a finding as short as it can be: its view, or its name where several clips share a view."""
    if finding.status is Status.NOT_ASSESSED:
        return ""
    clip = screening.clip_of(finding)
    same = [c for c in screening.clips if (c.movement.name, c.view.kind) == (clip.movement.name, clip.view.kind)]
    return clip.video.name if len(same) > 1 else f"{clip.view.kind.value}{NBSP}view"


def _clip(page: ScreeningPage, number: int) -> dict[str, Any]:
    clip = page.screening.clips[number]
    charts = choose_charts(clip)
    clip_id = f"clip-{number + 1}"
    return {
        "id": clip_id,
        "title": sentence(view_words(clip.view)).rstrip("."),
        "file": clip.video.name,
        "href": f"{page.clip_folders[number]}/report.html",
        "video": video if (video := f"{page.clip_folders[number]}/{OVERLAY_FILE}") in page.videos else "",
        "about": plural(sum(rep.complete for rep in clip.reps), "repetition"),
        "picture": page.pictures.get(number),
        "charts": [
            drawn for c in charts[:CHARTS_A_CLIP] if (drawn := _chart(c, clip, f"{clip_id}-{c.key}")) is not None
        ],
        "reps": repetitions_data(clip, charts, f"{clip_id}-title", explained=number > 0 and not clip.measures),
        "notices": [sentence(notice.message) for notice in clip.notices],
    }


def _chart(chart: Chart, clip: ClipResult, about_id: str) -> dict[str, Any] | None:
    # drawn by rep_figures.py, which escapes all text
    svg = Markup(repetition_svg(chart, clip, about_id))
    caption = caption_of(chart, clip)
    drawn = {curve.spec.side for curve in chart.curves if len(over_repetitions(curve, curve.values, clip))}
    lines = [line for line in legend(chart) if line["side"] in drawn]
    return {"title": chart.title, "svg": svg, "caption": caption, "lines": lines} if svg else None


def _sides(page: ScreeningPage) -> Element | None:
    lead_in = "A difference counts only when it is more than the camera's error; whether it matters is for you to judge, with the history of each leg."
    columns = ["What", "Left", "Right", "Left minus right", "Counts from", "Limb symmetry index", "So"]
    return stacked_element(
        "sides", "Left against right", columns, [_side_row(row, page.screening) for row in page.screening.sides], lead_in=lead_in,
        caption="Medians at the turn over the repetitions that load the leg.",
    )  # fmt: skip


def _side_row(row: SideComparison, screening: ScreeningResult) -> list[Cell | str]:
    known = math.isfinite(row.detectable)
    verdict = "error not known" if not known else "more than the error" if row.beyond_error else "within the error"
    return [
        Cell(row.title, small=_title(screening, row.movement)),
        *(format_value(value, row.unit) for value in (row.left, row.right, row.difference)),
        f"±{format_value(row.detectable, row.unit)}" if known else DASH,
        f"{format_number(row.lsi_pct, 0)}{NBSP}%" if math.isfinite(row.lsi_pct) else DASH,
        Cell(strong=verdict) if row.beyond_error else verdict,
    ]


def _references(page: ScreeningPage) -> Element | None:
    lead_in = "Ranges taken on a couch with a goniometer are not compared with an angle reached in a movement."
    columns = ["What", "Measured", "Beside published values", "From"]
    rows = [_reference_row(row, page.screening) for row in page.screening.references]
    return stacked_element("references", "Range of motion beside published values", columns, rows, lead_in=lead_in)


def _reference_row(row: ReferenceReading, screening: ScreeningResult) -> list[Cell | str]:
    error = (
        f"{NBSP}±{NBSP}{format_value(row.measurement_error, row.unit)}" if math.isfinite(row.measurement_error) else ""
    )
    verdict = f"{row.verdict.capitalize()}." if row.verdict else ""
    return [
        Cell(f"{row.title}, {row.side}" if row.side else row.title, small=_title(screening, row.movement)),
        format_value(row.value, row.unit) + error,
        Cell(row.text, strong=verdict, small=sentence(row.note)),
        Cell(sentence(source_text(row.source)), kind="source"),
    ]


def _provenance(screening: ScreeningResult) -> Element:
    made = [clip.provenance for clip in screening.clips]
    rows = [
        ("Software", ", ".join(dict.fromkeys(m.software for m in made)), False),
        ("Pose model", ", ".join(dict.fromkeys(f"{m.pose_engine}, {m.model_name}" for m in made)), False),
        *(("Catalog SHA-256", sha, True) for sha in dict.fromkeys(m.catalog_sha256 for m in made)),
        *(("Catalogs of your own", text, False) for text in dict.fromkeys(own_catalog_words(m) for m in made)),
        ("More", "The report of each clip states the rest.", False),
    ]
    return Element("provenance", "", "provenance.html.jinja", {"rows": [r for r in rows if r[1]]}, place="footer")
