"""What happens to one clip, in whichever process it is analyzed."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from movescreen.app.tasks import Analyze, ClipTask
from movescreen.batch.clip_record import Record, hash_request, load_record, record_failure, record_result, save_record
from movescreen.batch.items import BatchItem
from movescreen.batch.storage import Store, fingerprint, local_file
from movescreen.catalog import load_catalog
from movescreen.encryption import take_keys
from movescreen.errors import MovescreenError, OutOfMemory, TimedOut, UnknownNameError
from movescreen.memory import give_memory_back
from movescreen.model import ViewKind
from movescreen.pipeline import AnalysisRequest, analyze_with_pictures
from movescreen.report.figures.pictures import make_thumbnail
from movescreen.settings import Settings
from movescreen.video.container import check_readable, hash_file, limit_decoder_threads

_VIEWS = ("auto", ViewKind.FRONT.value, ViewKind.SIDE.value)
_SIDES = ("", "left", "right")
#: Exit status of a cluster's worker that ended itself because a clip took too long.
EXIT_TIMED_OUT = 75


@dataclass(frozen=True)
class BatchPlan:
    """What all clips of a run have in common. Travels to the workers.

    Attributes
    ----------
    store
        Where the results go.
    run
        Name of this run, unlike any other's.
    settings
        Settings of the analysis.
    common
        What else a result depends on: software, model, catalog.
    formats
        Names of output formats beside the usual ones.
    resume
        False = analyze also what is done already.
    timeout_s
        Longest time a clip may take, s.
    ends_itself
        True where nobody else can end a worker that hangs, as on a cluster.
    analyze
        Turns a clip into a result.
    """

    store: Store
    run: str
    settings: Settings
    common: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    resume: bool = True
    timeout_s: float = 1800.0
    ends_itself: bool = False
    analyze: Analyze = analyze_with_pictures

    def asked(self, item: BatchItem) -> str:
        """Return the hash over what is asked of a clip."""
        common = {**self.common, "settings": self.settings.model_dump(), "formats": self.formats}
        return hash_request(item, common)


def find_done(plan: BatchPlan, item: BatchItem) -> Record | None:
    """Return what an earlier run found out about a clip, if the clip's file, as far as its size and time tell, is the same."""
    record = _reusable(plan, item)
    same = record is not None and record.fingerprint != "" and record.fingerprint == fingerprint(item.location)
    return record if same else None


def run_item(plan: BatchPlan, item: BatchItem) -> Record:
    """Analyze one clip, write its files, keep its record, and return it. Raises nothing that belongs to the clip."""
    if plan.ends_itself or multiprocessing.parent_process() is not None:  # the process of a user's program is not ours
        prepare_process()
    begun = load_record(plan.store, item.folder)
    if begun is not None and begun.run == plan.run:
        return begun  # an executor that lost the answer asks again
    with _watchdog(plan, item):
        return _run(plan, item)


def _run(plan: BatchPlan, item: BatchItem) -> Record:
    start, content = time.monotonic(), ""
    facts: dict[str, Any] = {"asked": plan.asked(item), "fingerprint": fingerprint(item.location), "run": plan.run}
    try:
        request = _request(plan, item)
        with local_file(item.location) as clip:
            content = hash_file(clip if _is_empty(clip) else check_readable(clip))
            done = _reusable(plan, item)
            if done is not None and done.content == content:
                record = replace(done, fingerprint=facts["fingerprint"], run=plan.run)
            else:
                task = ClipTask(
                    video=clip, request=request, folder=Path(item.folder), client=item.client, recorded=item.date,
                    formats=plan.formats, pictures=item.pictures, films=item.films,
                )  # fmt: skip
                result, pictures = task.analyze(analyze=plan.analyze)
                with plan.store.folder(item.folder) as folder:
                    replace(task, folder=folder).write(result, pictures)
                thumbnail = make_thumbnail(pictures.key_plain) if pictures.key_plain else ""
                record = record_result(item, result, thumbnail=thumbnail, seconds=time.monotonic() - start, **facts)
    except MemoryError:
        error = OutOfMemory("there is not enough memory for this clip", "run with fewer workers")
        record = record_failure(item, error, seconds=time.monotonic() - start, **facts)
    except Exception as error:  # whatever a clip does, it costs one row
        trace = "" if isinstance(error, MovescreenError) else traceback.format_exc()
        record = record_failure(item, error, content=content, seconds=time.monotonic() - start, trace=trace, **facts)
    save_record(plan.store, record)
    return record


def _is_empty(clip: Path) -> bool:
    """Return whether it is a file without bytes: it has a hash as well, by which the next run knows it."""
    return clip.is_file() and not clip.stat().st_size


def _request(plan: BatchPlan, item: BatchItem) -> AnalysisRequest:
    for kind, value, known in (("view", item.view, _VIEWS), ("side", item.side, _SIDES)):
        if value not in known:
            raise UnknownNameError(kind, value, known)
    if item.movement != "auto":
        load_catalog(plan.settings.catalog).movement(item.movement)
    return AnalysisRequest(item.movement, item.view, plan.settings, item.side)


def _reusable(plan: BatchPlan, item: BatchItem) -> Record | None:
    """Return the record of the same question, whose answer still stands and whose files are there."""
    record = load_record(plan.store, item.folder) if plan.resume else None
    if record is None or not record.lasting or record.asked != plan.asked(item):
        return None
    return record if not record.has_files or plan.store.exists(f"{item.folder}/result.json") else None


@cache
def prepare_process() -> None:
    """Keep the libraries of this process to one thread each, because the workers share the processors, and memory to what is needed."""
    import cv2
    from threadpoolctl import threadpool_limits

    cv2.setNumThreads(1)
    limit_decoder_threads(1)
    threadpool_limits(1)
    give_memory_back()


def start_worker(keys: dict[bytes, str]) -> None:
    """Prepare a process of the local pool: leave ``Ctrl-C`` to the parent, end when the parent is gone, use the keys it has open."""
    take_keys(keys)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), name="orphan-watch", daemon=True).start()
    prepare_process()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


@contextlib.contextmanager
def _watchdog(plan: BatchPlan, item: BatchItem) -> Iterator[None]:
    if not plan.ends_itself:
        yield
        return
    timer = threading.Timer(plan.timeout_s, _give_up, (plan, item))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _give_up(plan: BatchPlan, item: BatchItem) -> None:
    """Say what happened where the next try finds it, and end this process: a decoder that hangs cannot be interrupted."""
    try:
        save_record(plan.store, timed_out(plan, item))
    finally:
        os._exit(EXIT_TIMED_OUT)


def timed_out(plan: BatchPlan, item: BatchItem) -> Record:
    """Return the record of a clip that took too long."""
    error = TimedOut(f"not done after {plan.timeout_s:g} s", "give it longer with --timeout, or cut the clip")
    return abandon(plan, item, error)


def abandon(plan: BatchPlan, item: BatchItem, error: MovescreenError) -> Record:
    """Return the record of a clip whose analysis was ended from outside."""
    return record_failure(item, error, asked=plan.asked(item), fingerprint=fingerprint(item.location), run=plan.run)
