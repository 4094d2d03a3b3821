"""The figure doing what is no movement of the catalog: side lunges, jumping jacks, swings, push-ups, stretching.

Each is a function of time that gives a :class:`Stance`: where the hips and the feet are and how trunk and arms are held. Knees
follow from there (two segments of known length in space), so legs may be apart, lifted or far behind. Axes as in
:mod:`tests.support.figure`: x to the person's left, y up from the floor, z forward, meters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from tests.support import figure as f
from tests.support.figure import Camera, Clip, FloatArray

#: A hip above its ankle when the leg is straight, m.
TALL_M = f.LEG_M - 0.006
SIDES = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True)
class Foot:
    """Where an ankle is above its place on the floor, m, and how far the heel is turned up over the toes, degrees."""

    x: float
    up: float = 0.0
    ahead: float = 0.0
    pitch: float = 0.0


@dataclass(frozen=True)
class Stance:
    """A posture at one moment.

    Attributes
    ----------
    hip
        Mid-hip to the left, above the ankles' standing height, ahead; m.
    trunk, lean, turn
        Trunk forward from vertical, to the person's left, and turned about the vertical to the left; degrees.
    left, right
        The feet.
    arms
        Side -> raise forward, raise sideways and bend of the elbow (which brings the hand up and forward), degrees.
    """

    hip: tuple[float, float, float]
    trunk: float = 0.0
    lean: float = 0.0
    turn: float = 0.0
    left: Foot = field(default_factory=lambda: Foot(0.11))
    right: Foot = field(default_factory=lambda: Foot(-0.11))
    arms: tuple[tuple[float, float, float], tuple[float, float, float]] = ((2.0, 8.0, 10.0), (2.0, 8.0, 10.0))


Moves = Callable[[float], Stance]


def film(moves: Moves, seconds: float, camera: Camera, fps: float = 30.0) -> Clip:
    """Return the clip of a figure that moves so."""
    time_s = f.sample_times(seconds, fps)
    frames = [place(moves(float(t))) for t in time_s]
    points = {name: np.stack([frame[name] for frame in frames]) for name in frames[0]}
    image, world = camera.view(points, np.zeros(len(time_s)))
    visibility = np.full(image.shape[:2], 0.98)
    poses = f.PoseSequence(
        time_s, image, world, visibility, np.arange(len(time_s), dtype=np.int64), camera.size_px
    )  # fmt: skip
    return Clip(poses, (), np.zeros(len(time_s)), f.Posture())


def place(s: Stance) -> dict[str, FloatArray]:
    """Return landmark name -> ``(3,)`` m."""
    trunk, lean, turn = np.radians([s.trunk, s.lean, s.turn])
    across = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    forward = np.array([np.sin(turn), 0.0, np.cos(turn)])
    up = np.cos(trunk) * (np.cos(lean) * np.array([0.0, 1.0, 0.0]) + np.sin(lean) * across) + np.sin(trunk) * forward
    face = np.cos(trunk) * forward - np.sin(trunk) * np.array([0.0, 1.0, 0.0])
    hip = np.array([s.hip[0], f.ANKLE_M + s.hip[1], s.hip[2]])
    chest = hip + f.TRUNK_M * up
    yoke = np.cos(lean) * across - np.sin(lean) * np.array([0.0, 1.0, 0.0])
    points: dict[str, FloatArray] = {}
    for (side, sign), foot, arm in zip(SIDES.items(), (s.left, s.right), s.arms, strict=True):
        points |= _leg(side, hip + sign * f.HIP_HALF_M * across * np.cos(lean / 2), foot)
        points |= _arm(side, chest + sign * f.SHOULDER_HALF_M * yoke, sign * across, forward, arm)
    for name, x, high, ahead in (
        ("nose", 0.0, 0.20, 0.12),
        *((f"{side}_ear", 0.08 * sign, 0.21, 0.0) for side, sign in SIDES.items()),
        *((f"mouth_{side}", 0.03 * sign, 0.15, 0.10) for side, sign in SIDES.items()),
        *(
            (f"{side}_{part}", x * sign, 0.24, 0.09)
            for side, sign in SIDES.items()
            for part, x in (("eye_inner", 0.02), ("eye", 0.035), ("eye_outer", 0.05))
        ),
    ):
        points[name] = chest + x * across + high * up + ahead * face
    return points


def _leg(side: str, hip: FloatArray, foot: Foot) -> dict[str, FloatArray]:
    pitch = np.radians(foot.pitch)
    toes = np.array([foot.x, f.SOLE_M + foot.up, foot.ahead + f.TOE_M])
    back, above = np.array([0.0, np.sin(pitch), -np.cos(pitch)]), np.array([0.0, np.cos(pitch), np.sin(pitch)])
    ankle = toes + f.TOE_M * back + (f.ANKLE_M - f.SOLE_M) * above
    way = ankle - hip
    reach = min(float(np.linalg.norm(way)), f.LEG_M)
    along = way / np.linalg.norm(way)
    ahead = np.array([0.0, 0.0, 1.0]) - along * along[2]
    out = np.sqrt(max(f.THIGH_M**2 - (reach / 2) ** 2, 0.0)) * ahead / max(float(np.linalg.norm(ahead)), 1e-6)
    return {
        f"{side}_hip": hip, f"{side}_knee": hip + along * reach / 2 + out, f"{side}_ankle": ankle,
        f"{side}_heel": toes + f.FOOT_M * back, f"{side}_foot_index": toes,
    }  # fmt: skip


def _arm(
    side: str, shoulder: FloatArray, outward: FloatArray, forward: FloatArray, arm: tuple[float, float, float]
) -> dict[str, FloatArray]:
    raised, aside, bent = np.radians(arm)
    down = np.array([0.0, -1.0, 0.0])

    def direction(angle: float) -> FloatArray:
        return np.cos(aside) * (np.cos(angle) * down + np.sin(angle) * forward) + np.sin(aside) * outward

    upper, fore = direction(raised), direction(raised + bent)
    if abs(aside) > np.radians(30):  # raised sideways the elbow bends upward
        upper = np.cos(aside) * down + np.sin(aside) * outward
        fore = np.cos(aside + bent) * down + np.sin(aside + bent) * outward
    elbow = shoulder + f.UPPER_ARM_M * upper
    points = {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow}
    for part, length in (("wrist", 0.0), ("pinky", 0.08), ("index", 0.09), ("thumb", 0.05)):
        points[f"{side}_{part}"] = elbow + (f.FOREARM_M + length) * fore
    return points


# --- how it goes on and back ----------------------------------------------------------------------------------------


def ease(share: float) -> float:
    """Return the way done after a share of the time, 0..1."""
    x = float(np.clip(share, 0.0, 1.0))
    return 10 * x**3 - 15 * x**4 + 6 * x**5


def wave(t: float, period_s: float) -> float:
    """Return 0..1..0 in each period; 0 before the beginning."""
    return float(1 - np.cos(2 * np.pi * max(t, 0.0) / period_s)) / 2


def cycle(t: float, period_s: float, lead_s: float = 1.0) -> tuple[float, int]:
    """Return how far down, 0..1, and in which repetition: down, a moment, up, a rest."""
    if t < lead_s:
        return 0.0, 0
    number, u = divmod((t - lead_s) / period_s, 1.0)
    return (ease(u / 0.38) if u < 0.48 else 1 - ease((u - 0.48) / 0.34)), int(number)


def between(t: float, times: list[float], values: list[tuple[float, ...]]) -> FloatArray:
    """Return values that ease from knot to knot."""
    i = int(np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2))
    share = ease((t - times[i]) / (times[i + 1] - times[i]))
    return np.asarray(values[i]) * (1 - share) + np.asarray(values[i + 1]) * share


def hip_over(knee_deg: float, back_m: float, aside_m: float = 0.0) -> tuple[float, float, float]:
    """Return the place of hips so far behind the feet with knees bent so far."""
    reach2 = 2 * f.THIGH_M**2 * (1 + np.cos(np.radians(knee_deg)))
    return (0.0, float(np.sqrt(max(reach2 - back_m**2 - aside_m**2, 0.01))), -back_m)


def _both(raised: float, aside: float = 6.0, bent: float = 5.0) -> tuple[tuple[float, float, float], ...]:
    return ((raised, aside, bent), (raised, aside, bent))


_HIPS = _both(20.0, 45.0, 80.0)
#: Hands at the hips' height beside the body, elbows bent, as with a rope.
_ROPE = _both(-5.0, 15.0, 75.0)


# --- the movements --------------------------------------------------------------------------------------------------


def side_lunge(
    knee: float = 85.0, wide: float = 0.42, *, step: bool = True, trunk: float = 35.0, turns: bool = True
) -> Moves:
    """Return lunges to the side, with a step or from a wide stance, on one leg or on both in turn."""

    def moves(t: float) -> Stance:
        s, number = cycle(t, 2.8)
        sign = -1.0 if turns and number % 2 == 0 else 1.0
        near = 0.11 if step else wide
        far = near + (1.5 * (wide + 0.2) - near) * min(1.0, 1.8 * s) if step else wide
        up = 0.09 * np.sin(np.pi * 1.8 * s) if step and 1.8 * s < 1 else 0.0
        lead, other = Foot(sign * far, up), Foot(-sign * near)
        rest = (lead.x + other.x) / 2
        x = rest * (1 - s) * (0 if step else 1) + (lead.x - sign * 0.16) * s
        _, high, _ = hip_over(6 + (knee - 6) * s, 0.16 * s, lead.x - x - sign * f.HIP_HALF_M)
        straight = np.sqrt(max(TALL_M**2 - (other.x - x + sign * f.HIP_HALF_M) ** 2 - (0.16 * s) ** 2, 0.05))
        feet = {"left": lead, "right": other} if sign > 0 else {"left": other, "right": lead}
        return Stance((x, min(high, float(straight)), -0.16 * s), trunk * s, arms=_both(80.0 * s), **feet)

    return moves


def jumping_jack(period_s: float = 1.0, hop: float = 0.06, wide: float = 0.38, arms: float = 150.0) -> Moves:
    """Return jumping jacks."""

    def moves(t: float) -> Stance:
        u = t - 1.0
        s = wave(u, period_s)
        up = hop * abs(np.sin(2 * np.pi * u / period_s)) if u > 0 else 0.0
        x = 0.10 + wide * s
        high = np.sqrt((TALL_M - 0.03) ** 2 - (x - f.HIP_HALF_M) ** 2)
        pitch = 400.0 * min(up, 0.05)
        return Stance(
            (0.0, float(high) + up, 0.0), 3.0, left=Foot(x, up, pitch=pitch), right=Foot(-x, up, pitch=pitch),
            arms=_both(0.0, 12.0 + arms * s),
        )  # fmt: skip

    return moves


def rope(per_s: float = 2.0, hop: float = 0.06, knee: float = 35.0) -> Moves:
    """Return skipping with a rope: small hops, knees that give way by 35 degrees."""

    def moves(t: float) -> Stance:
        q = np.sin(2 * np.pi * per_s * max(t - 1.0, 0.0))
        up, give = hop * max(0.0, q), max(0.0, -q)
        x, high, back = hip_over(6 + (knee - 6) * give, 0.03 * give)
        pitch = 22.0 * max(0.0, q)
        return Stance(
            (x, high + up, back),
            6.0,
            left=Foot(0.1, up, pitch=pitch),
            right=Foot(-0.1, up, pitch=pitch),
            arms=_ROPE,
        )

    return moves


def dip(per_s: float = 2.0, share: float = 0.08) -> Moves:
    """Return bouncing: the hips sink by a share of the leg, the feet stay."""
    knee = 2 * np.degrees(np.arccos(1 - share))

    def moves(t: float) -> Stance:
        return Stance(hip_over(4 + (float(knee) - 4) * wave(t - 1.0, 1 / per_s), 0.0), 4.0, arms=_ROPE)

    return moves


def deadlift(knee: float = 62.0, trunk: float = 72.0, back: float = 0.27, period_s: float = 3.0) -> Moves:
    """Return lifts from the floor with hanging arms; put :func:`behind_plates` over it."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, period_s)
        return Stance(hip_over(6 + (knee - 6) * s, back * s), trunk * s, arms=_both(4.0, 3.0, 0.0))

    return moves


