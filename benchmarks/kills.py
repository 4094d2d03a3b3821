"""Commands killed at every moment at which they change a folder, and at random: what they leave is the old state or the new one.

``python benchmarks/kills.py [--count 200] [--only PART OF A NAME] [--seed 1]``; another seed takes other moments. Records and results are plain in some and encrypted in others. The kills are shared out among the commands; each command's moments (a file
moved, removed, made) are counted first and then hit evenly, every fifth kill comes at a random time. After each kill the state is looked
at, the command is run again to its end, and the state is looked at once more. Prints measured beside promised, and every kill that broke a promise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

#: Clients that are there before, each with some files.
CLIENTS = 3


@dataclass
class Job:
    """A command: its share of the kills, what is there before, its words, and what must hold afterwards (a complaint, or nothing)."""

    name: str
    share: int
    words: list[str]
    before: Callable[[Path], None]
    holds: Callable[[Path], str]
    tried: int = 0
    failed: list[str] = field(default_factory=list)


def run(home: Path, *words: str, when: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with records of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "MOVESCREEN_RECORDS_FOLDER": str(home / "records"),
        "TMPDIR": str(home / "tmp"),
    }
    (home / "tmp").mkdir(exist_ok=True)
    script = (
        ["-m", "tests.support.killing", when]
        if when
        else ["-c", "import sys; from movescreen.cli import main; main(sys.argv[1:])"]
    )
    done = subprocess.run(
        [sys.executable, *script, *words], cwd=home, env=environment, text=True, capture_output=True, check=False
    )
    if check and done.returncode != 0:
        raise RuntimeError(f"{words}: {done.returncode} {done.stderr[-400:]}")
    return done


def small(source: Path, target: Path) -> None:
    """Write a small copy of a clip, which is analyzed quickly."""
    with av.open(str(source)) as clip, av.open(str(target), "w") as made:
        stream = made.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 216, 384, "yuv420p"
        for number, frame in enumerate(clip.decode(video=0)):
            if number % 2 == 0:
                picture = frame.reformat(216, 384, "yuv420p")
                picture.pts, picture.time_base = number // 2, Fraction(1, 15)
                made.mux(stream.encode(picture))
        made.mux(stream.encode(None))


def same_files(one: Path, other: Path) -> bool:
    return state(one) == state(other)


def state(folder: Path) -> dict[str, str]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def loads(folder: Path, names: set[str]) -> str:
    """Complain unless a result can be loaded and is about one of the clips."""
    script = "import sys; from pathlib import Path; from movescreen.report.documents.load import load; r = load(Path(sys.argv[1])); print((r.clips[0] if hasattr(r, 'clips') else r).video.name)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, text=True, capture_output=True, check=False
    )
    said = done.stdout.strip()
    return "" if said in names else f"cannot be loaded, or is about {said!r}: {done.stderr[-200:]}"


def prepare(sound: Path, front: str, side: str, lite: list[str]) -> None:
    """Make clips, results, a batch, records and backups that nobody was killed over."""
    from movescreen.encryption import VARIABLE, mark_folder
    from movescreen.files import copy_file
    from movescreen.records import RecordStore
    from tests.support.locked import PASSPHRASE, lock_home

    small(ROOT / "sample_videos" / "squat_front.mp4", Path(front))
    small(ROOT / "sample_videos" / "squat_side.mp4", Path(side))
    run(sound, "analyze", front, "--out", "clip", *lite)
    run(sound, "screen", front, side, "--out", "both", *lite)
    run(sound, "batch", front, side, "--out", "batch", "--workers", "1", *lite)
    os.environ[VARIABLE] = PASSPHRASE
    lock_home(sound / "locked" / "records")
    for home in (sound, sound / "locked"):
        with RecordStore(None, home / "records") as store:
            for number in range(CLIENTS):
                store.add_client(f"K{number}")
                store.files.write(store.uid_of(f"K{number}"), "visit/result.json", [b"{}"])
        run(home, "backup", "whole.zip")
    mark_folder(sound / "results", sound / "locked" / "records")
    for path in (sound / "clip").rglob("*"):
        if path.is_file():
            copy_file(path, sound / "results" / path.relative_to(sound))


def make_jobs(sound: Path) -> list[Job]:
    """Make what all begin with, and return the commands."""
    front, side, lite = str(sound / "front.mp4"), str(sound / "side.mp4"), ["--model", "lite"]
    prepare(sound, front, side, lite)
    counted = _counts((sound / "batch" / "summary.csv").read_text().splitlines())

    def copied(*names: str) -> Callable[[Path], None]:
        def copy(home: Path) -> None:
            for name in names:
                source = sound / name
                (shutil.copytree if source.is_dir() else shutil.copy)(source, home / source.name)

        return copy

    def batch_goes_on(home: Path) -> str:
        run(home, "batch", front, side, "--out", "batch", "--workers", "1", *lite)
        found = _counts((home / "batch" / "summary.csv").read_text().splitlines())
        return "" if found == counted else f"other rows: {found} for {counted}"

    def clients(*counts: int) -> Callable[[Path], str]:
        """Complain unless so many clients are there, and everybody's files with them."""

        def count(home: Path) -> str:
            told = run(home, "client", "list", check=False)
            here = sum(f"K{number}" in told.stdout for number in range(9))
            files = len(list((home / "records").rglob("visit/result.json")))
            right = told.returncode == 0 and here in counts and files == min(here, CLIENTS)
            return "" if right else f"{here} clients, {files} files, exit {told.returncode} {told.stderr[-200:]}"

        return count

    def backup_whole(home: Path) -> str:
        if not (home / "b.zip").exists():
            return clients(CLIENTS)(home)
        shutil.rmtree(home / "records")
        run(home, "restore", "b.zip", check=False)
        return clients(CLIENTS)(home)

    def nothing(home: Path) -> None:
        pass

    return [
        Job("analyze", 14, ["analyze", side, "--out", "clip", *lite], copied("clip"), lambda home: loads(home / "clip", {"front.mp4", "side.mp4"})),
        Job("screen", 12, ["screen", side, front, "--out", "both", *lite], copied("both"), lambda home: loads(home / "both", {"front.mp4", "side.mp4"})),
        Job("report", 20, ["report", "clip"], copied("clip"), lambda home: loads(home / "clip", {"front.mp4"})),
        Job("report of a screening", 14, ["report", "both"], copied("both"), lambda home: loads(home / "both", {"front.mp4"})),
        Job("batch", 8, ["batch", front, side, "--out", "batch", "--workers", "1", *lite], nothing, batch_goes_on),
        *(
            Job(f"{name}{how}", share, words, copied(f"{place}{needs}"), holds)
            for how, place in ((", plain", ""), (", encrypted", "locked/"))
            for name, share, words, needs, holds in (
                ("client add", 6, ["client", "add", "K8"], "records", clients(CLIENTS, CLIENTS + 1)),
                ("client delete", 6, ["client", "delete", "K0", "--yes", "--now"], "records", clients(CLIENTS - 1, CLIENTS)),
                ("backup", 6, ["backup", "b.zip"], "records", backup_whole),
                ("restore", 10, ["restore", "whole.zip"], "whole.zip", clients(0, CLIENTS)),
            )
        ),
        Job("report, encrypted", 10, ["report", "results/clip"], copied("results"), lambda home: loads(home / "results" / "clip", {"front.mp4"})),
    ]  # fmt: skip


