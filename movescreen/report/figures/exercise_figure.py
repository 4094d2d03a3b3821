"""The drawn figure of an exercise as SVG: its start and its end side by side, and for the screen both in one that moves.

Nothing is loaded and no script runs: the movement is SMIL, and what shows which of the two forms is the stylesheet of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from movescreen.catalog.exercise_figures import ExerciseFigure
from movescreen.report.figures.figure_things import (
    Shape,
    arrow_shapes,
    circle,
    draw_thing,
    line,
    press_shapes,
    thing_words,
)
from movescreen.report.figures.skeleton import (
    HEAD_RADIUS,
    HIP_HALF,
    Point,
    Skeleton,
    between,
    pose_body,
    radius_of,
    raise_body,
    unit,
)
from movescreen.words.sentences import join_words, sentence

PX_PER_M = 100.0
#: Look -> (fill, stroke, width in pixels); "paper" is what is behind the drawing.
_LOOKS: dict[str, tuple[str, str, float]] = {
    "near": ("near", "none", 0), "far": ("far", "none", 0), "trunk": ("trunk", "none", 0), "trunk_line": ("none", "trunk", 19),
    "trunk_front": ("trunk", "trunk", 11), "neck": ("none", "trunk", 11), "neck_front": ("none", "trunk", 13), "partner": ("far", "none", 0), "partner_line": ("none", "far", 19),
    "halo": ("none", "paper", 14), "halo_arm": ("none", "paper", 12), "halo_trunk": ("none", "paper", 23), "eye": ("paper", "none", 0), "face": ("none", "paper", 1.6),
    "floor": ("none", "thing", 2.5), "edge": ("none", "thing", 3), "fine": ("none", "thing", 1.5), "dash": ("none", "thing", 1.5),
    "fine_over": ("none", "near", 2.5), "solid": ("fill", "thing", 2), "pale": ("paper", "thing", 1.5), "cushion": ("none", "thing", 10),
    "heavy": ("weight", "paper", 1.5), "bar": ("none", "weight", 4.5), "handle": ("none", "weight", 4.5),
    "plate": ("none", "weight", 5), "band": ("none", "band", 4.5), "loop": ("none", "band", 11), "loop_inside": ("none", "paper", 4),
    "towel": ("fill", "thing", 2.5), "towel_inside": ("none", "thing", 2), "cloth": ("none", "thing", 7), "towel_line": ("none", "band", 5),
    "stick_halo": ("none", "paper", 9), "stick": ("none", "wood", 5), "belt": ("none", "accent", 3), "belt_halo": ("none", "paper", 7), "bubble": ("paper", "thing", 2), "breath": ("none", "band", 2.5),
    "dial": ("paper", "near", 2.5), "accent_solid": ("accent", "none", 0), "frame": ("none", "thing", 4), "saddle": ("none", "thing", 9),
    "pad": ("none", "thing", 14), "route": ("none", "accent", 3.5), "route_halo": ("none", "paper", 8), "route_head": ("accent", "none", 0),
    "arrow": ("none", "accent", 4), "arrow_halo": ("none", "paper", 9), "arrow_head": ("accent", "paper", 1.5), "text": ("near", "none", 0),
}  # fmt: skip
#: Color -> on white paper. A page in dark colors sets its own by class (``f-near`` fills, ``s-near`` strokes, and so on).
COLORS = {
    "near": "#1f3346", "far": "#a7b3bd", "trunk": "#62798c", "thing": "#8a8f94", "fill": "#e9e6e0", "weight": "#3b3b3b",
    "band": "#0b7285", "wood": "#a9762f", "accent": "#d9480f", "paper": "#ffffff",
}  # fmt: skip
_LIMB_RADII = {"thigh": (0.068, 0.053), "shank": (0.053, 0.038), "arm": (0.047, 0.037), "fore": (0.037, 0.034)}
_FOOT_RADII, _FOOT_RADII_FRONT = (0.038, 0.029), (0.038, 0.044)
#: Seconds of a round trip, and where its moments lie in it: rest, out, rest, back.
_SECONDS, _STEPS = 3.6, 4
_OUT, _THERE, _BACK = 0.15, 0.45, 0.65
_SHORTEST_ARROW, _MARGIN, _GAP = 0.26, 0.1, 0.18
#: From how much wider than high a picture start and end stand below each other.
_STACKED = 1.8
#: Seen from the side, what is far is drawn so much beside what is near, m: two legs that stand together are still two.
_FAR = np.array([0.055, 0.022])


#: Name of an exercise -> its figure.
Figures = Mapping[str, ExerciseFigure]
NO_FIGURES: Figures = {}


@dataclass(frozen=True)
class _Box:
    x0: float
    x1: float
    y0: float
    y1: float


def draw_exercise(name: str, title: str, figures: Figures) -> Markup:
    """Return the figure of an exercise; nothing for one that has none, such as one of a catalog of one's own."""
    return figure_svg(figures[name], title) if name in figures else Markup("")


