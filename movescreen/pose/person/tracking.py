"""Follow one person through a clip.

A single-person estimator reads every frame. It keeps to the body it has, is the fastest, and measures best: where
people come closer than about 0.7 m MediaPipe's multi-person mode drops one of them. So others are looked for apart: a
second, multi-person estimator surveys one frame per second, sooner when something changes beside the followed person, and
six frames per second while somebody else is about.

All detections go to one :class:`~movescreen.pose.person.tracks.TrackBoard`. At the end the screened person is chosen among the
tracks. Usually it is the one the single-person estimator kept to, and the poses are there. If it was somebody else, the
clip is read once more with everything but the chosen person painted over.

Where the clip was cut, or the only person hops to another place from one frame to the next, another take begins: people are told
apart within a take, never across, and the person is chosen in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from movescreen.ahead import make_ahead
from movescreen.errors import NoPersonFound
from movescreen.model import BLAZEPOSE, BoolArray, FloatArray, Frame, Notice, PoseSequence
from movescreen.pose.estimator import DetectedPose, EngineInfo, PoseEstimator
from movescreen.pose.person.bodies import TORSO_M, PersonBox, measure_bodies
from movescreen.pose.person.choice import (
    MATTERING_SIZE,
    PRESENCE_GAP_S,
    choose_person,
    count_present,
    describe_others,
    describe_place,
    follow_path,
    may_be_mirror_image,
    others_that_matter,
)
from movescreen.pose.person.identity import drop_slips, resolve_identities
from movescreen.pose.person.surroundings import CutFinder, SceneChange
from movescreen.pose.person.tracks import MAX_SCALE_STEP, Track, TrackBoard

#: Greatest number of people a survey looks for.
SURVEY_POSES = 4
#: Time between surveys: while nothing happens, when something changed beside the person, while somebody else is about; s.
SURVEY_EVERY_S, SURVEY_CHANGED_S, SURVEY_DENSE_S = 1.0, 0.4, 1 / 6
#: How long somebody else is expected back, s.
ALERT_S = 3.0
#: When the single-person estimator kept to the chosen person for less than this share, the clip is read again.
ENOUGH_FOLLOWED = 0.97
#: A missing share of frames above this is worth a notice.
LOST_FRAC = 0.05
#: What stays visible beside the chosen person in the second reading: at most and at least (m), and of the way to the
#: next person.
_WINDOW_M, _WINDOW_LEAST_M, _WINDOW_SHARE = 1.3, 0.4, 0.55
#: How far a pose of the second reading may lie off the person's path: sideways, vertically, torso lengths.
_OFF_PATH = (0.6, 1.0)
_GRAY = 127
#: Frames by which the network is ahead: it goes on while a frame is searched for others; more would only hold pictures.
_NETWORK_AHEAD = 3
#: The only person who is seen elsewhere within this, s, too far off to be the same track, hopped: the clip was cut there. Who was seen
#: in fewer frames than this is nobody to take over from.
_HOP_S, _HOP_FRAMES = 0.25, 10

#: Makes an estimator for up to so many people.
MakeEstimator = Callable[[int], PoseEstimator]
#: Called with the frames read so far and the time reached in the clip, s.
OnProgress = Callable[[int, float], None]


class Observer(Protocol):
    """Looks at the pictures of a clip in the same pass."""

    def on_frame(self, frame: Frame, person: DetectedPose | None) -> None:
        """Take a frame, and the pose of the person who is followed so far, if they were seen."""

    def on_cut(self) -> None:
        """Take note that the next frame is of another take: nothing that was seen before goes on."""

    def restart(self) -> None:
        """Forget all frames: the clip is read again from its first one."""


@dataclass(frozen=True, kw_only=True)
class TrackedPoses:
    """The followed person, and what is to be known about the others.

    Attributes
    ----------
    poses
        One row a frame; NaN where the person was not seen or was hidden by somebody.
    people_max
        Greatest number of people at one time, the followed one included; far background people not counted.
    other_people_frac
        Share of the frames with somebody else, 0..1.
    notices
        ``other_people`` and ``person_lost``, where they apply.
    engine
        What made the poses.
    """

    poses: PoseSequence
    people_max: int
    other_people_frac: float
    notices: tuple[Notice, ...]
    engine: EngineInfo


def collect_poses(
    open_frames: Callable[[], Iterable[Frame]],
    make_estimator: MakeEstimator,
    on_progress: OnProgress | None = None,
    observer: Observer | None = None,
    person: str = "",
) -> TrackedPoses:
    """Read the poses of the screened person out of a clip.

    Parameters
    ----------
    open_frames
        Starts the clip from its first frame; called a second time only when the clip has to be read again.
    make_estimator
        Makes an estimator for up to the given number of people. It is closed here.
    on_progress
        Called after each frame with the number of frames read and the time (s); starts over when the clip is read again.
    observer
        Is given every frame, and told when the clip is read again.
    person
        Who is to be followed when there are several, as :func:`choose_person` takes it.

    Returns
    -------
    TrackedPoses
        The poses of one person; never of two within a take.

    Raises
    ------
    NoPersonFound
        When nobody was seen in any frame, or nobody at the place that was named.
    """
    reading = _FirstReading(make_estimator, on_progress, observer)
    reading.run(open_frames())
    time_s = np.array(reading.times)
    takes = [take for rows in _split_rows(reading) if (take := _choose_in_take(reading, rows, person)) is not None]
    if not takes or reading.engine is None:
        if person and reading.board.tracks:
            raise NoPersonFound(
                f"nobody was found where the person to be followed should be ({person})",
                "count people from left to right in the picture, or leave --person out",
            )
        raise NoPersonFound(
            f"nobody was seen in any of the {len(time_s)} frames",
            "film one person from head to feet, well lit, against a calm background",
        )
    of_targets = {id(s.body.pose) for take in takes for s in take.target.sightings}
    found = [pose if id(pose) in of_targets else None for _, pose in reading.followed]
    hidden = np.zeros(len(time_s), dtype=bool)
    for take in takes:
        hidden[take.rows] = _is_hidden(take.target, time_s[take.rows])
    again = [take for take in takes if _kept_to(take, reading, found, ~hidden) < ENOUGH_FOLLOWED]
    if again:
        if observer is not None:
            observer.restart()
        found = _read_alone(open_frames(), make_estimator(1), again, found, time_s, on_progress, observer)
    found = [None if out_of_sight else pose for pose, out_of_sight in zip(found, hidden, strict=True)]
    counts, number = hidden.astype(float), np.full(len(time_s), -1.0)
    for place, take in enumerate(takes):
        counts[take.rows] = np.maximum(counts[take.rows], count_present(take.others, time_s[take.rows]))
        number[take.rows] = place
    poses = _to_sequence(found, time_s, reading.indices, reading.size_px)
    if len(takes) > 1:
        poses = replace(poses, extras={"take": number})
    most, share = 1 + int(counts.max()), float((counts > 0).mean())
    notices, engine = _notices(poses, _Company(takes, most, share, person), reading.size_px), reading.engine
    return TrackedPoses(poses=poses, people_max=most, other_people_frac=share, notices=notices, engine=engine)


@dataclass(frozen=True, eq=False)
class _Take:
    """A stretch of the clip between two cuts: its rows, who is screened in it, and the others that matter."""

    rows: slice
    target: Track
    others: list[Track]


def _split_rows(reading: _FirstReading) -> list[slice]:
    """Return the rows of every take."""
    starts = sorted({0, *np.searchsorted(reading.times, reading.cuts.cuts_s).tolist(), *_hops(reading)})
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(reading.times)], strict=True) if b > a]


def _hops(reading: _FirstReading) -> list[int]:
    """Return the rows in which the only person goes on elsewhere: the clip was cut, and the camera stood where it had stood."""
    rows, last = [], None
    for row, (track, _) in enumerate(reading.followed):
        if track is None or len(track.sightings) < _HOP_FRAMES:
            continue
        if last is not None and track is not last and _takes_over(last, track, reading.board.tracks):
            rows.append(row)
        last = track
    return rows


def _takes_over(before: Track, after: Track, tracks: Sequence[Track]) -> bool:
    end_s, start_s = before.last.time_s, after.sightings[0].time_s
    if not 0.0 < start_s - end_s <= _HOP_S:
        return False
    around = (t for t in tracks if t is not before and t is not after and t.is_person)
    return not any(end_s - ALERT_S <= s.time_s <= start_s + ALERT_S for t in around for s in t.sightings)


def _choose_in_take(reading: _FirstReading, rows: slice, person: str) -> _Take | None:
    times = reading.times[rows]
    from_s, to_s = times[0], times[-1]
    pieces = [Track([s for s in t.sightings if from_s <= s.time_s <= to_s]) for t in reading.board.tracks]
    seen = [piece for piece in pieces if piece.sightings]
    surveys = [t for t in reading.survey_s if from_s <= t <= to_s]
    people = resolve_identities(drop_slips(seen), surveys) if seen else []
    target = choose_person(people, to_s - from_s, reading.size_px, person)
    return None if target is None else _Take(rows, target, others_that_matter(target, people))


@dataclass
class _FirstReading:
    """Single-person estimator on every frame, surveys in between; all detections go to the board."""

    make_estimator: MakeEstimator
    on_progress: OnProgress | None
    observer: Observer | None
    board: TrackBoard = field(default_factory=TrackBoard)
    cuts: CutFinder = field(default_factory=CutFinder)
    times: list[float] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    #: Per frame, whom the single-person estimator saw.
    followed: list[tuple[Track | None, DetectedPose | None]] = field(default_factory=list)
    size_px: tuple[int, int] = (0, 0)
    engine: EngineInfo | None = None
    survey_s: list[float] = field(default_factory=list)
    _surveyor: PoseEstimator | None = None
    _surroundings: SceneChange = field(default_factory=SceneChange)
    _person: PersonBox | None = None
    _kept_to: Counter[int] = field(default_factory=Counter)
    _next_survey_s: float = -np.inf
    _alert_until_s: float = -np.inf

    def run(self, frames: Iterable[Frame]) -> None:
        """Read all frames."""
        try:
            with self.make_estimator(1) as estimator:
                self.engine = estimator.info
                answers = make_ahead(((f, estimator.detect(f)) for f in frames), _NETWORK_AHEAD, "network")
                with closing(answers):  # before the estimator: nothing may be under way in it then
                    for frame, detected in answers:
                        self._take(frame, detected)
        finally:
            if self._surveyor is not None:
                self._surveyor.close()

    def _take(self, frame: Frame, detected: tuple[DetectedPose, ...]) -> None:
        if not self.times:
            self.size_px = (frame.image.shape[1], frame.image.shape[0])
        if self.cuts.push(frame):
            self._kept_to.clear()
            self._next_survey_s = frame.time_s
            if self.observer is not None:
                self.observer.on_cut()
        self.times.append(frame.time_s)
        self.indices.append(frame.index)
        is_survey = self._is_survey_due(frame)
        surveyed = self._survey(frame) if is_survey else ()
        seen = self.board.update(frame.time_s, [*detected[:1], *surveyed])
        own, person = next((pair for pair in seen if detected and pair[1].pose is detected[0]), (None, None))
        if is_survey:
            self._plan_survey(frame.time_s, seen, own)
        elif self.followed and own is not self.followed[-1][0]:
            self._next_survey_s = min(self._next_survey_s, frame.time_s + SURVEY_DENSE_S)  # lost or hopped: look around
        pose = person.pose if person is not None else None
        self._person = person or self._person
        self.followed.append((own, pose))
        if self.observer is not None:
            if own is not None:
                self._kept_to[id(own)] += 1
            steady = self._kept_to.most_common(1)
            self.observer.on_frame(frame, pose if own is not None and steady[0][0] == id(own) else None)
        if self.on_progress is not None:
            self.on_progress(len(self.times), frame.time_s)

    def _is_survey_due(self, frame: Frame) -> bool:
        if not self.survey_s or frame.time_s >= self._next_survey_s:
            return True
        is_early = frame.time_s < self.survey_s[-1] + SURVEY_CHANGED_S
        return not is_early and self._surroundings.have_changed(frame, self._person)

    def _survey(self, frame: Frame) -> tuple[DetectedPose, ...]:
        if self._surveyor is None:
            self._surveyor = self.make_estimator(SURVEY_POSES)
        self.survey_s.append(frame.time_s)
        self._surroundings.remember(frame)
        return self._surveyor.detect(frame)

    def _plan_survey(self, time_s: float, seen: Sequence[tuple[Track, PersonBox]], own: Track | None) -> None:
        """Come back sooner when somebody else is about."""
        least = MATTERING_SIZE * max((body.scale_px_per_m for track, body in seen if track is own), default=0.0)
        if any(track is not own and body.scale_px_per_m >= least for track, body in seen):
            self._alert_until_s = time_s + ALERT_S
        self._next_survey_s = time_s + (SURVEY_DENSE_S if time_s < self._alert_until_s else SURVEY_EVERY_S)


def _is_hidden(target: Track, time_s: FloatArray) -> BoolArray:
    """``(n,)`` True while the person cannot be determined from somebody else."""
    hidden = np.zeros(len(time_s), dtype=bool)
    for from_s, to_s in target.hidden_s:
        hidden |= (time_s >= from_s) & (time_s < to_s)
    return hidden


def _kept_to(take: _Take, reading: _FirstReading, found: Sequence[DetectedPose | None], where: BoolArray) -> float:
    """Share of a take's frames ``where`` the single-person estimator saw somebody in which it saw the person, 0..1."""
    time_s = np.array(reading.times[take.rows])
    there = where[take.rows] & (count_present([take.target], time_s) > 0)
    anybody = np.array([pose is not None for _, pose in reading.followed[take.rows]]) & there
    person = np.array([pose is not None for pose in found[take.rows]]) & there
    return float(person.sum() / max(int(anybody.sum()), 1))


