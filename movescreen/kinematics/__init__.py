"""Poses to signals: geometry, smoothing, quality, and the registry of signals."""

from movescreen.kinematics.causal import CausalSignals, StandingReference, build_reference, describe_causal_filter
from movescreen.kinematics.filtering import SmoothingSettings
from movescreen.kinematics.quality import compute_body_tilt
from movescreen.kinematics.series import (
    POSE_NOTICES,
    UNSTEADY,
    Correction,
    PreparedPoses,
    compute_driver,
    compute_series,
    decide_clip_view,
    find_standing_view,
    prepare_poses,
)
from movescreen.kinematics.signals import MOVING_PARTS, SIGNALS
from movescreen.plugin_loading import load_plugins

__all__ = [
    "MOVING_PARTS",
    "POSE_NOTICES",
    "SIGNALS",
    "UNSTEADY",
    "CausalSignals",
    "Correction",
    "PreparedPoses",
    "SmoothingSettings",
    "StandingReference",
    "build_reference",
    "compute_body_tilt",
    "compute_driver",
    "compute_series",
    "decide_clip_view",
    "describe_causal_filter",
    "find_standing_view",
    "prepare_poses",
]

load_plugins("signals")