def figure_svg(figure: ExerciseFigure, title: str) -> Markup:
    """Return a figure's markup: a still drawing, and beside it one that moves where the exercise does."""
    alt = escape(figure_words(figure, title), quote=True)
    still = still_svg(figure, alt)
    if figure.end is None:
        return Markup(f'<span class="exercise-figure">{still}</span>')
    return Markup(f'<span class="exercise-figure moves">{still}{moving_svg(figure, alt)}</span>')


def still_svg(figure: ExerciseFigure, alt: str) -> str:
    """Return start and end side by side, with what moves drawn into the first of them."""
    bodies = _bodies(figure)
    frames = [_frame(figure, bodies, i) for i in range(len(bodies))]
    if figure.together:
        frames = [[*_arrows(figure, bodies), *(shape for body in bodies for shape in _scene(figure, body))]]
    box = _bounds([shape for frame in frames for shape in frame], figure)
    wide = box.x1 - box.x0
    high = box.y1 - box.y0
    # what lies is drawn larger when its end stands below its start
    stacked = wide > _STACKED * high
    right, down = (0.0, high + _GAP) if stacked else (wide + _GAP, 0.0)
    parts = []
    for i, frame in enumerate(frames):
        at = box if figure.close else replace(box, y1=box.y1 + i * down)
        drawn = [_element(shape, at, 0.0 if figure.close else i * right) for shape in [*_floor(figure, box), *frame]]
        parts += [_cut_out(drawn, box, i * right, i * down)] if figure.close else drawn
    last = len(frames) - 1
    return _svg(parts, wide + last * right, high + last * down, "still", alt)


def moving_svg(figure: ExerciseFigure, alt: str) -> str:
    """Return one drawing that goes from start to end and back."""
    bodies = _bodies(figure)
    shares = [i / _STEPS for i in range(1, _STEPS)]
    way = [raise_body(between(bodies[0], bodies[-1], s), 4 * figure.rise * s * (1 - s)) for s in shares]
    moments = [bodies[0], *way, bodies[-1]]
    held = any(str(row[0]) == "end clock" for row in figure.things)
    arrows = [] if held else _arrows(figure, bodies)
    frames = [[*_scene(figure, body), *arrows] for body in moments]
    box = _bounds([shape for frame in frames for shape in frame], figure)
    parts = [_element(shape, box, 0.0) for shape in _floor(figure, box)]
    for shapes in zip(*frames, strict=True):
        parts.append(_element(shapes[0], box, 0.0, [_path_data(shape, box, 0.0) for shape in shapes]))
    return _svg(parts, box.x1 - box.x0, box.y1 - box.y0, "live", alt)


def figure_words(figure: ExerciseFigure, title: str) -> str:
    """Return what the drawing shows, for who cannot see it: the view, the poses, what moves, and what it takes."""
    seen = {"side": "from the side", "front": "from the front", "back": "from behind"}[figure.view]
    said = [f"{title}, seen {seen}: {', then '.join(figure.pose_words)}"]
    moves = figure.words or _moves_words(figure)
    said += [moves] if moves else ["held still"] if figure.end is None else []
    things = thing_words(figure.things)
    said += [f"with {join_words(things)}"] if things else []
    return sentence("; ".join(said))


