"""Keep the pictures of the deepest moments while a clip is read, so that the report need not decode the clip again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from movescreen.model import Frame

#: Coming back up by this share of the way down ends a descent, and its deepest picture is kept.
_RETURN_FRACTION = 0.4
#: Descents smaller than this share of the picture's height are sway.
_LEAST_DESCENT = 0.04
#: Pictures kept at most; a picture takes about 1.5 MB.
MAX_KEPT = 60


@dataclass
class KeyFrames:
    """The deepest picture of every descent of a clip.

    Attributes
    ----------
    kept
        Number in the file -> frame.
    """

    kept: dict[int, Frame] = field(default_factory=dict)
    _top_px: float = np.inf
    _deepest_px: float = -np.inf
    _deepest: Frame | None = None

    def update(self, frame: Frame, height_px: float) -> None:
        """Look at the next frame.

        Parameters
        ----------
        frame
            The frame.
        height_px
            How far down the picture the person's shoulders are, px; NaN where nobody was seen.
        """
        if not np.isfinite(height_px):
            return
        if self._deepest is None or height_px > self._deepest_px:
            self._deepest, self._deepest_px = frame, height_px
        way_px = self._deepest_px - self._top_px
        if way_px > _LEAST_DESCENT * frame.image.shape[0] and height_px < self._deepest_px - _RETURN_FRACTION * way_px:
            if len(self.kept) < MAX_KEPT:
                self.kept[self._deepest.index] = self._deepest
            self._top_px = np.inf
        if height_px < self._top_px:
            self._top_px, self._deepest, self._deepest_px = height_px, frame, height_px
