"""Every signal, registered once: name, unit, plane, direction, views, and how it is computed.

To add a signal, write one decorated function here. The function receives a :class:`BodyFrame` (and the side, for a pair) and
returns ``(n,)`` values; the registry takes care of the specification, the column name and the views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import NotRequired, TypedDict, Unpack

import numpy as np

from movescreen.kinematics.body import MIN_PROJECTED_SHARE, BodyFrame
from movescreen.kinematics.frontal import (
    picture_shift,
    read_fppa,
    read_knee_separation,
    read_lateral_lean,
    read_lateral_shift,
    read_medial_offset,
    read_pelvic_obliquity,
)
from movescreen.kinematics.geometry import (
    compute_angle_between,
    compute_flexion,
    compute_frontal_projection_angle,
    compute_inclination,
    compute_length,
    compute_tilt_from_horizontal,
    wrap_degrees,
)
from movescreen.kinematics.sagittal import (
    reach_of_shoulders,
    read_hip_flexion,
    read_knee_flexion,
    read_shank_inclination,
    read_thigh_elevation,
    read_trunk_inclination,
)
from movescreen.model import BoolArray, FloatArray, Plane, ReadOut, SignalSpec
from movescreen.registry import Registry

_HIPS, _SHOULDERS = ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
_KNEES, _ANKLES = ("left_knee", "right_knee"), ("left_ankle", "right_ankle")
_TOES = ("left_foot_index", "right_foot_index")

SIDE_VIEW = ("side",)
#: Where a frontal plane is seen: read in the picture from the square front, else in three dimensions.
FRONTAL_VIEWS = ("front", "oblique", "back")
#: Wherever a person is seen whole.
SEEN_VIEW = ("side", "front", "oblique", "back")
ANY_VIEW = ("front", "side", "oblique", "back", "unknown")

#: Points followed under the ankle rise by about this share of the heel's own rise, on rendered people.
_REAR_FOOT_LEVER = 0.55

#: With less forward lean than this the curl of the spine is not related to it.
_LEAST_LEAN_DEG = 25.0

#: With less difference in height than this share of the leg neither foot is the higher one.
_LEAST_LIFT = 0.1

#: Sine of the turn against the camera from which on front and behind can be seen in the picture.
_TURNED_ENOUGH = 0.47

#: How far, in leg lengths, shoulders may be beside the feet, and how far off their reach in three dimensions may be.
_ASIDE_SD, _LIFTED_SD = 0.12, 0.15

SideFunction = Callable[[BodyFrame, str], FloatArray]


@dataclass(frozen=True)
class Signal:
    """A registered signal.

    Attributes
    ----------
    spec
        What it is.
    compute
        Computes it from the body; None for a derived signal.
    inputs, derive
        Signals that a derived signal is made of, and the function that combines their (corrected) values.
    needs_rest
        It holds places in the picture against earlier ones, so that a camera that moves unseen looks like the person moving.
    in_space
        Reads it in three dimensions wherever the camera stands; None for a signal that has no such reading.
    coordinate
        The coordinate of OpenSim's full-body models that it is when pelvis and trunk are one piece, a minus in front where that counts the
        other way; empty where there is none.
    """

    spec: SignalSpec
    compute: Callable[[BodyFrame], FloatArray] | None
    inputs: tuple[str, ...] = ()
    derive: Callable[..., FloatArray] | None = None
    needs_rest: bool = False
    in_space: Callable[[BodyFrame], FloatArray] | None = None
    coordinate: str = ""


#: All signals by name.
SIGNALS: Registry[Signal] = Registry("signal")


class Facts(TypedDict):
    """What every registration says of a signal; see :class:`movescreen.model.SignalSpec`.

    Without a plane it is read in space; without views it is read from wherever its plane can be seen.
    """

    title: str
    unit: str
    zero: str
    positive: str
    definition: str
    plane: NotRequired[Plane]
    views: NotRequired[tuple[str, ...]]
    ratio_scale: NotRequired[bool]
    rank: NotRequired[int]
    column_place: NotRequired[int]
    read_out: NotRequired[ReadOut]
    needs_rest: NotRequired[bool]
    possible: NotRequired[tuple[float, float]]
    in_space: NotRequired[Callable[..., FloatArray]]
    coordinate: NotRequired[str]


#: Facts that belong to the registration, not to the specification.
_NOT_OF_THE_SPEC = ("needs_rest", "in_space", "coordinate")
#: View in which a plane lies in the picture, and those from which it can be seen.
_SQUARE = {Plane.SAGITTAL: SIDE_VIEW[0], Plane.FRONTAL: FRONTAL_VIEWS[0]}
_SEEN_FROM = {Plane.SAGITTAL: SEEN_VIEW, Plane.FRONTAL: FRONTAL_VIEWS, Plane.ANY: ANY_VIEW}


def _read_either(in_picture: Callable[..., FloatArray], facts: Facts) -> Callable[..., FloatArray]:
    """Return what reads a signal in the picture where its plane lies there, and in space (``in_space``) where the person is turned.

    A leg that is hidden behind the other one is left out.
    """
    in_space, plane = facts.get("in_space"), facts.get("plane")
    if in_space is None:
        return in_picture

    def read(body: BodyFrame, *side: str) -> FloatArray:
        value = (in_picture if plane and body.view.square == _SQUARE[plane] else in_space)(body, *side)
        return np.where(body.leg_is_seen(*side), value, np.nan) if side and plane is Plane.SAGITTAL else value

    return read


def _add(item: Signal) -> None:
    namesake = next((s.spec for s in SIGNALS.values() if s.spec.title == item.spec.title), None)
    if namesake is not None and namesake.stem != item.spec.stem:
        raise RuntimeError(f"signals {namesake.stem} and {item.spec.stem} are both called {item.spec.title}")
    SIGNALS.add(item.spec.name, item)


def _of_side(read_out: ReadOut | None, side: str) -> ReadOut | None:
    """Return how a value of one side is written: a leading dot of a landmark stands for the side."""
    if read_out is None:
        return None
    at, text_at = _name_side(read_out.at, side), _name_side(read_out.text_at, side)
    arm_from, arm_to = _name_side(read_out.arm_from, side), _name_side(read_out.arm_to, side)
    return replace(read_out, at=at, text_at=text_at, arm_from=arm_from, arm_to=arm_to)


def _name_side(landmarks: Iterable[str], side: str) -> tuple[str, ...]:
    return tuple(f"{side}_{name[1:]}" if name.startswith(".") else name for name in landmarks)


def _specify(name: str, side: str, landmarks: tuple[str, ...], facts: Facts) -> SignalSpec:
    plane = facts.get("plane", Plane.ANY)
    own: dict[str, object] = {"plane": plane, "views": _SEEN_FROM[plane]}
    own |= {name: value for name, value in facts.items() if name not in _NOT_OF_THE_SPEC}
    own["read_out"] = _of_side(facts.get("read_out"), side)
    return SignalSpec(name=f"{name}_{side}" if side else name, side=side, landmarks=landmarks, **own)  # type: ignore[arg-type]


def signal(
    name: str, *, landmarks: str, **facts: Unpack[Facts]
) -> Callable[[Callable[[BodyFrame], FloatArray]], Callable[[BodyFrame], FloatArray]]:
    """Register a signal without a side. ``landmarks`` are names separated by spaces.

    The function reads in the picture; ``in_space``, if there is one, where the signal's plane does not lie in it.
    """

    def register(function: Callable[[BodyFrame], FloatArray]) -> Callable[[BodyFrame], FloatArray]:
        needs_rest, coordinate = facts.get("needs_rest", False), facts.get("coordinate", "")
        spec, in_space = _specify(name, "", tuple(landmarks.split()), facts), facts.get("in_space")
        read = _read_either(function, facts)
        _add(Signal(spec, read, needs_rest=needs_rest, in_space=in_space, coordinate=coordinate))
        return function

    return register


def sided_signal(name: str, *, landmarks: str, **facts: Unpack[Facts]) -> Callable[[SideFunction], SideFunction]:
    """Register ``name_left`` and ``name_right``. In ``landmarks`` and read-outs a leading dot stands for the side: ``.hip``."""

    def register(function: SideFunction) -> SideFunction:
        for side in ("left", "right"):
            spec = _specify(name, side, _name_side(landmarks.split(), side), facts)
            in_space = facts.get("in_space")
            in_space = in_space and partial(_of_one_side, in_space, side)
            compute = partial(_of_one_side, _read_either(function, facts), side)
            needs_rest, named = facts.get("needs_rest", False), facts.get("coordinate", "")
            coordinate = f"{named}_{side[0]}" if named else ""
            _add(Signal(spec, compute, needs_rest=needs_rest, in_space=in_space, coordinate=coordinate))
        return function

    return register


def _of_one_side(function: SideFunction, side: str, body: BodyFrame) -> FloatArray:
    return function(body, side)


def derived_signal(
    name: str, *, inputs: str, **facts: Unpack[Facts]
) -> Callable[[Callable[..., FloatArray]], Callable[..., FloatArray]]:
    """Register ``name_left`` and ``name_right`` made of other signals, registered before.

    In ``inputs`` a trailing dot stands for the side: ``shank_inclination.``. Made after corrections, so that a difference
    is always the difference of the two numbers beside it.
    """

    def register(function: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
        for side in ("left", "right"):
            names = tuple(f"{n[:-1]}_{side}" if n.endswith(".") else n for n in inputs.split())
            marks = tuple(dict.fromkeys(m for n in names for m in SIGNALS[n].spec.landmarks))
            _add(Signal(_specify(name, side, marks, facts), None, names, function))
        return function

    return register


def title_of_signal(name: str) -> str:
    """Return the everyday name of a signal given without its side; of one that is not registered, its own name."""
    found = SIGNALS.get(name) or SIGNALS.get(f"{name}_left")
    return found.spec.title if found else name.replace("_", " ").capitalize()


# --- sagittal plane, from the side ----------------------------------------------------------------------------------


@sided_signal(
    "knee_flexion",
    title="Knee bend",
    coordinate="knee_angle",
    ratio_scale=True,
    rank=1,
    column_place=1,
    read_out=ReadOut("knee {value} deg", (".knee",), arm_from=(".hip",), arm_to=(".ankle",), extended=True),
    unit="deg",
    plane=Plane.SAGITTAL,
    landmarks=".hip .knee .ankle",
    zero="leg straight",
    positive="knee more bent",
    in_space=read_knee_flexion,
    definition="180 minus the angle hip-knee-ankle: in the picture from the side, else in three dimensions.",
)
def compute_knee_flexion(body: BodyFrame, side: str) -> FloatArray:
    """Return knee flexion, degrees."""
    return compute_flexion(body.xy(f"{side}_hip"), body.xy(f"{side}_knee"), body.xy(f"{side}_ankle"))


@sided_signal(
    "hip_flexion",
    title="Hip bend",
    coordinate="hip_flexion",
    ratio_scale=True,
    rank=5,
    column_place=2,
    read_out=ReadOut("hip {value} deg", (".hip",), "behind"),
    unit="deg",
    plane=Plane.SAGITTAL,
    landmarks=".shoulder .hip .knee .ankle",
    zero="thigh in line with the trunk",
    positive="thigh and trunk closer together",
    in_space=read_hip_flexion,
    definition="180 minus the angle shoulder-hip-knee, in the picture from the side, else in three dimensions: a trunk-thigh angle that includes pelvis and lumbar motion.",
)
def compute_hip_flexion(body: BodyFrame, side: str) -> FloatArray:
    """Return the trunk-thigh angle, degrees."""
    return compute_flexion(body.xy(f"{side}_shoulder"), body.xy(f"{side}_hip"), body.xy(f"{side}_knee"))


@sided_signal(
    "shank_inclination",
    title="Forward lean of the shin",
    ratio_scale=True,
    rank=7,
    column_place=3,
    read_out=ReadOut("shank {value} deg", (".ankle",), "behind", arm_to=(".knee",)),
    unit="deg",
    plane=Plane.SAGITTAL,
    landmarks=".knee .ankle",
    zero="shank vertical",
    positive="knee ahead of the ankle",
    in_space=read_shank_inclination,
    definition="Ankle to knee, from the vertical: in the picture from the side, else in three dimensions.",
)
def compute_shank_inclination(body: BodyFrame, side: str) -> FloatArray:
    """Return the tilt of the shank, degrees."""
    return compute_inclination(body.xy(f"{side}_ankle"), body.xy(f"{side}_knee"), body.forward_sign)


@signal(
    "trunk_inclination",
    title="Forward lean of the trunk",
    coordinate="-pelvis_tilt",
    rank=2,
    column_place=4,
    read_out=ReadOut("trunk {value} deg", _HIPS, "behind", rise=1.0, arm_to=_SHOULDERS),
    unit="deg",
    plane=Plane.SAGITTAL,
    landmarks="left_shoulder right_shoulder left_hip right_hip",
    zero="trunk upright",
    positive="trunk leaning forward",
    in_space=read_trunk_inclination,
    definition="Mid-hip to mid-shoulder, from the vertical: in the picture from the side, else from the trunk's height over its length in standing.",
)
def compute_trunk_inclination(body: BodyFrame) -> FloatArray:
    """Return the forward tilt of the trunk, degrees; beyond 90 the shoulders are below the hips."""
    return compute_inclination(body.xy("mid_hip"), body.xy("mid_shoulder"), body.forward_sign)


@sided_signal(
    "thigh_elevation",
    title="Thigh above level",
    unit="deg",
    plane=Plane.SAGITTAL,
    landmarks=".hip .knee .ankle",
    zero="thigh level",
    positive="hip above the knee",
    in_space=read_thigh_elevation,
    definition="Knee to hip, from the horizontal, in the picture from the side, else in three dimensions; 90 when standing, below 0 when the hip sinks under the knee.",
)
def compute_thigh_elevation(body: BodyFrame, side: str) -> FloatArray:
    """Return how far the thigh is above level, degrees: the depth of a squat."""
    return compute_tilt_from_horizontal(body.xy(f"{side}_knee"), body.xy(f"{side}_hip"))


@derived_signal(
    "trunk_shank_difference",
    title="Trunk lean beyond the shin",
    unit="deg",
    plane=Plane.SAGITTAL,
    inputs="trunk_inclination shank_inclination.",
    zero="trunk parallel to the shank",
    positive="trunk leaning further than the shank",
    definition="Trunk inclination minus shank inclination.",
)
def compute_trunk_shank_difference(trunk: FloatArray, shank: FloatArray) -> FloatArray:
    """Return trunk minus shank inclination, degrees."""
    return trunk - shank


@sided_signal(
    "shoulder_flexion",
    title="Arm raise",
    coordinate="arm_flex",
    ratio_scale=True,
    rank=9,
    column_place=11,
    read_out=ReadOut("arm {value} deg", (".shoulder",)),
    unit="deg",
    plane=Plane.SAGITTAL,
    views=SIDE_VIEW,
    landmarks=".elbow .shoulder .hip",
    zero="arm along the trunk",
    positive="arm raised; 180 overhead",
    definition="Angle between the upper arm and the line from the shoulder to the hip, in the picture.",
)
def compute_shoulder_flexion(body: BodyFrame, side: str) -> FloatArray:
    """Return shoulder flexion, degrees; the far arm is hidden by the trunk and stays empty."""
    if side != body.view.near_side:
        return np.full(len(body.poses), np.nan)
    shoulder = body.xy(f"{side}_shoulder")
    return compute_angle_between(body.xy(f"{side}_elbow") - shoulder, body.xy(f"{side}_hip") - shoulder)


@sided_signal(
    "arm_fall",
    title="Arms ahead of the trunk",
    unit="deg",
    plane=Plane.SAGITTAL,
    views=SIDE_VIEW,
    landmarks=".wrist .shoulder left_hip right_hip left_shoulder right_shoulder",
    zero="arm in line with the trunk, overhead",
    positive="hand in front of the trunk line",
    definition="Line from shoulder to wrist against the line from mid-hip to mid-shoulder prolonged upward.",
)
def compute_arm_fall(body: BodyFrame, side: str) -> FloatArray:
    """Return how far a raised arm has fallen forward of the trunk line, degrees."""
    if side != body.view.near_side:
        return np.full(len(body.poses), np.nan)
    arm = compute_inclination(body.xy(f"{side}_shoulder"), body.xy(f"{side}_wrist"), body.forward_sign)
    fall = arm - compute_trunk_inclination(body)
    # hanging arms are near the cut at 180: cut behind the back instead, where no arm goes
    return np.asarray((fall + 90.0) % 360.0 - 90.0)


@sided_signal(
    "heel_rise",
    title="Heel height",
    needs_rest=True,
    rank=10,
    column_place=10,
    unit="pct",
    plane=Plane.SAGITTAL,
    views=SIDE_VIEW,
    landmarks=".heel .foot_index",
    possible=(0.0, 80.0),
    zero="heel at its standing height",
    positive="heel off the floor",
    definition="Heel above the toes beyond its height in standing, in percent of the foot's length; from points followed on the shoe, empty where they are lost; from the landmarks of poses without pictures only.",
)
def compute_heel_rise(body: BodyFrame, side: str) -> FloatArray:
    """Return the rise of the heel, % of foot length; the far foot is too poorly seen and stays empty."""
    heel, toe = body.xy(f"{side}_heel"), body.xy(f"{side}_foot_index")
    foot = body.standing_median(compute_length(heel, toe))
    if not foot > 0 or side != body.view.near_side:
        return np.full(len(body.poses), np.nan)
    # against the toes, so that a person who seems to grow or to move does not seem to rise
    above = toe[:, 1] - heel[:, 1]
    landmark = 100.0 * (above - body.standing_median(above)) / foot
    followed = body.poses.extras.get(f"heel_lift_{side}_px")
    # the landmark drifts when the shank tips forward: where a picture was looked at, it never speaks
    return np.asarray(landmark if followed is None else 100.0 * followed / (_REAR_FOOT_LEVER * foot))


@signal(
    "spine_curl",
    title="Rounding of the back",
    unit="ratio",
    plane=Plane.SAGITTAL,
    views=SIDE_VIEW,
    landmarks="left_ear right_ear left_shoulder right_shoulder left_hip right_hip",
    zero="trunk and head bend forward in one piece",
    positive="upper back and neck curl forward more than the trunk leans",
    definition="Bend between trunk line and shoulder-to-ear line, against standing, over the lean of the trunk against standing, along the middle and the near side of the body; empty below 25 degrees of lean.",
)
def compute_spine_curl(body: BodyFrame) -> FloatArray:
    """Return how much upper back and neck curl for each degree of forward lean: a stand-in for a back that rounds.

    There is no landmark on the low back, so its bend cannot be read. A back that bends rather than the hips usually carries
    the upper back along, which turns the line from shoulders to ears. Read along the middle of the body and along the side
    next to the camera, whose ear, shoulder and hip are seen best; the mean of the two.
    """
    trunk = compute_trunk_inclination(body)
    lean = trunk - body.standing_median(trunk)
    curls = [_bend_of_head(body, part) for part in ("mid", body.view.near_side or "mid")]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(lean > _LEAST_LEAN_DEG, (curls[0] + curls[1]) / (2 * lean), np.nan)


def _bend_of_head(body: BodyFrame, part: str) -> FloatArray:
    """Return the bend between trunk line and shoulder-to-ear line against standing, degrees."""
    hip, shoulder, ear = (body.xy(f"{part}_{name}") for name in ("hip", "shoulder", "ear"))
    trunk, head = (compute_inclination(*line, body.forward_sign) for line in ((hip, shoulder), (shoulder, ear)))
    bend = wrap_degrees(head - trunk)
    return np.asarray(bend - body.standing_median(bend))


# --- frontal plane, from the front and from behind ----------------------------------------------------------------------------------


@sided_signal(
    "fppa",
    title="Knee line from the front",
    column_place=7,
    read_out=ReadOut(
        "knee{sense} {value} deg",
        (".knee",),
        "outward",
        (" in", " out"),
        arm_from=(".hip",),
        arm_to=(".ankle",),
        extended=True,
    ),
    unit="deg",
    plane=Plane.FRONTAL,
    landmarks=".hip .knee .ankle",
    zero="hip, knee and ankle in one line",
    positive="knee towards the midline (valgus)",
    in_space=read_fppa,
    definition="Frontal-plane projection angle: bend at the knee of the projected thigh and shank, in the picture from the front, else in three dimensions; empty where a segment points at the camera.",
)
def compute_fppa(body: BodyFrame, side: str) -> FloatArray:
    """Return the frontal-plane projection angle, degrees."""
    hip, knee, ankle = (body.xy(f"{side}_{p}") for p in ("hip", "knee", "ankle"))
    value = compute_frontal_projection_angle(hip, knee, ankle, 1.0 if side == "left" else -1.0)
    thigh, shank = compute_length(hip, knee), compute_length(knee, ankle)
    # half a leg is about one segment: a projected segment under 30 % of it points at the camera
    least = MIN_PROJECTED_SHARE * body.leg_length_px / 2
    with np.errstate(invalid="ignore"):
        return np.where((thigh > least) & (shank > least), value, np.nan)


@signal(
    "knee_ankle_separation_ratio",
    title="Knee width against ankle width",
    rank=3,
    column_place=8,
    read_out=ReadOut("knees / ankles {value}", _ANKLES, "below", digits=2, text_at=_TOES, spans=(_KNEES, _ANKLES)),
    unit="ratio",
    plane=Plane.FRONTAL,
    landmarks="left_knee right_knee left_ankle right_ankle",
    zero="1 when the knees are exactly as far apart as the ankles",
    positive="knees further apart",
    in_space=read_knee_separation,
    definition="Distance between the knees over the distance between the ankles, across the picture from the front, else in three dimensions.",
)
def compute_knee_ankle_separation(body: BodyFrame) -> FloatArray:
    """Return the knee/ankle separation ratio; empty when the ankles are too close together to divide by."""
    knees = body.xy("left_knee")[:, 0] - body.xy("right_knee")[:, 0]
    ankles = body.xy("left_ankle")[:, 0] - body.xy("right_ankle")[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(ankles > 0.08 * body.leg_length_px, knees / ankles, np.nan)


@sided_signal(
    "knee_medial_offset",
    title="Knee inward of the ankle",
    unit="pct",
    plane=Plane.FRONTAL,
    landmarks=".knee .ankle",
    zero="knee above the ankle",
    positive="knee towards the midline",
    in_space=read_medial_offset,
    definition="Knee inward of the ankle, across the picture from the front, else in three dimensions, in percent of the leg's length.",
)
def compute_knee_medial_offset(body: BodyFrame, side: str) -> FloatArray:
    """Return how far the knee is inward of the ankle, % of leg length."""
    inward = -1.0 if side == "left" else 1.0
    off = body.xy(f"{side}_knee")[:, 0] - body.xy(f"{side}_ankle")[:, 0]
    return np.asarray(100.0 * inward * off / body.leg_length_px)


@signal(
    "lateral_shift",
    title="Sideways shift of the hips",
    rank=4,
    column_place=9,
    read_out=ReadOut("shift {value} %{sense}", _HIPS, "behind", (" left", " right"), text_at=("right_hip",)),
    unit="pct",
    plane=Plane.FRONTAL,
    landmarks="left_hip right_hip left_ankle right_ankle",
    zero="mid-hip above the middle of the ankles",
    positive="pelvis to the person's left",
    in_space=read_lateral_shift,
    definition="Mid-hip off the middle of the ankles, across the picture from the front, else in three dimensions, in percent of the distance between the ankles.",
)
def compute_lateral_shift(body: BodyFrame) -> FloatArray:
    """Return the sideways shift of the pelvis, % of ankle width."""
    return picture_shift(body)


@signal(
    "pelvic_obliquity",
    title="Tilt of the pelvis",
    coordinate="pelvis_list",
    rank=8,
    column_place=6,
    read_out=ReadOut(
        "pelvis {value} deg{sense}",
        _HIPS,
        "behind",
        (" left higher", " right higher"),
        text_at=("right_hip",),
        spans=(_HIPS,),
    ),
    unit="deg",
    plane=Plane.FRONTAL,
    landmarks="left_hip right_hip",
    zero="hips level",
    positive="left hip higher",
    in_space=read_pelvic_obliquity,
    definition="Line from the right hip to the left hip, from the picture's horizontal; the distance between the hips is that of standing where the person is turned.",
)
def compute_pelvic_obliquity(body: BodyFrame) -> FloatArray:
    """Return the tilt of the pelvis in the frontal plane, degrees."""
    return compute_tilt_from_horizontal(body.xy("right_hip"), body.xy("left_hip"))


@signal(
    "trunk_lateral_lean",
    title="Sideways lean of the trunk",
    rank=6,
    column_place=5,
    read_out=ReadOut(
        "lean {value} deg{sense}", _HIPS, senses=(" left", " right"), text_at=("left_shoulder",), arm_to=_SHOULDERS
    ),
    unit="deg",
    plane=Plane.FRONTAL,
    landmarks="left_shoulder right_shoulder left_hip right_hip",
    zero="trunk upright",
    positive="trunk leaning to the person's left",
    in_space=read_lateral_lean,
    definition="Mid-hip to mid-shoulder, from the picture's vertical, where the person is turned without what goes forward; empty when the trunk points at the camera.",
)
def compute_trunk_lateral_lean(body: BodyFrame) -> FloatArray:
    """Return the sideways tilt of the trunk, degrees."""
    hip, shoulder = body.xy("mid_hip"), body.xy("mid_shoulder")
    # facing the camera, the person's left is image right
    lean = compute_inclination(hip, shoulder, 1.0)
    length = compute_length(hip, shoulder)
    full = body.standing_median(length)
    with np.errstate(invalid="ignore"):
        return np.where(length > 0.45 * full, lean, np.nan)


# --- any view: what drives repetitions and tells movements apart ----------------------------------------------------


@signal(
    "pelvis_drop",
    title="Drop of the hips",
    unit="ratio",
    landmarks="left_hip right_hip left_ankle right_ankle",
    zero="legs straight",
    positive="pelvis lower",
    definition="1 minus the height of mid-hip above mid-ankle over the leg length, in the picture.",
)
def compute_pelvis_drop(body: BodyFrame) -> FloatArray:
    """Return how far the pelvis has sunk, share of leg length."""
    height = body.xy("mid_ankle")[:, 1] - body.xy("mid_hip")[:, 1]
    return np.asarray(1.0 - height / body.leg_length_px)


@signal(
    "stance_drop",
    title="Drop of the hips over the standing foot",
    unit="ratio",
    landmarks="left_hip right_hip left_ankle right_ankle",
    zero="standing leg straight",
    positive="pelvis lower",
    definition="1 minus the height of mid-hip above the lower ankle over the leg length, in the picture.",
)
def compute_stance_drop(body: BodyFrame) -> FloatArray:
    """Return how far the pelvis has sunk over the foot on the ground, share of leg length."""
    lower = np.maximum(body.xy("left_ankle")[:, 1], body.xy("right_ankle")[:, 1])
    return np.asarray(1.0 - (lower - body.xy("mid_hip")[:, 1]) / body.leg_length_px)


@signal(
    "trunk_drop",
    title="Drop of the shoulders against the hips",
    unit="ratio",
    landmarks="left_shoulder right_shoulder left_hip right_hip",
    zero="trunk upright",
    positive="shoulders lower against the hips",
    definition="1 minus the height of mid-shoulder above mid-hip over the standing trunk length, in the picture.",
)
def compute_trunk_drop(body: BodyFrame) -> FloatArray:
    """Return how far the trunk has bent down: 0 upright, 1 level, above 1 beyond level."""
    hip, shoulder = body.xy("mid_hip"), body.xy("mid_shoulder")
    length = body.standing_median(compute_length(hip, shoulder))
    return np.asarray(1.0 - (hip[:, 1] - shoulder[:, 1]) / length)


@signal(
    "body_rise",
    title="Height of the body against standing",
    needs_rest=True,
    unit="ratio",
    landmarks="left_hip right_hip",
    zero="standing height",
    positive="body higher; below 0 when it sinks or sits",
    definition="Mid-hip above its place in standing over the leg length, in the picture.",
)
def compute_body_rise(body: BodyFrame) -> FloatArray:
    """Return how far the body is above its standing height, share of leg length."""
    height = body.xy("mid_hip")[:, 1]
    return np.asarray((body.standing_median(height) - height) / body.leg_length_px)


@signal(
    "foot_clearance",
    title="Both feet off the ground",
    needs_rest=True,
    unit="ratio",
    landmarks="left_ankle right_ankle",
    zero="a foot on the ground",
    positive="both feet higher",
    definition="The less raised ankle above its place in standing over the leg length, in the picture.",
)
def compute_foot_clearance(body: BodyFrame) -> FloatArray:
    """Return how far both feet are above the ground, share of leg length."""
    rises = [
        body.standing_median(height) - height for s in ("left", "right") for height in (body.xy(f"{s}_ankle")[:, 1],)
    ]
    return np.asarray(np.minimum(rises[0], rises[1]) / body.leg_length_px)


@signal(
    "bend_dominance",
    title="Trunk bend against leg bend",
    unit="ratio",
    landmarks="left_shoulder right_shoulder left_hip right_hip left_ankle right_ankle",
    zero="trunk upright",
    positive="trunk bends more than the legs",
    definition="Trunk drop over pelvis drop (plus 0.03, so that it stays finite when standing).",
)
def compute_bend_dominance(body: BodyFrame) -> FloatArray:
    """Return how much of the movement is the trunk's: small in a squat, large in a bend."""
    return np.asarray(compute_trunk_drop(body) / (np.maximum(compute_pelvis_drop(body), 0.0) + 0.03))


