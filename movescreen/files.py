"""Files that appear whole or not at all.

A reader never meets half a table: everything is written under a ``.part`` name in the target folder and moved into
place by :func:`os.replace`, which is atomic within one file system.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from movescreen.errors import InputError


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a whole file, or leave what was there.

    Parameters
    ----------
    path
        File to write; its folder is made when it is missing.
    data
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
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
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
        folder.mkdir(parents=True, exist_ok=True)
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
            os.replace(path, folder / path.name)
        except OSError as exc:
            raise _cannot_write(folder / path.name, exc) from exc


def _cannot_write(path: Path, exc: OSError) -> InputError:
    return InputError(f"cannot write {path}: {exc.strerror or exc}", "choose another folder, or free space on this one")
