"""Hand our readings and the truth of rendered clips to somebody else's judge of angles (the package poseaudit).

    python benchmarks/outside_judge.py CLIPS OUT.csv

``CLIPS`` is a folder with the truth of each clip as ``NAME.csv`` beside ``NAME.npz`` (its poses) or ``NAME.mp4``. Writes one row a reading,
``subject, trial, frame, measure, unit, pred, ref``, prints what ``poseaudit paired`` says of it, and our own mean and spread of the same
rows below, so that either can be held against the other.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import movescreen

TRUTH = {
    "knee_flexion_left": "knee_flexion_L",
    "knee_flexion_right": "knee_flexion_R",
    "hip_flexion_left": "hip_flexion_L",
    "hip_flexion_right": "hip_flexion_R",
    "shank_inclination_left": "shank_inclination_L",
    "shank_inclination_right": "shank_inclination_R",
    "trunk_inclination": "trunk_inclination_sagittal",
}


def read(truth_file: Path) -> pd.DataFrame:
    """Return the readings of one clip inside of its repetitions, with the truth."""
    poses = truth_file.with_suffix(".npz")
    clip = movescreen.analyze(poses if poses.is_file() else truth_file.with_suffix(".mp4"))
    truth, angles = pd.read_csv(truth_file), clip.angles()
    told = truth_file.with_suffix(".json")
    body = json.loads(told.read_text("utf-8"))["body"] if told.is_file() else truth_file.stem
    moving = np.any(
        [(angles["time_s"] >= r.start_s) & (angles["time_s"] < r.end_s) for r in clip.data.reps]
        or [[False] * len(angles)],
        axis=0,
    )
    rows = []
    for number, (name, column) in enumerate(TRUTH.items()):
        ref = np.interp(angles["time_s"], truth["time_s"], truth[column])
        measure = f"{clip.movement} {name.removesuffix('_left').removesuffix('_right')}"
        facts = {
            "subject": body,
            "trial": truth_file.stem,
            "frame": angles["frame"] * 10 + number,
            "measure": measure,
            "unit": "deg",
        }
        rows.append(pd.DataFrame({**facts, "pred": angles[f"{name}_deg"], "ref": ref})[moving])
    return pd.concat(rows)


def main(folder: str, out: str) -> None:
    """Judge all clips of a folder."""
    table = pd.concat([read(file) for file in sorted(Path(folder).glob("*.csv"))], ignore_index=True).dropna()
    table.to_csv(out, index=False)
    words = [sys.executable, "-m", "poseaudit", "paired", "--table", out, "--big-error", "10", "--no-wrap"]
    print(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    off = (table["pred"] - table["ref"]).groupby(table["measure"])
    print(
        pd.DataFrame(
            {"n": off.count(), "bias": off.mean(), "mean |error|": off.apply(lambda e: e.abs().mean()), "sd": off.std()}
        ).round(2)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