@signal(
    "stance_split",
    title="One leg ahead of the other",
    unit="ratio",
    landmarks="left_hip right_hip left_knee right_knee left_ankle right_ankle left_foot_index right_foot_index",
    zero="legs side by side",
    positive="left leg in front",
    definition="Left ankle ahead of the right one along the person's forward direction and higher, from world landmarks; in the picture, left knee above the right one and left toes less below their ankle than the right ones; left knee more bent; over the leg length, each weighed by the turn to the camera: the knee in front stays high, the one behind goes to the floor, and its foot stands on the toes.",
)
def compute_stance_split(body: BodyFrame) -> FloatArray:
    """Return how far one leg is ahead of the other, share of leg length."""
    cosine = float(np.cos(np.radians(body.view.yaw_deg)))
    knee, ankle, toes = (
        (body.xy(f"right_{part}") - body.xy(f"left_{part}"))[:, 1] / body.leg_length_px
        for part in ("knee", "ankle", "foot_index")
    )
    lifted = (body.legs["left"].flexion_deg - body.legs["right"].flexion_deg) / 100.0
    rough = compute_knee_bend_difference(body) / 100.0
    weights = _SPLIT_WEIGHTS @ np.array([1.0, cosine, cosine**2])
    told = [compute_foot_ahead(body), knee, toes - ankle, compute_foot_lift(body), rough, lifted]
    return np.asarray(weights @ np.stack(told))


