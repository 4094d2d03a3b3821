"""A stick figure whose joint angles are put in, seen by a camera: poses with known answers.

The figure lives in the person's own axes (x to their left, y up from the floor, z forward, meters). Legs are solved from the
places of hip and ankles, so segments keep their length in the sagittal plane. Sideways offsets (knees inward, pelvis to one
side) are added across that plane, where only a front view sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from movescreen.model import BLAZEPOSE, PoseSequence, VideoInfo

FloatArray = NDArray[np.float64]
Value = float | FloatArray

SHANK_M = THIGH_M = 0.42
LEG_M = SHANK_M + THIGH_M
TRUNK_M, UPPER_ARM_M, FOREARM_M = 0.50, 0.28, 0.26
HIP_HALF_M, SHOULDER_HALF_M = 0.10, 0.18
ANKLE_M, SOLE_M, HEEL_BACK_M, TOE_M = 0.08, 0.02, 0.06, 0.17
FOOT_M = HEEL_BACK_M + TOE_M
FPS = 30.0
#: Turn of the person against the camera, degrees, by the name of the view used in tests.
YAWS = {"front": 0.0, "side_right": 90.0, "side_left": -90.0, "oblique": 45.0, "back": 180.0}


@dataclass(frozen=True)
class Posture:
    """What the figure does: degrees and meters, each one number or ``(n,)`` numbers.

    Attributes
    ----------
    knee, shank
        Flexion of the knee and tilt of the shank (+ knee ahead of the ankle) of the leading leg; of both without one.
    trunk, lean
        Trunk from vertical: forward, and to the person's left.
    obliquity, shift
        Left hip higher, degrees; pelvis to the person's left, m.
    knee_in_left, knee_in_right
        Knee towards the midline from above the ankle, m.
    heel_left, heel_right
        Heel off the floor, share of the foot's length.
    arm
        Shoulder flexion, 0 along the trunk, 180 overhead.
    curl
        Head and neck bent forward against the trunk, as in a rounded back.
    split
        Left ankle ahead of the right one, m.
    lift_left, lift_right
        Foot off the floor, m.
    tip_left, tip_right
        Ankle higher because the foot is turned down over its toes, which stay, m.
    stance
        Half the distance between the ankles, m.
    lead
        The leg that ``knee`` and ``shank`` describe (in front, or on the ground); the other follows from the hip's place.
    hip_z, hip_up
        Place of mid-hip ahead of the middle of the feet and above the ankles' standing height, m; NaN: from knee and shank.
    travel, aside
        Place of the whole person along and across their forward direction, m.
    turn
        Turn of the person added to the camera's yaw.
    """

    knee: Value = 0.0
    shank: Value = 0.0
    trunk: Value = 0.0
    lean: Value = 0.0
    obliquity: Value = 0.0
    shift: Value = 0.0
    knee_in_left: Value = 0.0
    knee_in_right: Value = 0.0
    heel_left: Value = 0.0
    heel_right: Value = 0.0
    arm: Value = 0.0
    curl: Value = 0.0
    split: Value = 0.0
    lift_left: Value = 0.0
    lift_right: Value = 0.0
    tip_left: Value = 0.0
    tip_right: Value = 0.0
    stance: Value = 0.12
    hip_z: Value = float("nan")
    hip_up: Value = float("nan")
    travel: Value = 0.0
    aside: Value = 0.0
    turn: Value = 0.0
    lead: str = ""

    def values(self, n: int) -> dict[str, FloatArray]:
        """Return every number as ``(n,)``."""
        names = [f.name for f in fields(self) if f.name != "lead"]
        return {name: np.broadcast_to(np.asarray(getattr(self, name), float), (n,)).copy() for name in names}


def hip_of(posture: Posture) -> tuple[float, float]:
    """Return where the leading leg carries mid-hip: ahead of the middle of the feet, above the ankles' height, m."""
    v = {k: float(x[0]) for k, x in posture.values(1).items()}
    sign = {"left": 0.5, "right": -0.5, "": 0.0}[posture.lead]
    thigh = np.radians(v["knee"] - v["shank"])
    z = sign * v["split"] + SHANK_M * np.sin(np.radians(v["shank"])) - THIGH_M * np.sin(thigh)
    return float(z), float(SHANK_M * np.cos(np.radians(v["shank"])) + THIGH_M * np.cos(thigh))


