"""Fit the table of known bias and error of the readings to clips with ground truth.

    python benchmarks/fit_measurement.py FOLDER... [--work DIR] [--write]

For each signal and view a straight line takes the bias out of the plain readings. Every clip weighs the same. The error that
is written is the spread of the error at the turn over clips, cross-validated by leaving one body out at a time: the score is
always on people the fit has not seen. ``--write`` puts the table into the catalog. Doubts are fitted to clips read with the
table as it stands: run once more with ``--only`` and no name to renew them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import tomllib
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from checks import analyze
from ground_truth import SIGNALS, find_clips

from movescreen.catalog import load_catalog, measurement_error
from movescreen.catalog.measurement import sum_terms
from movescreen.catalog.schema import OWN_TERMS, MeasurementRow
from movescreen.kinematics import prepare_poses
from movescreen.kinematics.body import build_body_frame
from movescreen.kinematics.context import CorrectionInputs

TARGET = Path(__file__).resolve().parent.parent / "movescreen" / "catalog" / "measurement" / "rendered_people.toml"
#: Signals with a bias that is the pose model's own. Elsewhere the truth hardly varies in these clips, and a fit would only
#: pull every reading towards it.
BIASED = frozenset({"knee_flexion", "hip_flexion", "shank_inclination", "trunk_inclination", "thigh_elevation"})
#: What a correction reads beside the signal itself. A segment that looks longer or shorter than in standing has a joint that
#: was placed too far along it.
STRETCHES = ("thigh_stretch", "shank_stretch", "trunk_stretch")
POSTURE = ("hip_flexion", "trunk_inclination", "shank_inclination")
TERMS: dict[str, tuple[str, ...]] = {
    "knee_flexion": STRETCHES + POSTURE,
    "hip_flexion": STRETCHES,
    "trunk_inclination": STRETCHES,
    "thigh_elevation": STRETCHES + POSTURE,
    # from the front: what a person who is not square to the camera moves towards it shows as a shift to the side
    "lateral_shift": ("turned_reach",),
    "trunk_lateral_lean": ("turned_lean", "trunk_drop"),
    # the hip of the leg that stands behind, and so further away, is read too high or too low
    "pelvic_obliquity": ("foot_ahead", "turned_lean"),
}
#: What makes a reading less certain than its value tells: a heel in the air, of which the network saw few; the size of the terms, which
#: are right only in part; knees far from above the ankles; what a reach forward shows in a turn; a trunk that looks short in deep bends; and
#: depth, because a signal that is read too small looks like that of somebody who stands.
DOUBTS: dict[str, tuple[str, ...]] = {
    "knee_flexion": ("trunk_stretch",),
    "hip_flexion": ("heel_rise",),
    "shank_inclination": ("heel_rise", "trunk_stretch"),
    "thigh_elevation": ("heel_rise",),
    "trunk_shank_difference": ("heel_rise",),
    "trunk_inclination": (OWN_TERMS,),
    "heel_rise": ("pelvis_drop",),
    "lateral_shift": ("turned_leg",),
    "trunk_lateral_lean": (OWN_TERMS,),
    "pelvic_obliquity": ("pelvis_drop",),
    "knee_ankle_separation_ratio": ("knee_medial_offset",),
    "fppa": ("pelvis_drop",),
    "knee_medial_offset": ("turned_knees",),
}
#: Inputs are held between these percentiles, and the sum of the terms to so many units at most: degrees, or % of ankle width.
OUTER, MOST, MOST_OF = (1, 99), 10.0, {"lateral_shift": 25.0}
#: Weight of the ridge on the terms, in clips; less where leaving bodies out asked for less.
RIDGE, RIDGE_OF = 5.0, {"lateral_shift": 2.0, "trunk_lateral_lean": 2.0}
#: Frames of a clip that are used: neighbors say the same.
EVERY = 2
#: The error is told apart in so many parts of the readings' range, where each is seen in so many clips.
PARTS, LEAST_CLIPS = 3, 6
HEADER = """# How a plain reading of the full model relates to the truth, by view.
# Made by benchmarks/fit_measurement.py; do not edit by hand.
title = "Rendered people, full model"

