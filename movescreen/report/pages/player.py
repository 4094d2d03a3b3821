"""``player.html``: the skeleton of a clip frame by frame, two clips in step at the turn, and angles drawn by hand.

The only page with a script: it holds the landmarks and readings of its clips and, where somebody may be shown, a small film of each; it
loads nothing, and sends nothing. A video that is opened in it stays in the browser.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from movescreen.doors import Door
from movescreen.errors import InputError
from movescreen.files import write_text
from movescreen.model import BLAZEPOSE, ClipResult, FloatArray, ViewKind
from movescreen.model.series import ranked_signals
from movescreen.render.annotation import signals_on_picture
from movescreen.render.film import Film
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.html import stylesheet, template_environment
from movescreen.words.findings import signal_words, view_words
from movescreen.words.numbers_and_units import decimals_for, format_value

PLAYER_FILE = "player.html"
#: Longest side of a picture in the page's own units, and the most frames that it holds of a clip.
_SIDE, _FRAMES = 1000, 6000
#: Room around the person, share of their size; radius of the head, share of the trunk.
_ROOM, _HEAD = 0.12, 0.22
#: Most readings beside a picture.
_READINGS = 8
#: Most that is written on the picture itself.
_ON_PICTURE = 4
#: Where a film that a page holds comes back, and how it stands there.
_DOOR = Door("page to look at a clip", "analyze the clip again", 80_000_000)
_FILM = re.compile(
    r'<script type="text/plain" id="film-0" data-start="([\d.]+)" data-box="([\d., ]+)">([\w+/=]+)</script>'
)


def render_player(
    clips: Sequence[ClipResult], titles: Sequence[str], client: str = "", software: str = "",
    films: Sequence[Film | None] = (),
) -> str:  # fmt: skip
    """Return clips as one HTML document to look at.

    Parameters
    ----------
    clips
        Results of one clip or several; the first two are shown first.
    titles
        What each is called, such as ``Squat, side, 2 March 2026``.
    films
        Of each clip, where there is one; none of them when empty.
    """
    shown = {"clips": [_clip_data(clip, title) for clip, title in zip(clips, titles, strict=True)]}
    for told, film in zip(shown["clips"], films, strict=False):
        if film is not None:
            told["film"] = _placed(told["picture"], film)
    # < cannot end the script element from inside
    data = json.dumps(shown, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return template_environment().get_template("player.html.jinja").render(
        title=" · ".join(("Look and compare", client or titles[0])), software=software, allowed=script_hash(),
        css=Markup(stylesheet()), script=Markup(_script()), data=Markup(data), client=client,
        pair=len(clips) > 1 or any(len(clip.reps) > 1 for clip in clips),
        beside=len(clips) > 1 or any(len({rep.side for rep in clip.reps}) > 1 for clip in clips),
        films=[(i, _film_data(film)) for i, film in enumerate(films) if film is not None],
    )  # fmt: skip


def script_hash() -> str:
    """Return the hash by which a page allows the player's script and no other."""
    return base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()


def kept_film(folder: Path) -> Film | None:
    """Return the film that the page in a clip's folder holds; None where there is none."""
    try:
        page = _DOOR.read_text(folder / PLAYER_FILE)
        found = _FILM.search(page)
        if found is None:
            return None
        with _DOOR.taking(folder / PLAYER_FILE):
            left, top, right, bottom = (float(v) for v in found[2].split(","))
            return Film(base64.b64decode(found[3], validate=True), float(found[1]), (left, top, right, bottom))
    except InputError:
        return None


def _film_data(film: Film) -> dict[str, str]:
    box = ",".join(f"{v:.6f}" for v in film.box)
    return {"start": f"{film.start_s:.4f}", "box": box, "data": base64.b64encode(film.data).decode()}


def _placed(picture: Sequence[int], film: Film) -> dict[str, Any]:
    """Return where a film lies in the page's picture, and when it begins."""
    (left, top, width, height), (x0, y0, x1, y1) = picture, film.box
    place = (left + x0 * width, top + y0 * height, (x1 - x0) * width, (y1 - y0) * height)
    return {"place": [round(v, 1) for v in place], "start": round(film.start_s, 4)}


def clip_title(result: ClipResult) -> str:
    """Return what a clip is called beside others."""
    return f"{result.movement_info.title}, {view_words(result.view)}: {result.video.name}"


@cache
def _script() -> str:
    return (resources.files("movescreen.report") / "templates" / "player.js").read_text(encoding="utf-8")


