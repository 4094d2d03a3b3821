"""Fit the correction and the error of angles read in three dimensions, for people at every turn to the camera.

    python benchmarks/fit_turned.py FOLDER... [--work DIR] [--write]
    python benchmarks/fit_turned.py FOLDER... --shift

Angles in the sagittal plane are corrected together, by a small network that sees the whole posture and the turn; what is read to the
side by one line for each signal, every weight a smooth function of the turn. No border between views shows. Every clip weighs the same, and the score is always on bodies the fit has not seen. The camera's own roll, which the clips' JSON files
tell, is taken out first: how well it is found otherwise is another question. ``--write`` puts the rows into the catalog, but for that of
the shift, of which one weight says how far the reach of the hips counts: ``--shift`` prints it with what its error grows by.
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
from fit_measurement import pooled_sd, without_lost
from ground_truth import SIDES, Clip, find_clips
from scipy.optimize import brentq, minimize

from movescreen.catalog.schema import LIFTED, TURN_BASIS
from movescreen.kinematics import SIGNALS as KNOWN
from movescreen.kinematics import decide_clip_view, prepare_poses
from movescreen.kinematics.body import BodyFrame
from movescreen.kinematics.context import CorrectionInputs
from movescreen.model import PoseSequence, ViewKind

TARGET = Path(__file__).resolve().parent.parent / "movescreen" / "catalog" / "measurement" / "turned_people.toml"
#: What a correction reads beside the reading itself, chosen one after the other by the error on bodies left out.
TERMS: dict[str, tuple[str, ...]] = {
    "knee_ankle_separation_ratio": ("picture_separation", "knee_bend"),
    "lateral_shift": ("turned_reach", "turned_leg"),
    "fppa": ("knee_medial_offset", "knee_bend"),
    "pelvic_obliquity": ("turned_sink",),
    "trunk_lateral_lean": ("turned_drop", "turned_sink"),
}
#: What is corrected by the whole posture at once, and what describes that.
POSTURE = ("knee_flexion", "hip_flexion", "shank_inclination", "thigh_elevation", "trunk_inclination")
POSTURE_INPUTS = (
    *(f"{LIFTED}{name}" for name in POSTURE),
    "closed_knee", "shank_across", "thigh_across", "trunk_across", "thigh_stretch", "shank_stretch", "trunk_stretch",
    "world_knee", "world_hip", "picture_knee", "picture_hip", "pelvis_drop", "trunk_drop", "ahead", "trunk_share", "world_lean",
    *TURN_BASIS,
)  # fmt: skip
#: Units of the hidden layer in each of so many fits, whose mean is taken; how much large weights cost; steps of each fit; degrees
#: that count as one.
UNITS, STARTS, COST, COST_DIRECT, STEPS, UNIT_DEG = 12, 5, 0.004, 0.002, 150, 6.0
#: To the left or to the right: in the mirror they change their sign, and so must all that corrects them. Nor are they pulled towards
#: their mean. The truth is about zero in all clips: a reading near the truth has a small error because it is near it.
SIGNED = HARDLY_VARIES = ("pelvic_obliquity", "trunk_lateral_lean")
#: What goes aside is judged in these; elsewhere it has an error of its own.
SQUATS = ("overhead_squat", "squat")
#: A share of the distance between the feet.
SHARE_OF_WIDTH = "knee_ankle_separation_ratio"
#: Error of a shift of the hips seen square, % of the distance between the ankles; about that of the hips' reach, leg lengths.
SQUARE_SHIFT_ERROR, REACH_ERROR = 2.5, 0.05
#: Weight of the ridge, in clips.
RIDGE = 2.0
#: Most that a correction may change, degrees.
MOST = 40.0
#: Inputs are held between these percentiles; neighboring frames say the same.
OUTER, EVERY = (1, 99), 2
#: Bodies that are left out together: blends of each other, and of the first fit two at a time.
FAMILIES = (
    ("f_older", "m_heavy", "m_slim", "f_new1", "m_new2", "f_new3"), ("f_light", "f_mid"), ("f_tall", "m_dark"), ("m_mid", "m_tall"),
)  # fmt: skip
#: Turns at which the error is told, each from the clips within so many degrees: over all movements, and within one.
TURNS, NEAR = (0, 30, 60, 90, 120, 150, 180), 20.0
FEW_TURNS, FEW_NEAR = (0, 45, 90, 135, 180), 30.0
#: Parts of the readings' range, and readings that must show each.
PARTS, LEAST_CLIPS = 3, 8
#: Shares of the clips that one and two stated errors must cover, %.
COVERED, COVERED_BY_TWO = 68.0, 94.0
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
    if signal == SHARE_OF_WIDTH:
        # where one foot stands behind the other there is no width: nothing is fitted to it, but its error is told
        rows = rows[rows.movement != "lunge"]
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
    """Return every reading corrected by a fit that has not seen its family of bodies."""
    if signal in POSTURE:
        return rows.shown.to_numpy()
    out = np.full(len(rows), np.nan)
    for family in FAMILIES:
        own = rows.body.isin(family).to_numpy()
        out[own] = fit(signal, rows[~own]).apply(rows[own])
    return out


@dataclass(frozen=True)
class PostureFit:
    """``ends`` is ``(inputs, 4)``: low, high, mean and scale; ``units`` ``(units, inputs + 1)``; ``weights`` ``(signals, inputs + units + 1)``."""

    ends: np.ndarray
    units: np.ndarray
    weights: np.ndarray

    def apply(self, rows: pd.DataFrame) -> np.ndarray:
        low, high, mean, scale = self.ends.T
        shown = (np.clip(rows[list(POSTURE_INPUTS)].to_numpy(), low, high) - mean) / scale
        hidden = np.tanh(shown @ self.units[:, :-1].T + self.units[:, -1])
        change = np.column_stack([shown, hidden, np.ones(len(rows))]) @ self.weights.T
        return np.asarray(rows[[f"{LIFTED}{n}" for n in POSTURE]].to_numpy() + np.clip(change, -MOST, MOST))

    def describe(self) -> str:
        """Return it as TOML."""
        inputs = "".join(
            f'  {{ input = "{name}", low = {e[0]:.6g}, high = {e[1]:.6g}, mean = {e[2]:.6g}, scale = {e[3]:.6g} }},\n'
            for name, e in zip(POSTURE_INPUTS, self.ends, strict=True)
        )
        units, weights = (
            "".join("  [" + ", ".join(f"{x:.4g}" for x in row) + "],\n" for row in table)
            for table in (self.units, self.weights)
        )
        names = ", ".join(f'"{name}"' for name in POSTURE)
        return f"\n[posture]\nsignals = [{names}]\nlimit = {MOST}\ninputs = [\n{inputs}]\nunits = [\n{units}]\nweights = [\n{weights}]\n"


def fit_posture(rows: pd.DataFrame) -> PostureFit:
    """Return the mean of several fits of truth minus reading, every clip weighing the same; without the leg behind in a lunge."""
    rows = rows[~rows.rear]
    held = rows[list(POSTURE_INPUTS)].to_numpy()
    low, high = np.percentile(held, OUTER, axis=0)
    held = np.clip(held, low, high)
    mean, scale = held.mean(axis=0), held.std(axis=0) + 1e-9
    shown = np.column_stack([(held - mean) / scale, np.ones(len(held))])
    truth, reading = (rows[[f"{kind}_{n}" for n in POSTURE]].to_numpy() for kind in ("truth", LIFTED.rstrip("_")))
    weight = (1.0 / rows.groupby("clip_name")["frame"].transform("count")).to_numpy()
    solved = [_descend(shown, (truth - reading) / UNIT_DEG, weight / weight.sum(), seed) for seed in range(STARTS)]
    width = shown.shape[1] - 1
    direct = np.mean([weights[:, :width] for _, weights in solved], axis=0)
    constant = np.mean([weights[:, -1:] for _, weights in solved], axis=0)
    through = np.concatenate([weights[:, width:-1] / STARTS for _, weights in solved], axis=1)
    weights = UNIT_DEG * np.concatenate([direct, through, constant], axis=1)
    return PostureFit(np.column_stack([low, high, mean, scale]), np.concatenate([u for u, _ in solved]), weights)


def _descend(shown: np.ndarray, wanted: np.ndarray, weight: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return units and weights of least squares, with a cost for large ones; the last of ``shown`` is constant."""
    width, count = shown.shape[1], wanted.shape[1]
    start = np.concatenate(
        [np.random.default_rng(seed).normal(0, width**-0.5, UNITS * width), np.zeros(count * (width + UNITS))]
    )
    # constants are free
    free = np.concatenate([np.tile(np.arange(width) < width - 1, UNITS), np.ones(count * (width - 1 + UNITS + 1))])
    free[UNITS * width :].reshape(count, -1)[:, -1] = 0.0
    cost = np.where(np.arange(len(start)) < UNITS * width, COST, COST_DIRECT) * free

    def loss(parts: np.ndarray) -> tuple[float, np.ndarray]:
        units, weights = parts[: UNITS * width].reshape(UNITS, width), parts[UNITS * width :].reshape(count, -1)
        hidden = np.tanh(shown @ units.T)
        all_in = np.column_stack([shown[:, :-1], hidden, shown[:, -1:]])
        error = all_in @ weights.T - wanted
        slope = 2.0 * weight[:, None] * error / count
        back = (slope @ weights[:, width - 1 : -1]) * (1.0 - hidden**2)
        gradient = np.concatenate([(back.T @ shown).ravel(), (slope.T @ all_in).ravel()])
        size = float((weight[:, None] * error**2).sum() / count + (cost * parts**2).sum())
        return size, gradient + 2.0 * cost * parts

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found[: UNITS * width].reshape(UNITS, width), found[UNITS * width :].reshape(count, -1)