def behind_plates(clip: Clip, rise: float = 0.4) -> Clip:
    """Return the clip with ankles, heels and toes guessed higher, by a share of the leg, while the trunk is down."""
    poses = clip.poses
    index = poses.skeleton.index
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    trunk = np.array([index["left_shoulder"], index["left_hip"]])
    low = 1 - (world[:, trunk[1], 1] - world[:, trunk[0], 1]) / f.TRUNK_M
    feet = [index[f"{s}_{p}"] for s in SIDES for p in ("ankle", "heel", "foot_index")]
    scale = float(np.ptp(image[:, index["left_hip"], 1]) / max(np.ptp(poses.xy("left_hip")[:, 1]), 1e-9)) * 300.0
    up = np.clip(low / 0.5, 0, 1)[:, None] * rise * f.LEG_M
    image[:, feet, 1] -= scale * up
    world[:, feet, 1] -= up
    return replace(clip, poses=poses.with_points(image, world))


def without_arm(clip: Clip, side: str) -> Clip:
    """Return the clip with an arm that is hidden behind the body, ``left`` or ``right``."""
    index = clip.poses.skeleton.index
    image, world = clip.poses.image_xy_px.copy(), clip.poses.world_xyz_m.copy()
    arm = [index[f"{side}_{part}"] for part in ("elbow", "wrist", "pinky", "index", "thumb")]
    image[:, arm], world[:, arm] = np.nan, np.nan
    return replace(clip, poses=clip.poses.with_points(image, world))


