"""Many clips over any executor: each finished clip is kept at once, and none of them can stop the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace

from movescreen.app import Records
from movescreen.batch.clip_record import Record, follow_corrections, join_tables, save_record
from movescreen.batch.executors import WorkerPool
from movescreen.batch.items import BatchItem
from movescreen.batch.screenings import Admissions, ClipGroup, find_groups, write_group
from movescreen.batch.storage import Store
from movescreen.batch.worker import BatchPlan, abandon, find_done, run_item, timed_out
from movescreen.errors import ClipAborted, MovescreenError, WorkerLost
from movescreen.report.formats.columns import FINDINGS_COLUMNS, FINDINGS_EXTRA, MEASURES_COLUMNS, REPS_COLUMNS
from movescreen.report.formats.csv import csv_text, for_spreadsheets
from movescreen.report.formats.tables import summary_table
from movescreen.report.pages.batch import OverviewRow, OverviewScreening, render_overview

#: How often the wish to stop is looked for, s.
_POLL_S = 0.2
_LOG = logging.getLogger("movescreen.batch")

#: Called with each clip that is finished, and whether an earlier run had done so.
OnRecord = Callable[[Record, bool], None]
#: Returns 0 to go on, 1 to finish only what is running, 2 to leave everything.
Stop = Callable[[], int]


@dataclass(frozen=True)
class BatchOutcome:
    """What a run came to.

    Attributes
    ----------
    records
        One for every finished clip, in the order of the items.
    reused
        How many of them an earlier run had finished.
    unfinished
        How many clips were left when the run was stopped.
    seconds
        How long it took, s.
    kept
        A line for each screening that was kept with its client, or could not be.
    """

    records: tuple[Record, ...]
    reused: int
    unfinished: int
    seconds: float
    kept: tuple[str, ...] = ()


def run_batch(
    items: Sequence[BatchItem],
    plan: BatchPlan,
    workers: Callable[[], WorkerPool],
    *,
    on_record: OnRecord = lambda record, reused: None,
    stop: Stop = lambda: 0,
    clients: Records | None = None,
) -> BatchOutcome:
    """Analyze clips and write the joint tables.

    Parameters
    ----------
    items
        The clips, each with a folder of its own (:func:`movescreen.batch.items.name_folders`).
    plan
        What they have in common.
    workers
        Gives the executor; called only when there is something to analyze.
    on_record
        Called here, in this thread, for every finished clip.
    stop
        Asked a few times a second whether to go on.
    clients
        The records of clients; those of this machine when None. A clip whose client may not be screened has a row that says why,
        and nothing is written of it; the others' screenings are kept as visits.

    Returns
    -------
    BatchOutcome
        One record a clip, also for those that failed.

    Raises
    ------
    InputError
        When the results cannot be written.
    """
    start = time.monotonic()
    plan.store.prepare()
    records: dict[str, Record] = {}
    reused = 0
    admissions = Admissions(clients or Records(catalog=plan.settings.catalog))
    left: list[BatchItem] = []
    for item in items:
        admitted = admissions.admit(item)
        refused = isinstance(admitted, MovescreenError)
        done = abandon(plan, item, admitted) if isinstance(admitted, MovescreenError) else find_done(plan, admitted)
        if done is not None:
            records[item.folder] = done
            reused += not refused
            on_record(done, not refused)
        elif not isinstance(admitted, MovescreenError):
            left.append(admitted)
    if left and not stop():
        for record in _analyze(left, plan, workers(), stop):
            records[record.folder] = record
            on_record(record, False)
    ordered = tuple(records[item.folder] for item in items if item.folder in records)
    groups = find_groups(items, records, admissions)
    written, kept = _write_groups(groups, plan.store)
    write_tables(ordered, plan.store, str(plan.common.get("software", "")), written)
    return BatchOutcome(ordered, reused, len(items) - len(ordered), time.monotonic() - start, kept)


def _write_groups(groups: Sequence[ClipGroup], store: Store) -> tuple[list[ClipGroup], tuple[str, ...]]:
    """Write the screenings; return those that could be written, and a line for each that is kept, or not, with its client.

    A damaged clip folder costs its own screening only.
    """
    written, kept = [], []
    for group in groups:
        try:
            finished = write_group(group, store)
        except MovescreenError as error:
            _LOG.error("no screening of %s %s: %s", group.client, group.date, error.message)
            continue
        written.append(group)
        if finished is not None and finished.not_kept is not None:
            kept.append(f"not kept with {group.client}: {finished.not_kept.message}")
            _LOG.error(kept[-1])
        elif finished is not None and finished.kept is not None:
            kept.append(f"kept as the visit of {group.screening.day} of {group.client}")
    return written, tuple(kept)


def _analyze(items: Sequence[BatchItem], plan: BatchPlan, workers: WorkerPool, stop: Stop) -> Iterator[Record]:
    """Keep every worker busy, and no more: what was not handed out need not be called back."""
    plan = replace(plan, ends_itself=workers.ends_itself)
    waiting = list(reversed(items))
    running: dict[Future[Record], BatchItem] = {}
    while running or (waiting and not stop()):
        while waiting and not stop() and len(running) < workers.count():
            item = waiting.pop()
            running[workers.executor.submit(run_item, plan, item)] = item
        if stop() > 1:
            workers.stop()
            return
        finished, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        for future in finished:
            yield _settle(future, running.pop(future), plan, workers)


def _settle(future: Future[Record], item: BatchItem, plan: BatchPlan, workers: WorkerPool) -> Record:
    """Return what became of a clip, also when its process did not live to tell."""
    try:
        return future.result()
    except TimeoutError:
        record = timed_out(plan, item)
    except workers.lost as error:
        reason = f"the process that analyzed it died ({_first_line(error)})"
        hint = "it may be damaged, or need more memory: run it alone with --workers 1"
        record = abandon(plan, item, WorkerLost(reason, hint))
    except Exception as error:  # an answer that could not be kept or sent, or an executor that failed
        record = abandon(plan, item, ClipAborted(f"{type(error).__name__}: {_first_line(error)}"))
    save_record(plan.store, record)
    return record


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def write_tables(records: Sequence[Record], store: Store, software: str = "", visits: Sequence[ClipGroup] = ()) -> None:
    """Write ``summary.csv``, ``reps.csv``, ``findings.csv``, ``measures.csv`` and ``report.html`` over all clips.

    Parameters
    ----------
    records
        One for each clip.
    store
        Where to write them.
    software
        Name and version, for the page's head.
    visits
        Screenings that the page links to.

    Raises
    ------
    InputError
        When they cannot be written.
    """
    if (local := store.local) is not None:
        records = [follow_corrections(record, local / record.folder) for record in records]
    reps, findings, measures = (
        join_tables([t for r in records if (t := getattr(r, name)).columns])
        for name in ("reps", "findings", "measures")
    )
    whose = ["file", "client"]
    reps = reps.reindex(columns=list(dict.fromkeys([*whose, "movement", "view", *REPS_COLUMNS, *reps.columns])))
    known = [*whose, "view", *FINDINGS_COLUMNS, *FINDINGS_EXTRA]
    findings = findings.reindex(columns=list(dict.fromkeys([*known, *findings.columns])))
    measures = measures.reindex(columns=list(dict.fromkeys([*whose, *MEASURES_COLUMNS, *measures.columns])))
    summary = summary_table([record.summary for record in records])
    for name, table in (("summary", summary), ("reps", reps), ("findings", findings), ("measures", measures)):
        store.write_text(f"{name}.csv", for_spreadsheets(csv_text(table)))
    rows = [
        OverviewRow(r.summary, f"{r.folder}/report.html" if r.has_files else "", r.thumbnail, r.headline, r.worst)
        for r in records
    ]
    screenings = [
        OverviewScreening(v.client, v.date, f"{v.folder}/report.html", f"{v.folder}/client.html", len(v.records))
        for v in visits
    ]
    store.write_text("report.html", render_overview(rows, software, screenings))