def _moves_words(figure: ExerciseFigure) -> str:
    """Return which parts go where, by the arrows that follow them."""
    bodies = _bodies(figure)
    said = []
    for arrow in figure.arrows:
        if arrow not in bodies[0].points or len(bodies) == 1:
            continue
        x, y = bodies[-1].points[arrow] - bodies[0].points[arrow]
        way = (
            ("up" if y > 0 else "down")
            if abs(y) > abs(x)
            else ("forward" if x > 0 else "back")
            if figure.view == "side"
            else "sideways"
        )
        side, _, part = arrow.rpartition("_")
        said.append(f"{'the' if not side else 'one' if side in ('near', 'far') else f'the {side}'} {part} {way}")
    return join_words(list(dict.fromkeys(said)))


def _bodies(figure: ExerciseFigure) -> list[Skeleton]:
    return [pose_body(pose, figure.view) for pose in (figure.start, figure.end) if pose is not None]


def _frame(figure: ExerciseFigure, bodies: Sequence[Skeleton], i: int) -> list[Shape]:
    kept = figure.model_copy(
        update={"things": [row for row in figure.things if i or not str(row[0]).startswith("end ")]}
    )
    return [*_scene(kept, bodies[i]), *(_arrows(figure, bodies) if i == 0 else [])]


def _scene(figure: ExerciseFigure, body: Skeleton) -> list[Shape]:
    things = [shape for row in figure.things for shape in draw_thing(row, body)]
    partner = _partner(figure.partner, figure.view) if figure.partner else []
    if figure.mirror is not None:
        partner = _flipped(_body_shapes(body, partner=True), figure.mirror)
    return [*(s for s in things if not s.over), *partner, *_body_shapes(body), *(s for s in things if s.over)]


def _partner(pose: Mapping[str, float | int | str], view: str) -> list[Shape]:
    body = pose_body(pose, view)
    shapes = _body_shapes(body, partner=True)
    return _flipped(shapes, float(body.points["hip"][0])) if pose.get("mirror") else shapes


def _mapped(shapes: Sequence[Shape], place: Callable[[Point], Point]) -> list[Shape]:
    return [
        replace(s, path=tuple((letter, tuple(map(place, points)), radii) for letter, points, radii in s.path))
        for s in shapes
    ]


def _flipped(shapes: Sequence[Shape], x: float) -> list[Shape]:
    """Return shapes as a mirror at ``x`` shows them, m."""
    return _mapped(shapes, lambda point: np.array([2 * x - point[0], point[1]]))


def _arrows(figure: ExerciseFigure, bodies: Sequence[Skeleton]) -> list[Shape]:
    return [shape for arrow in figure.arrows for shape in _arrow(arrow, bodies)]


def _arrow(arrow: str, bodies: Sequence[Skeleton]) -> list[Shape]:
    first = bodies[0]
    if arrow.startswith("press "):
        return press_shapes(*(first.place(each) for each in arrow.removeprefix("press ").split(" > ")))
    if " <> " in arrow:
        a, b = (first.place(each) for each in arrow.split(" <> "))
        return [*arrow_shapes([(a + b) / 2, a]), *arrow_shapes([(a + b) / 2, b])]
    if " > " in arrow:
        way, _, rise = arrow.partition(" ^ ")
        return arrow_shapes(_arc([first.place(each) for each in way.split(" > ")], float(rise or 0.0)))
    if arrow.startswith("turn "):
        words = arrow.split()
        middle, (radius, begin, end) = first.place(words[1]), (float(word) for word in words[2:5])
        return arrow_shapes([middle + radius * unit(angle) for angle in np.linspace(begin, end, 40)])
    return _way_arrow(arrow, bodies)


def _arc(points: list[Point], rise: float) -> list[Point]:
    """Return a way that rises over the straight one."""
    if not rise:
        return points
    first, last = points[0], points[-1]
    return [(1 - t) * first + t * last + np.array([0.0, 4 * rise * t * (1 - t)]) for t in np.linspace(0, 1, 13)]