def spread_postures(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a frame, signal and side, with the reading corrected by a fit that has not seen its family of bodies."""
    out = np.full((len(rows), len(POSTURE)), np.nan)
    for family in FAMILIES:
        own = rows.body.isin(family).to_numpy()
        out[own] = fit_posture(rows[~own]).apply(rows[own])
    about = rows[["clip_name", "body", "movement", "side", "near", "rear", "turn", "rep", "frame", "at_turn"]]
    parts = [
        about.assign(signal=name, reading=rows[f"{LIFTED}{name}"], truth=rows[f"truth_{name}"], shown=out[:, i])
        for i, name in enumerate(POSTURE)
    ]
    whole = pd.concat(parts, ignore_index=True)
    sided = [f"{name}_left" in KNOWN for name in POSTURE]
    without = [name for name, has in zip(POSTURE, sided, strict=True) if not has]
    # of the leg behind in a lunge nothing is said
    return whole[np.where(whole.signal.isin(without), whole.side == whole.near, ~whole.rear)]


def level_camera(clip: Clip, poses: PoseSequence) -> PoseSequence:
    """Return the poses of a clip as a camera without roll sees them."""
    roll = -np.radians(float(clip.meta.get("roll", 0.0)))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    middle = np.asarray(poses.image_size_px, dtype=float) / 2
    world = poses.world_xyz_m.copy()
    world[..., :2] = world[..., :2] @ turn.T
    bare = replace(poses, extras={})
    return bare.with_points((poses.image_xy_px - middle) @ turn.T + middle, world)


def collect(folders: list[Path], work: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row a frame, signal and side: reading, truth, and the inputs of its terms; and one a frame and leg of the posture."""
    parts, postures = [], []
    for clip in find_clips(folders):
        result = analyze(clip, work, raw=True)
        poses = level_camera(clip, result.poses)
        prepared = prepare_poses(poses)
        inside = (
            np.any([(poses.time_s >= r.start_s) & (poses.time_s < r.end_s) for r in result.reps], axis=0)
            if result.reps
            else None
        )
        view = replace(decide_clip_view(prepared, inside), kind=ViewKind.OBLIQUE)
        body = prepared.body(view)
        plain = {
            name: np.asarray(item.compute(body)) for name, item in KNOWN.items()
            if item.compute is not None and ViewKind.OBLIQUE.value in item.spec.views
        }  # fmt: skip
        postures += _read_postures(clip, body, plain, result.series.frame_index, ~prepared.locomotion)
        for name, reading in plain.items():
            stem, side = KNOWN[name].spec.stem, KNOWN[name].spec.side
            truth = clip.signal(name) if stem in TERMS else None
            if truth is None or _is_hidden(body, side) or _is_rear_leg(clip, side):
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
    return pd.concat(parts, ignore_index=True), pd.concat(postures, ignore_index=True)


def _read_postures(
    clip: Clip, body: BodyFrame, plain: dict[str, np.ndarray], index: np.ndarray, planted: np.ndarray
) -> list[pd.DataFrame]:
    """Return what describes the posture and its true angles, one table for each leg that is seen and asked for."""
    parts = []
    use = np.flatnonzero((index < len(clip.frames)) & planted)[::EVERY]
    about = {"clip_name": clip.name, "body": clip.meta["body"], "movement": clip.movement}
    about |= {"near": body.view.side_next_to_camera, "turn": abs(body.view.yaw_deg)}
    rep = clip.frames.rep.to_numpy()
    for side in SIDES:
        if _is_hidden(body, side):
            continue
        inputs = CorrectionInputs(body, side, plain)
        columns = {name: inputs[name][use] for name in POSTURE_INPUTS}
        for name in POSTURE:
            truth = clip.signal(name) if name in KNOWN else clip.signal(f"{name}_{side}")
            assert truth is not None
            columns[f"truth_{name}"] = truth[index[use]]
        columns |= {"rep": rep[index[use]], "frame": use, "at_turn": clip.at_turn[index[use]]}
        parts.append(pd.DataFrame(columns).assign(**about, side=side, rear=_is_rear_leg(clip, side)).dropna())
    return parts


def _is_rear_leg(clip: Clip, side: str) -> bool:
    """True for the leg behind in a lunge, of which nothing is said."""
    front = clip.meta["params"].get("front", "")
    return bool(side and front) and SIDES[side] != front


def _is_hidden(body: BodyFrame, side: str) -> bool:
    turn = abs(body.view.yaw_deg)
    near = "left" if body.view.yaw_deg < 0 else "right"
    return bool(side) and side != near and HIDDEN[0] < turn < HIDDEN[1]


def describe(signal: str, rows: pd.DataFrame) -> tuple[str, str]:
    """Return the row (TOML) and a line for the reader."""
    shown = held_out(signal, rows)
    whole = rows.assign(shown=shown, error=shown - rows.truth)
    rows = whole[whole.movement != "lunge"] if signal == SHARE_OF_WIDTH else whole
    turn = rows[rows.at_turn].groupby("clip_name").error.mean()
    low, high = np.percentile(rows.reading, OUTER)
    text = (
        f'\n[[rows]]\nsignal = "{signal}"\nview = "turned"\nlow = {low:.2f}\nhigh = {high:.2f}\n'
        f"error = {stated_error(turn.to_numpy()):.3f}\nclips = {rows.clip_name.nunique()}\n"
        f"{_sems(rows)}{'' if signal in POSTURE else _terms(signal, fit(signal, rows))}{_curves(whole)}"
    )
    plain = (rows.reading - rows.truth).abs().groupby(rows.clip_name).mean().mean()
    mean = rows.error.abs().groupby(rows.clip_name).mean().mean()
    return (
        text,
        f"{signal:20s} {rows.clip_name.nunique():4d} clips  mean absolute error {plain:5.1f} -> {mean:4.1f}   at the turn {turn.abs().mean():4.1f}",
    )


def _terms(signal: str, found: Fit) -> str:
    """Return the terms of a fit as TOML."""
    terms = "".join(
        f'  {{ input = "{signal if name == "reading" else name}", weight = {w[0]:.5g}, turned = [{", ".join(f"{x:.5g}" for x in w[1:])}], '
        f"low = {low:.5g}, high = {high:.5g} }},\n"
        for name, w, (low, high) in zip(found.names, found.weights, found.ends, strict=True)
    )
    return f"limit = {MOST}\nterms = [\n{terms}]\n"


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


def describe_shift(rows: pd.DataFrame) -> str:
    """Return the one weight of the reach of the hips, and by how much the error grows with what a reach shows across the picture."""
    rows = rows[rows.at_turn & rows.movement.isin(SQUATS)]
    each = rows.groupby("clip_name")[["reading", "truth", "turned_reach", "turned_leg"]].mean()
    leg = each.turned_leg.abs()
    wanted, sure = each.truth - each.reading, 1.0 / (SQUARE_SHIFT_ERROR**2 + (REACH_ERROR * leg) ** 2)
    weight = float((sure * wanted * each.turned_reach).sum() / (sure * each.turned_reach**2).sum())
    error = wanted - weight * each.turned_reach
    growth = brentq(lambda b: stated_error((error / np.hypot(SQUARE_SHIFT_ERROR, b * leg)).to_numpy()) - 1.0, 1e-3, 1.0)
    plain, mean = wanted.abs().mean(), error.abs().mean()
    return f"lateral_shift: {len(each)} clips, turned_reach {weight:.2f}, doubt {growth:.3f}; mean absolute error {plain:.1f} -> {mean:.1f}"


def stated_error(errors: np.ndarray) -> float:
    """Return the error to state: 68 % of the clips lie within it, and 94 % within twice as much."""
    one, two = np.percentile(np.abs(errors), (COVERED, COVERED_BY_TWO))
    return float(max(one, two / 2.0))


def _sems(rows: pd.DataFrame) -> str:
    """Return standard errors of measurement at the turn: of repetitions of a clip, and of clips, which may be filmed from elsewhere."""
    turn = rows[rows.at_turn]
    reps = without_lost(turn.groupby(["clip_name", "rep"]).error.mean())
    clips = stated_error(turn.groupby("clip_name").error.mean().to_numpy())
    return f"sem_reps = {pooled_sd(reps.groupby(level='clip_name')):.3f}\nsem_clips = {clips:.3f}\n"


def _curves(rows: pd.DataFrame) -> str:
    """Return the error at the turn, by the person's turn to the camera; by movement, and of what goes aside in squats by the reading."""
    rows = rows[rows.at_turn]
    signal = rows.signal.iloc[0]
    whole = (-np.inf, np.inf)
    if signal in POSTURE:
        text = _curves_of("any", TURNS, NEAR, whole, rows)
        movements = sorted(rows.movement.unique())
    else:
        squats = rows[rows.movement.isin(SQUATS)]
        size = squats.shown.abs() if signal in SIGNED else squats.shown
        edges = whole if signal in HARDLY_VARIES else tuple(np.quantile(size, np.linspace(0.02, 0.98, PARTS + 1)))
        text = _curves_of("any", TURNS, NEAR, edges, squats.assign(shown=size), mirrored=signal in SIGNED)
        movements = sorted(set(rows.movement) - set(SQUATS))
    for movement in movements:
        text += _curves_of(movement, FEW_TURNS, FEW_NEAR, whole, rows[rows.movement == movement])
    return text


def _curves_of(
    movement: str, turns: tuple[int, ...], near: float, edges: tuple[float, ...], rows: pd.DataFrame, *, mirrored: bool = False
) -> str:  # fmt: skip
    """Return a curve for each turn, a knot for each part of the readings' range; further turns count where clips are too few.

    ``mirrored``: the readings are sizes, and each part stands for both signs.
    """
    text = ""
    for turn in turns:
        knots = []
        for start, end in pairwise(edges):
            for reach in (near, 2 * near, 4 * near):
                part = rows[(np.abs(rows.turn - turn) <= reach) & (rows.shown >= start) & (rows.shown <= end)]
                means = part.groupby(["clip_name", "side"]).error.mean().to_numpy()
                if len(means) >= LEAST_CLIPS:
                    middle = (start + end) / 2 if np.isfinite(start + end) else part.shown.mean()
                    knots.append((middle, stated_error(means), part.clip_name.nunique()))
                    break
        if mirrored and len(knots) > 1:
            knots = [(-v, e, n) for v, e, n in reversed(knots)] + knots
        if knots:
            inner = ", ".join(f"{{ value = {v:.2f}, error = {e:.3f}, clips = {n} }}" for v, e, n in knots)
            text += f'[[rows.curves]]\nmovement = "{movement}"\nturn = {turn}\nknots = [{inner}]\n'
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--shift", action="store_true")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    rows, postures = collect(args.folders, args.work)
    if args.shift:
        print(describe_shift(rows[rows.signal == "lateral_shift"]))
        return
    rows = pd.concat([rows, spread_postures(postures)], ignore_index=True)
    parts = [
        "# Angles read in three dimensions, at every turn to the camera.\n# Made by benchmarks/fit_turned.py; do not edit by hand.\n"
    ]
    for signal in (*POSTURE, *(name for name in TERMS if name != "lateral_shift")):
        text, line = describe(signal, rows[rows.signal == signal].reset_index(drop=True))
        parts.append(text)
        print(line)
    parts.append(describe_difference("trunk_shank_difference", "trunk_inclination", "shank_inclination", rows))
    parts.append(fit_posture(postures).describe())
    if args.write:
        shift = TARGET.read_text("utf-8").split('\n[[rows]]\nsignal = "lateral_shift"')[1].split("\n[[rows]]")[0]
        parts.insert(-1, f'\n[[rows]]\nsignal = "lateral_shift"{shift}')
        TARGET.write_text("".join(parts), "utf-8")


if __name__ == "__main__":
    main()
