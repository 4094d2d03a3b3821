"""Is everything right before a recording: who, where, how far, which way round, how bright; and what to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from movescreen.catalog.protocol_schema import PartSpec
from movescreen.catalog.schema import StartSpec
from movescreen.kinematics import StandingReference, build_reference, compute_body_tilt
from movescreen.live.sight import Light, Observation, PoseBuffer
from movescreen.model import BLAZEPOSE, FloatArray, PoseSequence, ViewKind
from movescreen.scene.roll import TOLD_DEG, Roll, combine_rolls, roll_of_stander

#: Everything must have been right for so long, s.
HOLD_S = 3.0
#: What is judged: the last so many seconds, every so often.
_WINDOW_S = 0.8
_EVERY_S = 0.1
#: A single bad look does not undo the hold, s.
_GRACE_S = 0.35
#: Height of the person as a share of the picture's.
_SMALLEST = 0.45
#: A joint within this share of the picture's edge counts as cut off.
_EDGE = 0.005
#: The head rises above the ears by this share of the distance between ears and shoulders.
_CROWN = 0.75
#: Where the hips are, as a share of the picture's height: a level camera at hip height has them in the middle.
_HIPS = (0.33, 0.67)
#: Turn of the camera about its own axis from which on it is asked for a straight one, degrees; and for how long the lines of the room are
#: remembered between two looks, s.
_ROLL_DEG, _LINES_S = TOLD_DEG, 2.0
#: From here on the line from feet to shoulders says that the picture lies on its side, and that it is upside down, degrees.
_ON_ITS_SIDE_DEG, _UPSIDE_DOWN_DEG = 55.0, 135.0
#: Fore-and-aft tilt of the network's standing body, degrees, when a camera that looks up or down by 20 degrees sees it. From six
#: rendered people turned by known angles: it reads -8.5 with a level camera (spread 2) and changes by a third of the camera's tilt.
_TILT_UP_DEG, _TILT_DOWN_DEG = -1.9, -15.1
#: Brightness, 0..255.
_DARK, _BACKLIT_AROUND, _BACKLIT_SHARE = 40.0, 140.0, 0.4
#: Mid-hip moving by less than this, leg lengths a second, is standing still.
_STILL = 0.15
#: A trunk bent forward by more than this share is no start posture.
_BENT_TRUNK = 0.35
#: From this distance on, leg lengths, one foot is in front of the other.
_STEP = 0.3


@dataclass(frozen=True)
class SetupItem:
    """One thing that must be right.

    Attributes
    ----------
    ok
        Whether it is; None when it cannot be judged yet.
    text
        What was found, or what to change.
    """

    name: str
    ok: bool | None
    text: str


#: Name -> what is said when it is right, in the order in which things are put right.
ITEMS = {
    "person": "One person",
    "body": "Whole body in the picture",
    "distance": "Distance",
    "camera": "Camera",
    "light": "Light",
    "view": "Direction",
    "posture": "Start position",
    "still": "Standing still",
}


class SetupCheck:
    """Feed it sights; it says what to change, and how long everything has been right.

    Parameters
    ----------
    demanded
        False = a person who stands is enough, and at once: for a recording that plays as a camera.
    """

    def __init__(self, part: PartSpec, start: StartSpec, *, demanded: bool = True) -> None:
        self.part, self._start = part, start
        self._demanded = demanded
        self.items: tuple[SetupItem, ...] = tuple(SetupItem(n, None, t) for n, t in ITEMS.items())
        self.reference: StandingReference | None = None
        self._tape = PoseBuffer(_WINDOW_S)
        self._judged_s = -np.inf
        self._good_since_s: float | None = None
        self._good_last_s = -np.inf
        self._light: Light | None = None
        self._lines: Roll | None = None
        self._lines_s = -np.inf

    @property
    def advice(self) -> str:
        """The first thing to change; empty when everything is right."""
        return next((i.text for i in self.items if i.ok is False), "")

    def held_s(self, time_s: float) -> float:
        """Return for how long everything has been right, s."""
        return 0.0 if self._good_since_s is None else max(0.0, time_s - self._good_since_s)

    def push(self, sight: Observation) -> bool:
        """Take one sight; return True when the recording may start."""
        self._tape.push(sight)
        self._light = sight.light or self._light  # it is measured once in a while
        if sight.lines is not None or sight.time_s - self._lines_s > _LINES_S:
            self._lines, self._lines_s = sight.lines, sight.time_s
        if sight.time_s - self._judged_s < _EVERY_S:
            return False
        if sight.time_s - self._judged_s > 1.0:  # nobody looked for a while
            self._good_since_s = None
        self._judged_s = sight.time_s
        self.items = tuple(self._judge(sight))
        if all(i.ok for i in self.items):
            self._good_since_s = sight.time_s if self._good_since_s is None else self._good_since_s
            self._good_last_s = sight.time_s
        elif sight.time_s - self._good_last_s > _GRACE_S:
            self._good_since_s = None
        return self.reference is not None and (not self._demanded or self.held_s(sight.time_s) >= HOLD_S)

    def _judge(self, sight: Observation) -> Iterator[SetupItem]:
        problems = _problems(sight, self._tape, self.part, self._start, self._light, self._lines)
        found: dict[str, str | None] = {}
        unknown = False
        for name, problem in problems:
            found[name] = problem
            unknown = unknown or (problem is not None and name in ("person", "body"))
        for name, text in ITEMS.items():
            problem = found.get(name)
            if problem:
                yield SetupItem(name, False, problem)
            else:
                # without a whole person the rest means nothing
                yield SetupItem(
                    name, None if (unknown and name not in ("person", "body")) or name not in found else True, text
                )
        if not unknown:
            self.reference = build_reference(self._tape.to_poses())


def _problems(
    sight: Observation, tape: PoseBuffer, part: PartSpec, start: StartSpec, light: Light | None, lines: Roll | None,
) -> Iterator[tuple[str, str | None]]:  # fmt: skip
    """Yield each thing that can be judged, and what to change about it or None."""
    if sight.pose is None:
        yield "person", "Step into the picture."
        yield "light", _light_problem(light)
        if crooked := _crooked(combine_rolls(lines, None)):
            yield "camera", crooked
        return
    yield "person", "Only one person in the picture, please." if sight.people > 1 else None
    poses = tape.to_poses()
    if turned := _turned_problem(poses):  # nothing else can be judged in such a picture
        yield "camera", turned
        return
    yield "body", _body_problem(sight)
    yield "light", _light_problem(light)
    reference = build_reference(poses)
    if reference is None:
        return
    bent = _bent_problem(reference, start)
    if bent is None:  # somebody who is bent looks small and low
        box = _extent(sight)
        yield "distance", _distance_problem(box, part)
        yield "camera", _camera_problem(reference, box, lines)
    elif crooked := _crooked(combine_rolls(lines, None)):
        yield "camera", crooked
    yield "view", _view_problem(reference, part)
    yield "posture", bent or _feet_problem(reference, part)
    if poses.time_s[-1] >= 0.5 * _WINDOW_S:
        yield "still", _still_problem(poses, reference.leg_length_px)


def _body_problem(sight: Observation) -> str | None:
    assert sight.pose is not None
    index = BLAZEPOSE.index
    x = sight.pose.image_xy_px[:, 0] / sight.image_size_px[0]
    trunk = [index[f"{s}_{p}"] for s in ("left", "right") for p in ("shoulder", "hip", "knee", "ankle")]
    if ((x[trunk] < _EDGE) | (x[trunk] > 1 - _EDGE)).any():
        return "Step to the middle of the picture."
    outside = sight.outside(np.array([np.inf, -_EDGE * sight.image_size_px[1]]))
    feet = [index[f"{s}_{p}"] for s in ("left", "right") for p in ("ankle", "heel", "foot_index")]
    head = [index["nose"], index["left_ear"], index["right_ear"]]
    head_off = bool(outside[head].any()) or _extent(sight)[0] < -0.02
    if outside[feet].any() and head_off:
        return "Step back until head and feet are in the picture."
    if outside[feet].any():
        return "Your feet are cut off: step back, or tilt the camera down."
    if head_off:
        return "Your head is cut off: step back, or tilt the camera up."
    return None


def _extent(sight: Observation) -> tuple[float, float, float]:
    """Return the crown, the hips and the soles, as shares of the picture's height from its top."""
    assert sight.pose is not None
    y = sight.pose.image_xy_px[:, 1] / sight.image_size_px[1]
    ears, shoulders, hips = (_mean(y, p) for p in ("ear", "shoulder", "hip"))
    soles = max(float(y[BLAZEPOSE.index[f"{s}_{p}"]]) for s in ("left", "right") for p in ("heel", "foot_index"))
    return ears - _CROWN * abs(shoulders - ears), hips, soles


