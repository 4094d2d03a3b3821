"""Frame rate of ``analyze`` against the bare pose network on the same decoded frames, and memory against clip length.

    python benchmarks/throughput.py CLIP [--model full] [--repeat 3]

Both are measured in one run, in turns, because absolute speed differs from machine to machine. The bare network gets frames
that are decoded and scaled beforehand; ``analyze`` starts from the file and does everything, the findings included. Memory is the
peak of a process that analyzes the clip once, and one that analyzes it written several times over.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av

from movescreen.pipeline import AnalysisRequest, analyze_video
from movescreen.pose import create_estimator
from movescreen.settings import Settings
from movescreen.video.reader import VideoReader

PEAK = """
import json, sys
from movescreen.pipeline import Request, analyze_video
from movescreen.settings import Settings
result = analyze_video(sys.argv[1], Request("squat", settings=Settings(model=sys.argv[2])))
try:
    # the kernel's own peak of this process alone; getrusage would carry over the parent's
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"frames": len(result.poses), "mib": peak / 1024}))
"""


def time_bare(frames: list, model: str) -> float:
    """Return frames per second of the network alone, its start included: that of ``analyze`` is included, too."""
    start = time.perf_counter()
    with create_estimator("mediapipe", model=model, num_poses=1) as estimator:
        for frame in frames:
            estimator.detect(frame)
        return len(frames) / (time.perf_counter() - start)


def time_analyze(clip: Path, settings: Settings) -> float:
    """Return frames per second of the whole analysis."""
    start = time.perf_counter()
    result = analyze_video(clip, AnalysisRequest(settings=settings))
    return len(result.poses) / (time.perf_counter() - start)


def repeat_clip(clip: Path, times: int, out: Path) -> Path:
    """Write the clip several times over, without coding it again."""
    with av.open(str(out), "w") as target:
        stream, shift = None, 0
        for _ in range(times):
            with av.open(str(clip)) as source:
                if stream is None:
                    stream = target.add_stream_from_template(source.streams.video[0])
                end = 0
                for packet in source.demux(video=0):
                    if packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    end = max(end, packet.pts + (packet.duration or 0))
                    packet.stream = stream
                    target.mux(packet)
                shift = end
    return out


def peak_memory(clip: Path, model: str) -> dict:
    """Return the frames and the peak memory (MiB) of a fresh process that analyzes the clip."""
    done = subprocess.run([sys.executable, "-c", PEAK, str(clip), model], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--model", default="full")
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    settings = Settings(model=args.model)
    with VideoReader(args.clip) as reader:
        frames = list(reader.frames(settings.max_side_px, settings.max_fps))
        info = reader.info
    print(
        f"{args.clip.name}: {info.width_px}x{info.height_px}, {info.fps:.1f} fps, {len(frames)} frames analyzed, {args.model} model"
    )
    time_analyze(args.clip, settings)  # loads libraries, fills caches
    bare, whole = [], []
    for _ in range(args.repeat):
        bare.append(time_bare(frames, args.model))
        whole.append(time_analyze(args.clip, settings))
        print(
            f"  bare network {bare[-1]:6.1f} fps   analyze {whole[-1]:6.1f} fps   ratio {whole[-1] / bare[-1]:.2f}",
            flush=True,
        )
    ratios = [w / b for w, b in zip(whole, bare, strict=True)]
    print(f"analyze keeps {statistics.median(ratios):.0%} of the bare network's rate (median of {args.repeat})")
    del frames
    with tempfile.TemporaryDirectory() as folder:
        for times in (1, 4, 8):
            longer = repeat_clip(args.clip, times, Path(folder) / f"x{times}.mp4")
            used = peak_memory(longer, args.model)
            print(f"  {times} x the clip: {used['frames']:6d} frames, peak memory {used['mib']:7.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
