"""Real processes: clips that crash, hang or end their process; a run that is killed, interrupted, orphaned."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from movescreen.batch import BatchItem, BatchOutcome, BatchPlan, Store, name_folders, run_batch
from movescreen.batch.executors import WorkerPool, cluster_workers, local_workers
from movescreen.errors import InputError
from movescreen.settings import Settings
from tests.support.faults import analyzed, let_go, quick
from tests.support.waiting import until

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent.parent
TABLES = ("summary.csv", "reps.csv", "findings.csv", "report.html")

#: A run in a process of its own, that can be killed.
RUN = """
import signal, sys
from pathlib import Path
from movescreen.batch import BatchPlan, Store, find_items, name_folders, run_batch
from movescreen.batch.executors import local_workers
from movescreen.settings import Settings
from tests.support.faults import quick

if __name__ == "__main__":
    clips, out = sys.argv[1:]
    items = name_folders(find_items([clips], out=out))
    with local_workers(2, 60) as workers:
        run_batch(items, BatchPlan(Store(out), "killed", Settings(), analyze=quick), lambda: workers)
"""


def add(folder: Path, *names: str) -> list[BatchItem]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(f"content of {name}".encode())
    return name_folders([BatchItem(name, str(folder / name)) for name in names])


def run_undisturbed(items: list[BatchItem], out: Path) -> BatchOutcome:
    """Run to the end, in this process."""
    plan = BatchPlan(Store(str(out)), "here", Settings(), analyze=quick)
    with ThreadPoolExecutor(2) as pool:
        return run_batch(items, plan, lambda: WorkerPool(pool, lambda: 2))


def codes(outcome: BatchOutcome) -> dict[str, str]:
    return {record.file: record.summary["error_code"] for record in outcome.records}


def tables(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in TABLES]


def test_a_clip_that_crashes_or_hangs_costs_its_own_row_only(tmp_path: Path) -> None:
    names = ["crash.mp4", "side1.mp4", "hang.mp4", "side2.mp4", "exit.mp4", "front.mp4"]
    items = add(tmp_path / "clips", *names)
    # long enough for a worker's start on a busy machine: the time counts from when a worker takes the clip up
    plan = BatchPlan(Store(str(tmp_path / "out")), "faults", Settings(), timeout_s=20, analyze=quick)
    with local_workers(2, plan.timeout_s) as workers:
        outcome = run_batch(items, plan, lambda: workers)
    assert codes(outcome) == {
        "crash.mp4": "worker_died", "side1.mp4": "", "hang.mp4": "timeout", "side2.mp4": "", "exit.mp4": "worker_died",
        "front.mp4": "",
    }  # fmt: skip
    assert sorted(analyzed(tmp_path / "clips")) == sorted(names)
    assert pd.read_csv(tmp_path / "out" / "summary.csv")["file"].tolist() == names


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    finished, held = ("front.mp4", "side1.mp4", "side2.mp4"), ("zheld1.mp4", "zheld2.mp4", "zheld3.mp4")
    items = add(clips, *finished, *held)
    script = tmp_path / "run.py"
    script.write_text(RUN)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.Popen([sys.executable, str(script), str(clips), str(out)], env=environment, cwd=ROOT)
    until(lambda: len(kept_in(out)) == 3 and len(analyzed(clips)) == 5)
    children = _children(run.pid)
    run.kill()
    run.wait()
    until(lambda: not any(_alive(pid) for pid in children))  # workers do not outlive their parent
    assert kept_in(out) == set(finished)
    assert not (out / "summary.csv").exists()
    let_go(clips)
    outcome = run_undisturbed(items, out)
    assert outcome.reused == 3
    assert sorted(analyzed(clips)[5:]) == sorted(held), "what was finished is not done again"
    run_undisturbed(items, tmp_path / "undisturbed")
    assert tables(out) == tables(tmp_path / "undisturbed")
    assert not list(out.rglob("*.part"))


def kept_in(out: Path) -> set[str]:
    """Return the names of the clips whose record is kept."""
    return {f"{path.stem}.mp4" for path in out.glob(".batch/*.json")}


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
    options_of_dask = "--host 127.0.0.1 --port 0 --no-dashboard"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options_of_dask.split()]
    started = [subprocess.Popen([*dask, "--scheduler-file", str(address_file)], **options)]  # type: ignore[call-overload]
    try:
        until(address_file.exists)
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
    items = add(clips, "nobody.mp4", "bug.mp4", "front.mp4", "held1.mp4", "held2.mp4", "held3.mp4")
    killed: list[int] = []
    with cluster(tmp_path) as (address, hired), cluster_workers(address) as workers:
        until(lambda: workers.count() == 2)

        def kill_one_in_the_middle_of_a_clip() -> int:
            if not killed and len(analyzed(clips)) == 5:
                killed.extend(_children(hired[0].pid))
                hired[0].kill()  # the nanny, so that nobody starts it again
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)
                let_go(clips)
            return 0

        plan = BatchPlan(Store(str(out)), "cluster", Settings(), analyze=quick)
        outcome = run_batch(items, plan, lambda: workers, stop=kill_one_in_the_middle_of_a_clip)
    assert killed
    assert len(analyzed(clips)) > len(items), "the clip of the killed worker was begun anew"
    assert {file: code for file, code in codes(outcome).items() if code} == {
        "nobody.mp4": "no_person",
        "bug.mp4": "bug",
    }
    run_undisturbed(items, tmp_path / "local")
    assert tables(out) == tables(tmp_path / "local")


def test_on_a_cluster_too_a_clip_that_hangs_or_crashes_costs_its_own_row(tmp_path: Path) -> None:
    items = add(tmp_path / "clips", "hang.mp4", "crash.mp4", "side.mp4", "front.mp4")
    with cluster(tmp_path) as (address, _), cluster_workers(address) as workers:
        until(lambda: workers.count() == 2)
        plan = BatchPlan(Store(str(tmp_path / "out")), "cluster", Settings(), timeout_s=20, analyze=quick)
        outcome = run_batch(items, plan, lambda: workers)
    assert codes(outcome) == {"hang.mp4": "timeout", "crash.mp4": "worker_died", "side.mp4": "", "front.mp4": ""}


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
import movescreen.batch.planning as planning
from movescreen.cli import main
from tests.support.faults import quick
planning.BatchPlan = partial(planning.BatchPlan, analyze=quick)
if __name__ == "__main__":
    main(sys.argv[1:])
"""


