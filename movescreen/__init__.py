"""movescreen: screen how a person squats, lunges and bends, from a phone or webcam video.

>>> import movescreen
>>> clip = movescreen.analyze("squat.mp4")  # doctest: +SKIP
>>> clip.angles()  # doctest: +SKIP

The names in ``__all__``, and those of :mod:`movescreen.plugins`, are what programs may build on: they change only with an entry in the
changelog. Everything else is private and may change at any time. Names are loaded when they are first used, so that importing
the package stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from movescreen._version import __version__

if TYPE_CHECKING:
    from movescreen.errors import MovescreenError as MovescreenError
    from movescreen.public.doors import analyze as analyze
    from movescreen.public.doors import load as load
    from movescreen.public.doors import samples as samples
    from movescreen.public.doors import screen as screen
    from movescreen.public.results import Clip as Clip
    from movescreen.public.results import ScreenedPerson as ScreenedPerson
    from movescreen.public.study import Study as Study
    from movescreen.public.study import study as study

_HOMES = {
    "analyze": "movescreen.public.doors",
    "screen": "movescreen.public.doors",
    "study": "movescreen.public.study",
    "load": "movescreen.public.doors",
    "samples": "movescreen.public.doors",
    "Clip": "movescreen.public.results",
    "ScreenedPerson": "movescreen.public.results",
    "Study": "movescreen.public.study",
    "MovescreenError": "movescreen.errors",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'movescreen' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
