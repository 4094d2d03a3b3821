"""What is read from the pictures beside the poses, in the same pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from movescreen.kinematics import find_standing_view
from movescreen.model import BLAZEPOSE, CameraPath, FloatArray, Frame, PoseSequence
from movescreen.pose import DetectedPose, Observer
from movescreen.pose.covered import CoverWatch
from movescreen.pose.heel_tracking import HeelRise, HeelTracker, rise_over_floor
from movescreen.scene.camera import CameraWatch
from movescreen.video.keyframes import KeyFrames
from movescreen.video.picture_clock import PictureClock
from movescreen.video.picture_quality import SHARPNESS, PictureQuality

_ANKLE = BLAZEPOSE.index["left_ankle"]


_SHOULDERS = [BLAZEPOSE.index["left_shoulder"], BLAZEPOSE.index["right_shoulder"]]


class PictureWatch:
    """What is read from the pictures beside the poses, in the same pass: what the camera does, the heels, key pictures.

    Parameters
    ----------
    also
        Somebody else who looks at the same pictures.
    """

    def __init__(self, also: Observer | None = None) -> None:
        self._also = also
        self.restart()

    def restart(self) -> None:
        """Forget all frames."""
        if self._also is not None:
            self._also.restart()
        self.camera, self.heels, self.pictures = CameraWatch(), HeelTracker(), KeyFrames()
        self.cover, self.clock, self.quality = CoverWatch(), PictureClock(), PictureQuality()
        self.seen: list[tuple[int, tuple[HeelRise, HeelRise], FloatArray | None]] = []

    def on_cut(self) -> None:
        """Take note that nothing seen before goes on."""
        if self._also is not None:
            self._also.on_cut()
        self.heels = HeelTracker()
        self.cover.on_cut()

    def on_frame(self, frame: Frame, person: DetectedPose | None) -> None:
        """Take a frame, and the pose of the person in it."""
        if self._also is not None:
            self._also.on_frame(frame, person)
        points = person.image_xy_px if person is not None else None
        self.clock.update(frame)
        self.quality.update(frame, points)
        self.camera.update(frame, points)
        if points is not None:
            self.pictures.update(frame, float(points[_SHOULDERS, 1].mean()))
        self.cover.push(frame, points)
        ankle = None if points is None else points[_ANKLE]
        self.seen.append((frame.index, self.heels.push(frame, points), ankle))

    def readings(self, poses: PoseSequence) -> PoseSequence:
        """Return the poses with everything that was read from the pictures beside them."""
        path = self.camera.path(poses)
        steady = path.steady(poses)
        whole = self.camera.read_roll(path, steady, *find_standing_view(steady))
        seen = self._heel_lifts(poses, path) | self.cover.covered(poses) | {SHARPNESS: self.quality.record(poses)}
        return replace(poses, extras={**poses.extras, **seen, **whole.readings})

    def _heel_lifts(self, poses: PoseSequence, path: CameraPath) -> dict[str, FloatArray]:
        """Return the heels' rise over the floor for the frames of the followed person, px; NaN where somebody else was being watched."""
        row = {int(index): i for i, index in enumerate(poses.frame_index)}
        lifts = {}
        for k, side in enumerate(("left", "right")):
            read: list[HeelRise | None] = [None] * len(poses)
            for index, both, ankle in self.seen:
                i = row.get(index)
                if i is not None and ankle is not None and np.abs(poses.image_xy_px[i, _ANKLE] - ankle).max() < 1.0:
                    read[i] = both[k]
            lifts[f"heel_lift_{side}_px"] = rise_over_floor(read, row, path, poses.image_size_px)
        return lifts
