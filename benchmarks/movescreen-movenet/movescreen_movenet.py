"""MoveNet (Google, Apache-2.0) as a pose engine: seventeen points of one person, in the picture only.

The network is a file that ``build_model.py`` makes; ``MOVENET_MODEL`` says where it is. It runs in OpenCV, which movescreen has.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from movescreen.plugins import BLAZEPOSE, AssetError, DetectedPose, EngineInfo, Frame, PoseEstimator, register_engine

#: Side of the square picture that the network sees, px.
SIDE = 256
#: In the order of the network.
POINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
_PLACES = BLAZEPOSE.indices(POINTS)
_TRUNK = [POINTS.index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "hip")]
#: The trunk is believed from this score on; a crop is this much larger than what was seen in the frame before.
_LEAST, _ROOM = 0.2, 1.5


@register_engine("movenet")
class MoveNet(PoseEstimator):
    """MoveNet in OpenCV. It looks at the whole picture first, and then where the person was.

    Parameters
    ----------
    model, num_poses
        Not used: there is one network, and it finds one person.
    path
        The network's file; that of ``MOVENET_MODEL`` when None.

    Raises
    ------
    AssetError
        When the file is not there.
    """

    def __init__(self, model: str = "", *, num_poses: int = 1, path: Path | str | None = None) -> None:
        import cv2

        file = Path(path or os.environ.get("MOVENET_MODEL", "movenet_thunder.onnx"))
        if not file.is_file():
            raise AssetError(f"there is no network {file}", "make it with build_model.py, and name it in MOVENET_MODEL")
        data = file.read_bytes()
        self._cv2: Any = cv2
        self._net: Any = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
        self._info = EngineInfo("movenet", file.stem, hashlib.sha256(data).hexdigest())
        self._box: tuple[float, float, float] | None = None

    @property
    def info(self) -> EngineInfo:
        """Engine, network and its hash."""
        return self._info

    def detect(self, frame: Frame) -> tuple[DetectedPose, ...]:
        """Find the person in a frame."""
        if self._net is None:
            raise RuntimeError("this estimator is closed")
        height, width = frame.image.shape[:2]
        whole = (width / 2, height / 2, float(max(width, height)))
        found = self._look(frame.image, self._box) if self._box else None
        xy, score = found if found is not None and _believed(found[1]) else self._look(frame.image, whole)
        if not _believed(score):
            self._box = None
            return ()
        low, high = xy[score > _LEAST].min(axis=0), xy[score > _LEAST].max(axis=0)
        self._box = (*((low + high) / 2), min(_ROOM * float((high - low).max()), whole[2]))
        image, seen = np.full((len(BLAZEPOSE.landmarks), 2), np.nan), np.zeros(len(BLAZEPOSE.landmarks))
        image[_PLACES], seen[_PLACES] = xy, score
        return (DetectedPose(image, np.full((len(image), 3), np.nan), seen),)

    def close(self) -> None:
        """Let go of the network. A second call does nothing."""
        self._net = None

    def _look(self, image: Any, box: tuple[float, float, float]) -> tuple[Any, Any]:
        """Return ``(17, 2)`` px and ``(17,)`` scores of what is in a square of the picture: its middle and side, px."""
        x, y, side = box
        scale = SIDE / side
        moved = np.array([[scale, 0.0, SIDE / 2 - scale * x], [0.0, scale, SIDE / 2 - scale * y]])
        square = self._cv2.warpAffine(image, moved, (SIDE, SIDE))
        self._net.setInput(square[np.newaxis].astype(np.int32))
        found = np.asarray(self._net.forward(), dtype=np.float64).reshape(17, 3)
        return (found[:, 1::-1] - 0.5) * side + (x, y), found[:, 2]


def _believed(score: Any) -> bool:
    return bool(np.min(score[_TRUNK]) > _LEAST)
