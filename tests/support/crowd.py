"""People whose place in every frame is known, and engines that see them as told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from movescreen.model import FloatArray, Frame, PoseSequence
from movescreen.pose import DetectedPose, EngineInfo, PoseEstimator
from movescreen.pose.person.bodies import TORSO_M
from tests.support.figure import Camera, Posture, film, squat

SIZE_PX = (720, 960)
#: Scale of the person to be screened, px/m, and the length of their torso, px.
PX_PER_M = 300.0
TORSO_PX = TORSO_M * PX_PER_M
FPS = 30.0

Seen = tuple[DetectedPose, ...]


@dataclass(frozen=True)
class Actor:
    """Somebody over time; ``poses`` has one row a frame."""

    poses: PoseSequence

    def __len__(self) -> int:
        return len(self.poses)

    def at(self, row: int) -> DetectedPose:
        """Return the detection of a frame."""
        return DetectedPose(self.poses.image_xy_px[row], self.poses.world_xyz_m[row], self.poses.visibility[row])

    def moved(self, x_px: float | FloatArray = 0.0, y_px: float | FloatArray = 0.0, scale: float = 1.0) -> Actor:
        """Return the same person elsewhere, nearer or farther (about the middle of the picture's floor)."""
        pivot = np.array([SIZE_PX[0] / 2, SIZE_PX[1] * 0.82])
        shift = np.stack(np.broadcast_arrays(x_px, y_px, np.zeros(len(self)))[:2], axis=-1)[:, None, :]
        return Actor(self.poses.with_points(image_xy_px=(self.poses.image_xy_px - pivot) * scale + pivot + shift))


def squatter(count: int = 2, yaw: float = 0.0, **timing: float) -> Actor:
    """Return somebody who squats in the middle of the picture."""
    return Actor(squat(count, Camera(yaw, PX_PER_M, SIZE_PX), **timing).poses)


def stander(frames: int, yaw: float = 0.0) -> Actor:
    """Return somebody who stands still in the middle of the picture."""
    return Actor(film(Posture(), np.arange(frames) / FPS, Camera(yaw, PX_PER_M, SIZE_PX)))


def walker(frames: int, from_px: float, px_per_frame: float, scale: float = 1.0) -> Actor:
    """Return somebody who crosses the picture, seen from the side; ``from_px`` is off the middle."""
    return stander(frames, 90.0).moved(x_px=from_px + px_per_frame * np.arange(frames), scale=scale)


def frames(time_s: FloatArray, image: np.ndarray | None = None) -> Iterator[Frame]:
    """Yield a frame for every time; all show the same picture."""
    image = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8) if image is None else image
    yield from (Frame(image, float(t), i) for i, t in enumerate(time_s))


@dataclass
class ScriptedEngine(PoseEstimator):
    """Sees in frame ``i`` what stands in row ``i`` of its script."""

    script: Sequence[Seen]
    looked_at: list[Frame] = field(default_factory=list)
    is_open: bool = True

    @property
    def info(self) -> EngineInfo:
        return EngineInfo("scripted", "none", "")

    def detect(self, frame: Frame) -> Seen:
        self.looked_at.append(frame)
        return self.script[frame.index]

    def close(self) -> None:
        self.is_open = False


@dataclass
class Stage:
    """A clip and its engines: one script for each reading with one person, one for the surveys."""

    time_s: FloatArray
    single: list[Sequence[Seen]]
    survey: Sequence[Seen]
    opened: int = 0
    engines: list[tuple[int, ScriptedEngine]] = field(default_factory=list)

    @classmethod
    def of(cls, actor: Actor, single: Sequence[Seen], survey: Sequence[Seen], again: Sequence[Seen] = ()) -> Self:
        return cls(actor.poses.time_s, [single, again], survey)

    def open_frames(self) -> Iterator[Frame]:
        self.opened += 1
        return frames(self.time_s)

    def make_estimator(self, people: int) -> ScriptedEngine:
        read_before = sum(number == 1 for number, _ in self.engines)
        engine = ScriptedEngine(self.single[read_before] if people == 1 else self.survey)
        self.engines.append((people, engine))
        return engine


def script(frames: int, see: Callable[[int], Sequence[DetectedPose]]) -> list[Seen]:
    """Return what an engine sees in each frame."""
    return [tuple(see(row)) for row in range(frames)]
