"""Files that appear whole or not at all.

A reader never meets half a table: everything is written under a ``.part`` name in the target folder and moved into
place by :func:`os.replace`, which is atomic within one file system. What is written is about people: files and new folders can be
read by their owner only, whatever the umask says.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from movescreen.errors import InputError

#: Rights of what is written about people: the owner's alone.
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, for their owner only; one that exists is left as it is.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    missing = [folder]
    while not missing[-1].exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for each in reversed(missing):
        with contextlib.suppress(FileExistsError):
            each.mkdir(mode=PRIVATE_FOLDER)
    if not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read its bytes, as a file on a disk is: a pipe or a device, which may never begin or never end, is refused.

    Raises
    ------
    OSError
        When there is none, it may not be read, or it is no regular file.
    """
    file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return file


def read_regular(path: Path) -> bytes:
    """Return the bytes of a regular file; OSError as in :func:`open_regular`."""
    with open_regular(path) as file:
        return file.read()


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a whole file, or leave what was there; parameters and errors as in :func:`write_blocks`."""
    return write_blocks(path, [data])


def write_blocks(path: Path, blocks: Iterable[bytes]) -> Path:
    """Write a whole file, or leave what was there.

    Parameters
    ----------
    path
        File to write; its folder is made when it is missing.
    blocks
        Content of the file, one after the other: a great one need not fit into memory.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        make_folder(path.parent)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
            file.writelines(blocks)
        os.replace(part, path)
    except OSError as exc:
        raise _cannot_write(path, exc) from exc
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return path


def write_text(path: Path, text: str) -> Path:
    r"""Write a whole UTF-8 text file, or leave what was there.

    Line ends are kept as given. Characters that UTF-8 cannot hold (undecodable bytes of a file name) become ``\udcXX``.

    Parameters
    ----------
    path
        File to write; its folder is made when it is missing.
    text
        Content of the file.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    return write_bytes(path, text.encode("utf-8", "backslashreplace"))


@contextlib.contextmanager
def staged_folder(folder: Path, last: str = "") -> Iterator[Path]:
    """Fill a hidden folder first; move its files into ``folder`` only when the block ends without an error.

    Parameters
    ----------
    folder
        Where the files shall end up; made when it is missing.
    last
        Name of the file that is moved last, so that its presence tells that the others are there too.

    Yields
    ------
    Path
        The hidden folder, inside ``folder`` and thus on the same file system.

    Raises
    ------
    InputError
        When the folder cannot be made or written to.
    """
    existed = folder.exists()
    try:
        make_folder(folder)
        stage = Path(tempfile.mkdtemp(prefix=".movescreen-", suffix=".part", dir=folder))
    except OSError as exc:
        raise _cannot_write(folder, exc) from exc
    try:
        yield stage
        _move_files(stage, folder, last)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if not existed:
            with contextlib.suppress(OSError):  # not empty: the files have arrived
                folder.rmdir()


def make_private(path: Path) -> None:
    """Let the owner alone read a file, or a folder and all that is in it, which other programs may have written."""
    for each in (path, *(path.rglob("*") if path.is_dir() else ())):
        if not each.is_symlink():
            each.chmod(PRIVATE_FOLDER if each.is_dir() else PRIVATE_FILE)


def remove_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left half done in a folder. Nobody else may be writing there."""
    for path in folder.glob(".*.part"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def _move_files(stage: Path, folder: Path, last: str) -> None:
    for path in sorted(stage.iterdir(), key=lambda p: (p.name == last, p.name)):
        try:
            make_private(path)
            os.replace(path, folder / path.name)
        except OSError as exc:
            raise _cannot_write(folder / path.name, exc) from exc


def _cannot_write(path: Path, exc: OSError) -> InputError:
    return InputError(f"cannot write {path}: {exc.strerror or exc}", "choose another folder, or free space on this one")