def _mean(values: FloatArray, part: str) -> float:
    return float(values[[BLAZEPOSE.index[f"left_{part}"], BLAZEPOSE.index[f"right_{part}"]]].mean())


def _distance_problem(box: tuple[float, float, float], part: PartSpec) -> str | None:
    height = box[2] - box[0]
    if height < _SMALLEST:
        return "Come closer."
    if height > part.tallest:
        return "Step back a little."
    return None


def _turned_problem(poses: PoseSequence) -> str | None:
    tilt = compute_body_tilt(poses)
    if tilt > _UPSIDE_DOWN_DEG:
        return "The picture is upside down: turn the camera round."
    return "The picture lies on its side: turn the camera upright." if tilt > _ON_ITS_SIDE_DEG else None


def _crooked(roll: Roll) -> str | None:
    return "The camera stands crooked: put it level." if abs(roll.deg) >= _ROLL_DEG else None


def _camera_problem(reference: StandingReference, box: tuple[float, float, float], lines: Roll | None) -> str | None:
    poses = reference.poses
    stander = roll_of_stander(poses, np.ones(len(poses), dtype=bool), float(np.nan_to_num(reference.view.yaw_deg)))
    if crooked := _crooked(combine_rolls(lines, stander)):
        return crooked
    up = sum((poses.world(f"{s}_shoulder") - poses.world(f"{s}_ankle"))[0] for s in ("left", "right"))
    tilt = float(np.degrees(np.arctan2(up[2], -up[1])))
    if box[1] > _HIPS[1]:
        return "You are low in the picture: tilt the camera down, or put it lower."
    if box[1] < _HIPS[0]:
        return "You are high in the picture: tilt the camera up, or put it higher."
    if tilt > _TILT_UP_DEG:
        return "The camera looks up at you: put it at hip height and level."
    if tilt < _TILT_DOWN_DEG:
        return "The camera looks down at you: put it at hip height and level."
    return None


