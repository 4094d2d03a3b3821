"""The results on disk: one folder a screening. Names that come from outside lead nowhere but there."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from movescreen.errors import InputError
from movescreen.live.saving import SESSION_FILE
from movescreen.report.documents.registry import LAST_FILE
from movescreen.report.formats.json import RESULT
from movescreen.web.errors import NotThere

_NAME = re.compile(r"[\w][\w.-]{0,120}")
#: Files that are handed out, with their media types.
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".npz": "application/octet-stream",
    ".pdf": "application/pdf",
    ".mot": "text/plain; charset=utf-8",
    ".trc": "text/plain; charset=utf-8",
    ".mp4": "video/mp4",
}


@dataclass(frozen=True)
class StoredResult:
    """A screening on disk.

    Attributes
    ----------
    name
        Its folder's name.
    screening
        Content of ``result.json``; empty when nothing could be judged.
    session
        Content of ``session.json``; empty for clips.
    """

    name: str
    screening: dict[str, Any]
    session: dict[str, Any]

    @property
    def client(self) -> str:
        """Name or id of the person."""
        return str(self.screening.get("client") or self.session.get("client") or "")

    @property
    def recorded(self) -> str:
        """When it was recorded, ISO 8601; may be empty."""
        return str(self.session.get("recorded") or self.screening.get("recorded") or "")

    @property
    def refer(self) -> bool:
        """True when pain was reported."""
        return bool(self.session.get("refer"))

    @property
    def has_report(self) -> bool:
        """True when there is a report to read."""
        return bool(self.screening)


class ResultStore:
    """Finds, lists and deletes results.

    Parameters
    ----------
    root
        Folder of all results.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def list(self) -> Iterator[StoredResult]:
        """Yield all results, the newest first."""
        if not self.root.is_dir():
            return
        folders = [p for p in self.root.iterdir() if p.is_dir() and _NAME.fullmatch(p.name)]
        for folder in sorted(folders, key=lambda p: p.name, reverse=True):
            if (found := self._read(folder)) is not None:
                yield found

    def find(self, name: str) -> StoredResult:
        """Return a result.

        Raises
        ------
        NotThere
            When there is none of that name.
        """
        found = self._read(self._folder(name))
        if found is None:
            raise NotThere(f"there is no result called {name!r}")
        return found

    def file(self, name: str, path: str) -> Path:
        """Return a file of a result that may be handed out.

        Raises
        ------
        NotThere
            When there is no such file, or it is not one of a result.
        """
        folder = self._folder(name)
        parts = path.split("/")
        wanted = folder.joinpath(*parts)
        named = all(_NAME.fullmatch(part) for part in parts) and wanted.suffix in MEDIA_TYPES
        if not named or not wanted.is_file() or not wanted.resolve().is_relative_to(folder.resolve()):
            raise NotThere(f"the result has no file {path!r}")
        return wanted

    def delete(self, name: str) -> None:
        """Delete a result with all its files.

        Raises
        ------
        NotThere
            When there is none of that name.
        InputError
            When it cannot be deleted.
        """
        self.find(name)
        folder = self._folder(name)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise InputError(f"cannot delete {folder}: {error.strerror or error}", "delete it by hand") from error

    def _folder(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotThere(f"there is no result called {name!r}")
        return self.root / name

    def _read(self, folder: Path) -> StoredResult | None:
        screening, session = _read_json(folder / LAST_FILE), _read_json(folder / SESSION_FILE)
        if screening.get("kind") != "screening":
            screening = {}
        return StoredResult(folder.name, screening, session) if screening or session else None


def _read_json(path: Path) -> dict[str, Any]:
    with contextlib.suppress(InputError):
        return RESULT.read_json(path)
    return {}
