"""PoseSequence: landmarks over time, the one form in which poses travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from movescreen.model.equality import ValueEquality
from movescreen.model.skeleton import BLAZEPOSE, Skeleton

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PoseSequence(ValueEquality):
    """Landmarks of one person over a clip.

    Attributes
    ----------
    time_s
        ``(n,)`` rising times in real seconds.
    image_xy_px
        ``(n, k, 2)`` pixels of the analyzed picture, x right, y down. NaN where nobody was found.
    world_xyz_m
        ``(n, k, 3)`` meters around mid-hip, camera axes: x right, y down, z away from the camera. NaN where unknown.
    visibility
        ``(n, k)`` 0..1 as the model states it. It stays near 1 for hidden joints: never the only gate.
    frame_index
        ``(n,)`` number of the frame in the file.
    image_size_px
        ``(width, height)`` of the analyzed picture.
    skeleton
        Names of the landmark axis.
    extras
        Further readings taken from the pictures, each ``(n,)``, NaN where unknown: ``heel_lift_left_px`` and
        ``heel_lift_right_px``, how far the rear foot has risen since the leg was last straight; ``covered_left_hip`` and so on, 1 where something stands in
        front of a joint; ``different_pictures``, share of the pictures around a frame that differ from the one before;
        ``sharpness``, how steep edges are on the person, gray levels.

    Raises
    ------
    ValueError
        When shapes disagree, times do not rise, or a coordinate is infinite.
    """

    time_s: FloatArray
    image_xy_px: FloatArray
    world_xyz_m: FloatArray
    visibility: FloatArray
    frame_index: NDArray[np.int64]
    image_size_px: tuple[int, int]
    skeleton: Skeleton = BLAZEPOSE
    extras: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, k = len(self.time_s), len(self.skeleton.landmarks)
        wanted = {
            "image_xy_px": (n, k, 2),
            "world_xyz_m": (n, k, 3),
            "visibility": (n, k),
            "frame_index": (n,),
        }
        wrong = [
            f"{name}: expected {shape}, got {getattr(self, name).shape}"
            for name, shape in wanted.items()
            if getattr(self, name).shape != shape
        ]
        wrong += [f"{name}: expected {(n,)}, got {v.shape}" for name, v in self.extras.items() if v.shape != (n,)]
        if np.any(np.diff(self.time_s) <= 0) or not np.all(np.isfinite(self.time_s)):
            wrong.append("time_s must be finite and rising")
        if np.any(np.isinf(self.image_xy_px)) or np.any(np.isinf(self.world_xyz_m)):
            wrong.append("coordinates must be finite or NaN")
        if wrong:
            raise ValueError("; ".join(wrong))

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def detected(self) -> NDArray[np.bool_]:
        """``(n,)`` True where a person was found: shoulders and hips are known; hands or feet may be cut off."""
        trunk = self.skeleton.indices(f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip"))
        return np.asarray(np.isfinite(self.image_xy_px[:, trunk]).all(axis=(1, 2)))

    def xy(self, name: str) -> FloatArray:
        """Return ``(n, 2)`` image positions of a landmark, or of the middle of a pair (``mid_hip``), px."""
        return self._get(self.image_xy_px, name)

    def world(self, name: str) -> FloatArray:
        """Return ``(n, 3)`` world positions of a landmark, or of the middle of a pair, m."""
        return self._get(self.world_xyz_m, name)

    def _get(self, points: FloatArray, name: str) -> FloatArray:
        index = self.skeleton.index
        if name.startswith("mid_"):
            part = name.removeprefix("mid_")
            return np.asarray((points[:, index[f"left_{part}"]] + points[:, index[f"right_{part}"]]) / 2)
        return points[:, index[name]]

    def with_points(self, image_xy_px: FloatArray | None = None, world_xyz_m: FloatArray | None = None) -> PoseSequence:
        """Return a copy with other coordinates."""
        return replace(
            self,
            image_xy_px=self.image_xy_px if image_xy_px is None else image_xy_px,
            world_xyz_m=self.world_xyz_m if world_xyz_m is None else world_xyz_m,
        )

    def slice(self, start: int, stop: int) -> PoseSequence:
        """Return frames ``start`` (inclusive) to ``stop`` (exclusive)."""
        s = slice(start, stop)
        return replace(
            self,
            time_s=self.time_s[s],
            image_xy_px=self.image_xy_px[s],
            world_xyz_m=self.world_xyz_m[s],
            visibility=self.visibility[s],
            frame_index=self.frame_index[s],
            extras={name: v[s] for name, v in self.extras.items()},
        )
