"""Which side is which: what the pose network exchanged is put right, the whole body and the legs alone.

From behind, the head of somebody who bends is out of sight, and the network may take the back for a chest: left and right of the
whole body are exchanged, and so are near and far. From the side it may exchange the legs. Both show as joints that leap from one
frame to the next. Which of the two readings is right is judged by the frames in which the person stands upright, where the
network is surest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from movescreen.kinematics.filtering import split_runs
from movescreen.kinematics.quality import SIDES, compute_leg_length_px, find_upright
from movescreen.model import BoolArray, FloatArray, Notice, PoseSequence

_LEG = ("hip", "knee", "ankle", "heel", "foot_index")
_LEG_PARTS = ("knee", "ankle", "heel", "foot_index")
_BODY_PARTS = ("shoulder", "hip", "ankle")
#: Cost, in leg lengths, of changing the left/right labeling between two frames.
_CHANGE_COST = 0.12
#: Cost a second of disagreeing with the network's own labels. Small enough for a stretch of ten seconds to be put right, large
#: enough to settle what a frame with both legs in one place leaves open.
_DISAGREE_COST_PER_S = 0.02
#: Above this share of exchanged frames nobody can tell which labeling is right.
_AMBIGUOUS = 0.4
#: A frame in which the person is bent says this much against one in which they stand.
_BENT_COUNTS = 0.2
#: Cost a second and a leg length of ankles that are elsewhere than in standing. The feet stand in one place when so many of the
#: upright frames show them there, within this many leg lengths; a frame shows them there within less.
_UNLIKE_COST_PER_S, _MOSTLY_IN_PLACE, _IN_PLACE, _BACK_IN_PLACE = 1.0, 0.7, 0.15, 0.1
#: Standing upright for so long with the feet exchanged is a change of legs, s.
_STANDS_S = 0.6
#: Legs are drawn into each other when the feet's middle stays within this many leg lengths of its place, and the line between them
#: within this much of its direction, while they come closer than this share of their distance; feet nearer than this tell nothing.
_MIDDLE_STAYS, _LINE_STAYS, _COMES_CLOSER, _FEET_APART = 0.12, 0.15, 0.85, 0.3
#: With less than this share of the distance left, in either direction, nobody can tell where the knees are.
_LEFT_OF_IT = 0.65
#: After a gap this long the joints may be anywhere, s.
_GAP_S = 0.5
#: Standing the other way for more than this share of the upright frames, somebody did turn round, or the clip was cut.
_TURNED_ROUND = 0.1


@dataclass(frozen=True)
class SwapRepair:
    """Outcome of the left/right check of the legs.

    Attributes
    ----------
    poses
        Poses with consistent sides; leg landmarks are NaN where the side is not known.
    swapped
        ``(n,)`` frames whose legs were exchanged.
    excluded
        ``(n,)`` frames whose legs were taken out.
    notice
        What to tell the reader, or None.
    """

    poses: PoseSequence
    swapped: BoolArray
    excluded: BoolArray
    notice: Notice | None


def repair_facing(poses: PoseSequence) -> tuple[PoseSequence, Notice | None]:
    """Undo frames in which the network took the back for a chest, or a chest for the back, and tell it.

    Left and right of the whole body are exchanged there, and the depths turned over: both readings draw the same picture.
    Nothing is done when the person also stands upright the other way round: then they turned, or the clip was cut.
    """
    labels = _label(poses, _BODY_PARTS)
    if labels is None or not labels.exchanged.any() or labels.upright_share > _TURNED_ROUND:
        return poses, None
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    order, rows = np.array(poses.skeleton.mirror_order()), labels.exchanged
    image[rows] = image[rows][:, order]
    world[rows] = world[rows][:, order] * np.array([1.0, 1.0, -1.0])
    text = (
        f"The body was taken for one that faces the other way in {labels.share:.0%} of the frames; that was put right."
    )
    return poses.with_points(image, world), Notice("facing_repaired", text)


def part_drawn_together(poses: PoseSequence) -> tuple[PoseSequence, BoolArray]:
    """Part legs that the network draws into each other while the feet stand, far from each other, where they stood.

    Going over from one labeling to the other one it draws left and right ankle on their way through each other, and so the knees: each
    leg is a mixture of both. The feet have not moved, which tells how much of each is in it.

    Returns
    -------
    tuple of PoseSequence and BoolArray
        The poses, and the ``(n,)`` frames that were put right; where the mixture is about even the knees are taken out.
    """
    scale = compute_leg_length_px(poses)
    feet = _place_feet(poses, scale)
    nothing = np.zeros(len(poses), dtype=bool)
    if feet is None:
        return poses, nothing
    apart = feet.place[0] - feet.place[1]
    distance = float(np.linalg.norm(apart))
    if distance < _FEET_APART:
        return poses, nothing
    between = feet.seen[:, 0] - feet.seen[:, 1]
    share = between @ apart / distance**2
    aside = np.linalg.norm(between - share[:, None] * apart, axis=1)
    moved = np.linalg.norm((feet.seen - feet.place).mean(axis=1), axis=1)
    with np.errstate(invalid="ignore"):
        mixed = ~feet.upright & (moved < _MIDDLE_STAYS) & (aside < _LINE_STAYS) & (np.abs(share) < _COMES_CLOSER)
        even = mixed & (np.abs(share) < _LEFT_OF_IT)
    if not mixed.any():
        return poses, nothing
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    for part in _LEG_PARTS:
        pair = poses.skeleton.indices(f"{side}_{part}" for side in SIDES)
        for values in (image, world):
            _part(values, pair, mixed, share, even)
            if part == "knee":
                values[np.ix_(even, pair)] = np.nan
    return poses.with_points(image, world), mixed


def _part(values: FloatArray, pair: list[int], mixed: BoolArray, share: FloatArray, even: BoolArray) -> None:
    """Pull ``(n, k, 2)`` points of a pair apart in place, by how much of each other is in them; even mixtures as before and after."""
    left, right = values[:, pair[0]], values[:, pair[1]]
    middle, half = (left + right) / 2, (left - right) / 2
    half[mixed & ~even] /= share[mixed & ~even, None]
    known = np.flatnonzero(~even & np.isfinite(half).all(axis=1))
    if known.size:
        for c in range(half.shape[1]):
            half[even, c] = np.interp(np.flatnonzero(even), known, half[known, c])
    values[mixed, pair[0]], values[mixed, pair[1]] = (middle + half)[mixed], (middle - half)[mixed]


def repair_side_swaps(poses: PoseSequence) -> SwapRepair:
    """Undo frames in which the network exchanged the left and the right leg, or drew them into each other.

    When the labeling seems exchanged in so many frames that neither can be called the right one, the smaller group is taken
    out instead of repaired.
    """
    nothing = np.zeros(len(poses), dtype=bool)
    poses, mixed = part_drawn_together(poses)
    labels = _label(poses, _LEG_PARTS)
    if labels is None or not labels.exchanged.any():
        return SwapRepair(poses, mixed, nothing, _tell_repaired(mixed))
    swapped, share = labels.exchanged, labels.share
    image, world = poses.image_xy_px.copy(), poses.world_xyz_m.copy()
    legs = np.array(poses.skeleton.indices(f"{s}_{p}" for s in SIDES for p in _LEG))
    if labels.weighed_share > _AMBIGUOUS:
        image[np.ix_(swapped, legs)] = np.nan
        world[np.ix_(swapped, legs)] = np.nan
        notice = Notice(
            "sides_unclear",
            f"Left and right leg could not be told apart in {share:.0%} of the frames; those frames are not measured.",
            ("all",),
        )
        return SwapRepair(poses.with_points(image, world), nothing, swapped, notice)
    mirrored = np.array(poses.skeleton.mirror_order())[legs]
    image[np.ix_(swapped, legs)] = poses.image_xy_px[np.ix_(swapped, mirrored)]
    # which side is next to the camera the network goes on knowing from the trunk: depths stay where they are
    across = poses.world_xyz_m[np.ix_(swapped, mirrored)][..., :2]
    world[np.ix_(swapped, legs)] = np.concatenate([across, world[np.ix_(swapped, legs)][..., 2:]], axis=2)
    swapped = swapped | mixed
    return SwapRepair(poses.with_points(image, world), swapped, nothing, _tell_repaired(swapped))


def _tell_repaired(swapped: BoolArray) -> Notice | None:
    if not swapped.any():
        return None
    text = f"Left and right leg were exchanged in {swapped.mean():.0%} of the frames and put right."
    return Notice("sides_repaired", text)


@dataclass(frozen=True)
class _Labels:
    """Frames whose sides are exchanged.

    Attributes
    ----------
    exchanged
        ``(n,)`` frames.
    share, weighed_share, upright_share
        Share of the frames, the same with upright frames counting more, and share of the upright frames.
    """

    exchanged: BoolArray
    share: float
    weighed_share: float
    upright_share: float


def _label(poses: PoseSequence, parts: tuple[str, ...]) -> _Labels | None:
    """Return in which frames left and right of some parts are exchanged; None when too little was seen.

    The labeling of every frame (as stated, or exchanged) is chosen so that the parts move as little as possible from frame to
    frame (Viterbi over two states), stay where they are in standing, and agree with the network where the person stands upright.
    """
    scale = compute_leg_length_px(poses)
    points = poses.image_xy_px[:, poses.skeleton.indices(f"{s}_{p}" for s in SIDES for p in parts)]
    seen = np.flatnonzero(np.isfinite(points).all(axis=(1, 2)))
    if len(seen) < 3 or not scale > 0:
        return None
    upright = find_upright(poses)[seen]
    weight = np.where(upright, 1.0, _BENT_COUNTS)
    unlike = _unlike_standing(poses, scale)[seen]
    states = _choose_labels(points[seen] / scale, poses.time_s[seen], weight, unlike)
    exchanged = np.zeros(len(poses), dtype=bool)
    exchanged[seen] = states
    at_rest = float(states[upright].mean()) if upright.any() else float(states.mean())
    return _Labels(exchanged, float(states.mean()), float(np.average(states, weights=weight)), at_rest)


def _unlike_standing(poses: PoseSequence, scale: float) -> FloatArray:
    """Return ``(n, 2)`` how far the ankles are from where they are in standing, leg lengths: as stated, and exchanged.

    Nothing where the feet do not stand in one place, as in steps and in lunges with one leg and then the other.
    """
    feet = _place_feet(poses, scale)
    if feet is None:
        return np.zeros((len(poses), 2))
    off = feet.off
    in_place = feet.in_place
    # where neither reading puts both feet back in their place they have left it, and say nothing
    return np.where(in_place.any(axis=1, keepdims=True), off, 0.0)


@dataclass(frozen=True)
class _Feet:
    """Feet that stand in one place whenever the person is upright, leg lengths.

    Attributes
    ----------
    seen, place
        ``(n, 2, 2)`` left and right ankle, and ``(2, 2)`` where they stand.
    upright
        ``(n,)`` upright frames.
    """

    seen: FloatArray
    place: FloatArray
    upright: BoolArray

    @property
    def _apart(self) -> FloatArray:
        return np.stack([np.linalg.norm(f - self.place, axis=2) for f in (self.seen, self.seen[:, ::-1])], axis=1)

    @property
    def off(self) -> FloatArray:
        """``(n, 2)`` how far the feet are from their places: as stated, and exchanged."""
        return np.asarray(self._apart.mean(axis=2))

    @property
    def in_place(self) -> BoolArray:
        """``(n, 2)`` whether both feet are in their places: as stated, and exchanged."""
        return np.asarray(self._apart.max(axis=2) < _BACK_IN_PLACE)


def _place_feet(poses: PoseSequence, scale: float) -> _Feet | None:
    """Return where the feet stand; None where they do not stand in one place, as in steps and in lunges with one leg and then the other."""
    seen = np.stack([poses.xy(f"{side}_ankle") for side in SIDES], axis=1) / scale
    upright = find_upright(poses) & np.isfinite(seen).all(axis=(1, 2))
    if not upright.any():
        return None
    feet = _Feet(seen, np.median(seen[upright], axis=0), upright)
    exchanged = upright & feet.in_place[:, 1] & ~feet.in_place[:, 0]
    stay = (feet.off[upright, 0] < _IN_PLACE).mean() >= _MOSTLY_IN_PLACE
    return feet if stay and not _stands(exchanged, poses.time_s) else None


def _stands(rows: BoolArray, time_s: FloatArray) -> bool:
    """Return whether the rows hold a stretch in which somebody stands: who changed legs stands on the other ones."""
    return any(np.ptp(time_s[run]) > _STANDS_S for run in split_runs(rows))


def _choose_labels(points: FloatArray, time_s: FloatArray, weight: FloatArray, unlike: FloatArray) -> BoolArray:
    """Return ``(m,)`` exchanged or not, from ``(m, 2k, 2)`` points, those of the left side first."""
    half = points.shape[1] // 2
    other = np.concatenate([points[:, half:], points[:, :half]], axis=1)
    near = np.diff(time_s) <= _GAP_S
    # moving from one labeling to the same one, and to the other one, costs alike whichever it is
    stay = np.where(near, _mean_step(points, points), 0.0)
    change = np.where(near, _mean_step(points, other) + _CHANGE_COST, _CHANGE_COST)
    lasts = np.minimum(np.diff(time_s, append=time_s[-1]), _GAP_S)
    disagree = np.stack([np.zeros(len(points)), _DISAGREE_COST_PER_S * weight * lasts], axis=1)
    disagree += _UNLIKE_COST_PER_S * unlike * lasts[:, None]
    cost = disagree[0].copy()
    back = np.zeros((len(points), 2), dtype=np.int8)
    for i in range(1, len(points)):
        kept, changed = cost + stay[i - 1], cost[::-1] + change[i - 1]
        back[i] = np.where(kept <= changed, (0, 1), (1, 0))
        cost = np.minimum(kept, changed) + disagree[i]
    states = np.zeros(len(points), dtype=bool)
    state = int(cost.argmin())
    for i in range(len(points) - 1, -1, -1):
        states[i] = bool(state)
        state = int(back[i, state])
    return states


def _mean_step(before: FloatArray, after: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(after[1:] - before[:-1], axis=2).mean(axis=1))
