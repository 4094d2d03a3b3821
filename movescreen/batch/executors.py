"""Where clips are analyzed: this process, others of this machine, or the workers of a Dask cluster. All are plain executors."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from movescreen.batch.worker import start_worker
from movescreen.encryption import opened_keys
from movescreen.errors import InputError

#: A worker is replaced after so many clips, so that whatever native code leaks stays bounded.
CLIPS_PER_WORKER = 200


@dataclass(frozen=True)
class WorkerPool:
    """An executor, and what a batch must know of it.

    Attributes
    ----------
    executor
        Runs the clips.
    count
        Returns how many clips it can run at a time; may change while it works.
    lost
        Errors by which it says that a worker died.
    ends_itself
        True when nobody ends a clip that takes too long, so that the worker must.
    stop
        Ends everything at once, running clips included.
    """

    executor: Executor
    count: Callable[[], int]
    lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)
    ends_itself: bool = False
    stop: Callable[[], None] = lambda: None


class ProcessExecutor(Executor):
    """Processes of this machine. A clip that hangs, or that kills its process, costs that clip only.

    Parameters
    ----------
    count
        How many processes.
    timeout_s
        Longest time a call may take, s; its future then fails with ``TimeoutError``.
    """

    def __init__(self, count: int, timeout_s: float) -> None:
        from pebble import ProcessPool

        self._timeout_s = timeout_s
        self._pool = ProcessPool(
            max_workers=count,
            max_tasks=CLIPS_PER_WORKER,
            initializer=start_worker,
            initargs=(opened_keys(),),
            # threads and native libraries do not survive a fork
            context=multiprocessing.get_context("spawn"),
        )

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in one of the processes."""
        future: Future[Any] = self._pool.submit(fn, self._timeout_s, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: after their work, or at once with ``cancel_futures``."""
        if cancel_futures:
            self._pool.stop()  # type: ignore[no-untyped-call]
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        if wait:
            self._pool.join()


class _HereExecutor(Executor):
    """A program of the user, one clip after the other: for scripts and notebooks, which a spawned process would run again."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def work_here() -> WorkerPool:
    """Return this process as the only worker. A clip that hangs is not ended, and one that kills its process kills this one."""
    return WorkerPool(_HereExecutor(), lambda: 1)


@contextmanager
def local_workers(count: int, timeout_s: float) -> Iterator[WorkerPool]:
    """Give a pool of processes on this machine."""
    from pebble import ProcessExpired

    executor = ProcessExecutor(count, timeout_s)
    try:
        yield WorkerPool(
            executor,
            lambda: count,
            (ProcessExpired, BrokenExecutor, CancelledError),
            stop=lambda: executor.shutdown(cancel_futures=True),
        )
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def cluster_workers(address: str, wait_s: float = 30.0) -> Iterator[WorkerPool]:
    """Give the workers of a running Dask cluster.

    Parameters
    ----------
    address
        Of its scheduler, for example ``tcp://10.0.0.5:8786``.
    wait_s
        How long to wait for the scheduler and its first worker, s.

    Raises
    ------
    InputError
        When Dask is not installed, nobody answers at the address, or no worker comes.
    """
    try:
        import distributed
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise InputError(
            f"a cluster needs the package distributed: {error}", "install it: pip install 'movescreen[cluster]'"
        ) from error
    try:
        connect: Any = distributed.Client
        client = connect(address, timeout=wait_s, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no cluster answers at {address}: {error}",
            "start one with 'dask scheduler' and 'dask worker', or check the address",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=wait_s)
        except TimeoutError as error:
            raise InputError(
                f"the cluster at {address} has no worker", f"start some: dask worker {address} --nthreads 1"
            ) from error
        executor = client.get_executor(pure=False)
        try:
            yield WorkerPool(
                executor,
                lambda: max(1, sum(client.nthreads().values())),
                (KilledWorker, BrokenExecutor, CancelledError),
                ends_itself=True,
                stop=lambda: executor.shutdown(wait=False),
            )
        finally:
            executor.shutdown(wait=False)
