"""Written videos: H.264 that plays everywhere, real times, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from movescreen.errors import AssetError, VideoError
from movescreen.render import writer as writer_module
from movescreen.render.writer import VideoWriter
from movescreen.video.reader import VideoReader
from tests.support.clips import corner_colors, numbered_picture, read_number

TIMES = np.cumsum(np.random.default_rng(0).uniform(0.01, 0.09, 40))


def test_pictures_and_times_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.mp4"
    with VideoWriter(path, fps=20) as writer:
        for i, time_s in enumerate(TIMES):
            writer.write(numbered_picture(i), time_s)
        assert not path.exists()
    with VideoReader(path) as reader:
        frames = list(reader.frames())
    np.testing.assert_allclose([f.time_s for f in frames], TIMES - TIMES[0], atol=1e-4)
    assert [read_number(f.image) for f in frames] == list(range(40))
    assert corner_colors(frames[20].image)["top_left"] == "red"
    assert [p.name for p in path.parent.iterdir()] == ["out.mp4"]


def test_it_plays_on_phones_and_in_browsers(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path) as writer:
        for i in range(70):
            writer.write(numbered_picture(i), i / 30)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        keys = [p.pts for p in container.demux(stream) if p.size and p.is_keyframe]
    assert len(keys) >= 3


def test_colors_are_kept(tmp_path: Path) -> None:
    colors = [(200, 60, 30), (20, 180, 60), (40, 70, 210), (255, 255, 255), (0, 0, 0), (128, 128, 128)]
    image = np.repeat(np.array(colors, np.uint8), 32, axis=0)[None].repeat(64, axis=0)
    with VideoWriter(tmp_path / "out.mp4") as writer:
        writer.write(image, 0.0)
    with VideoReader(tmp_path / "out.mp4") as reader:
        read = next(reader.frames()).image
    for i, color in enumerate(colors):
        assert np.abs(read[32, 32 * i + 16].astype(int) - color).max() <= 5


@pytest.mark.parametrize("size", [(97, 64), (96, 65), (131, 75)])
def test_odd_sizes_lose_a_row_or_column(tmp_path: Path, size: tuple[int, int]) -> None:
    with VideoWriter(tmp_path / "out.mp4") as writer:
        writer.write(numbered_picture(300, size), 0.0)
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert (reader.info.width_px, reader.info.height_px) == (size[0] // 2 * 2, size[1] // 2 * 2)
        assert read_number(next(reader.frames()).image) == 300


def test_nothing_is_left_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("the old one")

    def fail() -> None:
        with VideoWriter(path) as writer:
            writer.write(numbered_picture(0), 0.0)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_text() == "the old one"


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("the old one")
    with VideoWriter(path) as writer:
        writer.write(numbered_picture(0), 0.0)
    assert path.read_bytes()[4:8] == b"ftyp"


def test_no_pictures_no_file(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no frames"), VideoWriter(tmp_path / "out.mp4"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "out.mp4", tmp_path):
        with pytest.raises(VideoError) as caught, VideoWriter(path) as writer:
            writer.write(numbered_picture(0), 0.0)
        assert caught.value.hint


def test_without_an_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "ENCODERS", (("no_such_encoder", {}),))
    with pytest.raises(AssetError, match=r"no H\.264 encoder"), VideoWriter(tmp_path / "out.mp4") as writer:
        writer.write(numbered_picture(0), 0.0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("size", "time_s", "words"), [((96, 64), 1.0, "times must rise"), ((32, 32), 2.0, "picture is 32x32")]
)
def test_misuse(tmp_path: Path, size: tuple[int, int], time_s: float, words: str) -> None:
    writer = VideoWriter(tmp_path / "out.mp4")
    writer.write(numbered_picture(0), 1.0)
    with pytest.raises(ValueError, match=words):
        writer.write(numbered_picture(1, size), time_s)
    writer.discard()
    writer.discard()
    assert list(tmp_path.iterdir()) == []
