"""What happens in the picture beside the person who is followed: whether anything changed there, and where the clip was cut."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from movescreen.model import Frame
from movescreen.pose.person.bodies import PersonBox
from movescreen.thumbnail import make_thumbnail

#: Rows and columns of the thumbnail that is compared.
_THUMBNAIL = 48
#: A pixel has changed when it differs by more than noise and compression make it, 0..255.
_CHANGED = 30
#: Share of the pixels beside the person that must have changed.
_CHANGED_FRAC = 0.01
#: A pixel of a thumbnail of even contrast shows something else when it differs by more than this (standard deviations of the picture).
#: From one picture to the next somebody who moves makes 0.1 of them others at most; a cut makes more, and at once.
_OTHER_TONE, _CUT_FRAC, _CUT_SUDDEN, _SUDDEN_S = 0.6, 0.16, 3.0, 0.35
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


class CutFinder:
    """Finds where a clip was cut: there the whole picture becomes another one at once.

    A fade is not found here but by the body, which hops from one place to another in the middle of it.
    """

    def __init__(self) -> None:
        self._last: tuple[float, NDArray[np.float32]] | None = None
        self._steps: deque[tuple[float, float]] = deque()
        #: Times of the first frames after each cut, s.
        self.cuts_s: list[float] = []

    def push(self, frame: Frame) -> bool:
        """Take the next frame; return whether the clip is cut before it."""
        now, time_s = _even_out(frame), frame.time_s
        is_cut = (
            self._last is not None
            and self._last[1].shape == now.shape
            and self._is_sudden(time_s, float((np.abs(self._last[1] - now) > _OTHER_TONE).mean()))
        )
        if is_cut:
            self.cuts_s.append(time_s)
        self._last = (time_s, now)
        return is_cut

    def _is_sudden(self, time_s: float, changed: float) -> bool:
        usual = max((step for _, step in self._steps), default=0.0)
        self._steps.append((time_s, changed))
        while time_s - self._steps[0][0] > _SUDDEN_S:
            self._steps.popleft()
        return changed > _CUT_FRAC and changed > _CUT_SUDDEN * usual


def _even_out(frame: Frame) -> NDArray[np.float32]:
    """Return a soft thumbnail of fixed brightness and contrast, so that a lamp or the exposure makes no other picture."""
    height, width = frame.image.shape[:2]
    size = (max(round(_THUMBNAIL * width / height), 1), _THUMBNAIL)
    values = make_thumbnail(frame.image, size, every=max(height // (4 * _THUMBNAIL), 1)).astype(np.float32)
    return np.asarray((values - values.mean()) / max(float(values.std()), 8.0), dtype=np.float32)
