"""The sample clips that come with movescreen."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from movescreen.errors import AssetError


def list_samples() -> list[Path]:
    """Return the sample clips, by name.

    Raises
    ------
    AssetError
        When none are there.
    """
    return next(found for folder in _folders() if (found := sorted(folder.glob("*.mp4"))))


def find_study() -> Path:
    """Return the manifest of the sample study, beside which its recordings lie.

    Raises
    ------
    AssetError
        When it is not there.
    """
    return _part("study/clips.csv", "the sample study is not there")


def list_visits() -> tuple[Path, dict[str, Any]]:
    """Return the folder with the clips of the sample client's three visits, and what is told on them (``client.json``).

    Raises
    ------
    AssetError
        When they are not there.
    """
    folder = _part("three_visits/client.json", "the sample client's visits are not there").parent
    return folder, json.loads((folder / "client.json").read_text("utf-8"))


def _part(name: str, missing: str) -> Path:
    found = next((folder / name for folder in _folders() if (folder / name).is_file()), None)
    if found is None:
        raise AssetError(missing, "install movescreen again, or clone its repository")
    return found


def _folders() -> list[Path]:
    inside = Path(str(resources.files("movescreen"))) / "_data" / "sample_videos"
    beside = Path(__file__).resolve().parent.parent / "sample_videos"
    there = [folder for folder in (inside, beside) if any(folder.glob("*.mp4"))]
    if not there:
        raise AssetError(
            f"there are no sample clips in {inside} or {beside}", "install movescreen again, or clone its repository"
        )
    return there
