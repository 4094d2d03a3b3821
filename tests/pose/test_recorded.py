"""Pose files: what goes in comes out, wrong files are refused, and a recording can be played."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.errors import InputError
from movescreen.model import PoseSequence
from movescreen.pose import load_poses, save_poses
from movescreen.pose.recorded import FORMAT_VERSION
from tests.support.crowd import SIZE_PX, squatter


@pytest.fixture
def poses() -> PoseSequence:
    """Poses with a gap, a jitter of times, skipped frame numbers and a further reading."""
    made = squatter(1).poses
    n = len(made)
    image, world, visibility = made.image_xy_px.copy(), made.world_xyz_m.copy(), made.visibility.copy()
    for array in (image, world, visibility):
        array[20:25] = np.nan
    lift = np.where(np.arange(n) < 10, np.nan, np.linspace(0, 7, n))
    return PoseSequence(
        made.time_s + np.random.default_rng(0).uniform(0, 0.01, n),
        image,
        world,
        visibility,
        np.arange(n, dtype=np.int64) * 2 + 5,
        SIZE_PX,
        extras={"heel_lift_left_px": lift},
    )


def test_poses_come_back_as_they_were(poses: PoseSequence, tmp_path: Path) -> None:
    path = save_poses(tmp_path / "poses.npz", poses, {"engine": "x", "numbers": [1, 2.5, None]})
    back = load_poses(path)
    np.testing.assert_array_equal(back.time_s, poses.time_s)
    np.testing.assert_array_equal(back.frame_index, poses.frame_index)
    np.testing.assert_allclose(back.image_xy_px, poses.image_xy_px, atol=1e-3)
    np.testing.assert_allclose(back.world_xyz_m, poses.world_xyz_m, atol=1e-6)
    np.testing.assert_allclose(back.visibility, poses.visibility, atol=1e-6)
    np.testing.assert_allclose(back.extras["heel_lift_left_px"], poses.extras["heel_lift_left_px"], atol=1e-5)
    np.testing.assert_array_equal(back.detected, poses.detected)
    assert (back.image_size_px, back.skeleton, back.image_xy_px.dtype) == (SIZE_PX, poses.skeleton, np.float64)
    with np.load(path) as archive:
        extra = json.loads(str(archive["extra"]))
    assert extra == {"engine": "x", "numbers": [1, 2.5, None]}


def test_an_empty_recording_is_possible(poses: PoseSequence, tmp_path: Path) -> None:
    assert len(load_poses(save_poses(tmp_path / "p.npz", poses.slice(0, 0)))) == 0


def test_no_suffix_is_added_and_no_part_is_left(poses: PoseSequence, tmp_path: Path) -> None:
    save_poses(tmp_path / "poses", poses)
    assert [path.name for path in tmp_path.iterdir()] == ["poses"]


def test_a_failed_write_leaves_the_old_file(
    poses: PoseSequence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_poses(tmp_path / "poses.npz", poses)
    before = path.read_bytes()

    def full(blocks: Iterable[bytes], file: BinaryIO, where: Path) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("movescreen.files._write", full)
    with pytest.raises(InputError, match="No space left on device"):
        save_poses(path, poses)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_made(poses: PoseSequence, tmp_path: Path) -> None:
    assert len(load_poses(save_poses(tmp_path / "new" / "poses.npz", poses))) == len(poses)


def test_a_folder_that_cannot_be_made_is_said(poses: PoseSequence, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot write"):
        save_poses(tmp_path / "file" / "poses.npz", poses)


def _text(path: Path, poses: PoseSequence) -> None:
    path.write_text("frame,time_s\n")


def _empty(path: Path, poses: PoseSequence) -> None:
    path.touch()


def _array(path: Path, poses: PoseSequence) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def _other_archive(path: Path, poses: PoseSequence) -> None:
    with path.open("wb") as file:
        np.savez(file, t=np.zeros(3))


def _truncated(path: Path, poses: PoseSequence) -> None:
    data = save_poses(path, poses).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _folder(path: Path, poses: PoseSequence) -> None:
    path.mkdir()


def _changed(path: Path, poses: PoseSequence, **changes: object) -> None:
    with np.load(save_poses(path, poses)) as archive:
        content = {name: archive[name] for name in archive.files if changes.get(name, ...) is not None}
    with path.open("wb") as file:
        np.savez(file, **{**content, **{k: v for k, v in changes.items() if v is not None}})  # type: ignore[arg-type]


def _pickle(path: Path, poses: PoseSequence) -> None:
    _changed(path, poses, time_s=np.array([{"a": 1}], dtype=object))


def _no_times(path: Path, poses: PoseSequence) -> None:
    _changed(path, poses, time_s=None)


def _falling_times(path: Path, poses: PoseSequence) -> None:
    _changed(path, poses, time_s=poses.time_s[::-1])


def _other_landmarks(path: Path, poses: PoseSequence) -> None:
    _changed(path, poses, landmarks=np.array(["head"]))


WRONG = [
    _text, _empty, _array, _other_archive, _truncated, _folder, _pickle, _no_times, _falling_times, _other_landmarks
]  # fmt: skip


@pytest.mark.parametrize("make", WRONG, ids=lambda make: make.__name__)
def test_a_wrong_file_is_an_input_error_that_names_it(make: object, poses: PoseSequence, tmp_path: Path) -> None:
    path = tmp_path / "poses.npz"
    make(path, poses)  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        load_poses(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_damaged_bytes_are_noticed_or_harmless(at: int, junk: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = save_poses(Path(folder) / "poses.npz", squatter(1).poses.slice(0, 5), {"engine": "x"})
        data = bytearray(path.read_bytes())
        at %= len(data)
        data[at : at + len(junk)] = junk
        path.write_bytes(data)
        with contextlib.suppress(InputError):
            assert len(load_poses(path)) == 5


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no pose file"):
        load_poses(tmp_path / "poses.npz")


def test_a_later_version_is_refused_by_number(poses: PoseSequence, tmp_path: Path) -> None:
    path = tmp_path / "poses.npz"
    _changed(path, poses, version=np.array(FORMAT_VERSION + 1))
    with pytest.raises(InputError, match=f"version {FORMAT_VERSION + 1}, this movescreen reads up to {FORMAT_VERSION}"):
        load_poses(path)
