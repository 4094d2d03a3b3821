"""Left against right, and readings beside published values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.model import ClipResult, Person, ReferenceReading
from movescreen.screening import merge_clips
from tests.support.results import as_movement, front_squat, side_squat

CATALOG, LIBRARY = load_catalog(), load_norms()


def lunge(side: str, knee_deg: float, error_deg: float = 3.0) -> ClipResult:
    """Return a clip of lunges with one leg in front whose knee reads ``knee_deg`` at the turn."""
    clip = side_squat()
    name = f"knee_flexion_{side}"
    reps = tuple(replace(r, side=side, at_turn={**r.at_turn, name: knee_deg}) for r in clip.reps)
    n = len(clip.series.time_s)
    series = replace(
        clip.series,
        values={**clip.series.values, name: np.full(n, knee_deg)},
        valid={**clip.series.valid, name: np.ones(n, bool)},
        errors={name: np.full(n, error_deg)},
    )
    return as_movement(clip, "lunge", reps=reps, series=series, findings=())


def sides(*clips: ClipResult) -> dict[str, Any]:
    return {row.signal: row for row in merge_clips(clips, CATALOG).sides}


def test_each_leg_in_a_clip_of_its_own_is_compared_with_its_error_and_index() -> None:
    row = sides(lunge("left", 80.0), lunge("right", 100.0))["knee_flexion"]
    assert (row.left, row.right, row.difference, row.lsi_pct) == (80.0, 100.0, -20.0, 80.0)
    assert (row.left_clip, row.right_clip) == (0, 1)
    assert row.error == pytest.approx(3.0 * 2**0.5)
    assert row.detectable == pytest.approx(1.96 * 3.0 * 2**0.5)
    assert row.beyond_error


def test_a_difference_within_the_error_does_not_count_and_neither_does_one_of_unknown_error() -> None:
    assert not sides(lunge("left", 95.0), lunge("right", 100.0))["knee_flexion"].beyond_error
    unknown = sides(lunge("left", 50.0, np.nan), lunge("right", 100.0))["knee_flexion"]
    assert np.isnan(unknown.detectable)
    assert not unknown.beyond_error


def test_no_index_where_a_ratio_means_nothing() -> None:
    row = sides(single_leg(2.0, "left"), single_leg(4.0, "right"))["fppa"]
    assert (row.difference, row.left_clip, row.right_clip) == (-2.0, 0, 1)
    assert np.isnan(row.lsi_pct)
    assert np.isnan(sides(lunge("left", 5.0), lunge("right", 10.0))["knee_flexion"].lsi_pct)


def test_the_frontal_knee_angle_of_a_two_leg_squat_is_not_compared() -> None:
    clip = front_squat()
    reps = tuple(replace(r, at_turn={**r.at_turn, "fppa_left": 2.0, "fppa_right": 14.0}) for r in clip.reps)
    assert "fppa" not in sides(replace(clip, reps=reps))


def test_one_leg_alone_or_two_different_views_are_not_compared() -> None:
    assert "knee_flexion" not in sides(lunge("left", 80.0))
    front = lunge("right", 100.0)
    front = replace(front, view=front_squat().view)
    assert "knee_flexion" not in sides(lunge("left", 80.0), front)


def references(clip: ClipResult, person: Person) -> tuple[ReferenceReading, ...]:
    return merge_clips((clip,), CATALOG, person=person, norms=LIBRARY).references


def test_the_depth_of_a_squat_is_named_and_not_judged() -> None:
    (row,) = references(side_squat(), Person())
    assert row.value == pytest.approx(108, abs=1.0)
    assert "Between what is called half squat (80 to 100 deg) and parallel squat (110 to 120 deg)" in row.text
    assert row.verdict == ""
    assert row.source.verified in ("paper", "secondary")


def single_leg(fppa_deg: float, side: str = "left") -> ClipResult:
    clip = front_squat()
    n = len(clip.series.time_s)
    name = f"fppa_{side}"
    reps = tuple(replace(r, side=side, at_turn={**r.at_turn, name: fppa_deg}) for r in clip.reps)
    series = replace(
        clip.series,
        values={**clip.series.values, name: np.full(n, fppa_deg)},
        valid={**clip.series.valid, name: np.ones(n, bool)},
    )
    return as_movement(clip, "single_leg_squat", reps=reps, series=series, findings=())


def test_a_norm_with_a_spread_gives_a_verdict_for_people_alike_only() -> None:
    (row,) = references(single_leg(20.0), Person(30, "female"))
    assert (row.side, row.verdict) == ("left", "high for age and sex")
    assert "8.4" in row.text
    (untold,) = references(single_leg(20.0), Person())
    assert untold.verdict == ""
    assert "sex was not told" in untold.text
    for other in references(single_leg(20.0), Person(30, "male")):
        assert other.verdict == ""
        assert "8.4" not in other.text


def test_every_reference_of_the_catalogue_names_a_known_quantity() -> None:
    named = [r.quantity for spec in CATALOG.movements.values() for r in spec.references]
    assert named
    assert set(named) <= set(LIBRARY.quantities)
