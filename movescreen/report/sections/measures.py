"""Power and balance: what jumps, chair stands and one-leg stances gave, as a section of a page and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from movescreen.display import value_in_units
from movescreen.model import ClipResult, Measure, pool_measures
from movescreen.report.formats.columns import MEASURES_COLUMNS
from movescreen.report.sections.findings import Element
from movescreen.statistics import Sides, detectable_difference
from movescreen.words.numbers_and_units import NBSP, format_number, format_value
from movescreen.words.sentences import sentence

_LEAD_IN = (
    "Read from the clips. The error is that of the reading and, from three attempts on, of how far the attempts differ. A change "
    "between two days means something only when it is clearly larger. Nobody's values are held against a norm here: published ones come from other devices."
)


class ShownMeasure(NamedTuple):
    """A measure and the clip that gave it."""

    clip: ClipResult
    measure: Measure


def pooled_measures(clips: Iterable[ClipResult]) -> list[ShownMeasure]:
    """Return every measure of the clips once, a side: made of the attempts of all clips that give it."""
    found: dict[tuple[str, str, str], list[ShownMeasure]] = {}
    for clip in clips:
        for measure in clip.measures:
            found.setdefault((clip.movement.name, measure.name, measure.side), []).append(ShownMeasure(clip, measure))
    return [ShownMeasure(shown[0].clip, pool_measures([s.measure for s in shown])) for shown in found.values()]


def measures_element(clips: Sequence[ClipResult]) -> Element | None:
    """Return the section about power and balance; None when no clip is about them."""
    shown = pooled_measures(clips)
    data = {"rows": [_row(s) for s in shown], "sides": list(_side_words(shown)), "lead_in": _LEAD_IN}
    return Element("measures", "Power and balance", "measures.html.jinja", data) if shown else None


def _side_words(shown: Sequence[ShownMeasure]) -> Iterator[str]:
    """Yield left against right for every measure that is known of both."""
    by_side = {(s.clip.movement.name, s.measure.name, s.measure.side): s.measure for s in shown if s.measure.known}
    for (movement, name, side), left in by_side.items():
        right = by_side.get((movement, name, "right"))
        if side != "left" or right is None or left.at_least or right.at_least:
            continue
        detectable = detectable_difference(left.error, right.error)
        sides = Sides(left=left.value, right=right.value, detectable=detectable)
        verdict = "more than the error of reading" if sides.beyond_error else "within the error of reading"
        ratio = (
            f"; the {sides.lower or left.side} is {sides.lsi_pct:.0f}{NBSP}% of the other one"
            if sides.lsi_pct > 0
            else ""
        )
        yield (
            f"{left.title}: left {format_value(left.value, left.unit, left.digits)}, right "
            f"{format_value(right.value, right.unit, right.digits)}{ratio}. The difference is {verdict}."
        )


def measures_table(clips: Iterable[ClipResult]) -> pd.DataFrame:
    """Return one row for every measure (and side) of every clip, measured or not.

    Returns
    -------
    pandas.DataFrame
        ``movement, view, measure, side, value, unit, measurement_error, at_least, attempts, summary, reason, hand_test, title,
        definition, error_from``. ``attempts`` holds the single values with a space between.
    """
    rows = [
        {
            "movement": clip.movement.name,
            "view": clip.view.kind.value,
            "measure": m.name,
            "side": m.side,
            "value": m.value,
            "unit": m.unit,
            "measurement_error": m.error,
            "at_least": m.at_least,
            "attempts": " ".join(f"{a.value:.3f}" for a in m.attempts),
            "summary": m.summary,
            "reason": m.reason,
            "hand_test": m.hand_test,
            "title": m.title,
            "definition": m.definition,
            "error_from": m.error_from,
        }
        for clip in clips
        for m in clip.measures
    ]
    return pd.DataFrame(rows, columns=list(MEASURES_COLUMNS))


def measured_words(measure: Measure) -> str:
    """Return ``31 cm ± 2 cm``; ``at least`` before a lower bound; a dash when it could not be measured."""
    value = format_value(measure.value, measure.unit, measure.digits)
    if not measure.known:
        return value
    if measure.at_least:
        return f"at least {value}"
    error = format_value(measure.error, measure.unit, max(measure.digits, 1 if measure.error < 0.5 else 0))
    return f"{value}{NBSP}±{NBSP}{error}"


def _row(shown: ShownMeasure) -> dict[str, Any]:
    measure, movement = shown.measure, shown.clip.movement_info.title
    each = [value_in_units(a.value, measure.unit, measure.digits) for a in measure.attempts]
    single = [format_number(value, digits) for value, _, digits in each]
    notes = [measure.definition, measure.note]
    return {
        "title": measure.label,
        "movement": "" if measure.title == movement else movement,
        "measured": measured_words(measure),
        "attempts": f"{', '.join(single)}: {measure.summary}" if len(single) > 1 else "",
        "reason": sentence(measure.reason),
        "about": " ".join(sentence(note) for note in notes if note),
        "error_from": sentence(measure.error_from),
    }
