"""What stands around a drawn person or is held: walls, chairs, weights, bands. Each kind is one registered function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.registry import Registry
from movescreen.report.figures.skeleton import Point, Skeleton, unit

Number = float | int | str


#: A step of a path.
Step = tuple[str, tuple[Point, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Shape:
    """One path of a drawing.

    Attributes
    ----------
    look
        Name of its colors and widths.
    path
        In meters: a letter (``M``, ``L``, ``Q``, ``Z``; ``O`` a circle, ``C`` two circles and what is between), points, radii.
    over
        Whether it lies over the body.
    text
        Written at its first point instead of a path.
    """

    look: str
    path: tuple[Step, ...]
    over: bool = False
    text: str = ""


@dataclass(frozen=True)
class Thing:
    """A kind of thing: what it is called in words (empty: not named), and what draws it."""

    words: str
    draw: Callable[..., list[Shape]]


#: Kind -> thing; decorated with :func:`thing`.
THINGS: Registry[Thing] = Registry("kind of thing")
_WALL_HEIGHT = 1.9


def thing(name: str, words: str = "") -> Callable[[Callable[..., list[Shape]]], Callable[..., list[Shape]]]:
    """Register a function that draws a kind of thing; it is called with the body, then the numbers and places of the data."""

    def register(draw: Callable[..., list[Shape]]) -> Callable[..., list[Shape]]:
        THINGS.add(name, Thing(words, draw))
        return draw

    return register


def draw_thing(row: Sequence[Number], body: Skeleton) -> list[Shape]:
    """Return the shapes of one thing of a figure."""
    return THINGS.find(_kind(row)).draw(body, *row[1:])


def _kind(row: Sequence[Number]) -> str:
    """Return the kind; what begins with ``end`` is there only at the end."""
    return str(row[0]).removeprefix("end ")


def thing_words(rows: Sequence[Sequence[Number]]) -> list[str]:
    """Return what the things of a figure are called, each once."""
    return [words for words in dict.fromkeys(THINGS.find(_kind(row)).words for row in rows) if words]


def _p(x: float, y: float) -> Point:
    return np.array([float(x), float(y)])


def line(look: str, *points: Point, closed: bool = False, over: bool = False) -> Shape:
    """Return straight lines through points."""
    steps: list[Step] = [("M" if i == 0 else "L", (point,), ()) for i, point in enumerate(points)]
    return Shape(look, tuple(steps + ([("Z", (), ())] if closed else [])), over)


def circle(look: str, at: Point, radius: float, *, over: bool = False) -> Shape:
    """Return a circle."""
    return Shape(look, (("O", (at,), (radius,)),), over)


def rect(look: str, x0: float, x1: float, y0: float, y1: float, *, over: bool = False) -> Shape:
    """Return a rectangle."""
    return line(look, _p(x0, y0), _p(x1, y0), _p(x1, y1), _p(x0, y1), closed=True, over=over)


def _register_line(name: str, words: str, look: str, over: bool = False) -> None:
    """Register a thing that is one line through places."""
    thing(name, words)(lambda body, *places: [line(look, *(body.place(each) for each in places), over=over)])


_register_line("band", "a band", "band", over=True)
_register_line("strap", "a towel", "towel_line", over=True)
_register_line("towel", "a towel", "cloth")
_register_line("plate", "the plate of a machine", "saddle")
_register_line("pad", "a padded machine", "pad")
_register_line("rail", "", "frame")


@thing("wall", "a wall")
def _wall(body: Skeleton, x: float, height: float = _WALL_HEIGHT, away: str = "") -> list[Shape]:
    right = away == "right" or (not away and float(body.points["hip"][0]) < x)
    out = 0.09 if right else -0.09
    hatch = [line("fine", _p(x, y), _p(x + out, y - 0.09)) for y in np.arange(0.12, height, 0.13)]
    return [*hatch, line("edge", _p(x, 0.0), _p(x, height))]


@thing("block", "a step")
@thing("box", "a box")
def _block(body: Skeleton, x0: float, x1: float, height: float, below: float = 0.0) -> list[Shape]:
    return [rect("solid", x0, x1, below, height)]


@thing("blocks", "blocks")
def _blocks(body: Skeleton, x0: float, x1: float, height: float) -> list[Shape]:
    half = height / 2
    return [rect("solid", x0, x1, 0.0, half), rect("solid", x0, x1, half, height)]


@thing("bench", "a bench")
def _bench(body: Skeleton, x0: float, x1: float, height: float) -> list[Shape]:
    legs = [rect("solid", x, x + 0.05, 0.0, height - 0.07) for x in (x0 + 0.05, x1 - 0.1)]
    return [*legs, rect("solid", x0, x1, height - 0.08, height)]


@thing("chair", "a chair")
def _chair(body: Skeleton, x0: float, x1: float, height: float, back: str = "left", top: float = 0.92) -> list[Shape]:
    legs = [rect("solid", x, x + 0.045, 0.0, height - 0.05) for x in (x0, x1 - 0.045)]
    rest = {
        "left": [rect("solid", x0 - 0.045, x0, height - 0.05, top)],
        "right": [rect("solid", x1, x1 + 0.045, height - 0.05, top)],
    }
    return [*legs, *rest.get(back, []), rect("solid", x0, x1, height - 0.055, height)]


@thing("counter", "a counter")
def _counter(body: Skeleton, x0: float, x1: float, height: float) -> list[Shape]:
    return [rect("pale", x0 + 0.03, x1 - 0.03, 0.0, height - 0.05), rect("solid", x0, x1, height - 0.05, height)]


@thing("pole", "a door frame")
def _pole(body: Skeleton, x: float, height: float = _WALL_HEIGHT) -> list[Shape]:
    return [rect("solid", x - 0.03, x + 0.03, 0.0, height)]


@thing("mat")
def _mat(body: Skeleton, x0: float, x1: float) -> list[Shape]:
    return [rect("pale", x0, x1, -0.035, 0.0)]


@thing("cushion", "a cushion")
def _cushion(body: Skeleton, x0: float, x1: float, height: float, below: float = 0.0) -> list[Shape]:
    r = height / 2
    middle = below + r
    return [line("cushion", _p(x0 + r, middle), _p(x1 - r, middle))]


@thing("wedge", "a thin wedge")
def _wedge(body: Skeleton, x0: float, x1: float, height: float) -> list[Shape]:
    return [line("solid", _p(x0, 0.0), _p(x1, 0.0), _p(x0, height), closed=True)]


@thing("books", "books to step over")
def _books(body: Skeleton, x: float, height: float = 0.12, width: float = 0.14) -> list[Shape]:
    half = height / 2
    return [
        rect("solid", x - width / 2, x + width / 2, 0.0, half),
        rect("solid", x - width / 2 + 0.02, x + width / 2 - 0.02, half, height),
    ]


@thing("mark", "a line on the floor")
def _mark(body: Skeleton, x: float, width: float = 0.06) -> list[Shape]:
    return [rect("accent_solid", x - width / 2, x + width / 2, -0.03, 0.012)]


@thing("cone", "a mark")
def _cone(body: Skeleton, x: float, height: float = 0.22) -> list[Shape]:
    return [line("solid", _p(x - 0.1, 0.0), _p(x + 0.1, 0.0), _p(x, height), closed=True)]


@thing("stick", "a stick")
def _stick(body: Skeleton, a: str, b: str, over: str = "over") -> list[Shape]:
    return [line(look, body.place(a), body.place(b), over=over == "over") for look in ("stick_halo", "stick")]


@thing("ball", "a ball")
def _ball(body: Skeleton, at: str, radius: float = 0.12) -> list[Shape]:
    middle = body.place(at)
    seam = [line("fine", middle + _p(-radius * 0.7, radius * 0.2), middle + _p(radius * 0.7, radius * 0.2), over=True)]
    return [circle("solid", middle, radius, over=True), *seam]


@thing("between", "a ball")
def _between(body: Skeleton, a: str, b: str, radius: float = 0.1) -> list[Shape]:
    return [circle("solid", (body.place(a) + body.place(b)) / 2, radius, over=True)]


@thing("dumbbell", "a weight")
def _dumbbell(body: Skeleton, at: str, size: float = 0.085) -> list[Shape]:
    """Draw a short bar through the hand with a head at each end."""
    x, y = (float(v) for v in body.place(at))
    near, far, half = 0.6 * size, 1.35 * size, 0.75 * size
    heads = [rect("heavy", x + s * near, x + s * far, y - half, y + half, over=True) for s in (-1, 1)]
    return [line("handle", _p(x - near, y), _p(x + near, y), over=True), *heads]


@thing("kettle", "a weight")
def _kettle(body: Skeleton, at: str, down: float = 0.17) -> list[Shape]:
    hand = body.place(at)
    ball = hand - [0.0, down]
    grip = (_p(-0.06, 0.05), _p(-0.055, 0.15), _p(0.055, 0.15), _p(0.06, 0.05))
    handle = line("handle", *(ball + each for each in grip), over=True)
    return [handle, circle("heavy", ball, 0.1, over=True)]


@thing("barbell", "a barbell")
def _barbell(body: Skeleton, at: str, radius: float = 0.2) -> list[Shape]:
    middle = body.place(at)
    return [circle("plate", middle, radius, over=True), circle("heavy", middle, 0.045, over=True)]


@thing("bag", "a bag")
def _bag(body: Skeleton, at: str, size: float = 1.0) -> list[Shape]:
    hand = body.place(at)

    def corner(x: float, y: float) -> Point:
        return np.add(hand, [size * x, size * y])

    straps = line("handle", corner(-0.1, -0.15), corner(-0.03, 0), corner(0.03, 0), corner(0.1, -0.15), over=True)
    (x0, y0), (x1, y1) = corner(-0.16, -0.37), corner(0.16, -0.14)
    return [straps, rect("heavy", x0, x1, y0, y1, over=True)]


@thing("pack", "a weight")
def _pack(body: Skeleton, at: str, width: float = 0.3, height: float = 0.17) -> list[Shape]:
    x, y = (float(v) for v in body.place(at))
    return [rect("heavy", x - width / 2, x + width / 2, y, y + height, over=True)]


@thing("belt")
def _belt(body: Skeleton) -> list[Shape]:
    """Draw how the pelvis tilts."""
    left, right = body.points["left_hip"], body.points["right_hip"]
    beyond = 1.1 * (left - right)
    return [line(look, left + beyond, right - beyond, over=True) for look in ("belt_halo", "belt")]


@thing("loop", "a loop band")
def _loop(body: Skeleton, a: str, b: str) -> list[Shape]:
    return [line(look, body.place(a), body.place(b), over=True) for look in ("loop", "loop_inside")]


@thing("panel", "a wall")
def _panel(body: Skeleton, x0: float, x1: float, height: float) -> list[Shape]:
    """Draw a wall behind somebody who is seen from the front."""
    hatch = [line("fine", _p(x, height), _p(x - 0.09, height + 0.09)) for x in np.arange(x0 + 0.1, x1 + 0.1, 0.15)]
    return [rect("pale", x0, x1, 0.0, height), *hatch]


@thing("spot")
def _spot(body: Skeleton, at: str) -> list[Shape]:
    """Draw a mark on a way that is seen from above."""
    x, y = body.place(at)
    return [line("solid", _p(x - 0.07, y), _p(x + 0.07, y), _p(x, y + 0.14), closed=True)]


@thing("anchor")
def _anchor(body: Skeleton, at: str) -> list[Shape]:
    return [circle("heavy", body.place(at), 0.045)]


@thing("roll", "a rolled towel")
def _roll(body: Skeleton, at: str, radius: float = 0.07) -> list[Shape]:
    middle = body.place(at)
    return [circle("towel", middle, radius), circle("towel_inside", middle, radius * 0.5)]


@thing("say", "speech")
def _say(body: Skeleton, at: str, text: str) -> list[Shape]:
    x, y = (float(v) for v in body.place(at))
    half = 0.045 * len(text) + 0.06
    bubble = line(
        "bubble", _p(x - half, y - 0.09), _p(x - half + 0.05, y - 0.09), _p(x - half - 0.02, y - 0.19), _p(x - half + 0.17, y - 0.09),
        _p(x + half, y - 0.09), _p(x + half, y + 0.1), _p(x - half, y + 0.1), closed=True, over=True,
    )  # fmt: skip
    return [bubble, _text(_p(x, y - 0.045), text)]


@thing("label")
def _label(body: Skeleton, at: str, text: str) -> list[Shape]:
    return [_text(body.place(at), text)]


def _text(at: Point, text: str) -> Shape:
    return Shape("text", (("M", (at,), ()),), True, text)


@thing("breath", "breathing out")
def _breath(body: Skeleton, at: str = "head", way: float = 90.0) -> list[Shape]:
    start, along = body.place(at), unit(way)
    across = np.array([-along[1], along[0]])
    return [
        line(
            "breath",
            *(start + along * (0.17 + s) + across * (o + 0.012 * np.sin(s * 60)) for s in np.linspace(0, 0.16, 9)),
        )
        for o in (-0.05, 0.0, 0.05)
    ]


@thing("clock", "held still")
def _clock(body: Skeleton, at: str) -> list[Shape]:
    middle = body.place(at)
    hands = line("fine_over", middle + _p(0.0, 0.06), middle, middle + _p(0.045, -0.02), over=True)
    return [circle("dial", middle, 0.095, over=True), hands]


@thing("bars", "a pace that changes")
def _bars(body: Skeleton, x: float, *heights: float) -> list[Shape]:
    """Draw the pace over the time below the floor, one bar a stretch."""
    return [
        rect("accent_solid" if h > 0.15 else "solid", x + 0.2 * i, x + 0.2 * i + 0.17, -0.5, -0.5 + h)
        for i, h in enumerate(heights)
    ]


@thing("route", "a way along the floor")
def _route(body: Skeleton, *places: str) -> list[Shape]:
    """Draw a way along the floor as seen from above, with an arrow at its end; ``branch`` begins another one."""
    ways: list[list[Point]] = [[]]
    for each in places:
        if each == "branch":
            ways.append([ways[0][-2]])
        else:
            ways[-1].append(body.place(each))
    return [shape for way in ways for shape in arrow_shapes(way, "route")]


def arrow_shapes(points: Sequence[Point], look: str = "arrow") -> list[Shape]:
    """Return a line through points with a head at its end."""
    tip, size = points[-1], 0.075
    # what lies under the head is left out, so that a bent shaft does not look out beside it
    before = [points[0], *(p for p in points[1:-1] if float(np.linalg.norm(tip - p)) > 1.5 * size)]
    way = tip - before[-1]
    along = way / max(float(np.linalg.norm(way)), 1e-6)
    across, back = np.array([-along[1], along[0]]), tip - 1.5 * size * along
    shaft = [*before, tip - size * along]
    head = line(f"{look}_head", tip, back + size * across, back - size * across, closed=True, over=True)
    return [line(f"{look}_halo", *shaft, over=True), line(look, *shaft, over=True), head]


def press_shapes(a: Point, b: Point) -> list[Shape]:
    """Return two wedges one behind the other from ``a`` to ``b``: something is pressed that does not move."""
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-6)
    across, size = np.array([-along[1], along[0]]), 0.06
    tips = (b, b - 1.3 * size * along)
    wedges = [(tip - size * along + size * across, tip, tip - size * along - size * across) for tip in tips]
    return [line(look, *wedge, over=True) for look in ("arrow_halo", "arrow") for wedge in wedges]


@thing("bike", "a stationary bike")
def _bike(body: Skeleton, x: float, used: str = "ridden") -> list[Shape]:
    """Draw a stationary bike whose cranks are at ``x``, m; ``parked`` without pedals at the feet."""
    crank, seat, grip = _p(x, 0.32), _p(x - 0.22, 0.92), _p(x + 0.5, 1.05)
    frame = [
        line("frame", crank, seat), line("frame", crank, _p(x + 0.42, 0.75), grip), line("frame", _p(x - 0.14, 0.7), _p(x + 0.42, 0.75)),
        line("frame", _p(x - 0.35, 0.03), _p(x + 0.55, 0.03)), line("frame", crank, _p(x, 0.03)),
    ]  # fmt: skip
    pedals = [
        line("bar", crank, body.points[f"{side}_toe"] + _p(-0.09, -0.03)) for side in body.sides if used == "ridden"
    ]
    return [
        circle("plate", _p(x + 0.33, 0.34), 0.27), *frame, *pedals, circle("heavy", crank, 0.06),
        line("saddle", seat + _p(-0.14, 0.0), seat + _p(0.1, 0.0)), line("saddle", grip, grip + _p(-0.12, 0.05)),
    ]  # fmt: skip


@thing("mirror", "a mirror")
def _mirror(body: Skeleton, x: float, bottom: float, top: float) -> list[Shape]:
    shine = [line("fine", _p(x, y), _p(x - 0.1, y - 0.1)) for y in np.arange(bottom + 0.3, top, 0.3)]
    return [*shine, rect("solid", x, x + 0.05, bottom, top)]


@thing("rug")
def _rug(body: Skeleton, x0: float, x1: float, y0: float, y1: float) -> list[Shape]:
    """Draw a mat as seen from above, with a pillow under the head."""
    head = body.points["head"]
    return [rect("pale", x0, x1, y0, y1), rect("solid", head[0] - 0.16, head[0] + 0.14, head[1] - 0.24, head[1] + 0.24)]
