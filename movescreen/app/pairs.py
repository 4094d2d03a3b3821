"""Front beside side: one video for every movement that was recorded from both, with the same legs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from movescreen.model import ClipResult, ViewKind
from movescreen.report.pages.screening import PAIR_ENDING, pair_file
from movescreen.report.sections.ranking import representative_rep


def write_pairs(clips: Mapping[Path, ClipResult], videos: Mapping[Path, Path], out: Path) -> None:
    """Write front beside side into the folder of a screening.

    Parameters
    ----------
    clips
        Folder of each clip's files -> its result.
    videos
        The same folders -> the clip.
    """
    from movescreen.render.overlay import SideBySide, write_side_by_side

    by_view: dict[tuple[str, tuple[str, ...]], dict[ViewKind, Path]] = {}
    for folder, result in clips.items():
        legs = tuple(rep.side for rep in result.reps if rep.complete)
        if legs:
            key = result.movement.name, tuple(dict.fromkeys(legs))
            by_view.setdefault(key, {}).setdefault(result.view.kind, folder)
    for (movement, legs), views in by_view.items():
        if not {ViewKind.FRONT, ViewKind.SIDE} <= set(views):
            continue
        front, side = (SideBySide(videos[views[kind]], clips[views[kind]]) for kind in (ViewKind.FRONT, ViewKind.SIDE))
        write_side_by_side(front, side, out / pair_file(movement, legs), replay=_telling_position(front.result))


def remove_pairs(out: Path) -> None:
    """Remove what an earlier screening left of these videos."""
    for path in out.glob(f"*{PAIR_ENDING}"):
        path.unlink()


def _telling_position(result: ClipResult) -> int | None:
    shown = representative_rep(result)
    whole = [rep for rep in result.reps if rep.complete]
    return whole.index(shown) if shown in whole else None
