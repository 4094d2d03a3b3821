"""``angles.mot`` and ``landmarks.trc``: angles and landmarks as OpenSim reads them.

The formats are OpenSim's own (documentation of "Storage (.mot and .sto) Files" and "Marker (.trc) Files"). Both want equal steps in
time, so that a clip of variable rate is read at the middle rate, straight between its frames and never across a gap.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from movescreen.files import write_text
from movescreen.model import ClipResult, FloatArray, resample
from movescreen.report.documents.registry import ReportJob, register_writer

MOT_FILE, TRC_FILE = "angles.mot", "landmarks.trc"
_FILES = {MOT_FILE: "angles for OpenSim, in degrees", TRC_FILE: "landmarks in three dimensions for OpenSim, in meters"}


@register_writer("opensim", files=_FILES, on_request=True)
def write_opensim(job: ReportJob, folder: Path) -> None:
    """Write ``angles.mot`` and ``landmarks.trc`` into a folder."""
    write_text(folder / MOT_FILE, to_mot(job.result))
    write_text(folder / TRC_FILE, to_trc(job.result, TRC_FILE))


def to_mot(result: ClipResult) -> str:
    """Return the signals that were measured as an OpenSim motion file.

    Columns are named like the signals. They are movescreen's angles (``docs/angles.md``), not coordinates of an OpenSim model:
    hip flexion, for one, is that of trunk and thigh. Missing values are ``nan``.
    """
    series = result.series
    names = [name for name in series.values if series.has(name)]
    time_s = _equal_steps(series.time_s)
    columns = [time_s, *(resample(series.time_s, series.values[name], time_s) for name in names)]
    units = sorted({f"{name}: {series.specs[name].unit}" for name in names if series.specs[name].unit != "deg"})
    head = [
        result.video.name,
        "version=1",
        f"nRows={len(time_s)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "",
        f"Written by {result.provenance.software}. Angles are in degrees; other columns: {', '.join(units) or 'none'}.",
        "endheader",
        "\t".join(["time", *names]),
    ]
    rows = ["\t".join(f"{value:.6f}" for value in row) for row in np.column_stack(columns)]
    return "\n".join([*head, *rows]) + "\n"


def to_trc(result: ClipResult, file: str) -> str:
    """Return the pose network's landmarks in three dimensions as an OpenSim marker file.

    Meters from the middle of the hips: x to the right of the picture, y up, z towards the camera. The depth of a single camera
    is the network's guess. A landmark that was not seen has empty cells.

    Parameters
    ----------
    file
        Name of the file, which its first line repeats.
    """
    poses, names = result.poses, result.poses.skeleton.landmarks
    time_s = _equal_steps(poses.time_s)
    rate_hz = 1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 30.0
    # camera axes have y down and z away
    xyz = poses.world_xyz_m * np.array([1.0, -1.0, -1.0])
    flat = xyz.reshape(len(poses.time_s), -1)
    points = np.column_stack([resample(poses.time_s, flat[:, i], time_s) for i in range(flat.shape[1])])
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{file}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate_hz:.6f}\t{rate_hz:.6f}\t{len(time_s)}\t{len(names)}\tm\t{rate_hz:.6f}\t1\t{len(time_s)}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    rows = [
        "\t".join([str(number), f"{moment:.6f}", *(_cell(value) for value in row)])
        for number, (moment, row) in enumerate(zip(time_s, points, strict=True), start=1)
    ]
    return "\n".join([*head, *rows]) + "\n"


def _cell(value: float) -> str:
    return f"{value:.6f}" if np.isfinite(value) else ""


def _equal_steps(time_s: FloatArray) -> NDArray[np.float64]:
    """Return moments from the first to the last time in equal steps of the usual length."""
    if len(time_s) < 2:
        return np.asarray(time_s, dtype=np.float64)
    step_s = float(np.median(np.diff(time_s)))
    count = int((time_s[-1] - time_s[0]) / step_s + 1e-6) + 1
    return np.asarray(time_s[0] + step_s * np.arange(count), dtype=np.float64)
