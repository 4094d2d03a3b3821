"""One annotated picture: skeleton, angles, repetition counter and flagged checks, drawn over a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movescreen.model import BLAZEPOSE, BoolArray, FloatArray, Skeleton
from movescreen.render import drawing
from movescreen.render.drawing import INK, LEFT, MIDDLE, RIGHT, WARNING, WHITE, Color, Image, Scale

_BODY = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
_SMALL = ("wrist", "heel", "foot_index")


@dataclass(frozen=True)
class AngleLabel:
    """A read-out beside the body.

    Attributes
    ----------
    text
        What to print, ASCII: ``knee 95 deg``.
    at
        Landmarks whose middle it belongs to.
    side
        -1 prints left of it in the picture, +1 right, 0 below it.
    text_at
        Landmarks beside whose middle the text goes; empty for ``at``.
    rise
        How far above that middle the text goes, in heights of its plate.
    spans
        Pairs of landmarks joined by a thin line, for distances.
    arm_from, arm_to
        Landmarks whose middles end the arms of the angle that is drawn at ``at``; no angle is drawn when ``arm_to`` is empty.
        An empty ``arm_from`` stands for straight up.
    extended
        Draw the angle from the straight continuation of the first arm, as flexion is counted.
    """

    text: str
    at: tuple[str, ...]
    side: int = 1
    text_at: tuple[str, ...] = ()
    rise: float = 0.0
    spans: tuple[tuple[str, str], ...] = ()
    arm_from: tuple[str, ...] = ()
    arm_to: tuple[str, ...] = ()
    extended: bool = False


@dataclass(frozen=True)
class FlagBanner:
    """The title of a flagged check.

    Attributes
    ----------
    text
        Title, ASCII.
    lit
        True while the repetition on show is one in which it was seen.
    """

    text: str
    lit: bool


def render_overlay(
    image: NDArray[np.uint8],
    points_xy_px: FloatArray,
    *,
    skeleton: Skeleton = BLAZEPOSE,
    seen_well: BoolArray | None = None,
    near_side: str = "",
    labels: Sequence[AngleLabel] = (),
    title: str = "",
    rep_text: str = "",
    banners: Sequence[FlagBanner] = (),
) -> NDArray[np.uint8]:
    """Draw one annotated picture.

    The person's left is drawn in blue with whole lines, the right in orange with dashed lines; the side away from the camera is thin.

    Parameters
    ----------
    image
        ``(h, w, 3)`` RGB picture; it is not changed.
    points_xy_px
        ``(k, 2)`` landmarks in this picture's pixels, NaN where unknown.
    skeleton
        Names of the landmarks.
    seen_well
        ``(k,)`` False draws the joint hollow; None takes all for seen.
    near_side
        ``left`` or ``right``: the person's side next to the camera; empty when both are seen alike.
    labels
        Read-outs beside the body; those whose landmarks are unknown are left out.
    title, rep_text
        Movement and repetition, in the top left corner.
    banners
        Flagged checks, at the bottom.

    Returns
    -------
    ndarray
        ``(h, w, 3)`` new picture.
    """
    canvas = image.copy()
    height, width = canvas.shape[:2]
    scale = Scale.of(width, height)
    well = np.ones(len(points_xy_px), np.bool_) if seen_well is None else seen_well
    body = _Body(points_xy_px, well, skeleton, near_side)
    plates = _lay_out(body, labels, (width, height), scale)
    for label in labels:
        _draw_angle(canvas, body, label, scale)
    for plate in plates:
        _draw_leader(canvas, plate, scale)
    _draw_body(canvas, body, scale)
    for plate in plates:
        drawing.draw_plate(canvas, plate.left, plate.top, plate.wide, plate.high, INK)
        baseline = plate.top + scale.pad + plate.cap
        drawing.draw_text(canvas, plate.text, plate.left + scale.pad, baseline, plate.cap, WHITE)
    _draw_counter(canvas, title, rep_text, scale)
    _draw_legend(canvas, near_side, scale)
    _draw_banners(canvas, banners, scale)
    return canvas


@dataclass(frozen=True)
class _Body:
    points: FloatArray
    well: BoolArray
    skeleton: Skeleton
    near_side: str

    def middle(self, names: Sequence[str]) -> FloatArray | None:
        """Return the mean of the named landmarks, None when one is unknown."""
        if not names or any(n not in self.skeleton.index for n in names):
            return None
        mean: FloatArray = self.points[self.skeleton.indices(names)].mean(axis=0)
        return mean if np.isfinite(mean).all() else None

    def known(self, name: str) -> FloatArray | None:
        return self.middle((name,))

    def is_far(self, side: str) -> bool:
        return bool(self.near_side) and bool(side) and side != self.near_side


def _side_of(*names: str) -> str:
    sides = {name.partition("_")[0] for name in names}
    return sides.pop() if len(sides) == 1 and sides <= {"left", "right"} else ""


def _color_of(side: str) -> Color:
    return {"left": LEFT, "right": RIGHT}.get(side, MIDDLE)


def _draw_body(canvas: Image, body: _Body, scale: Scale) -> None:
    """Draw the far side first, then the middle, then the near side (or left and right)."""
    order = {"left": 2, "right": 2, "": 1}
    if body.near_side:
        order = {"left": 0, "right": 0, "": 1, body.near_side: 2}
    parts = [(a, b) for a, b in body.skeleton.edges if _part_of(a) in _BODY and _part_of(b) in _BODY]
    for a, b in sorted(parts, key=lambda edge: order[_side_of(*edge)]):
        start, end = body.known(a), body.known(b)
        if start is None or end is None:
            continue
        side = _side_of(a, b)
        thin = body.is_far(side) or not (body.well[body.skeleton.index[a]] and body.well[body.skeleton.index[b]])
        width = max(1, round(scale.line * (0.5 if thin else 1.0 if side else 0.75)))
        outline = max(1, scale.outline // 2) if thin else scale.outline
        drawing.draw_bone(canvas, start, end, _color_of(side), width, outline, dashed=side == "right")
    joints = [n for n in body.skeleton.landmarks if _part_of(n) in _BODY]
    for name in sorted(joints, key=lambda n: order[_side_of(n)]):
        at = body.known(name)
        if at is None:
            continue
        side = _side_of(name)
        size = (0.6 if _part_of(name) in _SMALL else 1.0) * (0.7 if body.is_far(side) else 1.0)
        hollow = not body.well[body.skeleton.index[name]]
        drawing.draw_joint(canvas, at, _color_of(side), max(2, round(scale.joint * size)), scale.outline, hollow=hollow)


def _part_of(name: str) -> str:
    return name.partition("_")[2]


def _draw_angle(canvas: Image, body: _Body, label: AngleLabel, scale: Scale) -> None:
    for a, b in label.spans:
        start, stop = body.known(a), body.known(b)
        if start is not None and stop is not None:
            drawing.draw_thin_dashes(canvas, start, stop, WHITE, max(1, scale.outline))
    vertex, end = body.middle(label.at), body.middle(label.arm_to)
    if vertex is None or end is None:
        return
    begin = body.middle(label.arm_from) if label.arm_from else vertex + np.array([0.0, -1.0])
    if begin is None:
        return
    arm_a, arm_b = begin - vertex, end - vertex
    reach = 5.0 * scale.joint
    if label.extended:
        arm_a = -arm_a
    length = float(np.hypot(*arm_a))
    if length == 0 or not arm_b.any():
        return
    drawing.draw_thin_dashes(canvas, vertex, vertex + arm_a / length * reach * 1.7, WHITE, max(1, scale.outline))
    drawing.draw_angle(canvas, vertex, arm_a, arm_b, round(reach), max(1, scale.outline))


@dataclass(frozen=True)
class _Plate:
    """A read-out with its place on the picture, px."""

    text: str
    cap: int
    left: int
    top: int
    wide: int
    high: int
    at: FloatArray

    def hides(self, other: _Plate, gap: int) -> bool:
        """True when the two plates overlap or come closer than ``gap`` above one another."""
        across = self.left < other.left + other.wide and other.left < self.left + self.wide
        return across and self.top < other.top + other.high + gap and other.top < self.top + self.high + gap


def _lay_out(body: _Body, labels: Sequence[AngleLabel], size: tuple[int, int], scale: Scale) -> list[_Plate]:
    """Place the read-outs inside the picture so that none covers another."""
    width, height = size
    wanted: list[_Plate] = []
    for label in labels:
        at = body.middle(label.text_at or label.at)
        if at is None:
            continue
        text, cap = drawing.fit_text(label.text, scale.text, width // 2, scale.small)
        wide, high = drawing.text_size(text, cap)[0] + 2 * scale.pad, cap + 2 * scale.pad
        left, top = _beside(at, wide, high, label.side, 8 * scale.joint)
        left = int(np.clip(left, scale.pad, max(scale.pad, width - wide - scale.pad)))
        top = int(np.clip(top - label.rise * high, scale.pad, max(scale.pad, height - high - scale.pad)))
        wanted.append(_Plate(text, cap, left, top, wide, high, at))
    placed: list[_Plate] = []
    for plate in sorted(wanted, key=lambda p: p.top):
        for other in placed:
            if plate.hides(other, scale.pad // 2):
                plate = replace(plate, top=other.top + other.high + scale.pad // 2)
        placed.append(plate)
    return placed


def _beside(at: FloatArray, wide: int, high: int, side: int, gap: int) -> tuple[int, int]:
    """Return left and top of a plate beside (or below) a point."""
    x, y = round(at[0]), round(at[1])
    if side == 0:
        return x - wide // 2, y + gap // 3
    return (x + gap if side > 0 else x - gap - wide), y - high // 2


def _draw_leader(canvas: Image, plate: _Plate, scale: Scale) -> None:
    """Join a read-out to its joint, unless it lies above or below it."""
    if plate.left <= plate.at[0] <= plate.left + plate.wide:
        return
    edge = plate.left if plate.at[0] < plate.left else plate.left + plate.wide
    end = np.array([edge, plate.top + plate.high / 2])
    drawing.draw_bone(canvas, plate.at, end, WHITE, max(1, scale.outline), 1, dashed=False)


def _draw_counter(canvas: Image, title: str, rep_text: str, scale: Scale) -> None:
    lines = [(t, cap) for t, cap in ((title, scale.small), (rep_text, round(scale.text * 1.5))) if t]
    if not lines:
        return
    limit = canvas.shape[1] * 6 // 10
    fitted = [drawing.fit_text(text, cap, limit, scale.small) for text, cap in lines]
    wide = max(drawing.text_size(text, cap)[0] for text, cap in fitted) + 4 * scale.pad
    high = sum(cap for _, cap in fitted) + scale.pad * (3 + len(fitted))
    drawing.draw_plate(canvas, scale.pad, scale.pad, wide, high, INK)
    baseline = scale.pad
    for text, cap in fitted:
        baseline += cap + scale.pad * 3 // 2
        drawing.draw_text(canvas, text, 3 * scale.pad, baseline, cap, WHITE)


def _draw_legend(canvas: Image, near_side: str, scale: Scale) -> None:
    """Say in the top right corner which line style is which side."""
    sides = ("left", "right")
    words = {s: f"{s} (near)" if s == near_side else s for s in sides}
    cap, sample = scale.small, 3 * scale.text
    wide = sample + 3 * scale.pad + max(drawing.text_size(w, cap)[0] for w in words.values())
    row = cap + scale.pad
    left, top = canvas.shape[1] - wide - scale.pad, scale.pad
    drawing.draw_plate(canvas, left, top, wide, 2 * row + scale.pad, INK)
    for i, side in enumerate(sides):
        y = top + scale.pad + i * row + cap / 2
        thick = max(1, round(scale.line * (0.5 if near_side and side != near_side else 1.0)))
        x = left + scale.pad
        drawing.draw_bone(
            canvas,
            np.array([x, y]),
            np.array([x + sample, y]),
            _color_of(side),
            thick,
            scale.outline,
            dashed=side == "right",
        )
        drawing.draw_text(canvas, words[side], x + sample + scale.pad, round(y + cap / 2), cap, WHITE)


def _draw_banners(canvas: Image, banners: Sequence[FlagBanner], scale: Scale) -> None:
    height, width = canvas.shape[:2]
    top = height - scale.pad
    for banner in reversed(banners):
        text = f"! {banner.text}" if banner.lit else banner.text
        cap = scale.text if banner.lit else scale.small
        text, cap = drawing.fit_text(text, cap, width - 6 * scale.pad, scale.small - 2)
        wide, high = drawing.text_size(text, cap)[0] + 4 * scale.pad, cap + 3 * scale.pad
        top -= high
        if top < height // 2:
            return
        fill, ink = (WARNING, INK) if banner.lit else (INK, (190, 190, 190))
        drawing.draw_plate(canvas, scale.pad, top, wide, high, fill, 0.95 if banner.lit else 0.55)
        drawing.draw_text(canvas, text, 3 * scale.pad, top + high - scale.pad * 3 // 2, cap, ink)
        top -= scale.pad // 2
