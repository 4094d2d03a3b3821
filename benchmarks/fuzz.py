"""Spoiled files and messages of every kind, as many as one likes: exit codes, tracebacks, hangs, memory, leftovers.

``python benchmarks/fuzz.py [--count 2000] [--minutes M] [--first SEED]``. Each one is taken in a process of its own, as the command line
or the server would take it, with ten seconds and its memory measured. Prints measured beside promised, and every seed that failed, so
that ``--kind KIND --first SEED --count 1`` shows it again.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
#: Promised: longest time, s of a processor (a busy machine makes nothing hang), and most memory, MiB.
LONGEST_S, LARGEST_MIB = 10.0, 1536.0
#: How often each kind comes; clips are analyzed, which takes longest.
SHARES = {
    "clip": 8, "poses": 8, "signals": 8, "result": 8, "list": 8, "manifest": 10, "intake": 10, "plan": 10, "backup": 8, "catalog": 6,
    "message": 8, "frame": 8, "settings": 8, "roster": 8, "roster as text": 5, "picture": 6, "words": 14, "form": 20, "encrypted": 14,
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """How one ended: what went wrong (empty = nothing), exit code, s of a processor, s of the clock, MiB."""

    wrong: str
    code: int
    cpu_s: float
    wall_s: float
    memory_mib: float


def take(kind: object, seed: int, home: Path, work: Path) -> Told:
    out = work / "out"
    out.mkdir(parents=True)
    before = listing(work.parent, home)
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        run_child(kind, seed, home, out, work)
    limit = signal.SIGKILL
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > 120:
            os.kill(child, limit)
        time.sleep(0.005)
    wall, cpu = time.monotonic() - begun, used.ru_utime + used.ru_stime
    memory = used.ru_maxrss / 1024
    code = os.waitstatus_to_exitcode(status)
    wrong = []
    if code not in (0, 2, 3):
        wrong.append(f"exit {code}: {(work / 'trace').read_text()[-300:] if (work / 'trace').exists() else ''}")
    if cpu > LONGEST_S or wall > 100:
        wrong.append(f"took {cpu:.1f} s")
    if memory > LARGEST_MIB:
        wrong.append(f"took {memory:.0f} MiB")
    if outside := listing(work.parent, home) - before:
        wrong.append(f"wrote {sorted(outside)[:3]}")
    if left := [str(path) for path in work.rglob(".*.part")]:
        wrong.append(f"left {left[:3]}")
    shutil.rmtree(work, ignore_errors=True)
    return Told("; ".join(wrong), code, cpu, wall, memory)


def run_child(kind: object, seed: int, home: Path, out: Path, work: Path) -> None:
    from movescreen.errors import MovescreenError

    code = 0
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    os.chdir(out)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    os.environ["MOVESCREEN_RECORDS_FOLDER"] = str(out / "records")
    try:
        if kind.needs_client:  # type: ignore[attr-defined]
            shutil.copytree(home / "records", out / "records")
        kind.take(kind.make(seed, out), home, out)  # type: ignore[attr-defined]
    except MovescreenError as error:
        code = error.exit_code
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        (work / "trace").write_text(traceback.format_exc())
        code = 1
    os._exit(code)


def listing(folder: Path, home: Path) -> set[str]:
    """Return what lies around, beside what is worked in."""
    near = {str(path) for path in folder.iterdir() if path.name != "work"}
    place = home.parent
    return near | {
        str(path)
        for part in (place, place / "tmp", home)
        for path in (part.rglob("*") if part == home else part.iterdir())
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=0.0, help="go on for so long instead")
    parser.add_argument("--first", type=int, default=1_000_000, help="first seed; CI takes those from 0 on")
    parser.add_argument("--kind")
    asked = parser.parse_args()
    from movescreen.pipeline import analyze_video
    from tests.support.fuzzing import make_kinds
    from tests.support.fuzzing_records import make_more_kinds

    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        home = Path(place) / "sound"
        home.mkdir()
        (Path(place) / "tmp").mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = f"{place}/tmp"
        os.environ["MOVESCREEN_RECORDS_FOLDER"] = str(home / "records")
        # the network runs in a process of its own: its threads do not survive a fork
        result = in_process(lambda: analyze_video(ROOT / "sample_videos" / "squat_side.mp4"))
        kinds = make_kinds(home, result) | make_more_kinds(home, result)
        names = [name for name, share in SHARES.items() for _ in range(share) if asked.kind in (None, name)]
        seen: Counter[str] = Counter()
        codes: Counter[int] = Counter()
        failed: list[str] = []
        most = Told("", 0, 0.0, 0.0, 0.0)
        begun, seed = time.monotonic(), asked.first
        while time.monotonic() - begun < asked.minutes * 60 if asked.minutes else seed < asked.first + asked.count:
            name = names[seed % len(names)]
            told = take(kinds[name], seed, home, Path(place) / "around" / "work")
            seen[name] += 1
            codes[told.code] += 1
            most = Told(
                "", 0, *(max(getattr(most, key), getattr(told, key)) for key in ("cpu_s", "wall_s", "memory_mib"))
            )
            if told.wrong:
                failed.append(f"{name} {seed}: {told.wrong}")
                print(failed[-1], flush=True)
            seed += 1
    print(f"\n{sum(seen.values())} spoiled ({', '.join(f'{name} {count}' for name, count in seen.items())})")
    print(f"exit codes: {dict(sorted(codes.items()))}")
    print("| promised | measured |\n|---|---|")
    print(f"| exit 0, 2 or 3, no traceback, nothing outside, no leftovers | {len(failed)} broke it |")
    print(f"| at most {LONGEST_S:.0f} s of a processor | {most.cpu_s:.1f} s ({most.wall_s:.1f} s of the clock) |")
    print(f"| at most {LARGEST_MIB:.0f} MiB | {most.memory_mib:.0f} MiB |")
    sys.exit(bool(failed))


def in_process(work: object) -> object:
    import pickle

    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(work(), pipe)  # type: ignore[operator]
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        value = pickle.load(pipe)
    os.waitpid(child, 0)
    return value


if __name__ == "__main__":
    main()
