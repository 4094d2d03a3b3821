"""Angles over time as small inline SVG pictures: told apart without color and read aloud by a screen reader."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movescreen.model import ClipResult, Finding, FloatArray, SignalSpec, Status, ranked_signals
from movescreen.report.sections.ranking import ordered_findings
from movescreen.words.findings import signal_words
from movescreen.words.numbers_and_units import NBSP, decimals_for, format_value, plural
from movescreen.words.sentences import join_words, sentence

MAX_FIGURES = 6
_MAX_POINTS = 700
_NUMBERED_UP_TO = 20
_LEAST_SPAN = {"deg": 10.0, "pct": 10.0, "ratio": 0.2}
_SIZE_IN = (4.6, 2.05)
# left, bottom, right, top
_MARGINS_IN = (0.48, 0.28, 0.14, 0.25)
# Okabe-Ito, darkened where thin lines on white need it; the style tells the sides apart without color
_LINES: dict[str, tuple[str, tuple[float, ...]]] = {
    "left": ("#0072B2", ()),
    "right": ("#B34700", (5.0, 1.6)),
    "": ("#1b2a33", ()),
}
_INK, _FAINT, _BAND = "#3c4a52", "#d9dee1", "#eef1f2"
# matplotlib keeps its SVG options in process-wide settings
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Curve:
    """One line of a chart: ``(n,)`` values, and the standard deviation of their errors, NaN where it is not known."""

    spec: SignalSpec
    values: FloatArray
    error: FloatArray


@dataclass(frozen=True)
class Line:
    """How a curve is drawn: color, and lengths of dashes and gaps (none = solid)."""

    color: str
    dashes: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """One picture: the left and right side of a signal, and the limits that are held against it.

    Attributes
    ----------
    key
        Signal name without its side.
    title, caption
        Heading, and what can be read from it, in words.
    limits
        Limits that belong on these lines: value -> how to label it.
    beyond
        The same limits with the side on which a value stands out: (value, ``above`` or ``below``).
    """

    key: str
    title: str
    caption: str
    curves: tuple[Curve, ...]
    limits: Mapping[float, str]
    beyond: tuple[tuple[float, str], ...] = ()


def choose_charts(result: ClipResult, most: int = MAX_FIGURES) -> list[Chart]:
    """Return the charts worth showing: signals behind findings first, then the main ones that were measured."""
    limits: dict[str, list[tuple[Finding, str]]] = {}
    wanted: dict[str, None] = {}
    for finding in ordered_findings(result.findings):
        shown = finding.is_read_off and finding.reps_seen and np.isfinite(finding.limit)
        if not shown or not result.series.has(finding.signal_name):
            continue
        key = finding.signal
        limits.setdefault(key, []).append((finding, finding.signal_side))
        if finding.status in (Status.FLAGGED, Status.BORDERLINE):
            wanted[key] = None
    measured: dict[str, list[SignalSpec]] = {}
    for name, spec in result.series.specs.items():
        if result.series.has(name):
            measured.setdefault(spec.stem, []).append(spec)
    main = result.movement_info.key_signals or ranked_signals(result.series.specs.values())
    order = [key for key in dict.fromkeys([*wanted, *main, *limits]) if key in measured]
    return [_chart(key, measured[key], limits.get(key, []), result) for key in order[:most]]


def _chart(key: str, specs: Sequence[SignalSpec], limits: list[tuple[Finding, str]], result: ClipResult) -> Chart:
    series = result.series
    unknown = np.full(len(series.time_s), np.nan)
    curves = tuple(Curve(s, series.values[s.name], series.errors.get(s.name, unknown)) for s in specs)
    labels = _limit_labels(limits, several=len(curves) > 1)
    return Chart(key, signal_words(specs[0]), _caption(curves, labels), curves, labels, _beyond(f for f, _ in limits))


def _beyond(findings: Iterable[Finding]) -> tuple[tuple[float, str], ...]:
    """Return each limit with the side on which a value stands out."""
    found: dict[tuple[float, str], None] = {}
    for finding in findings:
        found |= dict.fromkeys(_limits_on_curve(finding))
    return tuple(found)


def _limits_on_curve(finding: Finding) -> list[tuple[float, str]]:
    """Return the finding's limits as they lie on its signal's curve, each with the side on which a value stands out."""
    if finding.two_sided:
        return [(abs(finding.limit), "above"), (-abs(finding.limit), "below")]
    if finding.positive_side == "right":  # it counts the signal, which grows to the left, with its sign turned
        return [(-finding.limit, "below" if finding.direction == "above" else "above")]
    return [(finding.limit, finding.direction)]


def _limit_labels(limits: list[tuple[Finding, str]], several: bool) -> dict[float, str]:
    """Return each limit with its label; it names the side when only one of several lines is held to it."""
    sides: dict[float, set[str]] = {}
    words: dict[float, str] = {}
    for finding, side in limits:
        for value, _ in _limits_on_curve(finding):
            sides.setdefault(value, set()).add(side)
            decimals = decimals_for(finding.unit, abs(finding.value), abs(value))
            words.setdefault(value, f"limit {format_value(value, finding.unit, decimals)}")
    named = {value: next(iter(found)) if several and len(found) == 1 else "" for value, found in sides.items()}
    return {value: f"{text}, {named[value]}" if named[value] else text for value, text in words.items()}


def _caption(curves: tuple[Curve, ...], limits: Mapping[float, str]) -> str:
    unit, parts = curves[0].spec.unit, []
    for curve in curves:
        low, high = (format_value(float(f(curve.values)), unit) for f in (np.nanmin, np.nanmax))
        parts.append(f"{curve.spec.side} from {low} to {high}".strip())
    text = sentence("; ".join(parts))
    if curves[0].spec.positive:
        text += f" Up means: {curves[0].spec.positive}."
    errors = np.concatenate([curve.error[np.isfinite(curve.values)] for curve in curves])
    if np.isfinite(errors).any():
        ends = dict.fromkeys(format_value(float(f(errors)), unit) for f in (np.nanmin, np.nanmax))
        text += f" Shaded around the line: measurement error, ±{NBSP}{' to '.join(ends)}."
    if limits:
        text += f" Dashed: {join_words(limits.values())}; meant for the value at the turn of a repetition."
    return text


def chart_svg(chart: Chart, result: ClipResult) -> str:
    """Return a chart as an ``<svg>`` element without links, scripts or fonts of its own; ids are unique to the chart."""

    def draw(axes: Any) -> None:
        _draw_reps(axes, result)
        for curve in chart.curves:
            _draw_curve(axes, curve, result.series.time_s, line_of(curve, chart))
        draw_limits(axes, chart)
        start, end = float(result.series.time_s[0]), float(result.series.time_s[-1])
        style_axes(axes, chart.curves[0].spec.unit, start, max(end, start + 0.1))

    reps = plural(len(result.reps), "repetition")
    return draw_svg(draw, About(chart.key, f"{chart.title} over {reps}", chart.caption))


@dataclass(frozen=True)
class About:
    """What a drawing is: prefix of its ids, unique on the page, title, and what is on it, in words."""

    id: str
    title: str
    caption: str


def draw_svg(draw: Callable[[Any], None], about: About, size_in: tuple[float, float] = _SIZE_IN) -> str:
    """Return as an ``<svg>`` element what a function draws on matplotlib axes; a smaller size makes larger letters."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # "none" keeps words as words: small, searchable, and in the page's own font
    options: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "movescreen",
        "path.simplify": True,
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.unicode_minus": True,
    }
    with _LOCK, mpl.rc_context(options):
        figure = Figure(figsize=size_in)
        left, bottom, width, height = _MARGINS_IN
        wide, high = size_in
        axes = figure.add_axes((left / wide, bottom / high, 1 - (left + width) / wide, 1 - (bottom + height) / high))
        draw(axes)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(buffer.getvalue(), about)


