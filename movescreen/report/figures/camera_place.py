"""A small drawing of where the camera stood: from above, with the way the person faced, and how crooked it hung."""

from __future__ import annotations

import math
from html import escape

from movescreen.model import View
from movescreen.words.numbers_and_units import NBSP

_WIDTH, _HEIGHT = 260, 150
#: Middle of the person, and of the camera, in the drawing from above.
_PERSON, _CAMERA = (80.0, 42.0), (80.0, 126.0)
_SHOULDERS, _DEEP, _NOSE = 26.0, 11.0, 20.0
#: Middle and half size of the picture that shows how crooked the phone was.
_PHONE, _HALF = (205.0, 78.0), (22.0, 38.0)
#: A phone that leans by less than this is as good as straight, degrees.
_STRAIGHT_DEG = 1.0


def draw_camera_place(view: View) -> str:
    """Return an ``<svg>`` element with the distance, the turn and the lean of the camera; empty when the turn is not known."""
    if not math.isfinite(view.yaw_deg):
        return ""
    words = describe_camera_place(view)
    turn = math.radians(view.yaw_deg)
    x, y = _PERSON
    nose = f"{x + _NOSE * math.sin(turn):.1f},{y + _NOSE * math.cos(turn):.1f}"
    sides = [f"{x + s * 8 * math.cos(turn):.1f},{y - s * 8 * math.sin(turn):.1f}" for s in (-1, 1)]
    body = (
        f'<ellipse cx="{x}" cy="{y}" rx="{_SHOULDERS}" ry="{_DEEP}" transform="rotate({-view.yaw_deg:.1f} {x} {y})"/>'
    )
    camera = f'<path d="M{_CAMERA[0] - 9} {_CAMERA[1]}h18v10h-18zM{_CAMERA[0] - 4} {_CAMERA[1]}l-4 -7h16l-4 7z"/>'
    sight = f'<path class="sight" d="M{_CAMERA[0]} {_CAMERA[1] - 9}V{y + _NOSE + 8}"/>'
    far = f'<text x="{x + 8}" y="{(y + _CAMERA[1]) / 2 + 14:.0f}">{_far(view)}</text>' if _far(view) else ""
    return (
        f'<svg class="place" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(words)}">'
        f'{sight}{body}<polygon points="{sides[0]} {nose} {sides[1]}"/>{camera}{far}'
        f'<text x="{x}" y="12" text-anchor="middle">from above</text>{_phone(view)}</svg>'
    )


def describe_camera_place(view: View) -> str:
    """Return the same in words: ``the camera stood about 3.1 m away; the person was turned by 32 degrees``."""
    turn = abs(view.yaw_deg)
    where = f"to the {'right' if view.yaw_deg > 0 else 'left'} of the picture" if 1 <= round(turn) <= 179 else ""
    facing = "with the back to it" if round(turn) > 170 else f"turned by {turn:.0f}{NBSP}degrees {where}".strip()
    parts = [f"the camera stood {_far(view)} away"] if _far(view) else []
    parts += [f"the person was {facing}"]
    parts += [f"the camera leaned by {abs(view.roll_deg):.0f}{NBSP}degrees, which is taken out"] if _leans(view) else []
    return "; ".join([*parts, "how high it stood is not known"])


def _far(view: View) -> str:
    return f"about {view.distance_m:.1f}{NBSP}m" if math.isfinite(view.distance_m) else ""


def _leans(view: View) -> bool:
    return math.isfinite(view.roll_deg) and abs(view.roll_deg) >= _STRAIGHT_DEG


def _phone(view: View) -> str:
    """Return the picture's frame as it hung against the vertical."""
    x, y = _PHONE
    roll = view.roll_deg if _leans(view) else 0.0
    told = f"phone leans {abs(roll):.0f}°" if roll else "phone straight"
    frame = f'<rect x="{x - _HALF[0]}" y="{y - _HALF[1]}" width="{2 * _HALF[0]}" height="{2 * _HALF[1]}" rx="3" transform="rotate({roll:.1f} {x} {y})"/>'
    return f'<path class="sight" d="M{x} {y - 54}V{y + 50}"/>{frame}<text x="{x}" y="12" text-anchor="middle">{told}</text>'
