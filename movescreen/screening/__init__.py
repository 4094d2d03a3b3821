"""Signals, repetitions and the catalogue to findings."""

from movescreen.screening.context import ScreeningContext
from movescreen.screening.engine import screen_clip
from movescreen.screening.merge import merge_clips

__all__ = ["ScreeningContext", "merge_clips", "screen_clip"]
