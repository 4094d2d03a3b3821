"""movescreen: screen how a person squats, lunges and bends, from a phone or webcam video.

>>> import movescreen
>>> result = movescreen.analyze_video("squat.mp4")  # doctest: +SKIP
>>> movescreen.write_result(result, "results/squat")  # doctest: +SKIP

Names are loaded when they are first used, so that importing the package stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from movescreen._version import __version__

if TYPE_CHECKING:
    from movescreen.catalog import load_catalog as load_catalog
    from movescreen.errors import MovescreenError as MovescreenError
    from movescreen.model import ClipResult as ClipResult
    from movescreen.model import Finding as Finding
    from movescreen.model import PoseSequence as PoseSequence
    from movescreen.pipeline import Request as Request
    from movescreen.pipeline import analyze_poses as analyze_poses
    from movescreen.pipeline import analyze_video as analyze_video
    from movescreen.pose import load_poses as load_poses
    from movescreen.report import write_result as write_result
    from movescreen.report.documents.load import load as load
    from movescreen.settings import Settings as Settings

_HOMES = {
    "ClipResult": "movescreen.model",
    "Finding": "movescreen.model",
    "MovescreenError": "movescreen.errors",
    "PoseSequence": "movescreen.model",
    "Request": "movescreen.pipeline",
    "Settings": "movescreen.settings",
    "analyze_poses": "movescreen.pipeline",
    "analyze_video": "movescreen.pipeline",
    "load": "movescreen.report.documents.load",
    "load_catalog": "movescreen.catalog",
    "load_poses": "movescreen.pose",
    "write_result": "movescreen.report",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'movescreen' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
