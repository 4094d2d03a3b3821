"""Where clips come from and results go: this machine's folders, or anything that fsspec opens (``s3://``, ``gs://``, …)."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from movescreen.doors import Door
from movescreen.errors import InputError, VideoError
from movescreen.files import remove_abandoned, write_text
from movescreen.report.documents.registry import LAST_FILE

#: What a batch notes for itself.
_NOTE = Door("note of a batch", "remove it; its clip is analyzed again", 200_000_000)

#: Folder inside the results that holds the records of finished clips.
RECORDS = ".batch"


def open_filesystem(location: str) -> tuple[Any, str]:
    """Return the file system of a path or URL, and the path inside it.

    Raises
    ------
    InputError
        When no file system is known for the URL, or the package for it is not installed.
    """
    try:
        if "://" not in location:
            return LocalFileSystem(), str(Path(location).expanduser().absolute())
        return fsspec.core.url_to_fs(location)  # type: ignore[no-any-return]
    except ImportError as error:
        raise InputError(f"{location} cannot be opened: {error}", "install the package it names with pip") from error
    except ValueError as error:
        raise InputError(
            f"{location} cannot be opened: {error}", "give a folder, a file, or a URL such as s3://…"
        ) from error


@contextlib.contextmanager
def local_file(location: str) -> Iterator[Path]:
    """Give a clip as a file of this machine; one that lies elsewhere is fetched and removed again afterwards.

    Raises
    ------
    VideoError
        When it cannot be fetched.
    """
    files, path = open_filesystem(location)
    if isinstance(files, LocalFileSystem):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="movescreen-") as folder:
        copy = Path(folder) / PurePosixPath(path).name
        try:
            files.get_file(path, str(copy))
        except Exception as error:  # every kind of storage has errors of its own
            raise VideoError(
                f"{location} cannot be fetched: {error}", "check the address and your access to it"
            ) from error
        yield copy


def fingerprint(location: str) -> str:
    """Return what tells, without reading it, whether a file was changed: its size and time. Empty when there is no file."""
    files, path = open_filesystem(location)
    try:
        if isinstance(files, LocalFileSystem):
            stat = os.stat(path)
            return f"{stat.st_size}-{stat.st_mtime_ns}"
        return str(files.ukey(path))
    except Exception:  # a missing file has no fingerprint; analyzing it will say why
        return ""


@dataclass(frozen=True)
class Store:
    """The folder of a batch's results.

    Parameters
    ----------
    root
        Folder of this machine (absolute), or URL.
    """

    root: str

    @property
    def local(self) -> Path | None:
        """The folder, when it is one of this machine."""
        files, path = open_filesystem(self.root)
        return Path(path) if isinstance(files, LocalFileSystem) else None

    def prepare(self) -> None:
        """Make sure that results can be written, and clear away what a killed run left half done.

        Raises
        ------
        InputError
            When they cannot.
        """
        local = self.local
        if local is not None:
            for folder in (local, local / RECORDS):
                remove_abandoned(folder)
        self.write_text(f"{RECORDS}/version", "1\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a file whole or not at all; raises InputError when that fails."""
        local = self.local
        if local is not None:
            write_text(local / name, text)
            return
        files, path = open_filesystem(self.root)
        with _explained(self.root):
            files.makedirs(f"{path}/{PurePosixPath(name).parent}", exist_ok=True)
            files.pipe_file(f"{path}/{name}", text.encode("utf-8", "backslashreplace"))

    def read_text(self, name: str) -> str | None:
        """Return the text of a file, or None when there is none; InputError for one that is damaged."""
        local = self.local
        if local is not None:
            return _NOTE.read_text(local / name) if (local / name).is_file() else None
        files, path = open_filesystem(self.root)
        try:
            return str(files.cat_file(f"{path}/{name}").decode("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def exists(self, name: str) -> bool:
        """Return whether there is such a file."""
        files, path = open_filesystem(self.root)
        return bool(files.exists(f"{path}/{name}"))

    @contextlib.contextmanager
    def fetched(self, name: str, files: Iterable[str]) -> Iterator[Path]:
        """Give a folder of the store as one of this machine, to read from; of a distant one, the given files that it has."""
        local = self.local
        if local is not None:
            yield local / name
            return
        system, path = open_filesystem(self.root)
        with tempfile.TemporaryDirectory(prefix="movescreen-") as copy:
            for file in files:
                if system.exists(f"{path}/{name}/{file}"):
                    system.get_file(f"{path}/{name}/{file}", str(Path(copy) / file))
            yield Path(copy)

    @contextlib.contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        """Give a folder of this machine to write a clip's files into; they are in the store when the block ends."""
        local = self.local
        if local is not None:
            remove_abandoned(local / name)
            yield local / name
            return
        files, path = open_filesystem(self.root)
        with tempfile.TemporaryDirectory(prefix="movescreen-") as stage:
            yield Path(stage)
            with _explained(self.root):
                files.makedirs(f"{path}/{name}", exist_ok=True)
                written = [p for p in Path(stage).iterdir() if p.is_file()]
                for item in sorted(written, key=lambda p: (p.name == LAST_FILE, p.name)):
                    files.put_file(str(item), f"{path}/{name}/{item.name}")


@contextlib.contextmanager
def _explained(root: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write to {root}: {error}", "check the address and your access to it") from error
