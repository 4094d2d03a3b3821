"""Slow motion: only what the file states counts, and times come out in real seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from movescreen.errors import SettingsError
from movescreen.video.probe import probe_clip
from movescreen.video.reader import VideoReader
from movescreen.video.timing import detect_slow_motion
from tests.support.clips import even_times, make_clip, read_number, set_edit_list

ANDROID = "com.android.capture.fps"


@pytest.mark.parametrize(
    ("tags", "playback_fps", "factor"),
    [
        ({ANDROID: "240.000000"}, 30.0, 8.0),
        ({ANDROID: "120.000000"}, 30.045, 4.0),  # a real recorder: uneven stamps around 30
        ({ANDROID: "120"}, 29.97, 4.0),
        ({ANDROID: "960"}, 30.0, 32.0),
        ({ANDROID: "240"}, 25.0, 9.6),
        ({ANDROID: "240"}, 239.98, 1.0),  # the stamps already run at the capture rate
        ({ANDROID: "30.000000"}, 30.0, 1.0),
        ({ANDROID: "30.000000"}, 15.2, 1.0),  # dim light, not slow motion
        ({ANDROID: "60"}, 29.0, 1.0),
        ({ANDROID: "0"}, 30.0, 1.0),
        ({ANDROID: "fast"}, 30.0, 1.0),
        ({"com.apple.quicktime.full-frame-rate-playback-intent": "0"}, 30.0, 1.0),
        ({"com.apple.quicktime.full-frame-rate-playback-intent": "1"}, 240.0, 1.0),
        ({}, 240.0, 1.0),
        ({}, 0.0, 1.0),
        ({ANDROID: "240"}, 0.0, 1.0),
    ],
)
def test_factor(tags: dict[str, str], playback_fps: float, factor: float) -> None:
    slow = detect_slow_motion(tags, playback_fps)
    assert slow.factor == pytest.approx(factor)
    assert (slow.notice is None) == (factor == 1)


def test_a_time_lapse_is_stretched_and_warned_about() -> None:
    slow = detect_slow_motion({ANDROID: "3"}, 30.0)
    assert slow.factor == pytest.approx(0.1)
    assert slow.notice is not None
    assert (slow.notice.code, slow.notice.affects) == ("time_lapse", ("all",))


@pytest.mark.parametrize("factor", [0.0, -2.0, float("nan"), float("inf")])
def test_a_factor_by_hand_must_be_positive(factor: float) -> None:
    with pytest.raises(SettingsError):
        detect_slow_motion({}, 30.0, factor)


def test_times_are_real_seconds(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "slow.mp4", even_times(240, 30), tags={ANDROID: "240.0"})
    with VideoReader(path) as reader:
        frames = list(reader.frames(max_fps=30))
        info = reader.info
        assert [n.code for n in reader.notices] == ["slow_motion"]
        assert "240 frames a second" in reader.notices[0].message
    assert (info.slow_motion_factor, info.frames) == (8, 240)
    assert info.fps == pytest.approx(240, rel=1e-3)
    assert info.duration_s == pytest.approx(1.0, abs=0.01)
    # thinned in real time: 30 pictures for the one second that it took
    assert [f.index for f in frames] == list(range(0, 240, 8))
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(30) / 30, atol=1e-4)


def test_the_hand_overrules_the_file(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "slow.mp4", even_times(30, 30), tags={ANDROID: "240.0"})
    assert probe_clip(path, slowmo=4).info.fps == pytest.approx(120, rel=1e-3)
    assert probe_clip(path, slowmo=1).info.fps == pytest.approx(30, rel=1e-3)
    with VideoReader(path, slowmo=1) as reader:
        assert reader.notices == ()


def test_a_fast_recording_at_life_speed_is_left_alone(tmp_path: Path) -> None:
    info = probe_clip(make_clip(tmp_path / "fast.mov", even_times(120, 240), fps=240)).info
    assert info.slow_motion_factor == 1
    assert info.fps == pytest.approx(240, rel=1e-3)


def test_an_edit_list_that_slows_a_stretch_is_read_at_the_recorded_pace(tmp_path: Path) -> None:
    """Quarter a second at life's pace, the middle eight times slower, the end at life's pace again."""
    path = make_clip(tmp_path / "phone.mov", even_times(240, 240), fps=240, options={"bf": "0"})
    set_edit_list(path, [(0.25, 0.0, 1.0), (4.0, 0.25, 0.125), (0.25, 0.75, 1.0)])
    with VideoReader(path) as reader:
        frames = list(reader.frames())
        assert [n.code for n in reader.notices] == ["slow_motion"]
        assert reader.info.duration_s == pytest.approx(1.0, abs=0.01)
    assert [read_number(f.image) for f in frames] == list(range(240))
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(240) / 240, atol=1e-4)
