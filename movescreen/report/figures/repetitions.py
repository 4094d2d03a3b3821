"""Angles over the repetition: every repetition of a clip laid over the others, with limit and error where they apply."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from movescreen.model import ClipResult, FloatArray, Repetition, moments_of, read_error, resample
from movescreen.report.figures.curves import About, Chart, Curve, draw_limits, draw_svg, line_of, style_axes
from movescreen.words.numbers_and_units import NBSP, format_value, plural
from movescreen.words.sentences import join_words, sentence

#: Repetitions are read at so many moments: the way down is the first half, the way up the second.
_MOMENTS = 101
#: Stretch around the turn over which a limit is drawn: it is meant for the value there, share of the repetition.
_NEAR_TURN = (0.42, 0.58)
_SIZE_IN = (3.4, 1.95)
_TINT, _EDGE = "#f4dfd2", "#9c3700"


def repetition_svg(chart: Chart, result: ClipResult, about_id: str) -> str:
    """Draw a chart's curves over the repetition; empty when no complete repetition was measured.

    Parameters
    ----------
    about_id
        Prefix for the drawing's ids, unique on the page.
    """
    lines = [(curve, found) for curve in chart.curves if len(found := over_repetitions(curve, curve.values, result))]
    if not lines:
        return ""

    def draw(axes: Any) -> None:
        share = np.linspace(0.0, 1.0, _MOMENTS)
        for curve, each in lines:
            line = line_of(curve, chart)
            for rep in each:
                axes.plot(share, rep, color=line.color, lw=0.7, alpha=0.55, zorder=3)
            middle = _median(each)
            error = _median(over_repetitions(curve, curve.error, result))
            axes.fill_between(share, middle - error, middle + error, color=line.color, alpha=0.18, lw=0, zorder=2)
            style = (0, line.dashes) if line.dashes else "-"
            axes.plot(share, middle, color=line.color, ls=style, lw=2.0, zorder=4, solid_joinstyle="round")
        draw_limits(axes, chart)
        style_axes(axes, chart.curves[0].spec.unit, 0.0, 1.0)
        _tint(axes, chart)
        to_turn, on = result.movement_info.way_words
        axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["start", to_turn, "turn", on, "end"])
        axes.axvline(0.5, color="#3c4a52", lw=0.8, ls=(0, (1, 2)), zorder=1)

    count = plural(max(len(each) for _, each in lines), "repetition")
    return draw_svg(
        draw, About(about_id, f"{chart.title} over the repetition, {count}", caption_of(chart, result)), _SIZE_IN
    )


def caption_of(chart: Chart, result: ClipResult) -> str:
    """Return what can be read from the chart, in words: value at the turn with its error; the limit stands in the chart."""
    unit, parts = chart.curves[0].spec.unit, []
    for curve in chart.curves:
        turns = [rep.at_turn.get(curve.spec.name, math.nan) for rep in _reps_of(curve, result)]
        seen = [v for v in turns if math.isfinite(v)]
        if seen:
            value = float(np.median(seen))
            error = read_error(result.series, curve.spec.name, _reps_of(curve, result), value)
            plus = f"{NBSP}±{NBSP}{format_value(error, unit)}" if math.isfinite(error) else ""
            parts.append(f"{curve.spec.side} {format_value(value, unit)}{plus}".strip())
    text = f"At the turn: {join_words(parts)}." if parts else ""
    if chart.limits:
        text += " Tinted: where it stands out."
    return sentence(text.strip())


def over_repetitions(curve: Curve, samples: FloatArray, result: ClipResult) -> FloatArray:
    """Return samples ``(n,)`` of a curve in every complete repetition of its side, ``(reps, 101)``; the turn is in the middle.

    Moments that were not measured are NaN; nothing is made up across a gap.
    """
    found = []
    for rep in _reps_of(curve, result):
        values = resample(result.series.time_s, samples, moments_of(rep, _MOMENTS, align_turn=True))
        if np.isfinite(values).any():
            found.append(values)
    return np.array(found) if found else np.empty((0, _MOMENTS))


def _reps_of(curve: Curve, result: ClipResult) -> Sequence[Repetition]:
    # in a one-sided movement only the working leg is drawn
    return [rep for rep in result.reps if rep.complete and (not rep.side or curve.spec.side in ("", rep.side))]


def _median(each: FloatArray) -> FloatArray:
    middle = np.full(each.shape[1], np.nan)
    seen = np.isfinite(each).any(axis=0)
    middle[seen] = np.nanmedian(each[:, seen], axis=0)
    return middle


def _tint(axes: Any, chart: Chart) -> None:
    """Tint, around the turn, the side of each limit on which a value stands out."""
    low, high = axes.get_ylim()
    for limit, side in chart.beyond:
        bottom, top = (limit, high) if side == "above" else (low, limit)
        if top > bottom:
            axes.fill_between(
                _NEAR_TURN, bottom, top, facecolor=_TINT, edgecolor=_EDGE, hatch="////", lw=0, alpha=0.7, zorder=0.5
            )
    axes.set_ylim(low, high)
