"""The MediaPipe engine: what it hands to the library, what it makes of the answer, and how it fails."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from enum import Enum
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from movescreen.errors import AssetError, UnknownNameError
from movescreen.model import Frame
from movescreen.pose import MediaPipeEstimator, create_estimator
from movescreen.pose.native_library import BLOCKED_PROXY, usage_reports
from tests.conftest import SAMPLES


class FakeMode(Enum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class FakeLandmarker:
    """Records what it is given; sees somebody at the same place in every picture."""

    made: list[FakeLandmarker]

    def __init__(self, options: Any) -> None:
        self.options, self.times, self.pictures, self.proxies, self.closed = options, [], [], [], 0

    @classmethod
    def create_from_options(cls, options: Any) -> FakeLandmarker:
        cls.made.append(cls(options))
        return cls.made[-1]

    def detect(self, image: Any) -> Any:
        self.pictures.append(image.data)
        self.proxies.append(os.environ.get("https_proxy"))
        points = [SimpleNamespace(x=i / 32, y=0.5, visibility=1.0 + 1e-6) for i in range(33)]
        world = [SimpleNamespace(x=0.1 * i, y=0.2, z=-0.3) for i in range(33)]
        return SimpleNamespace(pose_landmarks=[points], pose_world_landmarks=[world])

    def detect_for_video(self, image: Any, timestamp_ms: int) -> Any:
        assert isinstance(timestamp_ms, int)
        self.times.append(timestamp_ms)
        return self.detect(image)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeLandmarker]]:
    """Put a recording stand-in in the place of MediaPipe."""
    FakeLandmarker.made = []
    vision = SimpleNamespace(
        PoseLandmarkerOptions=lambda **options: SimpleNamespace(**options),
        PoseLandmarker=FakeLandmarker,
        RunningMode=FakeMode,
    )
    tasks = SimpleNamespace(vision=vision, BaseOptions=lambda **options: SimpleNamespace(**options))
    module = SimpleNamespace(
        __version__="9.8.7",
        Image=lambda image_format, data: SimpleNamespace(data=data),
        ImageFormat=SimpleNamespace(SRGB=1),
    )
    monkeypatch.setitem(sys.modules, "mediapipe", module)
    monkeypatch.setitem(sys.modules, "mediapipe.tasks.python", tasks)
    return FakeLandmarker.made


def black(time_s: float, index: int = 0) -> Frame:
    return Frame(np.zeros((48, 64, 3), np.uint8), time_s, index)


@pytest.mark.parametrize(
    ("time_s", "expected_ms"),
    [
        ([0.0, 1 / 30, 2 / 30, 0.1], [0, 33, 67, 100]),
        ([5.0, 5.0, 5.0, 5.002], [0, 1, 2, 3]),
        ([0.0, 0.0002, 0.0004, 0.0020], [0, 1, 2, 3]),
        ([-0.5, 0.0, 0.0, 0.25], [0, 500, 501, 750]),
    ],
    ids=["30 fps", "equal times", "closer than a millisecond", "negative start"],
)
def test_timestamps_are_whole_and_rise(fake: list[FakeLandmarker], time_s: list[float], expected_ms: list[int]) -> None:
    with create_estimator("mediapipe") as engine:
        for t in time_s:
            engine.detect(black(t))
    assert fake[0].times == expected_ms


def test_pictures_are_handed_over_without_gaps_in_memory(fake: list[FakeLandmarker]) -> None:
    padded = np.random.default_rng(0).integers(0, 255, (48, 96, 3), dtype=np.uint8)[:, :64]
    assert not padded.flags.c_contiguous
    with create_estimator("mediapipe") as engine:
        engine.detect(Frame(padded, 0.0, 0))
    assert fake[0].pictures[0].flags.c_contiguous
    np.testing.assert_array_equal(fake[0].pictures[0], padded)


def test_landmarks_become_pixels_and_visibility_stays_within_bounds(fake: list[FakeLandmarker]) -> None:
    with create_estimator("mediapipe") as engine:
        (pose,) = engine.detect(black(0.0))
    np.testing.assert_allclose(pose.image_xy_px[:, 0], np.arange(33) / 32 * 64)
    np.testing.assert_allclose(pose.image_xy_px[:, 1], 24.0)
    np.testing.assert_allclose(pose.world_xyz_m[7], [0.7, 0.2, -0.3])
    assert pose.visibility.max() == 1.0


def test_one_person_is_tracked_and_several_are_looked_for_afresh(fake: list[FakeLandmarker]) -> None:
    for options in ({}, {"num_poses": 4}):
        with create_estimator("mediapipe", **options) as engine:
            engine.detect(black(0.0))
    seen = [(f.options.num_poses, f.options.running_mode.value, f.options.min_pose_detection_confidence) for f in fake]
    assert seen == [(1, "VIDEO", 0.5), (4, "IMAGE", 0.3)]
    assert [len(f.times) for f in fake] == [1, 0]


def test_the_result_can_say_which_network_made_it(fake: list[FakeLandmarker]) -> None:
    with create_estimator("mediapipe", model="lite") as engine:
        info = engine.info
    assert (info.engine, info.model_name) == ("mediapipe 9.8.7", "lite")
    assert info.model_sha256 in (SAMPLES.parent / "models" / "SHA256SUMS").read_text()
    assert fake[0].options.base_options.model_asset_path.endswith("pose_landmarker_lite.task")


def test_usage_reports_are_blocked_from_opening_to_closing(
    fake: list[FakeLandmarker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://mine.example")
    first, second = create_estimator("mediapipe"), create_estimator("mediapipe", num_poses=2)
    first.detect(black(0.0))
    first.close()
    first.close()
    second.detect(black(0.0))
    assert [f.proxies for f in fake] == [[BLOCKED_PROXY]] * 2
    second.close()
    assert os.environ["https_proxy"] == "http://mine.example"
    assert [f.closed for f in fake] == [1, 1]


def test_a_failed_opening_gives_the_proxy_back(fake: list[FakeLandmarker], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://mine.example")

    def fail(options: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(FakeLandmarker, "create_from_options", fail)
    with pytest.raises(RuntimeError, match="no"):
        create_estimator("mediapipe")
    assert os.environ["https_proxy"] == "http://mine.example"
    assert usage_reports._holders == 0


@pytest.mark.parametrize("library", ["libEGL.so.1", "libGLESv2.so.2"])
def test_a_missing_system_library_names_the_packages(
    fake: list[FakeLandmarker], monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    def fail(options: Any) -> None:
        raise OSError(f"{library}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(FakeLandmarker, "create_from_options", fail)
    with pytest.raises(AssetError) as caught:
        create_estimator("mediapipe")
    assert library in caught.value.message
    assert "apt-get install libegl1 libgles2" in caught.value.hint


@pytest.mark.parametrize("error", [ImportError("No module named 'mediapipe'"), OSError("libEGL.so.1: cannot open")])
def test_mediapipe_that_cannot_be_imported_is_an_asset_error(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    real = importlib.import_module

    def fail(name: str, *args: Any) -> Any:
        if name.startswith("mediapipe"):
            raise error
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(AssetError, match=str(error)):
        create_estimator("mediapipe")


def test_model_errors_come_before_mediapipe_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)  # importing it would fail
    with pytest.raises(UnknownNameError):
        create_estimator("mediapipe", model="medium")


@pytest.mark.processes
def test_importing_the_package_does_not_import_mediapipe() -> None:
    code = "import sys, movescreen.pose; sys.exit('mediapipe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


# --- the real library -----------------------------------------------------------------------------------------------


def decode(stem: str, stride: int, stop: int) -> list[Frame]:
    with av.open(str(SAMPLES / f"{stem}.mp4")) as container:
        return [
            Frame(np.ascontiguousarray(picture.to_ndarray(format="rgb24")), float(picture.time), number)
            for number, picture in zip(range(stop), container.decode(video=0), strict=False)
            if number % stride == 0
        ]


@pytest.mark.network
@pytest.mark.parametrize("stem", sorted(path.stem for path in SAMPLES.glob("*.mp4")))
def test_the_person_is_found_in_every_frame_of_every_sample(stem: str) -> None:
    frames = decode(stem, 4, 240)
    height, width = frames[0].image.shape[:2]
    with MediaPipeEstimator("lite") as engine:
        seen = [engine.detect(frame) for frame in frames]
    assert [len(people) for people in seen] == [1] * len(frames)
    hips = np.array([people[0].image_xy_px[[23, 24]].mean(0) for people in seen])
    assert (hips > (0.2 * width, 0.3 * height)).all()
    assert (hips < (0.8 * width, 0.8 * height)).all()
    assert np.ptp(hips, axis=0).max() > 0.03 * height  # squats move down, bends move back


@pytest.mark.network
def test_nothing_is_written_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with MediaPipeEstimator("lite") as engine:
        for frame in decode("squat_front", 1, 3):
            assert engine.detect(frame)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


@pytest.mark.network
def test_nothing_is_sent_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """MediaPipe would report to its maker through the proxy when a task is closed: the proxy here must not be called."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1.0)

        def listen() -> None:
            with pytest.raises(TimeoutError):
                calls.append(server.accept())

        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        with MediaPipeEstimator("lite") as engine:
            engine.detect(decode("squat_front", 1, 1)[0])
        listener = threading.Thread(target=listen)
        listener.start()
        listener.join()
    assert calls == []


@pytest.mark.processes
def test_helpers_for_drawing_are_loaded_by_who_draws() -> None:
    code = (
        "import sys; from movescreen.pose.mediapipe import _import_mediapipe; mp = _import_mediapipe();"
        "assert 'matplotlib.pyplot' not in sys.modules;"
        "from mediapipe.tasks.python.vision import drawing_utils; assert drawing_utils.plt.figure;"
        "import matplotlib.pyplot as plt; assert plt.figure is drawing_utils.plt.figure"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
