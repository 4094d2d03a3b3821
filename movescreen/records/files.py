"""The files of clients: a folder each, whole or not at all, readable by the user only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from movescreen.clip_names import rename_clips
from movescreen.errors import RecordsError
from movescreen.files import (
    MARK,
    copy_file,
    hidden_folder,
    hold,
    keep_all,
    make_folder,
    read_regular,
    remove_abandoned,
    write_blocks,
    write_bytes,
)

#: Kinds of files that show the person, kept only with consent to pictures.
SHOWS_THE_PERSON = frozenset({".html", ".mp4", ".jpg", ".jpeg", ".png"})
#: What is marked instead of a folder when pictures are to go unless the person agrees to them.
PICTURES = "pictures"
#: How a note begins that says what is to go.
_NOTE = ".deleting-"


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

    Attributes
    ----------
    database
        Tells the notes of one database from those of another one whose files lie in the same folder.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.database = root, ""

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

        def fill(stage: Path) -> None:
            if source is not None:
                _copy(source, stage, with_pictures, below=clips is None, renamed=renamed)
            for clip, folder in (clips or {}).items():
                _copy(folder, stage / safe_path(clip), with_pictures)
            for path, content in pictures.items():
                write_bytes(stage / safe_path(path), content)

        name = uuid.uuid4().hex[:12]
        with self._placing(uid, name, fill):
            yield name

    def moving(self, uid: str, folder: str, to: str) -> contextlib.AbstractContextManager[None]:
        """Give a folder to another client as well, and take it away again when the block fails."""
        return self._placing(to, folder, lambda stage: keep_all(self.root / uid / folder, stage))

    @contextlib.contextmanager
    def _placing(self, uid: str, name: str, fill: Callable[[Path], None]) -> Iterator[None]:
        """Put a folder in its place, held and marked until the block has written the row that it belongs to."""
        target = self.root / uid / name
        try:
            with hidden_folder(self.root / uid) as stage:
                fill(stage)
                self.mark(uid, name)
                os.replace(stage, target)
                yield
        except BaseException as error:
            shutil.rmtree(target, ignore_errors=True)
            if isinstance(error, OSError):
                raise RecordsError(f"cannot keep the files: {error.strerror or error}", "is the disk full?") from error
            raise
        finally:
            self.unmark(uid, name)

    def owners(self) -> set[str]:
        """Return everybody who has a folder."""
        return {path.name for path in self.root.iterdir() if path.is_dir()} if self.root.is_dir() else set()

    def mark(self, uid: str, folder: str = "") -> None:
        """Note that a client's files, or a folder of them, are to go unless they are in the database: a crash leaves nothing behind."""
        make_private(self.root)
        write_bytes(self._note(uid, folder), self.database.encode())

    def unmark(self, uid: str, folder: str = "") -> None:
        """Take the note back."""
        self._note(uid, folder).unlink(missing_ok=True)

    def marked(self) -> set[tuple[str, str]]:
        """Return what is marked, client and folder; another database that shares the folder has marks of its own."""
        notes = self.root.glob(f"{_NOTE}*") if self.root.is_dir() else ()
        mine = [note.name.removeprefix(_NOTE) for note in notes if read_regular(note) == self.database.encode()]
        return {(uid, folder) for uid, _, folder in (name.partition(".") for name in mine)}

    def holding(self, uid: str, folder: str = "") -> contextlib.AbstractContextManager[None]:
        """Keep others from a client's files, or a folder of them, where there are any; BlockingIOError while somebody adds it."""
        path = self._path(uid, folder)
        return hold(path, anyway=True) if path.exists() else contextlib.nullcontext()

    def remove_abandoned(self) -> None:
        """Remove what writers that were killed left half done."""
        for folder in (self.root, *(self.root / uid for uid in self.owners())):
            remove_abandoned(folder)

    def _path(self, uid: str, folder: str) -> Path:
        return self.root / uid / safe_path(folder) if folder else self.root / uid

    def _note(self, uid: str, folder: str) -> Path:
        return self.root / f"{_NOTE}{uid}{'.' if folder else ''}{folder}"

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
        path = self._path(uid, folder)
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
