"""A jump must obey gravity: a wrong clock is convicted by the fall, and what cannot be a jump has no height."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.measures.free_fall import doubt_clock
from movescreen.model import ClipResult, Status
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.repetitions.attempts import find_jumps
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import Camera, Clip


def _analyze(clip: Clip) -> ClipResult:
    return analyze_poses(clip.poses, clip.video, AnalysisRequest("countermovement_jump", settings=Settings(raw=True)))


def _at_speed(clip: Clip, slower: float) -> Clip:
    """Return the clip as a file shows it that plays so many times too slow, with nothing in it that says so."""
    return replace(clip, poses=replace(clip.poses, time_s=clip.poses.time_s * slower))


def _told(result: ClipResult) -> list[str]:
    return [n.message for n in result.notices if n.code == "clock_wrong"]


@pytest.mark.parametrize("view", [0.0, 90.0, 45.0])
@pytest.mark.parametrize(
    ("slower", "words"), [(2.0, "2.0 times too slow"), (0.5, "2.0 times too fast"), (1.2, "1.2 times too slow")]
)
def test_a_wrong_clock_is_told_and_no_height_is_given(slower: float, words: str, view: float) -> None:
    result = _analyze(_at_speed(p.jump(3, Camera(view), flight_s=0.5), slower))
    (message,) = _told(result)
    assert words in message
    assert [m.known for m in result.measures] == [False] * len(result.measures)
    assert all("clock" in m.reason for m in result.measures)
    assert {f.status for f in result.findings} == {Status.NOT_ASSESSED}


@pytest.mark.parametrize("view", [0.0, 90.0, 45.0])
@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
@pytest.mark.parametrize("flight", [0.4, 0.6])
def test_a_right_clock_is_believed_at_every_rate(fps: float, flight: float, view: float) -> None:
    clip = p.jump(3, Camera(view), flight_s=flight, fps=fps)
    result = _analyze(replace(clip, poses=p.with_noise(clip.poses, 2.0)))
    assert _told(result) == []
    assert all(m.known for m in result.measures)


def test_a_flight_seen_in_too_few_frames_convicts_nothing() -> None:
    result = _analyze(p.jump(3, flight_s=0.4, fps=10.0))
    assert _told(result) == []


def test_a_jump_higher_than_anybodys_has_no_height() -> None:
    clip = p.jump(2, flight_s=0.95, dip_m=0.35)
    result = _analyze(clip)
    assert _told(result) == []
    height = next(m for m in result.measures if m.unit == "cm")
    assert not height.known
    assert "higher than anybody's" in height.reason


@pytest.mark.parametrize(
    ("falls", "convicted"),
    [
        ([10.7, 11.6, 10.8], False),
        ([9.1], False),
        ([13.9], False),
        ([2.8, 2.9, 2.8], True),
        ([7.6, 8.2, 8.0], True),
        ([37.0, 40.0], True),
        ([-1.0], True),
        ([10.7, 11.0, 2.0], False),
        ([float("nan")], False),
        ([], False),
    ],
)
def test_what_convicts_a_clock(falls: list[float], convicted: bool) -> None:
    assert (doubt_clock(falls) is not None) == convicted


def test_feet_that_rise_while_the_body_goes_down_or_stays_up_are_no_jump() -> None:
    t = np.arange(0, 4, 1 / 30)
    feet = np.where(np.abs(t - 2) < 0.4, 0.4, 0.0)
    thrown = np.where(np.abs(t - 2) < 0.4, 11 / 2 * (0.16 - (t - 2) ** 2), 0.0)
    held = np.where(np.abs(t - 2) < 0.4, 0.2, 0.0)
    sinking = np.where(np.abs(t - 2) < 0.4, 0.3 - 3 * (0.16 - (t - 2) ** 2), 0.0)
    assert len(find_jumps(t, feet, thrown, 0.05)) == 1
    assert find_jumps(t, feet, held, 0.05) == []
    assert find_jumps(t, feet, sinking, 0.05) == []


def test_doubled_pictures_time_nothing_better() -> None:
    clip = p.jump(3, fps=60.0)
    once = _analyze(clip)
    doubled = replace(clip, poses=p.with_extras(clip.poses, different_pictures=np.full(len(clip.poses), 0.5)))
    height = [
        next(m for m in r.measures if m.unit == "cm") for r in (once, _analyze(doubled), _analyze(p.jump(3, fps=30.0)))
    ]
    assert height[1].value == height[0].value
    assert height[1].error > height[0].error
    assert height[1].error == pytest.approx(height[2].error, rel=0.15)


def _with_sharpness(clip: Clip, fast: float, rest: float = 40.0) -> Clip:
    """Return the clip with pictures whose edges are so steep in the fastest frames, as a share of those at rest."""
    speed = np.abs(np.gradient(clip.poses.xy("mid_hip")[:, 1]))
    share = np.clip(speed / np.percentile(speed, 93), 0, 1)
    return replace(clip, poses=p.with_extras(clip.poses, sharpness=rest * (1.0 - (1.0 - fast) * share)))


def test_blurred_pictures_enlarge_the_error_of_a_jump_and_are_told_when_strong() -> None:
    clip = p.jump(3, fps=30.0)
    plain, sharp, some, strong = (_analyze(c) for c in (clip, *(_with_sharpness(clip, f) for f in (0.8, 0.62, 0.46))))
    heights = [next(m for m in r.measures if m.unit == "cm") for r in (plain, sharp, some, strong)]
    assert [h.value for h in heights] == [heights[0].value] * 4
    assert heights[1].error == heights[0].error
    assert heights[0].error < heights[2].error < heights[3].error
    told = ["motion_blur" in [n.code for n in r.notices] for r in (plain, sharp, some, strong)]
    assert told == [False, False, False, True]


def test_pictures_without_edges_do_not_tell_of_blur() -> None:
    clip = p.jump(3, fps=30.0)
    flat = _analyze(_with_sharpness(clip, 0.3, rest=2.0))
    assert flat.measures[0].error == _analyze(clip).measures[0].error
    assert "motion_blur" not in [n.code for n in flat.notices]
