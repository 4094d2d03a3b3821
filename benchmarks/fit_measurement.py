"""Fit the table of known bias and error of the readings to clips with ground truth.

    python benchmarks/fit_measurement.py FOLDER... [--work DIR] [--write]

For each signal and view a straight line takes the bias out of the plain readings. Every clip weighs the same. The error that
is written is the spread of the error at the turn over clips, cross-validated by leaving one body out at a time: the score is
always on people the fit has not seen. ``--write`` puts the table into the catalogue.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from checks import analyze
from ground_truth import SIGNALS, find_clips

TARGET = Path(__file__).resolve().parent.parent / "movescreen" / "catalog" / "measurement" / "rendered_people.toml"
#: Signals with a bias that is the pose model's own. Elsewhere the truth hardly varies in these clips, and a fit would only
#: pull every reading towards it.
BIASED = frozenset({"knee_flexion", "hip_flexion", "shank_inclination", "trunk_inclination", "thigh_elevation"})
HEADER = """# How a plain reading of the full model relates to the truth, by view.
# Made by benchmarks/fit_measurement.py; do not edit by hand.
title = "Rendered people, full model"

[source]
citation = "movescreen's own measurement on rendered people with known joint centres, cross-validated over bodies."
verified = "own_tolerance"
note = "Rendered people are not real ones: a gain seen here has yet to be checked on real people."
"""


def collect(folders: list[Path], work: Path) -> pd.DataFrame:
    """Return one row a frame and signal: clip, body, view, signal, reading, truth, whether at the turn."""
    rows = []
    for clip in find_clips(folders):
        # readings whose bias is fitted are taken plain; those made of others after their correction
        plain, corrected = analyze(clip, work, raw=True), analyze(clip, work)
        view = plain.view.kind.value
        if view != clip.view or clip.movement == "none":
            continue
        at_turn = clip.at_turn
        for name in plain.series.values:
            stem = name.removesuffix("_left").removesuffix("_right")
            reading = (plain if stem in BIASED else corrected).series.values[name]
            truth = clip.signal(name)
            if truth is None or not clip.holds(name):
                continue
            index = plain.series.frame_index
            for i in range(0, len(index), 3):
                frame = int(index[i])
                if frame < len(truth) and np.isfinite(reading[i]) and np.isfinite(truth[frame]):
                    rows.append(
                        (clip.name, clip.meta["body"], view, stem, reading[i], truth[frame], bool(at_turn[frame]))
                    )
    return pd.DataFrame(rows, columns=["clip_name", "body", "view", "signal", "reading", "truth", "at_turn"])


def fit_line(rows: pd.DataFrame) -> np.ndarray:
    """Return offset and slope of truth minus reading against the reading, every clip weighing the same."""
    weight = np.sqrt(1.0 / rows.groupby("clip_name")["reading"].transform("count").to_numpy())
    a = np.column_stack([np.ones(len(rows)), rows.reading]) * weight[:, None]
    return np.linalg.lstsq(a, (rows.truth - rows.reading).to_numpy() * weight, rcond=None)[0]


def describe(signal: str, view: str, rows: pd.DataFrame) -> tuple[str, str]:
    """Return the table row (TOML) and a line for the reader."""
    line = fit_line(rows) if signal in BIASED else np.zeros(2)
    error = rows.reading - rows.truth
    if signal in BIASED:
        for body in rows.body.unique():
            other, own = rows[rows.body != body], rows.body == body
            held = fit_line(other)
            error[own] = rows.reading[own] + held[0] + held[1] * rows.reading[own] - rows.truth[own]
    turn = error[rows.at_turn].groupby(rows.clip_name[rows.at_turn]).mean()
    spread = float(np.sqrt((turn**2).mean()))
    low, high = np.percentile(rows.reading, [1, 99])
    plain = rows.reading - rows.truth
    toml = (
        f'\n[[rows]]\nsignal = "{signal}"\nview = "{view}"\noffset = {line[0]:.3f}\ngain = {1 + line[1]:.4f}\n'
        f"low = {low:.2f}\nhigh = {high:.2f}\nerror = {spread:.3f}\nclips = {rows.clip_name.nunique()}\n"
    )
    mean = error.abs().groupby(rows.clip_name).mean().mean()
    before = plain.abs().groupby(rows.clip_name).mean().mean()
    text = (
        f"{signal:28s} {view:6s} {rows.clip_name.nunique():4d} clips  mean abs error {before:6.2f} -> {mean:6.2f}   "
        f"at the turn: bias {turn.mean():6.2f}, rms {spread:5.2f}"
    )
    return toml, text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows = collect(args.folders, args.work)
    parts = [HEADER]
    for view, signals in SIGNALS.items():
        for signal in signals:
            chosen = rows[(rows.signal == signal) & (rows["view"] == view)]
            if len(chosen):
                toml, text = describe(signal, view, chosen)
                parts.append(toml)
                print(text)
    if args.write:
        TARGET.write_text("".join(parts))
        print(f"written to {TARGET}")


if __name__ == "__main__":
    main()