def _draw_reps(axes: Any, result: ClipResult) -> None:
    if not result.reps:
        return
    turns, across = [rep.turn_s for rep in result.reps], axes.get_xaxis_transform()
    spans = [(rep.start_s, rep.end_s - rep.start_s) for rep in result.reps]
    axes.broken_barh(spans, (0.0, 1.0), transform=across, color=_BAND, lw=0, zorder=0)
    axes.vlines(turns, 0.0, 1.0, transform=across, color=_INK, lw=0.8, ls=(0, (1, 2)), zorder=1)
    axes.plot(turns, [1.0] * len(turns), "v", ms=4.5, color=_INK, transform=across, clip_on=False)
    if len(turns) > _NUMBERED_UP_TO:
        return
    for rep in result.reps:
        above = {"xytext": (0, 4.5), "textcoords": "offset points", "ha": "center", "va": "bottom", "fontsize": 8}
        at = {"xy": (rep.turn_s, 1.0), "xycoords": across, "annotation_clip": False}
        axes.annotate(str(rep.number), color=_INK, **at, **above)


def line_of(curve: Curve, chart: Chart) -> Line:
    """Return color and dashes of a curve; the right side is dashed only beside a left one."""
    color, dashes = _LINES.get(curve.spec.side, _LINES[""])
    return Line(color, dashes if len(chart.curves) > 1 else ())


