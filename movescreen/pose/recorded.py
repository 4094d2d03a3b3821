"""Poses from a file: save them and load them.

A pose file lets everything after pose estimation be done again without the video. It is a NumPy ``.npz`` archive:

==================  ====================  =======================================================
``format``          text                  ``movescreen-poses``
``version``         integer               :data:`FORMAT_VERSION`
``time_s``          ``(n,)`` float64      rising times, s
``frame_index``     ``(n,)`` int64        number of the frame in the file
``image_xy_px``     ``(n, k, 2)`` float   pixels; NaN where nobody was seen
``world_xyz_m``     ``(n, k, 3)`` float   meters around mid-hip; NaN where unknown
``visibility``      ``(n, k)`` float      0..1; NaN where nobody was seen
``image_size_px``   ``(2,)`` int64        width and height of the analyzed picture
``landmarks``       ``(k,)`` text         names of the landmark axis
``skeleton``        text                  name of the landmark set
``reading_NAME``    ``(n,)`` float        further readings from the pictures (:attr:`PoseSequence.extras`); NaN where unknown
``extra``           text                  JSON object: whatever else the writer wanted to keep
==================  ====================  =======================================================

``float`` is float64, or float32 where that loses nothing: what is read is what was written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from movescreen.archives import ArchiveKind, hash_content, read_text
from movescreen.model import BLAZEPOSE, FloatArray, PoseSequence

FORMAT = "movescreen-poses"
#: Version of the layout; a file of a later one is refused.
FORMAT_VERSION = 1
_FILE = ArchiveKind(
    FORMAT, FORMAT_VERSION, "pose file", "give a poses.npz that movescreen has written, or analyze the video again"
)
#: Where one comes back.
POSES = _FILE.door
_READING = "reading_"


def save_poses(path: Path | str, poses: PoseSequence, extra: dict[str, Any] | None = None) -> Path:
    """Write a pose file, whole or not at all.

    Parameters
    ----------
    path
        File to write; its folder is made when it is missing. No suffix is added.
    poses
        Poses of one person, in the BlazePose skeleton.
    extra
        Anything JSON can hold, such as ``engine``, ``model_name`` and ``model_sha256``.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    content = {name: values if name == "time_s" else _narrowed(values) for name, values in _measured(poses).items()}
    return _FILE.write(Path(path), content | {"extra": json.dumps(extra or {}, sort_keys=True)})


def hash_poses(poses: PoseSequence) -> str:
    """Return a hash over everything that a pose file keeps of the poses, by which a result knows its own."""
    return hash_content(_measured(poses))


def _measured(poses: PoseSequence) -> dict[str, Any]:
    return {
        "time_s": poses.time_s.astype(np.float64),
        "frame_index": poses.frame_index.astype(np.int64),
        "image_xy_px": poses.image_xy_px.astype(np.float64),
        "world_xyz_m": poses.world_xyz_m.astype(np.float64),
        "visibility": poses.visibility.astype(np.float64),
        "image_size_px": np.array(poses.image_size_px, dtype=np.int64),
        "landmarks": np.array(poses.skeleton.landmarks),
        "skeleton": np.array(poses.skeleton.name),
        **{f"{_READING}{name}": values.astype(np.float64) for name, values in poses.extras.items()},
    }


def _narrowed(values: Any) -> Any:
    """Return float64 values as float32 where that loses nothing."""
    if values.dtype != np.float64:
        return values
    narrow = _as_float32(values)
    return narrow if np.array_equal(narrow.astype(np.float64), values, equal_nan=True) else values


def _as_float32(values: FloatArray) -> Any:
    with np.errstate(over="ignore"):  # what is too large for it is seen by the comparison
        return values.astype(np.float32)


def load_poses(path: Path | str) -> PoseSequence:
    """Read a pose file.

    Parameters
    ----------
    path
        File written by :func:`save_poses`.

    Returns
    -------
    PoseSequence
        The poses, as they were written.

    Raises
    ------
    InputError
        When there is no such file, or it is not a pose file, damaged, or of a later version.
    """
    return load_recording(path)[0]


def load_recording(path: Path | str) -> tuple[PoseSequence, dict[str, Any]]:
    """Read a pose file as :func:`load_poses` does, with what its writer kept beside the poses (``extra``)."""
    return _FILE.read(Path(path), lambda archive: (_parse(archive), dict(read_text(archive, "extra"))))


def _parse(archive: Any) -> PoseSequence:
    if tuple(archive["landmarks"].tolist()) != BLAZEPOSE.landmarks:
        raise ValueError(f"its landmarks are not those of {BLAZEPOSE.name}")
    width, height = (int(v) for v in archive["image_size_px"])
    return PoseSequence(
        time_s=archive["time_s"].astype(np.float64),
        image_xy_px=archive["image_xy_px"].astype(np.float64),
        world_xyz_m=archive["world_xyz_m"].astype(np.float64),
        visibility=archive["visibility"].astype(np.float64),
        frame_index=archive["frame_index"].astype(np.int64),
        image_size_px=(width, height),
        extras={
            n.removeprefix(_READING): archive[n].astype(np.float64) for n in archive.files if n.startswith(_READING)
        },
    )
