"""A clip as labeled arrays with named dimensions and units (xarray)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from movescreen.model import ClipResult, SignalSpec
from movescreen.parts import need_package

if TYPE_CHECKING:
    import xarray

#: How units are written for others: names that UDUNITS and pint know.
_UNITS = {"deg": "degree", "pct": "percent", "ratio": "1"}


def to_dataset(result: ClipResult) -> xarray.Dataset:
    """Return a clip as a dataset; see :meth:`movescreen.Clip.to_xarray`."""
    package = need_package("xarray")
    series, poses = result.series, result.poses
    at_poses = np.searchsorted(poses.time_s, series.time_s)
    data: dict[str, Any] = {}
    for name, values in series.values.items():
        about = _about(series.specs[name])
        data[name] = ("time", values, about)
        if name in series.errors:
            error = {"units": about["units"], "long_name": f"standard deviation of the error of {name}"}
            data[f"{name}_error"] = ("time", series.errors[name], error)
    points = {
        "image_position": (poses.image_xy_px, "image_axis", "px"),
        "world_position": (poses.world_xyz_m, "world_axis", "m"),
    }
    for name, (xyz, axis, unit) in points.items():
        data[name] = (("time", "keypoint", axis), xyz[at_poses], {"units": unit})
    data["visibility"] = (("time", "keypoint"), poses.visibility[at_poses], {"units": "1"})
    coords = {
        "time": ("time", series.time_s, {"units": "s"}),
        "frame": ("time", series.frame_index),
        "rep": ("time", number_frames(result), {"long_name": "number of the repetition, 0 = none"}),
        "keypoint": list(poses.skeleton.landmarks),
        "image_axis": ("image_axis", ["x", "y"], {"long_name": "x right, y down, from the upper left corner"}),
        "world_axis": ("world_axis", ["x", "y", "z"], {"long_name": "x right, y down, z away from the camera, from the middle of the hips"}),
    }  # fmt: skip
    made = result.provenance
    attributes = {
        "file": result.video.name, "movement": result.movement.name, "view": result.view.kind.value, "fps": result.video.fps,
        "software": made.software, "pose_engine": made.pose_engine, "catalog_sha256": made.catalog_sha256,
    }  # fmt: skip
    dataset: xarray.Dataset = package.Dataset(data, coords, attributes)
    return dataset


def number_frames(result: ClipResult) -> NDArray[np.int64]:
    """Return ``(n,)``: the number of the repetition that each frame belongs to, 0 = to none."""
    time_s = result.series.time_s
    number = np.zeros(len(time_s), dtype=np.int64)
    for rep in result.reps:
        number[(time_s >= rep.start_s) & (time_s < rep.end_s)] = rep.number
    return number


def _about(spec: SignalSpec) -> dict[str, str]:
    said = {
        "units": _UNITS.get(spec.unit, spec.unit), "long_name": spec.title, "side": spec.side, "plane": spec.plane.value,
        "positive": spec.positive, "zero": spec.zero, "definition": spec.definition,
    }  # fmt: skip
    return {name: words for name, words in said.items() if words}
