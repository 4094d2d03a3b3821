"""A finding as a small drawing: the limit, every repetition as a numbered dot, the median with its error.

Plain SVG text, a kilobyte or two each. Status is told by shape and words, never by color alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from movescreen.model import Finding
from movescreen.words.findings import format_limit, format_measured
from movescreen.words.numbers_and_units import decimals_for, format_value, plural

WIDTH, LEFT, RIGHT = 340.0, 14.0, 326.0
_TOP = 20.0
# attributes rather than a stylesheet, so that a drawing looks the same wherever it is put
_ZONE = 'fill="#f4dfd2"'
_AXIS = 'stroke="#46545e"'
_LIMIT = 'stroke="#17212b" stroke-width="1.5" stroke-dasharray="5 3"'
_LABEL = 'font-size="12" fill="#17212b"'
_DOT = ('fill="#fff" stroke="#17212b" stroke-width="1.25"', 'font-size="11" fill="#17212b"')
_BEYOND = ('fill="#17212b" stroke="#17212b" stroke-width="1.25"', 'font-size="11" fill="#fff" font-weight="650"')
_ERROR = 'fill="none" stroke="#17212b" stroke-width="1.4"'
# up to this many repetitions carry their number; more become small dots
_NUMBERED_UP_TO = 8
_MAX_ROWS = 10


@dataclass(frozen=True)
class _Dot:
    """One repetition: where it stands, in which row above the axis, how large, and whether it is past a limit."""

    rep: int
    x: float
    row: int
    radius: float
    beyond: bool

    def y(self, base: float) -> float:
        return base - 2 - self.radius - self.row * (2 * self.radius + 2)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)


def gauge_svg(finding: Finding) -> str:
    """Return a finding's values against its limit as an ``<svg>`` element with a description; empty without value or limit."""
    if not (math.isfinite(finding.value) and math.isfinite(finding.limit)):
        return ""
    values = [(e.rep, e.value) for e in finding.evidence if e.rep and math.isfinite(e.value)]
    limits = [(finding.limit, finding.direction)]
    if finding.two_sided:
        limits = [(-abs(finding.limit), "below"), (abs(finding.limit), "above")]
    scale = _scale(finding, [v for _, v in values], [limit for limit, _ in limits])
    dots = _stack(values, scale, limits)
    # dots stack upwards from the axis at base, the median hangs below it
    base = _TOP + 6 + max((dot.row + 1 for dot in dots), default=1) * (2 * (dots[0].radius if dots else 9.0) + 2)
    zones = [_zone(finding, limit, direction, scale, base) for limit, direction in limits]
    body = [*zones, *(_draw(dot, base) for dot in dots), _median(finding, scale, base)]
    about = _description(finding, [v for _, v in values], format_limit(finding))
    return (
        f'<svg class="gauge" viewBox="0 0 {WIDTH:.0f} {base + 20:.0f}" role="img" aria-label="{escape(about)}">'
        f"<title>{escape(about)}</title>{''.join(body)}</svg>"
    )


def _scale(finding: Finding, values: list[float], limits: list[float]) -> _Scale:
    error = finding.measurement_error if math.isfinite(finding.measurement_error) else 0.0
    spread = [*values, *limits, finding.value - error, finding.value + error]
    low, high = min(spread), max(spread)
    pad = 0.14 * (high - low) or max(abs(high) * 0.1, 0.5)
    return _Scale(low - pad, high + pad)


def _stack(values: list[tuple[int, float]], scale: _Scale, limits: list[tuple[float, str]]) -> list[_Dot]:
    """Return a dot for each repetition, in the lowest row in which it touches no other."""
    radius = 9.0 if len(values) <= _NUMBERED_UP_TO else 4.0
    dots: list[_Dot] = []
    for rep, value in values:
        x = scale.x(value)
        taken = {dot.row for dot in dots if abs(dot.x - x) < 2 * radius + 1}
        free = next(row for row in range(len(values) + 1) if row not in taken)
        beyond = any(value < limit if direction == "below" else value > limit for limit, direction in limits)
        dots.append(_Dot(rep, x, min(free, _MAX_ROWS - 1), radius, beyond))
    return dots


def _zone(finding: Finding, value: float, direction: str, scale: _Scale, base: float) -> str:
    limit = scale.x(value)
    start, end = (LEFT, limit) if direction == "below" else (limit, RIGHT)
    decimals = decimals_for(finding.unit, abs(finding.value), abs(value))
    label = f"limit {format_value(value, finding.unit, decimals)}"
    anchor = "start" if limit < 80 else "end" if limit > WIDTH - 80 else "middle"
    return (
        f'<rect class="g-zone" x="{start:.1f}" y="{_TOP:.0f}" width="{end - start:.1f}" height="{base - _TOP:.1f}" {_ZONE}/>'
        f'<line {_AXIS} x1="{LEFT:.0f}" x2="{RIGHT:.0f}" y1="{base:.1f}" y2="{base:.1f}"/>'
        f'<line class="g-limit" x1="{limit:.1f}" x2="{limit:.1f}" y1="18" y2="{base:.1f}" {_LIMIT}/>'
        f'<text {_LABEL} x="{limit:.1f}" y="13" text-anchor="{anchor}">{escape(label)}</text>'
    )


def _draw(dot: _Dot, base: float) -> str:
    kind, y = "g-dot g-beyond" if dot.beyond else "g-dot", dot.y(base)
    shape, letters = _BEYOND if dot.beyond else _DOT
    circle = f'<circle cx="{dot.x:.1f}" cy="{y:.1f}" r="{dot.radius:.0f}" {shape}/>'
    number = f'<text {letters} x="{dot.x:.1f}" y="{y + 3.8:.1f}" text-anchor="middle">{dot.rep}</text>'
    return f'<g class="{kind}">{circle}{number if dot.radius > 5 and dot.rep else ""}</g>'


def _median(finding: Finding, scale: _Scale, base: float) -> str:
    x, y = scale.x(finding.value), base + 9
    parts = []
    if finding.measurement_error > 0:
        x1, x2 = scale.x(finding.value - finding.measurement_error), scale.x(finding.value + finding.measurement_error)
        parts.append(f'<path {_ERROR} d="M{x1:.1f} {y - 4:.1f}v8M{x1:.1f} {y:.1f}H{x2:.1f}M{x2:.1f} {y - 4:.1f}v8"/>')
    parts.append(f'<path class="g-median" fill="#17212b" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"/>')
    return "".join(parts)


def _description(finding: Finding, values: list[float], limit: str) -> str:
    text = f"Median {format_measured(finding)}, stands out {limit}."
    if values:
        low, high = (format_value(v, finding.unit, decimals_for(finding.unit)) for v in (min(values), max(values)))
        text += f" {plural(len(values), 'repetition')} between {low} and {high}."
    return text
