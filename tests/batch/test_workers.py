"""Real processes: clips that crash, hang or end their process; a run that is killed, interrupted, orphaned."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from movescreen.batch import BatchItem, BatchOutcome, Plan, Store, name_folders, run_batch
from movescreen.batch.executors import cluster_workers, local_workers
from movescreen.errors import InputError
from movescreen.settings import Settings
from tests.support.faults import analysed, quick

ROOT = Path(__file__).resolve().parent.parent.parent
TABLES = ("summary.csv", "reps.csv", "findings.csv", "report.html")

#: A run in a process of its own, that can be killed.
RUN = """
import signal, sys
from pathlib import Path
from movescreen.batch import Plan, Store, find_items, name_folders, run_batch
from movescreen.batch.executors import local_workers
from movescreen.settings import Settings
from tests.support.faults import quick

if __name__ == "__main__":
    clips, out = sys.argv[1:]
    items = name_folders(find_items([clips], out=out))
    with local_workers(2, 60) as workers:
        run_batch(items, Plan(Store(out), "killed", Settings(), analyze=quick), lambda: workers)
"""


def add(folder: Path, *names: str) -> list[BatchItem]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(f"content of {name}".encode())
    return name_folders([BatchItem(name, str(folder / name)) for name in names])


def run_here(items: list[BatchItem], out: Path, name: str = "here", timeout_s: float = 60) -> BatchOutcome:
    plan = Plan(Store(str(out)), name, Settings(), timeout_s=timeout_s, analyze=quick)
    with local_workers(2, timeout_s) as workers:
        return run_batch(items, plan, lambda: workers)


def codes(outcome: BatchOutcome) -> dict[str, str]:
    return {record.file: record.summary["error_code"] for record in outcome.records}


def tables(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in TABLES]


def test_a_clip_that_crashes_or_hangs_costs_its_own_row_only(tmp_path: Path) -> None:
    names = ["crash.mp4", "slow1.mp4", "hang.mp4", "slow2.mp4", "exit.mp4", "front.mp4"]
    items = add(tmp_path / "clips", *names)
    # long enough for a worker's start on a busy machine: the time counts from when a worker takes the clip up
    outcome = run_here(items, tmp_path / "out", timeout_s=20)
    assert codes(outcome) == {
        "crash.mp4": "worker_died", "slow1.mp4": "", "hang.mp4": "timeout", "slow2.mp4": "", "exit.mp4": "worker_died",
        "front.mp4": "",
    }  # fmt: skip
    assert sorted(analysed(tmp_path / "clips")) == sorted(names)
    assert pd.read_csv(tmp_path / "out" / "summary.csv")["file"].tolist() == names


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    items = add(clips, *(f"slow{i}.mp4" for i in range(8)))
    script = tmp_path / "run.py"
    script.write_text(RUN)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.Popen([sys.executable, str(script), str(clips), str(out)], env=environment, cwd=ROOT)
    wait_for(lambda: len(list(out.glob(".batch/slow*.json"))) >= 3)
    children = _children(run.pid)
    run.kill()
    run.wait()
    wait_for(lambda: not any(_alive(pid) for pid in children))  # workers do not outlive their parent
    kept = {path.stem for path in out.glob(".batch/slow*.json")}
    assert 3 <= len(kept) < 8
    assert not (out / "summary.csv").exists()
    before = analysed(clips)
    outcome = run_here(items, out)
    assert outcome.reused == len(kept)
    again = analysed(clips)[len(before) :]
    assert not {Path(name).stem for name in again} & kept
    run_here(items, tmp_path / "undisturbed")
    assert tables(out) == tables(tmp_path / "undisturbed")
    assert not list(out.rglob("*.part"))


def wait_for(done: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers as users do; gives its address and the workers."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    address_file = folder / "scheduler.json"
    options = {"env": environment, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
    ]
    started = [subprocess.Popen([*dask, "--scheduler-file", str(address_file)], **options)]  # type: ignore[call-overload]
    try:
        wait_for(address_file.exists)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(address_file)]
        command += ["--nthreads", "1", "--no-dashboard", "--nanny", "--local-directory", str(folder / "scratch")]
        hired = [subprocess.Popen(command, **options) for _ in range(workers)]  # type: ignore[call-overload]
        started += hired

        yield json.loads(address_file.read_text())["address"], hired
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:  # dask waits for running clips, one of which may hang
                process.kill()
                process.wait()


def test_a_cluster_gives_the_same_tables_also_when_a_worker_is_killed(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    items = add(clips, *(f"slow{i}.mp4" for i in range(8)), "nobody.mp4", "bug.mp4", "front.mp4")
    killed: list[int] = []
    with cluster(tmp_path) as (address, hired), cluster_workers(address) as workers:
        wait_for(lambda: workers.count() == 2)

        def kill_one(record: object, reused: bool) -> None:
            if not killed:
                killed.extend(_children(hired[0].pid))
                hired[0].kill()  # the nanny, so that nobody starts it again
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)

        plan = Plan(Store(str(out)), "cluster", Settings(), analyze=quick)
        outcome = run_batch(items, plan, lambda: workers, on_record=kill_one)
    assert killed
    assert {file: code for file, code in codes(outcome).items() if code} == {
        "nobody.mp4": "no_person",
        "bug.mp4": "bug",
    }
    run_here(items, tmp_path / "local")
    assert tables(out) == tables(tmp_path / "local")


def test_on_a_cluster_too_a_clip_that_hangs_or_crashes_costs_its_own_row(tmp_path: Path) -> None:
    items = add(tmp_path / "clips", "hang.mp4", "crash.mp4", "slow1.mp4", "front.mp4")
    with cluster(tmp_path) as (address, _), cluster_workers(address) as workers:
        wait_for(lambda: workers.count() == 2)
        plan = Plan(Store(str(tmp_path / "out")), "cluster", Settings(), timeout_s=3, analyze=quick)
        outcome = run_batch(items, plan, lambda: workers)
    assert codes(outcome) == {"hang.mp4": "timeout", "crash.mp4": "worker_died", "slow1.mp4": "", "front.mp4": ""}


def test_a_cluster_that_is_not_there_is_an_error_with_a_hint() -> None:
    with (
        pytest.raises(InputError, match=r"no cluster answers at tcp://127\.0\.0\.1:9") as told,
        cluster_workers("tcp://127.0.0.1:9", 1),
    ):
        pass
    assert "dask scheduler" in told.value.hint


#: The command with the stand-in for the analysis.
COMMAND = """
import sys
from functools import partial
import movescreen.cli.batch as command
from movescreen.cli import main
from tests.support.faults import quick
command.Plan = partial(command.Plan, analyze=quick)
if __name__ == "__main__":
    main(sys.argv[1:])
