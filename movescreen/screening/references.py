"""Readings beside published values of other people: a verdict where the norm can bear one, else the bare figure and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from movescreen.catalog import Catalog
from movescreen.catalog.norms_compare import compare_to_norm
from movescreen.catalog.norms_library import NormLibrary
from movescreen.catalog.norms_schema import CutNorm, MeanNorm, Method, NormRow, PercentileNorm, Quantity, RangeNorm
from movescreen.catalog.schema import ReferenceSpec
from movescreen.model import (
    ClipResult,
    Demographics,
    ReferenceReading,
    ScreeningResult,
    Source,
    read_error,
    read_statistic,
)

#: How movescreen measures, as the norm files name it.
OWN_METHOD = Method.POSE_NETWORK
_SIDES = ("left", "right")


def compare_with_references(
    screening: ScreeningResult, catalog: Catalog, library: NormLibrary
) -> tuple[ReferenceReading, ...]:
    """Hold the readings of a screening against published values, as its movements' ``references`` ask.

    Only norms that somebody checked against their source are used.

    Parameters
    ----------
    screening
        One person's visit; age and sex choose the norm.
    catalog, library
        Movements and norms.

    Returns
    -------
    tuple of ReferenceReading
        One for each reading and published value; empty when nothing can be compared.
    """
    found: list[ReferenceReading] = []
    for name in dict.fromkeys(clip.movement.name for clip in screening.clips):
        for reference in catalog.movements[name].references if name in catalog.movements else ():
            found += _compare(reference, name, screening, library)
    return tuple(found)


def _compare(
    reference: ReferenceSpec, movement: str, screening: ScreeningResult, library: NormLibrary
) -> list[ReferenceReading]:
    quantity = library.quantities[reference.quantity]
    found = []
    for side in _SIDES if reference.scope in ("working", "each") else ("",):
        number, value, signal = _read(reference, movement, side, screening.clips)
        if number < 0:
            continue
        clip = screening.clips[number]
        error = read_error(clip.series, signal, clip.reps, value)
        for text, verdict, source in _judge(value, reference.quantity, screening.person, library):
            found.append(
                ReferenceReading(
                    movement=movement,
                    quantity=reference.quantity,
                    side=side,
                    title=quantity.title,
                    value=value,
                    unit=quantity.unit,
                    measurement_error=error,
                    clip=number,
                    text=text,
                    verdict=verdict,
                    source=source,
                    note=reference.note,
                )
            )
    return found


def _read(reference: ReferenceSpec, movement: str, side: str, clips: Sequence[ClipResult]) -> tuple[int, float, str]:
    """Return clip, median over its repetitions and name of the signal; clip -1 when no clip shows it."""
    usable = [i for i, c in enumerate(clips) if c.movement.name == movement and c.view.kind.value == reference.view]
    for number in sorted(usable, key=lambda i: -clips[i].view.confidence):
        clip = clips[number]
        which = side or (clip.view.near_side if reference.scope == "nearest" else "")
        signal = f"{reference.signal}_{which}" if which else reference.signal
        if signal not in clip.series.values:
            continue
        reps = [rep for rep in clip.reps if rep.complete and rep.side in ("", side or rep.side)]
        read = [read_statistic(reference.statistic, r, clip.series.time_s, clip.series.values[signal]) for r in reps]
        values = [v for v in read if np.isfinite(v)]
        if values:
            return number, float(np.median(values)), signal
    return -1, float("nan"), ""


def _judge(value: float, quantity: str, person: Demographics, library: NormLibrary) -> list[tuple[str, str, Source]]:
    rows = [
        row for row in library.find(quantity, sex=person.sex or None) if _about(row, person.age) and row.ours != "other"
    ]
    names = [row for row in rows if isinstance(row, RangeNorm) and row.group]
    judged = [_name_range(value, names)] if names else []
    others = [row for row in rows if not isinstance(row, RangeNorm)]
    # one row of each source that can give a verdict, else the figures as they are
    bearing = [row for row in others if _bears_a_verdict(row)]
    return judged + [
        _judge_row(value, row, person, library.quantities[row.quantity]) for row in (bearing[:1] or others)
    ]


def _about(row: NormRow, age: float | None) -> bool:
    return age is None or row.age is None or row.holds_for(age)


def _bears_a_verdict(row: NormRow) -> bool:
    spread = isinstance(row, PercentileNorm | CutNorm) or (isinstance(row, MeanNorm) and row.sd is not None)
    return spread and row.measured_by(OWN_METHOD)


def _judge_row(value: float, row: NormRow, person: Demographics, quantity: Quantity) -> tuple[str, str, Source]:
    source = row.source()
    if not _bears_a_verdict(row):
        return _figure(row), "", source
    if row.sex != "any" and not person.sex:
        return f"The norm is about {row.who}; the person's sex is not known.", "", source
    if row.age is not None and person.age is None:
        return f"The norm is about {row.who}; the person's age is not known.", "", source
    age = person.age if row.age is not None else None
    judged = compare_to_norm(value, row, method=OWN_METHOD, age=age, sex=person.sex or None, quantity=quantity)
    return judged.text, judged.label.value, source


def _figure(row: NormRow) -> str:
    group = f", {row.group}" if row.group else ""
    what = f"{row.population}{group}: "
    if isinstance(row, MeanNorm):
        what += f"{row.statistic} {row.mean:g} {row.unit}, measured by {row.method.words}"
        why = "no spread was published" if row.sd is None else "it was measured in another way"
    else:
        what += f"measured by {row.method.words}"
        why = "it was measured in another way"
    return f"{what}; {why}, so it gives no verdict. {row.match_words}".rstrip()


def _name_range(value: float, rows: Sequence[RangeNorm]) -> tuple[str, str, Source]:
    """Return which named range a value falls into, or between which two."""
    ordered = sorted(rows, key=lambda row: row.low)
    inside = next((row for row in ordered if row.low <= value <= row.high), None)
    if inside is not None:
        text = f"In the range that is called {inside.group} ({inside.low:g} to {inside.high:g} {inside.unit}). {inside.match_words}".rstrip()
        return text, "", inside.source()
    below = [row for row in ordered if row.high < value]
    above = [row for row in ordered if row.low > value]
    parts = [f"{row.group} ({row.low:g} to {row.high:g} {row.unit})" for row in (*below[-1:], *above[:1])]
    where = "Between" if below and above else "Beyond" if below else "Short of"
    nearest = (below[-1:] or above[:1])[0]
    return f"{where} what is called {' and '.join(parts)}. {nearest.match_words}".rstrip(), "", nearest.source()
