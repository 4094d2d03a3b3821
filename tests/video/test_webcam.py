"""Cameras: the newest picture counts, and a file plays at its own pace."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from movescreen.errors import VideoError
from movescreen.video import webcam as camera_module
from movescreen.video.webcam import open_camera
from tests.support.clips import even_times, make_clip, numbered_picture, read_number
from tests.support.waiting import Clock

#: Time between two pictures of the stand-in for a camera, s.
INTERVAL_S = 0.01


class FakeCapture:
    """Stands in for ``cv2.VideoCapture``: gives numbered pictures when a test says so, the first one at once."""

    opened: list[FakeCapture] = []  # noqa: RUF012
    clock: Clock

    def __init__(self, source: int | str) -> None:
        self.source, self.left = source, 1
        self.number, self.released = 0, False
        self.changed = threading.Condition()
        FakeCapture.opened.append(self)

    def isOpened(self) -> bool:
        return True

    def give(self, pictures: int) -> None:
        """Let pictures come, and wait until all of them have been grabbed."""
        with self.changed:
            self.left = max(self.left, 0) + pictures
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.left < 0, timeout=60)

    def read(self) -> tuple[bool, Any]:
        with self.changed:
            if self.left <= 0:
                self.left = -1  # the one before is with the camera by now
                self.changed.notify_all()
                self.changed.wait(0.01)
                return False, None
            self.left -= 1
            picture = numbered_picture(self.number)[..., ::-1]
            self.clock.now_s = self.number * INTERVAL_S
            self.number += 1
            return True, picture

    def release(self) -> None:
        self.released = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(camera_module, "time", clock)
    return clock


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> type[FakeCapture]:
    FakeCapture.opened, FakeCapture.clock = [], clock
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
    numbers, times = [], []
    with open_camera(0) as camera:
        for frame in camera:
            numbers.append(read_number(frame.image))
            times.append(frame.time_s)
            assert numbers[-1] == frame.index
            if len(numbers) == 5:
                break
            fake.opened[0].give(8)  # while this one is looked at
    assert numbers == [0, 8, 16, 24, 32]
    assert times == pytest.approx(np.multiply(numbers, INTERVAL_S))


def test_a_camera_that_falls_silent(fake: type[FakeCapture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "SILENCE_S", 0.2)
    with open_camera(0) as camera:
        frames = iter(camera)
        next(frames)
        with pytest.raises(VideoError, match="camera 0 has given no picture"):
            next(frames)


def test_closing_from_elsewhere_ends_the_loop(fake: type[FakeCapture]) -> None:
    camera = open_camera(0)
    closing = threading.Thread(target=camera.close)
    for frame in camera:
        if frame.index < 2:
            fake.opened[0].give(1)
        else:
            closing.start()
    assert frame.index == 2
    closing.join()
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


def test_a_file_as_fast_as_possible_gives_everything(tmp_path: Path, clock: Clock) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(60, 30))
    with open_camera(path, realtime=False, max_side_px=48) as camera:
        frames = list(camera)
    assert clock.slept_s == []
    assert [f.index for f in frames] == list(range(60))
    assert frames[0].image.shape == (32, 48, 3)


def test_a_file_plays_at_its_own_pace(tmp_path: Path, clock: Clock) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(15, 30))
    with open_camera(path) as camera:
        shown = [(frame.index, frame.time_s, clock.now_s) for frame in camera]
    index, due_s, at_s = zip(*shown, strict=True)
    assert index == tuple(range(15))
    assert at_s == pytest.approx(due_s)


def test_a_slow_consumer_of_a_file_skips_frames(tmp_path: Path, clock: Clock) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(40, 40))
    numbers = []
    with open_camera(path) as camera:
        for frame in camera:
            numbers.append(read_number(frame.image))
            assert clock.now_s == pytest.approx(frame.time_s, abs=0.1)
            clock.now_s += 0.1  # four pictures pass while one is looked at
    assert numbers[-1] == 39
    assert set(np.diff(numbers[:-1])) <= {3, 4, 5}
    assert clock.now_s < 1.2