def _draw_curve(axes: Any, curve: Curve, time_s: FloatArray, line: Line) -> None:
    kept = _thin_out(curve.values)
    x, y = time_s[kept], curve.values[kept]
    if np.isfinite(curve.error).any():
        error = curve.error[kept]
        axes.fill_between(x, y - error, y + error, color=line.color, alpha=0.16, lw=0, zorder=2)
    style = (0, line.dashes) if line.dashes else "-"
    axes.plot(x, y, color=line.color, ls=style, lw=1.7, zorder=3, solid_joinstyle="round")


def _thin_out(values: FloatArray) -> NDArray[np.int64]:
    """Return the positions to draw: all of a short series; of a long one the lowest and highest of every stretch."""
    n = len(values)
    if n <= _MAX_POINTS:
        return np.arange(n)
    kept: set[int] = set()
    for part in np.array_split(np.arange(n), _MAX_POINTS // 2):
        inside = values[part]
        # a stretch without any value stays in as a gap
        seen = np.isfinite(inside)
        kept |= {int(part[np.nanargmin(inside)]), int(part[np.nanargmax(inside)])} if seen.any() else {int(part[0])}
    return np.array(sorted(kept), dtype=np.int64)


def draw_limits(axes: Any, chart: Chart) -> None:
    """Draw a chart's limits as labeled dashed lines."""
    for limit, text in chart.limits.items():
        axes.axhline(limit, color="#000000", lw=1.0, ls=(0, (6, 3)), zorder=4)
        at = {"xy": (1.0, limit), "xycoords": axes.get_yaxis_transform()}
        offset = {"xytext": (-2, 2), "textcoords": "offset points", "ha": "right", "va": "bottom", "fontsize": 8}
        behind = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.6}
        axes.annotate(text, color="#000000", zorder=5, bbox=behind, **at, **offset)


def style_axes(axes: Any, unit: str, start: float, end: float) -> None:
    """Give axes their range from ``start`` to ``end`` seconds, ticks with units, and a still signal a still look."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlim(start, end)
    axes.margins(y=0.12)
    low, high = axes.get_ylim()
    short = _LEAST_SPAN.get(unit, 0.0) - (high - low)
    if short > 0:  # a still signal must look still
        axes.set_ylim(low - short / 2, high + short / 2)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 3, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: _tick(v, unit)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} s"))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color=_FAINT, lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_INK, labelsize=8.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_INK)


def _tick(value: float, unit: str) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}") + {"deg": "°", "pct": " %", "s": " s"}.get(unit, "")


def _inline(svg: str, about: About) -> str:
    """Turn a matplotlib SVG document into an element of a page: no prolog, no metadata, own ids, a title."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\s+xmlns(:\w+)?="[^"]*"', "", svg)
    prefix = f"c-{about.id}-"
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = svg.replace('xlink:href="#', f'href="#{prefix}').replace("url(#", f"url(#{prefix}")
    svg = re.sub(r"'DejaVu Sans'(, [^;\"]*)?", "system-ui, sans-serif", svg)
    svg = re.sub(r"[ \t]*\n\s*", " ", svg)
    title = escape(about.title)
    head = f'<svg class="chart" role="img" aria-label="{title}. {escape(about.caption)}" '
    return re.sub(r"<svg\b[^>]*?(viewBox=\"[^\"]*\")[^>]*>", rf"{head}\1><title>{title}</title>", svg, count=1).strip()
