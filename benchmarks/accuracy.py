"""Errors of the readings against clips with ground truth, beside the plain readings of the same poses.

    python benchmarks/accuracy.py FOLDER... [--work DIR] [--out DIR]

For every movement, view and signal: mean absolute error, bias, spread, error of the peak, share of frames measured; then
repetitions, and for every check sensitivity, specificity and Cohen's kappa. Every clip weighs the same. ``--out`` keeps the
tables: ``accuracy.csv``, ``clips.csv``, ``checks.csv``, ``accuracy.md``. Poses are kept in ``--work``.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from agreement import Agreement, describe_errors, summarize_clips
from checks import analyze, compare
from ground_truth import DEMANDS, SIDES, Clip, find_clips

from movescreen.model import ClipResult

#: Name under which ``fppa`` is also scored while the knee is bent less than this, in degrees.
SHALLOW, SHALLOW_DEG = "fppa_below_60", 60.0
#: Reading and truth of one side, ``(n,)`` each.
Track = tuple[np.ndarray, np.ndarray]
#: Group over all movements.
ALL = "all"


@dataclass(frozen=True)
class Target:
    """The largest error of a signal that is good enough, in its unit: mean absolute error, and bias of the peak."""

    view: str
    signal: str
    mae: float
    peak: float | None = None


TARGETS = (
    Target("side", "knee_flexion", 4.0, 2.0),
    Target("side", "hip_flexion", 5.0, 3.0),
    Target("side", "trunk_inclination", 3.0, 2.0),
    Target("side", "shank_inclination", 3.0),
    Target("front", "knee_ankle_separation_ratio", 0.05),
    Target("front", "lateral_shift", 3.0),
    Target("front", "pelvic_obliquity", 2.0),
    Target("front", "trunk_lateral_lean", 2.0),
    Target("front", SHALLOW, 4.0),
)


def measure_clip(clip: Clip, readings: dict[str, ClipResult]) -> list[dict]:
    """Return a row a signal and kind of reading (``corrected``, ``plain``): errors over both sides, share measured."""
    rows = []
    for kind, result in readings.items():
        index = result.series.frame_index
        known = index < len(clip.frames)
        tracks: dict[str, dict[str, Track]] = {}
        for name, values in result.series.values.items():
            truth = clip.signal(name)
            if truth is None or not clip.holds(name):
                continue
            side = name.rpartition("_")[2]
            stem = name.removesuffix(f"_{side}") if side in SIDES else name
            track = values[known], truth[index[known]]
            tracks.setdefault(stem, {})[side] = track
            if stem == "fppa":
                knee = clip.signal(f"knee_flexion_{side}")[index[known]]
                tracks.setdefault(SHALLOW, {})[side] = track[0], np.where(knee < SHALLOW_DEG, track[1], np.nan)
        turn = clip.at_turn[index[known]]
        for stem, sides in tracks.items():
            reading, truth = (np.concatenate(part) for part in zip(*sides.values(), strict=True))
            row = {"clip": clip.name, "body": clip.meta["body"], "movement": clip.movement, "view": clip.view}
            errors = describe_errors(reading, truth, np.tile(turn, len(sides)))
            rows.append({**row, "signal": stem, "kind": kind, **errors, "measured": _share_measured(clip, sides)})
    return rows


def _share_measured(clip: Clip, sides: dict[str, Track]) -> float:
    """Share of the frames with a truth that have a reading; from the side, of the side next to the camera."""
    asked = [sides[clip.near_side]] if clip.view == "side" and clip.near_side in sides else list(sides.values())
    reading, truth = (np.concatenate(part) for part in zip(*asked, strict=True))
    known = np.isfinite(truth)
    return float(np.isfinite(reading[known]).mean()) if known.any() else float("nan")


@dataclass(frozen=True)
class Scores:
    """Everything measured on a set of clips.

    Attributes
    ----------
    clips
        A row a clip, signal and kind of reading.
    reps
        A row a clip: movement, view and repetitions, true and found, and what is wrong.
    verdicts
        For every clip: check -> (wanted, got).
    """

    clips: pd.DataFrame
    reps: pd.DataFrame
    verdicts: list[dict[str, tuple[bool, bool]]]

    def table(self) -> pd.DataFrame:
        """Return errors a movement, view, signal and kind; movement ``all`` is over all clips of the view."""
        keys = ["movement", "view", "signal", "kind"]
        return summarize_clips(pd.concat([self.clips.assign(movement=ALL), self.clips]), keys)

    def checks(self) -> pd.DataFrame:
        """Return sensitivity, specificity and kappa a check."""
        rows = []
        for demand in DEMANDS:
            a = Agreement.count(v[demand.check_id] for v in self.verdicts if demand.check_id in v)
            rows.append((demand.check_id, a.must, a.caught, a.must_not, a.quiet, a.sensitivity, a.specificity, a.kappa))
        names = ["check", "must_flag", "caught", "must_not", "quiet", "sensitivity", "specificity", "kappa"]
        return pd.DataFrame(rows, columns=names)


def score(folders: list[Path], work: Path) -> Scores:
    """Analyze all clips. Angles count only where the view was rightly decided; ``reps`` tells which were not."""
    rows, reps, verdicts = [], [], []
    for clip in find_clips(folders):
        readings = {"corrected": analyze(clip, work), "plain": analyze(clip, work, raw=True)}
        result = readings["corrected"]
        wrong, verdict = compare(clip, result)
        verdicts.append(verdict)
        reps.append(
            {
                "clip": clip.name,
                "movement": clip.movement,
                "movement_found": result.movement.name,
                "view": clip.view,
                "view_found": result.view.kind.value,
                "reps": len(clip.turn_times()),
                "reps_found": sum(r.complete for r in result.reps),
                "wrong": "; ".join(wrong),
            }
        )
        if clip.movement != "none" and result.view.kind.value == clip.view:
            rows += measure_clip(clip, readings)
    return Scores(pd.DataFrame(rows), pd.DataFrame(reps), verdicts)


def judge_targets(table: pd.DataFrame, targets: tuple[Target, ...] = TARGETS) -> pd.DataFrame:
    """Return for every target what was measured over all movements, and whether it is met."""
    over_all = table[(table.movement == ALL) & (table.kind == "corrected")].set_index(["view", "signal"])
    rows = []
    for t in targets:
        if (t.view, t.signal) not in over_all.index:
            continue
        found = over_all.loc[(t.view, t.signal)]
        rows.append((t.view, t.signal, "mean absolute error", found.mae, t.mae, bool(found.mae <= t.mae)))
        if t.peak is not None:
            met = bool(abs(found.peak_bias) <= t.peak)
            rows.append((t.view, t.signal, "bias of the peak", found.peak_bias, t.peak, met))
    return pd.DataFrame(rows, columns=["view", "signal", "what", "measured", "target", "met"])


@dataclass(frozen=True)
class _Number:
    """Writes numbers with so many digits, and a dash for what is not known."""

    digits: int

    def __call__(self, value: float, sign: str = "") -> str:
        return f"{value:{sign}.{self.digits}f}" if np.isfinite(value) else "–"


def format_markdown(scores: Scores) -> str:
    """Return all tables for a page."""
    table = scores.table()
    both = table[table.kind == "corrected"].merge(
        table[table.kind == "plain"], on=["movement", "view", "signal"], suffixes=("", "_plain")
    )
    lines = [
        "| movement | view | signal | clips (bodies) | mean abs. error ± SD over clips | bias | spread | peak bias ± SD | peak abs. error | measured |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in both.sort_values(["view", "movement"], ascending=[False, True], kind="stable").itertuples():
        number = _Number(3 if r.signal == "knee_ankle_separation_ratio" else 1)
        lines.append(
            f"| {r.movement} | {r.view} | `{r.signal}` | {r.clips} ({r.bodies}) | {number(r.mae)} ± {number(r.mae_sd)} (plain {number(r.mae_plain)})"
            f" | {number(r.bias, '+')} ({number(r.bias_plain, '+')}) | {number(r.sd)} ({number(r.sd_plain)})"
            f" | {number(r.peak_bias, '+')} ± {number(r.peak_sd)} ({number(r.peak_bias_plain, '+')})"
            f" | {number(r.peak_mae)} ({number(r.peak_mae_plain)}) | {100 * r.measured:.0f} % |"
        )
    lines += ["", "| view | signal | what | measured | target | |", "|---|---|---|---|---|---|"]
    for r in judge_targets(table).itertuples():
        word, number = "met" if r.met else "**missed**", _Number(3 if r.target < 1 else 1)
        lines.append(f"| {r.view} | `{r.signal}` | {r.what} | {number(r.measured)} | {r.target:g} | {word} |")
    lines += [
        "",
        "| check | must flag | caught | must not | quiet | sensitivity | specificity | kappa |",
        "|---|" + "---|" * 7,
    ]
    share = _Number(2)
    for r in scores.checks().itertuples():
        lines.append(
            f"| `{r.check}` | {r.must_flag} | {r.caught} | {r.must_not} | {r.quiet} | {share(r.sensitivity)} | {share(r.specificity)} | {share(r.kappa)} |"
        )
    return "\n".join([*lines, "", *_describe_reps(scores.reps)]) + "\n"


def _describe_reps(reps: pd.DataFrame) -> list[str]:
    right = (reps.reps == reps.reps_found).sum()
    movement, view = (reps.movement == reps.movement_found).sum(), (reps["view"] == reps.view_found).sum()
    n = len(reps)
    lines = [
        f"{n} clips: repetitions right in {right}, movement in {movement}, view in {view}; "
        f"{reps.reps.sum()} true repetitions, {reps.reps_found.sum()} found."
    ]
    return lines + [f"- {r.clip}: {r.wrong}" for r in reps.itertuples() if r.wrong]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    scores = score(args.folders, args.work)
    text = format_markdown(scores)
    print(text)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        scores.table().to_csv(args.out / "accuracy.csv", index=False)
        scores.clips.to_csv(args.out / "clips.csv", index=False)
        scores.checks().to_csv(args.out / "checks.csv", index=False)
        (args.out / "accuracy.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
