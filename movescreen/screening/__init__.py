"""Signals, repetitions and the catalog to findings."""

from movescreen.screening.context import ScreeningContext
from movescreen.screening.engine import screen_clip, weaken
from movescreen.screening.merge import merge_clips
from movescreen.screening.references import compare_with_references
from movescreen.screening.symmetry import compare_sides

__all__ = [
    "ScreeningContext",
    "compare_sides",
    "compare_with_references",
    "merge_clips",
    "screen_clip",
    "weaken",
]