def compute_foot_ahead(body: BodyFrame) -> FloatArray:
    """Return the front-to-back distance of the feet, the left one ahead, share of leg length."""
    _, forward = body.person_axes()
    return np.asarray((body.world("left_ankle") - body.world("right_ankle")) @ forward / body.leg_length_m)


#: Weights of foot ahead, knee higher, foot less pitched, foot higher and knee more bent (twice); each for 1, the turn's cosine and its
#: square. Fitted to lunges against squats and bends of sixteen rendered bodies, families left out, and drawn squats on one leg; scaled so that
#: long steps read about 1.
_SPLIT_WEIGHTS = np.array(
    [[0.86, 0.09, 0.22], [1.08, -0.63, 0.05], [0.71, -1.960, 3.68], [-0.91, 0.16, 0.87], [0.16, -0.10, -0.44], [0.10, -0.12, -0.05]]
)  # fmt: skip


@signal(
    "foot_lift",
    title="Foot off the ground",
    unit="ratio",
    landmarks="left_ankle right_ankle",
    zero="feet at one height",
    positive="left foot higher",
    definition="Left ankle above the right one over the leg length, from world landmarks.",
)
def compute_foot_lift(body: BodyFrame) -> FloatArray:
    """Return the difference in height of the feet, share of leg length."""
    return np.asarray((body.world("right_ankle") - body.world("left_ankle"))[:, 1] / body.leg_length_m)


