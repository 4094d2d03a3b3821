"""What a package that adds to movescreen builds on: a pose engine, a signal, an output format, a catalog.

Each is registered by a decorator in a module that an entry point names; what is built in is registered in the same way. The page "Plug-ins" of
the docs has an example of each.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from movescreen.errors import AssetError as AssetError
    from movescreen.errors import InputError as InputError
    from movescreen.kinematics.body import BodyFrame as BodyFrame
    from movescreen.kinematics.signals import sided_signal as sided_signal
    from movescreen.kinematics.signals import signal as signal
    from movescreen.model import BLAZEPOSE as BLAZEPOSE
    from movescreen.model import ClipResult as ClipResult
    from movescreen.model import Frame as Frame
    from movescreen.model import Plane as Plane
    from movescreen.pose.estimator import DetectedPose as DetectedPose
    from movescreen.pose.estimator import EngineInfo as EngineInfo
    from movescreen.pose.estimator import PoseEstimator as PoseEstimator
    from movescreen.pose.estimator import register_engine as register_engine
    from movescreen.report.documents.registry import ReportJob as ReportJob
    from movescreen.report.documents.registry import register_writer as register_writer

_HOMES = {
    "register_engine": "movescreen.pose.estimator",
    "PoseEstimator": "movescreen.pose.estimator",
    "DetectedPose": "movescreen.pose.estimator",
    "EngineInfo": "movescreen.pose.estimator",
    "Frame": "movescreen.model",
    "BLAZEPOSE": "movescreen.model",
    "signal": "movescreen.kinematics.signals",
    "sided_signal": "movescreen.kinematics.signals",
    "BodyFrame": "movescreen.kinematics.body",
    "Plane": "movescreen.model",
    "register_writer": "movescreen.report.documents.registry",
    "ReportJob": "movescreen.report.documents.registry",
    "ClipResult": "movescreen.model",
    "AssetError": "movescreen.errors",
    "InputError": "movescreen.errors",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'movescreen.plugins' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
