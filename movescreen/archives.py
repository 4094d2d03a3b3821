"""NumPy archives (``.npz``) that say what they are: written whole, read without trust, known by a hash of what they hold."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np

from movescreen.doors import Door
from movescreen.errors import InputError
from movescreen.files import write_bytes

_T = TypeVar("_T")
#: Most that an archive may unpack to, bytes: half an hour of 120 pictures a second takes about 350 MB.
_LARGEST = 600_000_000


@dataclass(frozen=True)
class ArchiveKind:
    """One kind of archive.

    Attributes
    ----------
    format, version
        What stands in every file of the kind; a file of a later version is refused.
    words
        What it is called: ``pose file``.
    hint
        What to do when a file cannot be read.
    """

    format: str
    version: int
    words: str
    hint: str

    @property
    def door(self) -> Door:
        """The door through which a file of the kind comes in."""
        return Door(self.words, self.hint, _LARGEST)

    def write(self, path: Path, content: Mapping[str, Any]) -> Path:
        """Write a file, whole or not at all; raises InputError when it cannot be written."""
        packed = io.BytesIO()
        np.savez_compressed(packed, allow_pickle=False, format=self.format, version=self.version, **content)
        return write_bytes(path, packed.getvalue())

    def read(self, path: Path, parse: Callable[[Any], _T]) -> _T:
        """Return what ``parse`` makes of a file's entries.

        Raises
        ------
        InputError
            When there is no such file, or it is of another kind, damaged, or of a later version.
        """
        # opened here: np.load leaves a damaged file open
        with self.door.open(path) as file:
            self._demand_size(file, path)
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile) or str(archive.get("format", "")) != self.format:
                raise InputError(f"{path} is not a {self.words}", self.hint)
            if int(archive["version"]) > self.version:
                raise InputError(
                    f"{path} has {self.words} version {archive['version']}, this movescreen reads up to {self.version}",
                    "update movescreen",
                )
            return parse(archive)

    def _demand_size(self, file: BinaryIO, path: Path) -> None:
        """Refuse an archive that says it unpacks to more than any clip needs, before anything is unpacked."""
        if not zipfile.is_zipfile(file):
            return
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        file.seek(0)
        if size > _LARGEST:
            raise InputError(f"{path} unpacks to {size / 1e6:.0f} MB, more than any clip needs", self.hint)


def read_text(archive: Any, name: str) -> Any:
    """Return what an archive's entry of JSON text says."""
    return json.loads(str(archive[name]))


def hash_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 over names, shapes and values of arrays and texts; how they are packed does not matter, nor which NaN it is."""
    known = hashlib.sha256()
    for name, value in sorted(content.items()):
        array = np.asarray(value)
        plain = np.where(np.isnan(array), np.nan, array) if array.dtype.kind == "f" else array
        data = str(array.tolist()).encode() if array.dtype.kind == "U" else np.ascontiguousarray(plain).tobytes()
        known.update(f"{name} {array.shape} {len(data)}\n".encode() + data)
    return known.hexdigest()
