"""MediaPipe's pose landmarker (BlazePose) as a pose engine.

MediaPipe is imported when the first estimator is made, not with this module.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import numpy as np

from movescreen.errors import AssetError
from movescreen.model import Frame
from movescreen.pose.assets import ModelAsset, load_model
from movescreen.pose.estimator import DetectedPose, EngineInfo, PoseEstimator, register_engine
from movescreen.pose.native_library import quiet_stderr, usage_reports

#: Debian packages of the libraries that some MediaPipe wheels are linked against.
_DEBIAN_PACKAGES = "libegl1 libgles2"


@register_engine("mediapipe")
class MediaPipeEstimator(PoseEstimator):
    """MediaPipe Tasks ``PoseLandmarker`` on the CPU; nothing leaves the machine.

    Parameters
    ----------
    model
        Name of the network: ``lite``, ``full`` or ``heavy``.
    num_poses
        Greatest number of people to find. One is the fastest: carried over from frame to frame and smoothed, while the detector
        rests. For several every frame is looked at afresh, because MediaPipe otherwise drops people who are close to each other, and
        the detector believes in a person sooner, so that bystanders seen from the side are found too.

    Raises
    ------
    UnknownNameError
        When there is no such model.
    AssetError
        When the network is missing or damaged, or MediaPipe or a library it needs cannot be loaded.
    """

    def __init__(self, model: str = "full", *, num_poses: int = 1) -> None:
        self._landmarker: Any = None
        asset = load_model(model)
        self._mp = _import_mediapipe()
        self._info = EngineInfo(f"mediapipe {_version(self._mp)}", asset.name, asset.sha256_expected)
        self._video = num_poses == 1
        self._first_s: float | None = None
        self._last_ms = -1
        self._noisy = True
        usage_reports.acquire()
        try:
            self._landmarker = _open_landmarker(
                asset,
                running_mode="VIDEO" if self._video else "IMAGE",
                num_poses=num_poses,
                min_pose_detection_confidence=0.5 if self._video else 0.3,
            )
        except BaseException:
            usage_reports.release()
            raise

    @property
    def info(self) -> EngineInfo:
        """Engine, network and its hash."""
        return self._info

    def detect(self, frame: Frame) -> tuple[DetectedPose, ...]:
        """Find the people in a frame; see :meth:`PoseEstimator.detect`."""
        if self._landmarker is None:
            raise RuntimeError("this estimator is closed")
        # MediaPipe ignores strides: a padded picture would be read askew
        pixels = np.ascontiguousarray(frame.image)
        image = self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=pixels)
        if self._noisy:  # a note is written with the first person
            with quiet_stderr():
                result = self._run(image, frame.time_s)
            self._noisy = not result.pose_landmarks
        else:
            result = self._run(image, frame.time_s)
        height, width = pixels.shape[:2]
        people = zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        return tuple(_to_pose(points, world, width, height) for points, world in people)

    def close(self) -> None:
        """Free the network. A second call does nothing."""
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is not None:
            try:
                with quiet_stderr():
                    landmarker.close()
            finally:
                usage_reports.release()

    def _run(self, image: Any, time_s: float) -> Any:
        if self._video:
            return self._landmarker.detect_for_video(image, self._timestamp_ms(time_s))
        return self._landmarker.detect(image)

    def _timestamp_ms(self, time_s: float) -> int:
        """Whole milliseconds since the first frame, always more than the last: MediaPipe refuses equal ones."""
        if self._first_s is None:
            self._first_s = time_s
        self._last_ms = max(self._last_ms + 1, round((time_s - self._first_s) * 1000))
        return self._last_ms


#: What MediaPipe loads for drawing and for sound, slower to load than MediaPipe itself; here nobody asks for either.
_FOR_OTHERS = ("matplotlib.pyplot", "sounddevice")


def _import_mediapipe() -> Any:
    stand_ins = {name: _load_when_used(name) for name in _FOR_OTHERS if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        return importlib.import_module("mediapipe")
    except ImportError as exc:
        raise AssetError(f"MediaPipe cannot be imported: {exc}", "reinstall movescreen with its dependencies") from exc
    except OSError as exc:
        raise _library_missing(exc) from exc
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def _load_when_used(name: str) -> ModuleType:
    """Return a module that is loaded by the first who takes something out of it, instead of by who imports it."""
    stand_in = ModuleType(name)
    stand_in.__getattr__ = lambda attribute: getattr(importlib.import_module(name), attribute)  # type: ignore[method-assign]
    return stand_in


def _open_landmarker(asset: ModelAsset, running_mode: str, **options: Any) -> Any:
    try:
        tasks = importlib.import_module("mediapipe.tasks.python")
        base = tasks.BaseOptions(model_asset_path=str(asset.path))
        mode = tasks.vision.RunningMode[running_mode]
        with quiet_stderr():
            return tasks.vision.PoseLandmarker.create_from_options(
                tasks.vision.PoseLandmarkerOptions(base_options=base, running_mode=mode, **options)
            )
    except OSError as exc:  # what ctypes raises when the shared library or one that it needs is not there
        raise _library_missing(exc) from exc


def _library_missing(exc: OSError) -> AssetError:
    return AssetError(
        f"MediaPipe's native library cannot be loaded: {exc}",
        f"install the libraries it needs (Debian, Ubuntu: apt-get install {_DEBIAN_PACKAGES}) or reinstall mediapipe",
    )


def _version(mediapipe: Any) -> str:
    return str(getattr(mediapipe, "__version__", "")) or "of unknown version"


def _to_pose(points: Any, world: Any, width: int, height: int) -> DetectedPose:
    """Turn normalized landmarks into pixels; world landmarks are meters already."""
    rows = np.array([(p.x, p.y, p.visibility, w.x, w.y, w.z) for p, w in zip(points, world, strict=True)], np.float64)
    return DetectedPose(
        image_xy_px=rows[:, :2] * (width, height),
        world_xyz_m=np.ascontiguousarray(rows[:, 3:]),
        visibility=np.clip(rows[:, 2], 0.0, 1.0),
    )
