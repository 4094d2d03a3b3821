"""Fit the correction and the error of angles read in three dimensions, for people at every turn to the camera.

    python benchmarks/fit_turned.py FOLDER... [--work DIR] [--write]

One line for each signal over all turns: every weight is a smooth function of the turn, so that no border between views shows. Every
clip weighs the same, and the score is always on a body the fit has not seen. The camera's own roll, which the clips' JSON files
tell, is taken out first: how well it is found otherwise is another question. ``--write`` puts the rows into the catalog.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from checks import analyze
from fit_measurement import pooled_sd, root_mean_square, without_lost
from ground_truth import SIDES, Clip, find_clips

from movescreen.catalog.schema import TURN_BASIS
from movescreen.kinematics import SIGNALS as KNOWN
from movescreen.kinematics import decide_clip_view, prepare_poses
from movescreen.kinematics.body import BodyFrame
from movescreen.kinematics.context import CorrectionInputs
from movescreen.model import PoseSequence, ViewKind

TARGET = Path(__file__).resolve().parent.parent / "movescreen" / "catalog" / "measurement" / "turned_people.toml"
#: What a correction reads beside the reading itself, chosen one after the other by the error on bodies left out.
TERMS: dict[str, tuple[str, ...]] = {
    "knee_flexion": (
        "closed_knee", "shank_across", "thigh_stretch", "world_knee", "picture_knee", "pelvis_drop", "sunk",
    ),
    "hip_flexion": (
        "shank_stretch", "trunk_across", "closed_knee", "trunk_stretch", "world_hip", "world_knee", "trunk_inclination",
        "pelvis_drop", "sunk", "ahead", "ahead_sunk",
    ),
    "thigh_elevation": (
        "closed_knee", "trunk_across", "world_knee", "knee_flexion", "pelvis_drop", "sunk", "ahead", "ahead_sunk",
    ),
    "shank_inclination": ("shank_across", "thigh_stretch", "trunk_across", "sunk", "ahead", "ahead_sunk"),
    "knee_ankle_separation_ratio": ("picture_separation", "knee_bend"),
    "lateral_shift": ("turned_reach", "pelvic_obliquity"),
    "fppa": ("knee_medial_offset", "knee_bend"),
    "pelvic_obliquity": ("turned_sink",),
    "trunk_lateral_lean": ("turned_drop", "turned_sink"),
    "trunk_inclination": (
        "trunk_across", "picture_knee", "trunk_share", "trunk_stretch", "picture_hip", "thigh_across", "pelvis_drop", "sunk",
    ),
}  # fmt: skip
#: To the left or to the right: in the mirror they change their sign, and so must all that corrects them. Nor are they pulled towards
#: their mean: a great shift must not be read as a small one.
SIGNED = ("lateral_shift", "pelvic_obliquity", "trunk_lateral_lean")
#: The truth is about zero in all clips: a fit of the reading itself would learn to read zero.
HARDLY_VARIES = ("pelvic_obliquity", "trunk_lateral_lean")
#: Shares of the distance between the feet.
SHARES_OF_WIDTH = ("knee_ankle_separation_ratio", "lateral_shift")
#: Weight of the ridge, in clips.
RIDGE = 2.0
#: Most that a correction may change, degrees.
MOST = 40.0
#: Inputs are held between these percentiles; neighboring frames say the same.
OUTER, EVERY = (1, 99), 2
#: Turns at which the error is told, each from the clips within so many degrees.
TURNS, NEAR = (0, 30, 60, 90, 120, 150, 180), 25.0
#: Parts of the readings' range, and clips that must show each.
PARTS, LEAST_CLIPS = 3, 5
#: Share of the clips that two stated errors must cover, %.
COVERED = 94.0
#: Six bodies say little about a seventh: on three bodies that took no part the errors were greater by about this factor.
OTHER_PEOPLE = 1.2
#: Turns at which the far leg is hidden.
HIDDEN = (67.0, 113.0)


@dataclass(frozen=True)
class Fit:
    """``weights`` is ``(terms, 4)``: alone and for each of the turn's basis; inputs are held to ``ends``."""

    names: tuple[str, ...]
    weights: np.ndarray
    ends: np.ndarray

    def apply(self, rows: pd.DataFrame) -> np.ndarray:
        held = np.clip(rows[list(self.names)].to_numpy(), self.ends[:, 0], self.ends[:, 1])
        change = np.einsum("nt,tb,nb->n", held, self.weights, basis_of(rows))
        return np.asarray(rows.reading.to_numpy() + np.clip(change, -MOST, MOST))


def basis_of(rows: pd.DataFrame) -> np.ndarray:
    return np.column_stack([np.ones(len(rows)), *(rows[name] for name in TURN_BASIS)])