def row(trunk: float = 60.0, knee: float = 30.0) -> Moves:
    """Return rows: the trunk stays bent, the arms pull."""

    def moves(t: float) -> Stance:
        s, pull = ease((t - 0.6) / 1.2), wave(t - 2.2, 1.6)
        return Stance(
            hip_over(6 + (knee - 6) * s, 0.2 * s), trunk * s, arms=_both(-50.0 * pull * s, 6.0, 60.0 * pull * s)
        )

    return moves


def wall_sit(knee: float = 90.0, held_s: float = 15.0, arms: float = 2.0) -> Moves:
    """Return sitting against a wall for a time, knees over ankles, trunk upright."""

    def moves(t: float) -> Stance:
        s = ease((t - 1.0) / 1.2) * (1 - ease((t - 2.2 - held_s) / 1.2))
        bent = np.radians(4 + (knee - 4) * s)
        high = f.SHANK_M + f.THIGH_M * np.cos(bent) - 0.004
        return Stance((0.0, float(high), float(-f.THIGH_M * np.sin(bent))), 0.0, arms=_both(arms))

    return moves


def wall_slide(knee: float = 95.0, away: float = 0.4, period_s: float = 3.0) -> Moves:
    """Return squats with the back against a wall: the feet stay ahead of it, also in standing."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, period_s)
        bent = np.radians(40.0 + (knee - 40.0) * s) / 2
        return Stance((0.0, float(np.sqrt(max((f.LEG_M * np.cos(bent)) ** 2 - away**2, 0.04))), -away))

    return moves


def clean(knee: float = 60.0, trunk: float = 30.0, period_s: float = 2.4) -> Moves:
    """Return lifts to the shoulders: a dip over hanging arms, then the hands come up with the body."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, period_s)
        up = 1.0 - s if t > 1.0 + period_s / 3 else 0.0
        return Stance(hip_over(6 + (knee - 6) * s, 0.12 * s), trunk * s, arms=_both(4.0 + 50.0 * up, 3.0, 120.0 * up))

    return moves


