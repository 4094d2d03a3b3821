"""What the pictures show of the camera: whether it moves, and how crooked it stands."""

from __future__ import annotations

import numpy as np

from movescreen.model import BoolArray, CameraPath, FloatArray, Frame, Notice, PoseSequence
from movescreen.scene.camera_motion import CameraMotionDetector, box_of_points
from movescreen.scene.roll import LineFinder, Roll, combine_rolls, roll_of_stander

#: Touching the phone to start and stop the recording: motion within so much of the clip's ends does no harm, s.
_TOUCHING_S = 1.0
#: Ankles that keep within this share of the body's height in the picture stay; a camera's motion that would then make them go further than
#: the second share was read from something that moves with the person, as a bar before a bare wall.
_STAY, _GO = 0.045, 0.08


class CameraWatch:
    """Looks at the room beside the person; feed it every frame of a clip."""

    def __init__(self) -> None:
        self._motion, self._lines = CameraMotionDetector(), LineFinder()
        self._roll: Roll | None = None
        self._stands = False

    def update(self, frame: Frame, points_xy_px: FloatArray | None) -> None:
        """Take a frame, and the person's landmarks in it, px; None when they were not seen."""
        box = None if points_xy_px is None else box_of_points(points_xy_px)
        self._motion.update(frame, box)
        self._lines.update(frame, box)

    def path(self, poses: PoseSequence) -> CameraPath:
        """Return the camera's own motion in the frames of the poses, as of a level camera.

        Feet that stay in one place in the picture stand, and so does the camera: where the background says otherwise, or nothing, the feet
        are believed.
        """
        path = self._motion.motion.path(poses.time_s, poses.image_size_px)
        unsure = not path.known.all() or _way_of_feet(path.steady(poses)) > _GO
        self._stands = unsure and _way_of_feet(poses) < _STAY
        return CameraPath.still(len(poses)) if self._stands else path

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
        moved = None
        if not self._stands:
            moved = self._motion.notice(start_s, end_s) or self._motion.notice(_TOUCHING_S, last_s - _TOUCHING_S)
        crooked = self._roll.notice if self._roll else None
        return tuple(notice for notice in (moved, crooked) if notice is not None)


def _way_of_feet(poses: PoseSequence) -> float:
    """Return how far either ankle goes about the picture, share of the body's height over the feet; NaN when they were not seen."""
    feet = np.stack([poses.xy("left_ankle"), poses.xy("right_ankle"), poses.xy("mid_shoulder")], axis=1)
    feet = feet[np.isfinite(feet).all(axis=(1, 2))]
    if not len(feet):
        return float("nan")
    height = np.percentile(np.linalg.norm(feet[:, :2].mean(axis=1) - feet[:, 2], axis=1), 90)
    way = np.ptp(np.percentile(feet[:, :2], [2, 98], axis=0), axis=0)
    return float(np.linalg.norm(way, axis=1).max() / height)
