"""Poses to signals: the one function that smooths, decides the view and computes every signal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from movescreen.kinematics.body import BodyFrame, build_body_frame, find_standing
from movescreen.kinematics.context import CorrectionInputs
from movescreen.kinematics.facing import decide_view
from movescreen.kinematics.filtering import SmoothingSettings, describe_filter
from movescreen.kinematics.hidden import exclude_hidden_arms, find_covered, replace_hidden_legs, tell_covered
from movescreen.kinematics.lifting import FOCAL_SHARE
from movescreen.kinematics.proportions import tell_squeezed
from movescreen.kinematics.quality import (
    SIDES,
    bridge_leaping_hips,
    compute_leg_length_px,
    detect_locomotion,
    exclude_implausible_frames,
    exclude_points_outside,
    smooth_poses,
)
from movescreen.kinematics.sides import repair_facing, repair_side_swaps
from movescreen.kinematics.signals import ANY_VIEW, SIGNALS, Signal
from movescreen.model import (
    BoolArray,
    CameraPath,
    FloatArray,
    KinematicSeries,
    Notice,
    PoseSequence,
    View,
    ViewKind,
    turn_clockwise,
)

#: Turns a raw reading into the reported value, or a reported value into its error:
#: ``(signal name, view, values, what else is known) -> values``.
Correction = Callable[[str, View, FloatArray, Mapping[str, FloatArray]], FloatArray]

#: Codes of the notices that :func:`prepare_poses` gives.
POSE_NOTICES = frozenset(
    {
        "cut_off",
        "facing_repaired",
        "implausible_frames",
        "joints_covered",
        "legs_hidden",
        "legs_leapt",
        "picture_squeezed",
        "sides_repaired",
        "sides_unclear",
    }
)

#: Legs in world landmarks are too short by about this, on rendered people of known size (spread 10 %).
_WORLD_TOO_SMALL = 1.08
#: Where the background is unknown for more than this share of a clip, nothing is read against it.
_MOSTLY_UNKNOWN = 0.5
#: Said of what is read against the room when the background could not be followed.
UNSTEADY = "whether the camera itself moved could not be judged: put the phone on a stand, with something to see behind the person"


@dataclass(frozen=True)
class PreparedPoses:
    """Poses made fit to be measured.

    Attributes
    ----------
    repaired
        Repaired poses, as a camera sees them that stands still and level; not smoothed.
    smooth
        The same, smoothed.
    locomotion
        ``(n,)`` frames in which the person walks or turns round.
    notices
        What was repaired or taken out.
    camera
        What the camera did, and how crooked it stood: already taken out of the poses.
    """

    repaired: PoseSequence
    smooth: PoseSequence
    locomotion: BoolArray
    notices: tuple[Notice, ...]
    camera: CameraPath

    @property
    def at_rest(self) -> BoolArray:
        """``(n,)`` frames in which a place in the picture is known to be a place in the room."""
        known = self.camera.known
        return known if known.mean() > _MOSTLY_UNKNOWN else np.zeros_like(known)

    def body(self, view: View) -> BodyFrame:
        """Return the smoothed poses with the person's sizes and standing frames."""
        return build_body_frame(self.smooth, view, self.locomotion)


def prepare_poses(poses: PoseSequence, smoothing: SmoothingSettings | None = None) -> PreparedPoses:
    """Take out the camera's motion and roll and impossible frames, repair left/right swaps, smooth, find the frames spent walking."""
    smoothing = smoothing or SmoothingSettings()
    inside, cut_off = exclude_points_outside(poses)
    camera = CameraPath.of(poses)
    facing_one_way, turned = repair_facing(exclude_hidden_arms(inside))
    plausible, bad = exclude_implausible_frames(camera.steady(facing_one_way))
    plausible, leap = bridge_leaping_hips(plausible)
    notices = [replace(cut_off, affects=_read_from(cut_off.affects))] if cut_off else []
    notices += [turned] if turned else []
    if bad.any():
        notices.append(
            Notice(
                "implausible_frames",
                f"{bad.mean():.0%} of the frames showed an impossible body size and are not measured.",
            )
        )
    if leap.any():
        text = f"Hips and legs leapt up under the trunk in {leap.mean():.0%} of the frames, which nobody can do; they were drawn from before to after."
        notices.append(Notice("legs_leapt", text))
    repair = repair_side_swaps(plausible)
    if repair.notice:
        notices.append(repair.notice)
    shown, hidden = replace_hidden_legs(repair.poses)
    notices += [n for n in (hidden, tell_covered(poses), tell_squeezed(repair.poses)) if n]
    smooth = smooth_poses(shown, smoothing)
    return PreparedPoses(shown, smooth, detect_locomotion(smooth), tuple(notices), camera)


