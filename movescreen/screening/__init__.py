"""Signals, repetitions and the catalogue to findings."""

from movescreen.screening.context import ScreeningContext
from movescreen.screening.engine import screen_clip

__all__ = ["ScreeningContext", "screen_clip"]
