"""Files that appear whole or not at all.

A reader never meets half a table: everything is written under a hidden name and moved into place by :func:`os.replace`, which is
atomic within one file system; a folder of files that belong together takes the place of the one before it in one step. What is written is about people: files and new folders can be
read by their owner only, whatever the umask says. Below a folder that is marked so they are encrypted (``encryption.py``); an encrypted
file is read like any other one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import io
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from movescreen.errors import InputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl: ModuleType | None = None  # type: ignore[no-redef]

#: Rights of what is written about people: the owner's alone.
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
#: How hidden files and folders are called that become whole ones.
_STAGE = ".movescreen-"
#: Where they cannot be locked, one that was left so long ago is abandoned, s.
_OLD_S = 86400.0
#: Files that may lie beside a result in a folder that is exchanged.
_MOST_KEPT = 1000
#: What exchanging is called by the systems that can: the flag, and "as seen from the working folder".
_SWAP, _HERE = 2, -100
#: Whatever is written below a folder with this file is encrypted; it says where the key lies.
MARK = ".encrypted"
#: How a file in the age format begins.
AGE = b"age-encryption.org/v1\n"


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


def marked_folder(path: Path) -> Path | None:
    """Return the folder by which a file is to be encrypted; None for a plain one."""
    if path.name == MARK:
        return None
    return next((folder for folder in path.absolute().parents if (folder / MARK).is_file()), None)


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read its bytes, as a file on a disk is: a pipe or a device, which may never begin or never end, is refused.

    Raises
    ------
    OSError
        When there is none, it may not be read, or it is no regular file.
    RecordsError
        When it is encrypted, and the key is not to be had.
    """
    file = _open(path)
    if _is_age(file):
        from movescreen.encryption import decrypt_file

        with file:
            return decrypt_file(file, path)
    return file


def is_encrypted_file(path: Path) -> bool:
    """Tell whether a file is in the age format; OSError as in :func:`open_regular`."""
    with _open(path) as file:
        return _is_age(file)


def _open(path: Path) -> io.BufferedReader:
    file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return file


def _is_age(file: io.BufferedReader) -> bool:
    return file.peek(len(AGE)).startswith(AGE)


def read_regular(path: Path) -> bytes:
    """Return the bytes of a regular file; OSError as in :func:`open_regular`."""
    with open_regular(path) as file:
        return file.read()


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a whole file, or leave what was there; parameters and errors as in :func:`write_blocks`."""
    return write_blocks(path, [data])


def write_blocks(path: Path, blocks: Iterable[bytes], *, settled: bool = False) -> Path:
    """Write a whole file, or leave what was there.

    Parameters
    ----------
    path
        File to write; its folder is made when it is missing.
    blocks
        Content of the file, one after the other: a great one need not fit into memory.
    settled
        Have it on the disk before it takes its place, so that a power cut leaves the old file or this one.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    try:
        make_folder(path.parent)
        with _claim(lambda: _make_part(path.parent)) as part:
            try:
                with part.open("wb") as file:
                    _write(blocks, file, path)
                    if settled:
                        file.flush()
                        os.fsync(file.fileno())
                os.replace(part, path)
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
    except OSError as exc:
        raise _cannot_write(path, exc) from exc
    return path


def _make_part(folder: Path) -> Path:
    opened, name = tempfile.mkstemp(prefix=_STAGE, suffix=".part", dir=folder)
    os.close(opened)
    return Path(name)


def copy_file(source: Path, path: Path) -> Path:
    """Copy what is in a file; encrypted where it goes, or plain. Errors as in :func:`open_regular` and :func:`write_blocks`."""
    with open_regular(source) as file:
        return write_blocks(path, iter(lambda: file.read(1 << 20), b""))


def _write(blocks: Iterable[bytes], file: BinaryIO, path: Path) -> None:
    """Write what is to lie at a path into an open file."""
    if marked_folder(path) is not None:
        from movescreen.encryption import encrypt_blocks, key_for

        encrypt_blocks(blocks, file, key_for(path))
    else:
        file.writelines(blocks)


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
def staged_folder(folder: Path, last: str = "", drop: Collection[str] = ()) -> Iterator[Path]:
    """Fill a hidden folder first; it takes the place of ``folder`` only when the block ends without an error, in one step.

    What else lies in ``folder`` stays in it. Whoever is killed leaves the old folder or the new one. Where the system cannot exchange
    folders, or somebody works in this one, the files are moved one by one: ``last`` is taken away first then, so that its presence
    tells that all others belong to it.

    Parameters
    ----------
    folder
        Where the files shall end up; made when it is missing.
    last
        Name of the file that is moved last where they are moved one by one.
    drop
        Names of files that shall not be there afterwards.

    Yields
    ------
    Path
        The hidden folder, beside ``folder`` or in it, and thus on the same file system.

    Raises
    ------
    InputError
        When the folder cannot be made or written to.
    """
    existed, swaps = folder.exists(), _may_swap(folder)
    home = folder.parent if swaps else folder
    with contextlib.ExitStack() as stack:
        try:
            make_folder(home)
            remove_abandoned(folder.parent)
            remove_abandoned(folder)
            stage = stack.enter_context(_make_stage(home))
        except OSError as exc:
            raise _cannot_write(folder, exc) from exc
        try:
            yield stage
            make_private(stage)
            own = [path.name for path in stage.iterdir()]
            if not (swaps and _swap(stage, folder, {*own, *drop})):
                _move_files(stage, folder, sorted(own, key=lambda name: (name == last, name)), last, drop)
        except OSError as exc:
            raise _cannot_write(folder, exc) from exc
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


