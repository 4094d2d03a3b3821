"""The one place where the stages are put together: frames, poses, signals, repetitions, findings.

=============  ==================================================================
``video``      a clip to a result
``recorded``   poses that were recorded before, in the place of a video
``watch``      what is read from the pictures beside the poses
``analysis``   poses to a result
``takes``      which take of a clip is told about
``notices``    what is told beside the findings
``catalogs``   which catalog is in force, its corrections and errors
=============  ==================================================================
"""

from movescreen.pipeline.analysis import MAX_BODY_TILT_DEG, MIN_FRAMES, UNKNOWN_ENGINE, AnalysisRequest, analyze_poses
from movescreen.pipeline.catalogs import catalog_in_force, catalog_of, known_correction, known_errors, known_signals
from movescreen.pipeline.notices import ANALYSIS_NOTICES, missing_answer
from movescreen.pipeline.video import AnalyzedVideo, OnProgress, analyze_video, analyze_with_pictures

__all__ = [
    "ANALYSIS_NOTICES",
    "MAX_BODY_TILT_DEG",
    "MIN_FRAMES",
    "UNKNOWN_ENGINE",
    "AnalysisRequest",
    "AnalyzedVideo",
    "OnProgress",
    "analyze_poses",
    "analyze_video",
    "analyze_with_pictures",
    "catalog_in_force",
    "catalog_of",
    "known_correction",
    "known_errors",
    "known_signals",
    "missing_answer",
]
