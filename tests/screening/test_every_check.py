"""Every check of every movement speaks on the drawn people that must make it speak, and stays quiet on the others.

The people stand beside the check in its movement's file (``[[checks.figures]]``): a new check needs nothing here. ``OWN_CATALOG=FOLDER``
adds those of a catalog of one's own.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from math import isfinite

import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.figure_schema import DrawnRep, FigureSpec, Performance
from movescreen.catalog.loader import find_unproven_checks
from movescreen.catalog.schema import CheckBase
from movescreen.model import ClipResult, Finding, Status
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.drawn import film_performance
from tests.support.figure import Camera

CATALOG = load_catalog([os.environ["OWN_CATALOG"]] if "OWN_CATALOG" in os.environ else [])
MOVEMENTS = CATALOG.movements
#: Drawn people are read without any error of a network: what stands out in them is beyond the limit itself.
NO_ERROR = {"error": 1e-9, "offset": 0.0, "gain": 1.0, "curves": (), "terms": (), "doubts": ()}
ROWS = tuple(r.model_copy(update=NO_ERROR) for r in CATALOG.measurement.rows if r.view != "turned")
EXACT = replace(CATALOG, measurement=CATALOG.measurement.model_copy(update={"rows": ROWS}))
OTHER = {"left": "right", "right": "left", "": ""}


@cache
def _analyze(movement: str, performance: Performance, view: str, mirrored: bool) -> ClipResult:
    clip = film_performance(MOVEMENTS[movement], performance, view, mirrored=mirrored)
    return analyze_poses(clip.poses, clip.video, AnalysisRequest(movement, settings=Settings(raw=True)), catalog=EXACT)


def _find(result: ClipResult, check: str, side: str) -> Finding:
    return next(f for f in result.findings if f.check_id == check and f.side == side)


CASES = [
    pytest.param(
        name,
        check,
        figure,
        kind,
        mirrored,
        id=f"{name}-{check.id}-{kind}-{i}{'-mirrored' * mirrored}",
        marks=[pytest.mark.slow] * mirrored,
    )
    for name, spec in MOVEMENTS.items()
    for check in spec.checks
    for i, figure in enumerate(check.figures)
    for kind in ("fires", "quiet")
    if getattr(figure, kind) is not None
    for mirrored in (False, True)
]


@pytest.mark.parametrize(("movement", "check", "figure", "kind", "mirrored"), CASES)
def test_a_check_fires_and_stays_quiet(
    movement: str, check: CheckBase, figure: FigureSpec, kind: str, mirrored: bool
) -> None:
    result = _analyze(movement, getattr(figure, kind), figure.view, mirrored)
    assert all(r.complete for r in result.reps)
    finding = _find(result, check.id, OTHER[figure.side] if mirrored else figure.side)
    fires = kind == "fires"
    # a reading whose error nobody measured never counts as more than borderline
    loudest = Status(check.max_status) if isfinite(finding.measurement_error) else Status.BORDERLINE
    assert finding.status is (loudest if fires else Status.CLEAR), finding
    assert (finding.severity > 0) == fires
    assert (len(finding.reps_affected) > 0) == fires
    assert finding.message
    assert "{" not in finding.message


def test_every_check_has_a_figure_of_either_kind() -> None:
    assert find_unproven_checks(load_catalog()) == []


@pytest.mark.parametrize("view", ["side", "front"])
@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_sound_movement_flags_nothing(movement: str, view: str) -> None:
    drawn = MOVEMENTS[movement].drawn
    assert drawn is not None
    result = _analyze(movement, drawn.flawless, view, False)
    assert result.reps
    assert [f.check_id for f in result.findings if f.status in (Status.FLAGGED, Status.BORDERLINE)] == []


@pytest.mark.parametrize(("view", "mirrored"), [("front", False), ("side", False), ("side", True)])
@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_finding_exists_for_every_check_and_side_and_the_wrong_view_says_so(
    movement: str, view: str, mirrored: bool
) -> None:
    result = _analyze(movement, DrawnRep(), view, mirrored)
    for check in MOVEMENTS[movement].checks:
        sides = ["left", "right"] if check.scope in ("each", "working") else [""]
        found = [f for f in result.findings if f.check_id == check.id]
        assert [f.side for f in found] == sides
        for finding in found:
            if view not in check.views and finding.status is Status.NOT_ASSESSED:
                assert f"{' or '.join(check.views)} view" in finding.reason
            elif view not in check.views:
                assert finding.measurement_error <= check.allowed_error
            if finding.status is Status.NOT_ASSESSED:
                assert finding.reason
                assert (finding.severity, finding.reps_affected, finding.evidence) == (0, (), ())
            assert finding.source.citation
            assert finding.movement == movement
    assert len({(f.check_id, f.side) for f in result.findings}) == len(result.findings)


@pytest.mark.parametrize("yaw", [45.0, 180.0])
def test_from_an_angle_or_behind_the_sagittal_plane_is_judged_as_far_as_its_error_allows(yaw: float) -> None:
    clip = p.squat(3, Camera(yaw, distance_m=3.0))
    result = analyze_poses(clip.poses, clip.video, AnalysisRequest())
    seen = {f.check_id for f in result.findings if f.status is not Status.NOT_ASSESSED}
    assert {"tempo", "limited_knee_flexion"} <= seen
    assert not seen & {"weight_shift", "heel_rise", "knee_valgus"}
    assert all(f.reason for f in result.findings if f.status is Status.NOT_ASSESSED)


@pytest.mark.parametrize(
    ("largest", "flag", "assessed"), [(0.5, 7.0, False), (30.0, 7.0, True), (0.5, -60.0, True), (0.5, 100.0, True)]
)
def test_a_reading_whose_error_is_too_large_for_its_limit_is_not_assessed_unless_it_is_far_from_that(
    largest: float, flag: float, assessed: bool
) -> None:
    packaged = load_catalog()
    squat = packaged.movement("squat")
    changed = {"largest_error": largest, "flag": flag, "note": flag - 1.0}
    checks = tuple(c.model_copy(update=changed) if c.id == "shallow_depth" else c for c in squat.checks)
    movements = {**packaged.movements, "squat": squat.model_copy(update={"checks": checks})}
    clip = p.squat(3, Camera(45.0, distance_m=3.0))
    result = analyze_poses(clip.poses, clip.video, AnalysisRequest(), catalog=replace(packaged, movements=movements))
    depth = next(f for f in result.findings if f.check_id == "shallow_depth")
    assert (depth.status is not Status.NOT_ASSESSED) == assessed
    assert ("the side view is surer" in depth.reason) != assessed
    if abs(flag) > 50.0:
        assert depth.status is (Status.FLAGGED if flag < 0 else Status.CLEAR)


def test_the_far_heel_is_not_assessed_for_being_hidden() -> None:
    clip = p.squat(3, Camera(90.0), heel_left=0.3, heel_right=0.3)
    result = analyze_poses(clip.poses, clip.video, AnalysisRequest(settings=Settings(raw=True)))
    assert _find(result, "heel_rise", "right").status is Status.FLAGGED
    far = _find(result, "heel_rise", "left")
    assert far.status is Status.NOT_ASSESSED
    assert "hidden" in far.reason
