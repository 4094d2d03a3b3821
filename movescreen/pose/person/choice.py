"""Which of several people is the one to be screened, and where everybody is at what time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from movescreen.model import BoolArray, FloatArray
from movescreen.pose.person.tracks import Track

#: Others below this share of the followed person's apparent size are background.
MATTERING_SIZE = 0.4
#: Between two sightings no further apart than this somebody is taken to be there, s.
PRESENCE_GAP_S = 1.5
#: Vertical travel at which that term is half of what it can become, m.
_HALF_TRAVEL_M = 0.15
#: Sideways travel at which that term has fallen to half, m.
_HALF_WALK_M = 1.0


#: How a person is named by position; a number counts from the left, and a point is a place in the first picture.
PLACES = ("left", "middle", "right")
#: A point names who is no further from it than this, torso lengths.
_POINTED_TORSOS = 2.5


def choose_person(tracks: Sequence[Track], clip_s: float, size_px: tuple[int, int], asked: str = "") -> Track | None:
    """Choose who is to be screened: large, central, long present, moving up and down and not across; or who was named.

    Parameters
    ----------
    tracks
        Everybody who was seen.
    clip_s
        Duration of the clip, s.
    size_px
        ``(width, height)`` of the picture.
    asked
        ``left``, ``middle``, ``right``, a number counted from the left of the picture, or a point ``x,y`` of the first picture,
        shares of its width and height; empty = nobody was named.

    Returns
    -------
    Track or None
        The person; ``None`` when there is no track, or none at the place that was named.
    """
    if not tracks:
        return None
    largest = max(track.median_scale for track in tracks)
    if asked:
        return _find_named(
            [t for t in tracks if t.is_person and t.median_scale >= MATTERING_SIZE * largest], size_px, asked
        )
    return max(tracks, key=lambda track: compute_score(track, clip_s, size_px[0], largest))


def check_asked_person(asked: str) -> bool:
    """Return whether a person is named in a way that :func:`choose_person` understands."""
    if asked in ("", *PLACES):
        return True
    if asked.isdigit():
        return int(asked) >= 1
    return _read_point(asked) is not None


def _read_point(asked: str) -> FloatArray | None:
    parts = asked.split(",")
    try:
        point = np.array([float(part) for part in parts])
    except ValueError:
        return None
    return point if len(point) == 2 and ((point >= 0) & (point <= 1)).all() else None


def _find_named(people: Sequence[Track], size_px: tuple[int, int], asked: str) -> Track | None:
    if not people:
        return None
    point = _read_point(asked)
    if point is not None:
        at = point * np.array(size_px)
        first_s = min(t.sightings[0].time_s for t in people)
        there = [t for t in people if t.sightings[0].time_s - first_s <= PRESENCE_GAP_S]
        apart = {id(t): _apart(t, at) for t in there}
        nearest = min(there, key=lambda t: apart[id(t)])
        return nearest if apart[id(nearest)] <= _POINTED_TORSOS else None
    ordered = order_from_left(people)
    if asked == "middle":
        middle_px = size_px[0] / 2
        return min(ordered, key=lambda t: abs(median_x(t) - middle_px))
    number = {"left": 1, "right": len(ordered)}.get(asked) or int(asked)
    return ordered[number - 1] if number <= len(ordered) else None


def _apart(track: Track, at_px: FloatArray) -> float:
    body = track.sightings[0].body
    joints = np.vstack([body.joints_px, body.center_px])
    return float(np.linalg.norm(joints - at_px, axis=1).min() / body.torso_px)


def order_from_left(people: Sequence[Track]) -> list[Track]:
    """Return people from the left of the picture to the right, by where they are most of the time."""
    return sorted(people, key=median_x)


def median_x(track: Track) -> float:
    """Return where somebody is across the picture most of the time, px."""
    return float(np.median([s.body.center_px[0] for s in track.sightings]))


def describe_place(track: Track, people: Sequence[Track], size_px: tuple[int, int]) -> str:
    """Return who somebody is among the people of a picture: ``left one``, ``second from the left``."""
    place = order_from_left(people).index(track)
    if len(people) == 2:
        return ("left one", "right one")[place]
    names = {0: "leftmost", len(people) - 1: "rightmost"}
    return names.get(
        place, f"{_ORDINALS[place]} from the left" if place < len(_ORDINALS) else f"number {place + 1} from the left"
    )


_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def describe_others(target: Track, others: Sequence[Track]) -> str:
    """Return what is seen of the others: on which side they are, how large they look, and whether they move in step."""
    return "; ".join(_describe(target, other) for other in order_from_left(others))


def _describe(target: Track, other: Track) -> str:
    side = "left" if median_x(other) < median_x(target) else "right"
    size = other.median_scale / target.median_scale
    how = "as large" if _is_as_large(target, other) else "larger" if size > 1 else f"at {size:.0%} of the size"
    return f"one to the {side}, {how}" + (", moving in step (a mirror?)" if moves_in_step(target, other) else "")


def may_be_mirror_image(target: Track, other: Track) -> bool:
    """Return whether the size does not tell which of two who move in step is the person: a mirror image is usually the smaller one."""
    return _is_as_large(target, other) and moves_in_step(target, other)


def _is_as_large(target: Track, other: Track) -> bool:
    return 0.87 <= other.median_scale / target.median_scale <= 1.15


def moves_in_step(a: Track, b: Track) -> bool:
    """Return whether two go up and down together, as somebody and a mirror image do."""
    heights = [
        (np.array([s.time_s for s in t.sightings]), np.array([s.body.rise_m for s in t.sightings])) for t in (a, b)
    ]
    first, last = max(h[0][0] for h in heights), min(h[0][-1] for h in heights)
    if last - first < 2.0:
        return False
    grid = np.linspace(first, last, 40)
    x, y = (np.interp(grid, *h) for h in heights)
    if min(np.ptp(x), np.ptp(y)) < 0.1:
        return False
    return float(np.corrcoef(x, y)[0, 1]) > 0.9


def compute_score(track: Track, clip_s: float, width_px: int, largest_px_per_m: float) -> float:
    """Rate a person, 0..1: the product of size, centrality, presence, vertical travel and staying in place.

    Vertical travel is that of the torso above the person's own ankles, so that coming nearer counts for nothing.
    """
    x_px = np.array([s.body.center_px[0] for s in track.sightings])
    off_center = min(abs(float(np.median(x_px)) - width_px / 2) / (width_px / 2), 1.0)
    seen_s = np.diff([s.time_s for s in track.sightings]).clip(max=PRESENCE_GAP_S).sum()
    hidden_s = sum(to_s - from_s for from_s, to_s in track.hidden_s)
    presence = min((seen_s + hidden_s) / clip_s, 1.0) if clip_s > 0 else 1.0
    vertical_m = _range([s.body.rise_m for s in track.sightings])
    sideways_m = _range(x_px) / track.median_scale
    return float(
        (track.median_scale / largest_px_per_m)
        * (1.0 - 0.5 * off_center)
        * (0.02 + 0.98 * presence)
        * (0.15 + 0.85 * vertical_m / (vertical_m + _HALF_TRAVEL_M))
        / (1.0 + (sideways_m / _HALF_WALK_M) ** 2)
    )


def others_that_matter(target: Track, tracks: Sequence[Track]) -> list[Track]:
    """Return the other people who are large enough, beside ``target``, to be mistaken for them."""
    least = MATTERING_SIZE * target.median_scale
    return [t for t in tracks if t is not target and t.is_person and t.median_scale >= least]


def count_present(tracks: Sequence[Track], time_s: FloatArray) -> FloatArray:
    """Return ``(n,)`` how many of the people are in the picture at each time."""
    counts = np.zeros(len(time_s))
    for track in tracks:
        counts += _is_there(track, time_s)
    return counts


def follow_path(track: Track, time_s: FloatArray) -> FloatArray:
    """Interpolate a person's track.

    Returns
    -------
    FloatArray
        ``(n, 3)`` x and y of the torso's middle, px, and apparent scale, px/m; held before and after the sightings.
    """
    seen_s = np.array([s.time_s for s in track.sightings])
    values = np.array([[*s.body.center_px, s.body.scale_px_per_m] for s in track.sightings])
    return np.stack([np.interp(time_s, seen_s, values[:, i]) for i in range(3)], axis=1)


def _range(values: Sequence[float] | FloatArray) -> float:
    """Range without the outermost twentieths."""
    low, high = np.percentile(values, [5, 95])
    return float(high - low)


def _is_there(track: Track, time_s: FloatArray) -> BoolArray:
    """``(n,)`` True from the first to the last sighting, but for gaps longer than ``PRESENCE_GAP_S``."""
    seen_s = np.array([s.time_s for s in track.sightings])
    after = np.searchsorted(seen_s, time_s, side="left").clip(0, len(seen_s) - 1)
    before = (np.searchsorted(seen_s, time_s, side="right") - 1).clip(0)
    inside = (time_s >= seen_s[0]) & (time_s <= seen_s[-1])
    return np.asarray(inside & (seen_s[after] - seen_s[before] <= PRESENCE_GAP_S))