def _read_alone(
    frames: Iterable[Frame],
    estimator: PoseEstimator,
    takes: Sequence[_Take],
    found: Sequence[DetectedPose | None],
    time_s: FloatArray,
    on_progress: OnProgress | None,
    observer: Observer | None,
) -> list[DetectedPose | None]:
    """Read a clip again, in some takes with everything but their person painted over; where that one is not on the path, ``found``."""
    paths, strips = np.full((len(time_s), 3), np.nan), np.full(len(time_s), np.nan)
    for take in takes:
        seen = take.target.sightings
        inside = slice(
            take.rows.start + int(np.searchsorted(time_s[take.rows], seen[0].time_s - PRESENCE_GAP_S)),
            take.rows.start + int(np.searchsorted(time_s[take.rows], seen[-1].time_s + PRESENCE_GAP_S, side="right")),
        )
        paths[inside] = follow_path(take.target, time_s[inside])
        strips[inside] = _window(paths[inside], take.others, time_s[inside])
    starts = {take.rows.start for take in takes} - {0}
    again = list(found)
    with estimator:
        for row, frame in zip(range(len(time_s)), frames, strict=False):
            if np.isfinite(strips[row]):
                seen_alone = estimator.detect(_paint_over(frame, paths[row, 0], strips[row]))
                again[row] = _on_path(seen_alone, paths[row]) or found[row]
            if observer is not None:
                if row in starts:
                    observer.on_cut()
                observer.on_frame(frame, again[row])
            if on_progress is not None:
                on_progress(row + 1, frame.time_s)
    return again


