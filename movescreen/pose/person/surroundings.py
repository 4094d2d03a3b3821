"""Tell whether anything changed in the picture beside the person who is followed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from movescreen.model import Frame
from movescreen.pose.person.bodies import PersonBox

#: Rows and columns of the thumbnail that is compared.
_THUMBNAIL = 48
#: A pixel has changed when it differs by more than noise and compression make it, 0..255.
_CHANGED = 30
#: Share of the pixels beside the person that must have changed.
_CHANGED_FRAC = 0.01
#: What belongs to the person, beyond their joints, torso lengths: arms and a step sideways.
_MARGIN_TORSOS = 1.2


class SceneChange:
    """A thumbnail of the picture as it was at the last look, to tell cheaply whether a new look is worth it."""

    def __init__(self) -> None:
        self._thumbnail: NDArray[np.int16] | None = None

    def remember(self, frame: Frame) -> None:
        """Keep the picture as it is now."""
        self._thumbnail = _shrink(frame)

    def have_changed(self, frame: Frame, person: PersonBox | None) -> bool:
        """Tell whether something beside the person looks other than remembered; False when nothing is remembered."""
        now = _shrink(frame)
        if self._thumbnail is None or now.shape != self._thumbnail.shape:
            return False
        changed = np.abs(now - self._thumbnail) > _CHANGED
        if person is not None:
            step = frame.image.shape[1] / now.shape[1]
            margin = _MARGIN_TORSOS * person.torso_px
            left = int((person.joints_px[:, 0].min() - margin) / step)
            right = int((person.joints_px[:, 0].max() + margin) / step) + 1
            changed = np.concatenate([changed[:, : max(left, 0)], changed[:, max(right, 0) :]], axis=1)
        return bool(changed.size and changed.mean() > _CHANGED_FRAC)


def _shrink(frame: Frame) -> NDArray[np.int16]:
    """Pick a grid of pixels of the green channel."""
    height, width = frame.image.shape[:2]
    return frame.image[:: max(height // _THUMBNAIL, 1), :: max(width // _THUMBNAIL, 1), 1].astype(np.int16)