def push_up(period_s: float = 2.0) -> Moves:
    """Return push-ups on hands and feet."""

    def moves(t: float) -> Stance:
        s = wave(t - 0.6, period_s) if period_s else 0.0
        high = 0.34 - 0.18 * s
        away = float(np.sqrt(TALL_M**2 - high**2))
        foot = {"ahead": -away, "up": 0.0, "pitch": 65.0}
        return Stance(
            (0.0, high, 0.0), 86.0 - 10 * (1 - s), left=Foot(0.1, **foot), right=Foot(-0.1, **foot), arms=_both(5.0 - 60.0 * s, 10.0, 90.0 * s)
        )  # fmt: skip

    return moves


def burpee(period_s: float = 3.4, hop: float = 0.12) -> Moves:
    """Return burpees: down on the hands, feet back, feet to the hands, up, a jump."""
    away = float(np.sqrt(TALL_M**2 - 0.2**2))
    down, flat = (60.0, 0.3, 0.3, 0.0, 10.0, 0.0, 20.0), (82.0, 0.26, 0.0, -away, 65.0, 0.0, 0.0)
    stand, jump = (2.0, TALL_M, 0.0, 0.0, 0.0, 0.0, 5.0), (2.0, TALL_M + hop, 0.0, 0.0, 25.0, hop, 150.0)
    knots = [0.0, 0.16, 0.28, 0.36, 0.5, 0.64, 0.74, 0.82, 1.0]

    def moves(t: float) -> Stance:
        v = between(
            max(t - 1.0, 0.0) / period_s % 1.0, knots, [stand, down, flat, flat, down, stand, jump, stand, stand]
        )
        foot = {"ahead": float(v[3]), "pitch": float(v[4]), "up": float(v[5])}
        hip = (0.0, float(v[1]), float(-v[2]))
        return Stance(hip, float(v[0]), left=Foot(0.1, **foot), right=Foot(-0.1, **foot), arms=_both(float(v[6])))

    return moves


