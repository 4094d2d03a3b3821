"""The drawn people that prove a check, as pictures on its page: at the turn of a repetition, in whom it stands out and in whom not."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movescreen.catalog.figure_schema import FigureSpec, Performance
from movescreen.catalog.schema import MovementSpec
from tests.support.drawn import film_performance

_LIMBS = (
    ("shoulder", "elbow", "wrist"),
    ("shoulder", "hip"),
    ("hip", "knee", "ankle"),
    ("heel", "ankle", "foot_index", "heel"),
)
#: Of a picture: pixels between two repetitions, margin, most repetitions that are drawn, and size on the page.
_APART, _MARGIN, _MOST, _SCALE = 190.0, 26.0, 4, 0.4


def draw_proofs(spec: MovementSpec, figures: tuple[FigureSpec, ...]) -> str:
    """Return the pictures of a check as HTML, each with what is changed about a sound repetition."""
    parts = []
    for figure in figures:
        where = f"from the {figure.view}" + (f", the {figure.side} side" if figure.side else "")
        for performance, words in ((figure.fires, "Stands out"), (figure.quiet, "Clear")):
            if performance is not None:
                alt = escape(f"{words}: {_changes(performance, '{}')}", quote=True)
                changes = _changes(performance, "<code>{}</code>")
                caption = f"<b>{words}</b>, {where}<br>{changes}"
                parts.append(
                    f"<figure>{_draw(spec, performance, figure.view, alt)}<figcaption>{caption}</figcaption></figure>"
                )
    return f'<div class="proofs">\n{chr(10).join(parts)}\n</div>' if parts else ""


def _changes(performance: Performance, code: str) -> str:
    """Return what is changed about a sound repetition, or about each one in turn."""
    said = [
        ", ".join(code.format(f"{name} = {value}") for name, value in rep.model_dump(exclude_none=True).items())
        for rep in (performance if isinstance(performance, tuple) else (performance,))
    ]
    return ", then ".join(each or "nothing changed" for each in said)


def _draw(spec: MovementSpec, performance: Performance, view: str, alt: str) -> str:
    clip = film_performance(spec, performance, view)
    # somebody who gets up is drawn on leaving the seat, all others at the turn
    times = [event[1] for event in clip.events_s] if spec.drawn and spec.drawn.how == "chair" else clip.turns_s
    shown = times[:_MOST] if isinstance(performance, tuple) else times[:1]
    frames = clip.poses.image_xy_px[np.searchsorted(clip.poses.time_s, shown)].copy()
    frames[..., 0] += np.arange(len(frames))[:, None] * _APART
    floor = float(clip.poses.image_xy_px[0, :, 1].max())
    names = {name: i for i, name in enumerate(clip.poses.skeleton.landmarks)}
    (left, top), right = frames.min(axis=(0, 1)) - _MARGIN, float(frames[..., 0].max()) + _MARGIN
    bodies = "".join(_body(dict(zip(names, frame, strict=True)), side_on=view == "side") for frame in frames)
    wide, high = right - left, floor + 8 - top
    return (
        f'<svg viewBox="{left:.0f} {top:.0f} {wide:.0f} {high:.0f}" width="{wide * _SCALE:.0f}" role="img" aria-label="{alt}" fill="none" stroke="currentColor" '
        f'stroke-width="9" stroke-linecap="round" stroke-linejoin="round">'
        f'<path d="M{left:.0f} {floor + 4:.0f}h{wide:.0f}" stroke-width="2" opacity=".4"/>{bodies}</svg>'
    )


def _body(at: dict[str, Any], *, side_on: bool) -> str:
    """Return a person; seen from the side the left side is the far one and pale."""
    across = "" if side_on else "".join(_line(at[f"left_{part}"], at[f"right_{part}"]) for part in ("shoulder", "hip"))
    sides = []
    for side in ("left", "right"):
        lines = "".join(_line(*(at[f"{side}_{part}"] for part in limb)) for limb in _LIMBS)
        sides.append(f'<g opacity=".35">{lines}</g>' if side_on and side == "left" else lines)
    x, y = np.mean([at["left_ear"], at["right_ear"]], axis=0)
    neck = _line(np.mean([at["left_shoulder"], at["right_shoulder"]], axis=0), np.array([x, y]))
    return f'{sides[0]}{across}{neck}{sides[1]}<circle cx="{x:.0f}" cy="{y:.0f}" r="26" fill="currentColor" stroke="none"/>'


def _line(*points: NDArray[np.float64]) -> str:
    return f'<path d="M{"L".join(f"{x:.0f} {y:.0f}" for x, y in points)}"/>'
