"""Clips an hour of ``movescreen batch`` with one and two workers, against bare pose networks, and where the time goes.

    python benchmarks/batch_rate.py CLIP [--copies 20] [--model full] [--workers 2]

The clip is copied so that no two runs share results. The bare rate is that of as many processes as workers, each running the pose
network alone on frames decoded and scaled beforehand, all at the same time; its share is what the batch keeps of that rate.
Memory is that of the workers' processes, read twice a second: a leak shows as a second half above the first.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd

from movescreen.pipeline import AnalysisRequest, analyze_poses, analyze_video
from movescreen.pose import create_estimator
from movescreen.report import write_result
from movescreen.settings import Settings
from movescreen.video.reader import VideoReader


def run_bare(clip: str, model: str, times: int, ready: object, go: object, done: object) -> None:
    """Run the network alone over the clip's frames; put the seconds it took into ``done``."""
    from movescreen.batch.worker import prepare_process

    prepare_process()
    settings = Settings(model=model)
    with VideoReader(clip) as reader:
        frames = list(reader.frames(settings.max_side_px, settings.max_fps))
    ready.put(len(frames))
    go.wait()
    start = time.perf_counter()
    for _ in range(times):
        with create_estimator("mediapipe", model=model, num_poses=1) as estimator:
            for frame in frames:
                estimator.detect(frame)
    done.put(time.perf_counter() - start)


def bare_rate(clip: Path, model: str, processes: int, times: int = 2) -> float:
    """Return frames per second of so many bare networks together."""
    context = multiprocessing.get_context("spawn")
    ready, go, done = context.Queue(), context.Event(), context.Queue()
    args = (str(clip), model, times, ready, go, done)
    started = [context.Process(target=run_bare, args=args) for _ in range(processes)]
    for process in started:
        process.start()
    frames = [ready.get() for _ in started]
    go.set()
    seconds = max(done.get() for _ in started)
    for process in started:
        process.join()
    return sum(frames) * times / seconds


def worker_memory_mib(parent: int) -> float:
    """Return the memory of the largest child process, MiB."""
    listed = subprocess.run(["ps", "--ppid", str(parent), "-o", "rss="], capture_output=True, text=True, check=False)
    return max((int(word) for word in listed.stdout.split()), default=0) / 1024


def run_command(folder: Path, out: Path, workers: int, model: str) -> tuple[float, list[float]]:
    """Run the command; return its seconds and the workers' memory over time, MiB."""
    command = [sys.executable, "-c", "from movescreen.cli import main; main()", "batch", str(folder), "--out", str(out)]
    command += ["--workers", str(workers), "--model", model]
    start = time.perf_counter()
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    memory: list[float] = []
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(0.5):
            memory.append(worker_memory_mib(run.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = run.wait()
    stopped.set()
    watcher.join()
    if code:
        raise SystemExit(f"the batch ended with {code}")
    return time.perf_counter() - start, memory


def time_parts(clip: Path, model: str) -> dict[str, float]:
    """Return processor seconds for one clip, in one process: decoding, the network, the rest of the analysis, the files."""
    settings = Settings(model=model)

    def spent(work: object) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    with VideoReader(clip) as reader:
        decode = spent(lambda: [None for _ in reader.frames(settings.max_side_px, settings.max_fps)])
        frames = list(reader.frames(settings.max_side_px, settings.max_fps))

    def network() -> None:
        with create_estimator("mediapipe", model=model, num_poses=1) as estimator:
            for frame in frames:
                estimator.detect(frame)

    request = AnalysisRequest(settings=settings)
    result = analyze_video(clip, request)
    pose, whole = spent(network), spent(lambda: analyze_video(clip, request))
    after = spent(lambda: analyze_poses(result.poses, result.video, request))
    with tempfile.TemporaryDirectory() as folder:
        files = spent(lambda: write_result(result, folder, video_path=clip))
    following = max(0.0, whole - decode - pose - after)
    return {
        "decoding": decode,
        "pose network": pose,
        "following the person": following,
        "angles to findings": after,
        "files": files,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--model", default="full")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "clips"
        folder.mkdir()
        for number in range(args.copies):
            shutil.copy(args.clip, folder / f"clip{number:03d}{args.clip.suffix}")
        for workers in sorted({1, args.workers}):
            bare = bare_rate(args.clip, args.model, workers)
            out = Path(scratch) / f"out{workers}"
            seconds, memory = run_command(folder, out, workers, args.model)
            table = pd.read_csv(out / "summary.csv")
            footage_s, frames = table["duration_s"].sum(), table["frames"].sum()
            half = len(memory) // 2
            print(
                f"{workers} workers: {3600 * len(table) / seconds:.0f} clips an hour, {footage_s / seconds:.2f} times real time, "
                f"{frames / seconds:.1f} frames per second; {workers} bare networks {bare:.1f}: {frames / seconds / bare:.0%}",
                flush=True,
            )
            print(
                f"  memory of the largest worker: {np.median(memory[5:half]):.0f} MiB in the first half, {np.median(memory[half:-5]):.0f} in the second, {max(memory):.0f} at most"
            )
    parts = time_parts(args.clip, args.model)
    whole = sum(parts.values())
    print(f"one clip takes {whole:.1f} s of one processor ({os.cpu_count()} here):")
    for name, seconds in parts.items():
        print(f"  {name:22s} {seconds:6.2f} s {seconds / whole:6.1%}")


if __name__ == "__main__":
    main()
