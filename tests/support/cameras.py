"""Files that a browser takes for a camera, as the benchmark of the live page makes them."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import SAMPLES

_SOURCE = Path(__file__).parents[2] / "benchmarks/fake_camera.py"


def write_camera(path: Path, scenes: Sequence[tuple[str, float]]) -> Path:
    """Write stems of sample clips, each with its first picture held for some seconds, as a camera's file."""
    spec = importlib.util.spec_from_file_location("fake_camera", _SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Path = module.write_camera(path, [(SAMPLES / f"{stem}.mp4", hold_s) for stem, hold_s in scenes])
    return made
