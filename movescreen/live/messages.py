"""A session in plain values, for whatever draws it."""

from __future__ import annotations

import math
from typing import Any

from movescreen.live.measure import Cue, Reading
from movescreen.live.setup_check import ITEMS
from movescreen.live.sight import Observation
from movescreen.live.states import SessionView
from movescreen.words.numbers_and_units import format_value, number_ranges


def view_message(view: SessionView) -> dict[str, Any]:
    """Return all that a screen shows, ready for JSON."""
    plain = (
        "paused", "part", "parts", "title", "position", "instruction", "advice", "held_s", "countdown", "reps", "target", "following", "waits", "pain",
    )  # fmt: skip
    return {name: getattr(view, name) for name in plain} | {
        "stage": view.stage.value,
        "setup": [{"name": i.name, "title": ITEMS[i.name], "ok": i.ok, "text": i.text} for i in view.setup],
        "readings": [{"label": r.label, "value": reading_words(r), "last": last_words(r)} for r in view.readings],
        "cues": [cue_words(c) for c in view.cues],
        "can": [c.value for c in view.can],
        "said": [{"number": u.number, "text": u.text} for u in view.said],
    }


def reading_words(reading: Reading) -> str:
    """Return a reading with its unit; a dash when it cannot be seen."""
    return format_value(reading.value, reading.unit)


def last_words(reading: Reading) -> str:
    """Return what the reading was at the last deepest point; empty before the first repetition."""
    return format_value(reading.last, reading.unit) if math.isfinite(reading.last) else ""


def cue_words(cue: Cue) -> str:
    """Return what was seen, and in which repetitions: ``Knees in on rep 2, 3``."""
    return f"{cue.spec.seen} on rep {number_ranges(cue.reps)}"


def pose_message(sight: Observation) -> list[list[int]] | None:
    """Return the landmarks as thousandths of the picture's width and height, with how well each is seen, 0..9."""
    if sight.pose is None:
        return None
    width, height = sight.image_size_px
    return [
        [_thousandths(x / width), _thousandths(y / height), int(9 * min(max(v, 0.0), 1.0))]
        for (x, y), v in zip(sight.pose.image_xy_px.tolist(), sight.pose.visibility.tolist(), strict=True)
    ]


def _thousandths(share: float) -> int:
    return round(1000 * min(max(share, -1.0), 2.0)) if math.isfinite(share) else -1000
