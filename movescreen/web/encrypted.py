"""The web app's results follow the records: encrypted when those are, and handed out decrypted, in memory."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from movescreen.clip_names import neutral_names, rename_clips
from movescreen.encryption import FORMER_FILE, is_encrypted, mark_folder, unlock
from movescreen.files import (
    MARK,
    is_encrypted_file,
    keep,
    make_folder,
    open_regular,
    read_regular,
    remove_abandoned,
    staged_folder,
    write_bytes,
)
from movescreen.report.documents.registry import LAST_FILE
from movescreen.settings import RecordSettings
from movescreen.web.result_store import BIN_FOLDER
from movescreen.web.uploads import WAITING_FOLDER

#: Name of a result, in the bin or not, that tells when it was made and nothing else; what may follow is of whom.
_WHEN = re.compile(r"((?:\d{8}T\d{6}_)?\d{4}-\d\d-\d\d_\d{6})(-\d+)?")


def follow_records(root: Path, records: RecordSettings) -> int:
    """Encrypt the results in a folder, or decrypt them, as the records are; return how many were changed.

    Whoever is killed on the way leaves each result the one or the other, whole. InputError when the key cannot be had, or a result
    cannot be written.
    """
    home = records.data_folder
    encrypted = records.url is None and is_encrypted(home)
    if encrypted:
        unlock(home)
        mark_folder(root, home)
        for path in (root / WAITING_FOLDER).rglob("*"):  # clips that a server which was killed left in the clear
            if path.suffix != ".progress" and path.is_file() and not is_encrypted_file(path):
                path.unlink()
    elif (root / MARK).is_file() or (root.is_dir() and (home / FORMER_FILE).is_file()):
        (root / MARK).unlink(missing_ok=True)
    else:
        return 0
    return sum(_follow(folder, encrypted) for folder in list(_results(root)))


def _results(root: Path) -> Iterator[Path]:
    for home in (root, root / BIN_FOLDER):
        if home.is_dir():
            remove_abandoned(home)
            yield from (path for path in sorted(home.iterdir()) if path.is_dir() and not path.name.startswith("."))


def _follow(folder: Path, encrypted: bool) -> bool:
    before = list(folder.iterdir())
    names = neutral_names(path.name for path in before if path.is_dir()) if encrypted else {}
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    changes = any(was != now for was, now in names.items()) or any(
        is_encrypted_file(path) != encrypted for path in files
    )
    if changes:
        with staged_folder(folder, last=LAST_FILE, drop=[path.name for path in before]) as stage:
            for path in folder.rglob("*"):
                inside = path.relative_to(folder)
                target = stage / names.get(inside.parts[0], inside.parts[0]) / Path(*inside.parts[1:])
                if path.is_symlink():
                    make_folder(target.parent)
                    keep(path, target)
                elif path.is_file():
                    content = read_regular(path)
                    write_bytes(target, rename_clips(path.name, content, names) if len(inside.parts) == 1 else content)
        for path in before:  # where files are moved one by one
            if names.get(path.name, path.name) != path.name:
                shutil.rmtree(path, ignore_errors=True)
    return _hide_name(folder) or changes if encrypted else changes


def _hide_name(folder: Path) -> bool:
    """Take out of a result's name whose it is."""
    if _WHEN.fullmatch(folder.name):
        return False
    said = _WHEN.match(folder.name)
    when = said[1] if said else f"{datetime.fromtimestamp(folder.stat().st_mtime):%Y-%m-%d_%H%M%S}"
    names = (when, *(f"{when}-{number}" for number in range(2, 10_000)))
    folder.rename(next(to for name in names if not (to := folder.with_name(name)).exists()))
    return True


def answer_file(path: Path, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return a file of a result, or a range of it; one that is encrypted is decrypted in memory."""
    content = _decrypted(path)
    if content is None:
        return FileResponse(path, media_type=media_type, headers=headers)
    return _Ranged(content, media_type=media_type, headers={**headers, "accept-ranges": "bytes"})


def _decrypted(path: Path) -> bytes | None:
    with open_regular(path) as file:
        return file.getvalue() if isinstance(file, io.BytesIO) else None


class _Ranged(Response):
    """Bytes of which a range may be asked for, as players do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = len(self.body)
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", Headers(scope=scope).get("range", ""))
        if wanted and any(wanted.groups()):
            first, last = wanted.groups()
            start = int(first) if first else max(0, size - int(last))
            end = min(size, int(last) + 1) if first and last else size
            inside = start < end
            self.status_code, self.body = (206, self.body[start:end]) if inside else (416, b"")
            self.headers["content-range"] = f"bytes {start}-{end - 1}/{size}" if inside else f"bytes */{size}"
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