[source]
citation = "movescreen's own measurement on rendered people with known joint centers, cross-validated over bodies."
verified = "own_tolerance"
note = "Rendered people are not real ones: a gain seen here has yet to be checked on real people."
"""


def collect(folders: list[Path], work: Path) -> pd.DataFrame:
    """Return one row a frame and signal: clip, body, movement, repetition, reading, truth, and the inputs of its terms."""
    parts = []
    for clip in find_clips(folders):
        # readings whose bias is fitted are taken plain; those made of others after their correction
        plain, corrected = analyze(clip, work, raw=True), analyze(clip, work)
        if plain.view.kind.value != clip.view or clip.movement == "none":
            continue
        prepared = prepare_poses(plain.poses)
        body = build_body_frame(prepared.smooth, plain.view, prepared.locomotion)
        index = plain.series.frame_index
        use = np.flatnonzero(index < len(clip.frames))[::EVERY]
        for name in plain.series.values:
            truth, spec = clip.signal(name), plain.series.specs[name]
            stem = name.removesuffix(f"_{spec.side}")
            if truth is None or not clip.holds(name):
                continue
            inputs = CorrectionInputs(body, spec.side, plain.series.values)
            reading = (plain if is_corrected(stem) else corrected).series.values[name]
            columns = {"reading": reading[use], "truth": truth[index[use]], "at_turn": clip.at_turn[index[use]]}
            columns |= {n: inputs[n][use] for n in TERMS.get(stem, ())}
            columns["final"] = corrected.series.values[name][use]
            row = load_catalog().measurement_row(name, clip.view)
            columns |= {f"doubt_{n}": _size(n, row, inputs)[use] for n in DOUBTS.get(stem, ()) if row}
            about = {"clip_name": clip.name, "body": clip.meta["body"], "movement": clip.movement, "view": clip.view}
            rep = clip.frames.rep.to_numpy()[index[use]]
            parts.append(pd.DataFrame({**columns, "rep": rep}).assign(**about, signal=stem))
    return pd.concat(parts, ignore_index=True).dropna(subset=["reading", "truth"])


def _size(name: str, row: MeasurementRow, inputs: CorrectionInputs) -> np.ndarray:
    """Return the size of what makes a signal less certain."""
    values = sum_terms(row, inputs) if name == OWN_TERMS else inputs[name]
    return np.nan_to_num(np.abs(np.broadcast_to(values, inputs["trunk_drop"].shape)))


def is_corrected(signal: str) -> bool:
    """Return True for signals with a correction of their own; others are plain, or made of corrected ones."""
    return signal in BIASED or signal in TERMS


@dataclass(frozen=True)
class Fit:
    """A fitted correction: offset and slope against the reading, then (input, weight, low, high) a term, and their limit."""

    line: np.ndarray
    terms: tuple[tuple[str, float, float, float], ...] = ()
    limit: float = 0.0

    def apply(self, rows: pd.DataFrame) -> pd.Series:
        """Return corrected readings."""
        total = sum(
            (weight * _held(rows, name, low, high) for name, weight, low, high in self.terms), np.zeros(len(rows))
        )
        return rows.reading + self.line[0] + self.line[1] * rows.reading + np.clip(total, -self.limit, self.limit)


def _held(rows: pd.DataFrame, name: str, low: float, high: float) -> np.ndarray:
    return rows[name].clip(low, high).fillna(0.0).to_numpy()


def robust_sd(values: np.ndarray) -> float:
    """Return the standard deviation about zero that the median size of the values stands for."""
    return float(1.4826 * np.median(np.abs(values)))


def without_lost(errors: Any) -> Any:
    """Return errors without those of clips in which the pose went wrong altogether (beyond four robust deviations)."""
    return errors[np.abs(errors) <= 4.0 * robust_sd(np.asarray(errors))]


def root_mean_square(errors: np.ndarray) -> float:
    """Return the size of errors, without clips in which the pose went wrong altogether."""
    return float(np.sqrt((without_lost(errors) ** 2).mean()))


#: Smaller differences are rounding: a fit that leaves nothing else has nothing to distrust.
_EXACT = 1e-9


def fit_correction(signal: str, rows: pd.DataFrame) -> Fit:
    """Return the correction of truth minus reading, every clip weighing the same; terms are held small by a ridge."""
    names = TERMS.get(signal, ())
    ends = [np.nanpercentile(rows[n], OUTER).round(3) for n in names]
    columns = np.array([_held(rows, n, *e) for n, e in zip(names, ends, strict=True)]).reshape(len(names), len(rows)).T
    scale = columns.std(axis=0)
    weight = np.sqrt(1.0 / rows.groupby("clip_name")["reading"].transform("count").to_numpy())
    line = np.column_stack([np.ones(len(rows)), rows.reading])[:, : 2 * (signal in BIASED)]
    design = np.column_stack([line, columns / scale])
    wanted = (rows.truth - rows.reading).to_numpy()
    ridge = np.diag([0.0] * line.shape[1] + [RIDGE_OF.get(signal, RIDGE)] * len(names))
    trust = np.ones(len(rows))
    for _ in range(8):
        a = design * (weight * trust)[:, None]
        solved = np.linalg.solve(a.T @ a + ridge, a.T @ (wanted * weight * trust))
        left = np.abs(wanted - design @ solved)
        # a pose that went wrong altogether must not bend the correction of the others
        trust = np.sqrt(np.minimum(1.0, 2.0 * max(robust_sd(left), _EXACT) / np.maximum(left, _EXACT)))
    weights = solved[line.shape[1] :] / scale
    limit = min(MOST_OF.get(signal, MOST), float(np.percentile(np.abs(columns @ weights), 99))) if names else 0.0
    return Fit(
        solved[:2] if line.size else np.zeros(2),
        tuple((n, w, *e) for n, w, e in zip(names, weights, ends, strict=True)),
        limit,
    )


def held_out_error(signal: str, rows: pd.DataFrame) -> pd.Series:
    """Return the error of every row, corrected by a fit that has not seen its body."""
    error = rows.reading - rows.truth
    for body in rows.body.unique() if is_corrected(signal) else ():
        own = rows.body == body
        error[own] = fit_correction(signal, rows[~own]).apply(rows[own]) - rows.truth[own]
    return error


def describe(signal: str, view: str, rows: pd.DataFrame) -> tuple[str, str]:
    """Return the table row (TOML) and a line for the reader."""
    fit = fit_correction(signal, rows) if is_corrected(signal) else Fit(np.zeros(2))
    plain, error = rows.reading - rows.truth, held_out_error(signal, rows)
    turn = error[rows.at_turn].groupby(rows.clip_name[rows.at_turn]).mean()
    spread = root_mean_square(turn.to_numpy())
    low, high = np.percentile(rows.reading, [1, 99])
    corrected = rows.assign(error=error, shown=rows.truth + error)
    toml = (
        f'\n[[rows]]\nsignal = "{signal}"\nview = "{view}"\noffset = {fit.line[0]:.3f}\ngain = {1 + fit.line[1]:.4f}\n'
        f"low = {low:.2f}\nhigh = {high:.2f}\nerror = {spread:.3f}\nclips = {rows.clip_name.nunique()}\n"
        f"{_write_sems(corrected)}{_write_terms(fit)}{_write_curves(corrected)}"
    )
    mean = error.abs().groupby(rows.clip_name).mean().mean()
    before = plain.abs().groupby(rows.clip_name).mean().mean()
    text = (
        f"{signal:28s} {view:6s} {rows.clip_name.nunique():4d} clips  mean abs error {before:6.2f} -> {mean:6.2f}   "
        f"at the turn: bias {turn.mean():6.2f}, rms {spread:5.2f}"
    )
    return toml, text


def fit_doubt(error: np.ndarray, known: np.ndarray, size: np.ndarray) -> float:
    """Return the weight of a doubt that makes the errors of the clips most likely beside the known error."""
    weights = np.linspace(0.0, 4.0 * float(known.max()) / max(float(size.max()), 1e-9), 401)
    sd = np.hypot(known, weights[:, None] * size)
    # clips in which the pose went wrong altogether do not decide
    held = np.clip(error, -3.0 * sd, 3.0 * sd)
    return float(weights[np.argmin((np.log(sd) + held**2 / (2 * sd**2)).sum(axis=1))])


def renew_doubts(signal: str, rows: pd.DataFrame, row_text: str) -> str:
    """Return a row with its doubts renewed from the turns of clips read with that row, one after the other."""
    text = "".join(line for line in row_text.splitlines(keepends=True) if not line.startswith("doubts ="))
    row = MeasurementRow.model_validate_json(json.dumps(tomllib.loads(text)["rows"][0]))
    packaged = load_catalog()
    catalog = replace(packaged, measurement=packaged.measurement.model_copy(update={"rows": (row,)}))
    names = DOUBTS.get(signal, ())
    error = rows.final - rows.truth
    if is_corrected(signal) and rows.clip_name.nunique() == row.clips:
        error = held_out_error(signal, rows)  # the row was fitted to these very clips: their own errors are too small
    turn = rows.assign(error=error)[rows.at_turn].groupby("clip_name")
    turn = turn[["final", "error", *(f"doubt_{n}" for n in names)]].mean()
    known = measurement_error(catalog, row.signal, row.view, "", turn.final.to_numpy())
    found = []
    for name in names:
        size = turn[f"doubt_{name}"].to_numpy()
        weight = fit_doubt(turn.error.to_numpy(), known, size)
        if weight > 0:
            high = float(np.percentile(rows[f"doubt_{name}"], 99))
            found.append(f'{{ input = "{name}", weight = {weight:.3g}, high = {high:.3g} }}')
            known = np.hypot(known, weight * np.minimum(size, high))
    head, mark, tail = text.partition("[[rows.curves]]")
    return head + (f"doubts = [{', '.join(found)}]\n" if found else "") + mark + tail


def _write_terms(fit: Fit) -> str:
    if not fit.terms:
        return ""
    terms = "".join(
        f'  {{ input = "{name}", weight = {weight:.5g}, low = {low}, high = {high} }},\n'
        for name, weight, low, high in fit.terms
    )
    return f"limit = {fit.limit:.3f}\nterms = [\n{terms}]\n"


def _write_sems(rows: pd.DataFrame) -> str:
    """Return standard errors of measurement at the turn: between repetitions of a clip, and between clips of a body."""
    turn = rows[rows.at_turn]
    reps = without_lost(turn.groupby(["body", "movement", "clip_name", "rep"]).error.mean())
    clips = reps.groupby(level=["body", "movement", "clip_name"]).mean()
    found = {
        "sem_reps": pooled_sd(reps.groupby(level="clip_name")),
        "sem_clips": pooled_sd(clips.groupby(level=[0, 1])),
    }
    return "".join(f"{name} = {value:.3f}\n" for name, value in found.items() if np.isfinite(value))


def pooled_sd(groups: Any) -> float:
    """Return the standard deviation within groups, over all of them; NaN when fewer than five degrees of freedom hold it."""
    spare = groups.count() - 1
    freedom = spare.sum()
    return float(np.sqrt((groups.var(ddof=1).fillna(0.0) * spare).sum() / freedom)) if freedom >= 5 else float("nan")


def _write_curves(rows: pd.DataFrame) -> str:
    """Return the error by movement and reading, where at least ``LEAST_CLIPS`` clips show it."""
    text = ""
    for name, group in [("any", rows), *rows.groupby("movement")]:
        knots = find_knots(group)
        if knots:
            inner = ", ".join(f"{{ value = {v:.2f}, error = {e:.3f}, clips = {n} }}" for v, e, n in knots)
            text += f'[[rows.curves]]\nmovement = "{name}"\nknots = [{inner}]\n'
    return text


def find_knots(rows: pd.DataFrame) -> list[tuple[float, float, int]]:
    """Return (reading, root mean square over clips of their mean error near it, clips) for thirds of the readings' range."""
    low, high = np.percentile(rows.shown, [2, 98])
    edges = np.linspace(low, high, PARTS + 1)
    knots = []
    for start, end in pairwise(edges):
        near = rows[(rows.shown >= start) & (rows.shown <= end)]
        mean = near.groupby("clip_name").error.mean()
        if len(mean) < LEAST_CLIPS:
            return []
        knots.append(((start + end) / 2, root_mean_square(mean.to_numpy()), len(mean)))
    return knots


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="*", metavar="SIGNAL", help="renew these signals, keep the others")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows = collect(args.folders, args.work)
    kept = read_rows(TARGET.read_text("utf-8")) if args.only is not None else {}
    parts = [HEADER]
    for view, signals in SIGNALS.items():
        for signal in signals:
            chosen = rows[(rows.signal == signal) & (rows["view"] == view)]
            if args.only is not None and signal not in args.only:
                parts.append(renew_doubts(signal, chosen, kept[signal, view]) if len(chosen) else kept[signal, view])
            elif len(chosen):
                toml, text = describe(signal, view, chosen)
                parts.append(toml)
                print(text)
    if args.write:
        TARGET.write_text("".join(parts), "utf-8")
        print(f"written to {TARGET}")


def read_rows(text: str) -> dict[tuple[str, str], str]:
    """Return the text of every row of a table by signal and view."""
    parts = ["\n[[rows]]\n" + part for part in text.split("\n[[rows]]\n")[1:]]
    rows = (tomllib.loads(part)["rows"][0] for part in parts)
    return {(row["signal"], row["view"]): part for row, part in zip(rows, parts, strict=True)}


if __name__ == "__main__":
    main()
