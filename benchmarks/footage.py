"""What happens to the readings when clips are filmed as people film: crooked, by hand, dark, small, with a wrong clock.

    python benchmarks/footage.py [NAME...] [--work DIR]

Every case is made from a bundled clip and held against that clip unchanged: the largest deviation of its key angles at the turn, the
findings that change by more than one step, the notices, and a verdict. Right is: nothing changes by more than twice its stated error, or
a notice says what is wrong.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

import av
import cv2
import numpy as np

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult
from movescreen.pipeline import analyze_video

SAMPLES = Path(__file__).resolve().parent.parent / "sample_videos"
SIDE, FRONT, HEEL, JUMP = "squat_side", "squat_front", "squat_heelrise_side", "power_and_balance/jump_front"
SHIFT, CHAIR = "three_visits/visit1_front", "power_and_balance/chair_stands_side"
#: Signals that are compared where both clips hold them.
ANGLES = (
    "knee_flexion",
    "hip_flexion",
    "shank_inclination",
    "thigh_elevation",
    "trunk_inclination",
    "heel_rise",
    "lateral_shift",
)
STEPS = ("clear", "borderline", "flagged")
Picture = np.ndarray
Change = Callable[[list[Picture]], list[Picture]]


@dataclass(frozen=True)
class Case:
    """A clip, what is done to its pictures, the frames per second that are written then, and whether sides are exchanged."""

    clip: str
    change: Change
    fps: int = 30
    mirrored: bool = False


def each(change: Callable[[Picture, int], Picture]) -> Change:
    return lambda pictures: [change(picture, i) for i, picture in enumerate(pictures)]


def rolled(degrees: float) -> Change:
    """The camera leans; the picture is enlarged just so that no black corner shows."""

    def turn(picture: Picture, _: int) -> Picture:
        h, w = picture.shape[:2]
        zoom = 1.0 + 0.9 * np.sin(np.radians(abs(degrees)))
        matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, zoom)
        return np.asarray(cv2.warpAffine(picture, matrix, (w, h), borderMode=cv2.BORDER_REPLICATE))

    return each(turn)


def window(keep: float, down: Callable[[float], float]) -> Change:
    """A camera that moves: a window of the picture that goes up and down, shares of its height."""

    def cut(picture: Picture, i: int) -> Picture:
        h, w = picture.shape[:2]
        ch, cw = int(h * keep) // 2 * 2, int(w * keep) // 2 * 2
        y = int(np.clip(round((h - ch) / 2 + down(i / 30) * h), 0, h - ch))
        return picture[y : y + ch, (w - cw) // 2 : (w - cw) // 2 + cw]

    return each(cut)


def sized(height: int) -> Change:
    return each(
        lambda p, _: cv2.resize(
            p, (int(p.shape[1] * height / p.shape[0]) // 2 * 2, height), interpolation=cv2.INTER_AREA
        )
    )


def dimmed(gamma: float) -> Change:
    rng = np.random.default_rng(0)
    return each(
        lambda p, _: np.clip(255 * (p / 255) ** (1 / gamma) + rng.normal(0, 12, p.shape), 0, 255).astype(np.uint8)
    )


def boxed(top: float, bottom: float) -> Change:
    def cover(picture: Picture, _: int) -> Picture:
        out = picture.copy()
        h, w = picture.shape[:2]
        out[int(top * h) : int(bottom * h), int(0.15 * w) : int(0.85 * w)] = 90
        return out

    return each(cover)


def repeated(start: int, count: int, *, instead: bool) -> Change:
    """The picture stands: one is shown ``count`` times more, or instead of those that follow."""
    return lambda p: p[:start] + [p[start]] * count + p[start + (count if instead else 0) :]


def blurred(count: int) -> Change:
    return lambda p: [np.mean(p[max(0, i - count + 1) : i + 1], axis=0).astype(np.uint8) for i in range(len(p))]


def flipped(picture: Picture, _: int = 0) -> Picture:
    return picture[:, ::-1]


def beside_mirror(size: float, keep: float = 0.0) -> Change:
    """The person's mirror image hangs beside them, so large; the left ``keep`` of the person's picture is cut off."""

    def add(picture: Picture, _: int) -> Picture:
        h, w = picture.shape[:2]
        image = cv2.resize(
            flipped(picture), (int(w * size) // 2 * 2, int(h * size) // 2 * 2), interpolation=cv2.INTER_AREA
        )
        above = round((h - image.shape[0]) * 0.75)
        wall = cv2.copyMakeBorder(image, above, h - image.shape[0] - above, 0, 0, cv2.BORDER_REPLICATE)
        whole = np.hstack([picture, wall])[:, int(w * keep) :]
        return whole[:, : whole.shape[1] // 2 * 2]

    return each(add)


def with_plate(clip: str, joint: str) -> Change:
    """A disc of 45 cm goes with a joint and hides what is behind it."""

    def add(pictures: list[Picture]) -> list[Picture]:
        poses = analyze(clip).poses
        leg = float(np.nanmedian(np.linalg.norm(poses.xy("right_hip") - poses.xy("right_ankle"), axis=1)[:15]))
        at = poses.xy(joint)
        out = []
        for i, picture in enumerate(pictures):
            row = int(np.abs(poses.frame_index - i).argmin())
            shown = picture.copy()
            if np.isfinite(at[row]).all():
                center = (int(at[row, 0]), int(at[row, 1]))
                cv2.circle(shown, center, int(leg * 22.5 / 82), (70, 70, 74), -1, cv2.LINE_AA)
            out.append(shown)
        return out

    return add


def barreled(strength: float, right: int = 0) -> Change:
    """A barrel distortion by the division model; ``right`` px of wall beside put the person near the border."""

    def bend(picture: Picture, _: int) -> Picture:
        wide = cv2.copyMakeBorder(picture, 0, 0, 0, right, cv2.BORDER_REPLICATE)
        h, w = wide.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        x, y = (x - w / 2) / (h / 2), (y - h / 2) / (h / 2)
        grown = 1 / np.maximum(1 - strength * (x * x + y * y), 0.05)
        at = [(c * grown * h / 2 + m / 2).astype(np.float32) for c, m in ((x, w), (y, h))]
        return np.asarray(cv2.remap(wide, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    return each(bend)


def faded_in(clip: str, seconds: float, over_s: float = 0.5) -> Change:
    """Another clip comes before and fades over."""

    def add(pictures: list[Picture]) -> list[Picture]:
        n = round(over_s * 30)
        before = list(read(clip))[: round(seconds * 30)]
        shares = [(i + 1) / (n + 1) for i in range(n)]
        last, first = before[-1].astype(float), pictures[0].astype(float)
        return before + [((1 - k) * last + k * first).astype(np.uint8) for k in shares] + pictures

    return add


def faded_over(start: int, count: int, over: int = 12) -> Change:
    """A stretch is cut out and what is before fades over into what comes after."""

    def cut(pictures: list[Picture]) -> list[Picture]:
        before, after = pictures[: start + over], pictures[start + count :]
        shares = [(i + 1) / (over + 1) for i in range(over)]
        mixed = [
            ((1 - k) * a.astype(float) + k * b.astype(float)).astype(np.uint8)
            for k, a, b in zip(shares, before[start:], after, strict=False)
        ]
        return before[:start] + mixed + after[over:]

    return cut


CASES: dict[str, Case] = {
    **{f"roll {d:+d}, side": Case(SIDE, rolled(d)) for d in (-12, -8, -5, -2, 2, 5, 8, 12)},
    **{f"roll {d:+d}, front": Case(FRONT, rolled(d)) for d in (-12, -8, -5, 2, 5, 8, 12)},
    "camera sways, side": Case(SIDE, window(0.92, lambda t: -0.02 * np.cos(2 * np.pi * (t - 3.9) / 3.58))),
    "camera sways, heels rise": Case(HEEL, window(0.92, lambda t: -0.02 * np.cos(2 * np.pi * (t - 3.9) / 3.58))),
    "camera tilts once, side": Case(SIDE, window(0.78, lambda t: -0.10 * np.tanh((t - 2.0) / 0.25))),
    "picture stands for 1.3 s": Case(SIDE, repeated(42, 40, instead=True)),
    "60 pictures inserted": Case(SIDE, repeated(48, 60, instead=False)),
    "slow motion without a mark, jump": Case(JUMP, lambda p: [q for q in p for _ in range(2)]),
    "every picture twice, jump": Case(JUMP, lambda p: [q for q in p for _ in range(2)], fps=60),
    "blur of 4 pictures, jump": Case(JUMP, blurred(4)),
    "480 pixels": Case(SIDE, sized(480)),
    "240 pixels, heels down": Case(SIDE, sized(240)),
    "dim and noisy": Case(SIDE, dimmed(0.4)),
    "box before the thighs, front": Case(FRONT, boxed(0.52, 0.72)),
    "squeezed to 75 %": Case(SIDE, each(lambda p, _: cv2.resize(p, (int(p.shape[1] * 0.75) // 2 * 2, p.shape[0])))),
    "stretched to 133 %": Case(SIDE, each(lambda p, _: cv2.resize(p, (int(p.shape[1] * 1.33) // 2 * 2, p.shape[0])))),
    "mirrored, side": Case(SIDE, each(flipped), mirrored=True),
    "mirrored, front": Case(SHIFT, each(flipped), mirrored=True),
    "mirrored, lunge": Case("lunge_side", each(flipped), mirrored=True),
    "mirror image beside, smaller": Case(SHIFT, beside_mirror(0.6)),
    "mirror image beside, as large": Case(SHIFT, beside_mirror(1.0)),
    "only the mirror image is whole": Case(SHIFT, beside_mirror(0.7, keep=0.55)),
    "plate goes with the shoulder": Case(SIDE, with_plate(SIDE, "right_shoulder")),
    "plate goes with the hip": Case(SIDE, with_plate(SIDE, "right_hip")),
    "plate goes with the hand, lunge": Case("lunge_side", with_plate("lunge_side", "right_wrist")),
    "box over the feet, side": Case(SIDE, boxed(0.80, 0.92)),
    "box before the chair": Case(CHAIR, boxed(0.55, 0.72)),
    "wide lens, person in the middle": Case(SIDE, barreled(0.2)),
    "wide lens, person at the border": Case(SIDE, barreled(0.2, right=740)),
    "another clip fades over, side": Case(SIDE, faded_in(FRONT, 5.0)),
    "two seconds fade over, side": Case(SIDE, faded_over(40, 60)),
    "slow motion without a mark, chair": Case(CHAIR, lambda p: [q for q in p for _ in range(2)]),
    "upside down": Case(SIDE, each(lambda p, _: p[::-1, ::-1])),
}  # fmt: skip


@lru_cache(maxsize=2)
def read(clip: str) -> tuple[Picture, ...]:
    with av.open(str(SAMPLES / f"{clip}.mp4")) as file:
        return tuple(frame.to_ndarray(format="rgb24") for frame in file.decode(video=0))


def write(path: Path, pictures: Iterator[Picture] | list[Picture], fps: int) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=fps, options={"crf": "16", "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        for i, picture in enumerate(pictures):
            if i == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


@cache
def analyze(clip: str) -> ClipResult:
    return analyze_video(SAMPLES / f"{clip}.mp4")


#: Signals whose sign says to which side.
SIDEWAYS = ("lateral_shift", "pelvic_obliquity", "trunk_lateral_lean")


def exchange(name: str) -> str:
    """Return the name of what a mirror makes of a signal, or of a side."""
    for one, other in (("left", "right"), ("right", "left")):
        if name.endswith(one):
            return name[: -len(one)] + other
    return name


def compare(usual: ClipResult, made: ClipResult, *, mirrored: bool = False) -> tuple[str, list[str], bool]:
    """Return the largest deviation in words, the findings that flip, and whether a reading is off by more than twice its error."""
    side_of = exchange if mirrored else str
    worst, beyond, text = 0.0, False, "-"
    pairs = list(zip([r for r in usual.reps if r.complete], [r for r in made.reps if r.complete], strict=False))
    for name in usual.series.values:
        stem = usual.series.specs[name].stem
        there = side_of(name)
        if stem not in ANGLES or not made.series.has(there) or not usual.series.has(name):
            continue
        sign = -1.0 if mirrored and stem in SIDEWAYS else 1.0
        off = [sign * b.at_turn[there] - a.at_turn[name] for a, b in pairs]
        off = [o for o in off if np.isfinite(o)]
        errors = made.series.errors.get(there)
        if not off or errors is None:
            continue
        size, stated = float(np.median(off)), float(np.nanmedian(errors))
        beyond |= abs(size) > 2 * stated
        if abs(size) / stated > worst:
            worst, text = abs(size) / stated, f"{stem} {size:+.1f} (stated ±{stated:.1f})"
    for a, b in pairs_of_measures(usual, made):
        beyond |= abs(a.value - b.value) > 2 * b.error
        text = f"{a.name} {b.value - a.value:+.1f} (stated ±{b.error:.1f})"
    flips = []
    for a in usual.findings:
        b = next((f for f in made.findings if (f.check_id, f.side) == (a.check_id, side_of(a.side))), None)
        if b is None or "not_assessed" in (a.status.value, b.status.value):
            continue
        if abs(STEPS.index(a.status.value) - STEPS.index(b.status.value)) > 1 or (
            b.status.value == "flagged" != a.status.value
        ):
            flips.append(f"{a.check_id} {a.status.value} to {b.status.value}")
    return text, flips, beyond


def pairs_of_measures(usual: ClipResult, made: ClipResult) -> list[tuple]:
    found = {(m.name, m.side): m for m in made.measures if np.isfinite(m.value)}
    return [
        (m, found[m.name, m.side])
        for m in usual.measures
        if (m.name, m.side) in found and m.name in ("jump_height", "chair_stand_5x_time")
    ]


def judge(name: str, case: Case, folder: Path) -> tuple[str, ...]:
    """Return a row: case, repetitions, deviation, flips, notices, verdict."""
    usual = analyze(case.clip)
    path = folder / f"{''.join(c if c.isalnum() else '_' for c in name)}.mp4"
    write(path, case.change(list(read(case.clip))), case.fps)
    try:
        made = analyze_video(path)
    except MovescreenError as error:
        return name, "-", "-", "-", str(error).split(":")[0][:60], "refused"
    said = sorted({n.code for n in made.notices} - {n.code for n in usual.notices})
    counts = f"{sum(r.complete for r in made.reps)} of {sum(r.complete for r in usual.reps)}"
    if made.movement.name != usual.movement.name:
        verdict = "refused" if made.movement.name == "none" and said else "wrong"
        return name, counts, f"movement {made.movement.name}", "-", ", ".join(said), verdict
    text, flips, beyond = compare(usual, made, mirrored=case.mirrored)
    bad = beyond or flips or counts != " of ".join([counts.split(" of ")[1]] * 2)
    verdict = "right" if not bad else "told" if said else "wrong"
    return name, counts, text, "; ".join(flips) or "none", ", ".join(said), verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="cases whose names hold one of these; all when left out")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "movescreen-footage")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    print(
        "| case | repetitions | largest deviation | findings that flip | new notices | verdict |\n|---|---|---|---|---|---|"
    )
    for name, case in CASES.items():
        if not args.names or any(part in name for part in args.names):
            print("| " + " | ".join(judge(name, case, args.work)) + " |", flush=True)


if __name__ == "__main__":
    main()