def knee_of(hip_ahead_m: float, hip_above_m: float) -> float:
    """Return the knee flexion of a leg whose hip stands so far ahead of and above its ankle, degrees (law of cosines)."""
    reach2 = hip_ahead_m**2 + hip_above_m**2
    return float(180.0 - np.degrees(np.arccos((SHANK_M**2 + THIGH_M**2 - reach2) / (2 * SHANK_M * THIGH_M))))


def _solve_knee(hip: FloatArray, ankle: FloatArray) -> FloatArray:
    """Return ``(n, 2)`` (z, y) of a knee that points forward; the leg is stretched where it cannot reach."""
    d = hip - ankle
    reach = np.linalg.norm(d, axis=1)
    along = d / reach[:, None]
    half = np.minimum(reach / 2, SHANK_M)
    ahead = np.stack([along[:, 1], -along[:, 0]], axis=1)
    return ankle + along * reach[:, None] / 2 + ahead * np.sqrt(np.maximum(SHANK_M**2 - half**2, 0.0))[:, None]


def draw_figure(posture: Posture, n: int) -> dict[str, FloatArray]:
    """Return landmark name -> ``(n, 3)`` m in the person's axes (x left, y up, z forward)."""
    v = posture.values(n)
    rad = {k: np.radians(v[k]) for k in ("knee", "shank", "trunk", "lean", "obliquity", "arm", "curl")}
    ankle_z = {"left": v["split"] / 2, "right": -v["split"] / 2}
    lead_z = ankle_z.get(posture.lead, 0.0)
    lift = v.get(f"lift_{posture.lead}", np.zeros(n))
    thigh = rad["knee"] - rad["shank"]
    own_z = lead_z + SHANK_M * np.sin(rad["shank"]) - THIGH_M * np.sin(thigh)
    own_y = lift + SHANK_M * np.cos(rad["shank"]) + THIGH_M * np.cos(thigh)
    hip = np.stack(
        [
            np.where(np.isnan(v["hip_z"]), own_z, v["hip_z"]),
            ANKLE_M + np.where(np.isnan(v["hip_up"]), own_y, v["hip_up"]),
        ],
        1,
    )
    up = np.stack([np.sin(rad["trunk"]), np.cos(rad["trunk"])], 1)
    shoulder = hip + TRUNK_M * up
    tilt_x = TRUNK_M * np.cos(rad["trunk"]) * np.tan(rad["lean"])
    arm_at = rad["trunk"] + np.pi - rad["arm"]
    arm = np.stack([np.sin(arm_at), np.cos(arm_at)], 1)
    points: dict[str, FloatArray] = {}

    def put(name: str, x: Value, zy: FloatArray) -> None:
        points[name] = np.stack([np.broadcast_to(x, (n,)) + v["aside"], zy[:, 1], zy[:, 0] + v["travel"]], axis=1)

    for side, sign in (("left", 1.0), ("right", -1.0)):
        ankle_x = sign * v["stance"]
        floor = v[f"lift_{side}"]
        tip = v[f"tip_{side}"]
        ankle = np.stack([ankle_z[side], ANKLE_M + floor + tip], 1)
        put(f"{side}_ankle", ankle_x, ankle)
        rise = FOOT_M * v[f"heel_{side}"] + tip * FOOT_M / TOE_M
        put(f"{side}_heel", ankle_x, np.stack([ankle_z[side] - HEEL_BACK_M, SOLE_M + floor + rise], 1))
        put(f"{side}_foot_index", ankle_x, np.stack([ankle_z[side] + TOE_M, SOLE_M + floor], 1))
        put(f"{side}_knee", ankle_x - sign * v[f"knee_in_{side}"], _solve_knee(hip, ankle))
        hip_y = hip + np.stack([np.zeros(n), sign * HIP_HALF_M * np.tan(rad["obliquity"])], 1)
        put(f"{side}_hip", v["shift"] + sign * HIP_HALF_M, hip_y)
        # the line of the shoulders leans with the trunk
        x = v["shift"] + tilt_x + sign * SHOULDER_HALF_M * np.cos(rad["lean"])
        own = shoulder - np.stack([np.zeros(n), sign * SHOULDER_HALF_M * np.sin(rad["lean"])], 1)
        put(f"{side}_shoulder", x, own)
        put(f"{side}_elbow", x, own + UPPER_ARM_M * arm)
        put(f"{side}_wrist", x, own + (UPPER_ARM_M + FOREARM_M) * arm)
        for part, more in (("pinky", 0.08), ("index", 0.09), ("thumb", 0.05)):
            put(f"{side}_{part}", x, own + (UPPER_ARM_M + FOREARM_M + more) * arm)
    neck = np.stack([np.sin(rad["trunk"] + rad["curl"]), np.cos(rad["trunk"] + rad["curl"])], 1)
    face = np.stack([neck[:, 1], -neck[:, 0]], 1)
    head_x = v["shift"] + 1.4 * tilt_x

    def put_head(name: str, x: float, high: float, ahead: float) -> None:
        put(name, head_x + x, shoulder + high * neck + ahead * face)

    put_head("nose", 0.0, 0.20, 0.12)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        put_head(f"{side}_ear", sign * 0.08, 0.21, 0.0)
        put_head(f"mouth_{side}", sign * 0.03, 0.15, 0.10)
        for part, x in (("eye_inner", 0.02), ("eye", 0.035), ("eye_outer", 0.05)):
            put_head(f"{side}_{part}", sign * x, 0.24, 0.09)
    return points


