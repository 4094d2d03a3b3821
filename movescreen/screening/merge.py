"""Several clips of one person into one screening: every check answered by the clip that can see it best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from movescreen.catalog import Catalog
from movescreen.catalog.schema import MovementSpec
from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, Finding, ScreeningResult, Status

_SIDES = ("left", "right")
_FACING = ("front", "side")


def merge_clips(
    clips: Sequence[ClipResult], catalog: Catalog, client: str = "", failed: Mapping[str, MovescreenError] | None = None
) -> ScreeningResult:
    """Merge the clips of one person and one visit.

    Of several clips that answer a check (of the same movement and side) the one with the surer view counts, then the one with
    more repetitions, then the earlier one. Values are never mixed: every finding stays that of one clip.

    Parameters
    ----------
    clips
        Results, in the order in which they were given.
    catalog
        Says which views a check can be made from.
    client
        Name or id of the person.
    failed
        Name of each clip that gave no result, and why.

    Returns
    -------
    ScreeningResult
        Findings by movement, in the order of the catalogue's checks; what is still to be recorded, in plain words.
    """
    by_movement: dict[str, list[ClipResult]] = {}
    for clip in clips:
        if clip.movement.name in catalog.movements:
            by_movement.setdefault(clip.movement.name, []).append(clip)
    findings, missing = [], []
    for name, recorded in by_movement.items():
        spec = catalog.movement(name)
        merged = _merge_findings(spec, recorded)
        findings += merged
        missing += _list_missing(spec, recorded, merged)
    reasons = tuple((name, error.message) for name, error in (failed or {}).items())
    return ScreeningResult(client, tuple(clips), tuple(findings), tuple(missing), reasons)


def _merge_findings(spec: MovementSpec, clips: Sequence[ClipResult]) -> list[Finding]:
    answers: dict[tuple[str, str], list[tuple[ClipResult, Finding]]] = {}
    for clip in clips:
        for finding in clip.findings:
            answers.setdefault((finding.check_id, finding.side), []).append((clip, finding))
    best = {key: min(given, key=lambda answer: _rank(spec, *answer))[1] for key, given in answers.items()}
    seen = {finding.check_id for finding in best.values() if finding.status is not Status.NOT_ASSESSED}
    # a clip that cannot make a check may not know its sides: what another clip says of left and right takes its place
    return [f for (check, side), f in best.items() if f.status is not Status.NOT_ASSESSED or side or check not in seen]


def _rank(spec: MovementSpec, clip: ClipResult, finding: Finding) -> tuple[bool, bool, float, int]:
    # where nobody can answer, the right view's reason says more than that of a wrong one
    wrong_view = clip.view.kind.value not in spec.check(finding.check_id).views
    return finding.status is Status.NOT_ASSESSED, wrong_view, -clip.view.confidence, -finding.reps_seen


def _list_missing(spec: MovementSpec, clips: Sequence[ClipResult], findings: Iterable[Finding]) -> list[str]:
    """Return what to record for the checks that nobody could see, and the leg that was not used."""
    views = {clip.view.kind.value for clip in clips}
    open_checks = list(dict.fromkeys(f.check_id for f in findings if f.status is Status.NOT_ASSESSED))
    title = spec.title.lower()
    wanted = []
    for view in _FACING:
        checks = [spec.check(check) for check in open_checks]
        titles = [
            check.title.partition(" (")[0].lower()
            for check in checks
            if view in check.views and not views & set(check.views)
        ]
        if titles:
            wanted.append(f"the {title} from the {view}, to judge {', '.join(titles)}")
    if spec.reps.side_from != "none":
        used = {rep.side for clip in clips for rep in clip.reps if rep.complete}
        wanted += [f"the {title} with the {side} leg" for side in _SIDES if used and side not in used]
    return wanted
