"""Several clips of one person into one screening: every check answered by the clip that can see it best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import NamedTuple

from movescreen.catalog import Catalog
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, Demographics, Finding, ScreeningResult, Status
from movescreen.screening.references import compare_with_references
from movescreen.screening.symmetry import compare_sides

_SIDES = ("left", "right")
_FACING = ("front", "side")


def merge_clips(
    clips: Sequence[ClipResult],
    catalog: Catalog,
    client: str = "",
    failed: Mapping[str, MovescreenError] | None = None,
    pain: Sequence[str] = (),
    person: Demographics | None = None,
    norms: NormLibrary | None = None,
) -> ScreeningResult:
    """Merge the clips of one person and one visit.

    Of several clips that answer a check (of the same movement and side) one from the view that shows it best counts, then the one
    with the smaller error, with the surer view, with more repetitions, and the earlier one. Values are never mixed: every finding stays that of one clip.

    Parameters
    ----------
    clips
        Results, in the order in which they were given; each says itself what its checks are about.
    catalog
        Says what is held against published values, and what the movements are that hurt.
    client
        Name or id of the person.
    failed
        Name of each clip that gave no result, and why.
    pain
        Names of movements that hurt.
    person
        Age and sex, for comparing with norms.
    norms
        Published values; those of the catalog in force when None.

    Returns
    -------
    ScreeningResult
        Findings by movement, in the order of the catalog's checks; what is still to be recorded, in plain words; left against right;
        readings beside published values.

    Raises
    ------
    UnknownNameError
        When ``pain`` names a movement that the catalog does not have.
    """
    hurting = {spec.name: spec.info() for spec in map(catalog.movement, pain)}
    by_movement: dict[str, list[int]] = {}
    for number, clip in enumerate(clips):
        by_movement.setdefault(clip.movement.name, []).append(number)
    answers: list[_Answer] = []
    missing: list[str] = []
    for numbers in by_movement.values():
        merged = _merge_findings([(number, clips[number]) for number in numbers])
        answers += merged
        missing += _list_missing([clips[n] for n in numbers], [answer.finding for answer in merged])
    screening = ScreeningResult(
        client=client,
        clips=tuple(clips),
        findings=tuple(answer.finding for answer in answers),
        missing=tuple(missing),
        failed=tuple((name, error.message) for name, error in (failed or {}).items()),
        answered_by=tuple(answer.number for answer in answers),
        pain=tuple(hurting),
        person=person or Demographics(),
        movements=hurting | {clip.movement.name: clip.movement_info for clip in reversed(clips)},
    )
    references = compare_with_references(screening, catalog, norms or load_norms(catalog.paths))
    return replace(screening, sides=compare_sides(screening), references=references)


class _Answer(NamedTuple):
    """What one clip says of a check."""

    number: int
    clip: ClipResult
    finding: Finding


def _merge_findings(clips: Sequence[tuple[int, ClipResult]]) -> list[_Answer]:
    given: dict[tuple[str, str], list[_Answer]] = {}
    for number, clip in clips:
        for finding in clip.findings:
            given.setdefault((finding.check_id, finding.side), []).append(_Answer(number, clip, finding))
    best = {key: min(answers, key=lambda a: _rank(a.clip, a.finding)) for key, answers in given.items()}
    seen = {a.finding.check_id for a in best.values() if a.finding.status is not Status.NOT_ASSESSED}
    # a clip that cannot make a check may not know its sides: what another clip says of left and right takes its place
    return [
        a
        for (check, side), a in best.items()
        if a.finding.status is not Status.NOT_ASSESSED or side or check not in seen
    ]


def _rank(clip: ClipResult, finding: Finding) -> tuple[bool, bool, float, float, int]:
    # where nobody can answer, the right view's reason says more than that of a wrong one
    wrong_view = clip.view.kind.value not in finding.views
    error = finding.measurement_error if wrong_view and isfinite(finding.measurement_error) else 0.0
    return finding.status is Status.NOT_ASSESSED, wrong_view, error, -clip.view.confidence, -finding.reps_seen


def _list_missing(clips: Sequence[ClipResult], findings: Iterable[Finding]) -> list[str]:
    """Return what to record for the checks that nobody could see, and the leg that was not used."""
    views = {clip.view.kind.value for clip in clips}
    unseen = {f.check_id: f for f in findings if f.status is Status.NOT_ASSESSED}
    info = clips[0].movement_info
    wanted = []
    for view in _FACING:
        titles = [
            check.title.partition(" (")[0].lower()
            for check in unseen.values()
            if view in check.views and not views & set(check.views)
        ]
        if titles:
            wanted.append(f"the {info.plain_name} from the {view}, to judge {', '.join(titles)}")
    if info.one_sided:
        used = {rep.side for clip in clips for rep in clip.reps if rep.complete}
        wanted += [f"the {info.plain_name} with the {side} leg" for side in _SIDES if used and side not in used]
    return wanted
