"""Drawing on one picture: bones, joints, angles, plates with text. All sizes follow the height of the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.model import FloatArray

Color = tuple[int, int, int]
Image = NDArray[np.uint8]

#: Colors that people with a color vision deficiency can tell apart; the line style differs as well.
LEFT: Color = (86, 180, 233)
RIGHT: Color = (255, 165, 30)
MIDDLE: Color = (235, 235, 235)
WHITE: Color = (255, 255, 255)
INK: Color = (18, 22, 28)
WARNING: Color = (255, 200, 40)

_FONT = cv2.FONT_HERSHEY_DUPLEX
_AA = cv2.LINE_AA
_PLATE_OPACITY = 0.72


@dataclass(frozen=True)
class Scale:
    """Sizes for a picture, px.

    Attributes
    ----------
    line, outline, joint
        Thickness of a bone, width of its dark rim, radius of a joint.
    text, small
        Height of a capital letter in labels and in small print.
    pad
        Space between things.
    """

    line: int
    outline: int
    joint: int
    text: int
    small: int
    pad: int

    @classmethod
    def of(cls, width: int, height: int) -> Scale:
        """Return the sizes for a picture; very narrow pictures get the sizes of a less tall one."""
        h = min(height, 2.0 * width)
        return cls(
            line=max(2, round(h * 0.0062)),
            outline=max(1, round(h * 0.0016)),
            joint=max(2, round(h * 0.0068)),
            text=max(8, round(h * 0.0175)),
            small=max(7, round(h * 0.0135)),
            pad=max(3, round(h * 0.009)),
        )


def _pixel(point: FloatArray) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def draw_bone(
    image: Image, a: FloatArray, b: FloatArray, color: Color, width: int, outline: int, *, dashed: bool
) -> None:
    """Draw a line with a dark rim from ``a`` to ``b``, ``(2,)`` px; dashed lines keep the rim whole.

    OpenCV rounds the ends of thick lines, so that half a width of every gap is lost at both sides.
    """
    cv2.line(image, _pixel(a), _pixel(b), INK, width + 2 * outline, _AA)
    if not dashed:
        cv2.line(image, _pixel(a), _pixel(b), color, width, _AA)
        return
    for start, end in _dashes(a, b, dash=1.8 * width, gap=2.4 * width):
        cv2.line(image, _pixel(start), _pixel(end), color, width, _AA)


def draw_thin_dashes(image: Image, a: FloatArray, b: FloatArray, color: Color, width: int) -> None:
    """Draw a thin dashed reference line."""
    for start, end in _dashes(a, b, dash=4.0 * width, gap=3.0 * width):
        cv2.line(image, _pixel(start), _pixel(end), INK, width + 2, _AA)
        cv2.line(image, _pixel(start), _pixel(end), color, width, _AA)


def _dashes(a: FloatArray, b: FloatArray, dash: float, gap: float) -> list[tuple[FloatArray, FloatArray]]:
    length = float(np.hypot(*(b - a)))
    if length < 1:
        return []
    unit = (b - a) / length
    starts = np.arange(0.0, length, dash + gap)
    return [(a + unit * s, a + unit * min(s + dash, length)) for s in starts]


def draw_joint(image: Image, at: FloatArray, color: Color, radius: int, outline: int, *, hollow: bool) -> None:
    """Draw a joint as a disc with a light rim, or as a bare ring when it was not seen well."""
    if hollow:
        radius = max(4, radius - 1)
        cv2.circle(image, _pixel(at), radius, INK, outline + 3, _AA)
        cv2.circle(image, _pixel(at), radius, color, outline, _AA)
        return
    cv2.circle(image, _pixel(at), radius + outline + 1, INK, -1, _AA)
    cv2.circle(image, _pixel(at), radius, WHITE, -1, _AA)
    cv2.circle(image, _pixel(at), max(1, radius - outline - 1), color, -1, _AA)


def draw_angle(image: Image, vertex: FloatArray, arm_a: FloatArray, arm_b: FloatArray, radius: int, width: int) -> None:
    """Draw the smaller arc between two directions from a vertex, filled lightly.

    Parameters
    ----------
    vertex
        ``(2,)`` px.
    arm_a, arm_b
        ``(2,)`` directions, any length.
    """
    start = math.degrees(math.atan2(arm_a[1], arm_a[0]))
    sweep = (math.degrees(math.atan2(arm_b[1], arm_b[0])) - start + 180) % 360 - 180
    angles = np.radians(np.linspace(start, start + sweep, max(2, int(abs(sweep) / 4) + 2)))
    rim = vertex + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    fan = np.vstack([vertex, rim]).round().astype(np.int32)
    left, top = np.maximum(fan.min(axis=0) - 1, 0)
    right, bottom = fan.max(axis=0) + 2
    region = image[top:bottom, left:right]
    if region.size:
        tinted = region.copy()
        cv2.fillPoly(tinted, [fan - (left, top)], WHITE, _AA)
        cv2.addWeighted(tinted, 0.35, region, 0.65, 0, dst=region)
    line = rim.round().astype(np.int32)
    cv2.polylines(image, [line], False, INK, width + 2, _AA)
    cv2.polylines(image, [line], False, WHITE, width, _AA)


def text_size(text: str, cap_px: int) -> tuple[int, int]:
    """Return ``(width, height)`` of a line of text whose capitals are ``cap_px`` high, px."""
    scale, thickness = _font(cap_px)
    (width, _), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    return int(width), cap_px


def draw_text(image: Image, text: str, left: int, baseline: int, cap_px: int, color: Color) -> None:
    """Write one line of ASCII text."""
    scale, thickness = _font(cap_px)
    cv2.putText(image, text, (left, baseline), _FONT, scale, color, thickness, _AA)


def _font(cap_px: int) -> tuple[float, int]:
    """Return OpenCV's scale and stroke for capitals ``cap_px`` high."""
    (_, height), _ = cv2.getTextSize("H", _FONT, 1.0, 1)
    return cap_px / max(1, height), max(1, round(cap_px / 16))


def fit_text(text: str, cap_px: int, max_width: int, min_cap_px: int) -> tuple[str, int]:
    """Return the text and letter height that fit into a width: smaller letters first, then fewer."""
    while cap_px > min_cap_px and text_size(text, cap_px)[0] > max_width:
        cap_px -= 1
    shortened = text
    while len(shortened) > 1 and text_size(shortened, cap_px)[0] > max_width:
        text = text[:-1].rstrip()
        shortened = text + "..."
    return shortened, cap_px


def draw_plate(
    image: Image, left: int, top: int, width: int, height: int, color: Color, opacity: float = _PLATE_OPACITY
) -> None:
    """Draw a translucent plate with round corners, clipped at the border of the picture."""
    x0, y0 = max(0, left), max(0, top)
    region = image[y0 : max(y0, top + height), x0 : max(x0, left + width)]
    if not region.size:
        return
    height, width = region.shape[:2]
    radius = max(0, min(height, width, 24) // 4)
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(mask, (x, y), radius, 255, -1, _AA)
    weight = (mask.astype(np.float32) * (opacity / 255.0))[..., None]
    region[:] = (region * (1.0 - weight) + np.asarray(color, np.float32) * weight).astype(np.uint8)
