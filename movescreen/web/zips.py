"""Folders that are handed out as one zip file and are gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from movescreen.encryption import memory_folder
from movescreen.files import read_regular, write_bytes
from movescreen.report.formats.person_tables import write_workbook


def answer_zip(write: Callable[[Path], object], name: str) -> FileResponse:
    """Return what a function writes into an empty folder as a zip file, and leave nothing of it on the disk.

    Parameters
    ----------
    write
        Called with a folder that does not exist yet.
    name
        Of the file, without its ending.
    """
    folder = Path(tempfile.mkdtemp(prefix="movescreen-zip-", dir=memory_folder()))
    try:
        write(folder / "all")
        archive = shutil.make_archive(str(folder / "all"), "zip", folder / "all")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(archive, media_type="application/zip", filename=f"{name}.zip", background=gone)


def answer_result(source: Path, endings: frozenset[str]) -> FileResponse:
    """Return the files of a result with these endings as a zip file, and its tables as one workbook; links are not followed."""

    def write(folder: Path) -> None:
        for path in sorted(source.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix in endings:
                write_bytes(folder / path.relative_to(source), read_regular(path))
        write_workbook(folder, folder / "tables.xlsx")

    return answer_zip(write, source.name)
