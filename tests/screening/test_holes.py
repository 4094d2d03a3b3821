"""How long repetitions take and how alike they are is not judged by one with a gap, a cut or a standing picture in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.model import ClipResult, Finding, Status
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import Clip


def _screen(clip: Clip) -> ClipResult:
    return analyze_poses(clip.poses, clip.video, AnalysisRequest("squat", "side", Settings(raw=True)))


def _tempo(result: ClipResult) -> Finding:
    (found,) = (f for f in result.findings if f.check_id == "tempo")
    return found


def _clock_runs_on(clip: Clip, at_s: float, seconds: float) -> Clip:
    """Return the clip with a stretch in which the picture stands while time runs on: nothing is seen there."""
    time_s = np.where(clip.poses.time_s > at_s, clip.poses.time_s + seconds, clip.poses.time_s)
    return replace(clip, poses=replace(clip.poses, time_s=time_s))


@pytest.mark.parametrize("seconds", [0.4, 2.0])
def test_a_hole_in_a_repetition_makes_no_uneven_tempo(seconds: float) -> None:
    clip = p.squat(4)
    whole, holed = _screen(clip), _screen(_clock_runs_on(clip, clip.turns_s[1] - 0.6, seconds))
    assert _tempo(whole).status is Status.CLEAR
    assert _tempo(whole).reps_seen == 4
    assert _tempo(holed).status is Status.CLEAR
    assert _tempo(holed).reps_seen == 3


def test_too_few_whole_repetitions_are_not_timed() -> None:
    clip = p.squat(3)
    result = _screen(_clock_runs_on(clip, clip.turns_s[1] - 0.6, 0.4))
    assert _tempo(result).status is Status.NOT_ASSESSED


def test_an_uneven_tempo_is_still_told() -> None:
    reps = [p.Rep(p.SQUAT, down_s=s, up_s=s) for s in (0.8, 0.8, 2.4, 0.8)]
    clip = p.film_reps(reps, p.Camera(90.0))
    assert _tempo(_screen(clip)).status is Status.FLAGGED
