"""What a batch is made of: the clips in folders, single files, and rows of a manifest."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from fsspec.implementations.local import LocalFileSystem
from natsort import natsort_keygen, ns

from movescreen.batch.storage import open_filesystem
from movescreen.doors import Door
from movescreen.errors import InputError, UnknownNameError, find_close
from movescreen.render.overlay import OVERLAY_FILE

#: Endings by which a clip is known in a folder. A file named by itself or in a manifest may have any.
VIDEO_SUFFIXES = frozenset(
    [
        ".3g2",
        ".3gp",
        ".avi",
        ".flv",
        ".h264",
        ".h265",
        ".hevc",
        ".m2ts",
        ".m4v",
        ".mjpeg",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".mxf",
        ".ogv",
        ".qt",
        ".ts",
        ".webm",
        ".wmv",
    ]
)
MANIFEST_COLUMNS = ("file", "client", "movement", "view", "date", "side")
_MARKER = "result.json"
_natural = natsort_keygen(alg=ns.IGNORECASE)
_MANIFEST = Door("manifest", "give a CSV in UTF-8, one row a clip")


@dataclass(frozen=True)
class BatchItem:
    """A clip to analyze.

    Attributes
    ----------
    file
        How the tables name it: its path below the folder that was given, or as the manifest has it.
    location
        Absolute path or URL.
    folder
        Name of its results' folder, unique within the batch.
    client, date
        Who, and when it was recorded; may be empty.
    movement, view
        Name in the catalog or ``auto``; ``front``, ``side`` or ``auto``.
    side
        ``left`` or ``right`` leg of a one-sided movement; empty = to be found out.
    pictures, films
        Whether pictures of the person, and small films of the clips, may be kept.
    own
        Further columns of the manifest, which are the user's own: (name, cell). No result depends on them.
    """

    file: str
    location: str
    folder: str = ""
    client: str = ""
    movement: str = "auto"
    view: str = "auto"
    date: str = ""
    side: str = ""
    pictures: bool = True
    films: bool = True
    own: tuple[tuple[str, str], ...] = ()


def find_items(paths: Sequence[str], *, out: str, movement: str = "auto", view: str = "auto") -> list[BatchItem]:
    """Return the clips below folders, and the files named by themselves, in the order of their names.

    Hidden files, the batch's own output and annotated copies in results of earlier analyses are left out.

    Parameters
    ----------
    paths
        Folders and files of this machine, or URLs.
    out
        Folder of the results.
    movement, view
        Said of every clip.

    Raises
    ------
    InputError
        When none of the paths exists, or no clip is below them.
    """
    found: dict[str, BatchItem] = {}
    missing = []
    for given in paths:
        files, path = open_filesystem(given)
        if files.isdir(path):
            clips = _clips_below(files, path, open_filesystem(out)[1])
            named = [(_relative(clip, path), clip) for clip in clips]
        else:
            named = [(PurePosixPath(path).name, path)]
            missing += [] if files.exists(path) else [given]
        for file, clip in sorted(named, key=lambda pair: _natural(pair[0])):
            location = clip if isinstance(files, LocalFileSystem) else str(files.unstrip_protocol(clip))
            found.setdefault(location, BatchItem(file, location, movement=movement, view=view))
    if missing and len(missing) == len(found):
        raise InputError(f"there is nothing at {', '.join(missing)}", "check the spelling of the folder or file")
    if not found:
        endings = " ".join(sorted(VIDEO_SUFFIXES))
        raise InputError(f"no clips in {', '.join(paths)}", f"files with these endings are looked for: {endings}")
    return list(found.values())


def read_manifest(location: str, *, movement: str = "auto", view: str = "auto") -> list[BatchItem]:
    """Return the clips of a manifest: a CSV with the columns ``file, client, movement, view, date, side``.

    Only ``file`` is required; paths are relative to the manifest. Columns may be separated by commas, semicolons or tabs, as
    spreadsheets write them. Empty cells take the defaults. What a row says of movement, view and side is checked when its clip
    is analyzed, so that one wrong row costs one row.

    Parameters
    ----------
    location
        Path or URL of the manifest.
    movement, view
        For rows that say nothing.

    Raises
    ------
    InputError
        When it cannot be read, has no column ``file``, no row, or two rows about one clip that differ.
    """
    files, path = open_filesystem(location)
    with _MANIFEST.taking(location):
        data = _MANIFEST.read_bytes(Path(path)) if isinstance(files, LocalFileSystem) else files.cat_file(path)
        rows = _manifest_rows(data.decode("utf-8-sig"), location)
    base = PurePosixPath(path).parent
    items: dict[str, BatchItem] = {}
    for row in rows:
        file = row["file"]
        here = "://" in file or not isinstance(files, LocalFileSystem)
        clip = file if "://" in file else str(base / file)
        if here and "://" not in file:
            clip = str(files.unstrip_protocol(clip))
        item = BatchItem(
            file, clip, client=row["client"], date=row["date"], side=row["side"].lower(),
            movement=row["movement"].lower() or movement, view=row["view"].lower() or view,
            own=tuple((name, cell) for name, cell in row.items() if name not in MANIFEST_COLUMNS),
        )  # fmt: skip
        if items.setdefault(clip, item) != item:
            raise InputError(f"{file} stands in two rows that differ", "give each clip one row")
    return list(items.values())


def name_folders(items: Iterable[BatchItem]) -> list[BatchItem]:
    """Give every item the folder of its results: the file's stem, with as much of its path as tells it from others.

    Items that name the same file twice keep their first mention only.
    """
    unique = list({item.location: item for item in reversed(list(items))}.values())[::-1]
    for name in (_stem, _path_stem, _spelled, _located):
        taken = Counter((item.folder or name(item)).casefold() for item in unique)
        unique = [
            item if item.folder or taken[name(item).casefold()] > 1 else replace(item, folder=name(item))
            for item in unique
        ]
    return unique


def _stem(item: BatchItem) -> str:
    return safe_name(PurePosixPath(item.file).stem)


def _path_stem(item: BatchItem) -> str:
    return safe_name("__".join(PurePosixPath(item.file).with_suffix("").parts))


def _spelled(item: BatchItem) -> str:
    return safe_name("__".join(PurePosixPath(item.file).parts))


def _located(item: BatchItem) -> str:
    return safe_name("__".join(PurePosixPath(item.location.replace("://", "/")).parts))


def safe_name(name: str) -> str:
    """Return a name that is one folder on every system, and none of the batch's own."""
    clean = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(" .")
    return f"_{clean}" if not clean or clean.startswith(".") else clean[-150:]


