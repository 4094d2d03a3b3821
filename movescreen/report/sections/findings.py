"""Pieces of a page that a clip and a whole screening share: first screen, what was not seen, table of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from movescreen.model import Finding, JudgedFinding, Status, is_overruled
from movescreen.report.figures.finding_chart import gauge_svg
from movescreen.report.sections.element import Element
from movescreen.report.sections.ranking import Priority, not_assessed_by_reason, ordered_findings, top_priorities
from movescreen.words.findings import (
    finding_sentence,
    finding_title,
    format_limit,
    format_measured,
    is_good_result,
    reps_short,
    reps_text,
    source_label,
    source_text,
)
from movescreen.words.judgements import camera_words, judgement_words, signature
from movescreen.words.numbers_and_units import DASH, number_word
from movescreen.words.sentences import clause, join_words, sentence, title_of
from movescreen.words.statuses import STATUS_WORDS

#: Words that every report needs: term and meaning.
GENERAL_TERMS: tuple[tuple[str, str], ...] = (
    *((words.label, words.meaning) for words in STATUS_WORDS.values()),
    ("Turn", "Where a repetition turns back: the deepest point, where down becomes up; of a jump the highest one."),
    ("Limit", "The value at which a check starts to stand out. It helps to look; it does not part healthy from not."),
    (
        "± (measurement error)",
        "How far a value from video may be off: about two times in three the true value lies within it. "
        "A change between two visits means something only when it is clearly larger than this.",
    ),
    ("Left, right", "The person's own left and right, also when facing the camera."),
)


def summary_element(findings: Sequence[Finding], headline: str, empty_message: str, numbered: bool = False) -> Element:
    """Return the first screen: what matters most.

    Parameters
    ----------
    empty_message
        What to say when there is nothing to point out.
    numbered
        Number the things in the order in which to work on them.
    """
    matters, notes = top_priorities(findings), source_notes(findings)
    shown = {matter.check for matter in matters}
    noteworthy = {(f.movement, f.check_id) for f in findings if f.status in (Status.FLAGGED, Status.BORDERLINE)}
    rest = dict.fromkeys(
        finding_title(f)
        for f in ordered_findings(findings)
        if f.status is Status.FLAGGED and (f.movement, f.check_id) not in shown
    )
    left_out = len(noteworthy - shown)
    counts = {status: sum(f.status is status for f in findings) for status in STATUS_WORDS}
    data = {
        "headline": headline,
        "tally": [
            {"status": s.value, "count": counts[s], "label": words.label.lower()} for s, words in STATUS_WORDS.items()
        ],
        "matters": [_card(matter, notes) for matter in matters],
        "empty_message": empty_message,
        "numbered": numbered and len(matters) > 1,
        "more": f"{number_word(left_out).capitalize()} more in the tables of checks below." if left_out else "",
        "also": f"{join_words(rest)} stood out, too." if rest else "",
    }
    return Element("summary", "", "summary.html.jinja", data)


def kind_words(findings: Sequence[Finding], where: str, below: str, *, unseen: bool) -> str:
    """Return what to say when there is nothing to point out.

    Parameters
    ----------
    where
        What was looked at: ``this clip``.
    below
        What the list of checks that could not be made does: ``says what to record``.
    unseen
        Most could not be made.
    """
    if unseen:
        return f"Most of the checks could not be made from {where}, so little can be said. The list below {below}."
    if is_good_result(findings):
        return "Everything stayed within its limit. That is a good result."
    if any(f.status is Status.CLEAR for f in findings):
        return f"What could be seen stayed within its limit. The list below says what could not be judged from {where}."
    return f"None of the checks could be made from {where}. The list below says why, and what to record instead."


def not_assessed_element(findings: Sequence[Finding], advice: Sequence[tuple[str, str]]) -> Element | None:
    """Return what could not be seen, by reason.

    Parameters
    ----------
    advice
        (what to do, how to do it) to answer more.
    """
    groups = [
        {"reason": sentence(reason), "names": list(dict.fromkeys(map(finding_title, found)))}
        for reason, found in not_assessed_by_reason(findings).items()
    ]
    if not groups and not advice:
        return None
    data = {"groups": groups, "advice": advice}
    return Element("not-assessed", "What could not be assessed", "not_assessed.html.jinja", data)


def judged_element(findings: Sequence[Finding], movement_titles: Mapping[str, str] | None = None) -> Element | None:
    """Return what the trainer says of findings, each beside what the camera measured; None when nothing was said."""
    titles = movement_titles or {}
    rows = [
        {"title": ": ".join(part for part in (titles.get(f.movement, ""), finding_title(f)) if part), **_judged(f)}
        for f in ordered_findings(findings)
        if isinstance(f, JudgedFinding)
    ]
    return Element("judged", "What the trainer says", "judged.html.jinja", {"rows": rows}) if rows else None


def key_of(finding: Finding) -> str:
    """Return a finding's anchor on the page on which the trainer says something about it."""
    return "-".join(part for part in (finding.movement, finding.check_id, finding.side) if part)


