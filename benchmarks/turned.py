"""Angles, checks, repetitions and stated errors of people at every turn to the camera, against the truth.

    python benchmarks/turned.py FOLDER... [--work DIR]

The clips go through the whole analysis: turn, roll, movement and repetitions are found, not given. Every clip weighs the same.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from agreement import Agreement
from checks import analyze
from ground_truth import DEMANDS, SIDES, Clip, find_clips

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult

SIGNALS = ("knee_flexion", "hip_flexion", "trunk_inclination", "thigh_elevation", "shank_inclination")
#: Borders of the bands of turns, degrees.
BANDS = (0, 20, 45, 67, 113, 135, 160, 180)
#: The same where stated errors are counted, which needs more clips.
WIDE_BANDS = (0, 45, 67, 113, 135, 180)
#: Largest error of a turn's time, s.
TURN_ERROR_S = 0.25


def read_clip(clip: Clip, result: ClipResult) -> pd.DataFrame:
    """Return one row for each frame and signal: error, stated error, whether it is at the turn."""
    parts = []
    front = clip.meta["params"].get("front", "")
    index = result.series.frame_index
    use = np.flatnonzero(index < len(clip.frames))
    for name, values in result.series.values.items():
        spec = result.series.specs[name]
        if spec.stem not in SIGNALS or (spec.side and front and SIDES[spec.side] != front):
            continue
        truth = clip.signal(name)
        if truth is None:
            continue
        stated = result.series.errors.get(name, np.full(len(values), np.nan))
        columns = {"error": values[use] - truth[index[use]], "stated": stated[use], "at_turn": clip.at_turn[index[use]]}
        parts.append(pd.DataFrame(columns).assign(signal=spec.stem, side=spec.side))
    turn = abs((clip.meta["subject_yaw_deg"] + 180) % 360 - 180)
    return pd.concat(parts).dropna(subset=["error"]).assign(clip_name=clip.name, turn=turn) if parts else pd.DataFrame()


def find_wrong(clip: Clip, result: ClipResult) -> list[str]:
    """Return what is wrong with movement, repetitions and legs."""
    turns, reps = clip.turn_times(), [r for r in result.reps if r.complete]
    if result.movement.name != clip.movement:
        return [f"movement {result.movement.name}, is {clip.movement}"]
    if len(reps) != len(turns):
        return [f"{len(reps)} repetitions, are {len(turns)}"]
    if max(abs(r.turn_s - t) for r, t in zip(reps, turns, strict=True)) > TURN_ERROR_S:
        return ["a turn at another time"]
    front = clip.meta["params"].get("front", "")
    legs = {SIDES[r.side] for r in reps if r.side}
    return [f"leg {legs}, is {front}"] if front and legs != {front} else []


def judge(clip: Clip, result: ClipResult) -> dict[str, tuple[bool, bool, bool]]:
    """Return for every check with a demand, from whatever view: (must flag, got, was assessed)."""
    verdicts = {}
    for demand in DEMANDS:
        if clip.movement not in demand.movements:
            continue
        must = demand.asks(demand.value(clip))
        if must is None:
            continue
        found = [f for f in result.findings if f.check_id == demand.check_id]
        seen = [f for f in found if f.status.value != "not_assessed"]
        loud = {"flagged", "borderline"} if must else {"flagged"}
        verdicts[demand.check_id] = (must, any(f.status.value in loud for f in seen), bool(seen))
    return verdicts


def mean_over_clips(rows: pd.DataFrame, of: Callable[[pd.Series], float]) -> float:
    return float(rows.groupby("clip_name").error.apply(of).mean()) if len(rows) else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows, wrong, verdicts, yaws = [], [], [], []
    for clip in find_clips(args.folders):
        try:
            result = analyze(clip, args.work)
        except MovescreenError as error:
            wrong.append((clip.name, [str(error)[:80]]))
            continue
        rows.append(read_clip(clip, result))
        wrong.append((clip.name, find_wrong(clip, result)))
        verdicts.append(judge(clip, result))
        yaws.append((clip.meta["subject_yaw_deg"] - result.view.yaw_deg + 180) % 360 - 180)
    everything = pd.concat(rows)
    everything["band"] = pd.cut(everything.turn, BANDS, include_lowest=True)
    print(f"{len(wrong)} clips; turn of the person: rms {np.sqrt(np.nanmean(np.square(yaws))):.1f} degrees")
    print("\n| turn | clips | " + " | ".join(SIGNALS) + " |\n|---|---|" + "---|" * len(SIGNALS))
    for band, group in [("all", everything), *everything.groupby("band", observed=True)]:
        cells = [f"{mean_over_clips(group[group.signal == s], lambda e: e.abs().mean()):.1f}" for s in SIGNALS]
        print(f"| {band} | {group.clip_name.nunique()} | " + " | ".join(cells) + " |")
    print("\nreadings at the turn within one and within two stated errors, %:")
    for signal in SIGNALS:
        turn = everything[(everything.signal == signal) & everything.at_turn & everything.stated.notna()]
        each = turn.groupby(["clip_name", "side"])[["error", "stated", "turn"]].mean()
        size = (each.error / each.stated).abs()
        bands = [("all", size), *size.groupby(pd.cut(each.turn, WIDE_BANDS, include_lowest=True), observed=True)]
        shares = [f"{b}: {(z < 1).mean():.0%} {(z < 2).mean():.0%} of {len(z)}" for b, z in bands]
        print(f"{signal:18s} " + "; ".join(shares).replace("%", ""))
    print(f"\nmovement, repetitions and leg right in {sum(not w for _, w in wrong)} of {len(wrong)} clips")
    print("\n".join(f"  {name}: {'; '.join(why)}" for name, why in wrong if why))
    print(f"\n{'check':24s} must  caught  must not  quiet  kappa  assessed")
    for demand in DEMANDS:
        found = [v[demand.check_id] for v in verdicts if demand.check_id in v]
        a = Agreement.count((must, got) for must, got, seen in found if seen)
        share = f"{sum(seen for *_, seen in found)}/{len(found)}"
        print(f"{demand.check_id:24s} {a.must:4d} {a.caught:7d} {a.must_not:9d} {a.quiet:6d} {a.kappa:6.2f}  {share}")


if __name__ == "__main__":
    main()
