"""The real network on clips whose times are known: found without being told what they show, and read within the stated error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from movescreen.model import ClipResult
from tests.conftest import SAMPLES

FOLDER = SAMPLES / "power_and_balance"
CLIPS = sorted(path.stem for path in FOLDER.glob("*.mp4"))

pytestmark = pytest.mark.network


@pytest.mark.parametrize("name", CLIPS)
def test_known_times_are_read_within_twice_the_stated_error(
    name: str, sample_result: Callable[[str], ClipResult]
) -> None:
    told: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    result = sample_result(f"power_and_balance/{name}")
    assert (result.movement.name, result.movement.forced) == (told["movement"], False)
    assert result.view.kind.value == told["view"]
    read = {measure.name: measure for measure in result.measures}
    assert set(read) == set(told["truth"])
    for measure, truth in told["truth"].items():
        attempts = read[measure].attempts
        assert len(attempts) == len(truth)
        wrong = [(a.value, true) for a, true in zip(attempts, truth, strict=True) if abs(a.value - true) > 2 * a.error]
        assert wrong == [], measure


def test_every_clip_has_its_truth() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == CLIPS
    assert len(CLIPS) == 3