def _way_arrow(landmark: str, bodies: Sequence[Skeleton]) -> list[Shape]:
    """Return an arrow along the way of a landmark, beginning a little beside it."""
    points = [between(bodies[0], bodies[-1], share).points[landmark] for share in np.linspace(0, 1, 9)]
    total = sum(float(np.linalg.norm(b - a)) for a, b in pairwise(points))
    if total < _SHORTEST_ARROW:
        along = (points[-1] - points[0]) / max(float(np.linalg.norm(points[-1] - points[0])), 1e-6)
        points = [points[0], points[0] + _SHORTEST_ARROW * along]
    return arrow_shapes(_beside(points, landmark, bodies[0]))


def _beside(points: list[Point], landmark: str, body: Skeleton) -> list[Point]:
    """Return a way moved to where it covers least of the body: to its left, its right, or further along."""
    along = points[-1] - points[0]
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    across = np.array([-along[1], along[0]])
    out = radius_of(landmark) + 0.06
    flesh = _flesh(body)
    lowest = np.array([-np.inf, min(body.lowest(), 0.0) + 0.06])
    moved = [[np.maximum(p + out * way, lowest) for p in points] for way in (along, across, -across)]
    return max(moved, key=lambda way: sum(min(0.12, float(np.min(np.linalg.norm(flesh - p, axis=1)))) for p in way))


def _flesh(body: Skeleton) -> Point:
    """Return points all over the body, (points, 2), m."""
    rows = [("hip", "shoulder"), ("head", "head")]
    for side in body.sides:
        names = [f"{side}_{name}" for name in ("hip", "knee", "ankle", "toe")]
        names += [f"{side}_{name}" for name in ("hand", "elbow", "shoulder")]
        rows += pairwise(names)
    shares = np.linspace(0, 1, 8)[:, None]
    return np.concatenate([(1 - shares) * body.points[a] + shares * body.points[b] for a, b in rows])


# --- the body -----------------------------------------------------------------------------------------------------------


def _body_shapes(body: Skeleton, *, partner: bool = False) -> list[Shape]:
    """Return the body from back to front: far limbs, trunk and head, near limbs; each with an edge of paper around it."""
    near, far, trunk = ("far", "far", "partner") if partner else ("near", "far", "trunk")
    first, second = body.sides
    if body.view == "side":
        behind, before = [(second, far)], [(first, near)]
    else:
        # of somebody who lies on the side the upper limbs lie over the lower ones
        on_side = body.points[f"{first}_hip"][1] - body.points[f"{second}_hip"][1] > HIP_HALF
        behind, before = [], [(second, near), (first, near)] if on_side else [(first, near), (second, near)]
    shapes: list[Shape] = []
    for side, look in behind:
        shapes += _mapped([*_arm(body, side, look), *_leg(body, side, look)], lambda point: point + _FAR)
    shapes += (
        _trunk_side(body, "partner_line" if partner else "trunk_line") if body.view == "side" else _trunk_front(body)
    )
    shapes += _head(body, trunk)
    for limb in (_leg, _arm):
        shapes += [shape for side, look in before for shape in limb(body, side, look)]
    return shapes


def _trunk_side(body: Skeleton, look: str) -> list[Shape]:
    hip, shoulder = body.points["hip"], body.points["shoulder"]
    forward = unit(body.directions["trunk"][0] - 90.0)
    bulge = (hip + shoulder) / 2 - 1.6 * body.curl * float(np.linalg.norm(shoulder - hip)) * forward
    neck = line("neck", shoulder, body.points["head"])
    path = (("M", (hip,), ()), ("Q", (bulge, shoulder), ()))
    return [neck, Shape("halo_trunk", path), Shape(look, path)]


def _trunk_front(body: Skeleton) -> list[Shape]:
    corners = []
    middle = (body.points["hip"] + body.points["shoulder"]) / 2
    for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip"):
        point = body.points[name]
        corners.append(point + 0.035 * (middle - point) / max(float(np.linalg.norm(middle - point)), 1e-6))
    return [
        line("halo_trunk", *corners, closed=True),
        line("neck_front", body.points["shoulder"], body.points["head"]),
        line("trunk_front", *corners, closed=True),
    ]


