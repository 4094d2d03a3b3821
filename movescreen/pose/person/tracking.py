"""Follow one person through a clip.

A single-person estimator reads every frame. It keeps to the body it has, is the fastest, and measures best: where
people come closer than about 0.7 m MediaPipe's multi-person mode drops one of them. So others are looked for apart: a
second, multi-person estimator surveys one frame a second, sooner when something changes beside the followed person, and
six frames a second while somebody else is about.

All detections go to one :class:`~movescreen.pose.person.tracks.TrackBoard`. At the end the screened person is chosen among the
tracks. Usually it is the one the single-person estimator kept to, and the poses are there. If it was somebody else, the
clip is read once more with everything but the chosen person painted over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from movescreen.errors import NoPersonFound
from movescreen.model import BLAZEPOSE, BoolArray, FloatArray, Frame, Notice, PoseSequence
from movescreen.pose.estimator import DetectedPose, EngineInfo, PoseEstimator
from movescreen.pose.person.bodies import TORSO_M, Body, measure_bodies
from movescreen.pose.person.choice import (
    MATTERING_SIZE,
    PRESENCE_GAP_S,
    choose_person,
    count_present,
    follow_path,
    others_that_matter,
)
from movescreen.pose.person.identity import drop_slips, resolve_identities
from movescreen.pose.person.surroundings import Surroundings
from movescreen.pose.person.tracks import MAX_SCALE_STEP, Track, TrackBoard
from movescreen.pose.prefetch import detect_ahead

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
_GREY = 127

#: Makes an estimator for up to so many people.
MakeEstimator = Callable[[int], PoseEstimator]
#: Called with the frames read so far and the time reached in the clip, s.
OnProgress = Callable[[int, float], None]


class Observer(Protocol):
    """Looks at the pictures of a clip in the same pass."""

    def on_frame(self, frame: Frame, person: DetectedPose | None) -> None:
        """Take a frame, and the pose of the person who is followed so far, if they were seen."""

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

    Returns
    -------
    TrackedPoses
        The poses of one person; never of two.

    Raises
    ------
    NoPersonFound
        When nobody was seen in any frame.
    """
    reading = _FirstReading(make_estimator, on_progress, observer)
    reading.run(open_frames())
    time_s = np.array(reading.times)
    clip_s = float(time_s[-1] - time_s[0]) if len(time_s) else 0.0
    people = resolve_identities(drop_slips(reading.board.tracks), reading.survey_s)
    target = choose_person(people, clip_s, reading.size_px[0])
    if target is None or reading.engine is None:
        raise NoPersonFound(
            f"nobody was seen in any of the {len(time_s)} frames",
            "film one person from head to feet, well lit, against a calm background",
        )
    others = others_that_matter(target, people)
    of_target = {id(sighting.body.pose) for sighting in target.sightings}
    found = [pose if id(pose) in of_target else None for _, pose in reading.followed]
    hidden = _is_hidden(target, time_s)
    if _kept_to(target, reading, found, ~hidden) < ENOUGH_FOLLOWED:
        if observer is not None:
            observer.restart()
        alone = _read_alone(open_frames(), make_estimator(1), target, others, time_s, on_progress, observer)
        found = [second or first for second, first in zip(alone, found, strict=True)]
    found = [None if out_of_sight else pose for pose, out_of_sight in zip(found, hidden, strict=True)]
    counts = np.maximum(count_present(others, time_s), hidden)
    poses = _to_sequence(found, time_s, reading.indices, reading.size_px)
    most, share = 1 + int(counts.max()), float((counts > 0).mean())
    notices, engine = _notices(poses, most, share), reading.engine
    return TrackedPoses(poses=poses, people_max=most, other_people_frac=share, notices=notices, engine=engine)


@dataclass
class _FirstReading:
    """Single-person estimator on every frame, surveys in between; all detections go to the board."""

    make_estimator: MakeEstimator
    on_progress: OnProgress | None
    observer: Observer | None
    board: TrackBoard = field(default_factory=TrackBoard)
    times: list[float] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    #: Per frame, whom the single-person estimator saw.
    followed: list[tuple[Track | None, DetectedPose | None]] = field(default_factory=list)
    size_px: tuple[int, int] = (0, 0)
    engine: EngineInfo | None = None
    survey_s: list[float] = field(default_factory=list)
    _surveyor: PoseEstimator | None = None
    _surroundings: Surroundings = field(default_factory=Surroundings)
    _person: Body | None = None
    _next_survey_s: float = -np.inf
    _alert_until_s: float = -np.inf

    def run(self, frames: Iterable[Frame]) -> None:
        """Read all frames."""
        try:
            # closed before the estimator: nothing may be under way in it then
            with self.make_estimator(1) as estimator, closing(detect_ahead(estimator, frames)) as answers:
                self.engine = estimator.info
                for frame, detected in answers:
                    self._take(frame, detected)
        finally:
            if self._surveyor is not None:
                self._surveyor.close()

    def _take(self, frame: Frame, detected: tuple[DetectedPose, ...]) -> None:
        if not self.times:
            self.size_px = (frame.image.shape[1], frame.image.shape[0])
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
            steady = max(self.board.tracks, key=lambda track: len(track.sightings), default=None)
            self.observer.on_frame(frame, pose if own is steady else None)
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

    def _plan_survey(self, time_s: float, seen: Sequence[tuple[Track, Body]], own: Track | None) -> None:
        """Come back sooner when somebody else is about."""
        least = MATTERING_SIZE * max((body.scale_px_per_m for track, body in seen if track is own), default=0.0)
        if any(track is not own and body.scale_px_per_m >= least for track, body in seen):
            self._alert_until_s = time_s + ALERT_S
        self._next_survey_s = time_s + (SURVEY_DENSE_S if time_s < self._alert_until_s else SURVEY_EVERY_S)


