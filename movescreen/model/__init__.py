"""What things are: frozen data with checked invariants. NumPy and the standard library only; no files, no drawing."""

from movescreen.model.camera import CameraPath, turn_clockwise
from movescreen.model.comparison import ReferenceReading, SideComparison
from movescreen.model.equality import ValueEquality, is_same
from movescreen.model.finding import ClientWords, Evidence, Finding, Source, Status
from movescreen.model.frame import Frame, VideoInfo
from movescreen.model.judgement import (
    OVERRULING,
    VERDICTS,
    JudgedFinding,
    Judgement,
    Verdict,
    camera_of,
    is_overruled,
    judge,
)
from movescreen.model.measure import SPREAD_ATTEMPTS, Attempt, Measure, Summary, pool_measures, summarize
from movescreen.model.pose import FloatArray, PoseSequence
from movescreen.model.reading import moments_of, read_error, read_statistic, resample
from movescreen.model.repetition import Repetition
from movescreen.model.result import (
    SCHEMA_VERSION,
    ClipResult,
    Demographics,
    MovementInfo,
    MovementMatch,
    Notice,
    OwnCatalog,
    OwnEntry,
    Provenance,
    ScreeningResult,
    View,
    ViewKind,
)
from movescreen.model.series import BoolArray, FilterSpec, KinematicSeries, Plane, ReadOut, SignalSpec, ranked_signals
from movescreen.model.skeleton import BLAZEPOSE, Skeleton

__all__ = [
    "BLAZEPOSE",
    "OVERRULING",
    "SCHEMA_VERSION",
    "SPREAD_ATTEMPTS",
    "VERDICTS",
    "Attempt",
    "BoolArray",
    "CameraPath",
    "ClientWords",
    "ClipResult",
    "Demographics",
    "Evidence",
    "FilterSpec",
    "Finding",
    "FloatArray",
    "Frame",
    "JudgedFinding",
    "Judgement",
    "KinematicSeries",
    "Measure",
    "MovementInfo",
    "MovementMatch",
    "Notice",
    "OwnCatalog",
    "OwnEntry",
    "Plane",
    "PoseSequence",
    "Provenance",
    "ReadOut",
    "ReferenceReading",
    "Repetition",
    "ScreeningResult",
    "SideComparison",
    "SignalSpec",
    "Skeleton",
    "Source",
    "Status",
    "Summary",
    "ValueEquality",
    "Verdict",
    "VideoInfo",
    "View",
    "ViewKind",
    "camera_of",
    "is_overruled",
    "is_same",
    "judge",
    "moments_of",
    "pool_measures",
    "ranked_signals",
    "read_error",
    "read_statistic",
    "resample",
    "summarize",
    "turn_clockwise",
]