def step_up(box: float = 0.32, ahead: float = 0.36, period_s: float = 3.6, *, turns: bool = True) -> Moves:
    """Return steps on to a box and back."""
    knots = [0.0, 0.14, 0.34, 0.46, 0.56, 0.7, 0.84, 0.92, 1.0]
    on, off = (ahead, box), (0.0, 0.0)
    lead = [off, (ahead, box + 0.05), on, on, on, on, on, (0.2, 0.2), off]
    other = [off, off, (0.7 * ahead, 0.8 * box), on, on, (0.4 * ahead, 0.6 * box), off, off, off]
    hips = [
        (0.0, TALL_M),
        (0.08, TALL_M - 0.02),
        (ahead - 0.06, box + TALL_M - 0.12),
        (ahead, box + TALL_M),
        (ahead, box + TALL_M),
    ]
    hips += [(ahead - 0.1, box + TALL_M - 0.14), (0.06, TALL_M - 0.03), (0.0, TALL_M), (0.0, TALL_M)]

    def moves(t: float) -> Stance:
        number, u = divmod(max(t - 1.0, 0.0) / period_s, 1.0)
        first, second, hip = (between(u, knots, list(v)) for v in (lead, other, hips))
        sides = ("left", "right") if turns and int(number) % 2 else ("right", "left")
        feet = {s: Foot(0.11 * SIDES[s], float(v[1]), float(v[0])) for s, v in zip(sides, (first, second), strict=True)}
        return Stance((0.0, float(hip[1]), float(hip[0])), 8.0, **feet)

    return moves


def swing(
    knee: float = 45.0, trunk: float = 62.0, period_s: float = 1.5, top: float = 88.0, back: float = 0.22
) -> Moves:
    """Return swings of a kettlebell: hips back and snapped forward, straight arms up to a height."""

    def moves(t: float) -> Stance:
        s = wave(t - 1.0, period_s)
        raised = (top - (top + 10) * s) if t > 1.0 + period_s / 2 else 5 - 15 * s
        return Stance(hip_over(6 + (knee - 6) * s, back * s), trunk * s, arms=_both(raised, 2.0, 0.0))

    return moves


def march(period_s: float = 1.2, lift: float = 0.42, ahead: float = 0.34) -> Moves:
    """Return high knees on the spot."""

    def moves(t: float) -> Stance:
        q = np.sin(2 * np.pi * max(t - 1.0, 0.0) / period_s)
        left, right = max(0.0, q), max(0.0, -q)
        feet = {s: Foot(0.1 * SIDES[s], lift * k, ahead * k, 10 * k) for s, k in (("left", left), ("right", right))}
        return Stance((0.0, TALL_M - 0.01, 0.0), 2.0, arms=((-30 * q, 6.0, 10.0), (30 * q, 6.0, 10.0)), **feet)

    return moves


def jog(period_s: float = 0.7, heel: float = 0.2) -> Moves:
    """Return jogging on the spot."""

    def moves(t: float) -> Stance:
        u = max(t - 1.0, 0.0)
        q = np.sin(2 * np.pi * u / period_s)
        up = 0.04 * abs(q)
        feet = {
            s: Foot(0.09 * SIDES[s], 0.6 * up + heel * k, -0.2 * k, 30 * k)
            for s, k in (("left", max(0.0, q)), ("right", max(0.0, -q)))
        }
        return Stance((0.0, TALL_M - 0.03 + up, 0.0), 5.0, arms=((-35 * q, 6.0, 80.0), (35 * q, 6.0, 80.0)), **feet)

    return moves


def sit_down(seat: float = 0.42, back: float = 0.4) -> Moves:
    """Return standing that sits down once, and stays."""

    def moves(t: float) -> Stance:
        share = (t - 2.0) / 1.3
        s, lean = ease(share), 35 * np.sin(np.pi * np.clip(share, 0, 1))
        return Stance((0.0, TALL_M + (seat - TALL_M) * s, -back * s), float(lean) + 4)

    return moves


