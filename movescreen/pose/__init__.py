"""FRAMES -> POSES: pose engines behind one protocol, and the following of one person through a clip.

Engines register themselves when their module is imported, which happens here; MediaPipe itself is loaded on first use.
"""

from movescreen.pose.assets import ModelAsset, list_models, load_model
from movescreen.pose.estimator import (
    ENGINES,
    DetectedPose,
    EngineInfo,
    PoseEstimator,
    create_estimator,
)
from movescreen.pose.mediapipe import MediaPipeEstimator
from movescreen.pose.person.tracking import MakeEstimator, Observer, TrackedPoses, collect_poses
from movescreen.pose.recorded import hash_poses, load_poses, save_poses

__all__ = [
    "ENGINES",
    "DetectedPose",
    "EngineInfo",
    "MakeEstimator",
    "MediaPipeEstimator",
    "ModelAsset",
    "Observer",
    "PoseEstimator",
    "TrackedPoses",
    "collect_poses",
    "create_estimator",
    "hash_poses",
    "list_models",
    "load_model",
    "load_poses",
    "save_poses",
]
