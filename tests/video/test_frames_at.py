"""Single frames for the pictures of a report: the exact ones, in the order asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from movescreen.errors import VideoError
from movescreen.video.reader import VideoReader, read_frames_at
from tests.support.clips import make_clip, read_number, set_display

TIMES = [0.0, 0.03, 0.07, 0.2, 0.21, 0.5, 0.53, 0.57, 0.6, 1.0]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", TIMES, size=(192, 128))


def test_by_number(clip: Path) -> None:
    frames = read_frames_at(clip, [7, 0, 7, 9, 3])
    assert [f.index for f in frames] == [7, 0, 7, 9, 3]
    assert [read_number(f.image) for f in frames] == [7, 0, 7, 9, 3]
    assert frames[0].image.shape == (128, 192, 3)
    assert [f.time_s for f in frames] == pytest.approx([TIMES[i] for i in (7, 0, 7, 9, 3)], abs=1e-4)


def test_same_numbers_and_times_as_the_reader(clip: Path) -> None:
    with VideoReader(clip) as reader:
        read = {f.index: f.time_s for f in reader.frames(max_side_px=32)}
    assert [f.time_s for f in read_frames_at(clip, list(read))] == list(read.values())


def test_upright(clip: Path) -> None:
    set_display(clip, 90)
    assert read_frames_at(clip, [1])[0].image.shape == (192, 128, 3)


def test_nothing_asked_for(clip: Path) -> None:
    assert read_frames_at(clip, []) == []


def test_frames_that_do_not_exist(clip: Path) -> None:
    with pytest.raises(VideoError, match="has no frame 10") as caught:
        read_frames_at(clip, [2, 10, 99])
    assert "10 frames" in caught.value.hint
    with pytest.raises(VideoError, match="has no frame -1"):
        read_frames_at(clip, [-1])
