"""What is written about people is its owner's alone, and what is read is a file on a disk."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from movescreen.batch.items import read_manifest
from movescreen.client.intake.model import read_intake
from movescreen.errors import InputError, MovescreenError
from movescreen.files import make_folder, make_private, open_regular, staged_folder, write_bytes
from movescreen.pose import load_poses
from movescreen.records import open_store
from movescreen.records.backup import restore_backup
from movescreen.report.formats.json import read_result_json
from movescreen.video.probe import probe_clip

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights and pipes as on Linux and macOS")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_new_folders_are_the_owners_alone(tmp_path: Path) -> None:
    file = write_bytes(tmp_path / "a" / "b" / "c.txt", b"x")
    assert [_rights(each) for each in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
    # a folder that was there keeps what its owner chose
    os.chmod(tmp_path / "a", 0o755)
    write_bytes(tmp_path / "a" / "d.txt", b"y")
    assert _rights(tmp_path / "a") == 0o755


def test_what_other_programs_wrote_is_made_private_before_it_arrives(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "out") as stage:
        (stage / "clip.mp4").write_bytes(b"x")
        (stage / "pictures").mkdir()
        (stage / "pictures" / "1.jpg").write_bytes(b"y")
        assert _rights(stage / "clip.mp4") == 0o666
    out = tmp_path / "out"
    assert [_rights(out / name) for name in ("", "clip.mp4", "pictures", "pictures/1.jpg")] == [
        0o700,
        0o600,
        0o700,
        0o600,
    ]


def test_links_are_not_followed_when_rights_are_taken(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("x")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "link").symlink_to(other)
    make_private(tmp_path / "mine")
    assert _rights(other) == 0o666


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="exists"):
        make_folder(tmp_path / "file")


def _restore(path: Path) -> None:
    with open_store() as store:
        restore_backup(store, path)


READERS = {
    "clip": probe_clip, "poses": load_poses, "result": read_result_json, "intake": read_intake,
    "manifest": lambda path: read_manifest(str(path)), "backup": lambda path: _restore(path),
}  # fmt: skip


@pytest.mark.parametrize("what", READERS)
def test_a_pipe_is_refused_at_once_with_a_clear_error(what: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(MovescreenError, match="regular file") as caught:
        READERS[what](pipe)  # type: ignore[operator]
    assert caught.value.hint


@pytest.mark.parametrize("what", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(what: str) -> None:
    with pytest.raises(OSError, match="regular file"):
        open_regular(Path(what))


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "poses.npz"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("image.npy", "w", force_zip64=True) as entry,
    ):
        for _ in range(700):
            entry.write(bytes(1_000_000))
    assert bomb.stat().st_size < 2_000_000
    with pytest.raises(InputError, match="unpacks to 700 MB"):
        load_poses(bomb)