@contextlib.contextmanager
def hidden_folder(home: Path) -> Iterator[Path]:
    """Make a hidden folder to write a file in that is moved out of it when it is whole; it is gone afterwards, or with the next one.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    make_folder(home)
    remove_abandoned(home)
    with _make_stage(home) as stage:
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def remove_abandoned(folder: Path) -> None:
    """Remove what writers that were killed left half done in a folder; what somebody is writing is left alone."""
    for path in folder.glob(f"{_STAGE}*.part"):
        with contextlib.suppress(OSError), hold(path):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


@contextlib.contextmanager
def _claim(make: Callable[[], Path]) -> Iterator[Path]:
    """Make a hidden file or folder, and hold it."""
    while True:
        made = make()
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(hold(made, anyway=True))
            except (BlockingIOError, FileNotFoundError):  # somebody takes it for an abandoned one, or did
                continue
            if made.exists():
                yield made
                return


def _make_stage(home: Path) -> contextlib.AbstractContextManager[Path]:
    """Make a hidden folder, and hold it."""
    return _claim(lambda: Path(tempfile.mkdtemp(prefix=_STAGE, suffix=".part", dir=home)))


@contextlib.contextmanager
def hold(path: Path, *, anyway: bool = False) -> Iterator[None]:
    """Hold a file or folder as its only writer, by whatever name; BlockingIOError while another process does.

    Parameters
    ----------
    anyway
        Go on where nothing can be locked.
    """
    if fcntl is None:  # where they cannot be locked, age tells
        if not anyway and time.time() - path.stat().st_mtime < _OLD_S:
            raise BlockingIOError
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if not anyway or isinstance(error, BlockingIOError):
                raise
        yield
    finally:
        os.close(descriptor)


def _may_swap(folder: Path) -> bool:
    """Tell whether another folder may take this one's place: it is a plain one, holds little, and nobody works in it."""
    if folder.name.startswith(_STAGE) or folder.is_symlink():
        return False
    if not folder.exists():
        return bool(folder.name)
    try:
        real = folder.resolve()
        inside = sum(len(files) + len(folders) for _, folders, files in _walk(real, _MOST_KEPT))
        return (
            folder.is_dir()
            and not os.path.ismount(real)
            and not Path.cwd().is_relative_to(real)
            and os.access(folder.parent, os.W_OK | os.X_OK)
            and inside <= _MOST_KEPT
        )
    except OSError:
        return False


def _walk(folder: Path, most: int) -> Iterator[tuple[str, list[str], list[str]]]:
    seen = 0
    for found in os.walk(folder):
        yield found
        seen += len(found[1]) + len(found[2])
        if seen > most:
            return


def _swap(stage: Path, folder: Path, gone: Collection[str]) -> bool:
    """Let a filled folder take another one's place, with what else lies in that; False where that cannot be."""
    if not folder.exists():
        os.rename(stage, folder)
        return True
    try:
        for path in folder.iterdir():
            if path.name not in gone:
                keep(path, stage / path.name)
        shutil.copystat(folder, stage)
    except OSError:
        return False
    return _exchange(stage, folder)


def keep(path: Path, there: Path) -> None:
    """Give a file a second name, and a folder a copy of such; where a disk knows no second names, a copy. Links stay links."""
    if path.is_symlink():
        there.symlink_to(os.readlink(path))
    elif path.is_dir():
        there.mkdir(PRIVATE_FOLDER)
        keep_all(path, there)
        shutil.copystat(path, there)
    else:
        try:
            os.link(path, there)
        except OSError:
            shutil.copy2(path, there)


def keep_all(folder: Path, there: Path) -> None:
    """Keep all that is in a folder in another one."""
    for path in folder.iterdir():
        keep(path, there / path.name)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    if sys.platform not in ("linux", "darwin"):
        return False
    sys.audit("os.rename", str(one), str(other), -1, -1)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        first, second = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(library.renamex_np(first, second, _SWAP) == 0)
        return bool(library.renameat2(_HERE, first, _HERE, second, _SWAP) == 0)
    except (OSError, AttributeError):
        return False


def _move_files(stage: Path, folder: Path, names: Sequence[str], last: str, drop: Collection[str]) -> None:
    if last in names:
        (folder / last).unlink(missing_ok=True)
    for name in names:
        if name == last:
            _drop(folder, set(drop) - set(names))
        if (stage / name).is_dir() and (folder / name).exists() and not _exchange(stage / name, folder / name):
            os.replace(folder / name, stage / f".old-{name}")
        if (stage / name).exists() and not (folder / name).is_dir():
            os.replace(stage / name, folder / name)


def _drop(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        if not (folder / name).is_dir():
            (folder / name).unlink(missing_ok=True)


def _cannot_write(path: Path, exc: OSError) -> InputError:
    return InputError(f"cannot write {path}: {exc.strerror or exc}", "choose another folder, or free space on this one")