def start_command(folder: Path) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own, as a terminal does; what it says goes into two files."""
    script = folder / "command.py"
    script.write_text(COMMAND)
    with (folder / "told").open("wb") as told, (folder / "notes").open("wb") as notes:
        return subprocess.Popen(
            [sys.executable, str(script), "batch", str(folder / "clips"), "--out", str(folder / "out"), "--workers", "2"],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, stdout=told, stderr=notes, start_new_session=True,
        )  # fmt: skip


def interrupt(run: subprocess.Popen[bytes], notes: Path) -> None:
    """Press Ctrl-C, and wait until the command has noticed."""
    os.killpg(run.pid, signal.SIGINT)
    until(lambda: "finishing the running clips" in notes.read_text())


def test_ctrl_c_finishes_what_runs_and_says_how_to_go_on(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    add(clips, "front.mp4", *(f"held{i}.mp4" for i in range(5)))
    run = start_command(tmp_path)
    until(lambda: len(kept_in(out)) == 1 and len(analyzed(clips)) == 3)
    interrupt(run, tmp_path / "notes")
    let_go(clips)
    assert run.wait(60) == 130
    assert "Traceback" not in (tmp_path / "notes").read_text()
    done = pd.read_csv(out / "summary.csv")
    assert set(done["file"]) == set(analyzed(clips)), "none was broken off, none was begun"
    assert len(done) == 3
    assert set(done["status"]) == {"ok"}
    assert re.search(r"left for the next run +3\b", (tmp_path / "told").read_text())


def test_ctrl_c_twice_stops_at_once_and_keeps_what_is_done(tmp_path: Path) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    add(clips, "front.mp4", *(f"hang{i}.mp4" for i in range(3)))
    run = start_command(tmp_path)
    until(lambda: len(kept_in(out)) == 1 and len(analyzed(clips)) == 3)
    children = _children(run.pid)
    interrupt(run, tmp_path / "notes")
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(60) == 130
    assert "Traceback" not in (tmp_path / "notes").read_text()
    assert pd.read_csv(out / "summary.csv")["file"].tolist() == ["front.mp4"]
    assert re.search(r"left for the next run +3\b", (tmp_path / "told").read_text())
    until(lambda: not any(_alive(pid) for pid in children))
