"""What a run of many clips is made of: its clips, and what they have in common. For the command and for programs alike."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from movescreen._version import __version__
from movescreen.batch.items import BatchItem, find_items, name_folders, read_manifest
from movescreen.batch.storage import Store
from movescreen.batch.worker import BatchPlan
from movescreen.catalog import load_catalog
from movescreen.errors import InputError
from movescreen.pose import load_model
from movescreen.settings import Settings

#: The engine whose networks this package knows.
_PACKAGED_ENGINE = "mediapipe"


def gather_items(
    paths: Sequence[str], manifest: str | None, out: str, *, movement: str = "auto", view: str = "auto"
) -> list[BatchItem]:
    """Return the clips of folders, files and a manifest, each with a folder of its own for its results.

    Raises
    ------
    InputError
        When nothing was given, or nothing is there.
    """
    if not paths and manifest is None:
        raise InputError("no clips were given", "name folders or files, or a list of them with --manifest")
    # of a clip that is named twice the first mention counts, and a manifest knows more about it than a folder
    items = read_manifest(manifest, movement=movement, view=view) if manifest is not None else []
    items += find_items(paths, out=out, movement=movement, view=view) if paths else []
    return name_folders(items)


def make_plan(
    out: str, settings: Settings, formats: tuple[str, ...], *, resume: bool = True, timeout_s: float = 1800.0
) -> BatchPlan:
    """Return what the clips of a new run have in common: where results go, and all that a result depends on."""
    common = {
        "software": f"movescreen {__version__}",
        "model": load_model(settings.model).sha256_expected if settings.engine == _PACKAGED_ENGINE else "",
        "catalog": load_catalog(settings.catalog).sha256,
    }
    store = Store(out if "://" in out else str(Path(out).expanduser().absolute()))
    return BatchPlan(store, uuid.uuid4().hex, settings, common, formats, resume, timeout_s)


def count_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