def _window(path: FloatArray, others: Sequence[Track], time_s: FloatArray) -> FloatArray:
    """``(n,)`` half the width, px, of the strip around a person that leaves others out as far as can be."""
    scale = path[:, 2]
    half = _WINDOW_M * scale
    for other in others:
        apart = np.abs(follow_path(other, time_s)[:, 0] - path[:, 0])
        near = np.maximum(_WINDOW_SHARE * apart, _WINDOW_LEAST_M * scale)
        half = np.where(count_present([other], time_s) > 0, np.minimum(half, near), half)
    return np.asarray(half)


def _paint_over(frame: Frame, x_px: float, half_px: float) -> Frame:
    left, right = max(int(x_px - half_px), 0), max(int(x_px + half_px), 0)
    image = np.full_like(frame.image, _GRAY)
    image[:, left:right] = frame.image[:, left:right]
    return replace(frame, image=image)


def _on_path(detected: Sequence[DetectedPose], expected: FloatArray) -> DetectedPose | None:
    """Return the detection that lies where the person (x, y, scale) is known to be."""
    for body in measure_bodies(detected):
        sideways, vertical = np.abs(body.center_px - expected[:2]) / (TORSO_M * expected[2])
        growth = abs(np.log(body.scale_px_per_m / expected[2]))
        if sideways <= _OFF_PATH[0] and vertical <= _OFF_PATH[1] and growth <= MAX_SCALE_STEP:
            return body.pose
    return None


