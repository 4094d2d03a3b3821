"""Errors, bars of change and sides: the formulas with worked numbers, and that nobody else spells them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import movescreen
from movescreen.catalog import load_catalog, minimal_detectable_change, standard_error
from movescreen.statistics import (
    Sides,
    detectable_difference,
    is_beyond_error,
    limb_symmetry_index,
    mdc_of_sem,
    sem_of_mdc,
)

ROOT = Path(__file__).parents[1]


def test_a_detectable_change_is_made_of_the_error_and_back() -> None:
    # Weir 2005: SEM 2.0 gives 1.96 * 1.41421 * 2 = 5.544
    assert mdc_of_sem(2.0) == pytest.approx(5.5437, abs=1e-4)
    assert sem_of_mdc(5.5437) == pytest.approx(2.0, abs=1e-4)
    assert detectable_difference(2.0, 2.0) == pytest.approx(mdc_of_sem(2.0))
    # 1.96 * hypot(3, 4) = 1.96 * 5
    assert detectable_difference(3.0, 4.0) == pytest.approx(9.8)


def test_a_difference_counts_only_beyond_what_chance_explains() -> None:
    assert is_beyond_error(-5.6, 5.5)
    assert not is_beyond_error(-5.5, 5.5)
    assert not is_beyond_error(100.0, math.nan)


@pytest.mark.parametrize(
    ("left", "right", "index"), [(80, 100, 80), (100, 80, 80), (7, 7, 100), (0, 5, None), (-3, 9, None)]
)
def test_the_index_is_the_lower_side_in_percent_of_the_higher(left: float, right: float, index: float | None) -> None:
    assert limb_symmetry_index(left, right) == pytest.approx(math.nan if index is None else index, nan_ok=True)


def test_two_sides_tell_the_lower_one_and_whether_it_matters() -> None:
    apart = Sides(left=10.0, right=7.0, detectable=2.9)
    assert (apart.difference, apart.lower, apart.beyond_error) == (3.0, "right", True)
    assert not Sides(left=10.0, right=7.0, detectable=3.0).beyond_error
    assert not Sides(left=10.0, right=7.0).beyond_error
    assert (Sides(left=8.0, right=10.0).lsi_pct, apart.lsi_pct) == (80.0, 70.0)
    assert math.isnan(Sides(left=1.0, right=2.0, ratio_means=False).lsi_pct)
    assert (Sides(left=7.0, right=7.0).lower, Sides(left=7.0, right=9.0).lower) == ("", "left")


def test_the_catalog_offers_the_error_and_the_change_made_of_it() -> None:
    catalog = load_catalog()
    row = catalog.measurement_row("knee_flexion_left", "side")
    assert row is not None
    assert row.sem_clips is not None
    assert standard_error(catalog, "knee_flexion_left", "side") == row.sem_clips
    assert standard_error(catalog, "knee_flexion_left", "side", "reps") == row.sem_reps
    assert minimal_detectable_change(catalog, "knee_flexion_left", "side") == mdc_of_sem(row.sem_clips)
    assert math.isnan(standard_error(catalog, "heel_rise_left", "oblique"))


def test_the_factor_of_95_percent_is_spelled_once() -> None:
    package = Path(movescreen.__file__).parent
    code = [*package.rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "benchmarks").glob("*.py")]
    spelled = [path.name for path in code if re.search(r"(?<![\d.])1\.96(?!\d)", path.read_text("utf-8"))]
    assert spelled == ["statistics.py"]
