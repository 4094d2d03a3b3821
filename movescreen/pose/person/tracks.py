"""Tracks: which detection of this frame is which person of the frames before.

One implementation for files and for live use. A detection joins a track only when the step is one that a person can
make in that time; otherwise it opens a track of its own, so that a network that hops to somebody else never drags a
track along.

People who squat, lunge or bend travel up and down within their place, somebody else stands beside it: the gate is wider
vertically than sideways. Somebody who walks keeps their sideways speed while hidden.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy  # its parts are loaded when they are first used

from movescreen.pose.estimator import DetectedPose
from movescreen.pose.person.bodies import TORSO_M, PersonBox, measure_bodies

#: Step that is always allowed (noise of the network), torso lengths.
STEP_BASE = 0.25
#: Greatest speed of the middle of the torso, torso lengths a second (about 4 m/s).
MAX_SPEED = 8.0
#: Bounds of the step however long somebody was out of sight, torso lengths.
MAX_STEP_SIDEWAYS, MAX_STEP_VERTICAL = 1.0, 1.5
#: Change of the apparent scale: always allowed, per second, and at most; natural logarithms.
SCALE_BASE, SCALE_RATE, MAX_SCALE_STEP = 0.15, 2.0, 0.3
#: How long a sideways speed is believed in once somebody is out of sight, s.
COAST_S = 1.5
#: Somebody who comes back to their place after longer than this is taken for somebody new, s.
MEMORY_S = 10.0
#: Sightings that make a track a person rather than a slip of the network.
CONFIRMED_SIGHTINGS = 3
#: Time constant of the smoothing of speed and scale, s.
_SMOOTHING_S = 0.25
#: A track of fewer sightings than a person's is forgotten after this, s.
_SLIP_MEMORY_S = 1.0
#: Two frames are never taken to be closer than this, s.
_SHORTEST_S = 1e-3
_REFUSED = 1e6


@dataclass(frozen=True, eq=False)
class Sighting:
    """A body of a track at a time (s)."""

    time_s: float
    body: PersonBox


@dataclass(eq=False)
class Track:
    """One person over time.

    Attributes
    ----------
    sightings
        What was seen of them, times rising.
    speed_px_s
        Smoothed sideways speed of the torso, px/s.
    scale_px_per_m
        Smoothed apparent scale.
    hidden_s
        Stretches (from, to) during which they could not be determined from somebody else.
    """

    sightings: list[Sighting] = field(default_factory=list)
    speed_px_s: float = 0.0
    scale_px_per_m: float = float("nan")
    hidden_s: list[tuple[float, float]] = field(default_factory=list)

    @property
    def last(self) -> Sighting:
        """The latest sighting."""
        return self.sightings[-1]

    @property
    def is_person(self) -> bool:
        """True when there are enough sightings to believe in them."""
        return len(self.sightings) >= CONFIRMED_SIGHTINGS

    @property
    def median_scale(self) -> float:
        """Apparent scale of all sightings, px/m."""
        return compute_median_scale(self.sightings)

    def add(self, time_s: float, body: PersonBox) -> None:
        """Append a sighting; its time must be after the last one's."""
        if not self.sightings:
            self.scale_px_per_m = body.scale_px_per_m
        else:
            dt = max(time_s - self.last.time_s, _SHORTEST_S)
            weight = 1.0 - math.exp(-dt / _SMOOTHING_S)
            speed = float(body.center_px[0] - self.last.body.center_px[0]) / dt
            self.speed_px_s += weight * (speed - self.speed_px_s)
            self.scale_px_per_m += weight * (body.scale_px_per_m - self.scale_px_per_m)
        self.sightings.append(Sighting(time_s, body))

    def is_remembered(self, time_s: float) -> bool:
        """Tell whether a detection at that time may still belong to this track."""
        return time_s - self.last.time_s <= (MEMORY_S if self.is_person else _SLIP_MEMORY_S)

    def cost(self, time_s: float, body: PersonBox) -> float:
        """Tell how badly a body fits.

        Parameters
        ----------
        time_s
            Time of the body, after the last sighting.
        body
            The candidate.

        Returns
        -------
        float
            0 where it was expected, about 1 a component at the edge of the plausible; infinite beyond.
        """
        dt = time_s - self.last.time_s
        torso = TORSO_M * self.scale_px_per_m
        here = self.last.body.center_px
        coasted = here[0] + self.speed_px_s * min(dt, COAST_S)
        offset = (body.center_px[0] - coasted) / torso
        # stopping on the way is as plausible as going on
        beside = max(min(here[0], coasted) - body.center_px[0], body.center_px[0] - max(here[0], coasted), 0.0) / torso
        rise = abs(body.center_px[1] - here[1]) / torso
        growth = abs(math.log(body.scale_px_per_m / self.scale_px_per_m))

        reach = STEP_BASE + MAX_SPEED * dt
        sideways, vertical = min(reach, MAX_STEP_SIDEWAYS), min(reach, MAX_STEP_VERTICAL)
        scaling = min(SCALE_BASE + SCALE_RATE * dt, MAX_SCALE_STEP)
        if beside > sideways or rise > vertical or growth > scaling:
            return math.inf
        distance = (offset / MAX_STEP_SIDEWAYS) ** 2 + (rise / MAX_STEP_VERTICAL) ** 2 + (growth / scaling) ** 2
        return float(distance) + 1.0 - _overlap(self.last.body, body)


