"""Draw ``docs/img/architecture.svg``: the packages as layers, who imports whom, and the way of the data.

Run it after a package was added or moved: ``python docs/make_architecture_picture.py``. A test holds the rows against the layers that
import-linter checks.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from pathlib import Path

PICTURE = Path(__file__).parent / "img/architecture.svg"

WIDTH, ROW, BOX, GAP = 1180, 74, 46, 22
LEFT, RIGHT = 180, 1070
#: What a row is, and its packages with what each gives; the highest first.
ROWS: list[tuple[str, list[tuple[str, str]]]] = [
    ("doors", [("cli", "commands"), ("web", "pages, JSON API"), ("public", "programs"), ("doctor", "this machine")]),
    ("", [("live", "guided sessions"), ("batch", "many clips")]),
    ("the act of screening", [("app", "Screening: red flags, consent, person → analysis → finish, keep once")]),
    ("files, database", [("report", "pages, tables, files"), ("records", "clients, visits, plans")]),
    ("pictures", [("render", "overlay, annotations")]),
    ("composition", [("pipeline", "clip → ClipResult: the stages put together")]),
    (
        "stages",
        [
            ("video", "frames"), ("pose", "poses"), ("scene", "camera"), ("kinematics", "signals"),
            ("repetitions", "repetitions"), ("measures", "jumps, stands"), ("screening", "findings"),
            ("client", "rules, plan"),
        ],
    ),
    ("knowledge", [("catalog", "limits, sentences, norms"), ("words", "numbers, units, plurals")]),
    ("things", [("model", "Frame, PoseSequence, Finding, ClipResult …")]),
]  # fmt: skip
#: The data: from the first stage to the last, and then up.
STAGES = ("video", "pose", "scene", "kinematics", "repetitions", "measures", "screening")
STYLE = """
  .paper { fill: #ffffff } .box { fill: #f3f5f7; stroke: #8b949e } .room { fill: #fff4d6; stroke: #b07d00; stroke-width: 2 }
  text { font-family: system-ui, sans-serif; fill: #1f2328; text-anchor: middle } .name { font-size: 14px; font-weight: 600 }
  .gives { font-size: 11px } .row { font-size: 12px; text-anchor: start; fill: #57606a } .said { font-size: 12px; fill: #0550ae }
  .data { stroke: #0969da; stroke-width: 2.5; fill: none } .tip { fill: #0969da }
  .import { stroke: #6e7781; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none } .import-tip { fill: #6e7781 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .box { fill: #1c2128; stroke: #768390 } .room { fill: #3a2d05; stroke: #d4a72c }
    text { fill: #e6edf3 } .row { fill: #adbac7 } .said { fill: #79c0ff }
    .data { stroke: #58a6ff } .tip { fill: #58a6ff } .import { stroke: #adbac7 } .import-tip { fill: #adbac7 }
  }
"""
Box = tuple[float, float, float]  # left, top and width


def place_boxes() -> dict[str, Box]:
    """Return package -> its box; the boxes of a row share it evenly."""
    boxes = {}
    for i, (_about, packages) in enumerate(ROWS):
        width = (RIGHT - LEFT + GAP) / len(packages)
        for j, (name, _gives) in enumerate(packages):
            boxes[name] = (LEFT + j * width, 40.0 + i * ROW, width - GAP)
    return boxes


def _text(x: float, y: float, kind: str, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}">{escape(words)}</text>'


def _line(kind: str, *points: tuple[float, float]) -> str:
    way = " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    tip = "tip" if kind == "data" else "import-tip"
    return f'<path class="{kind}" d="M{way}" marker-end="url(#{tip})"/>'


def _draw_box(name: str, gives: str, box: Box) -> list[str]:
    x, y, width = box
    kind = "room" if name == "app" else "box"
    return [
        f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{BOX}" rx="6"/>',
        _text(x + width / 2, y + 20, "name", name),
        _text(x + width / 2, y + 37, "gives", gives),
    ]


def _draw_data(boxes: dict[str, Box]) -> list[str]:
    """Draw the way of a clip: along the stages, up to a result, through the act of screening to pages and records."""
    y = boxes["video"][1]
    lines = [_text(LEFT - 62, y + 27, "said", "clip"), _line("data", (LEFT - 45, y + 23), (LEFT - 3, y + 23))]
    for one, other in pairwise(STAGES):
        end = boxes[one][0] + boxes[one][2]
        lines.append(_line("data", (end, y + 23), (boxes[other][0] - 2, y + 23)))
    x = boxes["screening"][0] + boxes["screening"][2] / 2
    pipeline, render, app = boxes["pipeline"][1], boxes["render"][1], boxes["app"][1]
    lines += [_line("data", (x, y), (x, pipeline + BOX + 3)), _text(x + 36, y - 10, "said", "findings")]
    up = RIGHT + 25
    lines += [
        _line("data", (RIGHT, pipeline + 23), (up, pipeline + 23), (up, app + 23), (RIGHT + 4, app + 23)),
        _text(up + 42, render + 28, "said", "ClipResult"),
    ]
    for name, what in (("report", "pages, files"), ("records", "the visit, once")):
        middle = boxes[name][0] + boxes[name][2] / 2
        lines += [
            _line("data", (middle, app + BOX), (middle, boxes[name][1] - 3)),
            _text(middle + 50, app + BOX + 18, "said", what),
        ]
    return lines


def draw() -> str:
    """Return the picture."""
    boxes = place_boxes()
    height = 40 + len(ROWS) * ROW + 4
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title about">',
        '<title id="title">How movescreen is built</title>',
        '<desc id="about">The packages as layers. Imports point down. A clip goes through the stages to findings and up to a result, '
        "through app to pages and records.</desc>",
        f"<style>{STYLE}</style>",
        "<defs>",
        *(
            f'<marker id="{tip}" class="{tip}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" '
            'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker>'
            for tip in ("tip", "import-tip")
        ),
        "</defs>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
    ]
    for i, (about, packages) in enumerate(ROWS):
        lines.append(_text(24, 40 + i * ROW + 27, "row", about))
        for name, gives in packages:
            lines += _draw_box(name, gives, boxes[name])
    bottom = boxes["model"][1]
    app = boxes["app"][1]
    lines += [
        _line("import", (10, 44), (10, bottom + BOX)),
        _text(6, 26, "row", "dashed: imports, always downward; solid: the way of the data"),
    ]
    for name in ("cli", "web", "public", "live", "batch"):
        x, y, width = boxes[name]
        at = x + width * (0.15 if name == "cli" else 0.06 if name == "web" else 0.5)
        lines.append(_line("import", (at, y + BOX), (at, app - 3)))
    return "\n".join([*lines, *_draw_data(boxes), "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