@signal(
    "lifted_foot_behind",
    title="Lifted foot behind the other one",
    unit="ratio",
    landmarks="left_ankle right_ankle",
    zero="higher foot beside the lower one",
    positive="higher foot further behind; below 0 in front",
    definition="Higher ankle behind the lower one along the person's forward direction over the leg length, from world landmarks. Empty while both feet are at about one height.",
)
def compute_lifted_foot_behind(body: BodyFrame) -> FloatArray:
    """Return how far the higher foot is behind the lower one, share of leg length: far in a lunge, little on one leg."""
    lift = compute_foot_lift(body)
    return np.where(np.abs(lift) > _LEAST_LIFT, -np.sign(lift) * compute_foot_ahead(body), np.nan)


@signal(
    "shoulders_behind_feet",
    title="Shoulders behind the feet",
    unit="ratio",
    landmarks="left_shoulder right_shoulder left_hip right_hip left_knee right_knee left_ankle right_ankle",
    zero="shoulders over the ankles",
    positive="shoulders further behind",
    definition="Mid-shoulder behind mid-ankle over the leg length, from the picture, the turn of the person, and legs and trunk in three dimensions: what goes across the picture may go aside. Empty for who faces the camera or turns the back.",
)
def compute_shoulders_behind_feet(body: BodyFrame) -> FloatArray:
    """Return how far the trunk is behind the feet, share of leg length: nobody is far behind without a seat."""
    sine, cosine = (float(f(np.radians(body.view.yaw_deg))) for f in (np.sin, np.cos))
    if not abs(sine) >= _TURNED_ENOUGH:
        return np.full(len(body.poses), np.nan)
    across = (body.xy("mid_ankle") - body.xy("mid_shoulder"))[:, 0] / body.leg_length_px
    # two witnesses: the picture, were nothing aside, and the legs and the trunk in space
    seen, lifted = (sine / (cosine * _ASIDE_SD)) ** 2, _LIFTED_SD**-2
    return np.asarray((seen * across / sine - lifted * reach_of_shoulders(body)) / (seen + lifted))


