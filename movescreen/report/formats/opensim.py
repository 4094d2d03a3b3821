"""``angles.mot`` and ``landmarks.trc``: angles and landmarks as OpenSim reads them.

The formats are OpenSim's own (documentation of "Storage (.mot and .sto) Files" and "Marker (.trc) Files"). Both want equal steps in
time, so that a clip of variable rate is read at the middle rate, straight between its frames and never across a gap.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from movescreen.files import write_text
from movescreen.kinematics import SIGNALS
from movescreen.model import ClipResult, FloatArray, resample
from movescreen.report.documents.registry import ReportJob, register_writer

MOT_FILE, TRC_FILE = "angles.mot", "landmarks.trc"
_FILES = {
    MOT_FILE: "angles as coordinates of OpenSim's full-body models, in degrees",
    TRC_FILE: "landmarks in three dimensions for OpenSim, in meters",
}
#: A coordinate that was measured in fewer of the moments is left out; it would cost the others too many.
_MEASURED = 0.9


@register_writer("opensim", files=_FILES, on_request=True, optional=[MOT_FILE])
def write_opensim(job: ReportJob, folder: Path) -> None:
    """Write ``angles.mot``, where an angle of the models was measured, and ``landmarks.trc`` into a folder."""
    motion = to_mot(job.result)
    if motion:
        write_text(folder / MOT_FILE, motion)
    write_text(folder / TRC_FILE, to_trc(job.result, TRC_FILE))


def to_mot(result: ClipResult) -> str:
    """Return an OpenSim motion file; empty when nothing that it could hold was measured.

    Columns are coordinates of OpenSim's full-body models with the knee's bend positive (Rajagopal 2016 and those made of it), in degrees:
    ``knee_angle``, ``hip_flexion``, ``pelvis_tilt``, ``pelvis_list``, ``arm_flex``. A camera does not tell pelvis from trunk, so
    they are one piece: the pelvis leans as the trunk does, the lumbar joint stays straight, and hip flexion is that of trunk and thigh.
    OpenSim takes no missing values: the file holds the longest stretch in which all its columns were measured, and no column that would
    cost most of it.
    """
    series = result.series
    time_s = equal_steps(series.time_s)
    named = {item.coordinate: name for name, item in SIGNALS.items() if item.coordinate and series.has(name)}
    read = {each: resample(series.time_s, series.values[name], time_s) for each, name in named.items()}
    kept = {
        each.lstrip("-"): -values if each.startswith("-") else values
        for each, values in read.items()
        if np.isfinite(values).mean() >= _MEASURED
    }
    if not kept:
        return ""
    stretch = longest_run(np.isfinite(np.array(list(kept.values()))).all(axis=0))
    columns = [time_s[stretch], *(values[stretch] for values in kept.values())]
    head = [
        "Coordinates",
        "version=1",
        f"nRows={len(columns[0])}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "",
        f"Of {result.video.name}, by {result.provenance.software}. Pelvis and trunk are one piece.",
        "endheader",
        "\t".join(["time", *kept]),
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
    names = result.poses.skeleton.landmarks
    time_s, rate_hz, xyz = even_landmarks(result)
    points = xyz.reshape(len(time_s), -1)
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{file}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate_hz:.6f}\t{rate_hz:.6f}\t{len(time_s)}\t{len(names)}\tm\t{rate_hz:.6f}\t1\t{len(time_s)}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    rows = [
        # OpenSim takes the end of a row that ends in an empty cell for a cell too few
        "\t".join([str(number), f"{moment:.6f}", *map(_cell, row)]) + ("" if np.isfinite(row[-1]) else "\t")
        for number, (moment, row) in enumerate(zip(time_s, points, strict=True), start=1)
    ]
    return "\n".join([*head, *rows]) + "\n"


def even_landmarks(result: ClipResult) -> tuple[FloatArray, float, FloatArray]:
    """Return the landmarks of a clip at equal steps, with y up.

    Returns
    -------
    tuple
        ``(m,)`` moments, s; their rate, Hz; ``(m, k, 3)`` meters from the middle of the hips: x right, y up, z towards the camera.
    """
    poses = result.poses
    time_s = equal_steps(poses.time_s)
    rate_hz = 1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 30.0
    # camera axes have y down and z away
    xyz = poses.world_xyz_m * np.array([1.0, -1.0, -1.0])
    flat = xyz.reshape(len(poses.time_s), -1)
    points = np.column_stack([resample(poses.time_s, flat[:, i], time_s) for i in range(flat.shape[1])])
    return time_s, rate_hz, points.reshape(len(time_s), -1, 3)


def equal_steps(time_s: FloatArray) -> NDArray[np.float64]:
    """Return moments from the first to the last time in equal steps of the usual length."""
    if len(time_s) < 2:
        return np.asarray(time_s, dtype=np.float64)
    step_s = float(np.median(np.diff(time_s)))
    count = int((time_s[-1] - time_s[0]) / step_s + 1e-6) + 1
    return np.asarray(time_s[0] + step_s * np.arange(count), dtype=np.float64)


def longest_run(use: NDArray[np.bool_]) -> slice:
    """Return the longest stretch of ``(n,)`` that is True throughout; an empty one when nothing is."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], use, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    best = int(np.argmax(ends - starts)) if len(starts) else -1
    return slice(int(starts[best]), int(ends[best])) if best >= 0 else slice(0, 0)


def _cell(value: float) -> str:
    return f"{value:.6f}" if np.isfinite(value) else ""