def fit(signal: str, rows: pd.DataFrame) -> Fit:
    """Return the ridge regression of truth minus reading, every clip weighing the same."""
    names = TERMS[signal] if signal in SIGNED else ("constant", "reading", *TERMS[signal])
    ends = np.array([(0.0, 1.0) if n == "constant" else np.percentile(rows[n], OUTER) for n in names])
    held = np.clip(rows[list(names)].to_numpy(), ends[:, 0], ends[:, 1])
    design = np.einsum("nt,nb->ntb", held, basis_of(rows)).reshape(len(rows), -1)
    weight = (1.0 / rows.groupby("clip_name")["reading"].transform("count")).to_numpy()
    mean, scale = np.average(design, axis=0, weights=weight), design.std(axis=0) + 1e-9
    mean = np.zeros_like(mean) if signal in SIGNED else mean
    scaled = (design - mean) / scale
    wanted = (rows.truth - rows.reading).to_numpy()
    middle = 0.0 if signal in SIGNED else np.average(wanted, weights=weight)
    solved = np.linalg.solve(
        (scaled * weight[:, None]).T @ scaled + RIDGE * np.eye(design.shape[1]), (scaled * weight[:, None]).T @ (wanted - middle)
    ) / scale  # fmt: skip
    weights = solved.reshape(len(names), -1)
    if signal not in SIGNED:
        weights[0, 0] += middle - solved @ mean
    return Fit(names, weights, ends)


def held_out(signal: str, rows: pd.DataFrame) -> np.ndarray:
    """Return every reading corrected by a fit that has not seen its body."""
    out = np.full(len(rows), np.nan)
    for body in rows.body.unique():
        own = (rows.body == body).to_numpy()
        out[own] = fit(signal, rows[~own]).apply(rows[own])
    return out


def level_camera(clip: Clip, poses: PoseSequence) -> PoseSequence:
    """Return the poses of a clip as a camera without roll sees them."""
    roll = -np.radians(float(clip.meta.get("roll", 0.0)))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    middle = np.asarray(poses.image_size_px, dtype=float) / 2
    world = poses.world_xyz_m.copy()
    world[..., :2] = world[..., :2] @ turn.T
    bare = replace(poses, extras={})
    return bare.with_points((poses.image_xy_px - middle) @ turn.T + middle, world)


def collect(folders: list[Path], work: Path) -> pd.DataFrame:
    """Return one row a frame, signal and side: reading, truth, and the inputs of its terms."""
    parts = []
    for clip in find_clips(folders):
        result = analyze(clip, work, raw=True)
        prepared = prepare_poses(level_camera(clip, result.poses))
        view = replace(decide_clip_view(prepared), kind=ViewKind.OBLIQUE)
        body = prepared.body(view)
        plain = {
            name: np.asarray(item.compute(body)) for name, item in KNOWN.items()
            if item.compute is not None and ViewKind.OBLIQUE.value in item.spec.views
        }  # fmt: skip
        for name, reading in plain.items():
            stem, side = KNOWN[name].spec.stem, KNOWN[name].spec.side
            truth = clip.signal(name) if stem in TERMS else None
            if truth is None or _is_hidden(body, side) or _is_rear_leg(clip, side) or _is_no_width(clip, stem):
                continue
            index = result.series.frame_index
            use = np.flatnonzero((index < len(clip.frames)) & ~prepared.locomotion & np.isfinite(reading))[::EVERY]
            inputs = CorrectionInputs(body, side, plain)
            columns = {n: inputs[n][use] for n in (*TERMS[stem], *TURN_BASIS, "constant")}
            columns |= {"reading": reading[use], "truth": truth[index[use]], "at_turn": clip.at_turn[index[use]]}
            about = {
                "clip_name": clip.name,
                "body": clip.meta["body"],
                "movement": clip.movement,
                "signal": stem,
                "side": side,
            }
            rep = clip.frames.rep.to_numpy()[index[use]]
            parts.append(
                pd.DataFrame({**columns, "rep": rep, "frame": use}).assign(**about, turn=abs(view.yaw_deg)).dropna()
            )
    return pd.concat(parts, ignore_index=True)


def _is_rear_leg(clip: Clip, side: str) -> bool:
    """True for the leg behind in a lunge, of which nothing is said."""
    front = clip.meta["params"].get("front", "")
    return bool(side and front) and SIDES[side] != front


def _is_no_width(clip: Clip, stem: str) -> bool:
    """True for what is a share of the distance between the feet, where one stands behind the other."""
    return stem in SHARES_OF_WIDTH and clip.movement == "lunge"


def _is_hidden(body: BodyFrame, side: str) -> bool:
    turn = abs(body.view.yaw_deg)
    near = "left" if body.view.yaw_deg < 0 else "right"
    return bool(side) and side != near and HIDDEN[0] < turn < HIDDEN[1]


