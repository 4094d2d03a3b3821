"""What VideoReader promises: real times, upright pictures of the right size, the right frames."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from movescreen.errors import SettingsError
from movescreen.video.probe import probe_clip
from movescreen.video.reader import VideoReader
from tests.support.clips import SIZE, corner_colors, even_times, make_clip, numbered_picture, read_number, set_display

UNEVEN = np.concatenate([[0.0], np.cumsum(np.random.default_rng(4).uniform(0.018, 0.085, 39))])


def test_times_are_the_stamps_in_the_file_not_index_over_rate(tmp_path: Path) -> None:
    with VideoReader(make_clip(tmp_path / "uneven.mp4", UNEVEN + 0.7)) as reader:
        frames = list(reader.frames())
        info = reader.info
    np.testing.assert_allclose([f.time_s for f in frames], UNEVEN, atol=2e-5)
    assert [read_number(f.image) for f in frames] == list(range(40))
    assert [f.index for f in frames] == list(range(40))
    assert info.variable_frame_rate
    assert info.fps == pytest.approx(39 / UNEVEN[-1], rel=1e-3)
    assert info.frames == 40
    assert reader.notices == ()


def test_facts_of_an_even_clip(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "even.mp4", even_times(45, 30))
    with VideoReader(path) as reader:
        info = reader.info
    assert (info.name, info.width_px, info.height_px, info.codec) == ("even.mp4", *SIZE, "h264")
    assert info.fps == pytest.approx(30, abs=0.01)
    assert info.duration_s == pytest.approx(1.5, abs=0.001)
    assert (info.frames, info.variable_frame_rate, info.rotation_deg) == (45, False, 0)
    assert info.slow_motion_factor == 1
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with VideoReader(path) as reader:
        list(reader.frames())
        assert reader.info == info


def test_a_short_first_interval_does_not_make_a_clip_uneven(tmp_path: Path) -> None:
    times = [0.0, *(np.arange(1, 60) / 30 - 0.012)]
    assert not probe_clip(make_clip(tmp_path / "phone.mp4", times)).info.variable_frame_rate


def test_every_pass_starts_over(tmp_path: Path) -> None:
    with VideoReader(make_clip(tmp_path / "clip.mp4", even_times(12, 30))) as reader:
        first = [f.index for f in reader.frames()]
        partly = reader.frames()
        assert next(partly).index == 0
        second = [read_number(f.image) for f in reader.frames()]
        assert next(partly).index == 1
    assert first == second == list(range(12))


@pytest.mark.parametrize(
    ("max_side", "expected"),
    [(None, (200, 120)), (400, (200, 120)), (100, (100, 60)), (50, (50, 30)), (75, (75, 45)), (1, (1, 1))],
)
def test_pictures_are_scaled_down_only_and_packed(
    tmp_path: Path, max_side: int | None, expected: tuple[int, int]
) -> None:
    with VideoReader(make_clip(tmp_path / "clip.mp4", even_times(2, 30), size=(200, 120))) as reader:
        assert reader.frame_size_px(max_side) == expected
        frame = next(reader.frames(max_side_px=max_side))
        assert reader.info.width_px == 200
    assert frame.image.shape == (expected[1], expected[0], 3)
    assert frame.image.flags.c_contiguous
    assert frame.image.dtype == np.uint8


@pytest.mark.parametrize("width", [94, 96, 98, 130])
def test_no_row_is_shifted_whatever_the_width(tmp_path: Path, width: int) -> None:
    """Decoders pad their rows: read as packed, the picture would lean."""
    picture = numbered_picture(341, (width, 64))
    with VideoReader(make_clip(tmp_path / "clip.mp4", [0.0], size=(width, 64), options={"crf": "4"})) as reader:
        image = next(reader.frames()).image
    assert np.abs(image.astype(int) - numbered_picture(0, (width, 64)).astype(int)).mean() < 4
    assert image.shape == picture.shape


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_pictures_stand_upright(tmp_path: Path, turn: int, mirrored: bool) -> None:
    path = set_display(make_clip(tmp_path / "clip.mp4", even_times(3, 30)), turn, mirrored=mirrored)
    stored = numbered_picture(2)
    expected = np.rot90(stored[:, ::-1] if mirrored else stored, -turn // 90)
    with VideoReader(path) as reader:
        image = list(reader.frames())[2].image
        assert (reader.info.width_px, reader.info.height_px) == expected.shape[1::-1]
        assert reader.info.rotation_deg == turn
        assert [n.code for n in reader.notices] == ["mirrored"] * mirrored
    assert image.shape == expected.shape
    assert image.flags.c_contiguous
    assert corner_colors(image) == corner_colors(expected)
    assert np.abs(image.astype(int) - expected.astype(int)).mean() < 12


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_turn_is_the_one_opencv_makes(tmp_path: Path, turn: int) -> None:
    path = set_display(make_clip(tmp_path / "clip.mp4", even_times(2, 30)), turn)
    capture = cv2.VideoCapture(str(path))
    _, bgr = capture.read()
    capture.release()
    with VideoReader(path) as reader:
        image = next(reader.frames()).image
    assert corner_colors(image) == corner_colors(np.asarray(bgr[..., ::-1]))


def test_scaling_happens_before_the_turn_and_keeps_the_upright_long_side(tmp_path: Path) -> None:
    path = set_display(make_clip(tmp_path / "clip.mp4", even_times(2, 30), size=(192, 108)), 90)
    with VideoReader(path) as reader:
        image = next(reader.frames(max_side_px=96)).image
    assert image.shape == (96, 54, 3)
    assert corner_colors(image) == {
        "top_left": "other", "top_right": "red", "bottom_left": "other", "bottom_right": "green"
    }  # fmt: skip


def test_pixels_are_made_square(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "wide.mp4", even_times(3, 30), size=(72, 96), pixel_ratio=Fraction(2))
    with VideoReader(path) as reader:
        assert (reader.info.width_px, reader.info.height_px) == (144, 96)
        assert next(reader.frames()).image.shape == (96, 144, 3)
        assert next(reader.frames(max_side_px=72)).image.shape == (48, 72, 3)


@pytest.mark.parametrize(
    ("fps", "max_fps", "stride"),
    [
        (30, 30, 1),
        (29.97, 30, 1),
        (40, 30, 1),
        (50, 30, 2),
        (59.94, 30, 2),
        (60, 30, 2),
        (120, 30, 4),
        (240, 30, 8),
        (25, None, 1),
    ],
)
def test_fast_clips_are_thinned_evenly(tmp_path: Path, fps: float, max_fps: float | None, stride: int) -> None:
    count = 8 * stride + 3
    with VideoReader(make_clip(tmp_path / "fast.mp4", even_times(count, fps), fps=round(fps))) as reader:
        frames = list(reader.frames(max_fps=max_fps))
        assert reader.info.frames == count
        assert reader.info.fps == pytest.approx(fps, rel=1e-3)
    assert [f.index for f in frames] == list(range(0, count, stride))
    assert [read_number(f.image) for f in frames] == list(range(0, count, stride))
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(0, count, stride) / fps, atol=2e-5)


def test_thinning_an_uneven_clip_does_not_drift(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    times = np.arange(240) / 120 + rng.uniform(-0.003, 0.003, 240)
    times[0] = 0
    with VideoReader(make_clip(tmp_path / "jitter.mp4", times, fps=120)) as reader:
        kept = np.array([f.time_s for f in reader.frames(max_fps=30)])
    grid = np.arange(60) / 30
    assert len(kept) == 60
    assert np.abs(kept - grid).max() < 0.012


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("b.mp4", "libx265"),
        ("c.mov", "mpeg4"),
        ("d.webm", "libvpx-vp9"),
        ("e.mkv", "libx265"),
        ("f.avi", "mpeg4"),
    ],
)
def test_codecs_and_containers(tmp_path: Path, name: str, codec: str) -> None:
    base = Fraction(1, 30) if codec == "mpeg4" else Fraction(1, 90_000)
    path = make_clip(tmp_path / name, even_times(20, 30), codec=codec, time_base=base, options={"b": "400k"})
    with VideoReader(path) as reader:
        frames = list(reader.frames())
        assert reader.notices == ()
        assert reader.info.codec == {"libx265": "hevc", "libx264": "h264", "libvpx-vp9": "vp9"}.get(codec, codec)
        assert not reader.info.variable_frame_rate
    assert [read_number(f.image) for f in frames] == list(range(20))
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(20) / 30, atol=1e-3)


def test_avi_with_reordered_pictures_has_rising_even_times(tmp_path: Path) -> None:
    """AVI knows no presentation times: what it has for H.264 with B pictures is the order of decoding."""
    path = make_clip(tmp_path / "clip.avi", even_times(30, 30), time_base=Fraction(1, 30), options={"bf": "2"})
    with VideoReader(path) as reader:
        frames = list(reader.frames())
        assert reader.notices == ()
    assert [read_number(f.image) for f in frames] == list(range(30))
    np.testing.assert_allclose(np.diff([f.time_s for f in frames]), 1 / 30, atol=1e-6)


@pytest.mark.slow
def test_eight_k(tmp_path: Path) -> None:
    size = (7680, 4320)
    path = make_clip(tmp_path / "8k.mp4", even_times(3, 30), size=size, options={"preset": "ultrafast", "crf": "35"})
    with VideoReader(path) as reader:
        frames = list(reader.frames(max_side_px=480))
        assert (reader.info.width_px, reader.info.height_px) == size
    assert [f.image.shape for f in frames] == [(270, 480, 3)] * 3
    assert [read_number(f.image) for f in frames] == [0, 1, 2]


def test_one_picture_is_enough_to_be_read(tmp_path: Path) -> None:
    with VideoReader(make_clip(tmp_path / "one.mp4", [0.0])) as reader:
        frames = list(reader.frames(max_fps=30))
        assert [(f.index, f.time_s) for f in frames] == [(0, 0.0)]
        assert reader.info.frames == 1
        assert reader.info.duration_s < 0.1
        assert reader.notices == ()


def test_a_long_last_picture_is_not_a_broken_file(tmp_path: Path) -> None:
    with VideoReader(make_clip(tmp_path / "held.mp4", [0.0, 0.033, 0.066, 2.0])) as reader:
        assert len(list(reader.frames())) == 4
        assert [n.code for n in reader.notices] == ["recording_gap"]
        assert "0.1 s" in reader.notices[0].message


@pytest.mark.parametrize("options", [{"max_side_px": 0}, {"max_fps": 0}, {"max_fps": float("nan")}, {"max_fps": -5}])
def test_limits_must_be_positive(tmp_path: Path, options: dict[str, float]) -> None:
    with VideoReader(make_clip(tmp_path / "clip.mp4", even_times(2, 30))) as reader, pytest.raises(SettingsError):
        reader.frames(**options)  # type: ignore[arg-type]


def _write_streams(path: Path, sizes: list[tuple[int, int]], format: str | None = None) -> Path:
    """Write a file with a stream of each size, of a gray of its own: 60, 100, 140 and so on."""
    with av.open(str(path), "w", format=format) as container:
        streams = []
        for width, height in sizes:
            stream = container.add_stream("libx264" if path.suffix != ".hevc" else "libx265", rate=30)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            streams.append(stream)
        for _ in range(20):
            for i, stream in enumerate(streams):
                image = np.full((stream.height, stream.width, 3), 60 + 40 * i, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        for stream in streams:
            container.mux(stream.encode())
    return path


@pytest.mark.parametrize("sizes", [[(96, 64), (192, 128)], [(192, 128), (96, 64)], [(96, 64), (192, 128), (128, 96)]])
def test_of_several_streams_the_largest_is_read(tmp_path: Path, sizes: list[tuple[int, int]]) -> None:
    with VideoReader(_write_streams(tmp_path / "several.mp4", sizes)) as reader:
        frame = next(iter(reader.frames()))
        assert (reader.info.width_px, reader.info.height_px) == (192, 128)
    assert frame.image.mean() == pytest.approx(60 + 40 * sizes.index((192, 128)), abs=4)


@pytest.mark.parametrize("ending", ["h264", "hevc"])
def test_a_bare_stream_is_read_and_its_assumed_times_are_told(tmp_path: Path, ending: str) -> None:
    with VideoReader(_write_streams(tmp_path / f"bare.{ending}", [(96, 64)], ending)) as reader:
        times = [frame.time_s for frame in reader.frames()]
        assert [n.code for n in reader.notices] == ["times_missing"]
        assert reader.info.frames == 20
    np.testing.assert_allclose(times, np.arange(20) / 30, atol=1e-6)
