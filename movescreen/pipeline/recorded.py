"""Poses that were recorded before, in the place of a video: movescreen's own ``poses.npz``, and marker files of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from movescreen.codec import from_plain
from movescreen.model import PoseSequence, VideoInfo
from movescreen.pose import EngineInfo
from movescreen.pose.recorded import POSES, load_recording
from movescreen.pose.trc import load_trc
from movescreen.registry import Registry
from movescreen.video.timing import measure_rate


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Poses with what is known of the clip and the engine that they come from."""

    poses: PoseSequence
    video: VideoInfo
    engine: EngineInfo


#: Ending of a file -> what reads it.
_READERS: Registry[Callable[[Path], Recording]] = Registry("kind of recording")


def is_recording(path: Path | str) -> bool:
    """Return whether a file, by its ending, holds poses and is no video."""
    return Path(path).suffix.lower() in _READERS


def read_recording(path: Path | str) -> Recording:
    """Read poses from a file.

    Raises
    ------
    InputError
        When there is no such file, or it is damaged or of another kind.
    """
    return _READERS[Path(path).suffix.lower()](Path(path))


def video_of(title: str, poses: PoseSequence, codec: str = "camera") -> VideoInfo:
    """Return the facts of a clip of which only the poses are left."""
    width, height = poses.image_size_px
    rate = measure_rate(poses.time_s.tolist(), 0.0)
    return VideoInfo(
        name=title, width_px=width, height_px=height, fps=round(rate.fps, 2), duration_s=rate.duration_s, codec=codec,
        variable_frame_rate=rate.variable, frames=len(poses),
    )  # fmt: skip


@_READERS.register(".npz")
def _read_own(path: Path) -> Recording:
    poses, kept = load_recording(path)
    with POSES.taking(path):
        video = (
            from_plain(VideoInfo, kept["video"], "video") if "video" in kept else video_of(path.name, poses, "poses")
        )
        made = EngineInfo(*(str(kept.get(name, "")) for name in ("engine", "model_name", "model_sha256")))
    return Recording(poses=poses, video=video, engine=made)


@_READERS.register(".trc")
def _read_trc(path: Path) -> Recording:
    poses = load_trc(path)
    return Recording(poses=poses, video=video_of(path.name, poses, "markers"), engine=EngineInfo("markers", "", ""))
