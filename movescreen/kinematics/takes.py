"""Takes: the stretches of a clip in which the camera and the person go on without a break, and the person shows one side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from movescreen.kinematics.body import find_standing
from movescreen.kinematics.facing import compute_yaw
from movescreen.kinematics.geometry import compute_circular_median, wrap_degrees
from movescreen.kinematics.quality import compute_leg_length_px, detect_locomotion
from movescreen.kinematics.sides import repair_facing
from movescreen.model import FloatArray, PoseSequence

#: A body that is elsewhere within this, s, by more than this share of the leg and faster than that, leg lengths a second, was cut.
_AT_ONCE_S, _ELSEWHERE, _TOO_FAST = 0.25, 0.25, 6.0
#: It stays there: the median over so long before and after, s, is compared; and the steps before are smaller by this factor.
_AROUND_S, _SUDDEN = 0.4, 3.0
#: Somebody who stands turned by more than this, degrees, for so long, s, before and after shows another side.
_TURNED_DEG, _STANDS_S = 45.0, 1.0
#: Who is turned another way at once stays so for this long before and after, s.
_STAYS_S = 2.0
_BODY = ("mid_ear", "mid_shoulder", "mid_hip", "left_ankle", "right_ankle")


@dataclass(frozen=True)
class Take:
    """A stretch of a clip.

    Attributes
    ----------
    start, stop
        Rows ``start <= row < stop``.
    begins_with
        What parts it from the one before: ``cut``, ``turn``, or nothing for the first.
    """

    start: int
    stop: int
    begins_with: str = ""


def split_takes(poses: PoseSequence) -> tuple[Take, ...]:
    """Return the takes of a clip: parted where its pictures, or the body, were cut, and where the person shows another side."""
    if len(poses) < 2:
        return (Take(0, len(poses)),)
    poses, _ = repair_facing(poses)
    breaks = dict.fromkeys((row for row in _cuts(poses) if 0 < row < len(poses)), "cut")
    for a, b in pairwise([0, *sorted(breaks), len(poses)]):
        breaks |= {a + row: "turn" for row in _turns(poses.slice(a, b)) if 0 < row < b - a}
    starts = [0, *sorted(breaks), len(poses)]
    return tuple(Take(a, b, breaks.get(a, "")) for a, b in pairwise(starts))


def _cuts(poses: PoseSequence) -> list[int]:
    number = poses.extras.get("take")
    told = [] if number is None else (np.flatnonzero(np.diff(number) != 0) + 1).tolist()
    leg = compute_leg_length_px(poses)
    body = np.stack([poses.xy(name) for name in _BODY], axis=1)
    seen = np.flatnonzero(np.isfinite(body).all(axis=(1, 2)))
    if len(seen) < 3 or not leg > 0:
        return told
    body, time_s = body[seen] / leg, poses.time_s[seen]
    step = _step(body[:-1], body[1:])
    gap = np.diff(time_s)
    found = []
    for i in np.flatnonzero((step > _ELSEWHERE) & (gap <= _AT_ONCE_S) & (step > _TOO_FAST * gap)):
        before = (time_s > time_s[i] - _AROUND_S) & (time_s <= time_s[i])
        after = (time_s >= time_s[i + 1]) & (time_s < time_s[i + 1] + _AROUND_S)
        stays = _step(np.median(body[before], axis=0)[None], np.median(body[after], axis=0)[None])[0] > 0.8 * _ELSEWHERE
        usual = max(step[max(i - 4, 0) : i].max(initial=0.0), step[i + 1 : i + 5].max(initial=0.0))
        if stays and step[i] > _SUDDEN * usual:
            found.append(int(seen[i + 1]))
    return sorted({*told, *found, *_sudden_turns(poses)})


def _sudden_turns(poses: PoseSequence) -> list[int]:
    """Return the rows in which the person is turned another way from one frame to the next, and stays so: nobody turns like that."""
    yaw = compute_yaw(poses)
    seen = np.flatnonzero(np.isfinite(yaw))
    yaw, time_s = yaw[seen], poses.time_s[seen]
    gap = np.diff(time_s)
    found = []
    for i in np.flatnonzero((np.abs(wrap_degrees(np.diff(yaw))) > _TURNED_DEG) & (gap <= _AT_ONCE_S)):
        before = yaw[(time_s > time_s[i] - _STAYS_S) & (time_s <= time_s[i])]
        after = yaw[(time_s >= time_s[i + 1]) & (time_s < time_s[i + 1] + _STAYS_S)]
        if min(time_s[i] - time_s[0], time_s[-1] - time_s[i + 1]) < _STAYS_S:
            continue
        one, other = compute_circular_median(before), compute_circular_median(after)
        steady = [
            np.median(np.abs(wrap_degrees(side - middle))) < _TURNED_DEG / 3
            for side, middle in ((before, one), (after, other))
        ]
        if all(steady) and abs(float(wrap_degrees(other - one))) > _TURNED_DEG:
            found.append(int(seen[i + 1]))
    return found


def _step(before: FloatArray, after: FloatArray) -> FloatArray:
    return np.asarray(np.median(np.linalg.norm(after - before, axis=2), axis=1))


def _turns(poses: PoseSequence) -> list[int]:
    """Return the rows in which somebody who stood turned one way begins to stand another way."""
    with np.errstate(invalid="ignore"):
        planted = poses.detected & ~detect_locomotion(poses)
        standing = find_standing(poses, planted, compute_leg_length_px(poses))
    yaw = compute_yaw(poses)
    rows = np.flatnonzero(standing & np.isfinite(yaw))
    found: list[int] = []
    group = 0
    for at in range(1, len(rows)):
        held = rows[group:at]
        ahead = rows[
            (poses.time_s[rows] >= poses.time_s[rows[at]]) & (poses.time_s[rows] < poses.time_s[rows[at]] + _STANDS_S)
        ]
        if np.ptp(poses.time_s[held]) < _STANDS_S or _spans(poses.time_s[ahead]) < 0.7 * _STANDS_S:
            continue
        turned = np.abs(wrap_degrees(yaw[ahead] - compute_circular_median(yaw[held])))
        if turned.min() > _TURNED_DEG:
            # what was done between the two belongs to neither: the take begins where the turn does
            found.append(int((rows[at - 1] + rows[at]) // 2 + 1))
            group = at
    return found


def _spans(times_s: FloatArray) -> float:
    return float(np.ptp(times_s)) if len(times_s) else 0.0