def _head(body: Skeleton, look: str) -> list[Shape]:
    middle, up = body.points["head"], unit(body.directions["neck"][0])
    beside = unit(body.directions["neck"][0] - 90.0)
    shapes = [circle(look, middle, HEAD_RADIUS)]
    if body.view == "side":
        return [circle(look, middle + 0.106 * beside - 0.012 * up, 0.03), *shapes]
    if body.view == "front":
        shapes += [circle("eye", middle + x * beside + 0.02 * up, 0.011) for x in (-0.042, 0.042)]
        shapes += [line("face", middle + 0.012 * up, middle - 0.022 * up)]
        shapes += [line("face", middle - 0.026 * beside - 0.058 * up, middle + 0.026 * beside - 0.058 * up)]
    return shapes


def _leg(body: Skeleton, side: str, look: str) -> list[Shape]:
    names = [f"{side}_{name}" for name in ("hip", "knee", "ankle")]
    hip, knee, ankle = (body.points[name] for name in names)
    heel, toe = body.points[f"{side}_heel"], body.points[f"{side}_toe"]
    limb = _limb(
        look,
        [
            (hip, knee, *_LIMB_RADII["thigh"]),
            (knee, ankle, *_LIMB_RADII["shank"]),
            (heel, toe, *(_FOOT_RADII if body.view == "side" else _FOOT_RADII_FRONT)),
            (ankle, heel, 0.036, 0.036),
        ],
    )
    return [line("halo", hip + 0.3 * (knee - hip), knee, ankle), limb]


def _arm(body: Skeleton, side: str, look: str) -> list[Shape]:
    shoulder, elbow, hand = (body.points[f"{side}_{name}"] for name in ("shoulder", "elbow", "hand"))
    limb = _limb(
        look,
        [
            (shoulder, elbow, *_LIMB_RADII["arm"]),
            (elbow, hand, *_LIMB_RADII["fore"]),
            (hand, hand + np.array([0.001, 0.0]), 0.042, 0.04),
        ],
    )
    begin = shoulder if body.view == "side" else shoulder + 0.3 * (elbow - shoulder)
    return [line("halo_arm", begin, elbow, hand), limb]


def _limb(look: str, capsules: Sequence[tuple[Point, Point, float, float]]) -> Shape:
    return Shape(look, tuple(("C", (a, b), (r_a, r_b)) for a, b, r_a, r_b in capsules))


def _floor(figure: ExerciseFigure, box: _Box) -> list[Shape]:
    return [line("floor", np.array([box.x0, -0.012]), np.array([box.x1, -0.012]))] if figure.floor else []


# --- to SVG -------------------------------------------------------------------------------------------------------------


def _bounds(shapes: Sequence[Shape], figure: ExerciseFigure) -> _Box:
    if figure.close:
        return _Box(*figure.close)
    points = []
    for shape in shapes:
        for _, places, radii in shape.path:
            r = max(radii, default=0.0)
            extra = 0.05 * len(shape.text) if shape.text else 0.05
            points += [place + sign * np.array([r + extra, r + 0.05]) for place in places for sign in (-1, 1)]
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    bottom = min(low[1], -0.05) if figure.floor else low[1]
    return _Box(float(low[0]) - _MARGIN, float(high[0]) + _MARGIN, float(bottom) - 0.02, float(high[1]) + 0.03)


def _cut_out(parts: Sequence[str], box: _Box, across: float, down: float) -> str:
    """Return a picture inside the picture, so that nothing reaches over its border."""
    w, h, x, y = (round(size * PX_PER_M) for size in (box.x1 - box.x0, box.y1 - box.y0, across, down))
    return f'<svg x="{x}" y="{y}" width="{w}" height="{h}" viewBox="0 0 {w} {h}">{"".join(parts)}</svg>'


