"""From where to where the signals go in repetitions that are known to be of a movement: the tables ``[known]`` of the catalog.

    python benchmarks/known_ranges.py FOLDER [--leave-out]

``FOLDER`` holds a folder for each movement, called by its name, with pose files (``poses.npz`` of a result, under any name) of clips that
show it and nothing else. Prints the table of each; with ``--leave-out`` how many clips would be refused by the table of all others.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from movescreen.model import VideoInfo, read_statistic
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.pose import load_poses
from movescreen.settings import Settings

#: Signal -> what is about as large as what the network gets wrong or people do otherwise, in its unit.
SOFT = {
    "trunk_tilt": 8.0, "shoulder_line_tilt": 6.0, "stance_drop": 0.04, "trunk_drop": 0.08, "foot_clearance": 0.03, "feet_apart": 0.1,
    "foot_lift": 0.06, "shoulders_behind_feet": 0.05, "knee_bend_difference": 12.0,
}  # fmt: skip
#: What is held of each movement: ranges of other signals refused nothing that the listed traits and these do not.
HELD = {
    "squat": ("knee_bend_difference", "trunk_tilt", "shoulder_line_tilt", "stance_drop", "trunk_drop", "foot_clearance", "foot_lift", "shoulders_behind_feet"),
    "lunge": ("trunk_drop",),
    "bend": ("feet_apart",),
}  # fmt: skip
#: Signals of which left and right have opposite signs: what is read of them must not depend on the side.
SIDED = {"shoulder_line_tilt", "foot_lift", "knee_bend_difference"}
OF_ALL = ("start", "turn", "max", "min", "range", "excursion")
OF_SIDED = ("range", "abs_turn", "abs_median")
FEWEST = 8

Reading = dict[tuple[str, str], float]


def read_clip(path: Path, movement: str) -> list[Reading]:
    """Return the readings of each whole repetition; none when the clip is not recognized."""
    poses = load_poses(path)
    step = float(np.median(np.diff(poses.time_s)))
    video = VideoInfo(path.name, *poses.image_size_px, 1.0 / step, float(poses.time_s[-1]), frames=len(poses))
    result = analyze_poses(poses, video, AnalysisRequest(settings=Settings(raw=True)))
    if result.movement.name != movement:
        print(f"# {path.name}: {result.movement.name}, left out")
        return []
    series = result.series
    wanted = [(n, s) for n in HELD.get(movement, ()) for s in (OF_SIDED if n in SIDED else OF_ALL)]
    reps = [rep for rep in result.reps if rep.complete]
    found = [{(n, s): read_statistic(s, rep, series.time_s, series.values[n]) for n, s in wanted} for rep in reps]
    return [{key: value for key, value in reading.items() if np.isfinite(value)} for reading in found]


def widest(readings: list[Reading]) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the range of every reading that enough repetitions have."""
    values: dict[tuple[str, str], list[float]] = {}
    for reading in readings:
        for key, value in reading.items():
            values.setdefault(key, []).append(value)
    return {key: (min(each), max(each)) for key, each in values.items() if len(each) >= FEWEST}


def beyond(reading: Reading, ranges: dict[tuple[str, str], tuple[float, float]]) -> float:
    """Return how far a repetition is beyond the ranges, in the signals' soft steps."""
    return max(
        (max(lo - reading[k], reading[k] - hi) / SOFT[k[0]] for k, (lo, hi) in ranges.items() if k in reading),
        default=0.0,
    )


def print_table(movement: str, ranges: dict[tuple[str, str], tuple[float, float]]) -> None:
    print(f'[known]\nof = "{movement}"\n[known.signals]')
    for name, soft in SOFT.items():
        of = {s: pair for (n, s), pair in ranges.items() if n == name}
        read = ", ".join(f"{s} = [{lo:.2f}, {hi:.2f}]" for s, (lo, hi) in of.items())
        if read:
            print(f"{name} = {{ soft = {soft}, read = {{ {read} }} }}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leave-out", action="store_true")
    args = parser.parse_args()
    for folder in sorted(p for p in args.folder.iterdir() if p.is_dir()):
        clips = [found for p in sorted(folder.glob("*.npz")) if (found := read_clip(p, folder.name))]
        if args.leave_out:
            others = [widest([r for j, c in enumerate(clips) if j != i for r in c]) for i in range(len(clips))]
            far = [max(beyond(r, ranges) for r in clip) for clip, ranges in zip(clips, others, strict=True)]
            print(
                f"{folder.name}: {len(clips)} clips, beyond 2 steps {sum(f > 2 for f in far)}, beyond 2.65 {sum(f > 2.65 for f in far)}"
            )
        else:
            print_table(folder.name, widest([r for clip in clips for r in clip]))


if __name__ == "__main__":
    main()
