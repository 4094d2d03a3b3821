"""The files of clients: a folder each, whole or not at all, readable by the user only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from movescreen.clip_names import rename_clips
from movescreen.errors import RecordsError
from movescreen.files import MARK, copy_file, make_folder, read_regular, write_blocks, write_bytes

#: Kinds of files that show the person, kept only with consent to pictures.
SHOWS_THE_PERSON = frozenset({".html", ".mp4", ".jpg", ".jpeg", ".png"})


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can read; one that exists is left as it is."""
    try:
        make_folder(folder)
    except OSError as error:
        raise RecordsError(
            f"cannot make {folder}: {error.strerror or error}", "set another folder with MOVESCREEN_RECORDS_FOLDER"
        ) from error


class ClientFiles:
    """Files by owner (the ``uid`` of a client) and by folder (one a screening).

    Parameters
    ----------
    root
        Folder of all of them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def encrypted(self) -> bool:
        """True when they are encrypted, and names that somebody chose are kept out of the names of folders."""
        return (self.root / MARK).is_file()

    @contextlib.contextmanager
    def adding(
        self,
        uid: str,
        source: Path | None,
        pictures: Mapping[str, bytes],
        *,
        with_pictures: bool,
        clips: Mapping[str, Path] | None = None,
        renamed: Mapping[str, str] | None = None,
    ) -> Iterator[str]:
        """Copy files in, and take them away again when the block fails.

        Parameters
        ----------
        source
            Folder to copy; hidden files are left out; None copies nothing.
        pictures
            More files: relative path -> content.
        with_pictures
            Whether files that show the person may be copied.
        clips
            Name -> folder to copy under that name; of ``source`` its own files only are copied then.
        renamed
            How ``source`` calls folders of clips -> what they are called here.

        Yields
        ------
        str
            Name of the new folder; empty when there is nothing to keep.
        """
        if source is None and not pictures and not clips:
            yield ""
            return
        name = uuid.uuid4().hex[:12]
        target = self.root / uid / name
        make_private(self.root / uid)
        stage = Path(tempfile.mkdtemp(prefix=".adding-", suffix=".part", dir=self.root / uid))
        try:
            if source is not None:
                _copy(source, stage, with_pictures, below=clips is None, renamed=renamed)
            for clip, folder in (clips or {}).items():
                _copy(folder, stage / safe_path(clip), with_pictures)
            for path, content in pictures.items():
                write_bytes(stage / safe_path(path), content)
            os.replace(stage, target)
            yield name
        except BaseException as error:
            shutil.rmtree(target, ignore_errors=True)
            if isinstance(error, OSError):
                raise RecordsError(f"cannot keep the files: {error.strerror or error}", "is the disk full?") from error
            raise
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def owners(self) -> set[str]:
        """Return everybody who has a folder."""
        return {path.name for path in self.root.iterdir() if path.is_dir()} if self.root.is_dir() else set()

    def mark(self, uid: str, database: str) -> None:
        """Note that a client's files are to go unless the client is in the database, so that a crash leaves nothing behind."""
        make_private(self.root)
        write_bytes(self.root / f".deleting-{uid}", database.encode())

    def unmark(self, uid: str) -> None:
        """Take the note back."""
        (self.root / f".deleting-{uid}").unlink(missing_ok=True)

    def marked(self, database: str) -> set[str]:
        """Return whose files a database has marked; another database that shares the folder has marks of its own."""
        notes = self.root.glob(".deleting-*") if self.root.is_dir() else ()
        return {note.name.removeprefix(".deleting-") for note in notes if read_regular(note) == database.encode()}

    def list_files(self, uid: str) -> list[str]:
        """Return the paths of a client's files, relative to the client's folder."""
        folder = self.root / uid
        found = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
        kept = [path.relative_to(folder) for path in found]
        return sorted(path.as_posix() for path in kept if not any(part.startswith(".") for part in path.parts))

    def count(self, uid: str) -> int:
        """Return how many files a client has."""
        return len(self.list_files(uid))

    def read(self, uid: str, name: str) -> bytes | None:
        """Return a file's content; None when it is not there."""
        path = self.root / uid / safe_path(name)
        return read_regular(path) if path.is_file() else None

    def write(self, uid: str, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file, whole or not at all."""
        make_private(self.root / uid)
        write_blocks(self.root / uid / safe_path(name), blocks)

    def delete_pictures(self, uid: str, folder: str) -> None:
        """Delete what shows the person in one folder of a client's."""
        for path in (self.root / uid / safe_path(folder)).rglob("*"):
            if path.suffix.lower() in SHOWS_THE_PERSON:
                path.unlink()

    def delete(self, uid: str, folder: str = "") -> None:
        """Delete a client's files, or one folder of them.

        Raises
        ------
        RecordsError
            When something is left.
        """
        path = self.root / uid / safe_path(folder) if folder else self.root / uid
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            raise RecordsError(
                f"files in {path} could not be deleted", "close programs that have them open, and repeat"
            )


def safe_path(name: str) -> PurePosixPath:
    """Return a relative path that stays inside its folder.

    Raises
    ------
    RecordsError
        For one that does not.
    """
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    if not path.parts or path.is_absolute() or hidden or "\\" in name or "\0" in name:
        raise RecordsError(f"{name!r} is not the name of a file of a client", "")
    return path


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def _copy(
    source: Path, target: Path, with_pictures: bool, *, below: bool = True, renamed: Mapping[str, str] | None = None
) -> None:
    for path in sorted(source.rglob("*") if below else source.iterdir()):
        inside = path.relative_to(source)
        if not path.is_file() or path.is_symlink() or any(part.startswith(".") for part in inside.parts):
            continue
        if with_pictures or path.suffix.lower() not in SHOWS_THE_PERSON:
            if renamed and not below:
                write_bytes(target / inside, rename_clips(path.name, read_regular(path), renamed))
            else:
                copy_file(path, target / inside)