def _clip_data(result: ClipResult, title: str) -> dict[str, Any]:
    poses, rows = result.shown_poses, slice(None, _FRAMES)
    landmarks = sorted({BLAZEPOSE.index[name] for edge in BLAZEPOSE.bones() for name in edge[:2]})
    place = {landmark: number for number, landmark in enumerate(landmarks)}
    ears = poses.image_xy_px[:, [BLAZEPOSE.index["left_ear"], BLAZEPOSE.index["right_ear"]]].mean(axis=1, keepdims=True)
    points = np.concatenate([poses.image_xy_px[:, landmarks], ears], axis=1)
    points[~poses.detected] = np.nan
    left, top, right, bottom = _around(points, poses.image_size_px)
    scale = _SIDE / max(right - left, bottom - top)
    drawn = (points[rows] - (left, top)) * scale
    width, height = poses.image_size_px
    return {
        "title": title,
        "size": [round((right - left) * scale), round((bottom - top) * scale)],
        "picture": [round(v * scale) for v in (-left, -top, width, height)],
        "times": [round(float(t), 3) for t in poses.time_s[rows]],
        "points": [None if np.isnan(frame).all() else _whole(frame.ravel()) for frame in drawn],
        "bones": [[place[BLAZEPOSE.index[a]], place[BLAZEPOSE.index[b]], side] for a, b, side in BLAZEPOSE.bones()],
        "head": [len(landmarks), round(_head_px(points, place) * scale)],
        "reps": [
            {"name": f"{rep.number}{f' {rep.side}' if rep.side else ''}", "side": rep.side, "start": rep.start_s, "turn": rep.turn_s, "end": rep.end_s}
            for rep in result.reps
        ],
        "readings": [_reading(result, name, result.series.values[name][rows]) for name in _signals(result)],
        "labels": [_label(result, name, place, rows) for name in _written(result)],
        "turn": result.movement_info.turn_words,
    }  # fmt: skip


def _around(points: FloatArray, size_px: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what is shown, px: the person in all frames, with room around them."""
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    room = _ROOM * float((high - low).max())
    (left, top), (right, bottom) = np.maximum(low - room, 0.0), np.minimum(high + room, size_px)
    return float(left), float(top), float(right), float(bottom)


def _head_px(points: FloatArray, place: dict[int, int]) -> float:
    """Return how large a head is drawn, px: a share of the trunk as it is mostly seen."""
    shoulder, hip = place[BLAZEPOSE.index["left_shoulder"]], place[BLAZEPOSE.index["left_hip"]]
    return _HEAD * float(np.nanmedian(np.linalg.norm(points[:, shoulder] - points[:, hip], axis=1)))


def _reading(result: ClipResult, name: str, values: FloatArray) -> dict[str, Any]:
    spec, errors = result.series.specs[name], result.series.errors.get(name)
    digits = decimals_for(spec.unit)
    error = float(np.nanmedian(errors)) if errors is not None and np.isfinite(errors).any() else None
    return {
        "label": f"{signal_words(spec)}, {spec.side}" if spec.side else signal_words(spec),
        "unit": format_value(0.0, spec.unit, 0).removeprefix("0"),
        "digits": digits,
        "error": None if error is None else round(error, max(digits, 1)),
        "values": [None if not np.isfinite(v) else round(float(v), max(digits, 1)) for v in values],
    }


def _written(result: ClipResult) -> list[str]:
    """Return the signals that are written on the picture: of repetitions with a leg, those of both legs."""
    names = dict.fromkeys(name for rep in (None, *result.reps) for name in signals_on_picture(result, rep))
    return [name for name in names if result.series.specs[name].read_out is not None][:_ON_PICTURE]


def _label(result: ClipResult, name: str, place: dict[int, int], rows: slice) -> dict[str, Any]:
    """Return a reading that is written on the picture itself, beside the joints that it belongs to."""
    out = result.series.specs[name].read_out
    assert out is not None
    return {
        "text": out.text.replace(" deg", "°"),
        "senses": out.senses,
        "at": [place[BLAZEPOSE.index[joint]] for joint in out.text_at or out.at],
        "values": [
            None if not np.isfinite(v) else round(float(v), out.digits) for v in result.series.values[name][rows]
        ],
        "digits": out.digits,
    }


def _signals(result: ClipResult) -> tuple[str, ...]:
    """Return the signals that are told beside the picture: of the side next to the camera, from the front of both sides."""
    stems = ranked_signals(s for n, s in result.series.specs.items() if result.series.has(n))
    near = result.view.near_side if result.view.kind is ViewKind.SIDE else ""
    sides = ("", near) if near else ("", "left", "right")
    names = [f"{stem}_{side}" if side else stem for stem in stems for side in sides]
    return tuple(name for name in names if result.series.has(name))[:_READINGS]


def _whole(values: FloatArray) -> list[int | None]:
    return [None if not np.isfinite(v) else round(float(v)) for v in values]


@register_writer("player", files={PLAYER_FILE: "the skeleton frame by frame, to look at and to measure in"})
def write_player(job: ReportJob, folder: Path) -> None:
    """Write ``player.html`` into a folder."""
    page = render_player(
        [job.result], [clip_title(job.result)], job.client, job.result.provenance.software, [job.pictures.film]
    )
    write_text(folder / PLAYER_FILE, page)