def describe(signal: str, rows: pd.DataFrame) -> tuple[str, str]:
    """Return the row (TOML) and a line for the reader."""
    found, shown = fit(signal, rows), held_out(signal, rows)
    rows = rows.assign(shown=shown, error=shown - rows.truth)
    turn = rows[rows.at_turn].groupby("clip_name").error.mean()
    terms = "".join(
        f'  {{ input = "{signal if name == "reading" else name}", weight = {w[0]:.5g}, turned = [{", ".join(f"{x:.5g}" for x in w[1:])}], '
        f"low = {low:.5g}, high = {high:.5g} }},\n"
        for name, w, (low, high) in zip(found.names, found.weights, found.ends, strict=True)
    )
    low, high = np.percentile(rows.reading, OUTER)
    text = (
        f'\n[[rows]]\nsignal = "{signal}"\nview = "turned"\nlow = {low:.2f}\nhigh = {high:.2f}\n'
        f"error = {stated_error(turn.to_numpy()):.3f}\nclips = {rows.clip_name.nunique()}\n"
        f"{_sems(rows)}limit = {MOST}\nterms = [\n{terms}]\n{_curves(rows)}"
    )
    plain = (rows.reading - rows.truth).abs().groupby(rows.clip_name).mean().mean()
    mean = rows.error.abs().groupby(rows.clip_name).mean().mean()
    return (
        text,
        f"{signal:20s} {rows.clip_name.nunique():4d} clips  mean absolute error {plain:5.1f} -> {mean:4.1f}   at the turn {turn.abs().mean():4.1f}",
    )


def describe_difference(name: str, upper: str, lower: str, rows: pd.DataFrame) -> str:
    """Return the row of a signal that is the difference of two corrected ones: nothing to correct, an error of its own."""
    both = []
    for signal in (upper, lower):
        part = rows[rows.signal == signal].reset_index(drop=True)
        both.append(part.assign(shown=held_out(signal, part)))
    joined = both[0].merge(both[1], on=["clip_name", "frame"], suffixes=("_upper", ""))
    shown = joined.shown_upper - joined.shown
    joined = joined.assign(shown=shown, error=shown - (joined.truth_upper - joined.truth))
    turn = joined[joined.at_turn].groupby("clip_name").error.mean()
    low, high = np.percentile(shown, OUTER)
    return (
        f'\n[[rows]]\nsignal = "{name}"\nview = "turned"\nlow = {low:.2f}\nhigh = {high:.2f}\n'
        f"error = {stated_error(turn.to_numpy()):.3f}\nclips = {joined.clip_name.nunique()}\n"
        f"{_sems(joined)}{_curves(joined)}"
    )


def stated_error(errors: np.ndarray) -> float:
    """Return the error to state: the root mean square without lost clips, or more where twice that would not cover 94 % of all."""
    return OTHER_PEOPLE * max(root_mean_square(errors), float(np.percentile(np.abs(errors), COVERED)) / 2.0)


def _sems(rows: pd.DataFrame) -> str:
    """Return standard errors of measurement at the turn: of repetitions of a clip, and of clips, which may be filmed from elsewhere."""
    turn = rows[rows.at_turn]
    reps = without_lost(turn.groupby(["clip_name", "rep"]).error.mean())
    clips = stated_error(turn.groupby("clip_name").error.mean().to_numpy())
    return f"sem_reps = {pooled_sd(reps.groupby(level='clip_name')):.3f}\nsem_clips = {clips:.3f}\n"


def _curves(rows: pd.DataFrame) -> str:
    """Return the error by turn and reading; the error of neighboring turns where too few clips show one."""
    text = ""
    parts = PARTS
    if rows.signal.iloc[0] in HARDLY_VARIES:
        # a reading near the truth has a small error because it is near it, and in standing because nothing leans
        parts, rows = 1, rows[rows.at_turn]
    edges = np.quantile(rows.shown, np.linspace(0.02, 0.98, parts + 1))
    for turn in TURNS:
        knots = []
        for start, end in pairwise(edges):
            for reach in (NEAR, 2 * NEAR, 4 * NEAR):
                part = rows[(np.abs(rows.turn - turn) <= reach) & (rows.shown >= start) & (rows.shown <= end)]
                means = part.groupby(["clip_name", "side"]).error.mean().to_numpy()
                if len(means) >= LEAST_CLIPS:
                    knots.append(((start + end) / 2, stated_error(means), part.clip_name.nunique()))
                    break
        if not knots:
            continue
        inner = ", ".join(f"{{ value = {v:.2f}, error = {e:.3f}, clips = {n} }}" for v, e, n in knots)
        text += f'[[rows.curves]]\nmovement = "any"\nturn = {turn}\nknots = [{inner}]\n'
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows = collect(args.folders, args.work)
    parts = [
        "# Angles read in three dimensions, at every turn to the camera.\n# Made by benchmarks/fit_turned.py; do not edit by hand.\n"
    ]
    for signal in TERMS:
        text, line = describe(signal, rows[rows.signal == signal].reset_index(drop=True))
        parts.append(text)
        print(line)
    parts.append(describe_difference("trunk_shank_difference", "trunk_inclination", "shank_inclination", rows))
    if args.write:
        TARGET.write_text("".join(parts), "utf-8")


if __name__ == "__main__":
    main()
