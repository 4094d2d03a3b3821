"""The sample clips that come with movescreen."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from movescreen.errors import AssetError


def list_samples() -> list[Path]:
    """Return the sample clips, by name.

    Raises
    ------
    AssetError
        When none are there.
    """
    inside = Path(str(resources.files("movescreen"))) / "_data" / "sample_videos"
    beside = Path(__file__).resolve().parent.parent / "sample_videos"
    for folder in (inside, beside):
        clips = sorted(folder.glob("*.mp4"))
        if clips:
            return clips
    raise AssetError(
        f"there are no sample clips in {inside} or {beside}", "install movescreen again, or clone its repository"
    )
