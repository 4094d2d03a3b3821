"""Movement, view, repetitions and checks against clips whose geometry is known.

    python benchmarks/checks.py FOLDER... [--work DIR]

Poses are kept in DIR, so that a second run takes seconds. Ends with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from agreement import Agreement
from ground_truth import DEMANDS, Clip, find_clips

from movescreen.model import ClipResult
from movescreen.pipeline import Request, analyze_poses, analyze_video
from movescreen.pose import load_poses, save_poses
from movescreen.settings import Settings
from movescreen.video.probe import probe_clip

#: Largest error of a turn's time, s.
TURN_ERROR_S = 0.2


def analyze(clip: Clip, work: Path, *, raw: bool = False) -> ClipResult:
    """Analyse a clip; the second time from the recorded poses."""
    request = Request(settings=Settings(raw=raw))
    kept = work / f"{clip.name}.npz"
    if kept.is_file():
        return analyze_poses(load_poses(kept), probe_clip(clip.video).info, request)
    result = analyze_video(clip.video, request)
    save_poses(kept, result.poses)
    return result


def compare(clip: Clip, result: ClipResult) -> tuple[list[str], dict[str, tuple[bool, bool]]]:
    """Return what is wrong, and for every check that has a demand: (wanted, got)."""
    wrong = []
    turns = clip.turn_times()
    reps = [r for r in result.reps if r.complete]
    if result.movement.name != clip.movement:
        wrong.append(f"movement {result.movement.name}, is {clip.movement}")
    if clip.movement != "none" and result.view.kind.value != clip.view:
        wrong.append(
            f"view {result.view.kind.value} ({result.view.yaw_deg:.0f}), is {clip.view} ({clip.meta['subject_yaw_deg']:.0f})"
        )
    if len(reps) != len(turns):
        wrong.append(f"{len(reps)} repetitions, are {len(turns)}")
    else:
        late = max((abs(r.turn_s - t) for r, t in zip(reps, turns, strict=True)), default=0.0)
        if late > TURN_ERROR_S:
            wrong.append(f"a turn is {late:.2f} s off")
    verdicts = {}
    for demand in DEMANDS:
        wanted = demand.wanted(clip)
        if wanted is None:
            continue
        found = [f for f in result.findings if f.check_id == demand.check_id]
        loud = any(f.status.value in (demand.loud if wanted else ("flagged",)) for f in found)
        verdicts[demand.check_id] = (wanted, loud)
        if loud != wanted:
            values = ", ".join(f"{f.side} {f.status.value} {f.value:.2f}".strip() for f in found)
            wrong.append(
                f"{demand.check_id}: true {demand.value(clip):.2f} must {'' if wanted else 'not '}flag; got {values}"
            )
    return wrong, verdicts


def print_agreement(verdicts: list[dict[str, tuple[bool, bool]]]) -> None:
    """Print sensitivity, specificity and Cohen's kappa a check."""
    print(f"\n{'check':24s} must  caught  must not  quiet  kappa")
    for demand in DEMANDS:
        a = Agreement.count(v[demand.check_id] for v in verdicts if demand.check_id in v)
        print(f"{demand.check_id:24s} {a.must:4d} {a.caught:7d} {a.must_not:9d} {a.quiet:6d} {a.kappa:6.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-poses")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    failures, all_verdicts, count = 0, [], 0
    for clip in find_clips(args.folders):
        result = analyze(clip, args.work)
        wrong, verdicts = compare(clip, result)
        all_verdicts.append(verdicts)
        failures += bool(wrong)
        count += 1
        print(
            f"{clip.name:44s} {result.movement.name:16s} {result.view.kind.value:8s} {len(result.reps)} reps  {'; '.join(wrong) or 'ok'}",
            flush=True,
        )
    print_agreement(all_verdicts)
    print(f"\n{count} clips, {failures} with something wrong")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