def reach(raised: float = 150.0, trunk: float = 0.0, *, one: bool = False, pitch: float = 0.0) -> Moves:
    """Return reaching up or forward with one arm or both, also on the toes."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, 2.2)
        arm = (5 + raised * s, 6.0, 5.0)
        up = TALL_M - 0.01 + f.TOE_M * np.sin(np.radians(pitch * s))
        feet = {side: Foot(0.1 * sign, pitch=pitch * s) for side, sign in SIDES.items()}
        return Stance((0.0, float(up), -0.03 * s), trunk * s, arms=(arm, (2.0, 8.0, 10.0) if one else arm), **feet)

    return moves


def side_bend(lean: float = 28.0, *, arm: bool = True) -> Moves:
    """Return bends to one side and the other, an arm overhead."""

    def moves(t: float) -> Stance:
        s, number = cycle(t, 3.2)
        sign = 1.0 if number % 2 else -1.0
        high = (0.0, 170.0 * s, 0.0) if arm else (2.0, 8.0, 10.0)
        low = (2.0, 8.0, 10.0)
        arms = (low, high) if sign > 0 else (high, low)
        return Stance((-0.06 * sign * s, TALL_M - 0.012, 0.0), 0.0, sign * lean * s, arms=arms)

    return moves


def twist(turn: float = 45.0, period_s: float = 2.4) -> Moves:
    """Return turning the trunk from side to side with raised elbows."""

    def moves(t: float) -> Stance:
        q = np.sin(2 * np.pi * max(t - 1.0, 0.0) / period_s)
        return Stance((0.0, TALL_M - 0.01, 0.0), turn=float(turn * q), arms=_both(10.0, 80.0, 60.0))

    return moves


def circle_hips(radius: float = 0.12) -> Moves:
    """Return circles of the hips."""

    def moves(t: float) -> Stance:
        k, a = ease((t - 1.0) / 0.6), 2 * np.pi * max(t - 1.0, 0.0) / 2.4
        x, z = radius * np.sin(a) * k, 0.7 * radius * np.cos(a) * k
        high = np.sqrt((TALL_M - 0.01) ** 2 - x * x - z * z)
        return Stance((float(x), float(high), float(-z)), float(60 * z), float(-25 * x), arms=_HIPS)

    return moves


def stretch_thigh(leg: str = "right", up: float = 0.42) -> Moves:
    """Return standing on one leg with the other heel held at the buttock."""

    def moves(t: float) -> Stance:
        s = ease((t - 1.2) / 0.9) * (1 - ease((t - 7.5) / 0.9))
        sign = SIDES[leg]
        feet = {leg: Foot(0.1 * sign, up * s, -0.45 * s, 60 * s)}
        held = (-40.0 * s, 6.0, 10.0)
        arms = (held, (2.0, 8.0, 10.0)) if leg == "left" else ((2.0, 8.0, 10.0), held)
        return Stance((-0.06 * sign * s, TALL_M - 0.01, 0.0), 4.0, arms=arms, **feet)

    return moves


def lean_with_a_foot_up(trunk: float, hip: tuple[float, float, float], up: float) -> Moves:
    """Return a trunk that leans on something, on a seat or on one leg, with the left foot higher."""
    arm = _both(trunk + 30.0, 6.0, 20.0)
    return lambda t: Stance(hip, trunk, left=Foot(0.11, up, -0.05, 25.0), arms=arm)


def curl(period_s: float = 2.0) -> Moves:
    """Return bending the elbows, standing."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, period_s)
        return Stance((0.0, TALL_M - 0.008, 0.0), arms=_both(5.0, 6.0, 130.0 * s))

    return moves


def swing_leg(period_s: float = 1.6, angle: float = 36.0) -> Moves:
    """Return swinging one leg ahead and back."""

    def moves(t: float) -> Stance:
        q = np.sin(2 * np.pi * max(t - 1.4, 0.0) / period_s)
        a = np.radians(angle * q)
        foot = Foot(-0.1, TALL_M * (1 - np.cos(a)) + (0.05 if t > 1.4 else 0.0), TALL_M * np.sin(a))
        return Stance((0.05, TALL_M - 0.004, 0.0), 3.0, right=foot, arms=_HIPS)

    return moves


