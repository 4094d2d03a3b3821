"""How fast clips and a batch are, where the time goes, and how much memory they take.

    python benchmarks/speed.py CLIP... [--model full] [--copies 20] [--workers 2] [--repeat 3]

Everything is held against the bare pose network in the same run, because absolute speed differs from machine to machine: the network
alone gets pictures that are decoded and scaled beforehand. Printed are, of the first clip,

- the start of a worker: loading what it needs until its first clip can begin;
- the shares of the stages in the processor time of one ``analyze``, in a process of its own, libraries held to one thread each;
- the wall time of ``analyze`` as a share of the clip's length, from starting the process to its end (``--repeat 0`` leaves these three out);

and of all clips, copied until there are enough, the rate of a batch, its processor time and its share of as many bare networks at the same
time, and the workers' memory. Where other programs are at work, the ratios of processor time hold better than those of wall time.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import multiprocessing
import os
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


def read_peaks(pid: int) -> list[float]:
    """Return the largest memory so far of a process and of each below it, MiB; empty where there is no ``/proc``."""
    found = []
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        found = [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += read_peaks(int(child))
    return found


def run_watched(command: list[str]) -> tuple[float, float, float]:
    """Run a command; return its wall and processor seconds and the largest memory of one process of it, MiB."""
    start, before, most = time.perf_counter(), os.times(), 0.0
    run = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while run.poll() is None:
        most = max([most, *read_peaks(run.pid)])
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(0.2)
    if run.returncode:
        raise SystemExit(f"{command} ended with {run.returncode}")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, spent, most


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


#: What a worker loads before and during its first clip.
START = "import movescreen.batch.worker as w; w.prepare_process(); from movescreen.pose import create_estimator as c; c('mediapipe', model={!r}).close()"


def print_alone(clip: Path, model: str, repeat: int, home: Path) -> None:
    """Print the start of a worker, the shares of the stages, and how long one clip takes."""
    from movescreen.video.probe import probe_clip

    length_s = probe_clip(clip).info.duration_s
    starts = [run_watched(["-c", START.format(model)]) for _ in range(repeat)]
    _, bare, _ = time_bare(clip, model, 1)
    for name, column in (("wall", 0), ("processor", 1)):
        print(f"start of a worker, network opened: {statistics.median(s[column] for s in starts):.2f} s {name} time")
    print_shares(clip, model, home / "shares")
    ratios = []
    for number in range(repeat):
        out = str(home / f"one{number}")
        seconds, spent, memory = run_watched(["-m", "movescreen", "analyze", str(clip), "--model", model, "--out", out])
        ratios.append(seconds / length_s)
        print(f"analyze alone: {seconds:.2f} s, {ratios[-1]:.2f} of the clip's length; processor {spent:.2f} s, {spent / bare:.2f} bare networks; {memory:.0f} MiB", flush=True)  # fmt: skip
    print(f"analyze alone takes {statistics.median(ratios):.2f} of the clip's length (median of {repeat})")


def print_batch(clips: list[Path], model: str, copies: int, workers: int, home: Path) -> None:
    """Print the rate of a batch of the clips, copied until there are so many."""
    from movescreen.video.probe import probe_clip

    folder = home / "clips"
    folder.mkdir()
    chosen = [clips[number % len(clips)] for number in range(copies)]
    for number, clip in enumerate(chosen):
        shutil.copy(clip, folder / f"clip{number:03d}{clip.suffix}")
    length_s = sum(probe_clip(clip).info.duration_s for clip in chosen)
    one_s = probe_clip(clips[0]).info.duration_s
    _, bare_cpu, bare_s = time_bare(clips[0], model, workers)
    command = ["-m", "movescreen", "batch", str(folder), "--out", str(home / "batch"), "--workers", str(workers), "--model", model]  # fmt: skip
    seconds, spent, memory = run_watched(command)
    rate, bare = length_s / seconds, workers * one_s / bare_s
    print(f"batch of {copies}, {workers} workers: {seconds:.1f} s, {rate:.2f} times real time, {rate / bare:.0%} of {workers} bare networks ({bare:.2f}); processor {spent:.1f} s, {spent / bare_cpu * one_s / length_s:.2f} bare networks; {memory:.0f} MiB a process")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--model", default="full")
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--stages", help=argparse.SUPPRESS)
    args = parser.parse_args()
    first = args.clips[0]
    if args.stages:
        print_stages(str(first), args.model, args.stages)
        return
    from movescreen.video.probe import probe_clip

    info = probe_clip(first).info
    print(f"{first.name}: {info.width_px} x {info.height_px}, {info.fps:.0f} fps, {info.duration_s:.1f} s")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        if args.repeat:
            print_alone(first, args.model, args.repeat, home)
        if args.copies:
            print_batch(args.clips, args.model, args.copies, args.workers, home)


if __name__ == "__main__":
    main()