def _to_sequence(
    found: Sequence[DetectedPose | None], time_s: FloatArray, indices: Sequence[int], size_px: tuple[int, int]
) -> PoseSequence:
    n, k = len(time_s), len(BLAZEPOSE.landmarks)
    image_xy, world, visibility = np.full((n, k, 2), np.nan), np.full((n, k, 3), np.nan), np.full((n, k), np.nan)
    for row, pose in enumerate(found):
        if pose is not None:
            image_xy[row], world[row], visibility[row] = pose.image_xy_px, pose.world_xyz_m, pose.visibility
    return PoseSequence(time_s, image_xy, world, visibility, np.array(indices, dtype=np.int64), size_px)


@dataclass(frozen=True, eq=False)
class _Company:
    """Who else is in the picture: the takes, the most people at a time, in what share of the frames, and who was named."""

    takes: Sequence[_Take]
    most: int
    share: float
    named: str


def _notices(poses: PoseSequence, company: _Company, size_px: tuple[int, int]) -> tuple[Notice, ...]:
    notices = []
    if company.share > 0:
        notices.append(Notice("other_people", _say_others(company, size_px)))
    if not company.named and any(may_be_mirror_image(t.target, other) for t in company.takes for other in t.others):
        message = (
            "The one who was followed may be a mirror image: somebody else is as large and moves in step. Left and right are in doubt. "
            "Say who the person is (--person left, right, or a number from the left), or film without the mirror."
        )
        notices.append(Notice("mirror_image", message))
    missing = ~poses.detected
    if missing.mean() > LOST_FRAC:
        longest = _longest_s(missing, poses.time_s)
        message = (
            f"The person was out of sight, or hidden by somebody, in {missing.mean():.0%} of the frames "
            f"(up to {longest:.1f} s at a stretch). Nothing was measured there."
        )
        notices.append(Notice("person_lost", message))
    return tuple(notices)


def _say_others(company: _Company, size_px: tuple[int, int]) -> str:
    who = "One other person is" if company.most == 2 else f"Up to {company.most - 1} other people are"
    seen = f"{who} in the picture in {max(company.share, 0.01):.0%} of the frames"
    take = max((t for t in company.takes if t.others), key=lambda t: len(t.others), default=None)
    if take is not None:
        where = describe_place(take.target, [take.target, *take.others], size_px)
        seen += f": {describe_others(take.target, take.others)}. The {where} was followed"
    else:
        seen += ". The one who is large, central and moves up and down was followed"
    if company.named:
        return f"{seen}, as was asked."
    return f"{seen}: check that it is the right person, or say who it is (--person left, right, middle, or a number from the left)."


def _longest_s(missing: BoolArray, time_s: FloatArray) -> float:
    """Longest unbroken time without the person, s."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]))).reshape(-1, 2)
    ends = np.append(time_s, time_s[-1])  # a stretch ends with the frame after it, where there is one
    return max((float(ends[after] - time_s[first]) for first, after in edges), default=0.0)
