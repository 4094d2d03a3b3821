"""Sights made of the figure's poses: somebody stands for a while, then moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from movescreen.live.session import GuidedSession
from movescreen.live.sight import Light, Observation
from movescreen.model import PoseSequence
from movescreen.pose import DetectedPose
from tests.support.figure import FPS, Camera, bend, lunge, squat

FRONT, SIDE, LEFT_NEAR = Camera(0.0), Camera(90.0), Camera(-90.0)
BRIGHT = Light(120.0, 130.0)
#: The network sees every standing body tipped by this much towards a level camera, degrees.
NETWORK_TILT_DEG = -8.5


def tilt_world(points: np.ndarray, degrees: float) -> np.ndarray:
    """Return ``(k, 3)`` world points turned about the picture's horizontal; positive = the camera looks up."""
    a = np.radians(degrees)
    y, z = points[:, 1], points[:, 2]
    return np.stack([points[:, 0], y * np.cos(a) + z * np.sin(a), z * np.cos(a) - y * np.sin(a)], axis=1)


def sights_of(
    poses: PoseSequence,
    start_s: float = 0.0,
    *,
    hold_s: float = 0.0,
    tilt_deg: float = NETWORK_TILT_DEG,
    people: int = 1,
) -> Iterator[Observation]:
    """Yield a sight for each pose; the first one is held for a while before."""
    held = round(hold_s * FPS)
    for i in range(-held, len(poses)):
        row = max(i, 0)
        seen = np.isfinite(poses.image_xy_px[row]).all()
        pose = DetectedPose(poses.image_xy_px[row], tilt_world(poses.world_xyz_m[row], tilt_deg), np.full(33, 0.99))
        time_s = start_s + (i + held) / FPS
        yield Observation(time_s, poses.image_size_px, pose if seen else None, i + held, people, BRIGHT)


def standing_sights(
    seconds: float, camera: Camera = FRONT, start_s: float = 0.0, **options: float
) -> list[Observation]:
    """Return somebody who stands."""
    poses = squat(1, camera).poses.slice(0, 1)
    return list(sights_of(poses, start_s, hold_s=seconds, **options))  # type: ignore[arg-type]


def after(sights: Iterable[Observation], start_s: float) -> list[Observation]:
    """Return sights moved in time, so that the first one is at ``start_s``."""
    sights = list(sights)
    first_s = sights[0].time_s
    return [replace(s, time_s=s.time_s - first_s + start_s) for s in sights]


class Player:
    """Plays sights to a session, one after the other in time."""

    def __init__(self, session: GuidedSession) -> None:
        self.session = session
        self.now_s = 0.0

    def play(self, poses: PoseSequence, hold_s: float = 0.0, **options: float) -> None:
        for sight in sights_of(poses, self.now_s + 1 / FPS, hold_s=hold_s, **options):  # type: ignore[arg-type]
            self.now_s = sight.time_s
            self.session.observe(sight)

    def stand(self, seconds: float, camera: Camera = FRONT, **options: float) -> None:
        self.play(squat(1, camera).poses.slice(0, 1), seconds, **options)

    def nobody(self, seconds: float) -> None:
        for _ in range(round(seconds * FPS)):
            self.now_s += 1 / FPS
            self.session.observe(Observation(self.now_s, FRONT.size_px, None, light=BRIGHT))


__all__ = ["FRONT", "LEFT_NEAR", "SIDE", "Player", "after", "bend", "lunge", "sights_of", "squat", "standing_sights"]