def compute_median_scale(sightings: Sequence[Sighting]) -> float:
    """Return the median apparent scale, px/m."""
    return float(np.median([sighting.body.scale_px_per_m for sighting in sightings]))


class TrackBoard:
    """All people of a clip, frame by frame.

    Attributes
    ----------
    tracks
        Everybody, and every slip of the network, in the order in which they appeared.
    """

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._open: list[Track] = []

    def update(self, time_s: float, poses: Sequence[DetectedPose]) -> list[tuple[Track, PersonBox]]:
        """Take in the detections of one frame.

        Parameters
        ----------
        time_s
            Time of the frame; after that of the last update.
        poses
            Everybody detected; when somebody appears twice the first one counts.

        Returns
        -------
        list of (Track, Body)
            Who was seen, in the order of ``poses``.
        """
        bodies = measure_bodies(poses)
        self._open = [track for track in self._open if track.is_remembered(time_s)]
        owners = self._assign(time_s, bodies)
        seen = []
        for number, body in enumerate(bodies):
            track = owners.get(number)
            if track is None:
                track = Track()
                self.tracks.append(track)
                self._open.append(track)
            track.add(time_s, body)
            seen.append((track, body))
        return seen

    def _assign(self, time_s: float, bodies: Sequence[PersonBox]) -> dict[int, Track]:
        """Body number -> track, such that the sum of the costs is least."""
        if not bodies or not self._open:
            return {}
        costs = np.array([[min(track.cost(time_s, body), _REFUSED) for track in self._open] for body in bodies])
        if len(bodies) == 1:  # nearly always; the library takes longer to load than a clip to follow
            rows, columns = np.array([0]), costs.argmin(axis=1)
        else:
            rows, columns = scipy.optimize.linear_sum_assignment(costs)
        return {int(r): self._open[c] for r, c in zip(rows, columns, strict=True) if costs[r, c] < _REFUSED}


class Follower:
    """Keeps to one person, picture by picture, for who cannot look back: a camera that is watched live."""

    def __init__(self) -> None:
        self._track: Track | None = None

    def release(self) -> None:
        """Forget the person: the next one seen is followed."""
        self._track = None

    def follow(self, time_s: float, poses: Sequence[DetectedPose]) -> DetectedPose | None:
        """Return the person's pose among those of a picture, or None when they are not among them.

        Parameters
        ----------
        time_s
            Time of the picture; after that of the last one.
        poses
            Everybody detected; of a person who is not followed yet, the first one.
        """
        bodies = measure_bodies(poses)
        if not bodies:
            return None
        if self._track is None:
            self._track = Track()
            self._track.add(time_s, bodies[0])
            return bodies[0].pose
        costs = [self._track.cost(time_s, body) for body in bodies]
        best = int(np.argmin(costs))
        if not math.isfinite(costs[best]):
            return None
        self._track.add(time_s, bodies[best])
        del self._track.sightings[:-1]
        return bodies[best].pose


def _overlap(a: PersonBox, b: PersonBox) -> float:
    """Intersection over union of the boxes around the joints, 0..1."""
    low_a, high_a, low_b, high_b = a.joints_px.min(0), a.joints_px.max(0), b.joints_px.min(0), b.joints_px.max(0)
    inner = np.clip(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0, None).prod()
    outer = (high_a - low_a).prod() + (high_b - low_b).prod() - inner
    return float(inner / outer) if outer > 0 else 0.0
