"""What every pose engine offers, and the registry of engines.

An engine is one module, of this package or of another one (:mod:`movescreen.plugins`): a class that meets :class:`PoseEstimator`,
registered by :func:`register_engine`. The tests in ``tests/pose/test_estimator_contract.py`` run on every engine of this package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from movescreen.model import FloatArray, Frame
from movescreen.plugin_loading import load_plugins
from movescreen.registry import Registry


@dataclass(frozen=True)
class EngineInfo:
    """What made a pose.

    Attributes
    ----------
    engine
        Name of the engine, with its version.
    model_name
        Network, for example ``full``; empty when unknown.
    model_sha256
        Hash of the network's file; empty when unknown.
    """

    engine: str
    model_name: str
    model_sha256: str


@dataclass(frozen=True, eq=False)
class DetectedPose:
    """One person in one frame. Always complete: who was not found has no ``DetectedPose``. Equal only to itself.

    Attributes
    ----------
    image_xy_px
        ``(k, 2)`` pixels of the frame that was given, x right, y down; may lie outside of it.
    world_xyz_m
        ``(k, 3)`` meters around mid-hip: x right, y down, z away from the camera. NaN when the engine has none.
    visibility
        ``(k,)`` 0..1 as the engine states it.
    """

    image_xy_px: FloatArray
    world_xyz_m: FloatArray
    visibility: FloatArray


class PoseEstimator(Protocol):
    """Frames in, people out. Frames come in the order of their times; one estimator serves one clip or camera."""

    @property
    def info(self) -> EngineInfo:
        """Engine and network, for the provenance of a result."""
        ...

    def detect(self, frame: Frame) -> tuple[DetectedPose, ...]:
        """Find the people in a frame.

        Parameters
        ----------
        frame
            The next picture; its time must not be before that of the last one.

        Returns
        -------
        tuple of DetectedPose
            Everybody who was found, in the engine's order; empty when nobody was.
        """
        ...

    def close(self) -> None:
        """Free what the engine holds. A second call does nothing."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


#: Classes and functions that make an estimator, by the name for :func:`create_estimator`.
ENGINES: Registry[Callable[..., PoseEstimator]] = Registry("pose engine")


def register_engine(name: str) -> Callable[[Any], Any]:
    """Register the decorated class, or function that makes an estimator.

    It is called with ``model`` (the settings' name of a network) and ``num_poses`` (the greatest number of people to find), by name, and has to
    take both; an engine that knows one network ignores the first.

    Parameters
    ----------
    name
        Name of the engine, for ``engine = "NAME"`` in the settings.

    Raises
    ------
    RuntimeError
        When the name is taken.
    """
    return ENGINES.register(name)


def create_estimator(name: str = "mediapipe", **options: Any) -> PoseEstimator:
    """Make a pose estimator.

    Parameters
    ----------
    name
        Name of a registered engine.
    **options
        Options of that engine, see its class.

    Returns
    -------
    PoseEstimator
        Ready to detect; close it, or use it in a ``with`` block.

    Raises
    ------
    UnknownNameError
        When there is no engine of that name.
    AssetError
        When the engine lacks a file or library.
    """
    load_plugins("engines")
    return ENGINES.find(name)(**options)
