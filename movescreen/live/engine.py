"""From pictures to sights: the pose network, the heels, the light, and whether somebody else is in the picture."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from movescreen.live.session import GuidedSession
from movescreen.live.sight import Light, Observation
from movescreen.live.states import Stage
from movescreen.model import BLAZEPOSE, Frame, PoseSequence
from movescreen.pose import DetectedPose, EngineInfo, MakeEstimator, PoseEstimator, create_estimator
from movescreen.pose.heel_tracking import SIDES, HeelTracker
from movescreen.pose.person.tracks import Follower
from movescreen.render.film import Film, FilmTape
from movescreen.scene.roll import Roll, roll_of_picture
from movescreen.video.keyframes import KeyFrames

#: How often somebody looks for other people during the set-up check, and how many are looked for.
_LOOK_ROUND_S = 1.0
_PEOPLE = 3
#: Others below this share of the largest person's trunk are background.
_MATTERING_SIZE = 0.4
_LIGHT_EVERY = 10
#: During the set-up the room's lines are looked at in every so many pictures.
_LINES_EVERY = 25
_THINNED = 8
_SHOULDERS = [BLAZEPOSE.index[f"{s}_shoulder"] for s in SIDES]
_HIPS = [BLAZEPOSE.index[f"{s}_hip"] for s in SIDES]


class LiveEngine:
    """Feeds a session from pictures. One thread at a time may use it.

    Parameters
    ----------
    pictures, films
        Keep the pictures of the deepest moments, for the report, and a small film of each part, for its player.
    make_estimator
        Makes a pose engine for up to so many people; MediaPipe when None.

    Raises
    ------
    AssetError
        When the pose network is missing or damaged.
    """

    def __init__(
        self,
        session: GuidedSession,
        model: str = "full",
        *,
        pictures: bool = False,
        films: bool = False,
        make_estimator: MakeEstimator | None = None,
    ) -> None:
        self.session = session
        #: Part id -> number of the picture -> picture, of the parts that have ended.
        self.pictures: dict[str, dict[int, Frame]] = {}
        #: Part id -> its film, and number of the picture -> when it was taken, s.
        self._films: dict[str, tuple[FilmTape, dict[int, float]]] = {}
        self._filming = films
        self._made_elsewhere = make_estimator is not None
        self._make = make_estimator or (lambda people: create_estimator("mediapipe", model=model, num_poses=people))
        self._estimator = self._make(1)
        self.info: EngineInfo = self._estimator.info
        self._watcher = _Watcher(self._make)
        self._heels = HeelTracker()
        self._follower = Follower()
        self._keys = KeyFrames() if pictures else None
        self._count = 0
        self._last_s = -np.inf
        self._stage = session.stage

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the networks. A second call does nothing."""
        self._estimator.close()
        self._watcher.close()

    def use_model(self, model: str) -> None:
        """Go on with another pose network, between two recordings.

        Raises
        ------
        AssetError
            When it is missing; the one before stays.
        """
        fresh = self._open(model)
        self._estimator.close()
        self._estimator, self.info = fresh, fresh.info

    def _open(self, model: str) -> PoseEstimator:
        return self._make(1) if self._made_elsewhere else create_estimator("mediapipe", model=model, num_poses=1)

    def process(self, image: NDArray[np.uint8], time_s: float) -> Observation:
        """Look at one picture, let the session know, and return what was seen.

        Parameters
        ----------
        image
            ``(h, w, 3)`` uint8 RGB.
        time_s
            When it was taken, seconds since the session began. One that is not later than the last is moved behind it.
        """
        time_s = max(time_s, self._last_s + 1e-3)
        self._last_s = time_s
        frame = Frame(image, time_s, self._count)
        self._count += 1
        people = self._estimator.detect(frame)
        pose = self._follow(time_s, people)
        sight = Observation(
            time_s, (image.shape[1], image.shape[0]), pose, frame.index, self._people(frame), self._light(frame, pose),
            self._lines(frame, pose), self._lifts(frame, pose),
        )  # fmt: skip
        self._film(frame)
        if self._keys is not None and pose is not None and self._stage is Stage.RECORDING:
            self._keys.update(frame, float(pose.image_xy_px[_SHOULDERS, 1].mean()))
        self.session.observe(sight)
        self.follow_stage()
        return sight

    def _follow(self, time_s: float, people: tuple[DetectedPose, ...]) -> DetectedPose | None:
        """Return the person of the session. While they set up, whoever is seen; from the countdown on nobody else takes their place."""
        pose = self._follower.follow(time_s, people)
        if pose is None and people and self._stage is not Stage.COUNTDOWN and self._stage is not Stage.RECORDING:
            self._follower.release()
            pose = self._follower.follow(time_s, people) or people[0]
        return pose

    def follow_stage(self) -> None:
        """Notice that the session went on; call it after a command."""
        before, self._stage = self._stage, self.session.stage
        if before is self._stage:
            return
        if self._stage is Stage.COUNTDOWN:
            self._heels = HeelTracker()
            self._films[self.session.part.id] = FilmTape(), {}
        if self._keys is not None and self._stage is Stage.RECORDING:
            # filled while the part goes on, so that they are there when it ends, also when nothing comes after it
            self._keys = KeyFrames()
            self.pictures[self.session.part.id] = self._keys.kept

    def take_film(self, part: str, poses: PoseSequence | None) -> Film | None:
        """Return the film of a part that has ended, its times those of the recorded poses; None where there is none."""
        tape, taken_s = self._films.pop(part, (None, {}))
        film = tape.finish() if tape is not None else None
        begun_s = taken_s.get(int(poses.frame_index[0])) if poses is not None and len(poses) else None
        return replace(film, start_s=film.start_s - begun_s) if film is not None and begun_s is not None else None

    def _film(self, frame: Frame) -> None:
        """Keep a picture of what is recorded, nothing of a pause."""
        if not self._filming or self.session.paused or self._stage not in (Stage.COUNTDOWN, Stage.RECORDING):
            return
        tape, taken_s = self._films[self.session.part.id]
        tape.push(frame.image, frame.time_s)
        taken_s[frame.index] = frame.time_s

    def _people(self, frame: Frame) -> int:
        if self._stage is not Stage.SETUP:
            return 1
        return self._watcher.count(frame)

    def _light(self, frame: Frame, pose: DetectedPose | None) -> Light | None:
        if self._stage is not Stage.SETUP or frame.index % _LIGHT_EVERY:
            return None
        return measure_light(frame.image, pose)

    def _lines(self, frame: Frame, pose: DetectedPose | None) -> Roll | None:
        if self._stage is not Stage.SETUP or frame.index % _LINES_EVERY:
            return None
        return roll_of_picture(frame, pose.image_xy_px if pose is not None else None)

    def _lifts(self, frame: Frame, pose: DetectedPose | None) -> dict[str, float]:
        if self._stage not in (Stage.COUNTDOWN, Stage.RECORDING) or self.session.part.view != "side":
            return {}
        lifts = self._heels.push(frame, pose.image_xy_px if pose is not None else None)
        return {f"heel_lift_{side}_px": lift.rise_px for side, lift in zip(SIDES, lifts, strict=True)}


