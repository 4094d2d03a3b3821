"""Signals to repetitions: one segmenter for live and batch, and the recognition of the movement."""

from movescreen.repetitions.counting import RepetitionCounter, make_counter, segmenter_settings
from movescreen.repetitions.recognition import (
    MIN_REP_FIT,
    Candidate,
    assign_sides,
    build_candidate,
    find_candidates,
    find_nearest,
    recognize_movement,
)
from movescreen.repetitions.segmenter import RepetitionSegmenter, SegmenterSettings, segment_repetitions
from movescreen.repetitions.something_else import PartMotion, describe_something_else

__all__ = [
    "MIN_REP_FIT",
    "Candidate",
    "PartMotion",
    "RepetitionCounter",
    "RepetitionSegmenter",
    "SegmenterSettings",
    "assign_sides",
    "build_candidate",
    "describe_something_else",
    "find_candidates",
    "find_nearest",
    "make_counter",
    "recognize_movement",
    "segment_repetitions",
    "segmenter_settings",
]