def _register_knee_bend(
    name: str,
    title: str,
    positive: str,
    definition: str,
    choose: Callable[[FloatArray, FloatArray, FloatArray, BoolArray], FloatArray],
) -> None:
    """Register a rough bend of both knees, chosen from that in three dimensions, of the world landmarks, and of the hips' height."""

    @signal(
        name,
        title=title,
        unit="deg",
        landmarks="left_hip left_knee left_ankle right_hip right_knee right_ankle",
        zero="legs straight",
        positive=positive,
        definition=definition,
    )
    def compute(body: BodyFrame) -> FloatArray:
        lifted = (body.legs["left"].flexion_deg + body.legs["right"].flexion_deg) / 2
        rough = (_knee_bend_of(body, "left") + _knee_bend_of(body, "right")) / 2
        share = np.clip(1.0 - compute_pelvis_drop(body), 0.0, 1.0)
        asked = 180.0 - 2.0 * np.degrees(np.arcsin(share))
        return np.asarray(choose(lifted, rough, asked, _legs_have_no_depth(body)))


_register_knee_bend(
    "knee_bend",
    "Rough bend of both knees",
    "knees more bent",
    "The greater of two mean knee angles: that of the world landmarks, and the mean of that in three dimensions, from the lengths in standing, and of what the height of the hips asks for. Rough, tells movements apart, never reported as knee flexion.",
    lambda lifted, rough, asked, flat: np.fmax((lifted + asked) / 2.0, rough),
)
_register_knee_bend(
    "least_knee_bend",
    "Least bend of both knees",
    "knees surely bent",
    "The lesser of the mean knee angle in three dimensions and that of the world landmarks: what both agree on, tells a bend with straight legs from a lift. Seen from the front by a pose engine that tells no depth, the first alone.",
    lambda lifted, rough, asked, flat: np.fmin(lifted, np.where(flat, np.nan, rough)),
)