def measure_light(image: NDArray[np.uint8], pose: DetectedPose | None) -> Light:
    """Return how bright a picture is where the person is, and elsewhere."""
    small = image[::_THINNED, ::_THINNED].mean(axis=2)
    if pose is None:
        middle = float(np.median(small))
        return Light(middle, middle)
    low = np.clip(np.nanmin(pose.image_xy_px, axis=0) / _THINNED, 0, None).astype(int)
    high = np.ceil(np.nanmax(pose.image_xy_px, axis=0) / _THINNED).astype(int)
    inside = np.zeros(small.shape, dtype=bool)
    inside[low[1] : high[1], low[0] : high[0]] = True
    if not inside.any() or inside.all():
        middle = float(np.median(small))
        return Light(middle, middle)
    return Light(float(np.median(small[inside])), float(np.median(small[~inside])))


def count_people(people: tuple[DetectedPose, ...]) -> int:
    """Return how many people are large enough to be mistaken for the one in front."""
    trunks = [
        float(np.linalg.norm(p.image_xy_px[_SHOULDERS].mean(axis=0) - p.image_xy_px[_HIPS].mean(axis=0)))
        for p in people
    ]
    return sum(t >= _MATTERING_SIZE * max(trunks) for t in trunks)


class _Watcher:
    """Looks for other people once in a while, in a thread of its own, so that nobody waits for it."""

    def __init__(self, make: MakeEstimator) -> None:
        self._make = make
        self._estimator: PoseEstimator | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="people")
        self._pending: Future[int] | None = None
        self._people = self._before = 1
        self._last_s = -np.inf

    def count(self, frame: Frame) -> int:
        """Return how many people there were in the last two looks, the smaller number; looks again when it is time."""
        if self._pending is not None and self._pending.done():
            self._before, self._people = self._people, max(1, self._pending.result())
            self._pending = None
        if self._pending is None and frame.time_s - self._last_s >= _LOOK_ROUND_S:
            self._last_s = frame.time_s
            self._pending = self._pool.submit(self._look, frame)
        return min(self._before, self._people)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._estimator is not None:
            self._estimator.close()
            self._estimator = None

    def _look(self, frame: Frame) -> int:
        if self._estimator is None:
            self._estimator = self._make(_PEOPLE)
        return count_people(self._estimator.detect(frame))