def _clips_below(files: Any, root: str, out: str) -> list[str]:
    found = []
    for path in files.find(root):
        inside = PurePosixPath(path)
        hidden = any(part.startswith(".") for part in PurePosixPath(_relative(path, root)).parts)
        own = inside.is_relative_to(out) and not PurePosixPath(root).is_relative_to(out)
        if hidden or own or inside.suffix.lower() not in VIDEO_SUFFIXES:
            continue
        if inside.name == OVERLAY_FILE and files.exists(str(inside.parent / _MARKER)):
            continue
        found.append(str(path))
    return found


def _relative(path: str, root: str) -> str:
    return str(PurePosixPath(path).relative_to(PurePosixPath(root)))


def _manifest_rows(text: str, location: str) -> list[dict[str, str]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if "file" not in names:
        raise InputError(
            f"the manifest {location} has no column 'file' (it has: {', '.join(names) or 'nothing'})",
            f"its first line names the columns: {','.join(MANIFEST_COLUMNS)}",
        )
    for name in names:
        # other columns are the clinic's own; one that is nearly ours is a slip that would change results in silence
        if name not in MANIFEST_COLUMNS and find_close(name, MANIFEST_COLUMNS, least=0.75):
            raise UnknownNameError("column of a manifest", name, MANIFEST_COLUMNS)
    reader.fieldnames = names
    kept = dict.fromkeys((*MANIFEST_COLUMNS, *filter(None, names)))
    rows = [{name: (row.get(name) or "").strip() for name in kept} for row in reader]
    rows = [row for row in rows if row["file"]]
    if not rows:
        raise InputError(f"the manifest {location} names no file", "give one row a clip")
    return rows
