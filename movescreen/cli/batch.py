"""``movescreen batch``: folders and files of clips, one folder a clip and the tables of all."""

from __future__ import annotations

import contextlib
import io
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from movescreen._version import __version__
from movescreen.batch import BatchOutcome, Store, run_batch
from movescreen.batch.clip_record import Record
from movescreen.batch.executors import WorkerPool, cluster_workers, local_workers
from movescreen.batch.planning import count_processors, gather_items, make_plan
from movescreen.batch.storage import open_filesystem
from movescreen.catalog import load_catalog
from movescreen.cli import options
from movescreen.files import make_folder
from movescreen.words.findings import in_short
from movescreen.words.numbers_and_units import plural
from movescreen.words.sentences import title_of

LOG_FILE = "batch.log"
#: Exit status of a run that was stopped with Ctrl-C, as shells have it.
EXIT_INTERRUPTED = 130
_LOG = logging.getLogger("movescreen.batch")
_MARKS = {"ok": "ok", "no_answer": "--", "error": "!!"}


def batch(
    out: Annotated[str, typer.Option(help="Folder (or URL) for the results.")],
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="Folders, files or URLs.")] = None,
    manifest: Annotated[
        str | None,
        typer.Option(help="CSV with the columns file,client,movement,view,date,side; only file is required."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as processors when left out.")] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Scheduler of a Dask cluster to work on, such as tcp://10.0.0.5:8786.")
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Leave alone what an earlier run has done with the same settings.")
    ] = True,
    timeout: Annotated[float, typer.Option(min=1, help="Longest time for one clip, s.")] = 1800.0,
    movement: options.Movement = "auto",
    view: options.View = "auto",
    model: options.Model = None,
    slowmo: options.SlowMo = None,
    raw: options.Raw = False,
    catalog: options.Catalogs = None,
    formats: options.Format = None,
    overlay: options.Overlay = False,
    opensim: options.OpenSim = False,
    pdf: options.Pdf = False,
) -> None:
    """Analyze many clips: one folder a clip, and summary.csv, reps.csv, findings.csv and report.html of all."""
    options.check_choice("view", view, options.VIEWS)
    settings = options.read_settings(model=model, slowmo=slowmo, raw=raw, catalog=catalog)
    if movement != "auto":
        load_catalog(settings.catalog).movement(movement)
    items = gather_items(paths or [], manifest, out, movement=movement, view=view)
    wanted = options.choose_formats(formats, overlay=overlay, opensim=opensim, pdf=pdf)
    plan = make_plan(out, settings, wanted, resume=resume, timeout_s=timeout)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(_stop_on_interrupt())
        stack.enter_context(_log_to(plan.store))
        _LOG.info("movescreen %s: %d clips, results in %s", __version__, len(items), out)
        told = stack.enter_context(_tell_progress(console, len(items)))

        def start() -> WorkerPool:
            count = workers or count_processors()
            return stack.enter_context(
                cluster_workers(cluster) if cluster else local_workers(min(count, len(items)), timeout)
            )

        outcome = run_batch(items, plan, start, on_record=told, stop=stop)
        _LOG.info(
            "%d clips in %.0f s, %d done before, %d left",
            len(outcome.records),
            outcome.seconds,
            outcome.reused,
            outcome.unfinished,
        )
    for line in outcome.kept:
        console.print(line)
    _print_summary(console, outcome, out)
    if outcome.unfinished:
        raise typer.Exit(EXIT_INTERRUPTED)


@contextlib.contextmanager
def _stop_on_interrupt() -> Iterator[Callable[[], int]]:
    """Count presses of Ctrl-C instead of dying of the first."""
    pressed = 0

    def count(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed += 1
        words = "finishing the running clips; Ctrl-C again stops at once" if pressed == 1 else "stopping"
        sys.stderr.write(f"\n{words}\n")

    before = signal.signal(signal.SIGINT, count)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _log_to(store: Store) -> Iterator[None]:
    """Keep a log beside the results; where these are no folder of this machine, it goes there at the end."""
    told = io.StringIO()
    handler: logging.Handler = logging.StreamHandler(told)
    if store.local is not None:
        make_folder(store.local)
        handler = logging.FileHandler(store.local / LOG_FILE, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOG.removeHandler(handler)
        handler.close()
        if told.getvalue():
            store.write_text(LOG_FILE, (store.read_text(LOG_FILE) or "") + told.getvalue())


@contextlib.contextmanager
def _tell_progress(console: Console, count: int) -> Iterator[Callable[[Record, bool], None]]:
    """Print a line a clip; on a terminal also a bar with rate and time left."""
    bar_console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    bar = Progress(*columns, console=bar_console, transient=True, disable=not bar_console.is_terminal)
    with bar:
        task = bar.add_task("clips", total=count, rate="")
        fresh = 0

        def tell(record: Record, reused: bool) -> None:
            nonlocal fresh
            fresh += not reused
            words = _verdict(record)
            console.print(
                f"{_MARKS[record.summary['status']]} {record.file}: {words}{' (done before)' if reused else ''}"
            )
            level = logging.WARNING if record.summary["status"] == "error" else logging.INFO
            _LOG.log(level, "%s: %s%s (%.1f s)", record.file, words, " (done before)" if reused else "", record.seconds)
            if record.trace:
                _LOG.error("a bug was met in %s:\n%s", record.file, record.trace)
            elapsed = bar.tasks[task].elapsed or 0.0
            rate = f"{fresh / elapsed * 3600:.0f} clips an hour" if fresh and elapsed else ""
            bar.update(task, advance=1, rate=rate)

        yield tell


def _verdict(record: Record) -> str:
    row = record.summary
    if row["status"] == "error":
        return f"{row['error']} ({row['error_code']})"
    if row["status"] == "no_answer":
        return str(row["error"])
    seen = f"{title_of(row['movement'])}, {row['view']}, {plural(row['reps'], 'repetition')}"
    return f"{seen}: {', '.join(record.headline) or in_short(row['flagged'], row['borderline'], row['clear'])}"


def _print_summary(console: Console, outcome: BatchOutcome, out: str) -> None:
    rows = [record.summary for record in outcome.records]
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    good = [row for row in rows if row["status"] == "ok"]
    table.add_row("clips", str(len(rows)), f"{outcome.reused} done before" if outcome.reused else "")
    table.add_row("with an answer", str(len(good)), plural(sum(row["reps"] for row in good), "repetition"))
    table.add_row("with something flagged", str(sum(row["flagged"] > 0 for row in good)), "")
    table.add_row("no repetition found", str(sum(row["status"] == "no_answer" for row in rows)), "")
    table.add_row("could not be analyzed", str(sum(row["status"] == "error" for row in rows)), "")
    if outcome.unfinished:
        table.add_row("left for the next run", str(outcome.unfinished), "run the same command again to continue")
    console.print()
    console.print(table)
    footage_s = sum(row["duration_s"] for row in good)
    console.print(f"took {outcome.seconds:.0f} s" + (f", report: {_beside(out, 'report.html')}" if rows else ""))
    if footage_s and not outcome.reused:
        console.print(f"{footage_s / max(outcome.seconds, 0.1):.1f} times as fast as the clips play")


def _beside(out: str, name: str) -> str:
    return str(Path(open_filesystem(out)[1]) / name) if "://" not in out else f"{out.rstrip('/')}/{name}"
