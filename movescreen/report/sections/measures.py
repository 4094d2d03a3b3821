"""Power and balance: what jumps, chair stands and one-leg stances gave, as a section of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from movescreen.display import value_in_units
from movescreen.model import ClipResult, Measure, pool_measures
from movescreen.report.sections.element import Cell, Element, stacked_element
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
    columns, rows = ["What", "Measured", "About it", "Error from"], [_row(s) for s in shown]
    return stacked_element(
        "measures", "Power and balance", columns, rows, lead_in=_LEAD_IN, sides=list(_side_words(shown))
    )


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


def measured_words(measure: Measure) -> str:
    """Return ``31 cm ± 2 cm``; ``at least`` before a lower bound; a dash when it could not be measured."""
    value = format_value(measure.value, measure.unit, measure.digits)
    if not measure.known:
        return value
    if measure.at_least:
        return f"at least {value}"
    error = format_value(measure.error, measure.unit, max(measure.digits, 1 if measure.error < 0.5 else 0))
    return f"{value}{NBSP}±{NBSP}{error}"


def _row(shown: ShownMeasure) -> list[Cell | str]:
    measure, movement = shown.measure, shown.clip.movement_info.title
    each = [value_in_units(a.value, measure.unit, measure.digits) for a in measure.attempts]
    single = [format_number(value, digits) for value, _, digits in each]
    attempts = f"{', '.join(single)}: {measure.summary}" if len(single) > 1 else ""
    measured, reason = measured_words(measure), sentence(measure.reason)
    return [
        Cell(measure.label, small="" if measure.title == movement else movement),
        Cell(measured, small=reason) if reason else Cell(strong=measured, small=attempts),
        " ".join(sentence(note) for note in (measure.definition, measure.note) if note),
        Cell(sentence(measure.error_from), kind="source"),
    ]
