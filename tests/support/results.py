"""Results with known answers, for tests: the drawn person squats, and every angle is known because it was put in.

Poses, signals, repetitions and findings come from the same two postures, so they agree with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from movescreen.catalog import load_catalog
from movescreen.kinematics import SIGNALS
from movescreen.model import (
    ClipResult,
    Evidence,
    FilterSpec,
    Finding,
    KinematicSeries,
    MovementInfo,
    MovementMatch,
    Notice,
    Plane,
    Provenance,
    Repetition,
    SignalSpec,
    Source,
    Status,
    VideoInfo,
    View,
    ViewKind,
)
from tests.support.figure import FPS, Camera, Clip, FloatArray, Posture, Rep, film_knots, plan_reps

SIZE_PX = (540, 960)
STAND_S, DOWN_S, HOLD_S, UP_S = 0.8, 1.2, 0.3, 1.3
CYCLE_S = STAND_S + DOWN_S + HOLD_S + UP_S
STANCE_M = 0.14
#: The two ends of the squat, arms held out in front.
STANDING = Posture(
    knee=5, shank=-2, trunk=3, arm=93, stance=STANCE_M, knee_in_left=-0.05 * STANCE_M, knee_in_right=-0.05 * STANCE_M
)
LOW = Posture(
    knee=108, shank=28, trunk=54, arm=144, stance=STANCE_M, knee_in_left=0.30 * STANCE_M, knee_in_right=0.30 * STANCE_M,
    shift=0.06 * 2 * STANCE_M, obliquity=1.0, lean=1.5, heel_left=0.06, heel_right=0.06,
)  # fmt: skip

PAPER = Source("Example A, Sample B. Journal of Worked Examples 2020;1:1-9", "paper", "44 active adults")
SECONDARY = Source("Specimen C. Handbook of Examples, 2015", "secondary", "as quoted in a review")
OWN = Source("movescreen's tolerance.", "own_tolerance", "no published limit for a bodyweight squat")
UNVERIFIED = Source("Nobody D. Remembered Numbers 1999;9:9", "unverified", "from memory")


def film_squat(reps: int, camera: Camera, fps: float = FPS) -> Clip:
    """Return the squat between the two postures, as a camera sees it."""
    knots = plan_reps(STANDING, [Rep(LOW, DOWN_S, HOLD_S, UP_S, STAND_S)] * reps, STAND_S)
    return film_knots(*knots, camera, times=np.arange(round((reps * CYCLE_S + STAND_S) * fps)) / fps)


def depth_profile(reps: int, fps: float = FPS) -> tuple[FloatArray, FloatArray]:
    """Return times ``(n,)`` s and how deep the figure is, ``(n,)`` 0 standing .. 1 at the turn."""
    clip = film_squat(reps, Camera(), fps)
    return clip.poses.time_s, clip.depth


def spec(name: str, unit: str, plane: Plane, positive: str, zero: str) -> SignalSpec:
    """Return the specification of a signal; its side is the last word of its name."""
    registered = SIGNALS.find(name).spec
    views = {Plane.SAGITTAL: ("side",), Plane.FRONTAL: ("front",), Plane.ANY: ("front", "side")}[plane]
    words = registered.stem.replace("_", " ")
    definition = f"The {words}, as this test defines it."
    return replace(
        registered,
        unit=unit,
        plane=plane,
        positive=positive,
        zero=zero,
        landmarks=(),
        views=views,
        definition=definition,
    )


def _both(name: str, *args: Any) -> list[SignalSpec]:
    return [spec(f"{name}_{side}", *args) for side in ("left", "right")]


SPECS: dict[str, SignalSpec] = {
    s.name: s
    for s in [
        *_both("knee_flexion", "deg", Plane.SAGITTAL, "more bent", "straight knee"),
        *_both("hip_flexion", "deg", Plane.SAGITTAL, "more bent", "trunk and thigh in line"),
        *_both("shank_inclination", "deg", Plane.SAGITTAL, "knee ahead of the ankle", "shin upright"),
        spec("trunk_inclination", "deg", Plane.SAGITTAL, "leaning forward", "trunk upright"),
        spec("trunk_lateral_lean", "deg", Plane.FRONTAL, "to the person's left", "trunk upright"),
        spec("pelvic_obliquity", "deg", Plane.FRONTAL, "left hip higher", "hips level"),
        *_both("fppa", "deg", Plane.FRONTAL, "knee towards the middle", "hip, knee and ankle in line"),
        spec("knee_ankle_separation_ratio", "ratio", Plane.FRONTAL, "knees wider apart", "1 = as wide as the ankles"),
        spec("lateral_shift", "pct", Plane.FRONTAL, "to the person's left", "hips over the middle"),
        *_both("heel_rise", "pct", Plane.SAGITTAL, "heel higher", "heel as in standing"),
        *_both("shoulder_flexion", "deg", Plane.SAGITTAL, "arm higher", "arm along the trunk"),
        *_both(
            "trunk_shank_difference", "deg", Plane.SAGITTAL, "trunk leans more than the shin", "trunk and shin parallel"
        ),
    ]
}


def make_series(
    time_s: FloatArray, signals: Mapping[str, FloatArray], missing: slice = slice(0, 0), absent_reason: str = ""
) -> KinematicSeries:
    """Return a series of the given signals; ``missing`` frames are NaN, all other known signals are absent."""
    values = {}
    for name, clean in signals.items():
        values[name] = np.array(clean, dtype=np.float64)
        values[name][missing] = np.nan
    return KinematicSeries(
        time_s=time_s,
        values=values,
        valid={name: np.isfinite(v) for name, v in values.items()},
        specs=SPECS,
        frame_index=np.arange(len(time_s), dtype=np.int64),
        filter=FilterSpec("butterworth zero-phase", 4, 6.0, 7),
        absent={name: absent_reason for name in SPECS if name not in values},
        errors={name: np.full(len(time_s), 2.5) for name in values},
    )


def make_reps(
    reps: int, series: KinematicSeries, per_rep: Mapping[str, Sequence[float]] | None = None
) -> tuple[Repetition, ...]:
    """Return repetitions of :func:`depth_profile`; values at the turn are read from the series unless given."""
    found = []
    for i in range(reps):
        start = i * CYCLE_S + STAND_S
        turn = start + DOWN_S + HOLD_S / 2
        at = int(np.argmin(np.abs(series.time_s - turn)))
        at_turn = {name: float(v[at]) for name, v in series.values.items() if np.isfinite(v[at])}
        at_turn |= {name: float(v[i]) for name, v in (per_rep or {}).items()}
        found.append(
            Repetition(
                number=i + 1,
                start_s=start,
                turn_s=turn,
                end_s=start + DOWN_S + HOLD_S + UP_S,
                excursion=at_turn.get("knee_flexion_right", 0.0),
                turn_start_s=start + DOWN_S,
                turn_end_s=start + DOWN_S + HOLD_S,
                at_turn=at_turn,
                extreme=dict(at_turn),
            )
        )
    return tuple(found)


def make_finding(
    check_id: str,
    status: Status,
    values: Sequence[float] = (),
    limit: float = float("nan"),
    unit: str = "deg",
    direction: str = "above",
    error: float = 3.0,
    reps: Sequence[Repetition] = (),
    **changes: Any,
) -> Finding:
    """Return a finding whose evidence is one value a repetition; affected are those beyond the limit.

    What it is about is what the catalogue says of the check, unless ``changes`` say otherwise.
    """
    about = {"movement": "squat", "title": check_id.replace("_", " ").capitalize()} | changes
    about = known_about(str(about["movement"]), check_id, str(about.get("side", ""))) | about
    if status is Status.NOT_ASSESSED:
        return Finding(**{"check_id": check_id, "status": status, "reason": "needs a front view"} | about)
    times = [r.turn_s for r in reps] or [1.0 + i for i in range(len(values))]
    beyond = [v > limit if direction == "above" else v < limit for v in values]
    read = [
        Evidence(rep=i, time_s=time, value=float(v), limit=limit, unit=unit, measurement_error=error)
        for i, (time, v) in enumerate(zip(times, values, strict=False), start=1)
    ]
    found = {
        "check_id": check_id, "status": status, "unit": unit, "direction": direction, "limit": limit,
        "severity": {Status.FLAGGED: 2, Status.BORDERLINE: 1}.get(status, 0),
        "value": float(np.median(values)) if len(values) else float("nan"), "reps_seen": len(values),
        "reps_affected": tuple(i + 1 for i, b in enumerate(beyond) if b), "measurement_error": error, "source": OWN,
        "evidence": tuple(read),
    }  # fmt: skip
    return Finding(**found | about)


def known_about(movement: str, check_id: str, side: str = "") -> dict[str, Any]:
    """Return what the catalogue says a finding is about, near side right; nothing for a check that it does not have."""
    spec = load_catalog().movements.get(movement)
    check = next((c for c in spec.checks if c.id == check_id), None) if spec else None
    if check is None:
        return {}
    return {
        "two_sided": check.two_sided, "positive_side": check.positive_side_of(side), "signal": check.signal,
        "signal_side": "right" if check.scope == "nearest" else side, "statistic": check.value_from,
        "views": check.views, "plain": check.plain.words(),
    }  # fmt: skip


def as_movement(clip: ClipResult, name: str, **changes: Any) -> ClipResult:
    """Return a clip as one of another movement, with what the catalogue says of it; of an unknown one nothing is said."""
    spec = load_catalog().movements.get(name)
    info = spec.info() if spec else MovementInfo()
    return replace(clip, movement=replace(clip.movement, name=name), movement_info=info, **changes)


def make_provenance(**changes: Any) -> Provenance:
    """Return a provenance with recognisable hashes."""
    base = Provenance(
        software="movescreen 0.1.0",
        pose_engine="mediapipe",
        model_name="pose_landmarker_full",
        model_sha256="a" * 64,
        catalog_sha256="b" * 64,
        settings={"filter": {"cutoff_hz": 6.0, "order": 4}, "model": "full"},
        video_sha256="c" * 64,
        created_utc="2026-03-14T09:26:53+00:00",
    )
    return replace(base, **changes)


def _video(name: str, time_s: FloatArray) -> VideoInfo:
    n = len(time_s)
    return VideoInfo(name, *SIZE_PX, FPS, n / FPS, codec="h264", frames=n, sha256="c" * 64)


def _not_assessed(*checks: str, reason: str) -> list[Finding]:
    return [make_finding(c, Status.NOT_ASSESSED, reason=reason) for c in checks]


def side_squat(reps: int = 3, **changes: Any) -> ClipResult:
    """Return a squat seen from the side, facing right: trunk lean stands out, the near heel comes close to its limit.

    Standing: knee 5, shin -2, trunk 3 degrees. At the turn: knee 108, shin 28, trunk 54, so the trunk leans 26 degrees
    more than the shin. Frames 20 to 24 are missing. ``changes`` replace fields of the result.
    """
    clip = film_squat(reps, Camera(90.0, 290.0, SIZE_PX))
    time_s, depth = clip.poses.time_s, clip.depth
    knee, shank, trunk = clip.posture.knee, clip.posture.shank, clip.posture.trunk
    near = {
        "knee_flexion": knee,
        "hip_flexion": knee - shank + trunk,
        "shank_inclination": shank,
        "heel_rise": 6.0 * depth,
    }
    signals = {f"{name}_right": v for name, v in near.items()}
    signals |= {"knee_flexion_left": knee - 3 * depth, "hip_flexion_left": knee - shank + trunk - 2 * depth}
    signals |= {"trunk_inclination": trunk, "trunk_shank_difference_right": trunk - shank}
    series = make_series(time_s, signals, slice(20, 25), "this view cannot show it")
    lean = [27.5 if i != 1 else 18.5 for i in range(reps)]
    heel = [6.2 if i != 2 else 4.1 for i in range(reps)]
    found = make_reps(reps, series, {"trunk_shank_difference_right": lean, "heel_rise_right": heel})
    findings = _side_findings(found, lean, heel) if reps else _no_rep_findings()
    base = ClipResult(
        video=_video("squat_side.mp4", time_s),
        movement=MovementMatch(name="squat", confidence=0.94, scores={"squat": 0.94, "lunge": 0.21}),
        movement_info=load_catalog().movement("squat").info(),
        view=View(
            kind=ViewKind.SIDE, facing="right", near_side="right", yaw_deg=88.0, yaw_spread_deg=3.0, confidence=0.97
        ),
        poses=clip.poses,
        series=series,
        reps=found,
        findings=tuple(findings),
        notices=(
            Notice(
                "camera_tilted", "The camera is tilted by about 3 degrees; this was corrected.", ("trunk_inclination",)
            ),
        ),
        provenance=make_provenance(),
        frames_valid_frac=float(np.mean(series.valid["knee_flexion_right"])),
    )
    return replace(base, **changes)


def _side_findings(reps: tuple[Repetition, ...], lean: list[float], heel: list[float]) -> list[Finding]:
    knee = [r.at_turn["knee_flexion_right"] for r in reps]
    return [
        make_finding(
            "excessive_trunk_lean", Status.FLAGGED, lean, 20.0, error=2.5, reps=reps,
            title="Excessive forward trunk lean", source=PAPER,
            message="The upper body leaned further forward than the shins did",
            why="It often goes with stiff ankles, or with keeping the load over the hips rather than the knees.",
            cue="Keep the chest proud and let the knees travel forward over the toes.",
        ),
        make_finding(
            "heel_rise", Status.BORDERLINE, heel, 5.0, unit="pct", error=2.0, reps=reps, side="right",
            title="Heel rise", message="The right heel lifted a little off the floor",
            why="It often goes with limited ankle movement.", cue="Try with a small wedge under the heels.",
        ),
        make_finding("shallow_depth", Status.CLEAR, knee, 90.0, direction="below", error=5.0, reps=reps,
                     title="Shallow depth", message="The squat was deep enough", source=SECONDARY, signal="knee_flexion"),
        make_finding("limited_ankle_dorsiflexion", Status.CLEAR, [28.0] * len(reps), 20.0, direction="below", reps=reps,
                     side="right", title="Limited ankle dorsiflexion", message="The shin travelled well forward",
                     source=UNVERIFIED),
        make_finding("tempo", Status.CLEAR, [2.8] * len(reps), 1.0, unit="s", direction="below", error=0.1, reps=reps,
                     title="Tempo", message="The pace was steady"),
        *_not_assessed("knee_valgus", "weight_shift", "pelvic_drop", "lateral_trunk_lean", reason="needs a front view"),
        *_not_assessed("asymmetry", reason="the far leg is hidden behind the near one"),
    ]  # fmt: skip


def _no_rep_findings() -> list[Finding]:
    checks = ("excessive_trunk_lean", "heel_rise", "shallow_depth", "limited_ankle_dorsiflexion", "tempo")
    return [
        *_not_assessed(*checks, reason="no repetition was seen"),
        *_not_assessed("knee_valgus", "weight_shift", "pelvic_drop", "lateral_trunk_lean", reason="needs a front view"),
    ]


def front_squat(reps: int = 3, **changes: Any) -> ClipResult:
    """Return a squat seen from the front: knees come in to 0.70 of the ankle width, hips shift 6 % to the left."""
    clip = film_squat(reps, Camera(0.0, 290.0, SIZE_PX))
    time_s, depth = clip.poses.time_s, clip.depth
    ratio, shift = 1.05 - 0.35 * depth, 6.0 * depth
    signals = {
        "knee_ankle_separation_ratio": ratio,
        "lateral_shift": shift,
        "pelvic_obliquity": 1.0 * depth,
        "trunk_lateral_lean": 1.5 * depth,
    }
    series = make_series(time_s, signals, absent_reason="needs a side view")
    found = make_reps(reps, series)
    width = [r.at_turn["knee_ankle_separation_ratio"] for r in found]
    findings = [
        make_finding("knee_valgus", Status.FLAGGED, width, 0.8, unit="ratio", direction="below", error=0.04, reps=found,
                     severity=3, title="Dynamic knee valgus", message="The knees came in towards each other"),
        make_finding("weight_shift", Status.CLEAR, [6.0] * reps, 10.0, unit="pct", error=2.0, reps=found,
                     title="Lateral weight shift", message="The hips stayed near the middle"),
        *_not_assessed("excessive_trunk_lean", "heel_rise", "shallow_depth", reason="needs a side view"),
    ]  # fmt: skip
    base = ClipResult(
        video=_video("squat_front.mp4", time_s),
        movement=MovementMatch(name="squat", confidence=0.91, scores={"squat": 0.91}),
        movement_info=load_catalog().movement("squat").info(),
        view=View(kind=ViewKind.FRONT, yaw_deg=2.0, yaw_spread_deg=2.0, confidence=0.93),
        poses=clip.poses,
        series=series,
        reps=found,
        findings=tuple(findings),
        notices=(),
        provenance=make_provenance(),
        frames_valid_frac=1.0,
    )
    return replace(base, **changes)