def _read_from(landmarks: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the signals that are read from any of some landmarks."""
    return tuple(name for name, item in SIGNALS.items() if not set(landmarks).isdisjoint(item.spec.landmarks))


def compute_driver(prepared: PreparedPoses, name: str, *, planted: bool = True) -> FloatArray:
    """Return a view-independent signal for finding repetitions, ``(n,)``.

    Parameters
    ----------
    planted
        NaN while the person walks or jumps.
    """
    body = prepared.body(View(kind=ViewKind.UNKNOWN))
    values = _compute_one(SIGNALS[name], body, {})
    return np.where(prepared.locomotion, np.nan, values) if planted else values


def compute_series(
    prepared: PreparedPoses,
    view: View,
    smoothing: SmoothingSettings | None = None,
    correction: Correction | None = None,
    error_model: Correction | None = None,
    *,
    believe_camera: bool = False,
) -> KinematicSeries:
    """Compute every signal that the view can show.

    Parameters
    ----------
    prepared
        Output of :func:`prepare_poses`.
    view
        The clip's view decision.
    correction
        Optional correction of known bias; None leaves the plain readings.
    error_model
        Optional: gives the error of the reported values, NaN where it is not known.
    believe_camera
        Take a camera for still of which nobody knows: good enough to tell movements apart, not to report a number.

    Returns
    -------
    KinematicSeries
        Signals that the view cannot show are listed in ``absent`` with the reason, not guessed.
    """
    body = prepared.body(view)
    plain: dict[str, FloatArray] = {}
    absent: dict[str, str] = {}
    for name, item in SIGNALS.items():
        if view.kind.value not in item.spec.views:
            absent[name] = f"needs the {' or '.join(item.spec.views)} view; this clip shows the {view.kind.value} view"
        elif item.derive is None:
            plain[name] = _compute_one(item, body, {})
    drawn = dict(plain)
    _take_out_covered(plain, prepared.smooth)
    # what a correction reads is the same for all signals of a side, and for their errors
    inputs = {side: CorrectionInputs(body, side, plain) for side in ("", *SIDES)}
    values: dict[str, FloatArray] = {}
    for name, item in SIGNALS.items():
        if item.derive is not None and name not in absent:
            values[name] = _compute_one(item, body, values)
        elif name in plain:
            value = plain[name]
            values[name] = value if correction is None else correction(name, view, value, inputs[item.spec.side])
    errors: dict[str, FloatArray] = {}
    if error_model is not None:
        by_roll = _errors_by_roll(body, prepared.camera.roll_error_deg, drawn, values)
        for name, value in values.items():
            error = error_model(name, view, value, inputs[SIGNALS[name].spec.side])
            errors[name] = np.hypot(error, by_roll.get(name, 0.0))
    if not believe_camera:
        at_rest = prepared.at_rest
        values |= {n: np.where(at_rest, v, np.nan) for n, v in values.items() if SIGNALS[n].needs_rest}
    valid = {name: np.isfinite(value) for name, value in values.items()}
    absent |= {n: _why_absent(SIGNALS[n], body, prepared) for n, seen in valid.items() if not seen.any()}
    specs = {name: item.spec for name, item in SIGNALS.items()}
    poses = prepared.smooth
    return KinematicSeries(
        poses.time_s,
        values,
        valid,
        specs,
        poses.frame_index,
        describe_filter(poses.time_s, smoothing or SmoothingSettings()),
        absent,
        {name: error for name, error in errors.items() if np.isfinite(error).any()},
    )


def _errors_by_roll(
    body: BodyFrame, roll_error_deg: float, drawn: Mapping[str, FloatArray], names: Iterable[str]
) -> dict[str, FloatArray]:
    """Return what a camera that is that much more crooked than known changes in the signals, ``(n,)`` each, in their units.

    Parameters
    ----------
    drawn
        Plain readings of the signals that are not made of others.
    names
        All signals that are wanted; those that are made of others come after these.
    """
    if not roll_error_deg > 0:
        return {}
    poses = body.poses
    turned = poses.with_points(
        turn_clockwise(poses.image_xy_px, roll_error_deg), turn_clockwise(poses.world_xyz_m, roll_error_deg)
    )
    crooked = replace(body, poses=turned)
    changed: dict[str, FloatArray] = {}
    straight = dict(drawn)
    for name in names:
        changed[name] = _compute_one(SIGNALS[name], crooked, changed)
        if name not in straight:
            straight[name] = _compute_one(SIGNALS[name], body, straight)
    return {name: np.nan_to_num(np.abs(changed[name] - straight[name])) for name in changed}


def _take_out_covered(plain: dict[str, FloatArray], poses: PoseSequence) -> None:
    """Make readings NaN where something covers a joint that they need.

    What tells movements apart is left: it is rough, and a squat behind a box is one.
    """
    covered = find_covered(poses)
    if not covered.any():
        return
    for name, values in plain.items():
        spec = SIGNALS[name].spec
        if set(spec.views) != set(ANY_VIEW):
            hidden = covered[:, poses.skeleton.indices(spec.landmarks)].any(axis=1)
            plain[name] = np.where(hidden, np.nan, values)


def decide_clip_view(prepared: PreparedPoses, use: BoolArray | None = None, forced: str = "auto") -> View:
    """Decide the view of a clip.

    Parameters
    ----------
    use
        ``(n,)`` frames within repetitions. Standing frames count beside them, walking ones never: a deep posture twists the
        line through the shoulders, and standing alone may be a few frames only.
    forced
        ``auto``, or the view as the user names it.
    """
    poses, planted = prepared.smooth, ~prepared.locomotion
    standing = find_standing(poses, poses.detected & planted, compute_leg_length_px(poses))
    chosen = planted if use is None else (use & planted) | standing
    view = decide_view(poses, chosen if chosen.any() else planted, forced, standing)
    body = prepared.body(view)
    away = _WORLD_TOO_SMALL * FOCAL_SHARE * max(poses.image_size_px) / body.leg_length_px * body.leg_length_m
    return replace(view, distance_m=float(away), roll_deg=prepared.camera.roll_deg)


def find_standing_view(poses: PoseSequence) -> tuple[BoolArray, float]:
    """Return the ``(n,)`` frames of standing, and how the person is turned in them, degrees (0 where nobody stands).

    Parameters
    ----------
    poses
        With the camera's motion taken out; they need not be smooth.
    """
    poses, _ = exclude_points_outside(poses)
    standing = find_standing(poses, poses.detected & ~detect_locomotion(poses), compute_leg_length_px(poses))
    yaw_deg = decide_view(poses, standing).yaw_deg if standing.any() else 0.0
    return standing, float(np.nan_to_num(yaw_deg))


def _compute_one(item: Signal, body: BodyFrame, ready: Mapping[str, FloatArray]) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        if item.derive is not None:
            made = item.derive(*(ready[n] for n in item.inputs))
        else:
            assert item.compute is not None
            made = item.compute(body)
        value = np.asarray(made, dtype=np.float64).copy()
    value[~np.isfinite(value)] = np.nan
    return value


def _why_absent(item: Signal, body: BodyFrame, prepared: PreparedPoses) -> str:
    side = item.spec.side
    if item.needs_rest and not prepared.at_rest.any():
        return UNSTEADY
    if body.view.kind is ViewKind.SIDE and side and side != body.view.near_side:
        return f"the {side} side is hidden behind the {body.view.near_side} one in this clip"
    if set(item.spec.views) == set(ANY_VIEW):
        return "nobody could be measured"
    return "the landmarks were not seen well enough in any frame"
