"""Run a generator in a thread of its own, a few items ahead of its consumer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_POLL_S = 0.05


@dataclass(frozen=True)
class _Failure:
    error: BaseException


class _End:
    pass


class Prefetcher(Generic[T]):
    """Iterator over ``produce()`` whose items are made by a background thread.

    The thread ends when the items run out, when producing fails, or at `close`. Errors of the producer are raised in the consumer.

    Parameters
    ----------
    produce
        Makes the iterator; called and run in the thread only.
    depth
        How many items may wait.
    """

    def __init__(self, produce: Callable[[], Iterator[T]], depth: int = 8) -> None:
        self._produce = produce
        self._waiting: queue.Queue[T | _Failure | _End] = queue.Queue(maxsize=max(1, depth))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="movescreen-decoder", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        try:
            while not self._stop.is_set():
                try:
                    item = self._waiting.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                if isinstance(item, _Failure):
                    raise item.error
                if isinstance(item, _End):
                    return
                yield item
        finally:
            self.close()

    def close(self) -> None:
        """Stop the thread and wait for its end; a consumer gets nothing more. Safe to call again."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        last: _Failure | _End = _End()
        items: Iterator[T] | None = None
        try:
            items = self._produce()
            for item in items:
                if not self._put(item):
                    break
        except BaseException as error:  # handed over to the consumer, whatever it is
            last = _Failure(error)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
        self._put(last)

    def _put(self, item: T | _Failure | _End) -> bool:
        while not self._stop.is_set():
            try:
                self._waiting.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False
