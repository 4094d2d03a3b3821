"""A value over the visits as a small drawing: the gray band is what may be chance around the first value."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from movescreen.client.rules.progress import Change, Point
from movescreen.report.sections.person import value_words

Scale = Callable[[float], float]
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 290, 84, 66, 68, 10, 20


def trend_svg(change: Change) -> str:
    """Return an SVG of a change: points with their error, hollow where not comparable; band of the detectable change."""
    low, high = _range(change)
    first, last = change.points[0].day.toordinal(), change.points[-1].day.toordinal()

    def x(point: Point) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (point.day.toordinal() - first) / max(1, last - first)

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low)

    parts = [_band(change, y), _line(change, x, y)]
    for point in change.points:
        parts.append(_dot(point, x(point), y))
    ends = ((change.points[0], "end", -9.0), (change.points[-1], "start", 9.0))
    for point, anchor, step in ends:
        text = escape(value_words(point.value, change.unit))
        parts.append(
            f'<text class="g-label" x="{x(point) + step:.1f}" y="{y(point.value) + 4:.1f}" text-anchor="{anchor}">{text}</text>'
        )
        parts.append(
            f'<text class="t-day" x="{x(point):.1f}" y="{_HEIGHT - 5}" text-anchor="middle">{point.day.day} {point.day:%b}</text>'
        )
    words = "; ".join(f"{p.day}: {value_words(p.value, change.unit)}" for p in change.points)
    return (
        f'<svg class="trend" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(words)}">'
        f"{''.join(parts)}</svg>"
    )


def _range(change: Change) -> tuple[float, float]:
    """Return the lowest and highest value to draw, with room for the band and the errors."""
    values = []
    for point in change.points:
        error = point.error if math.isfinite(point.error) else 0.0
        values += [point.value - error, point.value + error]
    if math.isfinite(change.detectable):
        values += [change.baseline.value - change.detectable, change.baseline.value + change.detectable]
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or 1.0
    return low - room, high + room


def _band(change: Change, y: Scale) -> str:
    if not math.isfinite(change.detectable):
        return ""
    top, bottom = y(change.baseline.value + change.detectable), y(change.baseline.value - change.detectable)
    return f'<rect class="t-band" x="{_LEFT - 6}" width="{_WIDTH - _LEFT - _RIGHT + 12}" y="{top:.1f}" height="{bottom - top:.1f}"/>'


def _line(change: Change, x: Callable[[Point], float], y: Scale) -> str:
    good = [point for point in change.points if point.comparable]
    path = " ".join(f"{x(point):.1f},{y(point.value):.1f}" for point in good)
    return f'<polyline class="t-line" points="{path}"/>' if len(good) > 1 else ""


def _dot(point: Point, x: float, y: Scale) -> str:
    bar = ""
    if math.isfinite(point.error):
        top, bottom = y(point.value + point.error), y(point.value - point.error)
        bar = f'<line class="t-error" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'
    kind = "t-dot" if point.comparable else "t-dot t-hollow"
    return f'{bar}<circle class="{kind}" cx="{x:.1f}" cy="{y(point.value):.1f}" r="4"/>'