def _light_problem(light: Light | None) -> str | None:
    if light is None:
        return None
    if max(light.person, light.around) < _DARK:
        return "It is too dark: switch on a light."
    if light.around > _BACKLIT_AROUND and light.person < _BACKLIT_SHARE * light.around:
        return "The light is behind you: turn the camera away from the window."
    return None


def _view_problem(reference: StandingReference, part: PartSpec) -> str | None:
    view = reference.view
    if view.kind.value != part.view:
        if part.view == "front":
            return "Turn to face the camera."
        return f"Turn your {part.near} side to the camera." if part.near else "Turn sideways to the camera."
    if part.near and view.kind is ViewKind.SIDE and view.near_side != part.near:
        return f"Turn round: your {part.near} side to the camera."
    return None


def _bent_problem(reference: StandingReference, start: StartSpec) -> str | None:
    poses = reference.poses
    knees = [_knee_flexion(poses, side) for side in ("left", "right")]
    shoulder, hip = ((poses.world(f"left_{p}") + poses.world(f"right_{p}"))[0] / 2 for p in ("shoulder", "hip"))
    trunk = shoulder - hip
    size = float(np.linalg.norm(trunk))
    if size > 0 and 1.0 + trunk[1] / size > _BENT_TRUNK:
        return "Stand upright."
    if min(knees) > start.most_knee_bend_deg:
        return "Straighten your legs."
    return None


def _feet_problem(reference: StandingReference, part: PartSpec) -> str | None:
    if part.feet == "split":
        ahead = _split(reference)
        if abs(ahead) < _STEP:
            return f"Take a long step: {part.side} foot in front."
        if (ahead > 0) != (part.side == "left"):
            return f"The other leg: {part.side} foot in front."
    elif abs(_split(reference)) > _STEP:
        return "Put your feet side by side."
    return None


def _knee_flexion(poses: PoseSequence, side: str) -> float:
    hip, knee, ankle = (poses.world(f"{side}_{p}")[0] for p in ("hip", "knee", "ankle"))
    a, b = hip - knee, ankle - knee
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return 180.0 - float(np.degrees(np.arccos(np.clip(a @ b / size, -1, 1)))) if size > 0 else 0.0


def _split(reference: StandingReference) -> float:
    """Return how far the left foot is ahead of the right one, leg lengths."""
    poses, yaw = reference.poses, np.radians(reference.view.yaw_deg)
    forward = np.array([np.sin(yaw), 0.0, -np.cos(yaw)])
    return float((poses.world("left_ankle") - poses.world("right_ankle"))[0] @ forward / reference.leg_length_m)


def _still_problem(poses: PoseSequence, leg_px: float) -> str | None:
    hip = (poses.xy("left_hip") + poses.xy("right_hip")) / 2 / leg_px
    seen = hip[np.isfinite(hip).all(axis=1)]
    if len(seen) < 4:
        return "Stand still."
    half = len(seen) // 2
    moved = float(np.linalg.norm(np.median(seen[half:], axis=0) - np.median(seen[:half], axis=0)))
    return "Stand still." if moved / (float(poses.time_s[-1]) / 2) > _STILL else None
