"""Pictures that are squeezed or stretched: a thigh must be as long lying as it is upright.

A file that was resized without keeping its ratio, or that does not say that its pixels are not square, shows everything narrower or
wider. Every angle is wrong then, and nothing in the file tells. Seen square from the side a thigh turns in the plane of the picture
from upright to lying, so its two lengths give the picture away.
"""

from __future__ import annotations

import numpy as np

from movescreen.kinematics.facing import compute_yaw
from movescreen.kinematics.geometry import compute_circular_median
from movescreen.model import Notice, PoseSequence

#: Turned by no more than this from a square side view, degrees, by what the trunk says.
_SQUARE_DEG = 15.0
#: A thigh is upright when it goes across by less than this share of its height, and lies when it rises by less than this share of its
#: length; both must be seen in so many frames.
_UPRIGHT, _LIES, _FEWEST = 0.25, 0.6, 5
#: Lying over upright length: on 75 rendered clips of nine bodies from the side it is 0.67 to 1.06; a lying thigh is read a tenth too short.
_NARROWEST, _WIDEST = 0.66, 1.12
_USUAL = 0.9


def tell_squeezed(poses: PoseSequence) -> Notice | None:
    """Return a ``picture_squeezed`` notice when the near thigh looks much shorter or longer lying than upright, None otherwise.

    Parameters
    ----------
    poses
        As a level camera saw them, before hidden legs are taken out.
    """
    ratio = measure_lying_thigh(poses)
    if ratio is None or _NARROWEST <= ratio <= _WIDEST:
        return None
    how = "narrower" if ratio < 1.0 else "wider"
    text = (
        f"The picture may be {how} than it should be: the thigh looks {abs(ratio / _USUAL - 1.0):.0%} too {'short' if ratio < 1.0 else 'long'} lying against upright. "
        "Was the clip resized or converted? Use the file as the camera wrote it."
    )
    return Notice("picture_squeezed", text, ("all",))


def measure_lying_thigh(poses: PoseSequence) -> float | None:
    """Return how long the near thigh looks lying over upright, seen square from the side; None when it cannot be told."""
    turn = compute_circular_median(compute_yaw(poses))
    if not abs(abs(turn) - 90.0) <= _SQUARE_DEG:
        return None
    near = "right" if turn > 0 else "left"
    along = poses.xy(f"{near}_knee") - poses.xy(f"{near}_hip")
    along = np.abs(along[np.isfinite(along).all(axis=1)])
    across, down = along[:, 0], along[:, 1]
    upright = across < _UPRIGHT * down
    if upright.sum() < _FEWEST:
        return None
    length = float(np.percentile(down[upright], 90))
    lying = down < _LIES * length
    if lying.sum() < _FEWEST:
        return None
    return float(np.median(across[lying] / np.sqrt(length**2 - down[lying] ** 2)))