@signal(
    "arm_elevation",
    title="Rough raise of both arms",
    unit="deg",
    landmarks="left_shoulder left_elbow left_wrist right_shoulder right_elbow right_wrist left_hip right_hip",
    zero="arms along the trunk",
    positive="arms raised",
    definition="Angle of shoulder-elbow or shoulder-wrist, whichever is less raised, of the less raised arm against shoulder-hip in the world landmarks; an arm with a bent elbow, as of hands behind the head, counts as level at most: tells an overhead squat from others.",
)
def compute_arm_elevation(body: BodyFrame) -> FloatArray:
    """Return how far the arms are raised against the trunk, degrees; the least raised of elbows and hands counts, of the arms that are seen."""
    down = body.world("mid_hip") - body.world("mid_shoulder")
    arms = []
    for side in ("left", "right"):
        shoulder, elbow, wrist = (body.world(f"{side}_{part}") for part in ("shoulder", "elbow", "wrist"))
        raised = np.minimum(*(compute_angle_between(end - shoulder, down) for end in (elbow, wrist)))
        bent = compute_flexion(shoulder, elbow, wrist) > _OVERHEAD_ARM_DEG
        arms.append(np.where(bent, np.minimum(raised, _LEVEL_DEG), raised))
    return np.asarray(np.fmin(*arms))


