"""What the pictures show of the camera: whether it moves, and how crooked it stands."""

from __future__ import annotations

import numpy as np

from movescreen.model import BoolArray, CameraPath, FloatArray, Frame, Notice, PoseSequence
from movescreen.scene.camera_motion import CameraMotionDetector, box_of_points
from movescreen.scene.roll import LineFinder, Roll, combine_rolls, roll_of_stander

#: Touching the phone to start and stop the recording: motion within so much of the clip's ends does no harm, s.
_TOUCHING_S = 1.0


class CameraWatch:
    """Looks at the room beside the person; feed it every frame of a clip."""

    def __init__(self) -> None:
        self._motion, self._lines = CameraMotionDetector(), LineFinder()
        self._roll: Roll | None = None

    def update(self, frame: Frame, points_xy_px: FloatArray | None) -> None:
        """Take a frame, and the person's landmarks in it, px; None when they were not seen."""
        box = None if points_xy_px is None else box_of_points(points_xy_px)
        self._motion.update(frame, box)
        self._lines.update(frame, box)

    def path(self, time_s: FloatArray, size_px: tuple[int, int]) -> CameraPath:
        """Return the camera's own motion in frames at ``(n,)`` times, s, in pictures of a size, px; as of a level camera."""
        return self._motion.motion.path(time_s, size_px)

    def read_roll(self, path: CameraPath, poses: PoseSequence, standing: BoolArray, yaw_deg: float) -> CameraPath:
        """Return the path with the roll of the camera.

        Parameters
        ----------
        path
            The camera's motion in the frames of the poses.
        poses
            The person, with that motion taken out.
        standing
            ``(n,)`` frames of standing.
        yaw_deg
            How the person is turned then, degrees.
        """
        known = path.known

        def turn_at(time_s: float) -> float:
            i = int(np.argmin(np.abs(poses.time_s - time_s)))
            return float(path.turn_deg[i]) if known[i] else float("nan")

        self._roll = combine_rolls(self._lines.roll(turn_at), roll_of_stander(poses, standing, yaw_deg))
        return CameraPath(path.scale, path.turn_deg, path.right_px, path.down_px, self._roll.deg, self._roll.error_deg)

    def notices(self, start_s: float, end_s: float, last_s: float) -> tuple[Notice, ...]:
        """Return what to tell of the camera.

        Parameters
        ----------
        start_s, end_s
            From the first repetition to the last, s: what the camera does there weakens readings.
        last_s
            End of the clip, s: motion elsewhere may have cost a repetition.
        """
        moved = self._motion.notice(start_s, end_s) or self._motion.notice(_TOUCHING_S, last_s - _TOUCHING_S)
        crooked = self._roll.notice if self._roll else None
        return tuple(notice for notice in (moved, crooked) if notice is not None)
