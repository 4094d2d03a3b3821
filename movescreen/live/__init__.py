"""Guided sessions at a camera: the set-up check, the countdown, counting and cueing, and the recording that is analysed at the end.

Nothing here knows a browser or a window; ``movescreen live`` and the web app drive the same :class:`GuidedSession`.
"""

from movescreen.live.engine import LiveEngine
from movescreen.live.saving import SessionFiles, name_folder
from movescreen.live.session import GuidedSession
from movescreen.live.states import Command, PartOutcome, SessionView, Stage

__all__ = [
    "Command",
    "GuidedSession",
    "LiveEngine",
    "PartOutcome",
    "SessionFiles",
    "SessionView",
    "Stage",
    "name_folder",
]
