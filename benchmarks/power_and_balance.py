"""Jumps, chair stands and one-leg stances against clips whose times are known.

    python benchmarks/power_and_balance.py FOLDER...

A clip is ``NAME.mp4`` with ``NAME.json``: the movement, the view, and the true values of its measures, one for each attempt
(null where there is none to be found).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from movescreen.pipeline import AnalysisRequest, analyze_video


def main() -> None:
    """Print the errors of every measure, and what was not recognized."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="keep every single reading as CSV")
    asked = parser.parse_args()
    clips = sorted(
        path for folder in asked.folders for path in folder.glob("*.mp4") if path.with_suffix(".json").exists()
    )
    rows = [row for clip in clips for row in read_clip(clip)]
    readings = pd.DataFrame(rows)
    if asked.out:
        readings.to_csv(asked.out, index=False)
    print(summarize(readings).to_string(index=False, float_format=lambda v: f"{v:.3f}"))


def read_clip(clip: Path) -> Iterator[dict[str, object]]:
    """Yield one row for every true value: what was read instead, and the error that was stated."""
    told = json.loads(clip.with_suffix(".json").read_text("utf-8"))
    result = analyze_video(clip)
    if result.movement.name != told["movement"]:
        print(f"{clip.name}: {told['movement']} was taken for {result.movement.name}")
        result = analyze_video(clip, AnalysisRequest(told["movement"]))
    for name, truth in told["truth"].items():
        measure = next((m for m in result.measures if m.name == name), None)
        if measure is None or not measure.known:
            print(f"{clip.name}: no {name}: {measure.reason if measure else 'not a measure of this movement'}")
            continue
        if len(measure.attempts) != len(truth):
            print(f"{clip.name}: {name}: {len(measure.attempts)} attempts seen, {len(truth)} made")
            continue
        for attempt, true in zip(measure.attempts, truth, strict=True):
            if true is not None:
                fps = round(result.video.fps)
                yield {
                    "clip": clip.stem,
                    "measure": name,
                    "fps": fps,
                    "read": attempt.value,
                    "true": true,
                    "stated": attempt.error,
                }


def summarize(readings: pd.DataFrame) -> pd.DataFrame:
    """Return for every measure and frame rate: bias, spread, worst error, and how often the stated error holds it."""

    def describe(group: pd.DataFrame) -> pd.Series:
        error = group["read"] - group["true"]
        size = np.abs(error)
        return pd.Series(
            {
                "clips": group["clip"].nunique(),
                "attempts": len(group),
                "bias": error.mean(),
                "sd": error.std(ddof=0),
                "worst": size.max(),
                "stated": group["stated"].median(),
                "within": (size <= group["stated"]).mean(),
                "within_twice": (size <= 2 * group["stated"]).mean(),
            }
        )

    return readings.groupby(["measure", "fps"]).apply(describe, include_groups=False).reset_index()


if __name__ == "__main__":
    main()
