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


def choose_person(tracks: Sequence[Track], clip_s: float, width_px: int) -> Track | None:
    """Choose who is to be screened: large, central, long present, moving up and down and not across.

    Parameters
    ----------
    tracks
        Everybody who was seen.
    clip_s
        Duration of the clip, s.
    width_px
        Width of the picture.

    Returns
    -------
    Track or None
        The person; ``None`` when there is no track.
    """
    if not tracks:
        return None
    largest = max(track.median_scale for track in tracks)
    return max(tracks, key=lambda track: compute_score(track, clip_s, width_px, largest))


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
