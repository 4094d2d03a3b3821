"""Work that is done in a thread ahead of whoever needs it: the next items of a row, and modules that come later."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
_END: Any = object()


def make_ahead(items: Iterable[T], depth: int, name: str) -> Generator[T]:
    """Make items in a thread of its own, in order, up to ``depth`` ahead of whoever asks for them.

    Errors are raised where the item's turn comes. When the generator is closed, or left, nothing goes on in the background.

    Parameters
    ----------
    items
        Iterated, and closed when it is a generator, in the thread only.
    name
        Of the thread.
    """
    row = iter(items)
    waiting: deque[Future[T]] = deque()
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"movescreen-{name}")
    try:
        waiting.extend(pool.submit(next, row, _END) for _ in range(depth))
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(pool.submit(next, row, _END))
            yield item
    finally:
        for each in waiting:
            each.cancel()
        pool.submit(getattr(row, "close", bool))
        pool.shutdown()


def load_ahead(*modules: str) -> None:
    """Import modules in a thread in the background.

    Whoever needs one of them imports it as always and waits until it is there; what is missing is missed by them.

    Parameters
    ----------
    modules
        Full names, in the order in which they will be needed.
    """

    def load() -> None:
        for name in modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    threading.Thread(target=load, name="loading", daemon=True).start()
