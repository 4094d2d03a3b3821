"""``landmarks.c3d``: landmarks as points and angles as angles, for motion-capture programs (C3D, through ezc3d)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from movescreen.model import ClipResult, resample
from movescreen.parts import need_package
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.opensim import even_landmarks

C3D_FILE = "landmarks.c3d"


@register_writer("c3d", files={C3D_FILE: "landmarks in millimeters and angles in degrees"}, on_request=True)
def write_c3d(job: ReportJob, folder: Path) -> None:
    """Write ``landmarks.c3d`` into a folder.

    Raises
    ------
    AssetError
        When the package ezc3d is not installed.
    """
    _file_of(job.result).write(str(folder / C3D_FILE))


def _file_of(result: ClipResult) -> Any:
    """Return the clip as ezc3d holds it: points first, then each angle as the x of a point, as motion-capture programs keep angles."""
    ezc3d = need_package("ezc3d")
    time_s, rate_hz, xyz = even_landmarks(result)
    series = result.series
    angles = [name for name in series.values if series.has(name) and series.specs[name].unit == "deg"]
    markers = list(result.poses.skeleton.landmarks)
    points = np.zeros((4, len(markers) + len(angles), len(time_s)))
    points[:3, : len(markers)] = np.moveaxis(xyz, 0, -1).transpose(1, 0, 2) * 1000.0
    for place, name in enumerate(angles, start=len(markers)):
        points[0, place] = resample(series.time_s, series.values[name], time_s)
    missing = ~np.isfinite(points[:3]).all(axis=0)
    points[:3, missing] = np.nan
    points[3] = 1.0
    made = ezc3d.c3d()
    made["data"]["points"] = points
    made["data"]["meta_points"] = {"residuals": np.where(missing, -1.0, 0.0)[np.newaxis]}
    settings = made["parameters"]["POINT"]
    settings["RATE"]["value"] = [rate_hz]
    settings["UNITS"]["value"] = ["mm"]
    settings["LABELS"]["value"] = [*markers, *angles]
    settings["DESCRIPTIONS"]["value"] = ["" for _ in markers] + [series.specs[name].definition[:120] for name in angles]
    made.add_parameter("POINT", "ANGLES", angles)
    made.add_parameter("POINT", "ANGLE_UNITS", ["deg"])
    made.add_parameter("POINT", "X_SCREEN", ["+X"])
    made.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    made.add_parameter("TRIAL", "CAMERA_RATE", [rate_hz])
    made.add_parameter("MANUFACTURER", "SOFTWARE", [result.provenance.software])
    return made