def skate(period_s: float = 1.8, wide: float = 0.35, knee: float = 55.0) -> Moves:
    """Return leaps from one leg to the other, from side to side."""

    def moves(t: float) -> Stance:
        u = max(t - 1.0, 0.0)
        q = np.sin(2 * np.pi * u / period_s) * min(1.0, u / 0.5)
        sign, s = (1.0 if q > 0 else -1.0), abs(q)
        up = 0.12 * (1 - s) if u else 0.0
        lead = Foot(1.15 * wide * q + 0.03 * sign, 0.4 * up)
        free = Foot(wide * q - 0.1 * sign * (1 - s), 0.4 * up + 0.15 * s, -0.45 * s, 40 * s)
        feet = {"left": lead, "right": free} if sign > 0 else {"left": free, "right": lead}
        _, high, _ = hip_over(12 + (knee - 12) * s, 0.05)
        return Stance((wide * q, high - 0.02, -0.05), 30 * s, **feet)

    return moves


def good_morning(trunk: float = 75.0, knee: float = 16.0, period_s: float = 3.0) -> Moves:
    """Return bends over nearly straight legs with the hands behind the head."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, period_s)
        hands = (110.0 + trunk * s, 10.0, 130.0)
        return Stance(hip_over(6 + (knee - 6) * s, 0.2 * s), trunk * s, arms=(hands, hands))

    return moves


def calf_stretch(split: float = 0.8, ahead: float = 0.14, period_s: float = 3.2) -> Moves:
    """Return rocking ahead over the front knee, the rear leg straight and its heel down, the hands at a wall."""

    def moves(t: float) -> Stance:
        s, _ = cycle(t, period_s)
        z, front, rear = -0.05 + ahead * s, 0.45 * split, -0.55 * split
        high = float(np.sqrt(TALL_M**2 - max(abs(z - rear), abs(z - front)) ** 2)) - 0.005
        arms = _both(67.0 - 19.0 * s, 6.0, 20.0 + 45.0 * s)
        return Stance(
            (0.0, high, z), 18.0 + 4.0 * s, left=Foot(0.1, 0.0, front), right=Foot(-0.1, 0.0, rear), arms=arms
        )

    return moves


def step_up_sideways(box: float = 0.2, aside: float = 0.3, period_s: float = 2.6) -> Moves:
    """Return steps onto a box beside the person; the right foot stays on it."""

    def moves(t: float) -> Stance:
        up = wave(t - 1.0, period_s)
        left = Foot(0.11 * (1 - up) + (0.2 - aside) * up, box * up)
        x = -0.04 * (1 - up) + (0.1 - aside) * up
        high = min(TALL_M - 0.01 + box * up - 0.05 * np.sin(np.pi * up), box + TALL_M - 0.01)
        return Stance((x, float(high), -0.02), 8.0 * np.sin(np.pi * up), left=left, right=Foot(-aside, box), arms=_HIPS)

    return moves


def lean_on_wall(tilt: float = 22.0, more: float = 14.0, period_s: float = 2.2) -> Moves:
    """Return push-ups against a wall: the body leans ahead as a whole, hands on the wall."""

    def moves(t: float) -> Stance:
        s = wave(t - 0.6, period_s)
        angle = np.radians(tilt + more * s)
        arms = _both(90.0 - tilt - 45.0 * s, 10.0, 70.0 * s)
        feet = {"left": Foot(0.1, pitch=10 + 12 * s), "right": Foot(-0.1, pitch=10 + 12 * s)}
        heel = np.radians(10 + 12 * s)  # the legs stay straight over ankles that come up and ahead
        up = f.TOE_M * np.sin(heel) - (f.ANKLE_M - f.SOLE_M) * (1 - np.cos(heel)) + TALL_M * np.cos(angle)
        ahead = f.TOE_M * (1 - np.cos(heel)) + (f.ANKLE_M - f.SOLE_M) * np.sin(heel) + TALL_M * np.sin(angle)
        return Stance((0.0, float(up), float(ahead)), float(np.degrees(angle)), arms=arms, **feet)

    return moves


def dip_and_press(knee: float = 50.0, period_s: float = 2.0) -> Moves:
    """Return small dips after which the hands push something from the shoulders overhead."""

    def moves(t: float) -> Stance:
        u = max(t - 0.8, 0.0) % period_s / period_s
        down, up = (np.sin(np.pi * u / 0.4) if u < 0.4 else 0.0), ease((u - 0.3) / 0.2) * (1 - ease((u - 0.75) / 0.25))
        raised = 30.0 + 135.0 * up if t > 0.8 else 30.0
        return Stance(hip_over(6 + (knee - 6) * float(down), 0.03), 4.0, arms=_both(raised, 8.0, 120.0 * (1 - up)))

    return moves


#: Name -> what is done, and for how long, s.
VARIANTS: dict[str, tuple[Moves, float]] = {
    "side lunge": (side_lunge(), 9.5),
    "side lunge, shallow": (side_lunge(65.0, trunk=25.0), 9.5),
    "side lunge, one side": (side_lunge(95.0, turns=False), 9.5),
    "side lunge, wide stance": (side_lunge(95.0, 0.5, step=False), 9.5),
    "jumping jack": (jumping_jack(), 6.0),
    "jumping jack, slow": (jumping_jack(1.2, 0.04, 0.3), 6.0),
    "jumping jack, low arms": (jumping_jack(arms=80.0, wide=0.45), 6.0),
    "rope": (rope(), 5.0),
    "rope, slow": (rope(1.6, 0.09, 40.0), 6.0),
    "bouncing": (dip(), 6.0),
    "deadlift": (deadlift(), 9.0),
    "deadlift, deep": (deadlift(78.0, 66.0), 9.0),
    "row": (row(), 9.0),
    "wall sit": (wall_sit(), 19.0),
    "wall sit, high": (wall_sit(70.0, arms=85.0), 19.0),
    "wall slide": (wall_slide(), 10.0),
    "clean": (clean(), 9.0),
    "push-up": (push_up(), 8.0),
    "plank": (push_up(0.0), 6.0),
    "burpee": (burpee(), 9.0),
    "burpee without the jump": (burpee(4.2, 0.0), 10.0),
    "step-up": (step_up(), 9.0),
    "step-up, low": (step_up(0.2), 9.0),
    "step-up, high, one leg": (step_up(0.42, turns=False), 9.0),
    "swing": (swing(), 8.0),
    "swing, knees bent": (swing(60.0, 55.0), 8.0),
    "swing, overhead": (swing(top=150.0, period_s=1.8), 8.0),
    "swing, hinge": (swing(35.0, 75.0, back=0.28), 8.0),
    "high knees": (march(), 8.0),
    "marching": (march(1.3, 0.22, 0.18), 8.0),
    "jogging": (jog(), 6.0),
    "jogging, heels up": (jog(0.8, 0.32), 6.0),
    "sitting down": (sit_down(), 7.0),
    "reaching up": (reach(), 8.0),
    "reaching forward": (reach(90.0, 35.0), 8.0),
    "reaching on the toes": (reach(one=True, pitch=25.0), 8.0),
    "reaching, one arm": (reach(110.0, 20.0, one=True), 8.0),
    "calf raise": (reach(0.0, pitch=28.0), 8.0),
    "side bend": (side_bend(), 8.0),
    "side bend, arms down": (side_bend(40.0, arm=False), 8.0),
    "twist": (twist(), 8.0),
    "circling the hips": (circle_hips(), 8.0),
    "stretching a thigh": (stretch_thigh(), 9.5),
    "curl": (curl(), 8.0),
    "sitting with a foot up": (lean_with_a_foot_up(37.0, (0.0, 0.42, -0.36), 0.13), 5.0),
    "leaning on one leg": (lean_with_a_foot_up(36.0, (-0.07, TALL_M - 0.01, -0.08), 0.12), 5.0),
    "swinging a leg": (swing_leg(), 8.0),
    "skating": (skate(), 8.0),
    "good morning": (good_morning(), 9.0),
    "good morning, soft knees": (good_morning(62.0, 26.0), 9.0),
    "good morning, knees bent": (good_morning(72.0, 38.0), 9.0),
    "calf stretch": (calf_stretch(), 10.0),
    "step-up to the side": (step_up_sideways(), 9.0),
    "push-up against a wall": (lean_on_wall(), 8.0),
    "dip and press": (dip_and_press(), 8.0),
}


def draw(name: str, camera: Camera) -> Clip:
    """Return the clip of a variant; plates hide the feet of whoever lifts from the floor."""
    moves, seconds = VARIANTS[name]
    clip = film(moves, seconds, camera)
    return behind_plates(clip) if name.startswith("deadlift") else clip
