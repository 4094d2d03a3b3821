"""How far MoveNet and MediaPipe read the same angle, and how far each is from the truth of rendered clips.

    MOVENET_MODEL=movenet_thunder.onnx python agreement.py CLIPS OUT.csv

``CLIPS`` is a folder of clips with the truth beside each as CSV (``benchmarks/README.md``). Writes one row a frame and angle, which any
program for agreement reads, and prints bias and standard deviation, degrees.
"""

from __future__ import annotations

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
    "trunk_inclination": "trunk_inclination",
}
MOVEMENTS = {"squat": "squat", "lunge": "lunge", "bend": "bend"}


def read(clip: Path) -> pd.DataFrame:
    """Return one row a frame and angle: truth, and what each engine read."""
    movement = next((name for start, name in MOVEMENTS.items() if clip.stem.startswith(start)), "auto")
    view = "front" if clip.stem.endswith("front") else "side"
    truth = pd.read_csv(clip.with_suffix(".csv"))
    data = {
        engine: movescreen.analyze(clip, engine=engine, movement=movement, view=view, max_fps=10.0, raw=True).angles()
        for engine in ("mediapipe", "movenet")
    }
    rows = []
    for ours, theirs in TRUTH.items():
        at = data["mediapipe"]["time_s"]
        row = {"clip": clip.stem, "angle": ours, "time_s": at, "true": np.interp(at, truth["time_s"], truth[theirs])}
        for engine, table in data.items():
            row[engine] = table[f"{ours}_deg"]
        rows.append(pd.DataFrame(row))
    return pd.concat(rows)


def main(folder: str, out: str) -> None:
    """Analyze all clips with both engines, and write and print how far they agree."""
    clips = [clip for clip in sorted(Path(folder).glob("*.mp4")) if clip.stem.endswith(("side", "front"))]
    table = pd.concat([read(clip) for clip in clips], ignore_index=True).dropna()
    table.to_csv(out, index=False)
    table["angle"] = table["angle"].str.replace("_left|_right", "", regex=True)
    for angle, each in table.groupby("angle"):
        for one, other in (("mediapipe", "true"), ("movenet", "true"), ("movenet", "mediapipe")):
            off = each[one] - each[other]
            print(
                f"{angle}: {one} − {other}: bias {off.mean():+.1f}, sd {off.std():.1f}, {len(off)} frames of {each['clip'].nunique()} clips"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