# --- any view: what tells the movements of the catalog from all others ----------------------------------------------


@signal(
    "knee_bend_difference",
    title="One knee bent more than the other",
    unit="deg",
    landmarks="left_hip left_knee left_ankle right_hip right_knee right_ankle",
    zero="both knees bent alike",
    positive="left knee more bent",
    definition="Left minus right knee angle in the world landmarks: rough, tells movements apart, never reported as a difference between the legs.",
)
def compute_knee_bend_difference(body: BodyFrame) -> FloatArray:
    """Return how much more the left knee is bent in the world landmarks, degrees."""
    left, right = (_knee_bend_of(body, side) for side in ("left", "right"))
    return left - right


@signal(
    "feet_apart",
    title="Distance between the feet",
    unit="ratio",
    landmarks="left_ankle right_ankle",
    zero="feet in one place",
    positive="feet further apart, whichever way; below 0 where they cross",
    definition="Distance of the ankles in space over the leg length, from world landmarks; below 0 while the left ankle is more than a tenth of the leg length to the person's right of the right one.",
)
def compute_feet_apart(body: BodyFrame) -> FloatArray:
    """Return how far the ankles are from each other, share of leg length; below 0 where the feet cross."""
    between = (body.world("left_ankle") - body.world("right_ankle")) / body.leg_length_m
    apart = np.linalg.norm(between, axis=1)
    return np.asarray(np.where(between @ body.person_axes()[0] < -_CROSSED, -apart, apart))


@signal(
    "trunk_tilt",
    title="Tilt of the trunk, whichever way",
    unit="deg",
    landmarks="left_shoulder right_shoulder left_hip right_hip",
    zero="trunk upright",
    positive="trunk tilted further; 90 lying, beyond it the head hangs",
    definition="Mid-hip to mid-shoulder from the vertical in the world landmarks: rough, tells who is on hands and feet.",
)
def compute_trunk_tilt(body: BodyFrame) -> FloatArray:
    """Return the angle of the trunk from upright in the world landmarks, degrees."""
    trunk = body.world("mid_shoulder") - body.world("mid_hip")
    return compute_angle_between(trunk, np.broadcast_to(_WORLD_UP, trunk.shape))


@signal(
    "shoulder_line_tilt",
    title="Tilt of the shoulder line",
    unit="deg",
    landmarks="left_shoulder right_shoulder",
    zero="shoulders level, also when bent forward",
    positive="left shoulder lower",
    definition="Line through the shoulders from level in the world landmarks: rough, tells a bend to the side from one forward.",
)
def compute_shoulder_line_tilt(body: BodyFrame) -> FloatArray:
    """Return how much lower the left shoulder is than the right one in the world landmarks, degrees."""
    across = body.world("left_shoulder") - body.world("right_shoulder")
    return np.asarray(90.0 - compute_angle_between(across, np.broadcast_to(-_WORLD_UP, across.shape)))


