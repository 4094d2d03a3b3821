"""Who is who after two people met in the picture.

Where one person hides another, a network reports one of them, or a blend of both, and may leave with the other one: a
track that runs through such a meeting need not be one person. So tracks are cut where two people come together, and
tied again once two are seen apart, each to the one who resembles them in place, sideways speed and apparent size.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy  # its parts are loaded when they are first used

from movescreen.model import FloatArray
from movescreen.pose.person.bodies import TORSO_M
from movescreen.pose.person.tracks import COAST_S, Sighting, Track, compute_median_scale

#: Two people meet when the middles of their torsos are this close, sideways and vertically (one may squat), torso lengths.
_MEET_SIDEWAYS, _MEET_VERTICALLY = 0.75, 2.0
#: They have parted when two people are seen this far apart, in the same measure.
_PARTED = 1.2
#: A meeting begins this long before it is noticed: limbs overlap before torsos do, s.
_LEAD_S = 0.3
#: A meeting that nobody was seen to leave ends after this, s.
_LONGEST_MEETING_S = 4.0
#: Somebody who was not seen between two sightings further apart than this was not there, s.
_UNSEEN_S = 2.5
#: Stretch of a track that tells size and speed before or after a meeting, s.
_MEMORY_S = 1.0
#: Pieces are not tied when the sum of the squared differences of place (torso lengths) and size (units of
#: ``_SCALE_UNIT``, natural logarithm) reaches this.
_UNLIKE, _SCALE_UNIT = 2.5, 0.15
#: Sightings over less than this tell no speed, s.
_LEAST_STRETCH_S = 0.3
#: A track of fewer sightings than this must keep its size to within this (natural logarithm) to be somebody.
_LONG, _STEADY_SCALE = 10, 0.25
#: Who is larger by this factor stands in front and can be read during a meeting.
_IN_FRONT = 1.05


@dataclass(frozen=True, eq=False)
class _Meeting:
    a: Track
    b: Track
    start_s: float
    end_s: float


def drop_slips(tracks: Sequence[Track]) -> list[Track]:
    """Leave out tracks that are nobody: too short, or short and of unsteady size; all are kept where none is better."""
    return [track for track in tracks if track.is_person and _is_steady(track)] or list(tracks)


def _is_steady(track: Track) -> bool:
    if len(track.sightings) >= _LONG:
        return True
    low, high = np.percentile([s.body.scale_px_per_m for s in track.sightings], [10, 90])
    return math.log(high / low) <= _STEADY_SCALE


def resolve_identities(tracks: Sequence[Track], survey_s: Sequence[float]) -> list[Track]:
    """Cut tracks at meetings and tie the pieces by resemblance.

    Parameters
    ----------
    tracks
        People, as followed from frame to frame.
    survey_s
        Rising times at which everybody was looked for.

    Returns
    -------
    list of Track
        One track a person. Sightings during a meeting are left out, except of somebody who came out of it on the same
        track and stood in front.
    """
    people = list(tracks)
    after_s = -math.inf
    while (meeting := _next_meeting(people, survey_s, after_s)) is not None:
        people = _part(people, meeting)
        after_s = meeting.end_s
    return people


def _next_meeting(people: Sequence[Track], survey_s: Sequence[float], after_s: float) -> _Meeting | None:
    pairs = [(a, b) for a, b in combinations(people, 2) if _are_two(a, b)]
    for number, time_s in enumerate(survey_s):
        if time_s <= after_s:
            continue
        for a, b in pairs:
            if _is_together(a, b, time_s):
                start = (survey_s[number - 1] if number else time_s) - _LEAD_S
                return _Meeting(a, b, max(start, after_s), _parting_s(a, b, people, survey_s[number:]))
    return None


def _are_two(a: Track, b: Track) -> bool:
    """Tell whether both were once seen apart in one frame: a slip of the network leaves a track, but is nobody."""
    few, many = sorted((a, b), key=lambda track: len(track.sightings))
    pairs = ((x, _sighting_at(many, x.time_s)) for x in few.sightings)
    return any(y is not None and _are_apart(x, y) for x, y in pairs)


def _is_together(a: Track, b: Track, time_s: float) -> bool:
    """Tell whether one of the two is seen where the other one, unseen, may be."""
    seen_a, seen_b = _sighting_at(a, time_s), _sighting_at(b, time_s)
    seen, unseen = (seen_a, b) if seen_b is None else (seen_b, a)
    if seen is None or (seen_a is not None and seen_b is not None):
        return False
    return any(_distance(place, seen.body.center_px, seen) < 1.0 for place in _guess_places(unseen, time_s))


def _guess_places(track: Track, time_s: float) -> list[FloatArray]:
    """Where somebody may be (x, y, px) while unseen: on the way between two sightings, or for a while beyond the last one.

    Who was first, or last, seen while walking may have walked on or stood still.
    """
    number = bisect.bisect(track.sightings, time_s, key=lambda s: s.time_s)
    before = track.sightings[number - 1] if number else None
    after = track.sightings[number] if number < len(track.sightings) else None
    if before is not None and after is not None and after.time_s - before.time_s <= _UNSEEN_S:
        share = (time_s - before.time_s) / (after.time_s - before.time_s)
        return [before.body.center_px * (1 - share) + after.body.center_px * share]
    places: list[FloatArray] = []
    for near, stretch in ((before, track.sightings[:number]), (after, track.sightings[number:])):
        if near is not None and abs(time_s - near.time_s) <= COAST_S:
            speed = _speed_px_s([s for s in stretch if abs(s.time_s - near.time_s) <= _MEMORY_S])
            walked = np.array([speed * (time_s - near.time_s), 0.0])
            places += [near.body.center_px, near.body.center_px + walked]
    return places


def _parting_s(a: Track, b: Track, people: Iterable[Track], survey_s: Sequence[float]) -> float:
    """Time of the first survey that shows two people apart, of whom one at least took part in the meeting."""
    start = survey_s[0]
    involved = [t for t in people if t in (a, b) or t.sightings[0].time_s > start]
    for time_s in survey_s:
        if time_s - start > _LONGEST_MEETING_S:
            break
        seen = [s for t in involved if (s := _sighting_at(t, time_s)) is not None]
        if any(_are_apart(x, y) for x, y in combinations(seen, 2)):
            return time_s
    return min(start + _LONGEST_MEETING_S, survey_s[-1])


def _part(people: Sequence[Track], meeting: _Meeting) -> list[Track]:
    """Cut the tracks of a meeting and tie the pieces after it to those before it."""
    cut = [t for t in people if t in (meeting.a, meeting.b) or meeting.start_s < t.sightings[0].time_s <= meeting.end_s]
    rest = [t for t in people if t not in cut]
    before = [(t, piece) for t in cut if (piece := _piece(t, -math.inf, meeting.start_s))]
    after = [(t, piece) for t in cut if (piece := _piece(t, meeting.end_s, math.inf))]
    costs = np.array([[_unlikeness(x, y) for _, y in after] for _, x in before]).reshape(len(before), len(after))
    rows, columns = scipy.optimize.linear_sum_assignment(np.minimum(costs, _UNLIKE))
    tied = {r: c for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if costs[r, c] < _UNLIKE}
    whole = []
    for row, (track, piece) in enumerate(before):
        person = Track(piece, hidden_s=[*track.hidden_s])
        whole.append(person)
        if row in tied:
            later, following = after[tied[row]]
            if later is track and _stands_in_front(track, meeting):
                person.sightings = piece + _piece(track, meeting.start_s, meeting.end_s) + following
            else:
                person.sightings = piece + following
                person.hidden_s.append((meeting.start_s, meeting.end_s))
    whole += [Track(piece) for column, (_, piece) in enumerate(after) if column not in tied.values()]
    return rest + whole


def _piece(track: Track, from_s: float, before_s: float) -> list[Sighting]:
    """Sightings with ``from_s <= time < before_s``."""
    return [s for s in track.sightings if from_s <= s.time_s < before_s]


def _unlikeness(before: Sequence[Sighting], after: Sequence[Sighting]) -> float:
    """How little two pieces of tracks look like one person, see ``_UNLIKE``."""
    last, first = before[-1], after[0]
    tail = [s for s in before if last.time_s - s.time_s <= _MEMORY_S]
    head = [s for s in after if s.time_s - first.time_s <= _MEMORY_S]
    scale = compute_median_scale(tail)
    growth = abs(math.log(compute_median_scale(head) / scale))
    coasted = _speed_px_s(tail) * min(first.time_s - last.time_s, COAST_S)
    moved = float(first.body.center_px[0] - last.body.center_px[0])
    off = max(min(0.0, coasted) - moved, moved - max(0.0, coasted), 0.0) / (TORSO_M * scale)
    return (growth / _SCALE_UNIT) ** 2 + off**2


def _stands_in_front(track: Track, meeting: _Meeting) -> bool:
    others = [t for t in (meeting.a, meeting.b) if t is not track]
    return all(track.median_scale >= _IN_FRONT * other.median_scale for other in others)


def _sighting_at(track: Track, time_s: float) -> Sighting | None:
    number = bisect.bisect_left(track.sightings, time_s, key=lambda s: s.time_s)
    found = track.sightings[number] if number < len(track.sightings) else None
    return found if found is not None and found.time_s == time_s else None


def _are_apart(a: Sighting, b: Sighting) -> bool:
    return _distance(a.body.center_px, b.body.center_px, a, b) >= _PARTED


def _distance(a_px: FloatArray, b_px: FloatArray, *people: Sighting) -> float:
    """Distance of two places; 1 is where people of the sizes given begin to hide each other."""
    sideways, vertically = np.abs(a_px - b_px) / max(s.body.torso_px for s in people)
    return float(max(sideways / _MEET_SIDEWAYS, vertically / _MEET_VERTICALLY))


def _speed_px_s(sightings: Sequence[Sighting]) -> float:
    """Sideways speed, px/s, by least squares; 0 where the sightings do not tell."""
    times = np.array([s.time_s for s in sightings])
    if times[-1] - times[0] < _LEAST_STRETCH_S:
        return 0.0
    places = np.array([s.body.center_px[0] for s in sightings])
    return float(((times - times.mean()) * (places - places.mean())).sum() / ((times - times.mean()) ** 2).sum())
