"""A camera on a stand is left in peace, whatever the person does; one that moves is noticed, with the right amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from movescreen.model import Frame
from movescreen.render.writer import VideoWriter
from movescreen.scene.camera_motion import CameraMotion, CameraMotionDetector, box_of_points
from movescreen.video.reader import VideoReader

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"
CLIPS = sorted(p.stem for p in SAMPLES.glob("*.mp4"))
#: Where the person is in the sample clips, share of the picture: the middle, generously.
PERSON = (0.25, 0.2, 0.75, 0.8)

Warp = Callable[[float], NDArray[np.float64]]


@cache
def _frames(stem: str) -> tuple[Frame, ...]:
    """Return about five small frames per second of the first nine seconds: a standing person, then repetitions."""
    with VideoReader(SAMPLES / f"{stem}.mp4") as reader:
        return tuple(f for f in reader.frames(max_side_px=640, max_fps=5) if f.time_s < 9)


def _watch(frames: Sequence[Frame], warp: Warp | None = None) -> CameraMotionDetector:
    detector = CameraMotionDetector()
    for frame in frames:
        image, (height, width) = frame.image, frame.image.shape[:2]
        if warp is not None:
            image = np.asarray(
                cv2.warpAffine(image, warp(frame.time_s), (width, height), borderMode=cv2.BORDER_REFLECT)
            )
        box = (PERSON[0] * width, PERSON[1] * height, PERSON[2] * width, PERSON[3] * height)
        detector.update(Frame(image, frame.time_s, frame.index), box)
    return detector


def _move(x_pct: float = 0, y_pct: float = 0, zoom: float = 1, roll_deg: float = 0) -> NDArray[np.float64]:
    """Return a warp of a 360x640 picture; shifts in % of its width."""
    matrix = np.asarray(cv2.getRotationMatrix2D((180, 320), roll_deg, zoom), dtype=np.float64)
    matrix[:, 2] += (3.6 * x_pct, 3.6 * y_pct)
    return matrix


def test_there_are_clips() -> None:
    assert len(CLIPS) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("stem", CLIPS)
def test_a_moving_person_in_a_still_room_is_no_camera_motion(stem: str) -> None:
    detector = _watch(_frames(stem))
    assert detector.notice() is None
    assert detector.motion.largest_pct < 0.4
    assert detector.motion.judged_frac > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("stem", CLIPS)
@pytest.mark.parametrize(
    ("warp", "expected_pct"),
    [
        (lambda t: _move(x_pct=2 * t / 9), 2.0),
        (lambda t: _move(y_pct=-2 * t / 9), 2.0),
        (lambda t: _move(zoom=1 + 0.02 * t / 9), 2.04),  # the corners are 1.02 widths from the middle
        (lambda t: _move(x_pct=3 * (t > 4.5)), 3.0),
    ],
    ids=["pan", "tilt", "zoom", "bump"],
)
def test_motion_is_noticed_with_its_size(stem: str, warp: Warp, expected_pct: float) -> None:
    detector = _watch(_frames(stem), warp)
    notice = detector.notice()
    assert notice is not None
    assert notice.code == "camera_steadied"
    assert detector.motion.largest_pct == pytest.approx(expected_pct, rel=0.12)
    assert f"{detector.motion.largest_pct:.1f} %" in notice.message


def test_when_it_began() -> None:
    frames = _frames("squat_front")
    bump = _watch(frames, lambda t: _move(x_pct=3 * (t > 4.5)))
    assert bump.motion.began_s() == pytest.approx(4.6, abs=0.21)
    # a steady drift of 2 % in nine seconds passes 1.2 % after five and a half
    drift = _watch(frames, lambda t: _move(x_pct=2 * t / 9))
    assert drift.motion.began_s() == pytest.approx(5.5, abs=0.5)


def test_a_camera_held_in_the_hand() -> None:
    frames = _frames("squat_front")
    shaky = _watch(frames, lambda t: _move(1.5 * np.sin(8 * t), 1.5 * np.cos(5.5 * t), roll_deg=0.5 * np.sin(3 * t)))
    assert shaky.notice() is not None
    assert _watch(frames).notice() is None


def test_touching_the_phone_at_the_start_can_be_left_out() -> None:
    detector = _watch(_frames("squat_side"), lambda t: _move(x_pct=2.5 * (t < 0.9)))
    assert detector.notice() is not None
    assert detector.notice(start_s=1.0) is None
    assert detector.notice(end_s=1.5) is not None


@pytest.mark.slow
def test_noise_brightness_and_strong_compression_are_no_motion(tmp_path: Path) -> None:
    frames = _frames("squat_valgus_front")
    rng = np.random.default_rng(0)
    noisy = [
        Frame(np.clip(f.image + rng.normal(0, 9, f.image.shape), 0, 255).astype(np.uint8), f.time_s, f.index)
        for f in frames
    ]
    assert _watch(noisy).motion.largest_pct < 0.4
    lit = [
        Frame(np.clip(f.image * (1 + 0.3 * np.sin(f.time_s)), 0, 255).astype(np.uint8), f.time_s, f.index)
        for f in frames
    ]
    assert _watch(lit).motion.largest_pct < 0.4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("movescreen.render.writer.ENCODERS", (("libx264", {"crf": "42", "preset": "ultrafast"}),))
        with VideoWriter(tmp_path / "poor.mp4", fps=5) as writer:
            for frame in frames:
                writer.write(frame.image, frame.time_s)
    with VideoReader(tmp_path / "poor.mp4") as reader:
        assert _watch(list(reader.frames())).motion.largest_pct < 0.6


def test_who_is_not_known_is_no_background() -> None:
    detector = CameraMotionDetector()
    for frame in _frames("squat_front"):
        detector.update(frame, None)
    assert len(detector.motion.time_s) == 0


def test_pictures_without_anything_to_follow() -> None:
    detector = CameraMotionDetector()
    for i in range(10):
        detector.update(Frame(np.full((90, 160, 3), 40 + i, np.uint8), i * 0.2, i), (60, 20, 100, 80))
    assert detector.notice() is None
    assert detector.motion.judged_frac == pytest.approx(0.1)


def test_before_the_first_picture() -> None:
    detector = CameraMotionDetector()
    assert detector.notice() is None
    assert (detector.motion.judged_frac, detector.motion.largest_pct) == (0, 0)


def test_it_looks_at_about_ten_pictures_a_second() -> None:
    detector = CameraMotionDetector()
    picture = np.zeros((90, 160, 3), np.uint8)
    for i in range(301):
        detector.update(Frame(picture, i / 60, i), (60, 20, 100, 80))
    assert 50 <= len(detector.motion.time_s) <= 56


def test_one_odd_sample_is_not_enough() -> None:
    corners = np.zeros((5, 4, 2))
    corners[2] = 9.0
    motion = CameraMotion(0.2 * np.arange(5.0), corners, np.zeros(5, np.int64))
    assert motion.began_s() is None
    assert motion.largest_pct == 0
    corners[3] = 9.0
    assert motion.began_s() == pytest.approx(0.4)


def test_box_of_points() -> None:
    points = np.array([[10.0, 40.0], [np.nan, np.nan], [30.0, 20.0]])
    assert box_of_points(points) == (10, 20, 30, 40)
    assert box_of_points(np.full((3, 2), np.nan)) is None
