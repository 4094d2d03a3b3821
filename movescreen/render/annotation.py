"""What to say about a moment of a clip: landmarks, read-outs, repetition and flagged checks at any time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from movescreen.model import BoolArray, ClipResult, Finding, FloatArray, Repetition, Status, ViewKind
from movescreen.registry import Registry
from movescreen.render.frames import AngleLabel, FlagBanner

#: Joints below this visibility are drawn hollow.
SEEN_WELL = 0.5
#: Neighbouring analysed frames further apart than this many median intervals are a gap: nothing is drawn in between.
GAP_INTERVALS = 1.75
#: Read-outs on one picture, at most.
MAX_LABELS = 3

#: Signals worth printing, best first; ``{side}`` is the leg of the repetition or the side next to the camera.
_SIDE_VIEW = ("knee_flexion_{side}", "trunk_inclination", "hip_flexion_{side}")
_SIDE_VIEW_OF = {
    "bend": ("hip_flexion_{side}", "trunk_inclination", "knee_flexion_{side}"),
    "overhead_squat": ("knee_flexion_{side}", "trunk_inclination", "shoulder_flexion_{side}"),
    "lunge": ("knee_flexion_{side}", "trunk_inclination", "shank_inclination_{side}"),
}
_FRONT_VIEW = ("knee_ankle_separation_ratio", "lateral_shift", "trunk_lateral_lean")
_FRONT_VIEW_ONE_LEG = ("fppa_{side}", "trunk_lateral_lean", "pelvic_obliquity")
_FRONT_VIEW_OF: dict[str, tuple[str, ...]] = {
    # in the air nothing of the front view means what it means on the ground
    "countermovement_jump": (),
    # the hip's landmark follows the lifted thigh
    "single_leg_stance": ("trunk_lateral_lean",),
}


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
    """Answers what to draw at any time of an analysed clip.

    Parameters
    ----------
    result
        The analysed clip.
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
        poses = self._result.poses
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
        found = [(name, rep.at_turn.get(name, np.nan)) for name in _signal_names(self._result, rep)]
        return tuple(_make_label(name, value, self._result) for name, value in found if np.isfinite(value))[:MAX_LABELS]

    def _title(self, time_s: float) -> str:
        name = self._result.movement.name
        words = "" if name == "none" else name.replace("_", " ").capitalize()
        return to_ascii(f"{words}  {time_s:.1f} s".strip())

    def _labels(self, time_s: float, rep: Repetition | None) -> tuple[AngleLabel, ...]:
        result, made = self._result, []
        for name in _signal_names(result, rep):
            values = result.series.values.get(name)
            if values is None:
                continue
            value = float(self._series.read(values, time_s))
            if np.isfinite(value):
                made.append(_make_label(name, value, result))
        return tuple(made[:MAX_LABELS])


class _Between:
    """Reads rows of samples at any time between two neighbouring ones, never across a gap."""

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


def _signal_names(result: ClipResult, rep: Repetition | None) -> tuple[str, ...]:
    """Return the signals to print at this moment, best first, sides filled in."""
    side = rep.side if rep is not None else ""
    names: tuple[str, ...]
    if result.view.kind is ViewKind.SIDE:
        names = _SIDE_VIEW_OF.get(result.movement.name, _SIDE_VIEW)
        if not result.series.has(f"knee_flexion_{side}"):
            side = result.view.near_side
    else:
        one_leg = any(r.side for r in result.reps)
        names = _FRONT_VIEW_OF.get(result.movement.name, _FRONT_VIEW_ONE_LEG if one_leg else _FRONT_VIEW)
    return tuple(n.format(side=side) for n in names)


#: Signal without its side -> its read-out, from the value, the side and where in the picture the person's front is.
_LABELS: Registry[Callable[[float, str, int], AngleLabel]] = Registry("read-out")