@signal(
    "arms_from_hanging",
    title="Arms away from hanging",
    unit="deg",
    landmarks="left_shoulder left_elbow left_wrist right_shoulder right_elbow right_wrist",
    zero="arms hang straight down",
    positive="arms further from hanging, whichever way",
    definition="Shoulder-wrist from straight down in the world landmarks, the less raised arm: tells arms that hang or reach, however the trunk is tilted. Empty while an elbow is bent by more than 50 degrees.",
)
def compute_arms_from_hanging(body: BodyFrame) -> FloatArray:
    """Return how far straight arms are from hanging in the world landmarks, degrees; the less raised one counts, of those that are seen."""
    both = []
    for side in ("left", "right"):
        shoulder, elbow, wrist = (body.world(f"{side}_{part}") for part in ("shoulder", "elbow", "wrist"))
        away = compute_angle_between(wrist - shoulder, np.broadcast_to(-_WORLD_UP, wrist.shape))
        both.append(np.where(compute_flexion(shoulder, elbow, wrist) <= _STRAIGHT_ARM_DEG, away, np.nan))
    shown = np.isfinite(body.world("mid_shoulder")).all(axis=1)
    return np.where(shown, np.fmin(both[0], both[1]), np.nan)


@signal(
    "hands_dropped",
    title="Hands lower than just before or after",
    unit="ratio",
    landmarks="left_shoulder left_wrist right_shoulder right_wrist",
    zero="hands as high as they come",
    positive="hands lower against the shoulders",
    definition="Height of the higher hand over the shoulders, in the picture, against its greatest within a second before and after, over the standing trunk length: at the turn of a lift or a swing the hands are far lower than soon after.",
)
def compute_hands_dropped(body: BodyFrame) -> FloatArray:
    """Return how much lower the hands are than they come within a second, share of the trunk's length; the higher hand counts."""
    shoulder, hip = body.xy("mid_shoulder"), body.xy("mid_hip")
    hand = np.fmin(body.xy("left_wrist")[:, 1], body.xy("right_wrist")[:, 1])
    height = (shoulder[:, 1] - hand) / body.standing_median(compute_length(hip, shoulder))
    around = round(_SOON_S / float(np.median(np.diff(body.poses.time_s))))
    known = np.pad(np.where(np.isfinite(height), height, -np.inf), around, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(known, 2 * around + 1).max(axis=1)
    return np.where(np.isfinite(height), highest - height, np.nan)


#: Hands that come up within this, s, belong to the same movement.
_SOON_S = 1.0


@signal(
    "trunk_tilt_over_hanging_arms",
    title="Tilt of the trunk over hanging arms",
    unit="deg",
    landmarks="left_shoulder left_elbow left_wrist left_hip right_shoulder right_elbow right_wrist right_hip",
    zero="trunk upright, arms hanging",
    positive="trunk tilted further, arms hanging straight down",
    definition="Tilt of the trunk in the world landmarks where an arm hangs straight within 25 degrees of the vertical, in the picture, too, empty elsewhere: tells a lift from the floor from a squat that leans.",
)
def compute_trunk_tilt_over_hanging_arms(body: BodyFrame) -> FloatArray:
    """Return how far the trunk is tilted over straight arms that hang, degrees."""
    hangs = compute_arms_from_hanging(body) <= _HANGING_DEG
    return np.where(hangs & _look_long_downward(body), compute_trunk_tilt(body), np.nan)


def _look_long_downward(body: BodyFrame) -> BoolArray:
    """Return the frames in which an arm reaches as far down in the picture as it is long: one that points at the camera does not."""
    found = np.zeros(len(body.xy("mid_hip")), dtype=bool)
    for side in ("left", "right"):
        shoulder, elbow, wrist = (body.world(f"{side}_{part}") for part in ("shoulder", "elbow", "wrist"))
        length = (compute_length(shoulder, elbow) + compute_length(elbow, wrist)) * body.leg_length_px
        down = (body.xy(f"{side}_wrist")[:, 1] - body.xy(f"{side}_shoulder")[:, 1]) * body.leg_length_m
        with np.errstate(invalid="ignore"):
            found |= down >= _REACHES_DOWN * length
    return found


#: Straight arms within this of the vertical hang, when they look so much of their length long downward in the picture.
_HANGING_DEG, _REACHES_DOWN = 25.0, 0.9

#: Arms whose elbows are bent by more than this are not held overhead; they count as raised to the level at most, degrees.
_OVERHEAD_ARM_DEG, _LEVEL_DEG = 56.0, 90.0

#: With more bend of the elbow the hand does not tell where the arm points.
_STRAIGHT_ARM_DEG = 50.0

#: Feet further past each other to the side than this cross, share of leg length.
_CROSSED = 0.1

#: Up in camera axes, whose y grows downward.
_WORLD_UP = np.array([0.0, -1.0, 0.0])


def _legs_have_no_depth(body: BodyFrame) -> BoolArray:
    """Return, for every frame, whether all joints of both legs lie in one upright plane, as no engine that tells depth puts them."""
    depth = np.array(
        [body.world(f"{side}_{joint}")[..., 2] for side in ("left", "right") for joint in ("hip", "knee", "ankle")]
    )
    return np.asarray((depth == depth[0]).all(axis=0))


def _knee_bend_of(body: BodyFrame, side: str) -> FloatArray:
    return compute_flexion(body.world(f"{side}_hip"), body.world(f"{side}_knee"), body.world(f"{side}_ankle"))


#: Signal -> what moves when it changes, in words, and the smallest change that counts, in its unit: describes what is no movement of the catalog.
MOVING_PARTS: dict[str, tuple[str, float]] = {
    "knee_bend": ("the knees bend", 30.0),
    "knee_bend_difference": ("one knee bends more than the other", 30.0),
    "trunk_tilt": ("the trunk tilts", 25.0),
    "shoulder_line_tilt": ("the trunk bends to the side", 20.0),
    "arm_elevation": ("the arms rise", 45.0),
    "feet_apart": ("the feet go apart", 0.25),
    "foot_lift": ("a foot leaves the floor", 0.15),
    "body_rise": ("the body rises and sinks", 0.08),
}