def _counts(rows: list[str]) -> list[list[str]]:
    """Return file, status and repetitions of each row of a batch."""
    head = rows[0].split(",")
    return sorted([row.split(",")[head.index(name)] for name in ("file", "status", "reps")] for row in rows[1:])


def kill(job: Job, when: str, place: Path) -> None:
    """Run the command until its moment, look at what is there, and run it to its end."""
    home = place / "work"
    home.mkdir()
    job.before(home)
    done = run(home, *job.words, when=when, check=False)
    wrong = ""
    if done.returncode not in (-9, 0, 3):
        wrong = f"exit {done.returncode}: {done.stderr[-200:]}"
    wrong = wrong or job.holds(home)
    run(home, *job.words, check=False)
    wrong = wrong or job.holds(home)
    if left := [path.relative_to(home).as_posix() for path in home.rglob("*.part")]:
        wrong = wrong or f"left {left[:3]}"
    job.tried += done.returncode == -9
    if wrong:
        job.failed.append(f"{job.name} at {when}: {wrong}")
        print(job.failed[-1], flush=True)
    shutil.rmtree(home)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        place = Path(folder)
        (place / "sound").mkdir()
        jobs = [job for job in make_jobs(place / "sound") if (asked.only or "") in job.name]
        shares = sum(job.share for job in jobs)
        chance = random.Random(asked.seed)
        for job in jobs:
            home = place / "count"
            home.mkdir()
            job.before(home)
            begun = time.monotonic()
            counted = run(home, *job.words, when="count")
            took = time.monotonic() - begun
            moments = int(counted.stderr.rpartition("moments: ")[2])
            shutil.rmtree(home)
            wanted, begin = max(1, round(asked.count * job.share / shares)), chance.randrange(moments)
            for number in range(wanted):
                late = number % 5 == 4
                when = (
                    f"s{chance.uniform(0.3, 1.0) * took:.2f}"
                    if late
                    else f"n{1 + (begin + number * moments // wanted) % moments}"
                )
                kill(job, when, place)
            print(
                f"{job.name}: {job.tried} kills at {moments} moments and at random, {len(job.failed)} broke it",
                flush=True,
            )
    failed = [each for job in jobs for each in job.failed]
    tried = {job.name: job.tried for job in jobs}
    print("\n| promised | measured |\n|---|---|")
    print(
        f"| old whole or new whole, nothing acknowledged lost, nothing left | {len(failed)} of {sum(tried.values())} kills broke it ({json.dumps(tried)}) |"
    )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
