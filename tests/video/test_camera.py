"""Cameras: the newest picture counts, and a file plays at its own pace."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from movescreen.errors import VideoError
from movescreen.video import camera as camera_module
from movescreen.video.camera import open_camera
from tests.support.clips import even_times, make_clip, numbered_picture, read_number


class FakeCapture:
    """Stands in for ``cv2.VideoCapture``: gives numbered pictures at a rate, for so many pictures."""

    opened: list[FakeCapture] = []  # noqa: RUF012

    def __init__(self, source: int | str, fps: float = 100.0, pictures: int = 10_000) -> None:
        self.source, self.interval_s, self.left = source, 1 / fps, pictures
        self.number, self.released = 0, False
        FakeCapture.opened.append(self)

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, Any]:
        time.sleep(self.interval_s)
        if self.left <= 0:
            return False, None
        self.left -= 1
        picture = numbered_picture(self.number)[..., ::-1]
        self.number += 1
        return True, picture

    def release(self) -> None:
        self.released = True


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeCapture]:
    FakeCapture.opened = []
    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture)
    return FakeCapture


@pytest.mark.parametrize(
    ("source", "asked"), [(0, 0), ("2", 2), ("/dev/video1", 1), ("rtsp://10.0.0.2/stream", "rtsp://10.0.0.2/stream")]
)
def test_what_is_opened(fake: type[FakeCapture], source: int | str, asked: int | str) -> None:
    with open_camera(source) as camera:
        assert camera.name == f"camera {asked}"
        frame = next(iter(camera))
    assert fake.opened[0].source == asked
    assert fake.opened[0].released
    assert frame.time_s == 0
    np.testing.assert_array_equal(frame.image, numbered_picture(frame.index))


def test_pictures_that_nobody_takes_are_dropped(fake: type[FakeCapture]) -> None:
    numbers, times, began = [], [], time.monotonic()
    with open_camera(0) as camera:
        for frame in camera:
            numbers.append(read_number(frame.image))
            times.append(frame.time_s)
            assert numbers[-1] == frame.index
            if len(numbers) == 5:
                break
            time.sleep(0.08)
    # about eight pictures pass while one is looked at
    assert min(np.diff(numbers)) >= 3
    assert (np.diff(times) > 0.05).all()
    assert times[-1] == pytest.approx(time.monotonic() - began, abs=0.5)


def test_a_camera_that_falls_silent(fake: type[FakeCapture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "SILENCE_S", 0.2)
    with open_camera(0) as camera:
        frames = iter(camera)
        next(frames)
        fake.opened[0].left = 0
        with pytest.raises(VideoError, match="camera 0 has given no picture"):
            for _ in frames:
                pass


def test_closing_from_elsewhere_ends_the_loop(fake: type[FakeCapture]) -> None:
    camera = open_camera(0)
    timer = threading.Timer(0.15, camera.close)
    timer.start()
    assert len(list(camera)) > 2
    timer.join()
    assert not [t for t in threading.enumerate() if t.name == "movescreen-camera"]


def test_pictures_are_scaled(fake: type[FakeCapture]) -> None:
    with open_camera(0, max_side_px=48) as camera:
        frame = next(iter(camera))
    assert frame.image.shape == (32, 48, 3)
    assert frame.image.flags.c_contiguous


def test_no_such_camera(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VideoError, match="no camera 97") as caught:
        open_camera(97)
    assert "plugged in" in caught.value.hint
    assert capfd.readouterr() == ("", "")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="there is no file"):
        open_camera(str(tmp_path / "nothing.mp4"))


def test_a_file_as_fast_as_possible_gives_everything(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(60, 30))
    began = time.monotonic()
    with open_camera(path, realtime=False, max_side_px=48) as camera:
        frames = list(camera)
    assert time.monotonic() - began < 1.5
    assert [f.index for f in frames] == list(range(60))
    assert frames[0].image.shape == (32, 48, 3)


def test_a_file_plays_at_its_own_pace(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(15, 30))
    with open_camera(path) as camera:
        late = []
        began: float | None = None
        for frame in camera:
            began = time.monotonic() if began is None else began
            late.append(time.monotonic() - began - frame.time_s)
    assert frame.index == 14
    assert np.median(np.abs(late)) < 0.06


def test_a_slow_consumer_of_a_file_skips_frames(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(40, 40))
    began, numbers = time.monotonic(), []
    with open_camera(path) as camera:
        for frame in camera:
            numbers.append(read_number(frame.image))
            time.sleep(0.1)
    assert time.monotonic() - began < 3.0
    assert 3 <= len(numbers) <= 14
    assert numbers[-1] == 39
