"""Where the person is in the picture."""

from __future__ import annotations

import numpy as np

from movescreen.model import Notice, PoseSequence

#: A picture so much wider than high is a wide one; beyond this share of its width from its middle the person is near the border.
_WIDE, _FROM_MIDDLE = 1.2, 0.25


def notice_of_border(poses: PoseSequence) -> Notice | None:
    """Return a ``near_border`` notice for a person near the left or right border of a wide picture, None otherwise.

    Wide lenses bend what is there: with a barrel distortion usual for action cameras, knee and hip were read 12 and 18 degrees
    too small. Without a distortion the person is still seen from another direction than the picture's middle.
    """
    width, height = poses.image_size_px
    across = poses.xy("mid_hip")[:, 0]
    seen = across[np.isfinite(across)]
    if not seen.size or width < _WIDE * height:
        return None
    away = abs(float(np.median(seen)) / width - 0.5)
    if away < _FROM_MIDDLE:
        return None
    text = (
        f"The person is {away:.0%} of the picture's width away from its middle: near the border of a wide picture a lens bends what it "
        "shows. Turn the camera until the person is in the middle."
    )
    return Notice("near_border", text, ("all",))
