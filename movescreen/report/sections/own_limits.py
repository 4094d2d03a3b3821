"""Which limits are the user's own."""

from __future__ import annotations

import math
from collections.abc import Sequence

from movescreen.model import ClipResult, Provenance
from movescreen.report.sections.element import Element, lines_element
from movescreen.words.numbers_and_units import decimals_for, format_value
from movescreen.words.sentences import title_of


def own_limits_element(clips: Sequence[ClipResult]) -> Element | None:
    """Return the line that names the checks with a limit of one's own; None when all are the packaged ones."""
    said = dict.fromkeys(text for clip in clips for text in _own_limits(clip))
    line = f"Limits of your own: {', '.join(said)}"
    return lines_element("own-limits", "About the limits", [line] if said else [])


def _own_limits(clip: ClipResult) -> list[str]:
    by_check = {
        entry.name: own.name
        for own in clip.provenance.own_catalogs
        for entry in own.entries
        if entry.kind == "check" and entry.sets_limit
    }
    return [
        f"{(f.title or title_of(f.check_id)).lower()} {format_value(f.limit, f.unit, decimals_for(f.unit, f.limit))} ({name})"
        for f in clip.findings
        if (name := by_check.get(f"{f.movement}:{f.check_id}")) and math.isfinite(f.limit)
    ]


def own_catalog_words(made: Provenance) -> str:
    """Return the names of one's own catalogs with the beginning of their hashes, and how much each changes and adds."""
    return "; ".join(
        f"{own.name} (SHA-256 begins with {own.sha256[:12]}): changes {sum(bool(e.keys) for e in own.entries)}, "
        f"adds {sum(not e.keys for e in own.entries)}"
        for own in made.own_catalogs
    )