def _svg(parts: Sequence[str], wide: float, high: float, kind: str, alt: str) -> str:
    w, h = round(wide * PX_PER_M), round(high * PX_PER_M)
    return f'<svg class="{kind}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{alt}">{"".join(parts)}</svg>'


def _element(shape: Shape, box: _Box, across: float, moments: Sequence[str] = ()) -> str:
    fill, stroke, width = _LOOKS[shape.look]
    if shape.text:
        x, y = _px(shape.path[0][1][0], box, across)
        return (
            f'<text class="f-near" x="{x:g}" y="{y:g}" fill="{COLORS["near"]}" text-anchor="middle" font-size="15" '
            f'font-family="sans-serif" font-weight="700">{escape(shape.text)}</text>'
        )
    style = f'class="{"f-" + fill if fill != "none" else ""}{" s-" + stroke if stroke != "none" else ""}" fill="{COLORS.get(fill, "none")}"'
    if stroke != "none":
        style += f' stroke="{COLORS[stroke]}" stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round"'
    if shape.look == "dash":
        style += ' stroke-dasharray="5 4"'
    moves = _animation(moments) if len(set(moments)) > 1 else ""
    data = moments[0] if moments else _path_data(shape, box, across)
    return f'<path {style} d="{data}">{moves}</path>' if moves else f'<path {style} d="{data}"/>'


def _animation(moments: Sequence[str]) -> str:
    out = [_OUT + (_THERE - _OUT) * i / _STEPS for i in range(_STEPS + 1)]
    back = [_BACK + (1.0 - _BACK) * i / _STEPS for i in range(_STEPS + 1)]
    times = [0.0, *out, *back]
    values = [moments[0], *moments, *reversed(moments)]
    keys = ";".join(f"{time:.3g}" for time in times)
    return f'<animate attributeName="d" dur="{_SECONDS}s" repeatCount="indefinite" keyTimes="{keys}" values="{";".join(values)}"/>'


def _path_data(shape: Shape, box: _Box, across: float) -> str:
    said = []
    for letter, points, radii in shape.path:
        places = [_px(point, box, across) for point in points]
        if letter == "O":
            said.append(_circle_data(places[0], radii[0] * PX_PER_M))
        elif letter == "C":
            said.append(_capsule_data(places[0], places[1], radii[0] * PX_PER_M, radii[1] * PX_PER_M))
        else:
            said.append(letter + " ".join(f"{x:g} {y:g}" for x, y in places))
    return "".join(said)


def _px(point: Point, box: _Box, across: float) -> tuple[float, float]:
    return round((float(point[0]) - box.x0 + across) * PX_PER_M, 1), round((box.y1 - float(point[1])) * PX_PER_M, 1)


def _circle_data(at: tuple[float, float], r: float) -> str:
    x, y = at
    return f"M{x - r:.4g} {y:g}A{r:.3g} {r:.3g} 0 1 1 {x + r:.4g} {y:g}A{r:.3g} {r:.3g} 0 1 1 {x - r:.4g} {y:g}Z"


def _capsule_data(a: tuple[float, float], b: tuple[float, float], r_a: float, r_b: float) -> str:
    """Return two circles and the straight lines that touch both: a limb that gets thinner."""
    way = np.subtract(b, a)
    distance = max(float(np.hypot(*way)), 0.01)
    along = float(np.arctan2(way[1], way[0]))
    open_ = float(np.arccos(np.clip((r_a - r_b) / distance, -0.999, 0.999)))

    def corner(p: tuple[float, float], r: float, angle: float) -> str:
        return f"{p[0] + r * np.cos(angle):.4g} {p[1] + r * np.sin(angle):.4g}"

    large_a, large_b = (1, 0) if r_a >= r_b else (0, 1)
    return (
        f"M{corner(a, r_a, along + open_)}A{r_a:.3g} {r_a:.3g} 0 {large_a} 1 {corner(a, r_a, along - open_)}"
        f"L{corner(b, r_b, along - open_)}A{r_b:.3g} {r_b:.3g} 0 {large_b} 1 {corner(b, r_b, along + open_)}Z"
    )