"""


def start_command(folder: Path) -> subprocess.Popen[str]:
    """Start the command in a process group of its own, as a terminal does."""
    script = folder / "command.py"
    script.write_text(COMMAND)
    return subprocess.Popen(
        [sys.executable, str(script), "batch", str(folder / "clips"), "--out", str(folder / "out"), "--workers", "2"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def test_ctrl_c_finishes_what_runs_and_says_how_to_go_on(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    add(clips, *(f"slow{i}.mp4" for i in range(8)))
    run = start_command(tmp_path)
    wait_for(lambda: len(list(out.glob(".batch/slow*.json"))) >= 1)
    os.killpg(run.pid, signal.SIGINT)
    told, notes = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "finishing the running clips" in notes
    assert "Traceback" not in notes
    done = pd.read_csv(out / "summary.csv")
    assert 1 <= len(done) < 8
    assert set(done["status"]) == {"ok"}
    assert len(analysed(clips)) == len(done)  # none was broken off
    assert re.search(rf"left for the next run +{8 - len(done)}\b", told)


def test_ctrl_c_twice_stops_at_once_and_keeps_what_is_done(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    add(clips, "front.mp4", *(f"hang{i}.mp4" for i in range(3)))
    run = start_command(tmp_path)
    wait_for(lambda: (out / ".batch" / "front.json").exists() and len(analysed(clips)) == 3)
    children = _children(run.pid)
    os.killpg(run.pid, signal.SIGINT)
    time.sleep(1)
    os.killpg(run.pid, signal.SIGINT)
    told, notes = run.communicate(timeout=30)
    assert run.returncode == 130
    assert "Traceback" not in notes
    assert pd.read_csv(out / "summary.csv")["file"].tolist() == ["front.mp4"]
    assert re.search(r"left for the next run +3\b", told)
    wait_for(lambda: not any(_alive(pid) for pid in children))