def _make_label(name: str, value: float, result: ClipResult) -> AngleLabel:
    """Return the read-out of a signal: its words, and where it goes."""
    stem, _, side = name.rpartition("_")
    stem, side = (stem, side) if side in ("left", "right") else (name, "")
    return _LABELS[stem](value, side, _front_of(result))


def _front_of(result: ClipResult) -> int:
    """Return -1 or +1: the side of the picture that the person faces, +1 when they face the camera."""
    return -1 if result.view.facing == "left" else 1


@_LABELS.register("knee_flexion")
def _knee(value: float, side: str, front: int) -> AngleLabel:
    return AngleLabel(
        f"knee {_whole(value)} deg", (f"{side}_knee",), front,
        arm_from=(f"{side}_hip",), arm_to=(f"{side}_ankle",), extended=True,
    )  # fmt: skip


@_LABELS.register("hip_flexion")
def _hip(value: float, side: str, front: int) -> AngleLabel:
    return AngleLabel(f"hip {_whole(value)} deg", (f"{side}_hip",), -front)


@_LABELS.register("shoulder_flexion")
def _shoulder(value: float, side: str, front: int) -> AngleLabel:
    return AngleLabel(f"arm {_whole(value)} deg", (f"{side}_shoulder",), front)


@_LABELS.register("shank_inclination")
def _shank(value: float, side: str, front: int) -> AngleLabel:
    return AngleLabel(f"shank {_whole(value)} deg", (f"{side}_ankle",), -front, arm_to=(f"{side}_knee",))


@_LABELS.register("fppa")
def _fppa(value: float, side: str, front: int) -> AngleLabel:
    # the person's left knee is on the right of the picture when they face the camera
    outward = front if side == "left" else -front
    words = "knee" if _whole(value) == 0 else "knee in" if value > 0 else "knee out"
    return AngleLabel(
        f"{words} {_whole(abs(value))} deg", (f"{side}_knee",), outward,
        arm_from=(f"{side}_hip",), arm_to=(f"{side}_ankle",), extended=True,
    )  # fmt: skip


_HIPS, _SHOULDERS = ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
_KNEES, _ANKLES = ("left_knee", "right_knee"), ("left_ankle", "right_ankle")
_TOES = ("left_foot_index", "right_foot_index")


@_LABELS.register("trunk_inclination")
def _trunk(value: float, _side: str, front: int) -> AngleLabel:
    return AngleLabel(f"trunk {_whole(value)} deg", _HIPS, -front, rise=1.0, arm_to=_SHOULDERS)


@_LABELS.register("trunk_lateral_lean")
def _lean(value: float, _side: str, front: int) -> AngleLabel:
    words = f"lean {_whole(abs(value))} deg{_toward(value)}"
    return AngleLabel(words, _HIPS, front, text_at=("left_shoulder",), arm_to=_SHOULDERS)


@_LABELS.register("knee_ankle_separation_ratio")
def _separation(value: float, _side: str, front: int) -> AngleLabel:
    return AngleLabel(f"knees / ankles {value:.2f}", _ANKLES, 0, text_at=_TOES, spans=(_KNEES, _ANKLES))


@_LABELS.register("lateral_shift")
def _shift(value: float, _side: str, front: int) -> AngleLabel:
    return AngleLabel(f"shift {_whole(abs(value))} %{_toward(value)}", _HIPS, -front, text_at=("right_hip",))


@_LABELS.register("pelvic_obliquity")
def _pelvis(value: float, _side: str, front: int) -> AngleLabel:
    higher = "" if _whole(value) == 0 else " left higher" if value > 0 else " right higher"
    return AngleLabel(f"pelvis {_whole(abs(value))} deg{higher}", _HIPS, -front, text_at=("right_hip",), spans=(_HIPS,))


def _whole(value: float) -> int:
    return round(value)


def _toward(value: float) -> str:
    return "" if _whole(value) == 0 else " left" if value > 0 else " right"


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
