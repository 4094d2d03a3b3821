"""What to say about a moment of a clip: landmarks, read-outs, repetition and flagged checks at any time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.model import (
    BoolArray,
    ClipResult,
    Finding,
    FloatArray,
    Plane,
    Repetition,
    SignalSpec,
    Status,
    ViewKind,
    ranked_signals,
)
from movescreen.render.frames import AngleLabel, FlagBanner

#: Joints below this visibility are drawn hollow.
SEEN_WELL = 0.5
#: Neighboring analyzed frames further apart than this many median intervals are a gap: nothing is drawn in between.
GAP_INTERVALS = 1.75
#: Read-outs on one picture, at most.
MAX_LABELS = 3


@dataclass(frozen=True)
class Annotation:
    """Everything to draw at one moment.

    Attributes
    ----------
    points_xy_px
        ``(k, 2)`` landmarks in pixels of the picture to be drawn on; NaN where unknown.
    seen_well
        ``(k,)`` False where the pose model doubts the joint.
    labels, title, rep_text, banners
        As for `movescreen.render.frames.render_overlay`.
    """

    points_xy_px: FloatArray
    seen_well: BoolArray
    labels: tuple[AngleLabel, ...]
    title: str
    rep_text: str
    banners: tuple[FlagBanner, ...]


class ClipAnnotator:
    """Answers what to draw at any time of an analyzed clip.

    Parameters
    ----------
    result
        The analyzed clip.
    size_px
        ``(width, height)`` of the pictures to be drawn on.
    """

    def __init__(self, result: ClipResult, size_px: tuple[int, int]) -> None:
        self._result = result
        poses = result.poses
        self._scale = np.asarray(size_px, np.float64) / np.asarray(poses.image_size_px, np.float64)
        self._poses = _Between(poses.time_s)
        self._series = _Between(result.series.time_s)
        self._flagged = tuple(f for f in result.findings if f.status is Status.FLAGGED)

    def at(self, time_s: float) -> Annotation:
        """Return what to draw at a time, s."""
        poses = self._result.shown_poses
        rep = next((r for r in self._result.reps if r.contains(time_s)), None)
        return Annotation(
            points_xy_px=self._poses.read(poses.image_xy_px, time_s) * self._scale,
            seen_well=self._poses.read(poses.visibility, time_s) >= SEEN_WELL,
            labels=self._labels(time_s, rep),
            title=self._title(time_s),
            rep_text=_rep_text(self._result.reps, rep, time_s),
            banners=tuple(_banner(f, rep) for f in self._flagged),
        )

    def label_turn(self, rep: Repetition) -> tuple[AngleLabel, ...]:
        """Return the read-outs of a repetition's turn: the values of the tables, not those of a single frame."""
        found = [(name, rep.at_turn.get(name, np.nan)) for name in signals_on_picture(self._result, rep)]
        return self._labels_of((name, value) for name, value in found if np.isfinite(value))

    def _title(self, time_s: float) -> str:
        name = self._result.movement.name
        words = "" if name == "none" else name.replace("_", " ").capitalize()
        return to_ascii(f"{words}  {time_s:.1f} s".strip())

    def _labels(self, time_s: float, rep: Repetition | None) -> tuple[AngleLabel, ...]:
        series = self._result.series
        found = [(n, float(self._series.read(series.values[n], time_s))) for n in signals_on_picture(self._result, rep)]
        return self._labels_of((name, value) for name, value in found if np.isfinite(value))

    def _labels_of(self, values: Iterable[tuple[str, float]]) -> tuple[AngleLabel, ...]:
        made = (_make_label(name, value, self._result) for name, value in values)
        return tuple(label for label in made if label is not None)[:MAX_LABELS]