def _judged(finding: Finding) -> dict[str, Any]:
    """Return the trainer's word on a finding, who gave it, and what the camera says; empty without a word."""
    if not isinstance(finding, JudgedFinding):
        return {"judged": "", "signed": "", "camera": "", "own": ()}
    word = finding.judgement
    return {
        "judged": judgement_words(word),
        "signed": signature(word),
        "camera": camera_words(finding),
        "own": word.pictures,
    }


def findings_element(
    findings: Sequence[Finding], movement_titles: Mapping[str, str] | None = None, judge_at: str = ""
) -> Element | None:
    """Return every check, with numbers and source; with the movement's title, and where the trainer has a word, when those are given."""
    notes, titles = source_notes(findings), movement_titles or {}
    data = {**findings_data(findings, notes), "notes": notes}
    for row, finding in zip(data["rows"], ordered_findings(findings), strict=True):
        row["title"] = ": ".join(part for part in (titles.get(finding.movement, ""), row["title"]) if part)
        row["judge_at"] = f"{judge_at}#{key_of(finding)}" if judge_at else ""
    return Element("findings", "All checks", "findings.html.jinja", data) if data["rows"] else None


def findings_data(
    findings: Sequence[Finding], notes: Mapping[str, int], view_of: Callable[[Finding], str] | None = None
) -> dict[str, Any]:
    """Return what the table of checks shows.

    Parameters
    ----------
    notes
        Numbers of the sources (:func:`source_notes`).
    view_of
        Names the clip that a finding was made from, where there are several.
    """
    rows = [_finding_row(f, notes, view_of(f) if view_of else "") for f in ordered_findings(findings)]
    return {"rows": rows, "notes": {}}


def sources_element(notes: Mapping[str, int]) -> Element | None:
    """Return where the limits come from, once for the whole page."""
    title = "Where the limits come from"
    return Element("sources", title, "sources.html.jinja", {"notes": notes}) if notes else None


def glossary_element(terms: Iterable[tuple[str, str]] = ()) -> Element:
    """Return what the words mean: the general ones, then ``terms``."""
    data = {"terms": [*GENERAL_TERMS, *terms]}
    return Element("glossary", "What the words mean", "glossary.html.jinja", data)


def status_label(finding: Finding) -> str:
    """Return the verdict in words; well beyond the limit says so."""
    if is_overruled(finding):
        return "There (trainer)" if finding.status is Status.FLAGGED else "Not there (trainer)"
    return "Stood out clearly" if finding.severity >= 3 else STATUS_WORDS[finding.status].label


def _card(matter: Priority, notes: Mapping[str, int]) -> dict[str, Any]:
    lead, several = matter.lead, len(matter.findings) > 1
    return {
        "status": lead.status.value,
        "label": status_label(lead),
        "sentence": finding_sentence(lead),
        "term": lead.title or title_of(lead.check_id),
        "sides": [
            {
                "name": title_of(f.side) if several else "",
                # built from numbers and escaped text in finding_chart.py
                "gauge": Markup(gauge_svg(f)),
                "measured": format_measured(f),
                "numbers": _numbers(f),
            }
            for f in matter.findings
        ],
        "why": sentence(lead.why),
        "cue": sentence(lead.cue),
        "reason": clause(lead.reason),
        "judged": [_judged(f)["judged"] for f in matter.findings if isinstance(f, JudgedFinding)],
        "source": _source_ref(lead, notes),
    }


def _numbers(finding: Finding) -> str:
    limit = format_limit(finding)
    # most messages say already that it was seen in all of them
    said = "repetition" in finding.message and len(finding.reps_affected) == finding.reps_seen
    parts = [f"stands out {limit}" if limit != DASH else "", "" if said else reps_text(finding)]
    return sentence("; ".join(part for part in parts if part))


def source_notes(findings: Sequence[Finding]) -> dict[str, int]:
    """Return text of a source -> number of its note, in the order in which the table of checks needs them."""
    assessed = [f for f in ordered_findings(findings) if f.status is not Status.NOT_ASSESSED]
    texts = dict.fromkeys(filter(None, map(_source_note, assessed)))
    return {text: number for number, text in enumerate(texts, start=1)}


def _source_note(finding: Finding) -> str:
    text = source_text(finding.source)
    return " ".join(map(sentence, (text, finding.source.note))).strip() if text else ""


def _source_ref(finding: Finding, notes: Mapping[str, int]) -> dict[str, Any]:
    return {"label": source_label(finding.source), "number": notes.get(_source_note(finding), 0)}


def _finding_row(finding: Finding, notes: Mapping[str, int], clip: str) -> dict[str, Any]:
    unseen = finding.status is Status.NOT_ASSESSED
    title = finding_title(finding)
    return {
        "status": finding.status.value,
        "label": status_label(finding),
        "sentence": title if unseen or is_overruled(finding) else finding_sentence(finding),
        "title": "" if unseen or is_overruled(finding) or not finding.message else title,
        "clip": clip,
        "reason_only": unseen,
        "reason": sentence(finding.reason) if unseen else clause(finding.reason),
        "measured": format_measured(finding),
        "limit": format_limit(finding),
        "reps": reps_short(finding),
        "source": _source_ref(finding, notes),
        "judge_at": "",
        **_judged(finding),
    }
