"""Wobbles and hesitations: none where there are none, and as many as were put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.client.visits.steadiness import KNEE_TURN_PCT, count_hesitations, count_knee_wobbles, count_turns
from movescreen.client.visits.visit import record_screening
from movescreen.model import ClipResult, Plane, ScreeningResult
from tests.support.results import SPECS, depth_profile, front_squat, spec

TIME, DEPTH = depth_profile(5)
EXTRA = {
    name: spec(name, "pct", Plane.FRONTAL, "in", "zero")
    for name in ("knee_medial_offset_left", "knee_medial_offset_right")
}
DRIVER = {"pelvis_drop": spec("pelvis_drop", "ratio", Plane.ANY, "lower", "zero")}


def squat(knee: np.ndarray | None = None, drop: np.ndarray | None = None) -> ClipResult:
    """Return five squats from the front with the given knee and pelvis."""
    clip = front_squat(5)
    values = {
        "knee_medial_offset_left": 5 * DEPTH if knee is None else knee,
        "pelvis_drop": DEPTH if drop is None else drop,
    }
    valid = {name: np.isfinite(v) for name, v in values.items()}
    return replace(clip, series=replace(clip.series, values=values, valid=valid, specs={**SPECS, **EXTRA, **DRIVER}))


def wobbles(clip: ClipResult) -> list[float]:
    return [count_knee_wobbles(clip, rep, "left") for rep in clip.reps]


def hesitations(clip: ClipResult) -> list[float]:
    return [count_hesitations(clip, rep, "pelvis_drop") for rep in clip.reps]


@pytest.mark.parametrize(
    ("values", "turns"),
    [([], 0), ([1, 1, 1], 0), ([0, 5], 0), ([0, 5, 0], 1), ([5, 0, 5], 1), ([0, 5, 0, 5], 2), ([0, 5, 4.5, 6, 0], 1), ([0, 0.5, 0], 0)],
)  # fmt: skip
def test_turns_are_counted_beyond_a_size(values: list[float], turns: int) -> None:
    assert count_turns(np.array(values, dtype=float), 1.0) == turns


def test_a_steady_knee_has_no_wobble() -> None:
    assert wobbles(squat()) == [0.0] * 5
    noise = np.random.default_rng(1).normal(0, 0.17, len(TIME))
    assert wobbles(squat(5 * DEPTH + noise)) == [0.0] * 5, "the error of reading is no wobble"


def test_a_knee_that_shakes_wobbles() -> None:
    shaken = 5 * DEPTH + 1.5 * np.sin(2 * np.pi * 2.0 * TIME)
    assert min(wobbles(squat(shaken))) >= 3
    small = 5 * DEPTH + 0.3 * KNEE_TURN_PCT * np.sin(2 * np.pi * 2.0 * TIME)
    assert max(wobbles(squat(small))) == 0


def test_what_the_view_does_not_show_is_not_counted() -> None:
    clip = squat()
    assert np.isnan(count_knee_wobbles(clip, clip.reps[0], "right"))
    assert np.isnan(count_hesitations(clip, clip.reps[0], "trunk_drop"))
    blind = np.full(len(TIME), np.nan)
    assert np.isnan(wobbles(squat(blind))).all()


def test_hesitations_are_counted_on_both_ways() -> None:
    assert hesitations(squat()) == [0.0] * 5

    def paused(phase: np.ndarray) -> np.ndarray:
        """Stand still for a while at half the depth."""
        return np.where(phase < 0.4, phase / 0.8, np.where(phase > 0.6, (phase - 0.2) / 0.8, 0.5))

    assert min(hesitations(squat(drop=paused(DEPTH)))) >= 1
    still = hesitations(squat(drop=np.zeros(len(TIME))))
    assert still == [0.0] * 5


def test_they_are_kept_with_the_visit() -> None:
    clip = squat(5 * DEPTH + 1.5 * np.sin(2 * np.pi * 2.0 * TIME))
    made = record_screening(ScreeningResult(client="P", clips=(clip,), findings=()), load_catalog())
    readings = {(r.signal, r.side): r for r in made.clips[0].readings}
    assert readings["knee_wobbles", "left"].value >= 3
    assert ("knee_wobbles", "right") not in readings
    assert readings["hesitations", ""].value == 0
    assert readings["hesitations", ""].error is None
    assert len(readings["hesitations", ""].reps) == 5