@dataclass(frozen=True)
class Camera:
    """Where the figure is seen from.

    Attributes
    ----------
    yaw
        Turn of the person, degrees: 0 faces the camera, +90 faces image right.
    px_per_m
        Scale at the place of the person.
    size_px
        Width and height of the picture.
    distance_m
        Of a pinhole camera at hip height; None: orthographic.
    """

    yaw: float = 0.0
    px_per_m: float = 300.0
    size_px: tuple[int, int] = (720, 960)
    distance_m: float | None = None

    def view(self, points: dict[str, FloatArray], turn: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return image points ``(n, k, 2)`` px and world points ``(n, k, 3)`` m around mid-hip, camera axes."""
        p = np.stack([points[name] for name in BLAZEPOSE.landmarks], axis=1)
        yaw = np.radians(self.yaw + turn)[:, None]
        across, ahead = p[..., 0], p[..., 2]
        x = across * np.cos(yaw) + ahead * np.sin(yaw)
        z = across * np.sin(yaw) - ahead * np.cos(yaw)
        world = np.stack([x, -p[..., 1], z], axis=-1)
        scale = self.px_per_m * (1.0 if self.distance_m is None else self.distance_m / (self.distance_m + z))
        eye_px, width = 0.55 * self.size_px[1], self.size_px[0]
        image = np.stack([width / 2 + scale * x, eye_px + scale * (0.9 - p[..., 1])], axis=-1)
        i, j = BLAZEPOSE.indices(("left_hip", "right_hip"))
        return image, world - (world[:, [i]] + world[:, [j]]) / 2


@dataclass(frozen=True)
class Rep:
    """One repetition: from the standing posture down to ``posture``, a hold, and up again."""

    posture: Posture
    down_s: float = 1.2
    hold_s: float = 0.3
    up_s: float = 1.2
    top_s: float = 0.8
    #: Share of the way down that is done, and the share that is left at the end (1 = stays down).
    depth: float = 1.0
    left_over: float = 0.0


@dataclass(frozen=True)
class Clip:
    """Poses with what was put in.

    Attributes
    ----------
    turns_s
        Middle of the hold of each repetition.
    depth
        ``(n,)`` how far down, 0..1 of the repetition's posture.
    posture
        The postures over time.
    events_s
        For tests of power and balance what happened when in each attempt: a jump's take-off and landing; first movement, seat
        left, standing and seat met of a chair stand; foot off and foot down of a stance.
    """

    poses: PoseSequence
    turns_s: tuple[float, ...]
    depth: FloatArray
    posture: Posture
    events_s: tuple[tuple[float, ...], ...] = ()

    @property
    def video(self) -> VideoInfo:
        """Return the facts of the clip as a reader would."""
        t = self.poses.time_s
        return VideoInfo(
            "figure.mp4", *self.poses.image_size_px, 1 / float(np.median(np.diff(t))), float(t[-1]), frames=len(t)
        )


def ease(t: FloatArray, knots_s: Sequence[float], values: Sequence[float]) -> FloatArray:
    """Return values that ease from knot to knot along half cosines."""
    at = np.clip(np.searchsorted(knots_s, t, side="right") - 1, 0, len(knots_s) - 2)
    a, b = np.asarray(knots_s)[at], np.asarray(knots_s)[at + 1]
    share = np.clip((t - a) / (b - a), 0.0, 1.0)
    v = np.asarray(values, float)
    return v[at] + (v[at + 1] - v[at]) * (1 - np.cos(np.pi * share)) / 2


def plan_reps(
    standing: Posture, reps: Sequence[Rep], tail_s: float = 0.8
) -> tuple[list[float], list[Posture], list[float], list[float]]:
    """Return knots (s), the posture and the depth at each knot, and the turns (s)."""
    knots, postures, depths, turns = [0.0], [standing], [0.0], []
    for rep in reps:
        low = mix(standing, rep.posture, rep.depth)
        high = mix(standing, rep.posture, rep.left_over)
        steps = [(rep.top_s, postures[-1], depths[-1]), (rep.down_s, low, rep.depth), (rep.hold_s, low, rep.depth)]
        steps.append((rep.up_s, high, rep.left_over))
        for k, (seconds, posture, depth) in enumerate(steps):
            if seconds > 0:
                knots.append(knots[-1] + seconds)
                postures.append(posture)
                depths.append(depth)
            if k == 2:
                turns.append(knots[-1] - seconds / 2)
    if tail_s > 0:
        knots.append(knots[-1] + tail_s)
        postures.append(postures[-1])
        depths.append(depths[-1])
    return knots, postures, depths, turns


def mix(a: Posture, b: Posture, share: float) -> Posture:
    """Return the posture that is so far on the way from a to b; legs by the place of the hip where either says so."""
    if np.isnan(a.hip_z) != np.isnan(b.hip_z):
        a, b = place_hip(a), place_hip(b)
    names = [f.name for f in fields(Posture) if f.name != "lead"]
    return Posture(**{n: getattr(a, n) + share * (getattr(b, n) - getattr(a, n)) for n in names}, lead=b.lead or a.lead)


def place_hip(posture: Posture) -> Posture:
    """Return the same posture with the hip's place written down."""
    if not np.isnan(posture.hip_z):
        return posture
    z, up = hip_of(posture)
    return replace(posture, hip_z=z, hip_up=up)


def sample_times(duration_s: float, fps: float = FPS, jitter: float = 0.0, seed: int = 0) -> FloatArray:
    """Return frame times; ``jitter`` is the largest shift of each frame, share of the frame interval."""
    t = np.arange(round(duration_s * fps) + 1) / fps
    return t + np.random.default_rng(seed).uniform(-jitter / 2, jitter / 2, len(t)) / fps


def film_knots(
    knots: Sequence[float], postures: Sequence[Posture], depths: Sequence[float], turns: Sequence[float], camera: Camera,
    *, fps: float = FPS, jitter: float = 0.0, stretch: float = 1.0, times: FloatArray | None = None,
) -> Clip:  # fmt: skip
    """Return the clip of a figure that eases from posture to posture; ``stretch`` slows everything down."""
    knots = [stretch * k for k in knots]
    t = sample_times(knots[-1], fps, jitter) if times is None else times
    if len({p.lead for p in postures if p.lead}) > 1 or len({bool(np.isnan(p.hip_z)) for p in postures}) > 1:
        postures = [place_hip(p) for p in postures]
    names = [f.name for f in fields(Posture) if f.name != "lead"]
    moving = {name: ease(t, knots, [getattr(p, name) for p in postures]) for name in names}
    lead = next((p.lead for p in postures if p.lead), "")
    posture = Posture(**moving, lead=lead)
    return Clip(film(posture, t, camera), tuple(stretch * s for s in turns), ease(t, knots, depths), posture)


def film(posture: Posture, time_s: FloatArray, camera: Camera) -> PoseSequence:
    """Return the poses of a figure over time."""
    n = len(time_s)
    image, world = camera.view(draw_figure(posture, n), posture.values(n)["turn"])
    visibility = np.full(image.shape[:2], 0.98)
    return PoseSequence(time_s, image, world, visibility, np.arange(n, dtype=np.int64), camera.size_px)


def film_reps(
    reps: Sequence[Rep], camera: Camera, standing: Posture | None = None, tail_s: float = 0.8, **more: object
) -> Clip:
    """Return the clip of some repetitions."""
    return film_knots(*plan_reps(standing or Posture(), reps, tail_s), camera, **more)  # type: ignore[arg-type]


def hold(posture: Posture, camera: Camera, standing: Posture | None = None) -> Clip:
    """Return a clip of 2 s standing, 1 s on the way and 1.5 s in the posture: its last second is the known answer."""
    start = standing or Posture(stance=posture.stance)
    knots, postures = [0.0, 2.0, 3.0, 4.5], [start, start, posture, posture]
    return film_knots(knots, postures, [0, 0, 1, 1], [], camera)


# --- movements ------------------------------------------------------------------------------------------------------

SQUAT = Posture(knee=112, shank=32, trunk=42)
BEND = Posture(knee=10, shank=-6, trunk=95)


def squat(
    count: int = 3,
    camera: Camera | None = None,
    *,
    tail_s: float = 0.8,
    standing: Posture | None = None,
    **changes: object,
) -> Clip:
    """Return a squat; ``changes`` are fields of the posture at the bottom or of :class:`Rep`."""
    return film_reps(_repeat(SQUAT, count, changes), camera or Camera(90.0), standing, tail_s)


def overhead_squat(count: int = 3, camera: Camera | None = None, *, arm: float = 172.0, **changes: object) -> Clip:
    """Return a squat with the arms up all the time."""
    standing = Posture(arm=175.0)
    return film_reps(_repeat(replace(SQUAT, arm=arm), count, changes), camera or Camera(90.0), standing)


def bend(count: int = 3, camera: Camera | None = None, **changes: object) -> Clip:
    """Return forward bends with hanging arms."""
    hanging = {"arm": changes.get("trunk", BEND.trunk), **changes}
    return film_reps(_repeat(BEND, count, hanging), camera or Camera(90.0))


def split_standing(lead: str, split: float = 0.7, stance: float = 0.12) -> Posture:
    """Return standing tall with one foot in front, hip over the middle."""
    sign = 1.0 if lead == "left" else -1.0
    return Posture(
        split=sign * split,
        hip_z=0.0,
        hip_up=float(np.sqrt(LEG_M**2 - (split / 2) ** 2)) - 0.01,
        lead=lead,
        stance=stance,
    )


def split_low(lead: str, split: float = 0.7, **changes: object) -> Posture:
    """Return the bottom of a split squat: knee and shank describe the front leg, the rear heel is up."""
    sign, rear = (1.0, "right") if lead == "left" else (-1.0, "left")
    base = {"knee": 92.0, "shank": 12.0, "trunk": 8.0, f"heel_{rear}": 0.4, **changes}
    return place_hip(Posture(split=sign * split, lead=lead, **base))  # type: ignore[arg-type]


def lunge(
    count: int = 3, camera: Camera | None = None, *, lead: str = "right", split: float = 0.7, **changes: object
) -> Clip:
    """Return split squats with one leg in front."""
    timing, shape = _sort(changes)
    stance = float(shape.get("stance", 0.12))  # type: ignore[arg-type]
    reps = [Rep(split_low(lead, split, **shape), **timing) for _ in range(count)]  # type: ignore[arg-type]
    return film_reps(reps, camera or Camera(90.0), split_standing(lead, split, stance))


def single_leg_squat(
    count: int = 3, camera: Camera | None = None, *, lead: str = "right", lift: float = 0.28, **changes: object
) -> Clip:
    """Return squats on one leg, the other foot behind in the air."""
    free = "left" if lead == "right" else "right"
    sign = 1.0 if lead == "left" else -1.0
    fixed = {f"lift_{free}": lift, "split": sign * 0.12, "lead": lead}
    shape = {"knee": 62.0, "shank": 22.0, "trunk": 22.0, **changes}
    standing = Posture(**fixed, stance=shape.get("stance", 0.08))  # type: ignore[arg-type]
    low = {**shape, **fixed, "stance": standing.stance}
    return film_reps(_repeat(Posture(), count, low), camera or Camera(90.0), standing)


def standing(seconds: float = 6.0, camera: Camera | None = None, sway_m: float = 0.01) -> Clip:
    """Return quiet standing with a slow sway."""
    t = sample_times(seconds)
    posture = Posture(
        knee=4 + 2 * np.sin(2 * np.pi * 0.3 * t), shift=sway_m * np.sin(2 * np.pi * 0.25 * t), trunk=2.0 + np.sin(t)
    )
    return Clip(film(posture, t, camera or Camera(90.0)), (), np.zeros(len(t)), posture)


def gait(t: FloatArray, speed: float = 1.2, step_s: float = 0.55) -> Posture:
    """Return walking along the forward direction from the first time on."""
    swing = 0.5 * speed * step_s * np.sin(np.pi * t / step_s)
    phase = np.cos(np.pi * t / step_s)
    return Posture(
        split=2 * swing, hip_z=0.0 * t, hip_up=0.80 + 0.015 * np.cos(2 * np.pi * t / step_s),
        lift_left=0.07 * np.maximum(phase, 0), lift_right=0.07 * np.maximum(-phase, 0), travel=speed * (t - t[0]), trunk=3.0, stance=0.07,
    )  # fmt: skip


def walking(seconds: float = 5.0, camera: Camera | None = None) -> Clip:
    """Return walking through the picture."""
    t = sample_times(seconds)
    posture = gait(t)
    posture = replace(posture, travel=posture.travel - float(np.mean(posture.travel)))
    return Clip(film(posture, t, camera or Camera(90.0, 200.0, (1600, 960))), (), np.zeros(len(t)), posture)


def walk_in_and_out(
    clip: Clip,
    camera: Camera,
    *,
    walk_s: float = 2.2,
    turn_deg: float = 0.0,
    speed: float = 1.2,
    back_out: bool = False,
) -> Clip:
    """Return the clip with the person walking in before it and out after it.

    With ``turn_deg`` they come from the side (90: along the picture of a front view), turning on the last step, and leave the
    way they came. Without, they walk straight on, or backwards with ``back_out``.
    """
    t = sample_times(walk_s)
    n, step = len(t), 1 / FPS
    walk = gait(t, speed).values(n)
    stand = Posture(hip_z=0.0, hip_up=LEG_M).values(n)
    settle = np.clip((t - (walk_s - 0.6)) / 0.6, 0, 1)
    arrive = {k: walk[k] * (1 - settle) + stand[k] * settle for k in walk}
    along = np.cumsum(speed * step * (1 - settle))
    along -= along[-1]
    turned = turn_deg * (1 - np.clip((t - (walk_s - 0.8)) / 0.8, 0, 1))
    # the path stays straight in the room; travel and place aside are in the axes of the turning person
    swap = np.radians(turn_deg - turned)
    arrive |= {"turn": turned, "travel": along * np.cos(swap), "aside": along * np.sin(swap)}
    leave = {k: x[::-1].copy() for k, x in arrive.items()}
    if turn_deg == 0.0 and not back_out:
        leave["travel"] = -leave["travel"]
    before, after = (film(Posture(**part), np.arange(n) * step, camera) for part in (arrive, leave))
    parts = (before, clip.poses, after)
    offset = t[-1] + step
    times = np.concatenate([t, clip.poses.time_s + offset, t + offset + clip.poses.time_s[-1] + step])
    whole = PoseSequence(
        times, np.concatenate([p.image_xy_px for p in parts]), np.concatenate([p.world_xyz_m for p in parts]),
        np.concatenate([p.visibility for p in parts]), np.arange(len(times), dtype=np.int64), camera.size_px,
    )  # fmt: skip
    depth = np.concatenate([np.zeros(n), clip.depth, np.zeros(n)])
    return Clip(whole, tuple(float(s + offset) for s in clip.turns_s), depth, clip.posture)


# --- power and balance ----------------------------------------------------------------------------------------------

GRAVITY_M_S2 = 9.80665


def jump(
    count: int = 3,
    camera: Camera | None = None,
    *,
    flight_s: float | Sequence[float] = 0.5,
    dip_m: float = 0.25,
    tip_m: float = 0.08,
    wait_s: float = 1.2,
    tail_s: float = 1.2,
    fps: float = 60.0,
) -> Clip:
    """Return jumps on the spot: a dip, a push over the toes, a free flight of the known time, and a landing like the take-off."""
    flights = np.broadcast_to(np.asarray(flight_s, float), (count,))
    take_off, events = 0.0, []
    for flight in flights:
        half = _push_s(flight, dip_m + tip_m)
        take_off += wait_s + _DIP_S + half
        events.append((take_off, take_off + float(flight)))
        take_off += float(flight) + half + _GET_UP_S
    t = sample_times(take_off + tail_s, fps)
    hip, toes, tip = (
        np.sum(parts, axis=0) for parts in zip(*(_jump(t, *e, dip_m, tip_m) for e in events), strict=True)
    )
    dip = np.clip(-hip / dip_m, 0.0, 1.0)
    posture = Posture(
        hip_z=-0.15 * dip, hip_up=LEG_M - 0.002 + hip, trunk=3.0 + 30.0 * dip, lift_left=toes, lift_right=toes, tip_left=tip, tip_right=tip,
    )  # fmt: skip
    turns = tuple((a + b) / 2 for a, b in events)
    return Clip(film(posture, t, camera or Camera(90.0)), turns, dip, posture, tuple(events))


#: Going down before the push, and getting up after the landing.
_DIP_S, _GET_UP_S = 0.4, 0.6


def _push_s(flight_s: float, way_m: float) -> float:
    """Return how long an even push over the way lasts that gives the speed for the flight, s."""
    return float(2 * way_m / (GRAVITY_M_S2 * flight_s / 2))


def _jump(
    t: FloatArray, take_off: float, landing: float, dip_m: float, tip_m: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the hip above standing, the toes above the floor, and the ankle's rise over the toes, m."""
    u, flight, way = t - take_off, landing - take_off, dip_m + tip_m
    push = _push_s(flight, way)
    bottoms = (take_off - push, landing + push)
    toes = np.where((u > 0) & (t < landing), GRAVITY_M_S2 * u * (flight - u) / 2, 0.0)
    down = -dip_m * ease(t, [bottoms[0] - _DIP_S, bottoms[0]], [0, 1])
    up = -dip_m * ease(t, [bottoms[1], bottoms[1] + _GET_UP_S], [1, 0])
    when = [t < bottoms[0], t < take_off, t < landing, t < bottoms[1]]
    hip = np.select(
        when,
        [
            down,
            way * ((t - bottoms[0]) / push) ** 2 - dip_m,
            tip_m + toes,
            way * ((bottoms[1] - t) / push) ** 2 - dip_m,
        ],
        up,
    )
    return hip, toes, ease(t, [take_off - 0.1, take_off, landing, landing + 0.06], [0, tip_m, tip_m, 0])


#: How far below the seat somebody would go who sits down, as a share of the way: the seat stops them at some speed.
_PAST_SEAT = 0.1


def chair_stands(
    count: int = 5,
    camera: Camera | None = None,
    *,
    seat_behind_m: float = 0.40,
    seat_up_m: float = 0.42,
    lean: float = 40.0,
    lean_s: float = 0.35,
    rise_s: float | Sequence[float] = 0.7,
    stand_s: float = 0.2,
    sit_s: float = 0.9,
    rest_s: float = 2.0,
    tail_s: float = 1.5,
    fps: float = FPS,
) -> Clip:
    """Return chair stands from a seat behind the feet: the trunk leans, the seat is left, and it is met again at some speed."""
    met_share = float(np.arccos(1 - 2 / (1 + _PAST_SEAT)) / np.pi)
    begin, events, turns = rest_s, [], []
    for seconds in np.broadcast_to(np.asarray(rise_s, float), (count,)):
        left = begin + lean_s
        stood = left + float(seconds)
        met = stood + stand_s + met_share * sit_s
        events.append((begin, left, stood, met))
        turns.append(stood + stand_s / 2)
        begin = met + 0.3
    t = sample_times(begin + tail_s, fps)
    up, trunk = np.zeros(len(t)), np.zeros(len(t))
    for begin, left, stood, met in events:
        down = stood + stand_s
        up += np.clip(ease(t, [left, stood, down, down + sit_s], [0, 1, 1, -_PAST_SEAT]), 0, 1)
        trunk += ease(t, [begin, left, stood, down, met, met + 0.3], [0, lean, 0, 0, 0.7 * lean, 0])
    posture = Posture(hip_z=-seat_behind_m * (1 - up), hip_up=seat_up_m + (LEG_M - 0.005 - seat_up_m) * up, trunk=trunk)
    return Clip(film(posture, t, camera or Camera(90.0)), tuple(turns), up, posture, tuple(events))


#: The heel leaves the floor before the toes do, m.
_HEEL_FIRST_M = 0.04


def one_leg_stance(
    count: int = 1,
    camera: Camera | None = None,
    *,
    lead: str = "right",
    held_s: float = 8.0,
    sway_m: float = 0.012,
    sway_hz: float = 0.6,
    lift_m: float = 0.25,
    wait_s: float = 2.0,
    tail_s: float = 2.0,
    fps: float = FPS,
    lean: float = 0.0,
) -> Clip:
    """Return stances on one leg with a known sway of the pelvis; ``lead`` is the standing leg, ``both`` one after the other."""
    legs = [lead if lead != "both" else ("right", "left")[i % 2] for i in range(count)]
    up_s, toe_share = 0.4, float(np.arccos(1 - 2 * _HEEL_FIRST_M / lift_m) / np.pi)
    starts = [wait_s + i * (held_s + up_s + wait_s) for i in range(count)]
    t = sample_times(starts[-1] + held_s + up_s + tail_s, fps)
    raised = {"left": np.zeros(len(t)), "right": np.zeros(len(t))}
    over, held = np.zeros(len(t)), np.zeros(len(t))
    events = []
    for leg, start in zip(legs, starts, strict=True):
        # the toes are off the floor for ``held_s``
        off = start + toe_share * up_s
        on = off + held_s
        knots = [start, start + up_s, on - (1 - toe_share) * up_s, on + toe_share * up_s]
        up = ease(t, knots, [0, 1, 1, 0])
        raised["left" if leg == "right" else "right"] += lift_m * up
        held += up
        over += (0.07 if leg == "left" else -0.07) * up
        events.append((off, on))
    posture = Posture(
        hip_z=0.0, hip_up=LEG_M - 0.002, stance=0.09, trunk=2.0, lean=lean * held,
        shift=over + sway_m * held * np.sin(2 * np.pi * sway_hz * t),
        **{f"tip_{s}": np.minimum(r, _HEEL_FIRST_M) for s, r in raised.items()},
        **{f"lift_{s}": np.maximum(r - _HEEL_FIRST_M, 0.0) for s, r in raised.items()},
    )  # fmt: skip
    turns = tuple((a + b) / 2 for a, b in events)
    return Clip(film(posture, t, camera or Camera(0.0)), turns, held, posture, tuple(events))


def trim(clip: Clip, start_s: float = 0.0, end_s: float = np.inf) -> Clip:
    """Return the part of a clip between two times, as a camera that ran no longer; nothing is said about turns outside."""
    keep = (clip.poses.time_s >= start_s) & (clip.poses.time_s < end_s)
    whole = clip.poses
    poses = PoseSequence(
        whole.time_s[keep] - whole.time_s[keep][0], whole.image_xy_px[keep], whole.world_xyz_m[keep], whole.visibility[keep],
        np.arange(keep.sum(), dtype=np.int64), whole.image_size_px,
    )  # fmt: skip
    return replace(clip, poses=poses, depth=clip.depth[keep], turns_s=(), events_s=())


def _sort(changes: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    timing = {f.name for f in fields(Rep)}
    return {k: v for k, v in changes.items() if k in timing}, {k: v for k, v in changes.items() if k not in timing}


def _repeat(base: Posture, count: int, changes: dict[str, object]) -> list[Rep]:
    timing, shape = _sort(changes)
    return [Rep(replace(base, **shape), **timing) for _ in range(count)]  # type: ignore[arg-type]


# --- what goes wrong in recordings ----------------------------------------------------------------------------------


def with_noise(poses: PoseSequence, sd_px: float, seed: int = 0, px_per_m: float = 300.0) -> PoseSequence:
    """Return poses whose landmarks jitter independently."""
    rng = np.random.default_rng(seed)
    image = poses.image_xy_px + rng.normal(0, sd_px, poses.image_xy_px.shape)
    return poses.with_points(image, poses.world_xyz_m + rng.normal(0, sd_px / px_per_m, poses.world_xyz_m.shape))


def with_gap(poses: PoseSequence, start_s: float, end_s: float) -> PoseSequence:
    """Return poses without anybody from ``start_s`` to before ``end_s``."""
    gone = (poses.time_s >= start_s) & (poses.time_s < end_s)
    return poses.with_points(
        np.where(gone[:, None, None], np.nan, poses.image_xy_px),
        np.where(gone[:, None, None], np.nan, poses.world_xyz_m),
    )


def with_swaps(poses: PoseSequence, frames: NDArray[np.bool_], *, legs_only: bool = True) -> PoseSequence:
    """Return poses whose left and right landmarks are exchanged in some frames."""
    order = np.array(BLAZEPOSE.mirror_order())
    if legs_only:
        legs = [
            i
            for i, name in enumerate(BLAZEPOSE.landmarks)
            if name.endswith(("hip", "knee", "ankle", "heel", "foot_index"))
        ]
        order = np.array([order[i] if i in legs else i for i in range(len(order))])
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    image[frames], world[frames] = image[frames][:, order], world[frames][:, order]
    return poses.with_points(image, world)


def mirror(poses: PoseSequence) -> PoseSequence:
    """Return the poses of the picture turned over left to right, with the landmarks named for the person seen there."""
    order = BLAZEPOSE.mirror_order()
    image, world = poses.image_xy_px[:, order].copy(), poses.world_xyz_m[:, order].copy()
    image[..., 0] = poses.image_size_px[0] - image[..., 0]
    world[..., 0] = -world[..., 0]
    return poses.with_points(image, world)


def with_extras(poses: PoseSequence, **extras: FloatArray) -> PoseSequence:
    """Return poses with further readings from the pictures."""
    return replace(poses, extras={**poses.extras, **extras})
