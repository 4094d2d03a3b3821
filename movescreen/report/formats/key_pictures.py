"""``turn.jpg`` and ``turn_plain.jpg``: the picture that shows best what was found, to be shown or sent on its own."""

from __future__ import annotations

from pathlib import Path

from movescreen.files import write_bytes
from movescreen.model import ClipResult
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.figures.pictures import ClipPictures, picture_from_file
from movescreen.report.pages.player import kept_film

#: The key picture with angles, and with the skeleton only.
MARKED_FILE, PLAIN_FILE = "turn.jpg", "turn_plain.jpg"
_FILES = {
    MARKED_FILE: "the repetition that shows best what was found, at its deepest point, angles drawn on",
    PLAIN_FILE: "the same picture with the skeleton only",
}


@register_writer("pictures", files=_FILES, optional=_FILES, shows_person=True)
def write_key_pictures(job: ReportJob, folder: Path) -> None:
    """Write the key picture, when the clip has one, into a folder."""
    pictures = job.pictures
    for name, picture in ((MARKED_FILE, pictures.key), (PLAIN_FILE, pictures.key_plain)):
        if picture is not None:
            write_bytes(folder / name, picture.jpeg)


def kept_pictures(folder: Path, result: ClipResult, *, film: bool = True) -> ClipPictures:
    """Return the key picture, and the film, that an earlier run left in a clip's folder, for reports made again without the clip."""
    marked = picture_from_file(folder / MARKED_FILE, result)
    plain = picture_from_file(folder / PLAIN_FILE, result)
    return ClipPictures((marked,) if marked else (), marked, plain, kept_film(folder) if film else None)
