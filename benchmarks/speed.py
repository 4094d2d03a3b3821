"""How fast a clip and a batch are, where the time goes, and how much memory they take.

    python benchmarks/speed.py CLIP [--model full] [--copies 10] [--workers 2] [--repeat 3]

Everything is held against the bare pose network in the same run, because absolute speed differs from machine to machine: the network
alone gets pictures that are decoded and scaled beforehand. Printed are

- the shares of the stages in the processor time of one ``analyze``, in a process of its own, libraries held to one thread each;
- the wall time of ``analyze`` as a share of the clip's length, from starting the process to its end;
- the rate of a batch of copies of the clip, its share of as many bare networks at the same time, and the workers' memory.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

#: Stage -> what belongs to it, without what other stages in it take. The network's own threads are what no stage accounts for.
STAGES = {
    "decoding": ["movescreen.video.decode:DecodePass._decode"],
    "scaling and color": ["movescreen.video.decode:Converter.convert"],
    "opening the network, its landmarks": ["movescreen.pose.mediapipe:MediaPipeEstimator.__init__", "movescreen.pose.mediapipe:MediaPipeEstimator.detect"],
    "looking around": ["movescreen.pose.person.tracking:_FirstReading._survey", "movescreen.pose.person.tracking:_FirstReading._is_survey_due"],
    "following the person": ["movescreen.pose.person.tracking:collect_poses"],
    "heels": ["movescreen.pose.heel_tracking:HeelTracker.push"],
    "camera": ["movescreen.scene.camera:CameraWatch.update", "movescreen.scene.camera:CameraWatch.read_roll"],
    "clock, light, cover, cuts": [
        "movescreen.video.picture_clock:PictureClock.update", "movescreen.video.picture_quality:PictureQuality.update",
        "movescreen.pose.covered:CoverWatch.push", "movescreen.pose.person.surroundings:CutFinder.push",
    ],
    "angles to findings": ["movescreen.pipeline.analysis:analyze_poses"],
    "film": ["movescreen.render.film:make_film", "movescreen.render.film:FilmTape._write", "movescreen.render.film:FilmTape.finish"],
    "pictures": ["movescreen.report.figures.pictures:take_pictures"],
    "files": ["movescreen.report.documents.registry:write_result"],
}  # fmt: skip


class Clock:
    """Counts each thread's processor time for the innermost stage that is under way in it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._threads = threading.local()

    def switch(self, *, enter: str = "") -> None:
        """Begin a stage, or end the one under way."""
        here, now = self._threads, time.thread_time()
        stack: list[str] = here.__dict__.setdefault("stack", [])
        if stack:
            self.spent[stack[-1]] += now - here.since
        here.since = now
        if enter:
            stack.append(enter)
        else:
            stack.pop()

    def wrap(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function or generator function that is counted."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.switch(enter=stage)
            try:
                made = work(*args, **kwargs)
            finally:
                self.switch()
            return self._steps(stage, made) if isinstance(made, Iterator) else made

        return counted

    def _steps(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        while True:
            self.switch(enter=stage)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self.switch()
            yield item

    def watch(self, stage: str, place: str) -> None:
        """Count a function, wherever it has been imported to."""
        module, _, name = place.partition(":")
        owner: Any = importlib.import_module(module)
        *inside, last = name.split(".")
        for each in inside:
            owner = getattr(owner, each)
        work = getattr(owner, last)
        counted = self.wrap(stage, work)
        setattr(owner, last, counted)
        for other in [] if inside else list(sys.modules.values()):
            if getattr(other, "__name__", "").startswith("movescreen") and getattr(other, last, None) is work:
                setattr(other, last, counted)


def print_stages(clip: str, model: str, out: str) -> None:
    """Analyze a clip in this fresh process and print what each stage took, as JSON."""
    clock = Clock()
    bootstrap: Any = importlib._bootstrap  # type: ignore[attr-defined]
    bootstrap._find_and_load = clock.wrap("start and imports", bootstrap._find_and_load)
    clock.spent["start and imports"] = time.process_time()
    from movescreen.batch.worker import prepare_process
    from movescreen.cli import main as command

    prepare_process()
    importlib.import_module("movescreen.app")
    for stage, places in STAGES.items():
        for place in places:
            clock.watch(stage, place)
    with contextlib.suppress(SystemExit):
        command(["analyze", clip, "--model", model, "--out", out, "--json"])
    whole = time.process_time()
    print(json.dumps({"spent": clock.spent, "whole": whole}), file=sys.stderr)


def run_bare(clip: str, model: str, times: int, ready: Any, go: Any, done: Any) -> None:
    """Run the network alone over the clip's frames; put the processor and wall seconds of one clip into ``done``."""
    from movescreen.batch.worker import prepare_process

    prepare_process()
    frames = read_frames(clip)
    ready.put(len(frames))
    go.wait()
    start, spent = time.perf_counter(), time.process_time()
    for _ in range(times):
        from movescreen.pose import create_estimator

        with create_estimator("mediapipe", model=model, num_poses=1) as estimator:
            for frame in frames:
                estimator.detect(frame)
    done.put(((time.process_time() - spent) / times, (time.perf_counter() - start) / times))


def read_frames(clip: str) -> list[Any]:
    """Return the frames that are analyzed of a clip."""
    from movescreen.settings import Settings
    from movescreen.video.reader import VideoReader

    with VideoReader(clip) as reader:
        return list(reader.frames(Settings().max_side_px, Settings().max_fps))


def time_bare(clip: Path, model: str, processes: int) -> tuple[int, float, float]:
    """Return the frames of the clip, and the processor and wall seconds that each of so many networks at the same time takes for it."""
    context = multiprocessing.get_context("spawn")
    ready, go, done = context.Queue(), context.Event(), context.Queue()
    started = [context.Process(target=run_bare, args=(str(clip), model, 2, ready, go, done)) for _ in range(processes)]
    for process in started:
        process.start()
    frames = max(ready.get() for _ in started)
    go.set()
    taken = [done.get() for _ in started]
    for process in started:
        process.join()
    return frames, max(cpu for cpu, _ in taken), max(wall for _, wall in taken)


def run_watched(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and the largest memory of one process of it, MiB."""
    start, most = time.perf_counter(), 0
    run = subprocess.Popen([sys.executable, "-m", "movescreen", *command], stdout=subprocess.DEVNULL)
    while run.poll() is None:
        listed = subprocess.run(["ps", "--ppid", str(run.pid), "--pid", str(run.pid), "-o", "rss="], capture_output=True, text=True)  # fmt: skip
        most = max([most, *(int(word) for word in listed.stdout.split())])
        try:
            run.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    if run.returncode:
        raise SystemExit(f"{command[0]} ended with {run.returncode}")
    return time.perf_counter() - start, most / 1024


def print_shares(clip: Path, model: str, out: Path) -> None:
    """Print the shares of the stages."""
    run = [sys.executable, __file__, str(clip), "--model", model, "--stages", str(out)]
    told = json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stderr.splitlines()[-1])
    whole, spent = told["whole"], told["spent"]
    spent["network (looking around included)"] = whole - sum(spent.values())
    _, bare, _ = time_bare(clip, model, 1)
    print(f"one clip takes {whole:.2f} s of a processor, {whole / bare:.2f} times the bare network:")
    for stage, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {stage:36s} {seconds:6.2f} s {seconds / whole:6.1%}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--model", default="full")
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--stages", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.stages:
        print_stages(str(args.clip), args.model, args.stages)
        return
    from movescreen.video.probe import probe_clip

    info = probe_clip(args.clip).info
    print(f"{args.clip.name}: {info.width_px} x {info.height_px}, {info.fps:.0f} fps, {info.duration_s:.1f} s")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        print_shares(args.clip, args.model, home / "shares")
        ratios, memory = [], 0.0
        for number in range(args.repeat):
            _, _, bare_s = time_bare(args.clip, args.model, 1)
            seconds, memory = run_watched(
                ["analyze", str(args.clip), "--model", args.model, "--out", str(home / f"one{number}")]
            )
            ratios.append(seconds / info.duration_s)
            print(f"analyze alone: {seconds:.2f} s, {ratios[-1]:.2f} of the clip's length, {seconds / bare_s:.2f} times the bare network, {memory:.0f} MiB", flush=True)  # fmt: skip
        print(f"analyze alone takes {statistics.median(ratios):.2f} of the clip's length (median of {args.repeat})")
        folder = home / "clips"
        folder.mkdir()
        for number in range(args.copies):
            shutil.copy(args.clip, folder / f"clip{number:03d}{args.clip.suffix}")
        _, _, bare_s = time_bare(args.clip, args.model, args.workers)
        command = ["batch", str(folder), "--out", str(home / "batch"), "--workers", str(args.workers), "--model", args.model]  # fmt: skip
        seconds, memory = run_watched(command)
        rate, bare = args.copies * info.duration_s / seconds, args.workers * info.duration_s / bare_s
        print(f"batch of {args.copies}, {args.workers} workers: {rate:.2f} times real time, {rate / bare:.0%} of {args.workers} bare networks ({bare:.2f}), {memory:.0f} MiB a process")  # fmt: skip


if __name__ == "__main__":
    main()
