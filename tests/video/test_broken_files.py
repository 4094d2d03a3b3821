"""Whatever is given as a video ends in frames with a notice, or in a VideoError that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from movescreen.errors import MovescreenError, VideoError
from movescreen.video.probe import probe_clip
from movescreen.video.reader import VideoReader, read_frames_at
from tests.support.clips import cut, damage, even_times, make_clip, make_sound_only, read_number, set_edit_list

Make = Callable[[Path], Path]


def _text(path: Path) -> Path:
    path.write_text("rep,depth\n1,92\n2,95\n" * 200)
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _empty(path: Path) -> Path:
    path.touch()
    return path


def _noise(path: Path) -> Path:
    path.write_bytes(np.random.default_rng(0).bytes(20_000))
    return path


def _index_lost(path: Path) -> Path:
    return cut(make_clip(path, even_times(30, 30)), 0.6)


def _no_pictures(path: Path) -> Path:
    return make_clip(path, [])


def _only_a_header(path: Path) -> Path:
    make_clip(path, even_times(5, 30))
    path.write_bytes(path.read_bytes()[:24])
    return path


def _all_data_zero(path: Path) -> Path:
    make_clip(path, even_times(30, 30), faststart=True)
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start] + bytes(len(data) - start))
    return path


def _playlist(path: Path) -> Path:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")
    return path


CASES: dict[str, tuple[Make, str]] = {
    "missing": (lambda path: path, "there is no file"),
    "folder": (_folder, "is a folder"),
    "empty": (_empty, "is empty"),
    "text": (_text, "is not a video file"),
    "noise": (_noise, "is not a video file"),
    "sound": (make_sound_only, "only sound"),
    "no pictures": (_no_pictures, ""),
    "index lost": (_index_lost, "incomplete or damaged"),
    "header only": (_only_a_header, "incomplete or damaged"),
    "data gone": (_all_data_zero, "could be decoded"),
    "playlist": (_playlist, ""),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_video_says_so_and_what_to_do(tmp_path: Path, case: str, capfd: pytest.CaptureFixture[str]) -> None:
    make, words = CASES[case]
    path = make(tmp_path / "clip.mp4")
    for use in (VideoReader, probe_clip, lambda p: read_frames_at(p, [0])):
        with pytest.raises(VideoError) as caught:
            use(path)
        error = caught.value
        assert words in error.message
        assert "clip.mp4" in error.message
        assert len(error.hint) > 15
        assert "\n" not in error.message + error.hint
        assert "Errno" not in error.message
    assert capfd.readouterr() == ("", "")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(2, 30))

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(VideoError, match="may not be read") as caught:
        VideoReader(path)
    assert "permissions" in caught.value.hint


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="cannot be read"):
        VideoReader(tmp_path / ("x" * 400))
    with pytest.raises(VideoError):
        VideoReader("nul\0byte.mp4")


def test_names_with_spaces_and_signs(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "Ana's squat 100 % (50%d) – side.mp4", even_times(3, 30))
    with VideoReader(path) as reader:
        assert len(list(reader.frames())) == 3
        assert reader.info.name == path.name


@pytest.mark.parametrize("share", [0.95, 0.8, 0.6])
def test_a_file_that_breaks_off_gives_its_frames_and_a_notice(tmp_path: Path, share: float) -> None:
    options = {"crf": "10", "bf": "0"}
    path = cut(make_clip(tmp_path / "clip.mp4", even_times(90, 30), faststart=True, options=options), share)
    with VideoReader(path) as reader:
        frames = list(reader.frames())
        notices = reader.notices
        assert reader.info.frames == len(frames)
    assert 5 < len(frames) < 90
    assert [read_number(f.image) for f in frames] == list(range(len(frames)))
    assert [n.code for n in notices] == ["truncated"]
    assert "breaks off" in notices[0].message


def test_how_much_is_missing_is_said_in_real_time(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", even_times(80, 20), faststart=True, options={"bf": "0"})
    with VideoReader(cut(clip, 0.6), slowmo=4) as reader:
        count = len(list(reader.frames()))
        message = next(n.message for n in reader.notices if n.code == "truncated")
    assert f"the last {(80 - count) / 80:.1f} s are missing" in message


def test_damage_in_the_middle_costs_pictures_not_the_clip(tmp_path: Path) -> None:
    options = {"g": "10", "bf": "0", "crf": "12"}
    path = make_clip(tmp_path / "clip.mp4", even_times(90, 30), faststart=True, options=options)
    with VideoReader(damage(path, 0.5, 0.58)) as reader:
        frames = list(reader.frames())
        codes = {n.code for n in reader.notices}
    assert 60 < len(frames) < 90
    assert (np.diff([f.time_s for f in frames]) > 0).all()
    assert "damaged_frames" in codes
    # after the next picture that stands for itself, everything is right again
    assert read_number(frames[-1].image) == 89
    assert frames[-1].time_s == pytest.approx(89 / 30, abs=1e-3)


def test_a_trimmed_clip_is_not_taken_for_a_broken_one(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", even_times(60, 30), options={"bf": "0", "g": "1"})
    with VideoReader(set_edit_list(path, [(1.0, 0.5, 1.0)])) as reader:
        numbers = [read_number(f.image) for f in reader.frames()]
        assert reader.notices == ()
        assert reader.info.duration_s == pytest.approx(1.0, abs=0.05)
    assert numbers == list(range(15, 45))


def test_errors_of_the_decoder_never_leave_raw(tmp_path: Path) -> None:
    """Flip single bytes all over a small clip: frames, or one of our own errors."""
    clean = make_clip(tmp_path / "clip.mp4", even_times(8, 30), faststart=True).read_bytes()
    path = tmp_path / "broken.mp4"
    rng = np.random.default_rng(1)
    for _ in range(60):
        data = bytearray(clean)
        data[int(rng.integers(len(data)))] ^= int(rng.integers(1, 256))
        path.write_bytes(data)
        try:
            with VideoReader(path) as reader:
                times = [f.time_s for f in reader.frames(max_side_px=64)]
        except MovescreenError:
            continue
        except av.FFmpegError as error:  # pragma: no cover
            pytest.fail(f"raw error {error!r}")
        assert np.all(np.diff(times) > 0)
