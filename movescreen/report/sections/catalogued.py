"""What the catalogue adds to a result: titles, key signals, how to record. A report never fails for want of it."""

from __future__ import annotations

from movescreen.catalog import load_catalog
from movescreen.catalog.schema import DifferenceCheck, MovementSpec
from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, Finding, Status
from movescreen.words.wording import title_of


def movement_spec(result: ClipResult) -> MovementSpec | None:
    """Return the movement as the packaged catalogue knows it; None for a movement from elsewhere."""
    try:
        return load_catalog().movement(result.movement.name)
    except MovescreenError:
        return None


def movement_title(result: ClipResult) -> str:
    """Return the movement's name as a heading."""
    if result.movement.name in ("", "none"):
        return "No known movement"
    spec = movement_spec(result)
    return spec.title if spec else title_of(result.movement.name)


def key_signals(result: ClipResult) -> tuple[str, ...]:
    """Return the signals of most interest for the movement, without sides; empty when nothing is known."""
    spec = movement_spec(result)
    return spec.key_signals if spec else ()


def turn_words(result: ClipResult) -> str:
    """Return what the turn of a repetition is, in words."""
    spec = movement_spec(result)
    return spec.turn_words if spec else "the deepest point"


def way_words(result: ClipResult) -> tuple[str, str]:
    """Return the ways to the turn and on from it, in words."""
    spec = movement_spec(result)
    return spec.way_words if spec else ("down", "up")


def is_two_sided(finding: Finding) -> bool:
    """Return True when a check flags the size of a value whatever its sign: leaning left as well as leaning right."""
    try:
        check = load_catalog().movement(finding.movement).check(finding.check_id)
    except (MovescreenError, KeyError):
        return False
    return isinstance(check, DifferenceCheck) or bool(getattr(check, "absolute", False))


def check_views(finding: Finding) -> tuple[str, ...]:
    """Return the views that a check can be made from; empty when it is not known."""
    try:
        return load_catalog().movement(finding.movement).check(finding.check_id).views
    except (MovescreenError, KeyError):
        return ()


def recording_advice(result: ClipResult) -> list[tuple[str, str]]:
    """Return (view, how to record it) for every other view that could answer a check left open by this clip."""
    spec = movement_spec(result)
    if spec is None:
        return []
    unseen = {f.check_id for f in result.findings if f.status is Status.NOT_ASSESSED}
    here = result.view.kind.value
    views = [view for check in spec.checks if check.id in unseen and here not in check.views for view in check.views]
    return [(view, spec.recording[view]) for view in dict.fromkeys(views) if view in spec.recording]