def _is_hidden(target: Track, time_s: FloatArray) -> BoolArray:
    """``(n,)`` True while the person cannot be told from somebody else."""
    hidden = np.zeros(len(time_s), dtype=bool)
    for from_s, to_s in target.hidden_s:
        hidden |= (time_s >= from_s) & (time_s < to_s)
    return hidden


def _kept_to(target: Track, reading: _FirstReading, found: Sequence[DetectedPose | None], where: BoolArray) -> float:
    """Share of the frames ``where`` the single-person estimator saw somebody in which it saw the person, 0..1."""
    there = where & (count_present([target], np.array(reading.times)) > 0)
    anybody = np.array([pose is not None for _, pose in reading.followed]) & there
    person = np.array([pose is not None for pose in found]) & there
    return float(person.sum() / max(int(anybody.sum()), 1))


def _read_alone(
    frames: Iterable[Frame],
    estimator: PoseEstimator,
    target: Track,
    others: Sequence[Track],
    time_s: FloatArray,
    on_progress: OnProgress | None,
    observer: Observer | None,
) -> list[DetectedPose | None]:
    """Read a clip again with everything but one person painted over; ``None`` where they are not on their path."""
    path = follow_path(target, time_s)
    half_px = _window(path, others, time_s)
    stay = (target.sightings[0].time_s - PRESENCE_GAP_S, target.sightings[-1].time_s + PRESENCE_GAP_S)
    found: list[DetectedPose | None] = []
    with estimator:
        for row, frame in zip(range(len(time_s)), frames, strict=False):
            pose = None
            if stay[0] <= frame.time_s <= stay[1]:
                pose = _on_path(estimator.detect(_paint_over(frame, path[row, 0], half_px[row])), path[row])
            found.append(pose)
            if observer is not None:
                observer.on_frame(frame, pose)
            if on_progress is not None:
                on_progress(len(found), frame.time_s)
    return found + [None] * (len(time_s) - len(found))


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
    image = np.full_like(frame.image, _GREY)
    image[:, left:right] = frame.image[:, left:right]
    return replace(frame, image=image)


def _on_path(detected: Sequence[DetectedPose], expected: FloatArray) -> DetectedPose | None:
    """Return the detection that lies where the person (x, y, scale) is known to be."""
    for body in measure_bodies(detected):
        sideways, vertical = np.abs(body.centre_px - expected[:2]) / (TORSO_M * expected[2])
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


def _notices(poses: PoseSequence, people_max: int, other_frac: float) -> tuple[Notice, ...]:
    notices = []
    if other_frac > 0:
        notices.append(Notice("other_people", _say_others(people_max, other_frac)))
    missing = ~poses.detected
    if missing.mean() > LOST_FRAC:
        longest = _longest_s(missing, poses.time_s)
        message = (
            f"The person was out of sight, or hidden by somebody, in {missing.mean():.0%} of the frames "
            f"(up to {longest:.1f} s at a stretch). Nothing was measured there."
        )
        notices.append(Notice("person_lost", message, ("all",)))
    return tuple(notices)


def _say_others(people_max: int, other_frac: float) -> str:
    who = "One other person is" if people_max == 2 else f"Up to {people_max - 1} other people are"
    return (
        f"{who} in the picture in {max(other_frac, 0.01):.0%} of the frames. The one who is large, central and moves up and down "
        "was followed: check that it is the right person."
    )


def _longest_s(missing: BoolArray, time_s: FloatArray) -> float:
    """Longest unbroken time without the person, s."""
    longest, since = 0.0, None
    for row, is_missing in enumerate(missing):
        if is_missing:
            since = row if since is None else since
            longest = max(longest, float(time_s[min(row + 1, len(time_s) - 1)] - time_s[since]))
        else:
            since = None
    return longest
