"""Follow one person while frames come in, for live use."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.pose.estimator import DetectedPose
from movescreen.pose.person.bodies import Body
from movescreen.pose.person.tracks import Track, TrackBoard

#: How long the followed person may be out of sight before somebody else is followed, s.
RELEASE_S = 3.0


class PersonFollower:
    """One person out of the detections of each frame, or nobody; never by surprise somebody else.

    The first to be followed is the largest and most central. A step that no person can make (the network has hopped to
    somebody else, or slipped) is not followed: the answer is ``None`` until the person is back near their place. After
    ``release_s`` without them the largest and most central other person is taken, as somebody new.

    Parameters
    ----------
    image_size_px
        ``(width, height)`` of the picture.
    release_s
        See above, s.

    Attributes
    ----------
    is_new
        True for the frame in which somebody (else) began to be followed: what was derived from earlier poses is void.
    """

    def __init__(self, image_size_px: tuple[int, int], release_s: float = RELEASE_S) -> None:
        self._width = image_size_px[0]
        self._release_s = release_s
        self._board = TrackBoard(is_live=True)
        self._target: Track | None = None
        self.is_new = False

    def update(self, time_s: float, detections: Sequence[DetectedPose]) -> DetectedPose | None:
        """Take in the detections of the next frame.

        Parameters
        ----------
        time_s
            Time of the frame; after that of the last one.
        detections
            Everybody whom the engine found.

        Returns
        -------
        DetectedPose or None
            The followed person; ``None`` while they are out of sight.
        """
        seen = self._board.update(time_s, detections)
        self.is_new = False
        if self._target is None or time_s - self._target.last.time_s > self._release_s:
            candidates = [(track, body) for track, body in seen if track.is_person or self._target is None]
            if candidates:
                chosen = max(candidates, key=lambda pair: self._prominence(pair[1]))[0]
                self.is_new = chosen is not self._target
                self._target = chosen
        return next((body.pose for track, body in seen if track is self._target), None)

    def _prominence(self, body: Body) -> float:
        """Apparent size, less at the edges of the picture."""
        off_centre = abs(float(body.centre_px[0]) - self._width / 2) / (self._width / 2)
        return body.scale_px_per_m * (1.0 - 0.5 * min(off_centre, 1.0))