class _Between:
    """Reads rows of samples at any time between two neighboring ones, never across a gap."""

    def __init__(self, time_s: FloatArray) -> None:
        self._time_s = time_s
        steps = np.diff(time_s)
        self._gap_s = GAP_INTERVALS * float(np.median(steps)) if len(steps) else 0.0
        #: two clocks that should agree may differ by rounding
        self._same_s = 1e-4

    def read(self, rows: FloatArray, time_s: float) -> FloatArray:
        """Return the row at ``time_s``, ``rows.shape[1:]``; NaN where there is none to be had."""
        n = len(self._time_s)
        after = int(np.searchsorted(self._time_s, time_s - self._same_s))
        if after < n and abs(self._time_s[after] - time_s) <= self._same_s:
            return np.asarray(rows[after], np.float64)
        if after == 0 or after == n or self._time_s[after] - self._time_s[after - 1] > self._gap_s:
            return np.full(rows.shape[1:], np.nan)
        before = after - 1
        part = (time_s - self._time_s[before]) / (self._time_s[after] - self._time_s[before])
        return np.asarray((1 - part) * rows[before] + part * rows[after], np.float64)


def signals_on_picture(result: ClipResult, rep: Repetition | None = None) -> tuple[str, ...]:
    """Return the signals to print on the picture, best first, with the side of the repetition or the one next to the camera."""
    side = rep.side if rep is not None else ""
    names = []
    for stem in _stems(result):
        near = result.view.near_side if result.view.kind is ViewKind.SIDE else ""
        pair = [f"{stem}_{each}" for each in (side, near) if each]
        names += [name for name in (*pair, stem) if result.series.has(name)][:1]
    return tuple(names)


def _stems(result: ClipResult) -> tuple[str, ...]:
    """Return what the movement asks to be printed in this view; where it asks for nothing, what ranks first there."""
    kind = result.view.kind.value
    asked = result.movement_info.read_outs.get(kind)
    if asked is not None:
        return asked
    shown = (s for s in result.series.specs.values() if s.read_out and kind in s.views and _lies_in(s, kind))
    return ranked_signals(shown)[:MAX_LABELS]


def _lies_in(spec: SignalSpec, kind: str) -> bool:
    """True for what the picture of a view shows: from the front nothing of the sagittal plane can be followed by eye."""
    return kind != ViewKind.FRONT.value or spec.plane is not Plane.SAGITTAL


def _make_label(name: str, value: float, result: ClipResult) -> AngleLabel | None:
    """Return the read-out of a signal: its words, and where it goes; None for a signal that has none."""
    spec = result.series.specs[name]
    if (out := spec.read_out) is None:
        return None
    front = -1 if result.view.facing == "left" else 1
    # the person's left is on the right of the picture when they face the camera
    outward = front if spec.side == "left" else -front
    place = {"front": front, "behind": -front, "outward": outward, "below": 0}[out.place]
    # an angle in three dimensions is not the one between the lines in the picture: no arms for it
    flat = spec.plane is not Plane.SAGITTAL or result.view.square == ViewKind.SIDE.value
    arm_from, arm_to = (out.arm_from, out.arm_to) if flat else ((), ())
    return AngleLabel(out.words(value), out.at, place, out.text_at, out.rise, out.spans, arm_from, arm_to, out.extended)


def _rep_text(reps: Sequence[Repetition], current: Repetition | None, time_s: float) -> str:
    if not reps:
        return ""
    if current is None:
        done = sum(r.end_s <= time_s for r in reps)
        return f"{done} of {len(reps)} done"
    side = f", {current.side}" if current.side else ""
    return f"Rep {current.number} of {len(reps)}{side}"


def _banner(finding: Finding, rep: Repetition | None) -> FlagBanner:
    plain = finding.title.partition(" (")[0]
    text = f"{plain}, {finding.side}" if finding.side else plain
    return FlagBanner(to_ascii(text), lit=rep is not None and rep.number in finding.reps_affected)


def to_ascii(text: str) -> str:
    """Return the text in ASCII, the only letters that every OpenCV font has."""
    text = text.replace("°", " deg").replace("–", "-").replace("—", "-").replace("’", "'")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
