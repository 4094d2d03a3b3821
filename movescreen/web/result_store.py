"""The results on disk: one folder a screening. Names that come from outside lead nowhere but there."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from movescreen.app.corrections import own_corrections
from movescreen.client.visits.corrections import judgements_of
from movescreen.codec import from_plain
from movescreen.doors import parse_object
from movescreen.errors import InputError
from movescreen.files import make_folder
from movescreen.live.saving import SESSION_FILE
from movescreen.model import Finding, Status, judge
from movescreen.report.documents.registry import LAST_FILE
from movescreen.report.formats.json import RESULT
from movescreen.web.errors import NotThere
from movescreen.words.findings import findings_headline

#: What was deleted lies here for so long.
BIN_FOLDER, KEPT_FOR = ".bin", timedelta(days=30)
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
    summary
        The result in short: how many findings of which status, and a headline; after the trainer's word, where there is one.
    """

    name: str
    screening: dict[str, Any]
    session: dict[str, Any]
    summary: dict[str, Any] = field(default_factory=dict)

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


@dataclass(frozen=True)
class BinnedResult:
    """A result in the bin: its name there, whose it is, when it was recorded, and the last day on which it can be brought back."""

    name: str
    client: str
    recorded: str
    until: date


class ResultStore:
    """Finds, lists and deletes results.

    Parameters
    ----------
    root
        Folder of all results.
    may_see
        Tells whether somebody at work may see what is about a client or a name.
    """

    def __init__(self, root: Path, may_see: Callable[[str], bool] = lambda _client: True) -> None:
        self.root, self._may_see = root, may_see

    def list(self) -> Iterator[StoredResult]:
        """Yield all results, the newest first."""
        if not self.root.is_dir():
            return
        folders = [p for p in self.root.iterdir() if p.is_dir() and _NAME.fullmatch(p.name)]
        for folder in sorted(folders, key=lambda p: p.name, reverse=True):
            if (found := self._read(folder)) is not None and self._may_see(found.client):
                yield found

    def find(self, name: str) -> StoredResult:
        """Return a result.

        Raises
        ------
        NotThere
            When there is none of that name.
        """
        found = self._read(self._folder(name))
        if found is None or not self._may_see(found.client):
            raise NotThere(f"there is no result called {name!r}")
        return found

    def file(self, name: str, path: str) -> Path:
        """Return a file of a result that may be handed out.

        Raises
        ------
        NotThere
            When there is no such file, or it is not one of a result.
        """
        self.find(name)
        folder = self._folder(name)
        parts = path.split("/")
        wanted = folder.joinpath(*parts)
        named = all(_NAME.fullmatch(part) for part in parts) and wanted.suffix in MEDIA_TYPES
        if not named or not wanted.is_file() or not wanted.resolve().is_relative_to(folder.resolve()):
            raise NotThere(f"the result has no file {path!r}")
        return wanted

    def delete(self, name: str) -> None:
        """Put a result with all its files into the bin, where it waits for thirty days.

        Raises
        ------
        NotThere
            When there is none of that name.
        InputError
            When it cannot be moved there.
        """
        self.find(name)
        self._move(self._folder(name), self.root / BIN_FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%S}_{name}")

    def list_bin(self) -> tuple[BinnedResult, ...]:
        """Return what lies in the bin, the newest first; what has waited long enough is deleted for good before."""
        found: tuple[BinnedResult, ...] = ()
        for folder in sorted((self.root / BIN_FOLDER).glob("*_*"), reverse=True):
            stamp, _, name = folder.name.partition("_")
            kept = self._read(folder)
            try:
                until = (datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) + KEPT_FOR).date()
            except ValueError:
                continue
            if until < datetime.now(UTC).date():
                shutil.rmtree(folder, ignore_errors=True)
            elif self._may_see((said := kept or StoredResult(name, {}, {})).client):
                found += (BinnedResult(folder.name, said.client, said.recorded, until),)
        return found

    def bring_back(self, name: str) -> None:
        """Take a result out of the bin; ``name`` as the bin calls it.

        Raises
        ------
        NotThere
            When it does not lie there.
        InputError
            When there is one of its name by now.
        """
        self._move(self._binned(name), self.root / name.partition("_")[2])

    def erase(self, name: str) -> None:
        """Delete a result in the bin for good; raises as :meth:`bring_back` does."""
        folder = self._binned(name)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise InputError(f"cannot delete {folder}: {error.strerror or error}", "delete it by hand") from error

    def _binned(self, name: str) -> Path:
        if name not in {each.name for each in self.list_bin()}:
            raise NotThere(f"{name!r} does not lie in the bin", "load the page again")
        return self.root / BIN_FOLDER / name

    def _move(self, folder: Path, to: Path) -> None:
        if to.exists():
            raise InputError(f"there is a result {to.name} already", "move that one away first")
        try:
            make_folder(to.parent)
            folder.rename(to)
        except OSError as error:
            raise InputError(f"cannot move {folder}: {error.strerror or error}", "delete it by hand") from error

    def _folder(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotThere(f"there is no result called {name!r}")
        return self.root / name

    def _read(self, folder: Path) -> StoredResult | None:
        screening, session = _read_json(folder / LAST_FILE), _read_json(folder / SESSION_FILE)
        if screening.get("kind") != "screening":
            screening = {}
        return (
            StoredResult(folder.name, screening, session, _sum_up(folder, screening)) if screening or session else None
        )


def _sum_up(folder: Path, screening: dict[str, Any]) -> dict[str, Any]:
    """Return the summary of a screening, with the trainer's word where there is one."""
    told = screening.get("summary", {})
    told = told if isinstance(told, dict) else {}
    try:
        if not (words := judgements_of(own_corrections(folder))):
            return told
        findings = judge(from_plain(tuple[Finding, ...], screening.get("findings"), "findings"), words)
    except (InputError, ValueError):
        return told
    counts = {status.value: sum(f.status is status for f in findings) for status in Status}
    seen = str(told.get("headline", "")).partition(". ")[0]
    return {**told, **counts, "headline": f"{seen}. {' '.join(findings_headline(findings, 'these clips'))}"}


def _read_json(path: Path) -> dict[str, Any]:
    with contextlib.suppress(InputError), RESULT.taking(path):
        text = RESULT.read_text(path)
        told = parse_object(text)
        if "\\ud" not in text.lower():
            return told
        # half a character, as a file name with bytes that are no text has it, can stand in a file but in no answer
        return parse_object(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode())
    return {}
